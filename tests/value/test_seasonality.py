"""Seasons of the ledger, and accounts that buy in one season only."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.errors import PeriodError
from kamkit.value.seasonality import month_profile, seasonal_accounts

MEANT = ColumnMapping().with_options({"sign": "kept"})


def ledger(months: int, amount) -> pd.DataFrame:
    days = pd.date_range("2022-01-01", periods=months, freq="MS")
    rows = [("a", day.date().isoformat(), amount(day)) for day in days]
    rows.append(("a", (days[-1] + pd.offsets.MonthEnd()).date().isoformat(), 0.001))
    return pd.DataFrame(rows, columns=["account_id", "date", "amount"])


def test_the_index_of_a_month_is_what_was_put_in():
    factor = {6: 1.5, 12: 0.5}
    found = month_profile(open_case(ledger(48, lambda d: 100 * factor.get(d.month, 1.0))))
    index = found.table.set_index("month_number")["month_index"]
    assert index[6] == pytest.approx(1.5, abs=0.01)
    assert index[12] == pytest.approx(0.5, abs=0.01)
    assert index.mean() == pytest.approx(1)
    assert "June with 150%" in found.text
    assert "December with 50%" in found.text


def test_growth_is_no_season():
    found = month_profile(
        open_case(ledger(48, lambda d: 100 + 2 * (d.year * 12 + d.month - 24265)))
    )
    assert found.table["month_index"].between(0.99, 1.01).all()


def test_a_short_ledger_is_refused_in_words():
    with pytest.raises(PeriodError, match="too short to tell the seasons"):
        month_profile(open_case(ledger(23, lambda _: 1.0)))


def days_of(account: str, days: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"account_id": account, "day": pd.to_datetime(days), "amount": 1.0})


EVERYBODY = [days_of("all", [f"{y}-{m:02}-10" for y in (2022, 2023, 2024) for m in range(1, 13)])]


def test_a_season_may_pass_the_turn_of_the_year():
    winter = days_of(
        "w",
        [
            f"{y}-{m}-05"
            for y, m in [
                (2022, "11"),
                (2022, "12"),
                (2023, "01"),
                (2023, "11"),
                (2023, "12"),
                (2024, "01"),
                (2024, "11"),
                (2024, "12"),
            ]
        ],
    )
    found = seasonal_accounts(pd.concat([*EVERYBODY, winter])).set_index("account_id")
    assert found.loc["w", ["season_start", "season_end", "seasons_seen"]].tolist() == [11, 1, 3]
    assert found.loc["w", "seasonal"]
    assert not found.loc["all", "seasonal"]


@pytest.mark.parametrize(
    "days",
    [
        ["2022-05-01", "2022-05-09", "2022-06-01", "2022-06-05", "2022-06-20", "2022-06-25"],
        ["2022-05-01", "2023-05-09"],
        # the day in August is outside the season and no earlier year's season
        ["2023-08-26", *(f"2023-{m:02}-{d}" for m in (9, 10, 11, 12) for d in range(10, 16))],
        ["2022-05-01", "2022-05-03", "2022-06-09", "2024-05-01", "2024-06-03", "2024-06-09"],
    ],
    ids=["one year", "too few days", "one year and a day", "a year between"],
)
def test_what_could_be_chance_is_no_season(days):
    found = seasonal_accounts(pd.concat([*EVERYBODY, days_of("x", days)])).set_index("account_id")
    assert not found.loc["x", "seasonal"]


def test_one_day_in_twenty_may_lie_outside_the_season():
    spring = [f"{y}-{m:02}-{d}" for y in (2022, 2023, 2024) for m in (4, 5) for d in range(10, 15)]
    found = seasonal_accounts(
        pd.concat(
            [
                *EVERYBODY,
                days_of("x", [*spring, "2023-09-01"]),
                days_of("y", [*spring, "2023-09-01", "2023-10-01"]),
            ]
        )
    ).set_index("account_id")
    assert found.loc["x", ["season_start", "season_end", "seasons_seen"]].tolist() == [4, 5, 3]
    assert found.loc["x", "share_in_season"] == pytest.approx(30 / 31)
    assert found.loc["x", "seasonal"]
    # 30 of 32 are too few: the stretch grows to September, six months
    assert found.loc["y", ["season_start", "season_end"]].tolist() == [4, 9]
    assert not found.loc["y", "seasonal"]


def test_years_below_zero_have_no_months_to_compare():
    with pytest.raises(PeriodError, match="not above zero"):
        month_profile(open_case(ledger(30, lambda _: -5.0), mapping=MEANT))


def test_the_index_stands_between_its_lowest_and_highest_year(fjordgross):
    table = month_profile(fjordgross).table
    assert (table["index_low"] <= table["month_index"]).all()
    assert (table["month_index"] <= table["index_high"]).all()
    lines = fjordgross.sales.select("date", "amount").to_pandas()
    months = lines.groupby(pd.to_datetime(lines["date"]).dt.to_period("M"))["amount"].sum()
    months = months.astype(float).to_numpy()
    ratios = {}
    for place in range(6, len(months) - 6):
        year = months[place - 6 : place + 7].copy()
        year[[0, -1]] /= 2
        ratios.setdefault(place % 12, []).append(months[place] / (year.sum() / 12))
    means = [sum(ratios[month]) / len(ratios[month]) for month in range(12)]
    expected = [mean / (sum(means) / 12) for mean in means]
    assert table["month_index"].tolist() == pytest.approx(expected)


def test_the_planted_seasonal_buyers_are_found(fjordgross, answer_key):
    found = seasonal_accounts(fjordgross).set_index("account_id")
    assert found.loc["001546", ["season_start", "season_end"]].tolist() == [4, 6]
    assert found.loc["001546", "seasonal"]
    winter = answer_key["winter"]["account_ids"]
    assert (found.loc[winter, ["season_start", "season_end"]] == [11, 3]).all(axis=None)
    assert found.index[found["seasonal"]].tolist() == sorted(["001546", *winter])


def test_a_ledger_shorter_than_two_years_has_no_seasonal_accounts(online_retail):
    assert not seasonal_accounts(online_retail)["seasonal"].any()
