"""What the cells of a part mean: text becomes days, exact numbers and identifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.case.reading import dates, markers, numbers, sequence, words
from kamkit.case.reading.credited import NUMBER as CREDIT_NUMBER
from kamkit.case.reading.source import Part
from kamkit.case.reading.totals import ALONE, BALANCE, KEYED, key, label
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.money import DECIMAL, in_money, whole_number
from kamkit.schema.contract import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SHARES = ("discount", "profit", "vat", "vat_rate")
_PRICED = ("amount", "unit_price", "amount_incl_vat")
_COUNTED = ("quantity", "unit_price")


@dataclass(frozen=True)
class Cells:
    """A part with the meaning of its mapped cells.

    ``read`` are columns of ``relation`` by their contract names, ``empty`` tells which cells stand
    empty in the source. ``gaps`` is whether any line lacks its date or customer, ``below`` names
    the quantities and prices that are somewhere below zero. ``guess`` is about how much stands in
    the amounts that cannot be read, ``unit`` the currency written beside them, where any is.
    ``percent`` names the columns with per cent signs, ``months`` tells that dates are months.
    ``odd`` is whether any customer is a total, a heading or a number that was cut.
    ``notes`` are what to tell; ``stored`` are tables of the engine needed no longer than these.
    """

    relation: ir.Table
    read: dict[str, ir.Column]
    empty: dict[str, ir.BooleanColumn]
    gaps: bool
    below: frozenset[str]
    stored: tuple[str, ...]
    guess: dict[str, ir.Column] = field(default_factory=dict)
    unit: ir.Column | None = None
    percent: frozenset[str] = frozenset()
    months: bool = False
    odd: Mapping[str, bool] = field(default_factory=dict)
    notes: Sequence[str] = ()


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
    values than lines. Columns of bare numbers and of plain words are read where they stand. A
    ``small`` part is converted cell by cell, which spares it the joins.

    Raises ``LedgerError`` where the order of days and months or the decimal sign is unclear, and
    for a column that holds neither dates nor numbers where it should.
    """
    raw = {name: part.relation[_cell(part, heading)] for name, heading in columns.items()}
    kinds = {name: _kind(table, name) for name in raw}
    aids = {name for name in raw if "__" in name or table.column(name).aid}
    written = _written(raw, kinds)
    known = _known(part, written, kinds, engine, small=small)
    values = known.values
    read_as = _Read(part, columns, options, engine.near, aids, known.lines)
    meanings = read_as.meanings(values, kinds)
    units = [] if small or "currency" in columns else read_as.units(values, columns)
    odd = {} if small else _odd(values, columns, engine.near)
    bare = {} if small or engine.near is not engine else read_as.bare
    relation = part.relation.mutate(**{f"text_{name}": text for name, text in written.items()})
    meanings |= {name: partial(numbers.bare, sign=sign) for name, (sign, _minus) in bare.items()}
    asked = {} if small else {name: held for name, held in values.items() if name not in bare}
    relation, learned = _joined(relation, asked, meanings, kinds, (units, odd), engine)
    read, empty = {}, {}
    for name in raw:
        if name not in written:
            cell = relation[_cell(part, columns[name])]
            read[name] = _native(cell, name, kinds[name], part.label, aid=name in aids)
            empty[name] = cell.isnull()
        elif name in learned:
            read[name], empty[name] = _learned_cell(relation, name, plain=name in known.plain)
        else:
            text = relation[f"text_{name}"]
            empty[name] = words.blank(text) if small else text.isnull() | (text == "")
            read[name] = meanings[name](text) if name in meanings else text
    guess = {name: relation[f"guess_{name}"] for name in _PRICED if name in learned}
    if not small:
        engine.near.drop(*(held.get_name() for held in values.values()))
    gaps, below = (True, frozenset()) if small else _looked(part, raw, learned, engine)
    below |= {name for name, (_sign, minus) in bare.items() if minus}
    unit = relation[f"unit_{units[0]}"] if units else None
    about = (frozenset(read_as.percent), read_as.months, odd, read_as.notes)
    stored = tuple(meaning.get_name() for meaning in learned.values())
    return Cells(relation, read, empty, gaps, below, stored, guess, unit, *about)


