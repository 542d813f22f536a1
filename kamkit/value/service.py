"""What it costs to serve an account: activities counted, each at its rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import LedgerError, MissingTable, ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.language import join

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.periods import Period


def cost_to_serve(
    case: Case, *, period: Period | None = None, rates: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return what each activity at each account cost.

    One row per account and activity, by account, then activity: ``account_id``, ``activity``,
    ``quantity``, ``cost_to_serve`` (quantity times rate; missing where the activity has no rate).
    The rate of an activity is the one in ``rates``, else that of the case's table of rates
    (``cost_per_unit`` plus ``minutes`` times ``cost_per_minute``), else ``cost_per_unit`` of the
    row itself. ``period`` takes the activities dated in it; those without a date always count.

    Raises ``MissingTable`` without activities, ``ParameterError`` for a rate of an activity that
    nobody did, ``LedgerError`` for a table of rates that contradicts itself. Source: activity-based
    costing of customers, Cooper & Kaplan (1991); time-driven rates, Kaplan & Anderson (2004).

    >>> from kamkit import open_case
    >>> served = cost_to_serve(open_case("fjordgross"), rates={"visit": 0.0})
    >>> float(served.loc[served["activity"] == "visit", "cost_to_serve"].sum())
    0.0
    """
    rows = _priced(case, period, rates)
    sums = rows.groupby(["account_id", "activity"], sort=True)
    table = sums[["quantity"]].sum()
    table["cost_to_serve"] = sums["cost"].sum(min_count=1).round(4)
    return table.reset_index()


