"""Keep the Norwegian catalogue: take strings from the code, update the .po, compile the .mo.

    python tools/language.py           update and compile
    python tools/language.py --check   say what is missing, change nothing
    python tools/language.py sv        the same for another language; begins its catalogue

Translations are written by hand into kamkit/locale/nb/LC_MESSAGES/kamkit.po.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import nbformat
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "kamkit" / "locale"
PO = LOCALE / "nb" / "LC_MESSAGES" / "kamkit.po"
MO = PO.with_suffix(".mo")
SHOWN = 40
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "n_many": (1, 2)}
UNSTEADY = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Project-Id-Version',
    b'"Report-Msgid-Bugs-To',
)


def literals(
    file: IO[bytes], keywords: Iterable[str], *_: Any, **__: Any
) -> Iterator[tuple[Any, ...]]:
    """Find the literal arguments of the keywords in a Python file.

    Babel's own extractor also takes ``"reason"`` from ``_(row["reason"])``.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
            if name in keywords and given and isinstance(given[0], str):
                yield node.lineno, name, tuple(given), []


def described(file: IO[bytes], *_: Any, **__: Any) -> Iterator[tuple[Any, ...]]:
    """Find what people read in a table of the schema or the course: labels, meanings, titles."""
    rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
    for line, row in enumerate(rows, start=2):
        for name in ("label", "short", "total", "meaning", "title", "sentence"):
            if row.get(name):
                yield line, None, row[name], []


METHODS = [
    ("**.py", literals),
    ("schema/*.csv", described),
    ("learn/*.csv", described),
    ("**/templates/**.j2", "jinja2"),
]


def extracted() -> Catalog:
    """Return every string of the package that is shown to people, with the files it stands in."""
    catalogue = empty("nb")
    found = extract_from_dir(ROOT / "kamkit", METHODS, keywords=KEYWORDS, comment_tags=())
    for name, _, words, _, _ in sorted(found, key=lambda item: (item[0], item[1])):
        catalogue.add(words, locations=[(f"kamkit/{name}", 0)])
    for path in sorted(ROOT.glob("notebooks/analyse/*.ipynb")):
        for text in headings(path):
            catalogue.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalogue


def headings(path: Path) -> list[str]:
    """Return the headings of a notebook, which a report shows in the language of the run."""
    cells = nbformat.read(path, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^#{1,3}\s+(.+?)\s*$", prose, flags=re.MULTILINE)


def empty(code: str) -> Catalog:
    """Return a catalogue without a string."""
    header = f"# The words of kamkit in {Locale.parse(code).english_name}."
    return Catalog(locale=code, project="kamkit", header_comment=header, fuzzy=False)


def kept(po: Path = PO) -> Catalog:
    """Return the catalogue as it is in the repository; an empty one where there is none."""
    code = po.parent.parent.name
    if not po.exists():
        return empty(code)
    with po.open("rb") as file:
        return read_po(file, locale=code)


def updated(po: Path = PO) -> Catalog:
    """Return the kept translations with the strings that the code has now."""
    catalogue = kept(po)
    catalogue.update(extracted(), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """Return the bytes of the .mo; its dates are fixed, so that they tell no difference."""
    catalogue.creation_date = catalogue.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def write(catalogue: Catalog, po: Path = PO) -> None:
    """Write .po and .mo without dates, so that nothing changes when nothing has changed."""
    po.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, sort_output=True, include_lineno=False, width=100)
    lines = [line for line in buffer.getvalue().splitlines() if not line.startswith(UNSTEADY)]
    po.write_bytes(b"\n".join(lines) + b"\n")
    po.with_suffix(".mo").write_bytes(compiled(kept(po)))


def words(message: Message) -> list[str]:
    """Return the source forms of a message: one, or singular and plural."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def translations(message: Message) -> list[str]:
    """Return the translated forms of a message, empty where one is missing."""
    forms = message.string or ""
    return [forms] if isinstance(forms, str) else [form or "" for form in forms]


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the strings without a translation that is sure, in order."""
    return sorted(
        words(message)[0]
        for message in catalogue
        if message.id and (message.fuzzy or not all(translations(message)))
    )


def main(options: list[str]) -> int:
    """Update the catalogue, or only tell what it lacks."""
    code = next((option for option in options if not option.startswith("-")), "nb")
    po = LOCALE / code / "LC_MESSAGES" / "kamkit.po"
    catalogue = updated(po)
    if "--check" not in options:
        write(catalogue, po)
    missing = untranslated(catalogue)
    for text in missing[:SHOWN]:
        print(f"  not translated: {text}")
    if len(missing) > SHOWN:
        print(f"  … and {len(missing) - SHOWN} more: those with an empty msgstr")
    print(f"{len(missing)} of {len(catalogue)} strings are not translated: {po.relative_to(ROOT)}")
    return 1 if missing and "--check" in options else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
