"""A wrong number in any output is found, with its place; what people add is not."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from kamkit.__main__ import main
from kamkit.errors import SourceError
from kamkit.run import RunOptions, run
from kamkit.run.verify import compared, remade, verify

pytestmark = pytest.mark.slow
QUIET = RunOptions(quiet=True)


@pytest.fixture(scope="module")
def made(small_run, tmp_path_factory):
    """The small run, made anew once."""
    return remade(small_run, "", tmp_path_factory.mktemp("anew"), QUIET)


@pytest.fixture
def copy(small_run, tmp_path):
    """A copy of the run that a test may change."""
    return Path(shutil.copytree(small_run, tmp_path / "run"))


def in_text(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def in_zip(path, part, old, new):
    """Change a text in one part of an Office file."""
    with zipfile.ZipFile(path) as parts:
        kept = {name: parts.read(name) for name in parts.namelist()}
    assert old.encode() in kept[part]
    kept[part] = kept[part].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w") as parts:
        for name, content in kept.items():
            parts.writestr(name, content)


def test_a_run_made_anew_gives_every_number_again(small_run, made):
    found = compared(small_run, made)
    assert found.ok, found.differences[:5]
    tables = len(list(small_run.glob("tables/*.parquet")))
    # at least: each table, the report, the accounts, the workbook, three files of each plan
    assert found.files > tables + 3 + 3 * len(list(small_run.glob("plans/*.docx")))
    assert found.numbers > 1000


def revenue(small_run, after: str = "") -> float:
    """Return what 0001 bought after a day, added up from the ledger itself."""
    lines = pd.read_csv(small_run.parent / "sales.csv", sep=";", dtype={"Customer": str})
    mine = (lines["Customer"] == "0001") & (lines["Date"] > after)
    return float(lines.loc[mine, "Net amount"].sum())


def test_a_wrong_number_in_the_report_is_found_with_its_heading(small_run, copy, made):
    shown = f"{revenue(small_run):,.0f}"
    in_text(copy / "report.html", shown, "987,654")
    [found] = compared(copy, made).differences
    assert (found.file, found.stands, found.made) == ("report.html", "987,654", shown)
    assert "Kunde 1 AS" in found.place or "0001" in found.place


def test_a_wrong_number_on_the_page_of_accounts_is_found(small_run, copy, made):
    # the last day of the ledger is 27 December 2025; the page is of the twelve months until then
    shown = f"{revenue(small_run, after='2024-12-27'):,.0f}"
    in_text(copy / "accounts.html", shown, "987,654")
    [found] = compared(copy, made).differences
    assert found.file == "accounts.html"
    assert "Kunde 1 AS" in found.place


@pytest.mark.parametrize(
    ("name", "part"),
    [("plans/0001.docx", "word/document.xml"), ("plans/0001.pptx", "ppt/slides/slide1.xml")],
)
def test_a_wrong_number_in_word_and_slides_is_found(copy, made, name, part):
    in_zip(copy / name, part, "2025", "2052")
    [found] = compared(copy, made).differences
    assert found.file == name
    assert "2052" in found.stands
    assert found.stands.replace("2052", "2025") == found.made


def test_a_wrong_number_on_the_page_of_a_plan_is_found(copy, made):
    in_text(copy / "plans" / "0001.html", "2025", "2052")
    [found] = compared(copy, made).differences
    assert found.file == "plans/0001.html"
    assert "2052" in found.stands


def test_a_wrong_number_in_the_workbook_is_found_with_sheet_cell_and_name(small_run, copy, made):
    book = copy / "key-accounts.xlsx"
    year = pd.read_parquet(copy / "tables" / "accounts.parquet").set_index("account_id")
    value = year.loc["0001", "revenue"]
    assert value == pytest.approx(revenue(small_run))
    with zipfile.ZipFile(book) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        mark = f"<v>{value:.16g}</v>".encode()
        part = next(name for name in sheets if mark in parts.read(name))
    in_zip(book, part, f"<v>{value:.16g}</v>", "<v>987654</v>")
    [found] = compared(copy, made).differences
    assert (found.file, found.stands) == ("key-accounts.xlsx", "987654")
    assert "!" in found.place
    assert "0001" in found.place or "Kunde 1 AS" in found.place


def test_a_wrong_number_in_a_table_is_found_with_row_and_column(copy, made):
    path = copy / "tables" / "accounts.parquet"
    table = pd.read_parquet(path)
    table.loc[table["account_id"] == "0001", "revenue"] += 0.01
    table.to_parquet(path)
    [found] = compared(copy, made).differences
    assert (found.file, found.place) == ("tables/accounts.parquet", "Kunde 1 AS, revenue")
    assert float(found.stands) - float(found.made) == pytest.approx(0.01, abs=1e-4)


def test_a_line_too_many_and_a_file_that_are_gone_are_found(copy, made):
    in_text(copy / "report.html", "<h2", "<p>17 more</p><h2")
    (copy / "tables" / "classes.parquet").unlink()
    (copy / "minutes.txt").write_text("people add what they want: 12")
    one, other = compared(copy, made).differences
    assert (one.file, one.stands, one.made) == ("report.html", "17 more", "")
    assert (other.file, other.stands) == ("tables/classes.parquet", "")


def test_the_command_makes_anew_what_own_notebooks_gave_and_says_what_differs(
    book, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_text(
        "Customer;Date;Net amount\n1;2025-01-01;3\n2;2025-02-01;4\n"
    )
    opened = "import kamkit as kam\nfrom kamkit.output import show\na = kam.open_run(run)"
    books = book(
        "01_own", opened, "show(a.classes.head(top))", parameters='run: str = ""\ntop: int = 2'
    )
    done = run(
        "sales.csv",
        options=RunOptions(folder=books.parent, quiet=True, out="run", parameters=["top=1"]),
    )
    in_text(done.report, 'data-sort="4"', 'data-sort="8"')
    assert main(["verify", "run", "-q"]) == 1
    told = capsys.readouterr().out
    assert "“8” stands, “4” is what the source gives" in told
    assert told.splitlines()[-1].startswith("1 of ")


def test_a_source_that_is_not_here_is_asked_for(copy):
    with pytest.raises(SourceError, match=r"“sales\.csv”") as refusal:
        verify(copy)
    assert "kamkit verify RUN SOURCE" in refusal.value.remedy
    assert main(["verify", str(copy.parent)]) == 3
