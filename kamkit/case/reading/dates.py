"""Dates written as text: which pattern, which order, and the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kamkit.errors import LedgerError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir

NATIVE = "\x02"
"""Stands before a value that the workbook itself keeps as a date, written year-month-day."""

_ZONE = r"( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?"
_TIME = (
    r"([T ]+(kl\.? ?)?\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?" + _ZONE + r")?$"
)
_ISO = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME
_PACKED = r"^((?:19|20)\d{2})(\d{2})(\d{2})" + _TIME
_DOTS = r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})" + _TIME
_STROKES = r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})" + _TIME
_SERIAL = r"^[2-7]\d{4}([.,]\d+)?$"
_OVER_12 = r"(1[3-9]|2\d|3[01])"
_EPOCH = "1899-12-30"

_KINDS = {
    "iso": _ISO,
    "packed": _PACKED,
    "serial": _SERIAL,
    "dots": _DOTS,
    "strokes": _STROKES,
    "dots_day": rf"^{_OVER_12}\.\s?\d{{1,2}}\.",
    "dots_month": rf"^\d{{1,2}}\.\s?{_OVER_12}\.",
    "strokes_day": rf"^{_OVER_12}[/-]\d{{1,2}}[/-]",
    "strokes_month": rf"^\d{{1,2}}[/-]{_OVER_12}[/-]",
}


@dataclass(frozen=True)
class Evidence:
    """How many values of a column follow each pattern, with an example of each."""

    counts: dict[str, int]
    examples: dict[str, str]


def evidence(values: ir.Table) -> dict[str, ir.Scalar]:
    """Return the aggregates that ``weigh`` reads, of a table of ``value`` and ``lines``."""
    text = _plain(values.value)
    found = {}
    for kind, pattern in _KINDS.items():
        here = text.re_search(pattern)
        found[kind] = values.lines.sum(where=here).fill_null(0).cast("int64")
        found[f"example_{kind}"] = text.min(where=here).fill_null("")
    return found


def weigh(row: Mapping[str, Any]) -> Evidence:
    """Read one column's evidence from the answer to ``evidence``."""
    return Evidence(
        {kind: row[kind] for kind in _KINDS}, {kind: row[f"example_{kind}"] for kind in _KINDS}
    )


def order(found: Evidence, day_first: bool | None, *, column: str, where: str) -> dict[str, bool]:
    """Decide for dotted and for stroked dates whether the day comes first.

    A dotted date without evidence is day.month.year, the only order written with dots. A stroked
    one without evidence is refused, because 03/04/2025 is two days.

    Raises ``LedgerError`` when the order cannot be told or the column has both orders.

    >>> counts = dict.fromkeys(_KINDS, 0) | {"strokes": 2, "strokes_day": 1}
    >>> order(Evidence(counts, {}), None, column="Date", where="sales.csv")
    {'dots': True, 'strokes': True}
    """
    decided: dict[str, bool] = {}
    for kind in ("dots", "strokes"):
        day, month = found.counts[f"{kind}_day"], found.counts[f"{kind}_month"]
        if day_first is not None:
            decided[kind] = day_first
        elif day and month:
            raise LedgerError(
                _("The dates of “{column}” are written in two orders.", column=column),
                where=where,
                found=_(
                    "“{one}” and “{other}”",
                    one=found.examples[f"{kind}_day"],
                    other=found.examples[f"{kind}_month"],
                ),
                wanted=_("day and month in one order"),
                remedy=_(
                    "Say which one is right: --day-first or --month-first (others are set aside)."
                ),
            )
        elif day or month or kind == "dots":
            decided[kind] = not month
        elif found.counts[kind]:
            raise LedgerError(
                _("The order of day and month in “{column}” cannot be told.", column=column),
                where=where,
                found=_("“{value}” and no day above 12", value=found.examples[kind]),
                wanted=_("a date that shows the order, or your word for it"),
                remedy=_("Say it with --day-first (31/12/2025) or --month-first (12/31/2025)."),
            )
    return decided


def exact(text: ir.StringValue, found: Evidence, day_first: Mapping[str, bool]) -> ir.DateValue:
    """Turn text into a date by the patterns that the column has; the rest becomes null.

    A time of day is read and left out. Two-digit years up to 68 are of this century.

    >>> import ibis
    >>> counts = dict.fromkeys(_KINDS, 0) | {"strokes": 1}
    >>> read = exact(ibis.literal("31/12/2025"), Evidence(counts, {}), {"strokes": True})
    >>> str(ibis.duckdb.connect().execute(read))[:10]
    '2025-12-31'
    """
    import ibis

    value = _plain(text)
    tries = [
        ibis.ifelse(text.startswith(NATIVE), text.substr(1, 10), ibis.null("string")).try_cast(
            "date"
        )
    ]
    for kind, pattern in (("iso", _ISO), ("packed", _PACKED)):
        if found.counts[kind]:
            tries.append(_joined(value, pattern, (1, 2, 3)))
    for kind, pattern in (("dots", _DOTS), ("strokes", _STROKES)):
        if found.counts[kind]:
            groups = (3, 2, 1) if day_first[kind] else (3, 1, 2)
            tries.append(_joined(value, pattern, groups))
    if found.counts["serial"]:
        days = ibis.ifelse(value.re_search(_SERIAL), value.substr(0, 5), ibis.null("string"))
        epoch = ibis.literal(_EPOCH).cast("date")
        tries.append((epoch + days.try_cast("int64").as_interval("D")).cast("date"))
    return ibis.coalesce(*tries)


def _plain(text: ir.StringValue) -> ir.StringValue:
    return text.replace("\u00a0", " ").replace("\u202f", " ").strip()


def _joined(value: ir.StringValue, pattern: str, groups: tuple[int, int, int]) -> ir.DateValue:
    import ibis

    year, month, day = (value.re_extract(pattern, group) for group in groups)
    century = ibis.ifelse(year > "68", "19", "20")
    full = ibis.ifelse(year.length() == 2, century + year, year)
    iso = full + "-" + month.lpad(2, "0") + "-" + day.lpad(2, "0")
    return ibis.ifelse(value.re_search(pattern), iso, ibis.null("string")).try_cast("date")
