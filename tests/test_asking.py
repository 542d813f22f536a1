"""What a source cannot tell is asked once, with one command that settles all."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from kamkit.case import ColumnMapping, open_case
from kamkit.cli import kamkit
from kamkit.errors import HeadingError

LEDGER = "Kunde-ident;Fakt.dato;Sum netto kr;Ref\n17;01/02/2024;1,234;a\n18;03/04/2024;2,500;b\n"
COMMAND = (
    '--map account_id="Kunde-ident" --map date="Fakt.dato" --map amount="Sum netto kr" '
    "--decimal , --day-first"
)


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return path


def test_one_command_settles_all_questions(ledger):
    result = CliRunner().invoke(kamkit, ["check", str(ledger)])
    assert isinstance(result.exception, HeadingError)
    assert str(ledger) in result.exception.remedy
    assert result.exception.remedy.endswith(COMMAND)


def test_the_ready_command_reads_the_ledger(ledger):
    words = ["--map", "account_id=Kunde-ident", "--map", "date=Fakt.dato", "--decimal", ","]
    words += ["--map", "amount=Sum netto kr", "--day-first"]
    result = CliRunner().invoke(kamkit, ["check", str(ledger), *words])
    assert "3.73" in result.output


def test_a_heading_that_a_mapping_file_names_and_the_source_lacks_names_the_file(ledger):
    beside = ledger.with_name("sales.csv.kamkit.toml")
    beside.write_text('[sales]\namount = "Netto"\n', encoding="utf-8")
    with pytest.raises(HeadingError, match=r"sales\.csv\.kamkit\.toml"):
        open_case(ledger)


def test_what_stands_below_a_heading_speaks_for_it(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("Hvem;Når;Hva;Kr\n923609016;31.01.2024;5;10,50\n", encoding="utf-8")
    with pytest.raises(HeadingError) as refusal:
        open_case(path)
    assert '--map account_id="Hvem" --map date="Når" --map amount="Kr"' in refusal.value.remedy


def test_headings_of_other_tables_are_named_with_their_table(tmp_path):
    (tmp_path / "sales.csv").write_text("Kundenr;Dato;Beløp\n1;31.01.2024;5\n", encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("Kundeidentt;Navn\n1;Alfa\n", encoding="utf-8")
    with pytest.raises(HeadingError, match=r'--map accounts\.account_id="Kundeidentt"'):
        open_case(tmp_path)
    how = ColumnMapping().with_columns({"accounts.account_id": "Kundeidentt"})
    assert open_case(tmp_path, mapping=how).table("accounts")["name"].tolist() == ["Alfa"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no terminal to open")
def test_in_a_terminal_each_question_is_asked_and_the_answers_are_kept(ledger):
    import pty

    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "kamkit", "check", str(ledger), "--lang", "en"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, b"1\n1\n1\n2\n1\n")  # a point is the decimal sign
    said = b""
    while child.poll() is None or said.count(b"Kept in") == 0:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        said += piece
    os.close(ours)
    child.wait(timeout=60)
    kept = ledger.with_name("sales.csv.kamkit.toml").read_text(encoding="utf-8")
    assert 'amount = "Sum netto kr"' in kept
    assert 'decimal = "."' in kept
