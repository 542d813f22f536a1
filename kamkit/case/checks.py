"""Used or set aside: every row of the ledger gets its fate, and rows and amounts reconcile."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kamkit.case.contract import EXAMPLE_IDS, TABLES
from kamkit.case.engine import Engine
from kamkit.case.headings import folded
from kamkit.case.options import ReadOptions
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number, percent
from kamkit.money import DECIMAL
from kamkit.words import REASONS, reason_label

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

# What the user asked for, and what is no sale at all, does not count against the source.
_HARMLESS = (
    "blank_line",
    "total_row",
    "example_row",
    "excluded_account",
    "outside_period",
    "repeated_total",
    "duplicate",
)

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
_MONEY = ("amount", "unit_price", "list_amount", "cost")


@dataclass
class Settled:
    """The checked ledger, its currency and what is worth telling about how it was settled.

    ``checked`` has one row per row of the source with ``reason`` null where it is used; ``empty``
    names the columns in which no used row has a value.
    """

    checked: ir.Table
    currency: str = ""
    notes: list[str] = field(default_factory=list)
    empty: frozenset[str] = frozenset()


def settle(ledger: ir.Table, options: ReadOptions, engine: Engine, where: str) -> Settled:
    """Give every row its fate.

    Raises ``LedgerError`` for mixed currencies without rates, for invoice totals repeated on every
    line, for a period without rows, and when more is set aside than the thresholds allow.
    """
    notes: list[str] = []
    ledger = _documents(ledger, engine, notes)
    ledger, currency = _one_currency(ledger, options, engine, where)
    ledger = ledger.mutate(reason=_reason(ledger, options))
    ledger = _repeated_totals(ledger, options, engine, where)
    if options.drop_duplicates:
        ledger = _without_duplicates(ledger)
    unused = [name for name in ledger.columns if name.startswith(("is_", "blank_"))]
    checked = engine.store(ledger.drop(*unused, "no_rate"))
    _within_thresholds(checked, options, engine, where)
    return Settled(checked, currency, notes, _empty(checked, engine))


def reconciliation(checked: ir.Table, engine: Engine) -> pd.DataFrame:
    """Return one row for what was read, what is used and each reason for setting aside.

    Columns: ``reason`` (key), ``rows``, ``share_rows``, ``amount``, ``share_amount`` (of the
    amount read; empty when that is zero) and ``unreadable``, the rows whose amount is unknown.
    A totals row is a sum of other rows, so it counts as a row and has no amount of its own.
    Raises ``LedgerError`` if rows or amounts did not add up, which would be a fault of kamkit.
    """
    import pandas as pd

    fate = checked.mutate(reason=checked.reason.fill_null("used"))
    groups = engine.rows(fate.group_by("reason").aggregate(**_sums(fate)))
    whole = engine.row(_sums(checked), checked)
    if (sum(g["rows"] for g in groups), sum(g["amount"] for g in groups)) != (
        whole["rows"],
        whole["amount"],
    ):
        raise LedgerError(_("Rows read and rows accounted for do not add up."))
    known = {group["reason"]: group for group in groups}
    known.setdefault("used", {"rows": 0, "amount": Decimal(0), "unreadable": 0})
    lines = [("read", whole)] + [(key, known[key]) for key in ("used", *REASONS) if key in known]
    total = float(whole["amount"])
    return pd.DataFrame(
        {
            "reason": [key for key, _x in lines],
            "rows": [line["rows"] for _x, line in lines],
            "share_rows": [line["rows"] / max(whole["rows"], 1) for _x, line in lines],
            "amount": [float(line["amount"]) for _x, line in lines],
            "share_amount": [
                float(line["amount"]) / total if total else float("nan") for _x, line in lines
            ],
            "unreadable": [line["unreadable"] for _x, line in lines],
        }
    )


def _sums(table: ir.Table) -> dict[str, ir.Scalar]:
    import ibis

    zero = ibis.literal(0).cast("decimal(38, 4)")
    own = table.reason.fill_null("used") != "total_row"
    return {
        "rows": table.count(),
        "amount": table.amount.sum(where=own).cast("decimal(38, 4)").fill_null(zero),
        "unreadable": (table.amount.isnull() & own).sum().fill_null(0),
    }


def _empty(checked: ir.Table, engine: Engine) -> frozenset[str]:
    """Return the columns in which no used row has a value."""
    used = checked.filter(checked.reason.isnull())
    names = [c.name for c in TABLES["sales"].columns if c.name in checked.columns]
    filled = engine.row({name: used[name].count() for name in names}, used)
    return frozenset(name for name in names if not filled[name])


def _documents(ledger: ir.Table, engine: Engine, notes: list[str]) -> ir.Table:
    """Read the document type; credit notes written as positive amounts are turned negative."""
    import ibis

    if "doc_type" not in ledger.columns:
        return ledger.mutate(is_other=ibis.literal(False))
    seen = engine.rows(
        ledger.group_by("doc_type").aggregate(
            rows=ledger.count(),
            negative=(ledger.amount < 0).sum().fill_null(0),
            positive=(ledger.amount > 0).sum().fill_null(0),
        )
    )
    kinds = {line["doc_type"]: _document(line["doc_type"]) for line in seen}
    filled = sum(line["rows"] for line in seen if line["doc_type"])
    known = sum(line["rows"] for line in seen if line["doc_type"] and kinds[line["doc_type"]])
    if known * 2 < filled:
        words = join([f"“{line['doc_type']}”" for line in seen if line["doc_type"]][:5])
        notes.append(
            _(
                "The document types {words} are not known; credit notes are told by their sign.",
                words=words,
            )
        )
        return ledger.drop("doc_type").mutate(is_other=ibis.literal(False))
    credit = [word for word, kind in kinds.items() if kind == "credit_note"]
    lines = [line for line in seen if line["doc_type"] in credit]
    ledger = _credit_signs(ledger, credit, lines, notes)
    other = [word for word, kind in kinds.items() if word and not kind]
    return ledger.mutate(
        is_other=ledger.doc_type.isin(other).fill_null(False),
        doc_type=ibis.ifelse(ledger.doc_type.isin(credit), "credit_note", "invoice"),
    )


def _credit_signs(
    ledger: ir.Table, credit: list[str], lines: list[dict[str, Any]], notes: list[str]
) -> ir.Table:
    import ibis

    is_credit = ledger.doc_type.isin(credit)
    turned = sum(line["positive"] for line in lines)
    if turned and not any(line["negative"] for line in lines):
        notes.append(
            ngettext(
                "{n} line of credit notes with a positive amount was turned negative.",
                "{n} lines of credit notes with a positive amount were turned negative.",
                turned,
            )
        )
        turn = [n for n in ("amount", "quantity", "cost", "list_amount") if n in ledger.columns]
        ledger = ledger.mutate(
            **{
                n: ibis.ifelse(is_credit & (ledger[n] > 0), -ledger[n], ledger[n]).cast(DECIMAL)
                for n in turn
            }
        )
    elif turned:
        notes.append(
            ngettext(
                "{n} line of credit notes has a positive amount among negative ones and is "
                "counted as it stands.",
                "{n} lines of credit notes have a positive amount among negative ones and are "
                "counted as they stand.",
                turned,
            )
        )
    return ledger


def _document(word: str | None) -> str:
    fold = folded(word or "")
    return "credit_note" if fold in _CREDIT else "invoice" if fold in _INVOICE else ""


def _one_currency(
    ledger: ir.Table, options: ReadOptions, engine: Engine, where: str
) -> tuple[ir.Table, str]:
    import ibis

    never = ibis.literal(False)
    if "currency" not in ledger.columns:
        return ledger.mutate(no_rate=never), options.currency
    ledger = ledger.mutate(currency=ledger.currency.upper())
    example = ledger.account_id.isin(EXAMPLE_IDS).fill_null(False)
    lines = ledger.filter(~(ledger.is_blank | ledger.is_total | ledger.is_broken | example))
    seen = engine.rows(
        lines.group_by("currency").aggregate(rows=lines.count(), amount=lines.amount.sum())
    )
    codes = sorted(line["currency"] for line in seen if line["currency"])
    base = options.currency or (codes[0] if len(codes) == 1 else "")
    if len(codes) <= 1 and not (options.currency and codes and options.currency != codes[0]):
        return ledger.drop("currency").mutate(no_rate=never), base
    others = [code for code in codes if code != base]
    if not base or not set(others) & set(options.rates):
        raise _mixed_currencies(seen, codes, base, where)
    own = ledger.currency.isnull() | (ledger.currency == base)
    # from text: a literal Decimal would lose all but three of its decimals
    rate = ibis.cases(
        *(
            (
                ledger.currency == code,
                ibis.literal(f"{Decimal(str(rate)):f}").cast("decimal(28, 8)"),
            )
            for code, rate in options.rates.items()
        ),
        else_=ibis.null("decimal(28, 8)"),
    )
    turned = {
        name: ibis.ifelse(
            own | rate.isnull(),
            ledger[name],
            (ledger[name].cast("decimal(28, 4)") * rate).try_cast(DECIMAL),
        )
        for name in _MONEY
        if name in ledger.columns
    }
    no_rate = ~own & rate.isnull()
    return ledger.mutate(**turned, no_rate=no_rate).drop("currency"), base


def _mixed_currencies(
    seen: list[dict[str, Any]], codes: list[str], base: str, where: str
) -> LedgerError:
    largest = sorted(seen, key=lambda line: (-line["rows"], line["currency"] or ""))
    amounts = [
        ngettext(
            "{code}: {n} row, {amount}",
            "{code}: {n} rows, {amount}",
            line["rows"],
            code=line["currency"] or _("(no currency)"),
            amount=number(float(line["amount"] or 0), 2),
        )
        for line in largest
    ]
    own = base or next(line["currency"] for line in largest if line["currency"])
    example = next((code for code in codes if code != own), codes[-1])
    return LedgerError(
        _("The ledger has amounts in several currencies and no rates."),
        where=where,
        found="; ".join(amounts),
        wanted=_("one currency, or a rate for each of the others"),
        remedy=_(
            'Say the currency and the rates in the mapping file: currency = "{own}" and '
            "rates = {{ {example} = 11.50 }} under [options].",
            own=own,
            example=example,
        ),
    )


def _reason(ledger: ir.Table, options: ReadOptions) -> ir.StringColumn:
    import ibis

    never = ibis.literal(False)
    before = ledger.date < ibis.literal(options.start).cast("date") if options.start else never
    after = ledger.date > ibis.literal(options.end).cast("date") if options.end else never
    fits = {
        "broken_line": ledger.is_broken,
        "blank_line": ledger.is_blank,
        "total_row": ledger.is_total,
        "example_row": ledger.account_id.isin(EXAMPLE_IDS),
        "other_document": ledger.is_other,
        "no_account": ledger.account_id.isnull(),
        "no_date": ledger.blank_date,
        "unreadable_date": ledger.date.isnull(),
        "impossible_date": (ledger.date.year() < 1950) | (ledger.date.year() > 2099),
        "no_amount": ledger.blank_amount & ledger.amount.isnull(),
        "unreadable_amount": ledger.amount.isnull(),
        "no_rate": ledger.no_rate,
        "excluded_account": ledger.account_id.isin(options.exclude) if options.exclude else never,
        "outside_period": (before | after).fill_null(False),
    }
    return ibis.cases(
        *((fits[key].fill_null(False), key) for key in REASONS if key in fits),
        else_=ibis.null("string"),
    )


def _repeated_totals(
    ledger: ir.Table, options: ReadOptions, engine: Engine, where: str
) -> ir.Table:
    """Meet the export that writes the invoice's total on each of its lines."""
    import ibis

    if "invoice_id" not in ledger.columns or options.invoice_totals == "lines":
        return ledger
    used = ledger.filter(ledger.reason.isnull() & (ledger.amount != 0))
    invoices = used.group_by(["account_id", "invoice_id"]).aggregate(
        lines=used.count(), low=used.amount.min(), high=used.amount.max()
    )
    several = invoices.lines > 2
    seen = engine.row(
        {
            "several": several.sum().fill_null(0),
            "same": (several & (invoices.low == invoices.high)).sum().fill_null(0),
        },
        invoices,
    )
    if seen["several"] < 5 or seen["same"] * 20 < seen["several"] * 19:
        return ledger
    if options.invoice_totals == "refuse":
        raise LedgerError(
            _("Every line of an invoice has the same amount: it looks like the invoice's total."),
            where=where,
            found=_(
                "{same} of {several} invoices with three lines or more",
                same=number(seen["same"]),
                several=number(seen["several"]),
            ),
            wanted=_("the amount of each line"),
            remedy=_(
                'Choose the line\'s amount with --map amount="Heading", or say '
                'invoice_totals = "once" (count each invoice once) or "lines" (they are '
                "the lines' own amounts) under [options] in the mapping file."
            ),
        )
    place = ibis.row_number().over(
        group_by=[ledger.account_id, ledger.invoice_id, ledger.reason.isnull()],
        order_by=[ledger.part, ledger.source_row],
    )
    again = ledger.reason.isnull() & ledger.invoice_id.notnull() & (place > 0)
    return ledger.mutate(reason=ibis.ifelse(again, "repeated_total", ledger.reason))


