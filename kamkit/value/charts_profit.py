"""Pictures of profit: where it goes, the whale, the pyramid, price against cost."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.colours import BLUE, GREEN, INK, ORANGE, QUIET, RED, SKY
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import short
from kamkit.output.style import (
    HATCH,
    HATCHED,
    count_axis,
    legend_above,
    money_axis,
    name_rows,
    say_at,
    share_axis,
    write_beside,
)
from kamkit.output.wording import caption, n_accounts, sentences
from kamkit.schema import check, label, name_of, noun, takes, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_MOST_STEPS, _A_TENTH = 14, 0.1
_LABELLED = 6
_SIZES = 24
"""How many sizes of marks there are; as many shapes stand in the file."""

_CELLS = {
    "carriage_trade": ("o", BLUE),
    "passive": ("^", GREEN),
    "aggressive": ("X", RED),
    "bargain_basement": ("s", ORANGE),
}


@takes(table="account_id", after="")
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
    >>> from kamkit.value._whale import whale as curve
    >>> whale(curve(pd.DataFrame({"account_id": ["1", "2"], "profit": [9.0, -3.0]})).table)
    1 account makes half of the profit, 1 half of the loss
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    by = "profit" if "profit" in table else "contribution"
    now = _running(table, by)
    peak = int(now.argmax())

    def draw(axes: Axes) -> None:
        marker = "o" if len(table) <= 30 else ""
        line: dict[str, Any] = {"linewidth": 2.3, "zorder": 3}
        axes.plot(now, color=BLUE, marker=marker, markersize=4, label=_("now"), **line)
        axes.axhline(0, color=INK, linewidth=0.8)
        if after is not None:
            label = _("with the new rates or terms")
            axes.plot(_running(after, by), "--", color=RED, label=label, **line)
            axes.legend(loc="lower right", frameon=False)
        _whale_marks(axes, now, currency, low=after is not None)
        if after is None and len(table) > 1:
            _name_the_fall(axes, table.iloc[-1], now, currency)
            _mark_halves(axes, table[by], now)
        money_axis(axes.yaxis, _("Cumulative {measure}", measure=noun(by)), now, currency)
        count_axis(axes.xaxis, _("Accounts, the most profitable first"))
        axes.set_xlim(0, len(table) * 1.02)

    title = _halves(table[by])
    if not now[peak] > now[-1]:
        made = scaled(float(now[peak]), currency)
        title = _("No account loses money: together they earn {made}", made=made)
    if after is not None:
        check(after, (by,), what=_("profits"))
        left = scaled(float(after[by].sum()), currency)
        title = _("{title}. Dashed: {after} is left", title=title, after=left)
    description = sentences(
        _("A curve of cumulative {measure}, the most profitable account first.", measure=noun(by)),
        _("It is highest after {n} of {all} accounts", n=number(peak), all=number(len(table))),
    )
    return chart(title, draw, table=table, description=description, caption=words)


def _halves(profits: pd.Series[float]) -> str:
    """Say how few accounts make half of what is earned, and half of what is lost."""
    few = _few(profits)
    return ngettext(
        "{n} account makes half of the profit, {lost} half of the loss",
        "{n} accounts make half of the profit, {lost} half of the loss",
        few[0],
        lost=number(few[1]),
    )


def _few(profits: pd.Series[float]) -> tuple[int, int]:
    """Return how few accounts make half of what is earned, and half of what is lost."""
    earned, lost = profits.clip(lower=0.0), -profits.clip(upper=0.0)
    best, worst = (
        1 + int((part.sort_values(ascending=False).cumsum() < part.sum() / 2).sum())
        for part in (earned, lost)
    )
    return best, worst


def _mark_halves(axes: Axes, profits: pd.Series[float], running: np.ndarray) -> None:
    """Mark where half is earned and from where half is lost: what the title says."""
    if not running.max() > running[-1]:
        return
    few, lost = _few(profits)
    last = len(running) - 1
    look: dict[str, Any] = {"markersize": 7, "markerfacecolor": "white", "linestyle": ""}
    earning = ngettext("half of the profit: {n} account", "half of the profit: {n} accounts", few)
    losing = ngettext("half of the loss: the last one", "half of the loss: the last {n}", lost)
    axes.plot(few, running[few], "o", color=BLUE, label=earning, zorder=5, **look)
    axes.plot(last - lost, running[last - lost], "D", color=RED, label=losing, zorder=5, **look)
    legend_above(axes, 2, axes.get_lines()[-2:])


def _running(table: pd.DataFrame, by: str) -> np.ndarray:
    check(table, (by,), what=_("profits"))
    return np.concatenate([[0.0], table[by].to_numpy(dtype="float64").cumsum()])


def _whale_marks(axes: Axes, running: np.ndarray, currency: str, *, low: bool) -> None:
    """Mark the highest point and the end; ``low`` keeps the words under the curve."""
    top = int(running.argmax())
    peak, end = (top, float(running[top])), (len(running) - 1, float(running[-1]))
    axes.plot(*peak, marker="^", markersize=8, color=INK, zorder=4)
    axes.plot(*end, marker="s", markersize=7, color=INK, zorder=4, clip_on=False)
    bottom, height = axes.get_ylim()
    axes.set_ylim(bottom, height + 0.14 * (height - bottom))
    if peak[1] - end[1] > 0.002 * max(abs(peak[1]), 1e-9):
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": RED, "hatch": HATCH}
        axes.fill_between([peak[0], end[0]], [end[1]] * 2, [peak[1]] * 2, linewidth=0, **look)
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


def _name_the_fall(axes: Axes, last: pd.Series[Any], running: np.ndarray, currency: str) -> None:
    """Name the last account where it takes a tenth of the fall or more."""
    taken, fall = float(running[-2] - running[-1]), float(running.max() - running[-1])
    if not taken >= _A_TENTH * fall > 0:
        return
    text = f"{short(name_of(last))}: {scaled(-taken, currency)}"
    middle = (len(running) - 1, float(running[-1]) + taken / 2)
    axes.plot([middle[0]] * 2, running[-2:], color=RED, linewidth=4, zorder=3, clip_on=False)
    say_at(axes, text, middle, (-10, 3), ha="right", color=RED, fontweight="bold")


@takes(steps="step label amount is_sum")
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
    amounts = drawn["amount"].astype(float)
    title = _(
        "Of {net} revenue, {left} is left as {measure}",
        net=scaled(float(amounts[drawn["step"] == "revenue"].iloc[0]), currency),
        left=scaled(float(amounts.iloc[-1]), currency),
        measure=noun(str(drawn["step"].iloc[-1])),
    )
    return chart(
        title,
        lambda axes: _draw_steps(axes, drawn, currency),
        table=drawn,
        description=[
            f"{name}: {scaled(amount, currency)}"
            for name, amount in zip(drawn["label"], amounts, strict=True)
        ],
        caption=words,
        height=1.4 + 0.33 * len(drawn),
    )


def _draw_steps(axes: Axes, drawn: pd.DataFrame, currency: str) -> None:
    level, edges = 0.0, [0.0]
    for i, (step, is_sum) in enumerate(zip(drawn["amount"], drawn["is_sum"], strict=True)):
        amount = float(step)
        start, end = (0.0, amount) if is_sum else (level, level + amount)
        colour = (BLUE if amount >= 0 else RED) if is_sum else (ORANGE if amount < 0 else SKY)
        look = {} if is_sum else HATCHED
        axes.barh(i, end - start, 0.66, left=start, color=colour, **look)
        if i:
            axes.plot([level] * 2, [i - 0.67, i - 0.33], color=QUIET, linewidth=0.8)
        edges += [start, end]
        level = end
        text = scaled(amount, currency) if currency else number(amount)
        say_at(axes, text, (max(start, end), i), (5, 0), ha="left", fontsize=9)
    name_rows(axes, [textwrap.shorten(str(name), 32) for name in drawn["label"]])
    low, high = min(edges), max(edges)
    axes.set_xlim(low - (0.03 * (high - low) if low < 0 else 0), high + 0.2 * (high - low or 1))
    money_axis(axes.xaxis, _("Amount"), edges, currency)


def _fewer(steps: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    if len(steps) <= _MOST_STEPS:
        return steps
    parts = steps[~steps["is_sum"] & steps["step"].str.startswith("activity:")]
    sizes = parts.assign(_size=parts["amount"].abs())
    joined = sizes.nsmallest(len(steps) - _MOST_STEPS + 1, "_size")
    rest = pd.DataFrame(
        [["activity:", _("other activities"), float(joined["amount"].sum()), False]],
        columns=steps.columns,
    )
    kept = steps.drop(joined.index)
    after = parts.index.difference(joined.index).max()
    return pd.concat([kept.loc[:after], rest, kept.loc[after + 1 :]], ignore_index=True)


@takes(table="tier accounts share_accounts")
def pyramid(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the customer pyramid: the accounts of each tier beside what they leave.

    ``table`` is that of ``value.pyramid``, one row per tier. Source: Zeithaml, Rust & Lemon (2001).

    >>> import pandas as pd
    >>> from kamkit.value._whale import pyramid as built
    >>> pyramid(built(pd.DataFrame({"account_id": ["1", "2", "3"], "revenue": [9.0, 8, 7],
    ...     "profit": [6.0, 3.0, -1.0]})))
    Platinum: 33.3% of the accounts bring 6 of 8
    """
    words = caption(source, period)
    if not table["accounts"].sum():
        return nothing(words)
    by = "profit" if "profit" in table else "contribution"
    check(table, (by,), what=_("tiers"))
    amounts = [float(amount) for amount in table[by]]
    leaves = [scaled(amount, currency) for amount in amounts]
    names = [word(tier).capitalize() for tier in table["tier"]]
    shares = [float(share) for share in table["share_accounts"]]

    def draw(left: Axes, right: Axes) -> None:
        counts = zip(shares, table["accounts"], strict=True)
        _tier_bars(left, shares, [f"{percent(share)} ({number(n)})" for share, n in counts])
        _tier_bars(right, amounts, leaves)
        name_rows(left, names)
        share_axis(left.xaxis, _("Share of accounts"))
        money_axis(right.xaxis, label(by), amounts, currency)

    title = _(
        "{tier}: {share} of the accounts bring {part} of {total}",
        tier=names[0],
        share=percent(shares[0]),
        part=leaves[0],
        total=scaled(float(table[by].sum()), currency),
    )
    description = [
        _("{tier}: {n}, {amount}", tier=name, amount=amount, n=n_accounts(int(n)))
        for name, amount, n in zip(names, leaves, table["accounts"], strict=True)
    ]
    return chart(
        title, draw, table=table, description=description, caption=words, height=3.4, panels=2
    )


