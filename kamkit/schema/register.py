"""The register: every column that a table of kamkit can have, described once.

One line of ``columns.csv`` is one column. Tables, workbook, rules, criteria, objectives, contract
and docs/columns.md take name, kind and words from here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kamkit.language import N_, writer
from kamkit.language import gettext as _

FILE = Path(__file__).with_name("columns.csv")
"""The register itself, one line per column, grouped by the step that makes it."""

KINDS = {
    "text": "text",
    "code": "identifier, as text",
    "word": "key of ``schema.WORDS``, shown as its word",
    "source": "tables and columns as ``table: column, column; table``, shown by their words",
    "words": "names of columns and keys of ``schema.WORDS`` with commas, shown by their words",
    "reason": "key of ``case.checks.REASONS``, shown as its words",
    "flag": "true or false",
    "date": "day",
    "month": "first day of a month, quarter or year, shown as month and year",
    "money": "amount, shown in whole units when it is large",
    "cents": "amount, always shown with two decimals",
    "percent": "share, a fraction of 1",
    "count": "whole number",
    "number": "number",
}
"""What a column can hold, and how it is shown."""

UNITS = {
    "minutes": N_("minutes"),
    "hours": N_("hours"),
    "days": N_("days"),
    "weeks": N_("weeks"),
    "months": N_("months"),
}
PERIODS = {
    "ledger": N_("the period analysed"),
    "prior": N_("the earlier of two periods"),
    "current": N_("the later of two periods"),
    "change": N_("from the earlier to the later period"),
    "month": N_("a month"),
    "year": N_("a year"),
    "last_year": N_("the last twelve months, or all of a shorter ledger"),
    "next_year": N_("the next twelve months"),
    "horizon": N_("the years of the forecast"),
    "held_out": N_("the period held out"),
}
"""The time that a number covers."""

BASES = ("revenue", "contribution", "profit", "cost", "list", "wallet")
"""What a number is made of: ``list`` is revenue at list prices, ``wallet`` the customer's spend."""

_MADE = {
    "rank_": ("count", N_("Rank by {measure}"), N_("Place by {measure}, 1 is the largest")),
    "class_": ("code", N_("Class by {measure}"), N_("A, B or C by cumulative {measure}")),
}


@dataclass(frozen=True)
class Column:
    """One column: what it is called, what it holds and what that means.

    ``label`` heads a table and has at most three words; ``short`` is for narrow places; ``total``
    is what a sentence calls the sum of it, where a language has another form for that. ``unit``,
    ``period`` and ``basis`` are keys of ``UNITS``, ``PERIODS`` and ``BASES``. ``needs`` names the
    column or table of the contract without which there is no such column. A ``personal`` column
    names a person at a customer and stays out of exports. ``of`` is what a rank is made of.
    """

    name: str
    kind: str
    label: str
    short: str = ""
    total: str = ""
    meaning: str = ""
    unit: str = ""
    period: str = ""
    basis: str = ""
    needs: str = ""
    personal: bool = False
    step: str = ""
    of: str = ""


def _read() -> dict[str, Column]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    personal = {row["name"]: bool(row.pop("personal")) for row in rows}
    return {row["name"]: Column(personal=personal[row["name"]], **row) for row in rows}


COLUMNS = _read()
"""Column name to its description, in the order of the steps."""


def find(name: str) -> Column | None:
    """Return the description of a column, None for one that kamkit does not know.

    ``rank_…`` and ``class_…`` are made from any measure; ``…_words`` is a column written out.

    >>> find("revenue").kind, find("rank_profit").kind, find("due_words").label, find("colour")
    ('money', 'count', 'Due date', None)
    """
    if name in COLUMNS:
        return COLUMNS[name]
    whole = COLUMNS.get(name.removesuffix("_words"))
    if whole:
        return replace(whole, name=name, kind="text")
    for start, (kind, label, meaning) in _MADE.items():
        if name.startswith(start):
            return Column(name, kind, label, meaning=meaning, of=name.removeprefix(start))
    return None


def kind(name: str, other: str = "") -> str:
    """Return what a column holds (a key of ``KINDS``), ``other`` for one that is not known.

    >>> kind("profit"), kind("colour", "text")
    ('money', 'text')
    """
    column = find(name)
    return column.kind if column else other


def label(name: str, currency: str = "", *, short: bool = False, of: str = "") -> str:
    """Return a column's heading, with its unit; amounts name the currency where it is given.

    ``of`` is the period to name.

    >>> label("revenue", "NOK"), label("interval_days"), label("rank_profit")
    ('Revenue (NOK)', 'Purchase interval (days)', 'Rank by customer profit')
    >>> label("m_score", short=True), label("days_late")
    ('M', 'Days late')
    """
    column = find(name)
    if column is None:
        return _plain(name)
    text = column.short if short and column.short else column.label
    words = _(text, measure=total_of(column.of)) if column.of else _(text)
    words = _("{quantity}, {period}", quantity=words, period=of) if of else words
    unit = _(UNITS[column.unit]) if column.unit else ""
    unit = currency if column.kind in ("money", "cents") else unit
    return _("{quantity} ({unit})", quantity=words, unit=unit) if unit else words


def headings(names: Iterable[str], currency: str = "", *, period: str = "") -> list[str]:
    """Return the headings of a table, in which sums of two periods cannot be taken for each other.

    What is of the period analysed is said to be so where ``period`` tells which that is, and where
    another column of the same basis is of other months; the latter name theirs in their label.

    >>> headings(["revenue", "revenue_year"], "NOK")
    ['Revenue, whole ledger (NOK)', 'Revenue last year (NOK)']
    >>> headings(["revenue", "orders"], period="2023–2025")
    ['Revenue, 2023–2025', 'Orders']
    """
    known = [(name, find(name)) for name in names]
    if any(one and (one.kind == "month" or name == "year") for name, one in known):
        return [label(name, currency) for name, _one in known]  # each row has its own period
    of = {(one.basis, one.period) for _name, one in known if one and _is_sum(one)}
    mixed = {basis for basis, when in of if any(b == basis and w != when for b, w in of)}
    headings_found = []
    for name, one in known:
        whole = one is not None and _is_sum(one) and one.period == "ledger"
        basis_words = period or (_("whole ledger") if one and one.basis in mixed else "")
        headings_found.append(label(name, currency, of=basis_words if whole else ""))
    return headings_found


def _is_sum(column: Column) -> bool:
    """Tell whether a column is a sum of a period, or a share of one."""
    return column.kind in ("money", "cents", "percent") and bool(column.basis and column.period)


@writer
def noun(name: str) -> str:
    """Return what a column is called inside a sentence.

    >>> noun("cost_to_serve"), noun("rfm_score"), noun("orders_online")
    ('cost to serve', 'RFM score', 'orders online')
    """
    column = find(name)
    if column is None:
        return name.replace("_", " ").strip()
    words = _(column.label, measure=total_of(column.of)) if column.of else _(column.label)
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def total_of(name: str) -> str:
    """Return what a sentence calls all of a measure: most of it, a share of it, a place by it.

    >>> total_of("revenue"), total_of("cost_to_serve")
    ('revenue', 'cost to serve')
    """
    column = COLUMNS.get(name)
    return _(column.total) if column and column.total else noun(name)


def meaning(name: str) -> str:
    """Return what a column means; empty for one that is not known.

    >>> meaning("contribution"), meaning("colour")
    ('Revenue less cost of goods', '')
    """
    column = find(name)
    if column is None:
        return ""
    return _(column.meaning, measure=total_of(column.of)) if column.of else _(column.meaning)


def _plain(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
