"""Build the nbgrader source of a lesson's exercises: python tools/nbgrader_source.py 02 FOLDER.

Each question becomes three cells: its words, a cell for the answer (the teacher’s copy holds a
right one, which nbgrader takes out for the students), and one that is graded: points times the
share that is right. With ``--seed 17`` the class works on the practice company of that seed.

The course needs two lines in its nbgrader_config.py, which this prints.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kamkit.language import set_language
from kamkit.learn.asked import Asked, ask
from kamkit.learn.course import lesson
from kamkit.learn.register import questions
from kamkit.learn.room import lesson as open_lesson

POINTS = {"predict": 1, "do": 4, "trap": 2, "write": 4, "quiz": 2}
"""The points of a question, by its part of the lesson."""

CONFIG = """c.ClearSolutions.code_stub = {"python": "answer = None  # your answer"}
c.ExecutePreprocessor.timeout = 300
"""


def main(words: list[str]) -> int:
    """Write ``source/<lesson>/<lesson>.ipynb`` into a course folder of nbgrader."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("lesson", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lang", default="en", choices=["en", "nb"])
    given = parser.parse_args(words)
    set_language(given.lang)
    about = lesson(given.lesson)
    name = about.file.removesuffix(".ipynb")
    path = given.folder / "source" / name / about.file
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(exercises(given.lesson, seed=given.seed, lang=given.lang), path)
    print(f"{path}\nIn nbgrader_config.py:\n{CONFIG}", end="")
    return 0


def exercises(number: int, *, seed: int = 0, lang: str = "en") -> Any:
    """Return the teacher's notebook of a lesson: every question that the case can carry."""
    room = open_lesson(number, source="fjordgross", seed=seed, lang=lang)
    given = f'learn.lesson({number}, source="{room.source}", seed={room.seed}, lang="{lang}")'
    cells = [
        new_markdown_cell(f"# {lesson(number).title}"),
        graded(new_code_cell(f"from kamkit import learn\n\n{given}"), "open", locked=True),
    ]
    for code in questions(number):
        one = ask(code)
        if not one.left_out:
            cells += three(one)
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def three(one: Asked) -> list[Any]:
    """Return the cells of one question: words, answer, grading."""
    name = one.code.replace(".", "-")
    points = POINTS[one.part]
    right = f"### BEGIN SOLUTION\nanswer = {one._kind.example()!r}\n### END SOLUTION"  # type: ignore[union-attr]
    check = f'feedback = learn.ask("{one.code}").check(answer)\nprint(feedback)\n'
    words, *listed = repr(one).split("\n")
    prose = "\n".join([f"**{words}**", "", *(f"- {line.strip(' –')}" for line in listed)])
    return [
        graded(new_markdown_cell(prose), f"{name}-words", locked=True),
        graded(new_code_cell(right), f"{name}-answer", solution=True),
        graded(
            new_code_cell(f"{check}round({points} * feedback.credit, 2)"),
            f"{name}-check",
            locked=True,
            points=points,
        ),
    ]


def graded(
    cell: Any, name: str, *, locked: bool = False, solution: bool = False, points: int = 0
) -> Any:
    """Return a cell with what nbgrader wants to know of it."""
    about = {
        "grade_id": name,
        "grade": points > 0,
        "locked": locked,
        "solution": solution,
        "task": False,
        "schema_version": 3,
    }
    if points:
        about["points"] = points
    cell["metadata"]["nbgrader"] = about
    cell["id"] = name.replace(".", "-")
    return cell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
