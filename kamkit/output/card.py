"""A card: a few lines that tell what an object is, as a notebook shows it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def card_html(title: str, rows: Sequence[tuple[str, str]], *, note: str = "") -> str:
    """Return a title and rows of label and text as HTML, escaped; ``note`` stands above them.

    >>> "<h4>Bygg &amp; co</h4>" in card_html("Bygg & co", [("Period", "2025")])
    True
    """
    body = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
        f'<td style="text-align:left">{escape(text)}</td></tr>'
        for label, text in rows
    )
    above = f"<caption>{escape(note)}</caption>" if note else ""
    head = f"<h4>{escape(title)}</h4>"
    return f'<div class="kamkit-card">{head}<table>{above}{body}</table></div>'
