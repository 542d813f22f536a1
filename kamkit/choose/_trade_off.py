"""Breadth against depth: what every number of key accounts returns at each depth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamkit.choose.depth import TREATMENTS, offered
from kamkit.choose.effects import EFFECTS, Effects, Terms, at_likely, gains, refuse_unknown
from kamkit.language import gettext as _
from kamkit.schema import check


def trade_off(
    accounts: pd.DataFrame,
    treated: pd.DataFrame,
    terms: Terms,
    *,
    effects: Effects = EFFECTS,
    hours: float | None = None,
    most: int = 60,
    dedicated: int | None = None,
) -> pd.DataFrame:
    """Return what every breadth gives at three depths: the trade-off of breadth and depth.

    ``accounts`` come best first, those that can be chosen only. One row per number of key accounts
    (up to ``most``) and depth: ``key_accounts``, ``depth`` (``all_shared``, ``some_dedicated``: a
    team of its own where that pays more, ``all_dedicated``), ``dedicated`` (how many have one),
    ``hours`` a year, ``yearly_cost``, ``net_present_value`` with likely effects, ``feasible``
    (within ``hours``, where they are known) and ``best`` (the most value of its depth). With
    ``dedicated`` the depth between is ``first_dedicated``: that many of the first have a team of
    their own, whether it pays or not. Depths that there are no services for are left out.

    Raises ``MissingTable`` where the contribution or the cost is not known.

    >>> from kamkit.choose.effects import Terms
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "yearly_contribution": [1e4, 0.0]})
    >>> treated = pd.DataFrame({"treatment": ["dedicated", "shared"], "hours": [400.0, 100.0]})
    >>> found = trade_off(two, treated.assign(yearly_cost=[4e3, 100.0]), Terms(0.9, years=1))
    >>> found.loc[found["best"], ["depth", "key_accounts"]].values.tolist()
    [['all_shared', 1], ['some_dedicated', 1], ['all_dedicated', 1]]
    """
    check(treated, ("treatment", "hours", "yearly_cost"), what=_("treatments"))
    check(accounts, ("account_id",), what=_("accounts"), each="account_id")
    key = accounts.head(most)
    there = offered(treated)
    pays = treatment_that_pays(key, treated, terms, effects=effects)
    each = treated.set_index("treatment")
    size = np.arange(1, len(key) + 1)
    between = "some_dedicated", (pays["value_dedicated"] > pays["value_shared"]).to_numpy()
    if dedicated is not None:
        between = "first_dedicated", size <= dedicated
    none, every = np.zeros(len(key), dtype=bool), np.ones(len(key), dtype=bool)
    depths = {
        "shared": ("all_shared", none),
        "both": between,
        "dedicated": ("all_dedicated", every),
    }
    kinds = list(depths) if len(there) > 1 else there
    frames = []
    for depth, deep in (depths[kind] for kind in kinds):
        own = np.where(deep, pays["value_dedicated"], pays["value_shared"])
        frame = pd.DataFrame({"key_accounts": size, "depth": depth, "dedicated": deep.cumsum()})
        for name in ("hours", "yearly_cost"):
            frame[name] = np.where(deep, each[name]["dedicated"], each[name]["shared"]).cumsum()
        frame["net_present_value"] = own.cumsum()
        frame["feasible"] = True if hours is None else frame["hours"] <= hours
        frame["best"] = frame["net_present_value"] == frame["net_present_value"].max()
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def treatment_that_pays(
    accounts: pd.DataFrame, treated: pd.DataFrame, terms: Terms, *, effects: Effects = EFFECTS
) -> pd.DataFrame:
    """Return for each account what a treatment would return, whichever it has.

    One row per account, as given: ``account_id``, ``value_shared`` and ``value_dedicated`` (net
    present value with likely effects, missing where there are no services for it) and
    ``pays_best`` (the treatment with the most value, ``ordinary`` where neither pays). A
    contribution that is not known counts as zero. Growth that comes without a treatment is not
    counted.

    >>> from kamkit.choose.effects import Terms
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "yearly_contribution": [1000.0, 0.0]})
    >>> treated = pd.DataFrame({"treatment": ["shared"], "hours": [1.0], "yearly_cost": [10.0]})
    >>> treatment_that_pays(two, treated, Terms(0.9, years=1))["pays_best"].tolist()
    ['shared', 'ordinary']
    """
    check(accounts, ("account_id",), what=_("accounts"))
    there = offered(treated)
    refuse_unknown(accounts, treated, there)
    cost = treated.set_index("treatment")["yearly_cost"]
    table = accounts[["account_id"]].copy()
    for name in TREATMENTS[:2]:
        if name not in there:
            table[f"value_{name}"] = np.nan
            continue
        likely = at_likely(effects, name)
        gain = sum(part.sum(axis=1) for part in gains(accounts, terms, *likely))
        table[f"value_{name}"] = gain - float(cost[name]) * float(terms.discount.sum())
    known = table[["value_dedicated", "value_shared"]].fillna(-np.inf)
    best = np.where(known["value_dedicated"] > known["value_shared"], "dedicated", "shared")
    pays = known.max(axis=1) > 0
    table["pays_best"] = np.where(pays, best, "ordinary")
    return table
