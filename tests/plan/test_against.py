"""What people wrote against a plan is named, with the reason."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.plan.against import against_plan

FACTS = pd.DataFrame(
    {
        "account_id": ["pays", "loses", "falls", "quiet", "cheap"],
        "strategy": ["grow", "mend", "retain", "retain", "harvest"],
        "loses": [False, True, False, False, False],
        "shrinks": [False, False, True, False, False],
        "rhythm_state": ["on_time", "on_time", "on_time", "late", "on_time"],
    }
)


def told(account, action, **more):
    row = {"kind": "agreed", "ref": "goal: x", "status": "started", "conflict": "", "changed": ""}
    known = pd.DataFrame([{"account_id": account, "action": action} | row | more])
    return against_plan(known, FACTS)["conflict"][0]


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("loses", "they lose us money, so the terms come first"),
        ("falls", "their purchases fall, so stopping the fall comes first"),
        ("quiet", "they have gone silent, so a new order comes first"),
        ("cheap", "they are served at low cost, so we sell only what they ask for"),
    ],
)
def test_selling_more_where_the_plan_sells_no_more_is_named_with_its_reason(account, reason):
    assert told(account, "Selge inn flere varegrupper") == f"against the plan: {reason}"


def test_where_the_plan_is_to_grow_nothing_stands_against_it():
    assert told("pays", "Selge inn flere varegrupper") == ""


@pytest.mark.parametrize(
    "action",
    [
        "Bli hovedleverandør av verneutstyr: Gå gjennom sortimentet",
        "Become main supplier of safety equipment",
        "Increase sales of tape",
        "Øke omsetningen med en femtedel",
        "Cross-sell gloves",
    ],
)
def test_growth_is_known_by_its_words_in_both_languages(action):
    assert told("loses", action).startswith("against the plan")


@pytest.mark.parametrize(
    "action",
    [
        "Øke dekningsgraden: Ny prisavtale med trapper",
        "Flytte ordre til nettbutikken",
        "Sell no more before the terms pay",
        "Færre hasteleveranser",
        "Raise the delivery fee",
    ],
)
def test_what_puts_the_terms_right_is_not(action):
    assert told("loses", action) == ""


def test_what_is_done_or_was_proposed_by_the_plan_itself_is_not():
    assert told("loses", "Sell tape", status="done") == ""
    assert told("falls", "Sell tape", kind="proposed") == ""
    assert told("loses", "Sell tape", kind="closed") == ""
    assert told("falls", "Sell tape", kind="proposed", changed="action").startswith("against")


def test_an_action_kept_from_an_earlier_proposal_of_growth_counts_without_its_words():
    assert told("loses", "Tape: visit", kind="own", ref="grow_upsell: Tape").startswith("against")


def test_two_answers_for_one_action_stay_told():
    found = told("loses", "Sell tape", conflict="status: one; the other")
    assert found.startswith("status: one; the other; against the plan: ")
