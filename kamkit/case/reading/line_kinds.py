"""Lines that hold the VAT, the fees or the payment of a sale, told by a column of kinds."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import reduce
from operator import or_

from kamkit.case.documents import as_told, kind_of
from kamkit.case.reading.besides import Besides, without
from kamkit.language import gettext as _

_KIND = (
    r"(?i)^\W*(?:line|linje|rad|zeilen?|row|regel|pos|positions?|amount|beløps?|belopps?|betrags?|"
    r"entry|sales ?line|(?:order|invoice|item)[\W_]*line)[\W_]*(?:item[\W_]*)?"
    r"(?:type|typ|types|art|kind|description|beskrivelse|beskrivning|beschreibung|category)\W*$"
)
_VAT_LINE = (
    r"(?i)^\W*(?:utg(?:ående|\.)? |sales |output )?(?:vat|mva|moms|mwst|ust|btw|tva|gst|"
    r"merverdiavgift|umsatzsteuer|mehrwertsteuer|sales tax|podatek vat)\.?[ \d.,]*%?\W*$"
)
"""A product that is the VAT of the lines beside it."""
_SETTLES = r"(?i)amount|beløp|belopp|betrag"
_NO_REVENUE = (
    r"(?i)^\W*(?:(?:utgående |sales |product|item|shipping|gift ?wrap)?[\W_]*(?:tax|vat|mva|moms|"
    r"mwst|ust|btw|tva|gst|merverdiavgift|umsatzsteuer|mehrwertsteuer|omsetningsavgift)"
    r"[ \d.,%]*|tender|payments?|betaling|betalning|zahlung|paiement|innbetaling|"
    r"total|sub ?total|grand ?total|totalt|summe?|summa|i alt)\W*$"
)
"""VAT, payments and sums: no sale, whoever writes them."""
_FEES = r"(?i)commission|fees?$|fee\b|provisjon|gebühr|withheld|tcs|chargeback|reserve|subscription"
"""What a market place keeps: no sale in a settlement."""
_MOST = 60


def without_kinds(beside: Besides) -> tuple[Besides, list[str]]:
    """Set aside the lines of which a column of kinds says VAT, fee, payment or sum."""
    typed = beside.columns.get("doc_type", "")
    typed = typed if "doc_type" in beside.lines.columns and re.search(_KIND, typed) else ""
    conditions = (*beside.options.where, *beside.options.where_not)
    asked = {condition.partition("=")[0].strip() for condition in conditions}
    headings = [one for one in (*beside.called(_KIND), typed) if one and one not in asked]
    if typed in asked and not _are_documents(beside):  # the user has chosen by them
        beside = replace(beside, lines=beside.lines.drop("doc_type"))
    notes = []
    for heading in headings:
        table = beside.with_cells(x_kind=heading)
        own = table.filter(beside.sound(table) & table.x_kind.notnull())
        kinds = own.group_by("x_kind").aggregate(rows=own.count(), amount=own.amount.sum())
        seen = beside.engine.rows(kinds.limit(_MOST + 1))
        if heading == typed and _are_documents(beside):
            continue
        out = [line["x_kind"] for line in seen if _is_none(line["x_kind"], heading)]
        if not out or len(out) == len(seen) or len(seen) > _MOST:
            continue
        told = [
            as_told(line["x_kind"], line, _("set aside") if line["x_kind"] in out else _("used"))
            for line in sorted(seen, key=lambda line: (-line["rows"], line["x_kind"]))
        ]
        notes.append(
            _(
                "Kinds of lines in “{heading}”: {words}. Choose others with --where "
                '"{heading}=VALUE,VALUE".',
                heading=heading,
                words="; ".join(told[:12]),
            )
        )
        lines = beside.set_aside(table, table.x_kind.isin(out), "no_revenue")
        lines = lines.drop("doc_type") if heading == typed else lines
        beside = without(beside, [heading], lines)
    return beside, notes


def without_vat_lines(beside: Besides) -> tuple[Besides, list[str]]:
    """Set aside the lines whose product is the VAT of the others, such as “Moms 25 %”."""
    names = [name for name in ("product_id", "product_name") if name in beside.lines.columns]
    taxed = [beside.lines[name].re_search(_VAT_LINE).fill_null(False) for name in names]
    if not taxed:
        return beside, []
    test = beside.sound(beside.lines) & reduce(or_, taxed)
    seen = beside.engine.row({"n": test.sum().fill_null(0)}, beside.lines)
    if not seen["n"]:
        return beside, []
    told = beside.worth(beside.lines, test)
    note = _("The VAT stands on lines of its own: {lines}, {amount}, set aside.", **told)
    return replace(beside, lines=beside.set_aside(beside.lines, test, "no_revenue")), [note]


def _are_documents(beside: Besides) -> bool:
    """Tell whether any of the types of documents is known as one."""
    words = beside.lines.select(word=beside.lines.doc_type).distinct().limit(_MOST)
    rows = beside.engine.rows(words)
    return any(kind_of(row["word"]) == "invoice" for row in rows if row["word"])


def _is_none(kind: str, heading: str) -> bool:
    settles = bool(re.search(_SETTLES, heading))
    return bool(re.search(_NO_REVENUE, kind) or (settles and re.search(_FEES, kind)))
