"""Used or set aside: every row of the ledger gets its fate, and rows and amounts reconcile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from kamkit.case.currency import one_currency
from kamkit.case.documents import negated, refuse_below_zero, typed_documents
from kamkit.case.engine import Engine
from kamkit.case.mirrored import without_mirrored
from kamkit.case.options import ReadOptions
from kamkit.case.orders import as_their_order
from kamkit.case.parts import without_repeated_parts
from kamkit.case.places import of_their_place
from kamkit.case.repeats import without_repeated_totals
from kamkit.case.sold import with_status
from kamkit.case.spellings import aliased, merged
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import join, joined, number, percent
from kamkit.money import DECIMAL
from kamkit.schema import REASONS, reason_label
from kamkit.schema.contract import EXAMPLE_IDS, TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

# What the user asked for, and what is no sale at all, does not count against the source.
_HARMLESS = (
    "blank_line",
    "heading_row",
    "total_row",
    "sum_of_parts",
    "left_out",
    "payment",
    "not_sold",
    "in_two_files",
    "example_row",
    "excluded_account",
    "outside_period",
    "repeated_total",
    "counted_elsewhere",
    "no_revenue",
    "duplicate",
    "repeated_document",
)


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


def settle(
    ledger: ir.Table,
    options: ReadOptions,
    engine: Engine,
    where: str,
    *,
    statuses: Mapping[str, str] | None = None,
    parts: int = 1,
    below: bool = False,
    rows: int = 0,
) -> Settled:
    """Give every row its fate; ``statuses`` are the headings that tell how far orders have come.

    ``parts`` is how many files or sheets the ledger is made of, ``below`` whether one of them comes
    to less than nothing, ``rows`` how many there are.

    Raises ``LedgerError`` for mixed currencies without rates, for invoice totals repeated on every
    line, for a period without rows, and when more is set aside than the thresholds allow.
    """
    ledger = aliased(ledger, options.alias, engine)
    ledger = merged(ledger, engine) if options.merge else ledger
    heading = (statuses or {}).get("doc_type", "")
    ledger = as_their_order(ledger, engine)
    ledger = negated(ledger) if options.sign == "turned" else ledger
    ledger, placed = of_their_place(ledger, engine, parts)
    ledger, notes = typed_documents(ledger, engine, heading, options.where)
    notes = [*placed, *notes]
    ledger, told = with_status(ledger, statuses or {}, options, engine, where)
    ledger, currency, converted = one_currency(ledger, options, engine, where)
    notes += [*told, *converted]
    ledger = ledger.mutate(reason=_reason(ledger, options))
    unused = [n for n in ledger.columns if n.startswith(("is_", "blank_")) or n == "aside"]
    ledger = reasoned = engine.store(ledger.drop(*unused, "no_rate", "left_out"))
    ledger, told = without_mirrored(ledger, engine)
    notes += told
    if below and not options.sign:
        refuse_below_zero(ledger, engine, where)
    if parts > 1:
        ledger, told = without_repeated_parts(ledger, engine)
        notes += told
    amount = next((h for n in ("amount", "amount_incl_vat") if (h := (statuses or {}).get(n))), "")
    ledger = without_repeated_totals(ledger, options, engine, where, amount, rows=rows)
    if options.drop_duplicates:
        ledger = _without_duplicates(ledger)
    checked = ledger
    if checked is not reasoned:  # more was set aside
        checked = engine.store(ledger)
        engine.drop(reasoned.get_name())
    _within_thresholds(checked, options, engine, where, heading)
    return Settled(checked, currency, notes, _empty(checked, engine))


def reconciliation(checked: ir.Table, engine: Engine) -> pd.DataFrame:
    """Return one row for what was read, what is used and each reason for setting aside.

    Columns: ``reason`` (key), ``rows``, ``share_rows``, ``amount``, ``share_amount`` (of the
    amount read; empty when that is zero) and ``unreadable``, the rows whose amount is unknown.
    A totals row is a sum of other rows, so it counts as a row and has no amount of its own.
    Raises ``LedgerError`` if rows or amounts did not add up, which would be a fault of kamkit.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> case = open_case(pd.DataFrame({"account_id": ["a"], "date": ["2025-01-31"], "amount": [5]}))
    >>> reconciliation(case.checked, case.engine)[["reason", "rows", "amount"]].values.tolist()
    [['read', 1, 5.0], ['used', 1, 5.0]]
    """
    import pandas as pd

    fate = checked.mutate(reason=checked.reason.fill_null("used"))
    groups = engine.rows(fate.group_by("reason").aggregate(**_sums(fate)))
    whole = engine.row(_sums(checked), checked)
    accounted = sum(g["rows"] for g in groups), sum(g["amount"] for g in groups)
    if accounted != (whole["rows"], whole["amount"]):
        raise LedgerError(
            _("Rows read and rows accounted for do not add up."),
            found=f"{accounted[0]}, {accounted[1]}",
            wanted=f"{whole['rows']}, {whole['amount']}",
        )
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


def _reason(ledger: ir.Table, options: ReadOptions) -> ir.StringColumn:
    import ibis

    never = ibis.literal(False)
    before = ledger.date < ibis.literal(options.start).cast("date") if options.start else never
    after = ledger.date > ibis.literal(options.end).cast("date") if options.end else never
    fits = {
        "broken_line": ledger.is_broken,
        "blank_line": ledger.is_blank,
        "heading_row": ledger.is_heading,
        "total_row": ledger.is_total,
        "example_row": ledger.account_id.isin(EXAMPLE_IDS),
        "left_out": ledger.left_out,
        "payment": ledger.is_payment | ledger.is_paid,
        "other_document": ledger.is_other,
        "not_sold": ledger.is_unsold,
        "cut_account": ledger.is_cut,
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
    reason = ibis.cases(
        *((fits[key].fill_null(False), key) for key in REASONS if key in fits),
        else_=ibis.null("string"),
    )
    return ibis.coalesce(ledger.aside, reason) if "aside" in ledger.columns else reason


def repeated(ledger: ir.Table) -> ir.BooleanColumn:
    """Tell which used lines repeat an earlier one in every column of the contract.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a", "a", "b"], "date": "2025-01-31", "amount": 5})
    >>> case = open_case(sales)
    >>> int(case.engine.frame(case.checked.select(again=repeated(case.checked)))["again"].sum())
    1
    """
    import ibis

    names = [c.name for c in TABLES["sales"].columns if c.name in ledger.columns]
    same = [ledger[name] for name in names]
    position = ibis.row_number().over(
        group_by=[*same, ledger.reason.isnull()], order_by=[ledger.part, ledger.source_row]
    )
    return ledger.reason.isnull() & (position > 0)


def _without_duplicates(ledger: ir.Table) -> ir.Table:
    import ibis

    return ledger.mutate(reason=ibis.ifelse(repeated(ledger), "duplicate", ledger.reason))


def _within_thresholds(
    checked: ir.Table, options: ReadOptions, engine: Engine, where: str, heading: str
) -> None:
    import ibis

    counted = checked.filter(checked.reason.isnull() | ~checked.reason.isin(_HARMLESS))
    # a row without date and amount, such as “Page 1 of 2”, is no line that is lost
    remark = (counted.reason == "no_date") & counted.amount.isnull() & counted.guess.isnull()
    counted = counted.filter(~remark.fill_null(False))
    # nobody's credit, such as a bad debt written off, takes nothing from the customers there are
    nobodys = (counted.reason == "no_account") & (counted.amount < 0)
    known = ibis.ifelse(nobodys.fill_null(False), ibis.literal(0).cast(DECIMAL), counted.amount)
    size = ibis.coalesce(known.abs(), counted.guess)
    count = engine.row(
        {
            "rows": counted.count(),
            "used": counted.reason.isnull().sum().fill_null(0),
            "amount": size.sum(),
            "kept": size.sum(where=counted.reason.isnull()),
        },
        counted,
    )
    if not count["used"]:
        raise _nothing_left(checked, options, engine, where, heading)
    rows = 1 - count["used"] / count["rows"]
    amount = 1 - float(count["kept"] or 0) / float(count["amount"]) if count["amount"] else 0.0
    if rows <= options.max_rows and amount <= options.max_amount:
        return
    raise LedgerError(
        _("Too much of the ledger had to be set aside."),
        where=where,
        found=_(
            "{rows} of the rows and {amount} of the amounts: {reasons}",
            rows=percent(rows),
            amount=percent(amount),
            reasons=_rows_by_reason(checked, engine),
        ),
        wanted=_(
            "at most {rows} of the rows and {amount} of the amounts",
            rows=percent(options.max_rows, 0),
            amount=percent(options.max_amount, 0),
        ),
        remedy=_remedy(checked, engine, heading, _allowed(rows, amount, options)),
    )


def _allowed(rows: float, amount: float, options: ReadOptions) -> str:
    """Return the options that allow as much as is set aside, in steps of a twentieth."""
    shares = (("--max-rows", rows, options.max_rows), ("--max-amount", amount, options.max_amount))
    return " ".join(
        f"{one} {ceil(share * 20) / 20:g}" for one, share, most in shares if share > most
    )


def _remedy(checked: ir.Table, engine: Engine, heading: str, allowed: str = "") -> str:
    """Say what to do about the reason for which most is set aside."""
    count = engine.row(
        {
            reason: (checked.reason == reason).sum().fill_null(0)
            for reason in ("no_account", "cut_account", "other_document")
        }
        | {"rows": checked.count()},
        checked,
    )
    if count["cut_account"] * 10 > count["rows"]:
        return _("Export the ledger again with the customer numbers as text.")
    if count["other_document"] * 4 > count["rows"]:
        return _(
            'Say which documents are sales, such as --where "{heading}=Invoice,Credit".',
            heading=heading or "Type",
        )
    mend = _("Mend the source or the mapping.")
    if allowed:
        mend = _(
            "Mend the source or the mapping; or, if you know why, allow more with {options}",
            options=allowed,
        )
    if count["no_account"] * 4 > count["rows"]:
        above = _(
            "If the customer stands once above its lines, fill it down in the spreadsheet "
            "program; else choose another column of customers (--map account_id=…)."
        )
        return joined(" ", [above, mend])
    return mend


def _nothing_left(
    checked: ir.Table, options: ReadOptions, engine: Engine, where: str, heading: str
) -> LedgerError:
    counts = engine.row(
        {
            "first": checked.date.min(),
            "last": checked.date.max(),
            "outside": (checked.reason == "outside_period").sum().fill_null(0),
        },
        checked,
    )
    if counts["outside"]:
        return LedgerError(
            _("There is no line of sales in the period."),
            where=where,
            found=f"{counts['first']} – {counts['last']}",
            wanted=f"{options.start or '…'} – {options.end or '…'}",
            remedy=_("Choose a period that the ledger covers, with --from and --to."),
        )
    return LedgerError(
        _("No line of the ledger can be used."),
        where=where,
        found=_rows_by_reason(checked, engine),
        wanted=_("lines with customer number, date and amount"),
        remedy=_remedy(checked, engine, heading),
    )


def _rows_by_reason(checked: ir.Table, engine: Engine) -> str:
    table = reconciliation(checked, engine).query("reason not in ('read', 'used')")
    counted = zip(table["reason"], table["rows"], strict=True)
    return join([f"{reason_label(reason)} ({number(rows)})" for reason, rows in counted])
