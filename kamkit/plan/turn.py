"""In which order the objectives of an account are taken up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.periods import quarter_end
from kamkit.plan._objectives import GROWS, is_done

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

_URGENT = ("mend", "call", "win_back", "take_over")
_OWN = {
    "mend": ("mend",),
    "win_back": ("win_back", "retain", "deepen"),
    "retain": ("retain",),
    "deepen": ("deepen", "advance"),
    "grow": GROWS,
    "invest": ("advance", *GROWS),
    "build": ("advance", "deepen", *GROWS),
    "harvest": ("harvest", "retain"),
    "hand_over": ("hand_over",),
}
"""The objectives that a strategy is about, in their order; those of growth by what they bring."""


def in_turn(goals: pd.DataFrame, strategy: str, end: dt.date) -> pd.DataFrame:
    """Return the objectives in their order: urgent, what the strategy is about, worth most.

    Where sales are to be kept that nothing threatens, what could be sold comes before next year's
    terms. Those that people have finished come last.

    >>> import pandas as pd
    >>> due, end = pd.Timestamp("2026-12-31"), pd.Timestamp("2025-12-31")
    >>> goals = pd.DataFrame({"objective": ["grow_cross", "retain", "mend"], "value": 1.0})
    >>> goals = goals.assign(due=due, baseline=9.0, target=8.0)
    >>> in_turn(goals, "retain", end)["objective"].tolist()
    ['mend', 'retain', 'grow_cross']
    >>> in_turn(goals.assign(target=9.0), "retain", end)["objective"].tolist()
    ['mend', 'grow_cross', 'retain']
    """
    if goals.empty:
        return goals
    # what is to be kept and due within a quarter is a call: to one that is silent or buys less
    soon = (goals["objective"] == "retain") & (goals["due"].dt.date <= quarter_end(end, 1))
    first = goals["objective"].mask(soon, "call")
    urgent = [_URGENT.index(code) if code in _URGENT else len(_URGENT) for code in first]
    mine = _OWN.get(strategy, ())
    about = [code if code not in GROWS else GROWS[0] for code in mine]
    asked = goals["objective"].mask(goals["objective"].isin(GROWS), GROWS[0])
    own = [about.index(code) if code in about else len(about) for code in asked]
    done = [is_done(status) for status in goals.get("status", [""] * len(goals))]
    table = goals.assign(done=done, urgent=urgent, own=own, worth=goals["value"].fillna(0.0))
    keeps = table[table["objective"] == "retain"]
    is_goal = {"target", "baseline"} <= set(keeps)
    falls = is_goal and bool((keeps["target"] < keeps["baseline"]).any())
    safe = strategy == "retain" and not (falls or bool(soon.any()))
    table["terms"] = (table["objective"] == "retain") & safe
    return table.sort_values(
        ["done", "urgent", "terms", "own", "worth"],
        ascending=[True, True, True, True, False],
        kind="stable",
    )


MOVES = 3
"""The moves on the first page of a plan."""


def by_date(ordered: pd.DataFrame) -> pd.DataFrame:
    """Return the objectives with the three moves first, in the order of their dates.

    ``ordered`` is what ``in_turn`` returns.

    >>> import pandas as pd
    >>> due = pd.to_datetime(["2026-09-30", "2026-03-31", "2026-06-30", "2026-01-31"])
    >>> by_date(pd.DataFrame({"due": due, "done": False}))["due"].dt.month.tolist()
    [3, 6, 9, 1]
    """
    first = ordered.head(MOVES) if ordered.empty else ordered[~ordered["done"]].head(MOVES)
    dated = first.sort_values("due", kind="stable").index
    return ordered.loc[[*dated, *ordered.index.difference(dated, sort=False)]]
