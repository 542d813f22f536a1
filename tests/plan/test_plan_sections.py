"""The two pages of a plan by hand: what stands where, and what is left out."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import plan
from kamkit.plan.aim import milestones, path
from tests.plan.by_hand import basis

GOALS = pd.DataFrame(
    {
        "account_id": ["a", "b"],
        "objective": ["Meet the owner", "Visit"],
        "status": ["started", "started"],
        "due": pd.to_datetime(["2025-03-01", "2025-03-01"]),
    }
)


def opportunity(item, kind, revenue, growth, **changed):
    row = {
        "account_id": "a",
        "item": item,
        "kind": kind,
        "state": "us",
        "revenue": revenue,
        "open_amount": 3 * growth,
        "growth_middle": growth,
        "conversion": 0.5,
        "next_step": "step_upsell",
        "rate_from": "observed",
    }
    return row | changed


BEST = pd.DataFrame(
    [
        opportunity("Tape", "cross_sell", 0.0, 20_000.0, state="competitor", competitor="Rival"),
        opportunity("Rope", "upsell", 160_000.0, 80_000.0, competitor=None),
    ]
)

ENDS = [dt.date(2026, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))]


def made(facts=None, **tables):
    """Return the plan of account a with these facts; b is another account."""
    columns = {name: [value, value] for name, value in (facts or {}).items()}
    accounts = pd.DataFrame({"account_id": ["a", "b"], **columns})
    return plan.account_plan(basis(accounts, key=("a",), currency="EUR", **tables), "a")


def texts(found, code):
    section = found.section(code)
    return [one.text.replace("\xa0", " ") for one in section.statements] if section else []


def rows(found, code):
    (block,) = found.section(code).blocks
    return [tuple(text.replace("\xa0", " ") for text in row) for row in block.rows]


class TestFirstPage:
    def test_it_has_its_sections_in_their_order(self):
        first, second = made({"revenue_after": 100.0}).pages
        assert [one.code for one in first] == ["who", "stand", "aim", "moves", "risk", "meeting"]
        assert [one.code for one in second] == ["objectives", "actions", "questions"]

    def test_the_aim_is_what_the_strategy_is_about_and_the_moves_say_who_and_when(self):
        found = made({"revenue_after": 100.0, "revenue": 200.0, "profit": 9.0}, opportunities=BEST)
        # to retain is about what it buys today, not about a small sale
        assert texts(found, "aim") == [
            "Keep revenue at €100 in the twelve months to 30 Sept 2026.",
            "Strategy: protect revenue, because nothing else is more pressing.",
        ]
        moves = found.section("moves").actions
        assert moves[["number", "ref", "due"]].values.tolist() == [
            ["1", "grow_upsell: Rope", "2026-06-30"],
            ["2", "grow_cross: Tape", "2026-06-30"],
            ["3", "retain", "2026-09-30"],
        ]

    def test_who_loses_money_aims_at_not_losing_it(self):
        found = made(
            {"revenue_after": 100.0, "revenue": 200.0, "profit": -20.0, "profit_ratio": -0.1}
        )
        assert texts(found, "aim")[0] == (
            "Bring customer profit from −10% to 0% of revenue by 30 Jun 2026."
        )
        assert "terms" in found.section("moves").actions.loc[0, "action"]

    def test_a_fall_is_to_slow_and_no_growth_stands_beside_it(self):
        fell = {"revenue_year": 100.0, "revenue_before": 150.0, "change": -50.0}
        found = made(fell | {"revenue_after": 100.0, "growth_middle": 0.0}, opportunities=BEST)
        assert texts(found, "growth") == [
            "No growth is planned before their purchases stop falling; this they could buy."
        ]
        assert rows(found, "growth")[0] == ("1", "Rope", "160", "240", "us, in part")
        assert not [ref for ref in found.section("moves").actions["ref"] if "grow" in ref]
        assert "Growth in sight" not in [one.label for one in found.section("stand").figures]
        # half of its own change, of which at most a fifth of 100 counts
        assert texts(found, "aim")[0] == (
            "Slow the fall: revenue of at least €90 in the twelve months to 31 Dec 2026; "
            "€100 before."
        )

    def test_the_moves_stand_in_the_order_of_their_dates(self):
        facts = {"revenue_after": 100.0, "profit_ratio_year": -0.1, "revenue_year": 100.0}
        people = {"people": 1.0, "our_people": 1.0, "structure": "bow_tie"}
        found = made(facts | people | {"profit_year": -10.0, "loses": True})
        moves = found.section("moves").actions
        assert moves["due"].tolist() == sorted(moves["due"])
        assert moves["ref"].tolist() == ["deepen", "mend"]
        assert moves["number"].tolist() == ["1", "2"]
        # what is most urgent is still what the plan is for
        assert texts(found, "aim")[0].startswith("Bring customer profit")

    def test_who_is_to_grow_is_to_grow_as_a_whole(self):
        bought = {"revenue_year": 1e6, "revenue_before": 9e5, "change": 1e5, "growth_ratio": 1 / 9}
        grows = {"revenue_after": 1e6, "growth_middle": 1e5}
        found = made(bought | grows, opportunities=BEST)
        # half way between 100,000 and 100,000
        assert texts(found, "aim") == [
            (
                "Raise revenue from €1.00 million to €1.10 million in the twelve months to 31 Dec "
                "2026. That counts on half of last year’s growth and half of the growth in sight."
            ),
            "Strategy: grow, because their purchases do not fall.",
        ]

    def test_a_small_fall_is_to_turn(self):
        fell = {"revenue_year": 1e6, "revenue_before": 1.05e6, "change": -5e4}
        facts = fell | {"revenue_after": 1e6, "growth_middle": 1e5}
        found = made(facts, opportunities=BEST)
        # Rope 80,000 and Tape 20,000 are to be sold
        assert texts(found, "aim")[0] == (
            "Turn the fall of last year (−5%): revenue of at least €1.10 million in the twelve "
            "months to 31 Dec 2026; €1.00 million before."
        )

    def test_the_aim_with_one_contact_is_a_second_before_that_one_leaves(self):
        facts = {"people": 1.0, "structure": "bow_tie", "single_contact": True}
        found = made(facts | {"profit_year": 5e6, "revenue_year": 2e7, "revenue_after": 2e7})
        assert texts(found, "aim")[0] == (
            "Know a second person there by 31 Mar 2026, before the only one leaves: customer "
            "profit of €5.00 million a year is at stake."
        )

    def test_the_aim_with_one_that_has_left_is_a_first_order(self):
        facts = {"people": 1.0, "structure": "bow_tie", "rhythm_state": "lost"}
        sales = {"revenue_year": 0.0, "revenue_after": 0.0, "revenue_before": 4e5, "change": -4e5}
        found = made(facts | sales)
        assert texts(found, "aim")[0] == (
            "Win them back: a first order by 14 Jan 2026; they bought for €400,000 the year before."
        )
        assert found.section("moves").actions["action"].iloc[0] == (
            "Call them and ask why they stopped ordering"
        )

    def test_without_objectives_there_is_no_aim_and_no_move(self):
        found = made()
        assert texts(found, "aim") == [
            "Strategy: protect revenue, because nothing else is more pressing."
        ]
        assert found.section("moves").actions.empty
        assert texts(found, "risk") == ["Nothing in the figures threatens them."]

    def test_what_is_done_is_no_move_any_more(self):
        once = made({"revenue_after": 100.0}, opportunities=BEST)
        known = plan.register(
            once.actions, None, pd.DataFrame({"account_id": ["a"], "account_name": "A"})
        )
        known.loc[known["ref"] == "retain", ["status", "changed"]] = ["done", "status"]
        found = made({"revenue_after": 100.0}, opportunities=BEST, written=known)
        assert found.section("moves").actions["ref"].tolist() == [
            "grow_upsell: Rope",
            "grow_cross: Tape",
        ]
        assert found.section("actions").actions["status"].tolist() == ["done"]


class TestSecondPage:
    def test_growth_stands_by_group_with_its_supplier(self):
        found = made({"revenue_after": 5.0}, opportunities=BEST)
        assert rows(found, "growth") == [
            ("1", "Rope", "160", "240", "80", "us, in part", "Offer terms for the whole group"),
            ("2", "Tape", "0", "60", "20", "Rival", "Offer terms for the whole group"),
        ]

    def test_nothing_is_offered_at_a_loss(self):
        loss = {"revenue_year": 100.0, "profit_year": -5.0}
        found = made(loss, opportunities=BEST)
        assert texts(found, "growth") == ["No more is offered before the terms pay."]
        assert found.section("growth").blocks == ()
        assert made(loss).section("growth") is None

    def test_five_groups_and_six_people_are_the_most(self):
        many = pd.DataFrame(
            [opportunity(f"I{n}", "repeat", 0.0, 90_000.0 - n) for n in range(9)]
        ).assign(competitor=None)
        crowd = pd.DataFrame(
            {
                "account_id": "a",
                "contact": [f"user {n}" for n in range(9)],
                "influence": range(9),
                "support": 0.0,
                "our_contact": "S1",
                "days_since_met": 10.0,
                "stale": False,
            }
        )
        found = made({"revenue_after": 5.0}, opportunities=many, people=crowd)
        assert [row[1] for row in rows(found, "growth")] == ["I0", "I1", "I2", "I3", "I4"]
        assert [row[0] for row in rows(found, "people")] == [f"User {n}" for n in range(8, 2, -1)]

    def test_whom_we_meet_for_what_and_by_when(self):
        steps = pd.DataFrame(
            {
                "account_id": ["a", "a", "b"],
                "place": [2, 1, 1],
                "next_step": ["next_win", "next_meet_decider", "next_find"],
                "contact": ["decider 1", "decider 1", ""],
            }
        )
        there = pd.DataFrame(
            {
                "account_id": ["a", "a", "b"],
                "contact": ["decider 1", "user 1", "x"],
                "department": ["Management", None, None],
                "influence": [5.0, 1.0, 1.0],
                "support": [-1.0, 2.0, float("nan")],
                "our_contact": ["S1; S2", "", "S1"],
                "days_since_met": [float("nan"), 200.0, 1.0],
                "stale": [True, True, False],
            }
        )
        names = pd.DataFrame({"account_id": ["a"], "contact": ["user 1"], "person": ["Ada Berg"]})
        found = made(next_contacts=steps, people=there)
        # who decides has two steps; without an objective they are due when the next quarter ends
        assert rows(found, "people") == [
            (
                "Decider 1",
                "Management, against us",
                "S1, S2",
                "Meet the one who decides; win the one who is against us",
                "31 Mar 2026",
            ),
            ("User 1", "for us", "–", "Meet again; last met 200 days ago", "–"),
        ]
        named = made(next_contacts=steps, people=there, contact_names=names)
        assert rows(named, "people")[1][0] == "Ada Berg (user 1)"

    def test_a_role_that_nobody_holds_is_sought_by_the_manager(self):
        steps = pd.DataFrame(
            {"account_id": ["a"], "place": [1], "next_step": "next_find", "contact": [""]}
        )
        found = made({"manager": "Kari"}, next_contacts=steps)
        assert rows(found, "people") == [
            ("Somebody new", "–", "Kari", "Find who works there", "31 Mar 2026")
        ]

    def test_agreed_actions_stand_with_rows_to_fill_in(self):
        section = made({"revenue_after": 5.0}, goals=GOALS).section("actions")
        assert section.actions["action"].tolist() == ["Meet the owner"]
        assert section.blank == 2

    def test_a_handover_has_its_section_only_where_there_is_one(self):
        key = pd.DataFrame({"account_id": ["a"], "manager": "S2", "account_manager": ["S1"]})
        assert texts(made(key_accounts=key), "handover") == ["From S1 to S2."]
        assert made().section("handover") is None


class TestMilestones:
    @pytest.mark.parametrize(
        ("measure", "baseline", "target", "measured", "values"),
        [
            ("revenue_year", 100.0, 140.0, "2026-12-31", [110.0, 120.0, 130.0, 140.0]),
            ("profit_ratio_year", -0.1, 0.0, "2026-06-30", [-0.05, 0.0, 0.0, 0.0]),
            ("people", 1.0, 3.0, "2026-12-31", [1.0, 2.0, 2.0, 3.0]),
            ("people", 1.0, 2.0, "2026-01-14", [2.0, 2.0, 2.0, 2.0]),
            ("is_key", 1.0, 0.0, "2026-06-30", [1.0, 0.0, 0.0, 0.0]),
        ],
    )
    def test_the_way_to_a_target_is_in_equal_steps(
        self, measure, baseline, target, measured, values
    ):
        row = {"measure": measure, "baseline": baseline, "target": target}
        found = path(row | {"measured": pd.Timestamp(measured)}, ENDS)
        assert found == pytest.approx(values)

    def test_money_is_in_thousands_and_the_unit_is_told_once(self):
        found = made({"revenue_after": 5.0}, opportunities=BEST)
        assert rows(found, "objectives")[0][:4] == (
            "Grow by upsell",
            "Revenue from Rope (EUR k)",
            "160",
            "180",
        )
        assert milestones(found.objectives.head(0), found.about) is None


def test_no_line_stands_twice_in_a_plan():
    found = made({"revenue_after": 5.0, "manager": "Kari"}, opportunities=BEST, goals=GOALS)
    lines = [text for one in found.sections for text, _table, _columns in one.sources()]
    assert len(lines) == len(set(lines)) > 5


def test_every_line_has_a_row_with_its_source():
    table = plan.sources(made({"revenue_after": 5.0}, opportunities=BEST))
    assert table["source_table"].all()
    growth = table[table["section"] == "Where they could buy more"]
    assert growth["sentence"].tolist()[1].startswith("2 | Tape | 0 | 60")
    assert set(growth["source_table"]) == {"opportunities"}


def test_objectives_in_words_stand_beside_their_numbers():
    goals = pd.DataFrame(
        {"measure": ["people"], "item": [""], "baseline": [2.0], "target": [3.0]}, index=[7]
    )
    words = plan.in_words(goals, "EUR")
    assert words.index.tolist() == [7]
    assert words.iloc[0].tolist() == ["people", "", 2.0, 3.0, "known people", "2", "3"]
