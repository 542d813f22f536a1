"""Numbers written as text: which sign is the decimal one, and the exact value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kamkit.case.reading import markers
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext
from kamkit.money import DECIMAL

if TYPE_CHECKING:
    import ibis.expr.types as ir

NATIVE = "\x01"
"""Stands before a value that the workbook itself keeps as a number, written with a point."""

_SPACES = f"[\\s\u00a0\u2007\u2009\u202f'’{markers.INVISIBLE}]+"
_MINUS = "[-\u2212\u2013]"
_CODES = (
    "nok|sek|dkk|isk|eur|usd|gbp|chf|pln|czk|huf|ron|cad|aud|nzd|jpy|cny|inr|sgd|hkd|zar|brl|mxn"
)
CODES = tuple(_CODES.upper().split("|"))
"""The codes of currencies that are known beside an amount or in a heading."""
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "¥": "JPY",
    "ZŁ": "PLN",
    "US$": "USD",
    **dict.fromkeys(("C$", "CA$"), "CAD"),
    **dict.fromkeys(("A$", "AU$"), "AUD"),
    "RS": "INR",
    "₹": "INR",
    "EURO": "EUR",
}
_UNIT = rf"(?:kr\.?|rs\.?|{_CODES}|us\$|ca?\$|au?\$|€|£|₹|\$|¥|zł)"
_BEFORE = f"(?i)^({_MINUS}|\\()? ?{_UNIT} ?"
_NO_CENTS = f"[,.:](?:{_MINUS}|\u2014)"
_AFTER = f"(?i)(?: ?{_UNIT}| ?{_NO_CENTS})({_MINUS}|\\))?$"
_SIDE = r"(?i) ?(?:[cd]r\.?| [cdhs])$"
_CREDIT = r"(?i)\d ?(?:cr\.?| [ch])$"
_DEBET = r"\d ?(?:D|Debet|Debit)$"
_KREDIT = r"\d ?(?:K|Kredit|Credit)$"
_BEHIND = r"\s*(?:%\s*|Debet|Debit|Kredit|Credit|[DK])$"
_EITHER_SIDE = r" ?(?:D|K|Debet|Debit|Kredit|Credit)$"
"""Debet beside which “1 500,00 K” is kredit, and no thousand."""
_POWER = r"^\d+(?:[.,]\d+)?[eE][+-]?\d{1,2}$"
_MILLIONS = r"(?i)\d ?(?:m|mio|mill?|mnok|msek|mdkk|million(?:er|en|s)?)\b"
_THOUSANDS = r"(?i)\d ?(?:k|t|tkr|tnok|tsek|tdkk|tusen|tusind|tsd|thousand)\b"
_DASH = f"^{_MINUS}+$|^\u2014$"
_SIGNED = f"^{_MINUS} ?(.*)$|^(.*?) ?{_MINUS}$|^\\({_MINUS}?(.*)\\)$"

_COMMA = r"^\d{1,3}(\.\d{3})+,\d*$|^\d*,(\d{1,2}|\d{4,})$|^(0|\d{4,}),\d{3}$|^\d{1,3}(\.\d{3}){2,}$"
_POINT = (
    r"^\d{1,3}(,\d{3})+\.\d*$|^\d*\.(\d{1,2}|\d{4,})$|^(0|\d{4,})\.\d{3}$|^\d{1,3}(,\d{3}){2,}$|"
    r"^\d{1,2}(,\d{2})+,\d{3}"
)
_LAKH = r"^\d{1,2}(,\d{2})+,\d{3}(\.\d*)?$"
"""1,23,456.50, as it is written in India."""
_EITHER = r"^[1-9]\d{0,2}[.,]\d{3}$"
_SINGLE = r"\d+[.,]\d"
_BARE = {",": r"^-?[0-9]{1,12}(,[0-9]{1,4})?$", ".": r"^-?[0-9]{1,12}([.][0-9]{1,4})?$"}
"""Digits alone, by the decimal sign: most cells are no more, and one look tells it."""


@dataclass(frozen=True)
class Evidence:
    """How many values of a column show a decimal comma, a decimal point, or could be either.

    ``more_comma`` and ``more_point`` are more than digits with that decimal sign.
    """

    comma: int
    point: int
    either: int
    example_comma: str = ""
    example_point: str = ""
    example_either: str = ""
    either_comma: int = 0
    debet: int = 0
    more_comma: int = 1
    more_point: int = 1
    minus: int = 0

    def is_bare(self, sign: str) -> bool:
        """Tell whether all values are digits alone, with that decimal sign, or empty."""
        return not (self.more_comma if sign == "," else self.more_point)


def evidence(values: ir.Table) -> dict[str, ir.Scalar]:
    """Return the aggregates that ``weigh`` reads, of a table of ``value`` and ``lines``."""
    digits = _unsigned(_trimmed(values.value.re_replace(_BEHIND, ""))).replace(" ", "")
    result = {}
    for kind, pattern in (("comma", _COMMA), ("point", _POINT), ("either", _EITHER)):
        here = digits.re_search(pattern) & ~values.value.startswith(NATIVE)
        result[kind] = values.lines.sum(where=here).fill_null(0).cast("int64")
        result[f"example_{kind}"] = values.value.min(where=here).fill_null("")
    here = digits.re_search(_EITHER.replace(".,", ",")) & ~values.value.startswith(NATIVE)
    result["either_comma"] = values.lines.sum(where=here).fill_null(0).cast("int64")
    result["debet"] = values.value.re_search(_DEBET).sum().fill_null(0).cast("int64")
    own = values.value.replace(NATIVE, "")
    for kind, sign in (("more_comma", ","), ("more_point", ".")):
        result[kind] = (~own.re_search(_BARE[sign]) & (own != "")).sum().fill_null(0).cast("int64")
    result["minus"] = own.re_search("^-[0.,]*[1-9]").sum().fill_null(0).cast("int64")
    return result


def bare(text: ir.StringValue, sign: str) -> ir.DecimalValue:
    """Turn what is digits alone into an exact decimal; what is empty becomes null.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(bare(ibis.literal("-1234,5"), ","))
    Decimal('-1234.5000')
    """
    own = text.replace(NATIVE, "")
    return (own.replace(",", ".") if sign == "," else own).try_cast(DECIMAL)


def weigh(row: Mapping[str, Any]) -> Evidence:
    """Read one column's evidence from the answer to ``evidence``."""
    return Evidence(**row)


