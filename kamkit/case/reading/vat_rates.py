"""Rates of VAT that stand on the lines, and which lines hold their VAT."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from kamkit.case.headings import folded
from kamkit.case.reading.statuses import NO, YES
from kamkit.case.reading.weighed import Lines, fixed, near, one_of_rates, rates_of, says_net
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext
from kamkit.money import DECIMAL, in_money, quotient

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEAST = 3  # lines with VAT that tell a rate by its numbers alone
_HIGHEST = 30  # per cent: no VAT is above it
_INSIDE = YES | {"inclusive", "inkl", "inklusiv", "inklusive", "incl", "included", "inkludert"}
_OUTSIDE = NO | {
    "ex",
    *("exclusive", "excl", "eks", "ekskl", "eksklusiv", "exkl", "exklusive", "notax", "none"),
    *("novat", "excluded", "avgiftsfri", "ingen"),
}
_MOST_WORDS = 20


def with_rates(lines: Lines) -> Lines:
    """Return the lines with the columns known that hold rates of VAT, and not VAT.

    A heading tells, or the numbers: all of them are such as 0, 12, 15 and 25, or 0.25, and they are
    not the VAT of any amount beside them.
    """
    named = {name: per for name in lines.named("vat_rate") if (per := _per(lines, name))}
    reasons = {
        name: per
        for name in lines.named("vat")
        if (per := _per(lines, name)) and _is_no_amount(lines, name, per)
    }
    hidden = dict.fromkeys(lines.named("vat_rate"), 0)
    return replace(lines, rates={**hidden, **named, **reasons})


def _per(lines: Lines, name: str) -> int:
    """Return what a rate of all is in a column: 100, 1, or 0 where it holds no rates."""
    column = lines.table[name]
    seen = lines.engine.row({"low": column.min(), "high": column.max()}, lines.table)
    if seen["high"] is None or seen["low"] < 0 or seen["high"] > _HIGHEST:
        return 0
    return 1 if 0 < seen["high"] < 1 and name not in lines.percent else 100


def _is_no_amount(lines: Lines, name: str, per: int) -> bool:
    """Tell whether numbers are rates that are known, and the VAT of no amount beside them."""
    if name in lines.percent:
        return True
    taxed, value = lines.table[name] != 0, lines.float(name)
    rates = rates_of(lines.headings[name])
    known = [near(value, value * 0 + rate * per, 0.0001) for rate in rates]
    shows = lines.agreement({"known": (reduce(lambda x, y: x | y, known), taxed)}, _LEAST)
    if not shows["known"]:
        return False
    amounts = lines.named("amount", "amount_incl_vat", "list_amount")
    priced = {"quantity", "unit_price"} <= set(lines.headings)
    worth = [lines.float(one) for one in amounts]
    worth += [lines.float("quantity") * lines.float("unit_price")] if priced else []
    tests = {}
    for at, amount in enumerate(worth):
        tests[f"{at}>"] = (one_of_rates(value, amount, rates=rates), taxed)
        tests[f"{at}<"] = (one_of_rates(value, amount, inside=True, rates=rates), taxed)
    return bool(tests) and not any(lines.agreement(tests).values())


def rate_beside(lines: Lines) -> str:
    """Return the column with the rate of VAT of each line, empty where there is none."""
    return next((name for name, per in lines.rates.items() if per), "")


def more(lines: Lines, rate: str) -> ir.FloatingColumn:
    """Return what an amount is multiplied by for its VAT, as it is compared."""
    return 1.0 + lines.float(rate).fill_null(0.0) / float(lines.rates[rate])


def less_vat(column: ir.DecimalColumn, rate: float) -> ir.DecimalColumn:
    """Take VAT of one rate, in per cent, off amounts."""
    return quotient(column, fixed("1"), fixed(str(1 + rate / 100))) if rate else column


def less_rate(lines: Lines, column: ir.DecimalColumn, rate: str) -> ir.DecimalColumn:
    """Take the VAT off amounts by the rate on each line; a line without a rate has none.

    Raises ``LedgerError`` for rates that are written and cannot be read.
    """
    if n := lines.unread(rate):
        raise LedgerError(
            _("There is text among the rates of VAT in {heading}.", heading=lines.heading(rate)),
            where=lines.label,
            found=ngettext("{n} line", "{n} lines", n),
            wanted=_("rates such as 0.25, 25 or 25%"),
            remedy=_("Mend the lines, or export the amount without VAT."),
        )
    whole = fixed(str(lines.rates[rate]))
    return quotient(column, whole, (lines.table[rate].fill_null(fixed("0")) + whole).cast(DECIMAL))


def told_rate(
    lines: Lines, gross: tuple[str, ir.DecimalColumn], rate: str, net: ir.DecimalColumn
) -> str:
    """Tell how the amount was made by the rate on each line, of a column and what it comes to."""
    sums = lines.totals({"net": net, "gross": gross[1]})
    return _(
        "The amount is {gross} less VAT by the rate on each line, {rate}: {without} in all "
        "({with_vat} with VAT).",
        gross=lines.heading(gross[0]),
        rate=lines.heading(rate),
        without=sums["net"],
        with_vat=sums["gross"],
    )


def holds_rate(lines: Lines, name: str) -> bool:
    """Tell whether an amount is quantity times price and VAT by the rate on every line.

    Where nothing tells, it is told that the amount is taken as it stands.
    """
    rate = rate_beside(lines)
    if not rate or says_net(lines.headings[name]) or name in lines.given:
        return False
    if {"quantity", "unit_price"} <= set(lines.headings):
        worth = lines.float("quantity") * lines.float("unit_price")
        slack = lines.float("quantity").abs() * 0.0065 + 0.011
        taxed = (lines.table[rate] != 0) & (worth != 0)
        amount = lines.float(name)
        shows = lines.agreement(
            {
                "with": (near(amount, worth * more(lines, rate), slack), taxed),
                "without": (near(amount, worth, slack), taxed),
            }
        )
        if any(shows.values()):
            return shows["with"] and not shows["without"]
    lines.notes.append(
        _(
            "{heading} is taken as it stands: {rate} is a rate, and is not taken off. If it holds "
            'VAT, say --map amount_incl_vat="{plain}"',
            heading=lines.heading(name),
            rate=lines.heading(rate),
            plain=lines.headings[name],
        )
    )
    return False


# Lines that hold VAT among lines that do not


def less_inside(
    lines: Lines, column: ir.DecimalColumn, name: str
) -> tuple[ir.DecimalColumn, set[str]] | None:
    """Take the VAT off the lines that are said to hold it; None where nothing says so by line.

    Returns the amount, and the columns that it is made of. ``name`` is the column of the amount.
    """
    import ibis

    words = {} if says_net(lines.headings[name]) else _said_inside(lines)
    taxes, rate = lines.named("vat"), rate_beside(lines)
    if True not in words.values() or not (taxes or rate):
        return None
    flag = lines.table.vat_inside.isin([word for word, inside in words.items() if inside])
    if taxes:
        net = in_money(column - lines.table[taxes[0]].fill_null(fixed("0")))
    else:
        net = less_rate(lines, column, rate)
    amount = ibis.ifelse(flag.fill_null(False), net, column).cast(DECIMAL)
    n = int(lines.engine.row({"n": flag.sum().fill_null(0)}, lines.table)["n"])
    sums = lines.totals({"net": amount, "as": column})
    lines.notes.append(
        ngettext(
            "“{flag}” says that {n} line holds its VAT: {tax} is taken off {amount} there, "
            "{without} in all, {before} as it stands.",
            "“{flag}” says that {n} lines hold their VAT: {tax} is taken off {amount} there, "
            "{without} in all, {before} as it stands.",
            n,
            flag=lines.flags["vat_inside"],
            tax=lines.heading(taxes[0] if taxes else rate),
            amount=lines.heading(name),
            without=sums["net"],
            before=sums["as"],
        )
    )
    return amount, {taxes[0] if taxes else rate}


def heard(lines: Lines) -> set[str]:
    """Return the column that says of each line whether it holds VAT, where its words are known."""
    return {"vat_inside"} if _said_inside(lines) else set()


def _said_inside(lines: Lines) -> Mapping[str, bool]:
    """Return what each word says of the VAT of its lines; empty where a word is not known."""
    if "vat_inside" not in lines.table.columns:
        return {}
    seen = lines.engine.rows(
        lines.table.select(word=lines.table.vat_inside).distinct().limit(_MOST_WORDS + 1)
    )
    words = [row["word"] for row in seen if row["word"]]
    said = {word: said_inside(word) for word in words}
    if len(words) > _MOST_WORDS or None in said.values():
        return {}
    return {word: bool(inside) for word, inside in said.items()}


def said_inside(word: str) -> bool | None:
    """Tell whether a word says that VAT is in an amount; None where it says nothing of it.

    >>> said_inside("inkl. mva"), said_inside("Exclusive"), said_inside("Oslo")
    (True, False, None)
    """
    fold = re.sub(r"(?<=[lcp])(?:mva|moms|vat|tax|gst|mwst|ust|btw|tva)$", "", folded(word))
    return True if fold in _INSIDE else False if fold in _OUTSIDE else None
