"""Pictures of a programme: how far down the list it goes, and what each key account gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.choose._cuts import covered_of
from kamkit.colours import BLUE, GREEN, INK, ORANGE, QUIET, RED, SKY
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.style import (
    HATCH,
    count_axis,
    money_axis,
    name_rows,
    say_at,
    share_axis,
    write_beside,
)
from kamkit.output.wording import caption as under
from kamkit.output.wording import sentences, unknown
from kamkit.schema import takes, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_DEPTHS: dict[str, tuple[str, str, str]] = {
    "all_shared": (BLUE, "-", "o"),
    "some_dedicated": (ORANGE, "--", "s"),
    "first_dedicated": (ORANGE, "--", "s"),
    "all_dedicated": (GREEN, ":", "^"),
}


@takes(table="key_accounts share_revenue hours_each")
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
    right = key_accounts > table["key_accounts"].max() * 0.6
    side, to = ("right", -8) if right else ("left", 8)

    def draw(covered: Axes, each: Axes) -> None:
        panels = ((covered, "share_revenue", share, -16), (each, "hours_each", hours, 10))
        for axes, column, text, up in panels:
            _line(axes, table, column, key_accounts)
            say_at(axes, text, (key_accounts, marked[column]), (to, up), ha=side)
            axes.axvline(key_accounts, color=QUIET, linewidth=0.9, linestyle=":")
            axes.set_ylim(0, max(float(table[column].max()), 0.01) * 1.1)
        share_axis(covered.yaxis, _("Share of revenue covered"))
        count_axis(each.yaxis, _("Hours a month for each (depth)"))

    title = ngettext(
        "{n} key account: {share} of revenue, {hours} hours a month for each",
        "{n} key accounts: {share} of revenue, {hours} hours a month for each",
        key_accounts,
        share=share,
        hours=hours,
    )
    shape = _(
        "Left, the curve of revenue flattens as more accounts are let in; right, the hours "
        "for each account fall."
    )
    layout: dict[str, Any] = {"height": 3.6, "panels": 2, "one_scale": False}
    return chart(title, draw, table=table, description=shape, caption=caption, **layout)


def _line(axes: Axes, table: pd.DataFrame, column: str, marked: int) -> None:
    """Draw a column over the number of key accounts, one of them marked."""
    sizes = table["key_accounts"]
    single = "o" if len(sizes) == 1 else ""
    axes.plot(sizes, table[column], color=BLUE, linewidth=2.4, marker=single)
    axes.plot([marked], table.loc[sizes == marked, column], marker="o", markersize=8, color=INK)
    count_axis(axes.xaxis, _("Key accounts (breadth)"))


def _hours(hours: float) -> str:
    return number(hours, 0 if hours >= 10 or hours == int(hours) else 1)


@takes(table="key_accounts share_covered next_adds hours feasible")
def breadth_curve(
    table: pd.DataFrame,
    *,
    low: int,
    high: int,
    suggested: int,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what every number of key accounts covers, with the suggested range.

    ``table`` is that of ``choose.cuts``. Where hours are known, the right half shows them, with
    what the managers have no hours for hatched. What one more account would add is written into the
    left half.

    >>> import pandas as pd
    >>> shares = {"key_accounts": [1, 2], "share_covered": [0.6, 0.9], "next_adds": [0.3, 0.1]}
    >>> table = pd.DataFrame(shares).assign(hours=0.0, feasible=True)
    >>> breadth_curve(table, low=1, high=2, suggested=2)
    The first account covers 60.0% of revenue, the next one another 30.0%
    """
    words = under(source, period)
    known = table[table["share_covered"].notna()]
    if known.empty:
        return nothing(words)
    words = sentences(words, unknown(len(table) - len(known)))
    what = covered_of(table)
    most = min(suggested, int(known["key_accounts"].max()))
    row = known[known["key_accounts"] == most].iloc[0]
    share = percent(float(row["share_covered"]))
    adds = _("One more adds {share}", share=percent(float(row["next_adds"])))
    columns = ["share_covered", "hours"] if known["hours"].max() > 0 else ["share_covered"]

    def draw(*panels: Axes) -> None:
        for axes, column in zip(panels, columns, strict=True):
            axes.axvspan(low - 0.5, high + 0.5, color=SKY, alpha=0.25, linewidth=0)
            _line(axes, known, column, most)
            axes.set_ylim(0, max(float(known[column].max()), 0.01) * 1.12)
        first, *hours = panels
        say_at(first, share, (most, row["share_covered"]), (8, -14))
        first.text(0.97, 0.04, adds, transform=first.transAxes, ha="right", fontsize=9.5)
        share_axis(first.yaxis, _("Share covered"))
        for axes in hours:
            count_axis(axes.yaxis, _("Hours a year"))
            _beyond(axes, known)

    shape = _("The curve flattens as more accounts are let in; the shaded band is the range.")
    description = sentences(adds, shape)
    title = _covers(known, most, what)
    layout: dict[str, Any] = {"height": 3.8, "panels": len(columns), "one_scale": False}
    return chart(title, draw, table=known, description=description, caption=words, **layout)


