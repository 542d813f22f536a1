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
    ledger, kept = _with_kept(ledger, credit, lines, engine)
    credited = ledger.doc_type.isin(credit).fill_null(False)
    down = credited & ~ledger.is_kept
    turned = {
        n: ibis.ifelse(down & (ledger[n] > 0), -ledger[n], ledger[n]).cast(DECIMAL)
        for n in ("amount", "quantity", "cost", "list_amount")
        if n in ledger.columns
    }
    count = sum(line["positive"] for line in lines) - kept
    return ledger.mutate(**turned).drop("is_kept"), _notes(count, kept)


def _with_kept(
    ledger: ir.Table, credit: Sequence[str], lines: Sequence[Mapping[str, Any]], engine: Engine
) -> tuple[ir.Table, int]:
    """Mark as ``is_kept`` what is above zero on a credit note below zero; return how many it is."""
    import ibis

    never = ledger.mutate(is_kept=ibis.literal(False))
    if "invoice_id" not in ledger.columns or not any(line["negative"] for line in lines):
        return never, 0
    credited = ledger.doc_type.isin(credit).fill_null(False)
    of_one = ibis.window(group_by=[ledger.account_id, ledger.invoice_id, credited])
    below = (ledger.amount.sum().over(of_one) < 0) & (ledger.amount > 0)
    known = ledger.invoice_id.notnull() & ledger.account_id.notnull()
    marked = ledger.mutate(is_kept=(credited & known & below).fill_null(False))
    kept = int(engine.row({"n": marked.is_kept.sum().fill_null(0)}, marked)["n"])
    return (marked, kept) if kept else (never, 0)


def _notes(turned: int, kept: int) -> list[str]:
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
