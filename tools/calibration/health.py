"""What came of accounts by their health on an earlier day, beside the weights before.

``python -m tools.calibration.health`` prints the table in full. Online Retail II, on which the
weights were chosen, is measured where there is a copy (``KAMKIT_DATA_DIR``).
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from kamkit import identify, open_case, relate, value
from kamkit.analysis.value import year_of
from kamkit.case import Case, as_of
from kamkit.errors import KamkitError
from kamkit.relate._health import STRONG, WEAK, ledger_health
from kamkit.relate._health_check import what_came
from kamkit.settings import Settings
from tools.calibration.lifetime import KNOWN_WEEKS, START, shop

FORMER = {"rhythm": 25.0, "growth": 20.0, "profit": 15.0, "service": 10.0}
"""The weights of what a ledger tells before they were measured."""

CHOSEN_ON = "online-retail-ii"
"""The ledger that the weights were chosen on; all others check them."""

LEDGERS = {
    "fjordgross": [("2025-06-30", 184), ("2024-12-31", 184), ("2024-06-30", 184)],
    "cdnow": [("1997-12-31", 181), ("1998-03-31", 91)],
    CHOSEN_ON: [("2010-06-09", 183), ("2010-08-09", 122)],
}
"""The days of each ledger that health is told on, and how many days of what came."""

BOUNDS = {"AUC, left or halved": 0.58, "AUC, left": 0.68, "weak less strong": 0.12}
"""The least that is accepted on any of the ledgers."""

_ACCOUNTS = 1_000
_SHRINK = 0.02
_TOLD = ("rhythm", "recent", "often", "growth")

Row = dict[str, object]
Told = tuple[pd.DataFrame, pd.DataFrame]


def rows(size: str = "small") -> list[Row]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal`` (missing: nothing is promised), ``measured`` and ``n``.
    AUC is the chance that of two accounts the one that was lost had the poorer health; a half is
    no better than a coin. ``former`` is the AUC of the weights before. The thirds are the shares
    that left or halved of the third of the accounts with the poorest health, of the middle and of
    the best. In full the weights that would have foretold best are there too.
    """
    table = measured(*simulated(), "as the models")
    for name, days in LEDGERS.items():
        for day, span in days if size == "full" else days[:1]:
            try:
                told = earlier(open_case(name), dt.date.fromisoformat(day), span)
            except KamkitError:
                continue
            table += measured(*told, f"{name}, {day}")
            if size == "full":
                table += fitted(*told, f"{name}, {day}")
    return table


def earlier(case: Case, day: dt.date, span: int) -> Told:
    """Return the accounts as they were on a day, and what each bought in the days that came."""
    then = as_of(case, day)
    none = pd.DataFrame({"account_id": []}, dtype=object)
    facts = value.account_value(then, identify.account_facts(then), lifetime=none)
    facts = facts.merge(year_of(then, Settings()), on="account_id", how="left")
    days = value.purchase_days(case)
    return facts, what_came(days, date=day, end=day + dt.timedelta(days=span))


def simulated(seed: int = 0) -> Told:
    """Return the accounts of a shop of known truth after two years, and what came in the third."""
    known, later, _alive = shop("as the models", _ACCOUNTS, seed=seed)
    cut = START + pd.Timedelta(days=KNOWN_WEEKS * 7 - 1)
    sales = known.rename(columns={"day": "date"}).round({"amount": 2})
    case = open_case(sales[sales["amount"] > 0])
    facts = value.account_value(case, identify.account_facts(case), lifetime=known[["account_id"]])
    came = later.rename("amount").rename_axis("account_id").reset_index().assign(day=cut)
    came["day"] += pd.Timedelta(days=300)
    days = pd.concat([known, came], ignore_index=True)
    end = (cut + pd.Timedelta(days=364)).date()
    return facts, what_came(days, date=cut.date(), end=end)


