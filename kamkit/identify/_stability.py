"""Does the list last? Class A in one period against an equally long one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.errors import PeriodError
from kamkit.identify.facts import account_facts
from kamkit.identify.pareto import CUTS, classify
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent, sentence
from kamkit.output.finding import Finding
from kamkit.periods import Period, halves, is_year, span
from kamkit.schema import name_of

if TYPE_CHECKING:
    from kamkit.case import Case

_MISSING = dt.timedelta(days=3)
"""Days without a sale at the start of a ledger whose first month is whole."""

_AS_OFTEN, _NAMED, _MOST_GROWN = 0.75, 3, 6


def stability(
    case: Case,
    *,
    periods: tuple[Period, Period] | None = None,
    by: str = "revenue",
    cuts: Sequence[float] = CUTS,
) -> Finding:
    """Tell who stayed in class A, who came and who went between two equally long periods.

    Without ``periods`` the ledger's last two years are compared, or two halves of what there is.
    The table has one row per account that is in A in either period: ``account_id`` (and name),
    ``class_before``, ``class_after`` (empty where it did not buy), ``revenue_before``,
    ``revenue_after`` (the criterion ``by``) and ``change``; the largest changes first.

    Raises ``PeriodError`` for periods of unequal length or without sales.

    >>> from kamkit import open_case
    >>> finding = stability(open_case("fjordgross"))
    >>> set(finding.table["class_after"].dropna()) <= {"A", "B", "C"}
    True
    """
    earlier, later = periods or halves(case.period)
    later.comparable(earlier)
    before, after = (
        classify(account_facts(case, period=period), by=by, cuts=cuts)
        for period in (earlier, later)
    )
    table = _moves(before, after, by)
    kept = ((table["class_before"] == "A") & (table["class_after"] == "A")).sum()
    came = (table["class_before"] != "A").sum()
    gone = table["class_after"].isna().sum()
    left = (table["class_after"] != "A").sum() - gone
    was = int(kept + left + gone)
    text = ngettext(
        "Of {was} in class A in {earlier}, {n} ({share}) is still there in {later}",
        "Of {was} in class A in {earlier}, {n} ({share}) are still there in {later}",
        int(kept),
        was=ngettext("{n} account", "{n} accounts", was),
        earlier=span(earlier),
        later=span(later),
        share=percent(kept / was if was else float("nan"), 0),
    )
    moves = [
        _("{n} fell to a lower class", n=number(left)) if left else "",
        _("{n} bought nothing", n=number(gone)) if gone else "",
        _("{n} came in", n=number(came)) if came else "",
    ]
    text = sentence(joined("; ", [text, join(list(filter(None, moves)))]))
    text = joined(" ", [text, *_since_the_first(case, earlier, later)])
    return Finding("stability", table, text, _caveats(later))


def _since_the_first(case: Case, first: Period, later: Period) -> list[str]:
    """Name large accounts that buy twice as much as in the first year, or half, as often."""
    if not is_year(later):
        return []
    while (before := first.before()).start >= case.period.start - _MISSING:
        first = before
    try:
        then, now = (
            account_facts(case, period=one).set_index("account_id") for one in (first, later)
        )
    except PeriodError:  # nothing was sold in the first year
        return []
    if not then["revenue"].sum() > 0:
        return []
    return list(filter(None, [_leaks(then, now, span(first)), _doubled(then, now, span(first))]))


def _large(facts: pd.DataFrame) -> list[str]:
    classes = classify(facts.reset_index())
    return list(classes[classes["abc_class"] == "A"]["account_id"])


def _doubled(then: pd.DataFrame, now: pd.DataFrame, first: str) -> str:
    both = now.loc[_large(now)].join(then["revenue"].rename("before"), how="inner")
    twice = (both["before"] > 0) & (both["revenue"] >= 2 * both["before"])
    more = (both["revenue"] - both["before"])[twice]
    grown = more.sort_values(ascending=False, kind="stable")
    if grown.empty:
        return ""
    rows = both.loc[grown.index[:_MOST_GROWN]].reset_index()
    return ngettext(
        "{n} in class A buys twice as much as in {first} or more: {names}.",
        "{n} in class A buy twice as much as in {first} or more, most of all {names}.",
        len(grown),
        first=first,
        names=join([name_of(row) for _x, row in rows.iterrows()]),
    )


def _leaks(then: pd.DataFrame, now: pd.DataFrame, first: str) -> str:
    if "invoices" not in then:
        return ""
    both = then.loc[_large(then)].join(now[["invoices", "revenue"]].add_suffix("_now"), how="inner")
    leaking = both[
        (both["invoices_now"] >= _AS_OFTEN * both["invoices"])
        & (both["revenue_now"] <= both["revenue"] / 2)
    ]
    if leaking.empty:
        return ""
    names = [name_of(row) for _x, row in leaking.reset_index().head(_NAMED).iterrows()]
    return ngettext(
        "{n} account orders almost as often as in {first}, for half the amount or less: {names}.",
        "{n} accounts order almost as often as in {first}, for half the amount or less, first "
        "{names}.",
        len(leaking),
        first=first,
        names=join(names),
    )


def _moves(before: pd.DataFrame, after: pd.DataFrame, by: str) -> pd.DataFrame:
    names = [name for name in ("account_id", "account_name") if name in after]
    both = pd.concat([after[names], before[names]]).drop_duplicates("account_id")
    for side, frame in (("before", before), ("after", after)):
        facts = frame[["account_id", "abc_class", by]]
        facts = facts.set_axis(["account_id", f"class_{side}", f"revenue_{side}"], axis=1)
        both = both.merge(facts, on="account_id", how="left")
    table = both[(both["class_before"] == "A") | (both["class_after"] == "A")]
    amounts = table[["revenue_before", "revenue_after"]].fillna(0.0)
    table = table.assign(
        revenue_before=amounts["revenue_before"],
        revenue_after=amounts["revenue_after"],
        change=amounts["revenue_after"] - amounts["revenue_before"],
    )
    order = table["change"].abs().rename("_size")
    return (
        table.assign(_size=order)
        .sort_values(["_size", "account_id"], ascending=[False, True], ignore_index=True)
        .drop(columns="_size")
    )


def _caveats(period: Period) -> tuple[str, ...]:
    if period.days >= 365:
        return ()
    return (
        _(
            "The periods are shorter than a year and hold different seasons: an account that buys "
            "at Christmas may seem to come or go."
        ),
    )
