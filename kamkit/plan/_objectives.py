"""Objectives of an account: a measure with its value today and a target, an action, who, when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import N_, joined, signed
from kamkit.language import gettext as _
from kamkit.periods import day, halves, is_year, quarter_end, workday
from kamkit.plan.handing_over import hand_over, take_over
from kamkit.plan.levers import in_last_year, levers
from kamkit.plan.statements import SILENT, holds, known
from kamkit.relate._stage import QUESTIONS
from kamkit.schema import find, noun, takes, word

if TYPE_CHECKING:
    from kamkit.periods import Period
    from kamkit.plan.basis import Basis

COLUMNS = (
    "account_id",
    "account_name",
    "objective",
    "measure",
    "item",
    "baseline",
    "target",
    "direction",
    "value",
    "action",
    "owner",
    "due",
    "measured",
    "status",
    "told_by",
)
_LAST_TO_AGREE = 9
_CALL_WITHIN = 14
_AHEAD = 28  # a season is prepared four weeks before its first order
_DONE = ("done", "finished", "closed", "ferdig", "fullført", "lukket", "gjort")
_PAYS = 0.05
_LESS_SERVICE = 0.8
_WORTH = 0.002
SEASONAL = ("in_season", "off_season")
"""States of accounts that buy in a season and are not late."""
QUIET = ("harvest", "hand_over")
"""Strategies that cost little: nothing more is to be sold there."""
GROWS = ("grow_repeat", "grow_upsell", "grow_cross")
"""Objectives of growth."""
_MOST_TREND, _MOST_OF_ITEM = 0.2, 0.5
_MOVED = 0.1
"""The growth of a year whose reason is asked for."""
_LEAST = 0.01  # what comes true less than once in a hundred is no goal


@takes(facts="account_id account_name", chosen="account_id strategy objectives")
def objectives(facts: pd.DataFrame, chosen: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """Return the objectives that follow from each account's strategy, with their actions.

    ``facts`` is the table of ``plan.facts``, ``chosen`` that of ``plan.strategies``. One row per
    account and objective, in the order of the rules, none of growth where ``may_grow`` says so;
    sales as a whole are to grow by as much as the groups named: ``account_id``, ``account_name``,
    ``objective`` (a code), ``measure`` (a column) with ``item`` where it is about one group
    of goods, ``baseline`` and ``target`` (numbers), ``direction`` (``at_least`` or ``at_most``),
    ``value`` (what it brings in a year at the rates observed, empty where the tables do not say),
    ``action`` (in words), ``owner``, ``due`` (the day the action is due), ``measured`` (the day the
    target is measured: what is of twelve months when twelve months have gone), ``status``
    (``proposed``) and ``told_by`` (the table and columns it rests on). Before an account changes
    its manager the one who has it now is the owner.
    """
    end = basis.about.period.end
    currency = basis.about.currency
    goals = dict(zip(chosen["account_id"], chosen["objectives"], strict=True))
    rows = []
    strategy = dict(zip(chosen["account_id"], chosen["strategy"], strict=True))
    for row in facts.to_dict("records"):
        fact = {str(name): value for name, value in row.items()}
        fact["strategy"] = strategy.get(fact["account_id"], "")
        if fact["strategy"] == "hand_over":  # it goes to ordinary sales, not to another manager
            fact |= {"handover": False, "manager": None}
        mine = []
        for code in filter(None, str(goals.get(fact["account_id"], "")).split(",")):
            if code in GROWS and not may_grow(fact):
                continue
            if code == "take_over" and not holds(fact, "handover"):
                continue
            if code in QUIET and fact["strategy"] not in (code, "hand_over"):
                continue  # nobody is kept and let go, or served less, at once
            found = OBJECTIVES[code](fact, basis, currency)
            if found is not None:
                mine.append(_row(code, fact, found, end))
        rows += _as_a_whole(mine)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def may_grow(fact: Mapping[str, Any]) -> bool:
    """Tell whether more is to be sold to an account: one story for each.

    Not to one that loses money, is served at low cost, has gone silent, or whose sales fall:
    first that is put right.

    >>> may_grow({"strategy": "grow"}), may_grow({"strategy": "grow", "shrinks": True})
    (True, False)
    """
    trouble = holds(fact, "loses") or holds(fact, "shrinks")
    silent = fact.get("rhythm_state") in SILENT
    return not (trouble or silent or fact.get("strategy") in QUIET)


def _as_a_whole(mine: list[Found]) -> list[Found]:
    """Let sales as a whole grow by what the groups are to grow, at least."""
    more = sum(row["value"] for row in mine if row["objective"] in GROWS)
    for row in mine:
        if row["measure"] == "revenue_year" and more > 0:
            row["target"] = max(row["target"], row["baseline"] + more)
    return mine


@takes(goals="")
def written_goals(goals: pd.DataFrame | None, end: dt.date) -> pd.DataFrame:
    """Return the goals that people have written down, with what is overdue.

    One row per goal: ``account_id``, ``objective``, ``measure``, ``target``, ``action``, ``owner``,
    ``due``, ``status`` and ``overdue`` (due by ``end``, the last day of the ledger, and not done).

    >>> goals = pd.DataFrame({"account_id": ["a"], "objective": ["Meet"], "status": ["started"],
    ...     "due": pd.to_datetime(["2025-01-31"])})
    >>> written_goals(goals, dt.date(2025, 3, 31))["overdue"].tolist()
    [True]
    """
    columns = ["account_id", "objective", "measure", "target", "action", "owner", "due", "status"]
    if goals is None:
        return pd.DataFrame(columns=[*columns, "overdue"])
    table = goals.reindex(columns=columns)
    status = table["status"].astype("str")
    due = pd.to_datetime(table["due"])
    done = status.map(is_done).astype("bool")
    return table.assign(overdue=(due <= pd.Timestamp(end)) & ~done)


def is_done(status: object) -> bool:
    """Tell whether a status says that nothing is left to do.

    >>> is_done("Ferdig "), is_done("started")
    (True, False)
    """
    return str(status).strip().casefold() in _DONE


def measure_name(measure: str, item: str = "") -> str:
    """Return what a measure is called.

    >>> measure_name("item_revenue", "Tape"), measure_name("people")
    ('item revenue: Tape', 'known people')
    """
    name = noun(measure)
    return _("{measure}: {item}", measure=name, item=item) if item else name


Found = dict[str, Any]


def _row(code: str, fact: Mapping[str, Any], values: Found, end: dt.date) -> Found:
    owner = next(
        (
            str(fact[name])
            for name in ("manager", "account_manager", "our_main")
            if isinstance(fact.get(name), str) and fact[name]
        ),
        "",
    )
    due = values.pop("due", None) or quarter_end(end, values.pop("quarters", 0))
    if (
        fact.get("handover") is True
        and known(fact, "account_manager")
        and due <= quarter_end(end, 1)
    ):
        owner = str(fact["account_manager"])
    return {
        "account_id": fact["account_id"],
        "account_name": fact["account_name"],
        "objective": code,
        "item": "",
        "direction": "at_least",
        "value": float("nan"),
        "owner": owner,
        "due": pd.Timestamp(due),
        "measured": pd.Timestamp(_measured(str(values["measure"]), due, end)),
        "status": "proposed",
        **values,
    }


def _measured(measure: str, due: dt.date, end: dt.date) -> dt.date:
    """Return the day a target is measured: what is of twelve months when those have gone."""
    column = find(measure)
    return max(due, quarter_end(end, 4)) if column and column.period == "last_year" else due


def _retain(fact: Mapping[str, Any], basis: Basis, _currency: str) -> Found | None:
    measure = "revenue_year" if known(fact, "revenue_year") else "revenue_after"
    if not known(fact, measure):
        return None
    action, due = _to_keep(fact, basis.about.period)
    return {
        "measure": measure,
        "baseline": fact[measure],
        "target": fact[measure] + _aims(fact, measure, basis),
        "action": action,
        "due": due,
        "told_by": f"accounts: {measure}, rhythm_state, next_expected",
    }


def _to_keep(fact: Mapping[str, Any], period: Period) -> tuple[str, dt.date]:
    """Return what keeps an account and by when: a call, a question, a season, next year's terms."""
    end, state = period.end, fact.get("rhythm_state")
    soonest, soon = end + dt.timedelta(days=_CALL_WITHIN), quarter_end(end, 1)
    first = fact["next_expected"].date() if known(fact, "next_expected") else None
    if state in SILENT and first:
        return _("Call now: an order was expected on {day}", day=day(first)), workday(soonest)
    if holds(fact, "shrinks") and known(fact, "growth_ratio"):
        action = _(
            "Slow the fall ({change} last year): ask why they buy less, and agree on what would "
            "bring it back",
            change=signed(float(fact["growth_ratio"])),
        )
        return action, soon
    if holds(fact, "shrinks") and known(fact, "change", "revenue_before"):
        action = _(
            "Ask why they buy less ({change} since {day}), and agree on what would bring it back",
            change=signed(float(fact["change"]) / float(fact["revenue_before"])),
            day=day(halves(period)[1].start),
        )
        return action, soon
    if state in SEASONAL and first:
        action = _(
            "Prepare the season: agree on volumes and terms before the first order, expected on "
            "{day}",
            day=day(first),
        )
        return action, workday(max(first - dt.timedelta(days=_AHEAD), soonest))
    due = quarter_end(end, 3)
    if end.month <= _LAST_TO_AGREE:  # before the coming year begins
        due = min(due, dt.date(end.year, 12, 31))
    return _terms(fact, due.year + 1), due


