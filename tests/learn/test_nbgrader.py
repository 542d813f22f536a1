"""A class with nbgrader: the exercises of a lesson released, handed in, collected and graded."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from kamkit.learn.register import entry, questions
from tests.learn.conftest import ROOT, asked_in
from tools import nbgrader_source

LESSON = "02_who_matters"
pytestmark = pytest.mark.slow


@pytest.fixture
def nbgrader(tmp_path):
    """Return a function that runs nbgrader in a course of its own, as a teacher or a student."""
    course, exchange = tmp_path / "course", tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    course.mkdir()
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'kam'\n"
        f"c.Exchange.root = {str(exchange)!r}\n{nbgrader_source.CONFIG}",
        encoding="utf-8",
    )
    own = {
        name: str(tmp_path / name.lower())
        for name in (
            "HOME",
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "IPYTHONDIR",
        )
    }
    env = {
        **os.environ,
        **own,
        "PYTHONPATH": str(ROOT),
        "KAMKIT_BATCH": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }

    def run(*words: str, folder: Path = course) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    return run, course


def answered(path: Path, answers: dict[str, str]) -> None:
    """Write answers into the cells for them, as a student does."""
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        about = cell.metadata.get("nbgrader", {})
        code = about.get("grade_id", "").removesuffix("-answer").replace("-", ".")
        if about.get("solution") and code in answers:
            assert cell.source.strip() == "answer = None  # your answer"
            cell.source = f"answer = {answers[code]}"
    nbformat.write(book, path)


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_the_exercises_of_a_lesson_go_through_a_class(nbgrader, practice):
    run, course = nbgrader
    assert nbgrader_source.main(["2", str(course)]) == 0
    run("generate_assignment", LESSON, "--create")
    released = course / "release" / LESSON / f"{LESSON}.ipynb"
    text = released.read_text(encoding="utf-8")
    kinds = {code: asked_in(code, practice)._kind for code in questions(2)}
    for code, kind in kinds.items():
        assert f"answer = {kind.example()!r}" not in text, code
        assert str(kind.why) not in text, code
    run("release_assignment", LESSON)
    desk = course.parent / "desk"
    desk.mkdir()
    (desk / "nbgrader_config.py").write_bytes((course / "nbgrader_config.py").read_bytes())
    run("fetch_assignment", LESSON, folder=desk)
    # one right, one half right, one with an expected mistake, the others not attempted
    best = kinds["02.largest_by_contribution"].example()
    answers = {
        "02.accounts_for_80": repr(kinds["02.accounts_for_80"].example()),
        "02.largest_by_contribution": repr([best[0], best[2], best[1]]),
        "02.a_law": repr("fault"),
    }
    answered(desk / LESSON / f"{LESSON}.ipynb", answers)
    run("submit", LESSON, folder=desk)
    run("collect", LESSON)
    run("autograde", LESSON, "--create")
    run("generate_feedback", LESSON)
    scores = graded(course / "gradebook.db")
    assert scores.pop("02.accounts_for_80") == (4, 4)
    assert scores.pop("02.largest_by_contribution") == (pytest.approx(4 / 3, abs=0.01), 4)
    assert {got for got, _most in scores.values()} == {0}
    points = sum(nbgrader_source.POINTS[entry(code).part] for code in scores)
    assert sum(most for _got, most in scores.values()) == points
    (page,) = (course / "feedback").rglob("*.html")
    html = page.read_text(encoding="utf-8")
    assert "No law says 20%. Each ledger has its own rule." in html
    assert "These are the accounts, in another order." in html


def graded(gradebook: Path) -> dict[str, tuple[float, float]]:
    """What nbgrader gave for each question, and the most that it could."""
    query = """
        select base_cell.name, grade.auto_score, grade_cells.max_score
        from grade join base_cell on grade.cell_id = base_cell.id
        join grade_cells on grade_cells.id = base_cell.id
    """
    with sqlite3.connect(gradebook) as book:
        rows = book.execute(query).fetchall()
    return {
        name.removesuffix("-check").replace("-", "."): (got or 0, most) for name, got, most in rows
    }
