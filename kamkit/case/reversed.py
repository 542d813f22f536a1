"""Cancelled invoices beside their reversal: where that is taken off, the invoice stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.language import ngettext

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NO_SALES = ("is_broken", "is_heading", "is_total", "is_payment", "is_paid", "is_other", "left_out")


def with_reversed(ledger: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Use the cancelled invoices whose reversal is used; return the ledger and what to tell.

    ``is_unsold`` says what is cancelled. A reversal is a document of the same size below zero at
    the same customer, not earlier and not cancelled itself; each takes off one invoice. Where few
    of the cancelled have one, it counts only if it can be of no other invoice.
    """
    seen = engine.row(
        {
            "said": (ledger.is_unsold & (ledger.amount > 0)).sum().fill_null(0),
            "back": (~ledger.is_unsold & (ledger.amount < 0)).sum().fill_null(0),
        },
        ledger,
    )
    if not seen["said"] or not seen["back"]:
        return ledger, []
    bills = engine.store(_bills(ledger))
    pairs = engine.store(_pairs(bills))
    said = engine.row({"n": (bills.unsold & (bills.size > 0)).sum()}, bills)["n"]
    count = engine.row({"n": pairs.count(), "sure": pairs.sure.sum().fill_null(0)}, pairs)
    engine.drop(bills.get_name())
    most = count["n"] * 2 > said
    if not (count["n"] if most else count["sure"]):
        return ledger, []
    stays = pairs if most else pairs.filter(pairs.sure)
    stays = stays.select(of_account="account_id", of_bill="bill")
    joined = ledger.mutate(bill=_bill(ledger))
    joined = joined.left_join(
        stays, [joined.account_id == stays.of_account, joined.bill == stays.of_bill]
    )
    used = joined.is_unsold & joined.of_bill.notnull()
    joined = joined.mutate(is_used=used, is_unsold=joined.is_unsold & ~used)
    lines = engine.row({"n": joined.is_used.sum()}, joined)["n"]
    note = ngettext(
        "{n} cancelled line is used all the same: its reversal stands beside it and takes it off.",
        "{n} cancelled lines are used all the same: their reversals stand beside them and take "
        "them off.",
        int(lines),
    )
    return joined.drop("bill", "of_account", "of_bill", "is_used"), [note]


def _bill(ledger: ir.Table) -> ir.StringValue:
    """Return the number of each line's invoice, or its place where it has none."""
    row = ledger.part + "|" + ledger.source_row.cast("string")
    return ledger.invoice_id.fill_null(row) if "invoice_id" in ledger.columns else row


def _bills(ledger: ir.Table) -> ir.Table:
    """Return the invoices with size and goods, what is cancelled of one apart from the rest."""
    import ibis

    flags = [ledger[name].fill_null(False) for name in _NO_SALES if name in ledger.columns]
    sound = ledger.amount.notnull() & ledger.account_id.notnull() & ledger.date.notnull()
    for flag in flags:
        sound = sound & ~flag
    lines = ledger.mutate(bill=_bill(ledger)).filter(sound)
    known = "product_id" in lines.columns
    bills = lines.group_by("account_id", "bill", unsold="is_unsold").aggregate(
        size=lines.amount.sum(),
        day=lines.date.min(),
        goods=lines.product_id.min() if known else ibis.literal(""),
    )
    # where some have no product, the goods tell nothing
    goods = ibis.ifelse(bills.goods.isnull().sum().over() > 0, "", bills.goods)
    return bills.mutate(goods=goods).filter(bills.size != 0)


def _pairs(bills: ir.Table) -> ir.Table:
    """Return the cancelled invoices that have a reversal, and whether it is ``sure`` to be theirs.

    It is where the customer was sold nothing else of that size.
    """
    import ibis

    bills = bills.mutate(worth=bills.size.abs())
    unsold = bills.filter(bills.unsold & (bills.size > 0))
    same = ["account_id", "worth", "goods"]
    first = unsold.group_by(same).aggregate(since=unsold.day.min())
    plain = bills.filter(~bills.unsold).join(first, same)
    sold = plain.filter(plain.size > 0).select(same).distinct()
    back = plain.filter((plain.size < 0) & (plain.day >= plain.since))
    ranked = [
        one.select(
            *same,
            "bill",
            place=ibis.row_number().over(
                group_by=[one[name] for name in same], order_by=[one.day, one.bill]
            ),
        )
        for one in (unsold, back)
    ]
    paired = ranked[0].semi_join(ranked[1], [*same, "place"])
    others = sold.mutate(other=True)
    pairs = paired.left_join(others, same)
    return pairs.select("account_id", "bill", sure=pairs.other.isnull())
