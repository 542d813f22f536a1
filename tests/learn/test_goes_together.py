"""Lesson 9: pairs counted again from the ledger; what is asked by hand, by hand."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT, UNREAD, WRONG
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def bought() -> pd.DataFrame:
    """Whether each account (a chain as one) bought of each group: more than nothing, net."""
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    lines["whose"] = lines["parent_id"].fillna(lines["account_id"])
    lines["amount"] = lines["amount"].astype(float)
    sums = lines.pivot_table(
        index="whose", columns="category", values="amount", aggfunc="sum", fill_value=0.0
    )
    positive = sums > 0
    return positive[positive.any(axis=1)]


def lift(bought: pd.DataFrame, one: str, other: str) -> float:
    both = (bought[one] & bought[other]).mean()
    return both / bought[one].mean() / bought[other].mean()


def test_the_lift_of_the_surest_pair(practice, bought):
    asked = asked_in("09.lift", practice)
    value = lift(bought, "Sveiseutstyr", "Slipemidler")
    assert asked.check(value).state == RIGHT
    # another line that says the same
    line = "pairs.both_baskets[0] * n / pairs.leader_baskets[0] / pairs.follower_baskets[0]"
    assert asked.check(line).state == RIGHT
    assert asked.check("pairs.both_baskets[0] / n").state == WRONG
    assert asked.check("pairs.nothing[0]").state == UNREAD


def test_the_pairs_above_one(practice, bought):
    above = sum(lift(bought, one, other) > 1 for one, other in combinations(bought.columns, 2))
    asked = asked_in("09.above_one", practice)
    assert asked.check(above).state == RIGHT
    assert asked.check(2 * above).state == WRONG


def test_what_breadth_alone_would_give(practice, bought):
    """By simulation: swaps among equally broad accounts, which keep how many buy each group."""
    import numpy as np

    rng, steps = np.random.default_rng(5), 160_000
    table = bought.to_numpy().copy()
    first, second = (list(bought.columns).index(one) for one in ("Sveiseutstyr", "Slipemidler"))
    breadth = table.sum(axis=1)
    alike = {n: np.flatnonzero(breadth == n) for n in np.unique(breadth)}
    rows = rng.integers(len(table), size=steps).tolist()
    groups = rng.integers(table.shape[1], size=(steps, 2)).tolist()
    luck, counts = rng.random(steps).tolist(), []
    for step, (one, (a, b)) in enumerate(zip(rows, groups, strict=True)):
        mates = alike[breadth[one]]
        other = mates[int(luck[step] * len(mates))]
        if table[one, a] and table[other, b] and not table[one, b] and not table[other, a]:
            table[one, a] = table[other, b] = False
            table[one, b] = table[other, a] = True
        if step > 60_000 and step % 500 == 0:
            counts.append((table[:, first] & table[:, second]).sum())
    asked = asked_in("09.by_breadth", practice)
    assert abs(asked._kind.right - sum(counts) / len(counts)) < 8
    both = int((bought["Sveiseutstyr"] & bought["Slipemidler"]).sum())
    assert asked.check(both).state == WRONG


def test_how_much_further_ahead_by_products(practice):
    table = practice.analysis.product_recommendation_check.table.set_index("method")
    ahead = table.loc["by_affinity", "recall"] - table.loc["most_popular", "recall"]
    asked = asked_in("09.ahead", practice)
    assert asked.check(f"{100 * ahead:.1f}").state == RIGHT
    assert asked.check(f"{100 * table.loc['by_affinity', 'recall']:.1f}").state == WRONG


@pytest.mark.parametrize(
    ("code", "answer", "wrong"),
    [
        ("09.by_hand", "1,5", "0,45"),  # 18 where 12 were to be expected
        ("09.false_ones", 2, 38),  # 5% of 40
    ],
)
def test_on_paper(practice, code, answer, wrong):
    asked = asked_in(code, practice)
    assert asked.check(answer).state == RIGHT
    assert asked.check(wrong).state == WRONG
