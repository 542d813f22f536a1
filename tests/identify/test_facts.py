"""Account facts against published totals and against pandas, counted line by line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from kamkit import identify
from kamkit.case import ColumnMapping, open_case
from kamkit.errors import PeriodError
from kamkit.periods import Period
from tests.conftest import examples

DATA = Path(__file__).resolve().parents[2] / "data"


def test_online_retail_has_its_known_customers_invoices_and_pounds(online_retail_facts):
    facts = online_retail_facts
    assert len(facts) == 4_383
    assert facts["invoices"].sum() == 23_587
    assert facts["revenue"].sum() == pytest.approx(8_348_208.574, abs=5e-4)
    assert (facts["revenue"] <= 0).sum() == 106
    largest = facts.iloc[0]
    assert largest["account_id"] == "18102"
    assert largest["revenue"] / facts["revenue"].sum() == pytest.approx(0.04094, abs=5e-6)


def test_without_the_cancellations_it_has_its_other_known_totals(shared_data):
    raw = pd.read_parquet(shared_data / "online_retail_II_2009_2010.parquet")
    kept = raw[~raw["Invoice"].astype(str).str.startswith("C")]
    facts = identify.account_facts(open_case(kept.reset_index(drop=True)))
    assert len(facts) == 4_314
    assert facts["revenue"].sum() == pytest.approx(8_832_003.274, abs=5e-4)
    table = identify.observed_rule(facts).table
    assert table["accounts"].iloc[0] == 1_176
    assert table["share_revenue"].iloc[1] == pytest.approx(0.7348, abs=5e-5)


def test_every_fact_is_what_pandas_counts_from_the_lines(fjordgross_facts):
    lines = pd.read_parquet(DATA / "fjordgross" / "sales.parquet")
    for name in ("amount", "cost", "quantity"):
        lines[name] = lines[name].map(Decimal)
    lines["month"] = pd.to_datetime(lines["date"]).dt.to_period("M")
    lines["is_credit"] = (lines["amount"] < 0) | (lines["doc_type"] == "credit_note")
    credit = lines[lines["is_credit"]]
    by = lines.groupby("account_id")
    bought = lines[lines["amount"] > 0].groupby("account_id")["date"].max()
    latest = by["date"].max()
    wanted = pd.DataFrame(
        {
            "first_date": pd.to_datetime(by["date"].min()),
            "last_date": pd.to_datetime(bought.reindex(latest.index).fillna(latest)),
            "invoices": by["invoice_id"].nunique(),
            "credit_notes": credit.groupby("account_id")["invoice_id"].nunique(),
            "active_months": by["month"].nunique(),
            "lines": by.size(),
            "revenue": by["amount"].sum().astype(float),
            "credited": credit.groupby("account_id")["amount"].sum().astype(float),
            "quantity": by["quantity"].sum().astype(float),
            "cost": by["cost"].sum().astype(float),
        }
    )
    wanted = wanted.fillna({"credit_notes": 0, "credited": 0.0}).astype({"credit_notes": "int64"})
    wanted["contribution"] = wanted["revenue"] - wanted["cost"]
    wanted["credit_share"] = -wanted["credited"] / (wanted["revenue"] - wanted["credited"]).replace(
        0, float("nan")
    )
    found = fjordgross_facts.set_index("account_id").sort_index()
    pd.testing.assert_frame_equal(
        found[wanted.columns], wanted.sort_index(), check_dtype=False, rtol=0, atol=1e-6
    )


def test_a_period_counts_its_own_lines_only(fjordgross):
    lines = pd.read_parquet(DATA / "fjordgross" / "sales.parquet")
    first, last = dt.date(2024, 2, 29), dt.date(2024, 3, 31)
    inside = lines[(lines["date"] >= first) & (lines["date"] <= last)]
    facts = identify.account_facts(fjordgross, period=Period(first, last))
    assert facts["lines"].sum() == len(inside)
    assert set(facts["account_id"]) == set(inside["account_id"])


def test_a_period_without_lines_is_refused_with_the_period_there_is(fjordgross):
    with pytest.raises(PeriodError) as refusal:
        identify.account_facts(fjordgross, period=Period(dt.date(1999, 1, 1), dt.date(1999, 2, 1)))
    assert "2 Jan 2023 – 31 Dec 2025" in str(refusal.value)


def test_the_planted_accounts_at_or_below_zero_are_there(fjordgross_facts):
    below = fjordgross_facts[fjordgross_facts["revenue"] <= 0]
    assert sorted(below["account_id"]) == ["002871", "003302"]


def test_the_monthly_series_adds_up_to_the_account(fjordgross, fjordgross_facts):
    some = fjordgross_facts["account_id"].iloc[[0, 5, 700]].tolist()
    series = identify.monthly(fjordgross, accounts=some)
    sums = series.groupby("account_id")["revenue"].sum()
    amounts = fjordgross_facts.set_index("account_id")["revenue"]
    months = fjordgross_facts.set_index("account_id")["active_months"]
    for account in some:
        assert sums[account] == pytest.approx(amounts[account], abs=1e-3)
        assert (series["account_id"] == account).sum() == months[account]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)),
        st.sampled_from(["1", "2", "3", "4"]),
        st.integers(-100_000, 100_000),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.randoms(use_true_random=False))
def test_facts_do_not_depend_on_the_order_of_the_lines_and_lose_no_cent(rows, random):
    frame = pd.DataFrame(rows, columns=["account_id", "date", "invoice_id", "cents"])
    frame["amount"] = frame["cents"] / 100
    given_frame = frame.drop(columns="cents")
    before = given_frame.copy(deep=True)
    kept = ColumnMapping().with_options({"sign": "kept"})  # else a sum below zero is asked about
    facts = identify.account_facts(open_case(given_frame, mapping=kept))
    pd.testing.assert_frame_equal(given_frame, before)
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = given_frame.iloc[order].reset_index(drop=True)
    mixed = identify.account_facts(open_case(shuffled, mapping=kept))
    pd.testing.assert_frame_equal(facts, mixed)
    cents = frame.groupby("account_id")["cents"].sum()
    assert {
        account: round(amount * 100)
        for account, amount in zip(facts["account_id"], facts["revenue"], strict=True)
    } == cents.to_dict()
    documents = frame.groupby("account_id")["invoice_id"].nunique()
    assert facts.set_index("account_id")["invoices"].to_dict() == documents.to_dict()


def test_a_credit_note_is_no_purchase(company):
    sales = pd.DataFrame(
        {
            "account_id": ["a", "a", "a", "b"],
            "date": ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"],
            "amount": [10.0, 20.0, -5.0, -1.0],
        }
    )
    facts = identify.account_facts(company(sales=sales)).set_index("account_id")
    assert facts["last_date"].dt.month.to_dict() == {"a": 2, "b": 4}
