"""Pictures of how it came about and who moved: months, two rankings, two periods."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, QUIET, RED
from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import named, rows_of
from kamkit.output.style import legend_above, money_axis, say_at
from kamkit.output.wording import caption, drawn, sentences, unknown, value
from kamkit.periods import month
from kamkit.schema import label, takes, total_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_MOST_MOVED = 8
_MOST_MONTHS, _A_YEAR = 9, 12
LAST_YEAR = "#c3cbd3"
_HOLLOW: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": INK}


@takes(frame="month revenue")
def monthly(
    frame: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | None = None
) -> Picture:
    """Draw the revenue of each month, with that of the year before behind it.

    ``frame`` has ``month`` and ``revenue``; several rows of one month (one per account) are added
    up, and a month without rows is zero. With ``period`` a first or last month that is not whole
    is drawn hollow and left out of the average.

    >>> import pandas as pd
    >>> months = pd.to_datetime(["2025-01-01", "2025-02-01"])
    >>> monthly(pd.DataFrame({"month": months, "revenue": [200.0, 400.0]}))
    Revenue is 300 a month on average, highest in Feb 2025 (400)
    """
    words = caption(source, period)
    if frame.empty:
        return nothing(words)
    months = frame.groupby("month", sort=True)["revenue"].sum().astype(float)
    months = months.resample("MS").sum()
    partial = _partial(months, period)
    whole = months if partial.all() else months[~partial]
    average, best = float(whole.mean()), whole.index[int(whole.to_numpy().argmax())]
    highest = scaled(float(whole.max()), currency)

    def draw(axes: Axes) -> None:
        if len(months) > _A_YEAR:
            before = months.shift(_A_YEAR)
            axes.plot(months.index, before, color=LAST_YEAR, lw=3, label=_("a year before"))
            legend_above(axes, columns=1)
        _months_line(axes, months, partial)
        _average_line(axes, average, scaled(average, currency))
        say_at(axes, highest, (best, whole.max()), (0, 12), ha="center")
        money_axis(axes.yaxis, label("revenue"), months, currency)

    title = _(
        "Revenue is {average} a month on average, highest in {month} ({highest})",
        average=scaled(average, currency),
        month=month(best),
        highest=highest,
    )
    if partial.any():
        words = sentences(words, _("A hollow point is an incomplete month."))
    latest = zip(months.index[::-1], months[::-1], strict=True)
    description = [f"{month(day)} {scaled(revenue, currency)}" for day, revenue in latest]
    return chart(
        title, draw, table=months.reset_index(), description=description, caption=words, height=4.4
    )


@takes(table="account_id revenue contribution")
def rank_change(
    table: pd.DataFrame,
    *,
    criteria: tuple[str, str] = ("revenue", "contribution"),
    top: int = 12,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw how the largest accounts by one criterion rank by another.

    ``table`` is one row per account with both criteria. Drawn are the accounts that are among the
    ``top`` largest by either; ties are broken by ``account_id``. A line that falls is dashed.

    >>> import pandas as pd
    >>> rank_change(pd.DataFrame({"account_id": ["1", "2"], "revenue": [9.0, 5],
    ...     "contribution": [1.0, 4]}), top=1)
    1 of the 1 largest by revenue is not among the 1 largest by contribution
    """
    first, second = criteria
    words = caption(source, period)
    known = table.dropna(subset=[first, second])
    if known.empty:
        return nothing(words)
    words = sentences(words, unknown(len(table) - len(known)))
    ranks = known.assign(before=_places(known, first), after=_places(known, second))
    shown = ranks[(ranks["before"] <= top) | (ranks["after"] <= top)].sort_values("before")
    shown = named(shown)
    title = ngettext(
        "{n} of the {top} largest by {first} is not among the {top} largest by {second}",
        "{n} of the {top} largest by {first} are not among the {top} largest by {second}",
        int(((shown["before"] <= top) & (shown["after"] > top)).sum()),
        top=number(min(top, len(known))),
        first=total_of(first),
        second=total_of(second),
    )
    description = [
        _("{name}: {before} to {after}", name=row.shown, before=row.before, after=row.after)
        for row in rows_of(shown)
    ]
    return chart(
        title,
        lambda axes: _slopes(axes, shown, criteria),
        table=shown,
        description=description,
        caption=words,
        height=1.5 + 0.3 * len(shown),
    )


