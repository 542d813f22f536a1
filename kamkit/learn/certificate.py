"""What a learner can show: which lessons were passed, when, with which seed, and a checksum."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from kamkit.files import whole_file
from kamkit.language import N_, number, percent
from kamkit.language import gettext as _
from kamkit.learn.attempts import Progress
from kamkit.learn.shown import Standing, standings

FILE = "certificate.md"
_HEADS = (N_("Lesson"), N_("Answered"), N_("Quiz"), N_("Right at once"), N_("Last day"))


def checksum_of(data: dict[str, Any]) -> str:
    """Return the checksum over all answers; another when one of them is changed.

    >>> checksum_of({"questions": {}}) == checksum_of({"questions": {}, "track": "manager"})
    True
    """
    text = json.dumps(data.get("questions", {}), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_certificate(progress: Progress) -> Path:
    """Write the certificate into the learner's folder and return its path."""
    if progress.folder is None:
        raise ValueError("a certificate needs a folder")
    path = progress.folder / FILE
    with whole_file(path) as unfinished:
        unfinished.write_text("\n".join(_lines(progress)) + "\n", encoding="utf-8")
    return path


def _lines(progress: Progress) -> list[str]:
    data = progress.data
    rows = standings(progress).rows
    passed = [row for row in rows if row.passed]
    seed = int(data.get("seed") or 0)
    return [
        f"# {_('Certificate')}",
        "",
        _("{n} of {of} lessons passed.", n=number(len(passed)), of=number(len(rows))),
        "",
        "| " + " | ".join(str(_(head)) for head in _HEADS) + " |",
        "|---|---|---|---|---|",
        *(_line(row, data) for row in passed),
        "",
        _("Practice company: seed {seed}.", seed=seed)
        if seed
        else _("Practice company: the one that comes with kamkit."),
        "",
        _(
            "This certificate is self-attested: kamkit checked the answers on the learner’s own"
            " machine, and nobody looked on."
        ),
        "",
        f"{_('Checksum over the answers')}: `{checksum_of(data)}`",
    ]


def _line(row: Standing, data: dict[str, Any]) -> str:
    lesson = row.lesson
    days = [
        attempt["at"][:10]
        for code, own in data.get("questions", {}).items()
        if code.startswith(f"{lesson.number:02d}.")
        for attempt in own["attempts"]
    ]
    cells = [
        f"{lesson.number} {lesson.title}",
        f"{row.done}/{row.of}",
        percent(row.quiz or 0, 0),
        percent(row.at_once or 0, 0),
        max(days, default=""),
    ]
    return f"| {' | '.join(cells)} |"
