"""What a customer gets and leaves, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import relate
from kamkit.errors import MissingTable


def accounts(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"{i}" for i in range(n)], **columns})


def test_gains_of_both_sides_by_hand():
    table = accounts(
        revenue=[100.0, 100.0, 50.0],
        list_amount=[130.0, 110.0, 55.0],
        cost_to_serve=[10.0, 5.0, 1.0],
        profit=[-5.0, 20.0, 9.0],
        payment_days=[36.5, 0.0, 73.0],
    )
    found = relate.mutual_value(table, annual_interest_rate=0.10).table.set_index("account_id")
    # 36.5 days are a tenth of a year: 1 % of 100; 73 are a fifth: 2 % of 50
    assert found.loc["0", ["saved", "served", "lent"]].tolist() == pytest.approx([30, 10, 1])
    assert found.loc["0", "customer_gain"] == pytest.approx(41)
    assert found["customer_share"].tolist() == pytest.approx([0.41, 0.15, 0.14])
    assert found["our_gain"].tolist() == [-5.0, 20.0, 9.0]


def test_the_giant_gets_much_and_leaves_nothing(worth):
    found = relate.mutual_value(worth, of=["000412"], currency="NOK")
    assert found.table.loc[0, "customer_gain"] > 0 > found.table.loc[0, "our_gain"]
    assert "costs us" in found.text


def test_without_cost_nothing_is_claimed():
    with pytest.raises(MissingTable, match="cannot be told"):
        relate.mutual_value(accounts(revenue=[1.0], list_amount=[2.0]))


def gains(**columns):
    return relate.mutual_value(accounts(**columns)).table.set_index("account_id")


class TestGains:
    def test_savings_are_list_amounts_less_revenue_and_never_below_zero(self):
        table = gains(revenue=[90.0, 100.0], list_amount=[100.0, 80.0], profit=[1.0, 1.0])
        assert table["saved"].to_dict() == {"0": 10, "1": 0}

    def test_without_list_prices_service_is_what_a_customer_gains(self):
        table = gains(revenue=[90.0, 50.0], cost_to_serve=[9.0, np.nan], profit=[1.0, 1.0])
        assert table["customer_gain"].to_dict() == {"0": 9, "1": 0}
        assert table["saved"].tolist() == [0, 0]

    def test_every_day_until_they_pay_is_lent(self):
        table = gains(
            revenue=[365.0, 365.0, 365.0, -365.0],
            list_amount=[365.0] * 4,
            profit=[1.0] * 4,
            payment_days=[0, 10, np.nan, 10],
        )
        # ten days of revenue of one a day at 8 %
        assert table["lent"].to_dict() == pytest.approx({"0": 0, "1": 0.8, "2": 0, "3": 0})

    def test_the_credit_cost_of_customer_profit_is_the_one_that_is_told(self, worth):
        found = relate.mutual_value(worth).table.set_index("account_id")["lent"]
        known = worth.set_index("account_id")["payment_cost"]
        assert found.to_dict() == pytest.approx(known.fillna(0.0).to_dict())
        assert known.sum() > 0

    def test_without_payment_days_nothing_is_lent(self):
        assert gains(revenue=[9.0], list_amount=[9.0], profit=[1.0])["lent"].tolist() == [0]

    def test_profit_is_our_gain_and_contribution_where_there_is_none(self):
        both = {"revenue": [100.0], "list_amount": [110.0], "contribution": [30.0]}
        row = gains(**both, profit=[10.0]).loc["0"]
        assert row[["our_gain", "our_share", "customer_share"]].tolist() == [10, 0.1, 0.1]
        assert gains(**both)["our_gain"].tolist() == [30]

    def test_an_account_without_revenue_has_no_shares(self):
        table = gains(revenue=[0.0, 10.0], cost_to_serve=[5.0, 1.0], profit=[-5.0, 1.0])
        assert table.loc["0", ["customer_share", "our_share"]].isna().all()

    def test_an_account_is_called_by_its_name_or_its_number(self):
        table = accounts(revenue=[1.0], list_amount=[1.0], profit=[1.0])
        assert relate.mutual_value(table).table["account_name"].tolist() == ["0"]
        named = table.assign(account_name="Ask")
        assert relate.mutual_value(named).table["account_name"].tolist() == ["Ask"]


class TestOrder:
    def test_the_largest_is_first_and_of_equals_the_lower_number(self):
        table = accounts(revenue=[5.0, 9.0, 5.0], list_amount=[5.0, 9.0, 5.0], profit=[1.0] * 3)
        found = relate.mutual_value(table.iloc[::-1]).table
        assert found["account_id"].tolist() == ["1", "0", "2"]


class TestSentences:
    def test_what_all_get_and_leave_and_who_costs_most(self):
        table = accounts(
            account_name=list("ABC"),
            revenue=[100.0] * 3,
            list_amount=[120.0, 130.0, 115.0],
            profit=[-10.0, -20.0, 50.0],
        )
        text = relate.mutual_value(table, currency="NOK").text.replace("\xa0", " ")
        # 20 + 30 + 15 given, -10 - 20 + 50 left
        assert "for 3 accounts come to NOK 65, at our prices and costs; NOK 20 is left" in text
        assert text.endswith("B gets NOK 30 of it and costs us NOK 20.")

    def test_no_customer_is_said_to_gain_and_no_discount_is_advised(self):
        table = accounts(revenue=[100.0] * 2, list_amount=[101.0, 130.0], profit=[60.0, 1.0])
        found = relate.mutual_value(table, currency="NOK")
        assert "gains" not in found.text
        assert "no market price" in found.caveats[0]

    def test_of_two_that_cost_as_much_the_lower_number_is_named(self):
        table = accounts(revenue=[1.0, 9.0], list_amount=[1.0, 9.0], profit=[-5.0, -5.0])
        assert "0 gets" in relate.mutual_value(table).text

    def test_where_nobody_loses_nobody_is_named(self):
        text = relate.mutual_value(accounts(revenue=[9.0], list_amount=[9.0], profit=[0.0])).text
        assert "costs us" not in text

    def test_what_is_not_counted_is_reserved(self):
        whole = {"revenue": [9.0], "list_amount": [9.0], "cost_to_serve": [1.0], "profit": [1.0]}
        assert len(relate.mutual_value(accounts(**whole)).caveats) == 1
        for missing, said in (("list_amount", "list prices"), ("cost_to_serve", "activities")):
            part = {name: values for name, values in whole.items() if name != missing}
            caveats = relate.mutual_value(accounts(**part)).caveats
            assert len(caveats) == 2
            assert said in caveats[1]

    def test_without_either_of_prices_and_service_nothing_is_claimed(self):
        with pytest.raises(MissingTable, match="cannot be told"):
            relate.mutual_value(accounts(revenue=[1.0], profit=[2.0]))
