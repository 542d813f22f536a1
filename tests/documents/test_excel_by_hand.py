"""The workbook cell by cell: what a number looks like, how wide a column is, how it prints."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from kamkit.documents import Sheet, workbook
from kamkit.language import speaking


@pytest.fixture
def made(tmp_path):
    """Return a function that writes sheets and opens the workbook as others would."""

    def opened(*sheets, **told):
        return openpyxl.load_workbook(workbook(tmp_path / "a.xlsx", list(sheets), **told))

    return opened


@pytest.fixture
def page(made):
    """Return a function that writes one table and opens its sheet."""

    def opened(columns=None, **frame):
        return made(Sheet("All", pd.DataFrame(frame), columns=columns), currency="EUR")["All"]

    return opened


class TestCells:
    @pytest.mark.parametrize(
        ("name", "value", "written", "format_code"),
        [
            ("revenue", 934.5, 934.5, "#,##0.00"),
            ("revenue", 1234.5, 1234.5, "#,##0"),  # the cell keeps the cents
            ("profit_ratio", 0.125, 0.125, "0.0%"),
            ("people", 7, 7, "#,##0"),
            ("interval_days", 14.25, 14.25, "#,##0.0"),
            ("interval_days", 9.25, 9.25, "#,##0.##"),
            ("interval_days", 14.0, 14, "#,##0"),  # whole numbers have no point
            ("account_id", "007", "007", "@"),
            ("is_key", True, "yes", "@"),
            ("rhythm_state", "on_time", "on time", "@"),
            ("account_name", "Ask", "Ask", "@"),
        ],
    )
    def test_a_value_is_written_as_what_its_column_holds(
        self, page, name, value, written, format_code
    ):
        cell = page(**{name: [value]})["A2"]
        assert cell.value == written
        assert cell.number_format == format_code

    def test_days_and_months_are_days_of_excel(self, page):
        days = pd.to_datetime(["2025-03-31"])
        sheet = page(last_date=days, cohort=days)
        assert sheet["A2"].value == dt.datetime(2025, 3, 31)  # noqa: DTZ001 - as Excel has it
        assert sheet["A2"].number_format == "yyyy-mm-dd"
        assert sheet["B2"].number_format == "mmm yyyy"

    def test_a_norwegian_month_has_a_point(self, made):
        frame = pd.DataFrame({"cohort": pd.to_datetime(["2025-03-31"])})
        with speaking("nb"):
            sheet = made(Sheet("Alle", frame))["Alle"]
        assert sheet["A2"].number_format == "mm.yyyy"

    @pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
    def test_nothing_that_could_run_is_a_formula(self, page, sign):
        cell = page(account_name=[f"{sign}1+1", "plain"])["A2"]
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert cell.alignment.indent == 1

    def test_a_plain_text_is_not_quoted(self, page):
        assert not page(account_name=["1+1"])["A2"].quotePrefix

    def test_a_text_longer_than_a_cell_is_cut(self, page):
        text = page(account_name=["x" * 40_000])["A2"].value
        assert len(text) == 32_767

    def test_a_person_at_a_customer_is_left_out(self, page):
        sheet = page(account_id=["1"], person=["Ada Berg"], role=["user"])
        assert [cell.value for cell in sheet[1]] == ["Account", "Role"]

    def test_only_the_columns_asked_for_in_their_order(self, page):
        sheet = page(["revenue", "account_id"], account_id=["1"], people=[3], revenue=[5.0])
        assert [cell.value for cell in sheet[1]] == ["Revenue (EUR)", "Account"]


class TestLook:
    def test_numbers_stand_right_below_their_heading_and_texts_left(self, page):
        sheet = page(account_id=["1"], revenue=[5.0])
        assert [cell.alignment.horizontal for cell in sheet[1]] == ["left", "right"]
        assert [cell.alignment.indent for cell in sheet[1]] == [1, 0]
        assert [cell.alignment.indent for cell in sheet[2]] == [1, 0]
        assert all(cell.font.bold and cell.alignment.wrap_text for cell in sheet[1])

    @pytest.mark.parametrize(
        ("frame", "panes"),
        [
            ({"account_id": ["1"], "account_name": ["A"], "revenue": [1.0]}, "C2"),
            ({"account_id": ["1"], "revenue": [1.0]}, "B2"),
            ({"rank": [1], "people": [1], "account_id": ["1"], "revenue": [1.0]}, "D2"),
            # a key in the fourth place stays where it is
            ({"rank": [1], "people": [1], "revenue": [1.0], "account_id": ["1"]}, "A2"),
        ],
    )
    def test_headings_and_keys_stay_in_sight(self, page, frame, panes):
        sheet = page(**frame)
        assert sheet.freeze_panes == panes
        assert sheet.print_title_rows == "$1:$1"
        keys = {"A2": None, "B2": "$A:$A", "C2": "$A:$B", "D2": "$A:$C"}[panes]
        assert sheet.print_title_cols == keys

    def test_every_column_can_be_filtered(self, page):
        assert page(account_id=["1", "2"], revenue=[1.0, 2.0]).auto_filter.ref == "A1:B3"
        assert page(account_id=[], revenue=[]).auto_filter.ref == "A1:B2"

    @pytest.mark.parametrize(
        ("name", "values", "width"),
        [
            ("rank", [1], 9),  # never narrower
            ("account_name", ["x" * 30], 32),  # two letters more than the longest
            ("account_name", ["x" * 50], 44),  # never wider, but for sentences
            ("account_name", ["x y " * 20], 56),
            ("revenue", [1234567.5], 14),  # 1,234,567.50 with two more
            ("contribution", [1.0], 16),  # its heading and the arrow of the filter
        ],
    )
    def test_a_column_is_as_wide_as_it_needs(self, page, name, values, width):
        found = page(**{name: values}).column_dimensions["A"].width
        assert found == pytest.approx(width, abs=0.8)  # Excel adds the rim of the cell

    def test_sentences_are_wrapped_and_their_rows_are_high_enough(self, page):
        # 60 letters of words of nine with their spaces: two lines of fifty
        sheet = page(because=["short", "wordwords " * 6, None])
        assert sheet["A3"].alignment.wrap_text
        assert sheet["A3"].number_format == "@"
        assert sheet.row_dimensions[3].height == 2 * 15
        assert sheet.row_dimensions[2].height in (None, 15)
        assert sheet.row_dimensions[4].height in (None, 15)

    def test_a_long_number_is_no_sentence(self, page):
        assert not page(account_id=["9" * 70])["A2"].alignment.wrap_text

    def test_a_page_is_a4_lying_and_what_is_too_wide_for_it_is_not_printed(self, page):
        sheet = page(account_id=["1"])
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.page_setup.pageOrder == "overThenDown"
        assert (sheet.oddFooter.left.text, sheet.oddFooter.right.text) == ("&A", "&P / &N")
        # seven sentences of 56 letters: 392, and 230 can be read on a page
        words = {f"{name}_words": ["x " * 40] for name in [*"abcdefg"]}
        wide = page(**words)
        assert wide.page_setup.fitToWidth in (None, 1)
        assert wide.print_area == "'All'!$A$1:$D$4"
        # when an action is due is printed all the same
        assert page(**words, due=["2026-03-31"]).print_area == "'All'!$A$1:$H$4"


class TestAbout:
    def test_it_says_what_it_is_and_leaves_out_what_it_does_not_know(self, made):
        book = made(Sheet("All", pd.DataFrame({"rank": [1]})), period="2025", fictional=True)
        about = book["Summary"]
        assert about["A1"].value == "Key accounts"
        assert about["A1"].font.size == 14
        assert [(about.cell(3, n).value) for n in (1, 2)] == ["Period", "2025"]
        assert about["B4"].value == "The company and its customers are made up."
        assert about["A5"].value is None
        assert book.properties.created == dt.datetime(2000, 1, 1)  # noqa: DTZ001 - as Excel has it

    def test_the_list_of_sheets_leads_to_them(self, made):
        book = made(
            Sheet("It's", pd.DataFrame({"rank": [1, 2, 3]}), note="Ranked"),
            Sheet("All", pd.DataFrame({"rank": []})),
            title="Who",
        )
        about = book["Summary"]
        assert [cell.value for cell in about[8]] == ["Sheet", "Rows", "What it holds"]
        assert [cell.value for cell in about[9]] == ["It's", 3, "Ranked"]
        assert about["C9"].alignment.wrap_text
        assert about["A9"].hyperlink.location == "'It''s'!A1"
        assert [cell.value for cell in about[10]][:2] == ["All", 0]
        assert [round(about.column_dimensions[one].width) for one in "ABC"] == [31, 15, 101]
        assert not about.sheet_view.showGridLines

    @pytest.mark.parametrize(
        ("wishes", "names"),
        [
            (["All", "all", "ALL"], ["All", "all (2)", "ALL (3)"]),
            (["x" * 31, "x" * 32], ["x" * 31, "x" * 27 + " (2)"]),
            (["a/b", "'q'", "[]"], ["a b", "q", "Table"]),
            (["Summary"], ["Summary (2)"]),  # the first sheet has the name
        ],
    )
    def test_no_two_sheets_share_a_name(self, made, wishes, names):
        book = made(*(Sheet(wish, pd.DataFrame({"rank": [1]})) for wish in wishes))
        assert book.sheetnames[1:] == names
