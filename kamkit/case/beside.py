"""Months, quarters or years that stand beside one another, each as the heading of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kamkit.case.reading.months import NUMBERS
from kamkit.errors import HeadingError
from kamkit.language import gettext as _

_YEAR = r"((?:19|20)\d{2})"
_SHAPES = (
    (rf"{_YEAR}[-/._ M]{{0,2}}(0[1-9]|1[0-2])(?:[-/.]01)?(?:[ T]00:00(?::00)?)?", (1, 2)),
    (rf"(?:01[-/.])?(0?[1-9]|1[0-2])[-/.]{_YEAR}", (2, 1)),
    (rf"([^\W\d_]{{3,12}})\.?[-/ .,'’]*({_YEAR[1:-1]}|\d{{2}})", (2, 1)),
    (rf"{_YEAR}[-/ .,]*([^\W\d_]{{3,12}})\.?", (1, 2)),
)
_QUARTER = re.compile(
    rf"(?i)(?:[qk]|kv\.?|kvartal) ?[1-4][-/ .]*{_YEAR}?|{_YEAR}?[-/ .]*[qk] ?[1-4]"
)
_WHOLE_YEAR = re.compile(_YEAR)


def month_of(heading: str, year: str = "") -> str:
    """Return the month that a heading is, as ``2024-01``; empty where it is none.

    ``year`` is that of a month without one.

    >>> month_of("Jan-24"), month_of("2024-02-01 00:00:00"), month_of("mars", "2024")
    ('2024-01', '2024-02', '2024-03')
    """
    text = heading.strip()
    for shape, (of_year, of_month) in _SHAPES:
        if match := re.fullmatch(shape, text):
            month = NUMBERS.get(match[of_month].casefold()) or match[of_month]
            if not str(month).isdigit():
                continue
            own = match[of_year]
            return f"{own if len(own) == 4 else f'20{own}'}-{int(month):02}"
    if year and (named := NUMBERS.get(text.rstrip(".").casefold())):
        return f"{year}-{named:02}"
    return ""


def months_beside(headings: Sequence[str], label: str = "") -> tuple[dict[int, str], str]:
    """Return the places of headings that are months, two at least, with the month of each.

    The word that all of them share is the second. A year that only ``label``, the name of the file
    or sheet, says is that of months without one.

    >>> months_beside(["Customer", "Sales Jan 2024", "Sales Feb 2024"])
    ({1: '2024-01', 2: '2024-02'}, 'Sales')
    """
    years = set(re.findall(rf"(?<!\d){_YEAR}(?!\d)", label))
    year = years.pop() if len(years) == 1 else ""
    for cut in (r"", r"^\S+\s+", r"\s+\S+$"):
        bare = [re.sub(cut, "", heading.strip()) if cut else heading for heading in headings]
        months = {at: month for at, text in enumerate(bare) if (month := month_of(text, year))}
        words = {headings[at].strip().replace(bare[at], "").strip() for at in months}
        if len(months) >= 2 and len(set(months.values())) == len(months) and len(words) == 1:
            return months, words.pop()
    return {}, ""


def refuse_beside(headings: Sequence[str], where: str) -> None:
    """Raise ``HeadingError`` for months without a year, quarters or years beside one another."""
    months = [heading for heading in headings if month_of(heading, "2000")]
    quarters = [heading for heading in headings if _QUARTER.fullmatch(heading.strip())]
    years = [heading for heading in headings if _WHOLE_YEAR.fullmatch(heading.strip())]
    shown = max((months, quarters, years), key=len)
    if len(shown) < 2:
        return
    raise HeadingError(
        _("The months stand beside one another, each in a column of its own.")
        if shown is months
        else _("Quarters or years stand beside one another, each in a column of its own."),
        where=where,
        found=", ".join(f"“{heading}”" for heading in shown[:20]),
        wanted=_("headings with month and year, such as “Jan 2024”, or a line for each month")
        if shown is months
        else _("one line for each customer and month, with a column for the month"),
        remedy=_("Write the year into the headings, or export the invoice lines.")
        if shown is months
        else _(
            "Unpivot them in the spreadsheet program (Data, From Table, Unpivot Columns), or "
            "export the invoice lines."
        ),
    )
