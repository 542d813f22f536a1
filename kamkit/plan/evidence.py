"""What the tables say of one account, as sentences that name their columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import N_, join, joined, ngettext, number, sentence
from kamkit.language import gettext as _
from kamkit.periods import day
from kamkit.plan.handing_over import answers_from
from kamkit.plan.statements import Statement, known
from kamkit.schema import word

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis

Fact = Mapping[str, Any]
Maybe = Statement | None
_ASKED = 3


def kept(*found: Maybe) -> tuple[Statement, ...]:
    """Return the sentences that could be made.

    >>> kept(None, Statement("One.", "t"))[0].text
    'One.'
    """
    return tuple(one for one in found if one is not None)


def who(fact: Fact, basis: Basis) -> Maybe:
    """Say who the customer is, from the register."""
    register = basis.register
    row: dict[str, Any] = {}
    if register is not None:
        mine = register[register["account_id"] == fact["account_id"]].to_dict("records")
        row = {str(name): value for name, value in mine[0].items()} if mine else {}
    parts = [str(row[name]) for name in ("industry", "region") if known(row, name)]
    if known(row, "employees"):
        parts.append(ngettext("{n} employee", "{n} employees", int(row["employees"])))
    if known(row, "members") and row["members"] > 1:
        parts.append(ngettext("{n} account together", "{n} accounts together", int(row["members"])))
    if known(row, "since"):
        parts.append(_("customer since {year}", year=row["since"].year))
    if not parts and known(fact, "first_date"):
        parts.append(_("bought first on {day}", day=day(fact["first_date"].date())))
    if not parts:
        return None
    columns = ("industry", "region", "employees", "members", "since")
    return Statement(sentence(joined(", ", parts)), "register", columns)


def responsible(fact: Fact, end: dt.date) -> Maybe:
    """Say who of ours answers for the account, and what treatment it gets.

    ``end`` is the last day of the ledger, from which the day of a change of manager follows.

    >>> end = dt.date(2025, 12, 31)
    >>> responsible({"is_key": True, "treatment": "dedicated", "manager": "Kari"}, end).text
    'Key account with a team of its own. Responsible: Kari.'
    >>> responsible({"handover": True, "account_manager": "Ola", "manager": "Kari"}, end).text
    'Not a key account. Responsible: Ola, from 1 Apr 2026 Kari.'
    """
    column = next((n for n in ("manager", "account_manager") if known(fact, n)), "")
    values = {"manager": fact[column] if column else _("nobody yet")}
    if fact.get("handover") and known(fact, "manager", "account_manager"):
        old, new = fact["account_manager"], fact["manager"]
        alone = day(answers_from(end))
        values = {"manager": _("{old}, from {day} {new}", old=old, day=alone, new=new)}
    rests = tuple(name for name in ("treatment", column) if known(fact, name))
    if fact.get("is_key") and fact.get("strategy") == "hand_over":
        text = _("Key account, to be moved to ordinary sales. Responsible: {manager}.", **values)
        return Statement(text, "key_accounts", rests)
    if fact.get("is_key"):
        text = _("Key account. Responsible: {manager}.", **values)
        if known(fact, "treatment"):
            treated = word(str(fact["treatment"]))
            text = _(
                N_("Key account served at low cost, with {treatment}. Responsible: {manager}.")
                if fact.get("strategy") == "harvest"
                else N_("Key account with {treatment}. Responsible: {manager}."),
                treatment=treated,
                **values,
            )
        return Statement(text, "key_accounts", rests)
    text = {
        "silent": _(
            "Not a key account; watched because it has been silent. Responsible: {manager}.",
            **values,
        ),
        "losing": _(
            "Not a key account; watched because of what it loses. Responsible: {manager}.", **values
        ),
        "earning": _(
            "Not a key account; watched because of what it earns. Responsible: {manager}.", **values
        ),
        "large": _(
            "Not a key account; watched because of its size. Responsible: {manager}.", **values
        ),
    }.get(str(fact.get("planned_as")), _("Not a key account. Responsible: {manager}.", **values))
    return Statement(text, "ordinary_sales", (column,) if column else ())


def handover(fact: Fact) -> Maybe:
    """Say that the account changes its manager, and whom the new one knows there.

    >>> change = {"handover": True, "account_manager": "Ola", "manager": "Kari"}
    >>> handover(change).text
    'From Ola to Kari.'
    >>> handover({**change, "manager_knows": 1, "people": 4, "our_people": 2}).text
    'From Ola to Kari, who knows 1 of 4 people there.'
    """
    if not fact.get("handover") or not known(fact, "manager", "account_manager"):
        return None
    values = {"old": fact["account_manager"], "new": fact["manager"]}
    columns = ("manager", "account_manager")
    if not known(fact, "manager_knows", "people"):
        return Statement(_("From {old} to {new}.", **values), "key_accounts", columns)
    text = _(
        "From {old} to {new}, who knows {n} of {people} there.",
        n=number(float(fact["manager_knows"])),
        people=ngettext("{n} person", "{n} people", int(fact["people"])),
        **values,
    )
    return Statement(text, "key_accounts", columns)


def questions(
    fact: Fact, why: Fact, known_actions: pd.DataFrame, basis: Basis
) -> tuple[Statement, ...]:
    """Return what is still to be found out or settled, the most pressing first."""
    return kept(
        *_conflicts(known_actions),
        overdue(known_actions, basis.about.period.end),
        _nobody_decides(fact),
        _unknown_suppliers(fact, basis),
        _would_change(why),
        *missing(basis),
    )


def _conflicts(known_actions: pd.DataFrame) -> list[Statement]:
    """Say where two people wrote different things of the same, or one against the plan."""
    rows = known_actions[known_actions["conflict"] != ""].to_dict("records")
    return [
        Statement(
            _("Action {n}: {conflict}.", n=row["number"], conflict=row["conflict"]),
            "actions",
            ("conflict",),
        )
        for row in rows
    ]


def overdue(known_actions: pd.DataFrame, end: Any) -> Maybe:
    """Say which actions are overdue on the last day of the ledger.

    >>> import datetime as dt
    >>> row = {"number": "2", "due": "2025-01-31", "status": "started", "kind": "agreed"}
    >>> overdue(pd.DataFrame([row]), dt.date(2025, 12, 31)).text
    'Overdue: action 2 (due 31 Jan 2025).'
    """
    from kamkit.plan._objectives import is_done

    rows = known_actions[known_actions["kind"] != "closed"].to_dict("records")
    named = [
        _("action {n} (due {day})", n=row["number"], day=day(due.date()))
        for row in rows
        if not is_done(row["status"])
        and (due := pd.to_datetime(row["due"], format="%Y-%m-%d", errors="coerce")) == due
        and due <= pd.Timestamp(end)
    ]
    if not named:
        return None
    return Statement(_("Overdue: {named}.", named=join(named)), "actions", ("due", "status"))


def _nobody_decides(fact: Fact) -> Maybe:
    if not known(fact, "people"):
        return None
    if not fact["people"]:
        return Statement(
            _("Whom can we meet there? No contact is recorded."), "relations", ("people",)
        )
    if known(fact, "deciders") and not fact["deciders"]:
        return Statement(_("Who decides there?"), "relations", ("deciders",))
    return None


def _unknown_suppliers(fact: Fact, basis: Basis) -> Maybe:
    """Ask who supplies the largest groups whose supplier nobody has told."""
    grid = basis.whitespace
    if grid is None or "state" not in grid:
        return None
    mine = grid[(grid["account_id"] == fact["account_id"]) & (grid["state"] == "unknown")]
    mine = mine.sort_values(["open_amount", "item"], ascending=[False, True])
    if mine.empty:
        return None
    named = join([str(item) for item in mine["item"].head(_ASKED)])
    text = _("Who supplies them with {items}?", items=named)
    return Statement(text, "whitespace", ("item", "state", "open_amount"))


def _would_change(why: Fact) -> Maybe:
    if not why["would_change"]:
        return None
    text = _("We change the strategy {when}.", when=why["would_change"])
    return Statement(text, "strategies", ("would_change",))


def missing(basis: Basis) -> tuple[Statement, ...]:
    """Say in one line which tables would tell more."""
    value = basis.accounts
    tests = (
        ("contribution" not in value, _("the cost of goods (contribution)")),
        ("cost_to_serve" not in value, _("activities (cost of serving them)")),
        (basis.wallet_shares is None, _("wallet (what they buy from others)")),
        (basis.people is None, _("contacts (whom to meet)")),
        (basis.goals is None, _("goals (what has been agreed)")),
    )
    lacking = [text for lacks, text in tests if lacks]
    if not lacking:
        return ()
    text = _("The plan would tell more with these tables: {tables}.", tables=join(lacking))
    return (Statement(text, "about"),)