def decimal_signs(
    columns: Mapping[str, Evidence], where: str, *, aids: Collection[str] = ()
) -> dict[str, str]:
    """Decide each column's decimal sign from its own values, else from the others'.

    Raises ``LedgerError`` where a column is written in two ways, or where ``1.234`` stands alone
    and nothing tells whether it is a thousand or a little more than one; a cell among many of them
    does not. Nothing is refused for the columns that are but ``aids``.

    >>> decimal_signs({"amount": Evidence(3, 0, 1), "cost": Evidence(0, 0, 5)}, "")
    {'amount': ',', 'cost': ','}
    """
    signs: dict[str, str] = {}
    for name, column in columns.items():
        if column.comma and column.point and name not in aids:
            raise _two_ways(column, name, where)
        signs[name] = "" if _odd(column) else "," if column.comma else "." if column.point else ""
    known = {sign for sign in signs.values() if sign}
    for name, column in columns.items():
        if signs[name] or not column.either:
            continue
        if len(known) != 1 and name not in aids:
            raise _either_way(column, name, where)
        signs[name] = next(iter(known)) if len(known) == 1 else "."
    return signs


def _odd(column: Evidence) -> bool:
    """Tell whether few cells would settle what many are that could be thousands or decimals.

    A single decimal, as in “1,5”, is no way to write money; it may be the slip among many “1.001”.
    """
    points = column.either - column.either_comma
    decimals, thousands = column.either_comma, points
    example = column.example_comma
    if not column.comma:
        decimals, thousands, example = points, column.either_comma, column.example_point
    few = 20 * max(column.comma, column.point)
    return decimals > few or (thousands > few and bool(re.fullmatch(_SINGLE, example)))


def _two_ways(column: Evidence, name: str, where: str) -> LedgerError:
    return LedgerError(
        _("The numbers of “{column}” are written in two ways.", column=name),
        where=where,
        found=_(
            "“{one}” ({n}) and “{other}” ({m})",
            one=column.example_comma,
            n=column.comma,
            other=column.example_point,
            m=column.point,
        ),
        wanted=_("one decimal sign in the column"),
        remedy=_("Say which one is right: --decimal , or --decimal . (others are set aside)."),
        questions=[(_("Which is the decimal sign?"), ("--decimal ,", "--decimal ."))],
    )


def _either_way(column: Evidence, name: str, where: str) -> LedgerError:
    return LedgerError(
        _(
            "Nothing tells whether “{value}” is a thousand or a decimal number.",
            value=column.example_either,
        ),
        where=where,
        found=ngettext(
            "{n} value of “{column}” like this",
            "{n} values of “{column}” like this",
            column.either,
            column=name,
        ),
        wanted=_("a value that shows the decimal sign"),
        remedy=_("Say which sign is the decimal one: --decimal , or --decimal ."),
        questions=[(_("Which is the decimal sign?"), ("--decimal ,", "--decimal ."))],
    )


