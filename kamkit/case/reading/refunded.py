"""What was paid back of an amount: its VAT is taken off where the numbers show it to be in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.reading.weighed import CENT, Lines, near
from kamkit.language import gettext as _
from kamkit.money import quotient

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case.reading.prices import Made


def without_vat(lines: Lines, made: Made) -> ir.DecimalColumn:
    """Return what is credited beside the amount, without VAT.

    It holds VAT where some is more than the amount of its line, and is then that and its VAT: what
    is credited of the others is lessened by their share of VAT.
    """
    credit = lines.table["credit_amount"].abs()
    taxes = lines.named("vat")
    if not taxes or made.column == "amount_incl_vat" or taxes[0] in made.used:
        return credit
    tax = lines.float(taxes[0]).fill_null(0.0)
    amount, paid_back = made.amount.cast("float64"), credit.cast("float64")
    more = (paid_back > amount + CENT) & (amount > 0)
    shows = lines.agreement({"gross": (near(paid_back, amount + tax), more)})
    if not shows["gross"]:
        return credit
    made.checked.add(taxes[0])
    lines.notes.append(
        _("{credit} holds VAT: it is taken off without it.", credit=lines.heading("credit_amount"))
    )
    whole = made.amount + lines.table[taxes[0]].fill_null(0).cast(made.amount.type())
    return (whole > 0).ifelse(quotient(credit, made.amount, whole.nullif(0)), credit)
