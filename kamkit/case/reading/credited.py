"""Credit notes that no document type tells: their own number or their text does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

NUMBER = (
    r"(?i)^\W*(?:ps[\W_]+)?(?:kn|kre|kred|kreditnota|kreditt?|cn|crn|cm|cr|credit|gs|gut|av|avoir|rcn|kfs)"
    r"[\W_]*\d"
)
"""A document number that says credit note, such as KN101."""
TEXT = (
    r"(?i)^\s*(?:(?:delvis |full )?krediter(?:ing|er|ar|t|at|et)\s+(?:av|faktura|for|f\.?nr)\b|"
    r"kredit(?:t?nota|note|faktura)\b(?:$| ?\d| (?:til|for|på|av|nr|fra|faktura))|"
    r"credit(?: note| memo|ed)? (?:for|to|of|against) |"
    r"credit (?:note|memo)\b|gutschrift\b(?:$| )|storno(?:rechnung)?\b|rechnungskorrektur\b|"
    r"avoir (?:sur|pour|n°|facture)|credit(?:nota|factuur)\b|crediteer\w* |nota de crédito|"
    r"nota di credito|korekta (?:do|faktury))"
)
"""A text that says that the line is credited."""
GOODS = r"(?i)^\s*credit (?:note|memo)[- ](?:pads?|forms?|book|templates?|stamps?|blocks?)\b"
"""Goods that are called after credit notes, such as “Credit note pads A4”."""
_LETTERS = r"^[^\w]*([A-Za-zÆØÅæøåÄÖÜäöü]*)"
_MOST = 3  # of all lines, one may be credited
_INVOICE = frozenset(
    (
        *("", "f", "fa", "fak", "fakt", "faktura", "fkt", "ft", "fv", "fs", "fac", "fact", "fat"),
        *("i", "in", "inv", "invoice", "si", "sinv", "psi", "ps", "ti", "r", "re", "rg", "rn"),
        *("rech", "rechnung", "o", "or", "ord", "order", "ordre", "so", "s", "sf", "b", "bill"),
        *("n", "no", "nr", "d", "doc", "dok", "bel", "v", "vf", "uf", "kf", "sales", "sale", "ar"),
    )
)
"""Letters before the numbers of invoices; where there are others, they may be countries."""


def with_credited(
    lines: ir.Table, engine: Engine, given: Mapping[str, str], *, numbered: bool, said: bool
) -> tuple[ir.Table, list[str]]:
    """Give a document type to lines above zero whose number or text says that they are credited.

    Nothing is done where a document type is known, where any of these lines is below zero already,
    or where they are more than a third. Returns the lines and what to tell.
    """
    import ibis

    if "doc_type" in {*lines.columns, *given}:
        return lines, []
    tests: dict[str, ir.BooleanValue] = {}
    if said:
        goods = lines.memo.re_search(GOODS)
        tests["text"] = (lines.memo.re_search(TEXT) & ~goods).fill_null(False)
    if numbered:
        tests["number"] = lines.invoice_id.re_search(NUMBER).fill_null(False)
    for kind, test in tests.items():
        seen = engine.row(
            {
                "n": test.sum().fill_null(0),
                "below": (test & (lines.amount < 0)).sum().fill_null(0),
                "sum": lines.amount.sum(where=test),
                "all": lines.amount.count(),
            },
            lines,
        )
        few = seen["n"] > 0 and seen["n"] * _MOST <= seen["all"]
        if not few or seen["below"]:
            continue
        if kind == "number":
            others = lines.filter(~test).select(word=lines.invoice_id.re_extract(_LETTERS, 1))
            words = engine.rows(others.distinct().limit(len(_INVOICE) + 1))
            if not {(row["word"] or "").lower() for row in words} <= _INVOICE:
                continue
            first = lines.filter(test).select(word=lines.invoice_id).order_by("word").limit(1)
            seen["first"] = engine.rows(first)[0]["word"]
        return lines.mutate(doc_type=ibis.ifelse(test, "credit note", "invoice")), [
            _note(kind, seen)
        ]
    return lines, []


def _note(kind: str, seen: Mapping[str, object]) -> str:
    count, total = int(str(seen["n"])), number(float(str(seen["sum"])), 2)
    if kind == "number":
        return ngettext(
            "{n} line is a credit note by its number, such as {first}: {amount} is taken off. If "
            "it is none, say --map doc_type=",
            "{n} lines are credit notes by their numbers, such as {first}: {amount} is taken off. "
            "If they are none, say --map doc_type=",
            count,
            first=str(seen["first"]),
            amount=total,
        )
    return ngettext(
        "{n} line is a credit note by its text: {amount} is taken off. If it is none, say "
        "--map doc_type=",
        "{n} lines are credit notes by their texts: {amount} is taken off. If they are none, say "
        "--map doc_type=",
        count,
        amount=total,
    )
