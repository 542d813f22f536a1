"""Which column is the net amount: what the columns say of one another decides, not their names."""

from __future__ import annotations

import re
from itertools import permutations
from typing import TYPE_CHECKING, NoReturn

from kamkit.case.headings import map_option
from kamkit.case.reading.home import home_of
from kamkit.case.reading.invoice_totals import is_invoices, own_of, preferred
from kamkit.case.reading.parted import before_its_parts
from kamkit.case.reading.prices import Made, made_of_price
from kamkit.case.reading.refunded import without_vat
from kamkit.case.reading.split_vat import SUM, inside
from kamkit.case.reading.vat_rates import (
    heard,
    holds_rate,
    less_inside,
    less_rate,
    less_vat,
    more,
    rate_beside,
    told_rate,
    with_rates,
)
from kamkit.case.reading.weighed import (
    Lines,
    fixed,
    near,
    one_of_rates,
    rates_of,
    says_net,
    says_vat,
)
from kamkit.errors import HeadingError, LedgerError
from kamkit.language import gettext as _
from kamkit.money import in_money

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_INSIDE = 0.215  # of an amount can be VAT that it holds: the highest rate is 27 per cent
_INSIDE = re.compile(
    r"(?i)^\W*(?:herav|heraf|hvorav|varav|davon|waarvan|dont|of which|enthalten)\b|\bincluded\b"
)
"""What a heading says of VAT that stands in the amount beside it."""
_LEAST = 3
"""Lines on which two amounts must differ by a rate of VAT where no column holds the VAT."""


def net_amount(lines: Lines) -> Made:
    """Return the net amount of each line and what else follows from it.

    Evidence on all lines goes before headings: one column is another plus the VAT, or debit less
    credit, or quantity times price. Raises ``HeadingError`` or ``LedgerError`` where two columns
    could be the amount and nothing tells which.
    """
    lines = with_rates(lines)
    with_vat = _with_vat(lines)
    made = _chosen(lines, with_vat)
    made = _of_its_line(lines, made) if made else None
    made = _less_credit(lines, made) if made else _from_debit(lines) or made_of_price(lines)
    made.checked |= set(with_vat) | {tax for _net, tax in with_vat.values() if tax}
    made.checked |= set(lines.rates) | heard(lines) | set(lines.flags) - {"vat_inside"}
    held = {name for name in with_vat if name in lines.named("list_amount")}
    lists = [name for name in lines.named("list_amount") if name not in held]
    if lists and made.list_amount is None:
        made.list_amount = lines.table[lists[0]]
        made.used.add(lists[0])
    return made


def _with_vat(lines: Lines) -> dict[str, tuple[str, str]]:
    """Return the columns that hold VAT, each with the net one and the VAT beside it if there is."""
    amounts = lines.named("amount", "amount_incl_vat", "list_amount")
    taxes = lines.named("vat")
    rate = rate_beside(lines)
    tests = {}
    for gross, net in permutations(amounts, 2):
        for tax in taxes:
            sums = near(lines.float(gross), lines.float(net) + lines.float(tax))
            tests[f"{gross}>{net}>{tax}"] = (sums, lines.table[tax] != 0)
        if not taxes and _could_be_gross(lines, gross, net):
            added = lines.float(gross) - lines.float(net)
            taxed = one_of_rates(added, lines.float(net))
            if rate:
                taxed = near(lines.float(gross), lines.float(net) * more(lines, rate))
            tests[f"{gross}>{net}>"] = (taxed, lines.table[gross] != lines.table[net])
    result: dict[str, tuple[str, str]] = {}
    least = 1 if taxes else _LEAST
    for name, agrees in lines.agreement(tests, least).items() if tests else ():
        gross, net, tax = name.split(">")
        if agrees and gross not in result:
            result[gross] = (net, tax)
    return result


def _could_be_gross(lines: Lines, gross: str, net: str) -> bool:
    """Tell whether headings leave it open that one column is the other with VAT."""
    # a fifth off the list price is a net amount beside VAT of a quarter, too
    listed = "list" in lines.headings[gross].lower() and not says_vat(lines.headings[gross])
    if gross.startswith("list_amount") and (listed or gross in lines.given):
        return False
    return not says_net(lines.headings[gross]) and not says_vat(lines.headings[net])


