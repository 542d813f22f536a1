"""Dates written as text: which pattern, which order, and the day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.reading import markers, months
from kamkit.errors import LedgerError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir

NATIVE = "\x02"
"""Stands before a value that the workbook itself keeps as a date, written year-month-day."""

SWAPPED = 3
"""Dates in each of two notations whose days never overlap that make a swap all but sure."""

_ZONE = r"( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?"
_TIME = (
    r"(,?[T ]+(kl\.? ?)?\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?"
    + _ZONE
    + r")?$"
)
_ISO = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME
_PACKED = r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:T\d{4,6})?" + _TIME
_DOTS = r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})" + _TIME
_STROKES = r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})" + _TIME
_SERIAL = r"^[2-7]\d{4}([.,]\d+)?$"
_PERIOD = r"^((?:19|20)\d{2})[-/.M]?(0[1-9]|1[0-2])$"
_MONTH_YEAR = r"^(0?[1-9]|1[0-2])[-/.]((?:19|20)\d{2})$"
_FLOAT = r"^((?:19|20)\d{6})\.0$"
"""20240105.0, as a program writes it that took the day for a number."""
_WEEKDAY = r"^\s*\p{L}{2,10}\.?,? +(\d{1,4}[-/.]\s?\d{1,2}[-/.])"
_OVER_12 = r"(1[3-9]|2\d|3[01])"
_SHORT = r"^(\d{2})[-/.](\d{1,2})[-/.](\d{2})" + _TIME
_ORDERS = ("--day-first", "--month-first")
_BOTH = ("late", "early")
_SHOWN = {"slash": "strokes", "dash": "strokes"}
_EPOCH = {False: "1899-12-30", True: "1904-01-01"}

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
_RARE = {
    "named": months.DAY_FIRST + _TIME,
    "named_month": months.MONTH_FIRST + _TIME,
    "period": _PERIOD,
    "month_year": _MONTH_YEAR,
    "month": months.MONTH_ONLY,
}
_HALVES = {
    "iso": r"^\d{4}[-/.]\d{1,2}[-/.](\d{1,2})()",
    "packed": r"^(?:19|20)\d{2}\d{2}(\d{2})()(?:\D|$)",
    "dots": r"^(\d{1,2})\.\s?(\d{1,2})\.",
    "slash": r"^(\d{1,2})/(\d{1,2})/",
    "dash": r"^(\d{1,2})-(\d{1,2})-",
    "named": r"^(\d{1,2})[-/ .]*\p{L}{3,}()",
}
"""The numbers of a date that could be its day, by the way of writing."""
_NOTATIONS = ("iso", "packed", "serial", "dots", "strokes")
MONTHS = ("period", "month_year", "month")
"""The patterns that name a month and no day; its first day stands for it."""

_RECENT = (10, 35)  # two-digit years of a ledger


@dataclass(frozen=True)
class Evidence:
    """How many values of a column follow each pattern, with an example of each.

    ``short`` holds the least and greatest first and last number of dates with two-digit years.
    ``halves`` counts the dates up to and after the 12th of each way of writing. ``system_1904`` is
    whether the workbook counts its days from 1904.
    """

    counts: dict[str, int]
    examples: dict[str, str]
    short: tuple[int, int, int, int] | None = None
    system_1904: bool = False
    halves: dict[str, int] = field(default_factory=dict)


def look(values: ir.Table, engine: Engine, *, system_1904: bool = False) -> Evidence:
    """Return what the values of a column show; ``values`` has ``value`` and ``lines``."""
    row = engine.row(evidence(values), values)
    further = _further(values, row)
    return weigh(row | engine.row(further, values), system_1904=system_1904)


def evidence(values: ir.Table) -> dict[str, ir.Scalar]:
    """Return the aggregates that ``weigh`` reads, of a table of ``value`` and ``lines``."""
    text = _plain(values.value)
    native = values.value.startswith(NATIVE)
    counts = _counted(values, text, _KINDS)
    counts["native"] = values.lines.sum(where=native).fill_null(0).cast("int64")
    counts["all"] = values.lines.sum(where=~native & (text != "")).fill_null(0).cast("int64")
    return counts


def _counted(
    values: ir.Table, text: ir.StringValue, kinds: Mapping[str, str]
) -> dict[str, ir.Scalar]:
    result: dict[str, ir.Scalar] = {}
    for kind, pattern in kinds.items():
        here = text.re_search(pattern)
        result[kind] = values.lines.sum(where=here).fill_null(0).cast("int64")
        result[f"example_{kind}"] = text.min(where=here).fill_null("")
    return result


def _further(values: ir.Table, row: Mapping[str, Any]) -> dict[str, ir.Scalar]:
    """Return what else to ask of a column that has other notations, short years or several."""
    text = _plain(values.value)
    result: dict[str, ir.Scalar] = {}
    if row["all"] > sum(row[kind] for kind in _NOTATIONS):
        result |= _counted(values, text, _RARE)
    if row["dots"] or row["strokes"]:
        for name, group in (("first", 1), ("last", 3)):
            number = text.re_extract(_SHORT, group).nullif("").try_cast("int64")
            result |= {f"{name}_low": number.min(), f"{name}_high": number.max()}
    if sum(bool(row[kind]) for kind in ("native", *_NOTATIONS)) > 1 or row["strokes"]:
        result |= _days(values, text)
    return result


def _days(values: ir.Table, text: ir.StringValue) -> dict[str, ir.Scalar]:
    """Count the dates of each way of writing that show a day above 12, and those that do not."""
    import ibis

    native = values.value.startswith(NATIVE)
    own = values.value.substr(9, 2).nullif("").try_cast("int64")
    result = {}
    for kind, pattern in _HALVES.items():
        one, other = (text.re_extract(pattern, n).nullif("").try_cast("int64") for n in (1, 2))
        late = ibis.greatest(one, other.fill_null(0))
        for half, test in (("late", late > 12), ("early", one.notnull() & (late <= 12))):
            count = values.lines.sum(where=~native & test).fill_null(0)
            result[f"{kind}_{half}"] = count.cast("int64")
    for half, test in (("late", own > 12), ("early", own <= 12)):
        count = values.lines.sum(where=native & test).fill_null(0)
        result[f"native_{half}"] = count.cast("int64")
    return result


def weigh(row: Mapping[str, Any], *, system_1904: bool = False) -> Evidence:
    """Read one column's evidence from the answer to ``evidence``."""
    ends = ("first_low", "first_high", "last_low", "last_high")
    short = tuple(int(row[name]) for name in ends if row.get(name) is not None)
    halves = [f"{kind}_{half}" for kind in ("native", *_HALVES) for half in ("late", "early")]
    return Evidence(
        {kind: row.get(kind, 0) for kind in (*_KINDS, *_RARE)},
        {kind: row.get(f"example_{kind}", "") for kind in (*_KINDS, *_RARE)},
        (short[0], short[1], short[2], short[3]) if len(short) == 4 else None,
        system_1904,
        {name: row.get(name, 0) for name in halves},
    )


