"""BG/NBD and MBG/NBD: an account buys at random, and may leave after any purchase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from kamkit.value.repeat_model import Histories, RepeatModel, broadcast

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_RULES = (16, 32, 64, 128, 256)
_ROWS = 20_000
_TINY = 1e-300
# where Gauss-Jacobi needs too many nodes: long horizons of accounts that are known for a short time
_WIDE, _SPREAD = 30.0, 20.0
_ODDS, _PANELS = (-36.0, 24.0), 30


@dataclass(frozen=True)
class BgNbd(RepeatModel):
    """The beta-geometric/NBD model.

    While active an account buys at a rate of its own, the rates being gamma distributed
    (shape ``r``, ``alpha`` in units of time); after every repeat purchase it leaves for good with
    a probability of its own, these being beta distributed (``a``, ``b``). An account that never
    bought again is active by assumption. Source: Fader, Hardie and Lee (2005).

    >>> model = BgNbd(0.243, 4.414, 0.793, 2.426)
    >>> round(float(model.expected_purchases(39, 2, 30.43, 38.86)), 3)
    1.226
    >>> float(model.probability_alive(0, 0, 52))
    1.0
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    starts: ClassVar[tuple[tuple[float, float, float], ...]] = (
        (0.5, 0.8, 2.5),
        (2.0, 0.3, 3.0),
        (0.2, 1.5, 2.0),
        (1.0, 0.1, 10.0),
    )
    # how many purchases an account has survived besides its repeat purchases
    first: ClassVar[int] = 0

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def score(cls, log_parameters: Floats, known: Histories) -> tuple[float, Floats]:
        """Return the log likelihood of all accounts, and its gradient on the log parameters."""
        from scipy.special import betaln, digamma, gammaln

        r, alpha, a, b = np.exp(log_parameters)
        orders, accounts = known.orders, known.at_orders
        survived = orders + cls.first
        by_age, by_recency = alpha + known.age, alpha + known.recency
        older = np.log(by_age)
        gap = older - np.log(by_recency)
        power = r + known.frequency
        odds = _left_odds(a, b, survived)[known.place] + power * gap
        small = np.exp(-np.abs(odds))
        left = known.count * np.where(odds > 0, 1.0, small) / (1 + small)
        alone = gammaln(r + orders) - gammaln(r) + r * log_parameters[1]
        alone += betaln(a, b + survived) - betaln(a, b)
        value = accounts @ alone
        value += known.count @ (np.maximum(odds, 0) + np.log1p(small) - power * older)
        grown = digamma(a + b) - digamma(a + b + survived)
        at_orders = np.bincount(known.place, weights=left, minlength=len(orders))
        behind = np.where(survived > 0, b + survived - 1, np.inf)
        slope = np.array(
            [
                accounts @ (digamma(r + orders) - digamma(r))
                + accounts.sum() * log_parameters[1]
                - known.count @ older
                + left @ gap,
                accounts.sum() * r / alpha
                - power @ ((known.count - left) / by_age + left / by_recency),
                accounts @ grown + left.sum() / a,
                accounts @ (grown + digamma(b + survived) - digamma(b)) - at_orders @ (1 / behind),
            ]
        )
        return float(value), slope * (r, alpha, a, b)

    def log_likelihoods(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return the log likelihood of each account's history."""
        from scipy.special import betaln, gammaln

        x, last, old = broadcast(frequency, recency, age)
        alone = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha)
        alone += betaln(self.a, self.b + x + self.first) - betaln(self.a, self.b)
        odds = self._odds(x, last, old)
        total: Floats = alone - (self.r + x) * np.log(self.alpha + old) + np.logaddexp(0, odds)
        return total

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return the probability that each account is still active."""
        from scipy.special import expit

        alive: Floats = expit(-self._odds(*broadcast(frequency, recency, age)))
        return alive

    def expected_purchases(
        self, periods: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Return how often each account is expected to buy in the next ``periods``.

        Given that it is active its rate is Gamma(r + x, alpha + T) and its probability of leaving
        Beta(a, b + x), so the expectation is the mean of (1 - (1 + p t / (alpha + T))^-(r + x)) / p
        over p, by Gauss-Jacobi quadrature: the same as the published form with the hypergeometric
        function, without its overflow and without its pole at a = 1.
        """
        time, x, last, old = broadcast(periods, frequency, recency, age)
        mean = _mean_purchases(
            self.r + x.ravel(),
            (time / (self.alpha + old)).ravel(),
            self.a,
            self.b + self.first + x.ravel(),
        )
        return self.probability_alive(x, last, old) * mean.reshape(x.shape)

    def simulate(self, ages: ArrayLike, *, seed: int) -> pd.DataFrame:
        """Return what accounts of these ages do if the model holds: frequency, recency, age."""
        age = np.atleast_1d(np.asarray(ages, dtype=float))
        rng = np.random.default_rng(seed)
        wished = rng.poisson(rng.gamma(self.r, 1 / self.alpha, len(age)) * age)
        leaving = np.maximum(rng.beta(self.a, self.b, len(age)), 1e-15)
        bought = np.minimum(wished, rng.geometric(leaving) - self.first)
        # the last of those bought is one of the moments wished for, which lie evenly over the age
        chance = rng.beta(np.maximum(bought, 1), wished - bought + 1)
        recency = np.where(bought > 0, chance * age, 0.0)
        return pd.DataFrame({"frequency": bought, "recency": recency, "age": age})

    def _odds(self, x: Floats, last: Floats, old: Floats) -> Floats:
        """Return the logarithm of the odds that an account has left."""
        silent = np.log1p((old - last) / (self.alpha + last))
        return _left_odds(self.a, self.b, x + self.first) + (self.r + x) * silent


