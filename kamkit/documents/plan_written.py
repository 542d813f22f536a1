"""What people wrote in a plan, read back from its Word document.

A free field is a content control with a tag, between a pair of bookmarks, because not every program
keeps the tag. An action is known by its number. What stands anywhere else and is not ours, and
every comment, is handed over too.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.documents.plan_paper import ACTION, action_heads, asked
from kamkit.errors import SourceError
from kamkit.language import LANGUAGES, speaking
from kamkit.language import gettext as _
from kamkit.plan._register import EARLIER, FIELDS, Row, plain

if TYPE_CHECKING:
    from docx.document import Document as Word

TAG, MARK = "kamkit:", "kamkit_"
"""How the tag of a content control and the name of a bookmark begin."""

EMPTY = "\u2002\u2002"
"""What stands in a control that nobody has written in."""

LABEL = "kamkit label"
"""The style of headings of columns and fields."""

_HEADINGS = ("Title", "Subtitle", "Heading 1")
_EARLIER = 8  # columns of the table of actions in plans of kamkit 0.1


@dataclass(frozen=True)
class WordPlan:
    """What stands in the document of a plan.

    ``actions`` are the rows of its tables of actions, ``texts`` the fields by code (empty where
    nobody has written), ``outside`` what stands anywhere else, comments included.

    >>> WordPlan().texts
    {}
    """

    actions: tuple[Row, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    outside: tuple[str, ...] = ()


def read_word(path: str | Path, known: Collection[str] = ()) -> WordPlan:
    """Read what stands in a plan that ``plan_word`` made.

    ``known`` are the sentences that kamkit wrote (``sources.csv``); without them nothing outside
    the fields is told from ours, but comments. Raises ``SourceError`` for a file that is no Word
    document.

    >>> read_word("no such file.docx").actions
    ()
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    if not Path(path).is_file():
        return WordPlan()
    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise SourceError(
            _("The plan cannot be read."),
            where=Path(path).name,
            found=type(error).__name__,
            wanted=_("a Word document that kamkit wrote"),
            remedy=_("Save it again as .docx, or move it out of the folder of plans."),
        ) from None
    held = _held(document.element.body)
    texts = {code: _written(parts) for code, parts in held.items()}
    outside = [*(_outside(document, held, known) if known else ()), *_comments(document)]
    return WordPlan(tuple(_actions(document)), texts, tuple(dict.fromkeys(outside)))


def _held(body: Any) -> dict[str, list[Any]]:
    """Return the elements of each field: of its content control, else between its bookmarks."""
    from docx.oxml.ns import qn

    marks = _bookmarked(body)
    for control in body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        code = tag.get(qn("w:val"), "").removeprefix(TAG) if tag is not None else ""
        if tag is not None and tag.get(qn("w:val"), "").startswith(TAG) and ":" not in code:
            marks[code] = [*marks.get(code, []), *control.iter()]
    return {code: list(dict.fromkeys(parts)) for code, parts in marks.items()}


def _bookmarked(body: Any) -> dict[str, list[Any]]:
    """Return the elements between the bookmarks of each field, in the order of the document."""
    from docx.oxml.ns import qn

    result: dict[str, list[Any]] = {}
    open_marks: dict[str, str] = {}
    for element in body.iter():
        if element.tag == qn("w:bookmarkStart"):
            name = element.get(qn("w:name"), "")
            if name.startswith(MARK):
                code = name.removeprefix(MARK)
                open_marks[element.get(qn("w:id"), "")] = code
                result[code] = []
        elif element.tag == qn("w:bookmarkEnd"):
            open_marks.pop(element.get(qn("w:id"), ""), None)
        else:
            for code in open_marks.values():
                result[code].append(element)
    return result


def _written(parts: list[Any]) -> str:
    """Return what was written in a field; the words that ask for it are none."""
    text = _text(parts)
    return "" if re.fullmatch(r"\[.*\]", text, flags=re.DOTALL) else plain("text", text)


def _text(elements: Iterator[Any] | list[Any]) -> str:
    from docx.oxml.ns import qn

    parts = []
    for element in elements:
        if element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.tag in (qn("w:br"), qn("w:cr"), qn("w:p")):
            parts.append("\n")
    return "".join(parts).strip()


def _tables(body: Any) -> Iterator[tuple[Any, list[list[str]]]]:
    """Give each table with the texts of its cells."""
    from docx.oxml.ns import qn

    for one in body.iter(qn("w:tbl")):
        rows = [row.findall(qn("w:tc")) for row in one.findall(qn("w:tr"))]
        yield one, [[_text(cell.iter()) for cell in cells] for cells in rows]


def _ours(heads: list[str]) -> bool:
    """Tell whether these are the headings of a table of actions, in whatever language."""
    for code in LANGUAGES:
        with speaking(code):
            if heads == action_heads():
                return True
    return False


def _actions(document: Word) -> Iterator[Row]:
    for _table, rows in _tables(document.element.body):
        if not rows:
            continue
        if _ours(rows[0]):
            for texts in rows[1:]:
                row = dict(zip(ACTION, texts, strict=False))
                values = {name: plain(name, text) for name, text in row.items()}
                if any(values.values()):
                    yield values
        elif len(rows[0]) >= _EARLIER and rows[0][-1] in _in_each_language("Status"):
            yield from _earlier(rows[1:])


def _earlier(rows: list[list[str]]) -> Iterator[Row]:
    """Give the actions of a plan of kamkit 0.1 that people have taken up, as their own."""
    names = ("objective", "measure", "today", "target", "action", "owner", "due", "status")
    for texts in (texts[-_EARLIER:] for texts in rows):
        row = dict(zip(names, texts, strict=True))
        values = {name: plain(name, row[name]) for name in ACTION[1:]}
        if values["status"] not in ("proposed", ""):
            yield values | {"number": "", "action": values["action"] or row["objective"]}


def _in_each_language(text: str) -> set[str]:
    result = set()
    for code in LANGUAGES:
        with speaking(code):
            result.add(_(text))
    return result


def _outside(document: Word, held: dict[str, list[Any]], known: Collection[str]) -> Iterator[str]:
    """Give every paragraph that is neither ours nor in a field or a table of actions."""
    from docx.oxml.ns import qn

    body = document.element.body
    # the elements themselves: their ids change when nobody holds them
    inside = {element for parts in held.values() for element in parts}
    ours = _labels() | {_plain(part) for text in known for part in (text, *text.split(" | "))}
    for one, rows in _tables(body):
        if rows and _ours(rows[0]):
            inside |= set(one.iter())
    for head in body.iter(qn("w:tblHeader")):
        row = head.getparent().getparent()
        inside |= set(row.iter())
    headings = {style.style_id for style in document.styles if style.name in _HEADINGS}
    for element in body.iter(qn("w:p")):
        if element.style in headings:
            continue
        text = _text([part for part in element.iter() if part not in inside])
        if text and _plain(text) not in ours:
            yield text


def _labels() -> set[str]:
    result = {""}
    for code in LANGUAGES:
        with speaking(code):
            result |= {_plain(asked(name)) for name in FIELDS | EARLIER}
    return result


def _plain(text: str) -> str:
    """Return a text without the spaces that programs change."""
    return " ".join(text.split())


def _comments(document: Word) -> Iterator[str]:
    for comment in document.comments:
        text = " ".join(comment.text.split())
        if text:
            yield _("Comment by {author}: {text}", author=comment.author or "–", text=text)
