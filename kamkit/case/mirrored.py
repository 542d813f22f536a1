"""Payments among the sales: amounts that come back below zero, invoice by invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEAST = 3
_BACK = 0.4  # share of what is sold that comes back, below which nothing is looked at
_OF_SALES = 0.6
_OF_RETURNS = 0.95


def without_mirrored(ledger: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Set aside payments that nothing but their amounts tells; return the ledger and what to tell.

    Six of ten sales have their own amount below zero beside them at the same customer, and nearly
    everything below zero is such an amount: these are payments. Where a document type, products or
    quantities tell what a line is, nothing is set aside.
    """
    import ibis

    if {"doc_type", "product_id", "quantity"} & set(ledger.columns):
        return ledger, []
    used = ledger.filter(ledger.reason.isnull())
    sums = engine.row(
        {
            "plus": used.amount.sum(where=used.amount > 0),
            "back": -used.amount.sum(where=used.amount < 0),
        },
        used,
    )
    if not sums["plus"] or float(sums["back"] or 0) < _BACK * float(sums["plus"]):
        return ledger, []
    sizes = used.mutate(size=used.amount.abs()).group_by(["account_id", "size"])
    pairs = sizes.aggregate(sold=(used.amount > 0).sum(), back=(used.amount < 0).sum())
    pairs = pairs.mutate(both=ibis.least(pairs.sold, pairs.back))
    count = engine.row({name: pairs[name].sum() for name in ("sold", "back", "both")}, pairs)
    both = int(count["both"] or 0)
    if both < max(_LEAST, _OF_SALES * count["sold"], _OF_RETURNS * count["back"]):
        return ledger, []
    here = ledger.reason.isnull() & (ledger.amount < 0)
    note = ngettext(
        "{n} line is a payment: the same customer has the same amount above zero. It is set aside; "
        "with it the ledger would come to {less} in place of {sold}.",
        "{n} lines are payments: the same customers have the same amounts above zero. They are set "
        "aside; with them the ledger would come to {less} in place of {sold}.",
        int(count["back"]),
        less=number(float(sums["plus"] - sums["back"]), 2),
        sold=number(float(sums["plus"]), 2),
    )
    return ledger.mutate(reason=ibis.ifelse(here, "payment", ledger.reason)), [note]
