"""How much an account may grow in a period: low, middle and high, one number for all who ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from kamkit.grow._conversion import Conversion
from kamkit.grow._whitespace import earning, say_left_out
from kamkit.language import gettext as _
from kamkit.language import ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import takes

TAIL = NormalDist().inv_cdf(0.9)
"""A tenth of the normal distribution lies beyond it on either side."""


@dataclass(frozen=True)
class Miss:
    """By how much intervals of growth missed what was held out: what ``missed`` tells.

    ``table`` has one row per size of account: ``account_size``, ``miss_share`` (to be added to
    either side, as a share of what is open) and ``miss_deviation``, the standard deviation around
    what was claimed. ``in_all`` is the deviation that all have in common, from period to period,
    and ``periods`` how many periods were held out.
    """

    table: pd.DataFrame
    in_all: float
    periods: int


@takes(
    grid="account_id account_name kind open_amount counted_amount growth_low growth_middle "
    "growth_high rate_from account_size"
)
def growth(
    grid: pd.DataFrame, rates: Conversion, *, currency: str = "", missed: Miss | None = None
) -> Finding:
    """Tell how much each account may grow by its opportunities, in a period as long as theirs.

    Parameters
    ----------
    grid : DataFrame
        The table of ``whitespace``.
    rates : Conversion
        The finding of ``conversion`` that it was made with.
    currency : str
        Code of the currency, for the sentence.
    missed : Miss, optional
        That of ``opportunity_check``: intervals are wider by what they missed of what was held out.

    Returns
    -------
    Finding
        One row per account with something open, the most growth first: ``account_id``,
        ``account_name``, ``opportunities``, ``open_amount``, ``growth_middle`` (the sum over its
        opportunities), ``growth_low`` and ``growth_high`` (of ten accounts like it, eight lay
        between, by how far earlier accounts were off; below zero where upsell can fall back),
        ``growth_deviation`` (the standard deviation of one account around its rates),
        ``growth_doubt`` (how much of it is doubt of the rates themselves, the same for all) and
        ``rate_from`` (``assumed`` where all rates are). Where nothing was observed, low and high
        are those of the rates. Accounts that lose money (``loses``) are left out: their terms
        come first.

    Examples
    --------
    >>> from kamkit import open_case
    >>> from kamkit.grow import tried, whitespace
    >>> from kamkit.grow._conversion import conversion
    >>> case = open_case(pd.DataFrame({"account_id": ["1", "2", "2"], "amount": [50.0, 25.0, 25.0],
    ...     "date": ["2025-01-02", "2025-01-02", "2025-01-03"],
    ...     "category": ["Tape", "Tape", "Glue"]}))
    >>> known = pd.DataFrame({"account_id": ["1", "2"]})
    >>> rates = conversion(tried(case, known).head(0))
    >>> table = growth(whitespace(case, known, rates=rates).table, rates).table
    >>> table[["account_id", "open_amount", "growth_middle"]].values.tolist()
    [['1', 50.0, 0.5]]
    """
    grid, losing = earning(grid)
    rates, in_all = _widened(rates, missed)
    best = grid[(grid["kind"] != "") & (grid["open_amount"] > 0)]
    best = best.assign(
        can_fall=best["counted_amount"].where(best["kind"] == "upsell", 0.0),
        growth_doubt=(best["growth_high"] - best["growth_low"]) / (2 * TAIL),
    )
    names = [
        "open_amount",
        "counted_amount",
        "growth_low",
        "growth_middle",
        "growth_high",
        "can_fall",
    ]
    groups = best.groupby(["account_id", "account_name", "account_size"])
    table = groups[[*names, "growth_doubt"]].sum(min_count=1)  # nothing known stays unknown
    table.insert(0, "opportunities", groups.size())
    followed = best[best["rate_from"] != "not_followed"].groupby("account_id")["rate_from"]
    # observed, unless all that were followed are assumed
    rate_from = followed.max().to_dict()
    own = table.index.get_level_values("account_id")
    table["rate_from"] = [rate_from.get(one, "not_followed") for one in own]
    table["growth_doubt"] = np.hypot(table["growth_doubt"], table["counted_amount"] * in_all)
    table = _with_spread(table.reset_index(), rates)
    table = table.sort_values(
        ["growth_middle", "open_amount", "account_id"],
        ascending=[False, False, True],
        ignore_index=True,
    )
    table = table.drop(columns=["can_fall", "counted_amount", "account_size"])
    notes = (*rates.caveats, *_wider(missed), *filter(None, [say_left_out(losing)]))
    return Finding("growth", table, _text(table, rates.observed, currency), notes)


@takes(table="growth_middle growth_deviation growth_doubt")
def growth_total(table: pd.DataFrame) -> tuple[float, float, float]:
    """Return low, middle and high of what some accounts grow together (80 %).

    Accounts are independent of each other, the doubt of the rates is common to all of them. Empty
    where nothing is known.

    Examples
    --------
    >>> two = pd.DataFrame({"growth_middle": [10.0, 10], "growth_deviation": [3.0, 4],
    ...     "growth_doubt": [0.0, 0]})
    >>> [round(one, 1) for one in growth_total(two)]
    [13.6, 20.0, 26.4]
    """
    middle = float(table["growth_middle"].sum())
    alone = float((table["growth_deviation"] ** 2).sum())
    away = TAIL * float(np.sqrt(alone + float(table["growth_doubt"].sum()) ** 2))
    return middle - away, middle, middle + away


def limits(
    sums: pd.DataFrame, middle: pd.Series[float], rates: Conversion
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return low and high of the growth of each account, by how far earlier accounts were off.

    ``sums`` has ``account_size``, ``counted_amount`` and ``can_fall`` (that of upsell, as much as
    purchases may fall back by); never below that, nor above what is counted.

    Examples
    --------
    >>> sums = pd.DataFrame({"account_size": ["all"], "counted_amount": [100.0], "can_fall": [0]})
    >>> spread = pd.DataFrame({"account_size": ["all"], "spread_low": [-0.2], "spread_high": [0.3]})
    >>> rates = Conversion("conversion", spread, "", spread=spread)
    >>> [one.tolist() for one in limits(sums, pd.Series([10.0]), rates)]
    [[0.0], [40.0]]
    """
    spread = rates.spread.set_index("account_size")
    off = sums[["account_size"]].join(spread, on="account_size")
    low = middle + sums["counted_amount"] * off["spread_low"]
    high = middle + sums["counted_amount"] * off["spread_high"]
    low = low.clip(lower=0.0 - sums["can_fall"]).clip(upper=middle)
    return low, high.clip(upper=sums["counted_amount"]).clip(lower=middle)


