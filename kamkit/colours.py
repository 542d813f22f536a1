"""The colours of everything that is shown: charts, pages, documents, workbooks and lessons."""

from __future__ import annotations

INK, QUIET, PAPER = "#222222", "#55606d", "#ffffff"
LINE, WASH = "#d5dbe1", "#f3f6f9"
BLUE, ORANGE, GREEN = "#0072b2", "#e69f00", "#009e73"
RED, SKY = "#d55e00", "#56b4e9"
PALETTE = (BLUE, ORANGE, GREEN, RED, SKY, "#cc79a7", "#f0e442", INK)
"""The colours of Okabe and Ito (2008), told apart by every common kind of colour vision."""

ACCENT, BELOW, RIGHT = "#005a8e", "#a23300", "#1b7f3b"
"""Letters of blue, red and green: dark enough on white (AA) for small sizes."""

PALE_BLUE, PALE_RED = "#cfe3f1", "#f3d3c4"
"""Behind figures: more, and below zero."""

TOLD, TOLD_LINE = "#fdf6e3", "#b58900"
"""Behind what has to be borne in mind, and around it."""

_LIGHT = {
    "paper": PAPER,
    "ink": INK,
    "quiet": QUIET,
    "line": LINE,
    "accent": ACCENT,
    "wash": WASH,
    "below": BELOW,
    "told": TOLD,
    "told-line": TOLD_LINE,
    "focus": ORANGE,
}
_DARK = {
    "paper": "#12181f",
    "ink": "#e4e8ec",
    "quiet": "#aab5c0",
    "line": "#3b4652",
    "accent": "#86c5f0",
    "wash": "#1c252e",
    "below": "#ff9f75",
    "told": "#332b12",
}


def css() -> str:
    """Return the colours as variables of a style sheet, on light and on dark screens.

    >>> css().splitlines()[0][:50]
    ':root { color-scheme: light dark; --paper: #ffffff'
    """
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in roles.items())
        for roles in (_LIGHT, _DARK)
    )
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )
