"""What plans rest on: the results of one analysis, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.plan.statements import SILENT
from kamkit.settings import Settings

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About


@dataclass(frozen=True, kw_only=True, eq=False)
class Basis:
    """The tables of an analysis that plans rest on; what the case cannot carry is None.

    Each is the table of the result of the same name: ``accounts`` everything that is known of each
    account, ``key_accounts`` and ``ordinary_sales`` the choice, ``planned`` who gets a plan,
    ``quarters`` revenue by quarter, ``goals``, ``ratings`` and ``register`` what people have
    written, the others what the steps on growth and relations found.
    """

    about: About
    accounts: pd.DataFrame
    key_accounts: pd.DataFrame
    planned: pd.DataFrame
    ordinary_sales: pd.DataFrame | None = None
    quarters: pd.DataFrame | None = None
    goals: pd.DataFrame | None = None
    ratings: pd.DataFrame | None = None
    register: pd.DataFrame | None = None
    whitespace: pd.DataFrame | None = None
    opportunities: pd.DataFrame | None = None
    growth: pd.DataFrame | None = None
    wallet_shares: pd.DataFrame | None = None
    relations: pd.DataFrame | None = None
    people: pd.DataFrame | None = None
    next_contacts: pd.DataFrame | None = None
    health: pd.DataFrame | None = None
    mutual_value: pd.DataFrame | None = None
    programme: pd.DataFrame | None = None
    matrix: pd.DataFrame | None = None
    objectives: pd.DataFrame | None = None

    def table(self, name: str) -> pd.DataFrame | None:
        """Return a table by its name, None where the case cannot carry it."""
        found: pd.DataFrame | None = getattr(self, name)
        return found

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the tables.

        Examples
        --------
        >>> "opportunities" in Basis.names()
        True
        """
        return tuple(field.name for field in fields(cls) if field.name != "about")


def by_quarter(table: pd.DataFrame) -> pd.DataFrame:
    """Return the revenue of ``quarters`` with a row per account and a column per quarter.

    >>> one = pd.DataFrame({"account_id": ["a", "b"], "quarter": [1, 2], "revenue": [5.0, 7.0]})
    >>> by_quarter(one).to_numpy().tolist()
    [[5.0, 0.0], [0.0, 7.0]]
    """
    return table.pivot_table(
        index="account_id", columns="quarter", values="revenue", aggfunc="sum", fill_value=0.0
    )


def quarters(case: Case, of: Collection[str]) -> pd.DataFrame:
    """Return what the accounts bought in each quarter.

    One row per account and quarter with sales: ``account_id``, ``quarter`` (its first day),
    ``revenue``, ``contribution`` where there is cost, ``orders`` (invoices) where they are known.

    Examples
    --------
    >>> from kamkit.case import open_case
    >>> int(quarters(open_case("fjordgross"), ["000655"])["revenue"].sum())
    53705728
    """
    lines = case.sales
    lines = lines.filter(lines.account_id.isin(list(of)))
    sums = {"revenue": lines.amount.sum()}
    if case.has("cost"):
        sums["contribution"] = (lines.amount - lines.cost).sum()
    if case.has("invoice_id"):
        sums["orders"] = lines.invoice_id.nunique()
    groups = lines.group_by(["account_id", lines.date.truncate("Q").name("quarter")])
    table = case.engine.frame(groups.aggregate(**sums).order_by(["account_id", "quarter"]))
    table["quarter"] = pd.to_datetime(table["quarter"]).dt.as_unit("s")
    return table


def planned(
    key_accounts: pd.DataFrame,
    ordinary_sales: pd.DataFrame | None = None,
    *,
    also: int = Settings.also,
) -> pd.DataFrame:
    """Return the accounts that get a plan: key accounts, the largest outside, and silent ones.

    One row per account: ``account_id``, ``account_name``, ``planned_as`` (``key``, ``large`` or
    ``silent``). A large account outside needs a plan too: what it loses, risks or would take to
    come in; so does one that has gone silent and brings most of those. There are at most ``also``
    of either, and no more than key accounts.

    Examples
    --------
    >>> key = pd.DataFrame({"account_id": ["1"], "account_name": ["Bygg"]})
    >>> others = pd.DataFrame({"account_id": ["2", "3"], "revenue": [5.0, 9.0]})
    >>> planned(key, others)["account_id"].tolist()
    ['1', '3']
    """
    key = _named(key_accounts).assign(planned_as="key")
    if ordinary_sales is None or not also:
        return key.reset_index(drop=True)
    large = ordinary_sales.sort_values(["revenue", "account_id"], ascending=[False, True])
    large = large.head(min(also, len(key)))
    found = [key, _named(large[large["revenue"] > 0]).assign(planned_as="large")]
    if "rhythm_state" in ordinary_sales:
        brings = next(n for n in ("profit", "contribution", "revenue") if n in ordinary_sales)
        silent = ordinary_sales[
            ordinary_sales["rhythm_state"].isin(SILENT)
            & (ordinary_sales[brings] > 0)
            & ~ordinary_sales["account_id"].isin(large["account_id"])
        ].sort_values([brings, "account_id"], ascending=[False, True])
        found.append(_named(silent.head(min(also, len(key)))).assign(planned_as="silent"))
    return pd.concat(found, ignore_index=True)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return account and name; the number where there is no name."""
    names = table["account_name"] if "account_name" in table else table["account_id"]
    return pd.DataFrame(
        {"account_id": table["account_id"], "account_name": names.fillna(table["account_id"])}
    )


def relations(
    stages: pd.DataFrame,
    contacts: pd.DataFrame | None = None,
    questionnaire: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return contacts and stage on one row per account, with the answer on commitment.

    ``stages`` is the table of ``relate.stage``, ``contacts`` that of ``relate.contacts``.

    Examples
    --------
    >>> stages = pd.DataFrame({"account_id": ["1"], "stage": ["basic"], "because": [""]})
    >>> relations(stages).columns.tolist()
    ['account_id', 'stage']
    """
    table = stages.drop(columns="because")
    if questionnaire is not None:
        binding = questionnaire[questionnaire["question"] == "commitment"]
        means = binding.groupby("account_id")["answer"].mean()
        table["commitment"] = table["account_id"].map(means)
    if contacts is None:
        return table
    names = [name for name in ("account_name",) if name in table]
    return contacts.merge(table.drop(columns=names), on="account_id", how="left")
