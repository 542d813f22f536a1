"""The alarm of rhythm: its states, its level, its false alarms, and ledgers out of the ordinary."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kamkit.case import open_case
from kamkit.errors import ParameterError
from kamkit.value._rhythm import late, rhythm, rhythm_facts

END = dt.date(2025, 12, 31)
WORDS = {
    "one_order",
    "too_few",
    "season_missed",
    "in_season",
    "off_season",
    "lost",
    "late",
    "due",
    "on_time",
}


def bought(**accounts) -> pd.DataFrame:
    """Purchase days from the days of each account; every one is worth 10."""
    parts = [
        pd.DataFrame({"account_id": name, "day": pd.to_datetime(list(days)), "amount": 10.0})
        for name, days in accounts.items()
    ]
    return pd.concat(parts, ignore_index=True)


def back(*gaps: int, silent: int) -> list[pd.Timestamp]:
    """Purchase days with these gaps, the last of them so many days before the end."""
    last = pd.Timestamp(END) - pd.Timedelta(days=silent)
    return [last - pd.Timedelta(days=sum(gaps[place:])) for place in range(len(gaps) + 1)]


def going_on(accounts: int) -> pd.DataFrame:
    """Accounts that buy about once a week and go on, to be compared with."""
    rng = np.random.default_rng(5)
    gaps = rng.integers(4, 11, size=(accounts, 120))
    days = {f"{n:02}": back(*gaps[n], silent=int(rng.integers(0, 4))) for n in range(accounts)}
    return bought(**days)


def seasons(*years: int, months=(4, 5, 6)) -> list[str]:
    return [
        f"{year + (month < months[0])}-{month:02}-{day}"
        for year in years
        for month in months
        for day in ("03", "12", "24")
    ]


def renewals(rng, accounts: int, shape: float, *, gap=60.0, days=1095) -> pd.DataFrame:
    """Accounts with gamma gaps that began long before the ledger, until a day fixed in advance."""
    before = 20 * gap
    size = (accounts, int((days + before) / gap * 2) + 80)
    moments = np.cumsum(rng.gamma(shape, gap / shape, size=size), axis=1) - before
    assert (moments[:, -1] > days).all()
    account, place = np.nonzero((moments >= 0) & (moments < days))
    frame = pd.DataFrame(
        {
            "account_id": [f"{n:05}" for n in account],
            "date": pd.Timestamp(END)
            - pd.to_timedelta(days - 1 - np.floor(moments[account, place]), unit="D"),
            "amount": 10.0,
        }
    )
    return frame.drop_duplicates(ignore_index=True)


def test_every_state_is_reached_and_by_its_rule():
    loose = [4, 10, 7, 5, 9, 7, 8, 6, 10, 4] * 4
    days = bought(
        one=["2025-03-01"],
        today=[END],
        few=back(7, 7, silent=300),
        time=back(*loose, silent=1),
        due=back(*loose, silent=8),
        late=back(*loose, silent=60),
        lost=back(*loose, silent=400),
        spring=seasons(2023, 2024, 2025),
        missed=seasons(2022, 2023, 2024),
        gone=seasons(2021, 2022, 2023),
        winter=[
            day
            for day in seasons(2022, 2023, 2024, 2025, months=(11, 12, 1))
            if day <= "2025-12-20"
        ],
    )
    days = pd.concat([days, going_on(60)])
    table = rhythm(days, as_of=END).set_index("account_id")
    assert table["rhythm_state"].filter(regex="^[a-z]").to_dict() == {
        "one": "one_order",
        "today": "one_order",
        "few": "too_few",
        "time": "on_time",
        "due": "due",
        "late": "late",
        "lost": "lost",
        "spring": "off_season",
        "missed": "season_missed",
        "gone": "lost",
        "winter": "in_season",
    }
    assert table["next_expected"].loc[["spring", "missed"]].dt.month.tolist() == [4, 4]
    assert table.loc["spring", "next_expected"] == pd.Timestamp("2026-04-01")
    assert table.loc["missed", "next_expected"] == pd.Timestamp("2025-04-01")


def test_in_the_middle_of_its_season_a_seasonal_account_is_not_called_missed():
    days = bought(a=seasons(2023, 2024, 2025), b=seasons(2022, 2023, 2024))
    states = [
        rhythm(days, as_of=dt.date(2025, *day))["rhythm_state"].tolist()
        for day in ((3, 31), (5, 10), (6, 29), (6, 30))
    ]
    assert states == [
        ["off_season"] * 2,
        ["in_season"] * 2,
        ["in_season"] * 2,
        ["off_season", "season_missed"],
    ]


def test_one_order_a_first_order_today_and_hundreds_of_orders_give_no_nonsense():
    every_day = pd.date_range("2016-01-01", END)
    days = bought(
        one=["2016-01-01"],
        today=[END],
        daily=every_day,
        clock=every_day[::-1][::7],
        stopped=every_day[:700],
    )
    days = pd.concat([days, going_on(5)])
    table = rhythm(days, as_of=END).set_index("account_id")
    assert table.loc[["one", "today"], "late_probability"].isna().all()
    assert table.loc[["one", "today"], ["next_expected", "interval_days"]].isna().all(axis=None)
    rest = table.loc[["daily", "clock", "stopped"]]
    assert rest.notna().all(axis=None)
    assert rest["late_probability"].between(0, 1).all()
    assert table.loc["daily", ["orders", "days_since", "rhythm_state"]].tolist() == [
        len(every_day),
        0,
        "on_time",
    ]
    assert table.loc["stopped", "rhythm_state"] == "lost"


def test_what_is_credited_is_no_purchase_and_a_total_below_zero_breaks_nothing(company):
    weekly = [str(day.date()) for day in back(7, 7, 7, 7, silent=3)]
    rows = [("a", day, 100.0) for day in weekly]
    rows += [
        ("a", str(END), -100.0),
        ("b", "2025-06-01", 5.0),
        ("b", "2025-06-02", -900.0),
        ("c", "2025-06-02", -1.0),
    ]
    case = company(sales=pd.DataFrame(rows, columns=["account_id", "date", "amount"]))
    table = rhythm(case)
    # the credit of the last day takes off the purchase of 28 December, ordered all the same
    assert table[["account_id", "orders", "days_since"]].to_numpy().tolist() == [["a", 4, 3]]
    assert table["next_expected"].tolist() == [pd.Timestamp("2026-01-04")]
    before = rhythm(case, as_of=dt.date(2025, 12, 30)).set_index("account_id")
    # on the day before nobody knew of it
    assert before.loc["a", ["orders", "days_since"]].tolist() == [5, 2]


def test_the_order_of_rows_does_not_matter_and_the_input_stays():
    days = bought(b=back(5, 10, 15, 9, silent=20), a=back(7, 8, 6, 7, silent=2))
    mixed = days.sample(frac=1, random_state=3)
    copy = mixed.copy()
    pd.testing.assert_frame_equal(rhythm(mixed, as_of=END), rhythm(days, as_of=END))
    pd.testing.assert_frame_equal(mixed, copy)
    assert rhythm(days, as_of=END)["account_id"].tolist() == ["a", "b"]


def test_a_table_is_judged_from_its_last_day_and_not_from_today():
    assert rhythm(bought(a=["2001-01-01"], b=["2001-03-01"]))["days_since"].tolist() == [59, 0]


def test_a_closed_christmas_makes_nobody_late():
    opened = [
        day
        for day in pd.date_range("2024-01-01", "2026-01-04")
        if day.day_of_week < 5
        and not (day.month == 12 and day.day > 19)
        and not (day.month == 1 and day.day < 7)
    ]
    # on each open day a fifth of the accounts buys: a week between purchases
    accounts = {f"a{n:02}": opened[n % 5 :: 5] for n in range(50)}
    accounts["stopped"] = [day for day in opened[::5] if day < pd.Timestamp("2025-12-01")]
    table = rhythm(bought(**accounts), as_of=dt.date(2026, 1, 4)).set_index("account_id")
    assert table["days_since"].drop("stopped").min() >= 16
    assert table.index[table["rhythm_state"] == "late"].tolist() == ["stopped"]


def mixed(rng, accounts: int) -> pd.DataFrame:
    """Accounts whose shape and mean gap are each account's own."""
    parts = [
        renewals(
            rng,
            accounts // 20,
            float(np.exp(rng.normal(0.7, 0.5))),
            gap=float(np.exp(rng.uniform(*np.log([15, 120])))),
        )
        for _ in range(20)
    ]
    for place, part in enumerate(parts):
        part["account_id"] = f"{place:02}-" + part["account_id"]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.proof
