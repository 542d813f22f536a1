"""What lifetime value claims against what came: intervals of accounts and totals, and being active.

``python -m tools.calibration.lifetime`` prints the table in full.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd

from kamkit import open_case
from kamkit.errors import KamkitError
from kamkit.value._holdout import HoldOut, holdout
from kamkit.value.lifetime import lifetime_value
from kamkit.value.occasions import purchase_days
from kamkit.value.spread import INTERVAL, Spread

SIZES = {"small": {30: 20, 100: 6, 1000: 2}, "full": {30: 300, 100: 120, 1000: 20}}
"""Ledgers of each number of accounts."""

KINDS = {
    "as the models": (0.0, 0.0),
    "accounts that change": (0.6, 0.0),
    "a market that moves": (0.0, 0.2),
}
"""How much the spend of an account, and of all, drifts in a year (of the logarithm)."""

BOUNDS = {"account": (0.74, 0.97), "active": (0.70, 0.95), "total": (0.65, 0.99)}
"""What is accepted where 80 % is promised."""

START = pd.Timestamp("2022-01-01")
KNOWN_WEEKS, NEXT_WEEKS = 104, 52
_REAL = ("fjordgross", "cdnow")
_DRAWS = 200
_SURE = 0.9
_BINS = (0.0, 0.2, 0.5, 0.8, 0.95, 1.0)


def rows(size: str = "small") -> list[dict[str, object]]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal``, ``measured`` and ``n``, the accounts or the ledgers it
    was measured on. "account" is the share of accounts whose interval holds what they bought for
    in the next 52 weeks, "active" that of those most likely active, "total" the share of ledgers
    whose total is held; "without test" are the same intervals when only chance and parameters
    widen them. "alive" sets the claimed probability against the share of accounts that was active.
    """
    table = []
    for kind in KINDS:
        for accounts, ledgers in SIZES[size].items():
            table += simulated(kind, accounts, ledgers)
    table += alive(1000, SIZES[size][1000])
    return table + [row for name in _REAL for row in real(name)]


def simulated(kind: str, accounts: int, ledgers: int, *, seed: int = 0) -> list[dict[str, object]]:
    """Return the rows of simulated ledgers of one kind and size."""
    parts = [_tried(*shop(kind, accounts, seed=seed + one)[:2]) for one in range(ledgers)]
    return _held([part for part in parts if part], f"{kind}, {accounts} accounts")


