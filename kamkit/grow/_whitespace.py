"""Where an account could buy from us and does not: the grid of accounts and product groups."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.grow._conversion import Conversion, conversion, rated, tried
from kamkit.grow.cells import cells, wallet_scale
from kamkit.grow.items import about, refuse_less_than_one
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import halves
from kamkit.schema import name_of, takes, word

if TYPE_CHECKING:
    from kamkit.case import Case

STATES = ("us", "competitor", "in-house", "not relevant", "unknown")
_PEERS = 20
_FIRST = [
    "account_id",
    "account_name",
    "item",
    "state",
    "kind",
    "revenue",
    "revenue_before",
    "potential",
    "basis",
    "open_amount",
    "counted_amount",
    "peer_share",
    "conversion",
    "conversion_low",
    "conversion_high",
    "growth_low",
    "growth_middle",
    "growth_high",
    "rate_from",
    "peer_group",
]


@takes(accounts="account_id")
def whitespace(
    case: Case,
    accounts: pd.DataFrame,
    *,
    of: Collection[str] | None = None,
    items: str = "category",
    peers: int = _PEERS,
    rates: Conversion | None = None,
) -> Finding:
    """Tell what each account buys from us in each product group, and what it could buy.

    Parameters
    ----------
    case : Case
        An open case.
    accounts : DataFrame
        All accounts, one row each: peers are found among them. ``account_name`` and ``segment``
        are used where they are there.
    of : collection of str, optional
        Numbers of the accounts to look at; all without.
    items : str
        ``category``, ``bestseller`` or ``product``, see ``kinds``.
    peers : int
        How many accounts are comparable: those of the same segment (of all, where fewer than five
        others bought) whose revenue is closest as a ratio, of equals the lower number.
    rates : Conversion, optional
        How often opportunities came true (``conversion``); seen in this ledger without.

    Returns
    -------
    Finding
        One row per account and group, the most growth first: ``account_id``,
        ``account_name``, ``item``, ``state`` (``us`` wherever it bought, else from the table
        wallet: ``competitor``, ``in-house``, ``not relevant``, ``unknown``), ``kind`` of the
        opportunity (``repeat``: bought before, not since; ``upsell``: buys less than the
        potential; ``cross_sell``: bought in neither period; empty where there is none),
        ``revenue`` (net, in the later of two equal periods), ``revenue_before`` (in the earlier),
        ``potential`` (all it is thought to spend in the group in such a period) with ``basis``,
        ``open_amount`` (potential less revenue, at least zero), ``counted_amount`` (as much of it
        as can be set against what came true: what comparable accounts buy, where no wallet has
        been followed to a later period), ``peer_share`` (of the peers, those who buy in the
        group), ``conversion`` (how many such opportunities came true from one period to the
        next) with ``conversion_low`` and ``conversion_high``, ``growth_low``, ``growth_middle``
        and ``growth_high`` (what they bring on average at that rate, in a period as long),
        ``rate_from`` (``observed``, ``assumed``, or ``not_followed`` where only a wallet says
        that something is open and none has been followed to a later period: no rate and no growth
        then) and ``peer_group`` in words. The potential is
        that of the table wallet where it says so (``wallet``: of a shorter period its part of a
        year), else an estimate (``peers``): the share of its purchases
        that the middle one of the peers who buy in the group has there, times what the account
        buys in all.

    Raises
    ------
    MissingTable
        Where the ledger does not tell what was bought.
    ParameterError
        For a table of accounts without ``account_id``, other items, or fewer than one peer.

    Examples
    --------
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["1", "2", "2"], "amount": [80.0, 60.0, 20.0],
    ...     "date": ["2024-01-01", "2025-12-31", "2025-12-31"],
    ...     "category": ["Welding", "Welding", "Abrasives"]})
    >>> grid = whitespace(open_case(sales), pd.DataFrame({"account_id": ["1", "2"]})).table
    >>> grid[["account_id", "item", "kind", "open_amount"]].head(2).to_numpy().tolist()
    [['1', 'Welding', 'repeat', 60.0], ['1', 'Abrasives', 'cross_sell', 20.0]]
    """
    refuse_less_than_one("peers", peers)
    if rates is None:
        rates = conversion(tried(case, accounts, items=items, peers=peers))
    periods = halves(case.period)
    grid = cells(case, accounts, periods, of=of, items=items, peers=peers)
    table = rated(grid, rates)
    rounded = table.round({"growth_middle": 6, "open_amount": 6}).fillna({"growth_middle": 0.0})
    ordered = rounded.sort_values(
        ["growth_middle", "open_amount", "account_id", "item"], ascending=[False, False, True, True]
    )
    table = table.loc[ordered.index].reset_index(drop=True)
    table = table[[*_FIRST, *[name for name in table if name not in _FIRST]]]
    if "profit_year" in accounts:
        losing = accounts.loc[accounts["profit_year"] < 0, "account_id"]
        table["loses"] = table["account_id"].isin(losing)
    out = say_left_out(earning(table)[1])
    notes = (
        *rates.caveats,
        *filter(None, [out]),
        *_caveats(table, items, wallet_scale(periods[1])),
    )
    return Finding("whitespace", table, _text(table, case.currency, rates.observed), notes)


def earning(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the rows of accounts that do not lose money, and how many accounts that leaves out.

    >>> earning(pd.DataFrame({"account_id": ["a", "b"], "loses": [True, False]}))[1]
    1
    """
    if "loses" not in table:
        return table, 0
    return table[~table["loses"]], table.loc[table["loses"], "account_id"].nunique()


