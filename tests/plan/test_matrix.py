"""The matrix by hand: means of parts, intervals of judgement, fields at the line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import plan
from kamkit.errors import MissingTable
from tests.plan.by_hand import basis


def accounts(n=4):
    return pd.DataFrame(
        {
            "account_id": [f"{i}" for i in range(n)],
            "account_name": [f"N{i}" for i in range(n)],
            "revenue": [10.0 * (i + 1) for i in range(n)],
            "profit": [float(i) for i in range(n)],
            "revenue_before": 100.0,
            "change": [5.0] * n,
        }
    )


def ratings(**scores):
    rows = [
        (account, criterion.replace("_", " "), value)
        for criterion, values in scores.items()
        for account, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["account_id", "criterion", "score"])


def test_the_axes_are_the_means_of_their_parts():
    judged = ratings(strategic_fit={"3": 5.0, "0": 1.0}, price={"3": 5.0, "0": 1.0})
    wallet = pd.DataFrame({"account_id": ["3"], "share_of_wallet": [0.4]})
    row = plan.matrix(accounts(), of=["3"], ratings=judged, wallet=wallet).table.iloc[0]
    # ranks 100 and 100, growth 5 % on the line from -20 to 30, fit 5 of 5
    assert row["attractiveness"] == pytest.approx((100 + 100 + 50 + 100) / 4)
    # share 0.4 of 0.8 and price 5 of 5
    assert row["strength"] == pytest.approx((50 + 100) / 2)
    assert row["cell"] == "strategic"


def test_half_a_point_of_judgement_gives_the_interval():
    judged = ratings(price={"3": 3.0, "0": 1.0, "1": 5.0}, range={"3": 3.0, "0": 1.0, "1": 5.0})
    wallet = pd.DataFrame({"account_id": ["3"], "share_of_wallet": [0.4]})
    row = plan.matrix(accounts(), of=["3"], ratings=judged, wallet=wallet).table.iloc[0]
    # three parts of 50; two of them off by 12.5 each
    error = np.sqrt(2 * 12.5**2) / 3
    assert row["strength"] == pytest.approx(50)
    assert row["strength_high"] - row["strength_low"] == pytest.approx(2 * 1.645 * error)
    assert not row["cell_sure"]


def spread(scores):
    """Return the matrix of accounts whose strength is a rating, on the spread of them all."""
    ids = [f"{i}" for i in range(len(scores))]
    judged = ratings(price=dict(zip(ids, scores, strict=True)))
    return plan.matrix(accounts(len(ids)), of=ids, ratings=judged, among=ids).table


def test_on_the_spread_of_the_accounts_four_fifths_fill_ten_to_ninety():
    # eleven ratings from 3 to 4: the second and the tenth are a tenth from either end
    table = spread([3 + i / 10 for i in range(11)])
    assert table["strength"].tolist() == pytest.approx([10 * i for i in range(11)])
    assert table["attractiveness"].tolist() == pytest.approx([10 * i for i in range(11)])
    assert table["cell"].tolist() == ["streamline"] * 5 + ["strategic"] * 6


def test_the_interval_is_stretched_with_the_axis():
    table = spread([1 + i / 5 for i in range(11)])
    # ratings of 1 to 3 are 0 to 50 points of strength, but half of it is a wallet nobody knows:
    # 25 points to 100, each of them four, off by half of 12.5 and of 28.9
    error = 4 * np.sqrt(12.5**2 + 100**2 / 12) / 2
    middle = table.iloc[5]
    assert middle["strength"] == pytest.approx(50)
    assert middle["strength_high"] == min(100, 50 + 1.645 * error)
    assert not table["cell_sure"].any()


def test_neighbours_make_the_scale_and_are_not_placed():
    judged = ratings(price={f"{i}": 1 + i / 4 for i in range(11)})
    among = [f"{i}" for i in range(11)]
    table = plan.matrix(accounts(12), of=["8", "10"], ratings=judged, among=among).table
    assert table["account_id"].tolist() == ["8", "10"]
    assert table["strength"].tolist() == pytest.approx([80, 100])


def test_where_all_are_rated_alike_there_is_no_matrix():
    with pytest.raises(MissingTable, match="Nothing tells the accounts apart"):
        spread([3.0] * 11)


@pytest.mark.parametrize(
    ("fit", "price", "cell"),
    [(5, 5, "strategic"), (5, 1, "star"), (1, 5, "status"), (1, 1, "streamline")],
)
def test_the_four_fields(fit, price, cell):
    base = accounts().assign(change=[-20.0, 5.0, 5.0, 5.0])
    judged = ratings(
        fit={"0": fit, "2": 1.0, "3": 5.0}, need={"0": fit}, price={"0": price}, range={"0": price}
    )
    row = plan.matrix(base, of=["0"], ratings=judged).table.iloc[0]
    assert row["cell"] == cell


def test_the_customer_view_needs_a_wallet_and_an_answer():
    wallet = pd.DataFrame({"account_id": ["0", "1", "2"], "share_of_wallet": [0.6, 0.6, 0.1]})
    asked = pd.DataFrame({"account_id": ["0", "1", "2"], "commitment": [3.0, 1.0, 4.0]})
    table = plan.matrix(accounts(), of=["0", "1", "2", "3"], wallet=wallet, relations=asked).table
    assert table["customer_view"].tolist() == [
        "view_strategic",
        "view_leverage",
        "view_bottleneck",
        "unknown",
    ]


def test_movement_stands_beside_the_place_today():
    wallet = pd.DataFrame({"account_id": ["3"], "share_of_wallet": [0.4]})
    now = plan.matrix(accounts(), of=["3"], wallet=wallet).table
    old = basis(accounts(), matrix=now.assign(attractiveness=10.0, strength=20.0))
    moved = plan.moved_matrix(old, now).iloc[0]
    assert (moved["attractiveness_before"], moved["strength_before"]) == (10.0, 20.0)
