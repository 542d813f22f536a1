"""How often a seller is named whose discounts the volume explains, and one who gives more.

``python -m tools.calibration.discounts`` prints the table in full.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from kamkit import open_case, value

SIZES = {"small": 8, "full": 600}
"""Ledgers of each kind."""

SELLERS = {"alike": 0.0, "with habits of their own": 0.007}
"""How much sellers differ who all keep to the limits, in shares of the list price (a deviation)."""

_NAMED_BY = 0.01
_COUNT, _ACCOUNTS = 12, 40
_MORE = 0.05
_SCATTER, _LITTLE = 0.03, 0.01

Row = dict[str, object]


def rows(size: str = "small", seed: int = 7) -> list[Row]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal``, ``measured`` and ``n`` (ledgers). The discount of an
    account follows its volume and chance; "named without reason" is the share of ledgers in which
    a seller is an outlier who gives less than a point more than is usual, "named who gives more"
    that in which the one is who gives five points more to each of her accounts.
    """
    found: list[Row] = []
    for kind, habit in SELLERS.items():
        rng = np.random.default_rng(seed)
        false = [bool(_named(rng, habit, 0.0, less=_LITTLE)) for _ledger in range(SIZES[size])]
        found.append(row_of("named without reason", f"sellers {kind}", _NAMED_BY, false))
    rng = np.random.default_rng(seed)
    right = ["S00" in _named(rng, 0.0, _MORE) for _ledger in range(SIZES[size])]
    found.append(row_of("named who gives more", "five points more", float("nan"), right))
    return found


def _named(
    rng: np.random.Generator, habit: float, more: float, *, less: float = np.inf
) -> set[str]:
    """Return the sellers that are named and truly give less than ``less`` more than is usual.

    The first of them gives ``more``.
    """
    n = _COUNT * _ACCOUNTS
    seller = np.repeat(np.arange(_COUNT), _ACCOUNTS)
    volume = np.exp(rng.normal(10, 1.2, n))
    own = rng.normal(0, habit, _COUNT) if habit else np.zeros(_COUNT)
    own[0] += more
    share = 0.05 + 0.02 * (np.log(volume) - 10) + own[seller] + rng.normal(0, _SCATTER, n)
    sales = pd.DataFrame(
        {
            "account_id": [f"{one:04}" for one in range(n)],
            "date": "2025-01-31",
            "list_amount": volume.round(2),
            "amount": (volume * (1 - share.clip(0, 0.6))).round(2),
            "seller": [f"S{one:02}" for one in seller],
        }
    )
    table = value.discounts(open_case(sales)).table
    extra = pd.Series(own - np.median(own), index=[f"S{one:02}" for one in range(_COUNT)])
    named = table.loc[table["outlier"], "seller"]
    return set(named[named.map(extra) < less])


def row_of(measure: str, condition: str, nominal: float, hits: list[bool]) -> Row:
    """Return a row of the table: how often it held, of so many."""
    return {
        "measure": measure,
        "condition": condition,
        "nominal": nominal,
        "measured": float(np.mean(hits)),
        "n": len(hits),
    }


if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(4).to_string() + "\n")
