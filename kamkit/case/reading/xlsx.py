"""What a workbook says of itself before its cells are read: its first day, its farthest cell."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from kamkit.errors import SourceError
from kamkit.language import gettext as _

_MOST_CELLS = 200_000_000  # rows times columns that a reader makes room for
_WHOLE = 30_000_000  # bytes of a sheet that are searched whole
_CHUNK = 1 << 22
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension [^>]*ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]+)(\d+)"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row [^>]*?hidden="(?:1|true)"[^>]*>\s*<(?:\w+:)?c ')
_SYSTEM = re.compile(rb'date1904="(?:1|true)"')


_FORMULA = re.compile(
    rb"<(?:\w+:)?c (?![^>]*t=\"str\")[^>]*><(?:\w+:)?f(?:/>|[ >][^<]*</(?:\w+:)?f>|[^>]*/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
"""A cell with a formula whose result was never stored."""


def opened(path: Path) -> tuple[bool, bool, bool]:
    """Look into a workbook; return whether its days count from 1904, results lack, rows are hidden.

    Programs that write workbooks without computing them leave formulas without results.

    Raises ``SourceError`` where a cell stands so far from the others that the sheet between them
    could not be held. What is no workbook of this kind is left to its reader.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm") or not zipfile.is_zipfile(path):
        return False, False, False
    try:
        with zipfile.ZipFile(path) as book:
            names = book.namelist()
            bare = hidden = False
            for name in names:
                if re.match(r"xl/worksheets/[^/]+\.xml$", name):
                    lacks, hides = _refuse_far(book, name, path.name)
                    bare, hidden = bare or lacks, hidden or hides
            about = "xl/workbook.xml"
            return about in names and bool(_SYSTEM.search(book.read(about))), bare, hidden
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        return False, False, False


def _refuse_far(book: zipfile.ZipFile, name: str, where: str) -> tuple[bool, bool]:
    """Refuse a sheet with a stray cell far away; tell whether results lack, and rows are hidden."""
    size = book.getinfo(name).file_size
    far = (1, 1)
    with book.open(name) as file:
        head = file.read(_CHUNK if size > _WHOLE else size)
        has_formula = any(mark in head for mark in (b"<f>", b"<f ", b"<f/>", b":f>", b":f "))
        bare = has_formula and bool(_FORMULA.search(head))
        hidden = b"hidden=" in head and bool(_HIDDEN.search(head))
        if match := _DIMENSION.search(head[:4096]):
            far = _column(match.group(1)), int(match.group(2))
            if far[0] * far[1] <= _MOST_CELLS and size > _WHOLE:
                return bare, hidden
        far = _farthest(head)
        rest = b""
        while size > _WHOLE and (piece := file.read(_CHUNK)):
            column, row = _farthest(rest + piece)
            far = max(far[0], column), max(far[1], row)
            rest = piece[-200:]
    if far[0] * far[1] > _MOST_CELLS:
        raise SourceError(
            _("A cell stands far away from the others."),
            where=where,
            found=_(
                "a sheet that reaches to column {column}, row {row}", column=far[0], row=far[1]
            ),
            wanted=_("the table alone on its sheet"),
            remedy=_("Delete the rows and columns behind the table, save, and run again."),
        )
    return bare, hidden


def _farthest(text: bytes) -> tuple[int, int]:
    """Return the largest column and row of the cells in a piece of a sheet."""
    columns, last = set(), 1
    for letters, row in _CELL.findall(text):
        columns.add(letters)
        last = max(last, int(row))
    return max(map(_column, columns), default=1), last


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
