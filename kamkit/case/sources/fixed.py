"""Text in columns of fixed width, such as the published CDNOW panel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from kamkit.case.engine import Embedded
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading import textfile
from kamkit.case.reading.source import Part
from kamkit.case.sources.rows import Rows
from kamkit.errors import HeadingError
from kamkit.language import gettext as _

ENDINGS = (".txt", ".dat", ".prn", ".asc", "")
"""How the names of files with such columns end."""

_SAMPLE = 200
_LEAST = 3
_LONGEST = 4096
_BLANK = bytes(32 if byte in b" \t\r\n" else 49 for byte in range(256))
_DAY = re.compile(r"(19|20)\d\d[-./]?(0[1-9]|1[0-2])[-./]?(0[1-9]|[12]\d|3[01])")
_MONEY = re.compile(r"[-+]?\d+[.,]\d{1,4}-?")
_WHOLE = re.compile(r"\d+")


def part(path: Path, table: str, mapping: ColumnMapping, engine: Embedded) -> Part | None:
    """Read a file of columns of fixed width; None when it is none.

    Without a row of headings the columns are called “column 1”, “column 2” …
    Raises ``HeadingError`` for such a file when it is not said which column is which.
    """
    encoding = textfile.encoding_of(path)
    if encoding.startswith("utf-16") or encoding == "utf-32" or not _looks_fixed(path, encoding):
        return None
    first = next(_lines(path, encoding), "")
    headed = not any(character.isdigit() for character in first)
    cuts = _cuts(path, encoding, skip=int(headed))
    if len(cuts) < _LEAST:
        return None
    headings = _headings(first, cuts) if headed else ()
    if headed and not headings:
        return None
    if not headings:
        headings = tuple(f"column {n}" for n in range(1, len(cuts) + 1))
        sample = [_split(line, cuts) for line in islice(_lines(path, encoding), _SAMPLE)]
        _refuse_unsettled(path, headings, sample, mapping)
    rows = Rows(engine, list(headings))
    lines = _lines(path, encoding)
    rows.extend(_split(line, cuts) for line in islice(lines, int(headed), None))
    return rows.part(table or "sales", path.name)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding) as file:
        for line in file:
            if plain := line.rstrip("\r\n\x1a"):
                yield plain.expandtabs() if "\t" in plain else plain


def _looks_fixed(path: Path, encoding: str) -> bool:
    """Tell whether lines are cut by blanks, not by a separator."""
    sample = list(islice(_lines(path, encoding), _SAMPLE))
    if len(sample) < 2:
        return False
    with path.open(encoding=encoding) as file:
        if "\t" in file.read(1 << 16):
            return False
    for separator in (";", "|", ","):
        counts = [line.count(separator) for line in sample[1:]]
        most = 2 if separator == "," else 1
        if min(counts) >= most and len(set(counts)) == 1:
            return False
    return sum("  " in line.strip() or line[:1] == " " for line in sample) * 2 > len(sample)


def _cuts(path: Path, encoding: str, skip: int) -> list[tuple[int, int]]:
    """Return where the columns begin and end: between them no line has anything."""
    filled = 0
    for line in islice(_lines(path, encoding), skip, None):
        marks = line.encode("latin-1", "replace").translate(_BLANK).decode().rstrip()
        filled |= int(marks.replace(" ", "0")[::-1] or "0", 2)
        if len(line) > _LONGEST:
            return []
    picture = f"{filled:b}"[::-1]
    return [match.span() for match in re.finditer("1+", picture)]


def _headings(first: str, cuts: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """Return the headings: as many words as columns, else what stands above each column."""
    words = re.split(r"\s{2,}", first.strip())
    if len(words) != len(cuts):
        words = first.split()
    if len(words) != len(cuts):
        begins = [begin for begin, _end in cuts[1:]] + [len(first)]
        starts = [0, *begins]
        words = [first[a:b].strip() for a, b in zip(starts, begins, strict=False)]
    return tuple(words) if len(words) == len(cuts) and all(words) else ()


def _split(line: str, cuts: Sequence[tuple[int, int]]) -> list[str | None]:
    return [line[begin:end].strip() or None for begin, end in cuts]


def _refuse_unsettled(
    path: Path,
    headings: Sequence[str],
    sample: Sequence[Sequence[str | None]],
    mapping: ColumnMapping,
) -> None:
    """Ask which column is which, with the answer that their contents suggest."""
    if mapping.columns:
        return
    kinds = [_kind([row[i] for row in sample]) for i in range(len(headings))]
    options = [
        f'--map {name}="{headings[kinds.index(kind)]}"'
        for name, kind in (("account_id", "whole"), ("date", "day"), ("amount", "money"))
        if kind in kinds
    ]
    raise HeadingError(
        _("The file has columns of fixed width and no headings."),
        where=path.name,
        found=", ".join(
            f"{name}: “{value}”" for name, value in zip(headings, sample[0], strict=True)
        ),
        wanted=_("which column is customer, date and amount"),
        remedy=_("Say which is which, for example {options}", options=" ".join(options)),
    )


def _kind(cells: Sequence[str | None]) -> str:
    texts = [cell for cell in cells if cell]
    for name, pattern in (("day", _DAY), ("money", _MONEY), ("whole", _WHOLE)):
        if texts and all(pattern.fullmatch(text) for text in texts):
            return name
    return ""
