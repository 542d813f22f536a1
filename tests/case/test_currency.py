"""One currency: every amount of a line is turned by its rate, and no other is touched."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from kamkit.case import ReadOptions
from kamkit.case.currency import one_currency
from kamkit.errors import LedgerError
from kamkit.schema.contract import EXAMPLE_IDS


@pytest.fixture
def converted(engine):
    """Return a function that brings lines of several currencies into one."""

    def made(currencies, *, base="", rates=None, accounts=None, flags=(), **amounts):
        n = len(currencies)
        amounts = amounts or {"amount": ["100"] * n}
        table = {
            "account_id": pa.array(accounts or ["1"] * n),
            "currency": pa.array(currencies, pa.string()),
            **{
                name: pa.array([Decimal(one) for one in column], pa.decimal128(18, 4))
                for name, column in amounts.items()
            },
            **{
                flag: pa.array([flag in flags and place == 0 for place in range(n)])
                for flag in ("is_blank", "is_total", "is_broken", "is_heading", "left_out")
            },
        }
        options = ReadOptions(currency=base, rates=rates or {})
        ledger, currency, _notes = one_currency(
            engine.hold(pa.table(table)), options, engine, "salg.csv"
        )
        return engine.con.to_pyarrow(ledger).to_pandas(), currency  # exact decimals

    return made


def test_every_amount_of_a_line_is_multiplied_by_the_rate(converted):
    frame, currency = converted(
        ["NOK", "EUR"],
        base="NOK",
        rates={"EUR": 11.5},
        amount=["100", "10"],
        unit_price=["50", "5"],
        list_amount=["120", "12"],
        cost=["60", "-6"],
        quantity=["2", "2"],
    )
    assert currency == "NOK"
    assert frame["amount"].tolist() == [100, 115]
    assert frame["unit_price"].tolist() == [50, Decimal("57.5")]
    assert frame["list_amount"].tolist() == [120, 138]
    assert frame["cost"].tolist() == [60, -69]
    assert frame["quantity"].tolist() == [2, 2]
    assert "currency" not in frame


def test_a_rate_is_exact_to_the_eighth_decimal(converted):
    frame, _currency = converted(
        ["NOK", "JPY"], base="NOK", rates={"JPY": 0.06789012}, amount=["1", "1000000"]
    )
    assert frame["amount"].tolist() == [1, Decimal("67890.12")]


def test_a_line_without_a_rate_keeps_its_amount_and_is_marked(converted):
    frame, _currency = converted(["NOK", "EUR", "SEK", None], base="NOK", rates={"EUR": 11.5})
    assert frame["no_rate"].tolist() == [False, False, True, False]
    assert frame["amount"].tolist() == [100, 1150, 100, 100]


def test_capitals_do_not_matter(converted):
    frame, currency = converted(["nok", "Eur"], base="NOK", rates={"EUR": 2.0})
    assert (frame["amount"].tolist(), currency) == ([100, 200], "NOK")


def test_one_currency_needs_no_rate_and_is_the_ledgers(converted):
    frame, currency = converted(["SEK", "SEK"])
    assert currency == "SEK"
    assert frame["amount"].tolist() == [100, 100]
    assert not frame["no_rate"].any()


def test_without_any_code_the_users_word_is_the_currency(converted):
    assert converted([None, None], base="NOK")[1] == "NOK"
    assert converted([None, None])[1] == ""


def test_a_ledger_without_the_column_has_the_users_currency(engine):
    table = engine.hold(pa.table({"amount": [1.0]}))
    ledger, currency, _notes = one_currency(table, ReadOptions(currency="DKK"), engine, "")
    assert currency == "DKK"
    assert engine.frame(ledger)["no_rate"].tolist() == [False]


def test_one_currency_that_is_not_the_users_needs_a_rate(converted):
    with pytest.raises(LedgerError, match="another currency than was asked for") as refusal:
        converted(["EUR", "EUR"], base="NOK")
    assert refusal.value.found == "EUR: 2 rows, 200.00"
    assert "rates = { EUR = 11.50 }" in refusal.value.remedy
    frame, currency = converted(["EUR", "EUR"], base="NOK", rates={"EUR": 11.5})
    assert (frame["amount"].tolist(), currency) == ([1150, 1150], "NOK")


@pytest.mark.parametrize("flag", ["is_blank", "is_total", "is_broken"])
def test_a_row_that_is_no_line_does_not_make_a_second_currency(converted, flag):
    assert converted(["EUR", "NOK", "NOK"], flags=(flag,))[1] == "NOK"


def test_the_example_row_of_the_template_does_not_either(converted):
    accounts = [EXAMPLE_IDS[0], "1", "1"]
    assert converted(["EUR", "NOK", "NOK"], accounts=accounts)[1] == "NOK"


def test_several_currencies_are_refused_with_rows_and_amounts_of_each(converted):
    with pytest.raises(LedgerError) as refusal:
        converted(["NOK", "NOK", "EUR", None], amount=["100", "50", "7.5", "1"])
    assert refusal.value.found == (
        "NOK: 2 rows, 150.00; (no currency): 1 row, 1.00; EUR: 1 row, 7.50"
    )
    assert 'currency = "NOK" and rates = { EUR = 11.50 }' in refusal.value.remedy
    assert refusal.value.where == "salg.csv"


def test_a_rate_for_none_of_the_others_is_refused(converted):
    with pytest.raises(LedgerError, match="several currencies"):
        converted(["NOK", "EUR"], base="NOK", rates={"SEK": 1.0})


def test_an_amount_too_large_for_the_ledger_becomes_unreadable_and_not_wrong(converted):
    frame, _currency = converted(
        ["NOK", "EUR"], base="NOK", rates={"EUR": 1e6}, amount=["1", "99999999999999"]
    )
    assert pd.isna(frame["amount"][1])


def test_a_line_without_a_currency_is_not_one_to_one_with_the_foreign_ones(converted):
    with pytest.raises(LedgerError, match="Some lines have a currency") as refusal:
        converted([None, None, "EUR"], amount=["310", "1", "1000"])
    assert "(no currency): 2 rows, 311.00; EUR: 1 row, 1,000.00" in refusal.value.found
    frame, currency = converted([None, "EUR"], base="NOK", rates={"EUR": 10.0}, amount=["3", "2"])
    assert (frame["amount"].tolist(), currency) == ([3, 20], "NOK")


def test_signs_are_codes(converted):
    frame, currency = converted(["€", "kr"], base="EUR", rates={"KR": 0.087}, amount=["300", "50"])
    assert (frame["amount"].tolist(), currency) == ([300, Decimal("4.35")], "EUR")


def test_crowns_are_those_of_the_home_currency(converted):
    assert converted(["kr", "kr"], base="NOK")[1] == "NOK"
