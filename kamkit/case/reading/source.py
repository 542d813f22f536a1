"""From a source to its parts: the files, sheets or frames that hold tables of the contract."""
# ruff: noqa: S608 - SQL for reading files; names are the engine's own, values are quoted

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from kamkit.case.engine import Embedded, quoted, quoted_path
from kamkit.case.headings import folded, is_wide, listed, missing, propose, recognised, require
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading import lines, pages, textfile, workbook
from kamkit.errors import HeadingError, KamkitError, SourceError, nearest
from kamkit.files import checksum
from kamkit.language import gettext as _
from kamkit.schema.contract import TABLES, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

_TEXT = (".csv", ".tsv", ".txt", ".tab", ".dat", "")
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Part:
    """One file, sheet or frame: columns ``c0`` … as read, ``source_row`` and ``broken``.

    ``stored`` names the engine's table that can be dropped when the part is converted. ``counted``
    is how many lines an independent count of the source found, ``repaired`` how many were split in
    spite of their quotation marks, ``system_1904`` whether a workbook counts days from 1904.
    ``uncomputed`` is whether its workbook has formulas without results, ``half`` whether a sheet
    lacks a column that a ledger needs, ``whole`` whether rows are those of a table, which never
    break and have no order; ``hidden`` is whether a workbook has hidden rows,
    ``shown`` are the columns that it shows in several currencies, or in thousands; ``above`` is the
    text above the headings; ``mark`` names what is kept of it.
    """

    table: str
    label: str
    relation: ir.Table
    headings: tuple[str, ...]
    stored: str = ""
    counted: int | None = None
    repaired: int = 0
    system_1904: bool = False
    uncomputed: bool = False
    half: bool = False
    whole: bool = False
    hidden: bool = False
    shown: Mapping[int, frozenset[str]] = field(default_factory=dict)
    above: str = ""
    mark: str = ""


@dataclass
class Found:
    """All the parts of a source, its checksum, what in it was passed over, and what to tell."""

    parts: list[Part] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checksum: str = ""

    def of(self, table: str) -> list[Part]:
        """Return the parts that hold one table of the contract."""
        return [part for part in self.parts if part.table == table]


def from_frame(frame: pd.DataFrame, engine: Embedded) -> Found:
    """Read a pandas DataFrame into the engine; its named index becomes columns.

    >>> import pandas as pd
    >>> from kamkit.case.engine import Embedded
    >>> from_frame(pd.DataFrame({"Customer": ["a"], "Amount": [5.0]}), Embedded()).parts[0].headings
    ('Customer', 'Amount')
    """
    import pandas as pd

    flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    if flat.empty:
        raise _no_lines("DataFrame")
    arrays = [_array(flat.iloc[:, position]) for position in range(flat.shape[1])]
    table = _with_rows(arrays, first=1)
    headings = tuple(str(name) for name in flat.columns)
    checksum = hashlib.sha256(pd.util.hash_pandas_object(flat.astype("str")).to_numpy().tobytes())
    checksum.update("|".join(headings).encode())
    held = engine.hold(table)
    part = Part("sales", "DataFrame", held, headings, held.get_name(), counted=len(flat))
    return Found([part], checksum=checksum.hexdigest())


