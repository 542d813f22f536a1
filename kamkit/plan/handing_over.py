"""A change of who answers for an account: to whom, when, and with which steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.periods import day, quarter_end, workday
from kamkit.plan.statements import Block, holds, known

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis

_LEARNS, _MEETS = 21, 45
_KNOWN_ENOUGH, _INTRODUCED = 3.0, 3

Found = dict[str, Any]


def take_over(fact: Mapping[str, Any], basis: Basis, _currency: str) -> Found | None:
    """Hand the account over from one manager to another, step by step."""
    if not known(fact, "manager", "account_manager", "manager_knows"):
        return None
    learns, meets, alone = _days(basis.about.period.end)
    action = _(
        "Hand over from {old} to {new} (agreements, offers and people by {learns}, introduction to "
        "the customer by {meets}); from {alone} {new} answers alone",
        old=fact["account_manager"],
        new=fact["manager"],
        learns=day(learns),
        meets=day(meets),
        alone=day(alone),
    )
    there = float(fact["people"]) if known(fact, "people") else 1.0
    return {
        "measure": "manager_knows",
        "baseline": float(fact["manager_knows"]),
        "target": max(min(there, _KNOWN_ENOUGH), 1.0),
        "quarters": 1,
        "action": action,
        "told_by": "key_accounts: manager, account_manager; people: our_contact",
    }


def hand_over(fact: Mapping[str, Any], basis: Basis, _currency: str) -> Found | None:
    """Move the account to ordinary sales: who answers there, when the customer is told."""
    end = basis.about.period.end
    due = quarter_end(end, 2)
    _learns, meets, _alone = _days(end)
    when = {"meets": day(meets), "alone": day(due + dt.timedelta(days=1))}
    text = _(
        "Move them to ordinary sales: agree on who answers there, and tell the customer by {meets} "
        "who it is and what stays; from {alone} they are no key account",
        **when,
    )
    if known(fact, "account_manager"):
        text = _(
            "Move them to ordinary sales: tell the customer by {meets} that {who} answers and what "
            "stays; from {alone} they are no key account",
            who=fact["account_manager"],
            **when,
        )
    return {
        "measure": "is_key",
        "baseline": 1.0,
        "target": 0.0,
        "direction": "at_most",
        "action": text,
        "due": due,
        "told_by": "matrix: cell; key_accounts: account_manager",
    }


def steps(fact: Mapping[str, Any], basis: Basis) -> Block | None:
    """Return the steps of a change of manager: what, who does it, by when; None without one."""
    if not holds(fact, "handover") or not known(fact, "manager", "account_manager"):
        return None
    old, new = str(fact["account_manager"]), str(fact["manager"])
    learns, meets, alone = _days(basis.about.period.end)
    people = _first_to_meet(fact, basis)
    meet = _("Introduce {new} to the customer", new=new)
    if people:
        meet = _("Introduce {new} to {people}", new=new, people=join(people))
    rows = (
        (_("Go through agreements, open offers and people"), f"{old}, {new}", day(learns)),
        (meet, old, day(meets)),
        (_("Answer for the account alone"), new, _("from {day}", day=day(alone))),
    )
    heads = (_("Step"), _("Who"), _("By"))
    return Block(heads, rows, "key_accounts", ("manager", "account_manager"))


def answers_from(end: dt.date) -> dt.date:
    """Return the day from which the new manager answers alone.

    >>> answers_from(dt.date(2025, 12, 31))
    datetime.date(2026, 4, 1)
    """
    return quarter_end(end, 1) + dt.timedelta(days=1)


def _days(end: dt.date) -> tuple[dt.date, dt.date, dt.date]:
    learns, meets = (workday(end + dt.timedelta(days=n)) for n in (_LEARNS, _MEETS))
    return learns, meets, answers_from(end)


def _first_to_meet(fact: Mapping[str, Any], basis: Basis) -> list[str]:
    """Return who has most influence there, as the plan calls them."""
    if basis.people is None:
        return []
    mine = basis.people[basis.people["account_id"] == fact["account_id"]]
    first = mine.sort_values("influence", ascending=False, kind="stable").head(_INTRODUCED)
    return [str(one) for one in first["contact"]]
