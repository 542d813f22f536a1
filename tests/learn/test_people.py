"""The numbers of lesson 11, counted again in plain pandas from the contacts."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.learn.lessons.people import _lost
from tests.learn.conftest import asked_in


@pytest.fixture(params=["practice", "seeded"])
def room(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def contacts(room) -> pd.DataFrame:
    """The contacts of the accounts with a plan: one row per person and colleague who knows them."""
    people = room.case.tables["contacts"]
    planned = set(room.analysis.planned["account_id"])
    rows = people[people["account_id"].isin(planned)]
    person = rows.groupby(["account_id", "person"], sort=False)
    each = person.agg(
        influence=("influence", "max"),
        role=("role", "first"),
        ours=("our_contact", lambda cells: ";".join(str(cell) for cell in cells if pd.notna(cell))),
    ).reset_index()
    each["influence"] = each["influence"].fillna(3.0)
    names = each["ours"].str.split(";")
    each["ours"] = names.map(lambda cells: {one.strip() for one in cells if one.strip()})
    return each


def without(contacts: pd.DataFrame, account: str, colleague: str) -> float:
    there = contacts[contacts["account_id"] == account]
    alone = there["ours"].map(lambda ours: ours == {colleague})
    return float(there.loc[alone, "influence"].sum() / there["influence"].sum())


def test_what_is_lost_without_each_of_ours(room, contacts):
    found = _lost(room)
    assert len(found) > 30
    for row in found.itertuples():
        assert without(contacts, row.account_id, row.colleague) == pytest.approx(row.share)


def test_nobody_decides(room, contacts):
    decide = set(contacts.loc[contacts["role"] == "decider", "account_id"])
    right = set(room.analysis.planned["account_id"]) - decide
    assert asked_in("11.nobody_decides", room).check(sorted(right))
    assert not asked_in("11.nobody_decides", room).check(sorted(right)[:1] * (len(right) > 1))


def test_the_farewell_of_the_colleague_on_whom_most_rests(room, contacts):
    alone: dict[str, int] = {}
    for _account, there in contacts.groupby("account_id"):
        ours = set().union(*there["ours"])
        known = there["ours"].map(bool)
        if len(ours) == 1 and known.all():
            alone[min(ours)] = alone.get(min(ours), 0) + 1
    question = asked_in("11.farewell", room)
    most = max(alone.values())
    assert any(name in question.text for name, n in alone.items() if n == most)
    assert question.check(most)


def test_it_says_what_a_ledger_without_contacts_lacks(smallest):
    question = asked_in("11.nobody_decides", smallest)
    assert question.left_out
    assert "contacts" in question.text
