"""Credit notes told by where they stand: in a sheet or file of their own, or below a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kamkit.case.documents import kind_of
from kamkit.case.engine import Engine
from kamkit.language import gettext as _
from kamkit.language import join

if TYPE_CHECKING:
    import ibis.expr.types as ir

_TITLES = ("account_id", "account_name", "invoice_id", "product_id", "product_name")
"""The columns below which the title of a section may stand."""

_WORDS = {"credit_note": "credit note", "no_sale": "payment"}
_PLANNED = r"(?i)\b(?:bud[gs]j?et\w*|forecasts?|prognos\w*|estimater?|estimates?)\b"
"""A sheet or file of what is hoped for."""
_MOST = 200
_LONG = 40


def of_their_place(ledger: ir.Table, engine: Engine, parts: int) -> tuple[ir.Table, list[str]]:
    """Give lines without a document type the one that their sheet, file or section is called by.

    Credit notes and payments are told so. A ledger that has a type for each line, or no place
    called after either, is left as it is. ``parts`` is how many files or sheets it is made of.
    """
    import ibis

    if "doc_type" in ledger.columns:
        return ledger, []
    kinds = (_parts(ledger, engine) if parts > 1 else []) or _sections(ledger, engine)
    if not kinds:
        return ledger, []
    word = ibis.literal("invoice")
    for kind, inside, _name in kinds:
        word = ibis.ifelse(inside, _WORDS[kind], word)
    names = list(dict.fromkeys(name for _kind, _inside, name in kinds))
    note = _(
        "Credit notes, payments and budgets are told by where they stand: {places}.",
        places=join(names),
    )
    return ledger.mutate(doc_type=word), [note]


def called(label: str) -> str:
    """Return the kind of document that a sheet, a file or a line is called after, or empty.

    >>> called("book.xlsx, sheet “Kreditnotaer”"), called("2024/credit_notes_2024.csv")
    ('credit_note', 'credit_note')
    >>> called("invoices.csv"), called("Sheet1"), called("credit notes and invoices.csv")
    ('invoice', '', '')
    """
    sheet = re.search(r"“(.+)”$", label)
    name = sheet[1] if sheet else re.sub(r"\.\w{2,5}$", "", re.split(r"[/\\]", label)[-1])
    plain = " ".join(re.split(r"[\W_\d]+", name)).strip()
    if re.search(_PLANNED, plain):
        return "no_sale"
    kinds = {kind_of(word) for word in (plain, *re.split(r" (?:og|och|und|and|et|en) ", plain))}
    kinds -= {""}
    return kinds.pop() if len(kinds) == 1 else ""


Found = list[tuple[str, Any, str]]


def _parts(ledger: ir.Table, engine: Engine) -> Found:
    """Return the kind, the lines and the name of each file or sheet that holds no invoices."""
    seen = [line["part"] for line in engine.rows(ledger.select("part").distinct().limit(_MOST))]
    kinds = {part: called(part) for part in sorted(seen)}
    found = [
        (kind, ledger.part == part, part if "“" in part else f"“{part}”")
        for part, kind in kinds.items()
        if kind in _WORDS
    ]
    return found if len(found) < len(seen) else []


def _sections(ledger: ir.Table, engine: Engine) -> Found:
    """Return the kind of each line that says no more than “Credit notes”, and what stands below."""
    import ibis

    texts = [ledger[name] for name in _TITLES if name in ledger.columns]
    titles = ledger.filter(ledger.blank_date & ledger.blank_amount).select(
        "part", "source_row", title=ibis.coalesce(*texts)
    )
    titles = titles.filter(titles.title.notnull() & (titles.title.length() <= _LONG))
    rows = engine.rows(titles.order_by(["part", "source_row"]).limit(_MOST))
    known = [(row["part"], row["source_row"], row["title"], called(row["title"])) for row in rows]
    known = [one for one in known if one[3]]
    result: Found = []
    for n, (part, first, title, kind) in enumerate(known):
        below = (ledger.part == part) & (ledger.source_row > first)
        if n + 1 < len(known) and known[n + 1][0] == part:
            below = below & (ledger.source_row < known[n + 1][1])
        if kind in _WORDS:
            result.append((kind, below, _("the lines below “{title}”", title=title)))
    return result