def _chosen(lines: Lines, with_vat: dict[str, tuple[str, str]]) -> Made | None:
    """Return the net amount where a column holds it, or holds it with VAT; else None."""
    nets = [net for net, _tax in with_vat.values() if net not in with_vat]
    plain = [name for name in lines.named("amount") if name not in with_vat]
    if "amount" not in lines.given and (whole := before_its_parts(lines, with_vat)):
        return _without_its_vat(lines, whole)
    if nets and ("amount" in with_vat or "amount" not in lines.headings):
        gross = next((name for name in with_vat if with_vat[name][0] == nets[0]), "")
        return _net_beside(lines, nets[0], gross, with_vat[gross][1])
    if plain:
        name = _of_rivals(lines, plain, nets)
        if name in nets and lines.options.vat is None:  # another column is it with VAT
            return Made(lines.table[name], {name}, name)
        return _without_its_vat(lines, name)
    gross_only = lines.named("amount_incl_vat")
    return _from_gross(lines, gross_only[0]) if gross_only else None


def _net_beside(lines: Lines, net: str, gross: str, tax: str) -> Made:
    """Take the net column, whatever the headings are."""
    if "amount" in lines.given and gross == "amount":
        raise HeadingError(
            _("{heading} holds VAT.", heading=lines.heading(gross)),
            where=lines.label,
            found=_found_vat(lines, net, gross, tax),
            wanted=_("the amount without VAT"),
            remedy=_('Choose it: --map amount="{heading}"', heading=lines.headings[net]),
        )
    lines.notes.append(_found_vat(lines, net, gross, tax))
    return Made(lines.table[net], {net, *([tax] if tax else [])}, net, checked={gross})


def _found_vat(lines: Lines, net: str, gross: str, tax: str) -> str:
    sums = lines.totals({"net": lines.table[net], "gross": lines.table[gross]})
    words = {"net": lines.heading(net), "gross": lines.heading(gross)}
    totals = {"without": sums["net"], "with_vat": sums["gross"]}
    if tax:
        return _(
            "On every line {gross} is {net} plus {tax}: the amount is {net}, {without} in all "
            "({with_vat} with VAT).",
            tax=lines.heading(tax),
            **words,
            **totals,
        )
    return _(
        "On every line {gross} is {net} plus a rate of VAT: the amount is {net}, {without} in all "
        "({with_vat} with VAT).",
        **words,
        **totals,
    )


def _of_rivals(lines: Lines, plain: list[str], nets: list[str]) -> str:
    """Return which of several columns is the amount: one that is proven, else the best heading.

    Raises ``HeadingError`` where two headings are as good and their amounts differ.
    """
    proven = [name for name in plain if name in nets]
    if "amount" in lines.given or len(plain) == 1:
        return plain[0]
    if home := home_of(lines, plain):
        return home
    if proven:
        return "amount" if "amount" in proven else proven[0]
    return _of_even(lines, plain) if "amount" in plain else plain[0]


def _of_even(lines: Lines, plain: list[str]) -> str:
    """Return which of several amounts of which none is proven is the line's."""
    rest = [name for name in plain if name != "amount"]
    tests = {
        name: (near(lines.float(name), lines.float("amount"), 0.0051), _there(lines, name))
        for name in rest
    }
    priced = _priced(lines, plain)
    same = lines.agreement(tests | priced)
    for name in plain:
        if same.get(f"priced {name}"):
            return name
    other = [name for name in rest if not same[name]]
    clear = [name for name in plain if says_net(lines.headings[name])]
    if len(clear) == 1 and other:
        if clear[0] != "amount":
            lines.notes.append(preferred(lines, clear[0], "amount"))
        return clear[0]
    if whole := next((name for name in plain if is_invoices(lines, name)), ""):
        return whole  # what its lines come to is taken in its place
    if other and "amount" in lines.even:
        _ask(lines, ["amount", *other])
    return "amount"


def _of_its_line(lines: Lines, made: Made) -> Made:
    """Take quantity times price where the amount is the invoice's total on each of its lines."""
    if "invoice_id" not in lines.table.columns or made.column in lines.given:
        return made
    if own := own_of(lines, made):
        return own
    if not {"quantity", "unit_price"} <= set(lines.headings):
        return made
    worth = lines.float("quantity") * lines.float("unit_price")
    amount = made.amount.cast("float64")
    if lines.at_first(near(amount, worth), worth != 0):
        return made
    if not is_invoices(lines, made.column):
        return made
    of_price = made_of_price(lines)
    lines.notes.append(
        _(
            "{heading} is the invoice's total on each of its lines: the amount is quantity times "
            "price, {total} in all.",
            heading=lines.heading(made.column),
            total=lines.totals({"x": of_price.amount})["x"],
        )
    )
    of_price.checked |= made.used
    return of_price


def _there(lines: Lines, name: str) -> ir.BooleanColumn:
    return lines.table[name].notnull() & lines.table["amount"].notnull()


def _priced(lines: Lines, plain: list[str]) -> dict[str, tuple[ir.BooleanColumn, ir.BooleanColumn]]:
    """Return tests of whether a column is quantity times a price."""
    if not lines.named("quantity") or not lines.named("unit_price"):
        return {}
    count = lines.float("quantity")
    worth = count * lines.float("unit_price")
    slack = count.abs() * 0.0051 + 0.011
    return {f"priced {name}": (near(lines.float(name), worth, slack), worth != 0) for name in plain}


