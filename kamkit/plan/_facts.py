"""All that the results of an analysis tell of one account, on one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.periods import halves, is_year
from kamkit.plan.basis import by_quarter
from kamkit.plan.statements import loses
from kamkit.relate import ties

if TYPE_CHECKING:
    from kamkit.case.about import About
    from kamkit.plan.basis import Basis

_FROM = {
    "relations": (
        "people",
        "deciders",
        "roles",
        "departments",
        "our_people",
        "single_contact",
        "structure",
        "top_share",
        "ours_share",
        "our_main",
        "stale_share",
        "opponents",
        "next_step",
        "next_contact",
        "stage",
        "wanted_stage",
        "stages_to_go",
        "points",
        "next_question",
        "next_answer",
        "mean_support",
    ),
    "health": ("health", "health_before", "health_change", "weakest", "because"),
    "mutual_value": ("saved", "served", "lent", "customer_gain", "our_gain"),
    "growth": (
        "growth_low",
        "growth_middle",
        "growth_high",
        "growth_deviation",
        "growth_doubt",
        "rate_from",
    ),
    "programme": (
        "yearly_contribution",
        "yearly_cost",
        "retained",
        "grown",
        "programme_cost",
        "net_present_value",
        "value_low",
        "value_high",
        "break_even_retention",
        "break_even_growth",
        "payback_months",
    ),
    "wallet_shares": (
        "wallet",
        "ours",
        "share_of_wallet",
        "competitors",
        "unknown",
        "wallet_year",
        "ours_from",
        "ours_until",
    ),
    "matrix": ("attractiveness", "strength", "cell"),
}
SHRINKS = -0.10
"""A change of sales in a year from which on an account shrinks."""

_AGAINST_ALL = 0.7
"""Where no years can be compared: what is left of an account's sales beside what is left of all."""

_LUMPY = 0.8
_KINDS = ("repeat", "upsell", "cross_sell")


def facts(basis: Basis) -> pd.DataFrame:
    """Return one row per account that gets a plan, with all that the tables say of it.

    Columns: those of the key accounts and ordinary sales, of the account values, and of
    ``relations``, ``health``, ``mutual_value``, ``programme``, ``wallet_shares`` and ``matrix``,
    ``growth``, where the run has them, and from the opportunities ``open_value`` (the growth of
    all), ``repeat_value``, ``upsell_value``, ``cross_sell_value`` and the group that each would
    begin with (``repeat_item`` …). ``is_key`` tells key accounts from the others; ``is_new`` those
    that bought first in the last year of a longer ledger; ``loses`` those that cost more than they
    leave (see ``loses``). ``usual_discount_share`` and ``usual_service_share`` are those of all
    other accounts;
    ``shrinks`` those whose sales fell by a tenth or more in a year, without its being their habit
    (between shorter periods: and by three tenths more than those of all accounts), ``swings``
    those where it is; ``handover`` tells whether a key account changes its manager,
    ``manager_knows`` how many of its people the new one knows.
    """
    listed = basis.planned
    chosen = [one for one in (basis.key_accounts, basis.ordinary_sales) if one is not None]
    base = pd.concat(chosen, ignore_index=True).drop_duplicates("account_id")
    base = base.drop(columns=[name for name in ("account_name",) if name in base])
    table = listed.merge(base, on="account_id", how="left")
    table["account_name"] = table["account_name"].fillna(table["account_id"])
    table["is_key"] = table["planned_as"] == "key"
    table = _beside(table, basis.accounts)
    for name, columns in _FROM.items():
        found = basis.table(name)
        if found is not None:
            rows = found.drop_duplicates("account_id")
            table = _beside(table, rows[["account_id", *[c for c in columns if c in rows]]])
    # one block again: pandas warns of a table that grew column by column
    table = _with_opportunities(table.copy(), basis.opportunities).copy()
    for name in ("profit", "profit_ratio"):
        if name in table and "profit_year" not in set(basis.accounts) | set(base):
            table[f"{name}_year"] = table[name]  # all that is known is of one period
    table["loses"] = loses(table)
    table["is_new"] = _new(table, basis.about)
    if {"profit_year", "revenue_year"} <= set(table):
        bought = table["revenue_year"].where(table["revenue_year"] > 0)
        table["profit_ratio_year"] = table["profit_year"] / bought
    if {"change", "revenue_before"} <= set(table):
        before = table["revenue_before"].where(table["revenue_before"] > 0)
        # halves of other months say nothing of who buys in a season
        alike = is_year(halves(basis.about.period)[1])
        ratio = table["change"] / before
        table["growth_ratio"] = ratio if alike else float("nan")
        habit = table["account_id"].isin(_lumpy(basis.quarters))
        table["shrinks"] = (ratio <= SHRINKS) & ~habit
        table["swings"] = (ratio <= SHRINKS) & habit
        if not alike:  # of what all have in common, a season above all, no account is to blame
            table["shrinks"] &= 1 + ratio <= _AGAINST_ALL * (1 + change_of_all(basis.accounts))
    for end in ("", "_year"):
        if {f"cost_to_serve{end}", f"revenue{end}"} <= set(table):
            bought = table[f"revenue{end}"].where(table[f"revenue{end}"] > 0)
            table[f"service_share{end}"] = table[f"cost_to_serve{end}"] / bought
    return _with_handover(_with_usual(table, basis.accounts), basis.people)


