"""How unusual a silence is, measured on the earlier silences of accounts that came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

LEAST_GAPS = 3
"""Accounts with fewer gaps have no rhythm to judge by."""

_MOST_GAPS = 40  # the latest; what an account did long ago says little of today
_PRIOR_GAPS = 8.0
_FEWEST_DATES, _MOST_DATES = 24, 240
_MOST_ACCOUNTS, _MOST_EARLIER = 5_000, 20_000
_PEERS = 400
"""Earlier silences that a group of peers has at the least, each counted once."""
_AROUND = 57  # days: four weeks on either side
_BUSY = 5.0
_LEAST_GAP = 0.25  # two days when hardly anybody buys are a quarter of a day apart at the least
_YEAR = 365.25
_ANGLE = 2 * np.pi / _YEAR
_STRONGEST = 0.9
_SEED = 1
_WAVE: tuple[Any, Any] = (np.cos, np.sin)


@dataclass(frozen=True)
class _Ledger:
    """Purchase days as numbers, by account, then day, with what is added up along them."""

    day: Counts
    first: Counts  # of each account, the place of its first purchase
    after: Counts  # and the place behind its last
    end: int
    clock: Floats
    keys: Counts
    cosine: Floats
    sine: Floats
    season: tuple[float, float]

    def bought_by(self, account: Counts, day: Counts) -> Counts:
        """Return the place behind the last purchase of an account up to a day."""
        keys = account * (self.end + 2) + np.maximum(day, -1)
        return np.asarray(np.searchsorted(self.keys, keys, side="right"), dtype=np.int64)


def silences(days: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return how unusual the silence of each account is on a day.

    ``days`` are purchase days by account, then day, the accounts numbered from 0; ``end`` the day.
    One row per account: ``chance``, ``smallest`` (what ``chance`` cannot go below) and ``ended``,
    the share of its own gaps that were no longer than its silence; missing with fewer than three
    gaps.

    The silence of an account is compared with those of its peers on days spread over the last half
    of the ledger (nine tenths of a small one): all accounts that had a rhythm by then and bought
    again later, each judged by what was known on that day. ``chance`` is the share of these
    silences that were at least as unusual. Peers are accounts alike in how irregular their gaps
    are and in how far the longest stands out, at least 400 earlier silences to a group where there
    are as many. As one silence spans several of the days, n different ones count as n: the chance
    is (n share + 1)/(n + 1), and ``smallest`` 1/(n + 1) (conformal prediction; Vovk, Gammerman and
    Shafer 2005). A silence that goes on for r days more is seen to end only where the ledger does
    so too: it counts for those that were not (Horvitz and Thompson 1952).

    What is compared is how far a silence is out by a gamma distribution of the account's last
    forty gaps, with the shape drawn towards that of all accounts. Only its order matters: where
    gaps are not gamma, the silences of the peers are not either. Time runs by the ledger (a day
    counts by how many accounts bought on it, of the median around it and one at the most) and by
    the account's year: a wave of one year, fitted to its purchases in whole years before its last
    and drawn towards that of all accounts as far as chance alone explains it.

    >>> weekly = pd.DataFrame({"account_id": np.repeat(range(20), 60),
    ...     "day": list(pd.date_range("2024-01-01", periods=60, freq="7D")) * 20})
    >>> late = weekly[(weekly["account_id"] > 0) | (weekly["day"] < "2025-01-01")]
    >>> late = late.assign(day=late["day"].dt.as_unit("s"))
    >>> silences(late, late["day"].max())["chance"].round(3).tolist()[:2]
    [0.002, 1.0]
    """
    ledger = _ledger(days, end)
    count = ledger.after - ledger.first
    table = pd.DataFrame(
        np.nan, index=np.arange(len(count)), columns=["chance", "smallest", "ended"]
    )
    judged = np.flatnonzero(count > LEAST_GAPS)
    if not len(judged):
        return table
    now = _judged(ledger, judged, np.full(len(judged), ledger.end))
    account, day, weight = _earlier(ledger, count)
    before = _judged(ledger, account, day)
    free = now["count"] - 1
    typical = float((now["spread"] * free).sum() / free.sum()) or 1e-3
    for facts in (now, before):
        facts["odd"], facts["spread"] = _odd(facts, typical)
    chance, smallest = _among_peers(now, before, weight)
    table.loc[judged] = np.column_stack([chance, smallest, now["ended"]])
    return table


