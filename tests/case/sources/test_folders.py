"""Folders: the ledger by its headings, headers joined with lines, products with their cost."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.case import open_case
from kamkit.errors import SourceError

LEDGER = (
    "Kundenr;Fakturadato;Fakturanr;Beløp\n007;05.01.{year};100;500,00\n8;31.01.{year};101;700,00\n"
)
ORDERS = (
    "OrderID,CustomerID,OrderDate,Freight,Amount\n"
    "1,ALFKI,2025-01-05,10.00,70\n2,BONAP,2025-02-05,5.00,30\n3,ALFKI,2025-03-05,0,1\n"
)
LINES = "OrderID,ProductID,UnitPrice,Quantity\n1,11,20,2\n1,12,30,1\n2,11,10,3\n9,11,5,1\n"
PRODUCTS = "ProductID,ProductName,Category,Unit cost\n11,Chai,Drinks,6.50\n12,Tofu,Food,12\n"


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes files and opens their folder."""

    def opened(**files):
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text, encoding="utf-8")
        return open_case(tmp_path)

    return opened


def revenue(case):
    sales = case.engine.frame(case.sales)
    return sales.groupby("account_id")["amount"].sum().round(2).to_dict()


def test_yearly_files_are_known_by_their_headings(folder, tmp_path):
    (tmp_path / "2023.csv").write_text(LEDGER.format(year=2023), encoding="utf-8")
    case = folder(**{"2024__csv": LEDGER.format(year=2024), "kunder__csv": "Kundenr;Navn\n8;Hav\n"})
    assert revenue(case) == {"007": 1000.0, "8": 1400.0}
    assert case.table("accounts")["name"].tolist() == ["Hav"]


def test_a_file_called_sales_is_the_ledger_and_others_like_it_are_told(folder):
    case = folder(sales__csv=LEDGER.format(year=2024), kopi__csv=LEDGER.format(year=2024))
    assert revenue(case) == {"007": 500.0, "8": 700.0}
    assert any("“kopi.csv”" in note for note in case.notes)


def test_files_of_different_kinds_are_asked_about(folder):
    with pytest.raises(SourceError) as refusal:
        folder(
            a__csv=LEDGER.format(year=2024), b__csv="Kunde nr;Bilagsdato;Netto\n1;05.01.2024;5\n"
        )
    assert str(refusal.value).startswith("Several tables could be the sales ledger")
    assert "a.csv: “Kundenr”" in str(refusal.value)


def test_orders_and_their_lines_are_joined_by_the_order_number(folder):
    case = folder(orders__csv=ORDERS, order_details__csv=LINES)
    assert revenue(case) == {"ALFKI": 70.0, "BONAP": 30.0}
    told = " ".join(case.notes)
    assert "“Amount”" in told
    assert "1 line belongs to no order and is set aside." in told
    assert "1 order has no lines and counts nothing." in told
    fates = case.reconciliation().set_index("reason")["amount"].to_dict()
    assert fates == {"read": 105.0, "used": 100.0, "no_account": 5.0}


def test_invoices_and_lines_with_nothing_but_an_amount(folder):
    case = folder(
        ordrehode__csv="Ordrenr;Kundenr;Ordredato;Antall\n1;007;05.01.2025;2\n2;8;06.01.2025;1\n",
        ordrelinjer__csv="Ordrenr;Tekst;Beløp\n1;A;10,50\n1;B;20,25\n2;A;5,00\n",
    )
    assert revenue(case) == {"007": 30.75, "8": 5.0}


def test_a_second_download_of_a_file_counts_once_and_is_told(folder, tmp_path):
    (tmp_path / "2024 (1).csv").write_text(LEDGER.format(year=2024), encoding="utf-8")
    (tmp_path / "2024.csv").write_text(LEDGER.format(year=2024), encoding="utf-8")
    case = open_case(tmp_path)
    assert revenue(case) == {"007": 500.0, "8": 700.0}
    assert "“2024.csv” is the same as “2024 (1).csv” and is read once." in case.notes


def test_a_ledger_with_the_name_of_another_table_is_known_by_its_headings(folder):
    case = folder(kunder__csv=LEDGER.format(year=2024), sales__txt="hello;there\n1;2\n")
    assert revenue(case) == {"007": 500.0, "8": 700.0}


