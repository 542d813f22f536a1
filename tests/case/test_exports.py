"""Shapes that real exports have: months side by side, swapped days, pages called workbooks."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.errors import HeadingError, LedgerError, SourceError


def total(case) -> float:
    return round(float(case.reconciliation()["amount"].iloc[1]), 2)


def accounts(case) -> dict[str, float]:
    sales = case.sales
    rows = case.engine.rows(sales.group_by("account_id").aggregate(sum=sales.amount.sum()))
    return {row["account_id"]: float(row["sum"]) for row in rows}


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def text(path, content, encoding="utf-8"):
    path.write_text(content, encoding=encoding)
    return path


class TestMonthsBesideOneAnother:
    def test_each_filled_cell_is_a_line_of_its_month(self, tmp_path):
        case = open_case(
            text(
                tmp_path / "sales.csv",
                "Kundenr;Kundenavn;Jan-24;Feb-24;Mar-24;Totalt\n"
                "17;Alfa;1 000,50;200;300;1500,50\n"
                "18;Beta;1;;-3;-2\nSum;;1001,50;200;297;1498,50\n",
            )
        )
        assert accounts(case) == {"17": 1500.5, "18": -2.0}
        assert (case.period.start, case.period.end) == (dt.date(2024, 1, 1), dt.date(2024, 3, 31))
        assert any("3 months stand beside one another" in note for note in case.notes)

    def test_the_name_of_the_sheet_says_the_year(self, tmp_path):
        sheets = {
            "2023": [["Customer", "Jan", "Feb"], ["A", 1, 2], ["B", 3, 4]],
            "2024": [["Customer", "Jan", "Feb"], ["A", 10, 20], ["B", 30, None]],
        }
        case = open_case(workbook(tmp_path / "sales.xlsx", sheets))
        assert accounts(case) == {"A": 33.0, "B": 37.0}

    def test_a_pivoted_frame_with_days_as_headings(self):
        frame = pd.DataFrame({"Customer": ["A", "B"], pd.Timestamp("2024-01-01"): [1.0, 2.5]})
        frame[pd.Timestamp("2024-02-01")] = [3.0, float("nan")]
        assert accounts(open_case(frame)) == {"A": 4.0, "B": 2.5}

    @pytest.mark.parametrize(
        ("headings", "word"),
        [
            ("Jan;Feb;Mar", "Write the year"),
            ("Q1 2024;Q2 2024;Q3 2024", "Quarters or years"),
            ("2022;2023;2024", "Quarters or years"),
            ("Qty Jan 2024;Qty Feb 2024;Qty Mar 2024", "beside one another|No column"),
        ],
    )
    def test_what_is_no_amount_of_a_month_is_refused_by_its_name(self, tmp_path, headings, word):
        path = text(tmp_path / "sales.csv", f"Customer;{headings}\nA;1;2;3\nB;4;5;6\n")
        with pytest.raises(HeadingError, match=word):
            open_case(path)


def documents(step=3, count=60):
    first = dt.date(2024, 1, 2)
    days = [first + dt.timedelta(days=step * n) for n in range(count)]
    return [(f"K{n % 5}", 1000 + n, day) for n, day in enumerate(days)]


class TestDatesAndDocumentNumbers:
    @pytest.mark.parametrize("kind", ["csv", "frame"])
    def test_days_up_to_the_twelfth_that_run_against_the_numbers_are_refused(self, tmp_path, kind):
        rows = [
            (account, number, day.replace(month=day.day, day=day.month) if day.day <= 12 else day)
            for account, number, day in documents()
        ]
        frame = pd.DataFrame(rows, columns=["Kundenr", "Fakturanr", "Dato"]).assign(Beløp=1.0)
        source = frame
        if kind == "csv":
            frame.to_csv(source := tmp_path / "sales.csv", sep=";", index=False)
        with pytest.raises(LedgerError, match="swapped day and month"):
            open_case(source)

    def test_dates_that_run_with_the_numbers_are_used(self):
        frame = pd.DataFrame(documents(), columns=["Kundenr", "Fakturanr", "Dato"])
        assert total(open_case(frame.assign(Beløp=2.0))) == 120.0

    @pytest.mark.parametrize("pattern", ["%d/%m/%Y", "%m/%d/%Y", "%m.%d.%Y"])
    def test_numbers_tell_whether_the_day_comes_first(self, tmp_path, pattern):
        rows = [row for row in documents(count=120) if row[2].day <= 12]
        lines = [f"{account};{number};{day:{pattern}};1" for account, number, day in rows]
        head = "Kundenr;Fakturanr;Dato;Beløp\n"
        case = open_case(text(tmp_path / "sales.csv", head + "\n".join(lines)))
        assert (case.period.start, case.period.end) == (rows[0][2], rows[-1][2])

    @pytest.mark.parametrize("early", ["{:02}-03-2024", "2024-{:02}-03", "{:02}.mar.2024"])
    def test_two_notations_whose_days_never_overlap_are_refused(self, tmp_path, early):
        late = [f"K1;{day}/03/2024;1" for day in range(13, 29)]
        lines = [*late, *(f"K1;{early.format(day)};1" for day in range(1, 13))]
        path = text(tmp_path / "sales.csv", "Kundenr;Dato;Beløp\n" + "\n".join(lines))
        with pytest.raises(LedgerError, match="swapped day and month"):
            open_case(path)


class TestFilesCalledWorkbooks:
    def test_a_web_page_is_read_as_its_table(self, tmp_path):
        page = (
            "<html><body><table><tr><th>Kundenr</th><th>Dato</th><th>Beløp</th></tr>"
            "<tr><td>007</td><td>31.01.2024</td><td>1 010,50</td></tr>"
            "<tr><td>008</td><td>28.02.2024</td><td>-5,00</td></tr></table></body></html>"
        )
        assert accounts(open_case(text(tmp_path / "sales.xls", page))) == {
            "007": 1010.5,
            "008": -5.0,
        }

    def test_a_spreadsheet_in_xml_is_read_with_its_gaps(self, tmp_path):
        row = "<Row>{}</Row>".format
        cells = (
            row("".join(f'<Cell><Data ss:Type="String">{w}</Data></Cell>' for w in HEADS)),
            row(
                '<Cell><Data ss:Type="String">A</Data></Cell><Cell ss:Index="3">'
                '<Data ss:Type="DateTime">2024-01-31T00:00:00.000</Data></Cell>'
                '<Cell><Data ss:Type="Number">10.25</Data></Cell>'
            ),
        )
        space = "urn:schemas-microsoft-com:office:spreadsheet"
        book = (
            f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet '
            f'ss:Name="Salg"><Table>{"".join(cells)}</Table></Worksheet></Workbook>'
        )
        assert accounts(open_case(text(tmp_path / "sales.xls", book))) == {"A": 10.25}

    def test_text_with_tabs_is_read_as_text(self, tmp_path):
        path = text(tmp_path / "sales.xls", "Customer\tDate\tAmount\nA\t2024-01-31\t10.5\n")
        assert accounts(open_case(path)) == {"A": 10.5}

    @pytest.mark.parametrize("page", ["<html><p>No access</p></html>", "<?xml version='1.0'?><a/>"])
    def test_a_page_without_a_table_is_refused_by_its_shape(self, tmp_path, page):
        with pytest.raises(SourceError, match="web page or XML"):
            open_case(text(tmp_path / "sales.xls", page))


HEADS = ("Customer", "Name", "Date", "Amount")


class TestOrdersAndLinesOnTwoSheets:
    def test_lines_take_customer_and_date_from_their_order(self, tmp_path):
        sheets = {
            "Orders": [
                ["Order No", "Customer No", "Order Date"],
                [1, "A", dt.date(2024, 1, 31)],
                [2, "B", dt.date(2024, 2, 28)],
            ],
            "Order Lines": [
                ["Order No", "Product", "Quantity", "Unit Price"],
                [1, "x", 2, 10.0],
                [1, "y", 1, 5.5],
                [2, "x", 1, 10.0],
            ],
        }
        assert accounts(open_case(workbook(tmp_path / "book.xlsx", sheets))) == {
            "A": 25.5,
            "B": 10.0,
        }


class TestPaymentsThatOnlyTheirAmountsTell:
    def test_amounts_that_come_back_are_set_aside_and_told(self):
        sold = [(str(n), "2024-02-01", 100.0 + n) for n in range(10)]
        paid = [(str(n), "2024-03-15", -100.0 - n) for n in range(8)]
        frame = pd.DataFrame(sold + paid, columns=["Kundenr", "Dato", "Beløp"])
        case = open_case(frame)
        assert total(case) == 1045.0
        assert any("8 lines are payments" in note for note in case.notes)

    def test_credit_notes_on_some_invoices_stay(self):
        sold = [(str(n), "2024-02-01", 100.0 + n) for n in range(10)]
        back = [(str(n), "2024-03-15", -100.0 - n) for n in range(4)]
        frame = pd.DataFrame(sold + back, columns=["Kundenr", "Dato", "Beløp"])
        assert total(open_case(frame)) == 1045.0 - 406.0


class TestOneCustomerWithSeveralNumbers:
    @pytest.fixture
    def folder(self, tmp_path):
        text(
            tmp_path / "accounts.csv",
            "Kundenr;Navn;Organisasjonsnummer\n1;Alfa;912 345 678\n2;Alfa Bergen;NO912345678MVA\n"
            "3;Beta;987654321\n",
        )
        text(
            tmp_path / "sales.csv",
            "Kundenr;Dato;Beløp\n1;31.01.2024;100\n2;31.01.2024;50\n3;31.01.2024;25\n",
        )
        return tmp_path

    def test_one_organisation_number_is_told_with_the_option(self, folder):
        found = {finding.name: finding for finding in open_case(folder).findings()}["shared_org"]
        assert "worth 50: 2 = 1" in found.text
        assert "--merge" in found.caveats[0]

    def test_merge_counts_them_as_one(self, folder):
        how = ColumnMapping().with_options({"merge": True})
        assert accounts(open_case(folder, mapping=how)) == {"1": 150.0, "3": 25.0}

    def test_a_table_of_aliases_counts_as_it_says(self, folder):
        how = ColumnMapping().with_options({"alias": {"3": "1"}})
        assert accounts(open_case(folder, mapping=how)) == {"1": 125.0, "2": 50.0}


class TestRatesForAHundred:
    def test_what_a_currency_is_roughly_worth_tells_of_how_many_units_its_rate_is(self, tmp_path):
        path = text(
            tmp_path / "sales.csv",
            "Kundenr;Dato;Beløp;Valuta;Kurs\n1;31.01.2024;100;SEK;98,5\n2;31.01.2024;100;NOK;1\n"
            "3;31.01.2024;100;EUR;11,5\n",
        )
        how = ColumnMapping().with_options({"currency": "NOK"})
        assert accounts(open_case(path, mapping=how)) == {"1": 98.5, "2": 100.0, "3": 1150.0}

    def test_a_rate_that_fits_neither_way_is_refused(self, tmp_path):
        path = text(
            tmp_path / "sales.csv",
            "Kundenr;Dato;Beløp;Valuta;Kurs\n1;31.01.2024;100;EUR;0,087\n2;31.01.2024;9;NOK;1\n",
        )
        with pytest.raises(LedgerError, match="several currencies"):
            open_case(path)


class TestFormulasWithoutResults:
    @pytest.mark.parametrize("column", [1, 2])
    def test_they_are_refused_by_their_name(self, tmp_path, column):
        rows = [["Customer", "Date", "Amount"], *(["A", "2024-01-31", 10] for _n in range(20))]
        rows[5] = ["A", "2024-01-31", 10]
        rows[5][column] = "=2*5"
        with pytest.raises(SourceError, match="formulas whose results were never stored"):
            open_case(workbook(tmp_path / "sales.xlsx", {"Sheet1": rows}))

    def test_one_beside_the_table_is_no_matter(self, tmp_path):
        rows = [["Customer", "Date", "Amount", "Note"], ["A", "2024-01-31", 10, "=2*5"]]
        assert total(open_case(workbook(tmp_path / "sales.xlsx", {"Sheet1": rows}))) == 10.0


class TestATotalWhereTheDayWouldStand:
    @pytest.mark.parametrize("label", ["Total", "Sum"])
    def test_it_is_no_line_of_sales(self, tmp_path, label):
        lines = f"31.01.2024;1;10\n28.02.2024;2;20,5\n{label};;30,5\n"
        case = open_case(text(tmp_path / "sales.csv", "Dato;Kundenr;Beløp\n" + lines))
        assert accounts(case) == {"1": 10.0, "2": 20.5}
        assert case.reconciliation()["reason"].tolist() == ["read", "used", "total_row"]


class TestAFlagForOrdersThatCameToNothing:
    @pytest.mark.parametrize("words", ["Kansellert;Nei;Ja", "Cancelled;false;true"])
    def test_what_it_says_yes_to_is_set_aside(self, tmp_path, words):
        heading, no, yes = words.split(";")
        head = f"Kundenr;Dato;{heading};Beløp\n"
        lines = f"1;31.01.2024;{no};10\n2;31.01.2024;{yes};20\n"
        assert accounts(open_case(text(tmp_path / "sales.csv", head + lines))) == {"1": 10.0}
