"""The publisher's file: checked against its known structure, then stored whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlsplit

from kamkit.datasets.catalogue import DATA_DIR, Entry, Part
from kamkit.errors import FetchError, SourceError
from kamkit.language import gettext as _
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 50_000  # rows: large enough for Parquet to pack well, small enough for any machine
_REPEATED = b"kamkit.repeated_lines"


class DamagedError(FetchError):
    """The file is of the right kind but not whole: another attempt may help."""


def raw_copy(entry: Entry, folder: Path | None) -> Path | None:
    """Return the publisher's own file (zip or the file inside it) in a folder, or None.

    >>> import tempfile
    >>> from kamkit.datasets.catalogue import CATALOGUE
    >>> raw_copy(CATALOGUE["online-retail-ii"], Path(tempfile.mkdtemp())) is None
    True
    """
    if folder is None:
        return None
    name = Path(urlsplit(entry.url).path).name
    names = (name, unquote_plus(name), unquote_plus(name).replace(" ", "_"), entry.member)
    places = (folder / name for name in names if name)
    return next((path for path in places if path.is_file()), None)


def store(raw: Path, entry: Entry, folder: Path, *, origin: str = "") -> Path:
    """Check the publisher's file and store it in ``folder`` under the name that is read.

    A workbook becomes one Parquet file with identifiers as text; an invoice that stands in two
    sheets is taken from the first. The file appears whole, by a rename, or not at all. ``origin``
    is the address it came from, for the messages.

    Raises ``DamagedError`` for a broken file, ``FetchError`` for one with other content, other
    columns or another number of rows, and where the folder is full or cannot be written.

    >>> from kamkit.datasets.catalogue import CATALOGUE
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "page.zip").write_text("<html>")
    >>> entry = CATALOGUE["online-retail-ii"]
    >>> store(folder / "page.zip", entry, folder)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    kamkit.errors.FetchError: A web page came instead of the data set...
    """
    try:
        content = _member(raw, entry)
        with aside(folder) as work:
            draft = work / entry.stored
            if draft.suffix == ".parquet":
                _write_workbook(content, entry, draft)
            else:
                _check_csv(content, entry)
                draft.write_bytes(content)
            return draft.replace(folder / entry.stored)
    except FetchError as error:
        error.where = error.where or origin or str(raw)
        error.remedy = error.remedy or (
            by_hand(entry.url)
            if origin
            else _("Take the file away and fetch it: kamkit data fetch {name}", name=entry.name)
        )
        raise


def by_hand(url: str) -> str:
    """Tell how to get a data set without kamkit, for the end of an error.

    >>> print(by_hand("https://example.org/data.zip"))
    Try again later, or save https://example.org/data.zip with a browser in a folder and set
    KAMKIT_DATA_DIR to that folder.
    """
    return _(
        "Try again later, or save {url} with a browser in a folder and set {variable} to that"
        " folder.",
        url=url,
        variable=DATA_DIR,
    )


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """Yield a folder of its own inside ``folder``, gone afterwards whatever happens.

    Two fetches at once have one each. Raises ``FetchError`` where the disk is full or the folder
    cannot be written.

    >>> home = Path(tempfile.mkdtemp())
    >>> with aside(home) as work:
    ...     _ = (work / "draft").write_text("half")
    >>> list(home.iterdir())
    []
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=".kamkit-", dir=folder, ignore_cleanup_errors=True
        ) as work:
            yield Path(work)
    except OSError as error:
        raise _disk_error(error, folder) from None


def _disk_error(error: OSError, folder: Path) -> FetchError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return FetchError(
            _("The disk is full."),
            where=str(folder),
            remedy=_(
                "Free some space, or set {variable} to a folder on another disk with a copy.",
                variable=DATA_DIR,
            ),
        )
    return FetchError(
        _("The data set cannot be written to the folder."),
        where=str(folder),
        found=error.strerror or str(error),
        remedy=_("Choose a folder that you may write to."),
    )


