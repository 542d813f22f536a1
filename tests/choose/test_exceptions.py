"""Who is key whatever the score, and who only where a number asks for it."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose


@pytest.fixture
def accounts():
    """Six accounts: b brings 60 of 100, f fails the requirement, e is far below its cost."""
    return pd.DataFrame(
        {
            "account_id": list("abcdef"),
            "payment_days": [10.0, 70.0, 20.0, 30.0, 12.0, 14.0],
            "profit": [10.0, 60.0, 12.0, 16.0, 2.0, -50.0],
            "yearly_contribution": [10.0, 60.0, 12.0, 16.0, 2.0, -50.0],
            "revenue": [100.0] * 6,
        }
    )


@pytest.fixture
def scores(accounts):
    return choose.score(accounts, choose.data_criteria(accounts), {"payment": 1})


@pytest.fixture
def pays():
    best = ["shared", "ordinary", "shared", "shared", "ordinary", "shared"]
    return pd.DataFrame({"account_id": list("abcdef"), "pays_best": best})


def test_an_account_that_brings_much_is_first_in_the_order_whatever_its_score(scores, accounts):
    found = choose.with_exceptions(scores, accounts, keep_share=0.5)
    assert choose.in_order(found)["account_id"].tolist() == ["b", "a", "e", "c", "d"]
    # 60 of 10 + 60 + 12 + 16 + 2: what an account loses does not make the others' share larger
    brought = found.table.set_index("account_id")["share_brought"]
    assert brought.loc[list("abcdef")].round(3).tolist() == [0.1, 0.6, 0.12, 0.16, 0.02, 0.0]


def test_what_does_not_pay_comes_last_but_what_is_important_comes_first_all_the_same(
    scores, accounts, pays
):
    found = choose.with_exceptions(scores, accounts, pays=pays, keep_share=0.5)
    assert choose.in_order(found)["account_id"].tolist() == ["b", "a", "c", "d", "e"]
    assert choose.chosen(found, 3) == ["b", "a", "c"]
    # five are asked for, so the one that does not pay is there
    assert choose.chosen(found, 5) == ["b", "a", "c", "d", "e"]
    codes = found.table.set_index("account_id")["exception"]
    assert codes[codes != ""].to_dict() == {"b": "too_important", "e": "does_not_pay"}


def test_a_requirement_stands_above_both_rules(scores, accounts, pays):
    large = accounts.assign(yearly_contribution=[1.0, 1.0, 1.0, 1.0, 1.0, 95.0])
    found = choose.with_exceptions(scores, large, pays=pays, keep_share=0.5)
    assert "f" not in choose.in_order(found)["account_id"].tolist()
    assert found.table.set_index("account_id")["exception"]["f"] == ""


def test_zero_turns_the_rule_off(scores, accounts):
    found = choose.with_exceptions(scores, accounts, keep_share=0)
    assert choose.in_order(found)["account_id"].tolist() == scores.table["account_id"][:5].tolist()


def test_without_cost_revenue_tells_who_is_important(scores, accounts):
    sold = accounts.drop(columns=["yearly_contribution", "profit"])
    sold["revenue"] = [1.0, 1.0, 1.0, 7.0, 0.0, 0.0]
    found = choose.with_exceptions(scores, sold, keep_share=0.6)
    assert choose.chosen(found, 1) == ["d"]


def test_the_reasons_name_the_exceptions(scores, accounts, pays):
    found = choose.with_exceptions(scores, accounts, pays=pays, keep_share=0.5)
    told = choose.reasons(found, accounts).set_index("account_id")
    assert told["reasons"]["b"].startswith(
        "too important to leave out: 60.0% of the customer profit"
    )
    assert "its treatment is not expected to pay" in told["against"]["b"]
    assert "its treatment is not expected to pay" in told["against"]["e"]
    assert "not expected to pay" not in told["against"]["a"]


def test_an_account_that_is_important_is_key_in_every_scenario(scores, accounts, pays):
    found = choose.with_exceptions(scores, accounts, pays=pays, keep_share=0.5)
    share = choose.robustness(found, 3, draws=50, weight_spread=float("inf")).table
    shares = share.set_index("account_id")["key_share"]
    assert shares["b"] == 1.0
    assert shares["e"] == 0.0  # named only for what would be if no treatment had to pay


def test_no_weight_is_said_to_swap_what_a_rule_keeps_apart(scores, accounts, pays):
    found = choose.with_exceptions(scores, accounts, pays=pays, keep_share=0.5)
    pairs = choose.swaps(found, 2).table
    assert {tuple(pair) for pair in pairs[["account_in", "account_out"]].to_numpy()} == {
        ("a", "c"),
        ("a", "d"),
    }


def test_as_many_as_are_too_important_are_suggested_where_fewer_pay():
    table = choose.cuts(
        pd.DataFrame({"account_id": list("abcdefghij"), "yearly_contribution": [9.0] * 10}),
        by="yearly_contribution",
    )
    returns = pd.Series([-1.0] * 10)
    found = choose.suggest(table, accounts=100, returns=returns, kept=3)
    assert found.suggested == 3
    assert "that many are too important to leave out" in found.text