def _array(column: pd.Series[Any]) -> pa.Array:
    """Turn a column of a frame into one of the engine; a day is that of the column's own clock."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    if column.dtype != object:
        try:
            result = pa.array(column, from_pandas=True)
            if not isinstance(result.type, pa.BaseExtensionType):
                return result
        except (pa.ArrowException, TypeError, ValueError):
            pass  # a kind of column that only pandas knows, such as periods, is read as text
    cells = [None if gone else cell for cell, gone in zip(column, column.isna(), strict=True)]
    return workbook.column(cells)


def unreadable(path: Path, error: OSError) -> SourceError:
    """Make the error for a file that the machine refuses to give.

    >>> unreadable(Path("sales.csv"), PermissionError(13, "Permission denied")).found
    'Permission denied'
    """
    return SourceError(
        _("The file cannot be opened."),
        where=path.name,
        found=error.strerror or str(error),
        remedy=_("Check that it is not open elsewhere and that you may read it."),
    )


def read_file(
    path: Path, table: str, mapping: ColumnMapping, engine: Embedded, ignored: list[str]
) -> list[Part]:
    """Read a text file, workbook or Parquet file; ``table`` is what its name means, or empty.

    Raises ``SourceError`` when it cannot be read, and ``HeadingError`` for unclear headings.
    """
    make = partial(_file, path, table, mapping, engine, ignored)
    try:
        if engine.once is None or path.suffix.lower() in _PARQUET:
            return make()
        return engine.once.parts(path, (table, mapping.text()), engine, ignored, make, Part)
    except OSError as error:
        raise unreadable(path, error) from None


def _file(
    path: Path, table: str, mapping: ColumnMapping, engine: Embedded, ignored: list[str]
) -> list[Part]:
    suffix = path.suffix.lower()
    if suffix in workbook.ENDINGS and not _is_text(path):
        return _workbook(path, table, mapping, engine, ignored)
    if suffix in _PARQUET:
        return [_parquet(path, table or "sales", engine)]
    return [_text(path, TABLES[table or "sales"], mapping, engine)]


def _is_text(path: Path) -> bool:
    """Tell whether a file that is called a workbook is text with separators, as many systems do."""
    with path.open("rb") as file:
        head = file.read(4096)
    return bool(head) and not (
        head.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
        or pages.is_page(head)
        or re.search(rb"[\x00-\x08\x0e-\x1f]", head.removeprefix(b"\xff\xfe"))
    )


def readable(path: Path) -> bool:
    """Tell by its ending whether a file can hold a table.

    >>> readable(Path("sales.csv")), readable(Path("logo.png"))
    (True, False)
    """
    return path.suffix.lower() in (*_TEXT, *workbook.ENDINGS, *_PARQUET)


def table_named(name: str) -> str:
    """Tell the contract table that a file or sheet name means; a year behind it is no matter.

    >>> table_named("Salg 2025"), table_named("2025")
    ('sales', '')
    """
    word = re.sub(r"[\d\W_]+$", "", name)
    for table in TABLES.values():
        if folded(word) in {folded(known) for known in (table.name, *table.names)}:
            return table.name
    return ""


def _score(table: Table, mapping: ColumnMapping) -> Callable[[list[str]], int]:
    given = mapping.tables.get(table.name, {})
    return lambda cells: recognised(cells, table, given)


# Parquet


def _parquet(path: Path, table: str, engine: Embedded) -> Part:
    import pyarrow.lib
    import pyarrow.parquet as pq

    if not path.stat().st_size:
        raise textfile.empty(path.name)
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pyarrow.lib.ArrowInvalid, pyarrow.lib.ArrowException) as error:
        raise SourceError(
            _("The Parquet file cannot be read; it is cut short or not Parquet."),
            where=path.name,
            found=str(error).splitlines()[0][:200],
            remedy=_("Write it again, or copy it again from where it came."),
        ) from None
    names = schema.names
    called = _distinct(names)
    picks = ", ".join(f"{_picked(field, called[i])} AS c{i}" for i, field in enumerate(schema))
    view = engine.name()
    engine.sql(
        f"CREATE VIEW {view} AS SELECT {picks}, file_row_number + 1 AS source_row, "
        f"false AS broken FROM read_parquet({quoted_path(path.resolve())}, "
        "file_row_number = true, hive_partitioning = false)"
    )
    relation = engine.con.table(view)
    if not engine.row({"n": relation.count()}, relation)["n"]:
        raise _no_lines(path.name)
    return Part(table, path.name, relation, tuple(names), counted=rows)


def _distinct(names: list[str]) -> list[str]:
    """Return the names as the engine calls them: it numbers those that differ only in case."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        fold = name.lower()
        called = name
        while called.lower() in seen:
            called = f"{name}_{seen[fold]}"
            seen[fold] += 1
        seen.setdefault(called.lower(), 1)
        result.append(called)
    return result


def _picked(field: pa.Field, called: str) -> str:
    """Write a column of a Parquet file in SQL; a day is that of the column's own clock."""
    import pyarrow as pa

    name = '"{}"'.format(called.replace('"', '""'))
    zone = field.type.tz if pa.types.is_timestamp(field.type) else None
    if zone is None:
        return name
    if offset := re.fullmatch(r"([+-])(\d{2}):?(\d{2})", zone):
        sign, hours, minutes = offset.groups()
        ahead = f"INTERVAL '{int(hours) * 60 + int(minutes)} minutes'"
        return f"timezone('UTC', {name}) {sign} {ahead}"
    return f"timezone({quoted(zone)}, {name})" if zone in available_timezones() else name


# Text


def _text(path: Path, table: Table, mapping: ColumnMapping, engine: Embedded) -> Part:
    how = textfile.dialect(path, _score(table, mapping))
    read = lines.load(path, how, engine)
    if not engine.row({"n": read.lines.count()}, read.lines)["n"]:
        raise _no_lines(path.name)
    return Part(
        table.name,
        path.name,
        read.lines,
        how.headings,
        read.stored,
        counted=read.counted,
        repaired=read.repaired,
        above=textfile.above(path, how),
    )


# Workbooks and frames


def _workbook(
    path: Path, table: str, mapping: ColumnMapping, engine: Embedded, ignored: list[str]
) -> list[Part]:
    if not path.stat().st_size:
        raise textfile.empty(path.name)
    sheets, hidden = workbook.sheets(path, mapping.options.sheet)
    labels = {name: _("{name}, sheet “{sheet}”", name=path.name, sheet=name) for name in hidden}
    ignored += [_("{sheet} (hidden)", sheet=label) for label in labels.values()]
    if not sheets:
        raise textfile.empty(path.name)
    parts: list[Part] = []
    problems: list[KamkitError] = []
    half: list[Part] = []
    sole = len(sheets) == 1
    for sheet in sheets:
        label = _("{name}, sheet “{sheet}”", name=path.name, sheet=sheet.name)
        named = table_named(sheet.name) or (table if sole else "")
        try:
            part = _sheet(sheet, (named, table), label, mapping, engine, sole=sole)
        except HeadingError as error:
            problems.append(error)
            part = None
        if part:
            (half if part.half else parts).append(part)
        else:
            ignored.append(label)
    if not any(part.table == (table or "sales") for part in parts) and problems:
        raise problems[0]
    _refuse_other_headings(half, parts)
    return parts + half


