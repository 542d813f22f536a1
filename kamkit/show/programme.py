"""Pictures of a programme: how far down the list it goes, and what each key account gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    canvas,
    count_axis,
    money_axis,
    say_at,
    share_axis,
    styled,
)
from kamkit.output.wording import caption as under
from kamkit.output.wording import nothing, sentences
from kamkit.schema import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_DEPTHS: dict[str, tuple[str, str, str]] = {
    "all_shared": (BLUE, "-", "o"),
    "some_dedicated": (ORANGE, "--", "s"),
    "first_dedicated": (ORANGE, "--", "s"),
    "all_dedicated": (GREEN, ":", "^"),
}


@styled
def breadth(table: pd.DataFrame, *, key_accounts: int, caption: str = "") -> Picture:
    """Draw revenue covered and hours for each account against the number of key accounts.

    ``table`` is that of ``choose.breadth``, one row per size of the programme, with
    ``key_accounts``, ``share_revenue`` and ``hours_each``; the row of ``key_accounts`` is marked.
    ``caption`` goes under the picture.

    >>> import pandas as pd
    >>> sizes = pd.DataFrame(
    ...     {"key_accounts": [1, 2], "share_revenue": [0.6, 0.9], "hours_each": [100.0, 50.0]}
    ... )
    >>> breadth(sizes, key_accounts=2)
    2 key accounts: 90.0% of revenue, 50 hours a month for each
    """
    if table.empty:
        return nothing(caption)
    marked = table[table["key_accounts"] == key_accounts].iloc[0]
    share, hours = percent(marked["share_revenue"]), _hours(marked["hours_each"])
    title = ngettext(
        "{n} key account: {share} of revenue, {hours} hours a month for each",
        "{n} key accounts: {share} of revenue, {hours} hours a month for each",
        key_accounts,
        share=share,
        hours=hours,
    )
    figure, (covered, each) = canvas(title, height=3.6, panels=2, one_scale=False)
    _line(covered, table["key_accounts"], table["share_revenue"])
    _line(each, table["key_accounts"], table["hours_each"])
    for axes, column, text in ((covered, "share_revenue", share), (each, "hours_each", hours)):
        axes.plot([key_accounts], [marked[column]], marker="o", markersize=8, color=INK)
        right = key_accounts > table["key_accounts"].max() * 0.6
        side: dict[str, Any] = {"ha": "right"} if right else {}
        below = column == "share_revenue"
        offset = (-8 if right else 8, -16 if below else 10)
        say_at(axes, text, (key_accounts, marked[column]), offset, **side)
        axes.axvline(key_accounts, color=QUIET, linewidth=0.9, linestyle=":")
        axes.set_ylim(0, max(float(table[column].max()), 0.01) * 1.1)
        count_axis(axes.xaxis, _("Key accounts (breadth)"))
    share_axis(covered.yaxis, _("Share of revenue covered"))
    count_axis(each.yaxis, _("Hours a month for each (depth)"))
    shape = _(
        "Left, the curve of revenue flattens as more accounts are let in; right, the hours "
        "for each account fall."
    )
    return Picture(figure, title, sentences(title, shape), caption)


def _line(axes: Axes, sizes: pd.Series[Any], values: pd.Series[Any]) -> None:
    single = "o" if len(sizes) == 1 else ""
    axes.plot(sizes, values, color=BLUE, linewidth=2.4, marker=single)


def _hours(hours: float) -> str:
    return number(hours, 0 if hours >= 10 or hours == int(hours) else 1)


@styled
def breadth_curve(
    table: pd.DataFrame,
    *,
    low: int,
    high: int,
    suggested: int,
    by: str = "revenue",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what every number of key accounts covers, with the suggested range.

    ``table`` is that of ``choose.cuts``; ``by`` is the column that is covered. Where hours are
    known, the right half shows them, with what the managers have no hours for hatched. What one
    more account would add is written into the left half.
    """
    words = under(source, period)
    known = table[table["share_covered"].notna()]
    if known.empty:
        return nothing(words)
    what = _("revenue") if by == "revenue" else _("the contribution")
    row = known[known["key_accounts"] == min(suggested, int(known["key_accounts"].max()))].iloc[0]
    title = _covers(suggested, percent(float(row["share_covered"])), what, low, high)
    panels = 2 if known["hours"].max() > 0 else 1
    figure, axes = canvas(title, height=3.8, panels=panels, one_scale=False)
    columns = ("share_covered", "hours")[:panels]
    for one, column in zip(axes, columns, strict=True):
        one.axvspan(low - 0.5, high + 0.5, color=SKY, alpha=0.25, linewidth=0)
        _line(one, known["key_accounts"], known[column])
        one.plot([suggested], [row[column]], marker="o", markersize=8, color=INK)
        one.set_ylim(0, max(float(known[column].max()), 0.01) * 1.12)
        count_axis(one.xaxis, _("Key accounts (breadth)"))
    say_at(
        axes[0], percent(float(row["share_covered"])), (suggested, row["share_covered"]), (8, -14)
    )
    adds = _("One more adds {share}", share=percent(float(row["next_adds"])))
    axes[0].text(0.97, 0.04, adds, transform=axes[0].transAxes, ha="right", fontsize=9.5)
    share_axis(axes[0].yaxis, _("Share of {what}", what=what))
    if panels == 2:
        count_axis(axes[1].yaxis, _("Hours a year"))
        _beyond(axes[1], known)
    shape = _("The curve flattens as more accounts are let in; the shaded band is the range.")
    return Picture(figure, title, sentences(title, adds, shape), words)


