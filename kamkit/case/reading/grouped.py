"""Lines that are the sum of the others of their customer or invoice, whatever they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FIRST = 5000  # rows in which the pattern must show before all are asked
_LEAST = 3  # groups of three lines or more
_SHARE = 0.9
_CENT = 0.011


def without_group_sums(lines: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Mark as totals the lines that are the sum of all others of their group; return what to tell.

    In nine of ten invoices, or customers, of three lines or more the first, or the last, line is
    the sum of the others: the heading line of an invoice, or a sum that has no word of its own.
    """
    sound = ~(lines.is_broken | lines.is_blank | lines.is_heading | lines.is_total | lines.is_paid)
    sound &= ~lines.left_out & lines.amount.notnull() & lines.account_id.notnull()
    keys = [["account_id", "invoice_id"]] if "invoice_id" in lines.columns else []
    for group in (*keys, ["account_id"]):
        own = lines.filter(sound.fill_null(False))
        own = own.filter(own[group[-1]].notnull())
        if not _place(own.filter(own.source_row <= _FIRST), group, engine, 0.7):
            continue
        if place := _place(own, group, engine, _SHARE):
            groups = _groups(own, group)
            hit = groups.filter(groups[place] & (groups.n > 1))
            column = hit.first_row if place == "leads" else hit.last_row
            rows = engine.taken(hit.select(sum_row=column))
            joined = lines.left_join(rows, lines.source_row == rows.sum_row)
            summed = joined.sum_row.notnull()
            marked = joined.mutate(is_total=joined.is_total | summed)
            seen = engine.row(
                {"n": summed.sum(), "sum": marked.amount.sum(where=marked.sum_row.notnull())},
                marked,
            )
            return marked.drop("sum_row"), [_told(int(seen["n"]), float(seen["sum"] or 0), group)]
    return lines, []


def _told(count: int, total: float, group: list[str]) -> str:
    if len(group) > 1:
        return ngettext(
            "{n} line is the sum of the others of its invoice, {amount}, and is set aside.",
            "{n} lines are each the sum of the others of their invoice, {amount}, and are set "
            "aside.",
            count,
            amount=number(total, 2),
        )
    return ngettext(
        "{n} line is the sum of the others of its customer, {amount}, and is set aside.",
        "{n} lines are each the sum of the others of their customer, {amount}, and are set aside.",
        count,
        amount=number(total, 2),
    )


def _groups(lines: ir.Table, group: list[str]) -> ir.Table:
    """Return each group with whether its first, or its last, line is the sum of the others."""
    amount = lines.amount.cast("float64")
    found = lines.group_by(group).aggregate(
        n=lines.count(),
        sum=amount.sum(),
        first_row=lines.source_row.min(),
        last_row=lines.source_row.max(),
        first=amount.argmin(lines.source_row),
        last=amount.argmax(lines.source_row),
    )
    there = found["sum"].abs() > _CENT
    return found.mutate(
        leads=there & ((found["first"] * 2 - found["sum"]).abs() < _CENT),
        ends=there & ((found["last"] * 2 - found["sum"]).abs() < _CENT),
    )


def _place(lines: ir.Table, group: list[str], engine: Engine, share: float) -> str:
    """Return which line of nearly all groups is the sum of the others; empty where none is."""
    groups = _groups(lines, group)
    several = groups.n > 2
    seen = engine.row(
        {
            "of": several.sum().fill_null(0),
            "leads": (several & groups.leads).sum().fill_null(0),
            "ends": (several & groups.ends).sum().fill_null(0),
        },
        groups,
    )
    if seen["of"] < _LEAST:
        return ""
    return next((one for one in ("ends", "leads") if seen[one] >= share * seen["of"]), "")
