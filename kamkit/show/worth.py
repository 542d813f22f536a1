"""Pictures of profit: where it goes, the whale, the pyramid, price against cost, discounts."""

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
    HATCH,
    INK,
    ORANGE,
    QUIET,
    RED,
    SKY,
    canvas,
    count_axis,
    money_axis,
    say_at,
    share_axis,
    styled,
)
from kamkit.output.wording import caption, nothing, sentences, value
from kamkit.schema import label, noun
from kamkit.show.movement import short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_MOST_STEPS = 14
_LABELLED = 6
_CELLS = {
    "carriage_trade": ("o", BLUE),
    "passive": ("^", "#009e73"),
    "aggressive": ("X", RED),
    "bargain_basement": ("s", ORANGE),
}


@styled
def whale(
    table: pd.DataFrame,
    *,
    after: pd.DataFrame | None = None,
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw the whale curve: cumulative profit over the accounts, the most profitable first.

    ``table`` is that of ``value.whale``, one row per account; ``after`` another such table, drawn
    dashed beside it, to show what new rates or terms do. The highest point and the end are marked.
    Source: Cooper & Kaplan (1991).

    >>> import pandas as pd
    >>> from kamkit.value.whale import whale as curve
    >>> whale(curve(pd.DataFrame({"account_id": ["1", "2"], "profit": [9.0, -3.0]})).table)
    The accounts above zero make 9; the others take 3 of it
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    by = "profit" if "profit" in table else "contribution"
    peak, end = _peak(table, by)
    title = _(
        "The accounts above zero make {made}; the others take {back} of it",
        made=scaled(peak[1], currency),
        back=scaled(peak[1] - end, currency),
    )
    if after is not None:
        title = _(
            "{title}. Dashed: {after} is left",
            title=title,
            after=scaled(float(after[by].sum()), currency),
        )
    figure, (axes,) = canvas(title, height=4.8)
    _curve(axes, table, by, "-", BLUE, _("now"))
    if after is not None:
        _curve(axes, after, by, "--", RED, _("with the new rates or terms"))
        axes.legend(loc="lower right", frameon=False)
    _whale_marks(axes, peak, (len(table), end), currency, low=after is not None)
    amounts = [float(v) for v in table["cumulative"]]
    money_axis(axes.yaxis, _("Cumulative {measure}", measure=noun(by)), amounts, currency)
    count_axis(axes.xaxis, _("Accounts, the most profitable first"))
    axes.set_xlim(0, len(table) * 1.02)
    alt = sentences(
        _("A curve of cumulative {measure}, the most profitable account first.", measure=noun(by)),
        title,
        _("It is highest after {n} of {all} accounts", n=number(peak[0]), all=number(len(table))),
    )
    return Picture(figure, title, alt, words)


def _peak(table: pd.DataFrame, by: str) -> tuple[tuple[int, float], float]:
    running = np.concatenate([[0.0], table[by].to_numpy(dtype="float64").cumsum()])
    place = int(running.argmax())
    return (place, float(running[place])), float(running[-1])


def _curve(axes: Axes, table: pd.DataFrame, by: str, line: str, colour: str, label: str) -> None:
    running = np.concatenate([[0.0], table[by].to_numpy(dtype="float64").cumsum()])
    marker = "o" if len(table) <= 30 and line == "-" else ""
    axes.plot(
        range(len(running)),
        running,
        linestyle=line,
        color=colour,
        linewidth=2.3,
        marker=marker,
        markersize=4,
        label=label,
        zorder=3,
    )
    axes.axhline(0, color=INK, linewidth=0.8)


def _whale_marks(
    axes: Axes, peak: tuple[int, float], end: tuple[int, float], currency: str, *, low: bool
) -> None:
    """Mark the highest point and the end; ``low`` keeps the words under the curve."""
    axes.plot(*peak, marker="^", markersize=8, color=INK, zorder=4)
    axes.plot(*end, marker="s", markersize=7, color=INK, zorder=4, clip_on=False)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top + 0.14 * (top - bottom))
    if peak[1] - end[1] > 0.002 * max(abs(peak[1]), 1e-9):
        axes.fill_between(
            [peak[0], end[0]],
            [end[1]] * 2,
            [peak[1]] * 2,
            facecolor="none",
            edgecolor=RED,
            hatch=HATCH,
            linewidth=0,
        )
    on_left = peak[0] > 0.5 * end[0]
    highest = _(
        "highest: {amount} ({n})",
        amount=scaled(peak[1], currency),
        n=ngettext("{n} account", "{n} accounts", peak[0]),
    )
    left = _("left in the end: {amount}", amount=scaled(end[1], currency))
    side = "right" if on_left else "left"
    say_at(axes, highest, peak, (-12 if on_left else 12, -24 if low else 14), ha=side)
    say_at(axes, left, end, (-10, -44 if low else -22), ha="right")


