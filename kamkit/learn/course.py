"""The lessons of the course: number, title, time, tracks, and what one can do afterwards."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kamkit.errors import ParameterError
from kamkit.language import gettext as _

LESSONS = Path(__file__).with_name("course.csv")
OBJECTIVES = Path(__file__).with_name("objectives.csv")
TRACKS = ("manager", "analyst", "taster")


@dataclass(frozen=True)
class Lesson:
    """One lesson; ``objectives`` are sentences that go on from “After this lesson you can …”.

    >>> lesson(2).file, sorted(lesson(2).objectives)
    ('02_who_matters.ipynb', ['capacity', 'count', 'depend', 'divide', 'limits'])
    """

    number: int
    code: str
    source_title: str
    minutes: int
    tracks: tuple[str, ...]
    objectives: dict[str, str]

    @property
    def title(self) -> str:
        """The title in the language in use."""
        return _(self.source_title)

    @property
    def file(self) -> str:
        """The name of the notebook."""
        return f"{self.number:02d}_{self.code}.ipynb"

    def can(self, objective: str) -> str:
        """Return an objective in the language in use.

        >>> lesson(2).can("depend")
        'tell concentration from dependence'
        """
        return _(self.objectives[objective])


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return all lessons in their order.

    >>> len(lessons())
    18
    """
    aims: dict[str, dict[str, str]] = {}
    for row in _rows(OBJECTIVES):
        aims.setdefault(row["lesson"], {})[row["code"]] = row["sentence"]
    return tuple(
        Lesson(
            int(row["number"]),
            row["code"],
            row["title"],
            int(row["minutes"]),
            tuple(row["tracks"].split()),
            aims[row["number"]],
        )
        for row in _rows(LESSONS)
    )


def lesson(number: int) -> Lesson:
    """Return one lesson; ``ParameterError`` where there is none of that number.

    >>> lesson(16).minutes
    120
    """
    for lesson in lessons():
        if lesson.number == number:
            return lesson
    raise ParameterError(
        _("There is no lesson {number}.", number=number),
        wanted=_("a number from {low} to {high}", low=0, high=lessons()[-1].number),
        remedy=_("Choose one of these."),
    )


def track(name: str) -> tuple[Lesson, ...]:
    """Return the lessons of a track; ``ParameterError`` for an unknown one.

    >>> [one.number for one in track("taster")]
    [0, 1, 2, 7, 16]
    """
    if name not in TRACKS:
        raise ParameterError(
            _("There is no track “{name}”.", name=name),
            wanted=", ".join(TRACKS),
            remedy=_("Choose one of these."),
        )
    return tuple(lesson for lesson in lessons() if name in lesson.tracks)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
