"""What the customer gains beside what we gain, so that “good for both” can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import name_of
from kamkit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection

_TERMS = 30.0
_NEAREST = 21
_SIDES = ("both", "us_only", "customer_only", "neither")


def mutual_value(
    accounts: pd.DataFrame,
    *,
    of: Collection[str] | None = None,
    annual_interest_rate: float = Settings.annual_interest_rate,
    currency: str = "",
) -> Finding:
    """Tell what each customer gains from us beside what we gain from it.

    These are gains at our prices and costs: what the goods are worth in the customer's own
    business is not in a ledger.

    Parameters
    ----------
    accounts : DataFrame
        All accounts with their value (the usual gain is found among all): ``revenue``,
        ``profit`` or ``contribution``, ``list_amount`` or ``cost_to_serve``, and
        ``payment_days`` where it is known.
    of : collection of str, optional
        Numbers of the accounts to look at; all without.
    annual_interest_rate : float
        What credit costs, 0.08 for 8 % a year.
    currency : str
        Code of the currency, for the sentences.

    Returns
    -------
    Finding
        One row per account, the largest first, of equals by number: ``account_id``,
        ``account_name``, ``revenue``; on the customer's side ``saved`` (list amount less revenue),
        ``served`` (what we spend on serving it), ``lent`` (interest on what it pays later than 30
        days), together ``customer_gain`` and ``customer_share`` of revenue; on ours ``our_gain``
        (customer profit, else contribution) and ``our_share``; ``usual_share`` (the middle
        ``customer_share`` of the 21 accounts nearest in rank of revenue) and ``who_gains``:
        ``both`` where we earn and it gains at least as much as usual, ``us_only`` where it gains
        less than usual, ``customer_only`` where we lose and it gains as much as usual, else
        ``neither``.

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
    >>> mutual_value(two).table["who_gains"].tolist()
    ['us_only', 'both']
    """
    ours = next((name for name in ("profit", "contribution") if name in accounts), None)
    sides = [name for name in ("list_amount", "cost_to_serve") if name in accounts]
    if ours is None or not sides:
        raise MissingTable(
            _("What customer and supplier gain cannot be told without cost and list prices."),
            wanted=_("cost of the lines, and list amounts or activities"),
            remedy=_("Add the columns; kamkit template shows them."),
        )
    table = _gains(accounts, annual_interest_rate).assign(
        our_gain=accounts[ours].astype("float64").to_numpy()
    )
    revenue = table["revenue"].where(table["revenue"] > 0)
    table["customer_share"] = table["customer_gain"] / revenue
    table["our_share"] = table["our_gain"] / revenue
    table["usual_share"] = _usual(table)
    table["who_gains"] = _who(table)
    if of is not None:
        table = table[table["account_id"].isin(list(of))]
    table = table.sort_values(["revenue", "account_id"], ascending=[False, True], ignore_index=True)
    return Finding("mutual_value", table, _text(table, currency), _caveats(accounts, sides))


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
    days = accounts.get("payment_days", _TERMS)
    late = np.clip(np.broadcast_to(np.asarray(days, dtype=float), len(table)) - _TERMS, 0, None)
    table["lent"] = np.nan_to_num(late) / 365.25 * rate * revenue.clip(min=0)
    table["customer_gain"] = table[["saved", "served", "lent"]].sum(axis=1)
    return table


def _usual(table: pd.DataFrame) -> pd.Series[float]:
    ranked = table.sort_values(["revenue", "account_id"], kind="stable")["customer_share"]
    near = ranked.rolling(_NEAREST, center=True, min_periods=1).median()
    usual: pd.Series[float] = near.reindex(table.index)
    return usual


def _who(table: pd.DataFrame) -> np.ndarray:
    we = table["our_gain"] > 0
    # two shares that are equal on paper may differ in the last digit
    they = table["customer_share"].round(12) >= table["usual_share"].round(12)
    return np.select([we & they, we, they], _SIDES[:3], _SIDES[3])


def _text(table: pd.DataFrame, currency: str) -> str:
    counts = table["who_gains"].value_counts()
    parts = [
        _(
            "Of {accounts} {share} are good for both.",
            accounts=ngettext("{n} account", "{n} accounts", len(table)),
            share=percent(float(counts.get("both", 0)) / max(len(table), 1), 0),
        )
    ]
    losing = table[table["our_gain"] < 0].sort_values(["our_gain", "account_id"])
    if len(losing):
        first = losing.iloc[0]
        parts.append(
            _(
                "{name} gains {theirs} and costs us {ours}.",
                name=name_of(first),
                theirs=scaled(float(first["customer_gain"]), currency),
                ours=scaled(-float(first["our_gain"]), currency),
            )
        )
    less = int(counts.get("us_only", 0))
    if less:
        parts.append(
            ngettext(
                "{n} earns us money and gains less than accounts of its size do: what would "
                "it miss if it left?",
                "{n} earn us money and gain less than accounts of their size do: what would "
                "they miss if they left?",
                less,
            )
        )
    return joined(" ", parts)


def _caveats(accounts: pd.DataFrame, sides: list[str]) -> tuple[str, ...]:
    found = [
        _(
            "Gains at our prices and costs; what the goods are worth in the customer's business "
            "has to be asked."
        )
    ]
    if "list_amount" not in sides:
        found.append(_("There are no list prices, so savings are not counted."))
    if "cost_to_serve" not in accounts:
        found.append(_("There are no activities, so service is not counted."))
    return tuple(found)
