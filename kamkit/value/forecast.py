"""A fitted model on the accounts it was fitted to; each distinct history is computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.language import gettext as _
from kamkit.schema import word
from kamkit.value.future import purchases, spending
from kamkit.value.repeat import MODELS, GammaGamma, RepeatModel, fit, fit_gamma_gamma

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kamkit.value.fitting import FittedModel

    Floats = NDArray[np.float64]

_HISTORY = ("frequency", "recency", "age")


@dataclass(frozen=True)
class Forecast:
    """A model of repeat buying and the histories of the accounts it was fitted to.

    ``distinct`` holds each history once; ``place`` tells for each account which of them is its.
    """

    name: str
    model: RepeatModel
    distinct: tuple[Floats, Floats, Floats]
    place: NDArray[np.intp]

    def alive(self) -> Floats:
        """Return the probability that each account is still active."""
        return self._each(self.model.probability_alive)

    def purchases(self, weeks: float) -> Floats:
        """Return how often each account is expected to buy in the next weeks."""
        return self._each(partial(self.model.expected_purchases, weeks))

    def discounted(self, rate: float, weeks: float) -> Floats:
        """Return the same, each purchase discounted to now by ``rate`` per week."""
        return self._each(partial(self.model.discounted_expected_purchases, rate, weeks))

    def future(
        self, model: RepeatModel, weeks: float, part: slice, rng: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """Draw how often the accounts of a part buy under ``model``, and over how many weeks."""
        here, own = np.unique(self.place[part], return_inverse=True)
        frequency, recency, age = (column[here] for column in self.distinct)
        alive = model.probability_alive(frequency, recency, age)
        history = (frequency[own], age[own], alive[own])
        return purchases(self.name, model.parameters, history, weeks, rng)

    def _each(self, ask: Callable[[Floats, Floats, Floats], Floats]) -> Floats:
        answer: Floats = np.asarray(ask(*self.distinct), dtype=float)[self.place]
        return answer


@dataclass(frozen=True)
class Spend:
    """Gamma-Gamma and the accounts it was fitted to: ``each``, expected amount of a purchase.

    ``purchases`` and ``mean`` are how often an account bought, the first time too, and for how
    much on average; 0 purchases where the mean is not above zero.
    """

    model: GammaGamma
    purchases: Floats
    mean: Floats
    each: Floats

    def future(
        self, model: GammaGamma, bought: Floats, part: slice, rng: np.random.Generator
    ) -> Floats:
        """Draw what the accounts of a part spend on so many purchases under ``model``."""
        history = (self.purchases[part], self.mean[part])
        return spending(model.parameters, history, bought, rng)


def forecast(known: pd.DataFrame, *, model: str = "auto") -> Forecast:
    """Fit a model of repeat buying to a table of ``summary``.

    ``auto`` takes the one of the highest likelihood (all three have four parameters) among those
    whose parameters the ledger settles; where it settles none, among all. Raises what ``fit``
    raises.

    >>> from kamkit import open_case
    >>> from kamkit.value.history import summary
    >>> forecast(summary(open_case("fjordgross")), model="bg_nbd").name
    'bg_nbd'
    """
    tried = {name: fit(known, model=name) for name in (MODELS if model == "auto" else [model])}
    name = max(tried, key=lambda name: (settled(tried[name]), tried[name].log_likelihood))
    return Forecast(name, tried[name], *_distinct(known))


def settled(model: FittedModel) -> bool:
    """Tell whether a fit ended in an optimum inside the range of what makes sense.

    >>> settled(GammaGamma(6.0, 4.0, 15.0))
    True
    """
    fit = model.diagnostics
    return fit is None or (fit.converged and not fit.at_boundary)


def spend(known: pd.DataFrame) -> Spend:
    """Fit Gamma-Gamma to a table of ``summary``, the first purchase of each account counted in.

    An account that bought once for little is then no account of which nothing is known: its
    expected purchase lies between its own and everybody's.

    >>> from kamkit import open_case
    >>> from kamkit.value.history import summary
    >>> bool((spend(summary(open_case("fjordgross"))).each > 0).all())
    True
    """
    mean = known["mean_purchase"].to_numpy(dtype=float)
    bought = np.where(mean > 0, known["frequency"].to_numpy(dtype=float) + 1, 0.0)
    mean = np.maximum(mean, 0.0)
    model = fit_gamma_gamma(pd.DataFrame({"frequency": bought, "mean_value": mean}))
    return Spend(model, bought, mean, model.expected_spend(bought, mean))


def _distinct(known: pd.DataFrame) -> tuple[tuple[Floats, Floats, Floats], NDArray[np.intp]]:
    groups = known.groupby(list(_HISTORY), sort=True)
    first = known.loc[~known.duplicated(list(_HISTORY)), list(_HISTORY)].sort_values(list(_HISTORY))
    one, two, three = (np.asarray(first[name], dtype=np.float64) for name in _HISTORY)
    return (one, two, three), np.asarray(groups.ngroup(), dtype=np.intp)


def explained(model: str) -> str:
    """Return what a model of repeat purchases does, in one sentence.

    >>> print(explained("bg_nbd"))
    BG/NBD estimates from how often and how lately each account bought how often it will buy, and
    whether it still is a customer.
    """
    return _(
        "{model} estimates from how often and how lately each account bought how often it will "
        "buy, and whether it still is a customer.",
        model=word(model),
    )
