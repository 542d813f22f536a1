"""Practice companies by seed: the same truths under other names, numbers and amounts.

The generator is a tool of the repository and lies beside the package there; an installed kamkit
has it with the data sets that come along. It is loaded from its folder when it is needed.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import Any

from kamkit.errors import ParameterError, SourceError
from kamkit.language import gettext as _

_PACKAGE = Path(__file__).resolve().parents[1]
_NAME = "kamkit_fjordgross"
_NEEDLESS = ("answer_key.json", "fjordgross-2025.csv", "fjordgross-2025.xlsx")


def write_practice(folder: Path, *, seed: int, key: bool = True) -> None:
    """Write the practice company of a seed; ``key`` says whether with its answers and exports.

    Raises ``ParameterError`` for a seed that is no number above zero, and for a folder with
    something in it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_practice(Path(folder) / "case", seed=3, key=False)
    ...     (Path(folder) / "case" / "answer_key.json").exists()
    False
    """
    if seed < 1:
        raise ParameterError(
            _("There is no practice company {seed}.", seed=seed),
            wanted=_("a whole number above zero"),
            remedy=_("Take another, such as 17."),
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise ParameterError(
            _("The folder “{name}” is not empty.", name=folder.name), remedy=_("Name a new one.")
        )
    aside = folder.with_name(f"{folder.name}.part")
    _generator().write_all(aside, seed=seed)
    if not key:
        for name in _NEEDLESS:
            (aside / name).unlink()
    if folder.is_dir():
        folder.rmdir()
    aside.rename(folder)


@cache
def _generator() -> Any:
    """Return the module that makes practice companies."""
    places = (_PACKAGE / "_shipped" / "tools", _PACKAGE.parent / "tools")
    home = next((place / "fjordgross" for place in places if (place / "fjordgross").is_dir()), None)
    if home is None:
        raise SourceError(
            _("The maker of practice companies is missing from this installation."),
            remedy=_("Install kamkit again."),
        )
    spec = importlib.util.spec_from_file_location(f"{_NAME}.company", home / "company.py")
    package = importlib.util.spec_from_loader(_NAME, loader=None, is_package=True)
    assert spec is not None and spec.loader is not None and package is not None  # noqa: PT018, S101
    sys.modules[_NAME] = importlib.util.module_from_spec(package)
    sys.modules[_NAME].__path__ = [str(home)]
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