def rate_table(
    case: Case, *, period: Period | None = None, rates: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return the rates that ``cost_to_serve`` uses, to be read and edited.

    One row per activity, the costliest first: ``activity``, ``quantity``, ``accounts``,
    ``cost_per_unit`` (the mean where rows differ), ``rate_basis`` (where the rate comes from) and
    ``cost_to_serve``. Raises what ``cost_to_serve`` raises.

    >>> from kamkit import open_case
    >>> table = rate_table(open_case("fjordgross"))
    >>> visit = table.set_index("activity").loc["visit"]
    >>> float(visit["cost_per_unit"]), visit["rate_basis"]
    (4800.0, 'rate_table')
    """
    rows = _priced(case, period, rates)
    groups = rows.groupby("activity", sort=True)
    table = groups.agg(
        quantity=("quantity", "sum"),
        accounts=("account_id", "nunique"),
        rate_basis=("rate_basis", "first"),
    )
    table["cost_to_serve"] = groups["cost"].sum(min_count=1)
    priced = rows["quantity"].where(rows["cost"].notna(), 0.0).groupby(rows["activity"]).sum()
    table["cost_per_unit"] = table["cost_to_serve"] / priced.where(priced != 0)
    table = table.reset_index().sort_values(
        ["cost_to_serve", "activity"], ascending=[False, True], ignore_index=True
    )
    names = ["activity", "quantity", "accounts", "cost_per_unit", "rate_basis", "cost_to_serve"]
    return table[names]


def unpriced(served: pd.DataFrame) -> tuple[str, ...]:
    """Return the caveat on activities that have no rate, if there are any.

    ``served`` is the table of ``cost_to_serve``.

    >>> unpriced(pd.DataFrame({"activity": ["visit"], "cost_to_serve": [float("nan")]}))
    ('No rate is known for visit, so it is not part of the cost to serve.',)
    """
    names = sorted(set(served.loc[served["cost_to_serve"].isna(), "activity"]))
    if not names:
        return ()
    return (
        _(
            "No rate is known for {names}, so it is not part of the cost to serve.",
            names=join(names),
        ),
    )


def given_rates(texts: Sequence[str]) -> dict[str, float]:
    """Return rates from texts such as ``delivery=240``, as a parameter of a notebook gives them.

    Raises ``ParameterError`` for a text without a name, an equals sign and a number.

    >>> given_rates(["delivery=240", "visit = 1300.50"])
    {'delivery': 240.0, 'visit': 1300.5}
    """
    rates: dict[str, float] = {}
    for text in texts:
        name, _x, rate = text.partition("=")
        try:
            rates[name.strip()] = float(rate)
        except ValueError:
            raise ParameterError(
                _("“{text}” is not an activity with its rate.", text=text),
                wanted=_("such as {example}", example="delivery=240"),
                remedy=_("Write the activity, an equals sign and what doing it once costs."),
            ) from None
    return rates


def time_driven_rates(
    minutes: Mapping[str, float], *, capacity_cost: float, practical_minutes: float
) -> dict[str, float]:
    """Return the rate of each activity from the minutes it takes.

    ``capacity_cost`` is what the people who serve cost in a period, ``practical_minutes`` the
    minutes they really have for it; a minute costs one divided by the other. Raises
    ``ParameterError`` unless the minutes are above zero. Source: Kaplan & Anderson (2004).

    >>> time_driven_rates({"visit": 145.0}, capacity_cost=1_000_000, practical_minutes=100_000)
    {'visit': 1450.0}
    """
    if practical_minutes <= 0 or capacity_cost < 0 or any(m < 0 for m in minutes.values()):
        raise ParameterError(
            _("A rate by the minute needs minutes above zero and no negative cost."),
            found=f"capacity_cost={capacity_cost}, practical_minutes={practical_minutes}",
            remedy=_("Give the cost of the people and the minutes they have in a period."),
        )
    minute = capacity_cost / practical_minutes
    return {activity: minute * taken for activity, taken in minutes.items()}


def _priced(case: Case, period: Period | None, rates: Mapping[str, float] | None) -> pd.DataFrame:
    """Return the activities of the period, each row with its cost and where the rate is from."""
    rows = _within(case.table("activities"), period)
    if rows.empty:
        raise MissingTable(
            _("There are no activities in the period."),
            wanted=str(period),
            remedy=_("Choose a period that the activities cover."),
        )
    key = rows["activity"].str.strip().str.casefold()
    rows = rows.assign(rate_basis="no_rate", rate=np.nan)
    layers = [
        ("activity_row", rows.get("cost_per_unit", pd.Series(np.nan, index=rows.index))),
        ("rate_table", key.map(_table_of_rates(case))),
        ("rate_given", key.map(_given(rates, rows["activity"]))),
    ]
    for basis, rate in layers:
        rate = pd.to_numeric(rate)
        rows.loc[rate.notna(), "rate_basis"] = basis
        rows["rate"] = rate.fillna(rows["rate"])
    return rows.assign(cost=rows["quantity"] * rows["rate"])


def _within(rows: pd.DataFrame, period: Period | None) -> pd.DataFrame:
    if period is None or "date" not in rows:
        return rows
    day = rows["date"]
    inside = (day >= pd.Timestamp(period.start)) & (day <= pd.Timestamp(period.end))
    return rows[inside | day.isna()]


def _given(rates: Mapping[str, float] | None, activities: pd.Series[str]) -> dict[str, float]:
    known = {name.strip().casefold(): name for name in sorted(set(activities))}
    given = {name.strip().casefold(): float(rate) for name, rate in (rates or {}).items()}
    for name, rate in given.items():
        if name not in known:
            close = nearest(name, known)
            raise ParameterError(
                _("There is no activity “{name}”.", name=name),
                wanted=", ".join(known.values()),
                remedy=_("Did you mean “{guess}”?", guess=known[close])
                if close
                else _("Choose one of these."),
            )
        if not rate >= 0:
            raise ParameterError(
                _("The rate of “{name}” is below zero or no number.", name=name),
                found=str(rate),
                remedy=_("Give what doing it once costs."),
            )
    return given


def _table_of_rates(case: Case) -> dict[str, float]:
    """Return the case's own rates by activity; an empty dict where it has none."""
    table = case.tables.get("rates")
    if table is None:
        return {}
    key = table["activity"].str.strip().str.casefold()
    columns = {
        name: pd.to_numeric(table[name]) if name in table else pd.Series(np.nan, index=table.index)
        for name in ("cost_per_unit", "minutes", "cost_per_minute")
    }
    timed = columns["minutes"] * columns["cost_per_minute"]
    rate = columns["cost_per_unit"].add(timed, fill_value=0)
    half = columns["minutes"].notna() != columns["cost_per_minute"].notna()
    refusals = (
        (
            key.duplicated(),
            _("An activity has more than one rate."),
            _("Keep one row for each activity."),
        ),
        (
            half,
            _("An activity has minutes without their cost, or a cost without minutes."),
            _("Fill in both minutes and cost_per_minute, or neither."),
        ),
        (
            pd.concat(columns, axis=1).lt(0).any(axis=1),
            _("A rate is below zero."),
            _("Give what doing it once costs."),
        ),
    )
    for wrong, message, remedy in refusals:
        if wrong.any():
            names = join(sorted(set(table.loc[wrong, "activity"])))
            raise LedgerError(message, where=_("the table of rates"), found=names, remedy=remedy)
    return dict(zip(key[rate.notna()], rate[rate.notna()].astype(float), strict=True))
