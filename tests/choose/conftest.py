"""The ledgers that the tests of choose share, read once."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import identify, value
from kamkit.case import as_chains, open_case


@pytest.fixture(scope="session")
def fjordgross():
    return open_case("fjordgross")


@pytest.fixture(scope="session")
def worth(fjordgross) -> pd.DataFrame:
    """Return the practice accounts with what each is worth, chains counted as one."""
    whole = as_chains(fjordgross)
    table = value.account_value(whole, identify.account_facts(whole))
    known = ["account_id", "industry", "language", "employees", "payment_days", "members"]
    return table.merge(whole.table("accounts")[known], on="account_id", how="left")


@pytest.fixture(scope="session")
def cdnow():
    return open_case("cdnow")


@pytest.fixture(scope="session")
def online_retail(shared_data):
    return open_case(shared_data / "online_retail_II_2009_2010.parquet")


@pytest.fixture
def company(tmp_path):
    """Return a function that opens a case from tables, each written as a file of one folder."""

    def opened(**tables: pd.DataFrame):
        for name, table in tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        return open_case(tmp_path)

    return opened
