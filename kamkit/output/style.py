"""One look for every picture: colours, fonts, sizes, number formats and the PNG itself."""

from __future__ import annotations

import functools
import io
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, ORANGE, PALETTE, QUIET
from kamkit.language import gettext as _
from kamkit.language import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

CLASS_COLOURS = {"A": BLUE, "B": ORANGE, "C": QUIET}
HATCH = "////"
MANY: dict[str, Any] = {"rasterized": True}
"""The look of hundreds of marks: in an SVG they are one image among lines and letters."""
HATCHED: dict[str, Any] = {"hatch": HATCH, "edgecolor": "white", "linewidth": 0}
"""The look of a bar that is told apart by its lines, not by its colour alone."""

WIDTH = 9.0
"""Inches; 900 pixels wide on the page, which fits a notebook cell and a printed A4 sheet."""

_PIXELS_PER_INCH = 150
_COLOURS_IN_PNG = 128
_DRAWN, _TRACED, _SHOWN = "_kamkit_png", "_kamkit_svg", "_repr_png_"
_LARGEST_SVG, _FINE = 240_000, 200
_TYPEFACE = "'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', sans-serif"
"""That of the pages: letters of a chart are letters of the page it stands on."""
_WHITE_GRID: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.labelsize": 10.8,
    "axes.linewidth": 1.25,
    "axes.titlesize": 10.8,
    "font.size": 10.8,
    "grid.linewidth": 1,
    "legend.fontsize": 9.9,
    "legend.title_fontsize": 10.8,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "xtick.bottom": False,
    "xtick.labelsize": 9.9,
    "xtick.major.size": 6,
    "xtick.major.width": 1.25,
    "xtick.minor.size": 4,
    "xtick.minor.width": 1,
    "ytick.labelsize": 9.9,
    "ytick.left": False,
    "ytick.major.size": 6,
    "ytick.major.width": 1.25,
    "ytick.minor.size": 4,
    "ytick.minor.width": 1,
}
"""Seaborn's white grid at nine tenths of its notebook size. Written out: importing seaborn takes
two seconds, which each kernel of a run would spend."""
_TITLE_LETTERS = 80


@functools.cache
def look() -> Any:
    """Return the matplotlib settings of the house: seaborn's white grid, our colours and fonts.

    >>> look()["font.family"]
    ['DejaVu Sans']
    """
    from cycler import cycler

    return {
        **_WHITE_GRID,
        "font.family": ["DejaVu Sans"],
        "axes.prop_cycle": cycler(color=PALETTE),
        "axes.edgecolor": "#b0b0b0",
        "axes.labelcolor": INK,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "grid.color": "#e4e4e4",
        "grid.linewidth": 0.8,
        "hatch.linewidth": 0.7,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        # a customer called “$mart” is no formula
        "text.parse_math": False,
    }


