"""Gamma-Gamma: what accounts spend each time they buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from kamkit.value.fitting import FittedModel
from kamkit.value.repeat_model import broadcast

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spending:
    """Repeat buyers for the fit: how often, the mean amount, and what of it is computed once."""

    frequency: Floats
    total: Floats
    orders: Floats
    at_orders: Floats
    logs: float
    weighted_logs: float

    @classmethod
    def of(cls, frequency: Floats, mean_value: Floats) -> Spending:
        """Return repeat buyers as they are; every mean is above zero."""
        orders, accounts = np.unique(frequency, return_counts=True)
        logs = np.log(mean_value)
        spread = float(frequency @ logs + (accounts * orders) @ np.log(orders))
        return cls(
            frequency,
            frequency * mean_value,
            orders,
            accounts.astype(np.float64),
            float(logs.sum()),
            spread,
        )


@dataclass(frozen=True)
class GammaGamma(FittedModel):
    """The Gamma-Gamma model of spend per purchase.

    The amounts of an account vary around a mean of its own (gamma, shape ``p``), whatever the
    number of purchases; the means vary between accounts (``q``, ``gamma`` in money). Source: Fader
    and Hardie (2013).

    >>> model = GammaGamma(6.25, 3.74, 15.44)
    >>> model.expected_spend([0, 1, 10], [0, 100, 100]).round(1).tolist()
    [35.2, 80.3, 97.3]
    """

    names: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")

    p: float
    q: float
    gamma: float

    @classmethod
    def score(cls, log_parameters: Floats, known: Spending) -> tuple[float, Floats]:
        """Return the log likelihood of all accounts, and its gradient on the log parameters."""
        from scipy.special import digamma, gammaln

        p, q, gamma = np.exp(log_parameters)
        orders, accounts = known.orders, known.at_orders
        n = accounts.sum()
        whole = gamma + known.total
        logs, parts = np.log(whole), 1 / whole
        log_sum, log_orders = logs.sum(), known.frequency @ logs
        sums = gammaln(p * orders + q) - gammaln(p * orders)
        value = accounts @ sums + n * (q * log_parameters[2] - gammaln(q))
        value += p * known.weighted_logs - known.logs - p * log_orders - q * log_sum
        both = digamma(p * orders + q)
        slope = np.array(
            [
                accounts @ (orders * (both - digamma(p * orders)))
                + known.weighted_logs
                - log_orders,
                accounts @ both + n * (log_parameters[2] - digamma(q)) - log_sum,
                n * q / gamma - p * (known.frequency @ parts) - q * parts.sum(),
            ]
        )
        return float(value), slope * (p, q, gamma)

    def log_likelihoods(self, frequency: ArrayLike, mean_value: ArrayLike) -> Floats:
        """Return the log likelihood of the mean amount of each repeat buyer (both above zero)."""
        from scipy.special import gammaln

        x, mean = broadcast(frequency, mean_value)
        shape = self.p * x
        total: Floats = (
            gammaln(shape + self.q)
            - gammaln(shape)
            - gammaln(self.q)
            + self.q * np.log(self.gamma)
            - np.log(mean)
            + shape * np.log(x * mean)
            - (shape + self.q) * np.log(self.gamma + x * mean)
        )
        return total

    def expected_spend(self, frequency: ArrayLike, mean_value: ArrayLike) -> Floats:
        """Return the expected amount of a purchase: between the account's mean and everybody's.

        p (gamma + x m) / (p x + q - 1). An account without a repeat purchase (``mean_value`` may
        be missing there) gets the mean of all. Infinite where ``q`` is so small that there is no
        mean.
        """
        x, mean = broadcast(frequency, mean_value)
        known = np.where(x > 0, x * np.nan_to_num(mean), 0.0)
        below = self.p * x + self.q - 1
        return np.where(
            below > 0, self.p * (self.gamma + known) / np.where(below > 0, below, 1), np.inf
        )

    def simulate(self, frequency: ArrayLike, *, seed: int) -> pd.DataFrame:
        """Return frequency and mean amount of accounts that bought again so often, if it holds."""
        x = np.atleast_1d(np.asarray(frequency))
        rng = np.random.default_rng(seed)
        scale = rng.gamma(self.q, 1 / self.gamma, len(x))
        spent = rng.gamma(self.p * np.maximum(x, 1)) / scale
        return pd.DataFrame(
            {"frequency": x, "mean_value": np.where(x > 0, spent / np.maximum(x, 1), np.nan)}
        )
