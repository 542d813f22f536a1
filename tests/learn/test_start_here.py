"""Lessons 0 and 1: what is right is counted again in plain pandas from the practice company."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import NOTED, RIGHT
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def revenue() -> pd.Series:
    """Revenue of each account, a chain as one, the largest first."""
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    whose = lines["parent_id"].fillna(lines["account_id"])
    return lines["amount"].astype(float).groupby(whose).sum().sort_values(ascending=False)


def test_half_of_the_revenue_of_the_largest_comes_from_the_first_that_reach_it(practice, revenue):
    large = revenue.head(100)  # the picture shows no more: the curve of all is for lesson 2
    reached = int((large.cumsum() / large.sum() < 0.5).sum()) + 1
    question = asked_in("00.move_slider", practice)
    assert question.check(reached).state == RIGHT
    assert not question.check(reached + 1)


def test_the_largest_account_is_understood_by_number_and_by_name(practice, revenue):
    number = revenue.index[0]
    for answer in (number, number.lstrip("0"), practice.names[number].lower()):
        assert asked_in("00.largest", practice).check(answer).state == RIGHT, answer


@pytest.mark.parametrize(("factor", "state"), [(1.1, RIGHT), (3, NOTED)])
def test_a_guess_is_close_or_noted(practice, revenue, factor, state):
    guess = round(len(revenue) * factor)
    assert asked_in("00.number_of_accounts", practice).check(guess).state == state


def test_the_share_of_the_largest_and_the_small_ones_that_bring_as_much(practice, revenue):
    share = revenue.iloc[0] / revenue.sum()
    assert asked_in("01.without_largest", practice).check(f"{share:.1%}").state == RIGHT
    small = revenue[revenue > 0].sort_values()
    enough = int((small.cumsum() < revenue.iloc[0]).sum()) + 1
    assert asked_in("01.as_many_small", practice).check(enough).state == RIGHT


def test_the_hours_of_the_team_are_shared_by_forty(practice):
    """900, 800, 700, 600, 600 and 400 hours a year are 333 a month: a little more than 8 each."""
    question = asked_in("01.hours_for_each", practice)
    assert "40" in question.text
    for answer in ("8", "8.3"):
        assert question.check(answer).state == RIGHT, answer
    for answer, word in (("333", "team"), ("100", "year"), ("16.7", "20")):
        assert word in str(question._kind.judge(answer)), answer