def difference(path: Path, entry: Entry) -> str:
    r"""Say in what a copy differs from the published data set, or ``""`` when it does not.

    Raises ``SourceError`` when the copy has none of the columns or cannot be read.

    >>> from kamkit.datasets.catalogue import CATALOGUE
    >>> copy = Path(tempfile.mkdtemp()) / "copy.csv"
    >>> _ = copy.write_text("Fresh,Milk\n1,2\n")
    >>> print(difference(copy, CATALOGUE["wholesale-customers"]))
    This copy lacks “Channel”, “Region”, “Grocery”, “Frozen”, “Detergents_Paper”, “Delicassen”.
    Rows in this copy: 1; published: 440.
    """
    columns, rows, repeated = _extent(path)
    missing = [name for name in entry.columns if name not in columns]
    if len(missing) == len(entry.columns):
        raise SourceError(
            _("This file is not the data set “{name}”.", name=entry.name),
            where=str(path),
            found=_quoted(columns[:8]),
            wanted=_quoted(entry.columns),
            remedy=_("Put the right copy there, or take the file away and fetch it."),
        )
    notes = [_("This copy lacks {names}.", names=_quoted(missing))] if missing else []
    if repeated is None and rows != entry.rows:
        notes.append(_rows_note(rows, entry))
    if repeated:
        notes.append(
            ngettext(
                "{n} line of an invoice that stands in two sheets is counted once.",
                "{n} lines of invoices that stand in two sheets are counted once.",
                repeated,
            )
        )
    return " ".join(notes)


def _rows_note(rows: int, entry: Entry) -> str:
    sheets = [part.sheet for part in entry.parts if part.sheet and part.rows == rows]
    if sheets:
        return _("This copy holds the sheet “{sheet}” only.", sheet=sheets[0])
    return _(
        "Rows in this copy: {rows}; published: {wanted}.",
        rows=number(rows),
        wanted=number(entry.rows),
    )


def _extent(path: Path) -> tuple[list[str], int, int | None]:
    """Return a copy's columns, its rows and, where we stored it, its lines left out."""
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            meta = pq.read_metadata(path)
            repeated = (meta.metadata or {}).get(_REPEATED)
            columns = list(meta.schema.to_arrow_schema().names)
            return columns, meta.num_rows, None if repeated is None else int(repeated)
        header, *rows = _csv_rows(path.read_bytes()) or [[]]
        return header, len(rows), None
    except (OSError, ValueError) as error:
        raise SourceError(
            _("This copy of a data set cannot be read."),
            where=str(path),
            found=str(error),
            remedy=_("Put a whole copy there, or take the file away and fetch it."),
        ) from None


def _member(raw: Path, entry: Entry) -> bytes:
    """Return the published file's bytes, out of its zip where it is in one."""
    try:
        content = raw.read_bytes()
    except OSError as error:
        raise FetchError(_("The file cannot be read."), found=str(error)) from None
    if raw.name == entry.member:
        return content
    if not content.startswith(b"PK"):
        raise _other_content(content[:512])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            inside = [name for name in names if Path(name).name == entry.member]
            if inside:
                return archive.read(inside[0])
    except (zipfile.BadZipFile, zlib.error, EOFError):
        size = _("{n} bytes", n=number(len(content)))
        raise DamagedError(_("The zip file is damaged or not whole."), found=size) from None
    raise FetchError(
        _("The zip file lacks the data file."), found=_quoted(names), wanted=f"“{entry.member}”"
    )


def _other_content(start: bytes) -> FetchError:
    if not start:
        return DamagedError(_("The file is empty."), wanted=_("a zip file"))
    page = start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<head"))
    if page:
        return FetchError(
            _("A web page came instead of the data set."),
            found=repr(start[:40])[1:],
            wanted=_("a zip file"),
        )
    return FetchError(
        _("Something else came instead of the data set."),
        found=repr(start[:40])[1:],
        wanted=_("a zip file"),
    )


