"""Time the exact assignment of accounts to managers at several sizes and degrees of fullness.

``python bench/assignment.py`` prints one line per case: accounts, managers, hours needed of those
there, seconds, points, and whether the result is proven to be the best.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import pandas as pd

from kamkit.choose import assign
from kamkit.errors import CapacityError

CASES = ((30, 6, 0.80), (200, 12, 0.95), (2000, 40, 0.90), (2000, 40, 0.95), (2000, 40, 0.98))


def made(accounts: int, managers: int, full: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return invented accounts and managers: six regions, two languages, eighteen trades."""
    rng = np.random.default_rng(seed)
    regions, trades = [f"R{i}" for i in range(6)], [f"I{i:02}" for i in range(18)]
    names = [f"M{i:02}" for i in range(managers)]
    given = pd.DataFrame(
        {
            "account_id": [f"{i:05}" for i in range(accounts)],
            "hours": rng.integers(10, 120, accounts).astype(float),
            "region": rng.choice(regions, accounts),
            "industry": rng.choice(trades, accounts),
            "language": rng.choice(["no", "en"], accounts, p=[0.8, 0.2]),
            "account_manager": rng.choice(names, accounts),
            "relationship": rng.integers(1, 6, accounts),
        }
    )
    people = pd.DataFrame(
        {
            "manager": names,
            "hours": np.ceil(given["hours"].sum() / managers / full),
            "accounts_max": int(accounts / managers * 1.3) + 1,
            "region": ["; ".join(rng.choice(regions, 2, replace=False)) for _ in names],
            "industry": ["; ".join(rng.choice(trades, 4, replace=False)) for _ in names],
            "language": rng.choice(["no", "no; en"], managers),
        }
    )
    return given, people


def main() -> None:
    """Run the cases and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the first case only")
    parser.add_argument("--seed", type=int, default=1, help="seed of the invented accounts")
    asked = parser.parse_args()
    line = "{:>9} {:>9} {:>6} {:>9} {:>9} {:>7}\n"
    sys.stdout.write(line.format("accounts", "managers", "full", "seconds", "points", "proven"))
    for accounts, managers, full in CASES[: 1 if asked.small else None]:
        given, people = made(accounts, managers, full, asked.seed)
        start = time.perf_counter()
        try:
            found = assign(given, people)
            result = (f"{found.points:.0f}", "yes" if found.proven else f"{found.gap:.1%}")
        except CapacityError as error:
            result = ("–", error.message[:24])
        seconds = time.perf_counter() - start
        sys.stdout.write(line.format(accounts, managers, f"{full:.0%}", f"{seconds:.2f}", *result))


if __name__ == "__main__":
    main()
