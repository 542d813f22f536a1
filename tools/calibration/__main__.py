"""Print the calibration table: every claim with what is nominal and what was measured.

The exit code is 1 where a row lies outside its bounds (``bounds.py``); such rows are named below.

python -m tools.calibration                 all parts, in full (about an hour)
python -m tools.calibration small late      one part or more, small
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import pandas as pd

from tools.calibration.bounds import BOUNDS, Bound, outside

PARTS = (
    "conversion",
    "discounts",
    "health",
    "intervals",
    "late",
    "lifetime",
    "pairs",
    "pareto",
    "ratings",
    "regularity",
)


def main(words: list[str], bounds: Sequence[Bound] = BOUNDS) -> int:
    """Print the rows of each part as soon as they are there; return the exit code."""
    size = words[0] if words[:1] in (["small"], ["full"]) else "full"
    parts = [word for word in words if word not in ("small", "full")] or list(PARTS)
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        sys.stderr.write(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}\n")
        return 2
    beyond = []
    for part in parts:
        rows = import_module(f"tools.calibration.{part}").rows(size)
        table = pd.DataFrame(rows).round(4).to_string(index=False)
        sys.stdout.write(f"\n{part}\n{table}\n")
        sys.stdout.flush()
        beyond += outside(part, rows, bounds)
    for line in beyond:
        sys.stderr.write(f"outside its bounds: {line}\n")
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
