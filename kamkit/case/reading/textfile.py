"""A text file with separators: its encoding, its separator, its heading row."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import ngettext

_CHUNK = 1 << 20
_SAMPLE = 1 << 18
_MOST_COLUMNS = 16_384  # what a worksheet can have; nobody's ledger has more
_SEPARATORS = (";", "\t", ",", "|", "~", "^", "§", "¤")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LETTERS = frozenset("æøåäöüßéèêàâçëïôûùîœñóíáúąćęłńśźżčďěňřšťůýžőűõãðþ")
_OLD = ("cp1250", "iso8859-2", "cp850", "mac-roman")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as that of UTF-16 does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"PAR1", "parquet"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG"),
)


@dataclass(frozen=True)
class Dialect:
    """How a text file is written.

    ``skip`` is the number of physical lines down to and with the heading row; ``row`` is the
    heading row's number in a spreadsheet program, where a quoted line break makes no row. ``tall``
    is whether a line break stands in the rows down to the headings; ``escape`` is what stands
    before a quotation mark inside quotation marks.
    """

    encoding: str
    separator: str
    headings: tuple[str, ...]
    skip: int
    row: int
    tall: bool = False
    escape: str = '"'


def above(path: Path, how: Dialect) -> str:
    """Return the text of the lines above the headings."""
    if how.skip < 2:
        return ""
    with path.open(encoding=how.encoding, errors="replace") as file:
        lines = [file.readline(1000).strip() for _line in range(how.skip - 1)]
    return "; ".join(line.strip(how.separator + '" ') for line in lines if line)


def dialect(path: Path, score: Callable[[list[str]], int]) -> Dialect:
    """Tell how a text file is written; ``score`` says how much a row looks like headings.

    Raises ``SourceError`` for an empty or binary file, for one that has a single column, and for a
    line with more separators than a ledger has.
    """
    encoding = encoding_of(path)
    sample = _sample(path, encoding)
    if not sample.strip():
        raise empty(path.name)
    for number, line in enumerate(_LINE.findall(sample), 1):
        where = _("{name}, row {row}", name=path.name, row=number)
        refuse_wide(max(map(line.count, _SEPARATORS)) + 1, where)
    attempts = (_try(sample, encoding, separator, score) for separator in _SEPARATORS)
    best = max(attempts, key=lambda attempt: attempt[0])
    if best[0][1] < 2:
        raise SourceError(
            _("The file has only one column."),
            where=path.name,
            found=f"“{sample.strip().splitlines()[0][:80]}”",
            wanted=_("columns separated by semicolon, tab, comma or bar"),
            remedy=_("Export it again with a separator, or as a workbook."),
        )
    return best[1]


def encoding_of(path: Path) -> str:
    """Tell the encoding of a text file: by its mark, else UTF-8 if it is, else Windows-1252.

    Where that makes signs of what stands inside words, the encoding that makes letters of it is
    taken: that of eastern Europe, of DOS or of old Macintosh programs.

    Raises ``SourceError`` for an empty file and for one that is not text.

    >>> encoding_of(Path(__file__))
    'utf-8'
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    if not head:
        raise empty(path.name)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise _not_text(path.name, _("a file of type {kind}", kind=kind))
    if b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if min(even, odd) * 20 < max(even, odd) and max(even, odd) * 5 > len(head):
            return "utf-16-le" if odd > even else "utf-16-be"
        raise _not_text(path.name, _("bytes that are no text"))
    if _decodes(path, "utf-8"):
        return "utf-8"
    if len(re.findall(rb"[\x01-\x08\x0e-\x1f]", head)) * 50 > len(head):
        raise _not_text(path.name, _("bytes that are no text"))
    return _with_letters(head) or ("cp1252" if _decodes(path, "cp1252") else "latin-1")


def _with_letters(head: bytes) -> str:
    """Return the encoding that makes letters of what Windows-1252 makes signs of; else empty."""
    inside = b"".join(re.findall(rb"(?<=[A-Za-z])[\x80-\xff]{1,2}(?=[a-z])", head))
    old = _OLD if b"\n" in head else _OLD[::-1]  # lines that end with \r are those of a Macintosh
    shares = {
        name: sum(letter in _LETTERS for letter in inside.decode(name, "replace"))
        for name in ("cp1252", *old)
    }
    best = max(shares, key=lambda name: shares[name])
    enough = shares[best] >= 0.95 * len(inside) and shares["cp1252"] <= 0.7 * len(inside)
    return best if inside and enough and best != "cp1252" else ""


