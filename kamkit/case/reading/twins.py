"""Headings that stand twice: columns that say the same, or are told apart by their place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.headings import folded

if TYPE_CHECKING:
    from kamkit.case.reading.source import Part


def apart(part: Part, engine: Engine) -> Part:
    """Return the part with each heading once: “Beløp” again becomes “Beløp (2)”.

    A column that says on every line what its twin says loses its heading.
    """
    folds = [folded(heading) for heading in part.headings]
    if len({fold for fold in folds if fold}) == sum(map(bool, folds)):
        return part
    headings = list(part.headings)
    for at, heading in enumerate(part.headings):
        before = [i for i in range(at) if part.headings[i] == heading]
        if heading and before:
            same = any(_same(part, i, at, engine) for i in before)
            headings[at] = "" if same else f"{heading} ({len(before) + 1})"
    return replace(part, headings=tuple(headings))


def _same(part: Part, one: int, other: int, engine: Engine) -> bool:
    """Tell whether two columns hold the same on every line."""
    table = part.relation
    cells = [table[f"c{at}"].cast("string").fill_null("") for at in (one, other)]
    differs = (cells[0] != cells[1]).any().fill_null(False)
    return not engine.row({"differs": differs}, table)["differs"]
