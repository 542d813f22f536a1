"""The lines of a text file in the engine, each with the number of its row in the file."""
# ruff: noqa: S608 - SQL for reading files; names are the engine's own, values are quoted

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine, quoted
from kamkit.case.reading.textfile import Dialect, as_utf8, blank_lines, refuse_wide
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import ngettext

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LONGEST = 1 << 21  # bytes of one line
_SHOWN = 200  # characters of a broken line that are kept


def load(path: Path, how: Dialect, engine: Engine) -> tuple[ir.Table, str]:
    """Read a text file into the engine; return its lines and the table they are stored in.

    One row per line below the headings: ``c0`` … as text, ``source_row`` as a spreadsheet program
    numbers it, and ``broken`` for the lines that have more cells than there are headings.

    Raises ``SourceError`` where the file cannot be split into lines and columns.
    """
    plain = path
    if how.encoding not in ("utf-8", "utf-8-sig"):
        plain = as_utf8(path, how.encoding, engine.folder / f"{engine.name()}.csv")
    try:
        name = _read(plain, how, engine, parallel=True)
        blanks = [line - how.skip + how.row for line in blank_lines(plain, how.skip)]
    except SourceError:  # quoted line breaks or mixed line ends; the careful reader tells which
        plain = as_utf8(path, how.encoding, engine.folder / f"{engine.name()}.csv")
        name = _read_carefully(plain, how, engine, path.name)
        blanks = _blank_records(plain, how)
    broken = _broken(engine, how, path.name)
    if not (blanks or broken):
        lines = engine.con.table(name)
        return lines.mutate(source_row=lines.rowid() + how.row + 1, broken=False), name
    return _numbered(name, how, blanks, broken, engine)


def _read(path: Path, how: Dialect, engine: Engine, *, parallel: bool) -> str:
    name = engine.name()
    wanted = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(how.headings)))
    for left in ("reject_errors", "reject_scans"):
        engine.sql(f"DROP TABLE IF EXISTS {left}")
    engine.sql(
        f"CREATE TABLE {name} AS SELECT * FROM read_csv({quoted(path)}, "
        f"delim = {quoted(how.separator)}, quote = '\"', escape = '\"', header = false, "
        f"skip = {how.skip}, columns = {{{wanted}}}, auto_detect = false, null_padding = true, "
        f"max_line_size = {_LONGEST}, "
        f"store_rejects = true, parallel = {'true' if parallel else 'false'})"
    )
    return name


def _read_carefully(path: Path, how: Dialect, engine: Engine, where: str) -> str:
    try:
        return _read(path, how, engine, parallel=False)
    except SourceError as error:
        line = re.search(r"[Ll]ine:? (\d+)", error.found)
        raise SourceError(
            _("The file cannot be read as lines and columns."),
            where=_("{name}, row {row}", name=where, row=line.group(1)) if line else where,
            found=error.found,
            remedy=_("Mend that row, or export the file again as a workbook."),
        ) from None


def _numbered(
    name: str, how: Dialect, blanks: list[int], broken: dict[int, str], engine: Engine
) -> tuple[ir.Table, str]:
    """Give each line its row: the engine passes over empty and broken lines without counting."""
    import pyarrow as pa

    gaps = sorted({*blanks, *broken})
    # of gaps that stand together the last one counts
    passed = {row - how.row - n: n for n, row in enumerate(gaps, 1)}
    places = {"place": list(passed), "passed": list(passed.values())}
    shifts = engine.hold(pa.table(places))
    cells = [f"c{i}" for i in range(len(how.headings))]
    texts = pa.array(list(broken.values()), type=pa.string())
    nothing = pa.nulls(len(broken), type=pa.string())
    aside = engine.hold(
        pa.table(
            [texts, *[nothing] * (len(cells) - 1), pa.array(list(broken), type=pa.int64())],
            names=[*cells, "source_row"],
        )
    )
    whole = engine.name()
    engine.sql(
        f"CREATE TABLE {whole} AS SELECT {', '.join(cells)}, "
        f"n + {how.row + 1} + coalesce(passed, 0) AS source_row, false AS broken "
        f"FROM (SELECT *, rowid AS n FROM {name}) AS lines "
        f"ASOF LEFT JOIN {shifts.get_name()} AS shifts ON n >= place "
        f"UNION ALL SELECT *, true FROM {aside.get_name()}"
    )
    engine.drop(name, shifts.get_name(), aside.get_name())
    return engine.con.table(whole), whole


def _broken(engine: Engine, how: Dialect, name: str) -> dict[int, str]:
    """Return the lines that could not be split, by their rows."""
    found = engine.sql(
        "SELECT line, any_value(csv_line), any_value(error_message), any_value(error_type) "
        "FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    rows = {}
    for line, text, message, kind in found:
        row = int(line) - how.skip + how.row
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


def _blank_records(path: Path, how: Dialect) -> list[int]:
    """Return the rows that are empty, where quoted cells hold line breaks."""
    csv.field_size_limit(_LONGEST)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=how.separator)
        return [row for row, cells in enumerate(reader, 1) if not cells and row > how.row]
