"""The tables that plans rest on, and all that they say of one account on one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from kamkit.case import Case

Tables = Mapping[str, pd.DataFrame]
"""Result tables by name, as the notebooks of a run keep them."""

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
    "mutual_value": ("saved", "served", "lent", "customer_gain", "our_gain", "who_gains"),
    "programme": (
        "yearly_contribution",
        "yearly_cost",
        "retained",
        "grown",
        "programme_cost",
        "net_present_value",
        "value_low",
        "value_high",
        "chance_it_pays",
        "payback_months",
    ),
    "wallet_shares": ("wallet", "ours", "share_of_wallet", "competitors", "unknown"),
    "matrix": ("attractiveness", "strength", "cell"),
}
_KINDS = ("repeat", "upsell", "cross_sell")


def basis(case: Case, of: list[str]) -> dict[str, pd.DataFrame]:
    """Return what a plan needs of the case itself, for the accounts ``of``.

    - ``about``: one row: ``title``, ``currency``, ``start``, ``end``, ``fictional``;
    - ``quarters``: one row per account and quarter with sales: ``account_id``, ``quarter`` (first
      day), ``revenue``, ``contribution`` where there is cost, ``orders`` (invoices);
    - ``goals`` and ``ratings`` of the case, where it has them; ``register``: what the table
      accounts knows of them.

    >>> from kamkit.case import open_case
    >>> found = basis(open_case("fjordgross"), ["000655"])
    >>> sorted(found), int(found["quarters"]["revenue"].sum())
    (['about', 'goals', 'quarters', 'ratings', 'register'], 7373306)
    """
    period = case.period
    about = pd.DataFrame(
        {
            "title": [case.title],
            "currency": [case.currency],
            "fictional": [case.fictional],
            "start": [pd.Timestamp(period.start)],
            "end": [pd.Timestamp(period.end)],
        }
    )
    found = {"about": about, "quarters": _quarters(case, of)}
    for name, table in (("goals", "goals"), ("ratings", "ratings"), ("register", "accounts")):
        if table in case.tables:
            rows = case.tables[table]
            found[name] = rows[rows["account_id"].isin(of)].reset_index(drop=True)
    return found


def _quarters(case: Case, of: list[str]) -> pd.DataFrame:
    lines = case.sales
    lines = lines.filter(lines.account_id.isin(of))
    sums = {"revenue": lines.amount.sum()}
    if case.has("cost"):
        sums["contribution"] = (lines.amount - lines.cost).sum()
    if case.has("invoice_id"):
        sums["orders"] = lines.invoice_id.nunique()
    groups = lines.group_by(["account_id", lines.date.truncate("Q").name("quarter")])
    table = case.engine.frame(groups.aggregate(**sums).order_by(["account_id", "quarter"]))
    for name in ("revenue", "contribution"):
        if name in table:
            table[name] = table[name].astype("float64")
    table["quarter"] = pd.to_datetime(table["quarter"]).dt.as_unit("s")
    return table


def planned(tables: Tables, *, also: int = 6) -> pd.DataFrame:
    """Return the accounts that get a plan: the key accounts, then the largest that are not key.

    One row per account: ``account_id``, ``account_name``, ``planned_as`` (``key`` or ``large``).
    A large account outside needs a plan too: what it loses, risks or would take to come in. There
    are at most ``also`` of them, and no more than key accounts.
    """
    key = _named(tables["key_accounts"]).assign(planned_as="key")
    others = tables.get("ordinary_sales")
    if others is None or not also:
        return key.reset_index(drop=True)
    large = others.sort_values(["revenue", "account_id"], ascending=[False, True])
    large = large.head(min(also, len(key)))
    large = _named(large[large["revenue"] > 0]).assign(planned_as="large")
    return pd.concat([key, large], ignore_index=True)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return account and name; the number where there is no name."""
    names = table["account_name"] if "account_name" in table else table["account_id"]
    return pd.DataFrame(
        {"account_id": table["account_id"], "account_name": names.fillna(table["account_id"])}
    )


def facts(tables: Tables) -> pd.DataFrame:
    """Return one row per account that gets a plan, with all that the tables say of it.

    Columns: those of the key accounts and ordinary sales, of the account values, and of
    ``relations``, ``health``, ``mutual_value``, ``programme``, ``wallet_shares`` and ``matrix``,
    where the run has them, and from the opportunities ``open_value`` (expected value of all),
    ``repeat_value``, ``upsell_value``, ``cross_sell_value`` and the group that each would begin
    with (``repeat_item`` …). ``is_key`` tells key accounts from the others; ``is_new`` those
    that bought first in the last year of a longer ledger; ``loses`` those that cost more than they
    leave.
    """
    listed = tables.get("planned", planned(tables))
    chosen = [tables[n] for n in ("key_accounts", "ordinary_sales") if n in tables]
    base = pd.concat(chosen, ignore_index=True).drop_duplicates("account_id")
    base = base.drop(columns=[name for name in ("account_name",) if name in base])
    table = listed.merge(base, on="account_id", how="left")
    table["account_name"] = table["account_name"].fillna(table["account_id"])
    table["is_key"] = table["planned_as"] == "key"
    if "account_facts" in tables:
        table = _beside(table, tables["account_facts"])
    for name, columns in _FROM.items():
        if name in tables:
            rows = tables[name].drop_duplicates("account_id")
            table = _beside(table, rows[["account_id", *[c for c in columns if c in rows]]])
    table = _with_opportunities(table, tables.get("opportunities"))
    table["loses"] = table["profit"] < 0 if "profit" in table else False
    table["is_new"] = _new(table, tables.get("about"))
    if {"change", "revenue_before"} <= set(table):
        before = table["revenue_before"].where(table["revenue_before"] > 0)
        table["growth_ratio"] = table["change"] / before
    if {"cost_to_serve", "revenue"} <= set(table):
        table["service_ratio"] = table["cost_to_serve"] / table["revenue"].where(
            table["revenue"] > 0
        )
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
    sums = best.groupby("account_id")["expected_value"].sum()
    table["open_value"] = table["account_id"].map(sums).fillna(0.0)
    for kind in _KINDS:
        rows = best[best["kind"] == kind].drop_duplicates("account_id").set_index("account_id")
        table[f"{kind}_value"] = table["account_id"].map(rows["expected_value"]).fillna(0.0)
        table[f"{kind}_item"] = table["account_id"].map(rows["item"]).fillna("")
    return table


def _new(table: pd.DataFrame, about: pd.DataFrame | None) -> pd.Series[bool]:
    if about is None or "first_date" not in table:
        return pd.Series(False, index=table.index)
    start, end = about["start"].iloc[0], about["end"].iloc[0]
    year = np.timedelta64(365, "D")
    if end - start <= 2 * year:
        return pd.Series(False, index=table.index)
    new: pd.Series[bool] = table["first_date"] > end - year
    return new
