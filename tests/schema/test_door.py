"""A table that lacks something is refused at the door, in words that help."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from kamkit import schema
from kamkit.errors import MissingTable, ParameterError
from kamkit.output import Finding
from kamkit.schema import takes

ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["1", "2"],
        "revenue": [Decimal("9.5"), Decimal("0.5")],
        "last_date": pd.to_datetime(["2025-03-31", None]),
    }
)


def check(frame, *needs, each=""):
    schema.check(frame, needs, what="accounts", each=each)


def test_a_table_with_what_is_needed_passes():
    check(ACCOUNTS, "account_id", "revenue", "last_date", each="account_id")
    check(ACCOUNTS.head(0), "revenue")


def test_a_missing_column_is_named_with_what_it_means_and_what_was_found():
    with pytest.raises(ParameterError) as refusal:
        check(ACCOUNTS, "invoices")
    told = refusal.value
    assert "no column “invoices”" in told.message
    assert told.found == "account_id, revenue, last_date"
    assert told.wanted == "invoices: Number of documents, credit notes included"
    assert told.remedy


def test_a_column_under_a_name_much_like_it_is_pointed_at():
    with pytest.raises(ParameterError, match="Rename “contributon” to “contribution”"):
        check(ACCOUNTS.assign(contributon=1.0), "contribution")


@pytest.mark.parametrize(
    ("column", "remedy"),
    [("contribution", "Add the column cost"), ("share_of_wallet", "Add the table wallet")],
)
def test_what_the_ledger_could_not_give_leaves_the_analysis_out(column, remedy):
    with pytest.raises(MissingTable, match=remedy):
        check(ACCOUNTS, column)


def test_text_where_money_is_wanted_is_refused_with_what_stood_there():
    with pytest.raises(ParameterError, match="numbers") as refusal:
        check(ACCOUNTS.assign(revenue=["9,50", "?"]), "revenue")
    assert refusal.value.found == "“9,50”, “?”"
    assert "to_numeric" in refusal.value.remedy


def test_text_where_a_day_is_wanted_is_refused():
    with pytest.raises(ParameterError, match="days"):
        check(ACCOUNTS.assign(last_date="31.03.2025"), "last_date")


def test_an_account_on_two_rows_is_refused_where_each_has_one():
    twice = pd.concat([ACCOUNTS, ACCOUNTS.head(1)])
    check(twice, "account_id")
    with pytest.raises(ParameterError, match="more than one row") as refusal:
        check(twice, "account_id", each="account_id")
    assert refusal.value.found == "1"


def test_a_finding_in_place_of_its_table_is_recognised():
    with pytest.raises(ParameterError, match=r"add \.table"):
        check(Finding("x", ACCOUNTS, ""), "account_id")


def test_a_column_that_an_argument_names_is_asked_for():
    @takes(table="account_id {by}_before")
    def first(table, *, by="revenue"):
        return table[f"{by}_before"].iloc[0]

    table = pd.DataFrame({"account_id": ["1"], "profit_before": [4.0]})
    assert first(table, by="profit") == 4.0
    with pytest.raises(ParameterError, match="no column “revenue_before”"):
        first(table)


def test_a_table_that_may_be_left_out_is_not_asked_for_but_one_that_is_needed_is():
    @takes(accounts="account_id", ratings="score")
    def both(accounts, ratings=None):
        return ratings is None

    assert both(pd.DataFrame({"account_id": ["1"]}))
    with pytest.raises(ParameterError, match="The table of ratings has no column “score”"):
        both(pd.DataFrame({"account_id": ["1"]}), pd.DataFrame({"points": [3.0]}))
    with pytest.raises(ParameterError, match="What was given as accounts is no table"):
        both(None)
