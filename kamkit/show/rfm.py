"""Picture of the scores: how lately against how often, with the accounts and the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.picture import Picture
from kamkit.output.style import INK, RED, canvas, styled
from kamkit.output.wording import caption, nothing, sentences
from kamkit.value.rfm import at_risk, cut_points

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_SCORES = (1, 2, 3, 4, 5)
_GROUNDS = (
    (0.25, "#08306b", "white"),
    (0.10, "#2171b5", "white"),
    (0.03, "#9ecae1", "black"),
    (0.01, "#deebf7", "black"),
)
"""Colour of a cell from a share of the money, and the ink that can be read on it."""


@styled
def rfm(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw the accounts by how lately (R) and how often (F) they bought, with their revenue.

    ``table`` is that of ``value.rfm``. A cell has the number of accounts and below it their share
    of revenue; the darker, the more revenue. The values behind a score stand on the axes. The
    dashed frame is round those that used to buy often and have not bought for long.

    >>> from kamkit import open_case
    >>> from kamkit.value.rfm import rfm as scored
    >>> rfm(scored(open_case("fjordgross")).table).title.split(";")[0]
    '297 accounts with R and F of 4 or 5 gave 69.9% of revenue'
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    title = _title(table)
    counts = table.groupby(["r_score", "f_score"]).size()
    shares = table.groupby(["r_score", "f_score"])["monetary"].sum() / _whole(table)
    figure, (axes,) = canvas(title, height=5.0)
    told = []
    for r in reversed(_SCORES):
        row = []
        for f in _SCORES:
            count, share = int(counts.get((r, f), 0)), float(shares.get((r, f), 0.0))
            _cell(axes, f, r, count, share)
            if count:
                row.append(f"F{f} {number(count)} ({percent(share)})")
        if row:
            told.append(f"R{r}: {', '.join(row)}")
    _axes(axes, table)
    notes = sentences(
        _("In each cell: accounts, and their share of revenue; the darker, the more revenue"),
        _("Dashed frame: used to buy often, have not bought for long"),
        _("Scores from 1 to 5, 5 is best"),
    )
    return Picture(figure, title, sentences(title, "; ".join(told)), sentences(words, notes))


def _whole(table: pd.DataFrame) -> float:
    whole = float(table["monetary"].sum())
    return whole if whole > 0 else float("nan")


def _title(table: pd.DataFrame) -> str:
    active = (table["r_score"] >= 4) & (table["f_score"] >= 4)
    away = at_risk(table)
    part = [float(table.loc[rows, "monetary"].sum()) / _whole(table) for rows in (active, away)]
    return _(
        "{n} with R and F of 4 or 5 gave {share} of revenue; {gone} that used to buy often and "
        "have not bought for long gave {its}",
        n=ngettext("{n} account", "{n} accounts", int(active.sum())),
        share=percent(part[0]),
        gone=ngettext("{n} account", "{n} accounts", int(away.sum())),
        its=percent(part[1]),
    )


def _cell(axes: Axes, f: int, r: int, count: int, share: float) -> None:
    from matplotlib.patches import Rectangle

    ground, ink = next(
        ((ground, ink) for least, ground, ink in _GROUNDS if share >= least), ("white", "black")
    )
    axes.add_patch(Rectangle((f - 0.5, r - 0.5), 1, 1, facecolor=ground, edgecolor="#c8c8c8"))
    text = f"{number(count)}\n{percent(share)}" if count else "0"
    axes.text(f, r, text, ha="center", va="center", fontsize=10, color=ink, linespacing=1.35)


def _axes(axes: Axes, table: pd.DataFrame) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (2.53, 0.53),
            2.94,
            1.94,
            fill=False,
            linewidth=2.2,
            edgecolor=RED,
            linestyle="--",
            zorder=4,
        )
    )
    ranges = cut_points(table).set_index(["measure", "score_level"])
    axes.set_xticks(_SCORES, [_score(ranges, "frequency", score) for score in _SCORES])
    axes.set_yticks(_SCORES, [_score(ranges, "recency", score) for score in _SCORES])
    axes.set_xlim(0.48, 5.52)
    axes.set_ylim(0.46, 5.54)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelcolor=INK)
    axes.set_xlabel(_("Frequency: days with a purchase"))
    axes.set_ylabel(_("Recency: days since the last purchase"))


def _score(ranges: pd.DataFrame, measure: str, score: int) -> str:
    """Return a score and the values behind it, as on an axis."""
    letter = measure[0].upper()
    if (measure, score) not in ranges.index:
        return f"{letter}{score}\n–"
    low, high = (
        number(float(ranges.loc[(measure, score), name]))  # type: ignore[arg-type]
        for name in ("from_value", "to_value")
    )
    return f"{letter}{score}\n{low}" if low == high else f"{letter}{score}\n{low}–{high}"
