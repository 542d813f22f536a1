"""What the answers of a defence lack, as far as that can be told without reading them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn.written import Point, gives_number, has_number, says_when

if TYPE_CHECKING:
    from kamkit.learn.defence import WeakPoint

WORDS = 8
"""So many words an answer has at least."""

_REPEATED = 0.8  # of the words of an answer stand in its question


def lacks(asked: Sequence[WeakPoint], answers: Sequence[str]) -> list[str]:
    """Return for each question what its answer lacks, empty where nothing is seen to be lacking.

    An answer has words of its own, is given once, and says what the question turns on: a sum where
    money or hours are asked about, a day where somebody has to do something.

    Examples
    --------
    >>> from kamkit.learn.defence import WeakPoint
    >>> asked = [WeakPoint("late", 72.0, "Vik is late. Have you called?", "Call.")]
    >>> lacks(asked, ["They have stopped building and will be back, they say."])
    ['Say when: a day, a week or a month.']
    >>> lacks(asked, ["On Friday: they have stopped building and are back in May."])
    ['']
    """
    bare = [_bare(answer) for answer in answers]
    return [
        _lack(one, answer, [*bare[:at], *bare[at + 1 :]])
        for at, (one, answer) in enumerate(zip(asked, answers, strict=True))
    ]


def _lack(asked: WeakPoint, answer: str, others: list[str]) -> str:
    words = re.findall(r"\w+", answer.casefold())
    if len(words) < WORDS:
        return str(_("It waits for an answer of {least} words or more.", least=number(WORDS)))
    in_question = set(re.findall(r"\w+", asked.question.casefold()))
    if sum(word in in_question for word in words) >= _REPEATED * len(words):
        return str(_("The answer repeats the question."))
    if len(set(words)) * 2 < len(words):
        return str(_("The answer says the same words again and again."))
    if _bare(answer) in others:
        return str(_("Another question has the same answer: what is asked here is another thing."))
    unmet = (
        point.unmet for point in _points(asked.kind) if point.holds and not point.holds(answer)
    )
    return str(next(unmet, ""))


def _bare(answer: str) -> str:
    """Return the words of an answer without its numbers, so that a changed number is no answer."""
    return " ".join(re.findall(r"[^\W\d]+", answer.casefold()))


def _points(kind: str) -> list[Point]:
    """Return what the questions of a kind turn on."""
    if kind in ("loss", "hours", "breadth", "terms", "large"):
        return [has_number()]
    if kind in ("call", "people", "late"):
        return [says_when()]
    if kind == "hunt":
        unmet = _("Say after how many meetings, or on which day.")
        day = says_when().holds
        return [Point("", lambda text: gives_number(text) or bool(day and day(text)), unmet)]
    return []
