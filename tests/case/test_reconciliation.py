"""Every row is used or set aside with a reason, and rows and amounts add up to the cent."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, assume, given, settings

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import KamkitError
from tests.conftest import examples

TOLERANT = {"sign": "kept", "max_rows": 1.0, "max_amount": 1.0}
GOOD = [
    f"{n % 7};{1 + n % 28:02}.0{1 + n % 9}.2024;F{n // 3};{n * 37 % 900},{n % 100:02}"
    for n in range(60)
]
HEAD = "Kundenr;Fakturadato;Fakturanr;Beløp"


def write(path: Path, lines: list[str], head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "", "  "]),
        st.one_of(st.dates(dt.date(1900, 1, 1), dt.date(2150, 1, 1)), st.just(None)),
        st.one_of(st.integers(-(10**9), 10**9), st.just(None)),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_rows_and_amounts_add_up_whatever_is_missing(tmp_path, rows):
    def usable(row):
        account, day, cents = row
        return account.strip() and day and 1950 <= day.year <= 2099 and cents is not None

    assume(any(usable(row) for row in rows))
    cents = [row[2] or 0 for row in rows]
    for n, (account, day, own) in enumerate(rows):
        if own and not account.strip() and not day:  # what equals the others, or those above
            assume(own not in (sum(cents) - own, sum(cents[:n])))  # is their total, no sale
    lines = [
        f"{account};{day.isoformat() if day else ''};"
        + (f"{Decimal(cents) / 100:.2f}".replace(".", ",") if cents is not None else "")
        for account, day, cents in rows
    ]
    path = write(
        tmp_path / "salg.csv", [f"{line};x" for line in lines], "Kundenr;Fakturadato;Beløp;Merke"
    )
    case = open_case(path, mapping=ColumnMapping().with_options(TOLERANT))
    table = case.reconciliation().set_index("reason")
    known = sum(cents or 0 for _, _, cents in rows)
    assert table.loc["read", "rows"] == len(rows)
    assert round(table.loc["read", "amount"] * 100) == known
    parts = table.drop(index="read")
    assert parts["rows"].sum() == len(rows)
    assert round(parts["amount"].sum() * 100) == known
    assert table.loc["used", "rows"] == sum(bool(usable(row)) for row in rows)
    assert len(case.set_aside()) == len(rows) - table.loc["used", "rows"]
    assert (
        case.set_aside()["reason"].value_counts().to_dict()
        == parts["rows"].drop("used", errors="ignore").to_dict()
    )


def test_each_reason_is_told_with_its_row(tmp_path):
    lines = [
        *GOOD,
        ";01.02.2024;F1;10,00",
        "1;;F1;20,00",
        "1;31.02.2024;F1;30,00",
        "1;01.02.1920;F1;40,00",
        "1;01.02.2024;F1;",
        "1;01.02.2024;F1;etter avtale",
        ";;;",
        "Sum;;;5000,00",
    ]
    case = open_case(write(tmp_path / "salg.csv", lines))
    aside = case.set_aside()
    first = len(GOOD) + 2
    assert dict(zip(aside["source_row"], aside["reason"], strict=True)) == {
        first: "no_account",
        first + 1: "no_date",
        first + 2: "unreadable_date",
        first + 3: "impossible_date",
        first + 4: "no_amount",
        first + 5: "unreadable_amount",
        first + 6: "blank_line",
        first + 7: "total_row",
    }
    table = case.reconciliation().set_index("reason")
    assert table.loc["no_account", "amount"] == 10
    assert table.loc["total_row", "amount"] == 0
    assert table.loc["unreadable_amount", "unreadable"] == 1


def test_repeated_lines_are_reported_and_kept_and_dropped_on_demand(tmp_path):
    path = write(tmp_path / "salg.csv", [*GOOD, GOOD[5], GOOD[5], GOOD[8]])
    kept = open_case(path)
    finding = {one.name: one for one in kept.findings()}["repeats"]
    assert finding.text.startswith("3 lines repeat an earlier line exactly")
    assert kept.reconciliation().set_index("reason").loc["used", "rows"] == 63
    dropped = open_case(path, mapping=ColumnMapping().with_options({"drop_duplicates": True}))
    table = dropped.reconciliation().set_index("reason")
    assert table.loc[["used", "duplicate"], "rows"].tolist() == [60, 3]
    assert dropped.set_aside()["source_row"].tolist() == [62, 63, 64]


def test_accounts_are_left_out_as_asked(tmp_path):
    path = write(tmp_path / "salg.csv", GOOD)
    case = open_case(path, mapping=ColumnMapping().with_options({"exclude": ["3"]}))
    assert set(case.set_aside()["account_id"]) == {"3"}
    assert set(case.set_aside()["reason"]) == {"excluded_account"}


def test_a_column_that_is_empty_counts_as_absent(tmp_path):
    lines = [f"{line};" for line in GOOD]
    case = open_case(write(tmp_path / "salg.csv", lines, f"{HEAD};Varekost"))
    assert not case.has("cost")
    assert case.has("invoice_id")


def test_the_same_file_gives_the_same_case_twice(tmp_path):
    path = write(tmp_path / "salg.csv", GOOD)
    one, other = open_case(path), open_case(path)
    assert one.reconciliation().equals(other.reconciliation())
    assert one.checksum == other.checksum


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Flip, cut, double or swap a piece of a file."""
    data = bytearray(content)
    place, length = chance.randrange(len(data)), chance.randrange(1, 40)
    match chance.randrange(6):
        case 0:
            data[place] = chance.randrange(256)
        case 1:
            del data[place : place + length]
        case 2:
            data[place:place] = data[place : place + length]
        case 3:
            data[place:place] = chance.choice(
                [b";", b'"', b"\n", b"\r", b"\0", b",", b"\xff", b"-"]
            )
        case 4:
            lines = bytes(data).split(b"\n")
            chance.shuffle(lines)
            data = bytearray(b"\n".join(lines))
        case _:
            del data[place:]
    return bytes(data)


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_read_whole_or_refused_in_words(tmp_path, seed):
    chance = random.Random(seed)
    content = "\n".join([HEAD, *GOOD]).encode("cp1252")
    for _ in range(chance.randrange(1, 6)):
        content = damaged(content, chance) or b"x"
    path = tmp_path / "salg.csv"
    path.write_bytes(content)
    with contextlib.suppress(KamkitError):  # any other error fails the test
        table = open_case(path).reconciliation()
        assert table["rows"].iloc[1:].sum() == table["rows"].iloc[0]
        assert table["amount"].iloc[1:].sum() == pytest.approx(table["amount"].iloc[0])
    assert [one.name for one in tmp_path.iterdir()] == ["salg.csv"]
