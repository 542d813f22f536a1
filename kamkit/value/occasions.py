"""Purchase occasions: the calendar days on which an account bought, with returns taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext
from kamkit.lazy import once
from kamkit.money import scaled
from kamkit.output.finding import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case
    from kamkit.periods import Period

_UNIT = 10_000  # the engine keeps four decimals
_MOST = 2_000_000  # days: of more, those asked for last are kept, and others made again
_Netted = tuple[pd.DataFrame, tuple[int, tuple[int, float], tuple[int, float], int]]


def purchase_days(
    case: Case, *, period: Period | None = None, free_days: bool = False
) -> pd.DataFrame:
    """Return the purchase occasions of each account.

    One row per account and calendar day on which something was bought once returns are taken off,
    by account, then day: ``account_id``, ``day``, ``amount`` (net, above zero, in the case's
    currency). The lines of a day are added up; a day below zero is taken off the latest earlier
    purchase days of the same account, the latest first. A day with nothing left is no occasion.
    Credits with no earlier purchase to be taken off are in ``netted``. With ``free_days`` a day on
    which every line is at zero (free goods) counts too, with amount 0.

    Raises ``LedgerError`` where nothing was bought.

    >>> from kamkit import open_case
    >>> days = purchase_days(open_case("cdnow"))
    >>> days["account_id"].nunique(), float(days["amount"].min()) > 0
    (23502, True)
    """
    whole = period is not None and period == case.period
    found, _x = _netted_days(case, None if whole else period, free_days=free_days)
    days = found.copy(deep=False)  # pandas copies a column when it is written to
    if not len(days):
        raise LedgerError(
            _("No account bought anything once returns are taken off."),
            found=str(period or case.period),
            remedy=_("Choose a period with sales."),
        )
    return days


def netted(case: Case, *, period: Period | None = None) -> Finding:
    """Tell what was netted to come from the days of the ledger to purchase occasions.

    The table has one row per kind of day: ``measure``, ``rows`` (days of accounts) and ``amount``:
    bought, netted against an earlier purchase, credited with no purchase before it; the amounts
    add up to the net amount of the ledger.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": "a", "date": ["2025-01-31", "2025-02-28"]})
    >>> netted(open_case(sales.assign(amount=[90.0, -20.0]))).table["amount"].tolist()
    [70.0, 0.0, 0.0, 0.0]
    """
    days, (before, taken, left, zero) = _netted_days(case, period)
    bought = float(days["amount"].sum())
    table = pd.DataFrame(
        {
            "measure": [
                _("Purchase occasions, returns taken off"),
                _("Days below zero, taken off earlier purchases"),
                _("Credited with no purchase before it in the period"),
                _("Days that come to zero"),
            ],
            "rows": [len(days), taken[0], left[0], zero],
            "amount": [bought, 0.0, left[1], 0.0],
        }
    )
    bought_on = ngettext("{n} day", "{n} days", len(days))
    if not taken[0]:
        text = _("{days} with a purchase by an account; nothing was credited.", days=bought_on)
        return Finding("netted", table, text)
    text = _(
        "{days} with a purchase by an account, returns taken off. Returns of {amount} on "
        "{returns} cancel earlier purchases, {gone} of purchase in full.",
        days=bought_on,
        returns=ngettext("{n} day", "{n} days", taken[0]),
        amount=scaled(-taken[1], case.currency),
        gone=ngettext("{n} day", "{n} days", before - len(days)),
    )
    caveats: tuple[str, ...] = ()
    if left[0]:
        caveats = (
            ngettext(
                "{amount} credited on {n} day has no earlier purchase in the ledger and is not "
                "taken off.",
                "{amount} credited on {n} days has no earlier purchase in the ledger and is not "
                "taken off.",
                left[0],
                amount=scaled(-left[1], case.currency),
            ),
        )
    return Finding("netted", table, text, caveats)


@once
def _known(_case: Case) -> dict[tuple[Period | None, bool], _Netted]:
    """Return the answers about a case, to be added to."""
    return {}


def _netted_days(case: Case, period: Period | None, *, free_days: bool = False) -> _Netted:
    """Return the occasions and what was netted, once for each question.

    That is: days above zero before netting; days below zero and what they took off; credits
    without a purchase (days, amount); days at zero.
    """
    known, question = _known(case), (period, free_days)
    if question not in known:
        found = _net(case, period, free_days)
        if len(found[0]) + sum(len(days) for days, _x in known.values()) > _MOST:
            known.clear()
        known[question] = found
    return known[question]


def _net(case: Case, period: Period | None, free_days: bool) -> _Netted:
    lines = case.sales
    if period is not None:
        lines = lines.filter((lines.date >= period.start) & (lines.date <= period.end))
    grouped = lines.group_by(account_id=lines.account_id, day=lines.date).aggregate(
        units=(lines.amount.sum() * _UNIT).cast("int64"), free=(lines.amount == 0).all()
    )
    frame = case.engine.arrow(grouped.order_by(["account_id", "day"])).to_pandas(
        date_as_object=False
    )
    units = frame["units"].to_numpy(dtype=np.int64)
    above = int((units > 0).sum())
    starts = np.flatnonzero(frame["account_id"].ne(frame["account_id"].shift()).to_numpy())
    kept, unmatched = _last_in_first_out(units, starts)
    credit = int(units[units < 0].sum())
    frame = frame.assign(amount=kept / _UNIT, day=frame["day"].dt.as_unit("s"))
    occasion = (kept > 0) | (frame["free"].to_numpy(dtype=bool) & free_days)
    days = frame.loc[occasion, ["account_id", "day", "amount"]].reset_index(drop=True)
    over = int(unmatched.sum())
    taken = (int((units < 0).sum()), (credit - over) / _UNIT)
    left = (int((unmatched < 0).sum()), over / _UNIT)
    return days, (above, taken, left, int((units == 0).sum()))


def _last_in_first_out(
    units: NDArray[np.int64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Take each amount below zero off the latest amounts above zero before it in its group."""
    kept = np.where(units > 0, units, 0)
    unmatched = np.zeros_like(units)
    negative = np.flatnonzero(units < 0)
    floor = starts[np.searchsorted(starts, negative, side="right") - 1]
    for i, first in zip(negative.tolist(), floor.tolist(), strict=True):
        owed, back = int(units[i]), i - 1
        while owed < 0 and back >= first:
            taken = min(int(kept[back]), -owed)
            kept[back] -= taken
            owed += taken
            back -= 1
        unmatched[i] = owed
    return kept, unmatched
