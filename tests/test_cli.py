"""The command line: its help, its exit codes, and what it prints on the way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kamkit import doctor, lab, terminal
from kamkit.__main__ import main
from kamkit.cli import kamkit

ROOT = Path(__file__).resolve().parent.parent
NORWEGIAN = (
    "Kundenr;Kundenavn;Fakturadato;Fakturanr;Netto\n"
    "0007;Fjord Bygg AS;31.03.2025;1001;1 234,50\n"
    "0012;Ås Rør;01.04.2025;1002;-200,00\n"
    ";Uten nummer;02.04.2025;1003;50,00\n"
)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path):
    for name in ("LANGUAGE", "KAMKIT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    os.environ.pop("LANGUAGE", None)


@pytest.fixture
def ledger(tmp_path) -> Path:
    path = tmp_path / "salg 2025.csv"
    path.write_bytes(NORWEGIAN.encode("cp1252"))
    return path


def started(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", "kamkit", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def commands(
    command: click.Command = kamkit, path: str = "kamkit"
) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, f"{path} {name}")


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_command_and_option_has_help_and_stands_in_an_example(path, command):
    examples = [f"{line} " for line, meaning in command.examples if meaning.strip()]
    assert (command.help or "").strip(), f"{path} has no help"
    assert examples, f"{path} has no example"
    assert all(line.startswith(path.split()[0]) for line in examples)
    for option in command.params:
        assert (option.help or "").strip(), f"{path}: {option.name} has no help"
        if isinstance(option, click.Option):
            spelled = [*option.opts, *option.secondary_opts]
            shown = any(f" {name} " in line for name in spelled for line in examples)
            assert shown, f"{path}: no example shows {' or '.join(spelled)}"


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_example_is_a_command_line_that_is_understood(path, command):
    import shlex

    for line, _ in command.examples:
        words = shlex.split(line)[1:]
        if "--version" in words:
            continue
        context = kamkit.make_context("kamkit", words, resilient_parsing=False)
        assert context.command is kamkit
        rest = [*context._protected_args, *context.args]
        found = kamkit
        while isinstance(found, click.Group):
            name, found, rest = found.resolve_command(context, rest)
            assert found is not None, f"{path}: {name} in an example is no command"
            context = found.make_context(name, rest, parent=context)
            rest = [*context._protected_args, *context.args]


def test_help_says_what_each_exit_code_means(capsys):
    assert main(["--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for code in (0, 1, 2, 3, 4, terminal.FAULT, terminal.MACHINE, terminal.INTERRUPTED):
        assert f" {code} " in text


def test_without_a_word_the_help_is_shown(capsys):
    assert main([]) == 0
    assert "Commands:" in capsys.readouterr().out


def test_the_version_is_told(capsys):
    from kamkit import __version__

    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["runn"], "'run'"),
        (["run", "--parm", "a=1"], "--param"),
        (["check"], "SOURCE"),
        (["run", "--jobs", "0"], "--jobs"),
        (["run", "--lang", "fo"], "--lang"),
        (["check", "cdnow", "--decimal", ";"], "--decimal"),
    ],
)
def test_a_wrong_command_is_refused_with_what_was_meant(capsys, words, said):
    assert main(words) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "--help" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--map", "account_id"], "account_id"),
        (["--map", "=Kundenr"], "=Kundenr"),
        (["--rate", "EUR=eleven"], "eleven"),
        (["--currency", "KRONER"], "KRONER"),
        (["--from", "2025-02-30"], "2025-02-30"),
        (["--from", "2025-02-01", "--to", "2025-01-01"], "2025-01-01"),
        (["--max-rows", "40"], "40"),
    ],
)
def test_a_reading_option_that_cannot_be_is_refused(capsys, ledger, words, said):
    assert main(["check", str(ledger), *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "do:" in error
    assert "Traceback" not in error


def test_a_missing_file_ends_with_three_and_no_traceback(capsys):
    assert main(["check", "nothing-here.csv"]) == 3
    error = capsys.readouterr().err
    assert "nothing-here.csv" in error
    assert "Traceback" not in error


def test_a_column_that_is_not_there_is_refused_with_the_nearest(capsys, ledger):
    assert main(["check", str(ledger), "--map", "account_id=Kundenrr"]) == 3
    assert "Kundenr" in capsys.readouterr().err


def test_check_shows_mapping_and_reconciliation_and_keeps_the_mapping(capsys, ledger):
    assert main(["check", str(ledger), "--max-rows", "0.5", "--max-amount", "0.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:3] == ["sales", "account_id", "Kundenr"] for line in lines)
    rows = {line.split("  ")[0]: line.split() for line in lines}
    assert rows["read"][1:4:2] == ["3", "1,084.50"]
    assert rows["used"][1:4:2] == ["2", "1,034.50"]
    assert rows["no customer number"][3:6:2] == ["1", "50.00"]
    kept = ledger.with_name("salg 2025.csv.kamkit.toml").read_text(encoding="utf-8")
    assert 'amount = "Netto"' in kept


def test_a_kept_mapping_is_used_and_not_written_over(capsys, ledger):
    words = ["check", str(ledger), "--max-rows", "0.5", "--max-amount", "0.5"]
    assert main(words) == 0
    kept = ledger.with_name("salg 2025.csv.kamkit.toml")
    edited = kept.read_text(encoding="utf-8") + "# ours\n"
    kept.write_text(edited, encoding="utf-8")
    assert main(words[:2]) == 0, "the thresholds stand in the kept mapping"
    assert kept.read_text(encoding="utf-8") == edited
    assert "--save" in capsys.readouterr().out
    assert main([*words[:2], "--save"]) == 0
    assert "# ours" not in kept.read_text(encoding="utf-8")


def test_check_without_save_writes_nothing(ledger):
    words = ["--no-save", "--max-rows", "0.5", "--max-amount", "0.5"]
    assert main(["check", str(ledger), *words]) == 0
    assert [path.name for path in ledger.parent.iterdir()] == [ledger.name]


def test_a_ledger_with_too_much_set_aside_stops_with_three(capsys, ledger):
    assert main(["check", str(ledger), "--max-rows", "0.1"]) == 3
    assert not ledger.with_name("salg 2025.csv.kamkit.toml").exists()
    assert capsys.readouterr().err


def test_an_excluded_account_is_not_counted(capsys, ledger):
    words = ["--exclude", "0012", "--max-rows", "1", "--max-amount", "1", "--no-save"]
    assert main(["check", str(ledger), *words]) == 0
    used = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("used"))
    assert used.split()[1:4:2] == ["1", "1,234.50"]


def test_quiet_says_nothing_about_what_was_kept(capsys, ledger):
    words = ["-q", "check", str(ledger), "--max-rows", "0.5", "--max-amount", "0.5"]
    assert main(words) == 0
    assert ".kamkit.toml" not in capsys.readouterr().out


def test_data_list_tells_name_and_size(capsys):
    assert main(["data", "list"]) == 0
    row = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("cdnow"))
    assert "69,659" in row


def test_an_unknown_data_set_is_refused_with_the_known_ones(capsys):
    assert main(["data", "describe", "cdnov"]) == 2
    assert "cdnow" in capsys.readouterr().err


def test_template_writes_a_workbook_once(capsys, tmp_path):
    assert main(["template", "ours.xlsx"]) == 0
    size = (tmp_path / "ours.xlsx").stat().st_size
    assert size > 5000
    assert main(["template", "ours.xlsx"]) == 2
    assert "ours.xlsx" in capsys.readouterr().err
    assert (tmp_path / "ours.xlsx").stat().st_size == size


def failing(error: BaseException) -> click.Command:
    @click.command()
    def broken() -> None:
        raise error

    return broken


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped."),
        (OSError(errno.ENOSPC, "No space left on device"), 74, "disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "out/report.html"), 74, "report.html"),
        (ZeroDivisionError("division by zero"), 70, "ZeroDivisionError: division by zero"),
        (OSError(errno.EIO, "Input/output error"), 70, "Input/output error"),
    ],
)
def test_whatever_happens_is_told_in_words(capsys, error, code, said):
    assert terminal.guarded(failing(error), []) == code
    text = capsys.readouterr().err
    assert said in text
    assert "Traceback" not in text


def test_the_traceback_is_there_for_those_who_ask(capsys, monkeypatch):
    monkeypatch.setenv("KAMKIT_DEBUG", "1")
    assert terminal.guarded(failing(ZeroDivisionError("by zero")), []) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_terminal_that_knows_only_ascii_shows_what_it_can():
    done = started("check", "missing file.csv", PYTHONIOENCODING="ascii")
    assert done.returncode == 3
    assert "There is no file" in done.stderr
    assert started("run", "--help", PYTHONIOENCODING="ascii").returncode == 0


def test_a_reader_that_stops_reading_is_no_error():
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kamkit", "run", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait() == 1


@pytest.mark.parametrize(
    "words", [("--lang", "nb", "data", "list"), ("data", "list", "--lang=nb"), ("data", "list")]
)
def test_the_language_may_stand_anywhere_or_in_a_variable(words):
    told = {} if "nb" in " ".join(words) else {"KAMKIT_LANG": "nb"}
    done = started(*words, PYTHONIOENCODING="utf-8", **told)
    assert "69\u00a0659" in done.stdout, done.stderr


def test_doctor_tells_a_folder_that_cannot_be_written(tmp_path):
    (check,) = doctor.writable(tmp_path / "not there")
    assert check.state == doctor.BROKEN
    assert check.remedy


@pytest.mark.parametrize(
    ("name", "wanted", "state"),
    [("sqlglot", "<30.18", None), ("sqlglot", "<1", "broken"), ("no-such-thing", ">=1", "broken")],
)
def test_doctor_tells_a_package_in_a_version_that_breaks(name, wanted, state):
    check = doctor.package(name, wanted)
    assert (check and check.state) == state
    assert check is None or name in check.remedy


def test_doctor_ends_with_one_where_something_is_broken(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "ROOM", 1e9)
    assert main(["doctor"]) in (0, 1)
    assert "look" in capsys.readouterr().out
    monkeypatch.setattr(sys, "version_info", (3, 10, 1, "final", 0))
    assert main(["doctor", "--quiet"]) == 1
    assert capsys.readouterr().out.startswith("broken")


def test_the_analyses_are_copied_and_own_changes_kept(tmp_path):
    target = tmp_path / "kamkit-notebooks" / "analyse"
    target.mkdir(parents=True)
    (target / "01_trust.ipynb").write_text("mine", encoding="utf-8")
    assert lab.folder(tmp_path) == target.parent
    assert (target / "01_trust.ipynb").read_text(encoding="utf-8") == "mine"
    shipped = ROOT / "notebooks" / "analyse" / "03_value.ipynb"
    assert (target / "03_value.ipynb").read_bytes() == shipped.read_bytes()


def test_inside_a_folder_of_the_course_that_is_opened(tmp_path):
    (tmp_path / "kamkit-learn.json").write_text("{}", encoding="utf-8")
    (tmp_path / "my-data").mkdir()
    assert lab.folder(tmp_path / "my-data") == tmp_path


def test_lab_hands_its_options_to_jupyterlab():
    done = started("lab", "-q", "--version")
    assert done.returncode == 0
    assert done.stdout.strip().startswith("4.")


def test_a_table_of_text_lines_up_with_wide_letters():
    table = terminal.text_table(["Name", "Rows"], [["Ås", "1"], ["日本", "12"]], numbers=1)
    assert table.splitlines() == ["Name  Rows", "----  ----", "Ås       1", "日本    12"]


def test_a_run_takes_jobs_settings_and_a_folder(tmp_path, capsys):
    ledger = tmp_path / "sales.csv"
    ledger.write_text("Customer,Date,Amount\n1,2025-01-15,700\n2,2025-02-15,100\n", "utf-8")
    words = ["run", str(ledger), "--jobs", "2", "--only", "02", "--param", "cut_a=0.5"]
    assert main([*words, "--out", str(tmp_path / "run"), "--quiet"]) == 0
    assert "report.html" in capsys.readouterr().out
    assert (tmp_path / "run" / "tables" / "classes.parquet").is_file()


def test_every_setting_is_listed_with_its_usual_value(capsys):
    from kamkit.settings import Settings

    assert main(["settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = {line.split()[0]: line for line in lines[2:]}
    assert set(listed) == set(Settings.names())
    assert " 0.08 " in listed["annual_interest_rate"]


def test_a_folder_is_told_once_to_name_the_contacts(capsys, tmp_path):
    assert main(["config"]) == 0
    assert capsys.readouterr().out == "contact_names = no\n"
    assert main(["config", "contact_names", "ja"]) == 0
    assert capsys.readouterr().out == "contact_names = yes\n"
    assert (tmp_path / "kamkit.toml").read_text(encoding="utf-8") == "contact_names = true\n"
    assert main(["config", "contact_name", "yes"]) == 2
    assert "contact_names" in capsys.readouterr().err
    (tmp_path / "kamkit.toml").write_text("contact_names = perhaps", encoding="utf-8")
    assert main(["config"]) == 2
    assert "kamkit.toml" in capsys.readouterr().err


def test_a_number_that_is_no_customer_gets_no_plan(capsys, ledger):
    assert main(["plan", str(ledger), "99999"]) == 2
    assert "no customer" in capsys.readouterr().err


def test_a_python_without_the_packages_is_told_what_to_start(tmp_path):
    bare = [sys.executable, "-I", "-S", "-c"]  # no packages, as in another Python of the machine
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from kamkit.__main__ import main; "
    for language, says in (("en", "is not set up in this Python"), ("nb", "er ikke satt opp")):
        start = f"{code}sys.exit(main(['run', '--lang', '{language}']))"
        done = subprocess.run([*bare, start], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 3
        assert says in done.stderr
        assert "python3 kam.py" in done.stderr
        assert "Traceback" not in done.stderr
