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
    if _holds_as_its_amount(lines, made):
        lines.notes.append(_told(lines))
        gross = lines.table[made.column]
        return (gross != 0).ifelse(quotient(credit, made.amount, gross.nullif(0)), credit)
    if not taxes or made.column == "amount_incl_vat" or taxes[0] in made.used:
        return credit
    tax = lines.float(taxes[0]).fill_null(0.0)
    amount, paid_back = made.amount.cast("float64"), credit.cast("float64")
    more = (paid_back > amount + CENT) & (amount > 0)
    shows = lines.agreement({"gross": (near(paid_back, amount + tax), more)})
    if not shows["gross"]:
        return credit
    made.checked.add(taxes[0])
    lines.notes.append(_told(lines))
    whole = made.amount + lines.table[taxes[0]].fill_null(0).cast(made.amount.type())
    return (whole > 0).ifelse(quotient(credit, made.amount, whole.nullif(0)), credit)


def _holds_as_its_amount(lines: Lines, made: Made) -> bool:
    """Tell whether VAT was taken off the amount, and what is credited is written as that was.

    It is, unless it is the net amount of some line that was credited as a whole.
    """
    if made.column.partition("__")[0] not in ("amount", "amount_incl_vat", "list_amount"):
        return False
    paid_back, gross = lines.float("credit_amount").abs(), lines.float(made.column)
    net = made.amount.cast("float64")
    taxed = ((gross - net).abs() > CENT).fill_null(False)
    back = taxed & (paid_back > 0)
    tests = {
        "taxed": back,
        "net": back & near(paid_back, net),
        "gross": back & near(paid_back, gross),
    }
    seen = lines.engine.row({n: test.sum().fill_null(0) for n, test in tests.items()}, lines.table)
    return bool(seen["taxed"] and seen["gross"] >= seen["net"])


def _told(lines: Lines) -> str:
    return _(
        "{credit} holds VAT: it is taken off without it.", credit=lines.heading("credit_amount")
    )
