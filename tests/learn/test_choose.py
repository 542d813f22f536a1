"""Lesson 6: lists and points counted again in plain pandas, from ratings and the ledger."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT, WRONG
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def by_revenue() -> list[str]:
    """The numbers of all accounts, a chain as one, the largest by revenue first."""
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    whose = lines["parent_id"].fillna(lines["account_id"])
    sums = lines["amount"].astype(float).groupby(whose).sum()
    return sums.sort_values(ascending=False).index.tolist()


def points(scores, weights: dict[str, float]) -> pd.Series:
    """The sum of weight times the way up the scale, what nobody rated in the middle."""
    total = sum(weights.values())
    ratings = scores.ratings.fillna(3.0)
    return sum(100 * weights[one] / total * (ratings[one] - 1) / 4 for one in weights)


def test_the_large_ones_on_the_list_are_counted(practice, by_revenue):
    key = set(practice.analysis.key_accounts["account_id"])
    asked = asked_in("06.large_in", practice)
    assert asked.check(sum(one in key for one in by_revenue[:10])).state == RIGHT


def test_the_largest_that_loses_money(practice, by_revenue):
    profit = practice.analysis.described_accounts.set_index("account_id")["profit"]
    first = next(one for one in by_revenue if profit[one] < 0)
    assert asked_in("06.largest_vetoed", practice).check(first).state == RIGHT


def test_the_points_of_the_fourth(practice):
    scores = practice.analysis.scores
    fourth = practice.analysis.key_accounts["account_id"].iloc[3]
    weights = dict(scores.weights)
    heaviest = max(weights, key=lambda one: weights[one])
    own = points(scores, weights | {one: 0.0 for one in weights if one != heaviest})[fourth]
    worth = own * weights[heaviest]
    assert asked_in("06.points_of_fourth", practice).check(f"{worth:.1f}").state == RIGHT
    assert 0 < worth < 100


def test_who_comes_in_when_growth_weighs_50(practice):
    scores, n = practice.analysis.scores, practice.analysis.breadth.suggested
    weights = {name: 100 * float(one) for name, one in scores.weights.items()}
    able = scores.table.loc[scores.table["failed"] == "", "account_id"]
    before = set(points(scores, weights)[able].nlargest(n).index)
    after = set(points(scores, weights | {"growth": 50.0})[able].nlargest(n).index)
    asked = asked_in("06.more_growth", practice)
    assert asked.check(len(after - before)).state == RIGHT
    assert asked.check(len(after & before)).state == WRONG


def test_the_best_outside_is_outside_and_nobody_there_is_better(practice):
    scores = practice.analysis.scores
    key = set(practice.analysis.key_accounts["account_id"])
    sums = points(scores, dict(scores.weights))
    able = scores.table.loc[scores.table["failed"] == "", "account_id"]
    best = sums[[one for one in able if one not in key]].idxmax()
    assert asked_in("06.best_outside", practice).check(best).state == RIGHT


def test_a_rating_of_4_at_a_weight_of_10_gives_7_and_a_half(practice):
    asked = asked_in("06.points", practice)
    assert "10%" in asked.text
    assert asked.check("7,5").state == RIGHT
    assert asked.check(8).state == WRONG  # 4 / 5 of 10
