"""From a source to its parts: the files, sheets or frames that hold tables of the contract."""
# ruff: noqa: S608 - SQL for reading files; names are the engine's own, values are quoted

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from kamkit.case.engine import Engine, quoted
from kamkit.case.headings import folded, listed, missing, propose, recognised
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading import lines, textfile, workbook
from kamkit.errors import HeadingError, KamkitError, SourceError, nearest
from kamkit.files import checksum
from kamkit.language import gettext as _
from kamkit.schema.contract import TABLES, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

_TEXT = (".csv", ".tsv", ".txt", ".tab", ".dat", "")


@dataclass(frozen=True)
class Part:
    """One file, sheet or frame: columns ``c0`` … as read, ``source_row`` and ``broken``.

    ``stored`` names the engine's table that can be dropped when the part is converted.
    """

    table: str
    label: str
    relation: ir.Table
    headings: tuple[str, ...]
    stored: str = ""


@dataclass
class Found:
    """All the parts of a source, its checksum, and what in it was passed over."""

    parts: list[Part] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    checksum: str = ""

    def of(self, table: str) -> list[Part]:
        """Return the parts that hold one table of the contract."""
        return [part for part in self.parts if part.table == table]


def from_path(path: Path, mapping: ColumnMapping, engine: Engine) -> Found:
    """Read a file or folder into the engine.

    Raises ``SourceError`` when it cannot be read or holds no ledger.
    """
    if path.is_dir():
        return _folder(path, mapping, engine)
    if not path.is_file():
        raise SourceError(
            _("This is neither a file nor a folder."),
            where=path.name,
            remedy=_("Give a file, or a folder with files."),
        )
    found = Found(checksum=_checksum(path))
    found.parts = _opened(path, "", mapping, engine, found.ignored)
    if not found.of("sales"):
        _refuse_no_ledger(path.name, found)
    return found


def from_frame(frame: pd.DataFrame, engine: Engine) -> Found:
    """Read a pandas DataFrame into the engine; its named index becomes columns.

    >>> import pandas as pd
    >>> from kamkit.case.engine import Engine
    >>> from_frame(pd.DataFrame({"Customer": ["a"], "Amount": [5.0]}), Engine()).parts[0].headings
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
    part = Part("sales", "DataFrame", held, headings, held.get_name())
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
            found = pa.array(column, from_pandas=True)
            if not isinstance(found.type, pa.BaseExtensionType):
                return found
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


def _folder(folder: Path, mapping: ColumnMapping, engine: Engine) -> Found:
    found = Found()
    digest = hashlib.sha256()
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise unreadable(folder, error) from None
    for path in inside:
        table = _table_named(path.stem)
        if path.is_dir() or path.name.startswith((".", "~$")) or path.suffix == ".toml":
            continue
        if not table or not _readable(path):
            found.ignored.append(path.name)
            continue
        digest.update(f"{path.name} {_checksum(path)}\n".encode())
        found.parts += _opened(path, table, mapping, engine, found.ignored)
    found.checksum = digest.hexdigest()
    if not found.of("sales"):
        _refuse_no_ledger(folder.name, found)
    return found


def _refuse_no_ledger(name: str, found: Found) -> None:
    raise SourceError(
        _("No sales ledger was found."),
        where=name,
        found=listed(found.ignored) or _("nothing that can be read"),
        wanted=_(
            "a file or sheet named {names}",
            names=", ".join(f"“{word}”" for word in TABLES["sales"].names[:6]),
        ),
        remedy=_("Rename the ledger, or give its file as the source."),
    )


def _opened(
    path: Path, table: str, mapping: ColumnMapping, engine: Engine, ignored: list[str]
) -> list[Part]:
    try:
        return _file(path, table, mapping, engine, ignored)
    except OSError as error:
        raise unreadable(path, error) from None


def _file(
    path: Path, table: str, mapping: ColumnMapping, engine: Engine, ignored: list[str]
) -> list[Part]:
    suffix = path.suffix.lower()
    if suffix in workbook.ENDINGS:
        return _workbook(path, table, mapping, engine, ignored)
    if suffix in (".parquet", ".pq"):
        return [_parquet(path, table or "sales", engine)]
    return [_text(path, TABLES[table or "sales"], mapping, engine)]


def _readable(path: Path) -> bool:
    return path.suffix.lower() in (*_TEXT, *workbook.ENDINGS, ".parquet", ".pq")


def _table_named(name: str) -> str:
    """Tell the contract table that a file or sheet name means; a year behind it is no matter."""
    word = re.sub(r"[\d\W_]+$", "", name)
    for table in TABLES.values():
        if folded(word) in {folded(known) for known in (table.name, *table.names)}:
            return table.name
    return ""


def _score(table: Table, mapping: ColumnMapping) -> Callable[[list[str]], int]:
    given = mapping.tables.get(table.name, {})
    return lambda cells: recognised(cells, table, given)


# Parquet


def _parquet(path: Path, table: str, engine: Engine) -> Part:
    import pyarrow.lib
    import pyarrow.parquet as pq

    if not path.stat().st_size:
        raise textfile.empty(path.name)
    try:
        schema = pq.ParquetFile(path).schema_arrow
    except (pyarrow.lib.ArrowInvalid, pyarrow.lib.ArrowException) as error:
        raise SourceError(
            _("The Parquet file cannot be read; it is cut short or not Parquet."),
            where=path.name,
            found=str(error).splitlines()[0][:200],
            remedy=_("Write it again, or copy it again from where it came."),
        ) from None
    names = schema.names
    picks = ", ".join(f"{_picked(field)} AS c{i}" for i, field in enumerate(schema))
    view = engine.name()
    engine.sql(
        f"CREATE VIEW {view} AS SELECT {picks}, file_row_number + 1 AS source_row, "
        f"false AS broken FROM read_parquet({quoted(path.resolve())}, file_row_number = true)"
    )
    relation = engine.con.table(view)
    if not engine.row({"n": relation.count()}, relation)["n"]:
        raise _no_lines(path.name)
    return Part(table, path.name, relation, tuple(names))


def _picked(field: pa.Field) -> str:
    """Write a column of a Parquet file in SQL; a day is that of the column's own clock."""
    import pyarrow as pa

    name = '"{}"'.format(field.name.replace('"', '""'))
    zone = field.type.tz if pa.types.is_timestamp(field.type) else None
    if zone is None or zone not in available_timezones():
        return name
    return f"timezone({quoted(zone)}, {name})"


