"""The plan as a Word document of two pages that people go on writing in."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, QUIET
from kamkit.documents.office import describe, save_office
from kamkit.documents.plan_paper import ACTION, Paper, action_heads, action_rows, asked, hint
from kamkit.documents.plan_written import EMPTY, LABEL, MARK, TAG
from kamkit.documents.word_table import cell_borders, heights, keep_rows, shade, table, widths
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.plan._register import STATUSES
from kamkit.schema import word

if TYPE_CHECKING:
    from docx.document import Document as Word

    from kamkit.plan.statements import AccountPlan, Block, Section

_FIRST_MARK = 1000  # above the bookmarks in the header of a template
_WIDTH = 18.2  # centimetres between the margins of an A4 page
_WASH = "EEF3F7"
_ACTION_WIDTHS = (0.9, 9.6, 2.4, 2.6, 2.7)
_WIDTHS = {
    "risk": (10.2, 2.8, 5.2),
    "handover": (10.8, 3.8, 3.6),
    "growth": (0.9, 3.3, 2.5, 2.0, 2.0, 2.7, 4.8),
    "growth 5": (0.9, 4.8, 3.4, 3.4, 5.7),
    "people": (3.4, 3.3, 2.1, 6.6, 2.8),
    "objectives": (3.9, 5.3, 1.8, 1.8, 1.8, 1.8, 1.8),
}
_STYLES: dict[str, tuple[float, bool, str, int, int]] = {
    "Title": (18, True, BLUE, 0, 0),
    "Subtitle": (8, False, QUIET, 0, 4),
    "Heading 1": (11, True, BLUE, 9, 3),
    "Normal": (9, False, INK, 0, 2),
}
"""Size, weight, colour, space before and after of the styles of a document of our own."""

_FIGURE = "kamkit figure"
_ROOM_TO_WRITE = {"who": 2.0, "meeting": 1.8}
"""The least height of a field in centimetres."""


def plan_word(paper: Paper, path: str | Path) -> Path:
    """Write a plan as a Word document and return its path.

    The styles are our own, or those of ``paper.template`` where the firm has one. What people
    write stands in content controls, each with a tag: the free fields, and owner, date and status
    of the actions; rows can be added. ``plan_written.read_word`` reads them back. The same plan
    gives the same bytes. Raises ``SourceError`` for a template that cannot be used.
    """
    document = _opened(paper.template)
    _page(document)
    _styles(document, own=not paper.template)
    describe(document, paper.title)
    document.core_properties.language = _("en-GB")
    document.add_paragraph(paper.plan.account_name, style=_style(document, "Title"))
    made_up = _("practice data, made up") if paper.fictional else ""
    lines = " · ".join(filter(None, (paper.line, made_up)))
    document.add_paragraph(lines, style=_style(document, "Subtitle"))
    for i, page in enumerate(paper.plan.pages):
        for n, section in enumerate(page):
            head = document.add_paragraph(section.title, style=_style(document, "Heading 1"))
            head.paragraph_format.keep_with_next = True
            head.paragraph_format.page_break_before = bool(i and not n)
            _section(document, section, paper.plan)
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
    from docx.shared import Cm

    section = document.sections[-1]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.4)
    section.top_margin = section.bottom_margin = Cm(1.2)
    section.header_distance = section.footer_distance = Cm(0.6)


def _styles(document: Word, *, own: bool) -> None:
    """Set the styles of a document of our own; a firm's keep theirs, and get the two they lack."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    sizes = dict(_STYLES) if own else {}
    sizes |= {LABEL: (7.5, False, QUIET, 0, 0), _FIGURE: (11, True, INK, 1, 1)}
    names = {one.name for one in document.styles}
    for name, (size, bold, colour, before, after) in sizes.items():
        if name not in names:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style = document.styles[name]
        style.font.size, style.font.bold = Pt(size), bold
        style.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
        spacing = style.paragraph_format
        spacing.space_before, spacing.space_after = Pt(before), Pt(after)
        spacing.line_spacing = 1.0
        if own:
            style.font.name, style.font.italic = "Calibri", False
            for part in style.element.iter(qn("w:spacing")):
                if part.getparent().tag == qn("w:rPr"):
                    part.getparent().remove(part)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            for border in style.element.iter(qn("w:pBdr")):
                border.getparent().remove(border)


def _style(document: Word, name: str) -> str:
    """Return a style of the document, plain text where a template lacks it."""
    return name if name in {style.name for style in document.styles} else "Normal"


def _section(document: Word, section: Section, plan: AccountPlan) -> None:
    for n, statement in enumerate(section.statements):
        paragraph = document.add_paragraph(statement.text)
        paragraph.runs[0].bold = section.code == "aim" and not n
    if section.figures:
        _figures(document, section)
    for block in section.blocks:
        _block(document, block, section.code)
    if section.actions is not None:
        _actions(document, section)
    if section.fields:
        _fields(document, section, plan)


