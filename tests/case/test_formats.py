"""Numbers, dates, encodings, separators and files as they are written in the world."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings

from kamkit.case import ColumnMapping, open_case
from tests.conftest import examples

HEAD = "Kundenr;Fakturadato;Beløp"


def amounts(case) -> list[Decimal]:
    frame = case.sales.order_by("source_row").select("amount").to_pandas()
    return [Decimal(value) for value in frame["amount"]]


def days(case) -> list[dt.date]:
    frame = case.sales.order_by("source_row").select("date").to_pandas()
    return [pd.Timestamp(value).date() for value in frame["date"]]


def ledger(folder: Path, dates: list[str], values: list[str], separator: str = ";") -> Path:
    path = folder / "salg.csv"
    rows = [
        separator.join([str(number), day, value])
        for number, (day, value) in enumerate(zip(dates, values, strict=True))
    ]
    path.write_text("\n".join([HEAD.replace(";", separator), *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1 234,50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1,234.50", "1234.5"),
        ("1\u00a0234,50", "1234.5"),
        ("1\u202f234,50", "1234.5"),
        ("1'234.50", "1234.5"),
        ("1234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("-1 234,50", "-1234.5"),
        ("\u22121 234,50", "-1234.5"),
        ("1 234,50-", "-1234.5"),
        ("(1 234,50)", "-1234.5"),
        ("- 1.234,50", "-1234.5"),
        ("kr 1 234,50", "1234.5"),
        ("1 234,50 kr", "1234.5"),
        ("NOK 1 234,50", "1234.5"),
        ("£1,234.50", "1234.5"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("0,0004", "0.0004"),
        (" 1 234,50 ", "1234.5"),
        ("+1234,50", "1234.5"),
    ],
)
def test_a_number(tmp_path, written, meant):
    case = open_case(ledger(tmp_path, ["2024-05-17"], [written]))
    assert amounts(case) == [Decimal(meant)]


def test_a_column_decides_what_one_value_cannot(tmp_path):
    path = ledger(tmp_path, ["2024-05-17"] * 3, ["1.234", "1.234.567", "99,50"])
    assert amounts(open_case(path)) == [Decimal(1234), Decimal(1234567), Decimal("99.5")]


def test_what_a_column_cannot_decide_an_option_does(tmp_path):
    path = ledger(tmp_path, ["2024-05-17"] * 2, ["1.234", "5.678"])
    read = {
        sign: amounts(open_case(path, mapping=ColumnMapping().with_options({"decimal": sign})))
        for sign in (".", ",")
    }
    assert read["."] == [Decimal("1.234"), Decimal("5.678")]
    assert read[","] == [Decimal(1234), Decimal(5678)]


@pytest.mark.sampled
@pytest.mark.parametrize(
    "written",
    [
        "2024-05-17",
        "2024-05-17T13:45:00",
        "2024-05-17 13:45",
        "17.05.2024",
        "17.5.24",
        "17.05.24",
        "17/05/2024",
        "17-05-2024",
        "05/17/2024",
        "5/17/2024",
        "20240517",
        "17.05.2024 13:45:59",
        "2024/05/17",
        "45429",
        "45429.5",
        "2024-05-17T11:45:00Z",
    ],
)
def test_a_date(tmp_path, written):
    case = open_case(ledger(tmp_path, [written], ["100,00"]))
    assert days(case) == [dt.date(2024, 5, 17)]


def test_day_and_month_are_decided_by_the_whole_column(tmp_path):
    path = ledger(tmp_path, ["01/02/2024", "13/02/2024"], ["1,00", "2,00"])
    assert days(open_case(path)) == [dt.date(2024, 2, 1), dt.date(2024, 2, 13)]
    path = ledger(tmp_path, ["01/02/2024", "01/13/2024"], ["1,00", "2,00"])
    assert days(open_case(path)) == [dt.date(2024, 1, 2), dt.date(2024, 1, 13)]


def test_day_and_month_are_settled_by_an_option(tmp_path):
    path = ledger(tmp_path, ["01/02/2024"], ["1,00"])
    for day_first, wanted in ((True, dt.date(2024, 2, 1)), (False, dt.date(2024, 1, 2))):
        how = ColumnMapping().with_options({"day_first": day_first})
        assert days(open_case(path, mapping=how)) == [wanted]


@pytest.mark.sampled
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators(tmp_path, encoding, separator):
    head = separator.join(["Kundenr", "Kundenavn", "Fakturadato", "Beløp"])
    rows = [
        separator.join(["007", '"Blåbær & Sønn; a, b"', "17.05.2024", '"1 234,50"']),
        separator.join(["008", "Røros", "18.05.2024", '"2 000,00"']),
    ]
    content = "\r\n".join([head, *rows]) + "\r\n"
    if encoding in ("utf-16-le", "utf-16-be"):
        content = "\ufeff" + content
    path = tmp_path / "salg.csv"
    path.write_bytes(content.encode(encoding))
    case = open_case(path)
    assert amounts(case) == [Decimal("1234.5"), Decimal(2000)]
    names = case.sales.order_by("source_row").to_pandas()
    assert names["account_name"].tolist() == ["Blåbær & Sønn; a, b", "Røros"]
    assert names["account_id"].tolist() == ["007", "008"]


def workbook(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(number, place, value, day)
                    else:
                        sheet.write(number, place, value)
    return path


LINES = [["1", dt.date(2024, 5, 17), 1234.5], ["2", dt.date(2024, 5, 18), -99.75]]


def test_a_workbook_with_junk_above_and_totals_below(tmp_path):
    rows = [
        ["Fjellfisk AS"],
        ["Salgsrapport pr. 31.05.2024"],
        [],
        ["Kundenr", "Fakturadato", "Beløp"],
        *LINES,
        [],
        ["Sum", "", 1134.75],
    ]
    case = open_case(workbook(tmp_path / "salg.xlsx", ("Rapport", rows)))
    assert amounts(case) == [Decimal("1234.5"), Decimal("-99.75")]
    table = case.reconciliation().set_index("reason")
    assert table.loc["total_row", ["rows", "amount"]].tolist() == [1, 0]
    assert table.loc["read", "amount"] == pytest.approx(1134.75)
    assert table.loc["used", "amount"] == pytest.approx(1134.75)
    assert case.set_aside()["source_row"].tolist()[-1] == 8
    total = {finding.name: finding for finding in case.findings()}["own_total"]
    assert "is the sum of its lines" in total.text


def test_several_sheets_of_sales_are_one_ledger(tmp_path):
    head = ["Kundenr", "Fakturadato", "Beløp"]
    path = workbook(
        tmp_path / "salg.xlsx", ("Salg 2023", [head, LINES[0]]), ("Salg 2024", [head, LINES[1]])
    )
    case = open_case(path)
    assert sorted(amounts(case)) == [Decimal("-99.75"), Decimal("1234.5")]


def test_a_workbook_with_several_tables_of_the_contract(tmp_path):
    sales = ["Kundenr", "Fakturadato", "Beløp"]
    customers = [
        ["Kundenr", "Navn", "Segment"],
        ["1", "Ask AS", "Bygg"],
        ["2", "Eik AS", "Industri"],
    ]
    path = workbook(tmp_path / "alt.xlsx", ("Salg", [sales, *LINES]), ("Kunder", customers))
    case = open_case(path)
    assert case.table("accounts")["name"].tolist() == ["Ask AS", "Eik AS"]
    assert len(amounts(case)) == 2


def test_a_folder_with_several_tables_of_the_contract(tmp_path):
    ledger(tmp_path, ["17.05.2024"], ["100,00"])
    (tmp_path / "kunder.csv").write_text("Kundenr;Navn\n0;Ask AS\n", encoding="utf-8")
    (tmp_path / "readme.txt").write_text("not a table")
    case = open_case(tmp_path)
    assert case.table("accounts")["name"].tolist() == ["Ask AS"]
    assert amounts(case) == [Decimal(100)]
    assert any("readme.txt" in note for note in case.notes)


def test_parquet_and_frames_give_the_same(tmp_path):
    frame = pd.DataFrame(
        {
            "Customer": ["01", "02"],
            "Invoice date": pd.to_datetime(["2024-05-17 23:59", "2024-05-18 00:00"]),
            "Net amount": [Decimal("10.10"), Decimal("-2.20")],
        }
    )
    frame.to_parquet(tmp_path / "sales.parquet")
    for source in (frame, tmp_path / "sales.parquet"):
        case = open_case(source)
        assert amounts(case) == [Decimal("10.1"), Decimal("-2.2")]
        assert days(case) == [dt.date(2024, 5, 17), dt.date(2024, 5, 18)]


def test_amounts_from_quantity_and_price_are_exact(tmp_path):
    path = tmp_path / "salg.csv"
    path.write_text(
        "Kundenr;Fakturadato;Antall;Pris\n1;17.05.2024;3;0,335\n2;18.05.2024;-2;1 000,10\n",
        encoding="utf-8",
    )
    assert amounts(open_case(path)) == [Decimal("1.005"), Decimal("-2000.2")]


def test_credit_notes_in_three_ways(tmp_path):
    written = {
        "negative": "Kundenr;Fakturadato;Beløp\n1;17.05.2024;100,00\n1;18.05.2024;-40,00\n",
        "type": "Kundenr;Fakturadato;Type;Beløp\n1;17.05.2024;Faktura;100,00\n"
        "1;18.05.2024;Kreditnota;40,00\n",
        "column": "Kundenr;Fakturadato;Beløp;Kreditbeløp\n1;17.05.2024;100,00;\n"
        "1;18.05.2024;;40,00\n",
    }
    for name, content in written.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(content, encoding="utf-8")
        assert amounts(open_case(path)) == [Decimal(100), Decimal(-40)], name


CENTS = st.integers(-(10**13), 10**13)


def norwegian(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", "\u00a0") + f",{part:02}"


def english(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    text = f"{whole:,}.{part:02}"
    return f"({text})" if cents < 0 else text


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CENTS, min_size=1, max_size=20), st.sampled_from([norwegian, english]))
def test_whatever_is_written_is_read_to_the_cent(tmp_path, cents, write):
    path = ledger(tmp_path, ["2024-05-17"] * len(cents), [write(one) for one in cents], ";")
    kept = ColumnMapping().with_options({"sign": "kept"})  # else a sum below zero is asked about
    assert amounts(open_case(path, mapping=kept)) == [Decimal(one) / 100 for one in cents]
