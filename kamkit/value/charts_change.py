"""Pictures of change: what took sales from one period to the next, by accounts and by products."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.colours import BLUE, GREEN, INK, ORANGE, QUIET, RED, SKY
from kamkit.language import gettext as _
from kamkit.language import number, signed
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import group_names, named
from kamkit.output.style import HATCH, axis_unit, legend_above, money_axis, name_rows, stack
from kamkit.output.wording import capital, caption, n_accounts, sentences, value
from kamkit.schema import label, takes, word
from kamkit.value._price_volume_mix import EFFECTS, told_change

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

Steps = list[tuple[str, float, bool]]
"""Label, amount, and whether it is a sum that stands on the ground."""

_LOOKS = {
    "price_effect": (BLUE, ""),
    "volume_effect": (ORANGE, "//"),
    "mix_effect": (GREEN, "++"),
    "new_products": (SKY, "\\\\"),
    "dropped_products": (RED, "xx"),
    "not_decomposed": ("white", "--"),
}
_CUT_WHEN = 0.25
"""The axis of a waterfall is cut where what moves is a smaller share of the highest level."""


@takes(table="effect accounts {by}")
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
    >>> steps = pd.DataFrame({"effect": ["start", "new", "lost", "end"],
    ...     "accounts": [2, 1, 1, 2], "revenue": [10.0, 5, -3, 12]})
    >>> print(bridge(steps).title.split(":")[0])
    From 10 to 12 (+20.0%)
    """
    words = caption(source, period)
    if table.empty or not table["accounts"].any():
        return nothing(words)
    ends = table["effect"].isin(["start", "end"])
    shown = table[(table["accounts"] > 0) & (table["effect"] != "same") | ends]
    effects = [
        (capital(word(effect)), n_accounts(n), float(amount))
        for effect, n, amount in zip(shown["effect"], shown["accounts"], shown[by], strict=True)
    ]
    steps: Steps = [
        (f"{name}\n{n}", amount, is_sum)
        for (name, n, amount), is_sum in zip(effects, ends[shown.index], strict=True)
    ]
    description = [f"{name}: {value(amount, by, currency)} ({n})" for name, n, amount in effects]
    alike = int(table.loc[table["effect"] == "same", "accounts"].sum())
    same = _("Not drawn: {n} with the same sum as before", n=n_accounts(alike)) if alike else ""
    return chart(
        _bridge_title(table, by, currency),
        lambda axes: waterfall(axes, steps, label(by), currency),
        table=shown,
        description=description,
        caption=sentences(words, cut_off(steps), same),
    )


def _bridge_title(table: pd.DataFrame, by: str, currency: str) -> str:
    amounts = table.set_index("effect")[by].astype(float)
    start, end = float(amounts["start"]), float(amounts["end"])
    gave, took = (
        float(amounts.reindex(effects).fillna(0.0).sum())
        for effects in (["new", "returned", "up"], ["down", "lost"])
    )
    return _(
        "From {before} to {after} ({share}): new, returned and growing accounts gave {gave}, "
        "shrinking and lost accounts took {took}",
        before=value(start, by, currency),
        after=value(end, by, currency),
        share=signed((end - start) / start if start > 0 else float("nan"), 1),
        gave=value(gave, by, currency),
        took=value(0.0 - took, by, currency),
    )


@takes(
    table="change price_effect volume_effect mix_effect new_products dropped_products "
    "not_decomposed"
)
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
    Revenue grew by 3: price −2, volume +5
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    total = table[["change", *EFFECTS]].sum()
    parts = {name: scaled(float(total[name]) + 0.0, currency) for name in total.index}
    title = told_change(total, currency)
    description = [f"{label(name)}: {parts[name]}" for name in EFFECTS]
    if len(table) == 1:
        steps = _pvm_steps(table.iloc[0])
        return chart(
            title,
            lambda axes: waterfall(axes, steps, label("revenue"), currency),
            table=table,
            description=description,
            caption=sentences(words, cut_off(steps)),
            height=4.6,
        )
    largest = table["change"].abs().sort_values(ascending=False, kind="stable").index[:top]
    shown = _with_names(table.loc[largest])
    changes = zip(shown["shown"], shown["change"], strict=True)
    description += [f"{name}: {scaled(change, currency)}" for name, change in changes]
    return chart(
        title,
        lambda axes: _effects(axes, shown, currency),
        table=shown,
        description=description,
        caption=sentences(words, _shown_of(len(shown), len(table))),
        height=2.1 + 0.36 * len(shown),
    )


def _shown_of(shown: int, whole: int) -> str:
    if shown == whole:
        return ""
    return _("Shown: the {n} largest changes of {all}.", n=number(shown), all=number(whole))


def _pvm_steps(row: pd.Series[Any]) -> Steps:
    steps: Steps = [(capital(word("start")), float(row["revenue_before"]), True)]
    steps += [
        (label(name), float(row[name]), False)
        for name in EFFECTS
        if row[name] or name in ("price_effect", "volume_effect", "mix_effect")
    ]
    return [*steps, (capital(word("end")), float(row["revenue_after"]), True)]