def _ask(lines: Lines, names: list[str]) -> NoReturn:
    amounts = {name: lines.table[name] for name in names}
    lines.ask("amount", amounts, _("the line's amount without VAT and after discount"))


def _without_its_vat(lines: Lines, name: str) -> Made:
    """Take the VAT off an amount that the VAT beside it shows to be in it."""
    made = Made(lines.table[name], {name}, name)
    taxes, rate = lines.named("vat"), lines.options.vat
    if rate is not None:
        made.amount = less_vat(lines.table[name], rate)
        return made
    if says_vat(lines.headings[name]):
        return _from_gross(lines, name)
    if name not in lines.given and (some := less_inside(lines, made.amount, name)):
        made.amount, made.used = some[0], {name, "vat_inside", *some[1]}
        return made
    if taxes:
        return _by_its_taxes(lines, made, name)
    return _from_gross(lines, name) if holds_rate(lines, name) else made


def _by_its_taxes(lines: Lines, made: Made, name: str) -> Made:
    """Take the VAT off where its own column shows that the amount holds it."""
    taxes = lines.named("vat")
    if says_net(lines.headings[name]):
        return made
    if name not in lines.given and _INSIDE.search(lines.headings[taxes[0]]):
        return _from_gross(lines, name)
    if taxes[0] == SUM:
        if holds := inside(lines, name):
            return _from_gross(lines, name)
        return _ask_vat(lines, name, SUM) if holds is None and name not in lines.given else made
    tax, amount = lines.float(taxes[0]), lines.float(name)
    there, rates = lines.table[taxes[0]] != 0, rates_of(lines.headings[taxes[0]])
    shows = lines.agreement(
        {
            "beside": (one_of_rates(tax, amount, rates=rates), there),
            "inside": (one_of_rates(tax, amount, inside=True, rates=rates), there),
            "taxed": (there, there),
        }
    )
    if shows["inside"] and not shows["beside"]:
        return _from_gross(lines, name)
    if name in lines.given or not shows["taxed"] or (shows["beside"] and not shows["inside"]):
        return made
    if _is_price_and_vat(lines, name, taxes[0]):
        return _from_gross(lines, name)
    most = lines.engine.row({"rate": (tax / amount).max(where=amount.abs() > 1)}, lines.table)
    if shows["inside"] or float(most["rate"] or 0) < _MOST_INSIDE:
        _ask_vat(lines, name, taxes[0])
    return made


def _is_price_and_vat(lines: Lines, name: str, tax: str) -> bool:
    """Tell whether an amount is quantity times price, and the VAT, on every line."""
    if not {"quantity", "unit_price"} <= set(lines.headings):
        return False
    count = lines.float("quantity")
    worth = count * lines.float("unit_price")
    slack = count.abs() * 0.0051 + 0.011
    there = (lines.table[tax] != 0) & (worth != 0)
    same = near(lines.float(name), worth + lines.float(tax), slack)
    return lines.agreement({"x": (same, there)})["x"]


def _from_gross(lines: Lines, name: str) -> Made:
    """Make the net amount of one that holds VAT.

    Raises ``LedgerError`` where neither the VAT nor its rate is known.
    """
    column = lines.table[name]
    taxes = lines.named("vat")
    if lines.options.vat is not None:
        return Made(less_vat(column, lines.options.vat), {name}, name)
    if taxes:
        net = in_money(column - lines.table[taxes[0]].fill_null(fixed("0")))
        words = {"gross": lines.heading(name), "tax": lines.heading(taxes[0])}
        sums = lines.totals({"net": net, "gross": column})
        lines.notes.append(
            _(
                "The amount is {gross} less {tax}: {without} in all ({with_vat} with VAT).",
                **words,
                without=sums["net"],
                with_vat=sums["gross"],
            )
        )
        return Made(net, {name, taxes[0]}, name)
    if rate := rate_beside(lines):
        net = less_rate(lines, column, rate)
        lines.notes.append(told_rate(lines, (name, column), rate, net))
        return Made(net, {name, rate}, name)
    raise LedgerError(
        _("{heading} holds VAT, and nothing tells how much.", heading=lines.heading(name)),
        where=lines.label,
        found=_("{total} in all", total=lines.totals({"x": column})["x"]),
        wanted=_("the amount without VAT"),
        remedy=_(
            "Export the amount without VAT, or the VAT beside it; or say the rate with --vat 25 "
            "(--vat 0 if there is none in it)."
        ),
        questions=[(_("Which rate of VAT is in it?"), ("--vat 25", "--vat 15", "--vat 0"))],
    )