def as_utf8(path: Path, encoding: str, target: Path, *, done: bool = False) -> Path:
    """Write the file again as UTF-8 with plain line ends, piece by piece; ``done`` if it is."""
    encoding = "utf-8" if done else encoding
    with (
        path.open(encoding=encoding, newline=None) as source,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        try:
            while piece := source.read(_CHUNK):
                out.write(piece)
        except UnicodeError as error:
            raise _not_text(path.name, str(error)) from None
    return target


def without_first(path: Path, skip: int, target: Path) -> Path:
    """Write the file again without its first lines."""
    with path.open(encoding="utf-8-sig", newline=None) as source:
        for _x in range(skip):
            source.readline()
        with target.open("w", encoding="utf-8", newline="\n") as out:
            while piece := source.read(_CHUNK):
                out.write(piece)
    return target


def blank_lines(path: Path, skip: int) -> list[int]:
    """Return the numbers of the empty lines below line ``skip``, as a text editor counts them."""
    with path.open("rb") as file:
        previous = b""
        while piece := file.read(_CHUNK):
            if any(two in previous + piece for two in (b"\n\n", b"\n\r", b"\r\r")):
                break
            previous = piece[-1:]
        else:
            return []
        file.seek(0)
        blank, number, rest = [], 0, b""
        while piece := file.read(_CHUNK):
            *whole, rest = (rest + piece).splitlines(keepends=True)
            blank += [number + i for i, line in enumerate(whole, 1) if not line.strip(b"\r\n")]
            number += len(whole)
    return [line for line in blank if line > skip]


def empty(name: str) -> SourceError:
    """Make the error for a file with nothing in it.

    >>> empty("sales.csv").where
    'sales.csv'
    """
    return SourceError(
        _("The file is empty."),
        where=name,
        wanted=_("a heading row and at least one line"),
        remedy=_("Export it again."),
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while piece := file.read(_CHUNK):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _sample(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return file.read(_SAMPLE).removeprefix("\ufeff")


def _not_text(name: str, found: str) -> SourceError:
    return SourceError(
        _("The file is not a text file, whatever its name says."),
        where=name,
        found=found,
        wanted=_("text with separators (CSV)"),
        remedy=_("Give it its right ending (.xlsx, .parquet), or export it again as CSV."),
    )


def refuse_wide(columns: int, where: str) -> None:
    """Raise ``SourceError`` for a line with more columns than a worksheet can have.

    >>> refuse_wide(12, "sales.csv, row 1")
    """
    if columns <= _MOST_COLUMNS:
        return
    raise SourceError(
        _("A line has more columns than a table can have."),
        where=where,
        found=ngettext("{n} column", "{n} columns", columns),
        wanted=ngettext("at most {n} column", "at most {n} columns", _MOST_COLUMNS),
        remedy=_("Mend the line, or export the file again."),
    )


def _try(
    sample: str, encoding: str, separator: str, score: Callable[[list[str]], int]
) -> tuple[tuple[int, int], Dialect]:
    """Parse the sample with one separator; the best attempt knows most headings."""
    rows = list(_records(sample, separator))
    if not rows:
        return (0, 0), Dialect(encoding, separator, (), 0, 0)
    known = [score(cells) for _x, cells in rows[:60]]
    best = max(known)
    if best >= 2:
        at = known.index(best)
    else:
        widths = Counter(len(cells) for _x, cells in rows if any(cells))
        usual = max(widths, key=lambda width: (widths[width], width), default=0)
        at = next((i for i, (_x, cells) in enumerate(rows) if len(cells) == usual), 0)
    line, headings = rows[at]
    names = tuple(" ".join(heading.split()) for heading in headings)
    dialect_ = Dialect(encoding, separator, names, line, at + 1, line > at + 1, _escape(sample))
    return (best if best >= 2 else 0, len(headings)), dialect_


def _escape(sample: str) -> str:
    """Tell what stands before a quotation mark inside quotation marks: databases write a slash."""
    slashed = len(re.findall(r'(?<!\\)\\"(?!\s*(?:[;,\t|]|$))', sample))
    return "\\" if slashed and slashed > len(re.findall(r'[^;,\t|\n]""[^;,\t|\n]', sample)) else '"'


def _records(sample: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    lines = _LINE.findall(sample)
    if len(sample) >= _SAMPLE and len(lines) > 1:
        lines.pop()  # cut in the middle
    reader = csv.reader(lines, delimiter=separator)
    try:
        for number, cells in enumerate(reader):
            if number >= 200:
                return
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        return
