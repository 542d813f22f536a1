"""A run on a small ledger with small notebooks, from the file to the finished folder."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from kamkit.errors import KamkitError, NotebookError, ParameterError, SourceError
from kamkit.run import RunSettings, read_manifest, run

LEDGER = """\
Customer;Customer name;Date;Invoice;Net amount
0001;Fjell <b>& Sønn;2025-01-15;1;700.50
0001;Fjell <b>& Sønn;2025-02-15;2;99.50
0002;=Vik AS;2025-03-31;3;150.00
0003;Nes;2025-03-30;4;50.00
;;2025-03-30;5;25.25
"""

LEDGER_BOOK = (
    "M # Can I trust this ledger?",
    "from kamkit import open_case, show\ncase = open_case(source, mapping=mapping or None)",
    "M ## What was read",
    "for finding in case.findings()[:1]:\n    show(finding)",
    "M ## Nothing under this",
)

IDENTIFY_BOOK = (
    "M # Who matters?",
    (
        "from kamkit import open_case, show\n"
        "from kamkit.output import Finding, keep, table_of\n"
        "case = open_case(source, mapping=mapping or None)\n"
        "rows = case.sales.group_by(['account_id', 'account_name'])\n"
        "accounts = rows.aggregate(amount=case.sales.amount.sum()).to_pandas()\n"
        "accounts['amount'] = accounts['amount'].astype(float)\n"
        "accounts = accounts.sort_values(['amount', 'account_id'], ascending=[False, True])\n"
        "before = (accounts.amount.cumsum() - accounts.amount) / accounts.amount.sum()\n"
        "accounts['abc_class'] = ['A' if share < cut_a else 'C' for share in before]"
    ),
    "M ## The accounts",
    (
        "show(table_of(accounts, caption='Accounts <by revenue>', currency=case.currency))\n"
        "keep('accounts', accounts)\n"
        "n = int((accounts.abc_class == 'A').sum())\n"
        "show(Finding('observed_rule', accounts, f'{n} of {len(accounts)} accounts.', "
        "('One quarter only.',)))"
    ),
)

PARAMETERS = """\
source: str = "fjordgross"
mapping: str = ""
lang: str = "en"
"""
CUT = "cut_a: float = 0.8  # share of revenue of the A accounts\n"


def written(book):
    """Write the two notebooks and return their folder."""
    book("01_ledger", *LEDGER_BOOK, parameters=PARAMETERS)
    return book("02_identify", *IDENTIFY_BOOK, parameters=PARAMETERS + CUT).parent


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("sales.csv").write_text(LEDGER, encoding="utf-8")
    return "sales.csv"


@pytest.fixture
def books(book):
    return written(book)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, writer):
    """One finished run that several tests read."""
    home = tmp_path_factory.mktemp("finished")
    home.joinpath("sales.csv").write_text(LEDGER, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        return run(
            "sales.csv",
            settings=settings(written(writer(home / "books")), parameters=["cut_a=0.5"]),
        )


def settings(books, **given):
    return RunSettings(folder=books, quiet=True, **given)


def files(place):
    return {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file()}


def test_a_run_leaves_one_whole_folder(finished):
    assert finished.folder.parts[-2:] == ("kamkit-runs", "sales-2025-03-31")
    assert sorted(files(finished.folder)) == [
        "key-accounts.xlsx",
        "manifest.json",
        "mapping.toml",
        "notebooks/01_ledger.ipynb",
        "notebooks/02_identify.ipynb",
        "report.html",
        "tables/accounts.parquet",
        "tables/reconciliation.parquet",
        "tables/set_aside.parquet",
    ]
    assert [p.name for p in finished.folder.parent.iterdir()] == ["sales-2025-03-31"]


def test_the_manifest_tells_what_went_in_and_what_came_out(finished):
    found = read_manifest(finished.folder)
    assert found["case"]["period"] == ["2025-01-15", "2025-03-31"]
    digest = "sha256sum", str(finished.folder.parents[1] / "sales.csv")
    expected = subprocess.run(digest, capture_output=True, text=True, check=True).stdout.split()[0]
    assert found["inputs"] == [{"name": "sales.csv", "sha256": expected}]
    assert found["mapping"]["tables"]["sales"]["amount"] == "Net amount"
    assert [n["parameters"] for n in found["notebooks"]] == [{}, {"cut_a": 0.5}]
    rows = {row["reason"]: (row["rows"], row["amount"]) for row in found["reconciliation"]}
    assert rows == {"read": (5, 1025.25), "used": (4, 1000.0), "no_account": (1, 25.25)}
    assert found["findings"][-1] == {
        "name": "observed_rule",
        "text": "1 of 3 accounts.",
        "caveats": ["One quarter only."],
        "notebook": "02_identify",
    }
    assert set(found["files"]) == set(files(finished.folder)) - {"manifest.json"}
    assert found["versions"]["python"] == sys.version.split()[0]
    assert set(found["timings"]["notebooks"]) == {"01_ledger", "02_identify"}


def test_no_file_of_a_run_tells_where_it_was_made(finished):
    for path in (finished.manifest, finished.report, *finished.folder.glob("notebooks/*")):
        text = path.read_text(encoding="utf-8")
        assert str(finished.folder.parents[1]) not in text
        assert tempfile.gettempdir() not in text
        assert sys.prefix not in text
    injected = nbformat.read(finished.folder / "notebooks" / "02_identify.ipynb", as_version=4)
    assert "mapping = '../mapping.toml'" in injected.cells[1].source


def test_the_same_inputs_give_the_same_bytes_but_for_the_timings(ledger, books, tmp_path):
    one = run(ledger, settings=settings(books, out="one"))
    two = run(ledger, settings=settings(books, out="two", jobs=2))
    first, second = files(one.folder), files(two.folder)
    assert set(first) == set(second)
    for name in set(first) - {"manifest.json"}:
        assert first[name].read_bytes() == second[name].read_bytes(), name
    manifests = [json.loads(f["manifest.json"].read_text()) for f in (first, second)]
    assert all(m.pop("timings")["seconds"] > 0 for m in manifests)
    assert manifests[0] == manifests[1]


def test_the_workbook_holds_key_accounts_all_accounts_and_what_was_set_aside(finished):
    sheets = pd.read_excel(finished.workbook, sheet_name=None, dtype="str", engine="calamine")
    assert list(sheets)[1:] == ["Key accounts", "All accounts", "Set aside", "Reconciliation"]
    assert len(sheets["Key accounts"]) == 1
    assert len(sheets["All accounts"]) == 3
    assert len(sheets["Set aside"]) == 1
    assert "no customer number" in sheets["Set aside"].to_string()


def test_the_report_escapes_the_data_and_asks_nothing_from_outside(finished):
    page = finished.report.read_text(encoding="utf-8")
    assert "Fjell &lt;b&gt;&amp; Sønn" in page
    assert "<b>& Sønn" not in page
    targets = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]*)""", page)
    assert targets
    assert [t for t in targets if not t.startswith(("#", "data:"))] == []
    assert not re.findall(r"@import|url\(|fetch\(|XMLHttpRequest", page)
    assert "default-src 'none'" in page
    assert "open_case" not in page