def _covers(n: int, share: str, what: str, low: int, high: int) -> str:
    if low >= high:
        return ngettext(
            "{n} key account covers {share} of {what}",
            "{n} key accounts cover {share} of {what}",
            n,
            share=share,
            what=what,
        )
    return ngettext(
        "{n} key account covers {share} of {what}; a range to discuss is {low} to {high}",
        "{n} key accounts cover {share} of {what}; a range to discuss is {low} to {high}",
        n,
        share=share,
        what=what,
        low=number(low),
        high=number(high),
    )


def _beyond(axes: Axes, table: pd.DataFrame) -> None:
    """Hatch the numbers of key accounts for which there are no hours."""
    out = table[~table["feasible"]]
    if out.empty:
        return
    start, end = int(out["key_accounts"].min()), int(table["key_accounts"].max())
    axes.axvspan(
        start - 0.5,
        end + 0.5,
        facecolor="none",
        edgecolor=QUIET,
        hatch=HATCH,
        alpha=0.6,
        linewidth=0,
    )
    height = axes.get_ylim()[1]
    say_at(axes, _("no hours for so many"), (end, 0.08 * height), (-4, 0), ha="right")


@styled
def breadth_and_depth(
    table: pd.DataFrame,
    *,
    marked: int = 0,
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw breadth against depth: what the programme returns at every number of key accounts.

    ``table`` is that of ``choose.trade_off``. One line per depth, dashed, dotted or whole, each
    with its best point marked; a line is faint where the hours do not suffice. ``marked`` is the
    number of key accounts that is looked at.
    """
    words = under(source, period)
    if table.empty:
        return nothing(words)
    able = table[table["feasible"]]
    top = (able if len(able) else table).sort_values(
        ["net_present_value", "key_accounts"], ascending=[False, True]
    )
    title = _most_value(top.iloc[0], currency)
    figure, (axes,) = canvas(title, height=4.6)
    there = set(table["depth"])
    told = [_depth_line(axes, table, depth, currency) for depth in _DEPTHS if depth in there]
    axes.axhline(0, color=INK, linewidth=1)
    if marked:
        axes.axvline(marked, color=QUIET, linewidth=0.9, linestyle=":")
    low, high = _value_range(table)
    axes.set_ylim(low - 0.05 * (high - low), high + 0.12 * (high - low))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, frameon=False)
    count_axis(axes.xaxis, _("Key accounts (breadth)"))
    money_axis(axes.yaxis, _("Net present value"), axes.get_ylim(), currency)
    if not table["feasible"].all():
        words = " ".join([words, _("Faint: the managers have no hours for so many.")]).strip()
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _value_range(table: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis of values.

    A depth that loses far more than the others gain must not flatten them; where none gains
    anything, the depth that loses least is seen whole.
    """
    value = table["net_present_value"]
    high = max(float(value.max()), 0.0)
    room = high or -float(value.groupby(table["depth"]).min().max()) or 1.0
    low = min(max(float(value.min()), -room), 0.0)
    return low, high if low < high else 1.0


def _most_value(best: pd.Series[Any], currency: str) -> str:
    n, value = int(best["key_accounts"]), float(best["net_present_value"])
    facts = {"depth": word(str(best["depth"])), "value": scaled(abs(value), currency)}
    if value <= 0:
        return ngettext(
            "No number of key accounts pays: {n} key account, {depth}, is {value} short of the "
            "cost",
            "No number of key accounts pays: {n} key accounts, {depth}, are {value} short of the "
            "cost",
            n,
            **facts,
        )
    return ngettext(
        "The most value: {n} key account, {depth}, {value} above the cost",
        "The most value: {n} key accounts, {depth}, {value} above the cost",
        n,
        **facts,
    )


def _depth_line(axes: Axes, table: pd.DataFrame, depth: str, currency: str) -> str:
    """Draw one depth with its best point, and return the sentence about it."""
    colour, dash, marker = _DEPTHS[depth]
    own = table[table["depth"] == depth]
    fits = own[own["feasible"]]
    axes.plot(
        own["key_accounts"],
        own["net_present_value"],
        color=colour,
        linestyle=dash,
        linewidth=1.2,
        alpha=0.35,
    )
    axes.plot(
        fits["key_accounts"],
        fits["net_present_value"],
        color=colour,
        linestyle=dash,
        linewidth=2.4,
        label=word(depth),
    )
    best_first = (fits if len(fits) else own).sort_values(
        ["net_present_value", "key_accounts"], ascending=[False, True]
    )
    peak = best_first.iloc[0]
    axes.plot(
        [peak["key_accounts"]],
        [peak["net_present_value"]],
        marker=marker,
        markersize=9,
        color=colour,
    )
    return _(
        "{depth}: most at {n}, {value}",
        depth=word(depth),
        n=number(int(peak["key_accounts"])),
        value=scaled(float(peak["net_present_value"]), currency),
    )


@styled
def programme_steps(
    total: pd.DataFrame,
    *,
    treatments: pd.DataFrame | None = None,
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what the programme brings and costs: retained, grown, cost, and what is left.

    ``total`` is that of ``choose.programme``, one row; with its ``treatments`` a bar below for
    what each of them leaves, where there are two.
    """
    words = under(source, period)
    if total.empty or not total["accounts"].iloc[0]:
        return nothing(words)
    row = total.iloc[0]
    left = float(row["net_present_value"])
    title = (
        _("The programme is expected to leave {money} above its cost", money=scaled(left, currency))
        if left > 0
        else _(
            "The programme is expected to fall {money} short of its cost",
            money=scaled(-left, currency),
        )
    )
    parts = [] if treatments is None or len(treatments) < 2 else treatments.to_dict("records")
    figure, (axes,) = canvas(title, height=3.2 + 0.5 * len(parts))
    _steps(
        axes, row, [(str(p["treatment"]), float(p["net_present_value"])) for p in parts], currency
    )
    low, high = (
        scaled(float(row["value_low"]), currency),
        scaled(float(row["value_high"]), currency),
    )
    told = _(
        "Retained {retained}, grown {grown}, cost {cost}; with other effects between {low} and "
        "{high}",
        retained=scaled(float(row["retained"]), currency),
        grown=scaled(float(row["grown"]), currency),
        cost=scaled(float(row["programme_cost"]), currency),
        low=low,
        high=high,
    )
    note = _("The thin line is the interval of 80%.")
    return Picture(figure, title, sentences(title, told), " ".join([words, note]).strip())


def _steps(axes: Axes, row: pd.Series[Any], parts: list[tuple[str, float]], currency: str) -> None:
    retained, grown = float(row["retained"]), float(row["grown"])
    left = float(row["net_present_value"])
    steps = [
        (_("Retained"), 0.0, retained, BLUE, ""),
        (_("Grown"), retained, grown, SKY, "...."),
        (_("Cost"), retained + grown, -float(row["programme_cost"]), RED, HATCH),
        (_("Net present value"), 0.0, left, GREEN if left > 0 else RED, ""),
    ]
    # the parts stand end to end, so that they are seen to add up
    start = 0.0
    for name, size in parts:
        steps.append((_("of which: {what}", what=word(name)), start, size, QUIET, "\\\\\\"))
        start += size
    ends = [value for _x, start, size, _x, _x in steps for value in (start, start + size)]
    span = max(*ends, 0.0) - min(*ends, 0.0) or 1.0
    for place, (_x, start, size, colour, hatch) in enumerate(steps):
        axes.barh(
            place, size, 0.6, left=start, color=colour, hatch=hatch, edgecolor="white", linewidth=0
        )
        axes.text(
            max(start, start + size, 0.0) + 0.015 * span,
            place,
            scaled(size, currency),
            va="center",
            fontsize=9.5,
        )
    low, high = float(row["value_low"]), float(row["value_high"])
    axes.plot([low, high], [3.42, 3.42], color=INK, linewidth=1.4, marker="|", markersize=9)
    last = len(steps) - 1
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_xlim(min(*ends, low, 0.0) - 0.03 * span, max(*ends, high) + 0.28 * span)
    axes.set_yticks(range(last + 1), [name for name, *_x in steps])
    axes.set_ylim(last + 0.8, -0.6)
    axes.grid(visible=False, axis="y")
    money_axis(axes.xaxis, _("Over the years, discounted"), ends, currency)
