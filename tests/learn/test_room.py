"""The learner's folder: what is kept there, in which language and seed; nothing is kept without."""

from __future__ import annotations

import json

import pytest

from kamkit import learn
from kamkit.errors import ParameterError, SourceError
from kamkit.language import language
from kamkit.learn import room as rooms
from kamkit.learn.attempts import FILE, Progress
from kamkit.learn.course import lesson as lesson_of
from kamkit.learn.plan_file import FILE as PLAN
from tests.learn.conftest import asked_in

LEDGER = "customer,date,amount\n" + "".join(
    f"C{n:02d},202{4 + month // 12}-{month % 12 + 1:02d}-11,{9000 // n + month}\n"
    for n in range(1, 16)
    for month in range(24)
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A learner's folder with a small ledger of their own, and the working folder inside it."""
    (tmp_path / FILE).write_text(json.dumps({"source": "", "language": "nb", "seed": 0}))
    (tmp_path / "lessons").mkdir()
    (tmp_path / "sales.csv").write_text(LEDGER, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "lessons")
    monkeypatch.setattr(rooms, "_made", {})
    return tmp_path


def test_answers_hints_and_solutions_are_kept_with_their_time(folder):
    learn.lesson(2, source=str(folder / "sales.csv"))
    question = learn.ask("02.accounts_for_80")
    assert not question.check("3")
    question.hint()
    question.solution()
    kept = json.loads((folder / FILE).read_text(encoding="utf-8"))["questions"]
    own = kept["02.accounts_for_80@sales.csv"]
    assert [one["state"] for one in own["attempts"]] == ["wrong"]
    assert own["attempts"][0]["answer"] == "3"
    assert own["attempts"][0]["at"].endswith("+00:00")
    assert (own["hints"], own["solution"]) == (1, True)


def test_a_text_goes_into_the_plan_and_a_second_in_place_of_the_first(folder):
    learn.lesson(2, source=str(folder / "sales.csv"))
    question = learn.ask("02.who_matters")
    for text in ("Nine of our 15 customers give most of the revenue.", question._kind.example()):
        question.check(text)
    (folder / PLAN).write_text((folder / PLAN).read_text("utf-8") + "\nMine.\n", encoding="utf-8")
    question.check(question._kind.example() + " So we go on.")
    plan = (folder / PLAN).read_text(encoding="utf-8")
    assert plan.count("So we go on.") == plan.count("<!-- 02.who_matters -->") == 1
    assert plan.endswith("Mine.\n")


def test_the_results_of_the_analysis_are_there_for_the_next_lesson(folder):
    source = str(folder / "sales.csv")
    first = learn.lesson(2, source=source).analysis.classes
    rooms._made.clear()
    again = learn.lesson(3, source=source).analysis
    assert "classes" in again.kept_names()
    assert again.classes["revenue"].tolist() == first["revenue"].tolist()


def test_a_ledger_that_has_changed_is_read_anew(folder):
    source = folder / "sales.csv"
    before = learn.lesson(2, source=str(source)).analysis.account_facts["revenue"].sum()
    source.write_text(LEDGER + "C01,2025-12-30,5000\n", encoding="utf-8")
    rooms._made.clear()
    after = learn.lesson(2, source=str(source)).analysis.account_facts["revenue"].sum()
    assert after - before == 5000


def test_the_language_is_the_lessons_else_the_commands_else_the_folders(folder, monkeypatch):
    learn.lesson(2)
    assert language() == "en"  # the tests run with KAMKIT_LANG=en
    monkeypatch.delenv("KAMKIT_LANG")
    learn.lesson(2)
    assert language() == "nb"
    learn.lesson(2, lang="en")
    assert language() == "en"


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch, practice):
    monkeypatch.chdir(tmp_path)
    question = asked_in("02.who_matters", practice)
    assert question.check(question._kind.example())
    assert list(tmp_path.iterdir()) == []


def test_seeds_are_apart(practice, seeded):
    kept = Progress(None)
    question = asked_in("02.accounts_for_80", practice, kept)
    assert question.check(question._kind.example())
    assert not asked_in("02.accounts_for_80", seeded, kept).done


def test_what_is_forgotten_is_that_of_the_lesson_alone():
    kept = Progress(None)
    for code in ("02.sum_of_100", "03.x"):
        kept.record(code, 0, "a", learn.ask("02.sum_of_100")._kind.judge("never"))
    assert kept.forget(2) == 1
    assert not kept.tried("02.sum_of_100", 0)
    assert kept.tried("03.x", 0)


def test_a_broken_file_is_told_with_what_to_do(tmp_path):
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="The file of your progress cannot be read"):
        Progress(tmp_path).of("02.sum_of_100", 0)


def test_an_unknown_question_or_lesson_is_told_with_the_nearest():
    with pytest.raises(ParameterError, match=r"Did you mean “02\.accounts_for_80”"):
        learn.ask("02.account_for_80")
    with pytest.raises(ParameterError, match="There is no lesson 40"):
        lesson_of(40)


def test_what_the_ledger_cannot_carry_is_not_asked_for(folder):
    learn.lesson(2, source=str(folder / "sales.csv"))
    for code in learn.questions(2):
        question = learn.ask(code)
        if not question.left_out:
            question.check(question._kind.example())
    (row,) = (one for one in learn.progress().rows if one.lesson.number == 2)
    assert (row.done, row.of) == (10, 10)  # no cost, no managers; all else
    assert row.passed


def test_an_answer_on_an_own_ledger_is_none_on_the_practice_company(folder):
    learn.lesson(2, source=str(folder / "sales.csv"))
    question = learn.ask("02.sum_of_100")
    assert question.check("never")
    assert question.room.company == "sales.csv"
    assert not question.room.progress.done("02.sum_of_100", 0)


class TestQuiz:
    def test_four_of_five_pass_and_three_do_not(self, practice):
        from kamkit.learn.asked import Quiz

        room = asked_in("02.crosses", practice).room
        quiz = Quiz(2, room)
        right = {one.code: one._kind.example() for one in quiz.questions}
        codes = list(right)
        assert quiz.check({}).state == "empty"
        three = quiz.check({code: right[code] for code in codes[:3]})
        assert not three
        assert three.text == "3 of 5 are right. 80% are needed to pass."
        assert quiz.check({codes[3]: right[codes[3]]})
        assert quiz.passed

    def test_what_was_right_once_counts(self, practice):
        from kamkit.learn.asked import Quiz

        room = asked_in("02.crosses", practice).room
        quiz = Quiz(2, room)
        quiz.check({one.code: one._kind.example() for one in quiz.questions})
        wrong = {one.code: one._kind.expected()[0].example for one in quiz.questions[:2]}
        assert quiz.check(wrong)
        assert quiz.score == 1
