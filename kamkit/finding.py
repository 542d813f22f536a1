"""A finding: the table of an analysis and the sentence that is built from its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kamkit.language import joined, spoken

if TYPE_CHECKING:
    import pandas as pd


class Spoken:
    """A field of a dataclass that is given in the language in use, whichever it was made in."""

    def __init__(self, *default: Any) -> None:
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, one: Any, owner: type | None = None) -> Any:
        if one is not None:
            return spoken(one.__dict__[self._name])
        if self._default:
            return self._default[0]
        raise AttributeError(self._name)

    def __set__(self, one: Any, value: Any) -> None:
        one.__dict__[self._name] = value


@dataclass(frozen=True)
class Finding:
    """What an analysis ends in: ``table``, the ``text`` made from it, and its ``caveats``.

    The report, the account plan and the lesson print the same finding, so that they cannot
    disagree. ``name`` is its key in the manifest. Text and caveats are written in the language in
    use when they are read, not when they were made.

    >>> import pandas as pd
    >>> Finding("size", pd.DataFrame({"n": [3]}), "Three accounts.", ("One month only.",))
    Three accounts. (One month only.)
    """

    name: str
    table: pd.DataFrame = field(compare=False)
    text: str = Spoken()  # type: ignore[assignment]
    caveats: tuple[str, ...] = Spoken(())  # type: ignore[assignment]

    def __repr__(self) -> str:
        return joined(" ", [self.text, *(f"({caveat})" for caveat in self.caveats)])
