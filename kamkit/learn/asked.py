"""A question as a learner meets it: asked, checked, hinted at, and solved after an attempt."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from kamkit.language import gettext as _
from kamkit.language import joined, number, percent
from kamkit.learn.answers import EMPTY, LEFT_OUT, NOTED, WRONG, Feedback
from kamkit.learn.attempts import PASS
from kamkit.learn.kinds import Choice, Kind, Match, Number, Order
from kamkit.learn.named import letters
from kamkit.learn.register import Entry, entry, questions
from kamkit.learn.room import Room, room_of
from kamkit.learn.written import Text


class Asked:
    """One question in a room. In a notebook it is a card with a field and buttons.

    ``check(answer)`` tells what becomes of an answer, ``hint()`` helps a step further, and
    ``solution()`` tells the answer once there was an attempt. What is right is in none of its
    public attributes.

    >>> rule = ask("02.accounts_for_80")
    >>> rule.check("")
    There is no answer yet.
    >>> print(rule.solution())
    Try first: an answer, then the solution.
    """

    def __init__(self, about: Entry, room: Room) -> None:
        self.code = about.code
        self.part = about.part
        self.room = room
        self._kind, self._why_not = _question_for(about, room)
        if (self._kind is None) != room.progress.left_out(about.code, room.company):
            room.progress.note(about.code, room.company, "left_out", self._kind is None)

    @property
    def text(self) -> str:
        """The question; where the case cannot carry it, what it would need."""
        if self._kind is None:
            return str(_("Left out: {why}", why=self._why_not))
        return str(self._kind.text)

    @property
    def left_out(self) -> bool:
        """Whether the case lacks what the question is about."""
        return self._kind is None

    @property
    def done(self) -> bool:
        """Whether it was answered."""
        return self.room.progress.done(self.code, self.room.company)

    def check(self, answer: Any) -> Feedback:
        """Tell what becomes of an answer, and keep the attempt."""
        before, feedback = self.done, self._judged(answer)
        self.room.progress.record(self.code, self.room.company, answer, feedback)
        if isinstance(self._kind, Text) and self._kind.heading and feedback:
            self.room.write(self.code, str(answer).strip(), self._kind.heading)
        if before and feedback.state == WRONG:
            return replace(feedback, text=joined(" ", [feedback.text, self.stays]))
        return feedback

    @property
    def stays(self) -> str:
        """What is told of a question that was answered: trying on takes nothing away."""
        if self.part == "predict":
            return str(_("Your guess is noted."))
        return str(_("You have answered this one right, and that stays so, whatever you try now."))

    def _judged(self, answer: Any) -> Feedback:
        if self._kind is None:
            return Feedback(LEFT_OUT, 0.0, self.text)
        feedback = self._kind.judge(answer)
        if self.part == "predict" and feedback.state == WRONG:
            seen = _("You will see. Compare it with the picture that follows.")
            known = any(str(feedback.text) == str(one.text) for one in self._kind.expected())
            return Feedback(NOTED, 0.0, joined(" ", [feedback.text if known else "", seen]))
        return feedback

    def hint(self) -> str:
        """Return the next hint; the last one again when there are no more."""
        if self._kind is None:
            return self.text
        hints = self._kind.hints
        taken = min(self._own()["hints"] + 1, len(hints))
        if not taken:
            return str(_("There is no hint for this question."))
        self.room.progress.note(self.code, self.room.company, "hints", taken)
        label = _("Hint {n} of {of}:", n=number(taken), of=number(len(hints)))
        return f"{label} {hints[taken - 1]}"

    def solution(self) -> str:
        """Return the answer and why, once there was an attempt."""
        if self._kind is None:
            return self.text
        if not self.room.progress.tried(self.code, self.room.company):
            return str(_("Try first: an answer, then the solution."))
        self.room.progress.note(self.code, self.room.company, "solution", True)
        return joined(" ", [self._kind.solution(), "–" if self._kind.why else "", self._kind.why])

    def _own(self) -> dict[str, Any]:
        return self.room.progress.of(self.code, self.room.company)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The options, each behind its letter; none where the answer is free."""
        options = getattr(self._kind, "options", None)
        return list(letters(options)) if options else []

    def __repr__(self) -> str:
        lines = [self.text, *(f"  {letter}) {words}" for letter, words in self.choices)]
        if isinstance(self._kind, Number) and self._kind.wanted not in ("", "%"):
            lines.append("  " + _("in {unit}", unit=self._kind.wanted))
        if isinstance(self._kind, Match):
            lines += [f"  – {words}" for words in self._kind.items.values()]
        if isinstance(self._kind, Text):
            lines += [f"  – {point.text}" for point in self._kind.points]
        return "\n".join(lines)

    def _ipython_display_(self) -> None:
        from kamkit.explore.controls import live
        from kamkit.output.notebook import publish

        if live() and self._kind is not None:
            from IPython.display import display

            from kamkit.learn.widget import card

            display(card(self, self._kind))  # type: ignore[no-untyped-call]
            return
        text = repr(self)
        html = f'<div class="kamkit-question">{self.head_html()}{self._listed()}</div>'
        publish({"text/html": html, "text/plain": text}, {"kind": "note", "text": text})

    def head_html(self) -> str:
        """Return the question as HTML, with what it is: a prediction, a task."""
        return f"<p><b>{escape(part_words(self.part))}</b> {escape(self.text)}</p>"

    def _listed(self) -> str:
        lines = repr(self).split("\n")[1:]
        items = "".join(f"<li>{escape(line.strip(' –'))}</li>" for line in lines)
        return f'<ul style="list-style:none">{items}</ul>' if items else ""