def unclear(evidence: Evidence) -> bool:
    """Tell whether dates are written in one way and have no day above 12, which shows the order.

    >>> counts = dict.fromkeys([*_KINDS, *_RARE], 0)
    >>> unclear(Evidence(counts | {"strokes": 2}, {}))
    True
    """
    kinds = [kind for kind in _NOTATIONS if evidence.counts[kind]]
    shown = (
        sum(evidence.counts[f"{kinds[0]}_{part}"] for part in ("day", "month"))
        if (kinds in (["dots"], ["strokes"]))
        else 1
    )
    return not shown and evidence.short is None


def order(
    evidence: Evidence, day_first: bool | None, *, column: str, where: str
) -> dict[str, bool]:
    """Decide for dotted and for stroked dates whether the day comes first.

    A dotted date without evidence is day.month.year, the only order written with dots. A stroked
    one without evidence is refused, because 03/04/2025 is two days. ``year_first`` says whether
    the two-digit years stand first.

    Raises ``LedgerError`` when the order cannot be told or the column has both orders, and when
    the days of two notations never overlap, as a spreadsheet program that swaps day and month
    leaves them.

    >>> counts = dict.fromkeys([*_KINDS, *_RARE], 0) | {"strokes": 2, "strokes_day": 1}
    >>> order(Evidence(counts, {}), None, column="Date", where="sales.csv")
    {'dots': True, 'strokes': True, 'year_first': False}
    """
    if day_first is None and _year_first(evidence, column, where):
        return {"dots": True, "strokes": True, "year_first": True}
    decided: dict[str, bool] = {}
    for kind in ("dots", "strokes"):
        day, month = evidence.counts[f"{kind}_day"], evidence.counts[f"{kind}_month"]
        if day_first is not None:
            decided[kind] = day_first
        elif day and month:
            raise _two_orders(evidence, kind, column, where)
        elif day or month or kind == "dots":
            decided[kind] = not month
        elif evidence.counts[kind]:
            raise _no_order(evidence, kind, column, where)
    if day_first is None:
        _refuse_swapped(evidence, column, where)
    return decided | {"year_first": False}


