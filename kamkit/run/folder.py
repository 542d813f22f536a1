"""The folder of a run: made aside, whole or not at all, and never over what is not ours."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kamkit.errors import KamkitError, ParameterError
from kamkit.files import checksum, exists, locked, safe_name
from kamkit.language import gettext as _

MANIFEST = "manifest.json"
HOME = "kamkit-runs"
_WORK = ".kamkit"
_KEPT = "kept"
_LONGEST = 255 - len(".replaced")
"""Bytes of a folder's name: what is put behind it while the run works has to fit as well."""


def contents(folder: Path) -> dict[str, Any]:
    """Return the manifest of a finished run, or an empty dict for any other folder.

    >>> contents(Path("no such folder"))
    {}
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    ours = isinstance(content, dict) and {"kamkit", "files", "key"} <= set(content)
    return content if ours else {}


def cleared(partial: Path, keep: Collection[str] = ()) -> None:
    """Remove what a run that was broken off has left, but for the folders to ``keep``.

    In these, files go that were not yet whole. The folder of the work itself stays.
    """
    for path in partial.iterdir():
        if path.name in keep and path.is_dir() and not path.is_symlink():
            unfinished = [
                p for p in path.rglob("*") if p.name.startswith(".") or p.suffix == ".tmp"
            ]
            for one in unfinished:
                _remove(one)
        elif path.name != _WORK:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def asked(out: str | Path) -> Path:
    """Return the folder that ``--out`` means; a link means the folder that it leads to.

    Raises ``ParameterError`` for a name that is too long.

    >>> asked("a" * 250)
    Traceback (most recent call last):
    ...
    kamkit.errors.ParameterError: The name of the folder is too long.
      found:  250 bytes
      wanted: at most 246 bytes
      do:     Give a shorter name with --out.
    """
    path = Path(os.path.abspath(Path(out).expanduser()))  # noqa: PTH100 - takes “..” away
    if path.is_symlink():
        path = path.resolve()
    size = len(os.fsencode(path.name))
    if size > _LONGEST:
        raise ParameterError(
            _("The name of the folder is too long."),
            found=_("{n} bytes", n=size),
            wanted=_("at most {n} bytes", n=_LONGEST),
            remedy=_("Give a shorter name with --out."),
        )
    return path


def refuse_foreign(folder: Path) -> None:
    """Refuse a place that holds anything but a run of kamkit.

    Raises ``ParameterError`` that says what lies there and what to do.
    """
    above = next((parent for parent in folder.parents if exists(parent)), folder)
    if above != folder and not above.is_dir():
        raise ParameterError(
            _("A folder cannot lie under a file."),
            found=str(above.name),
            remedy=_("Give another folder with --out."),
        )
    if folder.is_dir() and (not any(folder.iterdir()) or contents(folder)):
        return
    if folder.exists() or folder.is_symlink():
        inside = sorted(p.name for p in folder.iterdir())[:3] if folder.is_dir() else []
        raise ParameterError(
            _("“{name}” is there already and is not a run of kamkit.", name=folder.name),
            found=", ".join(inside) or _("a file"),
            wanted=_("a folder that does not exist, or one that a run has made"),
            remedy=_("Give another folder with --out."),
        )


def choose(out: Path | None, name: str, key: str, *, replace: bool) -> Path:
    """Return the folder that a run is to make.

    A run of the same inputs (``key``) is looked for in its place. Without ``out`` the folder is
    ``kamkit-runs/<name>``, with ``-2``, ``-3`` behind where other inputs have it. Raises
    ``ParameterError`` when ``out`` holds anything else, unless ``replace`` allows another run.
    """
    if out is None:
        return _free(Path.cwd() / HOME / safe_name(name, distinct=False), key, replace=replace)
    refuse_foreign(out)
    content = contents(out)
    if content and content["key"] != key and not replace:
        raise ParameterError(
            _("“{name}” holds a run of other data or other settings.", name=out.name),
            found=str(content.get("case", {}).get("title", "")),
            remedy=_("Give another folder with --out, or allow it with --replace."),
        )
    return out


def stands(final: Path, key: str, made_of: str) -> bool:
    """Whether a run of the same inputs, by the same code, lies there as it was made.

    What people added that kamkit does not read, such as a note, does not count.
    """
    about = contents(final)
    if (about.get("key"), about.get("made_of")) != (key, made_of):
        return False
    sums = checksums(final)
    read = {name for name in sums if Path(name).suffix in (".csv", ".docx", ".xlsx")}
    ours = about["files"]
    return read <= set(ours) and all(sums.get(name) == mark for name, mark in ours.items())


@contextmanager
def made(final: Path) -> Iterator[Path]:
    """Give a folder beside ``final`` to work in; at the end it takes the place of ``final``.

    When the work fails the folder stays, named ``<final>.partial``, and is given again to the next
    run. Files that a run did not make, or that were changed since, move into the new folder.
    Raises ``KamkitError`` while another run works there.
    """
    partial = final.with_name(final.name + ".partial")
    if not (partial / _WORK).is_dir():
        refuse_foreign(partial)
    _recover(final)
    (partial / _WORK).mkdir(parents=True, exist_ok=True)
    with _locked(partial):
        try:
            yield partial
        except KeyboardInterrupt as stopped:
            stopped.add_note(
                _(
                    "What is done so far lies in {name}: the same command goes on there.",
                    name=partial.name,
                )
            )
            raise
    shutil.rmtree(partial / _WORK)
    _swap(partial, final)


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder but the manifest, by its path inside it."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and _WORK not in p.parts)
    names = {p.relative_to(folder).as_posix(): p for p in paths}
    return {name: checksum(path) for name, path in names.items() if name != MANIFEST}


def _free(first: Path, key: str, *, replace: bool) -> Path:
    number, folder = 1, first
    while True:
        content = contents(folder)
        empty = folder.is_dir() and not any(folder.iterdir())
        taken = folder.exists() or folder.is_symlink()
        if not taken or empty or (content and (replace or content["key"] == key)):
            return folder
        number += 1
        folder = first.with_name(f"{first.name}-{number}")


@contextmanager
def _locked(partial: Path) -> Iterator[None]:
    try:
        with locked(partial / _WORK / "lock", wait=False):
            yield
    except BlockingIOError:
        raise KamkitError(
            _("Another run is working in this folder."),
            where=partial.name,
            remedy=_("Wait until it has ended, or give another folder with --out."),
        ) from None


def _replaced(final: Path) -> Path:
    return final.with_name(final.name + ".replaced")


def _swap(partial: Path, final: Path) -> None:
    before = _replaced(final)
    refuse_foreign(final)
    if final.exists():
        final.rename(before)
    try:
        partial.rename(final)
    except OSError:
        if before.exists():
            before.rename(final)
        raise
    _recover(final)


def _recover(final: Path) -> None:
    """Finish a replacement, also one that was interrupted."""
    before = _replaced(final)
    if not before.is_dir():
        return
    refuse_foreign(before)
    if not final.exists():
        before.rename(final)
        return
    _carry(before, final)
    shutil.rmtree(before)


def _carry(before: Path, final: Path) -> None:
    """Move what people added or changed; what they added comes first and so keeps its place."""
    ours = contents(before).get("files", {})
    sums = checksums(before)
    for name in sorted(sums, key=lambda name: (name in ours, name)):
        if ours.get(name) != sums[name]:
            target = _x(final, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            (before / name).rename(target)


def _x(final: Path, name: str) -> Path:
    target, number = final / name, 1
    while target.exists():
        target = final / (_KEPT if number == 1 else f"{_KEPT}-{number}") / name
        number += 1
    return target