def _covers(table: pd.DataFrame, n: int, what: str) -> str:
    """Say how the accounts that come later add less, or more, than the first ones."""
    covered = table.set_index("key_accounts")["share_covered"]
    half = (n + 1) // 2
    if n < 2 or half not in covered:
        return ngettext(
            "{n} key account covers {share} of {what}",
            "{n} key accounts cover {share} of {what}",
            n,
            share=percent(float(covered[n])),
            what=what,
        )
    return ngettext(
        "The first account covers {share} of {what}, {after} another {more}",
        "The first {n} accounts cover {share} of {what}, {after} another {more}",
        half,
        after=ngettext("the next one", "the next {n}", n - half),
        share=percent(float(covered[half])),
        more=percent(float(covered[n] - covered[half])),
        what=what,
    )


def _beyond(axes: Axes, table: pd.DataFrame) -> None:
    """Hatch the numbers of key accounts for which there are no hours."""
    out = table[~table["feasible"]]
    if out.empty:
        return
    start, end = int(out["key_accounts"].min()), int(table["key_accounts"].max())
    look: dict[str, Any] = {"facecolor": "none", "edgecolor": QUIET, "hatch": HATCH}
    axes.axvspan(start - 0.5, end + 0.5, alpha=0.6, linewidth=0, **look)
    height = axes.get_ylim()[1]
    say_at(axes, _("no hours for so many"), (end, 0.08 * height), (-4, 0), ha="right")


