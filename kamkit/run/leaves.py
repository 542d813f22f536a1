"""What stands in a file of a run: each text with its place, read back from the finished file."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kamkit.language import gettext as _

_HEADINGS = ("h1", "h2", "h3", "h4", "summary")
_TEXTS = {*_HEADINGS, "td", "th", "p", "li", "dt", "dd", "figcaption", "caption", "small"}
_SPOKEN = ("alt", "aria-label", "title", "points", "data-sort")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_LEFT = ("files", "timings", "versions", "key", "settings", "sha256")
"""What a manifest says of the run itself and not of the numbers."""


@dataclass(frozen=True)
class Leaf:
    """One text of a file, such as a cell or a paragraph, and where it stands.

    >>> Leaf("Programme, net present value", "3.04 million").counts
    True
    """

    place: str
    text: str

    @property
    def counts(self) -> bool:
        """Whether a number stands in it."""
        return any(sign.isdigit() for sign in self.text)


def leaves(path: Path) -> list[Leaf]:
    """Return what stands in a file, in its order; nothing for a kind that holds no numbers.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     page = Path(home) / "a.html"
    ...     _ = page.write_text("<h2>Sales</h2><p>NOK 12</p>", encoding="utf-8")
    ...     leaves(page)
    [Leaf(place='', text='Sales'), Leaf(place='Sales', text='NOK 12')]
    """
    read = _READ.get(path.suffix)
    return list(read(path)) if read else []


def _html(path: Path) -> Iterator[Leaf]:
    yield from html_leaves(path.read_text(encoding="utf-8"))


def html_leaves(text: str) -> Iterator[Leaf]:
    """Give the texts of a page: cells, paragraphs, what pictures say, and data in JSON."""
    from lxml import html

    heading = ""
    for node in html.document_fromstring(text or "<p></p>").iter():
        if not isinstance(node.tag, str):
            continue
        label = _joined(heading, *_in_table(node)) if node.tag == "td" else heading
        if node.tag in _TEXTS and not any(child.tag in _TEXTS for child in node.iterdescendants()):
            said = _plain(node.text_content())
            if said:
                yield Leaf(label, said)
            if node.tag in _HEADINGS:
                heading = said
        elif node.tag == "script" and node.get("type") == "application/json":
            yield from json_leaves(json.loads(node.text_content()))
        yield from _attributes(node, label)


def _attributes(node: Any, label: str) -> Iterator[Leaf]:
    """Give what is told beside the text: in words for a picture, in its lines, for sorting."""
    for name in _SPOKEN:
        if node.get(name):
            yield Leaf(_joined(label, name), _plain(node.get(name)))
    if node.tag == "img" and node.get("src", "").startswith("data:"):
        yield Leaf(_joined(label, _("picture")), _mark(node.get("src").encode()))


def _in_table(cell: Any) -> tuple[str, str]:
    """Return the first cell of the row, and the heading of the column."""
    row = cell.getparent()
    first = _plain(row[0].text_content())
    table = next((node for node in row.iterancestors() if node.tag == "table"), None)
    heads = [] if table is None else table.findall("./thead/tr/th")
    index = row.index(cell)
    column = _plain(heads[index].text_content()) if index < len(heads) else ""
    return first if index else "", cell.get("data-label") or column


def json_leaves(value: Any, label: str = "") -> Iterator[Leaf]:
    """Give the plain values of JSON; a list says in the place of its first text what it is of."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _LEFT:
                yield from json_leaves(inner, _joined(label, name))
    elif isinstance(value, list):
        first = next((one for one in value[:1] if isinstance(one, str)), "")
        for n, inner in enumerate(value):
            yield from json_leaves(inner, _joined(label, first or str(n + 1)))
    elif value is not None:
        yield Leaf(label, _number(value) if isinstance(value, float) else str(value))


def _json(path: Path) -> Iterator[Leaf]:
    yield from json_leaves(json.loads(path.read_text(encoding="utf-8")))


def _notebook(path: Path) -> Iterator[Leaf]:
    for n, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
        label = _("cell {n}", n=n)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for text in (output.get("text"), data.get("text/plain")):
                for line in "".join(text or "").splitlines():
                    yield Leaf(label, _plain(line))
            for leaf in html_leaves("".join(data.get("text/html", ""))):
                yield Leaf(_joined(label, leaf.place), leaf.text)


