"""The observed rule: why it has no interval, and what two halves of a ledger tell of a third.

``python -m tools.calibration.pareto`` prints the table in full.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.identify import observed_rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZES = {"small": 100, "full": 1_000}
"""Ledgers of each kind."""

EXPONENT = 1.16
"""Of a Pareto distribution in which a fifth of the accounts has four fifths."""

_TARGET, _TOP = 0.8, 0.2
_DRAWS = 200
_READINGS = ("accounts needed for 80 %", "share of the top 20 %")


def rows(size: str = "small", seed: int = 5) -> list[dict[str, object]]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal`` (missing where nothing is promised),
    ``measured`` and ``n``. The bootstrap, which kamkit no
    longer shows, is how often 95 % of the samples of the accounts hold the rule of the population.
    A third half, of accounts that go on as before, is further from the second than the first was
    every other time: what two halves show is movement, and no bound on it.
    """
    rng = np.random.default_rng(seed)
    table = []
    for accounts in (400, 1_200):
        covered = [_covered(rng, accounts) for _ledger in range(SIZES[size])]
        table += _both(
            "bootstrap holds the population", f"Pareto, {accounts} accounts", np.nan, covered
        )
    for accounts in (400, 1_200):
        further = [_further(rng, accounts) for _ledger in range(SIZES[size])]
        table += _both("a third half moves more", f"steady, {accounts} accounts", 0.5, further)
    return table


def population(exponent: float) -> tuple[float, float]:
    """Return the accounts needed for four fifths, and what a fifth gives, of all there could be.

    >>> [round(share, 3) for share in population(2.0)]
    [0.64, 0.447]
    """
    power = 1 - 1 / exponent
    return _TARGET ** (1 / power), _TOP**power


def _covered(rng: np.random.Generator, accounts: int) -> tuple[bool, bool]:
    size = rng.pareto(EXPONENT, accounts) + 1
    drawn = np.array([_rule(rng.choice(size, accounts)) for _draw in range(_DRAWS)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    needed, given = population(EXPONENT)
    return bool(low[0] <= needed <= high[0]), bool(low[1] <= given <= high[1])


def _further(rng: np.random.Generator, accounts: int) -> tuple[bool, bool]:
    """Return whether each reading moved more from the second half to the third than before."""
    usual = rng.lognormal(0, 1.2, accounts)
    orders = rng.poisson(rng.gamma(1.5, 4, accounts), (3, accounts))
    first, second, third = map(_accounts, usual * orders * rng.lognormal(0, 0.5, orders.shape))
    before = observed_rule(second, halves={"first": first, "second": second}).table
    after = observed_rule(third, halves={"second": second, "third": third}).table
    moved = [(one["later_share"] - one["earlier_share"]).abs() for one in (before, after)]
    more = moved[1] > moved[0]
    return bool(more.iloc[0]), bool(more.iloc[1])


def _accounts(size: Floats) -> pd.DataFrame:
    ids = np.arange(len(size)).astype(str)
    return pd.DataFrame({"account_id": ids, "revenue": size})[size > 0]


def _rule(size: Floats) -> tuple[float, float]:
    running = np.sort(size)[::-1].cumsum() / size.sum()
    head = int(np.ceil(_TOP * len(size)))
    return float((np.searchsorted(running, _TARGET) + 1) / len(size)), float(running[head - 1])


def _both(
    measure: str, condition: str, nominal: float, hits: list[tuple[bool, bool]]
) -> list[dict[str, object]]:
    return [
        {
            "measure": measure,
            "condition": f"{condition}, {reading}",
            "nominal": nominal,
            "measured": float(np.mean([hit[place] for hit in hits])),
            "n": len(hits),
        }
        for place, reading in enumerate(_READINGS)
    ]


if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(4).to_string() + "\n")