@dataclass(frozen=True)
class MbgNbd(BgNbd):
    """The modified BG/NBD model: an account may leave after its first purchase too.

    Source: Batislam, Denizel and Filiztekin (2007).

    >>> model = MbgNbd(0.525, 6.183, 0.891, 1.614)
    >>> bool(model.probability_alive(0, 0, 39) < 0.5)
    True
    """

    first: ClassVar[int] = 1


def _left_odds(a: float, b: float, survived: Floats) -> Floats:
    """Return the log odds of having left at once after so many purchases; none, never."""
    with np.errstate(divide="ignore"):
        behind = np.where(survived > 0, b + survived - 1, np.inf)
        odds: Floats = np.log(a) - np.log(behind)
    return odds


def _mean_purchases(power: Floats, reach: Floats, a: float, second: Floats) -> Floats:
    """Return the mean of (1 - (1 + p reach)^-power) / p over p ~ Beta(a, second)."""
    wide = reach * np.maximum(1.0, power / second)
    size = np.searchsorted(_RULES, 10 + 7 * np.sqrt(wide))
    size = np.minimum(size, len(_RULES) - 1)
    if a < _SPREAD:
        size[wide > _WIDE] = len(_RULES)
    mean = np.empty(len(power))
    order = np.lexsort((second, size))
    ends = np.flatnonzero((np.diff(size[order]) != 0) | (np.diff(second[order]) != 0)) + 1
    for rows in np.split(order, ends) if len(order) else []:
        rule, its = size[rows[0]], (a, float(second[rows[0]]))
        nodes, weights = _rule(_RULES[rule], *its) if rule < len(_RULES) else _panels(*its)
        for first in range(0, len(rows), _ROWS):
            part = rows[first : first + _ROWS]
            depth = np.log1p(reach[part, None] * nodes)
            mean[part] = (-np.expm1(-power[part, None] * depth) / nodes) @ weights
    return mean


@lru_cache(maxsize=4096)
def _panels(a: float, b: float) -> tuple[Floats, Floats]:
    """Return nodes and weights for means over Beta(a, b) of what changes at very small p.

    Gauss-Legendre on panels of the log odds of p, with the tails put at their ends.
    """
    from scipy.special import betainc, betaincc, betaln, expit

    edges = np.linspace(*_ODDS, _PANELS + 1)
    nodes, weights = np.polynomial.legendre.leggauss(_RULES[0])
    half = np.diff(edges)[:, None] / 2
    odds = (edges[:-1, None] + half * (nodes + 1)).ravel()
    grown = np.logaddexp(0, odds)
    density = np.exp(a * odds - (a + b) * grown - betaln(a, b))
    ends = expit(np.array(_ODDS))
    tails = np.array([betainc(a, b, ends[0]), betaincc(a, b, ends[1])])
    masses = np.append((half * weights).ravel() * density, tails)
    return np.append(expit(odds), ends), masses


@lru_cache(maxsize=4096)
def _rule(size: int, a: float, b: float) -> tuple[Floats, Floats]:
    """Return nodes and weights for means over Beta(a, b) (Golub and Welsch, 1969)."""
    from scipy.linalg import eigh_tridiagonal

    total = a + b - 2
    k = np.arange(1, size, dtype=float)
    double = 2 * k + total
    middle = np.append(a / (a + b), (2 * k * (k + total + 1) + total * a) / (double * (double + 2)))
    squares = k * (k + b - 1) * (k + a - 1) / (double**2 * (double + 1))
    squares[0] = a * b / ((a + b) ** 2 * (a + b + 1))
    squares[1:] *= (k[1:] + total) / (double[1:] - 1)
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(squares))
    return np.maximum(nodes, _TINY), vectors[0] ** 2
