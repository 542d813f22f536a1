"""Write slides from the figures of lessons: python tools/course_slides.py 2 3 --to slides.

One file of slides for each lesson (or for all): its question and what one can do afterwards, then
a slide for each figure. Under a figure, in the speaker notes, stand its words and the question
that the lesson asks after it. With ``--seed 17`` the figures are those of that practice company.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from kamkit.colours import INK, QUIET
from kamkit.documents.office import describe, save_office
from kamkit.documents.slide import add_picture, add_text, write_lines
from kamkit.language import set_language
from kamkit.learn.asked import ask
from kamkit.learn.course import Lesson, lesson, lessons
from kamkit.learn.room import lesson as open_lesson
from kamkit.run.notebooks import Execution, Notebook, execute

LESSONS = Path(__file__).resolve().parent.parent / "notebooks" / "learn"
_ASKED = re.compile(r'learn\.ask\("([^"]+)"\)')
_TITLE_ONLY = 5
_WIDE, _HIGH, _EDGE, _TOP = 13.333, 7.5, 0.6, 1.35
_ROOM = _WIDE - 2 * _EDGE


@dataclass
class Figure:
    """A figure of a lesson: its picture, its words, and the code of the question behind it."""

    picture: bytes
    title: str
    alt: str
    caption: str
    question: str = ""


def figures(book: Any) -> list[Figure]:
    """Return the figures of an executed lesson in their order."""
    found: list[Figure] = []
    for cell in book.cells:
        asked = _ASKED.search(cell.source)
        if asked and found and not found[-1].question:
            found[-1].question = asked[1]
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("kamkit", {})
            if about.get("kind") == "figure":
                words = [str(about.get(one, "")) for one in ("title", "alt", "caption")]
                found.append(Figure(base64.b64decode(output["data"]["image/png"]), *words))
    return found


def deck(about: Lesson, book: Any, path: Path) -> Path:
    """Write the slides of one lesson and return their path."""
    from pptx import Presentation
    from pptx.util import Inches

    slides = Presentation()
    slides.slide_width, slides.slide_height = Inches(_WIDE), Inches(_HIGH)
    describe(slides, about.title)
    asked = re.search(r"“.+?”", book.cells[0].source, re.DOTALL)
    opening = " ".join(asked[0].split()) if asked else ""
    can = [f"– {about.can(one)}" for one in about.objectives]
    _slide(slides, f"{about.number}. {about.title}", [opening, "", *can])
    for figure in figures(book):
        page = _slide(slides, figure.title, [])
        shape = add_picture(page, figure.picture, (0, _TOP, _ROOM, _HIGH - _TOP - 0.6), figure.alt)
        shape.left = int((slides.slide_width - shape.width) / 2)
        foot = (_EDGE, _HIGH - 0.5, _ROOM, 0.4)
        add_text(page, [(figure.caption, 12, False, QUIET)], foot)
        notes = [figure.alt, ask(figure.question).text if figure.question else ""]
        page.notes_slide.notes_text_frame.text = "\n\n".join(filter(None, notes))
    return save_office(slides, path)


def _slide(slides: Any, title: str, lines: list[str]) -> Any:
    """Add a slide with a title, and lines of text below it."""
    from pptx.util import Inches

    page = slides.slides.add_slide(slides.slide_layouts[_TITLE_ONLY])
    head = page.shapes.title
    head.left, head.top = Inches(_EDGE), Inches(0.35)
    head.width, head.height = Inches(_ROOM), Inches(0.9)
    write_lines(head.text_frame, [(title, 28 if len(title) < 70 else 22, False, INK)])
    if lines:
        text = [(line, 22, False, INK) for line in lines]
        add_text(page, text, (_EDGE, _TOP + 0.3, _ROOM, 5.0))
    return page


def books(chosen: list[Lesson], seed: int, lang: str) -> Iterator[tuple[Lesson, Any]]:
    """Give each lesson with its executed notebook: as it is kept, or made for a seed."""
    for about in chosen:
        path = LESSONS / about.file
        with tempfile.TemporaryDirectory(prefix="kamkit-slides-") as folder:
            if seed or lang != "en":
                made = Path(folder) / path.name
                execute(Notebook(path), made, Execution({"seed": seed, "lang": lang}, {}))
                path = made
            yield about, nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def main(words: list[str]) -> int:
    """Write the slides of the lessons that are named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("lesson", type=int, nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lang", default="en", choices=["en", "nb"])
    parser.add_argument("--to", type=Path, default=Path("slides"))
    given = parser.parse_args(words)
    set_language(given.lang)
    given.to.mkdir(parents=True, exist_ok=True)
    chosen = [lesson(number) for number in given.lesson] or list(lessons())
    for about, book in books(chosen, given.seed, given.lang):
        open_lesson(about.number, source="fjordgross", seed=given.seed, lang=given.lang)
        target = deck(about, book, given.to / f"{Path(about.file).stem}.pptx")
        print(target, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
