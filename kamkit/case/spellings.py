"""One customer under several spellings: numbers that differ in case, spaces or zeros only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir


def folded_id(account: ir.StringValue) -> ir.StringValue:
    """Write a number without case, spaces and leading zeros, and without a point that means none.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(folded_id(ibis.literal(" 00A 17.0 ")))
    'a17'
    """
    plain = account.lower().re_replace("[\\s\u00a0]+", "").re_replace(r"(\d)[.,]0$", r"\1")
    return plain.re_replace("^0+(.)", r"\1")


def aliased(ledger: ir.Table, alias: Mapping[str, str], engine: Engine) -> ir.Table:
    """Give the lines of some account numbers another one."""
    import ibis
    import pyarrow as pa

    if not alias:
        return ledger
    pairs = {"account_alias": list(alias), "account_meant": list(alias.values())}
    held = engine.hold(pa.table(pairs))
    joined = ledger.left_join(held, ledger.account_id == held.account_alias)
    meant = ibis.coalesce(joined.account_meant, joined.account_id)
    return joined.mutate(account_id=meant).drop("account_alias", "account_meant")


def merged(ledger: ir.Table, engine: Engine) -> ir.Table:
    """Give accounts whose numbers are spelled in several ways the commonest spelling."""
    counted = engine.near_table(ledger.group_by("account_id").aggregate(rows=ledger.count()))
    counted = counted.filter(counted.account_id.notnull())
    counted = counted.mutate(same=folded_id(counted.account_id))
    ranked = counted.mutate(
        spelling=counted.account_id.first().over(
            group_by=counted.same, order_by=[counted.rows.desc(), counted.account_id]
        )
    )
    kept = engine.taken(engine.near.store(ranked.select("account_id", "spelling")))
    joined = ledger.left_join(kept, ledger.account_id == kept.account_id)
    return joined.mutate(account_id=joined.spelling).drop("spelling", "account_id_right")
