"""What counts unless criteria are named is a list of its own."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose
from kamkit.choose.measures import MEASURES

ALL = pd.DataFrame(
    {
        "account_id": ["1", "2"],
        "revenue": [90.0, 10.0],
        "contribution": [40.0, 5.0],
        "profit": [30.0, -5.0],
        "lifetime_value": [60.0, 1.0],
        "change": [9.0, -1.0],
        "revenue_before": [40.0, 6.0],
        "active_months": [12, 3],
        "first_date": pd.to_datetime(["2025-01-02", "2025-10-01"]),
        "last_date": pd.to_datetime(["2025-12-30", "2025-12-01"]),
        "payment_days": [20.0, 45.0],
    }
)
"""Two accounts with all that a criterion of the data can rest on."""


def names(criteria) -> list[str]:
    return [criterion.name for criterion in criteria]


def test_every_criterion_of_the_data_is_carried_by_the_example():
    assert set(names(choose.data_criteria(ALL))) == set(MEASURES)


@pytest.mark.parametrize(
    ("lacks", "deepest"),
    [([], "profit"), (["profit"], "contribution"), (["profit", "contribution"], "revenue")],
)
def test_a_new_criterion_of_the_data_does_not_change_the_usual_ones(lacks, deepest):
    """Written out: whoever adds one to the usual criteria must change this line too."""
    found = choose.default_criteria(ALL.drop(columns=lacks))
    assert names(found) == [deepest, "lifetime_value", "growth", "loyalty", "payment"]
    assert found[0].at_least == 0 if deepest != "revenue" else found[0].at_least is None


def test_the_usual_weights_of_the_usual_criteria():
    weights = choose.default_weights(choose.default_criteria(ALL))
    # 30, 20, 10, 10 and 5 of 75 points
    assert weights.round(4).tolist() == [0.4, 0.2667, 0.1333, 0.1333, 0.0667]


def test_criteria_are_called_as_the_tables_call_them():
    assert [criterion.label for criterion in choose.data_criteria(ALL)] == [
        "revenue",
        "contribution",
        "customer profit",
        "lifetime value",
        "growth",
        "loyalty",
        "payment time",
    ]


def test_a_forecast_that_is_not_to_be_trusted_weighs_less_and_says_so():
    criteria = choose.default_criteria(ALL)
    usual, half = (
        choose.given_weights(choose.trusted(criteria, {"lifetime_value": share}))
        for share in (1.0, 0.5)
    )
    # of profit 30, lifetime value 20, growth 10, loyalty 10 and payment 5
    assert usual.weights["lifetime_value"] == pytest.approx(20 / 75)
    assert half.weights["lifetime_value"] == pytest.approx(10 / 65)
    assert usual.caveats == ()
    assert half.caveats[0].startswith("The weight of lifetime value is 15.4%, not the usual 26.7%")
    own = choose.given_weights(
        choose.trusted(criteria, {"lifetime_value": 0.5}),
        weights={"lifetime_value": 1, "profit": 1},
    )
    assert own.weights["lifetime_value"] == 0.5
    alone = choose.trusted(criteria[1:2], {"lifetime_value": 0.0})
    assert choose.default_weights(alone).tolist() == [1.0]
