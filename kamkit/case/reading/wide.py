"""A table with a column for each month becomes lines: one for each customer and month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kamkit.case.beside import months_beside
from kamkit.case.engine import Engine
from kamkit.case.headings import propose
from kamkit.case.reading.numbers import NATIVE
from kamkit.case.reading.source import Part
from kamkit.case.reading.totals import ALONE, label
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NOTHING = f"^{NATIVE}?[\\s0.,\u00a0\u2013\u2212-]*$"


def melted(part: Part, given: Mapping[str, str], engine: Engine) -> tuple[Part, str]:
    """Return the part with a line for each filled cell of a month, and what to tell of it.

    A part with a date, or without a customer, stays as it is. Totals beside the months are left
    out, those below them are set aside. Empty cells and zeros make no line.
    """
    months, word = months_beside(part.headings, part.label)
    rest = [at for at, text in enumerate(part.headings) if at not in months]
    others = [at for at in rest if not re.search(ALONE, part.headings[at])]
    names = [part.headings[at] for at in others]
    known = {name: text for name, text in given.items() if text in names}
    table = TABLES["sales"]
    if not months or given.get("date") in names:
        return part, ""
    if word and "amount" not in propose([word], table).columns:
        return part, ""  # quantities, a budget
    columns = propose(names, table, given=known, where=part.label).columns
    if "date" in columns or "account_id" not in columns:
        return part, ""
    held = engine.store(_lines(part.relation, others, months))
    engine.drop(part.stored)
    first, last = (part.headings[at] for at in (min(months), max(months)))
    note = _(
        "{n} months stand beside one another, “{first}” to “{last}”: each filled cell is a line of "
        "its month, and columns of totals are left out.",
        n=number(len(months)),
        first=first,
        last=last,
    )
    headings = (*names, "date", "amount")
    name = held.get_name()
    return replace(part, relation=held, headings=headings, stored=name, counted=None), note


def _lines(whole: ir.Table, others: list[int], months: Mapping[int, str]) -> ir.Table:
    """Return the other columns, then the month and the amount, of each filled cell."""
    import ibis

    cells = [whole[f"c{at}"] for at in others]
    settled = whole.aside if "aside" in whole.columns else ibis.null("string")
    total = ibis.ifelse(label(cells), "total_row", ibis.null("string"))
    wanted = whole.select(
        "source_row",
        "broken",
        **{f"c{i}": cell for i, cell in enumerate(cells)},
        aside=ibis.coalesce(settled, total),
        **{month: whole[f"c{at}"] for at, month in months.items()},
    )
    day, amount = f"c{len(others)}", f"c{len(others) + 1}"
    long = wanted.pivot_longer(list(months.values()), names_to=day, values_to=amount)
    text = long[amount].cast("string").fill_null("")
    return long.filter(~text.re_search(_NOTHING)).mutate(**{day: long[day] + "-01"})
