"""Amounts in the smallest unit of their currency, as payment services write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.headings import folded
from kamkit.case.reading.besides import Besides, without
from kamkit.language import gettext as _
from kamkit.money import DECIMAL, quotient

if TYPE_CHECKING:
    import ibis.expr.types as ir

_OBJECTS = frozenset(
    (
        *("invoice", "charge", "payment_intent", "line_item", "invoiceitem", "refund"),
        *("balance_transaction", "credit_note", "checkout.session", "subscription", "order"),
    )
)
"""What Stripe calls its records in the field “object”."""
_WHOLE = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "JPY",
    "KMF",
    "KRW",
    "MGA",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
_THOUSANDTHS = ("BHD", "JOD", "KWD", "OMR", "TND")
_MONEY = ("amount", "list_amount", "unit_price", "cost")


def in_whole_units(beside: Besides) -> tuple[Besides, list[str]]:
    """Divide the amounts of Stripe's own records by 100, or by what their currency has.

    Told by the field “object”, the currency in small letters, and whole numbers on every line.
    """
    headings = [one for one in beside.free if folded(one) in ("object", "lineobject")]
    if not headings or "currency" not in beside.lines.columns:
        return beside, []
    table = beside.with_cells(x_object=headings[0])
    kinds = beside.engine.rows(table.select("x_object").distinct().limit(len(_OBJECTS) + 1))
    words = {row["x_object"] for row in kinds if row["x_object"]}
    if not words or not words <= _OBJECTS:
        return beside, []
    lines = beside.lines
    parts = lines.amount.notnull() & (lines.amount.floor() != lines.amount)
    if beside.engine.row({"n": parts.sum().fill_null(0)}, lines)["n"]:
        return beside, []
    by = _units(lines)
    divided = {
        name: quotient(lines[name], _exact_one(), by).cast(lines[name].type())
        for name in _MONEY
        if name in lines.columns
    }
    found = lines.mutate(**divided)
    note = _(
        "“{heading}” shows records of Stripe, whose amounts are in the smallest unit, such as øre: "
        "they come to {total} in all.",
        heading=headings[0],
        total=beside.total(found),
    )
    return without(beside, headings[:1], found), [note]


def _units(lines: ir.Table) -> ir.DecimalValue:
    """Return how many of the smallest units of its currency one unit has."""
    import ibis

    code = lines.currency.upper()
    units = ibis.ifelse(code.isin(_WHOLE), 1, ibis.ifelse(code.isin(_THOUSANDTHS), 1000, 100))
    return units.fill_null(100).cast(DECIMAL)


def _exact_one() -> ir.DecimalScalar:
    import ibis

    return ibis.literal("1").cast(DECIMAL)
