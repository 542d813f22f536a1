"""Units that came back in a column of their own, beside those that were sold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from kamkit.case.headings import map_option
from kamkit.case.reading.besides import Besides, figure, without
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.money import DECIMAL, quotient

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BACK = (
    r"(?i)return|refund|retur|retour|rückgabe|rücksend|återlämn|återtag|tilbakelever|credited|"
    r"kreditert|krediter|gutgeschrieben|geretourneerd|zwrot|zwrócon"
)
_COUNT = (
    r"(?i)qty|quantit|antall?\b|antal|aantal|anzahl|menge|units|pieces|pcs|stk|stück|ilość|"
    r"^\W*(?:heraf |herav |varav |davon )?(?:returned|returnert|returneret|returnerat|retourniert|"
    r"retouren|geretourneerd)\W*$"
)
_NEVER = r"(?i)reason|årsak|grund|date|dato|datum|status|\bid\b|\bno\b|nr\b|type|policy|method"
_CENT = 0.011
_SHARE = 0.98


def less_returned(beside: Besides) -> tuple[Besides, list[str]]:
    """Take off what a column of returned units says, unless the amounts are without it already.

    Amounts that are quantity times price are before it; those of what is left times the price are
    after it. Raises ``LedgerError`` where neither shows, and nobody has named the amount.
    """
    if "quantity" not in beside.lines.columns:
        return beside, []
    headings = [one for one in beside.called(_BACK) if not re.search(_NEVER, one)]
    headings = [heading for heading in headings if re.search(_COUNT, heading)]
    if not headings:
        return beside, []
    table = beside.with_cells(x_back=headings[0])
    back, sold = figure(table.x_back).abs(), table.quantity.cast("float64")
    some = (beside.sound(table) & (back > 0) & (sold > 0)).fill_null(False)
    table = table.mutate(x_some=some, x_left=sold - back)
    shows = _shows(table, beside)
    if not shows["some"] or shows["over"]:
        return beside, []
    if shows["less"] >= _SHARE * shows["some"]:
        return without(beside, headings[:1], beside.lines), []
    lines = _lessened(table)
    if shows["whole"] < _SHARE * shows["some"]:
        if "amount" in beside.given:
            return beside, []
        _ask(beside, headings[0], lines)
    note = _(
        "“{heading}” is taken off: {total} in all, {before} before it.",
        heading=headings[0],
        total=beside.total(lines),
        before=beside.total(beside.lines),
    )
    return without(beside, headings[:1], lines), [note]


def _shows(table: ir.Table, beside: Besides) -> dict[str, float]:
    """Count the lines with units that came back, and those whose amount is with or without them."""
    sold, amount = table.quantity.cast("float64"), table.amount.cast("float64")
    tests = {"some": table.x_some, "over": table.x_some & (table.x_left < -_CENT)}
    price = table.unit_price.cast("float64") if "unit_price" in table.columns else None
    if price is None:
        gone = table.x_some & (table.x_left.abs() < _CENT)
        tests |= {"whole": gone & (amount.abs() > _CENT), "less": gone & (amount.abs() < _CENT)}
    else:
        slack = sold * 0.0051 + _CENT
        tests["whole"] = table.x_some & ((amount - sold * price).abs() <= slack)
        tests["less"] = table.x_some & ((amount - table.x_left * price).abs() <= slack)
    sums = {name: test.sum().fill_null(0) for name, test in tests.items()}
    seen = beside.engine.row(sums, table)
    if price is None and seen["less"] and not seen["whole"]:  # what came back whole is worth 0
        seen["less"] = seen["some"]
    elif price is None:
        seen["whole"] = seen["less"] = 0
    return {name: float(count) for name, count in seen.items()}


def _lessened(table: ir.Table) -> ir.Table:
    """Return the lines with what came back taken off the quantity and all that it is worth."""
    left, sold = table.x_left.cast(DECIMAL), table.quantity.cast(DECIMAL)
    names = ("amount", "list_amount", "cost")
    taken = {
        name: table.x_some.ifelse(quotient(table[name], left, sold), table[name]).cast(
            table[name].type()
        )
        for name in names
        if name in table.columns
    }
    quantity = table.x_some.ifelse(left, sold).cast(table.quantity.type())
    gone = [name for name in table.columns if name.startswith("x_")]
    return table.mutate(**taken, quantity=quantity).drop(*gone)


def _ask(beside: Besides, heading: str, lines: ir.Table) -> NoReturn:
    amount = beside.columns.get("amount", "")
    option = map_option("amount", amount)
    raise LedgerError(
        _("Nothing tells whether the amounts hold what came back by “{heading}”.", heading=heading),
        where=beside.part.label,
        found=_(
            "{total} in all as it stands, {less} without it",
            total=beside.total(beside.lines),
            less=beside.total(lines),
        ),
        wanted=_("the amount of what the customer kept"),
        remedy=_(
            "If it is taken off already, say {option}; else export returns as credit notes, or the "
            "price of a unit beside the quantity.",
            option=option,
        ),
    )
