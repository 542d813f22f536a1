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

    Parameters
    ----------
    case : Case
        An open case.

    Returns
    -------
    tuple of str
        Those of ``KINDS`` that its lines have: ``category`` with product groups, ``word`` with
        names of products, ``product`` with either names or numbers of products. Empty where the
        ledger does not tell what was bought.

    Examples
    --------
    >>> from kamkit import open_case
    >>> kinds(open_case("fjordgross"))
    ('category', 'word', 'product')
    >>> kinds(open_case("cdnow"))
    ()
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

    Parameters
    ----------
    case : Case
        An open case.
    items : str
        One of ``KINDS``. ``word`` derives groups from the last word of each product's name, in
        capitals (“… T-LIGHT HOLDER” is HOLDER): the 40 words with most lines, of words with as
        many the first in the alphabet; all other products are left out.
    period : Period, optional
        The days to look at, first and last included; the whole ledger without.

    Returns
    -------
    ibis Table
        One row per line with an item: ``account_id``, ``document`` (the invoice, or the account's
        day where there are no invoice numbers), ``date``, ``item``, ``amount``. Lines without an
        item are left out.

    Raises
    ------
    MissingTable
        Where the ledger has no such items.
    ParameterError
        For another kind.

    Examples
    --------
    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["1"], "date": ["2025-01-02"], "amount": [9.0],
    ...     "product_name": ["Hanging t-light holder"]})
    >>> case = open_case(sales)
    >>> lines(case, "word").to_pandas()["item"].tolist()
    ['HOLDER']
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
            found=", ".join(sorted(case.columns)),
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


def refuse_less_than_one(name: str, value: int) -> None:
    """Raise ``ParameterError`` for an option that counts something and is below 1."""
    if value < 1:
        raise ParameterError(
            _("“{name}” is too small.", name=name),
            found=str(value),
            wanted=_("a whole number from 1"),
            remedy=_("Give a larger number."),
        )


def about(items: str) -> str:
    """Tell where groups that are not the ledger's own come from; empty where they are its own.

    Examples
    --------
    >>> about("category")
    ''
    >>> about("word").split(":")[0]
    "The ledger's groups are derived"
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

    Of several names of one number the one on most lines, of names on as many the first in the
    alphabet.

    Examples
    --------
    >>> from kamkit import open_case
    >>> len(names(open_case("fjordgross"), "product"))
    600
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
