"""The facts of an account from a few lines, added up by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import identify
from kamkit.case import open_case
from kamkit.identify.facts import _finished, aggregate
from kamkit.periods import Period

LINES = pd.DataFrame(
    [
        ("a", "2025-01-05", "1", 100.0, 60.0, 10),
        ("a", "2025-01-05", "1", 50.0, 30.0, 5),
        ("a", "2025-03-20", "2", 30.0, 40.0, 3),
        ("a", "2025-03-28", "3", -20.0, -10.0, -2),
        ("b", "2025-02-01", "4", 5.0, 1.0, 1),
    ],
    columns=["account_id", "date", "invoice_id", "amount", "cost", "quantity"],
)


@pytest.fixture(scope="module")
def facts():
    return identify.account_facts(open_case(LINES)).set_index("account_id")


def test_an_invoice_of_two_lines_is_one_document_and_a_credit_note_is_another(facts):
    row = facts.loc["a"]
    assert (row["invoices"], row["credit_notes"], row["lines"]) == (3, 1, 4)
    assert facts.loc["b", ["invoices", "credit_notes", "lines"]].tolist() == [1, 0, 1]


def test_revenue_is_what_was_invoiced_less_what_was_credited(facts):
    row = facts.loc["a"]
    assert (row["revenue"], row["invoiced"], row["credited"]) == (160.0, 180.0, -20.0)
    assert row["credit_share"] == pytest.approx(20 / 180)
    assert row["quantity"] == 16


def test_contribution_is_revenue_less_cost(facts):
    # 60 + 30 + 40 - 10 of cost
    row = facts.loc["a"]
    assert (row["cost"], row["contribution"]) == (120.0, 40.0)
    assert row["contribution_ratio"] == 0.25


def test_months_with_a_purchase_are_counted_once(facts):
    row = facts.loc["a"]
    assert row["active_months"] == 2
    assert row["first_date"] == pd.Timestamp("2025-01-05")
    assert facts.loc["b", "active_months"] == 1


def test_a_period_holds_its_own_lines():
    march = Period("2025-03-01", "2025-03-31")
    table = identify.account_facts(open_case(LINES), period=march).set_index("account_id")
    assert table.index.tolist() == ["a"]
    assert table.loc["a", ["revenue", "invoiced"]].tolist() == [10.0, 30.0]


def test_without_cost_there_is_no_contribution():
    table = identify.account_facts(open_case(LINES.drop(columns="cost")))
    assert "contribution" not in table
    assert table["account_id"].tolist() == ["a", "b"]


def test_a_new_sum_of_the_engine_is_a_fact_without_being_named_again():
    case = open_case(LINES)
    sums = aggregate(case.sales)
    found = case.engine.frame(sums.mutate(invoiced=sums.revenue - sums.credited))
    table = _finished(found.assign(returns=[2, 0]))
    assert table.columns[-1] == "returns"
