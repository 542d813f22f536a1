"""Two days compared: the plans of a quarter ago, accounts with a plan and without, and lots."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit import plan
from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import percent

if TYPE_CHECKING:
    from kamkit.learn.room import Room
    from kamkit.plan.basis import Basis

QUARTER = 92
"""Days between the plan and the look back: the last quarter."""
_DRAWS = 2000
_before: dict[tuple[str, int], Basis] = {}


def earlier(room: Room) -> Basis:
    """Return what the plans would have rested on a quarter ago, with what was known then.

    The same case is analysed as of that day; it is made once.
    """
    key = (room.source, room.seed)
    if key not in _before:
        from kamkit import analyse, as_of

        day = room.case.period.end - dt.timedelta(days=QUARTER)
        _before[key] = analyse(as_of(room.case, day)).require("followed_basis")
    return _before[key]


def now(room: Room) -> Basis:
    """Return what the plans rest on today."""
    result: Basis = room.analysis.require("followed_basis")
    return result


def changes(room: Room) -> pd.DataFrame:
    """Return twelve months of revenue then and now, of the accounts with a plan and the next ones.

    As many accounts without a plan as with one: the largest by their revenue then.
    """
    table = plan.revenue_bridge(earlier(room), now(room)).table
    then = set(earlier(room).planned["account_id"])
    table = table.assign(has_plan=table["account_id"].isin(then))
    mine = table[table["has_plan"]]
    others = table[~table["has_plan"]].nlargest(len(mine), "revenue_before")
    if len(mine) < 5 or len(others) < 5:
        raise MissingTable(
            _("There are too few accounts to compare those with a plan and those without."),
            remedy=_("Take a ledger with more accounts."),
        )
    both = pd.concat([mine, others])
    columns = ["account_id", "account_name", "has_plan", "revenue_before", "revenue_after"]
    return both.reset_index(drop=True)[[column for column in columns if column in both]]


def growth(table: pd.DataFrame) -> float:
    """Return the change of the revenue of a table together.

    >>> growth(pd.DataFrame({"revenue_before": [10.0, 10.0], "revenue_after": [10.0, 15.0]}))
    0.25
    """
    before = float(table["revenue_before"].sum())
    return float(table["revenue_after"].sum()) / before - 1


def with_and_without(room: Room) -> pd.DataFrame:
    """Return accounts, revenue then and now, and its change, with a plan and without."""
    rows = [
        {
            "has_plan": has,
            "accounts": len(part),
            "revenue_before": float(part["revenue_before"].sum()),
            "revenue_after": float(part["revenue_after"].sum()),
            "growth_ratio": growth(part),
        }
        for has, part in changes(room).groupby("has_plan", sort=False)
    ]
    return pd.DataFrame(rows)


def by_lot(room: Room) -> float:
    """Return how often accounts drawn by lot do at least as well as those with a plan."""
    table = changes(room)
    before, after = (
        table[name].to_numpy("float64") for name in ("revenue_before", "revenue_after")
    )
    has = table["has_plan"].to_numpy("bool")
    seen = ahead(before, after, has)
    draw = np.random.default_rng(14)
    hits = sum(ahead(before, after, draw.permutation(has)) >= seen for _n in range(_DRAWS))
    return hits / _DRAWS


def ahead(
    before: np.ndarray[Any, Any], after: np.ndarray[Any, Any], has: np.ndarray[Any, Any]
) -> float:
    """Return how much more the revenue of some grew than that of the others.

    >>> ahead(np.array([1.0, 1.0]), np.array([1.5, 1.0]), np.array([True, False]))
    0.5
    """
    some = after[has].sum() / before[has].sum()
    return float(some - after[~has].sum() / before[~has].sum())


def told_by_lot(room: Room) -> str:
    """Return in words how often chance does as well as the plans."""
    return str(
        _(
            "Accounts drawn by lot do at least as well in {share} of the draws.",
            share=percent(by_lot(room), 0),
        )
    )
