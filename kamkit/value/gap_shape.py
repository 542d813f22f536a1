"""The gamma shape of the gaps between purchases, from the days that a ledger knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

_NEAR = 8  # gaps of fewer days are integrated, longer ones expanded
_OFTEN = 2.0
"""Who buys on every other day or more shows little of a rhythm: each shape makes a purchase a day.

Below it a second, far larger shape fits as well.
"""

_WAITED = 0.5  # measured: without it shape 0.5 is 0.47 in a year, with all of it 0.51

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2
_GRID = np.arange(6.0, -3.6, -0.25)
_TURNS = 30
_STEP = 0.02
_TAIL = 0.025


@dataclass(frozen=True)
class _Gaps:
    """What an estimate needs of the gaps of each account, in days."""

    count: Floats
    total: Floats
    waiting: Floats  # since the last purchase, at most the longest gap
    near: Floats  # how many gaps have 0, 1, ... days, one row per account
    logs: Floats  # of the longer gaps: sums of ln, 1/gap and 1/gap squared
    inverse: Floats
    squares: Floats

    def of(self, rows: NDArray[np.bool_]) -> _Gaps:
        return _Gaps(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def pooled_shape(gaps: Floats, counts: Counts, silent: Floats) -> tuple[float, float, float] | None:
    """Return the shape that all accounts share and its interval of 95 %.

    ``gaps`` are whole days by account, ``counts`` how many each has, ``silent`` the days since its
    last purchase. Gamma gaps of shape k divided by their sum follow a Dirichlet distribution,
    whatever the mean and wherever the ledger ends, which gives the likelihood equation
    n (psi(nk) - psi(k)) + sum ln g - n ln S = 0. A ledger knows days only: of a gap of D days
    between two purchase days the expected ln g is taken, g having the gamma density times
    1 - abs(g - D); purchases on the same day are one there, so that with p, the chance that a gap
    ends within its day, each n are n/(1 - p) and p of these have the expected ln g of such a gap
    (expectation and maximization; Dempster, Laird and Rubin 1977). Their mean gap, needed for
    these expectations only, is taken from the days bought and waited. Accounts may differ
    (sandwich variance).

    ``None`` where fewer than two accounts have a mean gap of two days or more.

    >>> rng = np.random.default_rng(1)
    >>> moments = np.cumsum(rng.gamma(2, 10, size=(400, 41)), axis=1)
    >>> gaps = np.diff(np.floor(moments), axis=1)
    >>> shape, low, high = pooled_shape(gaps[gaps > 0], (gaps > 0).sum(axis=1), np.zeros(400))
    >>> low < 2 < high, bool(high / low < 1.1)
    (True, True)
    """
    from scipy.special import stdtrit

    known = _summed(gaps, counts, silent)
    known = known.of(known.total / known.count >= _OFTEN)
    accounts = len(known.count)
    if accounts < 2:
        return None
    log = _root(known)
    slope = (_score(known, log - _STEP).sum() - _score(known, log + _STEP).sum()) / (2 * _STEP)
    error = float(np.sqrt((_score(known, log) ** 2).sum()) / abs(slope))
    wide = float(stdtrit(accounts - 1, 1 - _TAIL)) * error
    return float(np.exp(log)), float(np.exp(log - wide)), float(np.exp(log + wide))


def _summed(gaps: Floats, counts: Counts, silent: Floats) -> _Gaps:
    starts = np.cumsum(counts) - counts
    row = np.repeat(np.arange(len(counts)), counts)
    far = gaps >= _NEAR
    near = np.zeros((len(counts), _NEAR))
    np.add.at(near, (row[~far], gaps[~far].astype(np.int64)), 1)

    def sums(values: Floats) -> Floats:
        return np.bincount(row[far], values, minlength=len(counts)).astype(np.float64)

    return _Gaps(
        count=counts.astype(np.float64),
        total=np.add.reduceat(gaps, starts),
        waiting=np.minimum(silent, np.maximum.reduceat(gaps, starts)),
        near=near,
        logs=sums(np.log(gaps[far])),
        inverse=sums(1 / gaps[far]),
        squares=sums(1 / gaps[far] ** 2),
    )


def _root(known: _Gaps) -> float:
    """Return the logarithm of the shape at which the scores add up to zero, the largest one.

    A clock has none: the largest shape that is looked at.
    """
    from scipy.optimize import brentq

    def total(log: float) -> float:
        return float(_score(known, log).sum())

    above = _GRID[0]
    if total(above) >= 0:
        return float(above)
    for below in _GRID[1:]:
        if total(below) >= 0:
            return float(brentq(total, below, above, xtol=1e-5))
        above = below
    return float(above)


def _score(known: _Gaps, log: float) -> Floats:
    """Return the derivative of each account's likelihood at the shape, given the days."""
    from scipy.special import psi

    shape = float(np.exp(log))
    mean, same = _mean_gap(known, shape)
    rate = shape / mean
    hidden = known.count * same / (1 - same)
    whole = known.count + hidden
    logs = hidden * _log_within_a_day(shape, rate) + known.logs
    logs += known.squares * ((shape - 1) / 6 - 1 / 12) - known.inverse * rate / 6
    for days in range(1, _NEAR):
        rows = np.flatnonzero(known.near[:, days])
        logs[rows] += known.near[rows, days] * _log_of_days(days, shape, rate[rows])
    score: Floats = whole * (psi(whole * shape) - psi(shape)) + logs - whole * np.log(known.total)
    return score * shape


def _mean_gap(known: _Gaps, shape: float) -> tuple[Floats, Floats]:
    """Return each account's mean gap and the chance that one ends within its day.

    Wherever a purchase lies in its day, the chance is E[max(1 - g, 0)]. Accounts that buy in
    bursts are seen in one when they are counted: half of the time waited since is added, the less
    the more regular they are.
    """
    from scipy.special import gammainc

    time = known.total + _WAITED * known.waiting * min(1.0, 1 / shape)
    mean, same = time / known.count, np.zeros_like(time)
    for _turn in range(_TURNS):
        rate = shape / mean
        same = np.clip(gammainc(shape, rate) - mean * gammainc(shape + 1, rate), 0.0, 0.99)
        mean = time * (1 - same) / known.count
    return mean, same


def _log_within_a_day(shape: float, rate: Floats) -> Floats:
    """Return the expected ln of a gap that ends within its day; g = y^(2/k) takes the pole away."""
    gap = _NODES ** (2 / shape)
    weight = _WEIGHTS * _NODES * (1 - gap) * np.exp(-rate[:, None] * gap)
    return np.asarray((weight * np.log(gap)).sum(axis=1) / weight.sum(axis=1))


def _log_of_days(days: int, shape: float, rate: Floats) -> Floats:
    """Return the expected ln of a gap between purchases so many days apart."""
    gap = np.concatenate([days - 1 + _NODES, days + _NODES])
    slope = np.concatenate([_NODES * _WEIGHTS, (1 - _NODES) * _WEIGHTS])
    weight = np.log(slope) + (shape - 1) * np.log(gap) - rate[:, None] * gap
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    return np.asarray((weight * np.log(gap)).sum(axis=1) / weight.sum(axis=1))