def _terms(fact: Mapping[str, Any], year: int) -> str:
    """Return what to agree on for a year, and what to ask first where sales have moved."""
    moved = float(fact["growth_ratio"]) if known(fact, "growth_ratio") else 0.0
    if moved >= _MOVED:
        return _(
            "Ask what drives their growth ({change} last year), and agree on volumes and terms for "
            "{year}",
            change=signed(moved),
            year=year,
        )
    if moved < 0:
        return _(
            "Ask what they buy less of ({change} last year), and agree on volumes and terms for "
            "{year}",
            change=signed(moved),
            year=year,
        )
    return _("Agree on volumes and terms for {year}", year=year)


def _aims(fact: Mapping[str, Any], measure: str, basis: Basis) -> float:
    """Return by how much more an account is to buy in a year, or less where it shrinks.

    Half way between its own change of the last year, at most a fifth of what it buys now, and what
    its opportunities bring at the rates at which such came true (nothing where none are known).
    Less only where it shrinks;
    nothing where it is silent or served at low cost: what it buys today is to be kept.
    """
    if measure != "revenue_year" or not is_year(halves(basis.about.period)[1]):
        return 0.0
    if not known(fact, "change", "revenue_before") or fact["revenue_before"] <= 0:
        return 0.0
    if fact.get("rhythm_state") in SILENT or fact.get("strategy") in QUIET:
        return 0.0
    most = _MOST_TREND * max(float(fact[measure]), 0.0)
    own = float(fact["change"])
    in_sight = float(fact["growth_middle"]) if known(fact, "growth_middle") else 0.0
    more = (min(max(own, -most), most) + max(in_sight, 0.0)) / 2
    return more if holds(fact, "shrinks") else max(more, 0.0)


