"""The signs of credit notes: below zero, but for what is kept back of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.language import ngettext
from kamkit.money import DECIMAL

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_credit_signs(
    ledger: ir.Table, credit: Sequence[str], lines: Sequence[Mapping[str, Any]], engine: Engine
) -> tuple[ir.Table, list[str]]:
    """Turn the credit notes that are above zero; return the ledger and what to tell.

    ``credit`` are the words for credit notes and ``lines`` how many ``positive`` and ``negative``
    amounts each has. A document below zero with lines of both signs keeps them: the line above zero
    is a fee that is kept back.
    """
    import ibis

    if not sum(line["positive"] for line in lines):
        return ledger, []
    credited = ledger.doc_type.isin(credit).fill_null(False)
    above = credited & (ledger.amount > 0).fill_null(False)
    kept: ir.BooleanValue = ibis.literal(False)
    if "invoice_id" in ledger.columns and any(line["negative"] for line in lines):
        of_one = ibis.window(group_by=[ledger.account_id, ledger.invoice_id, credited])
        below = (ledger.amount.sum().over(of_one) < 0).fill_null(False)
        kept = above & below & ledger.invoice_id.notnull() & ledger.account_id.notnull()
    ledger = ledger.mutate(is_above=above & ~kept, is_kept=kept, is_credited=credited)
    seen = engine.row(
        {name: ledger[f"is_{name}"].sum().fill_null(0) for name in ("above", "kept")}, ledger
    )
    down = ledger.is_credited & ~ledger.is_kept
    turned = {
        n: ibis.ifelse(down & (ledger[n] > 0), -ledger[n], ledger[n]).cast(DECIMAL)
        for n in ("amount", "quantity", "cost", "list_amount")
        if n in ledger.columns
    }
    signed = ledger.mutate(**turned).drop("is_above", "is_kept", "is_credited")
    return signed, _told(int(seen["above"]), int(seen["kept"]))


def _told(turned: int, kept: int) -> list[str]:
    notes = []
    if turned:
        notes.append(
            ngettext(
                "{n} line of credit notes with a positive amount was turned negative.",
                "{n} lines of credit notes with a positive amount were turned negative.",
                turned,
            )
        )
    if kept:
        notes.append(
            ngettext(
                "{n} line of credit notes stays above zero: its credit note is below zero in all.",
                "{n} lines of credit notes stay above zero: their credit notes are below zero in "
                "all.",
                kept,
            )
        )
    return notes
