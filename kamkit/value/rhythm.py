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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case

LATE = 0.01
"""An account is late when a silence this long would be less probable than this."""

_HALF = 0.5
_LEAST_GAPS = 3
_PRIOR_GAPS = 8.0
_LONG_GONE = 365
_AROUND = 57  # days: four weeks on either side
_BUSY = 5.0
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
      (returns taken off); ``first_date``, ``last_date``;
    - ``interval_days``, the median gap between purchases; ``interval_spread``, the standard
      deviation of the gaps divided by their mean (0 is a clock, 1 is chance);
    - ``days_since`` the last purchase; ``next_expected``, the last purchase and one mean gap;
      where that is outside the season of an account that buys in one only, the first day of its
      next season;
    - ``late_probability``: how probable it is that an account that goes on as before has, on a day
      chosen without looking, been silent for at least this long; of all accounts that go on, one
      in a hundred is below 1 %. The gaps are taken as independent draws from a gamma distribution
      of the account, counted on the clock below. Where they exceed x with probability S(x) and
      have the mean m, the silence on such a day has the density S(x)/m (Cox 1962). With n gaps
      that sum to T, the shape k and y = T/(T+x) the chance of x or more is
      I_y(nk, k+1) - nx/T I_y(nk+1, k), which allows for the mean being known from n gaps only and
      for k = 1 is y^n, exact for random buying. k is estimated from the log gaps (Thom 1958), drawn
      towards that of all accounts with a weight of eight gaps; the chance is averaged over what k
      may be. It is missing with fewer than three gaps.
      The clock runs by the ledger: a day counts by how many accounts bought on it, of the median
      of the days with sales in the eight weeks around it and one at the most, so that weekends,
      holidays and a closed Christmas week do not make everybody late. Where fewer than five
      accounts buy on an ordinary day, every day counts alike;
    - ``yearly_revenue``, bought in the 365 days up to the last purchase;
    - ``rhythm_state``, the first that holds: ``one_order``; for accounts that buy in one season
      only ``lost`` (two whole seasons have passed since), ``season_missed`` (one has),
      ``in_season`` or ``off_season``; ``too_few`` gaps to tell; ``lost`` (late, and silent for
      more than a year); ``late`` (``late_probability`` below ``level``, 1 %); ``due`` (more
      than half of its gaps end sooner); ``on_time``.

    Raises ``ParameterError`` for a table with other columns, a day before the first purchase, or a
    ``level`` that is not between 0 and 0.5.

    >>> from kamkit import open_case
    >>> table = rhythm(open_case("fjordgross")).set_index("account_id")
    >>> table.loc[["000923", "001546"], "rhythm_state"].tolist()
    ['late', 'off_season']
    """
    check_source(source)
    if not 0 < level < _HALF:
        raise ParameterError(
            _("The level of an alarm is a probability between 0 and 0.5."),
            found=str(level),
            remedy=_("Choose 0.01, for example."),
        )
    days, accounts, end = _ordered(source, as_of)
    table = _measured(days, end)
    table["late_probability"], further = _silence(days, table, end)
    seasons = seasonal_accounts(days)
    table["next_expected"] = _in_season(table["next_expected"], seasons)
    table["rhythm_state"] = _states(table, seasons, further, end, level)
    table["account_id"] = accounts
    known = None if isinstance(source, pd.DataFrame) else names(source)
    if known is not None:
        table.insert(1, "account_name", table["account_id"].map(known).to_numpy())
    return table


def late(case: Case, *, as_of: dt.date | None = None, level: float = LATE) -> Finding:
    """Tell which accounts are late against their own rhythm, those with most at stake first.

    The table has the rows of ``rhythm`` whose state is ``late`` or ``season_missed``, the largest
    ``yearly_revenue`` first, then by number. The caveats tell how many alarms chance alone would
    give (``level`` of the accounts that have a rhythm) and, of a ledger of a year and a half, how
    many that were late half a year before bought again: the share of false alarms without any
    assumption.

    Raises ``MissingTable`` where no account has bought often enough to have a rhythm, and as
    ``rhythm`` does.

    >>> from kamkit import open_case
    >>> late(open_case("fjordgross")).table["account_id"].iloc[0]
    '000923'
    """
    whole = rhythm(case, as_of=as_of, level=level)
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
    caveats = (*_caveats(whole, level, tested), _half_a_year_ago(case, as_of, level))
    return Finding("late", table, _text(table, tested, case.currency), tuple(filter(None, caveats)))


def rhythm_facts(case: Case) -> pd.DataFrame:
    """Return what the account table takes from ``rhythm``; one row per account that bought.

    >>> from kamkit import open_case
    >>> "rhythm_state" in rhythm_facts(open_case("fjordgross"))
    True
    """
    return rhythm(case)[list(_FACTS)]


def _ordered(
    source: Case | pd.DataFrame, as_of: dt.date | None
) -> tuple[pd.DataFrame, NDArray[Any], pd.Timestamp]:
    """Return the purchase days by account and day, the accounts, and the day to judge from.

    In the days an account is its place in the accounts: numbers group faster than texts.
    """
    days = _bought(source, as_of)
    end = pd.Timestamp(as_of or _last(source))
    days = days[days["day"] <= end]
    if days.empty:
        raise _too_early(end)
    places, accounts = pd.factorize(days["account_id"].to_numpy(), sort=True)
    numbered = pd.DataFrame(
        {
            "account_id": places,
            "day": days["day"].dt.as_unit("s").to_numpy(),
            "amount": days["amount"].to_numpy(dtype=np.float64),
        }
    )
    order = np.lexsort((numbered["day"], places))
    return numbered.iloc[order].reset_index(drop=True), np.asarray(accounts, dtype=object), end


def _bought(source: Case | pd.DataFrame, as_of: dt.date | None) -> pd.DataFrame:
    if not isinstance(source, pd.DataFrame):
        first, last = source.period.start, as_of or source.period.end
        if last < first:
            raise _too_early(pd.Timestamp(last))
        return purchase_days(source, period=Period(first, last))
    return checked_days(source)


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


def _clock(days: pd.DataFrame, end: pd.Timestamp) -> pd.Series[float]:
    """Return the time that each calendar day stands at, in days of ordinary selling."""
    counts = days.groupby("day").size()
    every = pd.date_range(counts.index.min(), end, freq="D").as_unit("s")
    bought: Any = counts.reindex(every, fill_value=0).astype("float64")
    usual = bought.where(bought > 0).rolling(_AROUND, center=True, min_periods=1).median()
    if float(bought[bought > 0].median()) < _BUSY:
        return pd.Series(np.arange(len(every), dtype="float64"), index=every)
    # where nobody bought for eight weeks nothing is known of the days: time goes on
    weight = (bought / usual).clip(upper=1.0).fillna(1.0)
    clock: pd.Series[float] = (weight / weight.mean()).cumsum()
    return clock


def _silence(
    days: pd.DataFrame, table: pd.DataFrame, end: pd.Timestamp
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the probability of a silence as long as now, and of a gap as long as it.

    Both are missing with fewer than three gaps.
    """
    from scipy.special import betainc

    by = days["account_id"]
    clock = _clock(days, end)
    times = pd.Series(clock.reindex(days["day"]).to_numpy(), index=days.index)
    # purchases on two days when hardly anybody buys are a quarter of a day apart at the least
    gaps = times.groupby(by).diff().clip(lower=0.25)
    groups = gaps.groupby(by)
    count, total = (np.asarray(part, dtype=np.float64) for part in (groups.count(), groups.sum()))
    logs = np.asarray(gaps.transform("log").groupby(by).sum(), dtype=np.float64)
    enough = count >= _LEAST_GAPS
    shape = _shapes(count, total, logs, enough)
    since = clock.reindex(table["last_date"]).to_numpy()
    silent = np.asarray(float(clock.iloc[-1]) - since, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = _chance(count, shape, total, silent)
        further = betainc(count * shape, shape, total / (total + silent))
    return np.where(enough, chance, np.nan), np.where(enough, further, np.nan)


def _chance(
    count: NDArray[np.float64],
    shape: NDArray[np.float64],
    total: NDArray[np.float64],
    silent: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how probable so long a silence is on any one day, averaged over what the shape may be.

    The log of a shape from n gaps has a variance of about 2/n; three points of Gauss and Hermite.

    >>> one = np.array([1.0])  # 4 gaps of 25 in all, silent for 100: (1/5)^4, and no more at k = 1
    >>> bool(0.0016 < _chance(4 * one, one, 25 * one, 100 * one)[0] < 0.01)
    True
    """
    from scipy.special import betainc

    sure = total / (total + silent)
    wide = np.sqrt(3 * 2 / (np.maximum(count - 1, 0) + _PRIOR_GAPS))
    chance = np.zeros_like(total)
    for step, weight in ((-1, 1 / 6), (0, 2 / 3), (1, 1 / 6)):
        own = shape * np.exp(step * wide)
        over = betainc(count * own, own + 1, sure)
        chance += weight * (over - count * silent / total * betainc(count * own + 1, own, sure))
    return np.clip(chance, 0.0, 1.0)


def _shapes(
    count: NDArray[np.float64],
    total: NDArray[np.float64],
    logs: NDArray[np.float64],
    enough: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return each account's gamma shape, drawn towards that of all accounts together."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.log(total / count) - logs / count
    spread = np.where(enough, np.maximum(spread, 0.0), 0.0)
    free = np.where(enough, count - 1, 0.0)  # the mean takes one degree of freedom
    # the mean over n gaps falls short of the spread by the factor (n - 1) / n
    unbiased = spread * count / np.maximum(count - 1, 1.0)
    typical = float((unbiased * free).sum() / max(free.sum(), 1.0)) or 1e-3
    drawn = (unbiased * free + typical * _PRIOR_GAPS) / (free + _PRIOR_GAPS)
    drawn = np.maximum(drawn, 1e-4)
    # Thom (1958): ln k - digamma(k) = s, solved to within 1.5 %
    return (3 - drawn + np.sqrt((drawn - 3) ** 2 + 24 * drawn)) / (12 * drawn)


def _states(
    table: pd.DataFrame,
    seasons: pd.DataFrame,
    further: NDArray[np.float64],
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
        ("due", further < _HALF),
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
        "late": ngettext("{n} is late", "{n} are late", len(table)),
        "amount": scaled(float(table["yearly_revenue"].sum()), currency),
    }
    if table.empty:
        return _("Of {tested} with a rhythm of their own none is late.", **facts)
    first = table.iloc[0]
    name = first.get("account_name")
    return _(
        "Of {tested} with a rhythm of their own {late}; they bought for {amount} in their last "
        "twelve months. Most is at stake at {name} ({own}): it usually buys every {interval} days "
        "and has been silent for {silent}.",
        name=str(first["account_id"] if pd.isna(name) or not name else name),
        own=scaled(float(first["yearly_revenue"]), currency),
        interval=number(float(first["interval_days"]), 0),
        silent=ngettext("{n} day", "{n} days", int(first["days_since"])),
        **facts,
    )


def _half_a_year_ago(case: Case, as_of: dt.date | None, level: float) -> str:
    """Say how many of the accounts that were late half a year ago have bought since."""
    end = as_of or case.period.end
    then = end - dt.timedelta(days=_YEAR // 2)
    if (then - case.period.start).days < _YEAR:
        return ""
    try:
        before = rhythm(case, as_of=then, level=level)
    except KamkitError:  # nothing had been bought by then
        return ""
    alarmed = before.loc[before["rhythm_state"] == "late", "account_id"]
    if alarmed.empty:
        return ""
    days = purchase_days(case, period=Period(case.period.start, end))
    back = alarmed.isin(days.loc[days["day"] > pd.Timestamp(then), "account_id"])
    return _(
        "Judged in the same way on {day}, {late}; {back} of them bought again since.",
        day=day(then),
        late=ngettext("{n} account was late", "{n} accounts were late", len(alarmed)),
        back=number(int(back.sum())),
    )


def _caveats(whole: pd.DataFrame, level: float, tested: int) -> tuple[str, ...]:
    few = int(whole["rhythm_state"].isin(["one_order", "too_few"]).sum())
    lost = int((whole["rhythm_state"] == "lost").sum())
    season = int(whole["rhythm_state"].isin(["off_season", "in_season"]).sum())
    decimals = next((n for n in range(4) if abs(level * 100 - round(level * 100, n)) < 1e-9), 4)
    said = [
        _(
            "Late means that a silence this long has a probability below {level} for an account "
            "that goes on as before, if its gaps are independent of each other and vary as they "
            "did. Chance alone would give about {n} such alarms on a day like this.",
            level=percent(level, decimals),
            n=number(max(1.0, round(level * tested))),
        ),
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
    return tuple(filter(None, said))