def repeated(ledger: ir.Table) -> ir.BooleanColumn:
    """Tell which used lines repeat an earlier one in every column of the contract."""
    import ibis

    same = [ledger[c.name] for c in TABLES["sales"].columns if c.name in ledger.columns]
    place = ibis.row_number().over(
        group_by=[*same, ledger.reason.isnull()], order_by=[ledger.part, ledger.source_row]
    )
    return ledger.reason.isnull() & (place > 0)


def _without_duplicates(ledger: ir.Table) -> ir.Table:
    import ibis

    return ledger.mutate(reason=ibis.ifelse(repeated(ledger), "duplicate", ledger.reason))


def _within_thresholds(checked: ir.Table, options: ReadOptions, engine: Engine, where: str) -> None:
    fate = checked.filter(checked.reason.isnull() | ~checked.reason.isin(_HARMLESS))
    size = fate.amount.abs()
    count = engine.row(
        {
            "rows": fate.count(),
            "used": fate.reason.isnull().sum().fill_null(0),
            "amount": size.sum(),
            "kept": size.sum(where=fate.reason.isnull()),
        },
        fate,
    )
    if not count["used"]:
        raise _nothing_left(checked, options, engine, where)
    rows = 1 - count["used"] / count["rows"]
    amount = 1 - float(count["kept"] or 0) / float(count["amount"]) if count["amount"] else 0.0
    if rows <= options.max_rows and amount <= options.max_amount:
        return
    most = reconciliation(checked, engine).query("reason not in ('read', 'used')")
    raise LedgerError(
        _("Too much of the ledger had to be set aside."),
        where=where,
        found=_(
            "{rows} of the rows and {amount} of the amounts: {reasons}",
            rows=percent(rows),
            amount=percent(amount),
            reasons=join(
                [
                    f"{reason_label(r)} ({number(n)})"
                    for r, n in zip(most["reason"], most["rows"], strict=True)
                ]
            ),
        ),
        wanted=_(
            "at most {rows} of the rows and {amount} of the amounts",
            rows=percent(options.max_rows, 0),
            amount=percent(options.max_amount, 0),
        ),
        remedy=_(
            "Mend the source or the mapping; or allow more with --max-rows and "
            "--max-amount if you know why."
        ),
    )


def _nothing_left(
    checked: ir.Table, options: ReadOptions, engine: Engine, where: str
) -> LedgerError:
    found = engine.row(
        {
            "first": checked.date.min(),
            "last": checked.date.max(),
            "outside": (checked.reason == "outside_period").sum().fill_null(0),
        },
        checked,
    )
    if found["outside"]:
        return LedgerError(
            _("There is no line of sales in the period."),
            where=where,
            found=f"{found['first']} – {found['last']}",
            wanted=f"{options.start or '…'} – {options.end or '…'}",
            remedy=_("Choose a period that the ledger covers, with --from and --to."),
        )
    table = reconciliation(checked, engine).query("reason not in ('read', 'used')")
    return LedgerError(
        _("No line of the ledger can be used."),
        where=where,
        found=join(
            [
                f"{reason_label(r)} ({number(n)})"
                for r, n in zip(table["reason"], table["rows"], strict=True)
            ]
        ),
        wanted=_("lines with customer number, date and amount"),
        remedy=_("See which headings were used with kamkit check SOURCE."),
    )
