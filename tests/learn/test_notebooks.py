"""Each lesson taken by papermill with right answers, on four kinds of ledger; and its file."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from kamkit.learn.course import lessons
from kamkit.learn.register import entry, questions
from kamkit.run.notebooks import Execution, Notebook, execute
from tests.conftest import FULL
from tests.learn.conftest import ROOT, asked_in

BOOKS = [
    one
    for one in lessons()
    if (ROOT / "notebooks" / "learn" / one.file).is_file() and questions(one.number)
]
in_full = pytest.mark.skipif(
    not FULL, reason="KAMKIT_FULL=1 takes each lesson on two companies and Online Retail II"
)
ANSWER = """
from kamkit.learn.register import questions as _codes
from kamkit.learn.asked import ask as _ask
for _code in _codes({number}):
    _one = _ask(_code)
    if not _one.left_out:
        assert _one.check(_one._kind.example()), _code
"""


@pytest.fixture
def take(tmp_path):
    """Execute a lesson with a learner who knows every answer; give what its last cell shows."""

    def taken(lesson: Any, **values: Any) -> list[str]:
        book = nbformat.read(ROOT / "notebooks" / "learn" / lesson.file, as_version=4)
        at = max(n for n, cell in enumerate(book.cells) if "learn.progress()" in cell.source)
        cell = nbformat.v4.new_code_cell(ANSWER.format(number=lesson.number))
        book.cells.insert(at, cell)
        path, out = tmp_path / lesson.file, tmp_path / "out.ipynb"
        nbformat.write(book, path)
        execute(Notebook(path), out, Execution(values=values, env={}, timeout=120))
        done = nbformat.read(out, as_version=4)
        return [
            output.data["text/plain"]
            for cell in done.cells
            if cell.cell_type == "code"
            for output in cell.outputs
            if "data" in output and "text/plain" in output.data
        ]

    return taken


def row_of(lesson: Any, shown: list[str]) -> str:
    """The row of a lesson in the progress that is shown last."""
    table = next(text for text in reversed(shown) if text.startswith("No."))
    return next(row for row in table.splitlines() if row.split()[0] == str(lesson.number))


@pytest.mark.slow
@pytest.mark.parametrize("lesson", BOOKS, ids=lambda one: f"{one.number:02d}_{one.code}")
class TestEachLesson:
    @in_full
    @pytest.mark.parametrize("seed", [0, 17])
    def test_right_answers_pass_on_the_practice_company(self, lesson, seed, take):
        row = row_of(lesson, take(lesson, seed=seed))
        assert "passed" in row, row

    @pytest.mark.sampled
    def test_it_runs_on_customer_date_and_amount(self, lesson, smallest, take):
        shown = take(lesson, source=smallest.source)
        assert not [text for text in shown if "Traceback" in text]

    @in_full
    def test_it_runs_on_online_retail(self, lesson, shared_data, take):
        take(lesson, source=str(shared_data / "online_retail_II_2009_2010.parquet"))


@pytest.mark.parametrize("lesson", BOOKS, ids=lambda one: f"{one.number:02d}_{one.code}")
class TestTheFile:
    def test_it_asks_each_of_its_questions_once(self, lesson):
        source = "\n".join(code_of(lesson))
        for code in questions(lesson.number):
            if entry(code).part != "quiz":
                assert source.count(f'"{code}"') == 1, code
        assert f"learn.quiz({lesson.number})" in source

    def test_the_guess_stands_behind_what_shows_the_result(self, lesson):
        cells = cells_of(lesson)
        at = next(n for n, cell in enumerate(cells) if cell.source.startswith("learn.guess("))
        before = cells[at - 1]
        assert before.cell_type == "code"
        assert "show(" in before.source or "learn.ask(" in before.source
        assert at < next(n for n, cell in enumerate(cells) if "learn.quiz(" in cell.source)

    def test_each_explorer_has_a_question_right_behind_it(self, lesson):
        code = code_of(lesson)
        for n, source in enumerate(code):
            if "    explore." in source or source.startswith("explore.") or "\nexplore." in source:
                assert code[n + 1].startswith("learn.ask("), source

    def test_its_parameters_are_empty_so_that_the_folder_decides(self, lesson):
        cells = "\n".join(code_of(lesson))
        for line in ('source: str = ""', "seed: int = 0", 'lang: str = ""'):
            assert line in cells

    def test_it_has_at_most_1100_words_of_prose(self, lesson):
        book = nbformat.read(ROOT / "notebooks" / "learn" / lesson.file, as_version=4)
        prose = " ".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
        lesson_itself = prose.split("## The words of the course")[0]  # a glossary is looked up
        assert len(lesson_itself.split()) <= 1100

    @pytest.mark.sampled
    def test_the_reasons_and_solutions_are_not_in_it(self, lesson, practice):
        text = json.dumps(
            nbformat.read(ROOT / "notebooks" / "learn" / lesson.file, as_version=4),
            ensure_ascii=False,
        )
        for code in questions(lesson.number):
            kind = asked_in(code, practice)._kind
            told = [one.text for one in kind.expected()] + ([kind.why] if kind.why else [])
            assert not [one for one in told if str(one) in text], code


def cells_of(lesson: Any) -> list[Any]:
    path = ROOT / "notebooks" / "learn" / lesson.file
    cells: list[Any] = nbformat.read(path, as_version=4).cells
    return cells


def code_of(lesson: Any) -> list[str]:
    return [cell.source for cell in cells_of(lesson) if cell.cell_type == "code"]


def test_links_between_the_lessons_lead_to_lessons():
    import re

    files = {one.file for one in lessons()}
    for lesson in BOOKS:
        book = nbformat.read(ROOT / "notebooks" / "learn" / lesson.file, as_version=4)
        prose = " ".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
        for target in re.findall(r"\]\(([^)#]+\.ipynb)", prose):
            assert target in files, f"{lesson.file}: {target}"