@pytest.mark.parametrize("shape", [1.0, 2.0, 6.0, 20.0, None])
def test_of_accounts_that_go_on_as_before_as_many_are_below_a_level_as_it_says(shape):
    rng = np.random.default_rng(32)
    lines = mixed(rng, 3000) if shape is None else renewals(rng, 3000, shape)
    case = open_case(lines)
    chance = rhythm(case)["late_probability"].dropna()
    for level in (0.05, 0.5):
        low, high = stats.binom.interval(0.999, len(chance), level)
        assert low <= (chance < level).sum() <= high
    seen = int((chance < 0.01).sum())
    assert seen <= stats.binom.ppf(0.999, len(chance), 0.01)
    told = re.search(r"about ([\d,]+) would", late(case).caveats[0])[1].replace(",", "")
    assert int(told) == round(len(chance) / 100)


def test_the_account_that_ordered_every_week_comes_first(fjordgross):
    finding = late(fjordgross)
    table = finding.table
    first = table.iloc[0]
    assert (first["account_id"], first["days_since"], first["interval_days"]) == ("000923", 78, 7)
    assert first["last_date"] == pd.Timestamp("2025-10-14")
    assert first["late_probability"] < 0.002
    assert (table["yearly_revenue"].diff().dropna() <= 0).all()
    assert set(table["rhythm_state"]) <= {"late", "season_missed"}
    assert "every 7 days" in finding.text
    assert "silent for 78 days" in finding.text
    assert "fewer than 1% of the gaps" in finding.caveats[0]


