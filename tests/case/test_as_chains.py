"""Chains counted as one account: nothing is lost, every table follows."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.case import as_chains, open_case
from kamkit.case.chains import chain_of
from kamkit.case.kept import keep, kept_case

LINES = pd.DataFrame(
    {
        "account_id": ["01", "02", "03", "04", "05", "06"],
        "date": ["2025-01-02"] * 6,
        "amount": [10.0, 20.5, 30.0, -4.0, 50.0, 60.0],
        "account_name": ["Troll Bygg Øst", "Troll Bygg Vest", "Nisse", "Alv", "Huldra", "Rev"],
        "parent_id": ["T", "T", "X", "05", "", "06"],
    }
)


@pytest.fixture(scope="module")
def whole():
    return as_chains(open_case(LINES))


def totals(case) -> dict[str, float]:
    sums = case.sales.group_by("account_id").aggregate(amount=case.sales.amount.sum()).to_pandas()
    return dict(zip(sums["account_id"], sums["amount"].astype(float), strict=True))


def test_accounts_of_a_chain_are_one_and_the_amount_is_kept(whole):
    assert totals(whole) == {"T": 30.5, "03": 30.0, "05": 46.0, "06": 60.0}


def test_a_chain_is_called_by_the_words_its_names_share(whole):
    names = whole.table("accounts").set_index("account_id")["name"]
    assert names["T"] == "Troll Bygg"


def test_a_chain_without_shared_words_is_called_by_its_largest_account(whole):
    assert whole.table("accounts").set_index("account_id").loc["05", "name"] == "Huldra"


def test_an_account_that_is_the_parent_counts_as_a_member(whole):
    assert whole.table("accounts").set_index("account_id")["members"].to_dict() == {"T": 2, "05": 2}


def test_a_parent_with_a_parent_is_followed_to_the_top():
    lines = LINES.assign(parent_id=["02", "03", "K", None, None, None])
    assert chain_of(open_case(lines)).to_dict() == {"01": "K", "02": "K", "03": "K"}


def test_accounts_that_are_each_others_parent_are_one_chain():
    lines = LINES.assign(parent_id=["02", "01", None, None, None, None])
    assert chain_of(open_case(lines)).to_dict() == {"01": "01", "02": "01"}


def test_a_ledger_without_parents_comes_back_as_it_is():
    case = open_case(LINES.drop(columns="parent_id"))
    assert as_chains(case) is case


def test_the_tables_of_the_practice_company_follow(fjordgross):
    whole = as_chains(fjordgross)
    parents = fjordgross.table("accounts").dropna(subset=["parent_id"])
    trollbua = parents.loc[parents["parent_id"] == "K07", "account_id"]
    served = fjordgross.table("activities")
    expected = served.loc[served["account_id"].isin(trollbua), "quantity"].sum()
    after = whole.table("activities")
    assert after.loc[after["account_id"] == "K07", "quantity"].sum() == expected
    assert after["quantity"].sum() == served["quantity"].sum()
    assert len(whole.table("ratings")) == len(fjordgross.table("ratings"))
    assert whole.reconciliation().equals(fjordgross.reconciliation())


def test_the_register_adds_up_what_can_be_added(fjordgross):
    register = fjordgross.table("accounts")
    members = register[register["parent_id"] == "K07"]
    row = as_chains(fjordgross).table("accounts").set_index("account_id").loc["K07"]
    assert row["employees"] == members["employees"].sum()
    assert row["since"] == members["since"].min()
    assert members["payment_days"].min() <= row["payment_days"] <= members["payment_days"].max()


def test_a_case_of_chains_is_kept_as_it_is(whole, tmp_path):
    keep(whole, tmp_path / "kept")
    kept = kept_case(tmp_path / "kept")
    assert totals(kept) == {"T": 30.5, "03": 30.0, "05": 46.0, "06": 60.0}
    assert kept.table("accounts").set_index("account_id")["members"].to_dict() == {"T": 2, "05": 2}