def measured(facts: pd.DataFrame, came: pd.DataFrame, condition: str) -> list[Row]:
    """Return how far health told those who were lost from the others."""
    lost = came.set_index("account_id")
    told = ledger_health(facts).reindex(lost.index)
    told["former"] = _former(facts).reindex(lost.index)
    told = told.dropna(subset=["health"])
    lost = lost.loc[told.index]
    left = lost["bought_after"] <= 0
    row = _rows(condition, len(told))
    found = [
        row("AUC, left or halved", auc(told["health_but_loss"], lost["lost"])),
        row("AUC, left", auc(told["health_but_loss"], left)),
        row("AUC with losses held down, left or halved", auc(told["health"], lost["lost"])),
        row("AUC former, left or halved", auc(told["former"], lost["lost"])),
        row("AUC former, left", auc(told["former"], left)),
    ]
    weak, strong = told["health_but_loss"] < WEAK, told["health"] >= STRONG
    shares = {"lost below 40": weak, "lost from 70": strong}
    found += [
        _row(n, condition, lost.loc[m, "lost"].mean(), int(m.sum())) for n, m in shares.items()
    ]
    gap = lost.loc[weak, "lost"].mean() - lost.loc[strong, "lost"].mean()
    found.append(row("weak less strong", gap))
    third = pd.qcut(
        told["health_but_loss"].rank(method="first"), 3, labels=["poorest", "mid", "best"]
    )
    for name, part in lost["lost"].groupby(third, observed=True):
        found.append(_row(f"lost of the {name} third", condition, part.mean(), len(part)))
    return found


def fitted(facts: pd.DataFrame, came: pd.DataFrame, condition: str) -> list[Row]:
    """Return the weights, never below zero, that would have told best who left, in per cent."""
    from scipy.optimize import minimize

    weights = dict.fromkeys(_TOLD, 1.0)
    table = relate.health(facts, weights=weights).table.set_index("account_id")
    parts = table.reindex(came["account_id"])[[f"part_{name}" for name in _TOLD]] / 100
    given = parts.fillna(parts.median()).fillna(0.5).to_numpy()
    left = (came["bought_after"] <= 0).to_numpy(float)

    def loss(guess: np.ndarray) -> float:
        score = guess[0] - given @ guess[1:]
        misfit = np.logaddexp(0, score) - left * score
        return float(misfit.mean() + _SHRINK * (guess[1:] ** 2).sum())

    bounds = [(None, None)] + [(0, None)] * len(_TOLD)
    best = minimize(loss, np.ones(len(_TOLD) + 1), bounds=bounds).x[1:]
    row = _rows(condition, len(came))
    return [row(f"weight of {n}", w / best.sum()) for n, w in zip(_TOLD, best, strict=True)]


def auc(points: pd.Series[float], lost: pd.Series[bool]) -> float:
    """Return the chance that a lost account had fewer points than one that stayed; ties are half.

    >>> auc(pd.Series([10.0, 20.0, 20.0]), pd.Series([True, True, False]))
    0.75
    """
    place = points.rank()
    gone, stayed = int(lost.sum()), int((~lost).sum())
    if not gone or not stayed:
        return float("nan")
    return float(1 - (place[lost].sum() - gone * (gone + 1) / 2) / (gone * stayed))


def _former(facts: pd.DataFrame) -> pd.Series[float]:
    table = relate.health(facts, weights=FORMER).table.drop_duplicates("account_id")
    parts = table.set_index("account_id")[[f"part_{name}" for name in FORMER]]
    weights = np.array(list(FORMER.values()))
    known = parts.notna().mul(weights).sum(axis=1)
    return parts.mul(weights).sum(axis=1) / known.where(known > 0)


def _rows(condition: str, n: int) -> Callable[[str, float], Row]:
    return lambda measure, figure: _row(measure, condition, figure, n)


def _row(measure: str, condition: str, figure: float, n: int) -> Row:
    return {
        "measure": measure,
        "condition": condition,
        "nominal": float("nan"),
        "measured": float(figure),
        "n": n,
    }


if __name__ == "__main__":
    size = sys.argv[1] if len(sys.argv) > 1 else "full"
    sys.stdout.write(pd.DataFrame(rows(size)).round(3).to_string() + "\n")
