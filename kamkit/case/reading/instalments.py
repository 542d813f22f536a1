"""Invoices joined to their payments: the amount stands once more for each payment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.case.reading.source import Part
from kamkit.language import gettext as _
from kamkit.language import number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PAID = r"(?i)betal|innbet|indbet|inbet|payment|paid|zahl|paiement|règlement|pago|wpłat|maksu|ontv"
_SAME = ("amount", "date", "product_id", "product_name", "quantity", "unit_price")
_SHARE = 0.98


def without_instalments(
    lines: ir.Table, part: Part, unused: Sequence[str], options: ReadOptions, engine: Engine
) -> tuple[ir.Table, list[str]]:
    """Set aside the second line of an invoice and those after it where only payments differ.

    Told by a column of payments that is not used: it differs within the invoices whose amount, day
    and goods are the same on all their lines.
    """
    paid = [one for one in unused if re.search(_PAID, one) and part.headings.count(one) == 1]
    if not paid or "invoice_id" not in lines.columns or options.invoice_totals == "lines":
        return lines, []
    cells = {f"x{at}": part.relation[f"c{part.headings.index(one)}"] for at, one in enumerate(paid)}
    beside = part.relation.select(paid_row="source_row", **cells)
    sound = lines.filter(lines.amount.notnull() & lines.invoice_id.notnull() & ~lines.is_total)
    table = sound.join(beside, sound.source_row == beside.paid_row)
    same = [table[name].cast("string").nunique() for name in _SAME if name in lines.columns]
    facts = {f"y{at}": kinds for at, kinds in enumerate(same)}
    facts |= {name: table[name].cast("string").nunique() for name in cells}
    invoices = table.group_by(["account_id", "invoice_id"]).aggregate(n=table.count(), **facts)
    several = invoices.n > 1
    alike = several
    for at in range(len(same)):
        alike = alike & (invoices[f"y{at}"] <= 1)
    counts = {"all": several.sum(), "alike": alike.sum()}
    counts |= {name: (alike & (invoices[name] > 1)).sum() for name in cells}
    seen = engine.row({name: count.fill_null(0) for name, count in counts.items()}, invoices)
    least = max(1, _SHARE * seen["all"])
    column = next((at for at in range(len(paid)) if seen[f"x{at}"] >= least), None)
    if column is None or seen["alike"] < least:
        return lines, []
    return _once(lines, paid[column], engine)


def _once(lines: ir.Table, heading: str, engine: Engine) -> tuple[ir.Table, list[str]]:
    import ibis

    position = ibis.row_number().over(
        group_by=[lines.account_id, lines.invoice_id, lines.left_out], order_by=lines.source_row
    )
    again = (
        (position > 0) & lines.invoice_id.notnull() & lines.account_id.notnull() & ~lines.is_total
    )
    aside = lines.aside if "aside" in lines.columns else ibis.null("string")
    marked = lines.mutate(aside=ibis.ifelse(again & aside.isnull(), "repeated_total", aside))
    here = marked.aside == "repeated_total"
    sums = engine.row({"n": here.sum(), "amount": marked.amount.sum(where=here)}, marked)
    note = _(
        "Invoices stand once for each payment in “{heading}”: they are counted once, and {n} lines "
        "with {amount} are set aside. If these are lines of their own, say --invoice-totals lines.",
        heading=heading,
        n=number(int(sums["n"] or 0)),
        amount=number(float(sums["amount"] or 0), 2),
    )
    return marked, [note]
