"""The account facts with every lens beside them."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import identify, value

NAMES = {
    "rhythm_state",
    "late_probability",
    "rfm_segment",
    "probability_alive",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
    "effect",
}


def test_fjordgross_has_every_lens_and_keeps_its_facts(fjordgross):
    facts = identify.account_facts(fjordgross)
    table = value.account_value(fjordgross, facts)
    assert set(table.columns) >= NAMES | {"profit", "cost_to_serve", "tier", "grid_cell"}
    assert table["account_id"].is_unique
    assert table["revenue"].sum() == pytest.approx(facts["revenue"].sum())
    assert len(table) == len(facts)
    assert table["account_id"].tolist() == facts["account_id"].tolist()
    giant = table.set_index("account_id").loc["000412"]
    assert giant["profit"] < 0
    assert giant["tier"] == "lead"
    assert giant["grid_cell"] == "aggressive"
    assert giant["lifetime_value"] < 0


def test_a_ledger_without_cost_keeps_what_it_can_carry(online_retail):
    facts = identify.account_facts(online_retail)
    table = value.account_value(online_retail, facts)
    assert set(table.columns) >= NAMES
    assert not {"profit", "contribution", "tier", "grid_cell"} & set(table.columns)
    assert len(table) == len(facts)
    # those that bought nothing once returns are taken off have no rhythm, but a value of 0
    silent = table[table["rhythm_state"].isna()]
    assert (silent["lifetime_value"] == 0).all()


def test_other_rates_change_profit_and_nothing_else(fjordgross):
    facts = identify.account_facts(fjordgross)
    base = value.account_value(fjordgross, facts).set_index("account_id")
    free = value.account_value(fjordgross, facts, rates={"delivery": 0.0}).set_index("account_id")
    assert (free["profit"] >= base["profit"]).all()
    assert (free["rfm_segment"] == base["rfm_segment"]).all()


def test_another_horizon_reaches_the_account_table(fjordgross):
    facts = identify.account_facts(fjordgross)
    longer = value.lifetime_value(fjordgross, years=5, draws=0).table
    table = value.account_value(fjordgross, facts, lifetime=longer)
    expected = longer.set_index("account_id")["lifetime_value"]
    found = table.set_index("account_id")["lifetime_value"]
    assert (found == expected.reindex(found.index)).all()


def test_an_account_that_was_only_served_is_told_with_no_revenue(company):
    sales = pd.DataFrame(
        [(f"a{n}", f"2025-0{month}-05", 100.0, 60.0) for n in range(3) for month in range(1, 7)],
        columns=["account_id", "date", "amount", "cost"],
    )
    served = pd.DataFrame(
        {
            "account_id": ["a0", "z9"],
            "activity": ["visit"] * 2,
            "quantity": [1, 2],
            "cost_per_unit": [50.0, 50.0],
        }
    )
    case = company(sales=sales, activities=served)
    table = value.account_value(case, identify.account_facts(case)).set_index("account_id")
    assert table.loc["z9", ["revenue", "profit"]].tolist() == [0, -100]
    assert table.loc["a0", "profit"] == 6 * 40 - 50