@dataclass(frozen=True)
class _Known:
    """The distinct ``values`` of the columns of text; a column of plain words alone has none.

    Of those that are ``plain`` only odd words are among them; ``lines`` counts their filled cells.
    """

    values: dict[str, ir.Table]
    plain: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict)


def _known(
    part: Part,
    written: Mapping[str, ir.StringColumn],
    kinds: Mapping[str, str],
    engine: Engine,
    *,
    small: bool,
) -> _Known:
    """Find the values of the columns of text; of a ``small`` part each cell is one.

    Where texts are read elsewhere than the lines lie, plain words are not sent there and back.
    """
    if small:
        return _Known({name: _each(part, text) for name, text in written.items()})
    far = engine.near is not engine
    tests = {n: words.odd_test(n, kinds[n], far=far) for n in written}
    values = {name: _values(part, text, engine, tests[name]) for name, text in written.items()}
    for name, test in tests.items():
        if test is not None and not engine.near.rows(values[name].limit(1)):
            engine.near.drop(values.pop(name).get_name())
    plain = frozenset(name for name in values if tests[name] is not None)
    asked = [name for name in plain if name in words.IDENTIFIERS]
    return _Known(values, plain, {name: _filled(part, written[name], engine) for name in asked})


def _joined(
    relation: ir.Table,
    values: Mapping[str, ir.Table],
    meanings: Mapping[str, Any],
    kinds: Mapping[str, str],
    known: tuple[Sequence[str], Mapping[str, bool]],
    engine: Engine,
) -> tuple[ir.Table, dict[str, ir.Table]]:
    """Return the lines with the meaning of each value, and the tables that hold the meanings."""
    units, odd = known
    stored = {}
    for name, held in values.items():
        learned = _learned(held, name, meanings[name], kinds[name], name in units)
        if name == "account_id" and any(odd.values()):
            learned |= _no_customer(held, meanings[name])
        stored[name] = meaning = engine.taken(held.select(**learned))
        relation = relation.left_join(meaning, relation[f"text_{name}"] == meaning[f"key_{name}"])
    return relation, stored


def _learned_cell(
    relation: ir.Table, name: str, *, plain: bool
) -> tuple[ir.Column, ir.BooleanColumn]:
    """Return a cell by what its value means; a plain word that is not looked up is itself."""
    import ibis

    if not plain:
        return relation[f"read_{name}"], relation[f"empty_{name}"].fill_null(True)
    text, same = relation[f"text_{name}"], relation[f"key_{name}"].isnull()
    empty = ibis.ifelse(same, text.isnull(), relation[f"empty_{name}"])
    return ibis.ifelse(same, text, relation[f"read_{name}"]), empty


def _filled(part: Part, text: ir.StringColumn, engine: Engine) -> int:
    """Count the lines in which a column is not null."""
    return int(engine.row({"n": text.count()}, part.relation)["n"])


def _no_customer(
    held: ir.Table, meaning: Callable[[ir.StringColumn], ir.Column]
) -> dict[str, ir.Column]:
    """Return what else is told of a customer that may be none."""
    return {
        "says_total": label([held.value]),
        "total_of": key([held.value]),
        "is_cut": markers.cut(meaning(held.value)),
    }


def _odd(
    values: Mapping[str, ir.Table], columns: Mapping[str, str], engine: Engine
) -> dict[str, bool]:
    """Tell whether customers in text are totals, headings or cut numbers, invoices credit notes."""
    result: dict[str, bool] = {}
    if "invoice_id" in values and "doc_type" not in columns:
        held = values["invoice_id"]
        test = held.value.re_search(CREDIT_NUMBER).any().fill_null(False)
        result |= engine.row({"credited": test}, held)
    if "account_name" in values and columns["account_name"] != columns.get("account_id"):
        held = values["account_name"]
        sums = held.value.re_search(KEYED) | held.value.re_search(ALONE)
        result |= engine.row({"sum_of": sums.any().fill_null(False)}, held)
    if "account_id" not in values:
        return result
    held = values["account_id"]
    text = held.value.re_replace(words.MARKS, "").re_replace(f"[{markers.INVISIBLE}]", "").strip()
    tests = {
        "total": text.re_search(ALONE) | text.re_search(KEYED),
        "heading": text.lower() == columns["account_id"].strip().lower(),
        "cut": markers.cut(markers.restored(text)),
        "balance": text.re_search(BALANCE),
    }
    any_of = {name: test.any().fill_null(False) for name, test in tests.items()}
    return result | engine.row(any_of, held)


