"""Pictures of who matters: how the whole is shared; with those of who moved."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, QUIET, RED, SKY
from kamkit.identify.charts_movement import monthly, rank_change, stability
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.chart import chart, nothing
from kamkit.output.style import CLASS_COLOURS, HATCH, legend_above, name_rows, say_at, share_axis
from kamkit.output.wording import caption, sentences, value
from kamkit.schema import check, takes, total_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

__all__ = ["abc", "dependence", "lorenz", "monthly", "pareto", "rank_change", "stability"]

_RULE_ACCOUNTS, _RULE_SHARE = 0.2, 0.8
_FEW = 30


@takes(classes="{by} rank cumulative_share abc_class")
def pareto(
    classes: pd.DataFrame,
    *,
    by: str = "revenue",
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
    of_classes: bool = False,
) -> Picture:
    """Draw the cumulative share of ``by`` over the share of accounts, the largest first.

    ``classes`` is the table of ``identify.pareto.classify``, one row per account. The end of class
    A is the observed point; the 80/20 rule of thumb stands beside it for comparison. Where some
    accounts are below zero the curve rises above 100 % before it falls (a whale curve). The title
    says how few bring half, or, ``of_classes``, what those of class A bring. Without
    accounts, or with a sum that is not positive, the picture says so. Source: Juran (1951).

    >>> import pandas as pd
    >>> pareto(pd.DataFrame({"revenue": [80.0, 15, 5], "rank": [1, 2, 3],
    ...     "cumulative_share": [0.8, 0.95, 1.0], "abc_class": ["A", "B", "C"]}))
    1 account brings half of revenue
    """
    ranked, words = classes.sort_values("rank", kind="stable"), caption(source, period)
    total = float(ranked[by].sum()) if len(ranked) else 0.0
    if total <= 0:
        return nothing(words)
    shares = [0.0, *map(float, ranked["cumulative_share"])]
    in_a = int((ranked["abc_class"] == "A").sum())
    fifth = _largest_fifth(shares, by)

    def draw(axes: Axes) -> None:
        _cumulative(axes, ranked, shares)
        if not of_classes:
            _mark_half(axes, shares, in_a)
        _marks(axes, in_a, shares, fifth)
        share_axis(axes.xaxis, _("Share of accounts, the largest first"))
        whole = value(total, by, currency)
        share_axis(axes.yaxis, _("Share of {measure} ({total})", measure=total_of(by), total=whole))

    below = int((ranked[by] <= 0).sum())
    observed = _observed_rule(in_a, shares, by)
    description = sentences(
        _("A curve of the cumulative share of {measure}, the largest first.", measure=total_of(by)),
        observed,
        fifth,
        ngettext("{n} account is at or below zero", "{n} accounts are at or below zero", below)
        if below
        else "",
    )
    title = observed if of_classes else _half(shares, by)
    return chart(title, draw, table=ranked, description=description, caption=words, height=5.2)


@takes(summary="abc_class accounts share_accounts")
def abc(
    summary: pd.DataFrame,
    *,
    by: str = "revenue",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw each class's share of the accounts beside its share of ``by``.

    ``summary`` is the table of ``identify.pareto.class_summary``, one row per class.

    >>> import pandas as pd
    >>> abc(pd.DataFrame({"abc_class": ["A", "B"], "accounts": [1, 3],
    ...     "share_accounts": [0.25, 0.75], "share_revenue": [0.8, 0.2]}))
    Class A: 1 account (25.0%) gives 80.0% of revenue
    """
    words = caption(source, period)
    if summary.empty:
        return nothing(words)
    share = f"share_{by}" if f"share_{by}" in summary else "share_revenue"
    check(summary, (share,), what=_("classes"))
    columns = summary[["abc_class", "accounts", "share_accounts", share]]
    rows = columns.itertuples(index=False, name=None)
    title, *others = [_class_line(by, *row) for row in rows]
    return chart(
        title,
        lambda axes: _pairs_of_bars(axes, summary, share, by),
        table=summary,
        description=sentences(*others),
        caption=words,
        height=1.6 + 0.9 * len(summary),
    )


