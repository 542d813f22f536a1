"""New customers: which of the possible ones are like the key accounts, and what they may bring."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import takes
from kamkit.settings import Settings

_WORDS = ("industry", "segment", "region")
_SMOOTH = 1.0
_FIRST, _NEXT, _LIKE = 10, 30, 0.5
_STEPS = {"hunt_first": "step_meet", "hunt_next": "step_invite", "leave_be": "step_answer"}


@takes(prospects="prospect_id", accounts="account_id")
def look_alikes(
    prospects: pd.DataFrame,
    accounts: pd.DataFrame,
    key: Collection[str],
    *,
    share: float = Settings.share_won,
    win_rate: float = Settings.win_rate,
    currency: str = "",
) -> Finding:
    """Tell which prospects are like the key accounts, and what they may bring in a year.

    The likeness is the sum of the logarithms of how much more often each trait is found among key
    accounts than among all (counts smoothed by one key account; for employees the likelihood ratio
    of two normal curves on a logarithmic scale): naive Bayes.

    Parameters
    ----------
    prospects : DataFrame
        The table prospects of a case: ``prospect_id`` and what is known of ``name``,
        ``industry``, ``segment``, ``region``, ``employees`` and ``estimated_spend`` (a year).
    accounts : DataFrame
        All accounts with the same traits, where they are known; ``yearly_revenue`` for the
        estimates from employees.
    key : collection of str
        Numbers of the key accounts.
    share : float
        The share of its wallet that a new customer would bring, between 0 and 1: assumed.
    win_rate : float
        The share of the prospects that are won, between 0 and 1: assumed.
    currency : str
        Code of the currency, for the sentences.

    Returns
    -------
    Finding
        One row per prospect, by likeness x assumed value, then by likeness and number:
        ``prospect_id``, ``name``, its traits, ``likeness`` (the share of the accounts that are
        less like the key accounts than the prospect), ``estimated_spend`` with ``spend_basis``
        (``given``, or ``employees``: what accounts of its segment buy per employee, by
        ``share``), ``assumed_value`` (spend x ``share`` x ``win_rate``), ``hunt``
        (``hunt_first`` for the first ten in order that are more like the key accounts than half
        of the customers, ``hunt_next`` for the twenty after them, else ``leave_be``),
        ``next_step`` (the hunting plan) and ``reasons``.

    Raises
    ------
    MissingTable
        Without prospects, key accounts or a trait that both tables have.
    ParameterError
        For assumptions that are no shares, or a table without its numbers.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["1", "2", "3"],
    ...     "industry": ["Fish", "Wood", "Wood"]})
    >>> asked = pd.DataFrame({"prospect_id": ["w", "f"], "industry": ["Wood", "Fish"],
    ...     "estimated_spend": [500.0, 500.0]})
    >>> table = look_alikes(asked, accounts, ["1"]).table
    >>> table[["prospect_id", "hunt", "assumed_value"]].to_numpy().tolist()
    [['f', 'hunt_first', 15.0], ['w', 'leave_be', 15.0]]
    """
    if prospects.empty or not accounts["account_id"].isin(list(key)).any():
        raise MissingTable(
            _("There are no prospects, or no key accounts to compare them with."),
            wanted=_("the table prospects"),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )
    if not (0 < share <= 1 and 0 < win_rate <= 1):
        raise ParameterError(
            _("A share of wallet and a win rate are shares between 0 and 1."),
            found=f"{share}, {win_rate}",
            remedy=_("Write 0.1 for 10%."),
        )
    traits = [n for n in _WORDS if n in prospects and n in accounts and accounts[n].notna().any()]
    sized = "employees" in prospects and "employees" in accounts
    if not traits and not sized:
        raise MissingTable(
            _("Prospects and accounts share no trait to compare them by."),
            found=", ".join(map(str, prospects)),
            wanted=_("industry, segment, region or employees in both tables"),
            remedy=_("Add the columns to the table of accounts and to prospects."),
        )
    table = _scored(prospects, accounts, set(key), traits, sized)
    table = _valued(table, accounts, share, win_rate)
    table = _hunted(table)
    table["next_step"] = table["hunt"].map(_STEPS)
    table["reasons"] = _reasons(table, accounts, set(key), traits, currency)
    return Finding("look_alikes", table, _text(table, currency), _caveats(share, win_rate, table))


def _hunted(table: pd.DataFrame) -> pd.DataFrame:
    """Return the prospects in their order, with whom to hunt first, next, or to leave be."""
    order = (table["likeness"] * table["assumed_value"].fillna(0.0)).round(6)
    table = table.assign(_order=order).sort_values(
        ["_order", "likeness", "prospect_id"], ascending=[False, False, True], ignore_index=True
    )
    alike = table["likeness"] >= _LIKE
    cumulated = alike.cumsum()
    table["hunt"] = np.select(
        [alike & (cumulated <= _FIRST), alike & (cumulated <= _NEXT)],
        ["hunt_first", "hunt_next"],
        "leave_be",
    )
    return table.drop(columns="_order")


def _scored(
    prospects: pd.DataFrame, accounts: pd.DataFrame, key: set[str], traits: list[str], sized: bool
) -> pd.DataFrame:
    inside = accounts["account_id"].isin(key)
    points = pd.Series(0.0, index=prospects.index)
    own = pd.Series(0.0, index=accounts.index)
    for name in traits:
        evidence = _evidence(accounts[name], inside)
        points = points + prospects[name].map(evidence).fillna(0.0).astype(float)
        own = own + accounts[name].map(evidence).fillna(0.0).astype(float)
    if sized:
        points = points + _size_evidence(prospects["employees"], accounts["employees"], inside)
        own = own + _size_evidence(accounts["employees"], accounts["employees"], inside)
    # logarithms differ in the last digits between processors; equal traits are to be equal
    ranked = np.sort(own.round(9).to_numpy())
    less = np.searchsorted(ranked, points.round(9).to_numpy(), side="left") / max(len(ranked), 1)
    names = [
        n
        for n in ("prospect_id", "name", *_WORDS, "employees", "estimated_spend")
        if n in prospects
    ]
    return prospects[names].assign(likeness=less)


def _evidence(values: pd.Series[Any], inside: pd.Series[bool]) -> dict[Any, float]:
    """Return the logarithm of how much more often each value is found among key accounts."""
    among_all = values.value_counts(normalize=True)
    counts = values[inside].value_counts().reindex(among_all.index, fill_value=0)
    total = float(counts.sum())
    share = (counts + _SMOOTH * among_all) / (total + _SMOOTH)
    return dict(zip(among_all.index, np.log(share / among_all), strict=True))


def _size_evidence(
    sizes: pd.Series[Any], known: pd.Series[Any], inside: pd.Series[bool]
) -> pd.Series[float]:
    log_all: pd.Series[float] = known.astype(float).where(known.astype(float) > 0).map(np.log)
    key, rest = log_all[inside].dropna(), log_all[~inside].dropna()
    own: pd.Series[float] = sizes.astype(float).where(sizes.astype(float) > 0).map(np.log)
    if len(key) < 2 or len(rest) < 2:
        return pd.Series(0.0, index=sizes.index)
    spread = max(float(log_all.std()), 1e-6)

    def curve(part: pd.Series[float]) -> pd.Series[float]:
        width = max(float(part.std()), 0.25 * spread)
        heights: pd.Series[float] = -np.log(width) - (own - part.mean()) ** 2 / (2 * width**2)
        return heights

    return (curve(key) - curve(rest)).fillna(0.0)


def _valued(
    table: pd.DataFrame, accounts: pd.DataFrame, share: float, win_rate: float
) -> pd.DataFrame:
    given = (
        table["estimated_spend"].astype(float)
        if "estimated_spend" in table
        else pd.Series(np.nan, index=table.index)
    )
    guess = _by_employees(table, accounts, share)
    table["estimated_spend"] = given.fillna(guess)
    table["spend_basis"] = np.where(given.notna(), "given", "employees")
    table["assumed_value"] = table["estimated_spend"] * share * win_rate
    return table


def _by_employees(table: pd.DataFrame, accounts: pd.DataFrame, share: float) -> pd.Series[float]:
    """Return what accounts of the same segment buy a year per employee, as a whole wallet."""
    if "employees" not in table or "employees" not in accounts or "yearly_revenue" not in accounts:
        return pd.Series(np.nan, index=table.index)
    per_head = accounts["yearly_revenue"] / accounts["employees"].astype(float).where(
        accounts["employees"].astype(float) > 0
    )
    if "segment" in table and "segment" in accounts:
        middle = per_head.groupby(accounts["segment"]).median()
        rate = table["segment"].map(middle).fillna(per_head.median())
    else:
        rate = pd.Series(float(per_head.median()), index=table.index)
    guess: pd.Series[float] = rate * table["employees"].astype(float) / share
    return guess


def _reasons(
    table: pd.DataFrame, accounts: pd.DataFrame, key: set[str], traits: list[str], currency: str
) -> list[str]:
    counts = {n: accounts.loc[accounts["account_id"].isin(key), n].value_counts() for n in traits}
    out = []
    for row in table.to_dict("records"):
        sentences = [
            _(
                "{n} of {value}",
                value=str(row[name]),
                n=ngettext("{n} key account", "{n} key accounts", int(counts[name][row[name]])),
            )
            for name in traits
            if row[name] in counts[name].index
        ]
        if row.get("employees") == row.get("employees") and row.get("employees") is not None:
            sentences.append(ngettext("{n} employee", "{n} employees", int(row["employees"])))
        if row["estimated_spend"] == row["estimated_spend"]:
            spend = scaled(float(row["estimated_spend"]), currency)
            sentences.append(
                _("thought to spend {money}", money=spend)
                if row["spend_basis"] == "given"
                else _("may spend {money}, by its employees", money=spend)
            )
        out.append("; ".join(sentences))
    return out


def _text(table: pd.DataFrame, currency: str) -> str:
    first = table[table["hunt"] == "hunt_first"]
    if first.empty:
        return _(
            "None of {n} is much like the key accounts.",
            n=ngettext("{n} prospect", "{n} prospects", len(table)),
        )
    return _(
        "{n} to pursue first, because they are like the key accounts and large enough; they are "
        "worth {value} a year if the assumed shares hold. First of them: {names}.",
        n=ngettext("{n} prospect", "{n} prospects", len(first)),
        names=join([str(name) for name in first.get("name", first["prospect_id"]).head(3)]),
        value=scaled(float(first["assumed_value"].sum()), currency),
    )


def _caveats(share: float, win_rate: float, table: pd.DataFrame) -> tuple[str, ...]:
    caveats = [
        _(
            "Assumed: {share} of the spend comes to us, and {win} of the prospects are won.",
            share=percent(share, 0),
            win=percent(win_rate, 0),
        )
    ]
    guessed = int((table["spend_basis"] == "employees").sum())
    if guessed:
        caveats.append(
            ngettext(
                "The spend of {n} prospect is estimated from its employees.",
                "The spend of {n} prospects is estimated from their employees.",
                guessed,
            )
        )
    return tuple(caveats)
