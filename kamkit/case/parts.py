"""Files and sheets that say the same twice: the sum of the others, and invoices in two files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.language import gettext as _
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SAME = ("invoice_id", "account_id", "date", "amount", "product_id", "quantity")


def without_repeated_parts(ledger: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Set aside what stands in two files or sheets; return the ledger and what to tell.

    A part that is the sum of all the others, at each customer, goes, and so does the second copy of
    an invoice of which the same lines stand in two parts.
    """
    used = ledger.filter(ledger.reason.isnull())
    seen = engine.rows(used.group_by("part").aggregate(rows=used.count(), amount=used.amount.sum()))
    if len(seen) < 2:
        return ledger, []
    ledger, notes = _without_sum(ledger, seen, engine)
    if "invoice_id" not in ledger.columns:
        return ledger, notes
    ledger, told = _without_copies(ledger, engine)
    return ledger, [*notes, *told]


def _without_sum(
    ledger: ir.Table, seen: list[dict[str, Any]], engine: Engine
) -> tuple[ir.Table, list[str]]:
    import ibis

    whole = sum(part["amount"] or 0 for part in seen)
    sums = [part for part in seen if part["amount"] and part["amount"] * 2 == whole]
    if len(seen) < 3 or len(sums) != 1:
        return ledger, []
    name = sums[0]["part"]
    amount = number(float(sums[0]["amount"]), 2)
    if not _is_sum(ledger.filter(ledger.reason.isnull()), name, engine):
        return ledger, [
            _(
                "“{part}” comes to as much as all the others, {amount}, and is used: its customers "
                "or its days are others.",
                part=name,
                amount=amount,
            )
        ]
    here = ledger.reason.isnull() & (ledger.part == name)
    note = _(
        "“{part}” is the sum of the others, {amount}, and is set aside.", part=name, amount=amount
    )
    return ledger.mutate(reason=ibis.ifelse(here, "sum_of_parts", ledger.reason)), [note]


def _is_sum(used: ir.Table, name: str, engine: Engine) -> bool:
    """Tell whether a part is the sum of the others at each customer, and says nothing of its own.

    Its own are months that the others do not reach, and numbers of invoices that they have not.
    """
    here = used.part == name
    days = engine.row(
        {
            "first": used.date.min(where=here),
            "last": used.date.max(where=here),
            "since": used.date.min(where=~here),
            "until": used.date.max(where=~here),
        },
        used,
    )
    first, last, since, until = (days[key].replace(day=1) for key in days)
    if first < since or last > until:
        return False
    sums = used.group_by("account_id").aggregate(
        own=used.amount.sum(where=here), others=used.amount.sum(where=~here)
    )
    differs = (sums.own.fill_null(0) != sums.others.fill_null(0)).sum().fill_null(0)
    if engine.row({"n": differs}, sums)["n"]:
        return False
    if "invoice_id" not in used.columns:
        return True
    bills = used.group_by(["account_id", "invoice_id"]).aggregate(beside=(~here).any())
    only = (bills.invoice_id.notnull() & ~bills.beside).sum().fill_null(0)
    return not engine.row({"n": only}, bills)["n"]


def _without_copies(ledger: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Set aside invoices all of whose lines stand in another part as well, from the second on."""
    import ibis

    used = ledger.filter(ledger.reason.isnull() & ledger.invoice_id.notnull())
    names = [name for name in _SAME if name in ledger.columns]
    text = used[names[0]].cast("string")
    for name in names[1:]:
        text = text + "|" + used[name].cast("string").fill_null("")
    lines = used.mutate(text=text)
    bills = lines.group_by(["account_id", "invoice_id", "part"]).aggregate(
        rows=lines.count(), print=lines.text.hash().cast("decimal(38, 0)").sum()
    )
    copies = bills.group_by(["account_id", "invoice_id", "rows", "print"]).aggregate(
        first=bills.part.min(), parts=bills.count()
    )
    twice = engine.store(
        copies.filter(copies.parts > 1).select("account_id", "invoice_id", "first")
    )
    found = engine.rows(twice.order_by(["account_id", "invoice_id"]).limit(5))
    if not found:
        return ledger, []
    joined = ledger.left_join(
        twice, [ledger.account_id == twice.account_id, ledger.invoice_id == twice.invoice_id]
    )
    again = joined.reason.isnull() & joined.first.notnull() & (joined.part > joined.first)
    marked = joined.mutate(reason=ibis.ifelse(again, "in_two_files", joined.reason))
    extra = [name for name in marked.columns if name.endswith("_right")]
    marked = marked.drop("first", *extra)
    count = engine.row({"n": (marked.reason == "in_two_files").sum()}, marked)["n"]
    note = ngettext(
        "{n} line stands in two files or sheets with its invoice and is counted once: {invoices}.",
        "{n} lines stand in two files or sheets with their invoices and are counted once: "
        "{invoices}.",
        int(count or 0),
        invoices=", ".join(line["invoice_id"] for line in found),
    )
    return marked, [note]
