"""What trainees plausibly write is taken, in their own words; what says nothing is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kamkit.learn.answers import RIGHT, WRONG
from kamkit.learn.dossier import dossier
from kamkit.learn.register import entry, questions
from kamkit.learn.written import Text
from tests.learn.conftest import asked_in

ANSWERS = tomllib.loads(Path(__file__).with_name("write_answers.toml").read_text(encoding="utf-8"))


def in_case(room, text: str) -> str:
    """The text with accounts of a room in it."""
    first, other = room.analysis.account_facts.nlargest(2, "revenue")["account_name"]
    return text.format(account=first, other=other, dossier=dossier(room).name.split()[0])


def both(kind):
    return [(code, text) for code, texts in ANSWERS[kind].items() for text in texts]


def filled(room, code: str, text: str) -> str:
    return text if code.startswith("17") else in_case(room, text)


def test_each_written_question_has_answers_to_try():
    codes = {one for one in questions() if entry(one).part == "write"}
    assert set(ANSWERS["good"]) == set(ANSWERS["weak"]) == codes


@pytest.mark.parametrize(("code", "text"), both("good"))
def test_a_sensible_answer_passes(code, text, practice):
    question = asked_in(code, practice)
    assert isinstance(question._kind, Text)
    feedback = question.check(filled(practice, code, text))
    assert feedback.state == RIGHT, feedback


@pytest.mark.parametrize(("code", "text"), both("weak"))
def test_one_that_says_nothing_does_not(code, text, practice):
    feedback = asked_in(code, practice).check(filled(practice, code, text))
    assert feedback.state == WRONG
    assert feedback.text
