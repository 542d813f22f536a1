"""The same real ledger as published, as a Norwegian CSV and as a workbook: the same to the cent."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from kamkit import identify
from kamkit.case import open_case

NORWEGIAN = {
    "Invoice": "Fakturanr",
    "StockCode": "Varenr",
    "Description": "Varenavn",
    "Quantity": "Antall",
    "InvoiceDate": "Fakturadato",
    "Price": "Enhetspris",
    "Customer ID": "Kundenr",
    "Country": "Land",
}


@pytest.fixture(scope="module")
def source(shared_data) -> Path:
    return shared_data / "online_retail_II_2009_2010.parquet"


@pytest.fixture(scope="module")
def part(source) -> pd.DataFrame:
    """A part of the ledger that is quick to write: all of it where KAMKIT_FULL is set."""
    raw = pd.read_parquet(source)
    return raw if os.environ.get("KAMKIT_FULL") else raw.iloc[:30_000]


@pytest.fixture(scope="module")
def plain(part):
    return open_case(part.reset_index(drop=True))


def test_it_is_read_whole_without_a_mapping(source):
    case = open_case(source)
    table = case.reconciliation().set_index("reason")
    assert table.loc["read", "rows"] == 525_461
    assert table.loc["no_account", "rows"] == 107_927
    assert table.loc["used", "rows"] == 525_461 - 107_927
    raw = pd.read_parquet(source)
    pence = (raw["Quantity"] * (raw["Price"] * 1_000).round().astype("int64")).astype(object)
    missing = raw["Customer ID"].isna()
    assert round(table.loc["no_account", "amount"] * 1_000) == sum(pence[missing])
    assert round(table.loc["used", "amount"] * 1_000) == sum(pence[~missing]) == 8_348_208_574
    facts = identify.account_facts(case)
    assert (len(facts), facts["invoices"].sum()) == (4_383, 23_587)


def same(case, plain) -> None:
    pd.testing.assert_frame_equal(
        case.reconciliation().drop(columns="unreadable"),
        plain.reconciliation().drop(columns="unreadable"),
        check_exact=True,
    )
    columns = ["account_id", "first_date", "last_date", "invoices", "lines", "revenue", "credited"]
    pd.testing.assert_frame_equal(
        identify.account_facts(case)[columns],
        identify.account_facts(plain)[columns],
        check_exact=True,
    )


@pytest.mark.proof
def test_the_norwegian_csv_gives_the_same(part, plain, tmp_path):
    out = part.rename(columns=NORWEGIAN)
    out["Fakturadato"] = pd.to_datetime(out["Fakturadato"]).dt.strftime("%d.%m.%Y")
    out["Enhetspris"] = [f"{price:.3f}".replace(".", ",") for price in out["Enhetspris"]]
    out["Kundenr"] = out["Kundenr"].astype("Int64").astype("string").fillna("")
    path = tmp_path / "salg.csv"
    out.to_csv(path, sep=";", index=False, encoding="cp1252", errors="replace")
    same(open_case(path), plain)


@pytest.mark.proof
def test_the_workbook_gives_the_same(part, plain, tmp_path):
    out = part.copy()
    out["InvoiceDate"] = pd.to_datetime(out["InvoiceDate"])
    path = tmp_path / "sales.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter", datetime_format="dd.mm.yyyy hh:mm") as book:
        out.to_excel(book, sheet_name="Year 2009-2010", index=False)
    same(open_case(path), plain)
