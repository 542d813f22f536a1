"""What we are after with an account: the aim in a sentence, the objectives by quarter."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kamkit.language import N_, joined, percent, signed
from kamkit.language import gettext as _
from kamkit.money import money, scaled
from kamkit.output.wording import capital
from kamkit.periods import day, month, quarter_end
from kamkit.plan._objectives import SENTENCES, measure_name
from kamkit.plan.blocks import thousands
from kamkit.plan.statements import Block, Statement, holds, known
from kamkit.schema import kind, word, written

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from kamkit.case.about import About

_QUARTERS, _THOUSANDS = 4, 10_000
_KEEP = N_("Keep revenue at {now} in the twelve months to {day}.")
_SLOW = N_(
    "Slow the fall: revenue of at least {target} in the twelve months to {day}; {now} before."
)
_SECOND = N_(
    "Know a second person there by {day}, before the only one leaves: customer profit of {profit} "
    "a year is at stake."
)
_BACK = N_("Win them back: a first order by {day}; they bought for {before} the year before.")
_BUILD = N_(
    "Raise revenue from {now} to {target} in the twelve months to {day}, and our share of what "
    "they buy above {share}."
)
_TURN = N_(
    "Turn the fall of last year ({change}): revenue of at least {target} in the twelve months to "
    "{day}; {now} before."
)
_HALF_WAY = N_("That counts on half of last year’s growth and half of the growth in sight.")
_HALF = N_("That counts on half of last year’s growth.")
_TO_GROW = ("grow", "invest", "build")
"""Strategies whose aim is that sales as a whole grow, not one group of goods."""
_OTHER = N_("{objective}: {target} by {day}; {now} today.")
_MEASURES = {
    "revenue_year": N_("Revenue of twelve months"),
    "revenue_after": N_("Revenue of the later period"),
    "profit_ratio_year": N_("Customer profit, share of revenue"),
    "profit_ratio": N_("Customer profit, share of revenue"),
    "service_share_year": N_("Cost of serving, share of revenue"),
    "service_share": N_("Cost of serving, share of revenue"),
    "people": N_("People we know there"),
    "our_people": N_("People of ours who know them"),
    "manager_knows": N_("People the new manager knows"),
    "points": N_("Closeness, 6 to 24 points"),
    "item_revenue": N_("Revenue from {item}"),
}
_WHOLE = ("people", "our_people", "manager_knows", "points", "is_key", "first_order")
"""Measures that go up in whole steps."""

_COLUMNS = ("measure", "baseline", "target", "measured")


def aim(ordered: pd.DataFrame, about: About, fact: Mapping[str, Any]) -> Statement | None:
    """Say what the strategy is for: the objective that it is about, else the first.

    ``ordered`` is what ``in_turn`` returns, ``fact`` the account with its ``strategy``. What is
    measured over twelve months is measured when twelve months have gone, though the action is due
    before. Who is to grow is to grow as a whole, who has left is to order again.
    """
    if ordered.empty:
        return None
    row = ordered.sort_values("own", kind="stable").iloc[0].to_dict()
    strategy, whole = fact.get("strategy"), ordered[ordered["objective"] == "retain"]
    if strategy in _TO_GROW and len(whole):
        row = whole.iloc[0].to_dict()
    code, measure = str(row["objective"]), str(row["measure"])
    now, target = (_value(row[name], measure, about.currency) for name in ("baseline", "target"))
    facts = {"now": now, "target": target, "day": day(row["measured"].date())}
    template = SENTENCES.get("our_people" if measure == "our_people" else code, _OTHER)
    if code == "retain" and now == target:
        template = _KEEP
    elif code == "retain" and row["target"] < row["baseline"]:
        template = _SLOW
    elif code == "retain" and fact.get("growth_ratio", 0.0) < 0:
        template = _TURN
        facts["change"] = signed(float(fact["growth_ratio"]))
    table: str = "objectives"
    columns: tuple[str, ...] = _COLUMNS
    if code == "win_back" and known(fact, "revenue_before") and fact["revenue_before"] > 0:
        template, table, columns = _BACK, "accounts", ("revenue_before", "rhythm_state")
        facts["before"] = scaled(float(fact["revenue_before"]), about.currency)
    elif measure == "people" and holds(fact, "single_contact") and known(fact, "profit_year"):
        template, table, columns = _SECOND, "accounts", ("profit_year",)
        facts["profit"] = scaled(float(fact["profit_year"]), about.currency)
    elif strategy == "build" and template == SENTENCES["retain"] and known(fact, "share_of_wallet"):
        template = _BUILD
        facts["share"] = percent(float(fact["share_of_wallet"]), 0)
    text = _(template, item=row["item"], objective=capital(word(code)), **facts)
    if template == SENTENCES["retain"]:
        in_sight = known(fact, "growth_middle") and fact["growth_middle"] > 0
        text = joined(" ", [text, _(_HALF_WAY if in_sight else _HALF)])
    return Statement(text, table, columns)


def milestones(goals: pd.DataFrame, about: About) -> Block | None:
    """Return the objectives with where each is to be at the end of the next four quarters.

    The way from today to the target is in equal steps, whole ones where people are counted; from
    the day that the target is measured on it stays. Terms change nothing before they are due.
    """
    if goals.empty:
        return None
    ends = [quarter_end(about.period.end, n) for n in range(1, _QUARTERS + 1)]
    rows = []
    for row in goals.to_dict("records"):
        measure, currency = str(row["measure"]), about.currency
        values = [float(row["baseline"]), *path(row, ends)]
        large = max(map(abs, values)) >= _THOUSANDS
        if kind(measure) == "money" and large:
            texts = [money(value / 1e3) for value in values]
        else:
            texts = [
                written(value, measure, "" if kind(measure) == "money" else currency)
                for value in values
            ]
        name = _measured(
            measure, str(row["item"] or ""), thousands(currency) if large else currency
        )
        shown = [text.replace("-", "−") for text in texts]
        rows.append((capital(word(str(row["objective"]))), name, *shown))
    heads = (_("Objective"), _("Measure"), _("Today"), *(month(end) for end in ends))
    numbers = tuple(range(2, len(heads)))
    return Block(heads, tuple(rows), "objectives", ("objective", *_COLUMNS), numbers)


def path(row: Mapping[Any, Any], ends: list[dt.date]) -> list[float]:
    """Return the values of an objective at the end of each quarter.

    >>> import datetime as dt
    >>> import pandas as pd
    >>> ends = [dt.date(2026, 3, 31), dt.date(2026, 6, 30), dt.date(2026, 9, 30)]
    >>> row = {"baseline": 10.0, "target": 16.0, "measured": pd.Timestamp("2026-06-30")}
    >>> path(row | {"measure": "revenue_year"}, ends)
    [13.0, 16.0, 16.0]
    >>> terms = {"measure": "profit_year", "objective": "mend", "due": pd.Timestamp("2026-03-31")}
    >>> path(row | terms, ends)
    [10.0, 16.0, 16.0]
    """
    wait = sum(end <= row["due"].date() for end in ends) if row.get("objective") == "mend" else 0
    every = sum(end <= row["measured"].date() for end in ends)
    wait = min(wait, max(every - 1, 0))
    steps = max(1, every - wait)
    start, whole = float(row["baseline"]), float(row["target"]) - float(row["baseline"])
    values = [start + whole * min(max(n - wait, 0) / steps, 1.0) for n in range(1, len(ends) + 1)]
    if row["measure"] not in _WHOLE:
        return values
    rounded: Callable[[float], int] = math.floor if whole > 0 else math.ceil
    further: Callable[[float, float], float] = max if whole > 0 else min
    return [
        value if n >= wait + steps else further(start, float(rounded(value)))
        for n, value in enumerate(values, 1)
    ]


def _measured(measure: str, item: str, unit: str) -> str:
    template = _MEASURES.get(measure)
    name = _(template, item=item) if template else capital(measure_name(measure, item))
    return f"{name} ({unit})" if kind(measure) == "money" and unit else name


def _value(value: float, measure: str, currency: str) -> str:
    return written(value, measure, currency).replace("-", "−")
