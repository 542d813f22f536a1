"""A path as a source: by what lies there, a reader is chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from kamkit.case.engine import Embedded
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading.source import (
    Found,
    Part,
    checksum_of,
    read_file,
    readable,
    table_named,
    unreadable,
)
from kamkit.case.sources import archive, database, documents, fixed, partitioned, records, several
from kamkit.case.sources.address import ENDINGS as DATABASES
from kamkit.errors import KamkitError, SourceError
from kamkit.language import gettext as _

_XML = ".xml"


def from_path(path: Path, mapping: ColumnMapping, engine: Embedded) -> Found:
    """Read a file, folder or archive into the engine.

    Raises ``SourceError`` when it cannot be read or holds no ledger.
    """
    suffix = path.suffix.lower()
    if path.is_dir():
        return _folder(path, mapping, engine)
    if not path.is_file():
        raise SourceError(
            _("This is neither a file nor a folder."),
            where=path.name,
            remedy=_("Give a file, or a folder with files."),
        )
    if suffix in DATABASES:
        return database.read(str(path), mapping, engine)
    if suffix in archive.ENDINGS:
        with archive.unpacked(path, engine) as inside:
            result = _together(inside.files, inside.documents, path.name, mapping, engine)
    else:
        result = _together(*_parted([path]), path.name, mapping, engine)
    result.checksum = checksum_of(path)
    if suffix == _XML and not result.parts:
        raise SourceError(
            _("This XML is neither an e-invoice nor a SAF-T file."),
            where=path.name,
            found=", ".join(result.ignored),
            wanted=_("e-invoices in UBL 2.1 (EHF, Peppol BIS 3) or CII, or SAF-T Financial"),
            remedy=_("Export the sales lines as CSV or Excel."),
        )
    if not result.of("sales"):
        raise several.no_ledger(path.name, result)
    return result


def _folder(folder: Path, mapping: ColumnMapping, engine: Embedded) -> Found:
    try:
        files, below = _inside(folder)
    except OSError as error:
        raise unreadable(folder, error) from None
    sums = {path: checksum_of(path) for path in files if _known(path)}
    if sums and partitioned.is_partitioned(folder, list(sums)):
        result = Found([partitioned.read(folder, list(sums), mapping, engine)])
        result.checksum = _digest({p.relative_to(folder).as_posix(): sums[p] for p in sums})
        return result
    first = {sums[path]: path for path in reversed(sums)}
    twice = [path for path in sums if first[sums[path]] != path and path.suffix.lower() != _XML]
    wanted = [path for path in sums if path not in twice]
    result = _together(*_parted(wanted), folder.name, mapping, engine, folder=True)
    result.ignored += [path.name for path in files if path not in sums] + below
    result.notes += [
        _(
            "“{name}” is the same as “{first}” and is read once.",
            name=path.name,
            first=first[sums[path]].name,
        )
        for path in twice
    ]
    result.checksum = _digest({path.name: sums[path] for path in wanted})
    if not result.of("sales"):
        raise several.no_ledger(folder.name, result)
    return result


def _digest(sums: dict[str, str]) -> str:
    """Return a checksum of files by their names and checksums."""
    digest = hashlib.sha256()
    for name, own in sums.items():
        digest.update(f"{name} {own}\n".encode())
    return digest.hexdigest()


def _inside(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files of a folder, and the folders in it that are not read.

    Where no file lies in the folder itself, those of the folders below are read.
    """
    inside = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "~$"))]
    files = [path for path in inside if path.is_file() and path.suffix.lower() != ".toml"]
    below = [path for path in inside if path.is_dir()]
    if any(_known(path) for path in files):
        return files, [f"{path.name}/" for path in below]
    deeper = [path for path in sorted(folder.rglob("*")) if path.is_file() and _known(path)]
    shown = [path.relative_to(folder).parts for path in deeper]
    visible = [not any(part.startswith((".", "~$")) for part in parts) for parts in shown]
    return files + [path for path, see in zip(deeper, visible, strict=True) if see], []


