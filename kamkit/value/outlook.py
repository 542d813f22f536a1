"""What accounts may buy from a day on: models of buying and spend, and the season of seasonals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kamkit.value.forecast import Forecast, Spend, forecast, spend
from kamkit.value.future import mean_discount
from kamkit.value.own_season import OwnSeason, own_season

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from kamkit.value.gamma_gamma import GammaGamma
    from kamkit.value.repeat_model import RepeatModel

    Floats = NDArray[np.float64]
    Drawn = tuple[list[RepeatModel], list[GammaGamma]]


@dataclass(frozen=True)
class Outlook:
    """The forecast of each account of a table of ``summary``, in its order.

    Accounts that buy in a season of their own are taken from the models: ``season`` has them.
    """

    repeat: Forecast
    money: Spend
    season: OwnSeason

    def alive(self) -> Floats:
        """Return the probability that each account still buys."""
        return self._with_season(self.repeat.alive(), self.season.returning())

    def purchases(self, weeks: float) -> Floats:
        """Return how often each account is expected to buy in the next weeks."""
        return self._with_season(self.repeat.purchases(weeks), self.season.purchases(weeks))

    def spend(self) -> Floats:
        """Return the expected amount of a purchase of each account."""
        return self._with_season(self.money.each, self.season.spend())

    def revenue(self, weeks: float, rate: float = 0.0) -> Floats:
        """Return what each account is expected to buy for, discounted by ``rate`` per week."""
        expected = self.repeat.discounted(rate, weeks) * self.money.each
        return self._with_season(expected, self.season.revenue(weeks, rate))

    def drawn(self, draws: int, rng: np.random.Generator) -> Drawn:
        """Draw parameters of both models: they are not known exactly."""
        return self.repeat.model.drawn(draws, rng), self.money.model.drawn(draws, rng)

    def futures(
        self, sets: Drawn, weeks: float, rate: float, part: slice, rng: np.random.Generator
    ) -> Floats:
        """Draw what the accounts of a part buy for in the next weeks: draws x accounts.

        One future with each set of parameters, each purchase discounted by ``rate`` per week.
        """
        rows = []
        for repeat, money in zip(*sets, strict=True):
            bought, span = self.repeat.future(repeat, weeks, part, rng)
            rows.append(self.money.future(money, bought, part, rng) * mean_discount(span, rate))
        futures: Floats = np.stack(rows)
        week, own = self.season.futures(weeks, rate, len(rows), part, rng)
        futures[:, week] = own
        return futures

    def _with_season(self, values: Floats, own: Floats) -> Floats:
        values = np.array(values, dtype=np.float64)
        values[self.season.place] = own
        return values


def outlook(
    known: pd.DataFrame, days: pd.DataFrame, as_of: dt.date, *, model: str = "auto"
) -> Outlook:
    """Fit the models to what was known on a day; see ``forecast`` for the choice of the model.

    ``known`` is a table of ``summary`` and ``days`` the purchase occasions behind it. Raises what
    ``forecast`` raises.

    >>> from kamkit import open_case
    >>> from kamkit.value.history import summary_and_days
    >>> case = open_case("fjordgross")
    >>> found = outlook(*summary_and_days(case), case.period.end, model="bg_nbd")
    >>> seasonal = found.season.place
    >>> bool((found.revenue(52)[seasonal] > 0).all())
    True
    """
    season = own_season(days, known["account_id"], as_of)
    return Outlook(forecast(known, model=model), spend(known), season)
