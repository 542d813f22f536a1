"""What a learner has answered: kept in their folder as one JSON file, or only in memory."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kamkit.errors import SourceError
from kamkit.files import locked, whole_file
from kamkit.language import gettext as _
from kamkit.learn.answers import EMPTY, LEFT_OUT, NOTED, RIGHT, UNREAD, Feedback

FILE = "kamkit-learn.json"
"""The file by which a learner's folder is known: choices of the course, and the answers."""

Case = int | str
"""The company that an answer is about: the seed of a practice company, or a ledger by its name."""

PASS = 0.8
"""The share of the exit quiz that passes."""


def home(start: Path | None = None) -> Path | None:
    """Return the learner's folder that holds a place, the working folder without one; else None.

    >>> home(Path("no such folder")) is None
    True
    """
    here = (start or Path.cwd()).resolve()
    return next((one for one in (here, *here.parents) if (one / FILE).is_file()), None)


class Progress:
    """The answers of one learner; with no folder they last as long as the kernel.

    >>> progress = Progress(None)
    >>> progress.record("02.rule", 0, 180, Feedback("right", 1.0, ""))
    >>> progress.done("02.rule", 0), progress.done("02.rule", 17)
    (True, False)
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._memory: dict[str, Any] = {}

    @property
    def data(self) -> dict[str, Any]:
        """All that is kept: ``seed``, ``language``, ``track`` and ``questions`` by their code."""
        if self.folder is None:
            return self._memory
        path = self.folder / FILE
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SourceError(
                _("The file of your progress cannot be read."),
                where=FILE,
                found=str(error),
                remedy=_("Put it back from a copy, or delete it and run kamkit learn again."),
            ) from None
        return content if isinstance(content, dict) else {}

    def change(self, mend: Callable[[dict[str, Any]], None]) -> None:
        """Change what is kept; other kernels wait meanwhile, and the file is whole or as it was."""
        if self.folder is None:
            mend(self._memory)
            return
        work = self.folder / ".kamkit"
        work.mkdir(exist_ok=True)
        with locked(work / "progress.lock"):
            data = self.data
            mend(data)
            with whole_file(self.folder / FILE) as path:
                path.write_text(
                    json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n",
                    encoding="utf-8",
                )

    def record(self, code: str, case: Case, answer: Any, feedback: Feedback) -> None:
        """Keep an attempt; what is empty, unreadable or left out is none, but left out is noted."""
        if feedback.state in (EMPTY, UNREAD):
            return

        def mend(data: dict[str, Any]) -> None:
            own = _question(data, code, case)
            if feedback.state == LEFT_OUT:
                own["left_out"] = True
                return
            own.pop("left_out", None)
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            own["attempts"].append(
                {
                    "at": now,
                    "answer": _plain(answer),
                    "state": feedback.state,
                    "credit": round(feedback.credit, 4),
                }
            )

        self.change(mend)

    def note(self, code: str, case: Case, name: str, value: Any) -> None:
        """Keep how many hints were taken, or that the solution was shown."""
        self.change(lambda data: _question(data, code, case).update({name: value}))

    def of(self, code: str, case: Case) -> dict[str, Any]:
        """Return what is kept of a question: ``attempts``, ``hints``, ``solution``."""
        own: dict[str, Any] = self.data.get("questions", {}).get(f"{code}@{case}", {})
        return {"attempts": [], "hints": 0, "solution": False, **own}

    def tried(self, code: str, case: Case) -> bool:
        """Tell whether there was an attempt."""
        return bool(self.of(code, case)["attempts"])

    def best(self, code: str, case: Case) -> dict[str, Any] | None:
        """Return the latest right attempt, the latest of all where none is right.

        >>> progress = Progress(None)
        >>> for answer, state in ((180, "right"), (3, "wrong")):
        ...     progress.record("02.rule", 0, answer, Feedback(state, 0.0, ""))
        >>> progress.best("02.rule", 0)["answer"]
        180
        """
        attempts = self.of(code, case)["attempts"]
        right = [attempt for attempt in attempts if attempt["state"] in (RIGHT, NOTED)]
        return dict([*attempts, *right][-1]) if attempts else None

    def left_out(self, code: str, case: Case) -> bool:
        """Tell whether the case could not carry the question."""
        return bool(self.of(code, case).get("left_out"))

    def done(self, code: str, case: Case) -> bool:
        """Tell whether a question was answered rightly once, or its prediction noted."""
        return any(
            attempt["state"] in (RIGHT, NOTED) for attempt in self.of(code, case)["attempts"]
        )

    def forget(self, number: int) -> int:
        """Forget the answers of a lesson and return how many questions that were."""
        gone: list[str] = []

        def mend(data: dict[str, Any]) -> None:
            kept = data.setdefault("questions", {})
            gone.extend(one for one in kept if one.startswith(f"{number:02d}."))
            for one in gone:
                del kept[one]

        self.change(mend)
        return len(gone)


def _question(data: dict[str, Any], code: str, case: Case) -> dict[str, Any]:
    questions = data.setdefault("questions", {})
    own: dict[str, Any] = questions.setdefault(
        f"{code}@{case}", {"attempts": [], "hints": 0, "solution": False}
    )
    return own


def _plain(answer: Any) -> Any:
    if isinstance(answer, set | frozenset):
        return sorted(answer)
    if hasattr(answer, "to_dict"):
        return answer.to_dict("records")
    return answer.item() if hasattr(answer, "item") else answer
