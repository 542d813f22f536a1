"""Present values against published cases and against sums done by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.errors import ParameterError
from kamkit.value.present_value import cohort_present_value, margin_multiple, weekly_rate

COHORT = pd.DataFrame(
    {
        "customers": [90, 80, 72, 60, 48, 34, 23, 12, 6, 2],
        "revenue_per_customer": [100, 110, 120, 125, 130, 135, 140, 142, 143, 145],
        "cost_per_customer": [70, 72, 75, 76, 78, 79, 80, 81, 82, 83],
    }
)
WON = {"acquired": 100, "acquisition_cost": 40}


@pytest.mark.parametrize(
    ("retention", "rate", "published"), [(0.80, 0.10, 2.67), (0.80, 0.12, 2.50), (0.90, 0.12, 4.09)]
)
def test_the_margin_multiples_are_the_published_ones(retention, rate, published):
    multiple = margin_multiple(retention, annual_discount_rate=rate)
    assert round(multiple, 2) == published


def test_the_margin_multiple_is_the_sum_of_all_years():
    years = sum(0.8**t / 1.1**t for t in range(1, 400))
    assert margin_multiple(0.8, annual_discount_rate=0.1) == pytest.approx(years)


def test_the_published_cohort_is_worth_13_286():
    found = cohort_present_value(COHORT, annual_discount_rate=0.10, **WON)
    assert found.table["present_value"].sum() == pytest.approx(13_286.51, abs=0.005)
    assert found.table["cumulative_value"].iloc[-1] == pytest.approx(9_286.51, abs=0.005)
    assert "92.87 each" in found.text


def test_each_year_rounded_to_two_decimals_gives_a_cent_more():
    found = cohort_present_value(COHORT, annual_discount_rate=0.10, decimals=2, **WON)
    assert round(found.table["present_value"].sum(), 6) == 13_286.52
    assert round(found.table["cumulative_value"].iloc[-1], 6) == 9_286.52


def test_without_discount_a_cohort_is_worth_its_contribution():
    found = cohort_present_value(COHORT, annual_discount_rate=0.0, **WON)
    margins = [30, 38, 45, 49, 52, 56, 60, 61, 61, 62]
    by_hand = sum(n * m for n, m in zip(COHORT["customers"], margins, strict=True))
    assert found.table["present_value"].sum() == pytest.approx(by_hand)
    assert found.table["margin_per_customer"].tolist() == margins


def test_a_cohort_in_a_currency_that_loses_money_says_so():
    one = pd.DataFrame({"customers": [1], "revenue_per_customer": [10], "cost_per_customer": [32]})
    found = cohort_present_value(
        one, annual_discount_rate=0.10, acquired=1, acquisition_cost=0, currency="NOK"
    )
    # (10 - 32) / 1.1
    assert "−NOK\u00a020.00 each" in found.text


def test_the_cohort_given_is_left_as_it_was():
    before = COHORT.copy()
    cohort_present_value(COHORT, annual_discount_rate=0.10, **WON)
    pd.testing.assert_frame_equal(before, COHORT)


def test_a_year_of_weekly_rates_is_the_annual_rate():
    assert (1 + weekly_rate(0.10)) ** (365.2425 / 7) == pytest.approx(1.10)
    assert weekly_rate(0.0) == 0.0


@pytest.mark.parametrize("rate", [10, -0.1, 1.01, float("nan")])
def test_a_percentage_for_a_share_is_refused(rate):
    for ask in (
        lambda: weekly_rate(rate),
        lambda: margin_multiple(0.8, annual_discount_rate=rate),
        lambda: cohort_present_value(COHORT, annual_discount_rate=rate, **WON),
    ):
        with pytest.raises(ParameterError, match="annual_discount_rate"):
            ask()


def test_customers_for_ever_at_no_discount_are_refused():
    with pytest.raises(ParameterError, match="no end"):
        margin_multiple(1.0, annual_discount_rate=0.0)
    assert margin_multiple(1.0, annual_discount_rate=0.1) == pytest.approx(10)


def test_a_cohort_without_a_year_or_a_column_is_refused():
    for table in (COHORT.iloc[:0], COHORT.drop(columns="customers")):
        with pytest.raises(ParameterError, match="cohort"):
            cohort_present_value(table, annual_discount_rate=0.1, **WON)
    with pytest.raises(ParameterError, match="cohort"):
        cohort_present_value(COHORT, annual_discount_rate=0.1, acquired=0, acquisition_cost=1)
