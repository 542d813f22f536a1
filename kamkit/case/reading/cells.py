"""What the cells of a part mean: text becomes days, exact numbers and identifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.source import Part
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.money import DECIMAL
from kamkit.schema.contract import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NOTHING = ("nan", "null", "none", "<na>", "#n/a", "#i/t", "#ref!")
_MARKS = f"^[{numbers.NATIVE}{dates.NATIVE}]"
_IDENTIFIERS = ("account_id", "parent_id", "invoice_id", "product_id", "prospect_id")


@dataclass(frozen=True)
class Cells:
    """A part with the meaning of its mapped cells.

    ``read`` are columns of ``relation`` by their contract names, ``empty`` tells which cells stand
    empty in the source. ``gaps`` is whether any date does. ``stored`` are tables of the engine that
    are needed no longer than these.
    """

    relation: ir.Table
    read: dict[str, ir.Column]
    empty: dict[str, ir.BooleanColumn]
    gaps: bool
    stored: tuple[str, ...]


def meant(
    part: Part,
    table: Table,
    columns: Mapping[str, str],
    options: ReadOptions,
    engine: Engine,
    *,
    small: bool = False,
) -> Cells:
    """Convert the mapped columns of a part.

    Text is converted once for each distinct value and joined to the lines: a ledger has far fewer
    values than lines. A ``small`` part is converted cell by cell, which spares it the joins.

    Raises ``LedgerError`` where the order of days and months or the decimal sign is unclear, and
    for a column that holds neither dates nor numbers where it should.
    """
    raw = {name: part.relation[_cell(part, heading)] for name, heading in columns.items()}
    kinds = {name: _kind(table, name) for name in raw}
    written = _written(raw, kinds)
    count = _each if small else _values
    values = {name: count(part, text, engine) for name, text in written.items()}
    meanings = _meanings(values, kinds, options, part.label, engine)
    relation = part.relation.mutate(**{f"text_{name}": text for name, text in written.items()})
    for name, held in () if small else values.items():
        meaning = held.select(
            **{
                f"key_{name}": held.value,
                f"read_{name}": meanings[name](held.value),
                f"empty_{name}": blank(held.value),
            }
        )
        relation = relation.left_join(meaning, relation[f"text_{name}"] == meaning[f"key_{name}"])
    read, empty = {}, {}
    for name in raw:
        if name not in written:
            cell = relation[_cell(part, columns[name])]
            read[name] = _native(cell, name, kinds[name], part.label)
            empty[name] = cell.isnull()
        elif small:
            text = relation[f"text_{name}"]
            read[name], empty[name] = meanings[name](text), blank(text)
        else:
            read[name] = relation[f"read_{name}"]
            empty[name] = relation[f"empty_{name}"].fill_null(True)
    gaps = bool(_gaps(part, raw, values, engine))
    stored = () if small else tuple(held.get_name() for held in values.values())
    return Cells(relation, read, empty, gaps, stored)


def blank(cell: ir.Column) -> ir.BooleanColumn:
    """Tell which cells are empty or hold spaces only.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(blank(ibis.literal(" ")))
    True
    """
    if cell.type().is_string():
        return (cell.replace("\u00a0", " ").strip() == "").fill_null(True)
    return cell.isnull()


def _cell(part: Part, heading: str) -> str:
    return f"c{part.headings.index(heading)}"


def _kind(table: Table, name: str) -> str:
    kind = table.column(name).kind
    return "number" if kind == "money" else kind


def _gaps(
    part: Part, raw: Mapping[str, ir.Column], values: Mapping[str, ir.Table], engine: Engine
) -> bool:
    if "date" not in raw:
        return False
    held = values.get("date")
    missing = raw["date"].isnull() if held is None else blank(held.value)
    found = engine.row(
        {"any": missing.any().fill_null(False)}, part.relation if held is None else held
    )
    return bool(found["any"])


def _written(raw: Mapping[str, ir.Column], kinds: Mapping[str, str]) -> dict[str, ir.StringColumn]:
    """Return the columns that are text, and the dates that are whole numbers, as text."""
    found = {}
    for name, column in raw.items():
        if column.type().is_string():
            found[name] = column
        elif kinds[name] == "date" and column.type().is_numeric():
            # Whole numbers in a date column are 20250301 or a worksheet's serial.
            found[name] = column.floor().try_cast("int64").cast("string")
    return found


def _values(part: Part, text: ir.StringColumn, engine: Engine) -> ir.Table:
    """Count the distinct values of a column: ``value`` and ``lines``."""
    relation = part.relation.select(value=text)
    return engine.store(relation.group_by("value").aggregate(lines=relation.count()))


def _each(part: Part, text: ir.StringColumn, _engine: Engine) -> ir.Table:
    """Give every cell of a column as a ``value`` of one of the ``lines``."""
    import ibis

    return part.relation.select(value=text, lines=ibis.literal(1))


def _meanings(
    values: Mapping[str, ir.Table],
    kinds: Mapping[str, str],
    options: ReadOptions,
    where: str,
    engine: Engine,
) -> dict[str, Callable[[ir.StringColumn], ir.Column]]:
    """Return for each column what makes days, numbers or words of its text."""
    amounts = {
        name: numbers.weigh(engine.row(numbers.evidence(held), held))
        for name, held in values.items()
        if kinds[name] == "number"
    }
    if options.decimal:
        signs = dict.fromkeys(amounts, options.decimal)
    else:
        signs = numbers.decimal_signs(amounts, where)
    found: dict[str, Callable[[ir.StringColumn], ir.Column]] = {}
    for name, held in values.items():
        if name in amounts:
            found[name] = partial(numbers.exact, sign=signs[name])
        elif kinds[name] == "date":
            seen = dates.weigh(engine.row(dates.evidence(held), held))
            first = dates.order(seen, options.day_first, column=name, where=where)
            found[name] = partial(dates.exact, found=seen, day_first=first)
        else:
            floats = _floats(held, name, engine)
            found[name] = partial(_words, name=name, made_of_floats=floats)
    return found


def _native(column: ir.Column, name: str, kind: str, where: str) -> ir.Column:
    """Convert a column that the source itself keeps as dates or numbers."""
    here = column.type()
    if kind not in ("date", "number"):
        return _identifier(column)
    if kind == "number" and here.is_numeric():
        return column.try_cast(DECIMAL)
    if kind == "date" and (here.is_date() or here.is_timestamp()):
        return column.cast("date")
    if kind == "date":
        message = _("The column “{column}” does not hold dates.", column=name)
        wanted = _("dates such as 31.12.2025, 2025-12-31 or 20251231")
    else:
        message = _("The column “{column}” does not hold numbers.", column=name)
        wanted = _("amounts such as 1234.50 or 1 234,50")
    raise LedgerError(
        message,
        where=where,
        found=str(here),
        wanted=wanted,
        remedy=_('Choose another heading with --map {column}="Heading".', column=name),
    )


def _identifier(column: ir.Column) -> ir.StringColumn:
    """Write a number or a day as text; the 13085.0 that a float made of 13085 is 13085."""
    import ibis

    if not column.type().is_floating():
        return column.cast("string")
    whole = column.try_cast("int64")
    text = ibis.ifelse(whole == column, whole.cast("string"), column.cast("string"))
    return ibis.ifelse(column.isnan(), ibis.null("string"), text)


def _words(text: ir.StringColumn, name: str, *, made_of_floats: bool) -> ir.StringColumn:
    import ibis

    plain = text.re_replace(_MARKS, "").replace("\u00a0", " ").strip()
    if made_of_floats:
        plain = plain.re_replace(r"\.0$", "")
    if name in _IDENTIFIERS:
        plain = ibis.ifelse(plain.lower().isin(_NOTHING), ibis.null("string"), plain)
    return plain.nullif("")


def _floats(held: ir.Table, name: str, engine: Engine) -> bool:
    """Tell whether all identifiers end in “.0”, as floats do that became text."""
    if name not in _IDENTIFIERS:
        return False
    other = ~blank(held.value) & ~held.value.re_search(r"^\s*\d+\.0\s*$")
    counts = {"other": other.any(), "some": (~blank(held.value)).any()}
    seen = engine.row(counts, held)
    return bool(seen["some"] and not seen["other"])
