"""Seasons: of the ledger as a whole, and of accounts that buy in a few months of the year only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import PeriodError
from kamkit.language import gettext as _
from kamkit.language import locale_name, number, percent, writer
from kamkit.output.finding import Finding
from kamkit.value.history import check_source
from kamkit.value.occasions import purchase_days

if TYPE_CHECKING:
    from kamkit.case import Case

_MONTHS = 12
_LONGEST_SEASON = 5
_IN_SEASON = 0.95
_TWO_YEARS = 700  # days from the first purchase of the ledger to the last
_SURE = 0.01
_BLOCK = 50_000  # accounts: their months, twice over, take the most memory of a rhythm


def month_profile(case: Case) -> Finding:
    """Tell how revenue is spread over the year.

    The table has one row per calendar month, January first: ``month_number``, ``month_index`` (1
    is an average month), ``index_low`` and ``index_high`` over the years. Each month is divided by
    the mean of the twelve months around it (the classical ratio to a centred moving average, which
    takes the trend out), and the twelve indices are scaled to a mean of 1. Only whole months count.

    Raises ``PeriodError`` for a ledger with fewer than 24 whole months, or where a
    calendar month never stands in twelve months with revenue above zero.

    >>> from kamkit import open_case
    >>> len(month_profile(open_case("fjordgross")).table)
    12
    """
    months = _whole_months(case)
    if len(months) < 2 * _MONTHS:
        raise PeriodError(
            _("The ledger is too short to tell the seasons."),
            found=_("{n} whole months", n=number(len(months))),
            wanted=_("at least 24 whole months"),
            remedy=_("Use a longer ledger."),
        )
    table = _profile(months)
    if table["month_index"].isna().any():
        raise PeriodError(
            _("Revenue over a year is not above zero, so no month can be compared with it."),
            found=str(case.period),
            remedy=_("Choose a period with sales."),
        )
    strong = table.sort_values("month_index", kind="stable")
    low, high = strong.iloc[0], strong.iloc[-1]
    text = _(
        "The strongest month is {high} with {more} of an average month, the weakest {low} with "
        "{less}.",
        high=month_name(int(high["month_number"])),
        more=percent(float(high["month_index"]), 0),
        low=month_name(int(low["month_number"])),
        less=percent(float(low["month_index"]), 0),
    )
    return Finding("month_profile", table, text)


def seasonal_accounts(source: Case | pd.DataFrame) -> pd.DataFrame:
    """Return the season of each account that bought, and whether it buys in it alone.

    One row per account, by number: ``account_id``; ``season_start`` and ``season_end``, the months
    (1 to 12; a season may pass the turn of the year) of the shortest stretch of the calendar that
    holds at least 95 % of its purchase days; ``share_in_season``; ``seasons_seen``, in how many
    seasons it bought; ``seasonal``, true where the stretch is at most five months long, was bought
    in at least two years running, and n days in L months are less probable than 1 % for one who
    buys all year, 12 (L/12)^(n-1). In a ledger shorter than two years no account is seasonal.

    >>> from kamkit import open_case
    >>> found = seasonal_accounts(open_case("fjordgross")).set_index("account_id").loc["001546"]
    >>> int(found["season_start"]), int(found["season_end"]), bool(found["seasonal"])
    (4, 6, True)
    """
    check_source(source)
    days = source if isinstance(source, pd.DataFrame) else purchase_days(source)
    counts = _month_counts(days)
    start, length, share = _shortest_stretch(counts.to_numpy())
    table = pd.DataFrame(
        {
            "account_id": counts.index,
            "season_start": start + 1,
            "season_end": (start + length - 1) % _MONTHS + 1,
            "share_in_season": share,
        }
    )
    seen = _seasons_seen(days, table)
    table["seasons_seen"] = seen["seasons"].to_numpy()
    by_chance = _MONTHS * (length / _MONTHS) ** (counts.sum(axis=1).to_numpy() - 1.0)
    long_enough = (days["day"].max() - days["day"].min()).days >= _TWO_YEARS
    table["seasonal"] = (
        (length <= _LONGEST_SEASON)
        & (seen["seasons"].to_numpy() >= 2)
        & (seen["seasons"].to_numpy() == seen["span"].to_numpy())
        & (by_chance < _SURE)
        & long_enough
    )
    return table


@writer
def month_name(month: int, *, short: bool = False) -> str:
    """Return the name of a month, 1 to 12, in the language in use.

    >>> month_name(5), month_name(12, short=True)
    ('May', 'Dec')
    """
    from babel.dates import get_month_names

    names = get_month_names("abbreviated" if short else "wide", locale=locale_name())
    return str(names[month]).rstrip(".")


def _whole_months(case: Case) -> pd.Series[float]:
    lines, period = case.sales, case.period
    table = lines.group_by(month=lines.date.truncate("M").cast("date")).aggregate(
        amount=lines.amount.sum()
    )
    frame = case.engine.frame(table.order_by("month"))
    months = pd.Series(
        frame["amount"].to_numpy(),
        index=pd.DatetimeIndex(pd.to_datetime(frame["month"])).to_period("M"),
    )
    every = pd.period_range(period.start, period.end, freq="M")
    months = months.reindex(every, fill_value=0.0)
    # a ledger that begins on the first working day, or ends on the last, is whole
    first = months.index[0] if period.start.day <= 7 else months.index[0] + 1
    last_day = months.index[-1].end_time.day
    last = months.index[-1] if period.end.day >= last_day - 6 else months.index[-1] - 1
    return months.loc[first:last]


def _profile(months: pd.Series[float]) -> pd.DataFrame:
    """Return the index of each month by the ratio to the centred moving average."""
    around = months.rolling(_MONTHS).mean()
    centred = ((around + around.shift(-1)) / 2).shift(-(_MONTHS // 2 - 1))
    ratio = (months / centred.where(centred > 0)).dropna()
    number_of = pd.PeriodIndex(ratio.index).month
    groups = ratio.groupby(number_of)
    index = groups.mean().reindex(range(1, _MONTHS + 1))
    scale = float(index.mean())
    return pd.DataFrame(
        {
            "month_number": range(1, _MONTHS + 1),
            "month_index": index.to_numpy() / scale,
            "index_low": groups.min().reindex(index.index).to_numpy() / scale,
            "index_high": groups.max().reindex(index.index).to_numpy() / scale,
        }
    )


def _month_counts(days: pd.DataFrame) -> pd.DataFrame:
    month = days["day"].dt.month
    counts = days.groupby([days["account_id"], month]).size().unstack(fill_value=0)
    return counts.reindex(columns=range(1, _MONTHS + 1), fill_value=0)


def _shortest_stretch(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the first month (from 0), the length and the share of the shortest stretch.

    Of stretches of the same length the one with more days, then the earlier, is taken.
    """
    starts = range(0, max(len(counts), 1), _BLOCK)
    found = [_stretch(counts[start : start + _BLOCK]) for start in starts]
    start, length, share = (np.concatenate(part) for part in zip(*found, strict=True))
    return start, length, share