def by_format(text: ir.StringValue, date_format: str) -> ir.DateValue:
    """Turn text into a date as a format such as ``dd.mm.yyyy`` or ``%y-%m-%d`` says.

    Dates that the source itself keeps as dates stay what they are.

    >>> import ibis
    >>> read = by_format(ibis.literal("24-01-05"), "yy-mm-dd")
    >>> str(ibis.duckdb.connect().execute(read))[:10]
    '2024-01-05'
    """
    import ibis

    pattern, places = parts(date_format)
    value = _plain(text)
    native = ibis.ifelse(text.startswith(NATIVE), text.substr(1, 10), ibis.null("string"))
    year, month = (value.re_extract(pattern, places[one]) for one in ("y", "m"))
    day = value.re_extract(pattern, places["d"]) if "d" in places else ibis.literal("1")
    century = ibis.ifelse(year.length() == 2, ibis.ifelse(year > "68", "19", "20"), "")
    iso = century + year + "-" + months.number_of(month).lpad(2, "0") + "-" + day.lpad(2, "0")
    read = ibis.ifelse(value.re_search(pattern), iso, ibis.null("string"))
    return ibis.coalesce(native.try_cast("date"), read.try_cast("date"))


def parts(date_format: str) -> tuple[str, dict[str, int]]:
    """Return the pattern of a format and the group in which year, month and day stand in it.

    Raises ``ValueError`` for a format without year and month.

    >>> parts("dd.mm.yyyy")[1]
    {'d': 1, 'm': 2, 'y': 3}
    """
    short = {"%Y": "yyyy", "%y": "yy", "%m": "mm", "%d": "dd", "%b": "mmm", "%B": "mmm"}
    form = date_format
    for one, other in short.items():
        form = form.replace(one, other)
    words = re.findall(r"(?i)y+|m+|d+|[^ymd]+", form)
    shapes = {"yyyy": r"(\d{4})", "yy": r"(\d{2})", "mm": r"(\d{1,2})", "dd": r"(\d{1,2})"}
    shapes |= {"m": r"(\d{1,2})", "d": r"(\d{1,2})", "y": r"(\d{4}|\d{2})"}
    packed = not re.search(r"[^ymdYMD]", form)
    pattern = "^"
    places: dict[str, int] = {}
    for word in words:
        kind = word.lower()
        if kind[0] in "ymd" and kind == kind[0] * len(kind):
            places[kind[0]] = len(places) + 1
            shape = r"(\p{L}{3,12})\.?" if kind.startswith("mmm") else shapes.get(kind, r"(\d{4})")
            pattern += shape.replace("{1,2}", "{2}") if packed else shape
        else:
            pattern += re.escape(word)
    if not {"y", "m"} <= set(places):
        raise ValueError(date_format)
    return pattern + _TIME, places


def exact(text: ir.StringValue, found: Evidence, day_first: Mapping[str, bool]) -> ir.DateValue:
    """Turn text into a date by the patterns that the column has; the rest becomes null.

    A time of day is read and left out. Two-digit years up to 68 are of this century. A month
    without a day is its first day.

    >>> import ibis
    >>> counts = dict.fromkeys([*_KINDS, *_RARE], 0) | {"strokes": 1}
    >>> read = exact(ibis.literal("31/12/2025"), Evidence(counts, {}), {"strokes": True})
    >>> str(ibis.duckdb.connect().execute(read))[:10]
    '2025-12-31'
    """
    import ibis

    value = _plain(text)
    native = text.startswith(NATIVE)
    tries = [ibis.ifelse(native, text.substr(1, 10), ibis.null("string")).try_cast("date")]
    if day_first.get("year_first"):
        tries.append(_joined(value, _SHORT, (1, 2, 3)))
    patterns = [("iso", _ISO, (1, 2, 3)), ("packed", _PACKED, (1, 2, 3))]
    for kind, pattern in (("dots", _DOTS), ("strokes", _STROKES)):
        groups = (3, 2, 1) if day_first.get(kind, True) else (3, 1, 2)
        patterns.append((kind, pattern, groups))
    patterns += [("period", _PERIOD, (1, 2, 0)), ("month_year", _MONTH_YEAR, (2, 1, 0))]
    tries += [_joined(value, pattern, own) for kind, pattern, own in patterns if found.counts[kind]]
    if any(found.counts[kind] for kind in ("named", "named_month", "month")):
        tries.append(months.exact(value, _TIME))
    if found.counts["serial"]:
        days = ibis.ifelse(value.re_search(_SERIAL), value.substr(0, 5), ibis.null("string"))
        epoch = ibis.literal(_EPOCH[found.system_1904]).cast("date")
        tries.append((epoch + days.try_cast("int64").as_interval("D")).cast("date"))
    return ibis.coalesce(*tries)


