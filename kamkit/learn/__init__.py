"""The course: lessons whose questions are checked, with a reason for each wrong answer.

``lesson`` opens the room of a lesson, ``ask`` asks one of its questions, ``guess`` puts the
learner's guess beside the result, ``quiz`` is the exit quiz, and ``progress`` tells how far the
learner is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.lazy import lazily

if TYPE_CHECKING:
    from kamkit.learn.asked import ask, guess, quiz
    from kamkit.learn.register import questions
    from kamkit.learn.room import lesson
    from kamkit.learn.shown import progress

__all__ = ["ask", "guess", "lesson", "progress", "questions", "quiz"]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "asked": ["ask", "guess", "quiz"],
        "register": ["questions"],
        "room": ["lesson"],
        "shown": ["progress"],
    },
)