def _tier_bars(axes: Axes, sizes: list[float], texts: list[str]) -> None:
    for i, size in enumerate(sizes):
        below = size < 0 or i == len(sizes) - 1
        axes.barh(i, size, 0.66, color=RED if below else BLUE, **(HATCHED if below else {}))
    span = max(*sizes, 0.0) - min(*sizes, 0.0) or 1.0
    write_beside(axes, [max(size, 0.0) + 0.02 * span for size in sizes], texts)
    axes.set_xlim(min(0.0, *sizes) * 1.1, max(*sizes, 0.0) + 0.55 * span)
    axes.grid(visible=False, axis="y")


@takes(table="account_id revenue price_level service_share grid_cell")
def price_cost_grid(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw each account by the price it pays and what it costs to serve; area is revenue.

    ``table`` is that of ``value.price_cost_grid``. The six largest accounts are named. A mark shows
    the cell by its form as well as its colour. Source: Shapiro et al. (1987).

    >>> import pandas as pd
    >>> table = pd.DataFrame({"account_id": ["1", "2"], "revenue": [60.0, 40.0]})
    >>> table = table.assign(price_level=[0.7, 0.9], service_share=[0.2, 0.1])
    >>> table.attrs = {"price_line": 0.8, "service_line": 0.15}
    >>> price_cost_grid(table.assign(grid_cell=["aggressive", "passive"]))
    1 of 2 accounts pay little and cost much to serve
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    cells = table["grid_cell"].value_counts().reindex(list(_CELLS), fill_value=0)
    largest = table.head(_LABELLED)

    def draw(axes: Axes) -> None:
        edge = _far(table["service_share"], table.attrs["service_line"], largest)
        service = table["service_share"].clip(upper=edge)
        floor = _low(table["price_level"], largest)
        price = table["price_level"].clip(lower=floor)
        _grid_marks(axes, table, service, price)
        share_axis(axes.xaxis, _service_axis(table["service_share"], edge))
        _names_apart(axes, largest, service, price)
        listed = table.attrs.get("listed", True)
        text = (
            _("Net price, share of list price") if listed else _("Contribution, share of revenue")
        )
        along = _price_axis(text, table["price_level"], floor)
        share_axis(axes.yaxis, along.replace(" (", "\n("))  # one line is longer than the picture

    title = _(
        "{n} of {all} accounts pay little and cost much to serve",
        n=number(int(cells["aggressive"])),
        all=number(len(table)),
    )
    description = [f"{word(str(cell))}: {number(int(n))}" for cell, n in cells.items()]
    return chart(title, draw, table=table, description=description, caption=words, height=5.6)


def _grid_marks(
    axes: Axes, table: pd.DataFrame, service: pd.Series[float], price: pd.Series[float]
) -> None:
    share = (table["revenue"] / table["revenue"].max()).clip(lower=0)
    size = 14 + 620 * (share**0.5 * _SIZES).round() ** 2 / _SIZES**2
    look: dict[str, Any] = {"alpha": 0.55, "linewidth": 0.4, "edgecolor": "white"}
    for cell, (marker, colour) in _CELLS.items():
        here = table["grid_cell"] == cell
        label = f"{word(cell)} ({number(int(here.sum()))})"
        look |= {"marker": marker, "color": colour, "label": label}
        axes.scatter([], [], s=50, **look)
        del look["label"]
        # marks of one size are one shape in the file
        for one in sorted(size[here].unique(), reverse=True):
            these = here & (size == one)
            axes.scatter(service[these], price[these], s=one, **look)
    axes.axvline(table.attrs["service_line"], color=INK, linewidth=1, linestyle="--")
    axes.axhline(table.attrs["price_line"], color=INK, linewidth=1, linestyle="--")
    under: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13)}
    axes.legend(ncols=4, frameon=False, fontsize=9.5, **under)


