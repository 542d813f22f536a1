"""Weights: published examples of comparisons in pairs, and weights from a ranking."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from kamkit.choose.ahp import pairwise
from kamkit.choose.criteria import Criterion
from kamkit.choose.weights import given_weights, rank_order
from kamkit.errors import ParameterError

THREE = [Criterion(name, "data", name, ()) for name in ("profit", "growth", "payment")]

# Saaty (1990), How to make a decision, European Journal of Operational Research 48, 9-26
HOUSE = (
    ("size", "transport", "neighbourhood", "age", "yard", "modern", "condition", "financing"),
    (
        5,
        3,
        7,
        6,
        6,
        1 / 3,
        1 / 4,
        1 / 3,
        5,
        3,
        3,
        1 / 5,
        1 / 7,
        6,
        3,
        4,
        6,
        1 / 5,
        1 / 3,
        1 / 4,
        1 / 7,
        1 / 8,
        1 / 2,
        1 / 5,
        1 / 6,
        1 / 5,
        1 / 6,
        1 / 2,
    ),
    (0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333),
    9.669,
    None,
    0.169,
)
# Saaty (1977), A scaling method for priorities in hierarchical structures, J. Math. Psych. 15
NATIONS = (
    ("US", "USSR", "China", "France", "UK", "Japan", "West Germany"),
    (4, 9, 6, 6, 5, 5, 7, 5, 5, 3, 4, 1 / 5, 1 / 5, 1 / 7, 1 / 5, 1, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 2),
    (0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094),
    7.61,
    0.10,
    None,
)
DISTANCE = (
    ("Cairo", "Tokyo", "Chicago", "San Francisco", "London", "Montreal"),
    (1 / 3, 8, 3, 3, 7, 9, 3, 3, 9, 1 / 6, 1 / 5, 2, 1 / 3, 6, 6),
    (0.262, 0.397, 0.033, 0.116, 0.164, 0.027),
    6.45,
    None,
    None,
)
# Saaty (2008), Decision making with the analytic hierarchy process, Int. J. Services Sciences 1
DRINKS = (
    ("coffee", "wine", "tea", "beer", "sodas", "milk", "water"),
    (
        9,
        5,
        2,
        1,
        1,
        1 / 2,
        1 / 3,
        1 / 9,
        1 / 9,
        1 / 9,
        1 / 9,
        1 / 3,
        1 / 4,
        1 / 3,
        1 / 9,
        1 / 2,
        1,
        1 / 3,
        2,
        1 / 2,
        1 / 3,
    ),
    (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327),
    None,
    None,
    0.022,
)


def matrix(names, upper) -> pd.DataFrame:
    table = pd.DataFrame(np.eye(len(names)), index=list(names), columns=list(names))
    rest = iter(upper)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            value = next(rest)
            table.loc[one, other], table.loc[other, one] = value, 1 / value
    return table


@pytest.mark.parametrize(
    "example", [HOUSE, NATIONS, DISTANCE, DRINKS], ids=["house", "nations", "distance", "drinks"]
)
def test_saatys_published_examples_come_out(example):
    names, upper, weights, largest, index, ratio = example
    found = pairwise(matrix(names, upper))
    assert found.weights.round(3).tolist() == pytest.approx(weights, abs=0.0011)
    if largest is not None:
        assert found.lambda_max == pytest.approx(largest, abs=0.005)
    if index is not None:
        assert found.consistency_index == pytest.approx(index, abs=0.005)
    if ratio is not None:
        assert found.consistency_ratio == pytest.approx(ratio, abs=0.0006)


def test_inconsistent_comparisons_are_named_with_what_would_fit():
    given = {("profit", "growth"): 9, ("growth", "payment"): 9, ("profit", "payment"): 1 / 9}
    found = pairwise(given)
    assert found.consistency_ratio > 0.10
    assert "contradict each other" in found.text


def test_consistent_comparisons_give_their_own_ratios_and_a_ratio_of_zero():
    given = {("a", "b"): 2, ("b", "c"): 2, ("a", "c"): 4}
    found = pairwise(given)
    assert found.weights.tolist() == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert "hang together" in found.text


def test_what_is_not_compared_is_left_to_the_others():
    found = pairwise({("a", "b"): 2, ("b", "c"): 2})
    assert found.weights.tolist() == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert found.completed == 1


def test_criteria_that_are_compared_with_none_of_the_others_are_named():
    with pytest.raises(ParameterError, match="compared with none") as caught:
        pairwise({("a", "b"): 2, ("c", "d"): 2})
    assert "c" in caught.value.found


def test_a_thing_compared_with_itself_says_nothing():
    found = pairwise({("a", "a"): 3, ("a", "b"): 2})
    assert found.weights.tolist() == pytest.approx([2 / 3, 1 / 3])
    assert found.completed == 0


def test_no_more_comparisons_than_weights_show_nothing_of_their_consistency():
    found = pairwise({("a", "b"): 9, ("b", "c"): 9, ("c", "d"): 9})
    assert "cannot be seen" in found.text
    assert len(found.caveats) == 1


def test_with_gaps_the_usual_limit_is_said_to_be_too_kind():
    found = pairwise({("a", "b"): 2, ("b", "c"): 2, ("c", "d"): 2, ("a", "d"): 8})
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert "too kind" in found.caveats[-1]


@pytest.mark.parametrize("above", [["x", "y"], ["a", "a"], ["a", "b", "c"]])
def test_a_table_of_comparisons_has_the_same_names_above_and_beside(above):
    table = pd.DataFrame(1.0, index=["a", "b"], columns=above)
    with pytest.raises(ParameterError, match="above and beside"):
        pairwise(table)


def test_two_halves_that_contradict_each_other_are_refused():
    with pytest.raises(ParameterError, match="given twice"):
        pairwise({("a", "b"): 2, ("b", "a"): 2})


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_comparison_is_a_number_above_zero(value):
    with pytest.raises(ParameterError, match="above zero"):
        pairwise({("a", "b"): value})


def test_the_centroid_of_a_ranking_is_the_mean_of_the_corners():
    # the corners of all weights with w1 >= w2 >= w3 are (1,0,0), (1/2,1/2,0), (1/3,1/3,1/3)
    thirds = [
        (Fraction(1) + Fraction(1, 2) + Fraction(1, 3)) / 3,
        (Fraction(1, 2) + Fraction(1, 3)) / 3,
        Fraction(1, 3) / 3,
    ]
    assert rank_order(["a", "b", "c"]).tolist() == pytest.approx([float(x) for x in thirds])


def test_rank_sum_and_rank_reciprocal():
    assert rank_order(["a", "b", "c"], method="sum").tolist() == pytest.approx(
        [3 / 6, 2 / 6, 1 / 6]
    )
    assert rank_order(["a", "b", "c"], method="reciprocal").tolist() == pytest.approx(
        [6 / 11, 3 / 11, 2 / 11]
    )


def test_weights_in_proportion_and_what_is_not_named_has_no_say():
    found = given_weights(THREE, weights=["profit=3", "growth=1"])
    assert found.table["weight"].tolist() == [0.75, 0.25, 0.0]
    assert "payment" in found.caveats[-1]


def test_pairs_are_read_both_ways_round():
    one = given_weights(THREE, pairs=["profit>growth=3", "payment<growth=2"])
    assert one.table["weight"].tolist() == pytest.approx([6 / 9, 2 / 9, 1 / 9])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"weights": ["profitt=3"]}, "no criterion"),
        ({"weights": ["profit"]}, "is no weight"),
        ({"weights": ["profit=-1"]}, "below zero"),
        ({"weights": ["profit=0"]}, "All weights are zero"),
        ({"weights": ["profit=3", "profit=1"]}, "a weight twice"),
        ({"weights": {"profit": float("inf")}}, "is no weight"),
        ({"weights": {"profit": float("nan")}}, "is no weight"),
        ({"weights": {"profit": "much"}}, "is no weight"),
        ({"weights": ["profit=1"], "ranking": ["profit"]}, "two ways at once"),
        ({"ranking": ["profit", "profit"]}, "each criterion once"),
        ({"pairs": ["profit>grwoth=2"]}, "no criterion"),
        ({"pairs": ["profit=2"]}, "is no weight"),
        ({"pairs": ["profit>growth=1.2.3"]}, "is no weight"),
    ],
)
def test_weights_that_cannot_be_meant_are_refused_with_the_remedy(given, message):
    with pytest.raises(ParameterError, match=message) as caught:
        given_weights(THREE, **given)
    assert caught.value.remedy


def test_without_weights_the_usual_ones_hold_and_add_up():
    criteria = [
        Criterion("profit", "data", "profit", (), points=30.0),
        Criterion("growth", "data", "change", (), points=10.0),
    ]
    found = given_weights(criteria)
    assert found.table["weight"].tolist() == [0.75, 0.25]
