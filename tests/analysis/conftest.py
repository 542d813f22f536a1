"""What several tests of the analysis rest on."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.case import open_case


@pytest.fixture(scope="module")
def small():
    """Three accounts, 2024 and 2025, no cost: 10, 5 and 2 a month, 120, 60 and 24 a year."""
    rows = [
        (account, f"{year}-{month:02d}-15", amount)
        for account, amount in (("a", 10.0), ("b", 5.0), ("c", 2.0))
        for year in (2024, 2025)
        for month in range(1, 13)
    ]
    return open_case(pd.DataFrame(rows, columns=["account_id", "date", "amount"]))
