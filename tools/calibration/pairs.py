"""Pairs of ``grow.affinity`` on ledgers where nothing goes together, and where pairs are planted.

``python -m tools.calibration.pairs`` prints the table in full.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.grow import rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bought = NDArray[np.int64]
    World = Callable[[np.random.Generator, int, int], Bought]

LEVEL = 0.05
"""The share of false pairs that is promised: of noise, the ledgers with any pair at all."""

FOUND = 0.8
"""The share of planted pairs that is to be found."""

SIZES = {"small": 1, "full": 10}
"""How many times as many ledgers."""

_LEAST = 10


def rows(size: str = "small", seed: int = 13) -> list[dict[str, object]]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal``, ``measured`` and ``n``, the ledgers or pairs that it
    was measured on.
    """
    times = SIZES[size]
    table = [_false("alike", (2_000, 1_000), 2 * times, seed)]
    for world in ("broad and narrow", "many and few lines", "scaled"):
        shapes = ((400, 12), (1_200, 12), (1_200, 40), (4_000, 40))
        table += [_false(world, shape, 10 * times, seed) for shape in shapes]
        table += _found(world, (1_200, 24), 5 * times, seed)
    return table


def alike(rng: np.random.Generator, baskets: int, items: int) -> Bought:
    """Return baskets (rows) that hold each item by its own chance, independent of all others."""
    return (rng.random((baskets, items)) < rng.beta(1, 30, items)).astype(np.int64)


def broad_and_narrow(rng: np.random.Generator, baskets: int, items: int) -> Bought:
    """Return accounts of unequal breadth: the logit of a purchase is account plus item."""
    logit = rng.normal(-0.5, 1.5, (baskets, 1)) + rng.normal(0, 1, items)
    return (rng.random((baskets, items)) < 1 / (1 + np.exp(-logit))).astype(np.int64)


def many_and_few_lines(rng: np.random.Generator, baskets: int, items: int) -> Bought:
    """Return accounts with lognormal numbers of lines, each line of an item by its share alone."""
    lines = rng.lognormal(2, 1.2, (baskets, 1)) * rng.dirichlet(np.full(items, 1.5))
    return (rng.poisson(lines) > 0).astype(np.int64)


def scaled(rng: np.random.Generator, baskets: int, items: int) -> Bought:
    """Return accounts that buy every item by its chance times a factor of their own."""
    chance = rng.beta(2, 2, (baskets, 1)) * rng.uniform(0.2, 1, items)
    return (rng.random((baskets, items)) < chance).astype(np.int64)


def planted(bought: Bought, rng: np.random.Generator, pairs: int, share: float) -> Bought:
    """Return the baskets in which ``share`` of those with item 2i get item 2i + 1, for each pair.

    >>> planted(np.array([[1, 0], [0, 0]]), np.random.default_rng(1), 1, 1.0).tolist()
    [[1, 1], [0, 0]]
    """
    follows = bought.copy()
    for first in range(0, 2 * pairs, 2):
        more = (bought[:, first] == 1) & (rng.random(len(bought)) < share)
        follows[more, first + 1] = 1
    return follows


def held(bought: Bought, least: int = _LEAST) -> set[tuple[int, int]]:
    """Return the pairs that hold, the places of both items in rising order.

    >>> twins = np.repeat([[1, 1, 0], [0, 0, 1]], 30, axis=0)
    >>> held(twins)
    {(0, 1)}
    """
    kept = np.flatnonzero(bought.sum(axis=0) >= least)
    inside = bought[:, kept]
    first, second = np.triu_indices(len(kept), 1)
    both = (inside.T @ inside)[first, second]
    seen = both > 0
    singles = pd.DataFrame({"item": kept, "n": inside.sum(axis=0)})
    pairs = pd.DataFrame({"item": kept[first], "other": kept[second], "n": both})[seen]
    basket, place = inside.nonzero()
    wide = pd.DataFrame({"items": inside.sum(axis=1)[basket], "item": kept[place]})
    breadths = wide.value_counts().rename("n").reset_index()
    table = rules(singles, pairs, len(bought), least=least, breadths=breadths)
    sure = table[table["holds"] & (table["leader"] < table["follower"])]
    return set(zip(sure["leader"].tolist(), sure["follower"].tolist(), strict=True))


def _false(world: str, size: tuple[int, int], ledgers: int, seed: int) -> dict[str, object]:
    """Return how many ledgers without any pair are told to have one."""
    rng = np.random.default_rng(seed)
    wrong = [bool(held(WORLDS[world](rng, *size))) for _ledger in range(ledgers)]
    measured = float(np.mean(wrong))
    return _row("ledgers of noise with a pair", _called(world, size), LEVEL, measured, ledgers)


def _found(world: str, size: tuple[int, int], ledgers: int, seed: int) -> list[dict[str, object]]:
    """Return how many of the planted pairs are found, and how many of the found are false."""
    rng = np.random.default_rng(seed)
    count = size[1] // 6
    true = {(2 * place, 2 * place + 1) for place in range(count)}
    right, false = [], []
    for _ledger in range(ledgers):
        sure = held(planted(WORLDS[world](rng, *size), rng, count, 0.4))
        right.append(len(sure & true) / count)
        false.append(len(sure - true) / max(len(sure), 1))
    condition = f"{_called(world, size)}, {count} pairs planted"
    found, wrong = float(np.mean(right)), float(np.mean(false))
    return [
        _row("planted pairs found", condition, FOUND, found, ledgers * count),
        _row("false among the pairs found", condition, LEVEL, wrong, ledgers),
    ]


def _called(world: str, size: tuple[int, int]) -> str:
    return f"{world}, {size[0]} baskets, {size[1]} items"


def _row(
    measure: str, condition: str, nominal: float, measured: float, n: int
) -> dict[str, object]:
    return {
        "measure": measure,
        "condition": condition,
        "nominal": nominal,
        "measured": measured,
        "n": n,
    }


WORLDS: dict[str, World] = {
    "alike": alike,
    "broad and narrow": broad_and_narrow,
    "many and few lines": many_and_few_lines,
    "scaled": scaled,
}
"""Ledgers in which no two items go together."""

if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(4).to_string() + "\n")