def _far(share: pd.Series[float], line: float, largest: pd.DataFrame) -> float:
    """Return where the axis ends: small accounts may cost many times what they buy for."""
    named = float(largest["service_share"].max())
    return max(float(np.quantile(share, 0.85)), line * 2, named, 1e-6)


def _low(price: pd.Series[float], largest: pd.DataFrame) -> float:
    """Return where the prices begin: a few tiny accounts would stretch the axis, no named one."""
    return min(float(np.quantile(price, 0.005)), float(largest["price_level"].min()))


def _price_axis(label: str, price: pd.Series[float], floor: float) -> str:
    beyond = int((price < floor).sum())
    if not beyond:
        return label
    return ngettext(
        "{label} ({n} account at the lower edge pays less)",
        "{label} ({n} accounts at the lower edge pay less)",
        beyond,
        label=label,
    )


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


def _names_apart(
    axes: Axes, largest: pd.DataFrame, across: pd.Series[float], up: pd.Series[float]
) -> None:
    """Name the largest accounts in a column on the side that they are nearer to, with short lines.

    Who buys much mostly costs little of it to serve, so the column is mostly at the left.
    """
    names = largest.get("account_name", largest["account_id"]).fillna(largest["account_id"])
    order = up[largest.index].sort_values(ascending=False)
    left, right = axes.get_xlim()
    span = right - left
    on_left = float(across[largest.index].median()) < (left + right) / 2
    edges = (left - 0.42 * span, right) if on_left else (left, right + 0.42 * span)
    axes.set_xlim(*edges)
    axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= right])
    axes.set_xlim(*edges)
    x = left - 0.05 * span if on_left else right + 0.05 * span
    for index, y in zip(order.index, _heights(axes, order.to_list()), strict=True):
        axes.annotate(
            short(str(names[index])),
            (across[index], up[index]),
            (x, y),
            ha="right" if on_left else "left",
            va="center",
            fontsize=9.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            arrowprops={
                "arrowstyle": "-",
                "color": QUIET,
                "linewidth": 0.7,
                "relpos": (1, 0.5) if on_left else (0, 0.5),
            },
        )


def _heights(axes: Axes, wanted: list[float]) -> list[float]:
    """Return heights near those wanted, the highest first, none of them nearer than a line."""
    low, high = axes.get_ylim()
    line, below = 0.065 * (high - low), high
    result = []
    for y in wanted:
        below = min(y, below - line)
        result.append(below)
    above = low
    for n in reversed(range(len(result))):
        result[n] = above = max(result[n], above + line)
    return result