@takes(table="cumulative_accounts cumulative_share")
def lorenz(
    table: pd.DataFrame,
    gini: float,
    *,
    by: str = "revenue",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw the Lorenz curve: the cumulative share of ``by``, the smallest accounts first.

    ``table`` is the table of ``identify.concentration.lorenz`` with ``cumulative_accounts`` and
    ``cumulative_share``, one row per account above zero. Source: Lorenz (1905).

    >>> import pandas as pd
    >>> lorenz(pd.DataFrame({"cumulative_accounts": [0, 0.5, 1], "cumulative_share": [0, 0.1, 1]}),
    ...     0.4)
    The smaller half of the accounts above zero gives 10.0% of revenue (Gini 0.40)
    """
    import numpy as np

    words = caption(source, period)
    if table.empty:
        return nothing(words)
    places, shares = table["cumulative_accounts"].astype(float), table["cumulative_share"]
    half = float(np.interp(0.5, places, shares))

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1.4, linestyle="--")
        axes.plot(places, shares, color=BLUE, linewidth=2.4)
        axes.fill_between(places, shares, places, color=SKY, alpha=0.25, linewidth=0)
        axes.plot([0.5], [half], marker="o", markersize=8, color=INK, clip_on=False)
        say_at(axes, _("all accounts alike"), (0.45, 0.45), (-10, 6), ha="right")
        say_at(axes, percent(half), (0.5, half), (-8, 12), ha="right")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        share_axis(axes.xaxis, _("Share of the accounts above zero, the smallest first"))
        share_axis(axes.yaxis, _("Share of {measure}", measure=total_of(by)))

    title = _(
        "The smaller half of the accounts above zero gives {part} of {measure} (Gini {gini})",
        part=percent(half),
        measure=total_of(by),
        gini=number(gini, 2),
    )
    meaning = _("A Gini of 0 is even; near 1 one account has nearly everything.")
    shape = _("A curve below the straight line on which all accounts are alike.")
    description = sentences(shape, meaning)
    return chart(title, draw, table=table, description=description, caption=words, height=5.2)


@takes(table="largest share")
def dependence(
    table: pd.DataFrame,
    *,
    by: str = "revenue",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw the share of ``by`` that comes from the largest accounts.

    ``table`` is the table of ``identify.concentration.dependence``, one row per number of
    accounts, with ``largest`` and ``share``.

    >>> import pandas as pd
    >>> dependence(pd.DataFrame({"largest": [1, 5], "share": [0.04, 0.12]}))
    The largest account gives 4.0% of revenue, the 5 largest give 12.0%
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    ordered = table.sort_values("largest")
    shares, counts = list(ordered["share"]), [int(n) for n in ordered["largest"]]
    names = [ngettext("the largest account", "the {n} largest", n) for n in counts]

    def draw(axes: Axes) -> None:
        bars = axes.barh(range(len(counts)), shares, 0.6, color=BLUE)
        axes.bar_label(bars, [percent(share) for share in shares], padding=4, fontsize=10)
        name_rows(axes, names)
        axes.set_xlim(0, max(*shares, 0.01) * 1.12)
        share_axis(axes.xaxis, _("Share of {measure}", measure=total_of(by)))

    return chart(
        _dependence_title(counts, shares, by),
        draw,
        table=ordered,
        description=[
            f"{name}: {percent(share)}" for name, share in zip(names, shares, strict=True)
        ],
        caption=words,
        height=1.5 + 0.55 * len(counts),
    )


def _half(shares: list[float], by: str) -> str:
    """Say how few accounts bring half: what the curve shows and the finding beside it does not."""
    return ngettext(
        "{n} account brings half of {measure}",
        "{n} accounts bring half of {measure}",
        _few(shares),
        measure=total_of(by),
    )


def _few(shares: list[float]) -> int:
    """Return how many of the largest accounts bring half."""
    return next(i for i, share in enumerate(shares) if share >= 0.5)


def _mark_half(axes: Axes, shares: list[float], in_a: int) -> None:
    """Mark where half is reached: what the title says."""
    few = _few(shares)
    if few == in_a:
        return
    at, half = few / (len(shares) - 1), shares[few]
    label = ngettext("half: {n} account", "half: {n} accounts", few)
    axes.plot([0, at, at], [half, half, 0], color=QUIET, linewidth=1, linestyle=":", zorder=2)
    axes.plot(at, half, "s", markersize=8, color=BLUE, label=label, zorder=4)


def _observed_rule(in_a: int, shares: list[float], by: str) -> str:
    count = len(shares) - 1
    return _(
        "{share} of the accounts ({n} of {all}) give {part} of {measure}",
        share=percent(in_a / count),
        n=number(in_a),
        all=number(count),
        part=percent(shares[in_a]),
        measure=total_of(by),
    )


def _largest_fifth(shares: list[float], by: str) -> str:
    largest = math.ceil(_RULE_ACCOUNTS * (len(shares) - 1))
    return _(
        "The largest {accounts} of the accounts give {part} of {measure}",
        accounts=percent(largest / (len(shares) - 1), 0),
        part=percent(shares[largest]),
        measure=total_of(by),
    )


def _cumulative(axes: Axes, ranked: pd.DataFrame, shares: list[float]) -> None:
    count, top = len(ranked), max(1.0, *shares)
    places = [rank / count for rank in range(count + 1)]
    _bands(axes, ranked, top)
    marker = "o" if count <= _FEW else ""
    axes.plot(places, shares, color=BLUE, linewidth=2.4, marker=marker, zorder=3)
    if top > 1:
        above = [share > 1 for share in shares]
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": RED, "hatch": HATCH}
        axes.fill_between(places, 1, shares, where=above, linewidth=0, **look)
        axes.axhline(1, color=QUIET, linewidth=1, linestyle=":")
    if top > 1.005:
        at = places[shares.index(top)]
        words = _("highest: {part}", part=percent(top))
        offset, side = ((24, 0), "left") if at < 0.3 else ((-14, -26), "right")
        say_at(axes, words, (at, top), offset, ha=side, leader=True)
    axes.set_xlim(0, 1)
    axes.set_ylim(min(0.0, *shares), top * 1.12)


def _bands(axes: Axes, ranked: pd.DataFrame, top: float) -> None:
    start, count = 0.0, len(ranked)
    letters: dict[str, Any] = {"color": INK, "fontweight": "bold", "fontsize": 9.5}
    for letter, members in ranked["abc_class"].value_counts().sort_index().items():
        name = str(letter)
        colour = CLASS_COLOURS.get(name, QUIET)
        end = start + members / count
        axes.axvspan(start, end, color=colour, alpha=0.09, linewidth=0)
        if end < 1:
            axes.axvline(end, color=colour, linewidth=1, linestyle="--")
        text = f"{name}\n{number(members)}" if end - start > 0.04 else name
        axes.text((start + end) / 2, top * 1.105, text, ha="center", va="top", **letters)
        start = end


def _marks(axes: Axes, in_a: int, shares: list[float], fifth: str) -> None:
    seen = (in_a / (len(shares) - 1), shares[in_a])
    observed = _(
        "observed: {share} of the accounts give {part}",
        share=percent(seen[0]),
        part=percent(seen[1]),
    )
    compared = _("rule of thumb 80/20; here: {fifth}", fifth=fifth[:1].lower() + fifth[1:])
    mark: dict[str, Any] = {"markersize": 9, "linestyle": "", "zorder": 4}
    axes.plot(*seen, marker="o", color=INK, label=observed, clip_on=False, **mark)
    axes.plot(
        _RULE_ACCOUNTS,
        _RULE_SHARE,
        marker="D",
        markeredgewidth=1.8,
        markerfacecolor="white",
        markeredgecolor=RED,
        label=textwrap.fill(compared, 52),
        **mark,
    )
    # the space under the curve is always free
    axes.legend(loc="lower right", fontsize=10, facecolor="white", framealpha=0.9)


def _class_line(by: str, name: str, accounts: int, share: float, part: float) -> str:
    return ngettext(
        "Class {name}: {n} account ({share}) gives {part} of {measure}",
        "Class {name}: {n} accounts ({share}) give {part} of {measure}",
        int(accounts),
        name=name,
        share=percent(share),
        part=percent(part),
        measure=total_of(by),
    )


def _pairs_of_bars(axes: Axes, summary: pd.DataFrame, share: str, by: str) -> None:
    places = range(len(summary))
    counts, parts = summary["share_accounts"], summary[share]
    look: dict[str, Any] = {"color": "white", "edgecolor": QUIET, "hatch": HATCH}
    words = _("share of the accounts"), _("share of {measure}", measure=total_of(by))
    accounts = axes.barh([p - 0.2 for p in places], counts, 0.36, label=words[0], **look)
    amounts = axes.barh([p + 0.2 for p in places], parts, 0.36, label=words[1], color=BLUE)
    written = [
        f"{percent(part)} ({number(n)})"
        for part, n in zip(counts, summary["accounts"], strict=True)
    ]
    axes.bar_label(accounts, written, padding=4, fontsize=10)
    axes.bar_label(amounts, [percent(part) for part in parts], padding=4, fontsize=10)
    name_rows(axes, [_("Class {name}", name=n) for n in summary["abc_class"]])
    low, high = min(0.0, *parts), max(*counts, *parts)
    # room for the numbers beside the bars, on either side
    axes.set_xlim(low - 0.16 * (high - low) if low < 0 else 0, high * 1.16 - low * 0.16)
    share_axis(axes.xaxis, _("Share of the whole"))
    legend_above(axes)


def _dependence_title(counts: list[int], shares: list[float], by: str) -> str:
    first = ngettext(
        "The largest account gives {part} of {measure}",
        "The {n} largest accounts give {part} of {measure}",
        counts[0],
        part=percent(shares[0]),
        measure=total_of(by),
    )
    if len(counts) == 1:
        return first
    return _(
        "{first}, the {n} largest give {part}",
        first=first,
        n=number(counts[-1]),
        part=percent(shares[-1]),
    )