def real(name: str) -> list[dict[str, object]]:
    """Return the rows of a real ledger whose last third, at most a year, is kept back."""
    days = purchase_days(open_case(name))
    first, last = days["day"].min(), days["day"].max()
    weeks = min((last - first).days // 21, NEXT_WEEKS)
    cut = last - pd.Timedelta(weeks=weeks)
    later = days[days["day"] > cut].groupby("account_id")["amount"].sum()
    return _held([_tried(days[days["day"] <= cut], later, weeks)], f"{name}, {weeks} weeks")


def shop(kind: str, accounts: int, *, seed: int = 0) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return what accounts of a BG/NBD and Gamma-Gamma shop bought, what they buy for next, alive.

    ``kind`` is one of ``KINDS``: spend drifts as a random walk, of each account or of all.
    """
    rng = np.random.default_rng([seed, accounts])
    own, common = KINDS[kind]
    end = (KNOWN_WEEKS + NEXT_WEEKS) * 7
    rate, leaving = rng.gamma(2.0, 1 / 12.0, accounts), rng.beta(0.6, 9.0, accounts)
    scale = rng.gamma(4.0, 1 / 300.0, accounts)
    market = _walk(rng, common, end)
    parts, active = [], {}
    for n in range(accounts):
        times = rng.uniform(0, 52 * 7) + 7 * np.concatenate(
            [[0.0], np.cumsum(rng.exponential(1 / rate[n], min(rng.geometric(leaving[n]), 2000)))]
        )
        day = np.unique(times[times < end].astype(int))
        amount = rng.gamma(6.0, 1 / scale[n], len(day)) * market[day] * _walk(rng, own, end)[day]
        active[f"{n:05}"] = times[-1] > KNOWN_WEEKS * 7
        parts.append(pd.DataFrame({"account_id": f"{n:05}", "day": day, "amount": amount}))
    days = pd.concat(parts, ignore_index=True)
    days["day"] = (START + pd.to_timedelta(days["day"], unit="D")).dt.as_unit("s")
    cut = START + pd.Timedelta(days=KNOWN_WEEKS * 7 - 1)
    known = days[days["day"] <= cut]
    later = days[days["day"] > cut].groupby("account_id")["amount"].sum()
    return known, later, pd.Series(active)


def alive(accounts: int, ledgers: int) -> list[dict[str, object]]:
    """Return the claimed probability of being active against the share that was, in bins."""
    parts = []
    for seed in range(ledgers):
        known, _later, active = shop("as the models", accounts, seed=seed)
        table = lifetime_value(known, draws=0, tested=untested()).table.set_index("account_id")
        parts.append(pd.DataFrame({"said": table["probability_alive"], "true": active}).dropna())
    both = pd.concat(parts)
    bins = pd.cut(both["said"], _BINS, include_lowest=True)
    return [
        _row("alive", f"said {max(one.left, 0):.0%} to {one.right:.0%}", said, true, len(part))
        for one, part in both.groupby(bins, observed=True)
        for said, true in [(part["said"].mean(), part["true"].mean())]
    ]


def untested() -> HoldOut:
    """Return a test that widens nothing."""
    return HoldOut("holdout", pd.DataFrame(), "", (), spread=Spread(0.0, 0.0, NEXT_WEEKS))


def _walk(rng: np.random.Generator, spread: float, days: int) -> np.ndarray:
    if not spread:
        return np.ones(days)
    steps = rng.standard_normal(days) * spread / np.sqrt(365)
    return np.exp(np.cumsum(steps - spread**2 / 2 / 365))  # with a mean of 1


def _tried(
    known: pd.DataFrame, later: pd.Series, weeks: float = NEXT_WEEKS
) -> dict[str, pd.DataFrame]:
    """Return the forecast beside what came, with the test and without it; none where it fails."""
    try:
        tested = holdout(known)
    except KamkitError:
        return {}
    options = {"years": weeks * 7 / 365.2425, "annual_discount_rate": 0.0, "draws": _DRAWS}
    found = {}
    for name, test in (("", tested), (", without test", replace(tested, spread=untested().spread))):
        value = lifetime_value(known, tested=test, **options)
        table = value.table.set_index("account_id")
        table["came"] = later.reindex(table.index, fill_value=0.0)
        table.attrs["total"] = value.total_low, value.total_high
        found[name] = table
    return found


def _held(parts: list[dict[str, pd.DataFrame]], condition: str) -> list[dict[str, object]]:
    found = []
    for name in ("", ", without test"):
        tables = [part[name] for part in parts]
        both = pd.concat(tables)
        held = both["came"].between(both["lifetime_value_low"], both["lifetime_value_high"])
        sure = both["probability_alive"] > _SURE
        totals = [
            low <= table["came"].sum() <= high
            for table in tables
            for low, high in [table.attrs["total"]]
        ]
        found += [
            _row(f"account{name}", condition, INTERVAL, held.mean(), len(held)),
            _row(f"active{name}", condition, INTERVAL, held[sure].mean(), int(sure.sum())),
            _row(f"total{name}", condition, INTERVAL, float(np.mean(totals)), len(totals)),
        ]
    return found


def _row(measure: str, condition: str, nominal: float, measured: float, n: int) -> dict:
    return {
        "measure": measure,
        "condition": condition,
        "nominal": float(nominal),
        "measured": float(measured),
        "n": n,
    }


if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(3).to_string() + "\n")