# Text


def _text(path: Path, table: Table, mapping: ColumnMapping, engine: Engine) -> Part:
    how = textfile.dialect(path, _score(table, mapping))
    relation, stored = lines.load(path, how, engine)
    if not engine.row({"n": relation.count()}, relation)["n"]:
        raise _no_lines(path.name)
    return Part(table.name, path.name, relation, how.headings, stored)


# Workbooks and frames


def _workbook(
    path: Path, table: str, mapping: ColumnMapping, engine: Engine, ignored: list[str]
) -> list[Part]:
    if not path.stat().st_size:
        raise textfile.empty(path.name)
    found, hidden = workbook.sheets(path, mapping.options.sheet)
    labels = {name: _("{name}, sheet “{sheet}”", name=path.name, sheet=name) for name in hidden}
    ignored += [_("{sheet} (hidden)", sheet=label) for label in labels.values()]
    if not found:
        raise textfile.empty(path.name)
    parts: list[Part] = []
    problems: list[KamkitError] = []
    for sheet in found:
        label = _("{name}, sheet “{sheet}”", name=path.name, sheet=sheet.name)
        named = _table_named(sheet.name) or (table if len(found) == 1 else "")
        try:
            part = _sheet(sheet, (named, table), label, mapping, engine, sole=len(found) == 1)
        except HeadingError as error:
            problems.append(error)
            part = None
        if part:
            parts.append(part)
        else:
            ignored.append(label)
    if not any(part.table == (table or "sales") for part in parts) and problems:
        raise problems[0]
    return parts


def _sheet(
    sheet: workbook.Sheet,
    names: tuple[str, str],
    label: str,
    mapping: ColumnMapping,
    engine: Engine,
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
    if not (named or sole):
        given = mapping.tables.get(table.name, {})
        if missing(propose(headings, table, given=given, where=label).columns, table):
            return None
    rows = sheet.rows[at + 1 :]
    if not any(cell != "" for row in rows for cell in row):
        if table.name == "sales" and sole:
            raise _no_lines(label)
        return None
    arrays = workbook.columns(rows, max(len(headings), 1))
    relation = engine.hold(_with_rows(arrays, first=at + 2))
    return Part(table.name, label, relation, tuple(headings), relation.get_name())


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


def _checksum(path: Path) -> str:
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
