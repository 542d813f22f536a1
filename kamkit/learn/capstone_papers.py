"""What comes out of the capstone: the plan and the protocol of its defence as Word documents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.documents.office import describe, save_office
from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn import handed_in
from kamkit.learn.capstone import Review, check, figure, prospects
from kamkit.learn.defence import WeakPoint, answers_of, questions
from kamkit.learn.hand_in_words import GOALS, PLANS, goal_words, headings
from kamkit.learn.handed_in import HandIn, text_of, value_of
from kamkit.learn.replies import lacks
from kamkit.schema import find, noun, word

if TYPE_CHECKING:
    from docx.document import Document as Word

    from kamkit.learn.room import Room

ANSWERS = "defence.csv"
"""The questions of the defence, with room for the answers."""

PLAN, PROTOCOL = "plan.docx", "defence.docx"
_FIGURES = (
    "revenue_year",
    "profit_year",
    "accounts",
    "hours_each",
    "cost_year",
    "baseline",
    "target",
)


@dataclass(frozen=True)
class Defence:
    """A plan on trial: what was checked, the twelve questions, and the answers so far.

    It shows itself: first what is to be put right, then the questions. The model answers stay out
    until every question has an answer.
    """

    room: Room
    handed: HandIn
    review: Review
    asked: list[WeakPoint]
    answers: list[str]

    @property
    def missing(self) -> list[str]:
        """What stands between this plan and the certificate, in sentences."""
        sentences = [one.text for one in self.review.to_mend]
        lacking = [(n, one) for n, one in enumerate(self._lacks, 1) if one]
        sentences += [_("Question {n}: {lack}", n=number(n), lack=one) for n, one in lacking]
        return sentences

    @property
    def _lacks(self) -> list[str]:
        return lacks(self.asked, self._padded())

    def _padded(self) -> list[str]:
        return [*self.answers, *[""] * len(self.asked)][: len(self.asked)]

    @property
    def passed(self) -> bool:
        """Whether all checks hold and no answer is seen to lack anything."""
        return not self.missing

    def __repr__(self) -> str:
        lines = [self.review.text, ""]
        each = zip(self.asked, self._padded(), self._lacks, strict=True)
        for n, (one, answer, lack) in enumerate(each, 1):
            lines.append(f"{n}. {one.question}")
            lines.append(f"   {answer or _('(your answer)')}")
            if answer and lack:
                lines.append(f"   → {lack}")
        return "\n".join(lines)

    def write(self, folder: Path) -> list[Path]:
        """Write the plan and the protocol; with a learner's folder the certificate too.

        Raises ``ParameterError`` where something is missing, with the first of it.
        """
        if self.missing:
            raise ParameterError(
                _("The plan is not defended yet."), found=self.missing[0], remedy=self.missing[-1]
            )
        folder.mkdir(parents=True, exist_ok=True)
        paths = [
            save_office(plan_document(self), folder / PLAN),
            save_office(protocol_document(self), folder / PROTOCOL),
        ]
        if self.room.folder is not None:
            from kamkit.learn.certificate import write_certificate

            paths.append(write_certificate(self.room.progress))
        return paths


def defend(room: Room, folder: Path) -> Defence:
    """Check what lies in a folder, and ask twelve questions about it.

    The questions are written to ``defence.csv`` with room for answers; an answer stays with its
    question as long as the question is asked.

    Raises ``SourceError`` where the folder holds no plan.
    """
    handed = handed_in.read(folder, {**room.names, **prospects(room)})
    asked = questions(handed, room)
    path = folder / ANSWERS
    known = _known(path)
    answers = [known.get(one.question, "") for one in asked]
    table = pd.DataFrame(
        {
            "number": range(1, len(asked) + 1),
            "question": [one.question for one in asked],
            "answer": answers,
        }
    )
    handed_in.write_table(table, path)
    return Defence(room, handed, check(handed, room), asked, answers_of(table))


def _known(path: Path) -> dict[str, str]:
    """Return the answers that were given, by their question."""
    if not path.is_file():
        return {}
    table = handed_in.read_table(path)
    if not {"question", "answer"} <= set(table.columns):
        return {}
    return dict(zip(table["question"], table["answer"].map(text_of), strict=True))


def plan_document(defence: Defence) -> Word:
    """Return the plan as a Word document: lists, programme, the three plans with objectives."""
    from docx import Document

    document, handed = Document(), defence.handed
    title = _("Key account plan: {company}", company=defence.room.title)
    describe(document, title)
    document.add_heading(title, level=0)
    document.add_heading(_("Our key accounts"), level=1)
    _rows(
        document,
        handed.table("key_accounts"),
        "account_name treatment revenue_year profit_year reason",
    )
    document.add_heading(_("They stay with ordinary sales"), level=1)
    _rows(document, handed.table("ordinary_sales"), "account_name reason")
    document.add_heading(_("Breadth and depth"), level=1)
    _rows(document, handed.table("programme"), "treatment accounts hours_each cost_year")
    goals = handed.table("objectives")
    for plan in PLANS:
        document.add_heading(headings()[plan], level=1)
        document.add_paragraph(handed.words.get(plan, ""))
        own = goals[goals["plan"].map(text_of) == plan]
        shown = own.assign(goal=own["goal"].map(text_of).map(_goal))
        _rows(document, shown, "goal measure baseline target owner due objective")
    for code, heading in list(headings().items())[len(PLANS) :]:
        if handed.words.get(code):
            document.add_heading(heading, level=1)
            document.add_paragraph(handed.words[code])
    return document


def _goal(code: str) -> str:
    return goal_words(code) if code in GOALS else code


def _rows(document: Any, table: pd.DataFrame, columns: str) -> None:
    """Add a table with the words of its columns above it."""
    names = [one for one in columns.split() if one in table]
    if table.empty:
        return
    grid = document.add_table(rows=1, cols=len(names), style="Light Grid Accent 1")
    for cell, name in zip(grid.rows[0].cells, names, strict=True):
        cell.text = _heads()[name]
    for row in table[names].itertuples(index=False):
        for cell, name, value in zip(grid.add_row().cells, names, row, strict=True):
            cell.text = _shown(name, value)


def _shown(name: str, value: Any) -> str:
    """Return what stands in a cell of the plan: words for codes, figures that can be read."""
    text = text_of(value)
    if name == "treatment":
        return word(text) or text
    if name == "measure":
        return noun(text) if find(text) else text
    amount = value_of(text) if name in _FIGURES else None
    return text if amount is None else figure(amount)


def _heads() -> dict[str, str]:
    """Return what the columns are called on paper."""
    return {
        "account_name": _("Name"),
        "treatment": _("Treatment"),
        "reason": _("Reason"),
        "revenue_year": _("Revenue in a year"),
        "profit_year": _("Profit in a year"),
        "accounts": _("Accounts"),
        "hours_each": _("Hours for each"),
        "cost_year": _("Cost in a year"),
        "goal": _("Goal"),
        "objective": _("Objective"),
        "measure": _("Measure"),
        "baseline": _("Value today"),
        "target": _("Target"),
        "owner": _("Owner"),
        "due": _("Date"),
    }


def protocol_document(defence: Defence) -> Word:
    """Return the protocol: checks, each question with the answer and a model answer beside it."""
    from docx import Document

    document = Document()
    title = _("Defence of the plan: {company}", company=defence.room.title)
    describe(document, title)
    document.add_heading(title, level=0)
    document.add_paragraph(defence.review.text.split("\n", 1)[0])
    for n, (one, answer) in enumerate(zip(defence.asked, defence.answers, strict=True), 1):
        document.add_heading(f"{n}. {one.question}", level=2)
        document.add_paragraph(answer)
        note = document.add_paragraph()
        note.add_run(_("What a good answer does: {model}", model=one.model)).italic = True
    document.add_paragraph(
        _(
            "This protocol is self-attested: kamkit checked the plan on the learner's own machine,"
            " and nobody looked on. Whether the answers are good a reader decides."
        )
    )
    document.add_paragraph(_("Checksum: {sum}", sum=checksum(defence)))
    return document


def checksum(defence: Defence) -> str:
    """Return the checksum over the plan and the answers."""
    parts = [
        *(defence.handed.table(name).to_csv(index=False) for name in handed_in.TABLES),
        *(f"{code} {words}" for code, words in sorted(defence.handed.words.items())),
        *defence.answers,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
