"""Pictures of change: what took sales from one period to the next, by accounts and by products."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.picture import Picture
from kamkit.output.style import (
    BLUE,
    GREEN,
    HATCH,
    INK,
    ORANGE,
    QUIET,
    RED,
    SKY,
    _unit,
    canvas,
    money_axis,
    styled,
)
from kamkit.output.wording import caption, nothing, sentences, value
from kamkit.schema import label, word
from kamkit.show.cohorts import cohorts, group_names, retention
from kamkit.show.movement import named
from kamkit.value.price_volume_mix import EFFECTS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

__all__ = ["bridge", "cohorts", "price_volume_mix", "retention"]

Steps = list[tuple[str, float, bool]]
"""Label, amount, and whether it is a sum that stands on the ground."""

_LOOKS = {
    "price_effect": (BLUE, ""),
    "volume_effect": (ORANGE, "//"),
    "mix_effect": (GREEN, ".."),
    "new_products": (SKY, "\\\\"),
    "dropped_products": (RED, "xx"),
    "not_decomposed": ("white", "--"),
}
_CUT_WHEN = 0.25
"""The axis of a waterfall is cut where what moves is a smaller share of the highest level."""


@styled
def bridge(
    table: pd.DataFrame,
    *,
    by: str = "revenue",
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw which accounts took sales from one period's sum to the next one's, as a waterfall.

    ``table`` is that of ``value.bridge``, one row per effect, with ``effect``, ``accounts`` and
    ``by``. What takes is hatched and has a minus; under each bar stands its number of accounts.
    Where the sums are far larger than the effects they are cut off below, which the caption says.

    >>> import pandas as pd
    >>> bridge(pd.DataFrame({"effect": ["start", "new", "lost", "end"], "accounts": [2, 1, 1, 2],
    ...     "revenue": [10.0, 5, -3, 12]}))
    From 10 to 12 (20.0%): new, returned and growing accounts gave 5, shrinking and lost ones took 3
    """
    words = caption(source, period)
    if table.empty or not table["accounts"].any():
        return nothing(words)
    amounts = table.set_index("effect")[by]
    start, end = float(amounts["start"]), float(amounts["end"])
    gave, took = (
        float(amounts.reindex(effects).fillna(0.0).sum())
        for effects in (["new", "returned", "up"], ["down", "lost"])
    )
    title = _(
        "From {before} to {after} ({share}): new, returned and growing accounts gave {gave}, "
        "shrinking and lost ones took {took}",
        before=value(start, by, currency),
        after=value(end, by, currency),
        share=percent((end - start) / start if start > 0 else float("nan")),
        gave=value(gave, by, currency),
        took=value(0.0 - took, by, currency),
    )
    shown = table[(table["accounts"] > 0) | table["effect"].isin(["start", "end"])]
    shown = shown[shown["effect"] != "same"]
    steps: Steps = [
        (
            f"{_word(row.effect)}\n{_accounts(row.accounts)}",
            float(getattr(row, by)),
            row.effect in ("start", "end"),
        )
        for row in _rows(shown)
    ]
    figure, (axes,) = canvas(title, height=4.8)
    cut = _waterfall(axes, steps, label(by), currency)
    told = [
        f"{_word(row.effect)}: {value(float(getattr(row, by)), by, currency)} "
        f"({_accounts(row.accounts)})"
        for row in _rows(shown)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), sentences(words, cut))


