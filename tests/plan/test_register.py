"""The register: what people write stays with its action, and a finished one is not renewed done."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.language import speaking
from kamkit.plan._register import (
    EDITED,
    FIELDS,
    REGISTER,
    STATUSES,
    actions,
    fields,
    plain,
    reference,
    register,
    with_people,
)
from kamkit.schema import word

PLANNED = pd.DataFrame({"account_id": ["a"], "account_name": ["Alfa"]})


def proposals(*rows):
    """Return objectives of account a: code, item, action and due date."""
    table = pd.DataFrame(rows, columns=["objective", "item", "action", "due"])
    table["due"] = pd.to_datetime(table["due"])
    return table.assign(account_id="a", account_name="Alfa", owner="S1", status="proposed")


RETAIN = ("retain", "", "Agree on terms", "2026-09-30")
TAPE = ("grow_cross", "Tape", "Tape: ask", "2026-12-31")


def written(table, **changed):
    """Return the register of these actions, with what people changed in the first row."""
    made = register(table, None, PLANNED)
    for name, value in changed.items():
        made.loc[0, name] = value
    made.loc[0, "changed"] = ",".join(name for name in changed if name in EDITED)
    return made


def first(*rows):
    return actions(proposals(*rows), None, None, PLANNED)


class TestActions:
    def test_each_has_a_number_and_what_the_case_holds_comes_after(self):
        goals = pd.DataFrame(
            {
                "account_id": ["a", "b"],
                "objective": ["More margin", "Other"],
                "action": ["New prices", None],
                "owner": ["Kari", ""],
                "due": pd.to_datetime(["2026-01-31", None]),
                "status": ["started", ""],
            }
        )
        found = actions(proposals(RETAIN, TAPE), goals, None, PLANNED)
        assert found["number"].tolist() == ["1", "2", "3"]
        assert found["kind"].tolist() == ["proposed", "proposed", "agreed"]
        assert found.loc[2, ["action", "owner", "due", "status"]].tolist() == [
            "More margin: New prices",
            "Kari",
            "2026-01-31",
            "started",
        ]

    def test_a_number_stays_with_its_action_when_the_order_changes(self):
        before = written(first(RETAIN, TAPE))
        found = actions(proposals(TAPE, RETAIN), None, before, PLANNED)
        assert dict(zip(found["ref"], found["number"], strict=True)) == {
            "grow_cross: Tape": "2",
            "retain": "1",
        }

    def test_what_people_changed_counts_and_what_they_left_follows_the_proposal(self):
        before = written(first(RETAIN), owner="Kari", status="started")
        later = ("retain", "", "Agree on other terms", "2026-12-31")
        found = actions(proposals(later), None, before, PLANNED).iloc[0]
        assert found[["owner", "status"]].tolist() == ["Kari", "started"]
        assert found[["action", "due"]].tolist() == ["Agree on other terms", "2026-12-31"]

    def test_done_does_not_stay_on_a_renewed_objective(self):
        before = written(first(RETAIN), owner="Kari", status="done", due="2026-08-01")
        same = actions(proposals(RETAIN), None, before, PLANNED)
        assert same[["status", "due"]].values.tolist() == [["done", "2026-08-01"]]
        renewed = ("retain", "", "Agree on terms", "2027-09-30")
        found = actions(proposals(renewed), None, before, PLANNED)
        assert found[["number", "kind", "status", "due", "owner"]].values.tolist() == [
            ["2", "proposed", "proposed", "2027-09-30", "Kari"],
            ["1", "closed", "done", "2026-08-01", "Kari"],
        ]

    def test_what_is_no_longer_proposed_goes_unless_people_wrote_in_it(self):
        both = first(RETAIN, TAPE)
        assert actions(proposals(TAPE), None, written(both), PLANNED)["ref"].tolist() == [
            "grow_cross: Tape"
        ]
        found = actions(proposals(TAPE), None, written(both, owner="Kari"), PLANNED)
        assert found[["ref", "kind", "owner"]].values.tolist() == [
            ["grow_cross: Tape", "proposed", "S1"],
            ["retain", "own", "Kari"],
        ]

    def test_an_account_that_has_no_plan_now_keeps_its_rows(self):
        before = written(first(RETAIN), owner="Kari")
        others = pd.DataFrame({"account_id": ["b"], "account_name": ["Beta"]})
        found = actions(proposals().head(0), None, before, others)
        assert found[["account_id", "kind", "owner"]].values.tolist() == [["a", "proposed", "Kari"]]


class TestObjectives:
    def test_a_date_that_cannot_be_read_stands_beside_the_proposed_one(self):
        goals = proposals(RETAIN, TAPE)
        known = first(RETAIN, TAPE)
        known.loc[0, ["due", "owner"]] = ["in May", "Kari"]
        known.loc[1, "due"] = "2026-05-01"
        found = with_people(goals, known)
        assert found["due"].dt.date.astype(str).tolist() == ["2026-09-30", "2026-05-01"]
        assert found["due_text"].tolist() == ["in May", ""]
        assert found["owner"].tolist() == ["Kari", "S1"]

    def test_no_two_objectives_share_a_reference(self):
        codes = ("retain", "grow_repeat", "grow_upsell", "grow_cross")
        items = ["", *(f"Item {number}" for number in range(500))]
        found = {reference({"objective": code, "item": item}) for code in codes for item in items}
        assert len(found) == len(codes) * len(items)


class TestRegister:
    def test_it_holds_every_action_and_every_field_as_kamkit_writes_them(self):
        found = register(first(RETAIN), None, PLANNED)
        assert found.columns.tolist() == list(REGISTER)
        assert found["ref"].tolist() == ["retain", *FIELDS]
        for name in EDITED:
            assert (found[name] == found[f"{name}_was"]).all()

    def test_texts_of_earlier_plans_find_their_place(self):
        rows = [("needs", "Faster"), ("goals", "Cheaper"), ("swot_threats", "A rival")]
        table = pd.DataFrame(rows, columns=["ref", "text"]).assign(account_id="a", kind="field")
        found = fields(table, "a")
        assert found["goals"] == "Faster\nCheaper"
        assert found["notes"] == "A rival"
        assert fields(table, "b") == dict.fromkeys(FIELDS, "")


@pytest.mark.parametrize(
    ("name", "text", "held"),
    [
        ("due", "2026-03-31 00:00:00", "2026-03-31"),
        ("due", "31.3.2026", "2026-03-31"),
        ("due", "31/03/2026", "2026-03-31"),
        ("due", "31. mars 2026", "2026-03-31"),
        ("due", "30 Sept 2026", "2026-09-30"),
        ("due", "1. okt. 2026", "2026-10-01"),
        ("due", "31 Feb 2026", "31 Feb 2026"),
        ("due", "next week", "next week"),
        ("status", "Not started", "not started"),
        ("status", "waits for them", "waits for them"),
        ("text", " two  spaces \n and a line ", "two spaces\nand a line"),
    ],
)
def test_what_people_write_is_held_one_way(name, text, held):
    assert plain(name, text) == held


def test_a_status_is_known_in_every_language():
    with speaking("nb"):
        norwegian = [word(status) for status in STATUSES]
    assert [plain("status", text) for text in norwegian] == list(STATUSES)
    assert norwegian != list(STATUSES)
