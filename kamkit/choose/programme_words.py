"""What a programme returns, in words: its cost, its break-even, what it gains and assumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kamkit.choose.depth import TREATMENTS
from kamkit.choose.effects import GROWTH, KINDS, Effects, Terms
from kamkit.language import N_, join, joined, ngettext, percent
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.schema import name_of, word


def in_words(
    table: pd.DataFrame,
    parts: pd.DataFrame,
    total: pd.DataFrame,
    terms: Terms,
    currency: str,
    what: str,
    comes: float | None,
) -> str:
    """Return the sentence of ``programme``: from its tables by account and treatment, and in all.

    >>> in_words(*[pd.DataFrame()] * 3, Terms(0.9), "EUR", "the contribution", None)
    'There is no key account, so there is no programme.'
    """
    if not len(table):
        return _("There is no key account, so there is no programme.")
    whole = total.iloc[0]
    text = _(
        "With {accounts} the programme costs {cost} over {years} in today's money. Without it "
        "{kept} of {what} is kept a year.",
        accounts=ngettext("{n} key account", "{n} key accounts", len(table)),
        years=ngettext("{n} year", "{n} years", terms.years),
        cost=scaled(float(whole["programme_cost"]), currency),
        kept=percent(terms.kept, 0),
        what=what,
    )
    net = float(whole["net_present_value"])
    facts = {"gains": what_it_gains(whole, currency), "net": scaled(abs(net), currency)}
    brings = (
        _("If it works as assumed {gains}: {net} above the cost.", **facts)
        if net > 0
        else _(
            "Even if it works as assumed it does not pay: {gains}, {net} less than the cost.",
            **facts,
        )
    )
    sentences = [text, break_even(whole, what), brings, *_anyway(comes, currency)]
    return joined(" ", [*sentences, *_losing(table, parts, currency)])


def what_it_gains(row: Mapping[str, Any] | pd.Series[Any], currency: str) -> str:
    """Say what is kept and what extra growth brings; no growth where none is counted.

    >>> what_it_gains({"retained": 20.0, "grown": 5.0}, "EUR")
    'it keeps €20, and extra growth brings €5'
    >>> what_it_gains({"retained": 20.0, "grown": 0.0}, "EUR")
    'it keeps €20'
    """
    kept, grown = (float(row[name]) for name in ("retained", "grown"))
    if not grown:
        return _("it keeps {retained}", retained=scaled(kept, currency))
    return _(
        "it keeps {retained}, and extra growth brings {grown}",
        retained=scaled(kept, currency),
        grown=scaled(grown, currency),
    )


def break_even(row: Mapping[str, Any] | pd.Series[Any], what: str) -> str:
    """Say at which effect on retention, or at which extra growth, what a row tells of pays.

    >>> print(break_even({"break_even_retention": 0.01, "break_even_growth": 0.02}, "the profit"))
    It breaks even if 1.0% more of the profit is kept a year, or with 2.0% more growth a year than
    comes anyway.
    """
    keeps, grows = float(row["break_even_retention"]), float(row["break_even_growth"])
    facts = {"keeps": percent(keeps, 1), "grows": percent(grows, 1), "what": what}
    if keeps == keeps and grows == grows:
        return _(
            "It breaks even if {keeps} more of {what} is kept a year, or with {grows} more growth "
            "a year than comes anyway.",
            **facts,
        )
    if keeps == keeps:
        return _("It breaks even if {keeps} more of {what} is kept a year.", **facts)
    if grows == grows:
        return _("It breaks even with {grows} more growth a year than comes anyway.", **facts)
    return _("Nothing it could keep or grow covers the cost.")


def _anyway(comes: float | None, currency: str) -> list[str]:
    if comes is None or comes <= 0:
        return []
    return [
        _(
            "What is open with the key accounts brings {money} of revenue a year at past rates; "
            "that comes without the programme and is no part of its return.",
            money=scaled(comes, currency),
        )
    ]


def _losing(table: pd.DataFrame, parts: pd.DataFrame, currency: str) -> list[str]:
    result = [
        _(
            "The treatment “{treatment}” falls short by {money}.",
            treatment=word(str(row["treatment"])),
            money=scaled(-float(row["net_present_value"]), currency),
        )
        for row in parts[parts["net_present_value"] < 0].to_dict("records")
    ]
    known = table[table["yearly_contribution"].notna()]
    short = known[known["net_present_value"] < 0]
    short = short.sort_values(["net_present_value", "account_id"])
    if len(short):
        result.append(
            ngettext(
                "{n} account does not pay for its treatment: {names}.",
                "{n} accounts do not pay for their treatment, first of them {names}.",
                len(short),
                names=name_of(short.iloc[0]),
            )
        )
    by_growth = known[
        (known["net_present_value"] >= 0) & (known["retained"] < known["programme_cost"])
    ]
    if len(by_growth):
        by_growth = by_growth.sort_values(["retained", "account_id"])
        result.append(
            ngettext(
                "{n} account pays for its treatment only if that adds growth: {names}.",
                "{n} accounts pay for their treatment only if that adds growth, first of them "
                "{names}.",
                len(by_growth),
                names=name_of(by_growth.iloc[0]),
            )
        )
    return result


def what_is_assumed(effects: Effects, key: pd.DataFrame, terms: Terms) -> tuple[str, ...]:
    """Return the caveats of ``programme``: what its treatments are assumed to do.

    >>> one = pd.DataFrame({"treatment": ["shared"], "yearly_contribution": [5.0]})
    >>> print(what_is_assumed({("shared", "retention"): (0.01, 0.02, 0.03)}, one, Terms(0.9))[0])
    What a treatment does is assumed, not measured (a shared manager keeps 1% to 3% more a year; low
    to high).
    """
    named = [
        joined(" ", [word(name), join(_assumed(effects, name, GROWTH in key))])
        for name in TREATMENTS[:2]
        if (key["treatment"] == name).any()
    ]
    assumed = [
        _(
            "What a treatment does is assumed, not measured ({effects}; low to high).",
            effects=joined("; ", named),
        )
    ]
    if terms.seen_days:
        assumed.append(
            _(
                "How much is kept a year is not seen: it is carried on from two periods of {days} "
                "days.",
                days=terms.seen_days,
            )
        )
    unknown = int(key["yearly_contribution"].isna().sum())
    if unknown:
        assumed.append(
            ngettext(
                "What {n} key account leaves is not known and counts as zero.",
                "What {n} key accounts leave is not known and counts as zero.",
                unknown,
            )
        )
    return tuple(assumed)


def _assumed(effects: Effects, treatment: str, grows: bool) -> list[str]:
    """Say what a treatment is assumed to do; growth only where some of it is counted."""
    words = (
        N_("keeps {range} more a year"),
        N_("adds {range} growth a year"),
        N_("adds {range} of the growth that comes anyway"),
    )
    return [
        _(text, range=_range(effect))
        for kind, text in zip(KINDS, words, strict=True)
        if (effect := effects.get((treatment, kind), (0.0,) * 3))[2] or kind == "retention"
        if grows or kind != "uplift"
    ]


def _range(effect: tuple[float, float, float]) -> str:
    low, _x, high = effect
    if low == high:
        return percent(low, 0)
    return _("{low} to {high}", low=percent(low, 0), high=percent(high, 0))