@takes(table="key_accounts depth net_present_value feasible")
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

    >>> import pandas as pd
    >>> table = pd.DataFrame({"key_accounts": [1, 2], "depth": "all_shared", "feasible": True})
    >>> print(breadth_and_depth(table.assign(net_present_value=[5e4, 7e4]), currency="NOK"))
    The most value: 2 key accounts, all with shared managers, NOK 70,000 above the cost
    """
    words = under(source, period)
    if table.empty:
        return nothing(words)
    there = [depth for depth in _DEPTHS if (table["depth"] == depth).any()]
    peaks = [(depth, _best(table[table["depth"] == depth])) for depth in there]

    def draw(axes: Axes) -> None:
        for depth, peak in peaks:
            _depth_line(axes, table[table["depth"] == depth], depth, peak)
        axes.axhline(0, color=INK, linewidth=1)
        if marked:
            axes.axvline(marked, color=QUIET, linewidth=0.9, linestyle=":")
        low, high = _value_range(table)
        axes.set_ylim(low - 0.05 * (high - low), high + 0.12 * (high - low))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, frameon=False)
        count_axis(axes.xaxis, _("Key accounts (breadth)"))
        money_axis(axes.yaxis, _("Net present value"), axes.get_ylim(), currency)

    description = [
        _(
            "{depth}: most at {n}, {value}",
            depth=word(depth),
            n=number(int(peak["key_accounts"])),
            value=scaled(float(peak["net_present_value"]), currency),
        )
        for depth, peak in peaks
    ]
    if not table["feasible"].all():
        words = sentences(words, _("Faint: the managers have no hours for so many."))
    title = _most_value(_best(table), currency)
    return chart(title, draw, table=table, description=description, caption=words, height=4.6)


def _best(table: pd.DataFrame) -> pd.Series[Any]:
    """Return the row of most value for which there are hours; where there are none, of all."""
    able = table[table["feasible"]]
    order = (able if len(able) else table).sort_values(
        ["net_present_value", "key_accounts"], ascending=[False, True]
    )
    return order.iloc[0]


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


def _depth_line(axes: Axes, own: pd.DataFrame, depth: str, peak: pd.Series[Any]) -> None:
    """Draw one depth, faint where the hours do not suffice, with its best point."""
    colour, dash, marker = _DEPTHS[depth]
    looks: list[tuple[pd.DataFrame, dict[str, Any]]] = [
        (own, {"linewidth": 1.2, "alpha": 0.35}),
        (own[own["feasible"]], {"linewidth": 2.4, "label": word(depth)}),
    ]
    for part, look in looks:
        sizes, value = part["key_accounts"], part["net_present_value"]
        axes.plot(sizes, value, color=colour, linestyle=dash, **look)
    spot = [peak["key_accounts"]], [peak["net_present_value"]]
    axes.plot(*spot, marker=marker, markersize=9, color=colour)


@takes(total="accounts retained grown programme_cost net_present_value value_low value_high")
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

    >>> import pandas as pd
    >>> total = pd.DataFrame({"accounts": [1], "retained": 9e4, "grown": 1e4, "value_low": 2e4})
    >>> total = total.assign(programme_cost=4e4, net_present_value=6e4, value_high=8e4)
    >>> print(programme_steps(total, currency="NOK"))
    If it works as assumed, the programme leaves NOK 60,000 above its cost
    """
    words = under(source, period)
    if total.empty or not total["accounts"].iloc[0]:
        return nothing(words)
    row = total.iloc[0]
    left = float(row["net_present_value"])
    money = scaled(abs(left), currency)
    title = (
        _("If it works as assumed, the programme leaves {money} above its cost", money=money)
        if left > 0
        else _("Even if it works as assumed, the programme falls {money} short", money=money)
    )
    parts = [] if treatments is None or len(treatments) < 2 else treatments.to_dict("records")
    sizes = [(str(p["treatment"]), float(p["net_present_value"])) for p in parts]
    names = ("retained", "grown", "programme_cost", "value_low", "value_high")
    retained, grown, cost, low, high = (scaled(float(row[name]), currency) for name in names)
    description = _(
        "Retained {retained}, grown {grown}, cost {cost}; with other effects between {low} and "
        "{high}",
        retained=retained,
        grown=grown,
        cost=cost,
        low=low,
        high=high,
    )
    return chart(
        title,
        lambda axes: _draw_programme(axes, row, sizes, currency),
        table=total,
        description=description,
        caption=sentences(words, _("The thin line is the interval of 80%.")),
        height=3.2 + 0.5 * len(parts),
    )


def _draw_programme(
    axes: Axes, row: pd.Series[Any], parts: list[tuple[str, float]], currency: str
) -> None:
    retained, grown = float(row["retained"]), float(row["grown"])
    left = float(row["net_present_value"])
    steps = [
        (_("Retained"), 0.0, retained, {"color": BLUE}),
        (_("Grown"), retained, grown, {"color": SKY, "hatch": "++"}),
        (
            _("Cost"),
            retained + grown,
            -float(row["programme_cost"]),
            {"color": RED, "hatch": HATCH},
        ),
        (_("Net present value"), 0.0, left, {"color": GREEN if left > 0 else RED}),
    ]
    # the parts stand end to end, so that they are seen to add up
    start = 0.0
    for name, size in parts:
        text = _("of which: {what}", what=word(name))
        steps.append((text, start, size, {"color": QUIET, "hatch": "\\\\\\"}))
        start += size
    spans = [(start, start + size) for _n, start, size, _l in steps]
    ends = [end for span in spans for end in span]
    room = max(*ends, 0.0) - min(*ends, 0.0) or 1.0
    for i, (_n, start, size, look) in enumerate(steps):
        bar: dict[str, Any] = {"edgecolor": "white", "linewidth": 0, **look}
        axes.barh(i, size, 0.6, left=start, **bar)
    edges = [max(*span, 0.0) + 0.015 * room for span in spans]
    write_beside(axes, edges, [scaled(size, currency) for _n, _s, size, _l in steps])
    low, high = float(row["value_low"]), float(row["value_high"])
    axes.plot([low, high], [3.42, 3.42], color=INK, linewidth=1.4, marker="|", markersize=9)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_xlim(min(*ends, low, 0.0) - 0.03 * room, max(*ends, high) + 0.28 * room)
    name_rows(axes, [name for name, *_x in steps])
    axes.set_ylim(len(steps) - 0.2, -0.6)
    money_axis(axes.xaxis, _("Over the years, discounted"), ends, currency)