def _mend(fact: Mapping[str, Any], basis: Basis, currency: str) -> Found | None:
    year = known(fact, "profit_ratio_year", "revenue_year")
    measure = "profit_ratio_year" if year else "profit_ratio"
    if not known(fact, measure):
        return None
    ratio = float(fact[measure])
    revenue = fact["revenue_year"] if year else fact.get("revenue", 0.0) / _years(basis)
    target = 0.0 if ratio < 0 else _PAYS
    if ratio >= target:
        return None
    levers_found = levers(fact, float(revenue), currency)
    return {
        "measure": measure,
        "baseline": ratio,
        "target": target,
        "action": _capital(joined("; ", levers_found))
        if levers_found
        else _("Go through prices and terms"),
        "quarters": 2,
        "value": (target - ratio) * float(revenue),
        "told_by": f"accounts: {measure}, cost_to_serve_year, discount_share_year",
    }


def _years(basis: Basis) -> float:
    return max(basis.about.period.days / 365.25, 1e-9)


def _harvest(fact: Mapping[str, Any], _basis: Basis, _currency: str) -> Found | None:
    measure = in_last_year(fact, "service_share")
    if not known(fact, measure):
        return None
    ratio = fact[measure]
    return {
        "measure": measure,
        "baseline": ratio,
        "target": ratio * _LESS_SERVICE,
        "direction": "at_most",
        "quarters": 2,
        "action": _("Move small orders to the web shop; keep the meetings with those who decide")
        if fact.get("is_key") is True
        else _("Move orders to the web shop and visit less often"),
        "told_by": "accounts: cost_to_serve_year, revenue_year",
    }


def _deepen(fact: Mapping[str, Any], basis: Basis, _currency: str) -> Found | None:
    if not known(fact, "people"):
        return None
    people = float(fact["people"])
    steps = basis.next_contacts
    action = _("Get to know one more person")
    if steps is not None:
        mine = steps[steps["account_id"] == fact["account_id"]].sort_values("place").head(2)
        sentences = [
            _step(str(step), who)
            for step, who in zip(mine["next_step"], mine["contact"], strict=True)
        ]
        action = "; ".join(sentences) or action
    ours = float(fact.get("our_people") or 0)
    values = {"measure": "people", "baseline": people, "target": people + 1}
    if people >= 3:
        values = {"measure": "our_people", "baseline": ours, "target": max(ours + 1, 2.0)}
    rests = "relations: people, our_people, structure; next_contacts"
    return values | {"action": _capital(action), "quarters": 1, "told_by": rests}


