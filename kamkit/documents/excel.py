"""The workbook that leaves the house: native formats, frozen headers, nothing that can run.

Text from the data is always written as text: a cell that starts with ``=``, ``+``, ``-``, ``@``,
a tab or a carriage return would otherwise be run as a formula (OWASP, “CSV injection”). The same
input gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.colours import ACCENT, BELOW, BLUE, LINE, PALE_BLUE, PALE_RED, QUIET, WASH
from kamkit.files import whole_file
from kamkit.language import N_, number
from kamkit.language import gettext as _
from kamkit.periods import Period, span
from kamkit.schema import headings

if TYPE_CHECKING:
    import pandas as pd

_SUMMARY = N_("Summary")
_MOST_ROWS = 1_048_575
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NARROW, _WIDE, _LONG = 9, 44, 56
_LINE = 15  # points
_CENTS_TO, _TENTHS_FROM = 1_000, 10  # larger amounts show no cents, larger numbers one decimal
_SAMPLE = 500
_ACROSS = 150  # letters of a line across the first sheet
# more than this on a landscape A4 page cannot be read: columns behind it are not printed
_PAGE_LETTERS = 230
# a real date would make two runs differ
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001
_BARS, _MILLION = 15, 1_000_000
_OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the table, a note for the first sheet and which columns to write.

    ``totals`` are the columns with their sum below and a bar in each cell, ``drawn`` those that
    the first sheet draws, an account a bar; ``blocks`` are further tables below, each with its
    heading.
    ``period`` is that of its sums, which their headings then name.

    >>> import pandas as pd
    >>> Sheet("Key accounts", pd.DataFrame({"rank": [1]}), note="Class A").name
    'Key accounts'
    """

    name: str
    frame: pd.DataFrame = field(compare=False)
    note: str = ""
    columns: Sequence[str] | None = None
    totals: Sequence[str] = ()
    drawn: Sequence[str] = ()
    blocks: Sequence[tuple[str, pd.DataFrame]] = field(default=(), compare=False)
    period: Period | None = None


def workbook(
    path: str | Path,
    sheets: Sequence[Sheet],
    *,
    title: str = "",
    source: str = "",
    period: str = "",
    currency: str = "",
    fictional: bool = False,
    figures: Sequence[tuple[str, float, str]] = (),
    answer: str = "",
    decisions: Sequence[str] = (),
) -> Path:
    """Write an Excel workbook: a summary, then one sheet per table. Returns the path.

    The summary has the title, the ``answer``, the ``decisions``, the ``figures`` (each with its
    name and its kind), the sheets, and the charts that they ask for.

    Amounts have two decimals, of which large ones show none, shares are percentages, identifiers
    are text, and columns that name a person at a customer (``Column.personal`` of the contract)
    are left out. The file appears whole or not at all. Raises ``ParameterError`` for a column that
    a sheet asks for and its table lacks.

    >>> import pandas as pd, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sheets = [Sheet("Accounts", pd.DataFrame({"account_id": ["007"]}))]
    ...     workbook(Path(folder) / "a.xlsx", sheets, title="Accounts").name
    'a.xlsx'
    """
    import xlsxwriter

    facts = [
        (_("Source"), source),
        (_("Period"), period),
        (_("Currency"), currency),
        (_("Note"), _("The company and its customers are made up.") if fictional else ""),
    ]
    names = _sheet_names([_(_SUMMARY), *(sheet.name for sheet in sheets)])
    with (
        whole_file(Path(path)) as unfinished,
        xlsxwriter.Workbook(str(unfinished), dict(_OPTIONS)) as book,
    ):
        book.set_properties({"title": title, "created": _CREATED})
        pages = [book.add_worksheet(name) for name in names]
        styles = _Styles(book)
        facts_told = [*figures, *((label, text, "text") for label, text in facts if text)]
        sentences = [answer, *(f"{n}. {one}" for n, one in enumerate(decisions, 1))]
        row = _write_summary(
            pages[0], title, [one for one in sentences if one], facts_told, styles, currency
        )
        listed = list(zip(names[1:], sheets, strict=True))
        row = _write_contents(pages[0], listed, row, styles)
        for page, (name, sheet) in zip(pages[1:], listed, strict=True):
            kinds = _write_sheet(page, sheet, styles, currency)
            row = _draw(book, pages[0], row, name, sheet, (kinds, currency))
    return Path(path)


