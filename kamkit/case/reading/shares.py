"""Invoices that stand once for each seller with his share: the whole amount is on each line."""

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

_SHARED = r"(?i)\bandel|\bshare|\bsplit|\banteil|fordeling|aandeel|commission (?:pct|percent|%)"
_SAME = ("amount", "date", "product_id", "product_name", "quantity", "unit_price")
_LEAST = 2  # invoices of several lines
_SHARE = 0.98
_OFF = 0.02  # of the whole, for thirds


def without_shares(
    lines: ir.Table, part: Part, unused: Sequence[str], options: ReadOptions, engine: Engine
) -> tuple[ir.Table, list[str]]:
    """Set aside the second line of an invoice and those after it where only sellers differ.

    Told by a column of shares that is not used: they add to the whole on each invoice, and the
    invoices of several lines have the same amount, day and goods on them all.
    """
    import ibis

    shared = [one for one in unused if re.search(_SHARED, one) and part.headings.count(one) == 1]
    if not shared or "invoice_id" not in lines.columns or options.invoice_totals == "lines":
        return lines, []
    for heading in shared:
        cell = part.relation[f"c{part.headings.index(heading)}"].cast("string")
        share = cell.replace("%", "").replace(",", ".").strip().try_cast("float64")
        beside = part.relation.select(share_row="source_row", share=share)
        if not _adds_up(lines, beside, engine):
            continue
        position = ibis.row_number().over(
            group_by=[lines.account_id, lines.invoice_id, lines.left_out], order_by=lines.source_row
        )
        known = lines.invoice_id.notnull() & lines.account_id.notnull() & ~lines.is_total
        aside = lines.aside if "aside" in lines.columns else ibis.null("string")
        again = known & (position > 0) & aside.isnull()
        marked = lines.mutate(aside=ibis.ifelse(again, "repeated_total", aside))
        return marked, [_note(marked, heading, engine)]
    return lines, []


def _adds_up(lines: ir.Table, beside: ir.Table, engine: Engine) -> bool:
    """Tell whether the shares of nearly all invoices add to the whole, and only they differ."""
    sound = lines.filter(lines.amount.notnull() & lines.invoice_id.notnull() & ~lines.is_total)
    table = sound.join(beside, sound.source_row == beside.share_row)
    names = [name for name in _SAME if name in lines.columns]
    invoices = table.group_by(["account_id", "invoice_id"]).aggregate(
        n=table.count(),
        whole=table.share.sum(),
        least=table.share.min(),
        **{f"kinds_{name}": table[name].cast("string").nunique() for name in names},
    )
    alike = invoices.n > 1
    for name in names:
        alike = alike & (invoices[f"kinds_{name}"] <= 1)
    counts = {"all": invoices.count(), "several": (invoices.n > 1).sum(), "alike": alike.sum()}
    for whole in (1, 100):
        near = (invoices.whole - whole).abs() <= _OFF * whole
        counts[f"of_{whole}"] = (near & (invoices.least > 0)).sum()
    seen = engine.row({name: count.fill_null(0) for name, count in counts.items()}, invoices)
    if seen["several"] < _LEAST or seen["alike"] < _SHARE * seen["several"]:
        return False
    return bool(max(seen["of_1"], seen["of_100"]) >= _SHARE * seen["all"])


def _note(marked: ir.Table, heading: str, engine: Engine) -> str:
    here = marked.aside == "repeated_total"
    sums = engine.row({"n": here.sum(), "amount": marked.amount.sum(where=here)}, marked)
    return _(
        "Invoices stand once for each share in “{heading}”: they are counted once, and {n} lines "
        "with {amount} are set aside. If these are lines of their own, say --invoice-totals lines.",
        heading=heading,
        n=number(int(sums["n"] or 0)),
        amount=number(float(sums["amount"] or 0), 2),
    )
