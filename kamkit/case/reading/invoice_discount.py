"""A discount of the whole invoice that stands on each of its lines, beside the line's amount."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from kamkit.case.reading.besides import Besides, figure, without
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.money import DECIMAL, quotient

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WHOLE = r"invoice|order|document|faktura|ordre|rechnung|auftrag|bestell|factuur|facture|total"
_OFF = r"discount|rabatt?|korting|remise|nachlass|upust"
_HEADING = rf"(?i)(?:{_WHOLE}).*(?:{_OFF})|(?:{_OFF}).*(?:{_WHOLE})"
_NEVER = r"(?i)line|linje|rad\b|zeile|code|kode|type|name|navn|date|dato|before|før|ohne|excl"
_TOTAL = rf"(?i)(?:{_WHOLE}|grand|sum)[\W_]*(?:total|sum|amount|beløp|belopp|betrag|net|netto)"
_PER_CENT = r"(?i)%|percent|pct|prosent|procent|prozent"
_CENT = 0.051
_SHARE = 0.98


def less_invoice_discount(beside: Besides) -> tuple[Besides, list[str]]:
    """Take a discount of the whole invoice off its lines, each by its share.

    It is one number on all lines of an invoice. The invoice's total tells whether it is in the
    amounts already; without one the options do, and else ``LedgerError`` is raised.
    """
    headings = [
        heading
        for heading in beside.part.headings
        if re.search(_HEADING, heading) and not re.search(_NEVER, heading)
    ]
    headings = [
        heading
        for heading in headings
        if beside.part.headings.count(heading) == 1 and heading not in beside.columns.values()
    ]
    if not headings or "invoice_id" not in beside.lines.columns:
        return beside, []
    if re.search(_TOTAL, beside.columns.get("amount", "")):
        return beside, []  # the amount is itself the total of each invoice
    if beside.options.discount == "none":
        return without(beside, headings[:1], beside.lines), []
    totals = [one for one in beside.called(_TOTAL) if one not in headings][:1]
    table = beside.with_cells(x_off=headings[0], **({"x_total": totals[0]} if totals else {}))
    lines = _shared(table, beside, per_cent=bool(re.search(_PER_CENT, headings[0])))
    seen = _shows(lines, beside)
    if not seen["some"] or seen["one"] < _SHARE * seen["all"]:
        return beside, []
    if totals and seen["held"] >= _SHARE * seen["some"]:
        return without(beside, headings[:1], beside.lines), []
    left = quotient(lines.amount, lines.x_left.cast(DECIMAL), lines.x_sum.cast(DECIMAL))
    off = lines.x_off_it.fill_null(False)
    amount = off.ifelse(left, lines.amount).cast(lines.amount.type())
    gone = [name for name in lines.columns if name.startswith("x_")]
    found = lines.mutate(amount=amount).drop(*gone)
    sure = bool(totals) and seen["after"] >= _SHARE * seen["some"]
    if not (sure or beside.options.discount in ("amount", "percent")):
        _ask(beside, headings[0], found)
    note = _(
        "The discount “{heading}” of each invoice is taken off its lines: {net} in all, {before} "
        "before it.",
        heading=headings[0],
        net=beside.total(found),
        before=beside.total(beside.lines),
    )
    return without(beside, [headings[0], *totals], found), [note]


def _shared(table: ir.Table, beside: Besides, *, per_cent: bool) -> ir.Table:
    """Return the lines with the sum of their invoice and what is left of it by the discount."""
    import ibis

    own = beside.sound(table) & table.invoice_id.notnull()
    amount = own.ifelse(table.amount, None).cast("float64")
    off = figure(table.x_off.re_replace(r"\s*%$", "")).abs()
    over = ibis.window(group_by=[table.account_id, table.invoice_id])
    table = table.mutate(
        x_own=own,
        x_cut=off,
        x_sum=amount.sum().over(over),
        x_low=off.min().over(over),
        x_high=off.max().over(over),
    )
    left = table.x_sum * (1 - table.x_cut / 100) if per_cent else table.x_sum - table.x_cut
    return table.mutate(x_left=left, x_off_it=own & (table.x_cut > 0) & (table.x_sum > 0))


def _shows(lines: ir.Table, beside: Besides) -> dict[str, int]:
    """Count the lines with a discount, and those of which one discount or a total tells."""
    some = lines.x_off_it
    tests = {
        "all": lines.x_own,
        "some": some,
        "one": lines.x_own & ((lines.x_low == lines.x_high) | lines.x_low.isnull()),
    }
    if "x_total" in lines.columns:
        total = figure(lines.x_total)
        tests["held"] = some & ((total - lines.x_sum).abs() < _CENT)
        tests["after"] = some & ((total - lines.x_left).abs() < _CENT)
    return beside.engine.row({name: one.sum().fill_null(0) for name, one in tests.items()}, lines)


def _ask(beside: Besides, heading: str, found: ir.Table) -> NoReturn:
    kind = "percent" if re.search(_PER_CENT, heading) else "amount"
    raise LedgerError(
        _("Nothing tells whether the discount “{heading}” is in the amounts.", heading=heading),
        where=beside.part.label,
        found=_(
            "{total} in all as it stands, {less} with it taken off each invoice",
            total=beside.total(beside.lines),
            less=beside.total(found),
        ),
        wanted=_("the amount of each line after discount"),
        remedy=_(
            "Say --discount {kind} to take it off, --discount none if amounts are after it.",
            kind=kind,
        ),
        questions=[(_("Is it to be taken off?"), (f"--discount {kind}", "--discount none"))],
    )
