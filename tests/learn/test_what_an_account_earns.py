"""Lesson 3: what is right is counted again, in plain pandas from the practice company's files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Lines of the ledger with whose they are, a chain as one."""
    table = pd.read_parquet(FOLDER / "sales.parquet")
    table["whose"] = table["parent_id"].fillna(table["account_id"])
    for name in ("amount", "cost", "list_amount"):
        table[name] = table[name].astype(float)
    return table


@pytest.fixture(scope="module")
def served(lines) -> pd.DataFrame:
    """What each activity at each account costs: its quantity times its rate."""
    table = pd.read_parquet(FOLDER / "activities.parquet")
    known = pd.read_parquet(FOLDER / "rates.parquet").set_index("activity").astype(float)
    rates = known["cost_per_unit"].fillna(known["minutes"] * known["cost_per_minute"])
    chain = lines.dropna(subset=["parent_id"]).drop_duplicates("account_id")
    whose = chain.set_index("account_id")["parent_id"]
    table["whose"] = table["account_id"].map(whose).fillna(table["account_id"])
    table["cost"] = table["quantity"].astype(float) * table["activity"].map(rates)
    return table


@pytest.fixture(scope="module")
def accounts(lines, served) -> pd.DataFrame:
    """Revenue, contribution and what is left after service; credit is left aside."""
    found = lines.groupby("whose").agg(revenue=("amount", "sum"), cost=("cost", "sum"))
    found["contribution"] = found["revenue"] - found["cost"]
    found["service"] = served.groupby("whose")["cost"].sum()
    found["after"] = found["contribution"] - found["service"].fillna(0)
    return found


def test_the_share_of_contribution_that_service_takes(practice, accounts):
    share = accounts["service"].sum() / accounts["contribution"].sum()
    assert asked_in("03.share_served", practice).check(f"{share:.1%}").state == RIGHT


def test_the_largest_by_revenue_is_the_last_by_profit(practice, accounts):
    assert accounts["revenue"].idxmax() == accounts["after"].idxmin()
    assert asked_in("03.rank_by_profit", practice).check(len(accounts)).state == RIGHT


def test_its_costliest_activity(practice, accounts, served):
    own = served[served["whose"] == accounts["after"].idxmin()]
    most = own.groupby("activity")["cost"].sum().max()
    question = asked_in("03.costliest_activity", practice)
    assert question.check(f"{most / 1e6:.2f}").state == RIGHT
    assert not question.check(own["cost"].sum() / 1e6)


def test_a_fee_brings_its_amount_as_often_as_there_are_deliveries(practice, served):
    deliveries = served.loc[served["activity"].str.contains("delivery"), "quantity"].sum()
    more = 500 * float(deliveries) / 1e6
    assert asked_in("03.delivery_fee", practice).check(f"{more:.1f}").state == RIGHT


def test_the_most_profitable_account(practice, accounts):
    best = accounts["after"].idxmax()
    assert asked_in("03.most_profitable", practice).check(best).state == RIGHT


@pytest.mark.parametrize(("where", "answer"), [("practice", "25 %"), ("seeded", "20 %")])
def test_five_per_cent_off_needs_so_much_more(where, answer, request):
    """Of 25: 20 is left, and 25/20 is 1.25; of 30: 25, and 30/25 is 1.20."""
    question = asked_in("03.discount_and_volume", request.getfixturevalue(where))
    assert question.check(answer).state == RIGHT
