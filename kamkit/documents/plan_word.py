"""The plan as a Word document that people go on writing in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from kamkit.documents.office import describe, save_office
from kamkit.documents.plan_paper import SWOT, Paper, block_table
from kamkit.documents.plan_written import ACTIONS, MARK, TAG, keep_proposals
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.output.style import png
from kamkit.output.table import formatted
from kamkit.plan.filled import OWN, Filled
from kamkit.plan.statements import FIRST

if TYPE_CHECKING:
    from docx.document import Document as Word

    from kamkit.plan.statements import Block, Section

_EMPTY_ROWS = 3
_FIRST_MARK = 1000  # above the bookmarks in the header of a template
_WIDTH = 6.7  # inches between the margins of an A4 page
_STYLES: WeakKeyDictionary[Any, dict[str, str | None]] = WeakKeyDictionary()
_LETTER, _MARGINS = 0.056, 0.21  # inches of a letter of 7.5 points, and on both sides of a cell


def plan_word(paper: Paper, path: str | Path) -> Path:
    """Write a plan as a Word document and return its path.

    Headings, lists and tables use the styles of the document, or of ``paper.template`` where the
    firm has one of its own. Each free field is a content control; owner, due and status of the
    actions can be changed and rows added. ``plan_written.read_word`` reads
    them back. The same plan gives the same bytes. Raises ``SourceError`` for a template that
    cannot be used.
    """
    document = _opened(paper.template)
    _page(document)
    describe(document, paper.title)
    keep_proposals(document, _proposals(paper))
    document.core_properties.language = _("en-GB")
    _paragraph(document, paper.title, "Title")
    _paragraph(document, paper.line)
    if paper.fictional:
        _paragraph(document, paper.fictional, "Intense Quote")
    _first_page(document, paper)
    document.add_page_break()  # type: ignore[no-untyped-call]
    for one in paper.plan.sections:
        if one.code == SWOT[0]:
            _swot(document, paper)
        elif one.code not in SWOT:
            _section(document, one, paper)
    return save_office(document, path)


def check_template(path: str | Path) -> None:
    """Raise ``SourceError`` for a file that cannot be the firm's own Word document.

    >>> check_template("no such file.docx")
    Traceback (most recent call last):
    ...
    kamkit.errors.SourceError: The template cannot be used.
      where:  no such file.docx
      wanted: a Word document (.docx) with the styles of the firm
      do:     Save it as .docx, not as .dotx or .doc.
    """
    _opened(str(path))


def _opened(template: str) -> Word:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    if not template:
        return Document()
    try:
        document = Document(template)
    except (PackageNotFoundError, KeyError, ValueError, OSError, zipfile.BadZipFile):
        raise SourceError(
            _("The template cannot be used."),
            where=Path(template).name,
            wanted=_("a Word document (.docx) with the styles of the firm"),
            remedy=_("Save it as .docx, not as .dotx or .doc."),
        ) from None
    body = document.element.body
    for element in list(body):
        if not element.tag.endswith("}sectPr"):
            body.remove(element)
    return document


def _page(document: Word) -> None:
    from docx.shared import Cm, Pt

    section = document.sections[-1]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin = section.bottom_margin = Cm(1.8)
    normal = document.styles["Normal"]
    if normal.font.size is None:  # the firm's own size stays
        normal.font.size = Pt(10)


def _paragraph(document: Any, text: str, style: str = "") -> Any:
    """Add a paragraph in a style, or plain where the template lacks the style."""
    paragraph = document.add_paragraph(text)
    code = _style_id(paragraph, style) if style else None
    if code is not None:
        paragraph._p.style = code
    return paragraph


def _style_id(paragraph: Any, style: str) -> str | None:
    """Return what a document calls a style; python-docx searches all styles each time."""
    from docx.enum.style import WD_STYLE_TYPE

    known = _STYLES.setdefault(paragraph.part, {})
    if style not in known:
        try:
            known[style] = paragraph.part.get_style_id(style, WD_STYLE_TYPE.PARAGRAPH)
        except KeyError:
            known[style] = None
    return known[style]


def _first_page(document: Word, paper: Paper) -> None:
    for part, heading in FIRST.items():
        said = paper.plan.first.get(part, ())
        if said:
            _paragraph(document, _(heading), "Heading 2")
        for one in said:
            _paragraph(document, one.text, "List Number" if part == "moves" else "List Bullet")


def _section(document: Word, one: Section, paper: Paper) -> None:
    _paragraph(document, one.title, "Heading 1")
    for said in one.statements:
        _paragraph(document, said.text, "List Bullet")
    for name in one.pictures:
        if name in paper.pictures:
            _picture(document, paper, name)
    for block in one.blocks:
        _table(document, block, paper)
    for code, ask in one.fields.items():
        _field(document, code, ask, paper.filled.texts.get(code, ""))


def _picture(document: Word, paper: Paper, name: str) -> None:
    from docx.shared import Inches

    picture = paper.pictures[name]
    shape = document.add_picture(io.BytesIO(png(picture.figure)), width=Inches(_WIDTH))
    shape._inline.docPr.set("descr", picture.alt)
    _paragraph(document, picture.caption, "Caption")


def _swot(document: Word, paper: Paper) -> None:
    _paragraph(document, _("Strengths, weaknesses, opportunities, threats"), "Heading 1")
    parts = [one for one in paper.plan.sections if one.code in SWOT]
    table = document.add_table(rows=2, cols=2)
    _styled(table)
    for place, one in enumerate(parts):
        cell = table.cell(place // 2, place % 2)
        cell.paragraphs[0].add_run(one.title).bold = True
        for said in one.statements:
            _paragraph(cell, said.text, "List Bullet")
        for code, ask in one.fields.items():
            _field(cell, code, ask, paper.filled.texts.get(code, ""), heading=False)


def _styled(table: Any) -> None:
    for style in ("Table Grid", "Normal Table"):
        try:
            table.style = style
        except KeyError:
            continue
        return


def _table(document: Word, block: Block, paper: Paper) -> None:
    from docx.shared import Pt

    frame, columns = block_table(block, paper)
    shown = formatted(frame, columns=columns, currency=paper.plan.about.currency)
    own = paper.filled.own if block.table == "objectives" else ()
    blank = _EMPTY_ROWS if block.table == "objectives" else 0
    table = document.add_table(rows=1 + len(shown) + len(own) + blank, cols=len(columns))
    _styled(table)
    if block.table == "objectives":
        _describe(table, ACTIONS)
    rows = [list(shown.columns), *shown.to_numpy().tolist()]
    rows += [[str(row.get(name, "")) for name in OWN] for row in own]
    grid = [row.cells for row in table.rows]
    for cells, texts in zip(grid, rows, strict=False):
        for cell, text in zip(cells, texts, strict=False):
            cell.text = str(text)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(7.5)
    for cell in grid[0]:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    _widths(table, grid, rows)
    _repeated(table.rows[0])
    document.add_paragraph()


def _widths(table: Any, grid: list[Any], rows: list[list[Any]]) -> None:
    """Share the width of the page among the columns by what stands in them."""
    from docx.shared import Inches

    columns = list(zip(*rows, strict=True))
    least, more = [], []
    for cells in columns:
        texts = [str(text) for text in cells]
        head = max(map(len, texts[0].split(" "))) + 2  # bold
        longest = max(head, *(len(part) for text in texts[1:] for part in text.split(" ")))
        least.append(_LETTER * longest + _MARGINS)
        more.append(float(max(map(len, texts))) ** 1.5)
    free = max(_WIDTH - sum(least), 0.0)
    scale = min(_WIDTH / sum(least), 1.0)
    table.autofit = False
    parts = zip(table.columns, zip(*grid, strict=True), least, more, strict=True)
    for column, cells, minimum, share in parts:
        width = Inches(scale * minimum + free * share / sum(more))
        column.width = width
        for cell in cells:
            cell.width = width


def _repeated(row: Any) -> None:
    """Repeat the headings of a table that goes on over a page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = row._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _describe(table: Any, text: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    caption = OxmlElement("w:tblDescription")
    caption.set(qn("w:val"), text)
    table._tbl.tblPr.append(caption)


def _field(document: Any, code: str, ask: str, text: str, *, heading: bool = True) -> None:
    """Add a free field: the question, then a content control with what was written."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if heading:
        asked = _paragraph(document, ask)
        for run in asked.runs:
            run.bold = True
    paragraph = _paragraph(document, "")
    lines = (text or _prompt(ask)).split("\n")
    for place, line in enumerate(lines):
        run = paragraph.add_run(line)
        run.italic = not text
        if place + 1 < len(lines):
            run.add_break()
    control, properties = OxmlElement("w:sdt"), OxmlElement("w:sdtPr")
    for name, value in (("w:alias", ask), ("w:tag", f"{TAG}{code}")):
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        properties.append(element)
    content = OxmlElement("w:sdtContent")
    for run in paragraph.runs:
        content.append(run._r)
    control.append(properties)
    control.append(content)
    marks = paragraph._p.getroottree().iter(qn("w:bookmarkStart"))
    number = str(_FIRST_MARK + sum(1 for _mark in marks))
    for name in ("w:bookmarkStart", "w:bookmarkEnd"):  # not every program keeps the tag
        mark = OxmlElement(name)
        mark.set(qn("w:id"), number)
        if name == "w:bookmarkStart":
            mark.set(qn("w:name"), f"{MARK}{code}")
            paragraph._p.append(mark)
            paragraph._p.append(control)
        else:
            paragraph._p.append(mark)


def _prompt(ask: str) -> str:
    return f"[{ask}]"


def _proposals(paper: Paper) -> list[dict[str, str]]:
    """Return what kamkit proposes of each action, as it is written, before people changed it."""
    found = []
    for block in (block for one in paper.plan.sections for block in one.blocks):
        if block.table == "objectives":
            frame, columns = block_table(block, Paper(paper.plan, {}, Filled()))
            shown = formatted(frame, columns=columns, currency=paper.plan.about.currency)
            for ref, texts in zip(frame["ref"], shown.to_numpy().tolist(), strict=True):
                found.append({"ref": ref, **dict(zip(OWN, texts, strict=True))})
    return found