def test_the_report_begins_with_the_findings_and_links_each_to_its_place(finished):
    page = finished.report.read_text(encoding="utf-8")
    first = page.index('id="findings"')
    for text in ("1 of 3 accounts.", "4 of 5 lines are used"):
        assert first < page.index(text) < page.index("Who matters?</h2>")
    links = re.findall(r'href="#([^"]+)"', page)
    anchors = re.findall(r'id="([^"]+)"', page)
    assert set(links) <= set(anchors)
    assert len(anchors) == len(set(anchors))
    assert "Nothing under this" not in page
    assert '<html lang="en">' in page


def test_a_norwegian_run_speaks_norwegian_in_page_and_kernel(ledger, books):
    result = run(ledger, settings=settings(books, lang="nb"))
    assert '<html lang="nb">' in result.report.read_text(encoding="utf-8")
    book = nbformat.read(result.folder / "notebooks" / "01_ledger.ipynb", as_version=4)
    assert "lang = 'nb'" in book.cells[1].source
    assert read_manifest(result.folder)["language"] == "nb"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"parameters": ["cuta=0.5"]}, "no parameter “cuta”"),
        ({"parameters": ["cut_a=high"]}, "wrong type"),
        ({"only": ["identfy"]}, "no notebook “identfy”"),
        ({"jobs": 0}, "at least one job"),
        ({"lang": "sv"}, "Unknown language"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_runs(ledger, books, tmp_path, given, message):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ParameterError, match=message):
        run(ledger, settings=settings(books, **given))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_parameter_of_a_notebook_that_is_not_run_is_refused(ledger, books):
    with pytest.raises(ParameterError, match="no parameter “cut_a”"):
        run(ledger, settings=settings(books, only=["01"], parameters=["cut_a=0.5"]))


