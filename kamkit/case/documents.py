"""Invoices and credit notes: told apart by their words, credit notes negative."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kamkit.case.credits import with_credit_signs
from kamkit.case.engine import Engine
from kamkit.case.headings import folded
from kamkit.case.reading.statuses import NO, YES
from kamkit.case.wording import REASON
from kamkit.case.words import WORDS
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

KINDS = ("credit_note", "invoice", "no_sale")
"""What the word for a document may mean."""

_SIDES: tuple[set[str], ...] = (
    *({"s", "h"}, {"d", "k"}, {"d", "c"}, {"dr", "cr"}, {"debit", "credit"}, {"soll", "haben"}),
    *({"debet", "kredit"}, {"debe", "haber"}, {"dare", "avere"}, {"winien", "ma"}),
)
"""The two sides of an account: of a customer's, what is sold stands on the first."""
_CREDITED = frozenset(("h", "k", "c", "cr", "credit", "haben", "kredit", "haber", "avere", "ma"))
_PLUS, _MINUS = {"+", "1", "+1", "plus", "pluss"}, {"-", "-1", "minus"}
_SIGN = frozenset(("fortegn", "sign", "vorzeichen", "förtecken", "teken", "signe"))
_LEAST = 2  # lines below zero that are asked about
_UBL, _UBL_CREDIT = {"380", "82", "383", "386", "393", "395"}, {"381", "81", "83", "396"}
"""Codes of UN/CEFACT 1001 for invoices and credit notes, as in e-invoices."""
_SAP = {"re": "credit_note", "l2": "invoice", "f5": "no_sale", "f8": "no_sale"}
"""Billing types of SAP: returns, debit memo and pro forma; RE is a German invoice elsewhere."""
_OWN_TYPE = r"z(?:[a-z]\d|re)"
"""A company's own copy of a type of SAP, such as ZF2."""
_CENTRAL = {"1": "no_sale", "4": "no_sale", "5": "no_sale", "6": "no_sale"}
_CENTRAL_HEADING = frozenset(("documenttype", "dokumenttype", "bilagstype"))
"""Codes of Business Central: payment, finance charge, reminder and refund; 2 and 3 are sales."""
_STRIPE = {
    **dict.fromkeys(("charge", "payment"), "invoice"),
    **dict.fromkeys(("refund", "paymentrefund", "paymentfailurerefund"), "credit_note"),
    **dict.fromkeys(("payout", "stripefee", "adjustment", "transfer", "topup"), "no_sale"),
    **dict.fromkeys(("applicationfee", "taxfee", "networkcost", "payoutfailure"), "no_sale"),
    **dict.fromkeys(("payoutcancel", "reservetransaction", "contribution"), "no_sale"),
}
"""Types of Stripe, whose payments are sales and whose payouts go to the seller's bank."""
_PREPAID = (
    r"(?:pre|down|advance)[ -]?pay|anzahlung|abschlag|vorauszahlung|teilzahlung|acompte|voorschot|"
    r"förskott|forskud|forhåndsbetal|zaliczk|acconto|anticipo|[aà][ -]?conto"
)
_PARTS = {
    "no_sale": (
        r"payment|betal|zahlung|innbet|indbet|inbet|paiement|pagament|purchase|supplier|vendor|"
        r"leverand|leverant|^inng|^inkommande|^inköp|eingang|inkoop|achat|quot|tilbud|offert|proforma"
    ),
    "credit_note": (
        r"credit ?(note|memo|inv|adj)|kredit ?(note?|fakt)|kredittnot|gutschrift|avoir|storno|"
        r"nota de ?crédito|nota di ?credito|refund|hyvitys|korekt|korrektur|cr ?note"
    ),
    "invoice": r"invoice|faktura|rechnung|factuur|facture|fattura|lasku|receipt|cash sale",
}
"""Parts of words that tell what “Utg. faktura 25 %” is where the whole of it is not known."""


