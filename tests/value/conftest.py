"""The ledgers that the tests of value share, read once."""

from __future__ import annotations

import pytest

from kamkit.case import open_case


@pytest.fixture(scope="session")
def fjordgross():
    return open_case("fjordgross")


@pytest.fixture(scope="session")
def cdnow():
    return open_case("cdnow")


@pytest.fixture(scope="session")
def online_retail(shared_data):
    return open_case(shared_data / "online_retail_II_2009_2010.parquet")
