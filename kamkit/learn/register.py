"""The register of questions: a private function under ``@question`` makes each from a room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.errors import ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.learn.course import lesson, lessons

if TYPE_CHECKING:
    from kamkit.learn.kinds import Kind
    from kamkit.learn.room import Room

PARTS = ("predict", "do", "trap", "write", "quiz")
"""Where in a lesson a question stands, in this order."""

Make = Callable[["Room"], "Kind"]


@dataclass(frozen=True)
class Entry:
    """One question of the register: ``make`` gives it for a room, with what is right."""

    code: str
    lesson: int
    objective: str
    part: str
    make: Make


_ENTRIES: dict[str, Entry] = {}


def question(code: str, *, lesson: int, objective: str, part: str) -> Callable[[Make], Make]:
    """Register the function below as the maker of a question.

    ``code`` is the number of the lesson in two digits and a name; ``objective`` a code of
    ``objectives.csv``, ``part`` one of ``PARTS``.
    """

    def registered(make: Make) -> Make:
        known = _ENTRIES.get(code)
        if known is not None and known.make.__qualname__ != make.__qualname__:
            raise ValueError(f"two questions are called {code!r}")
        _checked(code, lesson, objective, part)
        _ENTRIES[code] = Entry(code, lesson, objective, part, make)
        return make

    return registered


def _checked(code: str, number: int, objective: str, part: str) -> None:
    if not code.startswith(f"{number:02d}."):
        raise ValueError(f"{code!r} should begin with {number:02d}.")
    if part not in PARTS:
        raise ValueError(f"{part!r} of {code!r} is none of {', '.join(PARTS)}")
    if objective not in lesson(number).objectives:
        raise ValueError(f"lesson {number} has no objective {objective!r} ({code!r})")


def load(number: int | None = None) -> None:
    """Import the questions of a lesson, or of all; a lesson without any has none yet."""
    for one in lessons() if number is None else (lesson(number),):
        if (Path(__file__).parent / "lessons" / f"{one.code}.py").is_file():
            import_module(f"kamkit.learn.lessons.{one.code}")


def questions(number: int | None = None, part: str = "") -> list[str]:
    """Return the codes of the questions of a lesson (or all), of one part or all, in their order.

    >>> questions(2, "predict")
    ['02.share_for_80']
    """
    load(number)
    questions_found = (
        one for one in _ENTRIES.values() if number in (None, one.lesson) and part in ("", one.part)
    )
    return [
        one.code
        for one in sorted(questions_found, key=lambda one: (one.lesson, PARTS.index(one.part)))
    ]


def entry(code: str) -> Entry:
    """Return a question of the register; ``ParameterError`` with the nearest code if there is none.

    >>> entry("02.share_for_80").part
    'predict'
    """
    head = code.partition(".")[0]
    if head.isdigit() and int(head) < len(lessons()):
        load(int(head))
    if code in _ENTRIES:
        return _ENTRIES[code]
    load()
    near = nearest(code, _ENTRIES)
    raise ParameterError(
        _("There is no question “{code}”.", code=code),
        remedy=_("Did you mean “{name}”?", name=near)
        if near
        else _("learn.questions(2) names those of lesson 2."),
    )
