"""Headers and lines in two tables, and products in a third, put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.headings import folded, listed, propose
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.source import Part
from kamkit.errors import HeadingError, SourceError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext
from kamkit.money import DECIMAL
from kamkit.schema.contract import TABLES
from kamkit.schema.register import noun

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_MARKS = f"^[{numbers.NATIVE}{dates.NATIVE}]"
_SUMS = ("money", "number")


def key_pair(
    header: Sequence[str], lines: Sequence[str], mapping: ColumnMapping
) -> tuple[str, str] | None:
    """Return the headings of the order number in both tables; None when there is no such pair.

    >>> key_pair(["OrderID", "CustomerID", "OrderDate"], ["OrderID", "Quantity"], ColumnMapping())
    ('OrderID', 'OrderID')
    >>> key_pair(["id", "customer_id", "date"], ["id", "order_id", "qty"], ColumnMapping())
    ('id', 'order_id')
    """
    mine, theirs = _order_number(header, mapping), _order_number(lines, mapping)
    same = {folded(heading): heading for heading in header}
    if theirs and folded(theirs) in same:
        return same[folded(theirs)], theirs
    if theirs and not mine and "id" in same:  # of a table of orders in a database
        return same["id"], theirs
    return (mine, theirs) if mine and theirs else None


def _order_number(headings: Sequence[str], mapping: ColumnMapping) -> str:
    given = mapping.columns.get("invoice_id", "")
    if given in headings:
        return given
    found = [h for h in headings if "invoice_id" in propose([h], TABLES["sales"]).columns]
    return found[0] if found else ""


def joined(
    header: Part, lines: Part, mapping: ColumnMapping, engine: Engine
) -> tuple[Part, list[str]]:
    """Put the header of its order beside each line; return the ledger and what to tell.

    One row per line. Amounts and quantities of the header are sums of its lines and not used.
    Raises ``SourceError`` where an order has two headers.
    """
    pair = key_pair(header.headings, lines.headings, mapping)
    if pair is None:
        raise HeadingError(_("Headers and lines have no order number in common."))
    top, below = _keyed(header, pair[0]), _keyed(lines, pair[1])
    _refuse_twice(top, header, pair[0], engine)
    taken = {folded(heading) for heading in lines.headings}
    added = [h for h in header.headings if h != pair[0]]
    names = [_shown(h, taken, header.label) for h in added]
    width = len(lines.headings)
    cells = {f"c{width + i}": top[f"c{header.headings.index(h)}"] for i, h in enumerate(added)}
    right = top.select(order_key=top.key, **cells)
    both = below.left_join(right, below.key == right.order_key)
    own = [f"c{i}" for i in range(width)]
    ledger = engine.store(both.select(*own, *cells, "source_row", "broken"))
    label = f"{header.label} + {lines.label}"
    part = Part("sales", label, ledger, (*lines.headings, *names), ledger.get_name())
    unused = [h for h, name in zip(added, names, strict=True) if h != name]
    return part, _notes(top, below, (header, lines), unused, engine)


def _keyed(part: Part, heading: str) -> ir.Table:
    cell = part.relation[f"c{part.headings.index(heading)}"]
    text = cell.cast("string").re_replace(_MARKS, "").replace("\u00a0", " ").strip()
    return part.relation.mutate(key=text.re_replace(r"\.0+$", "").nullif(""))


def _shown(heading: str, taken: set[str], label: str) -> str:
    """Return the heading that a column of the header gets among those of the lines."""
    columns = propose([heading], TABLES["sales"]).columns
    sums = any(TABLES["sales"].column(name).kind in _SUMS for name in columns)
    return f"{heading} ({label})" if sums or folded(heading) in taken else heading


def _refuse_twice(top: ir.Table, header: Part, heading: str, engine: Engine) -> None:
    counted = top.filter(top.key.notnull()).key.value_counts(name="n")
    twice = engine.rows(counted.filter(counted.n > 1).order_by("key").limit(3))
    if twice:
        raise SourceError(
            _("An order number stands more than once in the table of orders."),
            where=header.label,
            found=", ".join(f"{heading} {row['key']} ({row['n']})" for row in twice),
            wanted=_("one row per order"),
            remedy=_(
                "Remove the repeated rows, or give a ledger in which lines have customer and date."
            ),
        )


def _notes(
    top: ir.Table, below: ir.Table, parts: tuple[Part, Part], unused: list[str], engine: Engine
) -> list[str]:
    header, lines = parts
    alone = below.anti_join(top, below.key == top.key)
    bare = top.filter(top.key.notnull()).anti_join(below, top.key == below.key)
    lost = engine.row({"n": alone.count()}, alone)["n"]
    empty = engine.row({"n": bare.count()}, bare)["n"]
    notes = [
        _(
            "The lines of {lines} have customer and date from {header}, by order number.",
            lines=lines.label,
            header=header.label,
        )
    ]
    if unused:
        notes.append(
            _(
                "Not used from {header}, because the lines tell it: {headings}.",
                header=header.label,
                headings=listed(unused),
            )
        )
    if lost:
        notes.append(
            ngettext(
                "{n} line belongs to no order and is set aside.",
                "{n} lines belong to no order and are set aside.",
                lost,
            )
        )
    if empty:
        notes.append(
            ngettext(
                "{n} order has no lines and counts nothing.",
                "{n} orders have no lines and count nothing.",
                empty,
            )
        )
    return notes


def with_products(
    sales: ir.Table, products: pd.DataFrame, engine: Engine
) -> tuple[ir.Table, list[str]]:
    """Put name, category and cost of the products beside the lines that lack them.

    The cost of a line is the quantity times what a unit costs. What the ledger says itself stays.
    """
    import ibis
    import pyarrow as pa

    if "product_id" not in sales.columns:
        return sales, [_("The products are not used: the ledger has no product number.")]
    kept = products.drop_duplicates("product_id")
    held = engine.hold(pa.Table.from_pandas(kept, preserve_index=False))
    names = [name for name in ("product_name", "category", "unit_cost") if name in held.columns]
    right = held.select(
        held.product_id.name("key"), **{f"own_{name}": held[name] for name in names}
    )
    told = _without_zeros(sales, right, engine)
    if told:
        right = right.mutate(key=_bare(right.key))
        sales = sales.mutate(bare_key=_bare(sales.product_id))
    both = sales.left_join(right, (sales.bare_key if told else sales.product_id) == right.key)
    columns = {
        name: ibis.coalesce(both[name], both[f"own_{name}"])
        if name in sales.columns
        else both[f"own_{name}"]
        for name in names
        if name != "unit_cost"
    }
    if "unit_cost" in names and "quantity" in sales.columns:
        cost = (both.own_unit_cost.cast(DECIMAL).cast("decimal(38, 4)") * both.quantity).try_cast(
            DECIMAL
        )
        columns["cost"] = ibis.coalesce(both.cost, cost) if "cost" in sales.columns else cost
    gone = ["key", *(["bare_key"] if told else []), *(f"own_{name}" for name in names)]
    whole = engine.store(both.mutate(**columns).drop(*gone))
    named = [noun(name) for name in columns]
    notes = [_("Taken from the products: {columns}.", columns=join(named)), *told]
    own = sales.mutate(product_id=sales.bare_key) if told else sales
    return whole, notes + _unmatched(own, right, len(products) - len(kept), engine)


def _bare(number: ir.StringValue) -> ir.StringValue:
    """Return a number without the zeros that a spreadsheet program takes away."""
    return number.re_replace(r"^0+(\d)", r"\1")


def _without_zeros(sales: ir.Table, products: ir.Table, engine: Engine) -> list[str]:
    """Return what to tell where products are found once zeros before numbers are left out.

    More of the numbers are found so, and no two of either side become one.
    """
    sold = sales.filter(sales.product_id.notnull()).select(key=sales.product_id).distinct()
    sides = [one.mutate(bare=_bare(one.key)) for one in (sold, products.select("key"))]
    for one in sides:
        seen = engine.row({"n": one.count(), "bare": one.bare.nunique()}, one)
        if seen["n"] != seen["bare"]:
            return []
    found = [sides[0].semi_join(sides[1], [name]) for name in ("key", "bare")]
    exact, loose = (engine.row({"n": one.count()}, one)["n"] for one in found)
    if loose <= exact:
        return []
    return [
        ngettext(
            "{n} product number is found without the zeros before it.",
            "{n} product numbers are found without the zeros before them.",
            int(loose - exact),
        )
    ]


def _unmatched(sales: ir.Table, products: ir.Table, twice: int, engine: Engine) -> list[str]:
    """Tell of product numbers that are not among the products, or stand there twice."""
    lines = sales.filter(sales.product_id.notnull())
    unknown = lines.anti_join(products, lines.product_id == products.key)
    lost = engine.row({"n": unknown.count()}, unknown)["n"]
    notes = []
    if lost:
        notes.append(
            ngettext(
                "{n} line has a product number that is not among the products.",
                "{n} lines have product numbers that are not among the products.",
                lost,
            )
        )
    if twice:
        notes.append(
            ngettext(
                "{n} product number stands more than once; the first row of each counts.",
                "{n} product numbers stand more than once; the first row of each counts.",
                twice,
            )
        )
    return notes
