"""Pictures of rhythm: who has gone silent, the months of the year, how lately and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, QUIET, RED
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.chart import chart, nothing
from kamkit.output.names import named, rows_of
from kamkit.output.style import HATCH, HATCHED, legend_above, name_rows, share_axis
from kamkit.output.wording import caption, drawn, n_accounts, sentences
from kamkit.periods import day
from kamkit.schema import takes
from kamkit.value._rfm import at_risk, cut_points
from kamkit.value.seasonality import month_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_SHOWN = 10
_MONTHS_BACK = 18
_SILENCE: dict[str, Any] = {"facecolor": "white", "edgecolor": RED, "hatch": HATCH}
_SCORES = (1, 2, 3, 4, 5)
_GROUNDS = (
    (0.25, "#08306b", "white"),
    (0.10, "#2171b5", "white"),
    (0.03, "#9ecae1", "black"),
    (0.01, "#deebf7", "black"),
)
"""Colour of a cell from a share of the money, and the ink that can be read on it."""


@takes(days="account_id day", alarms="account_id days_since interval_days last_date next_expected")
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

    >>> import pandas as pd
    >>> last, due = pd.Timestamp("2025-03-01"), pd.Timestamp("2025-03-15")
    >>> late = pd.DataFrame({"account_id": ["1"], "days_since": [90], "interval_days": [14.0]})
    >>> days = pd.DataFrame({"account_id": ["1"], "day": [last]})
    >>> silence(days, late.assign(last_date=last, next_expected=due)).table["shown"].tolist()
    ['1']
    """
    words = caption(source, period)
    if alarms.empty:
        return nothing(words, _("No account is late against their own rhythm"))
    shown = named(alarms.head(_SHOWN)).reset_index(drop=True)
    words = sentences(
        words,
        drawn(len(shown), len(alarms), _("those with most at stake")),
        _("Purchases of the last {n} months", n=number(_MONTHS_BACK)),
    )
    title = ngettext(
        "{n} account is late against their own rhythm; silent for {days} days",
        "{n} accounts are late against their own rhythm; of those drawn the longest has been "
        "silent for {days} days",
        len(alarms),
        days=number(int(shown["days_since"].max())),
    )
    description = [
        _(
            "{name}: last on {last}, usually every {interval} days",
            name=row.shown,
            last=day(row.last_date.date()),
            interval=number(float(row.interval_days), 0),
        )
        for row in rows_of(shown)
    ]
    return chart(
        title,
        lambda axes: _strips(axes, days, shown),
        table=shown,
        description=description,
        caption=words,
        height=1.7 + 0.36 * len(shown),
    )


def _strips(axes: Axes, days: pd.DataFrame, shown: pd.DataFrame) -> None:
    import pandas as pd

    end = shown["last_date"].iloc[0] + pd.Timedelta(days=int(shown["days_since"].iloc[0]))
    start = end - pd.DateOffset(months=_MONTHS_BACK)
    for i, row in enumerate(rows_of(shown)):
        own = days.loc[(days["account_id"] == row.account_id) & (days["day"] >= start), "day"]
        axes.vlines(own, i - 0.3, i + 0.3, color=BLUE, linewidth=1.1)
        last = row.last_date
        axes.barh(i, end - last, 0.6, left=last, linewidth=0.8, **_SILENCE)
        if row.next_expected == row.next_expected:
            axes.plot([row.next_expected], [i], marker="D", markersize=6, color=INK, zorder=4)
    name_rows(axes, shown["shown"])
    axes.set_xlim(start, end + pd.Timedelta(days=8))
    _months(axes)
    _key(axes)