@styled
def price_volume_mix(
    table: pd.DataFrame,
    *,
    currency: str = "",
    top: int = 10,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what prices, volume, mix, new and dropped products did to revenue.

    ``table`` is that of ``value.price_volume_mix``. With one row it is a waterfall from the
    revenue before to that after; with several, the effects of the ``top`` rows with the largest
    change are stacked on either side of zero, and a diamond marks their sum.

    >>> import pandas as pd
    >>> row = {name: [0.0] for name in EFFECTS} | {"price_effect": [-2.0], "volume_effect": [5.0]}
    >>> price_volume_mix(pd.DataFrame({"revenue_before": [10.0], "revenue_after": [13.0],
    ...     "change": [3.0], **row}))
    Revenue changed by 3: price -2, volume 5, mix 0
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    total = table[["change", *EFFECTS]].sum()
    parts = {name: scaled(float(total[name]) + 0.0, currency) for name in total.index}
    title = _(
        "Revenue changed by {change}: price {price_effect}, volume {volume_effect}, mix "
        "{mix_effect}",
        **parts,
    )
    told = "; ".join(f"{label(name)}: {parts[name]}" for name in EFFECTS)
    if len(table) == 1:
        figure, (axes,) = canvas(title, height=4.6)
        cut = _waterfall(axes, _pvm_steps(table), label("revenue"), currency)
        return Picture(figure, title, sentences(title, told), sentences(words, cut))
    largest = table["change"].abs().sort_values(ascending=False, kind="stable").index[:top]
    shown = _with_names(table.loc[largest])
    figure, (axes,) = canvas(title, height=2.1 + 0.36 * len(shown))
    _stacked(axes, shown, currency)
    rows = "; ".join(f"{row.shown}: {scaled(row.change, currency)}" for row in _rows(shown))
    if len(table) > len(shown):
        words = sentences(
            words,
            _(
                "Shown: the {n} largest changes of {all}.",
                n=number(len(shown)),
                all=number(len(table)),
            ),
        )
    return Picture(figure, title, sentences(title, told, rows), words)


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def _word(effect: str) -> str:
    text = word(effect)
    return text[:1].upper() + text[1:]


def _accounts(count: int) -> str:
    return ngettext("{n} account", "{n} accounts", int(count))


def _pvm_steps(table: pd.DataFrame) -> Steps:
    row = table.iloc[0]
    steps: Steps = [(_word("start"), float(row["revenue_before"]), True)]
    steps += [
        (label(name), float(row[name]), False)
        for name in EFFECTS
        if row[name] or name in ("price_effect", "volume_effect", "mix_effect")
    ]
    return [*steps, (_word("end"), float(row["revenue_after"]), True)]


def _waterfall(axes: Axes, steps: Steps, quantity: str, currency: str) -> str:
    """Draw the steps; return what the caption must say of the axis, if anything."""
    levels = [0.0]
    spans: list[tuple[float, float]] = []
    for _x, amount, is_sum in steps:
        low = 0.0 if is_sum else levels[-1]
        levels.append(amount if is_sum else levels[-1] + amount)
        spans.append((low, levels[-1]))
    tops = levels[1:]
    floor = _floor(tops)
    for place, ((low, high), (_x, amount, is_sum)) in enumerate(zip(spans, steps, strict=True)):
        bottom = max(low, floor) if is_sum else low
        colour = QUIET if is_sum else BLUE if amount >= 0 else "white"
        axes.bar(
            place,
            high - bottom,
            0.62,
            bottom=bottom,
            color=colour,
            edgecolor=QUIET if is_sum else BLUE if amount >= 0 else RED,
            hatch="" if is_sum or amount >= 0 else HATCH,
            zorder=2,
        )
        if place:
            axes.plot(
                [place - 0.69, place - 0.31], [levels[place]] * 2, color=INK, linewidth=1, zorder=3
            )
    _amounts(axes, steps, spans, floor)
    names = ["\n".join(textwrap.fill(line, 14) for line in text.split("\n")) for text, *_x in steps]
    axes.set_xticks(range(len(steps)), names, fontsize=9)
    axes.grid(visible=False, axis="x")
    money_axis(axes.yaxis, quantity, [*tops], currency)
    if not floor:
        axes.axhline(0, color=QUIET, linewidth=1)
        return ""
    _cuts(axes, [place for place, (*_x, is_sum) in enumerate(steps) if is_sum])
    return _("The axis does not begin at zero: the bars before and after are cut off below.")


def _floor(levels: list[float]) -> float:
    """Return where the axis begins: zero, or nearer where the effects would be too small to see."""
    low, high = min(levels), max(levels)
    if low <= 0 or high - low > _CUT_WHEN * high:
        return 0.0
    return max(0.0, low - 0.5 * (high - low)) if high > low else 0.0


def _amounts(axes: Axes, steps: Steps, spans: list[tuple[float, float]], floor: float) -> None:
    """Write the amounts over what adds and under what takes, in the unit of the axis."""
    ends = [level for span in spans for level in span if not floor or level >= floor]
    low, high = min(floor, *ends), max(floor, *ends)
    room = (high - low) or 1.0
    largest = max(abs(level) for span in spans for level in span)
    divisor, _x = _unit(largest, "")
    decimals = 2 if divisor >= 1e6 else 1 if divisor > 1 else 0
    for place, (span, (_x, amount, is_sum)) in enumerate(zip(spans, steps, strict=True)):
        text = number(amount / divisor, decimals)
        sign = "+" if amount > 0 and not is_sum else ""
        over = amount >= 0
        edge = max(span) if over else min(span)
        axes.annotate(
            f"{sign}{text}",
            (place, edge),
            (0, 4 if over else -4),
            ha="center",
            va="bottom" if over else "top",
            textcoords="offset points",
            fontsize=10,
            fontweight="bold" if is_sum else "normal",
        )
    axes.set_ylim(low - 0.1 * room if low < 0 else floor, high + 0.1 * room)


def _cuts(axes: Axes, places: list[int]) -> None:
    """Draw a white tear through the bars that do not stand on zero."""
    low, high = axes.get_ylim()
    at = low + 0.07 * (high - low)
    wave = np.linspace(-0.36, 0.36, 60)
    swing = 0.008 * (high - low)
    for place in places:
        across = at + swing * np.sin(wave / 0.36 * 3 * np.pi)
        axes.plot(place + wave, across, color="white", linewidth=5, zorder=4)


def _with_names(table: pd.DataFrame) -> pd.DataFrame:
    if "account_id" in table:
        return named(table)
    first = table["category"] if "category" in table else table.index.to_series()
    return table.assign(shown=group_names(first))


def _stacked(axes: Axes, shown: pd.DataFrame, currency: str) -> None:
    places = np.arange(len(shown))
    over, under = np.zeros(len(shown)), np.zeros(len(shown))
    for name in EFFECTS:
        values = shown[name].to_numpy(dtype=float)
        if not values.any():
            continue
        colour, hatch = _LOOKS[name]
        start = np.where(values >= 0, over, under)
        edge = QUIET if colour == "white" else "white"
        axes.barh(
            places,
            values,
            0.62,
            left=start,
            color=colour,
            hatch=hatch,
            edgecolor=edge,
            linewidth=0.5,
            label=label(name),
            zorder=2,
        )
        over, under = over + np.maximum(values, 0), under + np.minimum(values, 0)
    change = shown["change"].to_numpy(dtype=float)
    axes.plot(
        change,
        places,
        "D",
        color="white",
        markeredgecolor=INK,
        markeredgewidth=1.6,
        markersize=7,
        linestyle="",
        label=_("change"),
        zorder=4,
    )
    low, high = float(min(0, *under)), float(max(0, *over))
    room = (high - low) or 1.0
    divisor, _x = _unit(max(abs(low), abs(high)), "")
    decimals = 2 if divisor >= 1e6 else 1 if divisor > 1 else 0
    for place, value_, end in zip(places, change, over, strict=True):
        sign = "+" if value_ > 0 else ""
        axes.annotate(
            f"{sign}{number(value_ / divisor, decimals)}",
            (max(end, 0), place),
            (10, 0),
            va="center",
            textcoords="offset points",
            fontsize=10,
        )
    axes.set_yticks(places, shown["shown"])
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.axvline(0, color=INK, linewidth=1, zorder=3)
    axes.set_xlim(low - 0.04 * room, high + 0.14 * room)
    axes.grid(visible=False, axis="y")
    money_axis(axes.xaxis, _("Change in revenue"), [low, high], currency)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False, fontsize=9)
