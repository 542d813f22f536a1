"""False alarms of ``value.late`` and what it finds, beside the gamma rule that it replaced.

``python -m tools.calibration.late`` prints the table in full.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from kamkit import open_case
from kamkit.value._rhythm import LATE, rhythm
from kamkit.value.silence import LEAST_GAPS, gamma_chance
from tools.calibration.renewals import END, KINDS, ledger, stopped

SIZES = {"small": (1000, 2), "full": (1000, 12)}
"""Accounts of a ledger, and ledgers of each kind."""

BOUND = 0.015
"""The share of false alarms that is accepted where 1 % is promised."""

_GAPS = (3, 5, 8)
_PRIOR_GAPS = 8.0
_REAL = ("fjordgross", "cdnow")
_HALF_YEAR = dt.timedelta(days=182)


def rows(size: str = "small") -> list[dict[str, object]]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal`` (missing where nothing is promised), ``measured`` and
    ``n``, the accounts it was measured on. False alarms are accounts that go on as before and have
    a ``late_probability`` below 1 % or are said to have missed their season; found are accounts
    that stopped some of their mean gaps ago; "came back" are the accounts late half a year before
    the end that bought again, of those that were judged and bought again.
    """
    accounts, ledgers = SIZES[size]
    table: list[dict[str, object]] = []
    for kind in (*KINDS, "mixed"):
        table += _simulated(kind, accounts, ledgers)
    table += [_smaller(accounts // 10, ledgers * 5, days) for days in (365, 1095)]
    return table + [_came_back(name) for name in _REAL]


def _row(measure: str, condition: str, hits: int, n: int, *, promised: bool) -> dict[str, object]:
    return {
        "measure": measure,
        "condition": condition,
        "nominal": LATE if promised else float("nan"),
        "measured": hits / n if n else float("nan"),
        "n": n,
    }


def _simulated(kind: str, accounts: int, ledgers: int) -> list[dict[str, object]]:
    going = [ledger(kind, accounts, seed=seed) for seed in range(ledgers)]
    table = []
    for rule in RULES:
        table.append(false_alarms(rule, going, kind))
        table += [_found(rule, going, kind, gaps) for gaps in _GAPS]
    return table


def false_alarms(rule: str, ledgers: list[pd.DataFrame], condition: str) -> dict[str, object]:
    """Return the share of accounts that go on and are below the level by a rule of ``RULES``."""
    known = pd.concat([RULES[rule](days) for days in ledgers])
    alarms = int((known < LATE).sum())
    return _row(f"{rule}: false alarms", condition, alarms, len(known), promised=True)


def _found(rule: str, ledgers: list[pd.DataFrame], kind: str, gaps: float) -> dict[str, object]:
    hits = n = 0
    for seed, days in enumerate(ledgers):
        cut, gone = stopped(days, gaps, seed=seed)
        own = RULES[rule](cut)
        own = own[own.index.isin(gone)]
        hits, n = hits + int((own < LATE).sum()), n + len(own)
    return _row(f"{rule}: found", f"{kind}, stopped {gaps} mean gaps ago", hits, n, promised=False)


def _smaller(accounts: int, ledgers: int, days: int) -> dict[str, object]:
    going = [ledger("mixed", accounts, seed=70 + seed, days=days) for seed in range(ledgers)]
    return false_alarms("late", going, f"mixed, {accounts} accounts, {days} days")


def _came_back(name: str) -> dict[str, object]:
    case = open_case(name)
    then = case.period.end - _HALF_YEAR
    before = rhythm(case, as_of=then).dropna(subset=["late_probability"])
    now = rhythm(case).set_index("account_id")["last_date"]
    back = before[before["account_id"].map(now) > pd.Timestamp(then)]
    alarms = int((back["late_probability"] < LATE).sum())
    return _row("late: came back", f"{name}, half a year before", alarms, len(back), promised=True)


def late_chances(days: pd.DataFrame) -> pd.Series[float]:
    """Return ``late_probability`` by account; buyers of one season are late at 0 or not at 1."""
    found = rhythm(days, as_of=END.date()).set_index("account_id")
    chance, state = found["late_probability"], found["rhythm_state"]
    chance = chance.mask(state.isin(["in_season", "off_season"]), 1.0)
    return chance.mask(state == "season_missed", 0.0).dropna()


def gamma_chances(days: pd.DataFrame) -> pd.Series[float]:
    """Return the chance of the silence by the gamma distribution alone, on the plain calendar."""
    by = days["account_id"]
    gaps = days.groupby(by)["day"].diff().dt.days
    groups = gaps.groupby(by)
    count, total = groups.count().astype("float64"), groups.sum()
    logs = np.log(gaps).groupby(by).sum()
    enough = count >= LEAST_GAPS
    count, total, logs = count[enough], total[enough], logs[enough]
    spread = (np.log(total / count) - logs / count).clip(lower=0) * count / (count - 1)
    typical = float((spread * (count - 1)).sum() / (count - 1).sum())
    drawn = (spread * (count - 1) + typical * _PRIOR_GAPS) / (count - 1 + _PRIOR_GAPS)
    drawn = drawn.clip(lower=1e-4)
    shape = (3 - drawn + np.sqrt((drawn - 3) ** 2 + 24 * drawn)) / (12 * drawn)
    silent = (END - days.groupby(by)["day"].max()[enough]).dt.days.astype("float64")
    parts = (part.to_numpy() for part in (count, shape, total, silent))
    return pd.Series(gamma_chance(*parts), index=count.index)


RULES: dict[str, Callable[[pd.DataFrame], pd.Series[float]]] = {
    "late": late_chances,
    "gamma rule": gamma_chances,
}
"""The rule in use and the one before it."""

if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(4).to_string() + "\n")