def typed_documents(
    ledger: ir.Table, engine: Engine, heading: str = "", asked: Sequence[str] = ()
) -> tuple[ir.Table, list[str]]:
    """Read the document type of each line; return the ledger and notes on what was settled.

    Of words that nobody knows those are sales that the user has ``asked`` for by ``heading``.

    ``doc_type`` becomes ``invoice`` or ``credit_note``; ``is_payment`` marks the lines that are no
    sale, such as payments, and ``is_other`` those whose word nobody knows. All credit notes are
    negative, whatever their sign was. Where no word is known, the sign of the amount decides.
    """
    import ibis

    never = ibis.literal(False)
    if "doc_type" not in ledger.columns:
        return ledger.mutate(is_other=never, is_payment=never), []
    ledger = _without_dashes(ledger, heading, engine)
    # which invoice a line credits, or why
    if re.search(REASON, heading) or folded(heading) in WORDS["credits_heading"]:
        none = ledger.doc_type.isnull() | ledger.doc_type.isin(["0", "-"])
        ledger = ledger.mutate(doc_type=ibis.ifelse(none, "invoice", "credit note"))
    seen = _counted(ledger, engine)
    words = [line["doc_type"] for line in seen if line["doc_type"]]
    kinds = kinds_of(words, heading)
    if not _is_a_type(kinds, seen):
        note = _(
            "The document types {words} are not known; credit notes are told by their sign.",
            words=_listed(seen),
        )
        left = ledger.drop("doc_type").mutate(is_other=never, is_payment=never)
        return left, [note] if words else []
    kinds |= _invoiced_orders(ledger, kinds, engine)
    kinds |= {word: "invoice" for word in _chosen(asked, heading) & kinds.keys() if not kinds[word]}
    credit = [word for word, kind in kinds.items() if kind == "credit_note"]
    lines = [line for line in seen if line["doc_type"] in credit]
    if turned := _is_turned(seen, kinds):
        ledger = negated(ledger)
        for line in seen:
            line["negative"], line["positive"] = line["positive"], line["negative"]
    ledger, notes = with_credit_signs(ledger, credit, lines, engine)
    notes = [*turned, *notes]
    notes += _as_read(seen, kinds, turned=bool(notes))
    paid = [word for word, kind in kinds.items() if kind == "no_sale"]
    other = [word for word, kind in kinds.items() if not kind]
    typed = ledger.mutate(
        is_other=ledger.doc_type.isin(other).fill_null(False) if other else never,
        is_payment=ledger.doc_type.isin(paid).fill_null(False) if paid else never,
        doc_type=ibis.ifelse(ledger.doc_type.isin(credit), "credit_note", "invoice"),
    )
    return typed, notes


def _chosen(asked: Sequence[str], heading: str) -> set[str]:
    """Return the document types that are chosen by conditions such as “Type=Invoice,Credit”."""
    pairs = [one.partition("=") for one in asked]
    own = {folded(heading), "doctype"}
    return {
        w.strip() for name, _eq, words in pairs if folded(name) in own for w in words.split(",")
    }


def _counted(ledger: ir.Table, engine: Engine) -> list[dict[str, Any]]:
    """Return each word for a type with its rows and amounts, that of most rows first."""
    seen = engine.rows(
        ledger.group_by("doc_type").aggregate(
            rows=ledger.count(),
            amount=ledger.amount.sum(),
            negative=(ledger.amount < 0).sum().fill_null(0),
            positive=(ledger.amount > 0).sum().fill_null(0),
        )
    )
    return sorted(seen, key=lambda line: (-line["rows"], line["doc_type"] or ""))


def _is_turned(seen: list[dict[str, Any]], kinds: dict[str, str]) -> list[str]:
    """Return what to tell where invoices are below zero and credit notes above; else nothing."""
    of = {kind: [line for line in seen if kinds.get(line["doc_type"]) == kind] for kind in KINDS}
    below = sum(line["negative"] for line in of["invoice"])
    above = sum(line["positive"] for line in of["invoice"])
    back = sum(line["positive"] - line["negative"] for line in of["credit_note"])
    if not (back > 0 and below > 9 * above):
        return []
    return [_("Invoices are below zero and credit notes above it: all amounts are turned.")]


def negated(ledger: ir.Table) -> ir.Table:
    """Return the ledger with its amounts turned, and with them what is made of amounts.

    >>> import ibis
    >>> ledger = ibis.memtable({"amount": [-5.0], "account_id": ["a"]})
    >>> ibis.duckdb.connect().execute(negated(ledger).amount.sum())
    5.0
    """
    names = [name for name in ("amount", "list_amount") if name in ledger.columns]
    return ledger.mutate(**{name: -ledger[name] for name in names})


