"""Sheets of a workbook, read by Calamine and handed on as text columns."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Number
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

from kamkit.case.reading import dates, formats, numbers, pages, xlsx
from kamkit.errors import SourceError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its cells, row by row from the top.

    ``system_1904`` is whether its workbook counts days from 1904, ``uncomputed`` whether the
    workbook has formulas without results, ``hidden`` whether it has hidden rows; ``shown`` are the
    columns whose cells are shown in several currencies.
    """

    name: str
    rows: list[list[Any]]
    system_1904: bool = False
    uncomputed: bool = False
    hidden: bool = False
    shown: Mapping[int, frozenset[str]] = field(default_factory=dict)


def sheets(path: Path, only: str = "") -> tuple[list[Sheet], list[str]]:
    """Read the sheets of a workbook that hold anything; return them and the names of hidden ones.

    A hidden sheet is read when it is the sheet ``only``. Raises ``SourceError`` when the workbook
    is encrypted or broken, or has no sheet ``only``.
    """
    import python_calamine as calamine

    with path.open("rb") as file:
        if pages.is_page(file.read(64)):
            pages_read = [Sheet(name, rows) for name, rows in pages.sheets(path)]
            return [
                sheet for sheet in pages_read if not only or sheet.name == only
            ] or pages_read, []
    about = xlsx.opened(path)
    shown = formats.currencies(path)
    try:
        with calamine.CalamineWorkbook.from_path(path) as book, _uncollected():
            if only and only not in book.sheet_names:
                raise _no_sheet(path, only, book.sheet_names)
            hidden = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible != calamine.SheetVisibleEnum.Visible and sheet.name != only
            ]
            wanted = [only] if only else [n for n in book.sheet_names if n not in hidden]
            pages_read = [
                Sheet(
                    name,
                    book.get_sheet_by_name(name).to_python(skip_empty_area=False),
                    *about,
                    shown.get(name, {}),
                )
                for name in wanted
            ]
    except calamine.PasswordError:
        raise SourceError(
            _("The workbook is protected by a password."),
            where=path.name,
            wanted=_("a workbook that opens without a password"),
            remedy=_("Open it, remove the password and save it again."),
        ) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _broken(path, error) from None
    return [
        sheet for sheet in pages_read if any(cell != "" for row in sheet.rows for cell in row)
    ], ([] if only else hidden)


def heading_row(rows: Sequence[Sequence[Any]], score: Callable[[list[str]], int]) -> int:
    """Return the index of the heading row: the first of those that know most headings.

    >>> rows = [["Sales 2025"], ["Customer", "Date", "Amount"], ["a", "2025-01-31", 5.0]]
    >>> heading_row(rows, lambda cells: len({"Customer", "Date"} & set(cells)))
    1
    """
    top = [[plain(cell) for cell in row] for row in rows[:60]]
    known = [score(cells) for cells in top]
    if max(known, default=0) >= 2:
        return known.index(max(known))
    filled = [sum(bool(cell) for cell in cells) for cells in top]
    return filled.index(max(filled))


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[pa.Array]:
    """Turn the rows below the headings into one text array per column; empty cells are null.

    >>> [one.to_pylist() for one in columns([["a", "x"], ["b"]], 2)]
    [['a', 'b'], ['x', None]]
    """
    with _uncollected():
        return [column([row[i] if i < len(row) else None for row in rows]) for i in range(width)]


def column(cells: Sequence[Any]) -> pa.Array:
    """Turn cells of any kind into one text array, marked where they are no text.

    >>> column(["a", None, "b"]).to_pylist()
    ['a', None, 'b']
    """
    import pyarrow as pa

    if len(set(map(type, cells)) - {str, NoneType}) > 1:  # 1, 1.0 and True are one key of a dict
        return pa.array([_text(cell) for cell in cells], type=pa.string())
    texts = {cell: _text(cell) for cell in set(cells)}
    return pa.array([texts[cell] for cell in cells], type=pa.string())


def plain(cell: Any) -> str:
    """Write a cell as text for people: a whole number without its point.

    >>> plain(2025.0)
    '2025'
    """
    text = _text(cell)
    return "" if text is None else text.lstrip(numbers.NATIVE + dates.NATIVE)


def _text(cell: Any) -> str | None:
    """Mark what the workbook keeps as number or date, so that no pattern is guessed for it."""
    if isinstance(cell, str):
        return _encodable(cell) or None
    if cell is None or cell != cell:
        return None
    if isinstance(cell, float):
        return numbers.NATIVE + (str(int(cell)) if cell.is_integer() else repr(float(cell)))
    if isinstance(cell, dt.date):
        return dates.NATIVE + cell.isoformat()
    if isinstance(cell, bool) or not isinstance(cell, Number):
        return _encodable(str(cell))
    return f"{numbers.NATIVE}{cell}"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare the search for garbage while millions of cells are made, none of which is any."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _encodable(text: str) -> str:
    """Replace half characters, which no text of the engine can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _no_sheet(path: Path, only: str, names: list[str]) -> SourceError:
    return SourceError(
        _("The workbook has no sheet “{sheet}”.", sheet=only),
        where=path.name,
        found=", ".join(f"“{name}”" for name in names),
        remedy=_("Choose one of these with --sheet."),
    )


def _broken(path: Path, error: Exception) -> SourceError:
    return SourceError(
        _("The workbook cannot be read; it is broken or not a workbook."),
        where=path.name,
        found=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
        wanted=_("a workbook (.xlsx, .xls, .ods)"),
        remedy=_("Open it in a spreadsheet program and save it again."),
    )
