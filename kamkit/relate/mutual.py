"""What a customer gets from us, at our prices and costs, beside what it leaves with us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import dated
from kamkit.schema import name_of, takes
from kamkit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from kamkit.periods import Period

_DAYS = 365


@takes(accounts="account_id revenue")
def mutual_value(
    accounts: pd.DataFrame,
    *,
    of: Collection[str] | None = None,
    annual_interest_rate: float = Settings.annual_interest_rate,
    currency: str = "",
    period: Period | None = None,
) -> Finding:
    """Tell what each customer gets from us, at our prices and costs, beside what it leaves.

    That is no gain of the customer's: a list price is no market price, and what the goods are worth
    in its own business is not in a ledger.

    Parameters
    ----------
    accounts : DataFrame
        All accounts with their value: ``revenue``,
        ``profit`` or ``contribution``, ``list_amount`` or ``cost_to_serve``, and
        ``payment_cost`` or ``payment_days`` where it is known.
    of : collection of str, optional
        Numbers of the accounts to look at; all without.
    annual_interest_rate : float
        What credit costs, 0.08 for 8 % a year, where the accounts have days and no cost of it.
    currency : str
        Code of the currency, for the sentences.
    period : Period, optional
        The period of the accounts, for the sentences.

    Returns
    -------
    Finding
        One row per account, the largest first, of equals by number: ``account_id``,
        ``account_name``, ``revenue``; ``saved`` (list amount less revenue: its discount),
        ``served`` (what we spend on serving it), ``lent`` (the credit cost that customer profit
        takes off, else interest on the days until it pays),
        together ``customer_gain`` and ``customer_share`` of revenue; and ``our_gain``
        (customer profit, else contribution) with ``our_share``.

    Raises
    ------
    MissingTable
        Without a list amount or cost of serving, or without cost of goods.
    ParameterError
        For a table without accounts or revenue.

    Examples
    --------
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [90.0, 100.0],
    ...     "list_amount": [100.0, 100.0], "profit": [20.0, 30.0]})
    >>> mutual_value(two).table[["customer_gain", "our_gain"]].values.tolist()
    [[0.0, 30.0], [10.0, 20.0]]
    """
    ours = next((name for name in ("profit", "contribution") if name in accounts), None)
    sides = [name for name in ("list_amount", "cost_to_serve") if name in accounts]
    if ours is None or not sides:
        raise MissingTable(
            _("What a customer gets and leaves cannot be told without cost and list prices."),
            found=", ".join(map(str, accounts)),
            wanted=_("cost of the lines, and list amounts or activities"),
            remedy=_("Add the columns; kamkit template shows them."),
        )
    table = _gains(accounts, annual_interest_rate).assign(
        our_gain=accounts[ours].astype("float64").to_numpy()
    )
    revenue = table["revenue"].where(table["revenue"] > 0)
    table["customer_share"] = table["customer_gain"] / revenue
    table["our_share"] = table["our_gain"] / revenue
    if of is not None:
        table = table[table["account_id"].isin(list(of))]
    table = table.sort_values(["revenue", "account_id"], ascending=[False, True], ignore_index=True)
    text = dated(_text(table, currency), period)
    return Finding("mutual_value", table, text, _caveats(accounts, sides))


def _gains(accounts: pd.DataFrame, rate: float) -> pd.DataFrame:
    names = accounts["account_name"] if "account_name" in accounts else accounts["account_id"]
    revenue = accounts["revenue"].astype("float64").to_numpy()
    table = pd.DataFrame(
        {
            "account_id": accounts["account_id"].to_numpy(),
            "account_name": names.to_numpy(),
            "revenue": revenue,
        }
    )
    listed = accounts["list_amount"] if "list_amount" in accounts else accounts["revenue"]
    table["saved"] = (listed.astype("float64").to_numpy() - revenue).clip(min=0)
    served = accounts.get("cost_to_serve", 0.0)
    table["served"] = np.nan_to_num(np.broadcast_to(np.asarray(served, dtype=float), len(table)))
    table["lent"] = _lent(accounts, revenue, rate)
    table["customer_gain"] = table[["saved", "served", "lent"]].sum(axis=1)
    return table


def _lent(accounts: pd.DataFrame, revenue: NDArray[Any], rate: float) -> Any:
    """Return what credit costs us: the number that customer profit has, where there is one."""
    if "payment_cost" in accounts:
        return accounts["payment_cost"].fillna(0.0).to_numpy()
    days = np.asarray(accounts.get("payment_days", 0.0), dtype=float)
    return np.nan_to_num(days).clip(min=0) / _DAYS * rate * revenue.clip(min=0)


def _text(table: pd.DataFrame, currency: str) -> str:
    parts = [
        _(
            "Discount from list, service and credit for {accounts} come to {theirs}, at our prices "
            "and costs; {ours} is left with us.",
            accounts=ngettext("{n} account", "{n} accounts", len(table)),
            theirs=scaled(float(table["customer_gain"].sum()), currency),
            ours=scaled(float(table["our_gain"].sum()), currency),
        )
    ]
    losing = table[table["our_gain"] < 0].sort_values(["our_gain", "account_id"])
    if len(losing):
        first = losing.iloc[0]
        parts.append(
            _(
                "{name} gets {theirs} of it and costs us {ours}.",
                name=name_of(first),
                theirs=scaled(float(first["customer_gain"]), currency),
                ours=scaled(-float(first["our_gain"]), currency),
            )
        )
    return joined(" ", parts)


def _caveats(accounts: pd.DataFrame, sides: list[str]) -> tuple[str, ...]:
    caveats = [
        _(
            "A list price is no market price, and what the goods are worth in the customer's "
            "business is not in the ledger: what a customer gains has to be asked."
        )
    ]
    if "list_amount" not in sides:
        caveats.append(_("There are no list prices, so discounts are not counted."))
    if "cost_to_serve" not in accounts:
        caveats.append(_("There are no activities, so service is not counted."))
    return tuple(caveats)
