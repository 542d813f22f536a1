"""What is refused of a part as a whole, and the lines that the user leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.headings import folded, listed
from kamkit.case.options import ReadOptions
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.source import Part
from kamkit.case.reading.totals import BALANCE
from kamkit.case.words import WORDS
from kamkit.errors import HeadingError, LedgerError, SourceError, nearest
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MARKS = f"^[{numbers.NATIVE}{dates.NATIVE}]"


def left_out(
    relation: ir.Table, part: Part, columns: Mapping[str, str], options: ReadOptions
) -> ir.BooleanValue:
    """Tell the lines that ``where`` and ``where_not`` of the options leave out."""
    import ibis

    tests: list[ir.BooleanValue] = []
    for wanted, conditions in ((True, options.where), (False, options.where_not)):
        for condition in conditions:
            heading, _x, values = condition.partition("=")
            cell = relation[f"c{_position(heading.strip(), part, columns)}"]
            words = [value.strip().casefold() for value in values.split(",")]
            text = cell.cast("string") if not cell.type().is_string() else cell
            plain = text.re_replace(_MARKS, "").replace("\u00a0", " ").strip().lower()
            point = plain.re_search(r"^[0-9]+\.0$")
            plain = ibis.ifelse(point, plain.substr(0, plain.length() - 2), plain).fill_null("")
            tests.append(~plain.isin(words) if wanted else plain.isin(words))
    return reduce(lambda one, other: one | other, tests, ibis.literal(False))


def _position(heading: str, part: Part, columns: Mapping[str, str]) -> int:
    """Return the place of a column that is named by its heading or the contract's name."""
    heading = columns.get(heading, heading)
    same = [at for at, own in enumerate(part.headings) if folded(own) == folded(heading)]
    if same:
        return same[0]
    near = nearest(heading, part.headings)
    raise HeadingError(
        _("There is no heading “{heading}” to choose lines by.", heading=heading),
        where=part.label,
        found=_("the headings {headings}", headings=listed(part.headings)),
        remedy=_("Did you mean “{near}”?", near=near)
        if near
        else _("Write the heading as it stands in the source."),
    )


def memo(relation: ir.Table, part: Part, columns: Mapping[str, str]) -> ir.StringValue:
    """Return the text of each line where it may tell payments and balances, else null.

    It may where no document type does, and amounts are not made of quantity and price.
    """
    import ibis

    texts = [
        relation[f"c{at}"]
        for at, heading in enumerate(part.headings)
        if folded(heading) in WORDS["text_heading"] and relation[f"c{at}"].type().is_string()
    ]
    whole = {"amount", "debit_amount", "amount_incl_vat"} & set(columns)
    if "doc_type" in columns or not whole or not texts:
        return ibis.null("string")
    return texts[0]


def with_balances(text: ir.StringValue, account: ir.StringValue) -> ir.StringValue:
    """Return the text of each line, or its customer where that says a balance brought forward."""
    import ibis

    return ibis.ifelse(account.re_search(BALANCE).fill_null(False), account, text)


def says_payment(lines: ir.Table) -> ir.BooleanValue:
    """Tell which lines are balances, or are payments with an amount below zero, by their text."""
    import ibis

    no = ibis.literal(False)
    lost = lines.memo.re_search(_PAYMENT) | lines.memo.re_search(_LOST)
    paid = ibis.ifelse(lines.amount < 0, lost, no)
    none = lines.memo.re_search(BALANCE) | lines.memo.re_search(_BESIDE)
    return (paid | none).fill_null(no)


