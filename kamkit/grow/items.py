"""What is bought: product groups or products, from the ledger, or derived openly from names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.errors import MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.language import number

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case import Case
    from kamkit.periods import Period

KINDS = ("category", "product", "word")
"""Product groups of the ledger, its products, or groups derived from the names of products."""

_GROUPS = 40


def kinds(case: Case) -> tuple[str, ...]:
    """Return the kinds of items that the ledger can tell apart, the coarsest first.

    >>> from kamkit import open_case
    >>> kinds(open_case("fjordgross"))
    ('category', 'word', 'product')
    """
    found = []
    if case.has("category"):
        found.append("category")
    if case.has("product_name"):
        found.append("word")
    if case.has("product_id") or case.has("product_name"):
        found.append("product")
    return tuple(found)


def lines(case: Case, items: str, *, period: Period | None = None) -> ir.Table:
    """Return the lines with what was bought.

    Columns: ``account_id``, ``document``, ``date``, ``item``, ``amount``.
    ``items`` is one of ``KINDS``. ``word`` derives groups from the last word of each product's name
    in capitals (“… T-LIGHT HOLDER” is HOLDER): the 40 words with most lines, all other products
    together are left out. Lines without an item are left out too. ``document`` is the invoice, or
    the account's day where there are no invoice numbers.

    Raises ``MissingTable`` where the ledger has no such items, ``ParameterError`` for another kind.
    """
    if items not in KINDS:
        raise ParameterError(
            _("There are no items of the kind “{name}”.", name=items),
            wanted=", ".join(KINDS),
            remedy=_("Choose one of these."),
        )
    if items not in kinds(case):
        raise MissingTable(
            _("The ledger does not tell what was bought."),
            wanted=_("the column category, product_id or product_name"),
            remedy=_("Add the column to the export."),
        )
    sales = case.sales
    if period is not None:
        sales = sales.filter((sales.date >= period.start) & (sales.date <= period.end))
    if "invoice_id" in sales.columns:
        document = sales.invoice_id
    else:
        document = sales.account_id.concat(" ", sales.date.cast("string"))
    known = sales.mutate(document=document, item=_item(case, sales, items))
    named = known.filter(known["item"].notnull() & (known["item"] != ""))
    if items == "word":
        counts = named.group_by("item").aggregate(n=named.count())
        kept = counts.order_by([counts.n.desc(), counts["item"]]).limit(_GROUPS)
        named = named.semi_join(kept, "item")
    return named.select("account_id", "document", "date", "item", "amount")


def about(items: str) -> str:
    """Tell where groups that are not the ledger's own come from; empty where they are its own.

    >>> about("category")
    ''
    """
    if items == "word":
        return _(
            "The ledger's groups are derived: the last word of a product's name, the {n} most "
            "frequent words; other products are left out.",
            n=number(_GROUPS),
        )
    return ""


def names(case: Case, items: str) -> dict[str, str]:
    """Return what products are called, by number; nothing for groups, which are their names.

    >>> from kamkit import open_case
    >>> len(names(open_case("fjordgross"), "product"))
    594
    """
    if items != "product" or not (case.has("product_id") and case.has("product_name")):
        return {}
    sales = case.sales.filter(case.sales.product_name.notnull())
    pairs = sales.group_by(["product_id", "product_name"]).aggregate(n=sales.count())
    table = case.engine.frame(pairs).sort_values(
        ["product_id", "n", "product_name"], ascending=[True, False, True]
    )
    first = table.drop_duplicates("product_id")
    return dict(zip(first["product_id"].astype(str), first["product_name"], strict=True))


def _item(case: Case, sales: ir.Table, items: str) -> ir.StringValue:
    if items == "category":
        return sales.category.cast("string")
    if items == "product":
        name = "product_id" if case.has("product_id") else "product_name"
        return sales[name].cast("string")
    return sales.product_name.cast("string").upper().re_extract(r"([[:alpha:]-]+)[^[:alpha:]]*$", 1)