def test_a_source_that_cannot_be_read_leaves_nothing(books, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SourceError):
        run("sale.csv", settings=settings(books))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_foreign_folder_is_refused_before_the_ledger_is_read(books, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("own").mkdir()
    tmp_path.joinpath("own", "thesis.docx").write_text("years of work")
    with pytest.raises(ParameterError, match="not a run of kamkit"):
        run("no such file", settings=settings(books, out="own", replace=True))
    assert [p.name for p in tmp_path.joinpath("own").iterdir()] == ["thesis.docx"]


def test_a_failing_notebook_leaves_no_run_but_its_error_and_the_next_run_goes_on(
    ledger, books, book, tmp_path
):
    book("02_identify", "M # Who matters?", "1 / 0", parameters=PARAMETERS)
    with pytest.raises(NotebookError, match="“02_identify” failed") as failure:
        run(ledger, settings=settings(books, out="run"))
    assert failure.value.exit_code == 1
    assert not tmp_path.joinpath("run").exists()
    partial = tmp_path / "run.partial"
    failed = nbformat.read(partial / "notebooks" / "02_identify.ipynb", as_version=4)
    assert failed.cells[3].outputs[-1].ename == "ZeroDivisionError"
    assert not partial.joinpath("manifest.json").exists()

    kept = partial / "notebooks" / "01_ledger.ipynb"
    written = kept.stat().st_mtime_ns
    book("02_identify", *IDENTIFY_BOOK, parameters=PARAMETERS + CUT)
    result = run(ledger, settings=settings(books, out="run"))
    assert (result.folder / "notebooks" / "01_ledger.ipynb").stat().st_mtime_ns == written
    assert not partial.exists()


def test_a_changed_ledger_makes_a_half_done_run_begin_anew(ledger, books, book, tmp_path):
    book("02_identify", "1 / 0", parameters=PARAMETERS)
    with pytest.raises(NotebookError):
        run(ledger, settings=settings(books, out="run"))
    tmp_path.joinpath(ledger).write_text(LEDGER + "0004;Os;2025-03-30;6;10.00\n", encoding="utf-8")
    book("02_identify", *IDENTIFY_BOOK, parameters=PARAMETERS + CUT)
    result = run(ledger, settings=settings(books, out="run"))
    assert "5 of 6 lines" in read_manifest(result.folder)["findings"][0]["text"]


def test_an_analysis_that_the_case_cannot_carry_is_left_out_with_a_sentence(ledger, books, book):
    book("03_relate", "M # Whom do we know?", "case.table('contacts')", parameters=PARAMETERS)
    book(
        "03_relate",
        "M # Whom do we know?",
        "from kamkit import open_case\nopen_case(source).table('contacts')",
        parameters=PARAMETERS,
    )
    result = run(ledger, settings=settings(books, only=["1", "3"]))
    assert "no table “contacts”" in read_manifest(result.folder)["notebooks"][1]["left_out"]
    assert "no table “contacts”" in result.report.read_text(encoding="utf-8")


def test_a_mapping_that_is_given_is_used_by_the_notebooks_too(ledger, books, tmp_path):
    from kamkit.case import ColumnMapping

    mapping = ColumnMapping().with_options({"end": "2025-02-28", "max_rows": 0.5})
    result = run(ledger, settings=settings(books, mapping=mapping))
    assert result.folder.name == "sales-2025-02-15"
    found = read_manifest(result.folder)
    assert found["mapping"]["options"] == {"end": "2025-02-28", "max_rows": 0.5}
    assert "2 of 5 lines are used" in found["findings"][0]["text"]
    again = ColumnMapping.load(result.folder / "mapping.toml")
    assert again.columns["account_id"] == "Customer"


def test_a_folder_that_is_no_run_has_no_manifest(tmp_path):
    with pytest.raises(SourceError, match="not a finished run"):
        read_manifest(tmp_path)


def test_progress_reaches_the_one_who_asked(ledger, books):
    told = []
    given = RunSettings(folder=books, progress=lambda text, share: told.append((text, share)))
    run(ledger, settings=given)
    assert ("02_identify", 1.0) in told
    assert told[0] == ("reading the ledger", 0.0)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent another way on Windows")
def test_ctrl_c_ends_the_kernels_and_leaves_the_partial_folder(ledger, books, book, tmp_path):
    import signal

    book(
        "02_identify",
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\ntime.sleep(300)",
        parameters=PARAMETERS,
    )
    # a shell that starts the tests in the background leaves Ctrl-C ignored
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from pathlib import Path; from kamkit.run import RunSettings, run; "
        f"run('sales.csv', settings=RunSettings(folder=Path({str(books)!r}), out='run', jobs=2))"
    )
    root = Path(__file__).resolve().parents[2]
    started = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(root)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    watchdog = threading.Timer(120, started.kill)
    watchdog.start()
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
        assert started.poll() is None, started.stderr.read()
        time.sleep(0.05)
    os.kill(started.pid, signal.SIGINT)
    _, said = started.communicate(timeout=60)
    watchdog.cancel()
    assert started.returncode == -signal.SIGINT, said
    pid = (tmp_path / "pid").read_text()
    assert subprocess.run(["ps", "-p", pid], capture_output=True, check=False).returncode == 1
    assert (tmp_path / "run.partial").is_dir()
    assert not (tmp_path / "run").exists()


def test_another_run_in_the_same_folder_is_refused(ledger, books, tmp_path):
    from kamkit.run import folder

    with folder.made(tmp_path / "run") as place:
        with pytest.raises(KamkitError, match="Another run is working"):
            run(ledger, settings=settings(books, out="run"))
        content = {"kamkit": {}, "key": "", "files": {}}
        place.joinpath("manifest.json").write_text(json.dumps(content))