def refuse_below_zero(ledger: ir.Table, engine: Engine, where: str) -> None:
    """Raise ``LedgerError`` where most lines that are used, and most of their sum, are below zero.

    A general ledger writes sales so; a file of credit notes is one, too.
    """
    used = ledger.filter(ledger.reason.isnull())
    if "doc_type" in ledger.columns:
        used = used.filter(used.doc_type != "credit_note")
    seen = engine.row(
        {
            "minus": (used.amount < 0).sum().fill_null(0),
            "plus": (used.amount > 0).sum().fill_null(0),
            "sold": used.amount.sum(where=used.amount > 0),
            "sum": used.amount.sum(),
        },
        used,
    )
    whole = float(seen["sum"] or 0)
    if seen["minus"] < _LEAST or seen["plus"] * 2 > seen["minus"] or whole >= 0:
        return
    if float(seen["sold"] or 0) * 3 > -whole:
        return
    raise LedgerError(
        _("Nearly all amounts are below zero."),
        where=where,
        found=ngettext(
            "{n} line below zero, {sum} in all",
            "{n} lines below zero, {sum} in all",
            int(seen["minus"]),
            sum=number(whole, 2),
        ),
        wanted=_("sales above zero and credit notes below it"),
        remedy=_(
            "If sales are written as credits, say --sign turned; if these are credit notes, say "
            "--sign kept."
        ),
        questions=[(_("Are these sales?"), ("--sign turned", "--sign kept"))],
    )


def _invoiced_orders(ledger: ir.Table, kinds: Mapping[str, str], engine: Engine) -> dict[str, str]:
    """Return the words for orders as no sale, where most orders stand once more as invoices.

    An invoice of the same customer and amount tells.
    """
    of = [word for word, kind in kinds.items() if kind == "invoice"]
    orders = [word for word in of if folded(word) in WORDS["order"]]
    if not orders or len(orders) == len(of):
        return {}
    placed = ledger.filter(ledger.doc_type.isin(orders) & (ledger.amount > 0))
    rest = [word for word in of if word not in orders]
    billed = ledger.filter(ledger.doc_type.isin(rest)).select("account_id", size="amount")
    billed = billed.distinct()
    paired = placed.left_join(
        billed, [placed.account_id == billed.account_id, placed.amount == billed["size"]]
    )
    counts = {"all": paired.count(), "again": paired["size"].count()}
    seen = engine.row(counts, paired)
    return dict.fromkeys(orders, "no_sale") if seen["again"] * 2 > seen["all"] else {}


def _without_dashes(ledger: ir.Table, heading: str, engine: Engine) -> ir.Table:
    """Return the ledger with dashes for nothing, unless they are signs beside a plus or nothing."""
    words = ledger.select(word=ledger.doc_type).distinct().limit(12)
    words_found = {row["word"] for row in engine.rows(words) if row["word"]}
    if "-" not in words_found or words_found & _PLUS:
        return ledger
    if words_found == {"-"} and folded(heading) in _SIGN:
        return ledger.mutate(doc_type=ledger.doc_type.fill_null("+"))
    return ledger.mutate(doc_type=ledger.doc_type.nullif("-"))


def _is_a_type(kinds: dict[str, str], seen: list[dict[str, Any]]) -> bool:
    """Tell whether the words are of documents: of ways to pay, “Credit” is no credit note."""
    if any(kind == "invoice" for kind in kinds.values()):
        return True
    if {folded(word) for word in kinds} & WORDS["way_to_pay"]:
        return False
    filled = sum(line["rows"] for line in seen if line["doc_type"])
    known = sum(line["rows"] for line in seen if kinds.get(line["doc_type"]))
    return bool(filled) and known * 2 >= filled


def _as_read(seen: list[dict[str, Any]], kinds: dict[str, str], *, turned: bool) -> list[str]:
    """Say how each word was read, where some are set aside or ``turned``."""
    if not (turned or set(kinds.values()) & {"", "no_sale"}):
        return []
    read_as = {
        "invoice": _("invoice"),
        "credit_note": _("credit note"),
        "no_sale": _("no sale, set aside"),
        "": _("not known, set aside"),
    }
    words = [
        as_told(line["doc_type"], line, read_as[kinds[line["doc_type"]]])
        for line in seen
        if line["doc_type"]
    ]
    return [_("Document types: {words}.", words="; ".join(words[:12]))]


