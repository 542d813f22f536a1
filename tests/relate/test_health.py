"""Health and mutual value by hand: points on straight lines, weights shared out, who gains."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import relate
from kamkit.errors import MissingTable, ParameterError
from kamkit.relate.health import PARTS

NET = {
    "roles": 2,
    "departments": 4,
    "deciders": 1,
    "people": 5,
    "our_people": 2,
    "top_share": 0.4,
    "ours_share": 0.8,
    "stale_share": 0.25,
}


def accounts(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"{i}" for i in range(n)], **columns})


def test_every_part_by_hand():
    table = accounts(
        rhythm_state=["due"],
        revenue_before=[100.0],
        change=[15.0],
        profit_ratio=[0.10],
        credit_share=[0.02],
    )
    net = pd.DataFrame([{"account_id": "0", **NET}])
    ratings = pd.DataFrame({"account_id": ["0"], "criterion": ["Delivery"], "score": [3.0]})
    row = relate.health(table, contacts=net, ratings=ratings).table.iloc[0]
    expected = {
        "rhythm": 75.0,
        "growth": 75.0,  # 15 % on the line from -30 to 30
        "profit": 40.0,  # 10 % of 25 %
        "coverage": 40 + 20 + 30,  # decider, two roles, three and more departments
        "dependence": 100 * (1 - 0.6),  # the mean of both sides
        "service": (80 + 50) / 2,  # 2 % of 10 % credited; 3 on a scale of 1 to 5
        "freshness": 75.0,
    }
    for part, points in expected.items():
        assert row[f"part_{part}"] == pytest.approx(points), part
    weight = {name: points for name, (_, points) in PARTS.items()}
    whole = sum(expected[name] * weight[name] for name in expected) / sum(weight.values())
    assert row["health"] == pytest.approx(whole)
    assert row["weight_known"] == 1


def test_what_is_unknown_leaves_its_weight_to_the_rest():
    row = relate.health(accounts(rhythm_state=["late"], revenue_before=[10.0], change=[2.0])).table
    assert row.loc[0, "health"] == pytest.approx((20 * 25 + 100 * (0.2 + 0.3) / 0.6 * 20) / 45)
    assert row.loc[0, "weight_known"] == pytest.approx(0.45)
    assert np.isnan(row.loc[0, "part_profit"])


def test_too_few_orders_are_not_bad_health():
    table = relate.health(accounts(rhythm_state=["too_few", "lost"], credit_share=[0.0, 0.0])).table
    assert table["health"].tolist() == pytest.approx([100.0, 1000 / 35])


def test_the_trend_moves_only_what_the_ledger_dates():
    now = accounts(rhythm_state=["late", "on_time"], credit_share=[0.0, 0.0])
    before = accounts(rhythm_state=["on_time", "too_few"], credit_share=[0.1, 0.1])
    table = relate.health(now, before=before).table
    # rhythm 20 -> 100 of weight 25 beside service 100 of weight 10
    assert table.loc[0, "health_change"] == pytest.approx(-80 * 25 / 35)
    assert np.isnan(table.loc[1, "health_change"])


def test_weights_change_health_and_mistakes_are_told():
    table = accounts(rhythm_state=["late"], credit_share=[0.0])
    assert relate.health(table, weights={"service": 1}).table.loc[0, "health"] == 100
    with pytest.raises(ParameterError, match="Did you mean “growth”") as error:
        relate.health(table, weights={"grwth": 1})
    assert "rhythm" in str(error.value)
    with pytest.raises(ParameterError, match="zero"):
        relate.health(table, weights={"growth": 0})
    with pytest.raises(ParameterError, match="growth=30"):
        relate.given_health_weights(["growth"])


def test_nothing_known_is_refused_with_the_reason():
    with pytest.raises(MissingTable, match="Nothing is known"):
        relate.health(accounts(name=["A"]))


def test_the_late_account_is_told_by_its_rhythm(worth):
    row = relate.health(worth).table.set_index("account_id").loc["000923"]
    assert row["weakest"] == "rhythm"
    assert "not: buys in its rhythm" in row["because"]


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