def test_a_stricter_level_raises_fewer_alarms_and_says_so(fjordgross):
    usual, strict = late(fjordgross), late(fjordgross, level=0.003)
    assert set(strict.table["account_id"]) < set(usual.table["account_id"])
    assert "fewer than 0.3%" in strict.caveats[0]
    assert "fewer than 1%" in usual.caveats[0]
    # no group of peers has ten thousand earlier silences
    assert late(fjordgross, level=0.0001).table.empty


@pytest.mark.proof
@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_real_ledgers_give_a_number_wherever_there_is_one(name, request):
    case = request.getfixturevalue(name)
    table = rhythm(case)
    assert table["account_id"].is_unique
    assert table["account_id"].is_monotonic_increasing
    assert set(table["rhythm_state"]) <= WORDS
    always = ["orders", "first_date", "last_date", "days_since", "yearly_revenue", "rhythm_state"]
    assert table[always].notna().all(axis=None)
    repeated = table["orders"] > 1
    between = ["interval_days", "interval_spread", "next_expected"]
    assert table.loc[repeated, between].notna().all(axis=None)
    assert (table["late_probability"].notna() == (table["orders"] > 3)).all()
    assert table["late_probability"].dropna().between(0, 1).all()
    assert (table["yearly_revenue"] > 0).all()
    finding = late(case)
    assert "nan" not in f"{finding!r}".lower().split()
    facts = rhythm_facts(case)
    assert len(facts) == len(table)


def test_what_cannot_be_judged_is_refused():
    days = bought(a=["2025-01-01"])
    with pytest.raises(ParameterError, match="by that day"):
        rhythm(days, as_of=dt.date(2024, 12, 31))
    with pytest.raises(ParameterError, match="by that day"):
        rhythm(open_case("cdnow"), as_of=dt.date(1990, 1, 1))
    with pytest.raises(ParameterError, match="purchase days has no column"):
        rhythm(days.drop(columns="amount"))
    for level in (0, 0.5, -1, float("nan")):
        with pytest.raises(ParameterError, match="probability"):
            rhythm(days, level=level)


def test_an_account_without_a_name_is_called_by_its_number():
    lines = pd.DataFrame(
        {
            "account_id": "77",
            "date": back(*[7] * 30, silent=90),
            "amount": 5.0,
            "account_name": None,
        }
    )
    other = lines.assign(account_id="78", account_name="Bo", amount=1.0, date=END)
    more = going_on(20).rename(columns={"day": "date"})
    text = late(open_case(pd.concat([lines, other.head(1), more]))).text
    assert "is late against their own buying rhythm: 77." in text


def test_the_alarms_of_half_a_year_ago_are_held_against_what_came_after():
    # weekly until 2 July 2025 is 182 days before the end; both were silent for 60 days by then
    then = pd.Timestamp(END) - pd.Timedelta(days=182)
    weekly = [then - pd.Timedelta(days=60 + 7 * week + (week % 3)) for week in range(60)]
    going = pd.date_range("2024-01-01", END, freq="5D")
    lines = bought(gone=weekly, back=[*weekly, pd.Timestamp("2025-10-01")], on=[*going, END])
    others = {f"{n:02}": back(*[7] * 120, silent=n % 7) for n in range(58)}
    lines = pd.concat([lines, bought(**others)])
    case = open_case(lines.rename(columns={"day": "date"}).drop_duplicates())
    caveat = late(case).caveats[-1]
    assert caveat == (
        "Judged in the same way on 2 Jul 2025, 2 accounts were late; of these 1 have bought since, "
        "against about 1 if all were late by chance alone."
    )
    # of a ledger shorter than a year and a half there is nothing to tell
    short = open_case(lines[lines["day"] > "2024-08-01"].rename(columns={"day": "date"}))
    assert not any("Judged in the same way" in one for one in late(short).caveats)


def test_long_after_the_last_purchase_of_anybody_all_that_bought_often_are_lost():
    rng = np.random.default_rng(33)
    days = bought(
        **{
            f"{n:02}": back(*rng.integers(3, 12, 60), silent=int(rng.integers(0, 9)))
            for n in range(60)
        }
    )
    later = rhythm(days, as_of=dt.date(2027, 12, 31))
    assert later["late_probability"].max() < 0.01
    assert set(later["rhythm_state"]) == {"lost"}
