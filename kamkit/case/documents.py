"""Invoices and credit notes: told apart by their words, credit notes negative."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.headings import folded
from kamkit.language import gettext as _
from kamkit.language import join, ngettext
from kamkit.money import DECIMAL

if TYPE_CHECKING:
    import ibis.expr.types as ir

_CREDIT = frozenset(
    {
        "creditnote",
        "creditmemo",
        "credit",
        "cn",
        "cm",
        "k",
        "kn",
        "kreditnota",
        "kredit",
        "salgskreditnota",
        "bokførtsalgskreditnota",
        "kreditfaktura",
        "refund",
        "return",
        "retur",
    }
)
_INVOICE = frozenset(
    {
        "invoice",
        "inv",
        "i",
        "f",
        "faktura",
        "salgsfaktura",
        "bokførtsalgsfaktura",
        "sale",
        "salg",
        "salesinvoice",
        "order",
        "ordre",
        "kontantsalg",
        "utgåendefaktura",
    }
)


def typed_documents(ledger: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Read the document type of each line; return the ledger and notes on what was settled.

    ``doc_type`` becomes ``invoice`` or ``credit_note``, and ``is_other`` marks the lines that are
    neither. Credit notes written as positive amounts are turned negative, unless some of them are
    negative already. Where most of the words are unknown, the sign of the amount decides.
    """
    import ibis

    if "doc_type" not in ledger.columns:
        return ledger.mutate(is_other=ibis.literal(False)), []
    seen = engine.rows(
        ledger.group_by("doc_type").aggregate(
            rows=ledger.count(),
            negative=(ledger.amount < 0).sum().fill_null(0),
            positive=(ledger.amount > 0).sum().fill_null(0),
        )
    )
    kinds = {line["doc_type"]: _kind(line["doc_type"]) for line in seen}
    filled = sum(line["rows"] for line in seen if line["doc_type"])
    known = sum(line["rows"] for line in seen if line["doc_type"] and kinds[line["doc_type"]])
    if known * 2 < filled:
        note = _(
            "The document types {words} are not known; credit notes are told by their sign.",
            words=join([f"“{line['doc_type']}”" for line in seen if line["doc_type"]][:5]),
        )
        return ledger.drop("doc_type").mutate(is_other=ibis.literal(False)), [note]
    credit = [word for word, kind in kinds.items() if kind == "credit_note"]
    lines = [line for line in seen if line["doc_type"] in credit]
    ledger, notes = _credit_signs(ledger, credit, lines)
    other = [word for word, kind in kinds.items() if word and not kind]
    typed = ledger.mutate(
        is_other=ledger.doc_type.isin(other).fill_null(False),
        doc_type=ibis.ifelse(ledger.doc_type.isin(credit), "credit_note", "invoice"),
    )
    return typed, notes


def _credit_signs(
    ledger: ir.Table, credit: list[str], lines: list[dict[str, Any]]
) -> tuple[ir.Table, list[str]]:
    import ibis

    positive = sum(line["positive"] for line in lines)
    if not positive:
        return ledger, []
    if any(line["negative"] for line in lines):
        note = ngettext(
            "{n} line of credit notes has a positive amount among negative ones and is "
            "counted as it stands.",
            "{n} lines of credit notes have a positive amount among negative ones and are "
            "counted as they stand.",
            positive,
        )
        return ledger, [note]
    note = ngettext(
        "{n} line of credit notes with a positive amount was turned negative.",
        "{n} lines of credit notes with a positive amount were turned negative.",
        positive,
    )
    is_credit = ledger.doc_type.isin(credit)
    turned = {
        n: ibis.ifelse(is_credit & (ledger[n] > 0), -ledger[n], ledger[n]).cast(DECIMAL)
        for n in ("amount", "quantity", "cost", "list_amount")
        if n in ledger.columns
    }
    return ledger.mutate(**turned), [note]


def _kind(word: str | None) -> str:
    fold = folded(word or "")
    return "credit_note" if fold in _CREDIT else "invoice" if fold in _INVOICE else ""
