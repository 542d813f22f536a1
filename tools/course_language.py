"""Keep the catalogue of the lessons' prose in another language.

    python tools/course_language.py nb            begin or update it, and compile it
    python tools/course_language.py nb --check    say what is missing, change nothing

Translations are written by hand into kamkit/locale/CODE/LC_MESSAGES/course.po. The strings of the
questions are not here: they are in the catalogue of the package (tools/language.py).
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from babel.messages.catalog import Catalog

from kamkit.learn.prose import DOMAIN, LOCALE, paragraphs
from tools import language

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "notebooks" / "learn"


def extracted(code: str, lessons: Path = LESSONS) -> Catalog:
    """Return every paragraph of the lessons, with the notebooks it stands in."""
    catalogue = language.empty(code)
    for path in sorted(lessons.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                for text in paragraphs(cell.source):
                    catalogue.add(text, locations=[(f"notebooks/learn/{path.name}", 0)])
    return catalogue


def updated(po: Path, lessons: Path = LESSONS) -> Catalog:
    """Return the kept translations with the paragraphs that the lessons have now."""
    catalogue = language.kept(po)
    fresh = extracted(po.parent.parent.name, lessons)
    catalogue.update(fresh, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    return catalogue


def missing(catalogue: Catalog) -> list[tuple[str, str]]:
    """Return each paragraph that is not translated, with its notebook."""
    return [
        (message.locations[0][0], str(message.id))
        for message in catalogue
        if message.id and not message.string
    ]


def main(words: list[str], lessons: Path = LESSONS, locale: Path = LOCALE) -> int:
    """Update a catalogue, or with ``--check`` return 1 where a paragraph has no translation."""
    codes = [word for word in words if not word.startswith("-")]
    if len(codes) != 1:
        print(__doc__)
        return 2
    po = locale / codes[0] / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalogue = updated(po, lessons)
    left = missing(catalogue)
    for where, text in left:
        print(f"  {where}: {text[:70]!r}")
    print(f"{len(left)} of {len(catalogue)} paragraphs are not translated: {po.name}")
    if "--check" in words:
        return 1 if left else 0
    language.write(catalogue, po)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
