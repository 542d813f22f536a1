"""The lines of a text file in the engine, each with the number of its row in the file."""
# ruff: noqa: S608 - SQL for reading files; names are the engine's own, values are quoted

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.case.engine import Embedded, quoted, quoted_path
from kamkit.case.reading.counted import count_lines, split
from kamkit.case.reading.textfile import Dialect, as_utf8, blank_lines, refuse_wide, without_first
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import ngettext

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LONGEST = 1 << 21  # bytes of one line
_SHOWN = 2000  # characters of a broken line that are kept


@dataclass(frozen=True)
class Read:
    """The lines of a text file, the engine's table, and an independent count of them.

    ``repaired`` lines were split in spite of their quotation marks.
    """

    lines: ir.Table
    stored: str
    counted: int | None
    repaired: int = 0


def load(path: Path, how: Dialect, engine: Embedded) -> Read:
    """Read a text file into the engine.

    One row per line below the headings: ``c0`` … as text, ``source_row`` as a spreadsheet program
    numbers it, and ``broken`` for the lines that have more cells than there are headings.

    Raises ``SourceError`` where the file cannot be split into lines and columns.
    """
    plain = path
    if how.encoding not in ("utf-8", "utf-8-sig"):
        plain = as_utf8(path, how.encoding, engine.folder / f"{engine.name()}.csv")
    skip = how.skip
    if how.tall:  # the engine counts records where a line break stands in a heading
        plain = without_first(plain, how.skip, engine.folder / f"{engine.name()}.csv")
        skip = 0
    try:
        name = _read(plain, how, skip, engine, parallel=True)
        blanks = [line - skip + how.row for line in blank_lines(plain, skip)]
    except SourceError:  # quoted line breaks or mixed line ends; the careful reader tells which
        plain = as_utf8(plain, how.encoding, engine.folder / f"{engine.name()}.csv", done=skip == 0)
        name = _read_carefully(plain, how, skip, engine, path.name)
        blanks = _blank_records(plain, how, skip)
    broken = _broken(engine, how, skip, path.name)
    counted = count_lines(plain, skip, backslash=how.escape == "\\")
    mended = _mended(how, broken)
    if not (blanks or broken):
        lines = engine.con.table(name)
        lines = lines.mutate(source_row=lines.rowid() + how.row + 1, broken=False)
        return Read(lines, name, counted)
    lines, stored = _numbered(name, how, blanks, broken, mended, engine)
    return Read(lines, stored, counted, len(mended))


def _mended(how: Dialect, broken: dict[int, str]) -> dict[int, list[str]]:
    """Split the lines again that hold quotation marks inside quotation marks, where all fit."""
    result = {}
    for row, text in broken.items():
        if '"' not in text or len(text) >= _SHOWN:
            continue
        cells = split(text, how.separator)
        if len(cells) == len(how.headings):
            result[row] = cells
    return result


def _read(path: Path, how: Dialect, skip: int, engine: Embedded, *, parallel: bool) -> str:
    name = engine.name()
    wanted = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(how.headings)))
    for left in ("reject_errors", "reject_scans"):
        engine.sql(f"DROP TABLE IF EXISTS {left}")
    engine.sql(
        f"CREATE TABLE {name} AS SELECT * FROM read_csv({quoted_path(path)}, "
        f"delim = {quoted(how.separator)}, quote = '\"', escape = {quoted(how.escape)}, "
        f"header = false, skip = {skip}, columns = {{{wanted}}}, auto_detect = false, "
        f"null_padding = true, hive_partitioning = false, max_line_size = {_LONGEST}, "
        f"store_rejects = true, parallel = {'true' if parallel else 'false'})"
    )
    return name


def _read_carefully(path: Path, how: Dialect, skip: int, engine: Embedded, where: str) -> str:
    try:
        return _read(path, how, skip, engine, parallel=False)
    except SourceError as error:
        line = re.search(r"[Ll]ine:? (\d+)", error.found)
        raise SourceError(
            _("The file cannot be read as lines and columns."),
            where=_("{name}, row {row}", name=where, row=line.group(1)) if line else where,
            found=error.found,
            remedy=_("Mend that row, or export the file again as a workbook."),
        ) from None


def _numbered(
    name: str,
    how: Dialect,
    blanks: list[int],
    broken: dict[int, str],
    mended: dict[int, list[str]],
    engine: Embedded,
) -> tuple[ir.Table, str]:
    """Give each line its row: the engine passes over empty and broken lines without counting."""
    import pyarrow as pa

    gaps = sorted({*blanks, *broken})
    # of gaps that stand together the last one counts
    passed = {row - how.row - n: n for n, row in enumerate(gaps, 1)}
    places = {"place": list(passed), "passed": list(passed.values())}
    shifts = engine.hold(pa.table(places))
    cells = [f"c{i}" for i in range(len(how.headings))]
    width = len(cells)
    texts = [mended.get(row, [text, *[None] * (width - 1)]) for row, text in broken.items()]
    aside = engine.hold(
        pa.table(
            {
                **{
                    cell: pa.array([line[i] for line in texts], type=pa.string())
                    for i, cell in enumerate(cells)
                },
                "source_row": pa.array(list(broken), type=pa.int64()),
                "broken": pa.array([row not in mended for row in broken], type=pa.bool_()),
            }
        )
    )
    whole = engine.name()
    engine.sql(
        f"CREATE TABLE {whole} AS SELECT {', '.join(cells)}, "
        f"n + {how.row + 1} + coalesce(passed, 0) AS source_row, false AS broken "
        f"FROM (SELECT *, rowid AS n FROM {name}) AS lines "
        f"ASOF LEFT JOIN {shifts.get_name()} AS shifts ON n >= place "
        f"UNION ALL SELECT * FROM {aside.get_name()}"
    )
    engine.drop(name, shifts.get_name(), aside.get_name())
    return engine.con.table(whole), whole


def _broken(engine: Embedded, how: Dialect, skip: int, name: str) -> dict[int, str]:
    """Return the lines that could not be split, by their rows."""
    found = engine.sql(
        "SELECT line, any_value(csv_line), any_value(error_message), any_value(error_type) "
        "FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    rows = {}
    for line, text, message, kind in found:
        row = int(line) - skip + how.row
        _refuse(text or "", message, str(kind), _("{name}, row {row}", name=name, row=row))
        rows[row] = (text or "")[:_SHOWN]
    return rows


def _refuse(text: str, message: str, kind: str, where: str) -> None:
    """Refuse the lines after which nothing can be trusted; the others are set aside."""
    if kind == "LINE SIZE OVER MAXIMUM":
        raise SourceError(
            _("A line is longer than a line of sales can be."),
            where=where,
            found=f"“{text[:40]}…”",
            wanted=ngettext("at most {n} byte", "at most {n} bytes", _LONGEST),
            remedy=_("Mend the line, or export the file again."),
        )
    if columns := re.search(r"Found: (\d+)", message):
        refuse_wide(int(columns.group(1)), where)
    if "\n" in text.strip("\n"):
        raise SourceError(
            _("A quotation mark is opened and not closed."),
            where=where,
            found=f"“{text.splitlines()[0][:80]}”",
            wanted=_("quotation marks in pairs"),
            remedy=_("Close or remove the mark in that row, or export the file again."),
        )


def _blank_records(path: Path, how: Dialect, skip: int) -> list[int]:
    """Return the rows that are empty, where quoted cells hold line breaks."""
    csv.field_size_limit(_LONGEST)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=how.separator)
        first = 1 if skip else how.row + 1
        return [row for row, cells in enumerate(reader, first) if not cells and row > how.row]
