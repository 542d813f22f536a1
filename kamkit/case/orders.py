"""Orders whose status, currency or type stands on their first line alone, as web shops write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.engine import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

_OF_ORDER = ("status", "cancelled", "was_invoiced", "doc_type", "currency")


def as_their_order(ledger: ir.Table, engine: Engine) -> ir.Table:
    """Give the lines without status, type or currency that of the other lines of their order.

    It is given where an order has a single one.
    """
    import ibis

    names = [name for name in _OF_ORDER if name in ledger.columns]
    if "invoice_id" not in ledger.columns or not names:
        return ledger
    count = {name: ledger[name].count() for name in names}
    seen = engine.row(count | {"all": ledger.invoice_id.count()}, ledger)
    partly = [name for name in names if 0 < seen[name] < seen["all"]]
    if not partly:
        return ledger
    keyed = ledger.filter(ledger.invoice_id.notnull() & ledger.account_id.notnull())
    facts = {f"of_{name}": keyed[name].max() for name in partly}
    facts |= {f"n_{name}": keyed[name].nunique() for name in partly}
    orders = keyed.group_by(order_account="account_id", order_id="invoice_id").aggregate(**facts)
    joined = ledger.left_join(
        orders, [ledger.account_id == orders.order_account, ledger.invoice_id == orders.order_id]
    )
    filled = {
        name: ibis.ifelse(
            joined[name].isnull() & (joined[f"n_{name}"] == 1), joined[f"of_{name}"], joined[name]
        )
        for name in partly
    }
    return joined.mutate(**filled).drop("order_account", "order_id", *facts)
