"""Accounts that buy by known rules and go on as before: clock, gamma, chance, projects, winter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

END = pd.Timestamp("2025-10-15")
"""The last day of the ledgers: autumn, before the winter buyers begin."""

KINDS = ("clock", "gamma", "poisson", "lognormal", "projects", "winter")
_YEAR = 365.25
_WINTER = 0.85  # a winter buyer buys 1.85 of the average in January, 0.15 in July
_BLOCK = 64


def ledger(
    kind: str,
    accounts: int,
    *,
    seed: int,
    days: int = 1095,
    gap: tuple[float, float] = (5.0, 60.0),
    shape: float = 3.0,
) -> pd.DataFrame:
    """Return the purchase days of accounts of a kind, each with a mean gap of its own.

    They began long before the ledger and go on after it. ``mixed`` has the six kinds in equal
    parts; the kind stands before the number of an account.
    """
    if kind == "mixed":
        parts = [
            ledger(name, accounts // len(KINDS), seed=seed * 10 + place, days=days, gap=gap)
            for place, name in enumerate(KINDS)
        ]
        return pd.concat(parts, ignore_index=True)
    rng = np.random.default_rng([seed, *kind.encode()])
    mean = np.exp(rng.uniform(*np.log(gap), size=accounts))
    account, moment = _renewals(_gaps(kind, rng, accounts, shape), mean, days)
    if kind == "winter":
        moment = _wintry(moment, days)
    bought = pd.DataFrame({"account": account, "day": np.floor(moment).astype(np.int64)})
    bought = bought[bought["day"] < days].drop_duplicates().sort_values(["account", "day"])
    return pd.DataFrame(
        {
            "account_id": [f"{kind}{n:05}" for n in bought["account"]],
            "day": (END - pd.to_timedelta(days - 1 - bought["day"], unit="D")).dt.as_unit("s"),
            "amount": 1.0,
        }
    ).reset_index(drop=True)


def _gaps(
    kind: str, rng: np.random.Generator, accounts: int, shape: float
) -> Callable[[NDArray[np.int64]], Floats]:
    """Return what draws a block of gaps, one in the mean, for some accounts."""
    spread = rng.uniform(0.35, 1.0, accounts)[:, None]  # as at the practice company

    def draw(who: NDArray[np.int64]) -> Floats:
        size = (len(who), _BLOCK)
        if kind == "clock":
            return np.clip(1 + 0.05 * rng.standard_normal(size), 0.5, None)
        if kind == "lognormal":
            own = spread[who]
            return np.asarray(np.exp(own * rng.standard_normal(size) - own**2 / 2))
        if kind == "projects":  # about six orders close to each other, then a long pause
            pause = rng.random(size) < 1 / 6
            return np.where(pause, rng.gamma(1.5, 4.6 / 1.5, size), rng.exponential(0.28, size))
        own_shape = {"poisson": 1.0, "winter": 1.5}.get(kind, shape)
        return rng.gamma(own_shape, 1 / own_shape, size)

    return draw


def _renewals(
    draw: Callable[[NDArray[np.int64]], Floats], mean: Floats, days: int
) -> tuple[NDArray[np.int64], Floats]:
    now = np.full(len(mean), -4 * mean.max())
    going = np.arange(len(mean))
    accounts, moments = [], []
    while len(going):
        block = now[going, None] + np.cumsum(draw(going) * mean[going, None], axis=1)
        inside = (block >= 0) & (block < days)
        accounts.append(np.repeat(going, inside.sum(axis=1)))
        moments.append(block[inside])
        now[going] = block[:, -1]
        going = going[block[:, -1] < days]
    return np.concatenate(accounts), np.concatenate(moments)


def _wintry(moment: Floats, days: int) -> Floats:
    """Let time run by a year that is strongest in the middle of January."""
    calendar = END - pd.to_timedelta(np.arange(days - 1, -1, -1), unit="D")
    pace = 1 + _WINTER * np.cos(2 * np.pi * (calendar.day_of_year.to_numpy() - 15) / _YEAR)
    done = np.concatenate([[0.0], np.cumsum(pace)])
    return np.asarray(np.interp(moment, done / done[-1] * days, np.arange(days + 1)))


def stopped(days: pd.DataFrame, gaps: float, *, seed: int) -> tuple[pd.DataFrame, set[str]]:
    """Let one account in ten buy no more since some of its mean gaps before the end; and which."""
    groups = days.groupby("account_id")["day"].agg(["min", "max", "size"])
    mean = (groups["max"] - groups["min"]).dt.days / (groups["size"] - 1)
    rng = np.random.default_rng(seed)
    gone = rng.choice(groups.index.to_numpy(), len(groups) // 10, replace=False)
    silent = (mean * gaps).where(groups.index.isin(gone), 0.0)
    kept = (END - days["day"]).dt.days >= days["account_id"].map(silent)
    return days[kept].reset_index(drop=True), set(gone)
