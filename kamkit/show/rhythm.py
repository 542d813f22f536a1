"""Pictures of rhythm: who has gone silent, and the months of the year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.picture import Picture
from kamkit.output.style import BLUE, HATCH, INK, QUIET, RED, canvas, share_axis, styled
from kamkit.output.wording import caption, nothing, sentences
from kamkit.periods import day
from kamkit.show.movement import named

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_SHOWN = 10
_MONTHS_BACK = 18


@styled
def silence(
    days: pd.DataFrame,
    alarms: pd.DataFrame,
    *,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw the purchase days of accounts that are late, and the silence since.

    ``days`` are purchase days, one row per account and day; ``alarms`` the table of ``value.late``,
    of which the first ten are drawn. Each stroke is a purchase, the diamond the day on which the
    next was to be expected, the hatched bar the silence up to the last day of the ledger.
    """
    import pandas as pd

    words = caption(source, period)
    if alarms.empty:
        return nothing(words)
    shown = named(alarms.head(_SHOWN)).reset_index(drop=True)
    since = pd.to_timedelta(shown["days_since"], unit="D")
    end = (shown["last_date"] + since).iloc[0]
    start = end - pd.DateOffset(months=_MONTHS_BACK)
    title = ngettext(
        "{n} account is late against its own rhythm; longest silent of those shown: {days} days",
        "{n} accounts are late against their own rhythm; longest silent of those shown: {days} "
        "days",
        len(alarms),
        days=number(int(shown["days_since"].max())),
    )
    figure, (axes,) = canvas(title, height=1.7 + 0.36 * len(shown))
    rows: list[Any] = list(shown.itertuples())
    for place, row in enumerate(rows):
        own = days.loc[(days["account_id"] == row.account_id) & (days["day"] >= start), "day"]
        _strip(axes, place, own, row, end)
    axes.set_yticks(range(len(shown)), list(shown["shown"]))
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(start, end + pd.Timedelta(days=8))
    axes.grid(visible=False, axis="y")
    _months(axes)
    _key(axes)
    told = [
        _(
            "{name}: last on {last}, usually every {interval} days",
            name=row.shown,
            last=day(row.last_date.date()),
            interval=number(float(row.interval_days), 0),
        )
        for row in rows
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _strip(axes: Axes, place: int, own: pd.Series[Any], row: Any, end: pd.Timestamp) -> None:
    axes.vlines(own, place - 0.3, place + 0.3, color=BLUE, linewidth=1.1)
    axes.barh(
        place,
        end - row.last_date,
        0.6,
        left=row.last_date,
        color="white",
        edgecolor=RED,
        hatch=HATCH,
        linewidth=0.8,
    )
    if row.next_expected == row.next_expected:
        axes.plot([row.next_expected], [place], marker="D", markersize=6, color=INK, zorder=4)


def _months(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, num2date
    from matplotlib.ticker import FuncFormatter

    from kamkit.value.seasonality import month_name

    def written(value: float, _place: int | None = None) -> str:
        when = num2date(value)  # type: ignore[no-untyped-call]
        name = month_name(when.month, short=True)
        return f"{name}\n{when.year}" if when.month in (1, 7) else name

    locator = AutoDateLocator(minticks=5, maxticks=12)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(FuncFormatter(written))


def _key(axes: Axes) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=BLUE, marker="|", linestyle="", markersize=11),
        Line2D([], [], color=INK, marker="D", linestyle="", markersize=6),
        Patch(facecolor="white", edgecolor=RED, hatch=HATCH),
    ]
    texts = [_("purchase"), _("next one expected"), _("silence")]
    axes.legend(handles, texts, loc="lower right", ncols=3, frameon=False, bbox_to_anchor=(1, 1))


@styled
def month_profile(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the index of each calendar month, with the lowest and highest year as a line.

    ``table`` is that of ``value.month_profile``, one row per month.
    """
    from kamkit.value.seasonality import month_name

    words = caption(source, period)
    if table.empty:
        return nothing(words)
    index = table["month_index"]
    names = [month_name(int(n), short=True) for n in table["month_number"]]
    most, least = int(index.to_numpy().argmax()), int(index.to_numpy().argmin())
    title = _(
        "{high} is the strongest month ({more} of an average one), {low} the weakest ({less})",
        high=month_name(most + 1).capitalize(),
        more=percent(float(index.iloc[most]), 0),
        low=month_name(least + 1),
        less=percent(float(index.iloc[least]), 0),
    )
    figure, (axes,) = canvas(title, height=3.8)
    places = range(len(table))
    below = (index < 1).tolist()
    for place, (size, low) in enumerate(zip(index, below, strict=True)):
        how: dict[str, Any] = {"hatch": HATCH, "edgecolor": "white"} if low else {}
        axes.bar(place, float(size), 0.7, color=QUIET if low else BLUE, linewidth=0, **how)
    axes.vlines(places, table["index_low"], table["index_high"], color=INK, linewidth=2)
    axes.axhline(1, color=INK, linewidth=1, linestyle="--")
    for place, (size, top) in enumerate(zip(index, table["index_high"], strict=True)):
        axes.text(
            place,
            max(float(size), float(top)) + 0.02,
            percent(float(size), 0),
            ha="center",
            va="bottom",
            fontsize=9.5,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "linewidth": 0},
            zorder=5,
        )
    axes.set_xticks(list(places), names)
    bottom = min(0.0, float(table["index_low"].min()) * 1.12)
    axes.set_ylim(bottom, max(float(index.max()), float(table["index_high"].max())) * 1.12)
    axes.grid(visible=False, axis="x")
    share_axis(axes.yaxis, _("Share of an average month"))
    told = "; ".join(f"{n}: {percent(float(v), 0)}" for n, v in zip(names, index, strict=True))
    return Picture(figure, title, sentences(title, told), words)