def _widened(rates: Conversion, missed: Miss | None) -> tuple[Conversion, float]:
    """Return the rates with as much more spread as they missed, and what all have in common."""
    if missed is None or not len(rates.spread):
        return rates, 0.0
    own = rates.spread[["account_size"]].merge(missed.table, on="account_size", how="left")
    more = own["miss_share"].fillna(own["miss_share"].max()).fillna(0.0).to_numpy()
    spread = rates.spread.assign(
        spread_low=rates.spread["spread_low"] - more,
        spread_high=rates.spread["spread_high"] + more,
        spread_deviation=np.fmax(rates.spread["spread_deviation"], own["miss_deviation"]),
    )
    return replace(rates, spread=spread), missed.in_all


def _wider(missed: Miss | None) -> list[str]:
    """Say by how much intervals are wider, and what a check within one period cannot see."""
    if missed is None:
        return []
    result = []
    if len(missed.table) and missed.table["miss_share"].max() > 0:
        result.append(
            _(
                "Low and high are wider by up to {share} of what is open: that much was missing "
                "when they were tried on accounts that they were not made from.",
                share=percent(float(missed.table["miss_share"].max()), 1),
            )
        )
    if missed.in_all > 0:
        result.append(
            _(
                "The interval of the total is wider than chance alone makes it: from one period "
                "to the next the rates moved by {share} of what is open.",
                share=percent(missed.in_all, 1),
            )
        )
    if missed.periods == 1:
        result.append(
            _(
                "One earlier period has been seen: how rates change from year to year is not in "
                "low and high."
            )
        )
    return result


def _with_spread(table: pd.DataFrame, rates: Conversion) -> pd.DataFrame:
    if not len(rates.spread):
        return table.assign(growth_deviation=0.0)
    low, high = limits(table, table["growth_middle"], rates)
    deviation = rates.spread.set_index("account_size")["spread_deviation"]
    wide = table["account_size"].map(deviation).astype(float)
    return table.assign(
        growth_low=low, growth_high=high, growth_deviation=table["counted_amount"] * wide
    )


def _text(table: pd.DataFrame, observed: bool, currency: str) -> str:
    if table.empty:
        return _("No account is thought to buy more than it does.")
    low, middle, high = growth_total(table)
    facts = {
        "accounts": ngettext("{n} account has", "{n} accounts have", len(table)),
        "open": scaled(float(table["open_amount"].sum()), currency),
        "low": scaled(low, currency),
        "middle": scaled(middle, currency),
        "high": scaled(high, currency),
    }
    if observed:
        return _(
            "{accounts} {open} open. At the rate at which such came true so far, they grow by "
            "{middle} in a period as long ({low} to {high}).",
            **facts,
        )
    return _(
        "{accounts} {open} open. By assumption they grow by {middle} in a period as long.", **facts
    )
