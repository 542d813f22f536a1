"""Files: whole or not at all, under names that every system takes, known by their checksum."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LONGEST = 100  # bytes: with what is put before and behind, a name stays below 255
_SCRATCH = "kamkit-work-"
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_held: list[tuple[int, Path, IO[str]]] = []
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names of devices, which Windows gives to no file, whatever their ending."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put the file in its place only when all went well.

    Several processes and threads may write the same file; the last one stands, whole.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder) / "new" / "a.txt") as unfinished:
    ...         _ = unfinished.write_text("3")
    ...     [file.name for file in (Path(folder) / "new").iterdir()]
    ['a.txt']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def safe_name(text: str, *, distinct: bool = True) -> str:
    """Return a file name that every system takes, another for each text.

    Letters, digits, ``_``, ``.`` and ``-`` stay. A text that has to be changed, or that has small
    letters, gets an ``x`` and a checksum behind it: some systems hold ``a`` and ``A`` for the same
    file. Where two texts may have one name, ``distinct`` is False.

    >>> safe_name("000655"), safe_name("K/07")
    ('000655', 'K-07-x3fd253e1')
    >>> safe_name("Salg: Øst/Vest 2025", distinct=False)
    'Salg-Øst-Vest-2025'
    """
    name = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", text)).strip(".-")
    name = name.encode()[:_LONGEST].decode(errors="ignore").rstrip(".-")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    name = name or "unnamed"
    if not distinct or (name == text and name == name.upper()):
        return name
    return f"{name}-x{hashlib.sha256(text.encode(errors='backslashreplace')).hexdigest()[:8]}"


def exists(path: Path) -> bool:
    r"""Tell whether there is a file or folder, also for a name that none can have.

    >>> exists(Path("\0")), exists(Path("a" * 5000))
    (False, False)
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     checksum(Path(file.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a file until the block ends, or the process, however it ends.

    Another process that wants it waits, or with ``wait=False`` gets a ``BlockingIOError``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, locked(Path(folder) / "lock"):
    ...     print("held")
    held
    """
    with path.open("a") as file:
        _lock(file, wait)
        yield


def _lock(file: IO[str], wait: bool) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        mode = "LK_LOCK" if wait else "LK_NBLCK"
        try:
            msvcrt.locking(file.fileno(), getattr(msvcrt, mode), 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError as error:
            raise BlockingIOError(*error.args) from None
        return
    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


@contextmanager
def scratch() -> Iterator[Path]:
    """Let this process and those it starts put temporary files into one folder of its own.

    The folder, which only its owner may open, goes with the process. A process that is killed
    cannot clean up: the next one that comes here removes what it left.

    >>> with scratch() as folder:
    ...     Path(tempfile.gettempdir()) == folder
    True
    """
    folder = str(_own_folder())
    before = {name: os.environ.get(name) for name in _TEMPORARY}
    usual = tempfile.tempdir
    os.environ.update(dict.fromkeys(_TEMPORARY, folder))
    tempfile.tempdir = folder
    try:
        yield Path(folder)
    finally:
        tempfile.tempdir = usual
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _own_folder() -> Path:
    """Return the folder of this process, made at its first use and held until it ends."""
    for process, folder, _file in _held:
        if process == os.getpid() and folder.is_dir():
            return folder
    from multiprocessing.util import Finalize

    home = Path(tempfile.gettempdir())
    _sweep(home)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=home))
        file = (folder / "held").open("a")
        _lock(file, wait=True)
        if (folder / "held").exists():  # else another took it for one that was left
            break
        file.close()
    _held.append((os.getpid(), folder, file))
    # behind the folder of multiprocessing inside it, which must be there at its own end (-100)
    Finalize(None, _removed, (os.getpid(), folder, file), exitpriority=-200)
    return folder


def _removed(process: int, folder: Path, file: IO[str]) -> None:
    if process == os.getpid():
        file.close()
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(home: Path) -> None:
    """Remove the folders of processes that have ended; others' stay, and those in use."""
    for folder in home.glob(f"{_SCRATCH}*"):
        try:
            with (folder / "held").open("r+") as file:
                _lock(file, wait=False)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # in use, another's, or just being made
            continue
        shutil.rmtree(folder, ignore_errors=True)  # Windows removes no file that is open
