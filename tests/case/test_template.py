"""The empty workbook: recognised when it comes back, explained, and safe to leave half filled."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from kamkit.case import headings, open_case
from kamkit.case.template import write_template
from kamkit.errors import ParameterError
from kamkit.schema.contract import EXAMPLE_IDS, TABLES, Table


@pytest.fixture(params=["en", "nb"])
def language(request) -> str:
    return str(request.param)


@pytest.fixture
def template(language, tmp_path) -> Path:
    return write_template(tmp_path / "mal.xlsx", language=language)


def rows(path: Path, index: int) -> list[list[object]]:
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        return book.get_sheet_by_index(index).to_python()


def tables() -> list[tuple[int, Table]]:
    """Each table with the place of its sheet; the instructions come first."""
    return list(enumerate(TABLES.values(), start=1))


def test_instructions_come_first_and_then_one_sheet_per_table(template):
    book = openpyxl.load_workbook(template)
    assert len(book.sheetnames) == 1 + len(TABLES)
    for index, table in tables():
        known = {headings.folded(name) for name in (table.name, *table.names)}
        assert headings.folded(book.sheetnames[index]) in known
    own = {headings.folded(name) for table in TABLES.values() for name in table.names}
    assert headings.folded(book.sheetnames[0]) not in own


def test_every_heading_is_recognised_as_the_column_it_was_made_from(template):
    for index, table in tables():
        words = [str(cell) for cell in rows(template, index)[0]]
        found = headings.propose(words, table).columns
        assert found == {column.name: word for column, word in zip(table.asked, words, strict=True)}


def test_each_sheet_has_one_row_and_it_is_marked_as_an_example(template):
    for index, _ in tables():
        heading, *filled = rows(template, index)
        assert len(filled) == 1
        assert filled[0][0] in EXAMPLE_IDS
        assert len(filled[0]) == len(heading)


def test_english_and_norwegian_headings(tmp_path):
    english = rows(write_template(tmp_path / "en.xlsx", language="en"), 1)
    norwegian = rows(write_template(tmp_path / "nb.xlsx", language="nb"), 1)
    assert english[0][:3] == ["Account id", "Date", "Amount"]
    assert norwegian[0][:3] == ["Kundenr", "Fakturadato", "Beløp eks. mva"]
    assert (english[1][0], norwegian[1][0]) == ("EXAMPLE-1", "EKSEMPEL-1")


def test_the_example_has_a_real_date_and_a_real_amount(template):
    example = rows(template, 1)[1]
    assert example[1] == dt.date(2025, 3, 31)
    assert example[2] == 1234.5
    assert example[7] == "30117"


def test_a_number_typed_by_the_user_keeps_its_zeros(template):
    sheet = openpyxl.load_workbook(template).worksheets[1]
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.column_dimensions["C"].number_format == "#,##0.00"


def test_required_headings_differ_in_weight_and_in_their_note(template, language):
    words = {"en": ("Required.", "Optional."), "nb": ("Påkrevd.", "Valgfritt.")}
    required, optional = words[language]
    book = openpyxl.load_workbook(template)
    for index, table in tables():
        for cell, column in zip(book.worksheets[index][1], table.asked, strict=True):
            assert bool(cell.font.bold) is column.required
            assert cell.comment.text.startswith(required if column.required else optional)


def test_each_note_tells_the_meaning_and_the_choices(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "mal.xlsx", language="en"))
    for index, table in tables():
        for cell, column in zip(book.worksheets[index][1], table.asked, strict=True):
            assert column.meaning in cell.comment.text
            assert all(choice in cell.comment.text for choice in column.choices)


def test_dates_numbers_and_choices_are_checked_as_they_are_typed(template):
    book = openpyxl.load_workbook(template)
    for index, table in tables():
        rules = {
            str(rule.sqref).split(":")[0]: rule
            for rule in book.worksheets[index].data_validations.dataValidation
        }
        checked = [column for column in table.asked if column.kind != "text"]
        assert len(rules) == len(checked)
    sales = book.worksheets[1].data_validations.dataValidation
    kinds = {str(rule.sqref): rule.type for rule in sales}
    assert kinds["B2:B1048576"] == "date"
    assert kinds["C2:C1048576"] == "decimal"
    assert kinds["G2:G1048576"] == "list"
    assert next(rule for rule in sales if rule.type == "list").formula1 == '"invoice,credit_note"'


def test_the_headings_stay_in_view(template):
    book = openpyxl.load_workbook(template)
    assert {sheet.freeze_panes for sheet in book.worksheets[1:]} == {"B2"}


def test_the_instructions_name_every_sheet_and_heading(template):
    book = openpyxl.load_workbook(template)
    told = {str(cell.value) for line in book.worksheets[0].iter_rows() for cell in line}
    for index, _ in tables():
        assert book.sheetnames[index] in told
        assert {str(cell.value) for cell in book.worksheets[index][1]} <= told


def test_the_instructions_say_that_the_example_is_never_counted(tmp_path):
    readme = rows(write_template(tmp_path / "mal.xlsx", language="en"), 0)
    steps = " ".join(str(line[0]) for line in readme[:8])
    assert "“EXAMPLE-1” is an example. It is never counted" in steps
    assert "kamkit check" in steps


@pytest.mark.proof
def test_a_template_that_was_filled_in_below_the_example_opens_without_it(template):
    book = openpyxl.load_workbook(template)
    book.worksheets[1].append(["000123", dt.date(2025, 1, 31), 100.25])
    book.worksheets[1].append(["000124", dt.date(2025, 2, 28), -20])
    book.save(template)
    case = open_case(template)
    counts = case.reconciliation().set_index("reason")["rows"].to_dict()
    assert counts == {"read": 3, "used": 2, "example_row": 1}
    lines = case.sales.order_by("source_row").execute()
    assert lines["account_id"].tolist() == ["000123", "000124"]
    assert [float(amount) for amount in lines["amount"]] == [100.25, -20.0]
    assert all(table.empty for table in case.tables.values())


def test_a_filled_template_is_not_overwritten(tmp_path):
    path = tmp_path / "mal.xlsx"
    path.write_text("a year of work")
    with pytest.raises(ParameterError) as caught:
        write_template(path)
    assert caught.value.message == "The file exists already."
    assert caught.value.where == str(path)
    assert path.read_text() == "a year of work"
    assert write_template(path, overwrite=True) == path
    assert rows(path, 1)[0][0] == "Account id"
    assert [file.name for file in tmp_path.iterdir()] == ["mal.xlsx"]


def test_a_name_without_ending_becomes_a_workbook(tmp_path):
    assert write_template(tmp_path / "mal").name == "mal.xlsx"


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ParameterError) as caught:
        write_template(tmp_path / "mal.csv")
    assert (caught.value.found, caught.value.wanted) == ("mal.csv", "mal.xlsx")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="The folder does not exist"):
        write_template(tmp_path / "nowhere" / "mal.xlsx")


def test_an_unknown_language_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="Unknown language “fo”"):
        write_template(tmp_path / "mal.xlsx", language="fo")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder nobody may write to")
def test_a_folder_that_cannot_be_written_is_told():
    with pytest.raises(ParameterError, match="The template cannot be written"):
        write_template(Path("/sys/kernel/mal.xlsx"))
    assert not Path("/sys/kernel/mal.xlsx").exists()
