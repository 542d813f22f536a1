"""How often two items meet by chance when baskets stay as broad and items as popular as they are.

A customer who buys widely has most pairs of items, so breadth alone makes items meet. The chance
here is that of all tables of baskets and items with the same row sums, and among baskets about as
broad the same column sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

_ROUNDS, _STEPS, _CLOSE = 200, 5, 1e-8
_FAR = 30.0  # a logit: 1e-13 from certain
_CELLS = 4_000_000
_EVEN = 1e-2
_FEWEST, _MOST = 100, 10


def met_by_chance(
    breadth: Floats, counts: Floats, first: Places, second: Places, both: Floats
) -> tuple[Floats, Floats]:
    """Return how many baskets with both items chance gives, and the chance of ``both`` or more.

    ``breadth`` has the numbers of items that baskets have, rising; ``counts`` for each of them
    (row) the baskets that have each item (column); ``first`` and ``second`` are the columns of a
    pair. Baskets are divided by breadth into at most ten classes of at least 100. In each class
    an item's probability in a basket has the logit a + b, fitted so that all sums are met (Rasch
    1960; the bipartite configuration model of Saracco et al. 2015). Pairs in one basket are joined
    as by Hájek (1964), since its breadth is fixed. The variance is that of the count with both
    sums held, the tail that of a gamma distribution with the count's mean, variance and skewness
    (Pearson's type III), half a basket taken off. Without classes accounts whose breadth comes
    from their number of lines would show false pairs.

    >>> one = np.array([0]), np.array([1])  # of four items, each in ten of 40 and ten of 20 baskets
    >>> mean, chance = met_by_chance(np.array([1.0, 2]), np.full((2, 4), 10.0), *one, np.array([9]))
    >>> bool(round(mean[0], 6) == round(20 / 6, 6)), bool(chance[0] < 0.002)
    (True, True)
    """
    mean, variance, third = np.zeros((3, len(both)))
    baskets = counts.sum(axis=1) / breadth
    for rows in _classes(baskets):
        sizes, group, many = np.unique(
            counts[rows].sum(axis=0), return_inverse=True, return_counts=True
        )
        p = _fitted(breadth[rows], baskets[rows], sizes, many.astype(np.float64))
        # items bought equally often are alike, so each pair of sizes is worked out once
        ends = np.minimum(group[first], group[second]), np.maximum(group[first], group[second])
        code, back = np.unique(ends[0] * len(sizes) + ends[1], return_inverse=True)
        pairs = np.column_stack(np.divmod(code, len(sizes)))
        parts = [part[back] for part in _moments(p, baskets[rows], many, pairs)]
        mean, variance, third = mean + parts[0], variance + parts[1], third + parts[2]
    return mean, _tail(both, mean, variance, third)


def _classes(baskets: Floats) -> list[Places]:
    """Return the rows of each class: neighbours in breadth, about as many baskets in each.

    >>> [rows.tolist() for rows in _classes(np.array([150.0, 10, 90, 200]))]
    [[0], [1, 2], [3]]
    """
    whole = float(baskets.sum())
    classes = max(1, min(_MOST, int(whole // _FEWEST)))
    middle = np.cumsum(baskets) - baskets / 2
    position = np.minimum((middle / whole * classes).astype(np.int64), classes - 1)
    return [np.flatnonzero(position == one) for one in np.unique(position)]


def _fitted(breadth: Floats, weights: Floats, sizes: Floats, many: Floats) -> Floats:
    """Return the probability of an item of each size (column) in a basket of each breadth."""
    own = np.log((breadth + 0.5) / (many.sum() - breadth + 0.5))
    other = np.zeros(len(sizes))
    for _round in range(_ROUNDS):
        before = other
        own = _solved(own, other, many, breadth)
        other = _solved(other, own, weights, sizes)
        if np.abs(other - before).max(initial=0.0) < _CLOSE:
            break
    return _likely(own[:, None] + other)


def _solved(start: Floats, others: Floats, weights: Floats, wanted: Floats) -> Floats:
    """Return each x whose weighted probabilities add up to what is wanted, by Newton's steps."""
    x = start
    for _step in range(_STEPS):
        p = _likely(x[:, None] + others)
        gap, slope = p @ weights - wanted, (p * (1 - p)) @ weights
        x = np.clip(x - np.clip(gap / np.maximum(slope, 1e-12), -1, 1), -_FAR, _FAR)
    return np.where(wanted >= weights.sum(), _FAR, x)


def _likely(logit: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(np.clip(logit, -_FAR, _FAR)), dtype=np.float64)


def _moments(
    p: Floats, weights: Floats, many: Places, pairs: Places
) -> tuple[Floats, Floats, Floats]:
    """Return mean, variance and third central moment of the baskets with both of each pair."""
    w, v = weights[:, None], p * (1 - p)
    free = np.maximum(v @ many, 1e-300)[:, None]
    # pairs of K equal items and r of them in a basket are exact with this: r (r - 1) / K (K - 1)
    drawn = np.maximum(free - (v**2 @ many)[:, None] / free, 1e-300)
    spread = np.maximum((w * v).sum(axis=0), 1e-300)
    moments = [(np.zeros(0),) * 3]
    block = max(1, _CELLS // len(p))
    for start in range(0, len(pairs), block):
        a, b = pairs[start : start + block].T
        meet = v[:, a] * v[:, b]
        mean = (w * np.maximum(p[:, a] * p[:, b] - meet / drawn, 0.0)).sum(axis=0)
        # what breadth and popularity, which are held, leave of the linear part
        one = p[:, b] - (w * v[:, a] * p[:, b]).sum(axis=0) / spread[a]
        two = p[:, a] - (w * v[:, b] * p[:, a]).sum(axis=0) / spread[b]
        rows = v[:, a] * one + v[:, b] * two
        linear = v[:, a] * one**2 + v[:, b] * two**2 - rows**2 / free
        variance = (w * (meet + np.maximum(linear, 0.0))).sum(axis=0)
        third = (w * meet * (1 - 2 * p[:, a]) * (1 - 2 * p[:, b])).sum(axis=0)
        moments.append((mean, variance * weights.sum() / max(weights.sum() - 1, 1), third))
    mean, variance, third = (np.concatenate(part) for part in zip(*moments, strict=True))
    return mean, variance, third


def _tail(both: Floats, mean: Floats, variance: Floats, third: Floats) -> Floats:
    from scipy.special import gammaincc, ndtr

    sd = np.sqrt(np.maximum(variance, 1e-12))
    above, skew = (both - 0.5 - mean) / sd, third / sd**3
    shape = 4 / np.maximum(skew, _EVEN) ** 2
    long = gammaincc(shape, np.maximum(shape + above * np.sqrt(shape), 0.0))
    return np.asarray(np.where(skew > _EVEN, long, ndtr(-above)), dtype=np.float64)