def canvas(
    title: str, *, height: float = 4.8, panels: int = 1, one_scale: bool = True
) -> tuple[Figure, list[Axes]]:
    """Return an empty figure with its title and one or more panels side by side.

    The figure is not registered with pyplot, so it is freed like any other object. ``height`` is
    in inches; ``one_scale`` gives all panels the same vertical axis.

    >>> figure, panels = canvas("Sales rose", panels=2)
    >>> len(panels)
    2
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.08)
    figure = Figure(figsize=(WIDTH, height), layout=layout)
    lines = textwrap.fill(title, _TITLE_LETTERS, break_long_words=False)
    figure.suptitle(lines, x=0.012, ha="left", fontsize=12, fontweight="bold")
    axes = figure.subplots(1, panels, squeeze=False, sharey=one_scale and panels > 1)
    # without pyplot nobody tells the notebook how a figure is shown
    setattr(figure, _SHOWN, functools.partial(_shown, figure))
    return figure, list(axes[0])


def _shown(figure: Figure) -> tuple[bytes, dict[str, float]]:
    return png(figure), {"width": WIDTH * 100}


def png(figure: Figure) -> bytes:
    """Return the figure as a PNG, the same bytes each time.

    Reduced to a palette, which makes the file three times smaller and changes nothing the eye
    can see. A figure is drawn once: page, document and notebook take the same PNG.

    >>> png(canvas("Sales rose")[0])[1:4]
    b'PNG'
    """
    import matplotlib
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    drawn: bytes | None = getattr(figure, _DRAWN, None)
    if drawn is not None:
        return drawn
    figure.set_dpi(_PIXELS_PER_INCH)
    page: Any = FigureCanvasAgg(figure)
    with matplotlib.rc_context(look()):
        page.draw()
    figure.set_layout_engine("none")  # it is laid out; an SVG of it lies the same way
    picture = Image.fromarray(np.asarray(page.buffer_rgba())).convert("RGB")
    few = picture.quantize(
        _COLOURS_IN_PNG, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    small = io.BytesIO()
    few.save(small, format="png", compress_level=6)
    setattr(figure, _DRAWN, small.getvalue())
    return small.getvalue()


def svg(figure: Figure) -> str:
    """Return the figure as an SVG, the same each time; empty where a PNG is the smaller.

    Letters stay letters, in the typeface of the page. Thousands of marks make an SVG of megabytes.

    >>> "Sales rose</text>" in svg(canvas("Sales rose")[0])
    True
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    traced: str | None = getattr(figure, _TRACED, None)
    if traced is not None:
        return traced
    drawn = io.StringIO()
    words = {"Date": None, "Creator": None, "Format": None, "Type": None}
    settings = {**look(), "svg.fonttype": "none", "svg.hashsalt": "kamkit"}
    page: Any = FigureCanvasSVG(figure)
    usual = figure.dpi
    with matplotlib.rc_context(settings):
        figure.set_dpi(_FINE)  # that of what is an image in it
        page.print_svg(drawn, metadata=words)
        figure.set_dpi(usual)
    text = re.sub(r"(\d\.\d\d)\d+", r"\1", drawn.getvalue())
    text = text[text.index("<svg") :].replace("'DejaVu Sans'", _TYPEFACE)
    text = text if len(text) <= _LARGEST_SVG else ""
    setattr(figure, _TRACED, text)
    return text


def share_axis(axis: Axis, quantity: str) -> None:
    """Label an axis of shares; ticks are percentages in the language in use.

    >>> axes = canvas("")[1][0]
    >>> share_axis(axes.xaxis, "Share of accounts")
    >>> axes.xaxis.get_major_formatter().format_ticks([0, 0.025, 0.05])
    ['0.0%', '2.5%', '5.0%']
    """
    axis.set_label_text(quantity)
    _ticks(axis, percent, 100)


def count_axis(axis: Axis, quantity: str) -> None:
    """Label an axis of whole numbers.

    >>> axes = canvas("")[1][0]
    >>> count_axis(axes.yaxis, "Rows")
    >>> axes.yaxis.get_major_formatter().format_ticks([0, 1200])
    ['0', '1,200']
    """
    axis.set_label_text(quantity)
    _ticks(axis, number, integer=True)


def money_axis(
    axis: Axis, quantity: str, values: Iterable[float], currency: str = "", *, signed: bool = True
) -> None:
    """Label an axis of amounts, in whole units, thousands, millions or billions by their size.

    An axis that is not ``signed`` is written alike on both sides of zero.

    >>> axes = canvas("")[1][0]
    >>> money_axis(axes.yaxis, "Revenue", [0, 2_500_000], "NOK")
    >>> axes.yaxis.get_label_text(), axes.yaxis.get_major_formatter().format_ticks([0, 5e5])
    ('Revenue (million NOK)', ['0.0', '0.5'])
    """
    largest = max((abs(value) for value in values), default=0.0)
    divisor, unit = axis_unit(largest, currency)
    label = _("{quantity} ({unit})", quantity=quantity, unit=unit) if unit else quantity
    axis.set_label_text(label)

    def write(value: float, decimals: int) -> str:
        return number((value if signed else abs(value)) / divisor, decimals)

    _ticks(axis, write, 1 / divisor)


def axis_unit(largest: float, currency: str) -> tuple[float, str]:
    """Return what the amounts of an axis are divided by, and the name of that unit.

    >>> axis_unit(2_500_000, "NOK")
    (1000000.0, 'million NOK')
    """
    if largest >= 1e9:
        return 1e9, _("billion {currency}", currency=currency).strip()
    if largest >= 1e6:
        return 1e6, _("million {currency}", currency=currency).strip()
    if largest >= 1e4:
        return 1e3, _("thousand {currency}", currency=currency).strip()
    return 1.0, currency


