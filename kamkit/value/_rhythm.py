"""Each account's own rhythm of buying, and who is late against it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import KamkitError, MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import Period, day
from kamkit.value.history import check_source, checked_days, names
from kamkit.value.occasions import purchase_days
from kamkit.value.seasonality import seasonal_accounts
from kamkit.value.silence import LEAST_GAPS, silences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case

LATE = 0.01
"""An account is late when fewer accounts like it were ever this silent and came back."""

_HALF = 0.5
_LONG_GONE = 365
_YEAR = 365
_FACTS = (
    "account_id",
    "orders",
    "interval_days",
    "days_since",
    "late_probability",
    "next_expected",
    "rhythm_state",
)


def rhythm(
    source: Case | pd.DataFrame, *, as_of: dt.date | None = None, level: float = LATE
) -> pd.DataFrame:
    """Return the rhythm of each account and how far it is from it.

    ``source`` is a case or its table of purchase days; ``as_of`` the day to judge from, the last
    of the ledger when left out, never today. Returns after it are not known on that day, so
    nothing is taken off for them. One row per account that bought by then, by number:

    - ``account_id``, ``account_name`` where the case has names; ``orders``, days with a purchase
      (returns taken off); ``first_date``; ``last_date``, of a case the last day on which it
      ordered, whether or not the goods came back: who orders is not silent;
    - ``interval_days``, the median gap between purchases; ``interval_spread``, the standard
      deviation of the gaps divided by their mean (0 is a clock, 1 is chance);
    - ``days_since`` the last order; ``next_expected``, the last order and one mean gap;
      where that is outside the season of an account that buys in one only, the first day of its
      next season. It is never before the last order; an account that is due or late has it behind;
    - ``late_probability``: of earlier days, the share on which accounts alike had been silent in
      as unusual a way and bought again, see ``silence.silences``; of all accounts that go on, one
      in a hundred is below 1 %. It is at least 1/(n + 1), n being the earlier silences there are
      to compare with, so that in a ledger with fewer than a hundred nobody is below 1 %. Missing
      with fewer than three gaps;
    - ``yearly_revenue``, bought in the 365 days up to the last order;
    - ``rhythm_state``, the first that holds: ``one_order``; for accounts that buy in one season
      only ``lost`` (two whole seasons have passed since), ``season_missed`` (one has),
      ``in_season`` or ``off_season``; ``too_few`` gaps to tell; ``lost`` (late, and silent for
      more than a year); ``late`` (``late_probability`` below ``level``, 1 %); ``due`` (more
      than half of its gaps ended sooner); ``on_time``.

    Raises ``ParameterError`` for a table with other columns, a day before the first purchase, or a
    ``level`` that is not between 0 and 0.5.

    >>> from kamkit import open_case
    >>> table = rhythm(open_case("fjordgross")).set_index("account_id")
    >>> table.loc[["000923", "001546"], "rhythm_state"].tolist()
    ['late', 'off_season']
    """
    check_source(source)
    _check_level(level)
    return _rhythm(source, as_of, level)[0]


def _rhythm(
    source: Case | pd.DataFrame, as_of: dt.date | None, level: float
) -> tuple[pd.DataFrame, int]:
    """Return the table of ``rhythm``, and how many accounts have too few peers to be late."""
    days, accounts, end = _ordered(source, as_of)
    table = _measured(days, end)
    silent = silences(days, end)
    table["late_probability"] = silent["chance"].where(table["orders"] > LEAST_GAPS)
    seasons = seasonal_accounts(days)
    table["next_expected"] = _in_season(table["next_expected"], seasons)
    table["rhythm_state"] = _states(table, seasons, silent["ended"], end, level)
    table["account_id"] = accounts
    known = None if isinstance(source, pd.DataFrame) else names(source)
    if known is not None:
        table.insert(1, "account_name", table["account_id"].map(known).to_numpy())
    return table, int((silent["smallest"] >= level).sum())


def late(case: Case, *, as_of: dt.date | None = None, level: float = LATE) -> Finding:
    """Tell which accounts are late against their own rhythm, those with most at stake first.

    The table has the rows of ``rhythm`` whose state is ``late`` or ``season_missed``, the largest
    ``yearly_revenue`` first, then by number. The caveats tell how many alarms chance alone would
    give (``level`` of the accounts that have a rhythm) and, of a ledger of a year and a half, how
    many that were late half a year before bought again beside how many would by chance.

    Raises ``MissingTable`` where no account has bought often enough to have a rhythm, and as
    ``rhythm`` does.

    >>> from kamkit import open_case
    >>> late(open_case("fjordgross")).table["account_id"].iloc[0]
    '000923'
    """
    _check_level(level)
    whole, alone = _rhythm(case, as_of, level)
    tested = int(whole["late_probability"].notna().sum())
    if not tested:
        raise MissingTable(
            _("No account has bought often enough to have a rhythm of its own."),
            wanted=_("accounts with at least four purchase days"),
            remedy=_("Use a longer ledger."),
        )
    table = whole[whole["rhythm_state"].isin(["late", "season_missed"])].sort_values(
        ["yearly_revenue", "account_id"], ascending=[False, True], ignore_index=True
    )
    caveats = (*_caveats(whole, level, tested, alone), _became_of_late(case, as_of, level))
    return Finding("late", table, _text(table, tested, case.currency), tuple(filter(None, caveats)))


def _check_level(level: float) -> None:
    if not 0 < level < _HALF:
        raise ParameterError(
            _("The level of an alarm is a probability between 0 and 0.5."),
            found=str(level),
            remedy=_("Choose 0.01, for example."),
        )


def rhythm_facts(case: Case) -> pd.DataFrame:
    """Return what the account table takes from ``rhythm``; one row per account that bought.

    >>> from kamkit import open_case
    >>> "rhythm_state" in rhythm_facts(open_case("fjordgross"))
    True
    """
    return rhythm(case)[list(_FACTS)]


def _ordered(
    source: Case | pd.DataFrame, as_of: dt.date | None
) -> tuple[pd.DataFrame, pd.Index[Any], pd.Timestamp]:
    """Return the purchase days by account and day, the accounts, and the day to judge from.

    In the days an account is its place in the accounts: numbers group faster than texts.
    """
    days = _bought(source, as_of)
    end = pd.Timestamp(as_of or _last(source))
    days = days[days["day"] <= end]
    if days.empty:
        raise _too_early(end)
    places, accounts = pd.factorize(days["account_id"], sort=True)
    numbered = pd.DataFrame(
        {
            "account_id": places,
            "day": days["day"].dt.as_unit("s").to_numpy(),
            "amount": days["amount"].to_numpy(dtype=np.float64),
        }
    )
    order = np.lexsort((numbered["day"], places))
    return numbered.iloc[order].reset_index(drop=True), pd.Index(accounts), end


def _bought(source: Case | pd.DataFrame, as_of: dt.date | None) -> pd.DataFrame:
    if not isinstance(source, pd.DataFrame):
        first, last = source.period.start, as_of or source.period.end
        if last < first:
            raise _too_early(pd.Timestamp(last))
        return _with_last_orders(source, Period(first, last))
    return checked_days(source)


def _with_last_orders(case: Case, period: Period) -> pd.DataFrame:
    """Return the purchase days and, of goods that all came back, the last day of an order.

    A credit is taken off the latest purchases: without that day an account would look silent since
    the purchase before. It has no amount.
    """
    days = purchase_days(case, period=period)
    lines = case.sales
    ordered = lines.filter((lines.date <= period.end) & (lines.amount > 0))
    latest = ordered.group_by("account_id").aggregate(day=ordered.date.max())
    orders = case.engine.arrow(latest.order_by("account_id"))
    frame: pd.DataFrame = orders.to_pandas(date_as_object=False)
    last = days.groupby("account_id")["day"].max()
    frame["day"] = frame["day"].dt.as_unit("s")
    more = frame[frame["day"] > frame["account_id"].map(last)].assign(amount=0.0)
    return pd.concat([days, more], ignore_index=True)


def _last(source: Case | pd.DataFrame) -> dt.date:
    if not isinstance(source, pd.DataFrame):
        return source.period.end
    return source["day"].max().date() if len(source) else dt.date.max


def _too_early(end: pd.Timestamp) -> ParameterError:
    return ParameterError(
        _("No account had bought anything by that day."),
        found=str(end.date()),
        remedy=_("Choose a day inside the ledger."),
    )


def _measured(days: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    by = days["account_id"]
    groups = days.groupby(by)["day"]
    gaps = groups.diff().dt.days
    table = groups.agg(orders="size", first_date="min", last_date="max")
    table["orders"] = (days["amount"] > 0).groupby(by).sum()
    by_account = gaps.groupby(by)
    mean = by_account.mean()
    table["interval_days"] = by_account.median()
    table["interval_spread"] = by_account.std(ddof=0) / mean
    table["days_since"] = (end - table["last_date"]).dt.days
    ahead = pd.to_timedelta(mean.round(), unit="D")
    table["next_expected"] = (table["last_date"] + ahead).astype("datetime64[s]")
    recent = days["day"] > by.map(table["last_date"]) - pd.Timedelta(days=_YEAR)
    table["yearly_revenue"] = days["amount"].where(recent, 0.0).groupby(by).sum()
    return table.rename_axis("account_id").reset_index()


def _states(
    table: pd.DataFrame,
    seasons: pd.DataFrame,
    ended: pd.Series[float],
    end: pd.Timestamp,
    level: float,
) -> NDArray[np.object_]:
    chance = table["late_probability"].to_numpy()
    since = table["days_since"].to_numpy()
    is_late = chance < level
    seasonal = seasons["seasonal"].to_numpy()
    inside, missed = _season_now(table, seasons, end)
    rules = (
        ("one_order", table["orders"].to_numpy() == 1),
        ("lost", seasonal & (missed > 1)),
        ("season_missed", seasonal & (missed == 1)),
        ("in_season", seasonal & inside),
        ("off_season", seasonal),
        ("too_few", np.isnan(chance)),
        ("lost", is_late & (since > _LONG_GONE)),
        ("late", is_late),
        ("due", ended.to_numpy() > _HALF),
    )
    return np.select([rule for _x, rule in rules], [name for name, _x in rules], "on_time")


def _in_season(expected: pd.Series[Any], seasons: pd.DataFrame) -> pd.Series[Any]:
    """Move the days outside the season of a seasonal account to the first day of its next."""
    start = seasons["season_start"].to_numpy()
    length = (seasons["season_end"].to_numpy() - start) % 12 + 1
    month = expected.to_numpy(dtype="datetime64[M]")
    number = expected.dt.month.fillna(1).to_numpy(dtype=np.int64)
    outside = seasons["seasonal"].to_numpy() & ((number - start) % 12 >= length)
    opens = (month + (start - number) % 12).astype("datetime64[s]")
    moved: pd.Series[Any] = expected.mask(outside & expected.notna().to_numpy(), opens)
    return moved.astype("datetime64[s]")


def _season_now(
    table: pd.DataFrame, seasons: pd.DataFrame, end: pd.Timestamp
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Tell whether it is the account's season, and how many whole seasons passed without it."""
    start = seasons["season_start"].to_numpy()
    length = (seasons["season_end"].to_numpy() - start) % 12 + 1
    now = end.year * 12 + end.month - 1
    into = (now - (start - 1)) % 12
    inside = into < length
    # the first month of the season that ended last; a month counts as over on its last day
    over = (into == length - 1) & bool(end.is_month_end)
    begun = now - into - np.where(inside & ~over, 12, 0)
    last = table["last_date"].dt.year.to_numpy() * 12 + table["last_date"].dt.month.to_numpy() - 1
    return inside & ~over, np.maximum(-((last - begun) // 12), 0)


def _text(table: pd.DataFrame, tested: int, currency: str) -> str:
    facts = {
        "tested": ngettext("{n} account", "{n} accounts", tested),
        "amount": scaled(float(table["yearly_revenue"].sum()), currency),
    }
    if table.empty:
        return _("None of {tested} is late against their own buying rhythm.", **facts)
    first = table.iloc[0]
    name = first.get("account_name")
    return ngettext(
        "{n} of {tested} is late against their own buying rhythm: {name}. They bought for {amount} "
        "in the twelve months up to their last purchase, usually every {interval} days, and have "
        "been silent for {silent}.",
        "{n} of {tested} are late against their own buying rhythm. They bought for {amount} in the "
        "twelve months up to their last purchase; the largest, {name} ({own}), usually buys every "
        "{interval} days and has been silent for {silent}.",
        len(table),
        name=str(first["account_id"] if pd.isna(name) or not name else name),
        own=scaled(float(first["yearly_revenue"]), currency),
        interval=number(float(first["interval_days"]), 0),
        silent=ngettext("{n} day", "{n} days", int(first["days_since"])),
        **facts,
    )


def half_a_year_ago(
    case: Case, *, as_of: dt.date | None = None, level: float = LATE
) -> pd.DataFrame | None:
    """Return the rhythm of half a year before, and who has bought since.

    One row per account that had bought by then: the columns of ``rhythm`` and ``bought`` (a
    purchase since). Nothing for a ledger of less than a year and a half.

    >>> from kamkit import open_case
    >>> before = half_a_year_ago(open_case("fjordgross"))
    >>> late = before[before["rhythm_state"] == "late"]
    >>> len(late) > int(late["bought"].sum())
    True
    """
    end = as_of or case.period.end
    then = end - dt.timedelta(days=_YEAR // 2)
    if (then - case.period.start).days < _YEAR:
        return None
    try:
        before = rhythm(case, as_of=then, level=level)
    except KamkitError:  # nothing had been bought by then
        return None
    days = purchase_days(case, period=Period(case.period.start, end))
    since = days.loc[days["day"] > pd.Timestamp(then), "account_id"]
    return before.assign(bought=before["account_id"].isin(since))


def _became_of_late(case: Case, as_of: dt.date | None, level: float) -> str:
    """Say how many of the accounts that were late half a year ago have bought since."""
    before = half_a_year_ago(case, as_of=as_of, level=level)
    if before is None:
        return ""
    late_then = before[before["rhythm_state"] == "late"]
    if late_then.empty:
        return ""
    return _(
        "Judged in the same way on {day}, {late}; of these {back} have bought since, against about "
        "{n} if all were late by chance alone.",
        day=day((as_of or case.period.end) - dt.timedelta(days=_YEAR // 2)),
        n=number(max(1, round(level * int(before["late_probability"].notna().sum())))),
        late=ngettext("{n} account was late", "{n} accounts were late", len(late_then)),
        back=number(int(late_then["bought"].sum())),
    )


def _caveats(whole: pd.DataFrame, level: float, tested: int, alone: int) -> tuple[str, ...]:
    decimals = next((n for n in range(4) if abs(level * 100 - round(level * 100, n)) < 1e-9), 4)
    share = percent(level, decimals)
    late_means = _(
        "An account is late when fewer than {level} of the gaps of similar accounts were as long "
        "for their rhythm. By chance alone about {n} would be late on any day.",
        level=share,
        n=number(max(1, round(level * tested))),
    )
    too_few = ngettext(
        "{n} account has too few earlier silences to be compared with at {level} and cannot "
        "be late; a higher level needs fewer.",
        "{n} accounts have too few earlier silences to be compared with at {level} and cannot "
        "be late; a higher level needs fewer.",
        alone,
        level=share,
    )
    return (late_means, *([too_few] if alone else []), *_not_late(whole))


def _not_late(whole: pd.DataFrame) -> tuple[str, ...]:
    """Say how many accounts are judged in another way."""
    few = int(whole["rhythm_state"].isin(["one_order", "too_few"]).sum())
    lost = int((whole["rhythm_state"] == "lost").sum())
    season = int(whole["rhythm_state"].isin(["off_season", "in_season"]).sum())
    sentences = [
        ngettext(
            "{n} account has bought too seldom to have a rhythm.",
            "{n} accounts have bought too seldom to have a rhythm.",
            few,
        )
        if few
        else "",
        ngettext(
            "{n} account is silent for more than a year and counted as lost, not late.",
            "{n} accounts are silent for more than a year and counted as lost, not late.",
            lost,
        )
        if lost
        else "",
        ngettext(
            "{n} account buys in one season only and is judged by its season.",
            "{n} accounts buy in one season only and are judged by their season.",
            season,
        )
        if season
        else "",
    ]
    return tuple(filter(None, sentences))