def change_of_all(accounts: pd.DataFrame) -> float:
    """Return by which share the sales of all accounts changed from the earlier period to the later.

    >>> change_of_all(pd.DataFrame({"revenue_before": [60.0, 40.0], "change": [-10.0, 30.0]}))
    0.2
    """
    before = float(accounts["revenue_before"].sum())
    return float(accounts["change"].sum()) / before if before > 0 else 0.0


def _lumpy(quarters: pd.DataFrame | None) -> set[str]:
    """Return the accounts that buy in projects or seasons: a small year is their habit."""
    if quarters is None:
        return set()
    sums = by_quarter(quarters)
    spread = sums.std(axis=1) / sums.mean(axis=1).where(sums.mean(axis=1) > 0)
    return set(map(str, spread.index[spread > _LUMPY]))


def _with_usual(table: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """Add the discount and the cost of serving that are usual: those of all other accounts."""
    if "revenue" not in every:
        return table
    sold, own = every.drop_duplicates("account_id").set_index("account_id"), table["account_id"]

    def of(name: str) -> tuple[pd.Series[float], pd.Series[float]]:
        """Return the last twelve months where they are known, and the revenue of the same."""
        year = {f"{name}_year", "revenue_year"} <= set(sold)
        columns = [sold[f"{one}_year" if year else one] for one in (name, "revenue")]
        values, revenue = (one.astype("float64") for one in columns)
        return values.fillna(0.0), revenue.clip(lower=0.0)

    if "discount_share" in sold:
        share, revenue = of("discount_share")
        share = share.clip(upper=0.99)
        listed = revenue / (1 - share)
        others = listed.sum() - own.map(listed)
        given = (listed * share).sum() - own.map(listed * share)
        table["usual_discount_share"] = given / others.where(others > 0)
    if "cost_to_serve" in sold:
        served, revenue = of("cost_to_serve")
        others = revenue.sum() - own.map(revenue)
        table["usual_service_share"] = (served.sum() - own.map(served)) / others.where(others > 0)
    return table


def _with_handover(table: pd.DataFrame, people: pd.DataFrame | None) -> pd.DataFrame:
    """Add whether a key account changes its manager, and whom of its people the new one knows."""
    if not {"manager", "account_manager"} <= set(table):
        return table
    both = table["manager"].notna() & table["account_manager"].notna()
    table["handover"] = both & (table["manager"] != table["account_manager"])
    if people is not None:
        known = ties(people).set_index(["account_id", "our_contact"])["known"]
        pairs = zip(table["account_id"], table["manager"], strict=True)
        table["manager_knows"] = [float(known.get(pair, 0)) for pair in pairs]
    return table


def _beside(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    new = [name for name in rows if name not in table]
    return table.merge(rows[["account_id", *new]], on="account_id", how="left")


def _with_opportunities(table: pd.DataFrame, best: pd.DataFrame | None) -> pd.DataFrame:
    table["open_value"] = 0.0
    for kind in _KINDS:
        table[f"{kind}_value"] = 0.0
        table[f"{kind}_item"] = ""
    if best is None or best.empty:
        return table
    sums = best.groupby("account_id")["growth_middle"].sum()
    table["open_value"] = table["account_id"].map(sums).fillna(0.0)
    for kind in _KINDS:
        rows = best[best["kind"] == kind].drop_duplicates("account_id").set_index("account_id")
        table[f"{kind}_value"] = table["account_id"].map(rows["growth_middle"]).fillna(0.0)
        table[f"{kind}_item"] = (
            table["account_id"].map(rows["item"].to_dict()).astype("str").fillna("")
        )
    return table


def _new(table: pd.DataFrame, about: About) -> pd.Series[bool]:
    if "first_date" not in table:
        return pd.Series(False, index=table.index)
    start, end = pd.Timestamp(about.period.start), pd.Timestamp(about.period.end)
    year = np.timedelta64(365, "D")
    if end - start <= 2 * year:
        return pd.Series(False, index=table.index)
    new: pd.Series[bool] = table["first_date"] > end - year
    return new
