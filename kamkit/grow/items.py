"""What is bought: product groups, the products with most revenue, or all products."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kamkit.errors import MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.language import number

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case import Case
    from kamkit.periods import Period

KINDS = ("category", "bestseller", "product")
"""Product groups of the ledger, the products that sell most, or all its products."""

_BESTSELLERS = 40
_NO_PRODUCT = re.compile(
    r"\b(postage|freight|shipping|carriage|delivery charges?|frakt\w*|porto\w*|fragt|levering|"
    r"versand\w*|lieferung|\w*gebyr\w*|fees?|\w*gebühr\w*|bank charges|"
    r"adjust(ment)?s?|discounts?|rabatt\w*|credit note|gift vouchers?|gavekort|rounding|"
    r"\w*avrunding)\b|^(manual|samples?)$",
    re.IGNORECASE,
)
"""Lines with such a name are services, fees and corrections: nobody sells more of them."""


def kinds(case: Case) -> tuple[str, ...]:
    """Return the kinds of items that the ledger can tell apart, the coarsest first.

    Parameters
    ----------
    case : Case
        An open case.

    Returns
    -------
    tuple of str
        Those of ``KINDS`` that its lines have: ``category`` with product groups, ``bestseller``
        and ``product`` with names or numbers of products. Empty where the ledger does not tell
        what was bought.

    Examples
    --------
    >>> from kamkit import open_case
    >>> kinds(open_case("fjordgross"))
    ('category', 'bestseller', 'product')
    >>> kinds(open_case("cdnow"))
    ()
    """
    groups = KINDS[:1] if case.has("category") else ()
    products = case.has("product_id") or case.has("product_name")
    return (*groups, *(KINDS[1:] if products else ()))


def lines(case: Case, items: str, *, period: Period | None = None) -> ir.Table:
    """Return the lines with what was bought.

    Parameters
    ----------
    case : Case
        An open case.
    items : str
        One of ``KINDS``. ``bestseller`` are the 40 products with most revenue in the whole ledger,
        by name (and number, where a name is not theirs alone), of as much the first in the
        alphabet; all others are left out. Lines whose product is called postage, freight, fee,
        discount or the like are no product of either kind.
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
    >>> sales = pd.DataFrame({"account_id": "1", "date": "2025-01-02", "amount": [9.0, 4.0],
    ...     "product_id": ["17", "POST"], "product_name": ["T-light holder", "Postage"]})
    >>> case = open_case(sales)
    >>> lines(case, "bestseller").to_pandas()["item"].tolist()
    ['T-light holder']
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
    if items != "category":
        named = named.filter(~named["item"].isin(_services(case)))
    if items == "bestseller":
        best = _bestsellers(case)
        named = named.filter(named["item"].isin(list(best)))
        named = named.mutate(item=named["item"].substitute(best)) if best else named
    return named.select("account_id", "document", "date", "item", "amount")


def _services(case: Case) -> list[str]:
    """Return the products whose name says that they are none."""
    if not case.has("product_name"):
        return []
    called = names(case, "product")
    if not called:
        distinct = case.sales.filter(case.sales.product_name.notnull()).select("product_name")
        every = case.engine.frame(distinct.distinct())["product_name"].astype(str)
        called = dict(zip(every, every, strict=True))
    return sorted(code for code, name in called.items() if _NO_PRODUCT.search(name))


def _bestsellers(case: Case) -> dict[str, str]:
    """Return the products with most revenue by number, as they are called."""
    sold = lines(case, "product")
    sums = sold.group_by("item").aggregate(revenue=sold.amount.sum().cast("float64"))
    best = sums.order_by([sums.revenue.desc(), sums["item"]]).limit(_BESTSELLERS)
    codes = case.engine.frame(best)["item"].astype(str).tolist()
    called = names(case, "product")
    named = [called.get(code, code) for code in codes]
    return {
        code: name if named.count(name) == 1 else f"{name} ({code})"
        for code, name in zip(codes, named, strict=True)
    }


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
    """Tell what is looked at where it is not all that was bought; empty where it is.

    Examples
    --------
    >>> about("category")
    ''
    >>> about("bestseller").split(":")[0]
    'Without product groups'
    """
    if items == "bestseller":
        return _(
            "Without product groups: the {n} products with most revenue are looked at. A column "
            "category would show all of what each account lacks.",
            n=number(_BESTSELLERS),
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
    return sales["product_id" if case.has("product_id") else "product_name"].cast("string")
