"""What puts terms right, who takes an account over, and when things are due."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import plan
from tests.plan.by_hand import basis


def accounts(**columns):
    """Return two accounts: a is the one looked at, b all others."""
    usual = {
        "account_id": ["a", "b"],
        "revenue": [800.0, 900.0],
        "revenue_year": [400.0, 450.0],
        "revenue_before": [400.0, 450.0],
        "revenue_after": [400.0, 450.0],
        "change": [0.0, 0.0],
        "profit": [-40.0, 90.0],
        "profit_year": [-20.0, 45.0],
        "contribution_year": [30.0, 60.0],
        "profit_ratio": [-0.05, 0.1],
        "discount_share": [0.20, 0.10],
        "cost_to_serve": [80.0, 45.0],
    }
    return pd.DataFrame({**usual, **columns})


def goals(given, **tables):
    made = plan.account_plan(basis(given, key=("a", "b"), **tables), "a")
    return made, made.objectives.set_index("objective")


def test_the_lever_that_is_worth_more_comes_first():
    made, found = goals(accounts())
    # discount: (20 % - 10 %) of a list amount of 400 / 0.8 = 50 a year
    # service: (10 % - 5 %) of 400 = 20 a year
    action = found.loc["mend", "action"].replace("\xa0", " ")
    assert action.index("discount of 20%") < action.index("deliveries")
    assert "difference of NOK 50 a year" in action
    assert "NOK 20 a year more than usual" in action
    assert found.loc["mend", "value"] == pytest.approx(20.0)
    assert made.strategy == "mend"


def test_what_is_no_worse_than_usual_is_no_lever():
    _made, found = goals(accounts(discount_share=[0.08, 0.10]))
    assert "discount" not in found.loc["mend", "action"]
    _made, found = goals(accounts(discount_share=[0.08, 0.10], cost_to_serve=[8.0, 45.0]))
    assert found.loc["mend", "action"] == "Go through prices and terms"


def test_at_a_loss_nothing_is_kept_or_grown_before_the_terms():
    best = pd.DataFrame(
        {
            "account_id": ["a"],
            "item": ["Tape"],
            "kind": ["cross_sell"],
            "growth_middle": [9.0],
            "conversion": [0.5],
            "open_amount": [20.0],
            "revenue": [0.0],
            "next_step": ["step_meet"],
            "rate_from": ["observed"],
        }
    )
    _made, found = goals(accounts(), opportunities=best)
    assert found.index.tolist() == ["mend"]
    earns = accounts(profit=[40.0, 90.0], profit_year=[20.0, 45.0], profit_ratio=[0.05, 0.1])
    _made, found = goals(earns, opportunities=best)
    assert found.index.tolist() == ["grow_cross", "retain"]


def test_next_years_terms_stand_before_next_year_and_a_call_within_two_weeks():
    earns = accounts(profit=[40.0, 90.0], profit_year=[20.0, 45.0], profit_ratio=[0.05, 0.1])
    _made, found = goals(earns)
    assert found.loc["retain", "due"] == pd.Timestamp("2026-09-30")
    assert found.loc["retain", "action"] == "Agree on volumes and terms for 2027"
    assert found.loc["retain", ["measure", "baseline"]].tolist() == ["revenue_year", 400.0]
    expected = pd.to_datetime(["2025-12-10", "2026-02-01"])
    silent = earns.assign(rhythm_state=["late", "on_time"], next_expected=expected)
    _made, found = goals(silent)
    assert found.loc["retain", "due"].date() == dt.date(2026, 1, 14)
    assert found.loc["retain", "action"] == "Call now: an order was expected on 10 Dec 2025"


@pytest.fixture
def handed():
    """Account a goes from S1 to S2, who knows one of the three people there."""
    key = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "treatment": "shared",
            "manager": ["S2", "S1"],
            "account_manager": ["S1", "S1"],
        }
    )
    there = pd.DataFrame(
        {
            "account_id": ["a"] * 3,
            "influence": [5.0, 3.0, 2.0],
            "our_contact": ["S1", "S1; S2", ""],
            "contact": ["decision maker 1", "buyer 1", "user 1"],
        }
    )
    relations = pd.DataFrame({"account_id": ["a"], "people": [3], "our_people": [2]})
    earns = accounts(profit=[40.0, 90.0], profit_year=[20.0, 45.0], profit_ratio=[0.05, 0.1])
    return goals(earns, key_accounts=key, people=there, relations=relations)


def test_an_account_that_changes_its_manager_has_steps_with_dates(handed):
    made, found = handed
    row = found.loc["take_over"]
    assert row[["measure", "baseline", "target"]].tolist() == ["manager_knows", 1.0, 3.0]
    assert row["action"] == (
        "Hand over from S1 to S2 (agreements, offers and people by 21 Jan 2026, introduction to "
        "the customer by 13 Feb 2026); from 1 Apr 2026 S2 answers alone"
    )
    assert row["due"].date() == dt.date(2026, 3, 31)
    assert made.section("moves").actions.loc[0, "action"].startswith("Hand over from S1 to S2")


def test_handing_over_is_told_as_a_risk_and_has_its_section(handed):
    made, _found = handed
    risk, _likely, answer = made.section("risk").blocks[0].rows[0]
    assert risk.startswith("What S1 knows is lost with the change of manager")
    assert answer == "Action 1"
    (said,) = made.section("handover").statements
    assert said.text == "From S1 to S2, who knows 1 of 3 people there."


def test_a_change_of_manager_says_to_whom_when_and_with_which_steps(handed):
    made, found = handed
    (steps,) = made.section("handover").blocks
    # three weeks and six after 31 December; a Saturday becomes its Friday
    assert steps.rows == (
        ("Go through agreements, open offers and people", "S1, S2", "21 Jan 2026"),
        ("Introduce S2 to decision maker 1, buyer 1 and user 1", "S1", "13 Feb 2026"),
        ("Answer for the account alone", "S2", "from 1 Apr 2026"),
    )
    who = made.section("who").statements[-1].text
    assert who.endswith("Responsible: S1, from 1 Apr 2026 S2.")
    # until the change it is the one who hands over who acts
    assert found.loc["take_over", "owner"] == "S1"


def test_the_list_names_who_takes_over_beside_who_acts_until_then():
    facts = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "account_name": ["A", "B"],
            "is_key": True,
            "revenue_year": 1.0,
            "manager": ["S2", "S2"],
            "account_manager": ["S1", "S2"],
            "handover": [True, False],
        }
    )
    chosen = pd.DataFrame({"account_id": ["a", "b"], "strategy": "grow"})
    none = pd.DataFrame(columns=["account_id", "objective", "value", "due", "action", "owner"])
    table = plan.answer(basis(accounts()), facts, chosen, none).table
    assert table["next_owner"].tolist() == ["S2", ""]
    to_ordinary = plan.answer(basis(accounts()), facts, chosen.assign(strategy="hand_over"), none)
    assert to_ordinary.table["next_owner"].tolist() == ["", ""]


def test_who_keeps_the_manager_hands_nothing_over(handed):
    made, found = handed
    other = plan.account_plan(
        basis(
            accounts(profit=[40.0, 90.0], profit_year=[20.0, 45.0]),
            key_accounts=pd.DataFrame(
                {"account_id": ["a"], "manager": ["S1"], "account_manager": ["S1"]}
            ),
        ),
        "a",
    )
    assert "take_over" in set(found.index)
    assert "take_over" not in set(other.objectives["objective"])
    assert made.account_id == other.account_id
