"""The scaffold of every chart: a title that says the finding, the drawing, the words beside it.

A chart takes a table and returns a ``Picture`` with the numbers it draws. It says what it shows in
its title and draws; the canvas, the look, the text for those who do not see it and the caption are
the same for all and made here. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kamkit.colours import QUIET
from kamkit.language import gettext as _
from kamkit.language import joined, number
from kamkit.output.picture import Picture
from kamkit.output.style import canvas, look
from kamkit.output.wording import sentences

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MOST_WORDS = 60


def chart(
    title: str,
    draw: Callable[..., None],
    *,
    table: pd.DataFrame | None,
    description: str | Sequence[str] = (),
    caption: str = "",
    height: float = 4.8,
    panels: int = 1,
    one_scale: bool = True,
) -> Picture:
    """Return the picture that ``draw`` draws, given its ``panels``, with its words.

    ``table`` holds the numbers drawn. The alternative text is the title and the ``description``:
    a text, or the rows of the picture, of which as many are told as 60 words hold. ``height`` and
    ``one_scale`` are those of ``canvas``.

    >>> import pandas as pd
    >>> two = pd.DataFrame({"year": [2024, 2025], "revenue": [50.0, 52.0]})
    >>> drawn = chart(
    ...     "Sales rose 4%",
    ...     lambda axes: axes.plot(two["year"], two["revenue"]),
    ...     table=two,
    ...     description=["2024: 50", "2025: 52"],
    ... )
    >>> drawn.alt
    'Sales rose 4%. 2024: 50; 2025: 52.'
    """
    import matplotlib

    with matplotlib.rc_context(look()):
        figure, axes = canvas(title, height=height, panels=panels, one_scale=one_scale)
        draw(*axes)
    rows = description
    more = rows if isinstance(rows, str) else _as_many(rows, _MOST_WORDS - len(title.split()))
    return Picture(figure, title, sentences(title, more), caption, table)


def nothing(caption: str, title: str = "") -> Picture:
    """Return a picture that says there is nothing to draw, with its caption.

    >>> nothing("Period: 1997.")
    There is nothing to draw: no account has sales here
    """
    title = title or _("There is nothing to draw: no account has sales here")
    return chart(title, _dash, table=None, caption=caption, height=1.6)


def _dash(axes: Axes) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, "–", ha="center", va="center", color=QUIET)


def _as_many(rows: Sequence[str], most: int) -> str:
    """Write the first rows that hold no more words than that, and how many are left."""
    words, shown = 0, list(rows)
    for i, row in enumerate(rows):
        words += len(row.split())
        if words > most - 4:
            shown = [*rows[:i], _("and {n} more", n=number(len(rows) - i))]
            break
    return joined("; ", shown)
