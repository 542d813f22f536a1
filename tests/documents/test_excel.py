"""The workbook as a file: what it says, what it leaves out, and that it appears whole or not."""

from __future__ import annotations

import zipfile

import openpyxl
import pandas as pd
import pytest

from kamkit.documents import Sheet, excel, workbook
from kamkit.errors import ParameterError
from kamkit.language import set_language


def cells(path) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}


def test_the_first_sheet_lists_the_others_with_their_rows_and_notes(tmp_path):
    sheets = [
        Sheet("Key accounts", pd.DataFrame({"rank": [1, 2]}), note="Class A"),
        Sheet("Others", pd.DataFrame({"rank": [3]})),
    ]
    path = workbook(tmp_path / "a.xlsx", sheets, title="Who", source="CDNOW", currency="USD")
    about = next(iter(cells(path).values()))
    assert about[0][0] == "Who"
    assert ["Source", "CDNOW", None] in about
    assert ["Currency", "USD", None] in about
    assert ["Key accounts", 2, "Class A"] in about
    assert ["Others", 1, None] in [[cell or None for cell in row] for row in about]


def test_a_table_longer_than_a_sheet_says_so(tmp_path, monkeypatch):
    # the limit of Excel, 1 048 576 rows with the heading, takes minutes to reach
    monkeypatch.setattr(excel, "_MOST_ROWS", 3)
    frame = pd.DataFrame({"rank": range(1, 11)})
    book = cells(workbook(tmp_path / "a.xlsx", [Sheet("All", frame, note="Ranked.")]))
    assert [row[0] for row in book["All"]] == ["Rank", 1, 2, 3]
    told = [row for row in book["Summary"] if row[0] == "All"]
    assert told == [
        ["All", 10, "Ranked. Excel holds 3 rows; the rest are in the tables of the run."]
    ]


def test_missing_and_endless_values_are_empty_cells(tmp_path):
    frame = pd.DataFrame(
        {
            "revenue": [float("nan"), float("inf"), 2.5],
            "last_date": pd.to_datetime([None, "2025-03-31", None]),
            "account_name": [None, "Ask", pd.NA],
        }
    )
    book = cells(workbook(tmp_path / "a.xlsx", [Sheet("All", frame)]))
    rows = book["All"][1:]
    assert [row[0] for row in rows] == [None, None, 2.5]
    assert [row[1] is None for row in rows] == [True, False, True]
    assert [row[2] for row in rows] == [None, "Ask", None]


def test_names_of_sheets_are_those_that_excel_takes_and_all_differ(tmp_path):
    wishes = ["About", "A/B: [x]?*", "", "n" * 40, "N" * 40, "'quoted'"]
    sheets = [Sheet(wish, pd.DataFrame({"rank": [1]})) for wish in wishes]
    names = list(cells(workbook(tmp_path / "a.xlsx", sheets)))
    assert len(names) == 7
    assert len({name.lower() for name in names}) == 7
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert "quoted" in names


def test_a_refused_workbook_leaves_nothing_and_keeps_the_old_one(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [Sheet("All", pd.DataFrame({"rank": [1]}))])
    before = path.read_bytes()
    with pytest.raises(ParameterError):
        workbook(path, [Sheet("All", pd.DataFrame({"rank": [1]}), columns=["rnak"])])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_the_same_tables_give_the_same_bytes(tmp_path):
    frame = pd.DataFrame({"account_id": ["1"], "revenue": [2.5]})
    one, other = (
        workbook(tmp_path / name, [Sheet("All", frame)]).read_bytes() for name in ("1", "2")
    )
    assert one == other


def test_a_norwegian_workbook_has_norwegian_headings_and_dates(tmp_path):
    set_language("nb")
    frame = pd.DataFrame({"revenue": [1.0], "last_date": pd.to_datetime(["2025-03-31"])})
    path = workbook(tmp_path / "a.xlsx", [Sheet("Kunder", frame)], currency="NOK")
    sheet = openpyxl.load_workbook(path)["Kunder"]
    assert sheet["A1"].value == "Omsetning (NOK)"
    assert sheet["B2"].number_format == "dd.mm.yyyy"


