"""How wide a forecast has to be: learned from weeks that the models had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INTERVAL = 0.80
"""How probable it is that an interval holds what comes."""

TAILS = ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2)
_TRIED = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0)
_WIDEST = 2.0
# one test is one observation: by it alone a total would be held 58 times in 100; with these 73 to
# 98 times, where the error of all accounts together has a standard deviation of 30 % to 3 %
_LEAST_OFF, _ONE_TEST = 0.05, 1.5
_LEAST_ACCOUNTS = 20


@dataclass(frozen=True)
class Spread:
    """What is added to the futures of the models, as they know chance and parameters only.

    ``own`` is how much an account departs from what its past says, ``common`` how much all do
    together, both as a standard deviation of the logarithm over ``weeks``; over a longer time they
    grow with its square root, as steps that add up do. The factors have a mean of 1.
    ``from_zero`` says that no width was enough, so that intervals begin at zero.

    >>> Spread(0.2, 0.1, 52.0).over(104.0).own.__round__(3)
    0.283
    """

    own: float
    common: float
    weeks: float
    from_zero: bool = False

    def over(self, weeks: float) -> Spread:
        """Return the spread over another time; over a shorter one it is not smaller."""
        grown = float(np.sqrt(max(1.0, weeks / self.weeks)))
        return Spread(self.own * grown, self.common * grown, weeks, self.from_zero)

    def factors(self, draws: int, rng: np.random.Generator) -> Floats:
        """Draw one factor for each future that all accounts share."""
        return _factors(self.common, rng.standard_normal(draws))

    def widened(self, futures: Floats, shared: Floats, rng: np.random.Generator) -> Floats:
        """Return futures (draws x accounts) with the shared factors and one of each account."""
        wider: Floats = futures * shared[:, None]
        if self.own:
            wider = wider * _factors(self.own, rng.standard_normal(futures.shape))
        return wider

    def ends(self, futures: Floats, mean: Floats) -> tuple[Floats, Floats]:
        """Return the ends of the interval of each account: it always holds the mean.

        Between the tenth and the ninetieth hundredth of the futures. Where the mean lies outside,
        as that of an account that most likely never buys again, the interval reaches to the first
        future beyond it.
        """
        low, high = np.quantile(futures, TAILS, axis=0)
        above = mean > high
        if above.any():
            beyond = np.where(futures[:, above] >= mean[above], futures[:, above], np.inf)
            first = beyond.min(axis=0)
            high[above] = np.where(np.isfinite(first), first, mean[above])
        low = np.zeros_like(low) if self.from_zero else np.minimum(low, mean)
        return low, high


UNTESTED = Spread(0.5, 0.3, 52.0)
"""What is assumed where a ledger has no weeks to test on."""


def learned(
    futures: Floats, mean: Floats, actual: Floats, totals: tuple[float, float], weeks: float
) -> Spread:
    """Return the smallest spread at which as many accounts lie outside as there should be.

    ``futures`` (draws x accounts) and ``mean`` are the forecast of ``weeks``, ``actual`` is what
    came; ``totals`` is what came and what was foreseen of all accounts together: the common spread
    is one and a half times their distance, as one test may have been a lucky one. At most a fifth
    of the accounts may lie outside, counted as in conformal prediction (one account more). Source:
    Romano, Patterson and Candès (2019).

    >>> rng = np.random.default_rng(1)
    >>> futures, came = rng.gamma(4.0, size=(400, 500)), rng.gamma(4.0, size=500)
    >>> learned(futures, np.full(500, 4.0), came, (2_000.0, 2_000.0), 52.0).own <= 0.3
    True
    >>> wild = came * np.exp(rng.standard_normal(500))
    >>> learned(futures, np.full(500, 4.0), wild, (2_000.0, 2_000.0), 52.0).own >= 0.6
    True
    """
    common = _distance(*totals)
    if len(actual) < _LEAST_ACCOUNTS:
        return Spread(UNTESTED.own, max(common, UNTESTED.common), weeks)
    rng = np.random.default_rng(0)
    shared = Spread(0.0, common, weeks).factors(len(futures), rng)
    noise = rng.standard_normal(futures.shape)
    wider = futures * shared[:, None]
    allowed = len(actual) - int(np.ceil(INTERVAL * (len(actual) + 1)))
    for own in _TRIED:
        result = Spread(own, common, weeks)
        low, high = result.ends(wider * _factors(own, noise), mean)
        if int(((actual < low) | (actual > high)).sum()) <= allowed:
            return result
    return Spread(_WIDEST, common, weeks, from_zero=True)


def _distance(actual: float, predicted: float) -> float:
    if not (actual > 0 and predicted > 0):
        return _WIDEST
    off = float(np.hypot(np.log(actual / predicted), _LEAST_OFF))
    return min(_ONE_TEST * off, _WIDEST)


def _factors(spread: float, noise: Floats) -> Floats:
    factors: Floats = np.exp(spread * noise - spread**2 / 2)
    return factors
