"""Lines that are the sum of the others of their customer or invoice, whatever they are called."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FIRST = 5000  # rows in which the pattern must show before all are asked
_LEAST = 3  # groups of three lines or more
_SHARE = 0.9
_CENT = 0.011
_OWN = {  # what a line has that is a sale, and a sum of its customer, or of its invoice, has not
    "account_id": ("date", "invoice_id", "product_id", "product_name"),
    "invoice_id": ("date", "product_id"),
}
_TOTAL = r"(?i)total|\bsum|sum\b|summ[ae]|saldo|balan[cs]e|i ?alt\b|gesamt|samlet|yhteensä|razem"
_LACKED = ("invoice_id", "product_id", "quantity")


def without_group_sums(lines: ir.Table, engine: Engine) -> tuple[ir.Table, list[str]]:
    """Mark as totals the lines that are the sum of all others of their group; return what to tell.

    In nine of ten invoices, or customers, of three lines or more the first, or the last, line is
    the sum of the others: the heading line of an invoice, or a sum that has no word of its own.
    A line with a number, a day or a product of its own is a sale, whatever it comes to.
    """
    sound = ~(lines.is_broken | lines.is_blank | lines.is_heading | lines.is_total | lines.is_paid)
    sound &= ~lines.left_out & lines.amount.notnull() & lines.account_id.notnull()
    keys = [["account_id", "invoice_id"]] if "invoice_id" in lines.columns else []
    for group in (*keys, ["account_id"]):
        own = lines.filter(sound.fill_null(False))
        own = own.filter(own[group[-1]].notnull())
        if not _sum_position(own.filter(own.source_row <= _FIRST), group, engine, 0.7):
            continue
        if position := _sum_position(own, group, engine, _SHARE):
            rows = _sum_rows(own, group, position, engine)
            if rows is None:
                continue
            joined = lines.left_join(rows, lines.source_row == rows.sum_row)
            summed = joined.sum_row.notnull()
            marked = joined.mutate(is_total=joined.is_total | summed)
            seen = engine.row(
                {"n": summed.sum(), "sum": marked.amount.sum(where=marked.sum_row.notnull())},
                marked,
            )
            return marked.drop("sum_row"), [_note(int(seen["n"]), float(seen["sum"] or 0), group)]
    return lines, []


def _sum_rows(own: ir.Table, group: list[str], position: str, engine: Engine) -> ir.Table | None:
    """Return the rows that are sums and no sales; None where most of them are sales."""
    groups = _groups(own, group)
    column = "first_row" if position == "leads" else "last_row"
    hit = groups.filter(groups[position] & (groups.n > 1))
    hit = engine.store(hit.select(*group, sum_row=hit[column]))
    facts = _facts(own, hit, group)
    plain = engine.store(facts.filter(~facts.own).select("sum_row"))
    count = engine.row({"n": facts.count(), "plain": (~facts.own).sum().fill_null(0)}, facts)
    if count["plain"] < max(_LEAST, _SHARE * count["n"]):
        return None
    return engine.taken(plain)


def _facts(own: ir.Table, hit: ir.Table, group: list[str]) -> ir.Table:
    """Return for each sum whether it says something that no other line of its group says.

    A day of its own, such as the last of the period, says nothing where the line lacks a number, a
    product or a quantity that the others have.
    """
    import ibis

    names = [name for name in _OWN[group[-1]] if name in own.columns]
    lacked = [name for name in _LACKED if name in own.columns]
    every = list(dict.fromkeys((*names, *lacked)))
    sums = own.join(hit, own.source_row == hit.sum_row)
    sums = sums.select(
        "sum_row",
        *(sums[g].name(f"of_{g}") for g in group),
        **{f"own_{name}": sums[name] for name in every},
    )
    beside = own.join(sums, [own[g] == sums[f"of_{g}"] for g in group])
    others = beside.filter(beside.source_row != beside.sum_row)
    found = others.group_by("sum_row").aggregate(
        **{f"said_{name}": _says(others, name) for name in names},
        **{
            f"lacks_{name}": (others[name].notnull() & others[f"own_{name}"].isnull()).all()
            for name in lacked
        },
    )
    never = ibis.literal(False)
    lacks = reduce(or_, [found[f"lacks_{name}"] for name in lacked], never)
    facts = [found[f"said_{name}"] & (~lacks if name == "date" else ~never) for name in names]
    return found.select("sum_row", own=reduce(or_, facts, never).fill_null(False))


def _says(others: ir.Table, name: str) -> ir.BooleanValue:
    """Tell whether a sum has a value that none of the other lines has, and that is no “Total”."""
    own = others[f"own_{name}"]
    new = own.notnull().any() & ~(others[name] == own).any().fill_null(False)
    if own.type().is_string():
        new = new & ~own.re_search(_TOTAL).any().fill_null(False)
    return new


def _note(count: int, total: float, group: list[str]) -> str:
    if len(group) > 1:
        return ngettext(
            "{n} line is the sum of the others of its invoice, {amount}, and is set aside.",
            "{n} lines are each the sum of the others of their invoice, {amount}, and are set "
            "aside.",
            count,
            amount=number(total, 2),
        )
    return ngettext(
        "{n} line is the sum of the others of its customer, {amount}, and is set aside.",
        "{n} lines are each the sum of the others of their customer, {amount}, and are set aside.",
        count,
        amount=number(total, 2),
    )


def _groups(lines: ir.Table, group: list[str]) -> ir.Table:
    """Return each group with whether its first, or its last, line is the sum of the others."""
    amount = lines.amount.cast("float64")
    groups = lines.group_by(group).aggregate(
        n=lines.count(),
        sum=amount.sum(),
        first_row=lines.source_row.min(),
        last_row=lines.source_row.max(),
        first=amount.argmin(lines.source_row),
        last=amount.argmax(lines.source_row),
    )
    there = groups["sum"].abs() > _CENT
    return groups.mutate(
        leads=there & ((groups["first"] * 2 - groups["sum"]).abs() < _CENT),
        ends=there & ((groups["last"] * 2 - groups["sum"]).abs() < _CENT),
    )


def _sum_position(lines: ir.Table, group: list[str], engine: Engine, share: float) -> str:
    """Return which line of nearly all groups is the sum of the others; empty where none is."""
    groups = _groups(lines, group)
    several = groups.n > 2
    seen = engine.row(
        {
            "of": several.sum().fill_null(0),
            "leads": (several & groups.leads).sum().fill_null(0),
            "ends": (several & groups.ends).sum().fill_null(0),
        },
        groups,
    )
    if seen["of"] < _LEAST:
        return ""
    return next((one for one in ("ends", "leads") if seen[one] >= share * seen["of"]), "")
