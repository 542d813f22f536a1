"""A lesson as the learner gets it: without outputs, in their language, folded for their track."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from kamkit.learn.course import Lesson, lessons, track
from kamkit.learn.prose import translated

FOLDED = ("manager", "taster")
"""The tracks whose learners have no code to read: their code cells are folded away."""

_NEXT = re.compile(r"^(\*\*[^*\n]+:\*\* )\[[^\]]*\]\(([^)#]+\.ipynb)\)", re.MULTILINE)


def learners_copy(path: Path, chosen: str) -> str:
    """Return a notebook of the course as a learner of a track gets it.

    No outputs; the prose in the language in use where it is translated; the link to the next
    lesson leads to the next of the track.
    """
    book = json.loads(path.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
            if chosen in FOLDED:
                cell.setdefault("metadata", {})["jupyter"] = {"source_hidden": True}
        else:
            cell["source"] = _NEXT.sub(lambda match: _onwards(match, chosen), translated(text))
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _onwards(match: re.Match[str], chosen: str) -> str:
    """Return a link to the next lesson, led past those that the track leaves out."""
    own = track(chosen) if chosen else lessons()
    aim = next((lesson for lesson in lessons() if lesson.file == match[2]), None)
    if aim is None or aim in own:
        return match[0]
    later = next((one for one in own if one.number > aim.number), None)
    return f"{match[1]}{link(later)}" if later else match[0]


def link(lesson: Lesson) -> str:
    """Return the link to a lesson, in Markdown.

    >>> from kamkit.learn.course import lesson
    >>> link(lesson(2))
    '[Lesson 2: Who matters](02_who_matters.ipynb)'
    """
    from kamkit.language import gettext as _

    words = _("Lesson {number}: {title}", number=lesson.number, title=lesson.title)
    return f"[{words}]({lesson.file})"


def written(text: str) -> str:
    """Return a mark of what people wrote in a notebook: its cells, whatever was executed or shown.

    >>> book = {"cells": [{"cell_type": "code", "source": ["1 + 1"], "outputs": [2]}]}
    >>> other = {"cells": [{"cell_type": "code", "source": "1 + 1", "outputs": []}]}
    >>> written(json.dumps(book)) == written(json.dumps(other))
    True
    """
    try:
        cells: list[Any] = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        return hashlib.sha256(text.encode()).hexdigest()
    kept = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in cells]
    said = json.dumps([one for one in kept if one[1]], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
