"""What is set once for a folder in which people work: ``kamkit.toml``, read by every run there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from kamkit.errors import ParameterError, nearest
from kamkit.files import whole_file
from kamkit.language import gettext as _
from kamkit.settings import Settings

FILE = "kamkit.toml"
"""The file, in the folder that kamkit is started in."""

KNOWN = ("contact_names",)
"""The settings that a folder can hold."""


def workspace(folder: Path) -> dict[str, Any]:
    """Return the settings of a folder; none where it holds no file.

    Raises ``ParameterError`` for a file that cannot be read or that sets something else.

    >>> workspace(Path("no such folder"))
    {}
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(
            _("The settings of this folder cannot be read."),
            where=FILE,
            found=str(error),
            remedy=_("Write it anew: kamkit config contact_names no."),
        ) from None
    for name in content:
        _check(name)
    return {name: getattr(Settings.of(**{name: value}), name) for name, value in content.items()}


def set_workspace(folder: Path, name: str, value: str) -> dict[str, Any]:
    """Set one thing for a folder and return all its settings.

    Raises ``ParameterError`` for what a folder cannot hold, and for a value that cannot be.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     set_workspace(Path(folder), "contact_names", "yes")
    {'contact_names': True}
    """
    _check(name)
    known = workspace(folder) | {name: getattr(Settings.of(**{name: value}), name)}
    lines = [f"{one} = {str(setting).lower()}\n" for one, setting in known.items()]
    with whole_file(folder / FILE) as unfinished:
        unfinished.write_text("".join(lines), encoding="utf-8")
    return known


def _check(name: str) -> None:
    if name not in KNOWN:
        near = nearest(name, KNOWN)
        raise ParameterError(
            _("A folder cannot set “{name}”.", name=name),
            found=name,
            wanted=", ".join(KNOWN),
            remedy=_("Did you mean “{name}”?", name=near)
            if near
            else _("Give it to the run: kamkit run SOURCE --param NAME=VALUE."),
        )
