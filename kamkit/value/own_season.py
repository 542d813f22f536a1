"""What seasonal accounts may buy next: what they bought in the same season of the last year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.value.history import DAYS_PER_WEEK, WEEKS_PER_YEAR
from kamkit.value.seasonality import seasonal_accounts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_YEAR_DAYS = 365
_USUAL_CHANGE = 0.5  # of the logarithm of a year's amount, where no account tells
_USUAL_COUNT = 5


@dataclass(frozen=True)
class OwnSeason:
    """Accounts that buy in one season and bought in it in the last year.

    ``place`` is their row among all accounts; ``seasons`` in how many seasons running they bought;
    ``change`` how much a year's amount differs from the one before (standard deviation of the
    logarithm). ``owner``, ``ahead`` and ``amount`` have one number per purchase of the last year:
    the place in ``place``, the weeks until that day comes again, and the money.
    """

    place: NDArray[np.intp]
    seasons: Floats
    change: float
    owner: NDArray[np.intp]
    ahead: Floats
    amount: Floats

    def returning(self) -> Floats:
        """Return the probability that each account buys in its next season.

        From n seasons running without a gap, s / (s + 1): the rule of succession on the n - 1
        returns that were seen.
        """
        return self.seasons / (self.seasons + 1)

    def purchases(self, weeks: float) -> Floats:
        """Return how often each account is expected to buy in the next weeks."""
        return self._expected(self._by_year(weeks, 0.0, np.ones_like(self.amount)))

    def revenue(self, weeks: float, rate: float) -> Floats:
        """Return what each account is expected to buy for, discounted by ``rate`` per week."""
        return self._expected(self._by_year(weeks, rate, self.amount))

    def spend(self) -> Floats:
        """Return the mean purchase of the last year."""
        count = np.bincount(self.owner, minlength=len(self.place))
        total = np.bincount(self.owner, weights=self.amount, minlength=len(self.place))
        return np.asarray(total / np.maximum(count, 1), dtype=np.float64)

    def futures(
        self, weeks: float, rate: float, draws: int, part: slice, rng: np.random.Generator
    ) -> tuple[NDArray[np.intp], Floats]:
        """Draw what those of a part of the accounts buy for: their rows in it, and the draws.

        A chance of coming back that the seasons seen allow for, the years until it does not, and
        a year's amount that differs from the last as those of seasonal accounts did.
        """
        rows = np.arange(part.stop)[part]
        inside = np.isin(self.place, rows)
        sums = np.cumsum(self._by_year(weeks, rate, self.amount)[inside], axis=1)
        sums = np.concatenate([np.zeros((len(sums), 1)), sums], axis=1)
        shape = (draws, len(sums))
        comes_back = np.clip(rng.beta(self.seasons[inside], 1.0, shape), 1e-12, 1 - 1e-12)
        years = np.floor(np.log1p(-rng.random(shape)) / np.log(comes_back))
        years = np.minimum(years, sums.shape[1] - 1).astype(np.intp)
        grown = np.exp(self.change * rng.standard_normal(shape) - self.change**2 / 2)
        here = np.searchsorted(rows, self.place[inside])
        return here, sums[np.arange(len(sums)), years] * grown

    def _by_year(self, weeks: float, rate: float, each: Floats) -> Floats:
        """Return what comes in each year of the horizon if the account does: accounts x years."""
        years = max(1, int(np.ceil(weeks / WEEKS_PER_YEAR)))
        table = np.zeros((len(self.place), years))
        for year in range(years):
            moment = self.ahead + year * WEEKS_PER_YEAR
            worth = np.where(moment <= weeks, each * (1 + rate) ** -moment, 0.0)
            table[:, year] = np.bincount(self.owner, weights=worth, minlength=len(self.place))
        return table

    def _expected(self, by_year: Floats) -> Floats:
        year = np.arange(1, by_year.shape[1] + 1)
        # E[p^k] where p has the distribution Beta(s, 1)
        expected: Floats = (by_year * self.seasons[:, None] / (self.seasons[:, None] + year)).sum(
            axis=1
        )
        return expected


def own_season(days: pd.DataFrame, accounts: pd.Series[str], as_of: dt.date) -> OwnSeason:
    """Return the forecast of those of the accounts that are seasonal and bought in the last year.

    ``days`` are purchase occasions up to ``as_of``; who is seasonal is told by
    ``seasonal_accounts``: nobody in a ledger shorter than two years.

    >>> days = pd.DataFrame({"account_id": ["1"] * 9, "amount": [10.0] * 9, "day": pd.to_datetime(
    ...     [f"{year}-05-{day}" for year in (2023, 2024, 2025) for day in ("05", "15", "25")])})
    >>> found = own_season(days, pd.Series(["1"]), dt.date(2025, 12, 31))
    >>> found.purchases(52.2).tolist(), found.revenue(52.2, 0.0).tolist()
    ([2.25], [22.5])
    """
    seen = seasonal_accounts(days)
    seen = seen[seen["seasonal"]]
    end = pd.Timestamp(as_of)
    own = days[days["account_id"].isin(set(seen["account_id"]))]
    age = (end - own["day"]).dt.days
    last, before = own[age < _YEAR_DAYS], own[(age >= _YEAR_DAYS) & (age < 2 * _YEAR_DAYS)]
    there = seen[seen["account_id"].isin(set(last["account_id"]))]
    rows = pd.Index(accounts)
    position = rows.get_indexer(pd.Index(there["account_id"]))
    order = np.argsort(position)
    there, position = there.iloc[order], position[order].astype(np.intp)
    days_ahead = _YEAR_DAYS - age[age < _YEAR_DAYS].to_numpy(dtype=float)
    return OwnSeason(
        position,
        there["seasons_seen"].to_numpy(dtype=np.float64),
        _change(last, before),
        pd.Index(there["account_id"]).get_indexer(pd.Index(last["account_id"])).astype(np.intp),
        days_ahead / DAYS_PER_WEEK,
        last["amount"].to_numpy(dtype=np.float64),
    )


def _change(last: pd.DataFrame, before: pd.DataFrame) -> float:
    """Return how much the amounts of two years differ, leaning on the usual where few tell."""
    one, other = (part.groupby("account_id")["amount"].sum() for part in (last, before))
    both = pd.concat([one[one > 0], other[other > 0]], axis=1, join="inner").to_numpy(dtype=float)
    squares = float((np.log(both[:, 0] / both[:, 1]) ** 2).sum()) if len(both) else 0.0
    usual = _USUAL_COUNT * _USUAL_CHANGE**2
    return float(np.sqrt((squares + usual) / (len(both) + _USUAL_COUNT)))
