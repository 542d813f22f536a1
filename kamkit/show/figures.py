"""The one way a figure, a finding or a result leaves a cell, with its words and its label.

Every output carries ``metadata["kamkit"]``, by which the runner finds it again in the executed
notebook. A figure is one HTML element with the PNG inside and the alternative text on it: see
docs/decisions/0004-pictures.md for why there is no second copy.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.language import N_

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from kamkit.finding import Finding

RESULTS = "KAMKIT_RESULTS"
_BOX = "border-left:4px solid #0072b2;padding:0.3em 0 0.3em 0.9em;margin:0.6em 0"


@dataclass(frozen=True)
class Picture:
    """A figure and its words: the finding it shows, a text instead of it, source and period.

    >>> from kamkit.show.style import canvas
    >>> Picture(canvas("Sales rose 4%")[0], "Sales rose 4%", "A line.", "Source: CDNOW.")
    Sales rose 4%
    """

    figure: Figure = field(compare=False)
    title: str
    alt: str
    caption: str

    def __repr__(self) -> str:
        return self.title


def figure(picture: Picture) -> None:
    """Show a picture with its alternative text and caption.

    Outside Jupyter the title and the alternative text are printed.

    >>> from kamkit.show.style import canvas
    >>> figure(Picture(canvas("Sales rose 4%")[0], "Sales rose 4%", "A rising line.", ""))
    Sales rose 4%
    A rising line.
    """
    publish(bundle(picture), label(picture))
    _close(picture.figure)


def finding(found: Finding) -> None:
    """Show a finding: its sentence set apart, its caveats as a list below.

    >>> import pandas as pd
    >>> from kamkit.finding import Finding
    >>> finding(Finding("size", pd.DataFrame(), "Three accounts.", ("One month only.",)))
    Three accounts.
    – One month only.
    """
    plain = "\n".join([found.text, *(f"– {caveat}" for caveat in found.caveats)])
    about = {
        "kind": "finding",
        "name": found.name,
        "text": found.text,
        "caveats": list(found.caveats),
    }
    publish({"text/html": finding_html(found), "text/plain": plain}, about)


def finding_html(found: Finding) -> str:
    """Return a finding as HTML, escaped.

    >>> import pandas as pd
    >>> from kamkit.finding import Finding
    >>> "<b>&lt;Bygg&gt;" in finding_html(Finding("x", pd.DataFrame(), "<Bygg> grew."))
    True
    """
    items = "".join(f"<li>{escape(caveat)}</li>" for caveat in found.caveats)
    below = f"<ul>{items}</ul>" if items else ""
    return (
        f'<div class="kamkit-finding" role="note" style="{_BOX}">'
        f'<p style="margin:0;font-size:1.1em"><b>{escape(found.text)}</b></p>{below}</div>'
    )


def figure_html(picture: Picture) -> str:
    """Return a picture as one HTML ``figure`` with the PNG inside.

    >>> from kamkit.show.style import canvas
    >>> html = figure_html(Picture(canvas("")[0], "T", 'A "line"', "Source: CDNOW."))
    >>> 'alt="A &quot;line&quot;"' in html, html.count("base64,")
    (True, 1)
    """
    from kamkit.show.style import WIDTH, png

    code = base64.b64encode(png(picture.figure)).decode("ascii")
    return (
        '<figure class="kamkit-figure" style="margin:0.6em 0">'
        f'<img alt="{escape(picture.alt)}" width="{WIDTH * 100:.0f}" '
        f'style="max-width:100%;height:auto" src="data:image/png;base64,{code}">'
        f'<figcaption style="font-size:0.9em;color:#555">{escape(picture.caption)}</figcaption>'
        "</figure>"
    )


def bundle(picture: Picture) -> dict[str, str]:
    """Return what a notebook stores of a picture, by media type."""
    return {"text/html": figure_html(picture), "text/plain": f"{picture.title}\n{picture.alt}"}


def keep(name: str, frame: pd.DataFrame) -> None:
    """Keep a result table for the runner, who makes the workbook from what was kept.

    Written as ``<name>.parquet``, whole or not at all, in the folder that the variable
    ``KAMKIT_RESULTS`` names; without the variable nothing happens. ``name`` is lower-case
    letters, digits and ``_``. Raises ``ParameterError`` for any other name.

    >>> import pandas as pd
    >>> keep("accounts", pd.DataFrame({"account_id": ["1"]}))
    """
    if not re.fullmatch(r"[a-z0-9_]+", name):
        from kamkit.errors import ParameterError
        from kamkit.language import gettext as _

        raise ParameterError(
            _("A result cannot be kept under the name “{name}”.", name=name),
            wanted=_("lower-case letters, digits and _"),
            remedy=_("Give it a short name such as key_accounts."),
        )
    folder = os.environ.get(RESULTS)
    if folder:
        from kamkit.show.documents import whole_file

        with whole_file(Path(folder) / f"{name}.parquet") as path:
            frame.to_parquet(path, index=False)


@contextmanager
def if_possible() -> Iterator[None]:
    """Show what a ``with`` block shows, or one sentence where the case cannot support it.

    ``MissingTable``, ``PeriodError``, ``LedgerError`` and ``CapacityError`` become the sentence;
    any other error goes on.

    >>> from kamkit.errors import MissingTable
    >>> with if_possible():
    ...     raise MissingTable("The ledger has no cost.", remedy="Add the column.")
    Left out: The ledger has no cost. Add the column.
    """
    from kamkit.errors import CapacityError, LedgerError, MissingTable, PeriodError
    from kamkit.language import gettext as _

    try:
        yield
    except (CapacityError, LedgerError, MissingTable, PeriodError) as error:
        told = isinstance(error, CapacityError | LedgerError) and error.found
        found = f"({error.found})" if told else ""
        why = " ".join(filter(None, [error.message, found, error.remedy]))
        text = _("Left out: {why}", why=why)
        html = f'<p class="kamkit-note">{escape(text)}</p>'
        publish({"text/html": html, "text/plain": text}, {"kind": "note", "text": text})


NOTES = {
    "no_previous": N_(
        "No earlier run was named. Name one to compare with: kamkit run SOURCE --previous FOLDER."
    )
}
"""Sentences that a notebook shows where there is nothing to compute."""


def note(name: str) -> None:
    """Show one of the sentences of ``NOTES``.

    >>> note("no_previous")
    No earlier run was named. Name one to compare with: kamkit run SOURCE --previous FOLDER.
    """
    from kamkit.language import gettext as _

    text = _(NOTES[name])
    html = f'<p class="kamkit-note">{escape(text)}</p>'
    publish({"text/html": html, "text/plain": text}, {"kind": "note", "text": text})


def publish(
    data: dict[str, str], about: dict[str, Any], *, handle: str = "", again: bool = False
) -> None:
    """Send an output to the notebook under its label; outside Jupyter print its plain text.

    ``handle`` is a display id; an output sent ``again`` under it replaces the first.

    >>> publish({"text/html": "<b>3</b>", "text/plain": "3"}, {"kind": "note"})
    3
    """
    from IPython import get_ipython

    if get_ipython() is None:
        print(data["text/plain"])
        return
    from IPython.display import display

    named: dict[str, Any] = {"display_id": handle, "update": again} if handle else {}
    display(data, metadata={"kamkit": about}, raw=True, **named)  # type: ignore[no-untyped-call]


def label(picture: Picture) -> dict[str, Any]:
    """Return the label of a picture's output, by which the runner finds it.

    >>> from kamkit.show.style import canvas
    >>> label(Picture(canvas("T")[0], "T", "A line.", ""))["kind"]
    'figure'
    """
    return {
        "kind": "figure",
        "title": picture.title,
        "alt": picture.alt,
        "caption": picture.caption,
    }


def _close(drawn: Figure) -> None:
    # a figure made with pyplot would be shown a second time at the end of the cell
    import sys

    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(drawn)
