"""Months by name, as English, Nordic, German, French, Dutch and Polish exports write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NAMES = (
    "jan januar january januari janvier janv jän jänner sty styczeń stycznia",
    "feb februar february februari fev fév févr février lut luty lutego",
    "mar mars march marts mär märz mrz maart mrt marzec marca",
    "apr april avr avril kwi kwiecień kwietnia",
    "may mai maj mei maja",
    "jun juni june juin cze czerwiec czerwca",
    "jul juli july juil juillet lip lipiec lipca",
    "aug august augusti augustus aoû août aout sie sierpień sierpnia",
    "sep sept september septembre wrz wrzesień września",
    "oct okt oktober october octobre paź październik października",
    "nov november novembre lis listopad listopada",
    "dec des dez dez december desember dezember déc décembre dec gru grudzień grudnia",
)
NUMBERS = {word: at for at, words in enumerate(_NAMES, 1) for word in words.split()}
"""Word to the number of its month."""
_TABLE = "".join(f";{word}={at:02}" for word, at in NUMBERS.items())

_WEEKDAY = r"^(?:\p{L}{2,10}\.?,? )?"
DAY_FIRST = (
    _WEEKDAY
    + r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[-/ .]*(?:de )?(\p{L}{3,12})\.?[-/ .,]*(\d{4}|\d{2})"
)
MONTH_FIRST = r"^(\p{L}{3,12})\.?[-/ .]*(\d{1,2})(?:st|nd|rd|th|\.)?,?[-/ ]+(\d{4})"
MONTH_ONLY = r"^(\p{L}{3,12})\.?[-/ .,]*(\d{4}|\d{2})$"


def exact(value: ir.StringValue, time: str) -> ir.DateValue:
    """Turn text with the name of a month into a day; ``time`` may stand behind it.

    >>> import ibis
    >>> str(ibis.duckdb.connect().execute(exact(ibis.literal("12 Jan 2024"), "$")))[:10]
    '2024-01-12'
    """
    import ibis

    patterns = ((DAY_FIRST + time, 3, 2, 1), (MONTH_FIRST + time, 3, 1, 2), (MONTH_ONLY, 2, 1, 0))
    return ibis.coalesce(
        *(
            _day(
                value.re_extract(pattern, year),
                value.re_extract(pattern, month),
                value.re_extract(pattern, day) if day else ibis.literal("01"),
            )
            for pattern, year, month, day in patterns
        )
    )


def _day(year: ir.StringValue, month: ir.StringValue, day: ir.StringValue) -> ir.DateValue:
    import ibis

    key = ibis.literal(";") + month.lower() + "="
    table = ibis.literal(_TABLE)
    found = table.find(key)
    number = table.substr(found + key.length(), 2)
    century = ibis.ifelse(year.length() == 2, "20", "")
    text = century + year + "-" + number + "-" + day.lpad(2, "0")
    return ibis.ifelse((month == "") | (found < 0), ibis.null("string"), text).try_cast("date")


def number_of(month: ir.StringValue) -> ir.StringValue:
    """Return the two digits of a month's name, else what is written.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(number_of(ibis.literal("Okt")))
    '10'
    """
    import ibis

    key = ibis.literal(";") + month.lower() + "="
    table = ibis.literal(_TABLE)
    found = table.find(key)
    return ibis.ifelse(found < 0, month, table.substr(found + key.length(), 2))
