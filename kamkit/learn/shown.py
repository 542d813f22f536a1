"""How far a learner is: lesson by lesson, what is answered and whether the quiz is passed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.attempts import PASS, Case, Progress, home
from kamkit.learn.course import Lesson, lessons, track
from kamkit.learn.register import questions
from kamkit.learn.room import _rooms, company_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class Standing(NamedTuple):
    """One lesson: questions answered, questions there are, the quiz, and those right at once."""

    lesson: Lesson
    done: int
    of: int
    quiz: float | None
    at_once: float | None

    @property
    def passed(self) -> bool:
        """Whether the quiz is passed."""
        return self.quiz is not None and self.quiz >= PASS


def standing(about: Lesson, progress: Progress, company: Case) -> Standing:
    """Return how far a learner is in a lesson.

    >>> from kamkit.learn.course import lesson
    >>> standing(lesson(2), Progress(None), 0)[1:]
    (0, 12, None, None)
    """
    codes = [
        question for question in questions(about.number) if not progress.left_out(question, company)
    ]
    tried = [code for code in codes if progress.tried(code, company)]
    own = [code for code in codes if code in set(questions(about.number, "quiz"))]
    right = [progress.done(one, company) for one in own]
    first = [progress.of(one, company)["attempts"][0]["state"] != "wrong" for one in tried]
    return Standing(
        about,
        sum(progress.done(code, company) for code in codes),
        len(codes),
        sum(right) / len(right) if any(progress.tried(one, company) for one in own) else None,
        sum(first) / len(first) if first else None,
    )


class Standings:
    """The standing of every lesson of a track; it shows itself."""

    def __init__(self, rows: Iterable[Standing]) -> None:
        self.rows = [row for row in rows if row.of]

    @property
    def _cells(self) -> list[list[str]]:
        return [
            [
                str(row.lesson.number),
                str(row.lesson.title),
                _("{n} of {of}", n=number(row.done), of=number(row.of)),
                "–" if row.quiz is None else percent(row.quiz, 0),
                "–" if row.at_once is None else percent(row.at_once, 0),
                _("passed") if row.passed else "",
            ]
            for row in self.rows
        ]

    @property
    def _heads(self) -> list[str]:
        return [_("No."), _("Lesson"), _("Answered"), _("Quiz"), _("Right at once"), ""]

    def __repr__(self) -> str:
        rows = [[str(head) for head in self._heads], *self._cells]
        wide = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        lines = (
            "  ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)) for row in rows
        )
        return "\n".join(line.rstrip() for line in lines)

    def _repr_mimebundle_(self, **_unused: Any) -> tuple[dict[str, str], dict[str, Any]]:
        heads = "".join(f'<th scope="col">{escape(str(head))}</th>' for head in self._heads)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._cells
        )
        html = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        text = repr(self)
        return {"text/html": html, "text/plain": text}, {"kamkit": {"kind": "note", "text": text}}


def progress() -> Standings:
    """Return how far the learner is, in the folder that holds this notebook."""
    now = _rooms.get("now")
    kept = now.progress if now is not None else Progress(home())
    return standings(kept, company=now.company if now is not None else None)


def standings(kept: Progress, *, company: Case | None = None) -> Standings:
    """Return the standing of the lessons of the learner's track."""
    data = kept.data
    chosen = company_of(data) if company is None else company
    own = track(data["track"]) if data.get("track") else lessons()
    return Standings(standing(one, kept, chosen) for one in own)
