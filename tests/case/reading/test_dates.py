"""Dates as systems and people write them: the day, or none where it cannot be one."""

from __future__ import annotations

import datetime as dt

import pytest

from kamkit.case.reading import dates
from kamkit.errors import LedgerError

DAY = dt.date(2024, 5, 17)
SAME = [
    "2024-05-17",
    "2024-5-17",
    "2024/05/17",
    "2024.05.17",
    "2024-05-17T13:45:00",
    "2024-05-17 13:45",
    "2024-05-17T11:45:00Z",
    "2024-05-17T11:45:00.123+02:00",
    "2024-05-17 11:45:00 UTC",
    "2024-05-17 1:45 PM",
    "20240517",
    "20240517 13:45",
    "17.05.2024",
    "17.5.2024",
    "17. 5. 2024",
    "17.05.24",
    "17.05.2024 kl. 13.45",
    "17.05.2024 13:45:59",
    "17/05/2024",
    "17-05-2024",
    "17/5/24",
    " 17.05.2024 ",
    "\u00a017.05.2024",
    "45429",
    "45429.75",
    "45429,25",
    "\x022024-05-17",
    "\x022024-05-17T10:00:00",
]
NONE = [
    "",
    "31.02.2024",
    "29.02.2023",
    "2024-13-01",
    "2024-00-10",
    "32.01.2024",
    "17.05",
    "17.05.024",
    "17.05.2024x",
    "17.05.2024 25",
    "18990101",
    "1234",
    "454291",
    "15429",
    "\x02no date",
]


def read(engine, values, texts, *, day_first=None) -> dict[str, dt.date | None]:
    held = values(texts)
    seen = dates.weigh(engine.row(dates.evidence(held), held))
    first = dates.order(seen, day_first, column="date", where="salg.csv")
    day = dates.exact(held.value, seen, first)
    return {row["text"]: row["day"] for row in engine.rows(held.select(text=held.value, day=day))}


@pytest.fixture(scope="module")
def days(engine, values):
    return read(engine, values, [*SAME, *NONE])


@pytest.mark.parametrize("text", SAME)
def test_one_day_in_many_ways(days, text):
    assert days[text] == DAY


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_day_is_none(days, text):
    assert days[text] is None


def test_two_digits_are_of_this_century_up_to_68(engine, values):
    found = read(engine, values, ["01.01.00", "31.12.68", "01.01.69", "31.12.99"])
    assert [day.year for day in found.values()] == [2000, 2068, 1969, 1999]


def test_a_worksheets_serial_counts_from_the_end_of_1899(engine, values):
    found = read(engine, values, ["36526", "45658", "20000", "79999"])
    assert list(found.values()) == [
        dt.date(2000, 1, 1),
        dt.date(2025, 1, 1),
        dt.date(1954, 10, 3),
        dt.date(2119, 1, 10),
    ]


def test_a_column_of_months_first_is_read_so(engine, values):
    found = read(engine, values, ["03/04/2025", "12/31/2025"])
    assert list(found.values()) == [dt.date(2025, 3, 4), dt.date(2025, 12, 31)]


def test_a_column_of_days_first_is_read_so(engine, values):
    found = read(engine, values, ["03/04/2025", "31-12-2025", "13/01/25"])
    assert list(found.values()) == [
        dt.date(2025, 4, 3),
        dt.date(2025, 12, 31),
        dt.date(2025, 1, 13),
    ]


def test_dots_and_strokes_are_decided_each_by_itself(engine, values):
    found = read(engine, values, ["03.04.2025", "03/04/2025", "12/31/2025"])
    assert list(found.values())[:2] == [dt.date(2025, 4, 3), dt.date(2025, 3, 4)]


def test_dots_may_show_the_month_first_too(engine, values):
    found = read(engine, values, ["03.04.2025", "12.31.2025"])
    assert list(found.values()) == [dt.date(2025, 3, 4), dt.date(2025, 12, 31)]


@pytest.mark.parametrize(("first", "day"), [(True, (4, 3)), (False, (3, 4))])
@pytest.mark.parametrize("text", ["03/04/2025", "03.04.2025"])
def test_the_users_word_decides(engine, values, text, first, day):
    assert read(engine, values, [text], day_first=first)[text] == dt.date(2025, *day)


def test_the_users_word_sets_the_others_aside(engine, values):
    found = read(engine, values, ["31/12/2025", "12/31/2025"], day_first=True)
    assert list(found.values()) == [dt.date(2025, 12, 31), None]


def test_strokes_that_show_no_order_are_refused(engine, values):
    with pytest.raises(LedgerError, match="order of day and month in “date”") as refusal:
        read(engine, values, ["03/04/2025", "11/12/2025"])
    assert refusal.value.found == "“03/04/2025” and no day above 12"
    assert "--day-first" in refusal.value.remedy
    assert refusal.value.where == "salg.csv"


@pytest.mark.parametrize("sign", ["/", ".", "-"])
def test_two_orders_in_one_column_are_refused_with_both(engine, values, sign):
    texts = [text.replace("/", sign) for text in ("13/01/2025", "01/13/2025")]
    with pytest.raises(LedgerError, match="in two orders") as refusal:
        read(engine, values, texts)
    assert refusal.value.found == f"“{texts[0]}” and “{texts[1]}”"


def test_evidence_counts_lines(engine, values):
    held = values(["2024-05-17", "2024-05-18", "17.05.2024", "1/2/2024", None], [5, 4, 3, 2, 9])
    seen = dates.weigh(engine.row(dates.evidence(held), held))
    counts = {kind: n for kind, n in seen.counts.items() if n}
    assert counts == {"iso": 9, "dots": 3, "dots_day": 3, "strokes": 2}
    assert seen.examples["iso"] == "2024-05-17"