def _known(path: Path) -> bool:
    return readable(path) or path.suffix.lower() in (_XML, *records.ENDINGS)


def _parted(files: Sequence[Path]) -> tuple[list[Path], list[documents.Content]]:
    """Part files into tables and documents."""
    tables = [path for path in files if path.suffix.lower() != _XML]
    contents = [
        documents.Content(path.name, partial(_binary, path))
        for path in files
        if path.suffix.lower() == _XML
    ]
    return tables, contents


def _binary(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from None


def _together(
    tables: Sequence[Path],
    contents: Sequence[documents.Content],
    label: str,
    mapping: ColumnMapping,
    engine: Embedded,
    *,
    folder: bool = False,
) -> Found:
    """Read tables and documents of one source.

    Raises ``SourceError`` where both hold sales.
    """
    result = documents.read(contents, label, mapping.options, engine) if contents else Found()
    if len(tables) == 1 and not contents and not folder:
        result.parts, result.notes = _table(tables[0], "", mapping, engine, result.ignored)
        if any(part.half for part in result.parts):
            sheets = several.paired(result.parts, mapping, engine, label)
            result.parts, result.notes = sheets.parts, result.notes + sheets.notes
            result.ignored += sheets.ignored
        return result
    if not tables:
        return result
    candidates, problems = _candidates(tables, mapping, engine, result)
    if len(tables) == len(candidates) == 1 and not contents and not candidates[0].named:
        result.parts = [candidates[0].open()]  # its headings say what they lack
        return result
    beside = several.read(candidates, mapping, engine, label)
    if beside.of("sales") and result.of("sales"):
        raise SourceError(
            _("Both tables and XML documents hold sales; they would count twice."),
            where=label,
            found=", ".join(part.label for part in beside.of("sales")[:3]),
            remedy=_("Give one of them as the source."),
        )
    # a register that a person keeps knows more than the documents
    result.parts = [part for part in result.parts if not beside.of(part.table)] + beside.parts
    result.notes += beside.notes
    result.ignored += beside.ignored
    if problems and not result.of("sales"):
        raise several.no_ledger(label, result, problems)
    return result


def _candidates(
    tables: Sequence[Path], mapping: ColumnMapping, engine: Embedded, found: Found
) -> tuple[list[several.Candidate], list[KamkitError]]:
    """Open the tables; one that cannot be read is told, and an error if its name is of a table."""
    candidates: list[several.Candidate] = []
    problems: list[KamkitError] = []
    for path in tables:
        named = table_named(path.stem)
        try:
            parts, notes = _table(path, named, mapping, engine, found.ignored)
        except KamkitError as error:
            if named:
                raise
            problems.append(error)
            found.ignored.append(path.name)
            continue
        found.notes += notes
        candidates += list(_as_candidates(path, parts))
    return candidates, problems


def _as_candidates(path: Path, parts: Sequence[Part]) -> Iterator[several.Candidate]:
    for part in parts:
        sole = len(parts) == 1 or part.half
        known = part.table if not sole or table_named(path.stem) else ""
        yield several.Candidate(
            part.label, part.headings, partial(_same, part), named=known or _of_sheet(part)
        )


def _of_sheet(part: Part) -> str:
    return part.table if part.table != "sales" else ""


def _same(part: Part) -> Part:
    return part


def _table(
    path: Path, table: str, mapping: ColumnMapping, engine: Embedded, ignored: list[str]
) -> tuple[list[Part], list[str]]:
    """Read a file that holds a table, of whatever kind; return its parts and what to tell."""
    suffix = path.suffix.lower()
    if suffix in records.ENDINGS:
        part, notes = records.read(path, table, engine)
        return [part], notes
    if suffix in fixed.ENDINGS and (column_cut := fixed.part(path, table, mapping, engine)):
        return [column_cut], []
    return read_file(path, table, mapping, engine, ignored), []