def _months(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, num2date
    from matplotlib.ticker import FuncFormatter

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

    stroke: dict[str, Any] = {"color": BLUE, "marker": "|", "linestyle": "", "markersize": 11}
    diamond: dict[str, Any] = {"color": INK, "marker": "D", "linestyle": "", "markersize": 6}
    handles = [
        Line2D([], [], label=_("purchase"), **stroke),
        Line2D([], [], label=_("next one expected"), **diamond),
        Patch(label=_("silence"), **_SILENCE),
    ]
    legend_above(axes, 3, handles)


@takes(table="month_number month_index index_low index_high")
def month_profile(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the index of each calendar month, with the lowest and highest year as a line.

    ``table`` is that of ``value.month_profile``, one row per month.

    >>> import pandas as pd
    >>> index = pd.DataFrame({"month_number": [1, 2], "month_index": [0.8, 1.2]})
    >>> month_profile(index.assign(index_low=[0.7, 1.1], index_high=[0.9, 1.3])).alt
    'February is the strongest month (120% of an average one), January the weakest (80%). Jan:
    80%; Feb: 120%.'
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    index = table["month_index"].to_numpy(dtype=float)
    names = [month_name(int(n), short=True) for n in table["month_number"]]
    most, least = int(index.argmax()), int(index.argmin())

    def draw(axes: Axes) -> None:
        for i, (size, top) in enumerate(zip(index, table["index_high"], strict=True)):
            below: dict[str, Any] = {"color": QUIET} | HATCHED
            axes.bar(i, size, 0.7, **(below if size < 1 else {"color": BLUE, "linewidth": 0}))
            box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "linewidth": 0}
            over: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 9.5, "zorder": 5}
            axes.text(i, max(size, float(top)) + 0.02, percent(size, 0), bbox=box, **over)
        places = range(len(table))
        axes.vlines(places, table["index_low"], table["index_high"], color=INK, linewidth=2)
        axes.axhline(1, color=INK, linewidth=1, linestyle="--")
        axes.set_xticks(list(places), names)
        bottom = min(0.0, float(table["index_low"].min()) * 1.12)
        axes.set_ylim(bottom, max(index.max(), float(table["index_high"].max())) * 1.12)
        axes.grid(visible=False, axis="x")
        share_axis(axes.yaxis, _("Share of an average month"))

    title = _(
        "{high} is the strongest month ({more} of an average one), {low} the weakest ({less})",
        high=month_name(most + 1).capitalize(),
        more=percent(index[most], 0),
        low=month_name(least + 1),
        less=percent(index[least], 0),
    )
    description = [f"{name}: {percent(share, 0)}" for name, share in zip(names, index, strict=True)]
    return chart(title, draw, table=table, description=description, caption=words, height=3.8)


@takes(table="recency_days frequency_orders monetary rhythm_state r_score f_score m_score")
def rfm(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw the accounts by how lately (R) and how often (F) they bought, with their revenue.

    ``table`` is that of ``value.rfm``. A cell has the number of accounts and below it their share
    of revenue; the darker, the more revenue. The values behind a score stand on the axes. The
    dashed frame is round those that used to buy often and have not bought for long.

    >>> from kamkit import open_case
    >>> from kamkit.value._rfm import rfm as scored
    >>> rfm(scored(open_case("fjordgross")).table).title.split(";")[0]
    '327 accounts that buy often and lately gave 79.6% of revenue'
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    cells = _cells(table)

    def draw(axes: Axes) -> None:
        for r, f, count, share in cells.itertuples(index=False, name=None):
            _cell(axes, int(f), int(r), int(count), float(share))
        _axes(axes, table)

    description = [
        f"R{row.r_score} F{row.f_score} {number(int(row.accounts))} ({percent(float(row.share))})"
        for row in rows_of(cells[cells["accounts"] > 0])
    ]
    notes = sentences(
        _("In each cell: accounts, and their share of revenue; the darker, the more revenue"),
        _("Dashed frame: buy often, but bought less recently than most"),
        _("Scores from 1 to 5, 5 is best"),
    )
    under = sentences(words, notes)
    return chart(
        _rfm_title(table), draw, table=cells, description=description, caption=under, height=5.0
    )


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts and the share of revenue of each pair of scores, the latest first."""
    groups = table.groupby(["r_score", "f_score"])
    every = [(r, f) for r in reversed(_SCORES) for f in _SCORES]
    sums = groups.agg(accounts=("monetary", "size"), share=("monetary", "sum"))
    cells = sums.reindex(every, fill_value=0).reset_index()
    return cells.assign(share=cells["share"] / _whole(table))


def _whole(table: pd.DataFrame) -> float:
    whole = float(table["monetary"].sum())
    return whole if whole > 0 else float("nan")


def _rfm_title(table: pd.DataFrame) -> str:
    active = (table["r_score"] >= 4) & (table["f_score"] >= 4)
    away = at_risk(table)
    part = [float(table.loc[rows, "monetary"].sum()) / _whole(table) for rows in (active, away)]
    if not away.any():
        return _(
            "{n} that buy often and lately gave {share} of revenue",
            n=n_accounts(active.sum()),
            share=percent(part[0]),
        )
    return _(
        "{n} that buy often and lately gave {share} of revenue; {gone}, late or lost, "
        "that used to buy often gave {its}",
        n=n_accounts(active.sum()),
        share=percent(part[0]),
        gone=n_accounts(away.sum()),
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

    frame: dict[str, Any] = {"edgecolor": RED, "linestyle": "--", "linewidth": 2.2, "zorder": 4}
    axes.add_patch(Rectangle((2.53, 0.53), 2.94, 1.94, fill=False, **frame))
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