def _ledger(days: pd.DataFrame, end: pd.Timestamp) -> _Ledger:
    account = days["account_id"].to_numpy()
    start = days["day"].min()
    day = (days["day"] - start).dt.days.to_numpy(dtype=np.int64)
    last = int((end - start).days)
    each = np.arange(account.max() + 1)
    wave = [np.concatenate([[0.0], np.cumsum(of(_ANGLE * day))]) for of in _WAVE]
    whole = day > last - int(last // _YEAR * _YEAR)
    season = [2 * float(of(_ANGLE * day[whole]).mean()) if whole.any() else 0.0 for of in _WAVE]
    return _Ledger(
        day=day,
        first=np.searchsorted(account, each),
        after=np.searchsorted(account, each, side="right"),
        end=last,
        clock=_clock(day, last),
        keys=account * (last + 2) + day,
        cosine=wave[0],
        sine=wave[1],
        season=(season[0], season[1]),
    )


def _clock(day: Counts, end: int) -> Floats:
    """Return the time that each calendar day stands at, in days of ordinary selling."""
    bought = pd.Series(np.bincount(day, minlength=end + 1).astype(np.float64))
    if float(bought[bought > 0].median()) < _BUSY:
        return np.arange(end + 1, dtype=np.float64)
    usual = bought.where(bought > 0).rolling(_AROUND, center=True, min_periods=1).median()
    # where nobody bought for eight weeks nothing is known of the days: time goes on
    weight = (bought / usual).clip(upper=1.0).fillna(1.0)
    return np.asarray((weight / weight.mean()).cumsum(), dtype=np.float64)


def _earlier(ledger: _Ledger, count: Counts) -> tuple[Counts, Counts, Floats]:
    """Return earlier silences that ended: accounts, days, and how many each stands for."""
    rng = np.random.default_rng(_SEED)
    accounts = np.flatnonzero(count > LEAST_GAPS + 1)
    if len(accounts) > _MOST_ACCOUNTS:
        accounts = np.sort(rng.choice(accounts, _MOST_ACCOUNTS, replace=False))
    since, dates = _earlier_dates(ledger, len(accounts))
    account, day = np.repeat(accounts, len(dates)), np.tile(dates, len(accounts))
    place = ledger.bought_by(account, day)
    ended = (place - ledger.first[account] > LEAST_GAPS) & (place < ledger.after[account])
    rows = np.flatnonzero(ended)
    if len(rows) > _MOST_EARLIER:
        rows = np.sort(rng.choice(rows, _MOST_EARLIER, replace=False))
    account, day, place = account[rows], day[rows], place[rows]
    span = float(ledger.end - since)
    seen = np.maximum(span - (ledger.day[place] - day), span / 10)
    return account, day, span / np.maximum(seen, 1.0)


def _earlier_dates(ledger: _Ledger, accounts: int) -> tuple[int, Counts]:
    """Return the first earlier day and those chosen: the last half, of few purchases nearly all."""
    since = ledger.end // 2
    if int((ledger.day >= since).sum()) < 2 * _PEERS:
        since = ledger.end // 10
    often = int(np.clip(_MOST_EARLIER // max(accounts, 1), _FEWEST_DATES, _MOST_DATES))
    dates = np.unique(np.linspace(since, max(ledger.end - 1, since), often).astype(np.int64))
    return since, dates


def _judged(ledger: _Ledger, account: Counts, today: Counts) -> dict[str, Floats]:
    """Return what was known of accounts on a day: their gaps and their silence, by the clock."""
    place = ledger.bought_by(account, today)
    count = np.minimum(place - ledger.first[account] - 1, _MOST_GAPS)
    starts = np.cumsum(count) - count
    row = np.repeat(np.arange(len(account)), count)
    gap = np.arange(len(row)) + np.repeat(place - 1 - count - starts, count)
    gaps = np.maximum(_time(ledger, ledger.day[gap], ledger.day[gap + 1]), _LEAST_GAP)
    last = ledger.day[place - 1]
    silent = _time(ledger, last, today)
    if not len(account):
        names = ("place", "count", "total", "spread", "longest", "silent", "ended")
        return {name: np.zeros(0) for name in names}
    wave = _season(ledger, account, place, _uneven(gaps, starts, count))
    gaps = gaps * _pace(ledger.day[gap], ledger.day[gap + 1], wave[0][row], wave[1][row])
    silent = silent * _pace(last, np.maximum(today, last + 1), *wave)
    total, logs = np.add.reduceat(gaps, starts), np.add.reduceat(np.log(gaps), starts)
    # the mean over n gaps falls short of the spread by the factor (n - 1) / n
    spread = np.maximum(np.log(total / count) - logs / count, 0.0) * count / (count - 1)
    return {
        "place": place.astype(np.float64),
        "count": count.astype(np.float64),
        "total": total,
        "spread": spread,
        "longest": np.maximum.reduceat(gaps, starts) * count / total,
        "silent": silent,
        "ended": np.add.reduceat((gaps <= silent[row]).astype(np.float64), starts) / count,
    }


def _time(ledger: _Ledger, first: Counts, last: Counts) -> Floats:
    return np.asarray(ledger.clock[last] - ledger.clock[first])


def _uneven(gaps: Floats, starts: Counts, count: Counts) -> Floats:
    """Return the squared coefficient of variation, which is how far counts vary by chance."""
    mean = np.add.reduceat(gaps, starts) / count
    squares: Floats = np.add.reduceat(gaps**2, starts) / count / mean**2 - 1
    return np.clip(squares, 0.1, 4.0)


def _season(
    ledger: _Ledger, account: Counts, count: Counts, uneven: Floats
) -> tuple[Floats, Floats]:
    """Return the wave of an account's year before its last purchase, as cosine and sine."""
    last = ledger.day[count - 1]
    years = np.floor((last - ledger.day[ledger.first[account]]) / _YEAR)
    begin = ledger.bought_by(account, last - (years * _YEAR).astype(np.int64))
    counted = np.where(years >= 1, count - begin, 0)
    each = np.maximum(counted, 1)
    away = [
        np.where(counted > 0, 2 * (sums[count] - sums[begin]) / each - common, 0.0)
        for sums, common in zip((ledger.cosine, ledger.sine), ledger.season, strict=True)
    ]
    # of the squared distance from the wave of all, chance alone makes four times this by the count
    noise = 4 * uneven / each
    real = np.maximum(1 - noise / np.maximum(away[0] ** 2 + away[1] ** 2, 1e-9), 0.0)
    wave = [common + real * own for common, own in zip(ledger.season, away, strict=True)]
    size = np.hypot(*wave)
    limit = np.minimum(_STRONGEST / np.maximum(size, 1e-9), 1.0)
    return wave[0] * limit, wave[1] * limit


def _pace(first: Counts, last: Counts, cosine: Floats, sine: Floats) -> Floats:
    """Return how fast an account buys between two days, where 1 is its average."""
    begin, finish = _ANGLE * first, _ANGLE * last
    turned = cosine * (np.sin(finish) - np.sin(begin)) - sine * (np.cos(finish) - np.cos(begin))
    # two rows of one day, which a table of purchase days should not have, are no time apart
    return np.asarray(np.maximum(1 + turned / np.maximum(finish - begin, 1e-9), 0.05))


def _odd(facts: dict[str, Floats], typical: float) -> tuple[Floats, Floats]:
    """Return how probable so long a silence is by the gamma distribution, and the spread used."""
    count = facts["count"]
    drawn = (facts["spread"] * (count - 1) + typical * _PRIOR_GAPS) / (count - 1 + _PRIOR_GAPS)
    drawn = np.maximum(drawn, 1e-4)
    # Thom (1958): ln k - digamma(k) = s, solved to within 1.5 %
    shape = (3 - drawn + np.sqrt((drawn - 3) ** 2 + 24 * drawn)) / (12 * drawn)
    return gamma_chance(count, shape, facts["total"], facts["silent"]), drawn


def gamma_chance(count: Floats, shape: Floats, total: Floats, silent: Floats) -> Floats:
    """Return how probable so long a silence is on any one day if gaps follow a gamma distribution.

    Where gaps exceed x with probability S(x) and have the mean m, the silence on a day chosen
    without looking has the density S(x)/m (Cox 1962). With n gaps that sum to T, the shape k and
    y = T/(T+x) the chance of x or more is I_y(nk, k+1) - nx/T I_y(nk+1, k), which allows for the
    mean being known from n gaps only and for k = 1 is y^n. The log of a shape from n gaps has a
    variance of about 2/n; three points of Gauss and Hermite.

    >>> one = np.array([1.0])  # 4 gaps of 25 in all, silent for 100: (1/5)^4, and no more at k = 1
    >>> bool(0.0016 < gamma_chance(4 * one, one, 25 * one, 100 * one)[0] < 0.01)
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


def _among_peers(
    now: dict[str, Floats], before: dict[str, Floats], weight: Floats
) -> tuple[Floats, Floats]:
    """Return the share of earlier silences of the peers that were as odd, and the least it can be.

    Of equally odd silences all count: chances are never too small.
    """
    chance = np.ones(len(now["odd"]))
    smallest = np.ones(len(now["odd"]))
    for earlier, rows in _peers(now, before):
        if not len(earlier):
            continue
        order = earlier[np.argsort(before["odd"][earlier], kind="stable")]
        sums = np.concatenate([[0.0], np.cumsum(weight[order])])
        as_odd = np.searchsorted(before["odd"][order], now["odd"][rows], side="right")
        different = len(np.unique(before["place"][earlier]))
        share = sums[as_odd] / sums[-1]
        chance[rows] = (different * share + 1) / (different + 1)
        smallest[rows] = 1 / (different + 1)
    return chance, smallest


def _peers(now: dict[str, Floats], before: dict[str, Floats]) -> Iterator[tuple[Counts, Counts]]:
    """Halve the earlier silences by spread and by longest gap in turn, down to groups of peers."""
    whole = (np.arange(len(before["odd"])), np.arange(len(now["odd"])), 0)
    left = [whole]
    while left:
        earlier, rows, turn = left.pop()
        parts = None
        for name in ("spread", "longest")[turn % 2 :] + ("spread", "longest")[: turn % 2]:
            parts = parts or _halves(now[name], before[name], before["place"], earlier, rows)
        if parts is None:
            yield earlier, rows
        else:
            left += [(*part, turn + 1) for part in parts if len(part[1])]


def _halves(
    now: Floats, before: Floats, count: Floats, earlier: Counts, rows: Counts
) -> list[tuple[Counts, Counts]] | None:
    if len(earlier) < 2 * _PEERS:
        return None
    middle = np.median(before[earlier])
    low = before[earlier] <= middle
    parts = [(earlier[low], rows[now[rows] <= middle]), (earlier[~low], rows[now[rows] > middle])]
    enough = all(len(np.unique(count[part])) >= _PEERS for part, _rows in parts)
    return parts if enough else None