def _figures(document: Word, section: Section) -> None:
    """Set the figures side by side: what it is, the value large, the note."""
    made = table(document, 1, len(section.figures))
    widths(made, [_WIDTH / len(section.figures)] * len(section.figures))
    for cell, one in zip(made.rows[0].cells, section.figures, strict=True):
        shade(cell, _WASH)
        _only(cell, one.label, LABEL)
        cell.add_paragraph(one.value, style=_FIGURE)
        cell.add_paragraph(one.note, style=LABEL)
    keep_rows(made)


def _only(cell: Any, text: str, style: str = "") -> Any:
    """Write a text as the one paragraph of a cell."""
    paragraph = cell.paragraphs[0]
    paragraph.add_run(text)
    if style:
        paragraph.style = style
    paragraph.paragraph_format.space_after = 0
    return paragraph


def _block(document: Word, block: Block, code: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    made = table(document, 1 + len(block.rows), len(block.heads))
    widths(made, _WIDTHS.get(f"{code} {len(block.heads)}", _WIDTHS[code]))
    for n, texts in enumerate((block.heads, *block.rows)):
        for i, (cell, text) in enumerate(zip(made.rows[n].cells, texts, strict=True)):
            paragraph = _only(cell, text, "" if n else LABEL)
            if i in block.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    keep_rows(made, heads=True)


def _actions(document: Word, section: Section) -> None:
    """Write a table of actions: owner, date and status in content controls, rows to fill in."""
    rows = [*action_rows(section), *[("",) * len(ACTION)] * section.blank]
    made = table(document, 1 + len(rows), len(ACTION))
    widths(made, _ACTION_WIDTHS)
    for cell, text in zip(made.rows[0].cells, action_heads(), strict=True):
        _only(cell, text, LABEL)
    for row, texts in zip(list(made.rows)[1:], rows, strict=True):
        number = texts[0]
        for cell, name, text in zip(row.cells, ACTION, texts, strict=True):
            if name in ("number", "action"):
                _only(cell, text)
                continue
            _only(cell, "")
            tag = f"{TAG}{number}:{name}" if number else f"{TAG}new:{name}"
            _control(cell.paragraphs[0], tag, name, text)
    keep_rows(made, heads=True)


def _fields(document: Word, section: Section, plan: AccountPlan) -> None:
    """Write the free fields of a section in two columns: the question, then room to write."""
    codes = list(section.fields)
    across = min(len(codes), 2)
    made = table(document, -(-len(codes) // across), across)
    widths(made, [_WIDTH / across] * across)
    heights(made, _ROOM_TO_WRITE.get(section.code, 1.0))
    for i, code in enumerate(codes):
        cell = made.cell(i // across, i % across)
        cell_borders(cell)
        _only(cell, asked(code), LABEL)
        paragraph = cell.add_paragraph()
        _mark(paragraph, code, plan.texts.get(code, ""))
    keep_rows(made)


def _mark(paragraph: Any, code: str, text: str) -> None:
    """Put the control of a field between bookmarks: not every program keeps its tag."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    marks = paragraph._p.getroottree().iter(qn("w:bookmarkStart"))
    number = str(_FIRST_MARK + sum(1 for _mark in marks))
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), number)
    start.set(qn("w:name"), f"{MARK}{code}")
    paragraph._p.append(start)
    _control(paragraph, f"{TAG}{code}", asked(code), text or f"[{hint(code)}]", not text)
    paragraph._p.append(end)


def _control(paragraph: Any, tag: str, name: str, text: str, empty: bool = False) -> None:
    """Add a content control to a paragraph: plain text in an action, else lines of text."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    control, properties = OxmlElement("w:sdt"), OxmlElement("w:sdtPr")
    for element, value in (("w:alias", name), ("w:tag", tag)):
        part = OxmlElement(element)
        part.set(qn("w:val"), value)
        properties.append(part)
    if empty:
        properties.append(OxmlElement("w:showingPlcHdr"))
    if name == "status":
        properties.append(_choice())
    elif name in ACTION:
        properties.append(OxmlElement("w:text"))
    content = OxmlElement("w:sdtContent")
    lines = (text or EMPTY).split("\n")
    run = paragraph.add_run(lines[0])
    for line in lines[1:]:
        run.add_break()
        run.add_text(line)
    run.italic = True if empty else None
    content.append(run._r)
    control.append(properties)
    control.append(content)
    paragraph._p.append(control)


def _choice() -> Any:
    """Return the list that a status is chosen from; another word can be written."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    choice = OxmlElement("w:comboBox")
    for status in STATUSES:
        item = OxmlElement("w:listItem")
        item.set(qn("w:displayText"), word(status))
        item.set(qn("w:value"), word(status))
        choice.append(item)
    return choice