class _Styles:
    """The cell formats of one workbook, made once each."""

    def __init__(self, book: Any) -> None:
        top = {"valign": "top"}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.label = book.add_format({"bold": True, **top})
        self.wrapped = book.add_format({"text_wrap": True, "align": "left", "indent": 1, **top})
        self.told = book.add_format({"text_wrap": True, **top})
        self.link = book.add_format({"font_color": ACCENT, "underline": 1, **top})
        begins = {"num_format": "@", "align": "left", "indent": 1, **top}
        self.quoted = book.add_format({"quote_prefix": True, **begins})
        self.long = book.add_format({"text_wrap": True, **begins})
        heading = {"bold": True, "bottom": 1, "text_wrap": True, "bg_color": WASH, **top}
        self.heading = book.add_format({**heading, "align": "left"})
        self.indented_heading = book.add_format({**heading, "align": "left", "indent": 1})
        self.number_heading = book.add_format({**heading, "align": "right"})
        day, month = _("yyyy-mm-dd"), _("mmm yyyy")
        texts = ("text", "code", "flag", "reason", "word", "source", "words")
        formats = {
            **dict.fromkeys(texts, "@"),
            "date": day,
            "month": month,
            "money": "#,##0.00",
            "cents": "#,##0.00",
            "percent": "0.0%",
            "count": "#,##0",
            "number": "#,##0.##",
            "whole": "#,##0",
            "tenths": "#,##0.0",
        }
        self.below = book.add_format({"font_color": BELOW})
        self.done = book.add_format({"font_color": QUIET})
        self.totals = {
            kind: book.add_format({"num_format": code, "bold": True, "top": 1, **top})
            for kind, code in formats.items()
        }
        # a text behind a number would otherwise touch it
        self.cells = {
            kind: book.add_format(
                {"num_format": code, **top}
                | ({"indent": 1, "align": "left"} if code == "@" else {})
            )
            for kind, code in formats.items()
        }


def _write_summary(
    page: Any,
    title: str,
    sentences: list[str],
    figures: Sequence[tuple[str, Any, str]],
    styles: _Styles,
    currency: str,
) -> int:
    """Write what the run comes to, and return the row below."""
    named = [
        (f"{label} ({currency})" if kind == "money" and currency else label, value, kind)
        for label, value, kind in figures
    ]
    # bold letters are wider than those that a width counts
    page.set_column(0, 0, max([30, *(len(label) + 4 for label, _value, _kind in named)]))
    page.set_column(1, 1, 14)
    page.set_column(2, 2, 100)
    page.hide_gridlines(2)
    page.write_string(0, 0, title or _("Key accounts"), styles.title)
    for row, text in enumerate(sentences, start=1):
        page.merge_range(row, 0, row, 2, text, styles.told)
        page.set_row(row, _LINE * len(textwrap.wrap(text, _ACROSS)))
    first = len(sentences) + 2
    for row, (label, value, kind) in enumerate(named, start=first):
        page.write_string(row, 0, label, styles.label)
        if kind == "text":
            page.write_string(row, 1, value)
        else:
            page.write_number(row, 1, value, styles.cells["whole" if kind == "money" else kind])
    _print_setup(page, tall=1)
    return max(7, first + len(named) + 1)


def _write_contents(page: Any, sheets: list[tuple[str, Sheet]], first: int, styles: _Styles) -> int:
    """List the sheets from a row on, and return the row below."""
    page.write_string(first, 0, _("Sheet"), styles.heading)
    page.write_string(first, 1, _("Rows"), styles.number_heading)
    page.write_string(first, 2, _("What it holds"), styles.indented_heading)
    for row, (name, sheet) in enumerate(sheets, start=first + 1):
        target = name.replace("'", "''")
        page.write_url(row, 0, f"internal:'{target}'!A1", styles.link, string=name)
        page.write_number(row, 1, len(sheet.frame), styles.cells["count"])
        page.write_string(row, 2, _sheet_note(sheet), styles.wrapped)
    return first + len(sheets) + 2


