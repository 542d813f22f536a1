"""Pareto/NBD: an account buys at random until it leaves, at a moment that nobody sees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from kamkit.value.repeat_model import Histories, RepeatModel, broadcast

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_DEEPEST = 30.0  # the integrand below e^-30 of its start adds nothing
_NEWTON = 8
_ROWS = 2_048
# nodes, for an interval up to so long and an integrand that changes by up to e to so much
_RULES = ((8, 1.0, 4.0), (12, 3.0, 12.0), (20, np.inf, np.inf))


@dataclass(frozen=True)
class ParetoNbd(RepeatModel):
    """The Pareto/NBD model.

    While active an account buys at a rate of its own, the rates being gamma distributed (shape
    ``r``, ``alpha`` in units of time); it leaves at a rate of its own, these being gamma
    distributed too (``s``, ``beta`` in units of time). Source: Schmittlein, Morrison and Colombo
    (1987).

    >>> model = ParetoNbd(0.553, 10.578, 0.606, 11.669)
    >>> round(float(model.probability_alive(0, 0, 39)), 3)
    0.294
    >>> round(float(model.expected_purchases_new(52)), 2)
    1.47
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    starts: ClassVar[tuple[tuple[float, float, float], ...]] = (
        (0.5, 0.5, 0.4),
        (2.0, 0.5, 2.0),
        (0.2, 2.0, 1.0),
        (1.0, 1.0, 0.1),
    )

    r: float
    alpha: float
    s: float
    beta: float

    @classmethod
    def score(cls, log_parameters: Floats, known: Histories) -> tuple[float, Floats]:
        """Return the log likelihood of all accounts, and its gradient on the log parameters."""
        from scipy.special import digamma, gammaln

        r, alpha, s, beta = np.exp(log_parameters)
        orders, accounts = known.orders, known.at_orders
        total = accounts.sum()
        value = accounts @ (gammaln(r + orders) - gammaln(r))
        value += total * (r * log_parameters[1] + s * log_parameters[3])
        slope = np.array(
            [
                accounts @ (digamma(r + orders) - digamma(r)) + total * log_parameters[1],
                total * r / alpha,
                total * log_parameters[3],
                total * s / beta,
            ]
        )
        parameters = (float(r), float(alpha), float(s), float(beta))
        for first in range(0, len(known.count), _ROWS):
            part = slice(first, first + _ROWS)
            one, its = _part(
                parameters,
                known.frequency[part],
                known.recency[part],
                known.age[part],
                known.count[part],
            )
            value += one
            slope += its
        return float(value), slope * (r, alpha, s, beta)

    def log_likelihoods(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return the log likelihood of each account's history."""
        from scipy.special import gammaln

        x, last, old = broadcast(frequency, recency, age)
        active, left = self._sides(x, last, old)
        alone = gammaln(self.r + x) - gammaln(self.r)
        alone += self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        total: Floats = alone + np.logaddexp(active, left)
        return total

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return the probability that each account is still active."""
        from scipy.special import expit

        active, left = self._sides(*broadcast(frequency, recency, age))
        alive: Floats = expit(active - left)
        return alive

    def expected_purchases(
        self, periods: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Return how often each account is expected to buy in the next ``periods``.

        P(alive) (r + x) / (alpha + T) (beta + T) [1 - ((beta + T) / (beta + T + t))^(s - 1)] /
        (s - 1), whose last part is the logarithm at s = 1.
        """
        time, x, last, old = broadcast(periods, frequency, recency, age)
        grown = np.log1p(time / (self.beta + old))
        power = self.s - 1
        stretch = -np.expm1(-power * grown) / power if abs(power) > 1e-12 else grown
        rate = (self.r + x) / (self.alpha + old)
        return self.probability_alive(x, last, old) * rate * (self.beta + old) * stretch

    def simulate(self, ages: ArrayLike, *, seed: int) -> pd.DataFrame:
        """Return what accounts of these ages do if the model holds: frequency, recency, age."""
        age = np.atleast_1d(np.asarray(ages, dtype=float))
        rng = np.random.default_rng(seed)
        rate = rng.gamma(self.r, 1 / self.alpha, len(age))
        leaving = np.maximum(rng.gamma(self.s, 1 / self.beta, len(age)), 1e-300)
        span = np.minimum(rng.exponential(size=len(age)) / leaving, age)
        bought = rng.poisson(rate * span)
        recency = np.where(bought > 0, span * rng.beta(np.maximum(bought, 1), 1), 0.0)
        return pd.DataFrame({"frequency": bought, "recency": recency, "age": age})

    def _sides(self, x: Floats, last: Floats, old: Floats) -> tuple[Floats, Floats]:
        """Return the two sides of the likelihood, as logarithms: still active, and left before."""
        shape = x.shape
        x, last, old = x.ravel(), last.ravel(), old.ravel()
        active = -(self.r + x) * np.log(self.alpha + old) - self.s * np.log(self.beta + old)
        left = np.empty(len(x))
        parameters = (self.r, self.alpha, self.s, self.beta)
        for first in range(0, len(x), _ROWS):
            part = slice(first, first + _ROWS)
            left[part] = _integrals(parameters, x[part], last[part], old[part])[0]
        return active.reshape(shape), (np.log(self.s) + left).reshape(shape)


def _part(
    parameters: tuple[float, float, float, float],
    x: Floats,
    last: Floats,
    old: Floats,
    count: Floats,
) -> tuple[float, Floats]:
    """Return what some rows add to the log likelihood and to its gradient."""
    r, alpha, s, beta = parameters
    inside, log_alpha, by_alpha, log_beta, by_beta = _integrals(parameters, x, last, old)
    older, oldest = np.log(alpha + old), np.log(beta + old)
    active = -(r + x) * older - s * oldest
    odds = np.log(s) + inside - active
    small = np.exp(-np.abs(odds))
    left = count * np.where(odds > 0, 1.0, small) / (1 + small)
    stays = count - left
    value = count @ (active + np.maximum(odds, 0) + np.log1p(small))
    slope = np.array(
        [
            -(stays @ older + left @ log_alpha),
            -((r + x) @ (stays / (alpha + old) + left * by_alpha)),
            left.sum() / s - stays @ oldest - left @ log_beta,
            -(s * (stays @ (1 / (beta + old))) + (s + 1) * (left @ by_beta)),
        ]
    )
    return float(value), slope


def _integrals(
    parameters: tuple[float, float, float, float], x: Floats, last: Floats, old: Floats
) -> tuple[Floats, ...]:
    """Return the integral behind the likelihood, and four means under it.

    That is the logarithm of the integral of (alpha + y)^-(r + x) (beta + y)^-(s + 1) over y from
    ``last`` to ``old``, and the means of log(alpha + y), 1 / (alpha + y), log(beta + y) and
    1 / (beta + y) with the integrand as weight. Gauss-Legendre in log(min(alpha, beta) + y), in
    which the integrand is nearly exponential whichever of the two is smaller.
    """
    _, alpha, _, beta = parameters
    low = min(alpha, beta)
    length = np.log1p((old - last) / (low + last))
    drop = _drop(parameters, x, last, length)
    length = _cut(parameters, x, last, length, drop)
    deep = np.abs(np.minimum(drop, _DEEPEST))
    out = np.empty((5, len(x)))
    done = np.zeros(len(x), dtype=bool)
    for size, longest, deepest in _RULES:
        rows = np.flatnonzero(~done & (length < longest) & (deep < deepest))
        done[rows] = True
        if len(rows):
            out[:, rows] = _summed(size, parameters, x[rows], last[rows], length[rows])
    inside, log_low, by_low, log_high, by_high = out
    if low == alpha:
        return inside, log_low, by_low, log_high, by_high
    return inside, log_high, by_high, log_low, by_low


def _summed(
    size: int,
    parameters: tuple[float, float, float, float],
    x: Floats,
    last: Floats,
    length: Floats,
) -> tuple[Floats, ...]:
    r, alpha, s, beta = parameters
    low, high = min(alpha, beta), max(alpha, beta)
    powers = (r + x, s + 1) if low == alpha else (s + 1 + 0 * x, r + x)
    nodes, weights = _legendre(size)
    step = length * nodes[:, None]
    grown = np.exp(step)
    base = low + last
    y_low = base * grown
    y_high = y_low + (high - low)
    start = np.log(base)
    log_low = start + step
    log_high = np.log(y_high)
    f = (1 - powers[0]) * log_low - powers[1] * log_high
    top = f.max(axis=0)
    f = np.exp(f - top) * weights[:, None]
    total = f.sum(axis=0)
    with np.errstate(divide="ignore"):
        inside = top + np.log(total) + np.log(length)
    return (
        inside,
        (f * log_low).sum(0) / total,
        (f / y_low).sum(0) / total,
        (f * log_high).sum(0) / total,
        (f / y_high).sum(0) / total,
    )


def _drop(
    parameters: tuple[float, float, float, float], x: Floats, last: Floats, length: Floats
) -> Floats:
    """Return by how much the logarithm of the integrand falls over a length from its start."""
    r, alpha, s, beta = parameters
    gone = (min(alpha, beta) + last) * np.expm1(length)
    fall: Floats = (
        (r + x) * np.log1p(gone / (alpha + last))
        + (s + 1) * np.log1p(gone / (beta + last))
        - length
    )
    return fall


def _cut(
    parameters: tuple[float, float, float, float],
    x: Floats,
    last: Floats,
    length: Floats,
    drop: Floats,
) -> Floats:
    """Shorten intervals to where the integrand counts: Newton from the right of a convex fall."""
    rows = np.flatnonzero(drop > _DEEPEST)
    if not len(rows):
        return length
    r, alpha, s, beta = parameters
    low = min(alpha, beta)
    x, last, cut = x[rows], last[rows], length[rows]
    for _ in range(_NEWTON):
        y = (low + last) * np.exp(cut) - low
        steep = (low + y) * ((r + x) / (alpha + y) + (s + 1) / (beta + y)) - 1
        cut = cut - (_drop(parameters, x, last, cut) - _DEEPEST) / steep
    shorter = length.copy()
    shorter[rows] = cut
    return shorter


@cache
def _legendre(size: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(size)
    return (nodes + 1) / 2, weights / 2
