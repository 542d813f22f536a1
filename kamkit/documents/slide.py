"""What is set on slides: lines of text and pictures, at places in inches."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

Place = tuple[float, float, float, float]
"""Left, top, width and height in inches."""
Line = tuple[str, float, bool, str]
"""A text, its size in points, whether it is bold, and its colour."""


def colour(code: str) -> Any:
    """Return a colour such as ``#0072b2`` as slides want it.

    >>> str(colour("#0072b2"))
    '0072B2'
    """
    from pptx.dml.color import RGBColor

    return RGBColor(*bytes.fromhex(code.lstrip("#")))  # type: ignore[no-untyped-call]


def write_lines(frame: Any, lines: Sequence[Line]) -> None:
    """Write lines into the frame of a shape, each a paragraph."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    for i, (text, size, bold, code) in enumerate(lines):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Calibri"
        run.font.color.rgb = colour(code)
        paragraph.alignment = PP_ALIGN.LEFT


def add_text(slide: Any, lines: Sequence[Line], place: Place, fill: str = "") -> Any:
    """Add a box of text, on a ground of a colour where one is named."""
    from pptx.util import Inches

    box = slide.shapes.add_textbox(*(Inches(one) for one in place))
    write_lines(box.text_frame, lines)
    if fill:
        box.fill.solid()
        box.fill.fore_color.rgb = colour(fill)
        box.text_frame.margin_left = box.text_frame.margin_right = Inches(0.2)
        box.text_frame.margin_top = Inches(0.12)
    return box


def add_picture(slide: Any, data: bytes, place: Place, alt: str) -> Any:
    """Add a picture with its words, as large as its place allows."""
    from pptx.util import Inches

    left, top, wide, high = (Inches(one) for one in place)
    shape = slide.shapes.add_picture(io.BytesIO(data), left, top, width=wide)
    if shape.height > high:
        shape.width, shape.height = int(shape.width * high / shape.height), high
    shape._element.nvPicPr.cNvPr.set("descr", alt)
    return shape
