"""From parts to one typed ledger: text becomes days, amounts and identifiers, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.headings import propose, require
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.cells import Cells, blank, meant
from kamkit.case.reading.source import Part
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext
from kamkit.money import DECIMAL
from kamkit.schema.contract import CHOICE_WORDS, EXAMPLE_IDS, TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_TOTAL = r"(?i)^\s*(grand ?total|sub ?total|total|totalt|totalsum|delsum|sluttsum|sum|i alt)\b"


def typed(part: Part, mapping: ColumnMapping, engine: Engine) -> tuple[ir.Table, dict[str, str]]:
    """Convert one part of the sales ledger; return its table in the engine and its mapping.

    One row per row of the source: the contract's columns that are there, ``source_row``, ``part``
    and what was wrong: ``is_broken``, ``is_blank``, ``is_total``, ``blank_date``,
    ``blank_amount``. Raises ``HeadingError`` and ``LedgerError`` where headings, dates or numbers
    are unclear, or too few of them can be read.
    """
    table = TABLES["sales"]
    given = mapping.tables.get("sales", {})
    columns = propose(part.headings, table, given=given, where=part.label).columns
    require(columns, part.headings, table, part.label)
    cells = meant(part, table, columns, mapping.options, engine)
    read = dict(cells.read)
    read["amount"] = _amount(read, cells.empty)
    read.pop("credit_amount", None)
    flags = _flags(cells, len(part.headings))
    lines = engine.store(
        cells.relation.select(cells.relation.source_row, **read, **flags, part=_literal(part.label))
    )
    _refuse_unreadable(part, columns, lines, engine)
    engine.drop(*cells.stored, part.stored)
    return lines, columns


def united(tables: list[ir.Table]) -> ir.Table:
    """Put the parts of a ledger under one another; a column that a part lacks is null there.

    >>> import ibis
    >>> united([ibis.memtable({"a": [1], "b": [2]}), ibis.memtable({"b": [3]})]).columns
    ('a', 'b')
    """
    import ibis

    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    kinds = {name: table[name].type() for table in tables for name in table.columns}
    full = [
        table.select(
            **{
                name: table[name] if name in table.columns else ibis.null(kinds[name])
                for name in names
            }
        )
        for table in tables
    ]
    return reduce(lambda one, other: one.union(other), full)


def other_table(
    parts: list[Part], mapping: ColumnMapping, engine: Engine
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Convert the parts of an optional table to one pandas frame; return it and its mapping.

    Lines without the first required column, example lines of the template and totals are left out.
    """
    import pandas as pd

    frames = []
    mapped: dict[str, str] = {}
    for part in parts:
        table = TABLES[part.table]
        given = mapping.tables.get(part.table, {})
        columns = propose(part.headings, table, given=given, where=part.label).columns
        require(columns, part.headings, table, part.label)
        cells = meant(part, table, columns, mapping.options, engine, small=True)
        lines = cells.relation.select(cells.relation.source_row, **cells.read)
        key = lines[table.required[0]]
        keep = key.notnull() & ~key.isin(EXAMPLE_IDS) & ~key.re_search(_TOTAL)
        ordered = lines.filter(keep).order_by("source_row").drop("source_row")
        frames.append(engine.frame(ordered))
        mapped |= columns
    whole = pd.concat(frames, ignore_index=True)
    for column in TABLES[parts[0].table].columns:
        if column.name in whole and column.kind in ("money", "number"):
            whole[column.name] = whole[column.name].astype("float64")
        if column.name in whole and column.kind == "date":
            whole[column.name] = pd.to_datetime(whole[column.name]).dt.as_unit("s")
        if column.name in whole and column.choices:
            whole[column.name] = _chosen(whole[column.name], column.choices)
    return whole, mapped


def _chosen(texts: pd.Series[str], choices: tuple[str, ...]) -> pd.Series[str]:
    """Return the choice that each text means; what is none of them stays as it was written."""
    known = {choice.casefold(): choice for choice in choices}
    known |= {text: meant for text, meant in CHOICE_WORDS.items() if meant in choices}
    meanings = {
        text: known.get(" ".join(str(text).casefold().split()), text)
        for text in texts.dropna().unique()
    }
    return texts.map(meanings).astype(texts.dtype)


def _literal(text: str) -> ir.StringScalar:
    import ibis

    return ibis.literal(text, type="string")


