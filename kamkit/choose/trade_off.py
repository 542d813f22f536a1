"""Breadth against depth: what every number of key accounts returns at each depth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamkit.choose.depth import TREATMENTS
from kamkit.choose.effects import EFFECTS, Effects, Terms, gain_shares, refuse_unknown


def trade_off(
    accounts: pd.DataFrame,
    treated: pd.DataFrame,
    terms: Terms,
    *,
    effects: Effects = EFFECTS,
    hours: float | None = None,
    most: int = 60,
) -> pd.DataFrame:
    """Return what every breadth gives at three depths: the trade-off of breadth and depth.

    ``accounts`` come best first, those that can be chosen only. One row per number of key accounts
    (up to ``most``) and depth: ``key_accounts``, ``depth`` (``all_shared``, ``some_dedicated``: a
    team of its own where that pays more, ``all_dedicated``), ``dedicated`` (how many have one),
    ``hours`` a year, ``yearly_cost``, ``net_present_value`` with likely effects, ``feasible``
    (within ``hours``, where they are known) and ``best`` (the most value of its depth).

    Raises ``MissingTable`` where the contribution or the cost is not known.
    """
    key = accounts.head(most)
    pays = treatment_that_pays(key, treated, terms, effects=effects)
    each = treated.set_index("treatment")
    size = np.arange(1, len(key) + 1)
    deeper = (pays["value_dedicated"] > pays["value_shared"]).to_numpy()
    frames = []
    for depth, deep in (
        ("all_shared", np.zeros(len(key), dtype=bool)),
        ("some_dedicated", deeper),
        ("all_dedicated", np.ones(len(key), dtype=bool)),
    ):
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
    present value with likely effects) and ``pays_best`` (the treatment with the most value,
    ``ordinary`` where neither pays).
    """
    cost = treated.set_index("treatment")["yearly_cost"]
    refuse_unknown(accounts, cost)
    table = accounts[["account_id"]].copy()
    for name in TREATMENTS[:2]:
        kept, more = gain_shares(terms, effects[name, "retention"][1], effects[name, "growth"][1])
        gain = accounts["yearly_contribution"].astype(float) * float((kept + more).sum())
        table[f"value_{name}"] = gain - float(cost[name]) * float(terms.discount.sum())
    best = np.where(table["value_dedicated"] > table["value_shared"], "dedicated", "shared")
    pays = table[["value_dedicated", "value_shared"]].max(axis=1) > 0
    table["pays_best"] = np.where(pays, best, "ordinary")
    return table
