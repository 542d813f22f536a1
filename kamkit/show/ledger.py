"""Pictures of the ledger itself: what was read and used, and revenue month by month."""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.picture import Picture
from kamkit.output.style import BLUE, HATCH, QUIET, canvas, count_axis, money_axis, say_at, styled
from kamkit.output.table import writer
from kamkit.output.wording import caption, nothing, sentences
from kamkit.schema import label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_MOST_TOLD = 24
_MOST_MONTHS = 9


@styled
def monthly(
    frame: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | None = None
) -> Picture:
    """Draw the revenue of each month.

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
    average, best = scaled(float(whole.mean()), currency), whole.idxmax()
    title = _(
        "Revenue is {average} a month on average, highest in {month} ({highest})",
        average=average,
        month=_month_name(best),
        highest=scaled(float(whole.max()), currency),
    )
    figure, (axes,) = canvas(title, height=4.4)
    _months_line(axes, months, partial)
    _average_line(axes, float(whole.mean()), average)
    say_at(axes, scaled(float(whole.max()), currency), (best, whole.max()), (0, 12), ha="center")
    money_axis(axes.yaxis, label("revenue"), months, currency)
    if partial.any():
        words = sentences(words, _("A hollow point is a month that is not whole."))
    told = [f"{_month_name(m)} {scaled(v, currency)}" for m, v in months[-_MOST_TOLD:].items()]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


@styled
def set_aside(reconciliation: pd.DataFrame, *, currency: str = "", source: str = "") -> Picture:
    """Draw which lines and amounts of the source are used, and which are set aside and why.

    ``reconciliation`` is the table of ``Case.reconciliation``, one row per reason.

    >>> import pandas as pd
    >>> set_aside(pd.DataFrame({"reason": ["read", "used", "no_account"], "rows": [10, 8, 2],
    ...     "amount": [100.0, 90.0, 10.0]}))
    8 of 10 lines are used (80.0%), 2 are set aside
    """
    read = reconciliation["reason"] == "read"
    fates, rows = reconciliation[~read], int(reconciliation.loc[read, "rows"].sum())
    used = int(fates.loc[fates["reason"] == "used", "rows"].sum())
    title = _used(rows, used)
    write = writer("reason", fates["reason"])
    names = [write(reason) for reason in fates["reason"]]
    by_rows = [f"{number(n)} ({percent(n / max(rows, 1))})" for n in fates["rows"]]
    by_amount = [scaled(float(amount), currency) for amount in fates["amount"]]
    figure, panels = canvas(title, height=1.6 + 0.5 * len(fates), panels=2)
    _fate_bars(panels[0], fates["rows"], by_rows)
    _fate_bars(panels[1], fates["amount"], by_amount)
    panels[0].set_yticks(range(len(names)), [textwrap.fill(name, 26) for name in names])
    panels[0].invert_yaxis()
    count_axis(panels[0].xaxis, _("Invoice lines"))
    money_axis(panels[1].xaxis, _("Amount"), fates["amount"], currency)
    for panel in panels:
        panel.locator_params("x", nbins=4)
    told = [
        f"{name}: {n}, {amount}" for name, n, amount in zip(names, by_rows, by_amount, strict=True)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), caption(source))


def _used(rows: int, used: int) -> str:
    return ngettext(
        "{used} of {n} line is used ({share}), {aside} are set aside",
        "{used} of {n} lines are used ({share}), {aside} are set aside",
        rows,
        used=number(used),
        share=percent(used / max(rows, 1)),
        aside=number(rows - used),
    )


def _fate_bars(axes: Axes, values: pd.Series[Any], texts: Sequence[str]) -> None:
    bars = axes.barh(range(len(values)), values, 0.6, color="white", edgecolor=QUIET, hatch=HATCH)
    bars[0].set(facecolor=BLUE, hatch="")
    axes.bar_label(bars, texts, padding=4, fontsize=9.5)
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.grid(visible=False, axis="y")
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = (high - low) or 1.0
    # room for the words beside the longest bar, on either side
    axes.set_xlim(low - (0.55 * room if low < 0 else 0), high + 0.55 * room)


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
    import seaborn

    seaborn.lineplot(x=months.index, y=months.to_numpy(), ax=axes, color=BLUE, linewidth=2.2)
    whole = months[~partial]
    axes.plot(whole.index, whole.to_numpy(), "o", color=BLUE, markersize=6)
    hollow = months[partial]
    axes.plot(
        hollow.index,
        hollow.to_numpy(),
        "o",
        markersize=8,
        markerfacecolor="white",
        markeredgecolor=BLUE,
        markeredgewidth=1.6,
    )
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

    def write(place: float, _number: int) -> str:
        return _month_name(num2date(place))  # type: ignore[no-untyped-call]

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


def _month_name(month: Any) -> str:
    from babel.dates import format_date

    from kamkit.language import locale_name

    return format_date(month, format="MMM y", locale=locale_name())
