"""The way in from the command line: ``kamkit`` and ``python -m kamkit``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kamkit import language
from kamkit.errors import KamkitError
from kamkit.language import gettext as _


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    The language is settled before the commands are loaded, because their help is written in it.
    """
    given = list(sys.argv[1:] if words is None else words)
    wish = _language_asked(given)
    if wish in language.LANGUAGES:
        language.set_language(wish)
    try:
        language.language()
    except KamkitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    try:
        from kamkit import terminal

        terminal.prepare()
        from kamkit.cli import kamkit
    except ModuleNotFoundError as error:
        return _of_another_python(error)
    return terminal.guarded(kamkit, given)


def _of_another_python(error: ModuleNotFoundError) -> int:
    """Say that this Python is not the one that kamkit was set up with."""
    told = KamkitError(
        _("kamkit is not set up in this Python: the package {name} is missing.", name=error.name),
        found=sys.executable,
        remedy=_("Start it with python3 kam.py (Windows: py kam.py)."),
    )
    print(told, file=sys.stderr)
    return told.exit_code


def _language_asked(words: Sequence[str]) -> str:
    """Find the value of ``--lang``, wherever it stands."""
    for position, word in enumerate(words):
        if word == "--lang" and position + 1 < len(words):
            return words[position + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return ""


if __name__ == "__main__":
    sys.exit(main())
