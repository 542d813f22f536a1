"""A finding: the table of an analysis and the sentence that is built from its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE
from kamkit.language import joined, spoken

if TYPE_CHECKING:
    import pandas as pd

METHODS = "methods.html"
"""The page beside the report of a run that tells how each finding is made and checked."""

_BOX = f"border-left:4px solid {BLUE};padding:0.3em 0 0.3em 0.9em;margin:0.6em 0"


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
    use when they are read, not when they were made. In a notebook a finding shows itself.

    >>> import pandas as pd
    >>> Finding("size", pd.DataFrame({"n": [3]}), "Three accounts.", ("One month only.",))
    Three accounts. (One month only.)
    """

    name: str
    table: pd.DataFrame = field(compare=False)
    text: str = Spoken()  # type: ignore[assignment]
    caveats: tuple[str, ...] = Spoken(())  # type: ignore[assignment]

    @property
    def method(self) -> str:
        """Where the page beside a report tells how the finding is made and checked.

        >>> import pandas as pd
        >>> Finding("late", pd.DataFrame(), "Nobody is late.").method
        'methods.html#late'
        """
        return f"{METHODS}#{self.name}"

    def __repr__(self) -> str:
        return str(joined(" ", [self.text, *(f"({caveat})" for caveat in self.caveats)]))

    def _repr_mimebundle_(self, **_wishes: Any) -> tuple[dict[str, str], dict[str, Any]]:
        text, caveats = self.text, self.caveats
        about = {"kind": "finding", "name": self.name, "text": text, "caveats": list(caveats)}
        plain = "\n".join([text, *(f"– {caveat}" for caveat in caveats)])
        return {"text/html": finding_html(self), "text/plain": plain}, {"kamkit": about}


def finding_html(finding: Finding) -> str:
    """Return a finding as HTML, escaped.

    >>> import pandas as pd
    >>> "<b>&lt;Bygg&gt;" in finding_html(Finding("x", pd.DataFrame(), "<Bygg> grew."))
    True
    """
    items = "".join(f"<li>{escape(caveat)}</li>" for caveat in finding.caveats)
    below = f"<ul>{items}</ul>" if items else ""
    return (
        f'<div class="kamkit-finding" role="note" style="{_BOX}">'
        f'<p style="margin:0;font-size:1.1em"><b>{escape(finding.text)}</b></p>{below}</div>'
    )
