"""What threatens an account, as sentences: silence, one person who knows it all, rivals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number, percent, sentence
from kamkit.money import scaled
from kamkit.periods import day
from kamkit.plan.statements import Statement, known
from kamkit.schema import word

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis

Fact = Mapping[str, Any]
Maybe = Statement | None


def rhythm(fact: Fact) -> Maybe:
    """Say how it buys: its interval, its last purchase, the next one expected.

    >>> rhythm({"rhythm_state": "on_time", "interval_days": 14.2}).text
    'Rhythm: on time; buys every 14 days.'
    """
    if not known(fact, "rhythm_state"):
        return None
    parts = [_("rhythm: {state}", state=word(str(fact["rhythm_state"])))]
    if known(fact, "interval_days"):
        parts.append(
            ngettext("buys every day", "buys every {n} days", max(1, round(fact["interval_days"])))
        )
    if known(fact, "last_date"):
        parts.append(_("last on {day}", day=day(fact["last_date"].date())))
    if known(fact, "next_expected"):
        when = day(fact["next_expected"].date())
        parts.append(
            _("the next one was expected on {day}", day=when)
            if _behind(fact)
            else _("next expected on {day}", day=when)
        )
    columns = ("rhythm_state", "interval_days", "last_date", "days_since", "next_expected")
    return Statement(sentence(joined("; ", parts)), "accounts", columns)


def _behind(fact: Fact) -> bool:
    """Tell whether the day of the next order has passed without one."""
    if not (known(fact, "last_date") and known(fact, "days_since")):
        return False
    ahead = fact["next_expected"].date() - fact["last_date"].date()
    return bool(ahead.days < fact["days_since"])


def hanging(fact: Fact) -> Maybe:
    """Say how much of the influence one person holds, and how much one of ours alone knows.

    >>> hanging({"top_share": 0.6, "ours_share": 0.4, "our_people": 2, "our_main": "Kari"}).text
    'One person holds 60% of the influence there; 40% lies with people whom only Kari of ours
    knows.'
    """
    if not known(fact, "top_share", "ours_share") or not fact.get("our_people"):
        return None
    theirs = percent(float(fact["top_share"]), 0)
    if float(fact["ours_share"]) > 0:
        text = _(
            "One person holds {theirs} of the influence there; {ours} lies with people whom only "
            "{main} of ours knows.",
            theirs=theirs,
            ours=percent(float(fact["ours_share"]), 0),
            main=fact.get("our_main") or _("one"),
        )
    else:
        text = _(
            "One person holds {theirs} of the influence there; two or more of ours know everyone "
            "we know.",
            theirs=theirs,
        )
    return Statement(text, "relations", ("top_share", "ours_share", "our_main"))


def handover(fact: Fact) -> Maybe:
    """Say that the account changes its manager, and whom the new one knows there.

    >>> change = {"handover": True, "account_manager": "Ola", "manager": "Kari"}
    >>> handover(change).text
    'Ola hands it over to Kari.'
    >>> handover({**change, "manager_knows": 1, "people": 4}).text
    'Ola hands it over to Kari, who knows 1 of 4 people there.'
    """
    if not fact.get("handover") or not known(fact, "manager", "account_manager"):
        return None
    text = _("{old} hands it over to {new}.", old=fact["account_manager"], new=fact["manager"])
    if known(fact, "manager_knows", "people"):
        text = _(
            "{old} hands it over to {new}, who knows {n} of {people} there.",
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
        "Competitors have {n} with {money}: {named}.",
        n=ngettext("{n} group", "{n} groups", len(mine)),
        money=scaled(float(mine["open_amount"].sum()), currency),
        named=named,
    )
    return Statement(text, "whitespace", ("state", "competitor", "open_amount"))


def opponents(fact: Fact) -> Statement:
    """Say how many of the people we know there are against us.

    >>> opponents({"opponents": 2}).text
    '2 people we know there are against us.'
    """
    text = ngettext(
        "{n} person we know there is against us.",
        "{n} people we know there are against us.",
        int(fact["opponents"]),
    )
    return Statement(text, "relations", ("opponents",))
