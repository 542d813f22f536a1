"""A text file: which bytes are which letters, where the headings stand, which lines are empty."""

from __future__ import annotations

import pytest

from kamkit.case.headings import recognised
from kamkit.case.reading import textfile
from kamkit.case.reading.lines import load
from kamkit.errors import SourceError
from kamkit.schema.contract import TABLES

TEXT = "Kundenr;Fakturadato;Beløp\n007;17.05.2025;1 234,50\n"


def score(cells: list[str]) -> int:
    return recognised(cells, TABLES["sales"], {})


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes, encoding: str = "utf-8"):
        path = tmp_path / "salg.csv"
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


class TestEncoding:
    @pytest.mark.parametrize(
        ("encoding", "found"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("utf-16", "utf-16"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
            ("utf-32", "utf-32"),
            ("cp1252", "cp1252"),
            ("ascii", "utf-8"),
        ],
    )
    def test_letters_are_those_that_were_written(self, write, tmp_path, encoding, found):
        text = TEXT if encoding != "ascii" else TEXT.replace("ø", "o")
        path = write(text, encoding)
        assert textfile.encoding_of(path) == found
        plain = textfile.as_utf8(path, found, tmp_path / "plain.csv").read_text(encoding="utf-8")
        assert plain.removeprefix("\ufeff") == text

    def test_bytes_that_windows_does_not_use_are_still_read(self, write):
        assert textfile.encoding_of(write(b"Bel\xf8p\x81;1\n")) == "latin-1"

    def test_a_letter_cut_at_the_end_of_a_piece_is_whole(self, write, monkeypatch):
        monkeypatch.setattr(textfile, "_CHUNK", 7)
        assert textfile.encoding_of(write("abcdef" + "ø" * 20)) == "utf-8"

    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (b"PK\x03\x04rest", "a file of type xlsx"),
            (b"\xd0\xcf\x11\xe0rest", "a file of type xls"),
            (b"PAR1rest", "a file of type parquet"),
            (b"%PDF-1.7", "a file of type PDF"),
            (b"\x1f\x8brest", "a file of type gzip"),
            (b"\x89PNG", "a file of type PNG"),
            (b"ab\0c\0d" * 9 + b"\0" * 40, "bytes that are no text"),
            (b"\xff\x01\x02" * 40, "bytes that are no text"),
        ],
    )
    def test_what_is_no_text_is_refused_with_what_it_is(self, write, content, found):
        with pytest.raises(SourceError, match="not a text file") as refusal:
            textfile.encoding_of(write(content))
        assert refusal.value.found == found

    def test_an_empty_file_is_refused(self, write):
        with pytest.raises(SourceError, match="The file is empty"):
            textfile.encoding_of(write(b""))


class TestHeadings:
    @pytest.mark.parametrize("separator", [";", "\t", ",", "|", "~", "^", "§", "¤"])
    def test_the_separator_is_that_under_which_headings_are_known(self, write, separator):
        head = separator.join(["Kundenr", "Fakturadato", "Beløp", "Merknad (a, b; c)"])
        found = textfile.dialect(write(f"{head}\n1{separator}2\n"), score)
        if separator in ",;":
            assert found.separator == separator
        else:
            assert found.headings == ("Kundenr", "Fakturadato", "Beløp", "Merknad (a, b; c)")

    def test_rows_above_the_headings_are_passed_over(self, write):
        found = textfile.dialect(write("Fjellfisk AS\n\nSalg 2025;;\n" + TEXT), score)
        assert found.headings == ("Kundenr", "Fakturadato", "Beløp")
        assert (found.skip, found.row) == (4, 4)

    def test_a_line_break_inside_quotes_is_a_line_and_no_row(self, write):
        found = textfile.dialect(write('"Fjellfisk\nAS";x;y\n' + TEXT), score)
        assert found.headings[0] == "Kundenr"
        assert (found.skip, found.row) == (3, 2)

    def test_unknown_headings_are_the_first_row_of_the_usual_width(self, write):
        found = textfile.dialect(write("Rapport\nA;B;C\n1;2;3\n4;5;6\n"), score)
        assert (found.headings, found.row) == (("A", "B", "C"), 2)

    def test_one_column_is_refused_with_its_first_line(self, write):
        with pytest.raises(SourceError, match="only one column") as refusal:
            textfile.dialect(write("\nKundenr\n1\n2\n"), score)
        assert refusal.value.found == "“Kundenr”"

    @pytest.mark.parametrize(("columns", "fits"), [(16_384, True), (16_385, False)])
    def test_a_line_may_be_as_wide_as_a_worksheet_and_no_wider(self, columns, fits):
        if fits:
            textfile.refuse_wide(columns, "salg.csv, row 3")
            return
        with pytest.raises(SourceError, match="more columns than a table") as refusal:
            textfile.refuse_wide(columns, "salg.csv, row 3")
        assert refusal.value.found == "16,385 columns"
        assert refusal.value.where == "salg.csv, row 3"


