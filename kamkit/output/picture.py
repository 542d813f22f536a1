"""A picture: a figure with its words and the numbers it draws, which shows itself.

A figure is one HTML element with an SVG inside and the alternative text on it; a PNG stands beside
it in a notebook for what shows no HTML. See docs/decisions/0004-pictures.md.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.colours import QUIET

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """A figure and its words: the finding it shows, a text instead of it, source and period.

    ``table`` holds the numbers that are drawn. In a notebook a picture shows itself, under the
    label by which the runner finds it. Its words are part of the drawing: a picture stays in the
    language it was drawn in. After ``set_language`` ask the analysis for it again (``a.pareto``),
    which draws it in the new language.

    >>> from kamkit.output.style import canvas
    >>> Picture(canvas("Sales rose 4%")[0], "Sales rose 4%", "A line.", "Source: CDNOW.")
    Sales rose 4%
    """

    figure: Figure = field(compare=False)
    title: str
    alt: str
    caption: str
    table: pd.DataFrame | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """What the picture shows, in a sentence: its title."""
        return self.title

    def __repr__(self) -> str:
        return str(self.title)

    def _repr_mimebundle_(self, **_wishes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        from kamkit.output.style import WIDTH, png

        about = {"kind": "figure", "title": self.title, "alt": self.alt, "caption": self.caption}
        data = {
            "image/png": png(self.figure),
            "text/html": figure_html(self),
            "text/plain": f"{self.title}\n{self.alt}",
        }
        return data, {"kamkit": about, "image/png": {"width": WIDTH * 100, "alt": self.alt}}


def figure_html(picture: Picture) -> str:
    """Return a picture as one HTML ``figure`` with an SVG inside, or a PNG where that is smaller.

    >>> from kamkit.output.style import canvas
    >>> html = figure_html(Picture(canvas("")[0], "T", 'A "line"', "Source: CDNOW."))
    >>> 'alt="A &quot;line&quot;"' in html, html.count("data:image/svg+xml;base64,")
    (True, 1)
    """
    from kamkit.output.style import WIDTH, png, svg

    traced = svg(picture.figure)
    kind = "svg+xml" if traced else "png"
    code = base64.b64encode(traced.encode() or png(picture.figure)).decode("ascii")
    return (
        '<figure class="kamkit-figure" style="margin:0.6em 0">'
        f'<img alt="{escape(picture.alt)}" width="{WIDTH * 100:.0f}" '
        f'style="max-width:100%;height:auto" src="data:image/{kind};base64,{code}">'
        f'<figcaption style="font-size:0.9em;color:{QUIET}">{escape(picture.caption)}</figcaption>'
        "</figure>"
    )