def test_every_heading_has_a_known_kind_and_a_norwegian_word():
    from kamkit.case import open_case
    from kamkit.identify import account_facts, class_summary, classify
    from kamkit.schema import find, label

    classes = classify(account_facts(open_case("cdnow")))
    shown = [*classes.columns, *class_summary(classes).columns]
    assert [name for name in shown if not find(name)] == []
    set_language("nb")
    assert (label("revenue"), label("rank_revenue")) == ("Omsetning", "Plass etter omsetningen")


def test_a_heading_of_several_lines_has_the_height_for_them(tmp_path):
    frame = pd.DataFrame({"account_id": ["1"], "rank_profit": [1], "cost_to_serve": [1.0]})
    path = workbook(tmp_path / "a.xlsx", [Sheet("A", frame)], currency="NOK")
    page = openpyxl.load_workbook(path)["A"]
    widest = max(
        len(cell.value) / page.column_dimensions[cell.column_letter].width for cell in page[1]
    )
    assert widest > 1
    # Excel gives a line of Calibri 11 15 points
    assert page.row_dimensions[1].height >= 2 * 15


def test_a_column_is_wide_enough_for_its_longest_number(tmp_path):
    frame = pd.DataFrame({"profit": [5.0, -1_234_567.5, None, 9_999.0]})
    page = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx", [Sheet("A", frame)]))["A"]
    assert page.column_dimensions["A"].width >= len("-1,234,567.50") + 2


class TestSheetsOfARun:
    @pytest.fixture
    def path(self, tmp_path):
        names = ["Ask", "Embla", "Liv"]
        frame = pd.DataFrame({"account_name": names, "profit": [3e6, -1e6, 0.5e6]})
        aside = pd.DataFrame({"reason": ["no date"], "amount": [9.0]})
        sheet = Sheet(
            "Key accounts",
            frame,
            totals=["profit", "revenue"],
            drawn=["profit", "revenue"],
            blocks=[("Set aside", aside)],
        )
        figures = [("accounts", 3.0, "count"), ("revenue", 2.5e6, "money")]
        return workbook(tmp_path / "a.xlsx", [sheet], currency="NOK", figures=figures)

    def test_the_sum_below_follows_the_filter_and_is_there_without_being_computed(self, path):
        formula = openpyxl.load_workbook(path)["Key accounts"]["B5"].value
        assert formula == "=SUBTOTAL(109,B2:B4)"
        sheet = openpyxl.load_workbook(path, data_only=True)["Key accounts"]
        assert (sheet["A5"].value, sheet["B5"].value) == ("Total", 2.5e6)
        assert sheet.auto_filter.ref == "A1:B4"

    def test_a_further_table_stands_below_with_its_heading(self, path):
        rows = cells(path)["Key accounts"]
        assert rows[6][0] == "Set aside"
        assert rows[7] == ["Reason", "Amount (NOK)"]
        assert rows[8] == ["no date", 9.0]

    def test_a_column_is_drawn_from_its_cells_on_the_first_sheet(self, path):
        with zipfile.ZipFile(path) as parts:
            charts = [name for name in parts.namelist() if "charts/chart" in name]
            drawn = parts.read(charts[0]).decode()
            summary = parts.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
        assert len(charts) == 1  # revenue is not there to be drawn
        assert "'Key accounts'!$A$2:$A$4" in drawn
        assert "'Key accounts'!$B$2:$B$4" in drawn
        assert "NOK million" in drawn
        assert "drawing1.xml" in summary

    def test_the_summary_begins_with_the_figures(self, path):
        summary = cells(path)["Summary"]
        assert summary[2][:2] == ["accounts", 3]
        assert summary[3][:2] == ["revenue (NOK)", 2.5e6]
        assert summary[4][:2] == ["Currency", "NOK"]