def part_words(part: str) -> str:
    """Return what a part of a lesson is called above its questions.

    >>> part_words("predict")
    'Predict.'
    """
    return {
        "predict": _("Predict."),
        "do": _("Do."),
        "trap": _("Careful."),
        "write": _("Write."),
        "quiz": _("Quiz."),
    }[part]


def _question_for(about: Entry, room: Room) -> tuple[Kind | None, str]:
    """Return the question for a room, or none and why the case cannot carry it."""
    from kamkit.analysis.graph import LEFT_OUT as CANNOT

    try:
        kind = about.make(room)
    except CANNOT as error:
        return None, joined(" ", [error.message, error.remedy])
    return _shuffled(kind, f"{about.code} {room.seed}"), ""


def _shuffled(kind: Kind, by: str) -> Kind:
    """Return the question with its options in an order of its own, the same each time."""
    if not isinstance(kind, Choice | Order | Match) or getattr(kind, "fixed", False):
        return kind
    codes = sorted(kind.options)
    random.Random(by).shuffle(codes)  # noqa: S311 - an order, no secret
    if isinstance(kind, Order) and codes == list(kind.right):
        codes = codes[1:] + codes[:1]
    return replace(kind, options={code: kind.options[code] for code in codes})


def ask(code: str) -> Asked:
    """Ask a question of the register in the room that is open.

    Raises ``ParameterError`` with the nearest code where there is no such question.

    >>> ask("02.share_for_80").part
    'predict'
    """
    about = entry(code)
    return Asked(about, room_of(about.lesson))


class Guess:
    """What a learner guessed before the picture, beside what it is; nothing without a guess.

    >>> room = room_of(2)
    >>> room.progress.forget(2), guess(2)
    (0, )
    >>> ask("02.share_for_80").check("20 %"), guess(2)  # doctest: +ELLIPSIS
    (Noted. ..., You guessed 20%. It is ...)
    """

    def __init__(self, number: int, room: Room) -> None:
        self._asked = [Asked(entry(code), room) for code in questions(number, "predict")]

    def __repr__(self) -> str:
        return joined(" ", [_beside(one) for one in self._asked])

    def _ipython_display_(self) -> None:
        from kamkit.output.notebook import publish

        text = repr(self)
        if text:
            data = {"text/html": f"<p>{escape(text)}</p>", "text/plain": text}
            publish(data, {"kind": "note", "text": text})


def _beside(asked: Asked) -> str:
    """Return the first guess of a prediction beside the result; empty where nobody guessed."""
    kind, attempts = asked._kind, asked._own()["attempts"]
    if kind is None or not attempts:
        return ""
    guessed = kind.read(attempts[0]["answer"])
    words = {"guess": kind.said(guessed), "right": kind.solution()}
    why = kind.why if kind.credit(guessed) >= 1 else ""
    return joined(" ", [_("You guessed {guess}. It is {right}.", **words), why])


def guess(number: int) -> Guess:
    """Return the guess of a lesson beside the result, in the room that is open."""
    return Guess(number, room_of(number))


class Quiz:
    """The exit quiz of a lesson: five questions, 80 % to pass, as often as one likes.

    >>> len(quiz(2).questions)
    5
    """

    def __init__(self, number: int, room: Room) -> None:
        self.number = number
        self.room = room
        self.questions = [Asked(entry(code), room) for code in questions(number, "quiz")]

    @property
    def asked(self) -> list[Asked]:
        """The questions that the case can carry."""
        return [question for question in self.questions if not question.left_out]

    @property
    def score(self) -> float:
        """The share of its questions that were answered right."""
        return sum(one.done for one in self.asked) / len(self.asked) if self.asked else 0.0

    @property
    def passed(self) -> bool:
        """Whether that is enough."""
        return self.score >= PASS

    def check(self, answers: Mapping[str, Any]) -> Feedback:
        """Answer several questions at once, by their codes, and return what the quiz says."""
        for one in self.asked:
            if one.code in answers:
                one.check(answers[one.code])
        return self.feedback()

    def feedback(self) -> Feedback:
        """Tell how many are right, and whether the lesson is passed."""
        progress, company = self.room.progress, self.room.company
        right = sum(one.done for one in self.asked)
        tried = any(progress.tried(one.code, company) for one in self.asked)
        sentence = _("{right} of {of} are right.", right=number(right), of=number(len(self.asked)))
        if not tried:
            return Feedback(EMPTY, 0.0, _("There is no answer yet."))
        if self.passed:
            return Feedback("right", 1.0, joined(" ", [sentence, _("You have passed the lesson.")]))
        wanted = _("{share} are needed to pass.", share=percent(PASS, 0))
        return Feedback(WRONG, self.score, joined(" ", [sentence, wanted]))

    def __repr__(self) -> str:
        return "\n\n".join(f"{n}. {one!r}" for n, one in enumerate(self.questions, 1))

    def _ipython_display_(self) -> None:
        from kamkit.explore.controls import live

        if not live():
            for question in self.questions:
                question._ipython_display_()
            return
        from IPython.display import display

        from kamkit.learn.widget import quiz_card

        display(quiz_card(self))  # type: ignore[no-untyped-call]


def quiz(number: int) -> Quiz:
    """Return the exit quiz of a lesson in the room that is open."""
    return Quiz(number, room_of(number))
