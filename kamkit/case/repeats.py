"""Exports that write the total of an invoice, or of an order, on each of its lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEAST = 5  # invoices of three lines or more that tell it by themselves
_SHARE = 0.95
_CENT = 0.011
_MANY = 200_000  # lines, of which a tenth of the invoices is looked at first
_OF_AN_ORDER = re.compile(
    r"(?i)^\W*(?:sales[ _-]?)?(?:order|invoice|inv|bill|document|doc|(?:salgs)?ordre|faktura|"
    r"rechnungs?|auftrags?|bestell|beleg|facture|factuur|fattura|factura|lasku|tilaus|zamówieni)"
    r"(?:ens|ans|s|ts|en|a)?[ _-]*(?:grand[ _-]?)?"
    r"(?:total(?:t|en|e|s|summe|sum|beløp|belopp|amount|betrag)?|sum(?:men|ma|me)?|gesamt|totaal)\b"
)
"""A heading that says that an amount is that of the whole order or invoice."""


def without_repeated_totals(
    ledger: ir.Table,
    options: ReadOptions,
    engine: Engine,
    where: str,
    heading: str = "",
    *,
    rows: int = 0,
) -> ir.Table:
    """Meet the export that writes the invoice's total on each of its lines.

    Nearly all invoices of several lines have the same amount on each. Five of three lines or more
    tell it; one of two lines does where the ``heading`` of the amount says that it is that of the
    whole order or invoice, unless it is the line's own quantity times price. Of many ``rows`` the
    invoices whose number ends in 7 are looked at first: the others are where half of those tell it.

    Raises ``LedgerError`` unless the options say what such an amount is.
    """
    import ibis

    if "invoice_id" not in ledger.columns or options.invoice_totals == "lines":
        return ledger
    if rows > _MANY and _differ(_counts(ledger.filter(ledger.invoice_id.endswith("7")), engine)):
        return ledger
    seen = _counts(ledger, engine)
    least = 2 if _is_told(seen, heading) else 3
    same, several = seen[f"same_{least}"], seen[f"several_{least}"]
    if (least == 3 and several < _LEAST) or same < _SHARE * several:
        return ledger
    if options.invoice_totals == "refuse":
        raise _totals_on_lines(same, several, where, least)
    position = ibis.row_number().over(
        group_by=[ledger.account_id, ledger.invoice_id, ledger.reason.isnull()],
        order_by=[ledger.part, ledger.source_row],
    )
    again = ledger.reason.isnull() & ledger.invoice_id.notnull() & (position > 0)
    return ledger.mutate(reason=ibis.ifelse(again, "repeated_total", ledger.reason))


def _differ(seen: dict[str, int]) -> bool:
    """Tell whether enough invoices were seen, and most of them have different amounts."""
    return seen["all"] >= 1000 and all(
        2 * seen[f"same_{n}"] <= seen[f"several_{n}"] for n in (2, 3)
    )


def _is_told(seen: dict[str, int], heading: str) -> bool:
    """Tell whether the heading says that invoices of two lines are enough."""
    several = seen["several_2"]
    if not several or not _OF_AN_ORDER.match(heading):
        return False
    return bool(seen["same_2"] >= _SHARE * several and seen["own"] < _SHARE * several)


def _counts(ledger: ir.Table, engine: Engine) -> dict[str, int]:
    """Count the invoices of two or three lines and more, and those with one amount on them all.

    ``own`` are those whose amounts are each line's quantity times price.
    """
    import ibis

    used = ledger.filter(ledger.reason.isnull() & (ledger.amount != 0))
    used = used.filter(used.invoice_id.notnull())
    amount = used.amount.cast("float64")
    worth = ibis.literal(None, "float64")
    if {"quantity", "unit_price"} <= set(used.columns):
        worth = used.quantity.cast("float64") * used.unit_price.cast("float64")
    invoices = used.group_by(["account_id", "invoice_id"]).aggregate(
        lines=used.count(),
        low=used.amount.min(),
        high=used.amount.max(),
        off=(amount - worth).abs().max(),
    )
    alike = invoices.low == invoices.high
    counts = {
        "all": invoices.lines > 0,
        "own": (invoices.lines > 1) & alike & (invoices.off < _CENT),
    }
    for least in (2, 3):
        counts[f"several_{least}"] = invoices.lines >= least
        counts[f"same_{least}"] = (invoices.lines >= least) & alike
    counts_seen = engine.row(
        {name: test.sum().fill_null(0) for name, test in counts.items()}, invoices
    )
    return {name: int(count) for name, count in counts_seen.items()}


def _totals_on_lines(same: int, several: int, where: str, least: int) -> LedgerError:
    counts = {"same": number(same), "several": number(several)}
    two = _("{same} of {several} invoices with two lines or more", **counts)
    three = _("{same} of {several} invoices with three lines or more", **counts)
    return LedgerError(
        _("Every line of an invoice has the same amount: it looks like the invoice's total."),
        where=where,
        found=two if least == 2 else three,
        wanted=_("the amount of each line"),
        remedy=_(
            'Choose the line\'s amount with --map amount="Heading", or say '
            'invoice_totals = "once" (count each invoice once) or "lines" (they are '
            "the lines' own amounts) under [options] in the mapping file."
        ),
        questions=[
            (_("Is it the invoice's total?"), ("--invoice-totals once", "--invoice-totals lines"))
        ],
    )
