"""The pages of a plan by hand: which sentences stand where, and which are left out."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import plan
from tests.plan.by_hand import basis

GOALS = pd.DataFrame(
    {
        "account_id": ["a", "b"],
        "objective": ["Meet the owner", "Visit"],
        "status": ["started", "started"],
        "due": pd.to_datetime(["2025-03-01", "2025-03-01"]),
    }
)


def made(facts=None, **tables):
    """Return the plan of account a with these facts; b is another account."""
    columns = {name: [value, value] for name, value in (facts or {}).items()}
    accounts = pd.DataFrame({"account_id": ["a", "b"], **columns})
    return plan.account_plan(basis(accounts, key=("a",), currency="EUR", **tables), "a")


def texts(statements):
    return [one.text.replace("\xa0", " ") for one in statements]


def section(found, code):
    return next((one for one in found.sections if one.code == code), None)


class TestFirstPage:
    def test_the_aim_is_what_the_strategy_is_about(self):
        best = pd.DataFrame(
            [
                ("a", "cross_sell", "Tape", 10.0, 30.0, 20.0, 0.5, "step_unknown", "observed"),
                ("a", "upsell", "Rope", 5.0, 90.0, 80.0, 0.5, "step_upsell", "observed"),
            ],
            columns=[
                "account_id",
                "kind",
                "item",
                "revenue",
                "open_amount",
                "growth_middle",
                "conversion",
                "next_step",
                "rate_from",
            ],
        )
        found = made({"revenue_after": 100.0, "revenue": 200.0, "profit": 9.0}, opportunities=best)
        # to retain is about what it buys today, not about a small sale
        assert texts(found.first["aim"])[1] == (
            "Aim: keep current revenue at €100 until 30 Sept 2026."
        )
        # nothing is urgent: what the strategy is about comes first, then what is worth most
        assert texts(found.first["moves"]) == [
            "Agree on volumes and terms for 2027 (nobody yet, by 30 Sept 2026).",
            (
                "Rope: show what comparable accounts buy, offer terms for the whole group "
                "(nobody yet, by 31 Dec 2026)."
            ),
            "Tape: ask who serves them today (nobody yet, by 31 Dec 2026).",
        ]
        assert found.objectives["objective"].tolist() == ["retain", "grow_upsell", "grow_cross"]

    def test_what_is_there_already_is_to_be_kept(self):
        found = made({"revenue_after": 100.0, "manager": "Kari"})
        assert texts(found.first["aim"]) == [
            "Strategy: retain, because: no other rule holds.",
            "Aim: keep current revenue at €100 until 30 Sept 2026.",
        ]
        assert "(Kari, by 30 Sept 2026)" in texts(found.first["moves"])[0]

    def test_who_loses_money_aims_at_not_losing_it(self):
        found = made(
            {"revenue_after": 100.0, "revenue": 200.0, "profit": -20.0, "profit_ratio": -0.1}
        )
        assert texts(found.first["aim"])[1] == "Aim: profit ratio from -10% to 0% by 30 Jun 2026."
        assert "terms" in texts(found.first["moves"])[0]

    def test_without_objectives_there_is_no_aim_and_no_move(self):
        found = made()
        assert texts(found.first["aim"]) == ["Strategy: retain, because: no other rule holds."]
        assert found.first["moves"] == ()

    def test_there_are_three_moves_and_two_risks_at_most(self):
        found = made(
            {
                "revenue_after": 100.0,
                "revenue": 200.0,
                "profit": -20.0,
                "profit_ratio": -0.1,
                "profit_year": -10.0,
                "revenue_year": 100.0,
                "rhythm_state": "late",
                "growth_ratio": -0.5,
            },
            relations=pd.DataFrame(
                {
                    "account_id": ["a"],
                    "people": [1],
                    "deciders": [1],
                    "our_people": [0],
                    "structure": ["bow_tie"],
                    "points": [8.0],
                    "stages_to_go": [1.0],
                    "next_question": ["trust"],
                    "next_answer": ["more"],
                    "opponents": [1],
                }
            ),
            goals=GOALS,
        )
        assert found.objectives["objective"].tolist() == ["mend", "deepen", "advance"]
        owners = [one.split(" (")[0] for one in texts(found.first["moves"])]
        assert owners == [
            "Go through prices and terms",
            "Get to know one more person",
            "Trust: towards “more”",
        ]
        risks = texts(found.first["risk"])
        assert len(risks) == 3
        assert risks[2] == "Overdue: Meet the owner (due 1 Mar 2025)."  # of its own goals only


class TestSwot:
    @pytest.mark.parametrize(
        ("facts", "code", "there"),
        [
            ({"share_of_wallet": 0.5}, "strengths", True),
            ({"share_of_wallet": 0.49}, "strengths", False),
            ({"share_of_wallet": 0.29}, "weaknesses", True),
            ({"share_of_wallet": 0.3}, "weaknesses", False),
            ({"profit_year": 15.0}, "strengths", True),
            ({"profit_year": 14.0}, "strengths", False),
            ({"profit_year": 4.0}, "weaknesses", True),
            ({"profit_year": 5.0}, "weaknesses", False),
            ({"growth_ratio": 0.05}, "strengths", True),
            ({"growth_ratio": 0.04}, "strengths", False),
            ({"growth_ratio": -0.06}, "threats", True),
            ({"growth_ratio": -0.05}, "threats", False),
            ({"structure": "diamond"}, "strengths", True),
            ({"structure": "bow_tie"}, "strengths", False),
            ({"structure": "bow_tie"}, "weaknesses", True),
            ({"structure": "diamond"}, "weaknesses", False),
            ({"stages_to_go": 1}, "opportunities", True),
            ({"stages_to_go": 0}, "opportunities", False),
            ({"rhythm_state": "late"}, "threats", True),
            ({"rhythm_state": "lost"}, "threats", True),
            ({"rhythm_state": "due"}, "threats", False),
        ],
    )
    def test_a_fact_stands_in_its_field_from_its_limit_on(self, facts, code, there):
        known = {
            "wallet": 10.0,
            "revenue_year": 100.0,
            "profit_year": 10.0,
            "people": 3,
            "deciders": 1,
            "our_people": 2,
            "top_share": 0.5,
            "ours_share": 0.5,
            "stage": "basic",
            "wanted_stage": "cooperative",
        }
        if "structure" not in facts:
            known |= {"structure": "widening"}
        found = section(made(known | facts), code)
        assert bool(found.statements) is there
        assert found.fields.keys() == {f"swot_{code}"}

    def test_raters_speak_in_two_fields_and_competitors_in_a_third(self):
        ratings = pd.DataFrame(
            {"account_id": "a", "criterion": ["price", "range"], "score": [5.0, 1.0]}
        )
        grid = pd.DataFrame(
            {
                "account_id": ["a"],
                "item": ["Tape"],
                "state": ["competitor"],
                "competitor": ["Rival"],
                "open_amount": [40.0],
                "revenue": [0.0],
            }
        )
        found = made(ratings=ratings, whitespace=grid, goals=GOALS)
        assert texts(section(found, "strengths").statements) == ["Rated high: price 5.0."]
        assert texts(section(found, "weaknesses").statements) == [
            "Rated low: product range 1.0.",
            "Overdue: Meet the owner (due 1 Mar 2025).",
        ]
        assert texts(section(found, "threats").statements) == [
            "Competitors have 1 group with €40: Tape (Rival)."
        ]


class TestTables:
    def test_a_plan_shows_the_rows_of_its_own_account(self):
        steps = pd.DataFrame(
            {"account_id": ["b", "a"], "place": [1, 1], "next_step": "next_find", "contact": ""}
        )
        people = pd.DataFrame({"account_id": ["b", "a", "a"], "contact": ["x", "y", "z"]})
        best = pd.DataFrame(
            {
                "account_id": ["b"] + ["a"] * 9,
                "kind": "repeat",
                "item": [f"I{n}" for n in range(10)],
                "open_amount": 1.0,
                "growth_middle": [0.0] * 10,
                "conversion": 0.0,
                "revenue": 0.0,
                "next_step": "step_repeat",
                "rate_from": "observed",
            }
        )
        found = made(
            {"revenue_after": 5.0},
            next_contacts=steps,
            people=people,
            opportunities=best,
            goals=GOALS,
        )
        met, known = section(found, "relations").blocks
        assert (met.table, known.table) == ("next_contacts", "people")
        assert met.frame["account_id"].tolist() == ["a"]
        assert known.frame["contact"].tolist() == ["y", "z"]
        # the first eight of its nine
        (open_items,) = section(found, "growth").blocks
        assert open_items.frame["item"].tolist() == [f"I{n}" for n in range(1, 9)]
        proposed, agreed = section(found, "objectives").blocks
        assert (proposed.table, agreed.table) == ("objectives", "goals")
        assert agreed.frame["objective"].tolist() == ["Meet the owner"]

    def test_tables_of_others_leave_no_empty_table(self):
        steps = pd.DataFrame(
            {"account_id": ["b"], "place": [1], "next_step": "next_find", "contact": ""}
        )
        found = made(next_contacts=steps, people=steps, goals=GOALS.tail(1))
        assert section(found, "relations").blocks == ()
        assert section(found, "objectives").blocks == ()
        assert section(found, "growth") is None  # no sentence, no table, nothing to write

    def test_each_table_that_is_missing_is_named_once(self):
        bare = texts(section(made(), "missing").statements)
        assert [one.split(" it would")[0].split(" the plan")[0] for one in bare] == [
            "With the cost of goods (column cost)",
            "With the table activities",
            "With the table wallet",
            "With the table contacts",
            "With the table ratings",
            "With the table goals",
        ]
        some = made(
            {"contribution": 1.0, "cost_to_serve": 1.0},
            wallet_shares=pd.DataFrame({"account_id": ["b"]}),
            people=pd.DataFrame({"account_id": ["b"]}),
            ratings=pd.DataFrame({"account_id": ["b"], "criterion": ["price"], "score": [3.0]}),
            goals=GOALS,
        )
        assert section(some, "missing") is None

    def test_what_would_change_the_strategy_is_told_where_something_would(self):
        told = texts(section(made({"profit": -1.0}), "situation").statements)
        assert told == [
            "What would change the strategy: profit last year at least €0: then retain."
        ]
        assert section(made(), "situation") is None

    def test_a_table_has_the_columns_of_the_run_and_no_more(self):
        steps = pd.DataFrame(
            {"account_id": ["b", "a"], "place": [1, 1], "next_step": "next_find", "contact": ""}
        )
        people = pd.DataFrame({"account_id": ["b", "a"], "contact": ["x", "y"]})
        found = made(next_contacts=steps, people=people, goals=GOALS.iloc[::-1])
        met, known = section(found, "relations").blocks
        assert met.frame.columns.tolist() == steps.columns.tolist()
        assert known.frame.columns.tolist() == people.columns.tolist()
        assert "index" not in found.goals
        assert found.goals.index.tolist() == met.frame.index.tolist() == [0]

    def test_objectives_in_words_stand_beside_their_numbers(self):
        goals = pd.DataFrame(
            {"measure": ["people"], "item": [""], "baseline": [2.0], "target": [3.0]}, index=[7]
        )
        words = plan.in_words(goals, "EUR")
        assert words.index.tolist() == [7]
        assert words.iloc[0].tolist() == ["people", "", 2.0, 3.0, "known people", "2", "3"]

    def test_what_nobody_can_value_is_worth_less_than_what_is_worth_little(self):
        best = pd.DataFrame(
            {
                "account_id": ["a"],
                "kind": "repeat",
                "item": "Oil",
                "open_amount": 1.0,
                "growth_middle": 0.8,
                "conversion": 0.5,
                "revenue": 0.0,
                "next_step": "step_repeat",
                "rate_from": "observed",
            }
        )
        step = {"points": 8.0, "stages_to_go": 1, "next_question": "trust", "next_answer": "more"}
        found = made(step, opportunities=best)
        assert found.objectives["objective"].tolist() == ["advance", "grow_repeat"]
        assert texts(found.first["aim"])[1].startswith("Aim: item revenue: Oil")
        assert texts(found.first["moves"])[0].startswith("Oil: ask why they stopped")
