"""A case as it was on an earlier day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from kamkit.errors import PeriodError
from kamkit.language import gettext as _
from kamkit.periods import day

if TYPE_CHECKING:
    from kamkit.case.case import Case


def as_of(case: Case, date: dt.date) -> Case:
    """Return the case with what was known at the end of ``date``: later lines are not there.

    Lines of sales and activities after the day are left out, and contacts that were met later
    count as never met, since only the last meeting is known. Tables without dates (ratings,
    wallet) are those of today. Raises ``PeriodError`` where no line is as old.

    >>> from kamkit.case import open_case
    >>> then = as_of(open_case("fjordgross"), dt.date(2025, 9, 30))
    >>> then.period.end <= dt.date(2025, 9, 30)
    True
    """
    import pandas as pd

    if date < case.period.start:
        raise PeriodError(
            _("The ledger holds nothing as early as {day}.", day=day(date)),
            found=str(case.period),
            remedy=_("Give a day within the period."),
        )
    lines = case.checked
    tables = dict(case.tables)
    last = pd.Timestamp(date)
    if "date" in tables.get("activities", ()):
        known = tables["activities"]
        tables["activities"] = known[known["date"].isna() | (known["date"] <= last)]
    if "last_contact" in tables.get("contacts", ()):
        people = tables["contacts"]
        met = people["last_contact"].where(people["last_contact"] <= last)
        tables["contacts"] = people.assign(last_contact=met)
    return replace(
        case,
        checked=lines.filter(lines.date.isnull() | (lines.date <= date)),
        tables=tables,
        notes=(*case.notes, _("As it was at the end of {day}.", day=day(date))),
    )
