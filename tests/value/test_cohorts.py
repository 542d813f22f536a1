"""Cohorts by their first purchase, each compared with its own first period."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from kamkit.case import open_case
from kamkit.errors import MissingTable, ParameterError
from kamkit.value._cohorts import after, cohorts
from tests.conftest import examples

DATA = Path(__file__).resolve().parents[2] / "data"
ROWS = [
    ("a", "2025-01-01", 100),
    ("a", "2025-02-10", 50),
    ("a", "2025-03-05", 30),
    ("b", "2025-01-20", 60),
    ("c", "2025-02-01", 40),
    ("c", "2025-03-31", 80),
    ("d", "2025-02-28", 10),
    ("d", "2025-03-01", -4),  # a return, no occasion
    ("e", "2025-01-15", -9),  # credited, never bought
]


def ledger(rows, columns=("account_id", "date", "amount")):
    return open_case(pd.DataFrame(rows, columns=list(columns)))


def grid(table: pd.DataFrame, column: str) -> list[list[float]]:
    return [part[column].tolist() for _, part in table.groupby("cohort")]


def test_each_row_is_compared_with_its_own_first_period():
    found = cohorts(ledger(ROWS), measure="revenue")
    assert grid(found.table, "revenue") == [[160, 50, 30], [50, 76]]
    assert grid(found.table, "accounts") == [[2, 1, 1], [2, 1]]
    shares = grid(found.table, "share")
    assert shares == [pytest.approx([1, 50 / 160, 30 / 160]), pytest.approx([1, 76 / 50])]
    assert found.table["cohort"].dt.month.tolist() == [1, 1, 1, 2, 2]
    assert any("−9 is in no cohort" in caveat for caveat in found.caveats)
    of_accounts = cohorts(ledger(ROWS)).table
    assert grid(of_accounts, "share") == [[1, 0.5, 0.5], [1, 0.5]]


def test_the_first_cohort_and_periods_that_are_not_whole_are_marked():
    rows = [*ROWS, ("b", "2025-04-20", 5)]
    table = cohorts(ledger(rows)).table
    assert grid(table, "left_censored") == [[True] * 4, [False] * 3]
    # April ends with the 20th
    assert grid(table, "incomplete") == [[False, False, False, True], [False, False, True]]
    late = [(name, day, amount) for name, day, amount in rows if day > "2025-01-10"]
    table = cohorts(ledger(late)).table
    # January begins with the 15th: what is compared with it is not whole either
    assert grid(table, "incomplete")[0] == [True] * 4
    # a month that ends on a Sunday, with the last sale on the Friday, is whole
    friday = [("a", "2025-07-01", 5), ("a", "2025-08-29", 5)]
    assert not cohorts(ledger(friday)).table["incomplete"].any()


def test_months_without_a_purchase_are_zeros_and_a_month_without_a_beginner_is_no_cohort():
    rows = [("a", "2025-01-01", 10), ("a", "2025-04-30", 5), ("b", "2025-03-01", 7)]
    table = cohorts(ledger(rows)).table
    assert grid(table, "accounts") == [[1, 0, 0, 1], [1, 0]]
    assert table["cohort"].dt.month.unique().tolist() == [1, 3]


def test_quarters_and_years_are_those_of_the_calendar():
    rows = [("a", "2023-12-31", 10), ("a", "2024-01-01", 5), ("a", "2025-03-31", 1)]
    quarters = cohorts(ledger(rows), every="quarter").table
    assert quarters["age"].tolist() == [0, 1, 2, 3, 4, 5]
    assert quarters["revenue"].tolist() == [10, 5, 0, 0, 0, 1]
    assert str(quarters["cohort"].iloc[0].date()) == "2023-10-01"
    years = cohorts(ledger(rows), every="year").table
    assert years["revenue"].tolist() == [10, 5, 1]


def test_a_first_period_at_or_below_zero_has_no_share():
    # credited before it bought: the month comes to -5, the purchase stays
    rows = [
        ("z", "2025-01-01", 1),
        ("a", "2025-02-03", -15),
        ("a", "2025-02-05", 10),
        ("a", "2025-03-30", 8),
    ]
    table = cohorts(ledger(rows), measure="revenue").table
    own = table[table["cohort"].dt.month == 2]
    assert own["revenue"].tolist() == [-5, 8]
    assert own["share"].isna().all()


def test_contribution_needs_cost_and_choices_are_checked(cdnow):
    rows = [("a", "2025-01-01", 100, 60), ("a", "2025-02-28", 50, 40)]
    case = ledger(rows, ("account_id", "date", "amount", "cost"))
    table = cohorts(case, measure="contribution").table
    assert table["contribution"].tolist() == [40, 10]
    assert table["share"].tolist() == [1, 0.25]
    with pytest.raises(MissingTable):
        cohorts(cdnow, measure="contribution")
    with pytest.raises(ParameterError, match="Did you mean “month”"):
        cohorts(cdnow, every="months")
    with pytest.raises(ParameterError):
        cohorts(cdnow, measure="amount")


def test_averages_leave_out_what_cannot_be_compared():
    begun = [(f"{n:02}", "2025-02-10", 10) for n in range(10)]
    again = [(f"{n:02}", "2025-03-10", 10) for n in range(3)]
    first = [("x", "2025-01-01", 10), ("x", "2025-02-01", 10)]
    case = ledger([*first, *begun, *again, ("y", "2025-03-31", 1)])
    table = cohorts(case).table
    # 3 of 10; the first cohort, which all came back, is not in it
    assert after(table, 1) == "After 1 month 30.0% of a cohort's accounts buy"
    assert after(table, 2) == ""
    fewer = cohorts(ledger([*first, *begun[:9], ("y", "2025-03-31", 1)])).table
    assert after(fewer, 1) == ""


def test_cdnow_is_what_pandas_counts_from_the_lines(cdnow):
    lines = cdnow.sales.select("account_id", "date", "amount").to_pandas()
    lines["amount"] = lines["amount"].astype(float)
    days = lines.groupby(["account_id", "date"], as_index=False)["amount"].sum()
    assert (days["amount"] >= 0).all()  # nothing is returned there, some goods are free
    days = days[days["amount"] > 0]
    month = pd.to_datetime(days["date"]).dt.to_period("M")
    born = month.groupby(days["account_id"]).min()
    cohort = days["account_id"].map(born)
    age = month.astype("int64") - cohort.astype("int64")
    by = days.groupby([cohort, age])
    wanted = pd.DataFrame({"accounts": by["account_id"].nunique(), "revenue": by["amount"].sum()})
    table = cohorts(cdnow).table
    found = table.set_index([table["cohort"].dt.to_period("M"), "age"])
    reached = found[found["accounts"] > 0]
    assert reached["accounts"].tolist() == wanted["accounts"].tolist()
    assert reached["revenue"].tolist() == pytest.approx(wanted["revenue"].tolist(), abs=1e-6)
    # 1997 began with three months of new customers
    sizes = table[table["age"] == 0]["accounts"]
    assert sizes.sum() == 23_502


@pytest.mark.parametrize("every", ["month", "quarter", "year"])
@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_every_ledger_has_its_cohorts_and_loses_no_money(name, every, request):
    case = request.getfixturevalue(name)
    table = cohorts(case, every=every, measure="revenue").table
    first = table[table["age"] == 0]
    assert (first["share"].dropna() == 1).all()
    assert not table.duplicated(["cohort", "age"]).any()
    whole = float(case.engine.row({"sum": case.sales.amount.sum()}, case.sales)["sum"])
    # what is in no cohort is credits, and what they took back later: a small part
    assert table["revenue"].sum() == pytest.approx(whole, rel=0.015)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)),
        st.integers(0, 900),
    ),
    max_size=20,
)


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.sampled_from(["month", "quarter", "year"]))
def test_without_credits_every_unit_is_in_one_cohort(rows, every):
    case = ledger([*rows, ("e", dt.date(2024, 1, 1), 10)])
    table = cohorts(case, every=every, measure="revenue").table
    bought = {name for name, _, amount in rows if amount} | {"e"}
    # free goods before the first purchase are worth nothing
    assert table["revenue"].sum() == sum(amount for *_, amount in rows) + 10
    assert table.loc[table["age"] == 0, "accounts"].sum() == len(bought)
    assert (table["accounts"] <= len(bought)).all()