def as_told(word: str, line: Mapping[str, Any], kind: str) -> str:
    """Say how a word of a column was read, with its ``rows`` and their ``amount``.

    >>> as_told("Faktura", {"rows": 2, "amount": 10.5}, "invoice")
    '“Faktura” 2 lines, 10.50: invoice'
    """
    return ngettext(
        "“{word}” {n} line, {amount}: {kind}",
        "“{word}” {n} lines, {amount}: {kind}",
        line["rows"],
        word=word,
        amount=number(float(line["amount"] or 0), 2),
        kind=kind,
    )


def _listed(seen: list[dict[str, Any]]) -> str:
    """Return the words with their lines and amounts, which show what hides among them."""
    words = [
        ngettext(
            "“{word}” ({n} line, {amount})",
            "“{word}” ({n} lines, {amount})",
            line["rows"],
            word=line["doc_type"],
            amount=number(float(line["amount"] or 0), 2),
        )
        for line in seen
        if line["doc_type"]
    ]
    return join(words[:8])


def kinds_of(words: Sequence[str], heading: str = "") -> dict[str, str]:
    """Return what each word of a column is, one of ``KINDS``, or empty where nobody knows.

    The two sides of an account, and yes and no below a heading such as “Credit note”, are told by
    one another; so are the codes of two systems, which need their ``heading``.

    >>> kinds_of(["Utg. faktura", "Utg. kreditnota", "Innbet. kunde"])
    {'Utg. faktura': 'invoice', 'Utg. kreditnota': 'credit_note', 'Innbet. kunde': 'no_sale'}
    >>> kinds_of(["S", "H"]), kinds_of(["Nei", "Ja"])
    ({'S': 'invoice', 'H': 'credit_note'}, {'Nei': 'invoice', 'Ja': 'credit_note'})
    """
    plain = {word.strip() for word in words}
    if plain <= _PLUS | _MINUS and plain & _MINUS and (plain & _PLUS):
        return {w: "credit_note" if w.strip() in _MINUS else "invoice" for w in words}
    if plain & {"380", "381"} and plain <= _UBL | _UBL_CREDIT:
        return {w: "credit_note" if w.strip() in _UBL_CREDIT else "invoice" for w in words}
    if plain == {"10", "11"}:
        return {w: "credit_note" if w.strip() == "11" else "invoice" for w in words}
    if {"2", "3"} <= plain <= {*"23", *_CENTRAL} and folded(heading) in _CENTRAL_HEADING:
        central = {"2": "invoice", "3": "credit_note", **_CENTRAL}
        return {w: central[w.strip()] for w in words}
    folds = {word: folded(word) for word in words}
    all_of = set(folds.values())
    if len(all_of) == 2 and all_of in _SIDES:
        return {w: "credit_note" if fold in _CREDITED else "invoice" for w, fold in folds.items()}
    if all_of and all_of <= {word for word in YES | NO if len(word) > 1 and not word.isdigit()}:
        return {w: "credit_note" if fold in YES else "invoice" for w, fold in folds.items()}
    own = {w: fold[1:] for w, fold in folds.items() if re.fullmatch(_OWN_TYPE, fold)}
    sap = folds | own
    if {*sap.values()} & {"f2", "g2"}:
        return {word: _SAP.get(fold) or kind_of(own.get(word, word)) for word, fold in sap.items()}
    if {"payment", "payout"} <= all_of <= set(_STRIPE):
        return {word: _STRIPE[fold] for word, fold in folds.items()}
    if "re" in all_of and all_of & {"gs", "gu"}:
        german = {"re": "invoice", "gs": "credit_note", "gu": "credit_note"}
        return {word: german.get(fold) or kind_of(word) for word, fold in folds.items()}
    return {word: kind_of(word) for word in words}


def kind_of(word: str) -> str:
    """Return what a word is by itself, one of ``KINDS``, or empty where nobody knows.

    >>> kind_of("Gutschrift"), kind_of("Ja"), kind_of("Prepayment invoice")
    ('credit_note', '', 'invoice')
    """
    fold = folded(word)
    known = next((kind for kind in KINDS if fold in WORDS[kind]), "")
    if known or fold in WORDS["way_to_pay"]:
        return known
    text = " ".join(word.casefold().split())
    if re.search(_PREPAID, text) and re.search(_PARTS["invoice"], text):  # for a part, in advance
        text = re.sub(r"payment|zahlung|betal", "", text)
    return next((kind for kind, parts in _PARTS.items() if re.search(parts, text)), "")
