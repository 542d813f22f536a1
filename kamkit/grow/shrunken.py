"""Rates of classes within classes, each drawn towards the broader one where its numbers are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LEAST = 0.001


def pooled(
    rows: pd.DataFrame,
    classes: pd.DataFrame,
    levels: Sequence[Sequence[str]],
    *,
    value: str,
    weight: str,
    prior: Mapping[str, float],
    strength: float,
) -> tuple[Floats, Floats]:
    """Return the mean of each class and its standard deviation, by empirical Bayes.

    The mean of a class is the weighted mean x of its rows' ``value``. Its variance v is that of a
    ratio of sums over accounts (rows of one account are no independent evidence), at least the
    binomial one at the mean m of the broader class; for values of 0 and 1 the binomial one at m,
    times what the likeness of an account's rows adds. The variance t between the classes of a level
    is by moments, of each first key by itself: what the squared distances from m exceed v by, and
    one standard error more. Then

        mean = (t x + v m) / (t + v),  variance = t v / (t + v) + (v / (t + v))^2 variance of m

    The broadest level has the ``prior`` of its first key as m, with the variance of ``strength``
    rows as t. A class without rows has the mean of the broader one, and t more variance.

    Source: Morris (1983), Parametric empirical Bayes inference.

    Examples
    --------
    >>> rows = pd.DataFrame({"kind": "a", "account_id": range(30), "one": 1.0, "came": 0.0})
    >>> mean, _ = pooled(rows, pd.DataFrame({"kind": ["a"]}), [["kind"]], value="came",
    ...     weight="one", prior={"a": 0.2}, strength=20)
    >>> round(float(mean[0]), 3)  # 30 of nothing against 20 of a fifth
    0.08
    """
    first = classes[levels[0][0]]
    counts = bool(rows[value].isin((0, 1)).all())
    mean: Floats = np.asarray(first.map(dict(prior)), dtype=np.float64)
    variance: Floats = _binomial(mean) / strength
    for depth, keys in enumerate(levels):
        seen = _class_means(rows, classes, list(keys), value, weight)
        there = seen["effective"] > 0
        own = _own_variance(seen, mean, counts)
        between = variance if depth == 0 else _between(seen, mean, own, first)
        part = np.where(there, between / (between + own), 0.0)
        left = np.where(there, part * own, between)
        variance = left + (1 - part) ** 2 * variance if depth else left
        mean = part * seen["mean"] + (1 - part) * mean
    return mean, np.sqrt(variance)


def beta_interval(
    mean: Floats, deviation: Floats, tails: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return the interval of shares with that mean and deviation, by the beta distribution.

    Where that has its mode at zero, almost all of it lies below its own mean; the upper end is
    then at least that of the normal distribution.

    >>> low, high = beta_interval(np.array([0.5]), np.array([0.28867513]), (0.1, 0.9))
    >>> round(float(low[0]), 3), round(float(high[0]), 2)  # uniform
    (0.1, 0.9)
    """
    from scipy.special import betaincinv, ndtri

    inside = np.clip(mean, 1e-6, 1 - 1e-6)
    many = np.maximum(inside * (1 - inside) / np.maximum(deviation**2, 1e-12) - 1, 0.05)
    ends = [betaincinv(inside * many, (1 - inside) * many, tail) for tail in tails]
    near_zero = inside * many < 1
    high = np.where(near_zero, np.maximum(ends[1], mean + ndtri(tails[1]) * deviation), ends[1])
    return np.minimum(ends[0], np.maximum(mean, 0.0)), np.clip(high, 0.0, 1.0)


def _own_variance(seen: dict[str, Floats], mean: Floats, counts: bool) -> Floats:
    """Return the variance of the mean of each class, as it would be at the broader mean."""
    rows = np.where(seen["effective"] > 0, seen["effective"], 1.0)
    if counts:
        alike = seen["variance"] * rows / _binomial(seen["mean"])
        return np.asarray(_binomial(mean) / rows * np.maximum(alike, 1.0))
    return np.maximum(seen["variance"], _binomial(mean) / rows)


def _binomial(mean: Floats) -> Floats:
    inside = np.clip(mean, _LEAST, 1 - _LEAST)
    return inside * (1 - inside)


def _class_means(
    rows: pd.DataFrame, classes: pd.DataFrame, keys: list[str], value: str, weight: str
) -> dict[str, Floats]:
    """Return mean, variance of the mean and effective number of rows, one per class."""
    weighted = rows.assign(_w=rows[weight], _wv=rows[weight] * rows[value], _ww=rows[weight] ** 2)
    accounts = weighted.groupby([*keys, "account_id"])[["_w", "_wv", "_ww"]].sum()
    sums = accounts.groupby(level=keys).sum()
    mean = sums["_wv"] / sums["_w"]
    rows_of = accounts.reset_index()[keys]
    index = pd.MultiIndex.from_frame(rows_of) if len(keys) > 1 else pd.Index(rows_of[keys[0]])
    off = accounts["_wv"].to_numpy() - mean.reindex(index).to_numpy() * accounts["_w"].to_numpy()
    squares = pd.Series(off**2, index=accounts.index).groupby(level=keys).sum()
    count = accounts.groupby(level=keys).size()
    variance = squares / sums["_w"] ** 2 * count / (count - 1).where(count > 1)
    effective = sums["_w"] ** 2 / sums["_ww"]
    place = pd.MultiIndex.from_frame(classes[keys]) if len(keys) > 1 else pd.Index(classes[keys[0]])
    return {
        "mean": mean.reindex(place).fillna(0.0).to_numpy(dtype=float),
        "variance": variance.reindex(place).fillna(0.0).to_numpy(dtype=float),
        "effective": effective.reindex(place).fillna(0.0).to_numpy(dtype=float),
    }


def _between(seen: dict[str, Floats], mean: Floats, own: Floats, first: pd.Series[str]) -> Floats:
    """Return the variance between the classes of each first key: by moments, and one error more.

    Of few classes it may come out as nothing by accident, and all would be taken for alike; the
    standard error of a variance v of n classes is sqrt(2 / n) v.
    """
    weight = seen["effective"]
    words_of = {
        "first": first.to_numpy(),
        "mean": seen["mean"],
        "weight": weight,
        "apart": ((seen["mean"] - mean) ** 2 - own) * weight,
        "own": own * weight,
    }
    table = pd.DataFrame(words_of)
    sums = table.groupby("first")[["apart", "own", "weight"]].transform("sum")
    whole = sums["weight"].where(sums["weight"] > 0)
    between = (sums["apart"] / whole).fillna(0.0).clip(lower=0.0)
    there = table[table["weight"] > 0].drop_duplicates(["first", "mean", "weight"])
    count = table["first"].map(there.groupby("first").size()).fillna(1)
    error = np.sqrt(2 / count) * (between + (sums["own"] / whole).fillna(0.0))
    # the only class of its level tells nothing that the broader one has not told already
    return np.asarray((between + error).where(count > 1, 0.0))
