"""What an account bought and left: sums by hand, with the period that they are of."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import kamkit as kam
from kamkit import Period
from kamkit.case.about import About
from kamkit.plan import amounts

FJORDGROSS = Path(__file__).parents[2] / "data" / "fjordgross"
YEARS = Period("2023-01-02", "2025-12-30")
HALF_A_YEAR = Period("2025-03-04", "2025-11-12")
YEAR_AND_A_HALF = Period("2024-01-02", "2025-06-30")


def about(period):
    return About("t", "T", "t.csv", "", False, period)


def said(statement):
    return statement.text.replace("\xa0", " ")


def test_a_whole_year_against_the_one_before():
    fact = {"revenue_year": 120.0, "revenue_before": 100.0, "change": 20.0}
    found = amounts.revenue(fact, about(YEARS))
    assert (
        said(found) == "In the last twelve months it bought for 120, +20% against the year before."
    )
    assert found.columns == ("revenue_year", "revenue_before", "change")


def test_with_less_than_two_years_each_amount_has_its_own_period():
    # 90 of nine months against 100 of the nine before; the last twelve months are another sum
    fact = {"revenue_year": 115.0, "revenue_before": 100.0, "change": -10.0}
    assert said(amounts.revenue(fact, about(YEAR_AND_A_HALF))) == (
        "In the last twelve months it bought for 115. From 1 Oct 2024 to 30 Jun 2025 it bought "
        "−10% against the time before, equally long."
    )


def test_a_ledger_shorter_than_a_year_is_no_year():
    found = amounts.revenue({"revenue_year": 40.0}, about(HALF_A_YEAR))
    assert said(found) == "From 4 Mar 2025 to 12 Nov 2025 it bought for 40."


def test_profit_and_revenue_are_of_one_period():
    fact = {"revenue_year": 200.0, "profit_year": 30.0, "profit": 90.0, "revenue": 600.0}
    assert said(amounts.profit(fact, about(YEARS))) == (
        "In the last twelve months it left 30 after goods, service and credit, 15% of revenue."
    )


def test_a_loss_is_no_negative_share():
    fact = {"revenue_year": 200.0, "profit_year": -30.0}
    assert said(amounts.profit(fact, about(YEARS))) == (
        "In the last twelve months it lost 30 after goods, service and credit, 15% of revenue."
    )


@pytest.mark.parametrize(
    ("year", "whole", "then", "in_all"),
    [(-30.0, 90.0, "lost 30", "left 90"), (30.0, -90.0, "left 30", "lost 90")],
)
def test_a_year_unlike_the_whole_ledger_tells_both(year, whole, then, in_all):
    fact = {"revenue_year": 200.0, "profit_year": year, "profit": whole}
    found = amounts.profit(fact, about(YEARS))
    assert f"it {then} after" in said(found)
    assert said(found).endswith(f"In the whole ledger it {in_all}.")
    assert "profit" in found.columns


def test_without_costs_of_service_the_contribution_is_told():
    fact = {"revenue_year": 200.0, "contribution_year": 50.0}
    assert said(amounts.profit(fact, about(YEARS))) == (
        "In the last twelve months its contribution was 50, 25% of revenue."
    )


@pytest.mark.parametrize("fact", [{}, {"revenue_year": 0.0, "profit_year": -5.0}])
def test_nothing_is_said_of_a_share_of_nothing(fact):
    assert amounts.profit(fact, about(YEARS)) is None


def test_the_last_year_is_that_of_the_lines_of_the_ledger():
    """Counted from the file itself, chain by chain; the ledger ends with 2025."""
    import kamkit as kam

    lines = pd.read_parquet(FJORDGROSS / "sales.parquet")
    lines = lines[pd.to_datetime(lines["date"]).dt.year == 2025]
    chain = lines["parent_id"].fillna(lines["account_id"])
    revenue = lines["amount"].astype(float).groupby(chain).sum()
    cost = lines["cost"].astype(float).groupby(chain).sum()
    table = kam.analyse("fjordgross").last_year.set_index("account_id")
    for account in ("000412", "000655", "K07"):
        assert table.loc[account, "revenue_year"] == pytest.approx(revenue[account], abs=0.005)
        left = revenue[account] - cost[account]
        assert table.loc[account, "contribution_year"] == pytest.approx(left, abs=0.005)
    assert table["revenue_year"].sum() == pytest.approx(revenue.sum(), abs=0.01)


def test_a_fiscal_year_is_called_so():
    ledger = Period("2023-01-02", "2025-12-30", fiscal_start=7)
    fact = {"revenue_year": 120.0, "revenue_before": 100.0, "change": 20.0}
    assert said(amounts.revenue(fact, about(ledger))) == (
        "In the fiscal year Jul 2024 – Jun 2025 it bought for 120, +20% against the year before."
    )


def test_the_setting_makes_the_last_year_and_the_comparison_fiscal():
    months = pd.date_range("2023-01-01", "2025-12-01", freq="MS")
    sales = pd.DataFrame({"account_id": "a", "date": months, "amount": range(1, 37)})
    a = kam.analyse(sales, fiscal_year_start=7)
    # July 2024 is the 19th month and June 2025 the 30th; the year before is the 7th to the 18th
    assert a.last_year["revenue_year"].tolist() == [sum(range(19, 31))]
    row = a.account_changes.iloc[0]
    assert [row["revenue_before"], row["revenue_after"]] == [sum(range(7, 19)), sum(range(19, 31))]
