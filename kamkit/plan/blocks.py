"""The tables of a plan: where the account could buy more, and whom we meet there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.language import N_, number
from kamkit.language import gettext as _
from kamkit.money import money
from kamkit.output.wording import capital
from kamkit.periods import day, halves, last_year, quarter_end, span
from kamkit.plan._objectives import may_grow
from kamkit.plan.statements import Block, holds, known
from kamkit.relate._people import ours_of
from kamkit.schema import word

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.plan.basis import Basis

Fact = Mapping[str, Any]
GROUPS, PEOPLE = 5, 6
"""The most rows of either table: a plan has two pages."""

_STEPS = 3
_DO = {
    "step_repeat": N_("Ask why they stopped"),
    "step_upsell": N_("Offer terms for the whole group"),
    "step_competitor": N_("Ask what would make them change"),
    "step_in_house": N_("Offer to take it over"),
    "step_unknown": N_("Ask who supplies it"),
}
"""The next step in a few words."""


def offers(fact: Fact, basis: Basis) -> pd.DataFrame | None:
    """Return the groups that are proposed to an account, most growth first; none at a loss."""
    best = basis.opportunities
    if best is None or fact.get("loses"):
        return None
    mine = best[best["account_id"] == fact["account_id"]]
    order = ["growth_middle", "open_amount", "item"]
    mine = mine.sort_values(order, ascending=[False, False, True]).head(GROUPS)
    return mine.reset_index(drop=True) if len(mine) else None


def growth(fact: Fact, basis: Basis) -> Block | None:
    """Return what the account could buy more of, by group, with who supplies it today."""
    mine = offers(fact, basis)
    if mine is None:
        return None
    currency = basis.about.currency
    later = halves(basis.about.period)[1]
    of = span(later) if later != last_year(basis.about.period) else str(later.end.year)
    rows: list[tuple[str, ...]] = [
        (
            str(n),
            str(row["item"]),
            _thousands(row["revenue"]),
            _thousands(row["open_amount"]),
            _thousands(row["growth_middle"]),
            _supplier(row),
            _(_DO[step]) if (step := str(row["next_step"])) in _DO else capital(word(step)),
        )
        for n, row in enumerate(mine.to_dict("records"), start=1)
    ]
    unit = f" ({thousands(currency)})"
    heads: tuple[str, ...] = (
        _("No."),
        _("Group"),
        _("Revenue {period}", period=of) + unit,
        _("Open") + unit,
        _("Growth") + unit,
        _("Supplier today"),
        _("Next step"),
    )
    columns: tuple[str, ...] = (
        *("item", "revenue", "open_amount", "growth_middle", "state", "next_step"),
    )
    if not may_grow(fact):
        heads, rows = (*heads[:4], heads[5]), [(*row[:4], row[5]) for row in rows]
        columns = ("item", "revenue", "open_amount", "state")
        return Block(heads, tuple(rows), "opportunities", columns, (2, 3))
    return Block(heads, tuple(rows), "opportunities", columns, (2, 3, 4))


def thousands(currency: str) -> str:
    """Return the unit of amounts in thousands.

    >>> thousands("NOK").replace(chr(160), " "), thousands("")
    ('NOK k', 'k')
    """
    unit = _("{currency} k", currency=currency) if currency else _("k")
    return unit.replace(" ", "\u00a0")


def _thousands(amount: float) -> str:
    return money(float(amount) / 1e3).replace("-", "−")


def _supplier(row: Mapping[Any, Any]) -> str:
    if known(row, "competitor"):
        return str(row["competitor"])
    if row.get("state") == "us":
        return _("us, in part")
    return word(str(row["state"])) if known(row, "state") else "–"


def people(fact: Fact, basis: Basis, due: Any) -> Block | None:
    """Return whom we meet there, who of ours, for what and by when.

    ``due`` is the day that the next steps are due; without one it is the end of the next quarter.
    """
    there, steps = _mine(basis.people, fact), _mine(basis.next_contacts, fact)
    if not there and not steps:
        return None
    by = day(due.date() if due is not None else quarter_end(basis.about.period.end, 1))
    owner = _owner(fact)
    persons = {str(one["contact"]): one for one in there}
    met: dict[str, list[str]] = {}
    for step in sorted(steps, key=lambda one: one["place"])[:_STEPS]:
        met.setdefault(str(step["contact"] or ""), []).append(word(str(step["next_step"])))
    rows = []
    for who, doing in met.items():
        one = persons.pop(who, {})
        sentence = capital("; ".join(doing))
        rows.append((who or _("Somebody new"), _role(one), _ours(one) or owner, sentence, by))
    left = sorted(persons.values(), key=lambda one: -float(one["influence"]))
    rows += [
        (str(one["contact"]), _role(one), _ours(one) or "–", _without_step(one), "–")
        for one in left[: max(PEOPLE - len(rows), 0)]
    ]
    heads = (_("Who"), _("Department, attitude"), _("Of ours"), _("For what"), _("By"))
    names = {str(one["contact"]): str(one["person"]) for one in _mine(basis.contact_names, fact)}
    told_rows = tuple((_named(who, names), *rest) for who, *rest in rows)
    if not there:
        return Block(heads, told_rows, "next_contacts", ("contact", "next_step"))
    return Block(heads, told_rows, "people", ("contact", "department", "support", "our_contact"))


def _named(who: str, names: Mapping[str, str]) -> str:
    """Return what a contact is called: with the name where the plans may tell it."""
    name = names.get(who, who)
    return capital(who) if name == who else f"{name} ({who})"


def _mine(table: pd.DataFrame | None, fact: Fact) -> list[dict[Any, Any]]:
    if table is None:
        return []
    mine = table[table["account_id"] == fact["account_id"]]
    return [dict(row) for row in mine.to_dict("records")]


def _owner(fact: Fact) -> str:
    names = ("manager", "account_manager", "our_main")
    return next((str(fact[name]) for name in names if known(fact, name)), "–")


def _role(one: Mapping[Any, Any]) -> str:
    parts = [str(one[name]) for name in ("department",) if known(one, name)]
    if known(one, "support"):
        against, neutral, for_us = _("against us"), _("neutral"), _("for us")
        parts.append(neutral if one["support"] == 0 else for_us if one["support"] > 0 else against)
    return ", ".join(parts) or "–"


def _ours(one: Mapping[Any, Any]) -> str:
    return ", ".join(ours_of(one["our_contact"])) if known(one, "our_contact") else ""


def _without_step(one: Mapping[Any, Any]) -> str:
    """Say what is to be done with a person without a next step."""
    if not known(one, "days_since_met"):
        return _("Get to know; never met")
    days = number(float(one["days_since_met"]))
    if holds(one, "stale"):
        return _("Meet again; last met {n} days ago", n=days)
    return _("Keep in touch; met {n} days ago", n=days)
