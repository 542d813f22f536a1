"""A case as it was: nothing later, and what cannot be dated stays."""

from __future__ import annotations

import datetime as dt

import pytest

from kamkit import as_of
from kamkit.errors import PeriodError

DAY = dt.date(2025, 9, 30)


def test_the_lines_up_to_the_day_are_there_to_the_cent(fjordgross):
    then = as_of(fjordgross, DAY)
    sales = fjordgross.sales
    expected = sales.filter(sales.date <= DAY)
    assert then.sales.count().execute() == expected.count().execute()
    assert then.sales.amount.sum().execute() == expected.amount.sum().execute()
    assert then.period.end <= DAY < fjordgross.period.end


def test_activities_and_meetings_after_the_day_are_not_known(fjordgross):
    then = as_of(fjordgross, DAY)
    assert then.table("activities")["date"].max().date() <= DAY
    met = then.table("contacts")["last_contact"]
    assert met.max().date() <= DAY
    assert met.isna().sum() > 500
    assert len(met) == len(fjordgross.table("contacts"))
    assert then.table("ratings") is fjordgross.table("ratings")


def test_a_day_before_the_ledger_is_refused(fjordgross):
    with pytest.raises(PeriodError, match="nothing as early as"):
        as_of(fjordgross, dt.date(2020, 1, 1))
