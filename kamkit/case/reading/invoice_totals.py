"""An invoice's total that stands on each of its lines, beside what the lines themselves say."""

from __future__ import annotations

from kamkit.case.reading.prices import Made
from kamkit.case.reading.weighed import Lines, near
from kamkit.language import gettext as _


def own_of(lines: Lines, made: Made) -> Made | None:
    """Return the amount that adds to the one that is made on every invoice, and differs on lines.

    The other is then the invoice's total on each of its lines, with VAT or without as this one.
    """
    others = [name for name in lines.named("amount") if name != made.column]
    for name in others if made.used == {made.column} else ():
        table = lines.table.mutate(whole=lines.float(made.column), own=lines.float(name))
        invoices = table.group_by(["account_id", "invoice_id"]).aggregate(
            lines=table.count(),
            low=table.whole.min(),
            high=table.whole.max(),
            sum=table.own.sum(),
            least=table.own.min(),
        )
        known = invoices.invoice_id.notnull()
        adds = (invoices.low == invoices.high) & near(invoices["sum"], invoices.high, 0.051)
        parted = (invoices.lines > 1) & (invoices.least != invoices.high)
        tests = {"all": known, "adds": known & adds, "parted": known & adds & parted}
        seen = lines.engine.row({n: x.sum().fill_null(0) for n, x in tests.items()}, invoices)
        if seen["parted"] and seen["adds"] * 50 >= seen["all"] * 49:
            lines.notes.append(preferred(lines, name, made.column))
            return Made(lines.table[name], {name}, name, checked={made.column})
    return None


def is_invoices(lines: Lines, name: str) -> bool:
    """Tell whether an amount is what all lines of its invoice come to, on each or one of them."""
    needed = {"quantity", "unit_price"} <= set(lines.headings)
    if not needed or "invoice_id" not in lines.table.columns:
        return False
    worth = lines.float("quantity") * lines.float("unit_price")
    off = lines.float("discount").abs().fill_null(0.0) if "discount" in lines.headings else 0.0
    table = lines.table.mutate(worth=worth, less=worth - off, whole=lines.float(name))
    invoices = table.group_by(["account_id", "invoice_id"]).aggregate(
        lines=table.count(),
        low=table.whole.min(),
        high=table.whole.max(),
        sum=table.worth.sum(),
        less=table.less.sum(),
    )
    several = (invoices.lines > 1) & invoices.invoice_id.notnull()
    sums = near(invoices["sum"], invoices.high, 0.051) | near(invoices.less, invoices.high, 0.051)
    total = (invoices.low == invoices.high) & sums
    seen = lines.engine.row(
        {"all": several.sum().fill_null(0), "total": (several & total).sum().fill_null(0)}, invoices
    )
    return bool(seen["all"] and seen["total"] * 50 >= seen["all"] * 49)


def preferred(lines: Lines, name: str, other: str) -> str:
    """Say which of two columns is the amount, with what both come to."""
    sums = lines.totals({"one": lines.table[name], "other": lines.table[other]})
    return _(
        "The amount is {heading}, {sum} in all, and not {other}, {total} in all.",
        heading=lines.heading(name),
        sum=sums["one"],
        other=lines.heading(other),
        total=sums["other"],
    )
