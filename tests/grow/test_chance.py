"""How often items meet by chance: against every table with the same sums, and on noise."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from kamkit import grow, open_case
from kamkit.grow.chance import met_by_chance
from tools.calibration import pairs


def pair(bought: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return breadths, the baskets of each breadth with each item, and the pairs of items."""
    breadth = bought.sum(axis=1)
    rows = np.unique(breadth[breadth > 0])
    counts = np.array([bought[breadth == one].sum(axis=0) for one in rows], dtype=float)
    return rows.astype(float), counts, np.array(list(combinations(range(bought.shape[1]), 2))).T


def swapped(bought: np.ndarray, rng: np.random.Generator, trades: int) -> np.ndarray:
    """Return a table with the same sums by Curveball (Strona et al. 2014): two baskets trade."""
    table = bought.copy()
    for _trade in range(trades):
        one, two = rng.choice(len(table), 2, replace=False)
        own = np.flatnonzero(table[one] != table[two])
        gets = rng.permutation(own)[: int(table[one, own].sum())]
        table[one, own], table[two, own] = 0, 1
        table[one, gets], table[two, gets] = 1, 0
    return table


def test_the_mean_is_that_of_all_tables_with_the_same_sums():
    # four baskets of 1, 1, 2 and 3 of four items; the items are in 2, 2, 2 and 1
    sums, items = (1, 1, 2, 3), (2, 2, 2, 1)
    row = [list(combinations(range(4), many)) for many in sums]
    met = [
        sum(0 in one and 1 in one for one in table)
        for table in product(*row)
        if tuple(sum(item in one for one in table) for item in range(4)) == items
    ]
    counts = np.array([[0.0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]])  # any table with these sums
    first, second = np.array([0]), np.array([1])
    mean, _p = met_by_chance(np.array([1.0, 2, 3]), counts, first, second, np.array([1.0]))
    assert mean[0] == pytest.approx(np.mean(met), abs=0.1)


@pytest.mark.parametrize("items", [6, 25])
def test_mean_and_chance_are_those_of_swapped_tables(items):
    rng = np.random.default_rng(2)
    bought = pairs.broad_and_narrow(rng, 150, items)
    breadth, counts, (first, second) = pair(bought)
    table, drawn = bought, []
    for _table in range(150):
        table = swapped(table, rng, 300)
        drawn.append((table.T @ table)[first, second])
    both = np.array(drawn, dtype=float)
    found = [met_by_chance(breadth, counts, first, second, one) for one in both]
    off = (found[0][0] - both.mean(axis=0)) / both.std(axis=0)
    assert np.abs(off).max() < 0.35
    assert abs(off.mean()) < 0.1
    chances = np.array([chance for _mean, chance in found])
    assert 0.02 < (chances <= 0.05).mean() <= 0.055
    assert (chances <= 0.01).mean() <= 0.012


def test_baskets_with_everything_and_items_in_every_basket_are_no_pair():
    # A is everywhere, and ten baskets have all
    bought = np.array([[1, 1, 1]] * 10 + [[1, 1, 0], [1, 0, 1]] * 10)
    breadth, counts, (first, second) = pair(bought)
    both = (bought.T @ bought)[first, second].astype(float)
    mean, chance = met_by_chance(breadth, counts, first, second, both)
    assert mean == pytest.approx([20, 20, 10], abs=1e-3)
    assert (chance > 0.4).all()


def test_two_thousand_baskets_of_a_thousand_independent_products_have_no_pair():
    lines = pairs.alike(np.random.default_rng(0), 2_000, 1_000)
    basket, product_id = lines.nonzero()
    sales = pd.DataFrame(
        {"account_id": basket.astype(str), "product_id": product_id.astype(str), "amount": 1.0}
    ).assign(date="2025-01-02")
    found = grow.affinity(open_case(sales), items="product")
    assert len(found.table) > 1_000
    assert not found.table["holds"].any()


def test_breadth_alone_makes_no_pair():
    # as if all accounts were alike, all 66 pairs of independent items would hold
    bought = pairs.broad_and_narrow(np.random.default_rng(3), 1_200, 12)
    account, item = bought.nonzero()
    sales = pd.DataFrame(
        {"account_id": account.astype(str), "category": item.astype(str), "amount": 1.0}
    ).assign(date="2025-01-02")
    table = grow.affinity(open_case(sales)).table
    assert (table["lift"] > 1.05).all()
    assert not table["holds"].any()


@pytest.mark.proof
def test_the_table_of_calibration_is_within_its_bounds():
    table = pd.DataFrame(pairs.rows())
    assert list(table) == ["measure", "condition", "nominal", "measured", "n"]
    noise = table[table["measure"] == "ledgers of noise with a pair"]
    # of 122 ledgers at most 5 % and two standard errors
    assert (noise["measured"] * noise["n"]).sum() / noise["n"].sum() <= 0.05 + 2 * 0.02
    false = table[table["measure"] == "false among the pairs found"]
    assert false["measured"].mean() <= pairs.LEVEL
    found = table[table["measure"] == "planted pairs found"]
    assert (found["measured"] >= pairs.FOUND).all()
