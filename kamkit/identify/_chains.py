"""Chains and groups: accounts that are key only as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable
from kamkit.identify.pareto import CUTS, classify
from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.output.finding import Finding
from kamkit.schema import check

_SUMS = (
    "invoices",
    "credit_notes",
    "lines",
    "revenue",
    "invoiced",
    "credited",
    "quantity",
    "cost",
    "contribution",
)


def roll_up(accounts: pd.DataFrame, parents: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Add the accounts of a chain or group up to one row.

    One row per parent, and one per account without a parent, largest amount first: the columns of
    ``accounts``, with ``account_id`` the parent's number, and ``members``. Amounts and counts are
    sums; ``active_months`` is that of the busiest member, because shared months are counted once
    and cannot be added. ``parents`` (account to parent) replaces the column ``parent_id``.

    Raises ``MissingTable`` when neither is there.

    >>> two = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [1.0, 2.0, 2.5],
    ...                     "parent_id": ["K", "K", None]})
    >>> roll_up(two)[["account_id", "revenue", "members"]].to_numpy().tolist()
    [['K', 3.0, 2], ['c', 2.5, 1]]
    """
    check(accounts, ("account_id", "revenue"), what=_("accounts"), each="account_id")
    parent = _parents(accounts, parents)
    whole = accounts.assign(_unit=parent.fillna(accounts["account_id"]))
    named: dict[str, tuple[str, str]] = {"members": ("account_id", "size")}
    for column in accounts.columns:
        if column in _SUMS:
            named[column] = (column, "sum")
        elif column in ("first_date", "last_date"):
            named[column] = (column, "min" if column == "first_date" else "max")
        elif column == "active_months":
            named[column] = (column, "max")
    table = whole.groupby("_unit", sort=True).agg(**named).reset_index(names="account_id")
    if "account_name" in accounts:
        names = accounts.set_index("account_id")["account_name"]
        table["account_name"] = table["account_id"].map(names)
    if {"credited", "invoiced"} <= set(table):
        table["credit_share"] = -table["credited"] / table["invoiced"].where(table["invoiced"] != 0)
    if "contribution" in table:
        ratio = table["contribution"] / table["revenue"].where(table["revenue"] > 0)
        table["contribution_ratio"] = ratio
    order = [name for name in accounts.columns if name in table] + ["members"]
    ranked = table.sort_values(["revenue", "account_id"], ascending=[False, True])
    return ranked[order].reset_index(drop=True)


def chains(
    accounts: pd.DataFrame, *, cuts: Sequence[float] = CUTS, names: Mapping[str, str] | None = None
) -> Finding:
    """Tell which chains are in class A as a whole though no member is.

    The table has one row per chain of two accounts or more, largest first: ``parent_id``,
    ``members``, ``revenue``, ``rank`` and ``abc_class`` as a whole, ``best_member`` (the highest
    class of a member) and ``only_as_whole``. ``names`` are those of the chains. Raises
    ``MissingTable`` without parents.

    >>> frame = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [50.0, 28.0, 22.0],
    ...                       "parent_id": [None, "K", "K"]})
    >>> chains(frame, cuts=(0.5, 0.95)).table["only_as_whole"].tolist()
    [True]
    """
    check(accounts, ("account_id",), what=_("accounts"))
    parent = _parents(accounts, None)
    alone = classify(accounts, cuts=cuts).set_index("account_id")["abc_class"]
    best = alone.groupby(parent.set_axis(accounts["account_id"])).min()
    whole = classify(roll_up(accounts), cuts=cuts)
    table = whole[(whole["members"] > 1)].rename(columns={"account_id": "parent_id"})
    table = table[["parent_id", "members", "revenue", "rank", "abc_class"]].reset_index(drop=True)
    table["best_member"] = table["parent_id"].map(best)
    table["only_as_whole"] = (table["abc_class"] == "A") & (table["best_member"] != "A")
    hidden = table[table["only_as_whole"]]
    text = ngettext(
        "{n} chain has two accounts or more", "{n} chains have two accounts or more", len(table)
    )
    if hidden.empty:
        text = _("{start}; none is in class A only as a whole.", start=text)
    else:
        first = hidden.iloc[0]
        text = _(
            "{start}; {n} in class A only as a whole. The largest of them, {who}, is number {rank} "
            "when its {members} are counted together.",
            start=text,
            who=_called(first["parent_id"], names or {}),
            rank=number(first["rank"]),
            n=ngettext("{n} is", "{n} are", len(hidden)),
            members=ngettext("{n} account", "{n} accounts", int(first["members"])),
        )
    return Finding("chains", table, text)


def _called(chain: str, names: Mapping[str, str]) -> str:
    name = names.get(chain)
    return f"{name} ({chain})" if isinstance(name, str) and name not in ("", chain) else str(chain)


def _parents(accounts: pd.DataFrame, parents: Mapping[str, str] | None) -> pd.Series[str]:
    if parents is not None:
        return accounts["account_id"].map(dict(parents))
    if "parent_id" not in accounts or not accounts["parent_id"].notna().any():
        raise MissingTable(
            _("No account has a parent, so chains are left out."),
            found=", ".join(map(str, accounts)),
            wanted=_("a column with the number of the chain or group"),
            remedy=_("Add it to the export, or to the table of accounts."),
        )
    return accounts["parent_id"].replace("", np.nan)
