"""The account facts that the tests of identify share, counted once."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import identify


@pytest.fixture(scope="session")
def fjordgross_facts(fjordgross) -> pd.DataFrame:
    return identify.account_facts(fjordgross)


@pytest.fixture(scope="session")
def online_retail_facts(online_retail) -> pd.DataFrame:
    return identify.account_facts(online_retail)
