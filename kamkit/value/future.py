"""Draws of what accounts may buy next, given what they bought and a fitted model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TINY = 1e-300
_LEAST_CHANCE = 1e-15


def purchases(
    model: str,
    values: Mapping[str, float],
    history: tuple[Floats, Floats, Floats],
    weeks: float,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Draw for each account how often it buys in the next weeks, and over how many of them.

    ``values`` are the parameters of ``model`` (``bg_nbd``, ``mbg_nbd``, ``pareto_nbd``);
    ``history`` is frequency, age in weeks and the probability of being active, one number per
    account. First whether the account is active, then its own rate of buying and of leaving from
    their distributions given its history, which are gamma and beta for an active account, then
    the purchases. Source: the derivations of the three models' papers.

    >>> rng = np.random.default_rng(1)
    >>> values = {"r": 1.0, "alpha": 10.0, "a": 1.0, "b": 3.0}
    >>> gone = (np.array([2.0]), np.array([30.0]), np.array([0.0]))
    >>> purchases("bg_nbd", values, gone, 52, rng)[0]
    array([0.])
    """
    frequency, age, alive = history
    active = rng.random(len(age)) < alive
    rate = rng.gamma(values["r"] + frequency, 1 / (values["alpha"] + age))
    if model == "pareto_nbd":
        leaving = np.maximum(rng.gamma(values["s"], 1 / (values["beta"] + age)), _TINY)
        span = np.minimum(rng.exponential(size=len(age)) / leaving, weeks)
        return np.where(active, rng.poisson(rate * span), 0.0), span
    stayed = frequency + (model == "mbg_nbd")  # the first purchase too was survived
    leaving = np.maximum(rng.beta(values["a"], values["b"] + stayed), _LEAST_CHANCE)
    wished = rng.poisson(rate * weeks)
    bought = np.minimum(wished, rng.geometric(leaving))
    # the last of k of n purchases spread evenly over the time
    span = weeks * np.where(bought < wished, (bought + 1) / (wished + 1), 1.0)
    return np.where(active, bought, 0.0), span


def spending(
    values: Mapping[str, float],
    history: tuple[Floats, Floats],
    bought: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Draw what each account spends in all on so many purchases, by Gamma-Gamma.

    ``history`` is frequency and mean value (any number where the frequency is 0, the account then
    is one of the population). Source: Fader and Hardie (2013).

    >>> rng = np.random.default_rng(1)
    >>> values = {"p": 6.0, "q": 4.0, "gamma": 15.0}
    >>> spending(values, (np.array([3.0]), np.array([40.0])), np.array([0.0]), rng)
    array([0.])
    """
    frequency, mean = history
    known = np.where(frequency > 0, frequency * np.nan_to_num(mean), 0.0)
    scale = rng.gamma(values["q"] + values["p"] * frequency, 1 / (values["gamma"] + known))
    spent = rng.gamma(values["p"] * bought)
    return np.where(bought > 0, spent / np.maximum(scale, _TINY), 0.0)


def mean_discount(span: Floats, rate: float) -> Floats:
    """Return the mean discount factor of purchases spread evenly over so many weeks.

    ``rate`` is per week: a purchase after t weeks counts 1 / (1 + rate)^t.

    >>> mean_discount(np.array([52.0]), 0.0)
    array([1.])
    """
    exponent = np.log1p(rate) * np.asarray(span, dtype=float)
    small = exponent < 1e-12
    mean: Floats = np.where(small, 1.0, -np.expm1(-exponent) / np.where(small, 1.0, exponent))
    return mean
