"""Price, volume and mix: what moved an account's or a product group's revenue, by its products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import N_, joined, percent, sentence
from kamkit.language import gettext as _
from kamkit.money import quotient, scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import plus
from kamkit.periods import Period
from kamkit.value.comparison import (
    adds_up,
    checked_choice,
    compared,
    money_of,
    period_caveats,
    rounded_ratio,
    units,
)
from kamkit.value.history import names

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case import Case

EFFECTS = (
    "price_effect",
    "volume_effect",
    "mix_effect",
    "new_products",
    "dropped_products",
    "not_decomposed",
)
"""The effects of ``price_volume_mix``, in the order they are told."""

_WORTH_TELLING = 0.01
_NOTHING = 0.5
"""An effect below half a unit of money is left out."""
_THROUGH = {
    "price_effect": N_("price {amount}"),
    "volume_effect": N_("volume {amount}"),
    "mix_effect": N_("mix {amount}"),
    "new_products": N_("new products {amount}"),
    "dropped_products": N_("dropped products {amount}"),
    "not_decomposed": N_("unexplained {amount}"),
}
_EACH = {
    None: N_("{told} (all accounts together)"),
    "account_id": N_("{told} (each account by itself)"),
    "category": N_("{told} (each product group by itself)"),
}
_KEYS = {"account": "account_id", "category": "category", "total": None}


def price_volume_mix(
    case: Case, *, periods: tuple[Period, Period] | None = None, per: str = "account"
) -> Finding:
    """Tell how much of a change in revenue is price, volume, mix, new and dropped products.

    ``per`` is ``"account"``, ``"category"`` or ``"total"``: the table has one row for each, the
    largest change first. Within a row, products that are sold in both periods (net quantity and
    net amount above zero in each) are compared by net price p = amount / quantity:

    - ``price_effect``, sum of (p1 - p0) q1;
    - ``volume_effect``, (Q1 - Q0) P0, where Q are sums of quantity over these products and P0 is
      their mean price before: what more or less of the same basket would have given;
    - ``mix_effect``, sum of p0 q1, less P0 Q1: what it gave to shift to dearer or cheaper ones;
    - ``new_products`` and ``dropped_products``: the amount of products that the row has in one
      period only. With ``"account"`` that is new to the account, else new to the company;
    - ``not_decomposed``: the change in lines without product or quantity, and in products whose
      net quantity or amount is not above zero in a period (more returned than bought, free
      goods). A credit note with quantity lowers the volume, one without it lowers the price.

    The effects add up to ``change`` in each row, to the ten-thousandth: price and mix share what
    rounding p0 q1 to that leaves. Also ``revenue_before``, ``revenue_after``, ``quantity_before``,
    ``quantity_after`` (net, all lines). A product is the row's own mean over its accounts, so with
    ``"category"`` and ``"total"`` the price effect also holds shifts between accounts that pay
    differently. Where the ledger has no products, product groups stand in for them.

    Raises ``MissingTable`` without quantity, or without products and groups; ``PeriodError`` for
    periods that do not compare; ``LedgerError`` should the effects not add up. Source: sales-price,
    sales-quantity and sales-mix variance in Horngren, Datar and Rajan (2012), chapter 14.

    >>> from kamkit import open_case
    >>> table = price_volume_mix(open_case("fjordgross"), per="total").table
    >>> bool(abs(table[list(EFFECTS)].sum(axis=1) - table["change"]).max() < 0.001)
    True
    """
    key = _KEYS[checked_choice(per, _KEYS, "per")]
    product = _product(case, key)
    both = compared(case, periods)
    lines, inside = _within(case, both)
    cells = _decomposed(_cells(lines, inside, key, product))
    sums = case.engine.arrow(_rows(cells, key)).to_pandas()
    table = _table(sums, key)
    _check(case, lines, inside, table)
    table = _in_money(table, key, case)
    text = _text(table, key, case.currency)
    return Finding("price_volume_mix", table, text, _caveats(case, both, product, table))


def _product(case: Case, key: str | None) -> str:
    """Return the column of the finest products there are, once the row can be decomposed."""
    if not case.has("quantity"):
        raise MissingTable(
            _("The ledger has no quantity, so price and volume cannot be told apart."),
            found=", ".join(sorted(case.columns)),
            wanted=_("the column quantity"),
            remedy=_("Add the quantity of each line to the ledger."),
        )
    if key == "category" and not case.has("category"):
        raise MissingTable(
            _("The ledger has no product group, so nothing can be told per group."),
            found=", ".join(sorted(case.columns)),
            wanted=_("the column category"),
            remedy=_("Add the product group of each line to the ledger."),
        )
    for name in ("product_id", "category"):
        if case.has(name):
            return name
    raise MissingTable(
        _(
            "The ledger has neither products nor product groups, so price and mix cannot be told "
            "apart."
        ),
        found=", ".join(sorted(case.columns)),
        wanted=_("the column product_id, or category"),
        remedy=_("Add the product of each line to the ledger."),
    )


def _within(case: Case, both: tuple[Period, Period]) -> tuple[ir.Table, list[Any]]:
    """Return the lines of the two periods, and for each period which of them are its own."""
    sales = case.sales
    earlier, later = ((sales.date >= p.start) & (sales.date <= p.end) for p in both)
    lines = sales.filter(earlier | later)
    return lines, [lines.date <= both[0].end, lines.date >= both[1].start]


def _cells(lines: ir.Table, inside: list[Any], key: str | None, product: str) -> ir.Table:
    """One row per key and product: amounts ``a0``, ``a1`` and quantities ``q0``, ``q1``, exact."""
    zero = lines.amount - lines.amount
    amount, quantity = lines.amount, lines.quantity.fill_null(zero)
    whole = lines[product].notnull() & lines.quantity.notnull()
    by = {"product": whole.ifelse(lines[product], None)}
    if key is not None:
        by["key"] = lines[key]
    sums = {
        f"{letter}{side}": where.ifelse(values, zero).sum()
        for letter, values in (("a", amount), ("q", quantity))
        for side, where in enumerate(inside)
    }
    return lines.group_by(**by).aggregate(**sums)


def _decomposed(cells: ir.Table) -> ir.Table:
    """Say of each cell whether its product goes on, is new, is dropped, or none of these."""
    absent = [(cells[f"a{n}"] == 0) & (cells[f"q{n}"] == 0) for n in (0, 1)]
    sold = [(cells[f"a{n}"] > 0) & (cells[f"q{n}"] > 0) for n in (0, 1)]
    known = cells["product"].notnull()
    state = {
        "goes_on": known & sold[0] & sold[1],
        "new": known & absent[0] & sold[1],
        "dropped": known & sold[0] & absent[1],
    }
    return cells.mutate(at_old_price=quotient(cells.a0, cells.q1, cells.q0), **state)


def _rows(cells: ir.Table, key: str | None) -> ir.Table:
    """One row per key, in whole ten-thousandths."""
    on = {"where": cells.goes_on}
    other = ~(cells.goes_on | cells.new | cells.dropped)
    sums = {
        "before": cells.a0.sum(),
        "after": cells.a1.sum(),
        "quantity_before": cells.q0.sum(),
        "quantity_after": cells.q1.sum(),
        "kept_before": cells.a0.sum(**on),
        "kept_after": cells.a1.sum(**on),
        "at_old_price": cells.at_old_price.sum(**on),
        "units_before": cells.q0.sum(**on),
        "units_after": cells.q1.sum(**on),
        "new_products": cells.a1.sum(where=cells.new),
        "dropped": cells.a0.sum(where=cells.dropped),
        "other_before": cells.a0.sum(where=other),
        "other_after": cells.a1.sum(where=other),
    }
    exact = {name: units(value).fill_null(0) for name, value in sums.items()}
    rows = cells.group_by("key") if key is not None else cells
    return rows.aggregate(**exact)


def _table(sums: pd.DataFrame, key: str | None) -> pd.DataFrame:
    old_basket = rounded_ratio(sums["kept_before"], sums["units_after"], sums["units_before"])
    table = sums[["key"]] if key is not None else pd.DataFrame(index=sums.index)
    table = table.assign(
        revenue_before=sums["before"],
        revenue_after=sums["after"],
        change=sums["after"] - sums["before"],
        price_effect=sums["kept_after"] - sums["at_old_price"],
        volume_effect=old_basket - sums["kept_before"],
        mix_effect=sums["at_old_price"] - old_basket,
        new_products=sums["new_products"],
        dropped_products=-sums["dropped"],
        not_decomposed=sums["other_after"] - sums["other_before"],
        quantity_before=sums["quantity_before"],
        quantity_after=sums["quantity_after"],
    )
    off = table[list(EFFECTS)].sum(axis=1) != table["change"]
    for _x, row in table[off].iterrows():
        adds_up(map(int, row[list(EFFECTS)]), int(row["change"]))
    return table


def _check(case: Case, lines: ir.Table, inside: list[Any], table: pd.DataFrame) -> None:
    """Refuse rows that do not add up to the ledger, counted once more without products."""
    zero = lines.amount - lines.amount
    sums = {str(n): units(where.ifelse(lines.amount, zero).sum()) for n, where in enumerate(inside)}
    whole = case.engine.row(sums, lines)
    effects = table[list(EFFECTS)].sum()
    adds_up(map(int, effects), (whole["1"] or 0) - (whole["0"] or 0))


def _in_money(table: pd.DataFrame, key: str | None, case: Case) -> pd.DataFrame:
    if key is not None:
        table = table.sort_values("key", kind="stable")
    largest = table["change"].abs().sort_values(ascending=False, kind="stable").index
    table = table.loc[largest].reset_index(drop=True)
    amounts = {name: money_of(table[name]) for name in table.columns if name != "key"}
    table = table.assign(**amounts)
    if key is None:
        return table
    table = table.rename(columns={"key": key})
    known = names(case) if key == "account_id" else None
    if known is not None:
        table.insert(1, "account_name", table[key].map(known))
    return table


def told_change(effects: pd.Series[float], currency: str = "") -> str:
    """Say by how much revenue changed and through what; what is zero is left out.

    >>> told_change(pd.Series({"change": 5.0, "price_effect": 7.0, "volume_effect": -2.0}))
    'Revenue grew by 5: price +7, volume −2'
    """
    change = float(effects["change"])
    parts = [
        _(words, amount=plus(scaled(float(effects[name]), currency), effects[name]))
        for name, words in _THROUGH.items()
        if abs(effects.get(name, 0.0)) >= _NOTHING
    ]
    facts = {"change": scaled(abs(change), currency), "parts": joined(", ", parts)}
    if not parts or abs(change) < _NOTHING:
        return _("Revenue did not change")
    if change > 0:
        return _("Revenue grew by {change}: {parts}", **facts)
    return _("Revenue fell by {change}: {parts}", **facts)


def _text(table: pd.DataFrame, key: str | None, currency: str) -> str:
    total = table[["change", *EFFECTS]].sum()
    told = told_change(total, currency)
    text = sentence(_(_EACH[key], told=told))
    if key is None or table.empty:
        return text
    row = table.sort_values("price_effect", kind="stable").iloc[0]
    if -row["price_effect"] <= _WORTH_TELLING * table["price_effect"].abs().sum():
        return text
    name = row.get("account_name")
    shown = str(row[key] if name is None or name != name else name)
    most = _(
        "Prices took most from {name}: {amount}.",
        name=shown,
        amount=scaled(-float(row["price_effect"]), currency),
    )
    return joined(" ", [text, most])


def _caveats(
    case: Case, both: tuple[Period, Period], product: str, table: pd.DataFrame
) -> tuple[str, ...]:
    caveats = period_caveats(case, both)
    if product == "category":
        caveats.append(
            _(
                "The ledger has no products: prices are means of product groups, and what "
                "shifted within a group counts as price."
            )
        )
    caveats.append(
        _(
            "Volume and mix add up pieces of different products; where they are sold in "
            "different units, read their sum only."
        )
    )
    moved = float(table[list(EFFECTS)].abs().sum().sum())
    left = float(table["not_decomposed"].abs().sum())
    if moved and left / moved > _WORTH_TELLING:
        caveats.append(
            _(
                "{share} of all that moved is unexplained: lines without product or "
                "quantity, free goods, and more returned than bought.",
                share=percent(left / moved),
            )
        )
    return tuple(caveats)
