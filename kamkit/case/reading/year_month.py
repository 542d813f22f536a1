"""A year in one column and a month in another make one date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kamkit.case.headings import folded, propose
from kamkit.case.reading.months import number_of
from kamkit.language import gettext as _
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case.reading.source import Part

_PARTS = {
    "year": (
        *("year", "år", "årstall", "aar", "jahr", "jaar", "année", "annee", "rok", "calendaryear"),
        *("kalenderår", "invoiceyear", "salesyear", "fakturaår", "orderyear", "yr"),
    ),
    "month": (
        *("month", "måned", "maaned", "mnd", "månednr", "månedsnr", "månad", "monat", "maand"),
        *("mois", "miesiąc", "miesiac", "monthno", "monthnumber", "monthname", "monthofyear"),
        *("calendarmonth", "invoicemonth", "salesmonth", "ordermonth", "månedsnavn", "mth"),
    ),
    "day": ("day", "dag", "tag", "jour", "dzień", "dzien", "dayofmonth", "dagnr"),
}


def in_one_column(part: Part, given: Mapping[str, str]) -> tuple[Part, str]:
    """Return the part with a column ``date`` made of year, month and day, and what to tell of it.

    Without a day it is the first of the month. A part with a date of its own stays as it is.
    """
    places = {
        name: [at for at, own in enumerate(part.headings) if folded(own) in words]
        for name, words in _PARTS.items()
    }
    if len(places["year"]) != 1 or len(places["month"]) != 1 or given.get("date") in part.headings:
        return part, ""
    own = [places["year"][0], places["month"][0], *places["day"][:1]]
    rest = ["" if at in own else heading for at, heading in enumerate(part.headings)]
    known = {name: heading for name, heading in given.items() if heading in rest}
    if "date" in propose(rest, TABLES["sales"], given=known, where=part.label).columns:
        return part, ""
    day = _digits(part.relation[f"c{own[2]}"]) if len(own) > 2 else "01"
    year, month = (part.relation[f"c{at}"] for at in own[:2])
    text = _digits(year) + "-" + _month(month) + "-" + day
    relation = part.relation.mutate(**{f"c{len(rest)}": text})
    note = _(
        "“{year}” and “{month}” make the date.",
        year=part.headings[own[0]],
        month=part.headings[own[1]],
    )
    return replace(part, relation=relation, headings=(*rest, "date")), note


def _digits(cell: ir.Column) -> ir.StringValue:
    """Return the whole number that a cell holds, as text of two digits or more."""
    digits: ir.StringValue = cell.cast("string").re_extract(r"(\d+)", 1)
    return digits.lpad(digits.length().cast("int64").clip(lower=2), "0")


def _month(cell: ir.Column) -> ir.StringValue:
    import ibis

    text = cell.cast("string")
    name = number_of(text.re_extract(r"(\p{L}{3,12})", 1))
    return ibis.ifelse(text.re_search(r"\d"), _digits(cell), name)