def _draw(
    book: Any, page: Any, row: int, name: str, sheet: Sheet, what: tuple[list[str], str]
) -> int:
    """Draw the columns of a sheet that ask for it, and return the row below."""
    from kamkit.schema import label

    columns, currency = what
    last = min(len(sheet.frame), _BARS)
    for column in [one for one in sheet.drawn if one in columns and last]:
        i = columns.index(column)
        words = columns.index("account_name" if "account_name" in columns else "account_id")
        bars = book.add_chart({"type": "bar"})
        bars.add_series(
            {
                "categories": [name, 1, words, last, words],
                "values": [name, 1, i, last, i],
                "fill": {"color": BLUE},
                "invert_if_negative": True,
                "invert_if_negative_color": BELOW,
                "gap": 40,
            }
        )
        large = sheet.frame[column].abs().max() >= 2 * _MILLION
        unit = _("{currency} million", currency=currency).strip() if large else currency
        heading = label(column, unit)
        if last < len(sheet.frame):
            heading = _("{what}, the first {n}", what=heading, n=number(last))
        grid = {"visible": True, "line": {"color": LINE}}
        bars.set_title({"name": heading, "name_font": {"size": 11, "bold": True}})
        bars.set_legend({"none": True})
        bars.set_y_axis({"reverse": True, "label_position": "low"})
        bars.set_x_axis({"num_format": "#,##0,," if large else "#,##0", "major_gridlines": grid})
        bars.set_size({"width": 800, "height": 90 + 18 * last})
        page.insert_chart(row, 0, bars, {"description": heading})
        row += (90 + 18 * last) // 20 + 1
    return row


def _sheet_note(sheet: Sheet) -> str:
    if len(sheet.frame) <= _MOST_ROWS:
        return sheet.note
    cut = _(
        "Excel holds {most} rows; the rest are in the tables of the run.", most=number(_MOST_ROWS)
    )
    return f"{sheet.note} {cut}".strip()


def _shown(sheet: Sheet) -> dict[str, str]:
    """Return the columns of a sheet with their kinds: no person at a customer is named."""
    from kamkit.output.table import chosen

    kinds = chosen(sheet.frame, sheet.columns)
    return {name: kind for name, kind in kinds.items() if name not in _personal()}


def _write_sheet(page: Any, sheet: Sheet, styles: _Styles, currency: str) -> list[str]:
    """Write the table of a sheet with what belongs to it, and return its columns."""
    from kamkit.output.table import side

    kinds = _shown(sheet)
    named = headings(kinds, currency, period=span(sheet.period) if sheet.period else "")
    frame, total, lines, fitting = sheet.frame.head(_MOST_ROWS), 0.0, 1, 0
    long: dict[str, float] = {}
    for i, ((name, kind), heading) in enumerate(zip(kinds.items(), named, strict=True)):
        style = styles.indented_heading if side(kind) == "left" else styles.number_heading
        page.write_string(0, i, heading, style)
        _write_column(page, i, frame[name], styles, kind)
        width = _width(frame[name], heading, kind)
        if _is_long(frame[name], kind):
            if total > _PAGE_LETTERS:
                width = min(max(width, frame[name].astype(str).str.len().max() / 2), 2 * _LONG)
            long[name] = width
        page.set_column(i, i, width)
        total += width
        fitting += total <= _PAGE_LETTERS
        # bold letters and the filter's arrow take more than the width counts
        lines = max(lines, len(textwrap.wrap(heading, max(int(width) - 4, 1))))
    page.set_row(0, _LINE * lines + 2)
    _set_heights(page, frame, long)
    keys = _frozen(list(kinds))
    page.freeze_panes(1, keys)
    if kinds:
        page.autofilter(0, 0, max(len(frame), 1), len(kinds) - 1)
    page.repeat_rows(0)
    if keys:
        page.repeat_columns(0, keys - 1)
    _mark_due(page, list(kinds), len(frame), styles)
    _write_totals(page, frame, [name for name in sheet.totals if name in kinds], kinds, styles)
    _write_blocks(page, sheet, styles, currency)
    _print_setup(page)
    below = sum(len(block) + 4 for _title, block in sheet.blocks)
    # who does what by when is printed whole, however long the words of a language are
    due = list(kinds).index("due") + 1 if "due" in kinds else 1
    page.print_area(0, 0, len(frame) + below + 2, max(fitting, due) - 1)
    return list(kinds)


