"""What people wrote in a plan goes into the next one, and the later word counts."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.plan.filled import Filled, joined, reference, with_changes
from kamkit.plan.statements import AccountPlan, Section, Statement, known, sources

MEET = {"objective": "Meet the owner", "owner": "Kari"}
CALL = {"objective": "Call", "owner": "Ola"}


@pytest.mark.parametrize(
    "filled", [Filled({"needs": "x"}), Filled(actions={"retain": {}}), Filled(own=(MEET,))]
)
def test_a_plan_with_any_word_in_it_is_not_empty(filled):
    assert not filled.empty
    assert Filled().empty


def test_the_later_word_counts_and_the_earlier_stays_where_there_is_no_later():
    first = Filled(
        {"needs": "old", "people": "kept"},
        {"retain": {"owner": "Kari", "status": "started"}, "mend": {"owner": "Per"}},
        (MEET,),
    )
    later = Filled(
        {"needs": "new"}, {"retain": {"owner": "Ola"}, "win": {"due": "soon"}}, (MEET, CALL)
    )
    both = joined(first, later)
    assert both.texts == {"needs": "new", "people": "kept"}
    assert both.actions == {
        "retain": {"owner": "Ola", "status": "started"},
        "mend": {"owner": "Per"},
        "win": {"due": "soon"},
    }
    assert both.own == (MEET, CALL)  # the same action once


def test_an_action_is_known_again_by_its_objective_and_goods():
    assert reference({"objective": "grow_cross", "item": "Tape"}) == "grow_cross: Tape"
    assert reference({"objective": "retain", "item": ""}) == "retain"
    assert reference({"objective": "retain", "item": None}) == "retain"


def test_what_people_changed_replaces_the_proposal():
    goals = pd.DataFrame(
        {
            "objective": ["grow_cross", "retain"],
            "item": ["Tape", ""],
            "owner": ["Kari", "Kari"],
            "due": pd.to_datetime(["2026-03-31", "2026-03-31"]),
            "status": ["proposed", "proposed"],
        },
        index=[4, 9],
    )
    filled = Filled(actions={"grow_cross: Tape": {"owner": "Ola", "due": "in May"}, "mend": {}})
    table = with_changes(goals, filled)
    assert table["ref"].tolist() == ["grow_cross: Tape", "retain"]
    assert table["owner"].tolist() == ["Ola", "Kari"]
    assert table["due"].tolist() == ["in May", pd.Timestamp("2026-03-31")]
    assert table["status"].tolist() == ["proposed", "proposed"]


class TestStatements:
    PLAN = AccountPlan(
        account_id="a",
        account_name="A",
        strategy="grow",
        about=None,
        first={"who": (Statement("One.", "t", ("x", "y")),), "aim": ()},
        sections=(
            Section("risks", "Risks", (Statement("Two.", "u"),), fields={"risks": "What else?"}),
            Section("notes", "Notes", fields={"notes": "More?"}),
        ),
        objectives=pd.DataFrame(),
        goals=pd.DataFrame(),
    )

    def test_the_first_page_comes_first(self):
        assert [(code, one.text) for code, one in self.PLAN.statements()] == [
            ("who", "One."),
            ("risks", "Two."),
        ]
        assert self.PLAN.fields == {"risks": "What else?", "notes": "More?"}

    def test_every_sentence_has_a_row_with_its_source(self):
        assert sources(self.PLAN).values.tolist() == [
            ["a", "Who they are", "One.", "t", "x, y"],
            ["a", "Risks", "Two.", "u", ""],
        ]
        assert self.PLAN.first["who"][0].source == "t: x, y"
        assert self.PLAN.sections[0].statements[0].source == "u"

    def test_an_empty_word_is_not_known_and_nought_is(self):
        fact = {"name": "", "none": None, "gap": float("nan"), "nought": 0.0, "no": False}
        assert known(fact, "nought", "no")
        for name in ("name", "none", "gap", "absent"):
            assert not known(fact, "nought", name)
