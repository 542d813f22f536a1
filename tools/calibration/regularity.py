"""The regularity of gaps of known shape: how it comes out, and how often its interval holds it.

``python -m tools.calibration.regularity`` prints the table in full.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from kamkit.value._regularity import regularity
from tools.calibration.renewals import ledger

SIZES = {"small": 12, "full": 100}
"""Ledgers of each kind."""

SHAPES = (0.5, 1.0, 2.0, 5.0)
_ACCOUNTS = 200
_LEDGERS = {
    "gaps of 3 to 10 days, three years": (1095, (3.0, 10.0)),
    "gaps of 10 to 60 days, one year": (365, (10.0, 60.0)),
    "gaps of 10 to 60 days, three years": (1095, (10.0, 60.0)),
    "gaps of 60 to 200 days, three years": (1095, (60.0, 200.0)),
}


def rows(size: str = "small") -> list[dict[str, object]]:
    """Return the table of calibration, two rows per shape and kind of ledger.

    ``measure``, ``condition``, ``nominal``, ``measured`` and ``n``, the ledgers: the median of the
    shape that comes out, and the share of 95 % intervals that hold the true one.
    """
    return [
        row
        for condition, (days, gap) in _LEDGERS.items()
        for shape in SHAPES
        for row in measured(shape, days, gap, SIZES[size], condition)
    ]


def measured(
    shape: float, days: int, gap: tuple[float, float], ledgers: int, condition: str
) -> list[dict[str, object]]:
    """Return the two rows of one shape and kind of ledger."""
    found = [
        regularity(ledger("gamma", _ACCOUNTS, seed=seed, days=days, gap=gap, shape=shape))
        for seed in range(ledgers)
    ]
    middle = float(np.median([one.shape for one in found]))
    holds = float(np.mean([one.shape_low <= shape <= one.shape_high for one in found]))
    condition = f"shape {shape:g}, {condition}"
    return [
        {
            "measure": "regularity: shape",
            "condition": condition,
            "nominal": shape,
            "measured": middle,
            "n": ledgers,
        },
        {
            "measure": "regularity: 95 % interval",
            "condition": condition,
            "nominal": 0.95,
            "measured": holds,
            "n": ledgers,
        },
    ]


if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(4).to_string() + "\n")
