"""Prices, discounts and costs: what is per unit, what is a share, what is taken off already."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from kamkit.case.headings import folded
from kamkit.case.reading.vat_rates import less_inside, less_rate, less_vat, rate_beside, told_rate
from kamkit.case.reading.weighed import Lines, near, says_net, says_vat
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number
from kamkit.money import DECIMAL, WIDE, in_money, quotient, share_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LISTED = ("list", "gross", "brutto", "before", "veil", "original", "full", "regular", "retail")
_PER_CENT = ("percent", "pct", "pst", "prosent", "procent", "prozent", "percentage", "sats", "rate")
_EACH = r"(?i)\b(?:pe?r|je|à|por|par) ?\.? ?(?:stk|st|enh|unit|stück|stuk|pie|item)|\beach\b"
_CODE = re.compile(r"(?i)\b(?:kr|nok|sek|dkk|eur|usd|gbp|chf|pln)\b|[€$£]")
_MONEY = ("amount", "beløp", "belop", "beløb", "belopp", "betrag", "bedrag", "montant", "kwota")


@dataclass
class Made:
    """The amount of each line and what came with it.

    ``used`` are the columns that went into it, ``checked`` those that only agreed; ``column`` is
    the one whose rows are shown where it cannot be read, ``blank`` tells where it is empty.
    """

    amount: ir.DecimalColumn
    used: set[str]
    column: str
    blank: ir.BooleanColumn | None = None
    list_amount: ir.DecimalColumn | None = None
    unit_price: ir.DecimalColumn | None = None
    cost: ir.DecimalColumn | None = None
    checked: set[str] = field(default_factory=set)


def made_of_price(lines: Lines) -> Made:
    """Make the amount of quantity, price and discount.

    Raises ``HeadingError`` where two prices differ and nothing tells which is the net one, and
    ``LedgerError`` where nothing tells what the discount is.
    """
    table = lines.table
    price = _price(lines)
    wide = table["quantity"].cast(WIDE)
    made = Made(in_money(wide * table[price]), {"quantity", price}, price, unit_price=table[price])
    _by_its_unit(lines, made)
    made.blank = table["no_quantity"] & table[f"no_{price}"]
    holding = says_vat(lines.headings[price])
    if holding:
        _refuse_vat(lines, price)
    discounts = lines.named("discount")
    if not discounts or lines.options.discount == "none":
        made.checked |= set(discounts)
        discounts = []
    for discount in _different(lines, made, discounts):
        made = _discounted(lines, made, discount)
    if holding:
        _without_vat(lines, made, price)
    elif some := less_inside(lines, made.amount, price):
        made.amount, made.used = some[0], {*made.used, "vat_inside", *some[1]}
    return made


def _without_vat(lines: Lines, made: Made, price: str) -> None:
    """Take the VAT off what is made of a price that holds it, by the rate said or on each line."""
    rate = rate_beside(lines)
    before = made.amount
    for name in ("amount", "unit_price", "list_amount"):
        column = getattr(made, name)
        if column is not None and lines.options.vat is not None:
            setattr(made, name, less_vat(column, lines.options.vat))
        elif column is not None:
            setattr(made, name, less_rate(lines, column, rate))
    if lines.options.vat is None:
        made.used.add(rate)
        lines.notes.append(told_rate(lines, (price, before), rate, made.amount))


def _by_its_unit(lines: Lines, made: Made) -> None:
    """Divide by the number of units that a price is for, where it is 10, 100 or another power."""
    import ibis

    names = lines.named("units_per_price")
    if not names or made.unit_price is None:
        return
    of, one = lines.table[names[0]], ibis.literal("1").cast(DECIMAL)
    powers = of.isin([1, 10, 100, 1000, 10000])
    seen = lines.engine.row(
        {"of": of.count(), "powers": powers.sum().fill_null(0), "most": of.max()}, lines.table
    )
    if not seen["of"] or seen["powers"] < seen["of"] or seen["most"] <= 1:
        return
    before = made.amount
    of = of.fill_null(one)
    made.amount = quotient(before, one, of)
    made.unit_price = quotient(made.unit_price, one, of)
    made.used.add(names[0])
    lines.notes.append(
        _(
            "The price is for as many units as “{heading}” says, and is divided by it: {total} in "
            "all, {before} without.",
            heading=lines.headings[names[0]],
            total=lines.totals({"x": made.amount})["x"],
            before=lines.totals({"x": before})["x"],
        )
    )


def _different(lines: Lines, made: Made, discounts: list[str]) -> list[str]:
    """Return the discounts without those that say an earlier one once more, as an amount."""
    if len(discounts) < 2 or "discount" in lines.given or lines.options.discount:
        return discounts[:1]
    worth = made.amount.cast("float64")
    off = {name: lines.float(name).abs() for name in discounts}
    tests = {
        f"{one}|{other}": (
            near(off[one], off[other], 0.0051)
            | near(off[one], worth.abs() * off[other] / 100, 0.0111)
            | near(off[other], worth.abs() * off[one] / 100, 0.0111),
            (off[one] != 0) | (off[other] != 0),
        )
        for at, one in enumerate(discounts)
        for other in discounts[:at]
    }
    shows = lines.agreement(tests)
    return [
        one
        for at, one in enumerate(discounts)
        if not any(shows[f"{one}|{other}"] for other in discounts[:at])
    ]


def with_price(lines: Lines, made: Made) -> None:
    """Find the price that the amount was made of, and the list amount before its discount."""
    prices = lines.named("unit_price")
    if "quantity" in lines.headings and made.unit_price is None:
        price = prices[0] if prices else ""
        if lines.below & {"quantity", price}:
            _signed_by_quantity(lines, made, price)
    if made.unit_price is not None or not prices:
        return
    made.used.add(prices[0])
    made.unit_price = lines.table[prices[0]]
    if "quantity" not in lines.headings:
        return
    count, amount = lines.float("quantity"), made.amount.cast("float64")
    slack = count.abs() * 0.0051 + 0.011
    discounts = lines.named("discount")
    tests = {}
    for price in prices:
        worth = count * lines.float(price)
        tests[price] = (near(amount, worth, slack), worth != 0)
        for discount in discounts:
            off = lines.float(discount).abs()
            there = (off != 0) & (worth != 0)
            tests[f"{price}|{discount}|share"] = (near(amount, worth * (1 - off), slack), there)
            tests[f"{price}|{discount}|cent"] = (
                near(amount, worth * (1 - off / 100), slack),
                there,
            )
            tests[f"{price}|{discount}|amount"] = (near(amount, worth - off, slack), there)
            tests[f"{price}|{discount}|none"] = (near(amount, worth, slack), there)
    shows = lines.agreement(tests)
    _settle_price(lines, made, prices, shows)
    _not_taken_off(lines, made, shows)


def _signed_by_quantity(lines: Lines, made: Made, price: str) -> None:
    """Turn amounts without a sign where quantity times price is below zero: goods came back."""
    import ibis

    amount, worth = made.amount, lines.float("quantity")
    worth = worth * lines.float(price) if price else worth
    size = amount.cast("float64").abs()
    back = (worth < 0) & (amount > 0)
    fits = near(size, worth.abs(), lines.float("quantity").abs() * 0.0051 + 0.011)
    seen = lines.engine.row(
        {
            "back": back.sum().fill_null(0),
            "sum": amount.sum(where=back),
            "fits": (back & fits).sum().fill_null(0),
            "sold": ((worth > 0) & (amount > 0)).sum().fill_null(0),
            "signed": (amount < 0).sum().fill_null(0),
        },
        lines.table,
    )
    # a ledger of items writes what is sold below zero
    if not seen["back"] or seen["signed"] or seen["sold"] <= seen["back"]:
        return
    if not price or seen["fits"] < seen["back"]:
        lines.notes.append(
            ngettext(
                "{n} line has a quantity below zero and an amount above it, {sum}, which counts as "
                "sold. If goods came back, write the amount below zero.",
                "{n} lines have a quantity below zero and an amount above it, {sum}, which count "
                "as sold. If goods came back, write the amounts below zero.",
                int(seen["back"]),
                sum=number(float(seen["sum"] or 0), 2),
            )
        )
        return
    made.amount = ibis.ifelse(back, -amount, amount).cast(DECIMAL)
    lines.notes.append(
        ngettext(
            "{n} line has a quantity below zero and an amount without a sign: it is taken off.",
            "{n} lines have a quantity below zero and an amount without a sign: they are taken "
            "off.",
            int(seen["back"]),
        )
    )


def _settle_price(lines: Lines, made: Made, prices: list[str], shows: dict[str, bool]) -> None:
    for price in prices:
        off = [name for name, yes in shows.items() if yes and name.startswith(f"{price}|")]
        taken = [name for name in off if not name.endswith("none")]
        if shows[price] or taken:
            made.unit_price = lines.table[price]
            made.used.add(price)
        if taken and made.list_amount is None and not lines.named("list_amount"):
            wide = lines.table["quantity"].cast(WIDE)
            made.list_amount = in_money(wide * lines.table[price])
            made.used.add(taken[0].split("|")[1])


def _not_taken_off(lines: Lines, made: Made, shows: dict[str, bool]) -> None:
    """Tell of a discount that is in neither amount nor price."""
    open_ones = [name.split("|") for name, yes in shows.items() if yes and name.endswith("|none")]
    if lines.options.discount == "none" or not open_ones:
        return
    price, discount = open_ones[0][:2]
    if says_net(lines.headings[price]):
        return
    if lines.options.discount:
        made.amount = _less(lines, made.amount, discount, lines.options.discount)
        made.used.add(discount)
        return
    lines.notes.append(
        _(
            "{amount} is quantity times price and the discount {discount} is not taken off: say "
            "--discount share, percent or amount to take it off, --discount none if prices hold "
            "it already.",
            amount=lines.heading(made.column),
            discount=lines.heading(discount),
        )
    )


def _price(lines: Lines) -> str:
    """Return the price to multiply with: the net one of several.

    Raises ``HeadingError`` where nothing tells which that is.
    """
    prices = lines.named("unit_price")
    if len(prices) == 1 or "unit_price" in lines.given:
        return prices[0]
    floats = {name: lines.float(name) for name in prices}
    tests = {
        f"{price}<={other}": (floats[price] <= floats[other] + 0.005, floats[other].notnull())
        for price in prices
        for other in prices
        if price != other
    }
    shows = lines.agreement(tests)
    lowest = [
        price
        for price in prices
        if all(shows[f"{price}<={other}"] for other in prices if other != price)
    ]
    nets = [name for name in prices if says_net(lines.headings[name])]
    if len(lowest) == len(prices):
        return prices[0]  # all the same
    plain = [name for name in prices if not _is_listed(lines.headings[name])]
    chosen = next((name for name in lowest if name in nets or plain == [name]), "")
    if not chosen:
        _ask_price(lines, prices)
    if chosen != "unit_price":
        lines.notes.append(
            _(
                "The amount is made of {price}, which is nowhere above {others}.",
                price=lines.heading(chosen),
                others=join([lines.heading(name) for name in prices if name != chosen]),
            )
        )
    return chosen


def _is_listed(heading: str) -> bool:
    return any(word in folded(heading) for word in _LISTED)


def _ask_price(lines: Lines, prices: list[str]) -> NoReturn:
    worth = {name: lines.table["quantity"] * lines.table[name] for name in prices}
    lines.ask("unit_price", worth, _("the price of one unit without VAT and after discount"))


def _refuse_vat(lines: Lines, price: str) -> None:
    if lines.options.vat is None and not rate_beside(lines):
        raise LedgerError(
            _("{heading} holds VAT, and nothing tells how much.", heading=lines.heading(price)),
            where=lines.label,
            wanted=_("the price without VAT"),
            remedy=_("Export the price without VAT, or say the rate with --vat 25."),
        )


# Discounts


def _discounted(lines: Lines, made: Made, discount: str) -> Made:
    """Take the discount off quantity times price."""
    kind = lines.options.discount
    price = lines.headings[made.column]
    if not kind and says_net(price):
        lines.notes.append(
            _(
                "{discount} is not taken off, because {price} is a net price.",
                discount=lines.heading(discount),
                price=f"“{price}”",
            )
        )
        made.checked.add(discount)
        return made
    _refuse_text(lines, discount)
    kind = kind or _kind_of(lines, made, discount)
    made.used.add(discount)
    if not kind:
        return made
    before = made.amount
    made.amount = _less(lines, before, discount, kind)
    if not lines.named("list_amount"):
        made.list_amount = before
    sums = lines.totals({"net": made.amount, "before": before})
    lines.notes.append(
        _(
            "The discount {discount} is taken off: {net} in all, {before} before it.",
            discount=lines.heading(discount),
            net=sums["net"],
            before=sums["before"],
        )
    )
    return made


def _kind_of(lines: Lines, made: Made, discount: str) -> str:
    """Tell whether a discount is a share, in per cent or an amount; empty where there is none.

    Raises ``LedgerError`` where its numbers do not tell.
    """
    size = lines.table[discount].abs()
    worth = made.amount.abs()
    row = lines.engine.row(
        {
            "largest": size.max(),
            "parts": ((size > 0) & (size < 1)).any().fill_null(False),
            "over": (size > worth).any().fill_null(False),
            "below": ((lines.table[discount] < 0) & (made.amount > 0)).any().fill_null(False),
            "broken": ((size * 2) % 1 != 0).any().fill_null(False),
        },
        lines.table,
    )
    largest = float(row["largest"] or 0)
    if not largest:
        return ""
    fold = folded(lines.headings[discount])
    written = discount in lines.percent or "%" in lines.headings[discount]
    if written or any(word in fold for word in _PER_CENT):
        return "share" if largest <= 1 and row["parts"] else "percent"
    in_money_of = any(word in fold for word in _MONEY) or _CODE.search(lines.headings[discount])
    if largest > 100 or in_money_of or re.search(_EACH, lines.headings[discount]):
        return "amount"
    if largest <= 1 and row["parts"]:
        return "share"
    if row["below"] and not row["over"]:
        return "amount"
    if not row["over"] and (row["broken"] or largest < 5):
        _ask_discount(lines, made, discount)
    return "percent"


def _less(lines: Lines, amount: ir.DecimalColumn, discount: str, kind: str) -> ir.DecimalColumn:
    import ibis

    off = lines.table[discount].abs().fill_null(ibis.literal(0).cast(DECIMAL))
    if kind == "amount":
        if re.search(_EACH, lines.headings[discount]):
            off = in_money(off * lines.table["quantity"].abs().cast(WIDE))
        return in_money(amount - ibis.ifelse(amount < 0, -off, off))
    return share_of(amount, off, 100 if kind == "percent" else 1)


def _refuse_text(lines: Lines, discount: str) -> None:
    """Raise ``LedgerError`` for discounts that are written and cannot be read."""
    lost = lines.unread(discount)
    if not lost:
        return
    raise LedgerError(
        _("There is text among the discounts of {heading}.", heading=lines.heading(discount)),
        where=lines.label,
        found=ngettext("{n} line", "{n} lines", lost),
        wanted=_("a share, a rate in per cent or an amount"),
        remedy=_("Mend the lines, or say --discount none if prices hold it already."),
    )


def _ask_discount(lines: Lines, made: Made, discount: str) -> NoReturn:
    kinds = ("share", "percent", "amount", "none")
    choices = {
        kind: made.amount if kind == "none" else _less(lines, made.amount, discount, kind)
        for kind in kinds
    }
    sums = lines.totals(choices)
    raise LedgerError(
        _("Nothing tells what the discount {heading} is.", heading=lines.heading(discount)),
        where=lines.label,
        found=", ".join(f"{kind}: {sums[kind]}" for kind in kinds),
        wanted=_("a share, a rate in per cent or an amount"),
        remedy=_("Say it with --discount share, percent, amount or none."),
        questions=[(_("What is the discount?"), [f"--discount {kind}" for kind in kinds])],
    )
