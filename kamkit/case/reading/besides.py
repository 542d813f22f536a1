"""What columns that went into nothing say of the lines: some stand twice, or are no revenue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.source import Part
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MARKS = f"^[{numbers.NATIVE}{dates.NATIVE}]"


@dataclass(frozen=True)
class Besides:
    """The lines of a part as they are settled, beside the columns of the source.

    ``free`` are the headings that went into nothing and stand once, ``columns`` which heading is
    which column, ``given`` the columns that the user settled.
    """

    lines: ir.Table
    part: Part
    free: Sequence[str]
    options: ReadOptions
    engine: Engine
    columns: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def called(self, pattern: str) -> list[str]:
        """Return the free headings that a pattern finds."""
        return [heading for heading in self.free if re.search(pattern, heading)]

    def sound(self, lines: ir.Table) -> ir.BooleanValue:
        """Tell which of some lines have an amount and a customer, and are no totals."""
        found = lines.amount.notnull() & lines.account_id.notnull()
        found &= ~(lines.is_total | lines.is_paid | lines.left_out).fill_null(False)
        return found & lines.aside.isnull() if "aside" in lines.columns else found

    def with_cells(self, **headings: str) -> ir.Table:
        """Return the lines with cells of the source as text beside them, by the names given."""
        cells = {name: self.text(heading) for name, heading in headings.items()}
        beside = self.part.relation.select(beside_row="source_row", **cells)
        joined = self.lines.left_join(beside, self.lines.source_row == beside.beside_row)
        return joined.drop("beside_row")

    def text(self, heading: str) -> ir.StringColumn:
        """Return the cells below a heading as plain text, null where there is nothing."""
        cell = self.part.relation[f"c{self.part.headings.index(heading)}"].cast("string")
        plain = cell.re_replace(_MARKS, "").replace("\u00a0", " ").strip()
        return plain.re_replace(r"^(\d+)\.0$", r"\1").nullif("")

    def set_aside(self, lines: ir.Table, test: ir.BooleanValue, reason: str) -> ir.Table:
        """Return lines of which those that pass a test are set aside for a reason."""
        import ibis

        before = lines.aside if "aside" in lines.columns else ibis.null("string")
        marked = ibis.ifelse(test.fill_null(False), reason, ibis.null("string"))
        gone = [name for name in lines.columns if name.startswith("x_")]
        return lines.mutate(aside=ibis.coalesce(before, marked)).drop(*gone)

    def total(self, lines: ir.Table) -> str:
        """Return what some lines come to, as a word of a sentence."""
        return number(float(self.engine.row({"x": lines.amount.sum()}, lines)["x"] or 0), 2)

    def worth(self, lines: ir.Table, test: ir.BooleanValue) -> dict[str, str]:
        """Return how many lines pass a test, and what they are worth, as words of a sentence."""
        told = lines.mutate(x_told=test.fill_null(False))
        sums = {"n": told.x_told.sum(), "amount": told.amount.sum(where=told.x_told)}
        seen = self.engine.row(sums, told)
        return {
            "lines": ngettext("{n} line", "{n} lines", int(seen["n"] or 0)),
            "amount": number(float(seen["amount"] or 0), 2),
        }


def figure(text: ir.StringValue) -> ir.FloatingValue:
    """Return the number that a plain text such as “2,5” is; null where it is none."""
    return text.replace(" ", "").replace(",", ".").try_cast("float64")


def goods(lines: ir.Table) -> Mapping[str, ir.Column]:
    """Return the columns by which two lines are the same sale."""
    names = ("date", "amount", "product_id", "product_name", "quantity", "unit_price")
    return {name: lines[name] for name in names if name in lines.columns}


def without(beside: Besides, used: Sequence[str], lines: ir.Table) -> Besides:
    """Return the same part with other lines, where headings went into something."""
    free = [heading for heading in beside.free if heading not in used]
    return replace(beside, lines=lines, free=free)