def test_an_order_with_two_headers_is_refused(folder):
    with pytest.raises(SourceError, match="stands more than once in the table of orders"):
        folder(orders__csv=ORDERS + "1,BONAP,2025-01-05,0,1\n", order_details__csv=LINES)


def test_products_give_name_category_and_cost_of_the_quantity(folder):
    case = folder(orders__csv=ORDERS, order_details__csv=LINES, products__csv=PRODUCTS)
    sales = case.engine.frame(case.sales).sort_values(["account_id", "product_id"])
    assert sales["category"].tolist() == ["Drinks", "Food", "Drinks"]
    assert sales["cost"].tolist() == [13.0, 12.0, 19.5]


def test_what_the_ledger_says_of_its_products_stays(folder):
    ledger = (
        "account_id,date,amount,product_id,quantity,category,cost\n"
        "a,2025-01-05,100,11,2,Own,50\na,2025-01-06,100,11,2,,\na,2025-01-07,100,99,1,,\n"
    )
    case = folder(sales__csv=ledger, products__csv=PRODUCTS)
    sales = case.engine.frame(case.sales).sort_values("date")
    assert sales["category"].tolist()[:2] == ["Own", "Drinks"]
    assert sales["cost"].tolist()[:2] == [50.0, 13.0]
    assert sales["cost"].isna().tolist() == [False, False, True]
    assert any("1 line has a product number" in note for note in case.notes)


@pytest.mark.sampled
@pytest.mark.parametrize("name", ["sales[1]", "sa*es", "s?les", "[abc]", "sales]"])
@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_brackets_and_stars_in_names_are_letters(tmp_path, name, ending):
    place = tmp_path / "m[a]p*e?"
    place.mkdir()
    right = pd.DataFrame({"account_id": ["A"], "date": ["2025-01-01"], "amount": [100.5]})
    for stem, frame in ((name, right), ("sales1", right.assign(amount=9.0)), ("a", right)):
        path = place / f"{stem}.{ending}"
        if ending == "csv":
            frame.to_csv(path, index=False)
        elif ending == "parquet":
            frame.to_parquet(path, index=False)
        else:
            frame.to_excel(path, index=False)
    assert revenue(open_case(place / f"{name}.{ending}")) == {"A": 100.5}


@pytest.mark.parametrize("below", [True, False])
def test_the_name_of_a_folder_overrides_no_column(tmp_path, below):
    place = tmp_path / "date=2024-01-01" / "account_id=X"
    place.mkdir(parents=True)
    frame = pd.DataFrame({"account_id": ["A"], "date": ["2025-01-01"], "amount": [1.5]})
    frame.to_parquet(place / "sales.parquet", index=False)
    case = open_case(tmp_path if below else place / "sales.parquet")
    assert revenue(case) == {"A": 1.5}
    assert str(case.period) == "1 Jan 2025 – 1 Jan 2025"


def test_folders_beside_files_are_told(folder, tmp_path):
    (tmp_path / "gammelt").mkdir()
    (tmp_path / "gammelt" / "sales.csv").write_text(LEDGER.format(year=2020), encoding="utf-8")
    case = folder(sales__csv=LEDGER.format(year=2024))
    assert revenue(case) == {"007": 500.0, "8": 700.0}
    assert any("“gammelt/”" in note for note in case.notes)


def test_tables_and_documents_that_both_hold_sales_are_refused(folder):
    from tests.case.sources.papers import ubl

    with pytest.raises(SourceError, match="would count twice"):
        folder(sales__csv=LEDGER.format(year=2024), f__xml=ubl("1", "5", [{"net": "5"}]))


def test_invoices_with_a_register_of_customers_beside_them(folder):
    from tests.case.sources.papers import ubl

    case = folder(
        kunder__csv="Kundenr;Navn;Segment\n912345678;Hav;Bygg\n",
        f__xml=ubl("1", "5", [{"net": "5"}]),
    )
    assert revenue(case) == {"912345678": 5.0}
    assert case.table("accounts")["segment"].tolist() == ["Bygg"]