@styled
def profit_steps(
    steps: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the way from list price to profit as steps, one bar for each.

    ``steps`` is the table of ``value.profit_steps``: sums are whole bars, what is taken off hangs
    hatched from the bar before it. At most 14 steps are drawn; the smallest costs are put together.

    >>> import pandas as pd
    >>> from kamkit.value.profit import profit_steps as steps
    >>> one = pd.DataFrame({"account_id": ["a"], "revenue": [100.0], "cost": [60.0],
    ...     "contribution": [40.0]})
    >>> profit_steps(steps(one))
    Of 100 revenue, 40 is left as contribution
    """
    words = caption(source, period)
    if steps.empty:
        return nothing(words)
    drawn = _fewer(steps)
    net = float(drawn.loc[drawn["step"] == "revenue", "amount"].iloc[0])
    last = drawn.iloc[-1]
    title = _(
        "Of {net} revenue, {left} is left as {measure}",
        net=scaled(net, currency),
        left=scaled(float(last["amount"]), currency),
        measure=noun(str(last["step"])),
    )
    figure, (axes,) = canvas(title, height=1.4 + 0.33 * len(drawn))
    level, edges = 0.0, [0.0]
    for place, (amount, is_sum) in enumerate(zip(drawn["amount"], drawn["is_sum"], strict=True)):
        start = 0.0 if is_sum else level
        end = float(amount) if is_sum else level + float(amount)
        colour = _step_colour(amount, is_sum)
        _step(axes, place, (start, end), level, is_sum=bool(is_sum), colour=colour)
        edges += [start, end]
        level = end
        text = scaled(float(amount), currency) if currency else number(float(amount))
        say_at(axes, text, (max(start, end), place), (5, 0), ha="left", fontsize=9)
    axes.set_yticks(range(len(drawn)), [textwrap.shorten(str(n), 32) for n in drawn["label"]])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    low, high = min(edges), max(edges)
    axes.set_xlim(low - (0.03 * (high - low) if low < 0 else 0), high + 0.2 * (high - low or 1))
    money_axis(axes.xaxis, _("Amount"), edges, currency)
    told = "; ".join(
        f"{name}: {scaled(float(amount), currency)}"
        for name, amount in zip(drawn["label"], drawn["amount"], strict=True)
    )
    return Picture(figure, title, sentences(title, told), words)


def _step_colour(amount: float, is_sum: bool) -> str:
    if is_sum:
        return BLUE if amount >= 0 else RED
    return ORANGE if amount < 0 else SKY


def _step(
    axes: Axes, place: int, ends: tuple[float, float], before: float, *, is_sum: bool, colour: str
) -> None:
    how: dict[str, Any] = {} if is_sum else {"hatch": HATCH, "edgecolor": "white", "linewidth": 0}
    axes.barh(place, ends[1] - ends[0], 0.66, left=ends[0], color=colour, **how)
    if place:
        axes.plot([before] * 2, [place - 0.67, place - 0.33], color=QUIET, linewidth=0.8)


def _fewer(steps: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    if len(steps) <= _MOST_STEPS:
        return steps
    parts = steps[~steps["is_sum"] & steps["step"].str.startswith("activity:")]
    joined = parts.assign(_size=parts["amount"].abs()).nsmallest(
        len(steps) - _MOST_STEPS + 1, "_size"
    )
    rest = pd.DataFrame(
        [["activity:", _("other activities"), float(joined["amount"].sum()), False]],
        columns=steps.columns,
    )
    kept = steps.drop(joined.index)
    after = parts.index.difference(joined.index).max()
    return pd.concat([kept.loc[:after], rest, kept.loc[after + 1 :]], ignore_index=True)


@styled
def pyramid(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the customer pyramid: the accounts of each tier beside what they leave.

    ``table`` is that of ``value.pyramid``, one row per tier. Source: Zeithaml, Rust & Lemon (2001).

    >>> import pandas as pd
    >>> from kamkit.value.whale import pyramid as built
    >>> pyramid(built(pd.DataFrame({"account_id": ["1", "2", "3"], "revenue": [9.0, 8, 7],
    ...     "profit": [6.0, 3.0, -1.0]})))
    Platinum: 33.3% of the accounts leave 6 of 8
    """
    from kamkit.schema import word

    words = caption(source, period)
    if not table["accounts"].sum():
        return nothing(words)
    by = "profit" if "profit" in table else "contribution"
    total = float(table[by].sum())
    first = table.iloc[0]
    title = _(
        "{tier}: {share} of the accounts leave {part} of {total}",
        tier=word("platinum").capitalize(),
        share=percent(first["share_accounts"]),
        part=scaled(float(first[by]), currency),
        total=scaled(total, currency),
    )
    figure, (left, right) = canvas(title, height=3.4, panels=2)
    names = [word(tier).capitalize() for tier in table["tier"]]
    _tier_bars(
        left,
        table["share_accounts"].tolist(),
        names,
        [
            f"{percent(s)} ({number(n)})"
            for s, n in zip(table["share_accounts"], table["accounts"], strict=True)
        ],
    )
    share_axis(left.xaxis, _("Share of accounts"))
    amounts = [float(v) for v in table[by]]
    _tier_bars(right, amounts, names, [scaled(v, currency) for v in amounts])
    money_axis(right.xaxis, label(by), amounts, currency)
    told = [
        _(
            "{tier}: {n}, {amount}",
            tier=name,
            amount=scaled(amount, currency),
            n=ngettext("{n} account", "{n} accounts", int(n)),
        )
        for name, amount, n in zip(names, amounts, table["accounts"], strict=True)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _tier_bars(axes: Axes, sizes: list[float], names: list[str], texts: list[str]) -> None:
    places = list(range(len(sizes)))
    for place, size in zip(places, sizes, strict=True):
        below = size < 0 or place == len(sizes) - 1
        how: dict[str, Any] = {"hatch": HATCH, "edgecolor": "white"} if below else {}
        axes.barh(place, size, 0.66, color=RED if below else BLUE, linewidth=0, **how)
    span = max(*sizes, 0.0) - min(*sizes, 0.0) or 1.0
    for place, size, text in zip(places, sizes, texts, strict=True):
        axes.text(max(size, 0.0) + 0.02 * span, place, text, va="center", fontsize=9.5)
    axes.set_xlim(min(0.0, *sizes) * 1.1, max(*sizes, 0.0) + 0.55 * span)
    axes.set_yticks(places, names)
    axes.set_ylim(len(sizes) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


@styled
def price_cost_grid(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw each account by the price it pays and what it costs to serve; area is revenue.

    ``table`` is that of ``value.price_cost_grid``. The six largest accounts are named. A mark shows
    the cell by its form as well as its colour. Source: Shapiro et al. (1987).
    """
    from kamkit.schema import word

    words = caption(source, period)
    if table.empty:
        return nothing(words)
    across, up = table.attrs["service_line"], table.attrs["price_line"]
    title = _(
        "{n} of {all} accounts pay little and cost much to serve",
        n=number(int((table["grid_cell"] == "aggressive").sum())),
        all=number(len(table)),
    )
    figure, (axes,) = canvas(title, height=5.6)
    edge = _far(table["service_share"], across)
    service = table["service_share"].clip(upper=edge)
    price = table["price_level"].clip(lower=_deep(table["price_level"]))
    size = 14 + 620 * table["revenue"] / table["revenue"].max()
    for cell, (marker, colour) in _CELLS.items():
        here = table["grid_cell"] == cell
        label = f"{word(cell)} ({number(int(here.sum()))})"
        axes.scatter(
            service[here],
            price[here],
            s=size[here],
            marker=marker,
            color=colour,
            alpha=0.55,
            linewidth=0.4,
            edgecolor="white",
            label=label,
        )
    axes.axvline(across, color=INK, linewidth=1, linestyle="--")
    axes.axhline(up, color=INK, linewidth=1, linestyle="--")
    _names_apart(axes, table.head(_LABELLED), service, price)
    share_axis(axes.xaxis, _service_axis(table["service_share"], edge))
    listed = table.attrs.get("listed", True)
    share_axis(
        axes.yaxis,
        _("Net price, share of list price") if listed else _("Contribution, share of revenue"),
    )
    legend = axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=4, frameon=False, fontsize=9.5
    )
    for handle in legend.legend_handles:
        handle.set_sizes([50])  # type: ignore[union-attr]
    counts = table["grid_cell"].value_counts()
    told = "; ".join(f"{word(cell)}: {number(int(counts.get(cell, 0)))}" for cell in _CELLS)
    return Picture(figure, title, sentences(title, told), words)


def _far(share: pd.Series[float], line: float) -> float:
    """Return where the axis ends: a few tiny accounts cost many times what they buy for."""
    return max(float(np.quantile(share, 0.97)), line * 2, 1e-6)


def _service_axis(share: pd.Series[float], edge: float) -> str:
    label = _("Cost to serve, share of revenue")
    beyond = int((share > edge).sum())
    if not beyond:
        return label
    return ngettext(
        "{label} ({n} account at the right edge costs more)",
        "{label} ({n} accounts at the right edge cost more)",
        beyond,
        label=label,
    )


def _deep(price: pd.Series[float]) -> float:
    return float(np.quantile(price, 0.005))


def _names_apart(
    axes: Axes, largest: pd.DataFrame, across: pd.Series[float], up: pd.Series[float]
) -> None:
    """Name the largest accounts in a column at the right edge, each with a line to its mark."""
    names = largest.get("account_name", largest["account_id"]).fillna(largest["account_id"])
    order = up[largest.index].sort_values(ascending=False).index
    low, high = axes.get_ylim()
    left, right = axes.get_xlim()
    axes.set_xlim(left, right + 0.42 * (right - left))
    for place, index in enumerate(order):
        y = high - (0.06 + 0.075 * place) * (high - low)
        axes.annotate(
            short(str(names[index])),
            (across[index], up[index]),
            (right + 0.06 * (right - left), y),
            va="center",
            fontsize=9.5,
            arrowprops={"arrowstyle": "-", "color": QUIET, "linewidth": 0.7, "shrinkB": 3},
        )


@styled
def discounts(
    sellers: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw the discount of each account against its volume, the outlying sellers apart.

    ``sellers`` is the table of ``value.discounts``, ``accounts`` that of
    ``value.account_discounts``. Accounts of outlying sellers are crosses, the others dots; the
    step line is what is usual at the volume.
    """
    words = caption(source, period)
    if accounts.empty:
        return nothing(words)
    out = sellers.loc[sellers["outlier"], "seller"].tolist()
    title = (
        _(
            "{seller} gives {excess} percentage points more discount than others at the same "
            "volume",
            seller=short(str(out[0])),
            excess=number(100 * float(sellers["excess_discount"].max()), 1),
        )
        if out
        else _("No seller gives more discount than the volume explains")
    )
    figure, (axes,) = canvas(title, height=4.8)
    bad = accounts["seller"].isin(out)
    others, outlying = accounts[~bad], accounts[bad]
    axes.scatter(
        others["list_amount"],
        others["discount_share"],
        s=12,
        color=QUIET,
        alpha=0.5,
        linewidth=0,
        label=_("accounts of the other sellers"),
    )
    if out:
        whose = _("accounts of {names}", names=", ".join(map(short, out[:3])))
        axes.scatter(
            outlying["list_amount"],
            outlying["discount_share"],
            s=30,
            marker="x",
            color=RED,
            linewidth=1.3,
            label=whose,
        )
    usual = others.sort_values("list_amount")
    axes.plot(
        usual["list_amount"],
        usual["usual_discount"],
        color=BLUE,
        linewidth=2,
        drawstyle="steps-mid",
        label=_("usual at the volume"),
    )
    axes.set_xscale("log")
    _log_money(axes, accounts["list_amount"], currency)
    share_axis(axes.yaxis, _("Discount, share of list price"))
    axes.legend(loc="upper left", frameon=True, framealpha=0.9, facecolor="white", fontsize=9.5)
    told = [
        _("{seller}: {excess} points", seller=str(seller), excess=number(100 * float(x), 1))
        for seller, x in zip(
            sellers["seller"].head(5), sellers["excess_discount"].head(5), strict=True
        )
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _log_money(axes: Axes, amounts: pd.Series[float], currency: str) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    low = int(np.floor(np.log10(max(float(amounts.min()), 1e-2))))
    high = int(np.ceil(np.log10(max(float(amounts.max()), 1e-1))))
    ticks = [10.0**power for power in range(low, high + 1)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _place: value(v, "quantity")))
    axes.xaxis.set_minor_formatter(NullFormatter())
    label = _("Amount at list price, each step ten times the last")
    axes.set_xlabel(_("{quantity} ({unit})", quantity=label, unit=currency) if currency else label)