def _refuse_other_headings(half: list[Part], parts: list[Part]) -> None:
    """Raise ``HeadingError`` for a sheet that looks like one that was read, but for a heading."""
    for other in half:
        label, headings = other.label, other.headings
        words = {folded(heading) for heading in headings if heading}
        for part in [part for part in parts if part.table == "sales"]:
            shared = words & {folded(heading) for heading in part.headings}
            if len(shared) >= 2 and len(shared) * 5 >= len(words) * 3:
                raise HeadingError(
                    _("A sheet has other headings than the rest."),
                    where=label,
                    found=listed([h for h in headings if h and h not in part.headings]),
                    wanted=listed([h for h in part.headings if h and h not in headings]),
                    remedy=_(
                        "Give the column one heading on every sheet, or read one sheet alone with "
                        '--sheet "{sheet}".',
                        sheet=part.label.partition("“")[2].rstrip("”"),
                    ),
                )


def refuse_half(half: Sequence[Part], mapping: ColumnMapping) -> None:
    """Raise ``HeadingError`` for what the likeliest of some sheets lacks to be a ledger."""
    table = TABLES["sales"]
    score = _score(table, mapping)
    part = max(half, key=lambda one: score(list(one.headings)))
    if score(list(part.headings)) >= 2:
        given = mapping.tables.get("sales", {})
        columns = propose(part.headings, table, given=given, where=part.label).columns
        require(columns, part.headings, table, part.label)


def _sheet(
    sheet: workbook.Sheet,
    names: tuple[str, str],
    label: str,
    mapping: ColumnMapping,
    engine: Embedded,
    *,
    sole: bool,
) -> Part | None:
    """Read a sheet as the table that its name says, else as that of its file, else as sales."""
    named, of_file = names
    table = TABLES[named or of_file or "sales"]
    at = workbook.heading_row(sheet.rows, _score(table, mapping))
    headings = [workbook.plain(cell).strip() for cell in sheet.rows[at]]
    while headings and not headings[-1]:
        headings.pop()
    half = False
    if not (named or sole):
        given = mapping.tables.get(table.name, {})
        columns = propose(headings, table, given=given, where=label).columns
        half = bool(missing(columns, table)) and not is_wide(headings, label)
        if half and _score(table, mapping)(headings) < 2:
            return None
    rows = sheet.rows[at + 1 :]
    if not any(cell != "" for row in rows for cell in row):
        if table.name == "sales" and sole:
            raise _no_lines(label)
        return None
    arrays = workbook.columns(rows, max(len(headings), 1))
    relation = engine.hold(_with_rows(arrays, first=at + 2))
    return Part(
        table.name,
        label,
        relation,
        tuple(headings),
        relation.get_name(),
        counted=len(rows),
        system_1904=sheet.system_1904,
        uncomputed=sheet.uncomputed,
        half=half,
        hidden=sheet.hidden,
        shown=sheet.shown,
        above="; ".join(filter(None, (workbook.plain(c) for row in sheet.rows[:at] for c in row))),
    )


def _with_rows(arrays: list[Any], first: int) -> Any:
    import pyarrow as pa

    count = len(arrays[0])
    return pa.table(
        {
            **{f"c{i}": array for i, array in enumerate(arrays)},
            "source_row": pa.array(range(first, first + count), type=pa.int64()),
            "broken": pa.repeat(False, count),
        }
    )


def _no_lines(name: str) -> SourceError:
    return SourceError(
        _("There are headings but no lines below them."),
        where=name,
        wanted=_("at least one line of sales"),
        remedy=_("Check the period of the export, and export again."),
    )


def checksum_of(path: Path) -> str:
    """Return the SHA-256 of a file; raise ``SourceError`` where it cannot be opened."""
    try:
        return checksum(path)
    except OSError as error:
        raise unreadable(path, error) from None


def no_such(text: str, names: list[str]) -> SourceError:
    """Make the error for a source that is neither a file, a folder nor a name of the catalogue.

    >>> no_such("fjordgros", ["fjordgross", "cdnow"]).remedy
    'Did you mean “fjordgross”?'
    """
    path = Path(text)
    try:
        beside = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError:
        beside = []
    near = nearest(path.name, [*beside, *names])
    return SourceError(
        _("There is no file, folder or data set “{source}”.", source=text),
        wanted=_("a path, or one of the data sets {names}", names=", ".join(names)),
        remedy=_("Did you mean “{near}”?", near=near)
        if near
        else _("Check the spelling and the folder you stand in."),
    )
