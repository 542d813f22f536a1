"""Amounts of money: exact in the engine, formatted for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.language import MINUS, N_, locale_name, number, writer
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir

SCALE = 4
"""Decimals that the engine keeps: three-decimal prices times a quantity lose nothing."""

DECIMAL = f"decimal(18, {SCALE})"
"""The engine's type of every amount; sums are wider and exact."""

WIDE = f"decimal(19, {SCALE})"
"""The type of one side of a product: with an amount it fits into 38 digits on every engine."""

_LARGEST = 10 ** (18 - SCALE) - 1
_FINE = "decimal(30, 8)"


def in_money(value: ir.NumericValue) -> ir.DecimalValue:
    """Return numbers of the engine as amounts, rounded half up; what is too large becomes null.

    >>> import ibis
    >>> con = ibis.duckdb.connect()
    >>> con.execute(in_money(ibis.literal(2.5))), con.execute(in_money(ibis.literal(1e20)))
    (Decimal('2.5000'), None)
    """
    import ibis

    return ibis.ifelse(value.abs() < _LARGEST, value, None).cast(DECIMAL)


def whole_number(value: ir.NumericValue) -> ir.IntegerValue:
    """Return numbers of the engine without their decimals; what is too large becomes null.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(whole_number(ibis.literal(45123.75)))
    45123
    """
    import ibis

    return ibis.ifelse(value.abs() < 10**15, value.floor(), None).cast("int64")


def share_of(amount: ir.DecimalValue, share: ir.DecimalValue, per: int = 1) -> ir.DecimalValue:
    """Return what is left of amounts when a share of them is taken off, exact.

    ``per`` is 100 where the share is in per cent.

    >>> import ibis
    >>> one, off = (ibis.literal(n).cast(DECIMAL) for n in ("10.01", "5.5"))
    >>> ibis.duckdb.connect().execute(share_of(one, off, 100))  # 9.45945
    Decimal('9.4595')
    """
    import ibis

    step = ibis.literal("1" if per == 1 else "0.01").cast("decimal(5, 2)")
    left = ibis.literal(1).cast("decimal(19, 6)") - share.cast(DECIMAL) * step
    return in_money(amount.cast(DECIMAL) * left.cast("decimal(19, 6)"))


def quotient(
    one: ir.DecimalValue, factor: ir.DecimalValue, divisor: ir.DecimalValue
) -> ir.DecimalValue:
    """Return one x factor / divisor, rounded half up to an amount; null where it is divided by 0.

    Engines divide decimals in ways of their own. A float is off by a last digit at most; what is
    left of the exact product tells which way.

    >>> import ibis
    >>> parts = [ibis.literal(n).cast(DECIMAL) for n in ("0.05", "1", "1000")]
    >>> ibis.duckdb.connect().execute(quotient(*parts))  # 0.00005
    Decimal('0.0001')
    """
    import ibis

    unit = ibis.literal("0.0001").cast("decimal(5, 4)")
    by = divisor.nullif(0).cast("float64")
    near = (one.cast("float64") * factor.cast("float64") / by).abs()
    estimate = ibis.ifelse(near < _LARGEST, near.round(SCALE), None).cast(DECIMAL)
    size = divisor.cast(DECIMAL).abs()
    rest = one.cast(WIDE).abs() * factor.cast(DECIMAL).abs() - estimate.cast(WIDE) * size
    twice = rest.cast(_FINE) + rest.cast(_FINE)
    step = (size * unit).cast(_FINE)
    more = ibis.ifelse(twice >= step, unit, ibis.ifelse(twice < -step, -unit, unit - unit))
    exact = estimate + more
    negative = ((one < 0) != (factor < 0)) != (divisor < 0)
    return ibis.ifelse(negative, -exact, exact).cast(DECIMAL)


@writer
def money(amount: float, currency: str = "", decimals: int = 0) -> str:
    """Format an amount with its currency; without one it is a plain number.

    >>> money(1234.5, "NOK", 2).replace(chr(160), " ")
    'NOK 1,234.50'
    >>> money(1234.5)
    '1,234'
    """
    from babel.numbers import format_currency

    if not currency or amount is None or amount != amount:
        return number(amount, decimals)
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    pattern = f"{digits}\u00a0¤" if _symbol_last() else f"¤{_gap(currency)}{digits}"
    return format_currency(
        amount, currency, format=pattern, locale=locale_name(), currency_digits=False
    ).replace("-", MINUS)


UNITS = ((1e9, N_("{amount} billion")), (1e6, N_("{amount} million")))
"""From where an amount is written in a larger unit, and how."""


@writer
def scaled(amount: float, currency: str = "") -> str:
    """Format a large amount short: with three figures that count, and no break inside it.

    >>> from kamkit.language import speaking
    >>> [scaled(n, "GBP").replace(chr(160), " ") for n in (8_348_208.57, 434_789)]
    ['£8.35 million', '£435,000']
    >>> with speaking("nb"):
    ...     scaled(8_348_208.57, "NOK").replace(chr(160), " ")
    '8,35 millioner kr'
    """
    for unit, words in UNITS:
        if abs(amount) < unit * _NEARLY:
            continue
        size = amount / unit
        if currency and _symbol_last():
            short = f"{_(words, amount=number(size, _decimals(size)))} {_symbol(currency)}"
        else:
            short = _(words, amount=money(size, currency, _decimals(size)))
        return short.replace(" ", "\u00a0")
    return money(_three_figures(amount), currency)


def _symbol(currency: str) -> str:
    from babel.numbers import get_currency_symbol

    return str(get_currency_symbol(currency, locale=locale_name()))


def _gap(currency: str) -> str:
    """Return what stands between a sign and its amount: NOK 12, £12."""
    symbol = _symbol(currency)
    return "\u00a0" if symbol.isalpha() and symbol.isupper() else ""


def _symbol_last() -> bool:
    """Tell whether the language writes the currency behind the amount."""
    from babel import Locale

    positive = Locale.parse(locale_name()).currency_formats["standard"].pattern.split(";")[0]
    return bool(positive.endswith("¤"))


@writer
def span_of(low: float, high: float, currency: str = "") -> str:
    r"""Write two amounts with one unit, as the limits of a range.

    >>> span_of(133_314, 6_740_000), span_of(120, 4_500, "GBP")
    ('0.13 to 6.74\xa0million', '£120 to 4,500')
    """
    most = max(abs(low), abs(high))
    for unit, words in ((1e9, N_("{low} to {high} billion")), (1e6, N_("{low} to {high} million"))):
        if most >= unit * _NEARLY:
            near = _decimals(most / unit)
            text = _(words, low=number(low / unit, near), high=number(high / unit, near))
            text = "\u00a0".join(text.rsplit(" ", 1))
            break
    else:
        low, high = _three_figures(low), _three_figures(high)
        text = _("{low} to {high}", low=number(low), high=number(high))
    if not currency:
        return text
    if _symbol_last():
        return f"{text}\u00a0{_symbol(currency)}"
    return f"{_symbol(currency)}{_gap(currency)}{text}"


_NEARLY = 0.9995
"""999,500 with three figures is a million."""


def _decimals(size: float) -> int:
    """Return how many decimals leave a size between 1 and 1,000 three figures."""
    return next((n for n, below in ((2, 9.995), (1, 99.95)) if abs(size) < below), 0)


def _three_figures(amount: float) -> float:
    """Round an amount of five or six figures to three; a smaller one keeps all it has."""
    if not 9_999.5 <= abs(amount) < 1e6:
        return amount
    return float(round(amount, -3 if abs(amount) >= 99_950 else -2))