def exact(text: ir.StringValue, sign: str, *, sides: bool = False) -> ir.DecimalValue:
    """Turn text into an exact decimal; what is no number becomes null.

    ``1 234,50``, ``-1.234,50``, ``1.234,50-``, ``(1.234,50)`` and ``kr 1 234,50`` with ``sign``
    ``","`` are all 1234.50 or its negative, so are ``1234,5 Cr`` and ``1,2345e3``; a dash is zero,
    and ``1 200:-``, ``1 200,-`` and ``1 200.–`` are 1200.
    With ``sides`` the letters D and K behind a number are debet and kredit.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(exact(ibis.literal("1 234,50-"), ","))
    Decimal('-1234.5000')
    """
    import ibis

    trimmed = _trimmed(text.re_replace(_EITHER_SIDE, "") if sides else text)
    digits = _unsigned(trimmed)
    thousand, decimal = (".", ",") if sign == "," else (",", ".")
    whole = rf"^(\d+|\d{{1,3}}([{thousand} ]\d{{3}})+)?([{decimal}]\d*)?$"
    readable = digits.re_search(whole) & digits.re_search(r"\d")
    if sign == ".":
        readable |= digits.re_search(_LAKH)
    plain = digits.replace(" ", "").replace(thousand, "").replace(decimal, ".")
    power = digits.replace(decimal, ".")
    value = ibis.cases(
        (readable, plain.try_cast(DECIMAL)),
        (power.re_search(_POWER), power.try_cast("float64").try_cast(DECIMAL)),
        (trimmed.re_search(_DASH), ibis.literal(0).cast(DECIMAL)),
        else_=ibis.null(DECIMAL),
    )
    minus = trimmed.re_search(_SIGNED) != text.re_search(_KREDIT if sides else _CREDIT)
    signed = ibis.ifelse(minus, -value, value)
    native = text.substr(1).try_cast(DECIMAL)
    result = ibis.ifelse(text.startswith(NATIVE), native, signed)
    plainly = text.re_search(_BARE[decimal]).fill_null(False)
    return ibis.ifelse(plainly, bare(text, sign), result).cast(DECIMAL)


def guessed(text: ir.StringValue) -> ir.DecimalValue:
    """Return about how much stands in a text that is no number: what its digits say.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(guessed(ibis.literal("ca. 1 200,50?")))
    Decimal('1200.0000')
    """
    import ibis

    kept = text.re_replace(r"[^\d.,]", "").re_replace(r"[.,]\d{1,2}$", "")
    digits = kept.re_replace(r"[.,]", "").nullif("").try_cast(DECIMAL)
    many = ibis.cases(
        (text.re_search(_MILLIONS), 1_000_000), (text.re_search(_THOUSANDS), 1000), else_=1
    )
    return (digits * many).try_cast(DECIMAL)


def largest(text: ir.StringValue) -> ir.DecimalValue:
    """Return the last amount with decimals in a line that could not be split, else null.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(largest(ibis.literal("K1;A; B;2025-01-01;900000,00;x")))
    Decimal('900000.0000')
    """
    amount = text.re_extract(r".*(?:^|[;,\t|\"])\s*(-?\d[\d .']*[.,]\d{1,4})(?:\D|$)", 1)
    return guessed(amount)


def currency(text: ir.StringValue) -> ir.StringValue:
    """Return the code of the currency that stands beside a number, else null.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(currency(ibis.literal("€ 1,50")))
    'EUR'
    """
    unit = text.re_extract(rf"(?i)(?:^|[^a-zæøåäö])({_UNIT})(?:$|[^a-zæøåäö])", 1)
    return currency_code(unit).nullif("")


def currency_code(word: ir.StringValue) -> ir.StringValue:
    """Return the code that a sign or word of a currency means.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(currency_code(ibis.literal(" kr.")))
    'KR'
    """
    plain = word.strip().upper().re_replace(r"\.$", "")
    return plain.substitute(_SIGNS)


def _trimmed(text: ir.StringValue) -> ir.StringValue:
    """Take away currency and spaces around the number, and make one kind of the spaces in it."""
    narrow = markers.unkept(text).re_replace(_SPACES, " ").strip()
    narrow = narrow.re_replace(_BEFORE, r"\1").re_replace(_SIDE, "")
    return narrow.re_replace(_AFTER, r"\1").re_replace(f"{_NO_CENTS}$", "").strip()


def _unsigned(trimmed: ir.StringValue) -> ir.StringValue:
    return trimmed.re_replace(_SIGNED, r"\1\2\3").re_replace(r"^\+ ?", "").strip()
