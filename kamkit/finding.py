"""A finding: the table of an analysis and the sentence that is built from its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Finding:
    """What an analysis ends in: ``table``, the ``text`` made from it, and its ``caveats``.

    The report, the account plan and the lesson print the same finding, so that they cannot
    disagree. ``name`` is its key in the manifest.

    >>> import pandas as pd
    >>> Finding("size", pd.DataFrame({"n": [3]}), "Three accounts.", ("One month only.",))
    Three accounts. (One month only.)
    """

    name: str
    table: pd.DataFrame = field(compare=False)
    text: str
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return " ".join([self.text, *(f"({caveat})" for caveat in self.caveats)])
