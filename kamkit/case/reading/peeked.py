"""What the first cells of a part say of its headings, where headings alone do not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from kamkit.case.documents import kind_of
from kamkit.case.engine import Engine
from kamkit.case.headings import MAILS, Proposal, folded, is_name, propose
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.source import Part
from kamkit.case.reading.statuses import invoiced, sold
from kamkit.case.reading.vat_rates import said_inside
from kamkit.case.reading.weighed import says_net
from kamkit.case.words import WORDS
from kamkit.schema.contract import TABLES

PEEKED = 200
_SHARE = 0.9
_ORDER = r"#\s?[\w-]*\d+"
NUMBER = r"[-+(]? ?\d[\d .,'\u00a0\u202f]*\)?-?"
MARKS = numbers.NATIVE + dates.NATIVE + " "
_FEW = 12  # different words of a column of types or statuses
_MOST = 4  # columns without a known heading that are read as amounts


def first_cells(part: Part, engine: Engine) -> dict[str, list[str]]:
    """Return what stands in the first rows below each heading."""
    picked = {f"c{at}": part.relation[f"c{at}"].cast("string") for at in range(len(part.headings))}
    rows = engine.rows(part.relation.select(**picked).limit(PEEKED))
    return {
        heading: [text.strip(MARKS) for row in rows if (text := row[f"c{at}"])]
        for at, heading in enumerate(part.headings)
    }


def known_by_mail(
    part: Part, proposal: Proposal, given: Mapping[str, str], engine: Engine
) -> Proposal:
    """Return the proposal with the customer's e-mail where “Name” is the order's, such as #1001."""
    if "account_id" in given or not is_name(proposal.columns):
        return proposal
    name = proposal.columns["account_id"]
    mail = next(
        (heading for heading in part.headings if folded(heading) in MAILS and heading != name), ""
    )
    if not mail or not _all_are(_ORDER, first_cells(part, engine)[name]):
        return proposal
    settled = {"account_id": mail, "account_name": "", **given}
    if "invoice_id" not in proposal.columns:
        settled["invoice_id"] = name
    return propose(part.headings, TABLES["sales"], given=settled, where=part.label)


def with_unknown(
    part: Part, proposal: Proposal, given: Mapping[str, str], engine: Engine
) -> Proposal:
    """Add columns of numbers that nobody knows to the amounts, where one may be the net one.

    It is looked for where the VAT has a column and no heading says that an amount is without it.
    """
    known = (proposal.columns.get("amount", ""), *proposal.rivals.get("amount", ()))
    if "vat" not in proposal.columns or "amount" in given or any(map(says_net, known)):
        return proposal
    taken = {
        *proposal.columns.values(),
        *(one for some in proposal.rivals.values() for one in some),
    }
    cells = first_cells(part, engine)
    free = [heading for heading in part.headings if heading and heading not in taken]
    others = [one for one in free if part.headings.count(one) == 1 and _all_are(NUMBER, cells[one])]
    if not others:
        return proposal
    rivals = (*proposal.rivals.get("amount", ()), *others[:_MOST])
    return replace(proposal, rivals={**proposal.rivals, "amount": rivals})


def _all_are(form: str, cells: list[str]) -> bool:
    alike = sum(bool(re.fullmatch(form, text.strip())) for text in cells)
    return bool(cells) and alike >= _SHARE * len(cells)


