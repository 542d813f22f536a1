"""Tables of a Word document: fixed widths, thin lines, rows that stay whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as Word

_LINE = "C9D3DC"
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def table(document: Word, rows: int, columns: int) -> Any:
    """Add a table with thin lines between its rows, whatever the styles of the document are."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = document.add_table(rows=rows, cols=columns)
    made.autofit = False
    properties = made._tbl.tblPr
    borders, margins = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
    for side in _SIDES:
        borders.append(_line(side, "single" if side in ("top", "bottom", "insideH") else "nil"))
    for side, room in (("top", 30), ("left", 70), ("bottom", 30), ("right", 70)):
        one = OxmlElement(f"w:{side}")
        one.set(qn("w:w"), str(room))
        one.set(qn("w:type"), "dxa")
        margins.append(one)
    layout = properties.find(qn("w:tblLayout"))
    i = list(properties).index(layout) if layout is not None else len(properties)
    properties.insert(i, borders)
    properties.insert(i + 2, margins)
    return made


def widths(made: Any, centimetres: Sequence[float]) -> None:
    """Set the width of each column, in its cells too: not every program reads the grid."""
    from docx.shared import Cm

    for i, width in enumerate(centimetres):
        made.columns[i].width = Cm(width)
        for cell in made.columns[i].cells:
            cell.width = Cm(width)


def heights(made: Any, centimetres: float) -> None:
    """Set the least height of every row: room to write in."""
    from docx.shared import Cm

    for row in made.rows:
        row.height = Cm(centimetres)


def keep_rows(made: Any, *, heads: bool = False) -> None:
    """Keep each row whole, and the whole table on one page; mark the first row as headings."""
    from docx.oxml import OxmlElement

    rows = list(made.rows)
    for n, row in enumerate(rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if heads and n == 0:
            properties.append(OxmlElement("w:tblHeader"))
        if n + 1 < len(rows):
            for cell in row.cells:
                for paragraph in cell.paragraphs:
                    paragraph.paragraph_format.keep_with_next = True


def shade(cell: Any, colour: str) -> None:
    """Give a cell a background."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    fill = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        fill.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(fill)


def cell_borders(cell: Any) -> None:
    """Draw a frame around a cell that people write in."""
    from docx.oxml import OxmlElement

    borders = OxmlElement("w:tcBorders")
    for side in _SIDES[:4]:
        borders.append(_line(side, "single"))
    cell._tc.get_or_add_tcPr().append(borders)


def _line(side: str, kind: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    line = OxmlElement(f"w:{side}")
    values = {"val": kind, "sz": "4", "space": "0", "color": _LINE}
    for name, value in values.items():
        line.set(qn(f"w:{name}"), value)
    return line
