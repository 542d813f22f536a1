"""Archives: what lies in a zip or gz file, unpacked within limits into the engine's folder."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kamkit.case.engine import Embedded
from kamkit.case.sources.documents import Content
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import number

ENDINGS = (".zip", ".gz")
"""The archives that are read."""

_NESTED = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")
_RATIO = 200  # ledgers become five to fifty times smaller; a bomb a thousand times
_LEAST = 1 << 28
_MOST_MEMBERS = 500_000
_CHUNK = 1 << 20
_TAR = (257, b"ustar")


@dataclass
class Unpacked:
    """What an archive holds: files that were unpacked, and XML that is read where it lies."""

    files: list[Path] = field(default_factory=list)
    documents: list[Content] = field(default_factory=list)
    archive: zipfile.ZipFile | None = None

    def __enter__(self) -> Unpacked:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.archive:
            self.archive.close()


class _Budget:
    """How many bytes an archive may become."""

    def __init__(self, path: Path, engine: Embedded) -> None:
        room = shutil.disk_usage(engine.folder).free * 9 // 10
        self.name, self.left = path.name, min(max(_LEAST, _RATIO * path.stat().st_size), room)
        self.whole = self.left

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise SourceError(
                _("The archive becomes far too large when it is unpacked."),
                where=self.name,
                found=_("more than {n} MB", n=number(self.whole / 1e6)),
                wanted=_(
                    "at most {ratio} times the size of the archive, and room on the disk",
                    ratio=number(_RATIO),
                ),
                remedy=_("Unpack it yourself, if you trust it, and give the file inside."),
            )


def unpacked(path: Path, engine: Embedded) -> Unpacked:
    """Unpack an archive.

    Raises ``SourceError`` where it is broken, protected, holds archives, or becomes too large.
    """
    with _sound(path):
        budget = _Budget(path, engine)
        if path.suffix.lower() == ".gz":
            return Unpacked([_gunzipped(path, budget, engine)])
        return _unzipped(path, budget, engine)


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Turn what a broken archive raises into an error that a user can read."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise SourceError(
            _("The archive cannot be read; it is broken or of another kind."),
            where=path.name,
            found=(str(error) or type(error).__name__).splitlines()[0][:200],
            wanted=_("a zip or gz file"),
            remedy=_("Make or copy it again, or unpack it and give the file inside."),
        ) from None


def _gunzipped(path: Path, budget: _Budget, engine: Embedded) -> Path:
    name = path.stem or "sales.csv"
    if Path(name).suffix.lower() in _NESTED:
        raise _archive_inside(path.name, name)
    target = _new_folder(engine) / name
    with gzip.open(path) as source:
        _copy(source.read, target, budget)
    with target.open("rb") as file:
        head = file.read(_TAR[0] + len(_TAR[1]))
    if head[_TAR[0] :] == _TAR[1] or head.startswith(b"\x1f\x8b"):
        raise _archive_inside(path.name, name)
    return target


def _unzipped(path: Path, budget: _Budget, engine: Embedded) -> Unpacked:
    archive = zipfile.ZipFile(path)
    result = Unpacked(archive=archive)
    try:
        for info in _members(archive, path.name):
            name = _plain(info)
            if Path(name).suffix.lower() == ".xml":  # read where it lies: there may be thousands
                opened = partial(_opened, archive, info, path, budget)
                result.documents.append(Content(name, opened))
                continue
            target = _new_folder(engine) / name
            with archive.open(info) as source:
                _copy(source.read, target, budget)
            result.files.append(target)
    except BaseException:
        archive.close()
        raise
    return result


def _members(archive: zipfile.ZipFile, where: str) -> list[zipfile.ZipInfo]:
    """Return the files of an archive in the order of their names; refuse what cannot be read."""
    members = [info for info in archive.infolist() if _counts(info)]
    if len(members) > _MOST_MEMBERS:
        raise SourceError(
            _("The archive holds too many files."),
            where=where,
            found=number(len(members)),
            wanted=_("at most {n}", n=number(_MOST_MEMBERS)),
            remedy=_("Make several archives of it."),
        )
    for info in members:
        if info.flag_bits & 1:
            raise _protected(where, _plain(info))
        if Path(_plain(info)).suffix.lower() in _NESTED:
            raise _archive_inside(where, _plain(info))
    return sorted(members, key=lambda info: info.filename)


class _Member(io.RawIOBase):
    """A member of a zip file as it is unpacked, within the budget."""

    def __init__(self, source: IO[bytes], path: Path, budget: _Budget) -> None:
        self._source, self._path, self._budget = source, path, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _sound(self._path):
            piece = self._source.read(len(buffer))
        self._budget.spend(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._source.close()
        super().close()


def _opened(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, budget: _Budget
) -> IO[bytes]:
    with _sound(path):
        return io.BufferedReader(_Member(archive.open(info), path, budget), _CHUNK)


def _counts(info: zipfile.ZipInfo) -> bool:
    """Leave out folders, and what systems put into archives for themselves."""
    parts = PurePosixPath(info.filename).parts
    hidden = any(part.startswith((".", "~$", "__MACOSX")) and part != ".." for part in parts)
    return not info.is_dir() and not hidden and bool(parts)


def _plain(info: zipfile.ZipInfo) -> str:
    """Return the name of a member without folders: nothing is written outside."""
    return re.sub(r"[\x00-\x1f:]", "_", re.split(r"[/\\]", info.filename)[-1])[-120:] or "unnamed"


def _new_folder(engine: Embedded) -> Path:
    path = engine.folder / "unpacked" / engine.name()
    path.mkdir(parents=True)
    return path


def _copy(read: Callable[[int], bytes], target: Path, budget: _Budget) -> None:
    with target.open("wb") as out:
        while piece := read(_CHUNK):
            budget.spend(len(piece))
            out.write(piece)


def _archive_inside(where: str, name: str) -> SourceError:
    return SourceError(
        _("The archive holds another archive."),
        where=where,
        found=f"“{name}”",
        wanted=_("a zip or gz file with ledgers or e-invoices in it"),
        remedy=_("Unpack it, and give the file or folder inside."),
    )


def _protected(where: str, name: str) -> SourceError:
    return SourceError(
        _("The archive is protected by a password."),
        where=where,
        found=f"“{name}”",
        wanted=_("an archive that opens without a password"),
        remedy=_("Unpack it, and give the file or folder inside."),
    )