class TestEmptyLines:
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("chunk", [1 << 20, 3])
    def test_they_are_found_below_the_headings(self, write, monkeypatch, end, chunk):
        monkeypatch.setattr(textfile, "_CHUNK", chunk)
        path = write(end.join(["", "head", "", "a", "", "", "b", ""]))
        assert textfile.blank_lines(path, 2) == [3, 5, 6]
        assert textfile.blank_lines(path, 5) == [6]

    def test_a_file_without_any_has_none(self, write):
        assert textfile.blank_lines(write(TEXT), 1) == []

    def test_a_line_of_spaces_is_not_empty(self, write):
        assert textfile.blank_lines(write("a\n \n\nb\n"), 0) == [3]


class TestRows:
    """Each line bears the number that a spreadsheet program shows beside it."""

    def read(self, engine, path) -> list[tuple[int, str | None, bool]]:
        table = load(path, textfile.dialect(path, score), engine).lines
        rows = engine.rows(table.order_by("source_row"))
        return [(row["source_row"], row["c0"], row["broken"]) for row in rows]

    def test_lines_count_on_from_the_heading(self, engine, write):
        path = write("Rapport\n" + TEXT + "008;18.05.2025;1,00\n")
        assert self.read(engine, path) == [(3, "007", False), (4, "008", False)]

    def test_empty_lines_are_counted_and_passed_over(self, engine, write):
        path = write(TEXT + "\n\n008;18.05.2025;1,00\n\n009;18.05.2025;1,00\n")
        assert [row[:2] for row in self.read(engine, path)] == [(2, "007"), (5, "008"), (7, "009")]

    def test_a_line_with_too_many_cells_is_marked_and_keeps_its_place(self, engine, write):
        path = write(TEXT + "008;18.05.2025;1,00;5;6\n009;18.05.2025;1,00\n")
        found = self.read(engine, path)
        assert [row[0] for row in found] == [2, 3, 4]
        assert [row[2] for row in found] == [False, True, False]
        assert found[1][1].startswith("008;18.05.2025")

    def test_a_line_with_too_few_cells_has_empty_ones(self, engine, write):
        assert self.read(engine, write(TEXT + "008\n"))[1] == (3, "008", False)

    def test_a_quoted_line_break_is_one_row(self, engine, write):
        path = write(TEXT + '"0\n8";18.05.2025;1,00\n\n009;18.05.2025;1,00\n')
        assert [row[:2] for row in self.read(engine, path)] == [(2, "007"), (3, "0\n8"), (5, "009")]

    def test_a_mark_that_is_never_closed_is_refused_with_its_row(self, engine, write):
        path = write(TEXT + '"008;18.05.2025;1,00\n009;18.05.2025;1,00\n')
        with pytest.raises(SourceError) as refusal:
            self.read(engine, path)
        assert "salg.csv" in refusal.value.where