def waterfall(axes: Axes, steps: Steps, quantity: str, currency: str) -> None:
    """Draw steps from one sum to another; what takes is hatched.

    >>> from kamkit.output.style import canvas
    >>> axes = canvas("")[1][0]
    >>> waterfall(axes, [("Before", 4.0, True), ("Lost", -3.0, False)], "Revenue", "NOK")
    >>> [float(bar.get_height()) for bar in axes.patches]
    [4.0, -3.0]
    """
    spans, floor = _spans(steps), _floor(steps)
    for i, ((low, high), (_x, amount, is_sum)) in enumerate(zip(spans, steps, strict=True)):
        bottom = max(low, floor) if is_sum else low
        look: dict[str, Any] = {"color": QUIET, "edgecolor": QUIET}
        if not is_sum:
            look = {"color": BLUE, "edgecolor": BLUE}
            if amount < 0:
                look = {"color": "white", "edgecolor": RED, "hatch": HATCH}
        axes.bar(i, high - bottom, 0.62, bottom=bottom, zorder=2, **look)
        if i:
            level = [spans[i - 1][1]] * 2
            axes.plot([i - 0.69, i - 0.31], level, color=INK, linewidth=1, zorder=3)
    _amounts(axes, steps, spans, floor)
    names = ["\n".join(textwrap.fill(line, 14) for line in text.split("\n")) for text, *_x in steps]
    axes.set_xticks(range(len(steps)), names, fontsize=9)
    axes.grid(visible=False, axis="x")
    money_axis(axes.yaxis, quantity, [high for _x, high in spans], currency)
    if floor:
        _cuts(axes, [i for i, (*_x, is_sum) in enumerate(steps) if is_sum])
    else:
        axes.axhline(0, color=QUIET, linewidth=1)


def cut_off(steps: Steps) -> str:
    """Return what the caption of a waterfall must say of its axis, if anything.

    >>> cut_off([("Before", 4.0, True), ("Lost", -3.0, False)])
    ''
    >>> cut_off([("Before", 4.0, True), ("Lost", -0.1, False)])
    'The axis does not begin at zero: the bars before and after are cut off at the bottom.'
    """
    if not _floor(steps):
        return ""
    return _(
        "The axis does not begin at zero: the bars before and after are cut off at the bottom."
    )


def _spans(steps: Steps) -> list[tuple[float, float]]:
    """Return where the bar of each step begins and ends."""
    spans: list[tuple[float, float]] = []
    level = 0.0
    for _x, amount, is_sum in steps:
        start = 0.0 if is_sum else level
        level = start + amount
        spans.append((start, level))
    return spans


def _floor(steps: Steps) -> float:
    """Return where the axis begins: zero, or nearer where the effects would be too small to see."""
    levels = [end for _start, end in _spans(steps)]
    low, high = min(levels), max(levels)
    if low <= 0 or high - low > _CUT_WHEN * high:
        return 0.0
    return max(0.0, low - 0.5 * (high - low)) if high > low else 0.0


def _amounts(axes: Axes, steps: Steps, spans: list[tuple[float, float]], floor: float) -> None:
    """Write the amounts over what adds and under what takes, in the unit of the axis."""
    ends = [level for span in spans for level in span]
    seen = [level for level in ends if not floor or level >= floor]
    low, high = min(floor, *seen), max(floor, *seen)
    room = (high - low) or 1.0
    for i, (span, (_x, amount, is_sum)) in enumerate(zip(spans, steps, strict=True)):
        text, over = _in_unit(amount, ends), amount >= 0
        axes.annotate(
            text if is_sum or amount <= 0 else f"+{text}",
            (i, max(span) if over else min(span)),
            (0, 4 if over else -4),
            ha="center",
            va="bottom" if over else "top",
            textcoords="offset points",
            fontsize=10,
            fontweight="bold" if is_sum else "normal",
        )
    axes.set_ylim(low - 0.1 * room if low < 0 else floor, high + 0.1 * room)


def _in_unit(amount: float, others: Sequence[float]) -> str:
    """Write an amount in the unit of an axis that holds the others."""
    divisor, _x = axis_unit(max(map(abs, others)), "")
    return number(amount / divisor, 2 if divisor >= 1e6 else 1 if divisor > 1 else 0)


def _cuts(axes: Axes, places: list[int]) -> None:
    """Draw a white tear through the bars that do not stand on zero."""
    low, high = axes.get_ylim()
    at = low + 0.07 * (high - low)
    wave = np.linspace(-0.36, 0.36, 60)
    swing = 0.008 * (high - low)
    for x in places:
        across = at + swing * np.sin(wave / 0.36 * 3 * np.pi)
        axes.plot(x + wave, across, color="white", linewidth=5, zorder=4)


def _with_names(table: pd.DataFrame) -> pd.DataFrame:
    if "account_id" in table:
        return named(table)
    first = table["category"] if "category" in table else table.index.to_series()
    return table.assign(shown=group_names(first))


def _effects(axes: Axes, shown: pd.DataFrame, currency: str) -> None:
    there = [name for name in EFFECTS if shown[name].any()] or EFFECTS[:1]
    right, left = stack(axes, [(label(n), shown[n], *_LOOKS[n]) for n in there], 0.62)
    change, places = shown["change"].to_numpy(dtype=float), range(len(shown))
    diamond: dict[str, Any] = {"color": "white", "markeredgecolor": INK, "markeredgewidth": 1.6}
    axes.plot(change, places, "D", markersize=7, label=_("change"), zorder=4, **diamond)
    low, high = float(min(0, *left)), float(max(0, *right))
    room = (high - low) or 1.0
    for y, amount, end in zip(places, change, right, strict=True):
        text = _in_unit(amount, (low, high))
        axes.annotate(
            f"+{text}" if amount > 0 else text,
            (end, y),
            (10, 0),
            va="center",
            textcoords="offset points",
            fontsize=10,
        )
    name_rows(axes, shown["shown"])
    axes.axvline(0, color=INK, linewidth=1, zorder=3)
    axes.set_xlim(low - 0.04 * room, high + 0.14 * room)
    money_axis(axes.xaxis, _("Change in revenue"), [low, high], currency)
    legend_above(axes, 4)
