"""What new terms change, worked out on paper; no terms change nothing."""

from __future__ import annotations

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given

from kamkit import identify
from kamkit.errors import MissingTable, ParameterError
from kamkit.value.profit import customer_profit
from kamkit.value.service import cost_to_serve
from kamkit.value.terms import order_sizes, what_if

EFFECTS = ["price_effect", "volume_effect", "fee_effect", "service_effect"]
# a: three orders of 400, each delivered for 90; b: two orders of 2 000, on paper for 50
PROFITS = pd.DataFrame(
    {
        "account_id": ["a", "b"],
        "revenue": [1200.0, 4000.0],
        "contribution": [300.0, 800.0],
        "profit": [-70.0, 700.0],
    }
)
SERVED = pd.DataFrame(
    {
        "account_id": ["a", "a", "b"],
        "activity": ["Levering", "visit", "manual order"],
        "quantity": [3, 1, 2],
        "cost_to_serve": [270.0, 100.0, 100.0],
    }
)
ORDERS = pd.DataFrame(
    {
        "account_id": ["a", "b"],
        "orders": [3, 2],
        "small_orders": [3, 0],
        "small_amount": [1200.0, 0.0],
    }
)


def changed(**terms) -> pd.DataFrame:
    finding = what_if(PROFITS, served=SERVED, orders=ORDERS, **terms)
    return finding.table.set_index("account_id")


def effects(row: pd.Series) -> list[float]:
    return row[EFFECTS].tolist()


def test_a_minimum_order_joins_the_small_ones():
    table = changed(minimum_order=1000)
    # 1 200 is one order of 1 000: two of three deliveries of 90 are saved, the visit stays
    assert effects(table.loc["a"]) == [0, 0, 0, 180]
    assert effects(table.loc["b"]) == [0, 0, 0, 0]
    assert table.loc["a", "profit_after"] == 110


def test_a_minimum_that_is_never_reached_leaves_one_order():
    table = changed(minimum_order=5000)
    assert table.loc["a", "service_effect"] == 180


def test_a_fee_is_paid_for_each_delivery_that_is_left():
    assert effects(changed(delivery_fee=50).loc["a"]) == [0, 0, 150, 0]
    assert effects(changed(delivery_fee=50, minimum_order=1000).loc["a"]) == [0, 0, 50, 180]
    assert effects(changed(delivery_fee=50).loc["b"]) == [0, 0, 0, 0]


def test_a_price_step_is_a_share_of_the_net_amount():
    table = changed(price_step=0.02)
    assert table["price_effect"].to_dict() == {"a": 24, "b": 80}
    assert changed(price_step=-0.1)["price_effect"].to_dict() == {"a": -120, "b": -400}


def test_what_leaves_takes_its_contribution_and_its_orders_with_it():
    table = changed(price_step=0.1, kept_volume=0.9, delivery_fee=10)
    # a: 1 200 x 10 % x 0.9; 10 % of 300; 3 x 10 x 0.9; 10 % of 270
    assert effects(table.loc["a"]) == pytest.approx([108, -30, 27, 27])
    assert effects(table.loc["b"]) == pytest.approx([360, -80, 0, 10])


def test_only_the_accounts_named_are_touched():
    table = changed(price_step=0.02, minimum_order=1000, kept_volume=0.5, accounts=["b"])
    assert effects(table.loc["a"]) == [0, 0, 0, 0]
    assert table.loc["b", "price_effect"] == 40
    with pytest.raises(ParameterError, match="x9"):
        changed(accounts=["x9"])
    with pytest.raises(ParameterError) as refused:
        what_if(
            PROFITS.assign(account_id=["000412", "001187"]),
            served=SERVED,
            orders=ORDERS,
            accounts=["00412"],
        )
    assert "000412" in refused.value.remedy


@pytest.mark.parametrize(
    "terms",
    [
        {"minimum_order": -1},
        {"delivery_fee": -1},
        {"price_step": 2.0},
        {"price_step": -1.0},
        {"kept_volume": 1.1},
        {"kept_volume": -0.1},
        {"price_step": float("nan")},
    ],
)
def test_terms_out_of_range_are_refused(terms):
    with pytest.raises(ParameterError):
        changed(**terms)


def test_new_terms_need_a_profit():
    with pytest.raises(MissingTable):
        what_if(PROFITS.drop(columns="profit"), served=SERVED, orders=ORDERS)


def test_the_sentence_and_the_assumption():
    finding = what_if(PROFITS, served=SERVED, orders=ORDERS, minimum_order=1000)
    # -70 + 700 = 630; 630 + 180 = 810
    assert "by 180, from 630 to 810 (28.6%)" in finding.text
    assert "1 account loses money before and 0 do after" in finding.text
    assert "every account stays" in finding.caveats[0]
    kept = what_if(PROFITS, served=SERVED, orders=ORDERS, kept_volume=0.75)
    assert "75%" in kept.caveats[0]