def _write_workbook(content: bytes, entry: Entry, draft: Path) -> None:
    """Check a workbook sheet by sheet and stream its rows to one Parquet file."""
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            wanted = [part.sheet for part in entry.parts]
            if not set(wanted) <= set(book.sheet_names):
                raise FetchError(
                    _("The workbook lacks a sheet."),
                    found=_quoted(book.sheet_names),
                    wanted=_quoted(wanted),
                )
            _write_sheets(book, entry, draft)
    except calamine.CalamineError as error:
        raise FetchError(_("The data file is not a workbook."), found=str(error)) from None


def _write_sheets(book: Any, entry: Entry, draft: Path) -> None:
    import pyarrow.parquet as pq

    schema = _schema(entry.columns)
    unique = schema.get_field_index(entry.unique)
    earlier: set[str] = set()
    repeated = 0
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for part in entry.parts:
            here: set[str] = set()
            rows = _sheet_rows(book.get_sheet_by_name(part.sheet), part)
            while batch := list(islice(rows, _BATCH)):
                keys = [_text(row[unique]) or "" for row in batch]
                kept = [row for row, key in zip(batch, keys, strict=True) if key not in earlier]
                here.update(keys)
                repeated += len(batch) - len(kept)
                writer.write_batch(_record_batch(kept, schema))
            earlier |= here
        writer.add_key_value_metadata({_REPEATED: str(repeated).encode()})


def _sheet_rows(sheet: Any, part: Part) -> Iterator[list[Any]]:
    """Yield a sheet's rows in the order of ``part.columns``; the count is checked at the end."""
    rows = sheet.iter_rows()
    header = [str(cell).strip() for cell in next(rows, []) if cell != ""]
    _check_columns(header, part)
    order = [header.index(column) for column in part.columns]
    count = 0
    for row in rows:
        if any(cell != "" for cell in row):
            count += 1
            yield [row[index] for index in order]
    _check_rows(count, part)


def _check_columns(header: Sequence[str], part: Part) -> None:
    if sorted(header) != sorted(part.columns):
        raise FetchError(
            _("The data file has other columns than the published ones."),
            found=_quoted(header[:12]),
            wanted=_quoted(part.columns),
        )


def _check_rows(rows: int, part: Part) -> None:
    if rows == part.rows:
        return
    message = (
        _("The sheet “{sheet}” has another number of rows than published.", sheet=part.sheet)
        if part.sheet
        else _("The data file has another number of rows than published.")
    )
    raise FetchError(message, found=number(rows), wanted=number(part.rows))


def _schema(columns: Iterable[str]) -> pa.Schema:
    import pyarrow as pa

    typed = {"Quantity": pa.int64(), "Price": pa.float64(), "InvoiceDate": pa.timestamp("s")}
    return pa.schema([(name, typed.get(name, pa.string())) for name in columns])


def _record_batch(rows: list[list[Any]], schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    arrays = []
    for index, field in enumerate(schema):
        as_text = pa.types.is_string(field.type)
        values = [_text(row[index]) if as_text else _value(row[index]) for row in rows]
        try:
            arrays.append(pa.array(values, type=field.type))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise FetchError(
                _("The column “{name}” holds what it should not.", name=field.name),
                found=str(error),
            ) from None
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _value(cell: Any) -> Any:
    return None if cell == "" else cell


def _text(cell: Any) -> str | None:
    """Write a cell as text; a whole number without its “.0”, so that 13085.0 is “13085”."""
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _check_csv(content: bytes, entry: Entry) -> None:
    rows = _csv_rows(content)
    _check_columns(rows[0] if rows else [], entry.parts[0])
    _check_rows(len(rows) - 1, entry.parts[0])
    width = len(entry.columns)
    for i, row in enumerate(rows[1:], start=2):
        if len(row) != width or not all(cell.strip().isdigit() for cell in row):
            raise FetchError(
                _("Line {n} of the data file is not {width} numbers.", n=i, width=width),
                found=", ".join(row[:12]),
            )


def _csv_rows(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig", errors="replace")
    rows = csv.reader(io.StringIO(text, newline=""))
    return [[cell.strip() for cell in row] for row in rows if any(row)]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
