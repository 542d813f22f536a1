"""Where to draw the line: what every number of key accounts covers, takes and adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.schema import check

PRACTICE = (15, 35)
"""How many key accounts firms do well with: McDonald & Woodburn (2006), as reported by Selling
Power (2010), who call more than 50 too many."""
TOO_MANY = 50
MOST = 200
"""The sizes that are looked at where no number is given."""
_PER_MANAGER = 7
_FIFTH = 0.20
_AHEAD = 5


@dataclass(frozen=True, repr=False)
class Breadth(Finding):
    """The finding of ``suggest``: the range ``low`` to ``high``, and the number ``suggested``."""

    low: int = 0
    high: int = 0
    suggested: int = 0


def cuts(
    accounts: pd.DataFrame,
    *,
    by: str = "revenue",
    hours_each: float | Sequence[float] = 0.0,
    hours: float | None = None,
    most: int = MOST,
) -> pd.DataFrame:
    """Return what every number of key accounts covers, takes and adds.

    ``accounts`` come best first. One row per number of key accounts, up to ``most``:
    ``key_accounts``; ``covered`` and ``share_covered``, what they bring of the column ``by`` (money
    over the ledger or a year) and of the total above zero; ``next_adds``, the share that one more
    account would add; ``hours`` a year at ``hours_each`` per account (one number, or one for each
    account where some take more), and ``feasible``, whether the ``hours`` there are suffice;
    ``value_per_hour``, covered by hours.

    Raises ``MissingTable`` without the column, ``ParameterError`` for negative hours.

    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [60.0, 30.0, 10.0]})
    >>> cuts(three, hours_each=10)[["share_covered", "next_adds"]].iloc[0].tolist()
    [0.6, 0.3]
    """
    check(accounts, (by,), what=_("accounts"))
    each = np.asarray(hours_each, dtype=float)
    fits = each.ndim == 0 or len(each) == len(accounts)
    if not fits or not (each >= 0).all() or (hours is not None and hours < 0):
        least = min([*each.ravel().tolist(), 0.0 if hours is None else hours])
        shown = number(least, 1) if fits else number(len(each))
        raise ParameterError(
            _("A programme needs at least one account and no negative hours."),
            found=_("sizes {sizes}, hours {hours}", sizes=len(accounts), hours=shown),
            remedy=_("Give whole numbers from 1 and hours from 0."),
        )
    value = accounts[by].astype(float).fillna(0.0).to_numpy()
    total = float(value[value > 0].sum())
    size = np.arange(1, min(most, len(value)) + 1)
    covered = value.cumsum()[: len(size)]
    after = np.append(value, 0.0)[size]
    table = pd.DataFrame({"key_accounts": size, "covered": covered})
    table["share_covered"] = covered / total if total > 0 else np.nan
    table["next_adds"] = after / total if total > 0 else np.nan
    table["hours"] = size * each if each.ndim == 0 else each.cumsum()[: len(size)]
    table["feasible"] = True if hours is None else table["hours"] <= hours
    table["value_per_hour"] = covered / table["hours"].where(table["hours"] > 0)
    table.attrs |= {"by": by, "accounts": len(value)}
    return table


def suggest(
    table: pd.DataFrame,
    *,
    accounts: int,
    returns: pd.Series[float] | None = None,
    managers: int | None = None,
    places: float | None = None,
    kept: int = 0,
    given: int = 0,
) -> Breadth:
    """Suggest how many key accounts to have, as a range with its reasons.

    ``table`` is that of ``cuts``; ``accounts`` how many there are in all; ``returns``, best account
    first, what treating each of them is expected to return net of its cost, where that is known.
    The most is the smallest of: 35 (practice), a fifth of the accounts, what the hours suffice for,
    seven for each manager, and the ``places`` they have. Suggested is where the sum of the returns
    is largest, and no less than the ``kept`` accounts, as far as the limit allows; kept are the
    accounts that are too important to leave out; without returns, the first number from 15 beyond
    which the next five accounts add less than half of what a mean one so far does. The table has
    one row per limit: ``limit`` (code), ``key_accounts``, ``binds``. A number that is ``given``
    takes the place of the suggested one, and is warned of where it is too large.

    Raises ``ParameterError`` where there is no account that can be chosen.

    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [60.0, 30.0, 10.0]})
    >>> found = suggest(cuts(three), accounts=100, returns=pd.Series([5.0, 2.0, -3.0]))
    >>> found.low, found.suggested, found.high
    (2, 2, 3)
    """
    check(
        table,
        ("key_accounts", "share_covered", "next_adds", "feasible"),
        what=_("numbers of key accounts"),
    )
    if table.empty:
        raise _nobody()
    limits = _limits(table, accounts, managers, places)
    most = max(1, min(*limits.values(), len(table)))
    if returns is not None and len(returns):
        best = int(np.argmax(np.r_[0.0, returns.astype(float).fillna(0.0).cumsum()]))
        limits["returns_end"] = best
        aim = max(best, kept)
    else:
        aim = _flattens(table)
        limits["flattens"] = aim
    suggested = max(1, min(aim, most))
    if aim < 1:
        most = suggested
    low = max(1, min(PRACTICE[0], suggested))
    rows = pd.DataFrame({"limit": list(limits), "key_accounts": list(limits.values())})
    rows["binds"] = rows["key_accounts"] <= suggested
    text = _text(table, limits, suggested, (low, most), None if returns is None else kept)
    chosen = min(given, len(table)) if given else suggested
    if chosen != suggested:
        text = _("{text} Chosen is another number: {n}.", text=text, n=number(chosen))
    caveats = guard(chosen, accounts=accounts, managers=managers)
    if chosen < given:
        sentence = _(
            "{given} key accounts were asked for; only {n} can be chosen.",
            given=number(given),
            n=number(chosen),
        )
        caveats = (sentence, *caveats)
    return Breadth("breadth", rows, text, caveats, low=low, high=most, suggested=chosen)


def _nobody() -> ParameterError:
    return ParameterError(
        _("No account can be chosen, so there is no number of them to suggest."),
        found=_("{n} accounts that meet the requirements", n=0),
        remedy=_("Mend the terms of those that lose money first, or choose other criteria."),
    )


def _limits(
    table: pd.DataFrame, accounts: int, managers: int | None, places: float | None
) -> dict[str, int]:
    """Return what each limit allows at the most; what is not known limits nothing."""
    limits = {"practice": PRACTICE[1], "fifth": max(1, int(_FIFTH * accounts))}
    if not table["feasible"].all():
        limits["hours_limit"] = int(table["feasible"].sum())
    if managers is not None:
        limits["managers_limit"] = _PER_MANAGER * managers
    if places is not None:
        limits["places_limit"] = int(places)
    if table.attrs.get("accounts", 0) == len(table):
        limits["accounts_limit"] = len(table)
    return limits


def guard(n: int, *, accounts: int, managers: int | None = None) -> tuple[str, ...]:
    """Return warnings against too many key accounts; none where there is no reason for one.

    >>> guard(20, accounts=1000, managers=4)
    ()
    >>> len(guard(80, accounts=1000, managers=8))
    2
    """
    limits = []
    if n > TOO_MANY:
        limits.append(
            _(
                "{n} key accounts are many: firms do well with {low} to {high}, and more than "
                "{most} are called too many (McDonald & Woodburn 2006).",
                n=number(n),
                low=PRACTICE[0],
                high=PRACTICE[1],
                most=TOO_MANY,
            )
        )
    if managers is not None and managers > 0 and n > _PER_MANAGER * managers:
        limits.append(
            _(
                "{n} key accounts for {managers} are {each} for each: the more there are, the less "
                "key any of them is.",
                n=number(n),
                managers=ngettext("{n} manager", "{n} managers", managers),
                each=number(n / managers, 1),
            )
        )
    if accounts >= 10 and n > _FIFTH * accounts + 1:
        limits.append(
            _(
                "{n} of {accounts} accounts are {share}: what most of the customers get is no "
                "special treatment.",
                n=number(n),
                accounts=number(accounts),
                share=percent(n / accounts, 0),
            )
        )
    return tuple(limits)


def _flattens(table: pd.DataFrame) -> int:
    mean = (table["share_covered"] / table["key_accounts"]).to_numpy()
    ahead = table["next_adds"][::-1].rolling(_AHEAD, min_periods=1).mean()[::-1].to_numpy()
    enough = table["key_accounts"].to_numpy() >= PRACTICE[0]
    low = np.flatnonzero((ahead < mean / 2) & enough)
    return int(table["key_accounts"].iloc[low[0]]) if len(low) else len(table)


def _text(
    table: pd.DataFrame,
    limits: dict[str, int],
    suggested: int,
    within: tuple[int, int],
    kept: int | None,
) -> str:
    low, most = within
    row = table[table["key_accounts"] == suggested].iloc[0]
    facts = {
        "n": ngettext("{n} key account", "{n} key accounts", suggested),
        "covered": percent(float(row["share_covered"])),
        "what": covered_of(table),
        "adds": percent(float(row["next_adds"])),
    }
    text = _("Suggested: {n}, covering {covered} of {what}; one more would add {adds}.", **facts)
    if low < most:
        text = _(
            "{text} A range to discuss is {low} to {high}.",
            text=text,
            low=number(low),
            high=number(most),
        )
    return _(
        "{text} The reason: {reasons}.", text=text, reasons=join(_reasons(limits, suggested, kept))
    )


def covered_of(table: pd.DataFrame) -> str:
    """Say what the shares in the table of ``cuts`` are of.

    >>> one = pd.DataFrame({"account_id": ["a"], "revenue": [5.0]})
    >>> covered_of(cuts(one))
    'revenue'
    """
    names = {
        "revenue_year": _("revenue in the last twelve months"),
        "profit_year": _("the customer profit earned in the last twelve months"),
        "contribution_year": _("the contribution earned in the last twelve months"),
        "revenue": _("revenue"),
        "profit": _("the customer profit earned in the whole ledger"),
    }
    return names.get(table.attrs.get("by", "revenue"), _("the contribution of all that leave one"))


def _reasons(limits: dict[str, int], suggested: int, kept: int | None) -> list[str]:
    """Return why; ``kept`` is None where the returns are not known."""
    reasons = []
    returns = kept is not None
    others = limits.get("accounts_limit") != suggested
    if returns and others and limits["returns_end"] == suggested:
        reasons.append(_("with more, what the programme returns no longer grows"))
    elif returns and suggested == kept:
        reasons.append(_("that many are too important to leave out"))
    elif returns and limits["returns_end"] < 1:
        reasons.append(
            _("no number of them pays under the assumed effects, one is the least there can be")
        )
    elif not returns and others and limits["flattens"] == suggested:
        reasons.append(_("the next accounts add less than half of what one does so far"))
    names = {
        "hours_limit": _("the hours suffice for no more")
        if limits.get("hours_limit")
        else _("the hours do not suffice for even one"),
        "places_limit": _("the managers take no more accounts"),
        "managers_limit": _("a manager can look after about {n}", n=_PER_MANAGER),
        "practice": _("firms do well with {low} to {high}", low=PRACTICE[0], high=PRACTICE[1]),
        "fifth": _("more than a fifth of the accounts cannot all be special"),
        "accounts_limit": _("there are no more that can be chosen"),
    }
    if not reasons:
        reasons = [names[name] for name in names if limits.get(name, suggested + 1) <= suggested]
    return reasons or [_("there is at least one")]
