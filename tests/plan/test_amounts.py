"""Where an account stands: four figures by hand, with the period that they are of."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import Period
from kamkit.case.about import About
from kamkit.plan.amounts import figures

YEARS = Period("2023-01-02", "2025-12-30")
HALF_A_YEAR = Period("2025-03-04", "2025-11-12")
YEAR_AND_A_HALF = Period("2024-01-02", "2025-06-30")


def lines(fact, period=YEARS, currency=""):
    about = About("t", "T", "t.csv", currency, False, period)
    return [one.line.replace("\xa0", " ") for one in figures(fact, about)]


def test_a_whole_year_against_the_one_before():
    fact = {"revenue_year": 120.0, "revenue_before": 100.0, "change": 20.0}
    assert lines(fact) == ["Revenue 2025 | 120 | +20% on the year before"]


def test_a_small_year_that_is_their_habit_is_told_so():
    fact = {"revenue_year": 40.0, "revenue_before": 100.0, "change": -60.0, "swings": True}
    told = "Revenue 2025 | 40 | −60% on the year before; small years are their habit"
    assert lines(fact) == [told]


def test_with_less_than_two_years_the_change_has_its_own_period():
    # 90 of nine months against 100 of the nine before; the last twelve months are another sum
    fact = {"revenue_year": 115.0, "revenue_before": 100.0, "change": -10.0}
    assert lines(fact, YEAR_AND_A_HALF) == [
        "Revenue Jul 2024 – Jun 2025 | 115 | Oct 2024 – Jun 2025 −10% on the time before"
    ]


def test_a_ledger_shorter_than_a_year_names_its_days():
    assert lines({"revenue_year": 40.0}, HALF_A_YEAR) == ["Revenue 4 Mar 2025 – 12 Nov 2025 | 40"]


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        ({"profit_year": 30.0}, "Customer profit | 30 | 15% of revenue"),
        ({"profit_year": -30.0}, "Customer profit | −30 | 15% of revenue is lost after service"),
        ({"contribution_year": 50.0}, "Contribution | 50 | 25% of revenue"),
    ],
)
def test_profit_is_of_the_sales_of_the_same_months(fact, line):
    assert lines({"revenue_year": 200.0, "revenue": 600.0} | fact)[1].startswith(line)


def test_who_bought_nothing_has_no_share():
    assert lines({"revenue_year": 0.0, "profit_year": -3.0}) == ["Revenue 2025 | 0"]


def test_the_wallet_names_its_year():
    fact = {"share_of_wallet": 0.25, "wallet": 4_000_000.0, "wallet_year": "2024"}
    assert lines(fact, currency="NOK") == ["Share of wallet | 25% | of NOK 4.00 million in 2024"]


def test_at_a_loss_the_discount_stands_in_place_of_growth():
    fact = {
        "growth_low": -1.0,
        "growth_middle": 2.0,
        "growth_high": 3.0,
        "discount_share_year": 0.31,
        "usual_discount_share": 0.18,
    }
    assert lines(fact) == ["Growth in sight | 2 | −1 to 3, judged by what came true before"]
    assumed = lines(fact | {"rate_from": "assumed"})
    assert assumed == ["Growth in sight | 2 | −1 to 3, an assumption"]
    assert lines(fact | {"loses": True}) == ["Discount | 31% | 18% at the others"]


@pytest.mark.parametrize(
    ("change", "note"),
    [(-12.0, "of 100, down 12"), (3.0, "of 100, up 3"), (0.4, "of 100, as half a year ago")],
)
def test_health_tells_where_it_goes(change, note):
    assert lines({"health": 64.0, "health_change": change}) == [f"Health | 64 | {note}"]
    assert lines({"health": 64.0}) == ["Health | 64 | of 100"]


def test_a_silent_account_has_a_last_order_and_no_next():
    fact = {
        "last_date": pd.Timestamp("2025-10-14"),
        "next_expected": pd.Timestamp("2025-10-21"),
        "interval_days": 7.2,
    }
    assert lines(fact | {"rhythm_state": "on_time"}) == [
        "Next order | 21 Oct 2025 | every 7 days as a rule"
    ]
    assert lines(fact | {"rhythm_state": "late"}) == [
        "Last order | 14 Oct 2025 | every 7 days as a rule"
    ]


def test_there_are_four_at_most():
    fact = {
        "revenue_year": 200.0,
        "profit_year": 30.0,
        "share_of_wallet": 0.5,
        "wallet": 400.0,
        "growth_low": 1.0,
        "growth_middle": 2.0,
        "growth_high": 3.0,
        "health": 64.0,
    }
    heads = [line.split(" | ")[0] for line in lines(fact)]
    assert heads == ["Revenue 2025", "Customer profit", "Share of wallet", "Growth in sight"]