def _mark_due(page: Any, names: list[str], rows: int, styles: _Styles) -> None:
    """Let what is done step back, and what is overdue on the day it is read stand out."""
    from xlsxwriter.utility import xl_col_to_name

    from kamkit.schema import word

    if not {"due", "status"} <= set(names) or not rows:
        return
    due, status = (f"${xl_col_to_name(names.index(one))}2" for one in ("due", "status"))
    done = f'{status}="{word("done")}"'
    overdue = f"AND(ISNUMBER({due}),{due}<TODAY(),NOT({done}))"
    for rule, style in ((done, styles.done), (overdue, styles.below)):
        page.conditional_format(
            1, 0, rows, len(names) - 1, {"type": "formula", "criteria": f"={rule}", "format": style}
        )


def _write_totals(
    page: Any, frame: pd.DataFrame, names: list[str], kinds: dict[str, str], styles: _Styles
) -> None:
    """Write sums below the columns, of the rows a filter leaves; amounts below zero are red."""
    from xlsxwriter.utility import xl_range

    last, order = len(frame), list(kinds)
    if not names or not last:
        return
    page.write_string(last + 1, 0, _("Total"), styles.label)
    for name in names:
        i = order.index(name)
        value = float(frame[name].fillna(0).sum())
        formula = f"=SUBTOTAL(109,{xl_range(1, i, last, i)})"
        page.write_formula(
            last + 1, i, formula, styles.totals[_shown_as(kinds[name], frame[name])], value
        )
        below = {"type": "cell", "criteria": "<", "value": 0, "format": styles.below}
        bar = {"type": "data_bar", "bar_color": PALE_BLUE, "bar_solid": True}
        for rule in (below, bar | {"bar_negative_color": PALE_RED}):
            page.conditional_format(1, i, last, i, rule)


def _write_blocks(page: Any, sheet: Sheet, styles: _Styles, currency: str) -> None:
    """Write further tables below the first, each with its heading."""
    from kamkit.schema import label

    row = len(sheet.frame) + 3
    for title, frame in sheet.blocks:
        page.write_string(row, 0, title, styles.title)
        for i, (name, kind) in enumerate(_shown(Sheet(title, frame)).items()):
            page.write_string(row + 1, i, label(name, currency), styles.heading)
            _write_column(page, i, frame[name], styles, kind, row + 2)
        row += len(frame) + 4


def _write_column(
    page: Any, i: int, values: pd.Series[Any], styles: _Styles, kind: str, first: int = 1
) -> None:
    from kamkit.output.table import known_values

    write = _cell_writer(page, styles, kind, values)
    for row, value in enumerate(known_values(values), start=first):
        if value is not None:
            write(row, i, value)