def paid(lines: ir.Table, engine: Engine) -> tuple[ir.BooleanValue, list[str]]:
    """Tell which of the lines that say so are no sales: balances, payments and written-off debts.

    Lines that say payment are payments if all of them are negative; a debt that is written off is
    one below zero.
    """
    by_memo = lines.memo.re_search(_PAYMENT).fill_null(False)
    balance = lines.memo.re_search(BALANCE).fill_null(False)
    beside = lines.memo.re_search(_BESIDE).fill_null(False)
    lost = (lines.memo.re_search(_LOST) & (lines.amount < 0)).fill_null(False)
    row = engine.row(
        {
            "paid": (by_memo & (lines.amount < 0)).sum().fill_null(0),
            "other": (by_memo & (lines.amount > 0)).sum().fill_null(0),
            "amount": lines.amount.sum(where=by_memo),
            "balances": balance.sum().fill_null(0),
            "brought": lines.amount.sum(where=balance),
            "beside": beside.sum().fill_null(0),
            "taxed": lines.amount.sum(where=beside),
            "lost": lost.sum().fill_null(0),
            "owed": lines.amount.sum(where=lost),
        },
        lines,
    )
    is_payment = balance | beside | lost
    notes = _set_aside(row)
    if row["paid"] and not row["other"]:
        is_payment = is_payment | by_memo
        notes.append(
            ngettext(
                "{n} line is a payment by its text, {amount}, and is set aside.",
                "{n} lines are payments by their text, {amount}, and are set aside.",
                int(row["paid"]),
                amount=number(float(row["amount"]), 2),
            )
        )
    return is_payment, notes


def _set_aside(row: Mapping[str, Any]) -> list[str]:
    """Tell of balances, of debts written off, and of VAT and parts of lines on their own lines."""
    notes = []
    if row["lost"]:
        notes.append(
            ngettext(
                "{n} line is a debt written off by its text, {amount}, and is set aside.",
                "{n} lines are debts written off by their text, {amount}, and are set aside.",
                int(row["lost"]),
                amount=number(float(row["owed"] or 0), 2),
            )
        )
    if row["balances"]:
        notes.append(
            ngettext(
                "{n} line is a balance brought forward, {amount}, and is set aside.",
                "{n} lines are balances brought forward, {amount}, and are set aside.",
                int(row["balances"]),
                amount=number(float(row["brought"] or 0), 2),
            )
        )
    if row["beside"]:
        notes.append(
            ngettext(
                "{n} line is VAT or part of another line by its text, {amount}, and is set aside.",
                "{n} lines are VAT or parts of other lines by their text, {amount}, and are set "
                "aside.",
                int(row["beside"]),
                amount=number(float(row["taxed"] or 0), 2),
            )
        )
    return notes


def refuse_lost(part: Part, read: int) -> None:
    """Raise ``SourceError`` where other lines were read than stand in the source."""
    if part.counted is None:
        return
    if read != part.counted:
        raise SourceError(
            _("Not every line of the file was read."),
            where=part.label,
            found=number(read),
            wanted=number(part.counted),
            remedy=_("Export the file again as a workbook, and report this as a fault of kamkit."),
        )


def refuse_uncomputed(part: Part, blank: int) -> None:
    """Raise ``SourceError`` where formulas without results leave days or amounts empty."""
    if not (part.uncomputed and blank):
        return
    raise SourceError(
        _("The workbook has formulas whose results were never stored."),
        where=part.label,
        found=ngettext(
            "{n} line without a date or an amount", "{n} lines without a date or an amount", blank
        ),
        wanted=_("cells with their values"),
        remedy=_("Open it in a spreadsheet program, which computes them, and save it again."),
    )


