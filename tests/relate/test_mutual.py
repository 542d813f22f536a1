"""Mutual value by hand: what each side gains, what is usual, and who gains."""

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
        payment_days=[66.525, 20.0, 30.0],
    )
    found = relate.mutual_value(table, annual_interest_rate=0.10).table.set_index("account_id")
    # 36.525 days beyond 30 are a tenth of a year: 1 % of 100
    assert found.loc["0", ["saved", "served", "lent"]].tolist() == pytest.approx([30, 10, 1])
    assert found.loc["0", "customer_gain"] == pytest.approx(41)
    # the middle of 0.41, 0.15, 0.12 is 0.15
    assert found["usual_share"].tolist() == pytest.approx([0.15] * 3)
    assert found["who_gains"].to_dict() == {"0": "customer_only", "1": "both", "2": "us_only"}


def test_the_giant_gains_and_we_lose(worth):
    found = relate.mutual_value(worth, of=["000412"], currency="NOK")
    assert found.table.loc[0, "who_gains"] == "customer_only"
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

    def test_thirty_days_are_free_and_the_rest_is_lent(self):
        table = gains(
            revenue=[365.25, 365.25, 365.25, -365.25],
            list_amount=[365.25] * 4,
            profit=[1.0] * 4,
            payment_days=[30, 40, np.nan, 40],
        )
        # ten days of revenue of one a day at 8 %
        assert table["lent"].to_dict() == pytest.approx({"0": 0, "1": 0.8, "2": 0, "3": 0})

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
        assert table.loc["0", "who_gains"] == "neither"

    def test_an_account_is_called_by_its_name_or_its_number(self):
        table = accounts(revenue=[1.0], list_amount=[1.0], profit=[1.0])
        assert relate.mutual_value(table).table["account_name"].tolist() == ["0"]
        named = table.assign(account_name="Ask")
        assert relate.mutual_value(named).table["account_name"].tolist() == ["Ask"]


class TestWhoGains:
    def test_all_four_cases(self):
        # the middle share is that of the second and third: a tenth
        table = gains(
            revenue=[100.0, 100.0, 100.0, 100.0, 100.0],
            list_amount=[120.0, 110.0, 110.0, 105.0, 104.0],
            profit=[-1.0, 1.0, 0.0, 1.0, 0.0],
        )
        assert table["usual_share"].tolist() == pytest.approx([0.1] * 5)
        assert table["who_gains"].tolist() == [
            "customer_only",
            "both",
            "customer_only",
            "us_only",
            "neither",
        ]

    def test_usual_is_the_middle_of_the_21_nearest_in_revenue(self):
        # shares rise with revenue, a hundredth an account
        n = 41
        table = gains(
            revenue=[100.0 + i for i in range(n)][::-1],
            cost_to_serve=[(100.0 + i) * i / 100 for i in range(n)][::-1],
            profit=[1.0] * n,
        ).sort_values("revenue")
        usual = table["usual_share"].round(9).tolist()
        assert usual[20] == 0.20
        # the smallest has ten larger beside it, the largest ten smaller
        assert (usual[0], usual[-1]) == (0.05, 0.35)

    def test_usual_is_found_among_all_and_told_of_those_asked_for(self):
        table = accounts(
            revenue=[100.0, 100.0, 100.0], list_amount=[101.0, 120.0, 130.0], profit=[1.0] * 3
        )
        found = relate.mutual_value(table, of=["0"]).table
        assert found["account_id"].tolist() == ["0"]
        assert found["usual_share"].tolist() == pytest.approx([0.2])
        assert found["who_gains"].tolist() == ["us_only"]

    def test_shares_that_are_equal_on_paper_are_equal(self):
        # a tenth of 30, of 70 and of 110: their quotients differ in the last digit
        table = gains(
            revenue=[0.3, 0.7, 1.1], cost_to_serve=[0.03, 0.07, 0.11], profit=[1.0, 1.0, 1.0]
        )
        assert table["who_gains"].tolist() == ["both"] * 3

    def test_the_largest_is_first_and_of_equals_the_lower_number(self):
        table = accounts(revenue=[5.0, 9.0, 5.0], list_amount=[5.0, 9.0, 5.0], profit=[1.0] * 3)
        found = relate.mutual_value(table.iloc[::-1]).table
        assert found["account_id"].tolist() == ["1", "0", "2"]


class TestSentences:
    def test_the_share_good_for_both_the_worst_and_those_who_gain_little(self):
        table = accounts(
            account_name=list("ABCDE"),
            revenue=[100.0] * 5,
            list_amount=[120.0, 130.0, 115.0, 105.0, 104.0],
            profit=[-10.0, -20.0, 1.0, 1.0, 1.0],
        )
        text = relate.mutual_value(table, currency="NOK").text
        # usual is 0.15: A and B lose us money, C is good for both, D and E gain less
        assert "5 accounts 20%" in text
        assert "B gains NOK\u00a030 and costs us NOK\u00a020" in text
        assert "2 earn us money" in text

    def test_of_two_that_cost_as_much_the_lower_number_is_named(self):
        table = accounts(revenue=[1.0, 9.0], list_amount=[1.0, 9.0], profit=[-5.0, -5.0])
        assert "0 gains" in relate.mutual_value(table).text

    def test_where_nobody_loses_nobody_is_named(self):
        text = relate.mutual_value(accounts(revenue=[9.0], list_amount=[9.0], profit=[0.0])).text
        assert "costs us" not in text
        assert "earn" not in text

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