def _ticks(
    axis: Axis, write: Callable[[float, int], str], scale: float = 1, *, integer: bool = False
) -> None:
    from matplotlib.ticker import MaxNLocator

    from kamkit.output.ticks import Numbers

    # steps of 2.5 would need a decimal more
    # with fewer than two ticks asked for, whole numbers stay whole on a short axis
    least = 1 if integer else 2
    axis.set_major_locator(
        MaxNLocator(nbins=7, steps=[1, 2, 5, 10], integer=integer, min_n_ticks=least)
    )
    axis.set_major_formatter(Numbers(write, scale))


def say_at(
    axes: Axes, text: str, point: tuple[Any, float], offset: tuple[float, float], **how: Any
) -> None:
    """Write a label beside a point of a chart, on a white ground; ``offset`` is in points.

    ``leader=True`` draws a line to the point.

    >>> axes = canvas("")[1][0]
    >>> say_at(axes, "80/20", (0.2, 0.8), (10, 0))
    >>> [label.get_text() for label in axes.texts]
    ['80/20']
    """
    line = {"arrowstyle": "-", "color": QUIET, "linewidth": 0.8, "shrinkA": 2, "shrinkB": 5}
    axes.annotate(
        text,
        point,
        offset,
        textcoords="offset points",
        arrowprops=line if how.pop("leader", False) else None,
        bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "alpha": 0.85, "linewidth": 0},
        **{"fontsize": 9.5, "va": "center", **how},
    )


def name_rows(axes: Axes, names: Iterable[str]) -> None:
    """Name the rows of a chart from the top down, without lines between them.

    >>> axes = canvas("")[1][0]
    >>> name_rows(axes, ["Askøy", "Bodø"])
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['Askøy', 'Bodø']
    """
    labels = list(names)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")


def write_beside(axes: Axes, ends: Iterable[float], texts: Iterable[str]) -> None:
    """Write a text behind the end of each row's bar, from the top down.

    >>> axes = canvas("")[1][0]
    >>> write_beside(axes, [0.5, 0.25], ["50%", "25%"])
    >>> [(text.get_text(), text.get_position()) for text in axes.texts]
    [('50%', (0.5, 0)), ('25%', (0.25, 1))]
    """
    for i, (end, text) in enumerate(zip(ends, texts, strict=True)):
        axes.text(float(end), i, text, va="center", fontsize=9.5)


def stack(
    axes: Axes, parts: Iterable[tuple[str, Iterable[float], str, str]], width: float = 0.7
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Draw rows of bars end to end: of each part its label, a size per row, colour and hatch.

    What is above zero goes to the right, what is below to the left. Returns where the rows end on
    the right and on the left.

    >>> from kamkit.colours import BLUE, SKY
    >>> axes = canvas("")[1][0]
    >>> stack(axes, [("price", [2.0, -1.0], BLUE, ""), ("volume", [1.0, 3.0], SKY, HATCH)])
    (array([3., 3.]), array([ 0., -1.]))
    """
    import numpy as np

    right = left = np.zeros(1)
    for label, sizes, colour, hatch in parts:
        size = np.array(list(sizes), dtype=float)
        axes.barh(
            range(len(size)),
            size,
            width,
            left=np.where(size >= 0, right, left),
            color=colour,
            hatch=hatch,
            edgecolor=QUIET if colour == "white" else "white",
            linewidth=0.5,
            label=label,
            zorder=2,
        )
        right, left = right + np.maximum(size, 0), left + np.minimum(size, 0)
    return right, left


def legend_above(axes: Axes, columns: int = 2, handles: Sequence[Any] | None = None) -> None:
    """Put the legend over the chart at the right, where it hides nothing.

    >>> axes = canvas("")[1][0]
    >>> line = axes.plot([0, 1], label="revenue")
    >>> legend_above(axes)
    >>> axes.get_legend().get_texts()[0].get_text()
    'revenue'
    """
    axes.legend(
        handles=handles if handles is None else list(handles),
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=columns,
        frameon=False,
        fontsize=9.5,
    )
