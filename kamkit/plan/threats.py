"""What threatens an account most, how likely it is, and which action meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number, percent, signed
from kamkit.money import scaled
from kamkit.periods import day, halves, last_year, span
from kamkit.plan._facts import change_of_all
from kamkit.plan.statements import Block, Statement, holds, known

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis

Fact = Mapping[str, Any]
Maybe = Statement | None
_MEETS = {
    "loss": ("mend",),
    "silence": ("retain", "win_back", "deepen"),
    "fall": ("retain", "deepen"),
    "one_person": ("deepen",),
    "handover": ("take_over",),
    "opponents": ("deepen",),
    "rivals": ("grow_repeat", "grow_cross", "grow_upsell"),
}
"""The objectives whose action meets a threat, by the code of the threat."""


def risk(fact: Fact, basis: Basis, known_actions: pd.DataFrame) -> Block | None:
    """Return the main risk on one row: what it is, how likely, what we do about it.

    What happens already comes before what could happen; the likelihood is a judgement in words.
    """
    for code, likely, say in _threats(fact, basis):
        sentence = say()
        if sentence is not None:
            row = (sentence.text, likely, _answer(code, known_actions))
            heads = (_("Risk"), _("Likelihood"), _("What we do"))
            return Block(heads, (row,), sentence.table, sentence.columns)
    return None


def _threats(fact: Fact, basis: Basis) -> Iterator[tuple[str, str, Callable[[], Maybe]]]:
    now, likely, possible = _("It is happening"), _("Likely"), _("Possible")
    if fact.get("loses"):
        yield "loss", now, lambda: loss(fact, basis)
    state = fact.get("rhythm_state")
    if state in ("lost", "late", "season_missed"):
        yield "silence", likely, lambda: silence(fact)
    if holds(fact, "shrinks") and (known(fact, "growth_ratio") or known(fact, "change")):
        yield "fall", now, lambda: fall(fact, basis)
    if holds(fact, "single_contact") or fact.get("structure") == "bow_tie":
        yield "one_person", possible, lambda: one_person(fact)
    yield "handover", possible, lambda: handover_risk(fact)
    if known(fact, "opponents") and fact["opponents"] > 0:
        yield "opponents", likely, lambda: opponents(fact)
    yield "rivals", possible, lambda: rivals(fact, basis, basis.about.currency)


def _answer(code: str, known_actions: pd.DataFrame) -> str:
    """Name the action of the plan that meets a threat, else say what would."""
    for objective in _MEETS[code]:
        mine = known_actions[known_actions["ref"].str.split(":").str[0] == objective]
        if len(mine):
            return _("Action {n}", n=mine["number"].iloc[0])
    other = {
        "opponents": _("Meet those who are against us, and hear why"),
        "rivals": _("Ask what it would take for them to buy from us instead"),
        "one_person": _("Get to know a second person"),
        "silence": _("Call them, and hear why"),
    }
    return other.get(code, _("Agree on it with the manager"))


def loss(fact: Fact, basis: Basis) -> Maybe:
    """Say what an account that loses money costs us.

    >>> from kamkit import Period
    >>> from types import SimpleNamespace as Made
    >>> about = Made(currency="", period=Period("2025-01-01", "2025-12-31"))
    >>> print(loss({"profit_year": -1e4}, Made(about=about)).text)
    We go on losing money on them: 10,000 in 2025.
    >>> more = {"profit_year": -1e4, "revenue_year": 9e4}
    >>> print(loss(more, Made(about=about)).text)
    We go on losing money on them (10,000 in 2025); if new terms make them leave, revenue of 90,000
    goes, and the loss with it.
    """
    if not known(fact, "profit_year"):
        return None
    about = basis.about
    values = {
        "money": scaled(-float(fact["profit_year"]), about.currency),
        "period": span(last_year(about.period)),
    }
    if not known(fact, "revenue_year"):
        text = _("We go on losing money on them: {money} in {period}.", **values)
        return Statement(text, "accounts", ("profit_year",))
    text = _(
        "We go on losing money on them ({money} in {period}); if new terms make them leave, "
        "revenue of {sales} goes, and the loss with it.",
        sales=scaled(float(fact["revenue_year"]), about.currency),
        **values,
    )
    return Statement(text, "accounts", ("profit_year", "revenue_year"))


def silence(fact: Fact) -> Maybe:
    """Say that an account has not ordered when it would have.

    >>> silence({"days_since": 78, "interval_days": 7.2, "last_date": pd.Timestamp("2025-10-14")}
    ...     ).text
    'They may be leaving: no order since 14 Oct 2025, 78 days; their usual gap is 7 days.'
    """
    if not known(fact, "days_since", "interval_days", "last_date"):
        return None
    text = _(
        "They may be leaving: no order since {day}, {days} days; their usual gap is {gap}.",
        day=day(fact["last_date"].date()),
        days=number(float(fact["days_since"])),
        gap=ngettext("{n} day", "{n} days", max(1, round(fact["interval_days"]))),
    )
    return Statement(text, "accounts", ("last_date", "days_since", "interval_days"))


def fall(fact: Fact, basis: Basis) -> Maybe:
    """Say by how much sales fell: in a year, else from one period to the next beside all others."""
    if not known(fact, "growth_ratio"):
        later = halves(basis.about.period)[1]
        text = _(
            "Their purchases go on falling: {share} less in {period} than in the time before, when "
            "those of all customers changed by {all}.",
            share=percent(-float(fact["change"]) / float(fact["revenue_before"]), 0),
            period=span(later),
            all=signed(change_of_all(basis.accounts)),
        )
        return Statement(text, "accounts", ("revenue_before", "change"))
    text = _(
        "Their purchases go on falling: {share} less in {period} than the year before.",
        share=percent(-float(fact["growth_ratio"]), 0),
        period=span(last_year(basis.about.period)),
    )
    return Statement(text, "accounts", ("revenue_before", "change"))


def one_person(fact: Fact) -> Maybe:
    """Say whom the relationship depends on: one of theirs, or one of ours.

    >>> one_person({"top_share": 0.2, "ours_share": 0.9, "our_people": 2, "our_main": "Kari"}).text
    'The relationship depends on one of ours: 90% of the influence there lies with people whom only
    Kari knows.'
    >>> one_person({"single_contact": True}).text
    'The relationship depends on one person: the only contact we have there may leave.'
    """
    if holds(fact, "single_contact"):
        sentence = _(
            "The relationship depends on one person: the only contact we have there may leave."
        )
        return Statement(sentence, "relations", ("single_contact",))
    if not known(fact, "top_share", "ours_share") or not fact.get("our_people"):
        return None
    theirs, ours = float(fact["top_share"]), float(fact["ours_share"])
    if ours > theirs and known(fact, "our_main"):
        text = _(
            "The relationship depends on one of ours: {share} of the influence there lies with "
            "people whom only {main} knows.",
            share=percent(ours, 0),
            main=fact["our_main"],
        )
        return Statement(text, "relations", ("ours_share", "our_main"))
    text = _(
        "The relationship depends on one of theirs, who holds {share} of the influence there.",
        share=percent(theirs, 0),
    )
    return Statement(text, "relations", ("top_share",))


def handover_risk(fact: Fact) -> Maybe:
    """Say that a relationship may be lost where the manager changes."""
    if not fact.get("handover") or not known(fact, "manager", "manager_knows", "people"):
        return None
    text = _(
        "What {old} knows is lost with the change of manager: {new} knows {n} of {people} there.",
        old=fact["account_manager"],
        new=fact["manager"],
        n=number(float(fact["manager_knows"])),
        people=ngettext("{n} person", "{n} people", int(fact["people"])),
    )
    return Statement(text, "key_accounts", ("manager", "account_manager"))


def rivals(fact: Fact, basis: Basis, currency: str) -> Maybe:
    """Say what competitors have of it."""
    grid = basis.whitespace
    if grid is None or "competitor" not in grid:
        return None
    mine = grid[(grid["account_id"] == fact["account_id"]) & (grid["state"] == "competitor")]
    mine = mine.sort_values(["open_amount", "item"], ascending=[False, True])
    if mine.empty:
        return None
    named = joined(
        ", ",
        [
            _("{item} ({who})", item=row["item"], who=row["competitor"])
            if known(row, "competitor")
            else str(row["item"])
            for row in mine.head(3).to_dict("records")
        ],
    )
    text = _(
        "Competitors take more: they sell them {n} for {money} a year, first {named}.",
        n=ngettext("{n} group of goods", "{n} groups of goods", len(mine)),
        money=scaled(float(mine["open_amount"].sum()), currency),
        named=named,
    )
    return Statement(text, "whitespace", ("state", "competitor", "open_amount"))


def opponents(fact: Fact) -> Statement:
    """Say how many of the people we know there are against us.

    >>> opponents({"opponents": 2}).text
    '2 of the people we know there work against us.'
    """
    text = ngettext(
        "{n} of the people we know there works against us.",
        "{n} of the people we know there work against us.",
        int(fact["opponents"]),
    )
    return Statement(text, "relations", ("opponents",))
