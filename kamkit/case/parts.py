"""Files and sheets that say the same twice: the sum of the others, and invoices in two files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEAST = 3  # lines of a file or sheet that are no copy by chance
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
    ledger, told = _without_copied_parts(ledger, seen, engine)
    notes += told
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
    if len(seen) == 2 and len(sums) == 2:  # the one with fewer rows
        sums = sorted(sums, key=lambda part: part["rows"])[: sums[0]["rows"] != sums[1]["rows"]]
    if len(sums) != 1:
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
    seen = engine.row({"n": differs, "customers": sums.count()}, sums)
    if seen["n"] or seen["customers"] < 2:
        return False
    if "invoice_id" not in used.columns:
        return True
    bills = used.group_by(["account_id", "invoice_id"]).aggregate(beside=(~here).any())
    only = (bills.invoice_id.notnull() & ~bills.beside).sum().fill_null(0)
    return not engine.row({"n": only}, bills)["n"]


def _without_copied_parts(
    ledger: ir.Table, seen: list[dict[str, Any]], engine: Engine
) -> tuple[ir.Table, list[str]]:
    """Set aside the files or sheets that hold the same lines as another, day for day."""
    import ibis

    sizes = Counter((part["rows"], part["amount"]) for part in seen)
    alike = [part["part"] for part in seen if sizes[part["rows"], part["amount"]] > 1]
    if not alike:
        return ledger, []
    used = ledger.filter(ledger.reason.isnull() & ledger.part.isin(alike))
    names = [c.name for c in TABLES["sales"].columns if c.name in used.columns]
    lines = used.mutate(text=_text(used, names))
    prints = lines.group_by("part").aggregate(
        rows=lines.count(), print=lines.text.hash().cast("decimal(38, 0)").sum()
    )
    first: dict[tuple[int, object], str] = {}
    copies: dict[str, str] = {}
    found = sorted(engine.rows(prints), key=lambda part: (len(part["part"]), part["part"]))
    for part in found:
        key = (part["rows"], part["print"])
        if part["rows"] >= _LEAST and key in first:
            copies[part["part"]] = first[key]
        first.setdefault(key, part["part"])
    if not copies:
        return ledger, []
    again = ledger.reason.isnull() & ledger.part.isin(list(copies))
    marked = ledger.mutate(reason=ibis.ifelse(again, "in_two_files", ledger.reason))
    notes = [
        _("{part} holds the same lines as {first}, and is set aside.", part=part, first=one)
        for part, one in copies.items()
    ]
    return marked, notes


def _text(lines: ir.Table, names: Sequence[str]) -> ir.StringValue:
    """Return all that some columns hold on each line as one text."""
    text = lines[names[0]].cast("string").fill_null("")
    for name in names[1:]:
        text = text + "|" + lines[name].cast("string").fill_null("")
    return text


def _without_copies(ledger: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Set aside invoices all of whose lines stand in another part as well, from the second on."""
    import ibis

    used = ledger.filter(ledger.reason.isnull() & ledger.invoice_id.notnull())
    names = [name for name in _SAME if name in ledger.columns]
    lines = used.mutate(text=_text(used, names))
    bills = lines.group_by(["account_id", "invoice_id", "part"]).aggregate(
        rows=lines.count(), print=lines.text.hash().cast("decimal(38, 0)").sum()
    )
    copies = bills.group_by(["account_id", "invoice_id", "rows", "print"]).aggregate(
        first=bills.part.min(), parts=bills.count()
    )
    twice = engine.store(
        copies.filter(copies.parts > 1).select("account_id", "invoice_id", "first")
    )
    examples = engine.rows(twice.order_by(["account_id", "invoice_id"]).limit(5))
    if not examples:
        return ledger, []
    joined = ledger.left_join(
        twice, [ledger.account_id == twice.account_id, ledger.invoice_id == twice.invoice_id]
    )
    again = joined.reason.isnull() & joined.first.notnull() & (joined.part > joined.first)
    marked = joined.mutate(reason=ibis.ifelse(again, "in_two_files", joined.reason))
    extra = [name for name in marked.columns if name.endswith("_right")]
    marked = marked.drop("first", *extra)
    count = engine.row({"n": (marked.reason == "in_two_files").sum()}, marked)["n"]
    told = _other_contents(bills, engine)
    note = ngettext(
        "{n} line stands in two files or sheets with its invoice and is counted once: {invoices}.",
        "{n} lines stand in two files or sheets with their invoices and are counted once: "
        "{invoices}.",
        int(count or 0),
        invoices=", ".join(line["invoice_id"] for line in examples),
    )
    return marked, [note, *told]


def _other_contents(bills: ir.Table, engine: Engine) -> list[str]:
    """Tell of invoices that stand in two parts with other lines, beside others that are copies."""
    found = bills.group_by(["account_id", "invoice_id"]).aggregate(
        kinds=bills.print.nunique(), n=bills.count()
    )
    found = found.filter((found.kinds > 1) & (found.n > 1))
    rows = engine.rows(found.order_by("invoice_id").limit(5))
    if not rows:
        return []
    return [
        _(
            "Invoices that stand in two files or sheets with other lines are used from both: "
            "{invoices}. If one of the two corrects the other, leave the wrong one out.",
            invoices=", ".join(row["invoice_id"] for row in rows),
        )
    ]
