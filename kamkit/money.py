"""Amounts of money: exact in the engine, formatted for people."""

from __future__ import annotations

from kamkit.language import N_, language, locale_name, number, writer
from kamkit.language import gettext as _

SCALE = 4
"""Decimals that the engine keeps: three-decimal prices times a quantity lose nothing."""

DECIMAL = f"decimal(18, {SCALE})"
"""The engine's type of every amount; sums are wider and exact."""


@writer
def money(amount: float, currency: str = "", decimals: int = 0) -> str:
    """Format an amount with its currency; without one it is a plain number.

    >>> money(1234.5, "NOK", 2).replace(chr(160), " ")
    'NOK 1,234.50'
    >>> money(1234.5)
    '1,234'
    """
    from babel.numbers import format_currency, get_currency_symbol

    if not currency or amount is None or amount != amount:
        return number(amount, decimals)
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    symbol = get_currency_symbol(currency, locale=locale_name())
    gap = "\u00a0" if symbol.isalpha() and symbol.isupper() else ""
    pattern = f"{digits}\u00a0¤" if locale_name() == "nb_NO" else f"¤{gap}{digits}"
    return format_currency(
        amount, currency, format=pattern, locale=locale_name(), currency_digits=False
    )


@writer
def scaled(amount: float, currency: str = "") -> str:
    """Format a large amount short, with three or four figures that count.

    >>> from kamkit.language import speaking
    >>> scaled(8_348_208.57, "GBP")
    '£8.35 million'
    >>> with speaking("nb"):
    ...     scaled(8_348_208.57, "NOK").replace(chr(160), " ")
    '8,35 millioner kr'
    """
    from babel.numbers import get_currency_symbol

    for unit, words in ((1e9, N_("{amount} billion")), (1e6, N_("{amount} million"))):
        if abs(amount) < unit:
            continue
        if language() == "nb" and currency:
            short = _(words, amount=number(amount / unit, 2))
            return f"{short}\u00a0{get_currency_symbol(currency, locale=locale_name())}"
        return _(words, amount=money(amount / unit, currency, 2))
    return money(amount, currency)


@writer
def span_of(low: float, high: float) -> str:
    """Write two amounts with one unit, as the limits of a range.

    >>> span_of(-133_314, 6_740_000), span_of(120, 4_500)
    ('-0.13 to 6.74 million', '120 to 4,500')
    """
    most = max(abs(low), abs(high))
    for unit, words in ((1e9, N_("{low} to {high} billion")), (1e6, N_("{low} to {high} million"))):
        if most >= unit:
            return _(words, low=number(low / unit, 2), high=number(high / unit, 2))
    return _("{low} to {high}", low=number(low), high=number(high))