def refuse_general_ledger(
    part: Part, columns: Mapping[str, str], lines: ir.Table, engine: Engine
) -> None:
    """Raise ``HeadingError`` where the customer is an account of the general ledger.

    Its names tell, in the column itself or in that of the names beside it.
    """
    heading = columns["account_id"]
    if folded(heading) not in _ACCOUNTS:
        return
    names = [f"c{at}" for at, own in enumerate(part.headings) if folded(own) in _ACCOUNT_NAMES]
    columns_of = [lines.account_id, *(part.relation[name] for name in names)]
    for column in columns_of:
        table = lines if column is columns_of[0] else part.relation
        cells = table.select(word=column.cast("string")).distinct().limit(2000)
        words = {row["word"].strip(_MARKED) for row in engine.rows(cells) if row["word"]}
        general = [word for word in words if folded(word) in WORDS["general_ledger"]]
        if len(general) >= 2 and len(general) * 5 >= len(words):
            break
    else:
        return
    other = next((own for own in part.headings if folded(own) in _CUSTOMERS and own != heading), "")
    raise HeadingError(
        _(
            "“{heading}” looks like the general ledger's account, not the customer.",
            heading=heading,
        ),
        where=part.label,
        found=join([f"“{word}”" for word in sorted(general)[:5]]),
        wanted=_("the column with the customer"),
        remedy=_('Choose it: --map account_id="{heading}"', heading=other or _("Heading")),
    )


def refuse_journal(part: Part, sum_of: float, lines: int) -> None:
    """Raise ``LedgerError`` where amounts by account come to nothing, as those of a journal do."""
    accounts = [own for own in part.headings if folded(own) in _ACCOUNTS]
    if abs(sum_of) >= 0.005 or lines < 4 or not accounts:
        return
    raise LedgerError(
        _("The amounts come to nothing: this looks like a journal of the general ledger."),
        where=part.label,
        found=_("accounts in “{heading}”, 0.00 in all", heading=accounts[0]),
        wanted=_("invoice lines, or what each customer was invoiced"),
        remedy=_(
            "Export the sales or the invoices in place of the journal, or the whole file as "
            "SAF-T, which is read."
        ),
    )


_MARKED = numbers.NATIVE + dates.NATIVE + " "
_ACCOUNT_NAMES = frozenset(
    (
        *("kontonavn", "kontonamn", "kontobezeichnung", "kontobeteckning", "accountname"),
        *("benämning", "bezeichnung", "accountdescription", "kontobeskrivelse", "kontotext"),
        "kontotekst",
    )
)
_ACCOUNTS = frozenset(
    (
        *("account", "konto", "accountname", "split", "kontonavn", "kontonr", "kontonummer"),
        *("glaccount", "ledgeraccount", "hovedkonto", "finanskonto", "sachkonto", "kontonamn"),
        "grootboekrekening",
    )
)
_CUSTOMERS = frozenset(
    ("name", "customer", "customername", "client", "kunde", "kundenavn", "navn", "kund", "kundnamn")
)
_PAYMENT = (
    r"(?i)^\s*(innbetaling|innbet|betaling|betalt|kid[- ]|ocr|payment|paid|receipt of|"
    r"bank transfer|indbetaling|inbetalning|zahlung|zahlungseingang|überweisung|paiement|"
    r"règlement|virement|ontvangst|betaling ontvangen|wpłata|zapłata|przelew)"
)
_LOST = (
    r"(?i)\bbad debts?\b|\bwr(?:ite|itten|iting)[- ]?offs?\b|\b(?:av|af)skrevet\b|"
    r"\btapsf(?:ø|o)r(?:t|es|ing)\b|\btap på (?:krav|fordring|kunde)|\btab på (?:debitor|krav)|"
    r"\bforderungs(?:ausfall|verlust)|\buneinbringlich|\bkundförlust|\bavskriven|\boninbaar|"
    r"\birrécouvrable"
)
"""A text that says that what a customer owes is given up: no credit note."""
_BESIDE = (
    r"(?i)^\s*(?:(?:utg(?:ående|\.)? )?(?:mva|moms|merverdiavgift)|vat|mwst|ust|mehrwertsteuer|"
    r"umsatzsteuer|btw|tva|gst|(?:sales )?tax)\.?[ \d.,%()]*$|"
    r"^\s*(?:herav|hvorav|heraf|varav|davon|waarvan|dont|of which)\s"
)
"""A text that says VAT and nothing else, or what part of the line above it is."""
