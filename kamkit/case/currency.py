"""One currency: amounts in others are turned into it by the rates that the user gives."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.case.rate_ways import DIVIDED, HUNDRED, units
from kamkit.case.reading.numbers import currency_code
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number
from kamkit.money import DECIMAL, in_money, quotient
from kamkit.schema.contract import EXAMPLE_IDS

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MONEY = ("amount", "unit_price", "list_amount", "cost")


def one_currency(
    ledger: ir.Table, options: ReadOptions, engine: Engine, where: str
) -> tuple[ir.Table, str, list[str]]:
    """Return the ledger in one currency, which it is, and what to tell.

    ``amount``, ``unit_price``, ``list_amount`` and ``cost`` of a line are multiplied by the rate of
    its currency, the user's or that of the line; ``no_rate`` marks the lines whose currency has
    none, and the column ``currency`` is gone. Raises ``LedgerError`` for several currencies of
    which none has a rate, and for lines without a currency among lines with one.
    """
    import ibis

    never = ibis.literal(False)
    if "currency" not in ledger.columns:
        gone = [name for name in ("exchange_rate",) if name in ledger.columns]
        return ledger.drop(*gone).mutate(no_rate=never), options.currency, []
    rates = {_code(code): rate for code, rate in options.rates.items()}
    ledger = ledger.mutate(currency=currency_code(ledger.currency).nullif(""))
    lines = ledger.filter(~_no_lines(ledger) & ledger.amount.notnull())
    seen = engine.rows(
        lines.group_by("currency").aggregate(rows=lines.count(), amount=lines.amount.sum())
    )
    codes = sorted(line["currency"] for line in seen if line["currency"])
    bare = any(not line["currency"] and line["amount"] for line in seen)
    own = options.currency
    if codes == ["KR"] and own in _CROWNS:
        ledger, codes = ledger.mutate(currency=ledger.currency.replace("KR", own)), [own]
    base = own or (codes[0] if len(codes) == 1 and not bare and codes != ["KR"] else "")
    one = not codes or codes == [base] or (codes == ["KR"] and not own)  # “kr” is no country's
    if one:
        gone = [name for name in ("exchange_rate",) if name in ledger.columns]
        return ledger.drop("currency", *gone).mutate(no_rate=never), base, []
    if "exchange_rate" in ledger.columns:
        by_line = _by_line(ledger, lines, base, engine, where) if not options.rates else None
        if by_line is not None:
            return by_line
        ledger = ledger.drop("exchange_rate")
    others = [code for code in codes if code != base]
    if not base or not set(others) & set(rates):
        raise _mixed_currencies(seen, codes, base, where)
    return _converted(ledger, base, rates), base, []


_CROWNS = ("NOK", "SEK", "DKK", "ISK", "CZK")


def _code(word: str) -> str:
    signs = {"€": "EUR", "£": "GBP", "$": "USD", "KR.": "KR"}
    return signs.get(word.strip().upper(), word.strip().upper())


def _no_lines(ledger: ir.Table) -> ir.BooleanColumn:
    """Tell the rows whose currency says nothing: they are no lines of sales."""
    example = ledger.account_id.isin(EXAMPLE_IDS).fill_null(False)
    odd = ledger.is_blank | ledger.is_total | ledger.is_broken | ledger.is_heading
    return odd | example | ledger.left_out


def _by_line(
    ledger: ir.Table, lines: ir.Table, base: str, engine: Engine, where: str
) -> tuple[ir.Table, str, list[str]] | None:
    """Convert by the rate that stands on each line; None where that rate fits no currency."""
    import ibis

    seen = engine.rows(
        lines.group_by("currency").aggregate(
            low=lines.exchange_rate.min(), high=lines.exchange_rate.max(), rows=lines.count()
        )
    )
    ones = [
        line["currency"]
        for line in seen
        if line["low"] is not None and line["low"] == line["high"] and line["low"] in (1, 100)
    ]
    home = base or (ones[0] if len(ones) == 1 and ones[0] else "")
    # a line without a currency and a rate is at home
    if not home or {one["currency"] for one in seen if one["low"] is None} - {home, None}:
        return None
    per = int(next((line["low"] for line in seen if line["currency"] == home), 1) or 1)
    of = units(seen, home, per, where)
    if of is None or not per:
        return None
    own = ledger.currency.isnull() | (ledger.currency == home)
    turned = DIVIDED in of.values()
    converted = {
        name: ibis.ifelse(own, ledger[name], _by_rate(ledger, ledger[name], of, per))
        for name in _MONEY
        if name in ledger.columns
    }
    never = ibis.literal(False)
    note = (
        _(
            "Amounts in other currencies are divided by the rate on each line, which is how much "
            "of them one {code} is.",
            code=home,
        )
        if turned
        else _(
            "Amounts in other currencies are turned into {code} by the rate on each line.",
            code=home,
        )
    )
    left = ledger.mutate(**converted, no_rate=never).drop("currency", "exchange_rate")
    return left, home, [note]


def _by_rate(
    ledger: ir.Table, amount: ir.DecimalColumn, of: Mapping[str, int], per: int
) -> ir.DecimalValue:
    """Return amounts times the rate of their line, or divided by it."""
    import ibis

    one, part = (ibis.literal(text).cast("decimal(3, 2)") for text in ("1", "0.01"))
    if DIVIDED in of.values():
        return quotient(amount.cast(DECIMAL), one, ledger.exchange_rate.cast(DECIMAL))
    hundreds = [code for code, unit in of.items() if unit == HUNDRED]
    unit = part if per == HUNDRED else one
    if hundreds:
        unit = ibis.ifelse(ledger.currency.isin(hundreds), part, one)
    rate = (ledger.exchange_rate.cast("decimal(19, 8)") * unit).cast("decimal(19, 10)")
    return in_money(amount.cast(DECIMAL) * rate)


def _converted(ledger: ir.Table, base: str, rates: Mapping[str, float]) -> ir.Table:
    import ibis

    own = ledger.currency.isnull() | (ledger.currency == base)
    # from text: a literal Decimal would lose all but three of its decimals
    exact = {
        code: ibis.literal(f"{Decimal(str(rate)):f}").cast("decimal(19, 8)")
        for code, rate in rates.items()
    }
    rate = ibis.cases(
        *((ledger.currency == code, value) for code, value in exact.items()),
        else_=ibis.null("decimal(19, 8)"),
    )
    converted = {
        name: ibis.ifelse(
            own | rate.isnull(), ledger[name], in_money(ledger[name].cast(DECIMAL) * rate)
        )
        for name in _MONEY
        if name in ledger.columns
    }
    return ledger.mutate(**converted, no_rate=~own & rate.isnull()).drop("currency")


def _mixed_currencies(
    seen: list[dict[str, Any]], codes: list[str], base: str, where: str
) -> LedgerError:
    largest = sorted(seen, key=lambda line: (-line["rows"], line["currency"] or ""))
    amounts = [
        ngettext(
            "{code}: {n} row, {amount}",
            "{code}: {n} rows, {amount}",
            line["rows"],
            code=line["currency"] or _("(no currency)"),
            amount=number(float(line["amount"] or 0), 2),
        )
        for line in largest
    ]
    bare = not base and any(not line["currency"] and line["amount"] for line in seen)
    most = [line["currency"] for line in largest if line["currency"] in codes]
    own = base or ("NOK" if bare else next(c for c in (*most, "NOK") if _typed(c)))
    example = next((code for code in codes if code != own), codes[-1])
    all_in = _("If all lines are in {code}, say --currency {code}.", code=codes[0])
    return LedgerError(
        _("The ledger has amounts in several currencies and no rates.")
        if len(codes) > 1
        else _("Some lines have a currency and others have none.")
        if bare
        else _("The ledger is in another currency than was asked for, and there is no rate."),
        where=where,
        found="; ".join(amounts),
        wanted=_("one currency, or a rate for each of the others"),
        remedy=_("Say the currency of the lines without one: --currency {own}.", own=codes[0])
        if bare and codes == ["NOK"]
        else joined(" ", [all_in if bare and len(codes) == 1 else "", _rates(own, example)]),
    )


def _rates(own: str, example: str) -> str:
    return _(
        "Say the currency and the rates: --currency {own} --rate {example}=11.50, or in the "
        'mapping file currency = "{own}" and rates = {{ {example} = 11.50 }} under [options].',
        own=own,
        example=example,
    )


def _typed(code: str) -> bool:
    return len(code) == 3 and code.isalpha()
