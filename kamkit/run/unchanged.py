"""A source that changes while it is read: its checksum and its numbers would be of two states."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kamkit.errors import KamkitError, SourceError
from kamkit.files import exists
from kamkit.language import gettext as _


@contextmanager
def unchanged(source: str) -> Iterator[None]:
    """Refuse a file or folder that changes before the block ends.

    Raises ``SourceError`` that names the file, also in place of an error that came of the change.

    >>> with unchanged("cdnow"):
    ...     print("read")
    read
    """
    before = _state(source)
    try:
        yield
    except KamkitError:
        _refuse(before)
        raise
    _refuse(before)


def _state(source: str) -> dict[Path, tuple[int, int]]:
    """Return size and time of every file of a source; nothing for a name or an address."""
    home = Path(source).expanduser()
    if not source.strip() or not exists(home):
        return {}
    files = home.rglob("*") if home.is_dir() else [home]
    return {path: _mark(path) for path in files if path.is_file() and _is_data(path)}


def _is_data(path: Path) -> bool:
    """Leave out hidden files and those that Excel and LibreOffice keep beside an open workbook."""
    return not path.name.startswith((".", "~$"))


def _mark(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (-1, -1)
    return stat.st_size, stat.st_mtime_ns


def _refuse(before: dict[Path, tuple[int, int]]) -> None:
    changed = sorted(path for path, mark in before.items() if _mark(path) != mark)
    if changed:
        raise SourceError(
            _("“{name}” was changed while it was read.", name=changed[0].name),
            remedy=_("Wait until nothing writes to it any more, or run on a copy."),
        ) from None
