"""Lesson 5: what is right follows from published values, or from the tables in plain Python."""

from __future__ import annotations

import pytest

from kamkit.learn.answers import NOTED, RIGHT
from tests.learn.conftest import asked_in


@pytest.mark.parametrize(("where", "margins"), [("practice", "2.67"), ("seeded", "4,5")])
def test_the_years_after_this_are_worth_so_many_margins(where, margins, request):
    """Published: r .80 and i .10 give 2.67; .90 and .10 give .90/.20."""
    question = asked_in("05.multiple", request.getfixturevalue(where))
    assert question.check(margins).state == RIGHT


@pytest.mark.parametrize(("where", "revenue"), [("practice", 207), ("seeded", 206)])
def test_a_bridge_adds_up(where, revenue, request):
    """200 + 8 + 20 - 6 - 15; of seed 17: 200 + 10 + 20 - 8 - 16."""
    question = asked_in("05.bridge_adds_up", request.getfixturevalue(where))
    assert question.check(revenue).state == RIGHT


def test_ten_highest_values_by_hand(practice):
    values = sorted(practice.analysis.lifetime_values["lifetime_value"].tolist())
    question = asked_in("05.sum_of_ten", practice)
    assert question.check(sum(values[-10:])).state == RIGHT
    assert question.check('lifetime.sort_values("lifetime_value").tail(10).lifetime_value.sum()')


def test_of_the_fifty_largest_the_least_likely_is_late_as_well(practice):
    rows = practice.analysis.lifetime_values.to_dict("records")
    large = sorted(rows, key=lambda row: row["revenue"])[-50:]
    least = min(large, key=lambda row: row["probability_alive"])["account_id"]
    assert asked_in("05.least_alive", practice).check(least).state == RIGHT
    assert least in set(practice.analysis.alarms["account_id"])


def test_the_share_of_price_is_what_volume_and_mix_leave(practice):
    row = practice.analysis.price_volume_mix.table.iloc[0]
    rest = row["volume_effect"] + row["mix_effect"]
    share = 1 - rest / (row["revenue_after"] - row["revenue_before"])
    assert asked_in("05.from_price", practice).check(f"{share:.1%}").state == RIGHT


@pytest.mark.parametrize(("guess", "state"), [("3", RIGHT), ("25", NOTED)])
def test_a_guess_near_the_error_of_the_model(practice, guess, state):
    """The model was 3.5 % too low on the year held out."""
    assert asked_in("05.how_far_off", practice).check(guess).state == state
