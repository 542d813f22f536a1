"""What every model of repeat buying answers about an account, and how its answers are discounted.

An account is told by three numbers: ``frequency``, how often it bought again; ``recency``, the time
from its first to its last purchase; ``age``, the time from its first purchase to now. All times
are in one unit, the one the model was fitted in (weeks everywhere in kamkit).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.value.fitting import FittedModel

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_NODES = 16
_UNITS = (1, 7)  # whole days, told in days or in weeks
_KEPT = 2_000
_COARSE = 4_000


@dataclass(frozen=True)
class Histories:
    """Distinct histories with the number of accounts that share each.

    ``orders`` holds each frequency once, ``at_orders`` how many accounts have it, and ``place``
    where in it each history stands: what depends on frequency alone is computed once for each.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    count: Floats
    orders: Floats
    at_orders: Floats
    place: NDArray[np.intp]

    @classmethod
    def of(
        cls, frequency: Floats, recency: Floats, age: Floats, count: Floats | None = None
    ) -> Histories:
        """Return histories as they are, one account each unless ``count`` says otherwise."""
        weight = np.ones(len(frequency)) if count is None else count
        orders, position = np.unique(frequency, return_inverse=True)
        totals = np.bincount(position, weights=weight, minlength=len(orders)).astype(np.float64)
        return cls(frequency, recency, age, weight, orders, totals, position)

    @classmethod
    def distinct(cls, frequency: Floats, recency: Floats, age: Floats) -> Histories:
        """Return each history once. A million accounts with dates have some hundred thousand."""
        for unit in _UNITS:
            days = [np.rint(column * unit) for column in (recency, age)]
            whole = all(
                np.abs(day - column * unit).max(initial=0) < 1e-6
                for day, column in zip(days, (recency, age), strict=True)
            )
            if whole:
                return cls._packed(frequency, days[0], days[1], unit)
        order = np.lexsort((age, recency, frequency))
        rows = np.stack([frequency, recency, age])[:, order]
        new = np.append(True, (rows[:, 1:] != rows[:, :-1]).any(axis=0))
        starts = np.flatnonzero(new)
        count = np.diff(np.append(starts, len(frequency))).astype(np.float64)
        return cls.of(frequency[order][starts], recency[order][starts], age[order][starts], count)

    @classmethod
    def _packed(cls, frequency: Floats, recency: Floats, age: Floats, unit: int) -> Histories:
        span = int(age.max(initial=0)) + 1
        key = (frequency * span + recency).astype(np.int64) * span + age.astype(np.int64)
        keys, count = np.unique(key, return_counts=True)
        rest, last = np.divmod(keys, span)
        orders, days = np.divmod(rest, span)
        return cls.of(orders.astype(np.float64), days / unit, last / unit, count.astype(np.float64))

    def scaled(self, unit: float) -> Histories:
        """Return the same histories with times told in another unit."""
        return Histories(
            self.frequency,
            self.recency / unit,
            self.age / unit,
            self.count,
            self.orders,
            self.at_orders,
            self.place,
        )

    def coarse(self) -> Histories:
        """Return 4,000 to 6,000 histories that stand for all.

        Those that most accounts share, and of the rest one in so many, in the order of the rows
        and weighted up, so that the weights add up to the number of accounts.
        """
        if len(self.count) <= _KEPT + _COARSE:
            return self
        order = np.argsort(-self.count, kind="stable")
        kept, rest = order[:_KEPT], np.sort(order[_KEPT:])
        stride = -(-len(rest) // _COARSE)
        some = rest[stride // 2 :: stride]
        weight = self.count[rest].sum() / self.count[some].sum()
        chosen = np.concatenate([kept, some])
        count = np.concatenate([self.count[kept], self.count[some] * weight])
        return Histories.of(self.frequency[chosen], self.recency[chosen], self.age[chosen], count)


@dataclass(frozen=True)
class RepeatModel(FittedModel, ABC):
    """A model of repeat buying: how often accounts buy while active, and when they leave.

    The arguments are numbers or arrays that broadcast against each other; so is the answer, which
    is never NaN for ``0 <= recency <= age``.
    """

    @classmethod
    @abstractmethod
    def score(cls, log_parameters: Floats, known: Histories) -> tuple[float, Floats]:
        """Return the log likelihood of all accounts, and its gradient."""

    @abstractmethod
    def log_likelihoods(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return the log likelihood of each account's history."""

    @abstractmethod
    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return the probability that each account is still active."""

    @abstractmethod
    def expected_purchases(
        self, periods: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Return how often each account is expected to buy in the next ``periods``.

        E[Y(t) | x, t_x, T], the probability of being active included.
        """

    def expected_purchases_new(self, periods: ArrayLike) -> Floats:
        """Return how often a new account is expected to buy again in ``periods``: E[X(t)]."""
        return self.expected_purchases(periods, 0.0, 0.0, 0.0)

    def discounted_expected_purchases(
        self, rate: float, periods: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Return the expected purchases of the next ``periods``, each discounted to now.

        ``rate`` is per period, 0.002 a week for example: a purchase after t periods counts
        1 / (1 + rate)^t. The integral of the discount over the expectation is taken by parts, so
        that at rate 0 it is ``expected_purchases`` itself, with 16 Gauss-Legendre nodes that lie
        closer together near now. Raises ``ParameterError`` for a rate of -1 or less, or for no
        periods.
        """
        if not rate > -1 or not periods > 0:
            raise ParameterError(
                _("A rate per period and a number of periods are needed."),
                found=_(
                    "rate {rate}, {periods} periods",
                    rate=number(rate, 4),
                    periods=number(periods, 1),
                ),
                wanted=_("a rate above -1 and more than no periods"),
                remedy=_("Give the rate as a fraction, 0.002 for 0.2% a week."),
            )
        growth = float(np.log1p(rate))
        history = (frequency, recency, age)
        total: Floats = np.exp(-growth * periods) * self.expected_purchases(periods, *history)
        if not growth:
            return total
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            moment = periods * node**2
            share = growth * 2 * periods * node * weight * np.exp(-growth * moment)
            total = total + share * self.expected_purchases(moment, *history)
        return total

    @abstractmethod
    def simulate(self, ages: ArrayLike, *, seed: int) -> pd.DataFrame:
        """Return what accounts of these ages do if the model holds, one row per account."""


def broadcast(*columns: ArrayLike) -> tuple[Floats, ...]:
    """Return the columns as float arrays of one shape.

    >>> [column.tolist() for column in broadcast(1, [2, 3])]
    [[1.0, 1.0], [2.0, 3.0]]
    """
    return np.broadcast_arrays(*(np.asarray(column, dtype=np.float64) for column in columns))
