"""Lesson 4: what is right is counted again, in plain pandas from the practice company's files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    table = pd.read_parquet(FOLDER / "sales.parquet")
    table["whose"] = table["parent_id"].fillna(table["account_id"])
    table["amount"] = table["amount"].astype(float)
    table["date"] = pd.to_datetime(table["date"])
    return table


@pytest.fixture(scope="module")
def days(lines) -> pd.DataFrame:
    """Days on which an account bought for more than it gave back."""
    net = lines.groupby(["whose", "date"])["amount"].sum().reset_index()
    return net[net["amount"] > 0]


def test_the_gross_retention_is_what_was_bought_again_at_most_as_before(practice, lines):
    by_year = lines.groupby(["whose", lines["date"].dt.year])["amount"].sum().unstack(fill_value=0)
    before = by_year[by_year[2024] > 0]
    kept = before[[2024, 2025]].clip(lower=0).min(axis=1).sum() / before[2024].sum()
    assert asked_in("04.kept", practice).check(f"{kept:.1%}").state == RIGHT


def test_the_silence_in_intervals_is_that_of_the_days_of_purchase(practice, days):
    """The interval is the median of the gaps between purchase days."""
    second = practice.analysis.alarms["account_id"].iloc[1]
    own = days.loc[days["whose"] == second, "date"].sort_values()
    silence = (days["date"].max() - own.max()).days
    usual = own.diff().dt.days.median()
    assert asked_in("04.intervals_silent", practice).check(f"{silence / usual:.1f}").state == RIGHT


def test_the_one_that_only_looks_late_buys_in_the_same_months_every_year(practice, days):
    months = days.groupby("whose")["date"].agg(lambda dates: dates.dt.month.nunique())
    revenue = days.groupby("whose")["amount"].sum()
    few = months[(months <= 6) & (days.groupby("whose").size() > 30)]
    seasonal = revenue[few.index].idxmax()
    question = asked_in("04.only_looks_late", practice)
    assert question.check(seasonal).state == RIGHT


def test_the_three_calls_are_those_with_most_revenue_in_their_last_year(practice, lines, days):
    late = practice.analysis.alarms["account_id"].tolist()
    stakes = {}
    for account in late:
        own = lines[lines["whose"] == account]
        last = days.loc[days["whose"] == account, "date"].max()
        year = own[(own["date"] > last - pd.DateOffset(years=1)) & (own["date"] <= last)]
        stakes[account] = year["amount"].sum()
    first = sorted(late, key=stakes.get, reverse=True)[:3]
    assert asked_in("04.call_first", practice).check(first).state == RIGHT


@pytest.mark.parametrize(("where", "alarms"), [("practice", 5), ("seeded", 8)])
def test_one_in_a_hundred_rings_by_chance(where, alarms, request):
    assert asked_in("04.by_chance", request.getfixturevalue(where)).check(alarms).state == RIGHT