def _word(path: Path) -> Iterator[Leaf]:
    from lxml import etree

    with zipfile.ZipFile(path) as parts:
        for name in sorted(parts.namelist()):
            if name.startswith("word/media/"):
                yield Leaf(_("picture"), _mark(parts.read(name)))
            elif re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes)\.xml", name):
                yield from _paragraphs(etree.fromstring(parts.read(name)))
            elif re.fullmatch(r"customXml/item\d+\.xml", name):
                root = etree.fromstring(parts.read(name))
                yield from (Leaf(name, _plain(text)) for text in root.itertext() if text.strip())


def _paragraphs(root: Any) -> Iterator[Leaf]:
    heading = ""
    for node in root.iter(f"{_W}p"):
        text_of = _plain("".join(text.text or "" for text in node.iter(f"{_W}t")))
        for drawing in node.iter():
            if str(drawing.tag).endswith("}docPr") and drawing.get("descr"):
                yield Leaf(_joined(heading, "alt"), _plain(drawing.get("descr")))
        if not text_of:
            continue
        style = node.find(f"{_W}pPr/{_W}pStyle")
        if style is not None and str(style.get(f"{_W}val")).startswith(("Heading", "Title")):
            yield Leaf("", text_of)
            heading = text_of
            continue
        row = next(node.iterancestors(f"{_W}tr"), None)
        first = "" if row is None else "".join(t.text or "" for t in row[0].iter(f"{_W}t"))
        yield Leaf(_joined(heading, _plain(first) if first != text_of else ""), text_of)


def _slides(path: Path) -> Iterator[Leaf]:
    from lxml import etree

    with zipfile.ZipFile(path) as parts:
        names = [n for n in parts.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", n)]
        for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name))):
            label = _("slide {n}", n=re.sub(r"\D", "", name))
            for node in etree.fromstring(parts.read(name)).iter(f"{_A}p"):
                text_of = _plain("".join(text.text or "" for text in node.iter(f"{_A}t")))
                if text_of:
                    yield Leaf(label, text_of)
        for name in sorted(parts.namelist()):
            if name.startswith("ppt/media/"):
                yield Leaf(_("picture"), _mark(parts.read(name)))


def _workbook(path: Path) -> Iterator[Leaf]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        heads = [str(cell) for cell in rows[0]] if rows else []
        for n, row in enumerate(rows, 1):
            first = next((cell for cell in row[:-1] if isinstance(cell, str) and cell), "")
            for column, cell in enumerate(row):
                if cell != "":
                    where = f"{sheet}!{_letters(column)}{n}"
                    parts = (first if first != cell else "", heads[column] if n > 1 else "")
                    text = _number(cell) if isinstance(cell, float) else str(cell)
                    yield Leaf(_joined(where, *parts), text)


def _letters(column: int) -> str:
    return (_letters(column // 26 - 1) if column > 25 else "") + chr(ord("A") + column % 26)


def _table(path: Path) -> Iterator[Leaf]:
    import pandas as pd

    frame = pd.read_parquet(path)
    first = [name for name in ("account_name", "account_id") if name in frame]
    rows = list(map(str, frame[first[0]] if first else range(1, len(frame) + 1)))
    for name in frame.columns:
        for row, cell in zip(rows, frame[name].tolist(), strict=True):
            text = _number(cell) if isinstance(cell, float) else str(cell)
            yield Leaf(_joined(row, str(name)), text)


def _csv(path: Path) -> Iterator[Leaf]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for n, row in enumerate(csv.DictReader(file), 2):
            for name, text in row.items():
                yield Leaf(_joined(_("line {n}", n=n), str(name)), str(text))


def _lines(path: Path) -> Iterator[Leaf]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield Leaf("", _plain(line))


def _number(value: float) -> str:
    """Write a number as it is kept, but for what the last bits of two machines may differ in."""
    return f"{value:.12g}"


def _mark(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


_READ: dict[str, Callable[[Path], Iterator[Leaf]]] = {
    ".html": _html,
    ".docx": _word,
    ".pptx": _slides,
    ".xlsx": _workbook,
    ".parquet": _table,
    ".json": _json,
    ".ipynb": _notebook,
    ".csv": _csv,
    ".md": _lines,
}
