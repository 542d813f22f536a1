"""Two periods of one ledger side by side: who bought in each, for how much, exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.errors import (
    KamkitError,
    LedgerError,
    MissingTable,
    ParameterError,
    PeriodError,
    nearest,
)
from kamkit.language import gettext as _
from kamkit.periods import Period, day, halves

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from kamkit.case import Case

UNIT = 10_000
"""Whole ten-thousandths: the engine keeps four decimals, and integers add up exactly."""

_MEASURES = ("revenue", "contribution")
_SLACK = dt.timedelta(days=7)  # a ledger that begins on the first working day is whole
_YEAR = 365


def compared(case: Case, periods: tuple[Period, Period] | None) -> tuple[Period, Period]:
    """Return the two periods to compare, the earlier first, once they may be compared.

    Without ``periods`` they are the ``halves`` of the ledger. Raises ``PeriodError`` for periods
    of unequal length, that overlap, that come in the wrong order, or that lie outside the ledger.

    >>> from kamkit import open_case
    >>> [period.days for period in compared(open_case("cdnow"), None)]
    [273, 273]
    """
    whole = case.period
    earlier, later = periods or halves(whole)
    later.comparable(earlier)
    if later.start <= earlier.end:
        raise PeriodError(
            _("The later period begins before the earlier one has ended."),
            found=f"{earlier}; {later}",
            wanted=_("two periods without a day in common, the earlier first"),
            remedy=_("Change the periods."),
        )
    for period in (earlier, later):
        if period.end < whole.start or period.start > whole.end:
            raise PeriodError(
                _("There is no line of sales in the period."),
                found=str(whole),
                wanted=str(period),
                remedy=_("Choose a period that the ledger covers."),
            )
    return earlier, later


def account_sums(case: Case, both: tuple[Period, Period], by: str = "revenue") -> pd.DataFrame:
    """Return what each account gave in two periods, in whole ten-thousandths.

    One row per account with a line in either period, by number: ``account_id``; ``before`` and
    ``after`` (int64, ``by`` x 10 000); ``bought_before``, ``bought_after``, whether it has a line
    above zero in the period; ``bought_first``, whether it has one before the earlier period.
    ``by`` is ``"revenue"`` or ``"contribution"``, amount less cost; a line without cost counts in
    full.

    Raises ``MissingTable`` for the contribution of a ledger without cost, ``ParameterError`` for
    another measure, ``LedgerError`` when the accounts do not add up to the ledger.

    >>> from kamkit import open_case
    >>> case = open_case("cdnow")
    >>> sums = account_sums(case, compared(case, None))
    >>> int(sums["bought_after"].sum())
    7058
    """
    lines = _measured(case, by)
    lines = lines.filter(lines.date <= both[1].end)
    inside = [(lines.date >= p.start) & (lines.date <= p.end) for p in both]
    zero = lines.value - lines.value
    sums = [units(where.ifelse(lines.value, zero).sum()) for where in inside]
    bought = lines.amount > 0
    table = lines.group_by("account_id").aggregate(
        before=sums[0],
        after=sums[1],
        bought_before=(bought & inside[0]).any(),
        bought_after=(bought & inside[1]).any(),
        bought_first=(bought & (lines.date < both[0].start)).any(),
        there=(inside[0] | inside[1]).any(),
    )
    table = table.filter(table.there).drop("there").order_by("account_id")
    frame: pd.DataFrame = case.engine.arrow(table).to_pandas()
    total = case.engine.row({"before": sums[0], "after": sums[1]}, lines)
    for side in ("before", "after"):
        adds_up([int(frame[side].sum())], total[side] or 0)
    return frame


def units(amount: Any) -> Any:
    """Return an Ibis expression of exact decimals as whole ten-thousandths.

    >>> import ibis
    >>> units(ibis.literal("2.5").cast("decimal(18, 4)")).type()
    Int64(nullable=True)
    """
    return (amount * UNIT).cast("int64")


def money_of(whole: Any) -> Any:
    """Return whole ten-thousandths as amounts of money.

    >>> money_of(np.array([25_000, -1])).tolist()
    [2.5, -0.0001]
    """
    return whole / UNIT + 0.0


def adds_up(parts: Iterable[int], whole: int) -> None:
    """Refuse effects that do not add up to the change they explain, to the ten-thousandth.

    >>> adds_up([3, -1], 2)

    Raises ``LedgerError``.
    """
    total = sum(parts)
    if total != whole:
        raise LedgerError(
            _("The effects do not add up to the change."),
            found=str(money_of(total)),
            wanted=str(money_of(whole)),
            remedy=_("Please report this: it is an error of kamkit, not of your data."),
        )


def rounded_ratio(numerators: Iterable[int], factor: Iterable[int], divisor: Iterable[int]) -> Any:
    """Return numerator x factor / divisor, row by row, rounded to a whole number; x / 0 is 0.

    In whole numbers of any size, so that the result is the same on every machine.

    >>> rounded_ratio([10, 10, 5], [1, 2, 1], [4, 3, 0]).tolist()
    [3, 7, 0]
    """
    rows = zip(numerators, factor, divisor, strict=True)
    ratios = [_rounded(int(n) * int(f), int(d)) if d else 0 for n, f, d in rows]
    return np.array(ratios, dtype=np.int64)


def period_caveats(case: Case, both: tuple[Period, Period]) -> list[str]:
    """Return what limits a comparison of the two periods: other seasons, days not in the ledger.

    >>> from kamkit import open_case
    >>> case = open_case("fjordgross")
    >>> period_caveats(case, compared(case, None))
    []
    """
    caveats, whole = [], case.period
    earlier, later = both
    if later.days < _YEAR and (earlier.start.month, earlier.start.day) != (
        later.start.month,
        later.start.day,
    ):
        caveats.append(
            _(
                "The periods are shorter than a year and hold different seasons: an account that "
                "buys at Christmas may seem to come or go."
            )
        )
    if whole.start > earlier.start + _SLACK:
        caveats.append(
            _(
                "The ledger begins on {day}, after the earlier period does: what was sold "
                "before is missing in it.",
                day=day(whole.start),
            )
        )
    if whole.end < later.end - _SLACK:
        caveats.append(
            _(
                "The ledger ends on {day}, before the later period does: what is sold "
                "after is missing in it.",
                day=day(whole.end),
            )
        )
    return caveats


def checked_choice(value: str, known: Iterable[str], name: str) -> str:
    """Return a value that is one of those known.

    Raises ``ParameterError`` with the nearest spelling.

    >>> checked_choice("revenue", ("revenue", "contribution"), "by")
    'revenue'
    """
    known = tuple(known)
    if value in known:
        return value
    near = nearest(str(value), known)
    raise ParameterError(
        _("“{value}” is no choice for {name}.", value=value, name=name),
        found=str(value),
        wanted=", ".join(known),
        remedy=_("Did you mean “{near}”?", near=near) if near else _("Choose one of those wanted."),
    )


def no_cost() -> KamkitError:
    """Return the error of a ledger without cost.

    >>> no_cost().message
    'The ledger has no cost of goods, so contribution and customer profit are left out.'
    """
    return MissingTable(
        _("The ledger has no cost of goods, so contribution and customer profit are left out."),
        wanted=_("the column cost, for the whole line"),
        remedy=_("Add the cost of each line to the ledger."),
    )


def _measured(case: Case, by: str) -> ir.Table:
    """Return the lines with ``value``: the net amount, or what is left of it after the cost."""
    checked_choice(by, _MEASURES, "by")
    lines = case.sales
    if by == "revenue":
        return lines.mutate(value=lines.amount)
    if not case.has("cost"):
        raise no_cost()
    zero = lines.amount - lines.amount
    return lines.mutate(value=lines.amount - lines.cost.fill_null(zero))


def _rounded(over: int, under: int) -> int:
    """Divide and round half away from zero."""
    sign = -1 if (over < 0) != (under < 0) else 1
    return sign * ((2 * abs(over) + abs(under)) // (2 * abs(under)))