def _stretch(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    total = counts.sum(axis=1)
    around = np.concatenate([np.zeros((len(counts), 1), dtype=int), counts, counts], axis=1)
    running = around.cumsum(axis=1)
    start = np.zeros(len(counts), dtype=int)
    length = np.full(len(counts), _MONTHS)
    share = np.ones(len(counts))
    for long in range(_MONTHS - 1, 0, -1):
        inside = running[:, long : long + _MONTHS] - running[:, :_MONTHS]
        best = inside.argmax(axis=1)
        part = inside[np.arange(len(counts)), best] / total
        enough = part >= _IN_SEASON
        start, length = np.where(enough, best, start), np.where(enough, long, length)
        share = np.where(enough, part, share)
    return start, length, share


def _seasons_seen(days: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return in how many seasons each account bought, and how many there were from first to last.

    A season that passes the turn of the year belongs to the year it begins in. The few days
    outside the season belong to none.
    """
    own = table.set_index("account_id")
    begin = days["account_id"].map(own["season_start"]).to_numpy()
    finish = days["account_id"].map(own["season_end"]).to_numpy()
    year, month = days["day"].dt.year.to_numpy(), days["day"].dt.month.to_numpy()
    inside = (month - begin) % _MONTHS <= (finish - begin) % _MONTHS
    season = pd.Series(year - (month < begin))[inside]
    groups = season.groupby(days["account_id"].to_numpy()[inside])
    seen = pd.DataFrame({"seasons": groups.nunique(), "span": groups.max() - groups.min() + 1})
    return seen.reindex(table["account_id"])
