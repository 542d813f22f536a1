"""Sheets of a workbook: what a cell is as text, which row is the heading, which sheets are read."""

from __future__ import annotations

import datetime as dt
import gc

import pytest
import xlsxwriter

from kamkit.case.headings import recognised
from kamkit.case.reading import dates, numbers, workbook
from kamkit.errors import SourceError
from kamkit.schema.contract import TABLES

N, D = numbers.NATIVE, dates.NATIVE
HEAD = ["Kundenr", "Fakturadato", "Beløp"]


def score(cells: list[str]) -> int:
    return recognised(cells, TABLES["sales"], {})


@pytest.fixture
def book(tmp_path):
    """Return a function that writes sheets: name, rows, and whether it is hidden."""

    def written(*sheets):
        path = tmp_path / "salg.xlsx"
        with xlsxwriter.Workbook(path) as out:
            for name, rows, *hidden in sheets:
                sheet = out.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
                if hidden:
                    sheet.hide()
        return path

    return written


class TestCells:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            ("Ask AS", "Ask AS"),
            ("", None),
            (None, None),
            (float("nan"), None),
            (2025.0, N + "2025"),
            (2025, N + "2025"),
            (-1.5, N + "-1.5"),
            (0.1, N + "0.1"),
            (1e15, N + "1000000000000000"),
            (dt.date(2025, 5, 17), D + "2025-05-17"),
            (dt.datetime.fromisoformat("2025-05-17T10:00:00"), D + "2025-05-17T10:00:00"),
            (True, "True"),
            (dt.time(10, 30), "10:30:00"),
            ("\ud800x", "?x"),
        ],
    )
    def test_a_cell_is_marked_where_it_is_no_text(self, cell, text):
        assert workbook.column([cell]).to_pylist() == [text]

    def test_one_and_one_point_naught_and_true_are_three(self):
        found = workbook.column([1, 1.5, True, "1", None]).to_pylist()
        assert found == [N + "1", N + "1.5", "True", "1", None]

    def test_for_people_the_marks_are_gone(self):
        assert [workbook.plain(cell) for cell in (1.0, dt.date(2025, 1, 2), None, " x")] == [
            "1",
            "2025-01-02",
            "",
            " x",
        ]

    def test_short_rows_are_filled_up_and_long_ones_cut(self):
        found = workbook.columns([["a"], ["b", 2.0, "x"]], 2)
        assert [array.to_pylist() for array in found] == [["a", "b"], [None, N + "2"]]

    @pytest.mark.parametrize("on", [True, False])
    def test_the_search_for_garbage_is_left_as_it_was(self, on):
        (gc.enable if on else gc.disable)()
        try:
            workbook.columns([["a"]], 1)
            assert gc.isenabled() is on
        finally:
            gc.enable()


class TestHeadingRow:
    def test_it_is_the_first_that_knows_most(self):
        rows = [["Fjellfisk AS"], ["Kundenr", "x"], HEAD, HEAD, ["1", 45429.0, 10.0]]
        assert workbook.heading_row(rows, score) == 2

    def test_where_none_is_known_it_is_the_first_of_the_fullest(self):
        rows = [["Rapport", "", ""], ["A", "B", "C"], ["1", "2", "3"]]
        assert workbook.heading_row(rows, score) == 1

    def test_one_known_word_is_not_enough(self):
        assert workbook.heading_row([["Kundenr"], ["A", "B"]], score) == 1

    def test_it_is_looked_for_in_the_first_sixty_rows(self):
        rows = [["x"]] * 59 + [HEAD]
        assert workbook.heading_row(rows, score) == 59
        assert workbook.heading_row([["x"], *rows], score) == 0


class TestSheets:
    def test_empty_and_hidden_ones_are_not_read_and_the_hidden_are_named(self, book):
        path = book(("Salg", [HEAD]), ("Tom", []), ("Skjult", [HEAD], True))
        found, hidden = workbook.sheets(path)
        assert ([sheet.name for sheet in found], hidden) == (["Salg"], ["Skjult"])

    def test_one_that_is_asked_for_is_read_alone_hidden_or_not(self, book):
        path = book(("Salg", [HEAD]), ("Skjult", [HEAD, ["1"]], True))
        found, hidden = workbook.sheets(path, "Skjult")
        assert ([sheet.name for sheet in found], hidden) == (["Skjult"], [])
        assert found[0].rows[1][0] == "1"

    def test_one_that_is_not_there_is_answered_with_those_that_are(self, book):
        with pytest.raises(SourceError, match="no sheet “Ark2”") as refusal:
            workbook.sheets(book(("Ark1", [HEAD]), ("Salg", [HEAD])), "Ark2")
        assert refusal.value.found == "“Ark1”, “Salg”"

    def test_rows_begin_at_the_top_also_where_the_first_are_empty(self, book):
        [sheet], _hidden = workbook.sheets(book(("Salg", [[], [], HEAD])))
        assert sheet.rows[2] == HEAD