def _amount(
    read: Mapping[str, ir.Column], empty: Mapping[str, ir.BooleanColumn]
) -> ir.DecimalColumn:
    """Net amount: its column, else quantity x unit price; less what is credited beside it.

    Only an empty cell stands for zero beside a filled one; one that cannot be read does not.
    """
    import ibis

    no_amount = empty.get("amount", ibis.literal(False))
    amount = read.get("amount")
    if amount is None:
        wide = read["quantity"].cast("decimal(38, 4)")  # the product of two of 18 digits fits
        amount = (wide * read["unit_price"]).try_cast(DECIMAL)
    if "credit_amount" not in read:
        return amount
    zero = ibis.literal(0).cast(DECIMAL)
    credited, no_credit = read["credit_amount"], empty["credit_amount"]
    invoiced = ibis.ifelse(no_amount & ~no_credit, zero, amount)
    return (invoiced - ibis.ifelse(no_credit, zero, credited.abs())).try_cast(DECIMAL)


def _flags(cells: Cells, width: int) -> dict[str, ir.Column]:
    import ibis

    amounts = [cells.empty[n] for n in ("amount", "credit_amount") if n in cells.empty] or [
        cells.empty["quantity"],
        cells.empty["unit_price"],
    ]
    no = ibis.literal(False)
    empty = total = no
    if cells.gaps:
        every = [cells.relation[f"c{i}"] for i in range(width)]
        says = [cell.re_search(_TOTAL).fill_null(no) for cell in every if cell.type().is_string()]
        said = reduce(lambda one, other: one | other, says, no)
        empty = ibis.ifelse(cells.empty["date"], _all([blank(cell) for cell in every]), no)
        total = ibis.ifelse(cells.empty["date"], said, no)
    return {
        "is_broken": cells.relation.broken,
        "is_blank": empty,
        "is_total": total,
        "blank_date": cells.empty["date"],
        "blank_amount": _all(amounts),
    }


def _all(tests: list[ir.BooleanColumn]) -> ir.BooleanColumn:
    return reduce(lambda one, other: one & other, tests)


def _refuse_unreadable(
    part: Part, mapping: dict[str, str], ledger: ir.Table, engine: Engine
) -> None:
    """Refuse a part whose dates, or more than a twentieth of whose amounts, cannot be read.

    Raises ``LedgerError`` with the first rows and what stands in them.
    """
    lines = ~(ledger.is_broken | ledger.is_blank | ledger.is_total)
    bad_date = lines & ledger.date.isnull()
    bad_amount = lines & ledger.amount.isnull() & ~ledger.blank_amount
    count = engine.row(
        {
            "lines": lines.sum().fill_null(0),
            "dates": bad_date.sum().fill_null(0),
            "amounts": bad_amount.sum().fill_null(0),
        },
        ledger,
    )
    if count["lines"] and count["dates"] == count["lines"]:
        heading = mapping["date"]
        raise LedgerError(
            _("Not one date in “{heading}” can be read.", heading=heading),
            where=part.label,
            found=_shown(part, heading, ledger.filter(bad_date), engine),
            wanted=_("dates such as 31.12.2025, 2025-12-31 or 20251231"),
            remedy=_('Is it the right column? Choose another with --map date="Heading".'),
        )
    if count["amounts"] * 20 > count["lines"]:
        heading = mapping.get("amount") or mapping["unit_price"]
        raise LedgerError(
            _("There is text among the amounts of “{heading}”.", heading=heading),
            where=part.label,
            found=ngettext(
                "{n} row, first {rows}",
                "{n} rows, first {rows}",
                count["amounts"],
                rows=_shown(part, heading, ledger.filter(bad_amount), engine),
            ),
            wanted=_("amounts such as 1234.50 or 1 234,50"),
            remedy=_('Mend the rows, or choose another column with --map amount="Heading".'),
        )


def _shown(part: Part, heading: str, rows: ir.Table, engine: Engine) -> str:
    first = rows.order_by("source_row").limit(3).select("source_row")
    cell = part.relation[f"c{part.headings.index(heading)}"].cast("string").name("cell")
    joined = part.relation.select("source_row", cell).semi_join(first, "source_row")
    found = engine.rows(joined.order_by("source_row"))
    strip = numbers.NATIVE + dates.NATIVE
    return ", ".join(
        _(
            "row {row}: “{value}”",
            row=line["source_row"],
            value=(line["cell"] or "").strip(strip)[:40],
        )
        for line in found
    )