def _learned(
    held: ir.Table,
    name: str,
    meaning: Callable[[ir.StringColumn], ir.Column],
    kind: str,
    unit: bool,
) -> dict[str, ir.Column]:
    """Return the columns that are joined to the lines by a column's text."""
    import ibis

    read = meaning(held.value)
    bare = (
        words.blank(held.value) if kind not in ("number", "date") else markers.nothing(held.value)
    )
    if kind == "date":  # “Total” where the day would stand
        bare = bare | held.value.re_search(ALONE).fill_null(False)
    result = {
        f"key_{name}": held.value,
        f"read_{name}": read,
        f"empty_{name}": ibis.ifelse(read.isnull(), bare, False) if kind == "number" else bare,
    }
    if name in _PRICED:
        result[f"guess_{name}"] = ibis.coalesce(read.abs(), numbers.guessed(held.value))
    if unit:
        result[f"unit_{name}"] = numbers.currency(held.value)
    return result


def _cell(part: Part, heading: str) -> str:
    return f"c{part.headings.index(heading)}"


def _kind(table: Table, name: str) -> str:
    kind = table.column(name.partition("__")[0]).kind
    return "number" if kind == "money" else kind


def _looked(
    part: Part, raw: Mapping[str, ir.Column], learned: Mapping[str, ir.Table], engine: Engine
) -> tuple[bool, frozenset[str]]:
    """Tell whether lines lack date or customer, and which quantities and prices are below zero.

    The values tell, which are fewer than the lines.
    """
    gaps = False
    for name, empty in (("date", "empty_date"), ("account_id", "read_account_id")):
        if name in learned:
            column = learned[name][empty]
            lacks = column if name == "date" else column.isnull()
            gaps |= bool(engine.row({"any": lacks.any()}, learned[name])["any"])
        elif name in raw:
            column = raw[name] if name == "date" else words.identifier(raw[name])
            gaps |= bool(engine.row({"any": column.isnull().any()}, part.relation)["any"])
    below = set()
    for name, column in raw.items():
        if name.partition("__")[0] in _COUNTED and (
            name in learned or not column.type().is_string()
        ):
            table = learned.get(name, part.relation)
            number = table[f"read_{name}"] if name in learned else column
            if number.type().is_numeric() and engine.row({"any": (number < 0).any()}, table)["any"]:
                below.add(name)
    return gaps, frozenset(below)


def _written(raw: Mapping[str, ir.Column], kinds: Mapping[str, str]) -> dict[str, ir.StringColumn]:
    """Return the columns that are text, and the dates that are whole numbers, as text."""
    result = {}
    for name, column in raw.items():
        if column.type().is_string():
            result[name] = column
        elif kinds[name] == "date" and column.type().is_numeric():
            # Whole numbers in a date column are 20250301 or a worksheet's serial.
            result[name] = whole_number(column).cast("string")
    return result


def _values(
    part: Part,
    text: ir.StringColumn,
    engine: Engine,
    test: Callable[[ir.StringColumn], ir.BooleanValue] | None,
) -> ir.Table:
    """Count the distinct values of a column that pass a test: ``value`` and ``lines``."""
    relation = part.relation.select(value=text)
    if test is not None:
        relation = relation.filter(test(relation.value))
    return engine.near_table(relation.group_by("value").aggregate(lines=relation.count()))


def _each(part: Part, text: ir.StringColumn) -> ir.Table:
    """Give every cell of a column as a ``value`` of one of the ``lines``."""
    import ibis

    return part.relation.select(value=text, lines=ibis.literal(1))


