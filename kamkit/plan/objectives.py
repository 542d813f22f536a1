"""Objectives of an account: a measure with its value today and a target, an action, who, when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import gettext as _
from kamkit.language import percent
from kamkit.money import scaled
from kamkit.periods import day
from kamkit.schema import noun, word

if TYPE_CHECKING:
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
    "status",
    "told_by",
)
_DONE = ("done", "finished", "closed", "ferdig", "fullført", "lukket", "gjort")
_PAYS = 0.05
_LESS_SERVICE = 0.8
_LEAST = 0.01  # what comes true less than once in a hundred is no goal


def objectives(facts: pd.DataFrame, chosen: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """Return the objectives that follow from each account's strategy, with their actions.

    ``facts`` is the table of ``plan.facts``, ``chosen`` that of ``plan.strategies``. One row per
    account and objective, in the order of the rules: ``account_id``, ``account_name``,
    ``objective`` (a code), ``measure`` (a column) with ``item`` where it is about one group
    of goods, ``baseline`` and ``target`` (numbers), ``direction`` (``at_least`` or ``at_most``),
    ``value`` (what it brings in a year at the rates observed, empty where the tables do not say),
    ``action`` (in words), ``owner``, ``due``, ``status`` (``proposed``) and ``told_by`` (the table
    and columns it rests on).
    """
    end = basis.about.period.end
    currency = basis.about.currency
    goals = dict(zip(chosen["account_id"], chosen["objectives"], strict=True))
    rows = []
    for row in facts.to_dict("records"):
        fact = {str(name): value for name, value in row.items()}
        for code in filter(None, str(goals.get(fact["account_id"], "")).split(",")):
            found = OBJECTIVES[code](fact, basis, currency)
            if found is not None:
                rows.append(_row(code, fact, found, end))
    return pd.DataFrame(rows, columns=list(COLUMNS))


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
    status = table["status"].astype("str").str.strip().str.casefold()
    due = pd.to_datetime(table["due"])
    return table.assign(overdue=(due <= pd.Timestamp(end)) & ~status.isin(_DONE))


def measure_name(measure: str, item: str = "") -> str:
    """Return what a measure is called.

    >>> measure_name("item_revenue", "Tape"), measure_name("people")
    ('item revenue: Tape', 'known people')
    """
    name = noun(measure)
    return _("{measure}: {item}", measure=name, item=item) if item else name


def quarter_end(end: dt.date, quarters: int) -> dt.date:
    """Return the last day of the quarter so many quarters ahead.

    >>> quarter_end(dt.date(2025, 12, 31), 1), quarter_end(dt.date(2025, 11, 3), 0)
    (datetime.date(2026, 3, 31), datetime.date(2025, 12, 31))
    """
    place = end.year * 4 + (end.month - 1) // 3 + quarters + 1
    first = dt.date(place // 4, place % 4 * 3 + 1, 1)
    return first - dt.timedelta(days=1)


Found = dict[str, Any]


def _row(code: str, fact: Mapping[str, Any], found: Found, end: dt.date) -> Found:
    owner = next(
        (
            str(fact[name])
            for name in ("manager", "account_manager", "our_main")
            if isinstance(fact.get(name), str) and fact[name]
        ),
        "",
    )
    quarters = found.pop("quarters")
    return {
        "account_id": fact["account_id"],
        "account_name": fact["account_name"],
        "objective": code,
        "item": "",
        "direction": "at_least",
        "value": float("nan"),
        "owner": owner,
        "due": pd.Timestamp(quarter_end(end, quarters)),
        "status": "proposed",
        **found,
    }


def _retain(fact: Mapping[str, Any], _basis: Basis, _currency: str) -> Found | None:
    now = fact.get("revenue_after")
    if now is None or now != now:
        return None
    action, quarters = _("Agree on next year's volumes and terms"), 4
    late = fact.get("rhythm_state")
    expected = fact.get("next_expected")
    if late in ("late", "lost", "season_missed") and expected is not None and expected == expected:
        action = _("Call now: an order was expected on {day}", day=day(expected.date()))
        quarters = 1
    value = fact.get("retained", float("nan"))
    return {
        "measure": "revenue_after",
        "baseline": now,
        "target": now,
        "action": action,
        "quarters": quarters,
        "value": value,
        "told_by": "accounts: revenue_after, rhythm_state, next_expected",
    }


def _mend(fact: Mapping[str, Any], _basis: Basis, currency: str) -> Found | None:
    ratio, revenue = fact.get("profit_ratio"), fact.get("revenue")
    if ratio is None or ratio != ratio:
        return None
    target = 0.0 if ratio < 0 else _PAYS
    discount, service = fact.get("discount_share"), fact.get("service_share")
    left = fact.get("contribution")
    served_away = left is not None and left == left and fact.get("cost_to_serve", 0) >= left
    if (
        service is not None
        and service == service
        and (served_away or service > (discount or 0) / 2)
    ):
        served = scaled(float(fact["cost_to_serve"]), currency)
        action = _(
            "Agree on fewer and larger deliveries and on a fee for service: serving it "
            "costs {money}",
            money=served,
        )
    elif discount is not None and discount == discount:
        action = _(
            "Tie the discount of {share} to what it buys and how it orders",
            share=percent(float(discount), 0),
        )
    else:
        action = _("Go through prices and terms")
    return {
        "measure": "profit_ratio",
        "baseline": ratio,
        "target": target,
        "action": action,
        "quarters": 2,
        "value": (target - ratio) * (revenue or 0.0) / _years(_basis),
        "told_by": "accounts: profit_ratio, cost_to_serve, discount_share",
    }


def _years(basis: Basis) -> float:
    return max(basis.about.period.days / 365.25, 1e-9)


def _harvest(fact: Mapping[str, Any], _basis: Basis, _currency: str) -> Found | None:
    ratio = fact.get("service_share")
    if ratio is None or ratio != ratio:
        return None
    return {
        "measure": "service_share",
        "baseline": ratio,
        "target": ratio * _LESS_SERVICE,
        "direction": "at_most",
        "quarters": 2,
        "action": _("Move orders to the web shop and visit less often"),
        "told_by": "accounts: cost_to_serve, revenue",
    }


def _deepen(fact: Mapping[str, Any], basis: Basis, _currency: str) -> Found | None:
    known = fact.get("people")
    if known is None or known != known:
        return None
    steps = basis.next_contacts
    action = _("Get to know one more person")
    if steps is not None:
        mine = steps[steps["account_id"] == fact["account_id"]].sort_values("place").head(2)
        told = [
            _step(str(step), who)
            for step, who in zip(mine["next_step"], mine["contact"], strict=True)
        ]
        action = "; ".join(told) or action
    ours = float(fact.get("our_people") or 0)
    few = known >= 3
    found = {"measure": "people", "baseline": float(known), "target": float(known) + 1}
    if few:
        found = {"measure": "our_people", "baseline": ours, "target": max(ours + 1, 2.0)}
    rests = "relations: people, our_people, structure; next_contacts"
    return found | {"action": _capital(action), "quarters": 1, "told_by": rests}


def _step(step: str, who: object) -> str:
    return f"{word(step)} ({who})" if isinstance(who, str) and who else word(step)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _advance(fact: Mapping[str, Any], _basis: Basis, _currency: str) -> Found | None:
    points, question = fact.get("points"), fact.get("next_question")
    if points is None or points != points or not isinstance(question, str) or not question:
        return None
    action = _(
        "{question}: towards “{answer}”",
        question=_capital(word(question)),
        answer=fact["next_answer"],
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
        action = _("{item}: {step}", item=row["item"], step=word(str(row["next_step"])))
        return {
            "measure": "item_revenue",
            "item": str(row["item"]),
            "baseline": float(row["revenue"]),
            "quarters": 2,
            "action": action,
            "target": float(row["revenue"]) + float(row["growth_middle"]),
            "value": float(row["growth_middle"]),
            "told_by": "opportunities: item, revenue, growth_middle, next_step",
        }

    return found


def _hand_over(_fact: Mapping[str, Any], _basis: Basis, _currency: str) -> Found | None:
    return {
        "measure": "is_key",
        "baseline": 1.0,
        "target": 0.0,
        "direction": "at_most",
        "action": _("Tell the customer who answers from now on, and what stays"),
        "quarters": 2,
        "told_by": "matrix: cell",
    }


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


OBJECTIVES = {
    "retain": _retain,
    "mend": _mend,
    "deepen": _deepen,
    "advance": _advance,
    "grow_repeat": _grow("repeat"),
    "grow_upsell": _grow("upsell"),
    "grow_cross": _grow("cross_sell"),
    "harvest": _harvest,
    "hand_over": _hand_over,
    "win": _win,
    "nurture": _win,
}
