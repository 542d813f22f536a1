"""Periods of days, both ends included, that compare only when they are equally long."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from kamkit.errors import PeriodError
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, writer

_DAYS_MISSING = 3
"""Days without a sale, such as a holiday and a weekend, at the edge of a month that is whole."""


@dataclass(frozen=True, order=True, init=False)
class Period:
    """The days from ``start`` to ``end``, both included, given as dates or ISO texts.

    ``fiscal_start`` is the month in which fiscal years begin, 0 where nobody has said. Raises
    ``PeriodError`` for what is no day, and when the end comes before the start.

    >>> Period("2025-01-01", "2025-03-31").days
    90
    >>> str(Period("2025-01-01", dt.date(2025, 1, 31)))
    '1 Jan 2025 – 31 Jan 2025'
    """

    start: dt.date
    end: dt.date
    fiscal_start: int = field(default=0, compare=False, repr=False)

    def __init__(self, start: dt.date | str, end: dt.date | str, *, fiscal_start: int = 0) -> None:
        object.__setattr__(self, "start", _day_of(start))
        object.__setattr__(self, "end", _day_of(end))
        object.__setattr__(self, "fiscal_start", fiscal_start)
        if self.end < self.start:
            raise PeriodError(
                _("The period ends before it starts."),
                found=f"{self.start} – {self.end}",
                remedy=_("Give the earlier date first."),
            )

    def __str__(self) -> str:
        return joined(" – ", [day(self.start), day(self.end)])

    @property
    def days(self) -> int:
        """Number of days in the period."""
        return (self.end - self.start).days + 1

    def before(self) -> Period:
        """Return the equally long period that ends the day before this one.

        >>> Period("2025-01-01", "2025-01-31").before().start
        datetime.date(2024, 12, 1)
        """
        start = _whole_months_back(self)
        return Period(start, self.start - dt.timedelta(days=1))

    def comparable(self, other: Period) -> None:
        """Refuse to compare periods of unequal length.

        Whole calendar months may differ by the days that months and leap years do.

        >>> Period("2024-01-01", "2024-05-31").comparable(
        ...     Period("2024-06-01", "2024-12-31"))
        Traceback (most recent call last):
        ...
        kamkit.errors.PeriodError: The two periods are not equally long.
          found:  152 days against 214 days
          wanted: two periods of the same number of days or of whole months
          do:     Shorten the longer one.
        """
        if self.days == other.days or _months(self) == _months(other) is not None:
            return
        if is_year(self) and is_year(other):
            return
        raise PeriodError(
            _("The two periods are not equally long."),
            found=_(
                "{one} against {other}",
                one=ngettext("{n} day", "{n} days", self.days),
                other=ngettext("{n} day", "{n} days", other.days),
            ),
            wanted=_("two periods of the same number of days or of whole months"),
            remedy=_("Shorten the longer one."),
        )


def halves(whole: Period) -> tuple[Period, Period]:
    """Cut the last stretch of a period in two equal ones, the earlier first.

    Two years where there are two (fiscal years, where it is known when they begin and two are
    whole), else two halves. Calendar months are kept whole where the period
    has two of them: one that begins or ends a few days inside a month, as a ledger without a sale
    on the first of January does, has that month whole. Else the days are halved. An odd first
    month or day is left out. Raises ``PeriodError`` for a period of one day.

    >>> [str(p) for p in halves(Period("2025-01-02", "2025-12-30"))]
    ['1 Jan 2025 – 30 Jun 2025', '1 Jul 2025 – 31 Dec 2025']
    >>> [p.days for p in halves(Period("2009-12-01", "2010-12-09"))]
    [187, 187]
    >>> [span(p) for p in halves(Period("2023-01-02", "2025-12-30", fiscal_start=7))]
    ['Jul 2023 – Jun 2024', 'Jul 2024 – Jun 2025']
    """
    calendar = whole_months(whole)
    rounded = calendar or whole
    fiscal = _fiscal_years(rounded, whole.fiscal_start)
    if len(fiscal) == 2:
        return fiscal[0], fiscal[1]
    later = _year_up_to(rounded.end)
    earlier = _year_up_to(later.start - dt.timedelta(days=1))
    if earlier.start >= rounded.start:
        return earlier, later
    if calendar and (months := (_months(calendar) or 0) // 2):
        start = _months_earlier(calendar.end + dt.timedelta(days=1), months)
        later = Period(start, calendar.end)
        return later.before(), later
    length = whole.days // 2
    if not length:
        raise PeriodError(
            _("One day cannot be cut into two periods."),
            found=str(whole),
            remedy=_("Use a ledger of at least two days."),
        )
    middle = whole.end - dt.timedelta(days=length - 1)
    earlier = Period(middle - dt.timedelta(days=length), middle - dt.timedelta(days=1))
    return earlier, Period(middle, whole.end)


def last_year(whole: Period) -> Period:
    """Return the last twelve months of a period, or all of it where it is shorter.

    The last whole fiscal year, where it is known when fiscal years begin and one is whole.

    >>> str(last_year(Period("2023-01-02", "2025-12-30")))
    '1 Jan 2025 – 31 Dec 2025'
    >>> str(last_year(Period("2025-03-04", "2025-11-12")))
    '4 Mar 2025 – 12 Nov 2025'
    >>> span(last_year(Period("2023-01-02", "2025-12-30", fiscal_start=7)))
    'Jul 2024 – Jun 2025'
    """
    rounded = whole_months(whole) or whole
    fiscal = _fiscal_years(rounded, whole.fiscal_start)
    if fiscal:
        return fiscal[-1]
    year = _year_up_to(rounded.end)
    return year if year.start >= rounded.start else whole


def is_year(period: Period) -> bool:
    """Tell whether a period is twelve months long.

    >>> is_year(Period("2024-03-01", "2025-02-28"))
    True
    """
    return period == _year_up_to(period.end)


def whole_months(period: Period) -> Period | None:
    """Return the calendar months that a period covers but for a few days at either end.

    None where it begins or ends in the middle of a month.

    >>> str(whole_months(Period("2025-01-02", "2025-03-28")))
    '1 Jan 2025 – 31 Mar 2025'
    """
    after = _first_of_next(period.end)
    if period.start.day > _DAYS_MISSING + 1 or (after - period.end).days > _DAYS_MISSING + 1:
        return None
    return Period(period.start.replace(day=1), after - dt.timedelta(days=1))


@writer
def span(period: Period) -> str:
    """Write a period short: by its years or months where it is made of those, but for a few days.

    >>> span(Period("2023-01-02", "2025-12-30")), span(Period("2025-01-01", "2025-12-31"))
    ('2023–2025', '2025')
    >>> span(Period("2024-02-01", "2025-01-31")), span(Period("2025-06-01", "2025-06-30"))
    ('Feb 2024 – Jan 2025', 'Jun 2025')
    >>> span(Period("2009-12-01", "2010-12-09"))
    '1 Dec 2009 – 9 Dec 2010'
    """
    whole = whole_months(period)
    if whole is None:
        return str(period)
    first, last = whole.start, whole.end
    if first.month == 1 and last.month == 12:
        years = [str(first.year), str(last.year)]
        return years[0] if first.year == last.year else "–".join(years)
    months = [month(first), month(last)]
    return months[0] if months[0] == months[1] else joined(" – ", months)


@writer
def day(date: dt.date) -> str:
    """Write a date as the language does.

    >>> day(dt.date(2010, 12, 9))
    '9 Dec 2010'
    """
    from babel.dates import format_date

    from kamkit.language import locale_name

    return format_date(date, format="medium", locale=locale_name())


def month(date: dt.date) -> str:
    """Write the month of a date as the language does.

    >>> month(dt.date(2010, 12, 9))
    'Dec 2010'
    """
    from babel.dates import format_date

    from kamkit.language import locale_name

    return format_date(date, format="MMM y", locale=locale_name())


def workday(date: dt.date) -> dt.date:
    """Return the day itself, of a weekend the Friday before.

    >>> workday(dt.date(2026, 2, 14)), workday(dt.date(2026, 2, 16))
    (datetime.date(2026, 2, 13), datetime.date(2026, 2, 16))
    """
    return date - dt.timedelta(days=max(0, date.weekday() - 4))


def quarter_end(end: dt.date, quarters: int) -> dt.date:
    """Return the last day of the quarter so many quarters ahead.

    >>> quarter_end(dt.date(2025, 12, 31), 1), quarter_end(dt.date(2025, 11, 3), 0)
    (datetime.date(2026, 3, 31), datetime.date(2025, 12, 31))
    """
    place = end.year * 4 + (end.month - 1) // 3 + quarters + 1
    first = dt.date(place // 4, place % 4 * 3 + 1, 1)
    return first - dt.timedelta(days=1)


STALE = 62
"""A ledger whose last day is more days ago than this is told to be old."""


def months_old(end: dt.date, today: dt.date) -> int:
    """Return how many months ago a ledger ended; 0 for one that is not old.

    >>> months_old(dt.date(2025, 12, 31), dt.date(2026, 11, 30))
    11
    >>> months_old(dt.date(2025, 12, 31), dt.date(2026, 3, 3))
    0
    """
    days = (today - end).days
    return round(days / 30.44) if days > STALE else 0


def _day_of(value: object) -> dt.date:
    """Return the day that a date, an ISO text or a time at midnight is."""
    try:
        if isinstance(value, str):
            return dt.date.fromisoformat(value)
        if isinstance(value, dt.datetime) and value.time() == dt.time():
            return value.date()
    except ValueError:  # a text that is no date, or pandas' NaT
        pass
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise PeriodError(
        _("“{text}” is not a date.", text=value),
        wanted=_("a date such as 2025-03-31"),
        remedy=_("Write year-month-day."),
    )


def _fiscal_years(whole: Period, first_month: int) -> list[Period]:
    """Return the last whole fiscal years of a period, at most two, the earlier first."""
    years: list[Period] = []
    if not first_month:
        return years
    end = dt.date(whole.end.year + 1, first_month, 1) - dt.timedelta(days=1)
    while len(years) < 2 and (year := _year_up_to(end)).start >= whole.start:
        if end <= whole.end:
            years.insert(0, Period(year.start, end, fiscal_start=first_month))
        end = year.start - dt.timedelta(days=1)
    return years


def _year_up_to(end: dt.date) -> Period:
    """Return the twelve months that end with a day."""
    after = end + dt.timedelta(days=1)
    if (after.month, after.day) == (2, 29):  # the year before has no such day
        return Period(dt.date(end.year - 1, 3, 1), end)
    return Period(after.replace(year=after.year - 1), end)


def _first_of_next(date: dt.date) -> dt.date:
    return (date.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def _months_earlier(date: dt.date, months: int) -> dt.date:
    index = date.year * 12 + date.month - 1 - months
    return date.replace(year=index // 12, month=index % 12 + 1)


def _months(period: Period) -> int | None:
    """Count the whole months, or return None when the period is not made of whole months."""
    after = period.end + dt.timedelta(days=1)
    if period.start.day != after.day or period.start.day > 28:
        return None
    return (after.year - period.start.year) * 12 + after.month - period.start.month


def _whole_months_back(period: Period) -> dt.date:
    months = _months(period)
    if months is None:
        return period.start - dt.timedelta(days=period.days)
    return _months_earlier(period.start, months)