def test_the_orders_of_an_account(company):
    case = company(
        sales=pd.DataFrame(
            [
                ("A", "1", 300),
                ("A", "1", 100),
                ("A", "2", 400),
                ("A", "3", 400),
                ("A", "4", 1000),
                ("B", "5", -50),
                ("C", "6", 0),
                ("C", "7", 999),
            ],
            columns=["account_id", "invoice_id", "amount"],
        ).assign(date="2025-01-01")
    )
    table = order_sizes(case, minimum_order=1000).set_index("account_id")
    # an order at the minimum is not below it; a credit note is no order
    assert table.loc["A"].tolist() == [4, 3, 1200, 1000]
    assert table.loc["C"].tolist() == [1, 1, 999, 1000]
    assert list(table.index) == ["A", "C"]


def test_without_invoice_numbers_a_day_is_an_order(company):
    sales = pd.DataFrame(
        [("A", "2025-01-01", 60), ("A", "2025-01-01", 60), ("A", "2025-01-02", 60)],
        columns=["account_id", "date", "amount"],
    )
    table = order_sizes(company(sales=sales), minimum_order=100)
    assert table.iloc[0].tolist() == ["A", 2, 1, 60, 100]


numbers = st.integers(-100_000, 100_000).map(float)
positive = st.integers(0, 10_000).map(float)


@st.composite
def companies(draw):
    size = draw(st.integers(1, 8))
    many = lambda one: draw(st.lists(one, min_size=size, max_size=size))  # noqa: E731
    names = [f"{n:02}" for n in range(size)]
    orders = many(st.integers(0, 30))
    small = [draw(st.integers(0, n)) for n in orders]
    kinds = many(st.sampled_from(["delivery", "web order", "visit"]))
    return (
        pd.DataFrame(
            {
                "account_id": names,
                "revenue": many(numbers),
                "contribution": many(numbers),
                "profit": many(numbers),
            }
        ),
        pd.DataFrame(
            {
                "account_id": names,
                "activity": kinds,
                "quantity": many(positive),
                "cost_to_serve": many(positive),
            }
        ),
        pd.DataFrame(
            {
                "account_id": names,
                "orders": orders,
                "small_orders": small,
                "small_amount": [draw(st.integers(0, 99)) * float(n) for n in small],
            }
        ),
    )


@pytest.mark.proof
@given(companies())
def test_no_new_terms_change_nothing(company):
    profits, served, orders = company
    table = what_if(profits, served=served, orders=orders).table
    assert (table["change"] == 0).all()
    assert table["profit_after"].tolist() == table["profit_before"].tolist()
    assert sorted(table["profit_before"]) == sorted(profits["profit"])


@given(companies(), positive, positive, st.floats(-0.5, 0.5), st.floats(0, 1))
def test_the_effects_add_up_to_the_change(company, least, fee, step, kept):
    profits, served, orders = company
    table = what_if(
        profits,
        served=served,
        orders=orders,
        minimum_order=least,
        delivery_fee=fee,
        price_step=step,
        kept_volume=kept,
    ).table
    assert table[EFFECTS].sum(axis=1).tolist() == pytest.approx(table["change"].tolist())
    after = table["profit_before"] + table["change"]
    assert after.tolist() == pytest.approx(table["profit_after"].tolist())
    assert (table["fee_effect"] >= 0).all()
    # serving never costs more, and no more is saved than is spent on orders and deliveries
    spent = served[served["activity"] != "visit"].set_index("account_id")["cost_to_serve"]
    most = table["account_id"].map(spent).fillna(0.0) + 0.001
    assert table["service_effect"].between(0, most).all()


def test_fjordgross_with_a_minimum_order(fjordgross):
    profits = customer_profit(fjordgross, identify.account_facts(fjordgross)).table
    served = cost_to_serve(fjordgross)
    orders = order_sizes(fjordgross, minimum_order=2000.0)
    finding = what_if(profits, served=served, orders=orders, minimum_order=2000.0)
    table = finding.table
    assert len(table) == len(profits)
    assert table["change"].is_monotonic_decreasing
    comes = served["activity"].isin(["web order", "manual order", "delivery", "express delivery"])
    assert 0 < table["change"].sum() < served.loc[comes, "cost_to_serve"].sum()


def test_orders_counted_at_another_minimum_are_refused():
    with pytest.raises(ParameterError, match="another minimum") as caught:
        what_if(
            PROFITS, served=SERVED, orders=ORDERS.assign(minimum_order=500.0), minimum_order=1000
        )
    assert "500" in str(caught.value)
