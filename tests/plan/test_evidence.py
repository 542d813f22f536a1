"""What a plan says of an account: each sentence from one row of facts, worked out by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit.plan import evidence, threats
from kamkit.plan._register import REGISTER, records
from tests.plan.by_hand import basis

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "revenue": [100.0, 50.0]})
ME = {"account_id": "a", "account_name": "Alfa"}
NONE = pd.DataFrame(columns=list(REGISTER), dtype="str")


def on(year, month, day):
    return pd.Timestamp(year, month, day)


def said(statement):
    return statement.text.replace("\xa0", " ")


def register(**columns):
    return basis(ACCOUNTS, register=pd.DataFrame({"account_id": ["b", "a"], **columns}))


def actions(*rows):
    return pd.DataFrame(records(pd.DataFrame(rows)))


LATE = {
    "rhythm_state": "late",
    "days_since": 78.0,
    "interval_days": 7.0,
    "last_date": pd.Timestamp(2025, 10, 14),
}


class TestWho:
    def test_the_register_tells_who_it_is(self):
        rests = register(
            industry=["Fish", "Bakery"],
            region=["Bergen", "Oslo"],
            employees=[7.0, 1.0],
            since=[on(2001, 1, 1), on(2019, 3, 7)],
            members=[5, 3],
        )
        found = evidence.who(ME, rests)
        assert said(found) == "Bakery, Oslo, 1 employee, 3 accounts together, customer since 2019."
        assert found.source == "register: industry, region, employees, members, since"

    def test_one_account_is_no_chain(self):
        assert (
            said(evidence.who(ME, register(region=["Bergen", "Oslo"], members=[5, 1]))) == "Oslo."
        )

    def test_where_the_register_is_empty_the_first_purchase_tells(self):
        fact = ME | {"first_date": on(2024, 5, 2)}
        assert said(evidence.who(fact, basis(ACCOUNTS))) == "Bought first on 2 May 2024."
        stranger = fact | {"account_id": "z"}
        places = register(region=["Bergen", "Oslo"])
        assert said(evidence.who(stranger, places)) == "Bought first on 2 May 2024."
        assert said(evidence.who(fact, places)) == "Oslo."
        assert evidence.who(ME, basis(ACCOUNTS)) is None


END = dt.date(2025, 12, 31)


class TestResponsible:
    def test_a_key_account_has_treatment_and_manager(self):
        fact = {"is_key": True, "treatment": "dedicated", "manager": "Kari", "account_manager": "X"}
        found = evidence.responsible(fact, END)
        assert said(found) == "Key account with a team of its own. Responsible: Kari."
        assert found.source == "key_accounts: treatment, manager"

    @pytest.mark.parametrize(
        ("fact", "text"),
        [
            ({"is_key": True, "account_manager": "Ola"}, "Key account. Responsible: Ola."),
            ({"planned_as": "large"}, "Not a key account; watched because of its size."),
            ({"planned_as": "earning"}, "Not a key account; watched because of what it earns."),
            ({"planned_as": "losing"}, "Not a key account; watched because of what it loses."),
            ({"planned_as": "silent"}, "Not a key account; watched because it has been silent."),
            ({"planned_as": "asked"}, "Not a key account. Responsible: nobody yet."),
        ],
    )
    def test_the_others_say_why_they_have_a_plan(self, fact, text):
        assert said(evidence.responsible(fact, END)).startswith(text)


class TestQuestions:
    def test_what_nobody_knows_is_asked(self):
        grid = pd.DataFrame(
            {
                "account_id": ["a", "a", "a", "b"],
                "item": ["Oil", "Tape", "Rope", "Glue"],
                "state": ["unknown", "unknown", "us", "unknown"],
                "open_amount": [1.0, 9.0, 99.0, 5.0],
            }
        )
        fact = ME | {"people": 3, "deciders": 0}
        why = {"would_change": "when they pay for themselves"}
        rests = basis(ACCOUNTS.assign(contribution=1.0, cost_to_serve=1.0), whitespace=grid)
        found = [said(one) for one in evidence.questions(fact, why, NONE, rests)]
        assert found == [
            "Who decides there?",
            "Who supplies them with Tape and Oil?",
            "We change the strategy when they pay for themselves.",
            (
                "The plan would tell more with these tables: wallet (what they buy from others), "
                "contacts (whom to meet) and goals (what has been agreed)."
            ),
        ]

    def test_nobody_known_is_a_question_of_its_own(self):
        why = {"would_change": ""}
        found = evidence.questions(ME | {"people": 0, "deciders": 0}, why, NONE, basis(ACCOUNTS))
        assert said(found[0]) == "Whom can we meet there? No contact is recorded."

    def test_two_answers_are_both_told(self):
        rows = actions({"number": "2", "conflict": "status: one; the other", "due": ""})
        found = evidence.questions(ME, {"would_change": ""}, rows, basis(ACCOUNTS))
        assert said(found[0]) == "Action 2: status: one; the other."

    def test_what_is_due_and_not_done_is_overdue(self):
        rows = actions(
            {"number": "1", "due": "2025-12-31", "status": "started", "kind": "own"},
            {"number": "2", "due": "2025-12-31", "status": "done", "kind": "own"},
            {"number": "3", "due": "2026-01-01", "status": "", "kind": "own"},
            {"number": "4", "due": "soon", "status": "", "kind": "own"},
            {"number": "5", "due": "2025-01-01", "status": "", "kind": "closed"},
        )
        found = evidence.overdue(rows, dt.date(2025, 12, 31))
        assert said(found) == "Overdue: action 1 (due 31 Dec 2025)."
        assert evidence.overdue(rows.tail(4), dt.date(2025, 12, 31)) is None


class TestRisk:
    def risk(self, fact, known=NONE, **tables):
        found = threats.risk(ME | fact, basis(ACCOUNTS, currency="EUR", **tables), known)
        return None if found is None else [text.replace("\xa0", " ") for text in found.rows[0]]

    def test_a_loss_that_goes_on_comes_first_with_the_action_that_meets_it(self):
        known = actions({"ref": "deepen", "number": "1"}, {"ref": "mend", "number": "2"})
        fact = LATE | {"loses": True, "profit_year": -20.0, "single_contact": True}
        assert self.risk(fact, known) == [
            "We go on losing money on them: €20 in 2025.",
            "It is happening",
            "Action 2",
        ]

    @pytest.mark.parametrize("state", ["late", "lost"])
    def test_silence_is_told_in_days_and_is_no_leaving_yet(self, state):
        found = self.risk(LATE | {"rhythm_state": state})
        assert found[0] == (
            "They may be leaving: no order since 14 Oct 2025, 78 days; their usual gap is 7 days."
        )
        assert found[1] == "Likely"

    def test_a_fall_is_a_risk_where_the_account_shrinks(self):
        assert self.risk({"growth_ratio": -0.10, "shrinks": True})[0] == (
            "Their purchases go on falling: 10% less in 2025 than the year before."
        )
        # a small year of one who buys in projects is none
        assert self.risk({"growth_ratio": -0.60, "shrinks": False}) is None

    def test_a_fall_between_half_years_is_told_beside_all_customers(self):
        table = pd.DataFrame({"account_id": ["a", "b"], "revenue_before": 100.0})
        short = basis(table.assign(change=[-60.0, 20.0]), start="2025-01-01")
        fact = ME | {"shrinks": True, "revenue_before": 100.0, "change": -60.0}
        assert threats.risk(fact, short, NONE).rows[0][0] == (
            "Their purchases go on falling: 60% less in Jul 2025 – Dec 2025 than in the time "
            "before, when those of all customers changed by \u221220%."
        )

    def test_the_side_that_depends_more_is_named(self):
        fact = {"structure": "bow_tie", "our_people": 2, "our_main": "Kari"}
        theirs = self.risk(fact | {"top_share": 0.6, "ours_share": 0.4})
        assert theirs == [
            "The relationship depends on one of theirs, who holds 60% of the influence there.",
            "Possible",
            "Get to know a second person",
        ]
        ours = self.risk(fact | {"top_share": 0.3, "ours_share": 0.4})
        assert "one of ours: 40% of the influence" in ours[0]

    def test_a_change_of_manager_loses_what_the_old_one_knows(self):
        fact = {"handover": True, "manager": "S2", "account_manager": "S1"}
        found = self.risk(fact | {"manager_knows": 1, "people": 3})
        assert found[0] == (
            "What S1 knows is lost with the change of manager: S2 knows 1 of 3 people there."
        )
        # whom the new one knows is not said of contacts that nobody has recorded
        assert self.risk(fact) is None

    def test_competitors_are_named_with_what_they_sell(self):
        grid = pd.DataFrame(
            {
                "account_id": ["a", "a", "b"],
                "item": ["Tape", "Oil", "Rope"],
                "state": "competitor",
                "competitor": ["Rival", None, "Other"],
                "open_amount": [40.0, 5.0, 99.0],
            }
        )
        assert self.risk({}, whitespace=grid) == [
            (
                "Competitors take more: they sell them 2 groups of goods for €45 a year, first "
                "Tape (Rival), Oil."
            ),
            "Possible",
            "Ask what it would take for them to buy from us instead",
        ]
        assert self.risk({}, whitespace=grid.tail(1)) is None

    def test_who_is_against_us_is_counted(self):
        assert self.risk({"opponents": 1})[0] == ("1 of the people we know there works against us.")