def _ask_vat(lines: Lines, name: str, tax: str) -> NoReturn:
    column = lines.table[name]
    sums = lines.totals({"as": column, "less": column - lines.table[tax].fill_null(fixed("0"))})
    raise HeadingError(
        _("Nothing tells whether {heading} holds VAT.", heading=lines.heading(name)),
        where=lines.label,
        found=_(
            "{total} in all as it stands, {less} less {tax}",
            total=sums["as"],
            less=sums["less"],
            tax=lines.heading(tax),
        ),
        wanted=_("the amount without VAT"),
        remedy=_(
            'Say it: --map amount="{heading}" if there is none in it, '
            '--map amount_incl_vat="{heading}" if there is.',
            heading=lines.headings[name],
        ),
        questions=[
            (
                _("Does {heading} hold VAT?", heading=lines.heading(name)),
                [
                    map_option(column, lines.headings[name])
                    for column in ("amount", "amount_incl_vat")
                ],
            )
        ],
    )


# Debit and credit


def _less_credit(lines: Lines, made: Made) -> Made:
    """Take off what is credited beside the amount, unless the amount shows it already."""
    if "credit_amount" not in lines.headings:
        return made
    amount, credit = made.amount.cast("float64"), lines.float("credit_amount").abs()
    tests = {"again": (near(amount, -credit), credit > 0)}
    if "debit_amount" in lines.headings:
        debit = lines.float("debit_amount").fill_null(0.0).abs()
        difference = debit - credit.fill_null(0.0)
        moved = (debit != 0) | (credit.fill_null(0.0) != 0)
        tests["debit"] = (near(amount, difference), moved)
        tests["turned"] = (near(amount, -difference), moved)
    shows = lines.agreement(tests)
    made.used |= {name for name in ("credit_amount", "debit_amount") if name in lines.headings}
    if any(shows.values()):
        lines.notes.append(
            _(
                "{credit} shows once more what {amount} holds, and is not taken off.",
                credit=lines.heading("credit_amount"),
                amount=lines.heading(made.column),
            )
        )
        return made
    made.amount = _credited(lines, made)
    lines.notes.append(
        _(
            "{credit} is taken off {amount}: {total} in all.",
            credit=lines.heading("credit_amount"),
            amount=lines.heading(made.column),
            total=lines.totals({"x": made.amount})["x"],
        )
    )
    return made


def _credited(lines: Lines, made: Made) -> ir.DecimalColumn:
    """Only an empty cell stands for zero beside a filled one; one that is unreadable does not."""
    import ibis

    table, zero = lines.table, fixed("0")
    no_amount, no_credit = table[f"no_{made.column}"], table["no_credit_amount"]
    invoiced = ibis.ifelse(no_amount & ~no_credit, zero, made.amount)
    credited = ibis.ifelse(no_credit, zero, without_vat(lines, made))
    made.blank = no_amount & no_credit
    return in_money(invoiced - credited)


def _from_debit(lines: Lines) -> Made | None:
    """Make the amount of debit and credit: the larger side is what was sold."""
    import ibis

    if not {"debit_amount", "credit_amount"} <= set(lines.headings):
        return None
    if {"quantity", "unit_price"} <= set(lines.headings):
        return None
    table, zero = lines.table, fixed("0")
    empty = [table[f"no_{name}"] for name in ("debit_amount", "credit_amount")]
    debit, credit = (
        ibis.ifelse(no, zero, table[name])
        for no, name in zip(empty, ("debit_amount", "credit_amount"), strict=True)
    )
    sums = lines.engine.row({"debit": debit.sum(), "credit": credit.sum()}, table)
    turned = (sums["credit"] or 0) > (sums["debit"] or 0)
    if _credit_below_zero(lines):
        credit = credit.abs()
    amount = in_money(credit - debit if turned else debit - credit)
    names = ("credit_amount", "debit_amount") if turned else ("debit_amount", "credit_amount")
    lines.notes.append(
        _(
            "The amount is {one} less {other}.",
            one=lines.heading(names[0]),
            other=lines.heading(names[1]),
        )
    )
    made = Made(amount, set(names), names[0])
    made.blank = empty[0] & empty[1]
    return made


def _credit_below_zero(lines: Lines) -> bool:
    """Tell whether what is credited is written below zero beside debits above it."""
    debit, credit = lines.table["debit_amount"], lines.table["credit_amount"]
    asked = {"below": credit < 0, "above": credit > 0, "debits": debit < 0}
    sums = {name: test.sum().fill_null(0) for name, test in asked.items()}
    seen = lines.engine.row(sums, lines.table)
    return bool(seen["below"] and not seen["above"] and not seen["debits"])