def with_words(
    part: Part, proposal: Proposal, given: Mapping[str, str], engine: Engine
) -> Proposal:
    """Add the columns that hold the words of document types or statuses below other headings.

    A column is one of document types where all words are known and some are no invoices, or two
    of three and some are credit notes; it is one of statuses where nine of ten are known, and some
    say that the order came to nothing.
    """
    wanted = ("doc_type", "status", "was_invoiced")
    lacking = [one for one in wanted if one not in {*proposal.columns, *given}]
    taken = {
        *proposal.columns.values(),
        *(one for some in proposal.rivals.values() for one in some),
    }
    free = [one for one in part.headings if one and one not in taken]
    if folded(state := proposal.columns.get("region", "")) == "state" and "region" not in given:
        free.append(state)  # of an order, or of a country
    if not (lacking and (free or "credit_amount" in proposal.columns)):
        return proposal
    cells = first_cells(part, engine)
    columns = dict(proposal.columns)
    if "credit_amount" not in given:
        free += _without_flags(columns, cells, typed="doc_type" not in lacking)
    for heading in free:
        flag = _flag_of(heading, cells[heading])
        if flag and flag not in {*columns, *given}:
            columns[flag] = heading
        elif not flag and _known_words(cells[heading], surely=False):
            cell = part.relation[f"c{part.headings.index(heading)}"].cast("string")
            rows = engine.rows(part.relation.select(word=cell).distinct().limit(_FEW + 2))
            words = [row["word"].strip(MARKS) for row in rows if row["word"]]
            known = _known_words(words, surely=True)
            if known == "status" and "status" in columns and "cancelled" not in given:
                known = "cancelled"  # the second of two that tell how far an order has come
            if known in (*lacking, "cancelled") and known not in columns:
                columns = {name: one for name, one in columns.items() if one != heading}
                columns[known] = heading
    return proposal if columns == proposal.columns else replace(proposal, columns=columns)


def _flag_of(heading: str, cells: list[str]) -> str:
    """Return the column of the contract that says yes or no here; empty where none does."""
    if _says_credited(heading, cells):
        return "cancelled"
    if _say_inside(cells):
        return "vat_inside"
    flags = {invoiced(text.strip()) for text in cells}
    known = folded(heading) in WORDS["invoiced_heading"] and flags and None not in flags
    return "was_invoiced" if known else ""


def _say_inside(cells: list[str]) -> bool:
    """Tell whether words say of some lines that VAT is in them, and of others that it is not."""
    words = {text.strip() for text in cells}
    if not 2 <= len(words) <= _FEW or any(invoiced(word) is not None for word in words):
        return False
    return {said_inside(word) for word in words} == {True, False}


def _without_flags(
    columns: dict[str, str], cells: Mapping[str, list[str]], *, typed: bool
) -> list[str]:
    """Leave out a credited amount that is yes and no; return its heading if it tells a status.

    “Kreditert” is said of an invoice, “Credit” of a credit note, unless lines are ``typed``.
    """
    heading = columns.get("credit_amount", "")
    if not heading or not _are_flags(cells[heading]):
        return []
    del columns["credit_amount"]
    if folded(heading) in WORDS["credited"]:
        return [heading]
    if not typed:
        columns["doc_type"] = heading
    return []


def _says_credited(heading: str, cells: list[str]) -> bool:
    """Tell whether a column says yes or no of whether an invoice was credited."""
    flags = {invoiced(text.strip()) for text in cells}
    return folded(heading) in WORDS["credited"] and True in flags and _are_flags(cells)


def _are_flags(cells: list[str]) -> bool:
    """Tell whether all cells say yes or no, and none in numbers."""
    flags = {invoiced(text.strip()) for text in cells if text.strip()}
    written = not any(text.strip().isdigit() for text in cells)
    return bool(flags) and None not in flags and written


def _known_words(texts: list[str], *, surely: bool) -> str:
    """Return whether words are those of ``doc_type`` or of ``status``, else empty.

    ``surely`` asks for what is no sale among them: of the first cells it may stand further down.
    """
    words = {text.strip() for text in texts} - {""}
    if not 1 <= len(words) <= _FEW or all(len(word) < 3 for word in words):
        return ""
    # yes and no, or the sides of an account, say nothing below a heading that nobody knows
    kinds = {word: kind_of(word) for word in words}
    fates = {word: sold(word) for word in words}
    both = {"invoice", "credit_note"} <= set(kinds.values())
    few = sum(not kind for kind in kinds.values()) * 3 <= len(words)
    typed = all(kinds.values()) or (both and few)
    if typed and (not surely or {"invoice"} < set(kinds.values())):
        return "doc_type"
    known = sum(fate is not None for fate in fates.values()) >= _SHARE * len(words)
    return "status" if known and (not surely or {True, False} <= set(fates.values())) else ""
