"""The matrix by hand: means of parts, intervals of judgement, fields at the line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import plan
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


def test_what_nobody_rated_may_be_anything():
    found = plan.matrix(accounts(), of=["0"])
    row = found.table.iloc[0]
    assert row["strength"] == 50
    assert row["strength_high"] - row["strength_low"] == pytest.approx(2 * 1.645 * 100 / 12**0.5)
    assert any("Nobody has rated" in caveat for caveat in found.caveats)
    assert row["cell"] == "unknown"


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
    now = plan.matrix(accounts(), of=["3"]).table
    old = basis(accounts(), matrix=now.assign(attractiveness=10.0, strength=20.0))
    moved = plan.moved_matrix(old, now).iloc[0]
    assert (moved["attractiveness_before"], moved["strength_before"]) == (10.0, 20.0)