def _step(step: str, who: object) -> str:
    return f"{word(step)} ({who})" if isinstance(who, str) and who else word(step)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _advance(fact: Mapping[str, Any], _basis: Basis, _currency: str) -> Found | None:
    points, question = fact.get("points"), fact.get("next_question")
    if points is None or points != points or not isinstance(question, str) or not question:
        return None
    action = _(
        "Work more closely, until “{question}” is answered “{answer}”",
        question=_(QUESTIONS[question][0]) if question in QUESTIONS else word(question),
        answer=_capital(str(fact.get("next_answer", ""))),
    )
    return {
        "measure": "points",
        "baseline": float(points),
        "target": float(points) + 1,
        "action": action,
        "quarters": 4,
        "told_by": "relations: points, next_question, next_answer",
    }


def _grow(kind: str) -> Any:
    def found(fact: Mapping[str, Any], basis: Basis, _currency: str) -> Found | None:
        best = basis.opportunities
        if best is None:
            return None
        mine = best[(best["account_id"] == fact["account_id"]) & (best["kind"] == kind)]
        if mine.empty:
            return None
        row = mine.sort_values(["growth_middle", "item"], ascending=[False, True]).iloc[0]
        if not (row["growth_middle"] > 0 and row["conversion"] >= _LEAST):
            return None
        if row["growth_middle"] < _WORTH * float(fact.get("revenue_year") or 0.0):
            return None  # too small to be anybody's aim
        bought, more = float(row["revenue"]), float(row["growth_middle"])
        if bought > 0:
            more = min(more, _MOST_OF_ITEM * bought)  # nobody is to double in a year
        months = 12 if is_year(halves(basis.about.period)[1]) else 6
        action = _("{item}: {step}", item=row["item"], step=word(str(row["next_step"])))
        return {
            "measure": "item_revenue",
            "item": str(row["item"]),
            "baseline": bought,
            "quarters": months // 6,  # offered in the first half of the time it has to come in
            "measured": pd.Timestamp(quarter_end(basis.about.period.end, months // 3)),
            "action": action,
            "target": bought + more,
            "value": more,
            "told_by": "opportunities: item, revenue, growth_middle, next_step",
        }

    return found


def _win(fact: Mapping[str, Any], _basis: Basis, _currency: str) -> Found | None:
    return {
        "measure": "first_order",
        "baseline": 0.0,
        "target": 1.0,
        "quarters": 2,
        "action": _capital(word(str(fact.get("next_step") or "step_meet"))),
        "value": fact.get("assumed_value", float("nan")),
        "told_by": "prospects: hunt, assumed_value, next_step",
    }


def _win_back(_fact: Mapping[str, Any], basis: Basis, _currency: str) -> Found:
    """Ask one that has left why, and for a first order."""
    return {
        "measure": "first_order",
        "baseline": 0.0,
        "target": 1.0,
        "action": _("Call them and ask why they stopped ordering"),
        "due": workday(basis.about.period.end + dt.timedelta(days=_CALL_WITHIN)),
        "told_by": "accounts: rhythm_state, last_date",
    }


OBJECTIVES = {
    "retain": _retain,
    "win_back": _win_back,
    "mend": _mend,
    "take_over": take_over,
    "deepen": _deepen,
    "advance": _advance,
    "grow_repeat": _grow("repeat"),
    "grow_upsell": _grow("upsell"),
    "grow_cross": _grow("cross_sell"),
    "harvest": _harvest,
    "hand_over": hand_over,
    "win": _win,
    "nurture": _win,
}
SENTENCES = {
    "retain": N_("Raise revenue from {now} to {target} in the twelve months to {day}."),
    "win_back": N_("Win them back: a first order by {day}."),
    "mend": N_("Bring customer profit from {now} to {target} of revenue by {day}."),
    "take_over": N_("People the new manager knows there: {target} by {day}, {now} today."),
    "deepen": N_("People we know there: {target} by {day}, {now} today."),
    "our_people": N_("People of ours who know them: {target} by {day}, {now} today."),
    "advance": N_("Take the relationship to {target} of 24 points by {day}; {now} today."),
    "grow_repeat": N_("Sell {item} again: {target} in the twelve months to {day}; {now} before."),
    "grow_upsell": N_("Sell more {item}: {target} in the twelve months to {day}; {now} before."),
    "grow_cross": N_("Sell {item} too: {target} in the twelve months to {day}; {now} before."),
    "harvest": N_("Bring the cost of serving them from {now} to {target} of revenue by {day}."),
    "hand_over": N_("Move them to ordinary sales by {day}."),
}
"""What each is for, in a sentence of the plan; without one it is told by its word."""
