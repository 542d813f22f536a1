"""Accounts added up to their chains."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import identify
from kamkit.errors import MissingTable

FRAME = pd.DataFrame(
    {
        "account_id": ["1", "2", "3", "4", "5"],
        "account_name": ["Ask", "Bjørk", "Eik", "Furu", "Gran"],
        "parent_id": [None, "K", "K", "K", ""],
        "first_date": pd.to_datetime([f"2024-0{month}-01" for month in (1, 3, 2, 5, 6)]),
        "last_date": pd.to_datetime([f"2024-{month}-01" for month in (12, "09", 10, "08", "07")]),
        "active_months": [12, 3, 5, 2, 1],
        "invoices": [20, 4, 6, 2, 1],
        "revenue": [50.0, 20.0, 18.0, 2.0, 10.0],
    }
)


def test_a_chain_is_one_row_and_nothing_is_lost():
    whole = identify.roll_up(FRAME).set_index("account_id")
    assert sorted(whole.index) == ["1", "5", "K"]
    chain = whole.loc["K"]
    assert (chain["revenue"], chain["invoices"], chain["members"]) == (40.0, 12, 3)
    assert chain["active_months"] == 5
    assert chain["first_date"] == pd.Timestamp("2024-02-01")
    assert chain["last_date"] == pd.Timestamp("2024-10-01")
    assert whole["revenue"].sum() == FRAME["revenue"].sum()
    assert whole["members"].sum() == len(FRAME)


def test_parents_can_be_given():
    whole = identify.roll_up(FRAME, {"1": "X", "5": "X"}).set_index("account_id")
    assert whole.loc["X", "revenue"] == 60.0
    assert len(whole) == 4


def test_a_chain_can_be_in_class_a_only_as_a_whole():
    sizes = [40.0, 15.0, 15.0, 15.0, 15.0]
    frame = FRAME.assign(revenue=sizes, parent_id=[None, "K", "K", "K", "K"])
    finding = identify.chains(frame, cuts=(0.4, 0.95))
    row = finding.table.iloc[0]  # the chain is the larger half; each member comes behind the cut
    assert (row["parent_id"], row["rank"], row["abc_class"], row["best_member"]) == (
        "K",
        1,
        "A",
        "B",
    )
    assert row["only_as_whole"]
    assert "1 is in class A only as a whole" in finding.text


def test_the_planted_chain_is_found(fjordgross_facts):
    table = identify.chains(fjordgross_facts).table.set_index("parent_id")
    assert table.loc["K07", "only_as_whole"]
    assert table.loc["K07", "members"] == 40
    assert table.loc["K07", "rank"] <= 10


def test_without_parents_chains_are_left_out():
    with pytest.raises(MissingTable, match="parent"):
        identify.chains(FRAME.drop(columns="parent_id"))