def _cell_writer(
    page: Any, styles: _Styles, kind: str, values: pd.Series[Any]
) -> Callable[[int, int, Any], None]:
    from kamkit.output.table import side, writer

    style = styles.cells[_shown_as(kind, values)]
    if _is_long(values, kind):
        style = styles.long

    def write_number(row: int, column: int, value: Any) -> None:
        if abs(float(value)) != float("inf"):
            page.write_number(row, column, float(value), style)

    def write_date(row: int, column: int, value: Any) -> None:
        if hasattr(value, "year"):
            page.write_datetime(row, column, dt.date(value.year, value.month, value.day), style)
        else:
            write_text(row, column, value)

    coded = kind in ("flag", "reason", "word", "words", "source")
    in_words = writer(kind, values) if coded else str

    def write_text(row: int, column: int, value: Any) -> None:
        text = in_words(value)  # cut by xlsxwriter where a cell cannot hold it
        page.write_string(row, column, text, styles.quoted if text.startswith(_RISKY) else style)

    if kind in ("date", "month"):
        return write_date
    return write_number if side(kind) == "right" else write_text


def _shown_as(kind: str, values: pd.Series[Any]) -> str:
    """Return the format of a column: decimals only where they tell something."""
    from kamkit.output.table import known_values, whole_numbers

    if kind == "money" and any(
        abs(float(value)) >= _CENTS_TO for value in known_values(values) if value is not None
    ):
        return "whole"
    if kind != "number":
        return kind
    most = max(
        (abs(float(value)) for value in known_values(values) if value is not None), default=0.0
    )
    if whole_numbers(values) or most >= _CENTS_TO:
        return "whole"
    return "tenths" if most >= _TENTHS_FROM else kind


def _set_heights(page: Any, frame: pd.DataFrame, widths: Mapping[str, float]) -> None:
    """Make the rows as high as the longest sentence in columns of these widths."""
    letters = [int(width) - 6 for width in widths.values()]
    for row, texts in enumerate(frame[list(widths)].itertuples(index=False, name=None), start=1):
        filled = [(str(text), n) for text, n in zip(texts, letters, strict=True) if text]
        lines = max((len(textwrap.wrap(text, n)) for text, n in filled), default=1)
        if lines > 1:
            page.set_row(row, _LINE * lines)


def _is_long(values: pd.Series[Any], kind: str) -> bool:
    """Tell whether a column holds sentences, which are wrapped instead of cut."""
    from kamkit.output.table import known_values

    ends = [values.head(_SAMPLE), values.tail(_SAMPLE)]
    return kind in ("text", "source", "words") and any(
        len(str(value)) > _LONG for end in ends for value in known_values(end)
    )


def _width(values: pd.Series[Any], heading: str, kind: str) -> float:
    from kamkit.output.table import known_values, side, writer

    if _is_long(values, kind):
        return float(_LONG)
    write = writer("cents" if kind == "money" else kind, values)
    ends = [values.head(_SAMPLE), values.tail(_SAMPLE)]
    found = [value for end in ends for value in known_values(end)]
    if side(kind) == "right":  # the longest number is the largest or the smallest
        known = [value for value in found if value is not None]
        found = [min(known), max(known)] if known else found[:1]
    texts = [len(write(value)) for value in found]
    # a heading may take two lines; 4 letters are the filter's arrow
    words = max((len(word) for word in heading.split()), default=0)
    needed = max([words + 4, len(heading) / 2 + 4, *(length + 2 for length in texts)])
    return float(min(max(needed, _NARROW), _WIDE))


def _frozen(names: list[str]) -> int:
    keys = ("account_name", "account_id")
    places = [names.index(key) + 1 for key in keys if key in names]
    return max((column for column in places if column <= 3), default=0)


def _personal() -> set[str]:
    from kamkit.schema import COLUMNS

    return {name for name, column in COLUMNS.items() if column.personal}


def _print_setup(page: Any, *, tall: int = 0) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, tall)
    page.print_across()
    page.set_footer("&L&A&R&P / &N")


def _sheet_names(wished: list[str]) -> list[str]:
    """Return names that Excel takes: 31 letters, none of its special signs, each only once."""
    given: list[str] = []
    taken: set[str] = set()
    for wish in wished:
        base = re.sub(r"[\[\]:*?/\\]", " ", wish).strip("' ")[:31] or _("Table")
        name, count = base, 1
        while name.lower() in taken:
            count += 1
            name = f"{base[: 28 - len(str(count))]} ({count})"
        taken.add(name.lower())
        given.append(name)
    return given
