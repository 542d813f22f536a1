"""The prose of the lessons in another language: paragraph by paragraph, from a catalogue.

The lessons are written in English. A catalogue ``course`` of a language holds their paragraphs;
``tools/course_language.py`` begins it, keeps it up to date and says what is missing. A paragraph
that is not translated stays English.
"""

from __future__ import annotations

import gettext as catalogues
import re
from collections.abc import Iterator
from pathlib import Path

from kamkit.language import language

DOMAIN = "course"
LOCALE = Path(__file__).resolve().parents[1] / "locale"

_GAP = re.compile(r"(\n[ \t]*\n\s*)")
_LINES = re.compile(r"^\s*([|>#<`]|[-*+] |\d+[.)] |\[\^)", re.MULTILINE)
_WORDS = re.compile(r"[^\W\d_]{2}")


def paragraphs(text: str) -> list[str]:
    r"""Return the paragraphs of a cell that have words in them, as the catalogue knows them.

    How a paragraph is broken into lines does not matter; lists and tables keep their lines.

    >>> paragraphs("# Who\n\nA rule\nof thumb.\n\n- one\n- two\n\n---")
    ['# Who', 'A rule of thumb.', '- one\n- two']
    """
    return [one for one, _gap in _parts(text) if _WORDS.search(one)]


def translated(text: str, folder: Path = LOCALE) -> str:
    """Return a cell in the language in use; what the catalogue does not hold stays as it is.

    >>> translated("Nobody has translated this.")
    'Nobody has translated this.'
    """
    catalogue = catalogues.translation(DOMAIN, folder, languages=[language()], fallback=True)
    return "".join(
        (catalogue.gettext(one) if _WORDS.search(one) else one) + gap for one, gap in _parts(text)
    )


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Give each paragraph with the gap behind it."""
    pieces = [*_GAP.split(text), ""]
    for one, gap in zip(pieces[::2], pieces[1::2], strict=True):
        yield one if _LINES.search(one) else re.sub(r"\s*\n\s*", " ", one), gap
