"""How often the interval of the hold-out of recommendations, and of the programme, hold the truth.

``python -m tools.calibration.intervals`` prints the table in full.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy.stats import triang

from kamkit import choose
from kamkit.choose.effects import EFFECTS, Effects
from kamkit.grow._recommend import _interval
from tools.calibration.discounts import Row, row_of

SIZES = {"small": 40, "full": 2_000}
"""Samples, and programmes."""

GAINS = ((-1.0, 0.03), (-0.5, 0.05), (0.0, 0.80), (0.5, 0.07), (1.0, 0.05))
"""By how much recommendations name more of what an account began than the most popular do."""

_KEY = 20
_TREATED = pd.DataFrame(
    {
        "treatment": ["dedicated", "shared"],
        "services": 1,
        "hours": [250.0, 80.0],
        "yearly_cost": [2e5, 5e4],
    }
)
_TERMS = choose.Terms(0.9)


def rows(size: str = "small", seed: int = 11) -> list[Row]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal``, ``measured`` and ``n``. The hold-out's 95 % bootstrap
    is tried on samples of accounts from a population whose mean gain is known. Of the programme
    the true effects lie where the assumptions put them, once all with one luck, as the interval has
    it, once each with its own: it tells what the assumptions leave open, and nothing of whether
    they are right.
    """
    rng = np.random.default_rng(seed)
    table = [
        row_of("hold-out inside", f"{n} accounts", 0.95, _samples(rng, n, SIZES[size]))
        for n in (30, 100, 400)
    ]
    for name, alike in (("one luck", True), ("each its own", False)):
        hits = [_programme(rng, alike) for _one in range(SIZES[size])]
        table.append(row_of("programme inside", name, 0.8, hits))
    return table


def _samples(rng: np.random.Generator, accounts: int, samples: int) -> list[bool]:
    values, chances = (np.array(column) for column in zip(*GAINS, strict=True))
    mean = float(values @ chances)
    found = []
    for place in range(samples):
        low, high = _interval(rng.choice(values, accounts, p=chances), place)
        found.append(low <= mean <= high)
    return found


def _programme(rng: np.random.Generator, alike: bool) -> bool:
    """Return whether the true value of a programme lies between low and high."""
    size = np.exp(rng.normal(13.5, 1, _KEY))
    accounts = pd.DataFrame(
        {
            "account_id": [f"{one:02}" for one in range(_KEY)],
            "treatment": np.where(size > 3e6, "dedicated", "shared"),
            "yearly_contribution": size,
            "contribution_growth": size * rng.uniform(0, 0.05, _KEY),
        }
    )
    luck = float(rng.random())
    true: Effects = {
        name: (_at(effect, luck if alike else float(rng.random())),) * 3
        for name, effect in EFFECTS.items()
    }
    told = choose.programme(accounts, _TREATED, _TERMS, draws=200).total.iloc[0]
    came = choose.programme(accounts, _TREATED, _TERMS, effects=true, draws=1).total.iloc[0]
    return bool(told["value_low"] <= came["net_present_value"] <= told["value_high"])


def _at(effect: tuple[float, float, float], luck: float) -> float:
    low, likely, high = effect
    if high <= low:
        return likely
    return float(triang.ppf(luck, (likely - low) / (high - low), low, high - low))


if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(4).to_string() + "\n")
