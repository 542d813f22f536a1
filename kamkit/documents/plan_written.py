"""What people wrote in a plan, read back from its Word document.

A free field is a content control between a pair of bookmarks, because not every program keeps the
tag of a control. What kamkit proposed of each action lies in a custom XML part of the document: it
stays when properties are removed, and when LibreOffice saves the document.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from kamkit.errors import SourceError
from kamkit.language import LANGUAGES, speaking
from kamkit.language import gettext as _
from kamkit.plan.filled import CHANGED, OWN, Filled, reference
from kamkit.plan.objectives import OBJECTIVES, measure_name
from kamkit.schema import word

if TYPE_CHECKING:
    from docx.document import Document as Word

TAG, MARK = "kamkit:", "kamkit_"
"""How the tag of a content control and the name of a bookmark begin."""

ACTIONS = f"{TAG}actions"
"""The description of the table of actions."""

_SPACE = "urn:kamkit:plan"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_EARLIER = re.compile(r"A[0-9a-f]{3}")  # the references of kamkit 0.1

Row = Mapping[str, str]


def read_word(path: str | Path) -> Filled:
    """Read what people wrote in a plan that ``plan_word`` made.

    Text of the free fields; owner, due and status of actions where they differ from what was
    proposed; rows that were added, and proposed ones that were written anew. A field left as it was
    holds nothing. Raises ``SourceError`` for a file that is no Word document.

    >>> read_word("no such file.docx").empty
    True
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    if not Path(path).is_file():
        return Filled()
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
    actions, own = _actions(document)
    return Filled(_texts(document), actions, own)


def keep_proposals(document: Word, proposals: Sequence[Row]) -> None:
    """Put what is proposed of each action into the document: ``ref`` and the columns of ``OWN``.

    >>> from docx import Document
    >>> document = Document()
    >>> keep_proposals(document, [{"ref": "grow_cross: Tape", "objective": "cross-sell"}])
    >>> proposals(document)
    [{'ref': 'grow_cross: Tape', 'objective': 'cross-sell'}]
    """
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    for key, _part in list(_parts(document)):  # a template may be a plan of ours
        document.part.rels.pop(key)
    rows = (
        "<action " + " ".join(f"{name}={quoteattr(str(text))}" for name, text in row.items()) + "/>"
        for row in proposals
    )
    blob = f'<?xml version="1.0" encoding="UTF-8"?>\n<plan xmlns="{_SPACE}">{"".join(rows)}</plan>'
    package = document.part.package
    name = PackURI(str(package.next_partname("/customXml/item%d.xml")))
    document.part.relate_to(Part(name, "application/xml", blob.encode(), package), _RELATION)


def proposals(document: Word) -> list[dict[str, str]]:
    """Return what kamkit proposed of each action; empty for a document that does not tell."""
    return [dict(row.attrib) for _key, part in _parts(document) for row in part]


def _parts(document: Word) -> Iterator[tuple[str, Any]]:
    """Yield the parts of ours in a document: key of the relation, and what lies there."""
    from docx.oxml import parse_xml
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]

    for key, relation in document.part.rels.items():
        if relation.reltype == _RELATION and not relation.is_external:
            try:
                root = parse_xml(relation.target_part.blob)
            except XMLSyntaxError:  # another program's
                continue
            if root.tag == f"{{{_SPACE}}}plan":
                yield key, root


def _texts(document: Word) -> dict[str, str]:
    """Return the text of each field: of its content control, else between its bookmarks."""
    from docx.oxml.ns import qn

    body = document.element.body
    found = {code: _text_of(held) for code, held in _bookmarked(body).items()}
    for control in body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        code = tag.get(qn("w:val"), "") if tag is not None else ""
        if code.startswith(TAG):
            found[code.removeprefix(TAG)] = _text_of(list(control.iter()))
    return {
        code: text
        for code, text in found.items()
        if text and not re.fullmatch(r"\[.*\]", text, flags=re.DOTALL)
    }


