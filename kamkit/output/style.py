"""One look for every picture: colours, fonts, sizes, number formats and the PNG itself."""

from __future__ import annotations

import functools
import io
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from matplotlib.ticker import Formatter, MaxNLocator

from kamkit.language import gettext as _
from kamkit.language import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

P = ParamSpec("P")
R = TypeVar("R")

INK = "#222222"
QUIET = "#6b6b6b"
BLUE = "#0072b2"
ORANGE = "#e69f00"
GREEN = "#009e73"
RED = "#d55e00"
SKY = "#56b4e9"
PALETTE = (BLUE, ORANGE, GREEN, RED, SKY, "#cc79a7", "#f0e442", INK)
"""The colours of Okabe and Ito (2008), told apart by every common kind of colour vision."""

CLASS_COLOURS = {"A": BLUE, "B": ORANGE, "C": QUIET}
HATCH = "////"
WIDTH = 9.0
"""Inches; 900 pixels wide on the page, which fits a notebook cell and a printed A4 sheet."""

_PIXELS_PER_INCH = 150
_COLOURS_IN_PNG = 128
_DRAWN = "_kamkit_png"
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


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under the look of the house and leave matplotlib as it was.

    >>> @styled
    ... def family():
    ...     import matplotlib
    ...     return matplotlib.rcParams["font.family"]
    >>> family()
    ['DejaVu Sans']
    """

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        import matplotlib

        with matplotlib.rc_context(look()):
            return draw(*args, **kwargs)

    return drawn


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
    return figure, list(axes[0])


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
    picture = Image.fromarray(np.asarray(page.buffer_rgba())).convert("RGB")
    few = picture.quantize(_COLOURS_IN_PNG, dither=Image.Dither.NONE)
    small = io.BytesIO()
    few.save(small, format="png", compress_level=6)
    setattr(figure, _DRAWN, small.getvalue())
    return small.getvalue()


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


def money_axis(axis: Axis, quantity: str, values: Iterable[float], currency: str = "") -> None:
    """Label an axis of amounts, in whole units, thousands, millions or billions by their size.

    >>> axes = canvas("")[1][0]
    >>> money_axis(axes.yaxis, "Revenue", [0, 2_500_000], "NOK")
    >>> axes.yaxis.get_label_text(), axes.yaxis.get_major_formatter().format_ticks([0, 5e5])
    ('Revenue (million NOK)', ['0.0', '0.5'])
    """
    largest = max((abs(value) for value in values), default=0.0)
    divisor, unit = _unit(largest, currency)
    label = _("{quantity} ({unit})", quantity=quantity, unit=unit) if unit else quantity
    axis.set_label_text(label)
    _ticks(axis, lambda value, decimals: number(value / divisor, decimals), 1 / divisor)


def _unit(largest: float, currency: str) -> tuple[float, str]:
    if largest >= 1e9:
        return 1e9, _("billion {currency}", currency=currency).strip()
    if largest >= 1e6:
        return 1e6, _("million {currency}", currency=currency).strip()
    if largest >= 1e4:
        return 1e3, _("thousand {currency}", currency=currency).strip()
    return 1.0, currency


class _Numbers(Formatter):
    """Writes ticks in the language in use, all with the decimals that the finest of them needs."""

    def __init__(self, write: Callable[[float, int], str], scale: float) -> None:
        self.write = functools.cache(write)
        self.scale = scale

    def __call__(self, value: float, _place: int | None = None) -> str:
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        decimals = _decimals([self.scale * value for value in values])
        # -0.0 would be written with a minus sign
        return [self.write(round(value, 9) + 0.0, decimals) for value in values]


def _ticks(
    axis: Axis, write: Callable[[float, int], str], scale: float = 1, *, integer: bool = False
) -> None:
    # steps of 2.5 would need a decimal more
    # with fewer than two ticks asked for, whole numbers stay whole on a short axis
    least = 1 if integer else 2
    axis.set_major_locator(
        MaxNLocator(nbins=7, steps=[1, 2, 5, 10], integer=integer, min_n_ticks=least)
    )
    axis.set_major_formatter(_Numbers(write, scale))


def _decimals(values: Sequence[float]) -> int:
    def exact(decimals: int) -> bool:
        return all(abs(value - round(value, decimals)) < 1e-6 for value in values)

    return next((decimals for decimals in range(4) if exact(decimals)), 4)


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