@takes(table="account_id class_before revenue_before class_after revenue_after")
def stability(
    table: pd.DataFrame,
    *,
    currency: str = "",
    by: str = "revenue",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw who entered and who left class A between two equal periods.

    ``table`` is the table of ``identify.pareto.stability``, one row per account, with
    ``class_before``, ``class_after``, ``revenue_before`` and ``revenue_after``. At most eight of
    each are drawn, those with the largest amounts; the title counts them all.

    >>> import pandas as pd
    >>> stability(pd.DataFrame({"account_id": ["1", "2"], "class_before": ["A", "B"],
    ...     "class_after": ["A", "A"], "revenue_before": [9.0, 1], "revenue_after": [9.0, 5]}))
    Class A: 1 came in, 0 went out and 1 stayed
    """
    was, now = (table[name].fillna("") == "A" for name in ("class_before", "class_after"))
    came = _largest(table[now & ~was], "revenue_after")
    went = _largest(table[was & ~now], "revenue_before")

    def draw(axes: Axes) -> None:
        _dumbbells(axes, [(_("Came in"), came), (_("Went out"), went)])
        axes.xaxis.set_visible(bool(len(came) or len(went)))
        amounts = [*came["revenue_before"], *came["revenue_after"]]
        amounts += [*went["revenue_before"], *went["revenue_after"]]
        money_axis(axes.xaxis, label(by), map(float, amounts), currency)

    title = _(
        "Class A: {came} came in, {went} went out and {stayed} stayed",
        came=number(int((now & ~was).sum())),
        went=number(int((was & ~now).sum())),
        stayed=number(int((was & now).sum())),
    )
    description = [
        _(
            "{name}: {before} to {after}",
            name=row.shown,
            before=value(float(row.revenue_before), by, currency),
            after=value(float(row.revenue_after), by, currency),
        )
        for row in [*rows_of(came), *rows_of(went)]
    ]
    height = 1.6 + 0.3 * (len(came) + len(went) + 2)
    moves = int((now != was).sum())
    words = drawn(len(came) + len(went), moves, _("the largest that came in or went out"))
    words = sentences(caption(source, period), words)
    return chart(title, draw, table=table, description=description, caption=words, height=height)


def _partial(months: pd.Series[float], period: Period | None) -> pd.Series[bool]:
    import pandas as pd

    partial = pd.Series(data=False, index=months.index)
    if period is not None:
        begins = pd.Timestamp(period.start.replace(day=1))
        ends = pd.Timestamp(period.end.replace(day=1))
        tomorrow = period.end + dt.timedelta(days=1)
        partial |= (partial.index == begins) & (period.start.day != 1)
        partial |= (partial.index == ends) & (tomorrow.day != 1)
    return partial


def _months_line(axes: Axes, months: pd.Series[float], partial: pd.Series[bool]) -> None:
    axes.plot(months.index, months, color=BLUE, linewidth=2.2)
    whole, hollow = months[~partial], months[partial]
    axes.plot(whole.index, whole, "o", color=BLUE, markersize=6)
    look: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": BLUE}
    axes.plot(hollow.index, hollow, "o", markersize=8, markeredgewidth=1.6, **look)
    low, high = min(0.0, float(months.min())), max(0.0, float(months.max()))
    axes.set_ylim(low * 1.1, (high or 1.0) * 1.16)
    _month_axis(axes, months)


def _month_axis(axes: Axes, months: pd.Series[float]) -> None:
    from matplotlib.dates import MonthLocator, YearLocator, num2date
    from matplotlib.ticker import FuncFormatter

    count = len(months)
    if count == 1:
        # matplotlib would show years around a single point
        around = dt.timedelta(days=14)
        axes.set_xlim(months.index[0] - around, months.index[0] + around)
    if count <= 12 * _MOST_MONTHS:
        step = next((step for step in (1, 2, 3, 6) if count / step <= _MOST_MONTHS), 12)
        axes.xaxis.set_major_locator(MonthLocator(bymonth=range(1, 13, step)))  # type: ignore[no-untyped-call]
    else:
        axes.xaxis.set_major_locator(YearLocator(math.ceil(count / 12 / _MOST_MONTHS)))  # type: ignore[no-untyped-call]

    def write(position: float, _number: int) -> str:
        return month(num2date(position))  # type: ignore[no-untyped-call]

    axes.xaxis.set_major_formatter(FuncFormatter(write))
    axes.set_xlabel(_("Month"))


def _average_line(axes: Axes, average: float, text: str) -> None:
    axes.axhline(average, color=QUIET, linestyle="--", linewidth=1.3, zorder=1)
    axes.annotate(
        _("average\n{amount}", amount=text),
        (1, average),
        (4, 0),
        va="center",
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        fontsize=9.5,
        color=QUIET,
    )


def _places(table: pd.DataFrame, by: str) -> pd.Series[int]:
    import pandas as pd

    order = table.sort_values([by, "account_id"], ascending=[False, True]).index
    return pd.Series(range(1, len(order) + 1), index=order).reindex(table.index)


def _slopes(axes: Axes, shown: pd.DataFrame, criteria: tuple[str, str]) -> None:
    right = {account: i for i, account in enumerate(shown.sort_values("after").index)}
    for height, row in enumerate(rows_of(shown)):
        end = right[row.Index]
        fell, same = row.after > row.before, row.after == row.before
        look: dict[str, Any] = {"color": QUIET if same else RED if fell else BLUE, "linewidth": 1.8}
        line = "--" if fell else "-"
        axes.plot([0, 1], [height, end], marker="o", markersize=5, linestyle=line, **look)
        sign = "=" if same else "▼" if fell else "▲"
        axes.text(-0.02, height, f"{row.shown}  {number(row.before)}", ha="right", va="center")
        axes.text(1.02, end, f"{number(row.after)} {sign} {row.shown}", va="center")
    for i, by in enumerate(criteria):
        heading = _("Rank by {measure}", measure=total_of(by))
        axes.text(i, -0.9, heading, ha="right" if not i else "left", fontweight="bold")
    axes.set_xlim(-0.75, 1.75)
    axes.set_ylim(len(shown) - 0.4, -1.3)
    axes.set_axis_off()


def _largest(part: pd.DataFrame, amount: str) -> pd.DataFrame:
    ordered = part.sort_values([amount, "account_id"], ascending=[False, True])
    known = ordered.fillna({"revenue_before": 0.0, "revenue_after": 0.0})
    return named(known.head(_MOST_MOVED))


def _dumbbells(axes: Axes, groups: list[tuple[str, pd.DataFrame]]) -> None:
    names: dict[int, str] = {}
    height, left = 0, axes.get_yaxis_transform()
    for heading, part in groups:
        title = heading if len(part) else f"{heading}: –"
        axes.text(0, height, title, transform=left, fontweight="bold", va="center")
        for row in rows_of(part):
            height += 1
            before, after = float(row.revenue_before), float(row.revenue_after)
            colour = BLUE if after >= before else RED
            axes.plot([before, after], [height, height], color=colour, linewidth=1.8)
            axes.plot(before, height, "o", markersize=7, **_HOLLOW)
            axes.plot(after, height, "o", markersize=7, color=colour)
            names[height] = row.shown
        height += 1
    axes.set_yticks(list(names), list(names.values()))
    axes.set_ylim(height - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    _before_and_after(axes)


def _before_and_after(axes: Axes) -> None:
    from matplotlib.lines import Line2D

    dot: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 7}
    before = Line2D([], [], label=_("before"), **dot, **_HOLLOW)
    legend_above(axes, handles=[before, Line2D([], [], label=_("after"), color=INK, **dot)])
