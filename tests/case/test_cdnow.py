"""The CDNOW panel against the figures published for it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from kamkit.case import ColumnMapping, open_case

FOLDER = Path(__file__).resolve().parents[2] / "data" / "cdnow"


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    return pd.read_parquet(FOLDER / "sales.parquet")


@pytest.fixture(scope="module")
def sample(sales) -> pd.DataFrame:
    ids = pd.read_parquet(FOLDER / "sample_accounts.parquet")["account_id"]
    return sales[sales["account_id"].isin(ids)]


def test_the_panel_has_every_line_customer_and_cent(sales):
    assert len(sales) == 69_659
    assert sales["account_id"].nunique() == 23_570
    assert sales["amount"].sum() == Decimal("2500315.63")


def test_the_sample_is_the_published_one(sample):
    assert len(sample) == 6_919
    assert sample["account_id"].nunique() == 2_357
    assert sample["amount"].sum() == Decimal("244091.94")


def test_the_panel_runs_from_new_year_1997_to_june_1998(sales):
    assert sales["date"].min() == dt.date(1997, 1, 1)
    assert sales["date"].max() == dt.date(1998, 6, 30)


def test_same_day_purchases_of_the_sample_merge_to_6696(sample):
    assert len(sample[["account_id", "date"]].drop_duplicates()) == 6_696


def test_customer_numbers_keep_their_leading_zeros(sales):
    assert sales["account_id"].iloc[0] == "00001"
    assert sales["account_id"].str.fullmatch(r"\d{5}").all()


def test_top_fifth_of_the_sample_gives_two_thirds_and_not_eighty_percent(sample):
    spend = sample.groupby("account_id")["amount"].sum().sort_values(ascending=False)
    top = spend.iloc[:472].sum() / spend.sum()
    assert 472 / len(spend) >= 0.2 > 471 / len(spend)
    assert round(float(top), 3) == 0.675


def test_the_sample_needs_777_customers_for_eighty_percent(sample):
    spend = sample.groupby("account_id")["amount"].sum().sort_values(ascending=False)
    assert spend.iloc[:776].sum() < spend.sum() * Decimal("0.8") <= spend.iloc[:777].sum()


def test_the_files_are_small(sales):
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 600_000


def test_the_data_sheet_names_source_and_licence():
    sheet = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "Fader" in sheet
    assert "MIT" in sheet
    assert "Permission is hereby granted" in (FOLDER / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.proof
def test_opened_again_it_is_the_same_lines_under_tables_of_its_own():
    one = open_case("fjordgross")
    accounts = one.table("accounts")
    accounts["mine"] = 1
    again = open_case("fjordgross")
    assert again.engine is one.engine
    assert "mine" not in again.table("accounts")
    until = ColumnMapping().with_options({"end": "2024-12-31"})
    assert open_case("fjordgross", mapping=until).period.end == dt.date(2024, 12, 31)
    assert open_case("fjordgross").period.end == dt.date(2025, 12, 31)