def say_left_out(losing: int) -> str:
    """Say how many accounts are left out because they lose money; nothing where none is.

    >>> say_left_out(2)
    '2 accounts that lose money are left out: their terms come first.'
    """
    if not losing:
        return ""
    return ngettext(
        "{n} account that loses money is left out: its terms come first.",
        "{n} accounts that lose money are left out: their terms come first.",
        losing,
    )


@takes(table="account_id state kind open_amount")
def opportunities(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``whitespace`` with something to win, the most growth first.

    Parameters
    ----------
    table : DataFrame
        The table of ``whitespace``.

    Returns
    -------
    DataFrame
        Its rows with a kind and an open amount above zero, in their order, and ``next_step``:
        the farming plan (a code), by kind and by who serves the group today. Nothing at accounts
        that lose money (``loses``): their terms come first.

    Raises
    ------
    ParameterError
        For a table without the columns.

    Examples
    --------
    >>> cell = pd.DataFrame({"account_id": ["1"], "kind": "upsell", "state": "us",
    ...     "open_amount": 5.0})
    >>> opportunities(cell)["next_step"].tolist()
    ['step_upsell']
    """
    table = earning(table)[0]
    wanted = (table["kind"] != "") & (table["open_amount"] > 0)
    best = table[wanted].drop(columns="loses", errors="ignore").reset_index(drop=True)
    step = np.select(
        [
            best["kind"] == "repeat",
            best["kind"] == "upsell",
            best["state"] == "competitor",
            best["state"] == "in-house",
        ],
        ["step_repeat", "step_upsell", "step_competitor", "step_in_house"],
        "step_unknown",
    )
    return best.assign(next_step=step)


def _text(table: pd.DataFrame, currency: str, observed: bool) -> str:
    best = opportunities(table)
    if best.empty:
        return _("No account is thought to buy more than it does.")
    first = best.iloc[0]
    sums = best.groupby("kind")["growth_middle"].sum()
    parts = [
        _("{kind} {money}", kind=word(str(kind)), money=scaled(float(sums[kind]), currency))
        for kind in ("repeat", "upsell", "cross_sell")
        if kind in sums and sums[kind] > 0
    ]
    facts = {
        "n": _(
            "{opportunities} at {accounts}",
            opportunities=ngettext("{n} opportunity", "{n} opportunities", len(best)),
            accounts=ngettext("{n} account", "{n} accounts", best["account_id"].nunique()),
        ),
        "open": scaled(float(best["open_amount"].sum()), currency),
        "money": scaled(float(best["growth_middle"].sum()), currency),
        "parts": joined("; ", parts),
        "item": first["item"],
        "name": name_of(first),
        "value": scaled(float(first["growth_middle"]), currency),
    }
    if (best["rate_from"] == "not_followed").all():
        return _("{n} with {open} open, by the wallets; none was followed up yet.", **facts)
    if not sums.sum() > 0:
        return _("{n} with {open} open; none such came true so far.", **facts)
    if observed:
        return _(
            "{n} with {open} open. At the rate at which such came true so far, {money} of it comes "
            "in ({parts}). The largest: {item} at {name}, {value}.",
            **facts,
        )
    return _(
        "{n} with {open} open. By assumption {money} of it comes in ({parts}). The largest: {item} "
        "at {name}, {value}.",
        **facts,
    )


def _caveats(table: pd.DataFrame, items: str, scale: float) -> tuple[str, ...]:
    caveats = []
    guessed = float((table["basis"] == "peers").mean())
    if guessed > 0:
        caveats.append(
            _(
                "{share} of the potentials are estimates from comparable accounts, not known.",
                share=percent(guessed, 0),
            )
        )
    told = table["basis"] == "wallet"
    if (table.loc[told, "counted_amount"] < table.loc[told, "open_amount"]).any():
        caveats.append(
            _(
                "No wallet has been followed to a later period: of what the wallets say is open, "
                "only as much counts for growth as comparable accounts buy."
            )
        )
    if scale < 1 and told.any():
        caveats.append(
            _(
                "The ledger is shorter than a year: {share} of each year's wallet is set "
                "against it.",
                share=percent(scale, 0),
            )
        )
    unknown = int((table["state"] == "unknown").sum())
    if unknown:
        caveats.append(
            ngettext(
                "At {n} pair of account and group the supplier is not known.",
                "At {n} pairs of account and group the supplier is not known.",
                unknown,
            )
        )
    if about(items):
        caveats.append(about(items))
    return tuple(caveats)
