"""What holds for each question of the course, whoever wrote it."""

from __future__ import annotations

import json

import pytest

from kamkit.language import set_language
from kamkit.learn.answers import EMPTY, LEFT_OUT, NOTED, RIGHT
from kamkit.learn.course import lessons
from kamkit.learn.kinds import Accounts, Choice, Kind, Number
from kamkit.learn.register import entry, questions
from kamkit.learn.written import Text
from tests.learn.conftest import asked_in

CODES = questions()
LESSONS = [one for one in lessons() if questions(one.number)]
SAME_FOR_ALL = (Choice,)
"""Kinds that ask about the subject, not about the case: one answer for every seed."""

pytestmark = pytest.mark.sampled


def kind_of(code, room) -> Kind | None:
    return asked_in(code, room)._kind


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("where", ["practice", "seeded"])
def test_its_right_answer_is_right_and_each_mistake_gets_its_own_reason(code, where, request):
    question = asked_in(code, request.getfixturevalue(where))
    assert not question.left_out, question.text
    kind = question._kind
    mistakes = kind.expected()
    for mistake in mistakes:
        feedback = kind.judge(mistake.example)
        assert feedback.state != RIGHT, f"{mistake.example} is taken for right"
        same = [one.text for one in mistakes if one.example == mistake.example]
        assert feedback.text in same, f"{mistake.example}: {feedback}"
    feedback = question.check(kind.example())
    assert feedback.state == RIGHT, feedback
    assert feedback.credit == 1
    assert question.done


@pytest.mark.parametrize("code", CODES)
class TestEach:
    def test_an_empty_answer_never_passes_and_is_no_attempt(self, code, practice):
        question = asked_in(code, practice)
        for nothing in (None, "", "  ", [], {}, [""], float("nan")):
            assert question.check(nothing).state == EMPTY, nothing
            assert not question.done
        assert question.solution().startswith("Try first")

    def test_the_smallest_ledger_asks_it_or_says_what_it_would_need(self, code, smallest):
        question = asked_in(code, smallest)
        if question.left_out:
            assert question.check("1").state == LEFT_OUT
            assert question.text.startswith("Left out:")
            assert question.hint() == question.solution() == question.text
        else:
            assert question.check(question._kind.example())

    def test_it_is_made_with_mistakes_hints_and_options_that_betray_nothing(self, code, practice):
        kind = kind_of(code, practice)
        told = len({str(one.text) for one in kind.expected()})
        if isinstance(kind, Text):
            told += sum(one.holds is not None for one in kind.points)
        assert told >= 2, "two mistakes that people make, each with what it is told"
        assert 1 <= len(kind.hints) <= 3
        assert kind.why
        for mistake in kind.expected():  # one that a function knows comes with an example
            assert mistake.example is not None
            assert not callable(mistake.example)
        options = getattr(kind, "options", {})
        assert all(len(one) > 1 for one in options)
        assert not {"right", "correct", "true", "wrong", "false"} & set(options)

    def test_each_wrong_option_of_a_choice_gets_its_own_reason(self, code, practice):
        kind = kind_of(code, practice)
        if isinstance(kind, Choice) and not kind.several:
            told = {one.example for one in kind.expected()}
            assert told == set(kind.options) - {kind.right}

    def test_no_public_attribute_holds_the_answer(self, code, practice):
        question = asked_in(code, practice)
        kind = question._kind
        public = {
            name: getattr(question, name)
            for name in dir(question)
            if not name.startswith("_") and name not in ("room", "choices")
        }
        held = [name for name, value in public.items() if isinstance(value, Kind)]
        assert not held
        if not isinstance(kind, Choice):  # the words of the right option are among the options
            shown = " ".join(str(value) for value in public.values() if not callable(value))
            assert str(kind.solution()) not in f"{shown} {question!r}"

    def test_it_is_asked_in_norwegian_too(self, code, practice):
        english = asked_in(code, practice)
        set_language("nb")
        norwegian = asked_in(code, practice)
        assert norwegian.text != english.text
        kinds = (english._kind, norwegian._kind)
        told = [{str(one.text) for one in kind.expected()} for kind in kinds]
        assert told[0].isdisjoint(told[1])
        assert norwegian.check(norwegian._kind.example())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.code)
class TestEachLesson:
    def test_each_objective_has_a_question(self, lesson):
        asked = {entry(code).objective for code in questions(lesson.number)}
        assert set(lesson.objectives) == asked

    def test_it_has_every_part(self, lesson):
        parts = {part: len(questions(lesson.number, part)) for part in ("predict", "do", "trap")}
        assert parts["predict"] >= 1
        assert 2 <= parts["do"] <= 5
        assert parts["trap"] >= 1
        assert len(questions(lesson.number, "write")) >= 1
        assert len(questions(lesson.number, "quiz")) == 5

    def test_answers_of_another_seed_fail(self, lesson, practice, seeded):
        """Of all that is asked about the case itself, hardly anything is the same by chance."""
        same, compared = [], 0
        for code in questions(lesson.number):
            mine, theirs = kind_of(code, practice), kind_of(code, seeded)
            if not isinstance(mine, Number | Accounts) or entry(code).part == "predict":
                continue
            compared += 1
            if mine.judge(theirs.example()).state == RIGHT:
                same.append(code)
        assert len(same) * 4 <= compared, same


@pytest.mark.parametrize("code", CODES)
def test_the_widget_sends_the_question_and_nothing_of_the_answer(code, practice):
    from kamkit.learn.widget import card

    question = asked_in(code, practice)
    state = widget_state(card(question, question._kind))
    kind = question._kind
    for mistake in kind.expected():
        assert str(mistake.text) not in state
    assert not kind.why or str(kind.why) not in state
    for hint in kind.hints:
        assert str(hint) not in state
    if not isinstance(kind, Choice):
        assert str(kind.solution()) not in state


def widget_state(widget) -> str:
    """All that the browser gets of a widget and of those inside it."""
    children = getattr(widget, "children", ())
    own = {
        name: value
        for name, value in widget.get_state().items()
        if name not in ("layout", "style", "children")
    }
    text = json.dumps(own, default=str, ensure_ascii=False)
    return text + "".join(widget_state(child) for child in children)


def test_a_prediction_is_noted_and_the_answer_not_told(practice):
    question = asked_in("02.share_for_80", practice)
    feedback = question.check("55 %")
    assert feedback.state == NOTED
    assert question.done
    assert "16" not in feedback.text