def _year_first(evidence: Evidence, column: str, where: str) -> bool:
    """Tell whether dates such as 24-01-05 begin with the year.

    Years of a ledger are few and recent, days are many.
    """
    if evidence.short is None or any(evidence.counts[kind] for kind in ("strokes_day", "dots_day")):
        if evidence.short is None or evidence.short[1] > 31:
            return evidence.short is not None
        return _years(*evidence.short[:2]) and not _years(*evidence.short[2:])
    first, last = evidence.short[:2], evidence.short[2:]
    if last[1] > 31 or not _years(*first):
        return False
    if not _years(*last) or first[1] - first[0] + 5 < last[1] - last[0]:
        return True
    if last[1] - last[0] + 5 < first[1] - first[0]:
        return False
    if evidence.counts["dots"] or first[0] <= 12:
        return False
    kind = "strokes"
    raise _no_order(evidence, kind, column, where)


def _years(low: int, high: int) -> bool:
    return _RECENT[0] <= low and high <= _RECENT[1] and high - low <= 12


def _refuse_swapped(evidence: Evidence, column: str, where: str) -> None:
    """Refuse a column in which a spreadsheet program has swapped day and month of some dates."""
    kinds = ("native", *_HALVES)
    late, early = ({k: evidence.halves.get(f"{k}_{half}", 0) for k in kinds} for half in _BOTH)
    after = {kind: late[kind] for kind in kinds if not early[kind]}
    before = {kind: early[kind] for kind in kinds if not late[kind]}
    if max(after.values(), default=0) < SWAPPED or max(before.values(), default=0) < SWAPPED:
        return
    kind = max(after, key=lambda one: after[one])
    raise LedgerError(
        _(
            "A spreadsheet program seems to have swapped day and month in “{column}”.",
            column=column,
        ),
        where=where,
        found=_(
            "{late} dates such as “{example}”, all after the 12th, and {early} in another "
            "notation, none after the 12th",
            late=after[kind],
            early=max(before.values()),
            example=evidence.examples.get(_SHOWN.get(kind, kind), ""),
        ),
        wanted=_("dates in one notation"),
        remedy=_(
            "Export the dates again as text or as year-month-day; if they are right as they "
            "stand, say --day-first or --month-first."
        ),
    )


def _two_orders(evidence: Evidence, kind: str, column: str, where: str) -> LedgerError:
    return LedgerError(
        _("The dates of “{column}” are written in two orders.", column=column),
        where=where,
        found=_(
            "“{one}” and “{other}”",
            one=evidence.examples[f"{kind}_day"],
            other=evidence.examples[f"{kind}_month"],
        ),
        wanted=_("day and month in one order"),
        remedy=_("Say which one is right: --day-first or --month-first (others are set aside)."),
        questions=[(_("Does the day come first in “{column}”?", column=column), _ORDERS)],
    )


def _no_order(evidence: Evidence, kind: str, column: str, where: str) -> LedgerError:
    return LedgerError(
        _("The order of day and month in “{column}” cannot be told.", column=column),
        where=where,
        found=_("“{value}” and no day above 12", value=evidence.examples[kind]),
        wanted=_("a date that shows the order, or your word for it"),
        remedy=_("Say it with --day-first (31/12/2025) or --month-first (12/31/2025)."),
        questions=[(_("Does the day come first in “{column}”?", column=column), _ORDERS)],
    )


def _plain(text: ir.StringValue) -> ir.StringValue:
    bare = markers.unkept(text.re_replace(f"[\x01{markers.INVISIBLE}]", ""))
    return (
        bare.replace("\u00a0", " ")
        .replace("\u202f", " ")
        .re_replace(_FLOAT, r"\1")
        .re_replace(_WEEKDAY, r"\1")
        .strip()
    )


def _joined(value: ir.StringValue, pattern: str, groups: tuple[int, int, int]) -> ir.DateValue:
    import ibis

    year, month = value.re_extract(pattern, groups[0]), value.re_extract(pattern, groups[1])
    day = value.re_extract(pattern, groups[2]) if groups[2] else ibis.literal("1")
    century = ibis.ifelse(year > "68", "19", "20")
    full = ibis.ifelse(year.length() == 2, century + year, year)
    iso = full + "-" + month.lpad(2, "0") + "-" + day.lpad(2, "0")
    return ibis.ifelse(value.re_search(pattern), iso, ibis.null("string")).try_cast("date")
