"""What the tests of charts share: names that are hard to draw, and how a picture is looked at."""

from __future__ import annotations

import itertools

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

NAMES = [
    "Nordre Fjellvik og Omegn Landbruks- og Maskinsamvirke Aksjeselskap, avdeling Vest",
    "W" * 60,
    "$mart & $on",
    "Two\nlines AS",
    "<script>alert(1)</script>",
    None,
    "NORDRE FJELLVIK OG OMEGN MASKINSAMVIRKE",
    "Nordre Fjellvik og Omegn Landbruks- og Maskinsamvirke Aksjeselskap, avdeling Øst",
]


def words(picture) -> list[tuple[str, object]]:
    """Each text that is drawn, with its box in pixels."""
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    ticks, hidden = set(), set()
    for axes in picture.figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            seen = axis.get_visible() and axes.axison
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                ticks |= {tick.label1, tick.label2}
                if not (seen and low - 1e-9 <= tick.get_loc() <= high + 1e-9):
                    hidden |= {tick.label1, tick.label2}
            if not seen:
                hidden |= {axis.label, axis.get_offset_text()}
    return [
        # of an annotation the words only, not its line
        (text.get_text(), Text.get_window_extent(text, canvas.get_renderer()))
        for text in picture.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


def faults(picture) -> list[str]:
    """What is cut off, and what lies on something else, in words."""
    edge, drawn = picture.figure.bbox, words(picture)
    cut = [
        f"“{text}” is cut off"
        for text, box in drawn
        if box.x0 < -1 or box.y0 < -1 or box.x1 > edge.x1 + 1 or box.y1 > edge.y1 + 1
    ]
    over = [
        f"“{one}” lies on “{other}”"
        for (one, box), (other, its) in itertools.combinations(drawn, 2)
        if min(box.x1, its.x1) - max(box.x0, its.x0) > 1
        if min(box.y1, its.y1) - max(box.y0, its.y0) > 1
    ]
    return cut + over


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, relative luminance."""
    lights = []
    for colour in (one, other):
        parts = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        ]
        lights.append(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)
