"""The ledgers that the tests of identify share, read once."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import identify
from kamkit.case import open_case


@pytest.fixture(scope="session")
def fjordgross():
    return open_case("fjordgross")


@pytest.fixture(scope="session")
def fjordgross_facts(fjordgross) -> pd.DataFrame:
    return identify.account_facts(fjordgross)


@pytest.fixture(scope="session")
def online_retail(shared_data):
    return open_case(shared_data / "online_retail_II_2009_2010.parquet")


@pytest.fixture(scope="session")
def online_retail_facts(online_retail) -> pd.DataFrame:
    return identify.account_facts(online_retail)