@dataclass
class _Read:
    """How the columns of a part are read; ``aids`` are those of which nothing is demanded.

    ``lines`` counts those of the columns of which the plain words are not among the values,
    ``bare`` holds the decimal sign of the columns of bare numbers, and whether any is a quantity or
    price below zero.
    """

    part: Part
    columns: Mapping[str, str]
    options: ReadOptions
    engine: Engine
    aids: set[str]
    lines: Mapping[str, int]
    percent: set[str] = field(default_factory=set)
    months: bool = False
    notes: list[str] = field(default_factory=list)
    bare: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def meanings(
        self, values: Mapping[str, ir.Table], kinds: Mapping[str, str]
    ) -> dict[str, Callable[[ir.StringColumn], ir.Column]]:
        """Return for each column what makes days, numbers or words of its text."""
        amounts = {
            name: numbers.weigh(self.engine.row(numbers.evidence(held), held))
            for name, held in values.items()
            if kinds[name] == "number"
        }
        if self.options.decimal:
            signs = dict.fromkeys(amounts, self.options.decimal)
        else:
            signs = numbers.decimal_signs(amounts, self.part.label, aids=self.aids)
        result: dict[str, Callable[[ir.StringColumn], ir.Column]] = {}
        for name, held in values.items():
            if name in amounts:
                result[name] = self._number(held, name, signs[name], amounts[name])
            elif kinds[name] == "date":
                result[name] = self._date(held, name)
            else:
                floats = words.made_of_floats(held, name, self.engine, self.lines.get(name))
                result[name] = partial(words.meaning, name=name, floats=floats)
        return result

    def _number(
        self, held: ir.Table, name: str, sign: str, seen: numbers.Evidence
    ) -> Callable[[ir.StringColumn], ir.Column]:
        if name == "units_per_price":  # “100 pcs”
            return lambda text: numbers.exact(text.re_replace(r"[^\d.,]+$", ""), sign=sign)
        kind = name.partition("__")[0]
        if kind not in _SHARES:
            if seen.is_bare(sign):
                self.bare[name] = (sign, kind in _COUNTED and seen.minus > 0)
            return partial(numbers.exact, sign=sign, sides=seen.debet > 0)
        ends = held.value.re_search(r"%\s*$").any().fill_null(False)
        if self.engine.row({"percent": ends}, held)["percent"]:
            self.percent.add(name)
        if name == "vat_rate":  # “25 % (high)”
            return lambda text: numbers.exact(text.re_replace(r"\s*%.*$", ""), sign=sign)
        return lambda text: numbers.exact(text.re_replace(r"\s*%\s*$", ""), sign=sign)

    def _date(self, held: ir.Table, name: str) -> Callable[[ir.StringColumn], ir.Column]:
        if self.options.date_format:
            return partial(dates.by_format, date_format=self.options.date_format)
        seen = dates.look(held, self.engine, system_1904=self.part.system_1904)
        day_first = self.options.day_first
        ordered = not self.part.whole
        if ordered and day_first is None and name == "date" and dates.unclear(seen):
            day_first = sequence.day_first(self.part, self.columns, self.engine)
            if day_first is not None:
                self.notes.append(
                    _("The dates run with the rows or document numbers if the day comes first.")
                    if day_first
                    else _(
                        "The dates run with the rows or document numbers if the month comes first."
                    )
                )
        first = dates.order(seen, day_first, column=name, where=self.part.label)
        self.months = any(seen.counts[kind] for kind in dates.MONTHS)
        return partial(dates.exact, found=seen, day_first=first)

    def units(self, values: Mapping[str, ir.Table], columns: Mapping[str, str]) -> list[str]:
        """Return the columns of amounts beside which a currency is written."""
        result = []
        for name in _PRICED:
            if name in columns and name in values:
                held = values[name]
                any_unit = numbers.currency(held.value).notnull().any().fill_null(False)
                if self.engine.row({"unit": any_unit}, held)["unit"]:
                    result.append(name)
        return result


def _native(column: ir.Column, name: str, kind: str, where: str, *, aid: bool = False) -> ir.Column:
    """Convert a column that the source itself keeps as dates or numbers."""
    import ibis

    here = column.type()
    if kind not in ("date", "number"):
        return words.identifier(column)
    if kind == "number" and here.is_numeric():
        return in_money(column)
    if kind == "date" and (here.is_date() or here.is_timestamp()):
        return column.cast("date")
    if aid:
        return ibis.null(DECIMAL)
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