def _bookmarked(body: Any) -> dict[str, list[Any]]:
    """Return the elements between the bookmarks of each field, in the order of the document."""
    from docx.oxml.ns import qn

    found: dict[str, list[Any]] = {}
    open_marks: dict[str, str] = {}
    for element in body.iter():
        if element.tag == qn("w:bookmarkStart"):
            name = element.get(qn("w:name"), "")
            if name.startswith(MARK):
                code = name.removeprefix(MARK)
                open_marks[element.get(qn("w:id"), "")] = code
                found[code] = []
        elif element.tag == qn("w:bookmarkEnd"):
            open_marks.pop(element.get(qn("w:id"), ""), None)
        else:
            for code in open_marks.values():
                found[code].append(element)
    return found


def _text_of(elements: list[Any]) -> str:
    from docx.oxml.ns import qn

    parts = []
    for element in elements:
        if element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.tag in (qn("w:br"), qn("w:cr"), qn("w:p")):
            parts.append("\n")
    return "".join(parts).strip()


def _actions(document: Word) -> tuple[dict[str, dict[str, str]], tuple[dict[str, str], ...]]:
    """Return what was changed of the proposed actions by reference, and the actions of one's own.

    Each proposal answers for one row. A row that says something else than was proposed, be it in
    its objective, measure or action, is a person's own.
    """
    waiting = {row["ref"]: row for row in proposals(document)}
    find = _proposed if waiting else _by_words
    changed: dict[str, dict[str, str]] = {}
    own = []
    for cells in _rows(document, waiting):
        row = dict(zip(OWN, cells[-len(OWN) :], strict=True))
        if _EARLIER.fullmatch(cells[0]) and not _status_changed(row):
            continue
        ref = find(row, waiting)
        if ref and ref not in changed:
            was = waiting.pop(ref, {})
            changed[ref] = {name: row[name] for name in CHANGED if _differs(row, was, name)}
        elif any(row.values()):
            own.append({name: text for name, text in row.items() if text})
    return {ref: texts for ref, texts in changed.items() if texts}, tuple(own)


def _rows(document: Word, waiting: Mapping[str, Row]) -> Iterator[list[str]]:
    """Yield the texts of each row of the table of actions, without its headings."""
    from docx.oxml.ns import qn

    for table in document.tables:
        rows = [[cell.text.strip() for cell in row.cells] for row in table.rows[1:]]
        rows = [cells for cells in rows if len(cells) >= len(OWN)]
        mark = table._tbl.tblPr.find(qn("w:tblDescription"))
        ours = mark is not None and mark.get(qn("w:val")) == ACTIONS
        named = (dict(zip(OWN, cells, strict=False)) for cells in rows)
        if ours or any(_proposed(row, waiting) for row in named):
            yield from rows


def _proposed(row: Row, waiting: Mapping[str, Row]) -> str:
    """Return the reference of the proposal that a row repeats, but for owner, due and status."""
    repeated = [name for name in OWN if name not in CHANGED]
    for ref, was in waiting.items():
        if all(_same(row[name], was.get(name, "")) for name in repeated):
            return ref
    return ""


def _by_words(row: Row, _waiting: Mapping[str, Row]) -> str:
    """Return the reference by the words of objective and measure, where no proposals are kept."""
    for code in LANGUAGES:
        with speaking(code):
            start = measure_name("item_revenue", " ").rstrip()
            named = row["measure"].startswith(start)
            item = row["measure"].removeprefix(start).strip() if named else ""
            for objective in OBJECTIVES:
                if _same(row["objective"], word(objective)):
                    return reference({"objective": objective, "item": item})
    return ""


def _differs(row: Row, was: Row, name: str) -> bool:
    if name == "status" and name not in was:
        return _status_changed(row)
    return bool(row[name]) and not _same(row[name], was.get(name, ""))


def _status_changed(row: Row) -> bool:
    for code in LANGUAGES:
        with speaking(code):
            if not row["status"] or _same(row["status"], word("proposed")):
                return False
    return True


def _same(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for their spaces, which programs change."""
    return one.split() == other.split()
