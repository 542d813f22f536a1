"""A run on a small ledger with small notebooks, from the file to the finished folder."""

import json
import re
import subprocess
import sys
import tempfile

import nbformat
import pandas as pd
import pytest

from kamkit.errors import KamkitError, NotebookError, ParameterError, SourceError
from kamkit.run import RunOptions, manifest, read_manifest, run
from tests.conftest import FULL

pytestmark = pytest.mark.slow

LEDGER = """\
Customer;Customer name;Date;Invoice;Net amount
0001;Fjell <b>& Sønn;2025-01-15;1;700.50
0001;Fjell <b>& Sønn;2025-02-15;2;99.50
0002;=Vik AS;2025-03-31;3;150.00
0003;Nes;2025-03-30;4;50.00
;;2025-03-30;5;25.25
"""

OPENED = """\
import kamkit as kam
from kamkit.output import keep, show

a = kam.open_run(run) if run else kam.analyse(source, mapping=mapping or None, **settings)
"""

LEDGER_BOOK = (
    "M # Can I trust this ledger?",
    OPENED,
    "M ## What was read",
    "show(a.reconciled)",
    "M ## Nothing under this",
)

IDENTIFY_BOOK = (
    "M # Who matters?",
    OPENED,
    "M ## The accounts",
    "show(a.observed_rule, a.candidates, a.classes)",
    "M ## One of our own",
    "keep('first', a.classes.head(top))",
)

PARAMETERS = """\
source: str = "fjordgross"
mapping: str = ""
settings: dict = {}
run: str = ""
"""
TOP = "top: int = 2  # accounts that are kept\n"


def written(book):
    """Write the two notebooks and return their folder."""
    book("01_ledger", *LEDGER_BOOK, parameters=PARAMETERS)
    return book("02_identify", *IDENTIFY_BOOK, parameters=PARAMETERS + TOP).parent


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
        given = ["cut_a=0.5", "draws=50", "top=1"]
        books = written(writer(home / "books"))
        return run("sales.csv", options=options(books, parameters=given))


def options(books, **given):
    return RunOptions(folder=books, quiet=True, **given)


def shown(path):
    """Return all that the outputs of a notebook say."""
    cells = nbformat.read(path, as_version=4).cells
    found = [one for cell in cells for one in cell.get("outputs", [])]
    return "".join(
        one.get("text", "") or one.get("data", {}).get("text/plain", "") for one in found
    )


def files(place):
    return {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file()}


@pytest.mark.story
def test_a_run_leaves_one_whole_folder(finished):
    assert finished.folder.parts[-2:] == ("kamkit-runs", "sales-2025-03-31")
    made = {"account_facts", "classes", "observed_rule", "reconciliation", "set_aside"}
    found = set(files(finished.folder))
    assert found >= {f"tables/{name}.parquet" for name in made}
    assert {name for name in found if not name.startswith(("tables/", "findings/"))} == {
        "key-accounts.xlsx",
        "manifest.json",
        "mapping.toml",
        "methods.html",
        "notebooks/01_ledger.ipynb",
        "notebooks/02_identify.ipynb",
        "report.html",
    }
    assert len(pd.read_parquet(finished.folder / "tables" / "first.parquet")) == 1
    assert [p.name for p in finished.folder.parent.iterdir()] == ["sales-2025-03-31"]


def test_a_finished_run_is_an_analysis_of_what_it_made(finished):
    found = finished.analysis
    assert found.settings.given() == {"cut_a": 0.5, "draws": 50}
    assert found.classes["revenue"].tolist() == [800.0, 150.0, 50.0]
    assert found.classes["abc_class"].tolist() == ["A", "B", "C"]


def test_the_manifest_tells_what_went_in_and_what_came_out(finished):
    found = read_manifest(finished.folder)
    assert found["case"]["period"] == ["2025-01-15", "2025-03-31"]
    digest = "sha256sum", str(finished.folder.parents[1] / "sales.csv")
    expected = subprocess.run(digest, capture_output=True, text=True, check=True).stdout.split()[0]
    assert found["inputs"] == [{"name": "sales.csv", "sha256": expected}]
    assert found["mapping"]["tables"]["sales"]["amount"] == "Net amount"
    assert found["settings"] == {"cut_a": 0.5, "draws": 50}
    assert [n["parameters"] for n in found["notebooks"]] == [{}, {"top": 1}]
    rows = {row["reason"]: (row["rows"], row["amount"]) for row in found["reconciliation"]}
    assert rows == {"read": (5, 1025.25), "used": (4, 1000.0), "no_account": (1, 25.25)}
    last = found["findings"][-1]
    assert (last["name"], last["notebook"]) == ("observed_rule", "02_identify")
    assert "33.3% of the accounts (1 of 3)" in last["text"]
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


@pytest.mark.story
def test_the_same_inputs_give_the_same_bytes_but_for_the_timings(ledger, books, tmp_path):
    one = run(ledger, options=options(books, out="one"))
    two = run(ledger, options=options(books, out="two", jobs=2))
    first, second = files(one.folder), files(two.folder)
    assert set(first) == set(second)
    for name in set(first) - {"manifest.json"}:
        assert first[name].read_bytes() == second[name].read_bytes(), name
    manifests = [json.loads(f["manifest.json"].read_text()) for f in (first, second)]
    assert all(m.pop("timings")["seconds"] > 0 for m in manifests)
    assert manifests[0] == manifests[1]


def test_a_run_that_reads_only_what_is_new_gives_the_bytes_of_a_full_run(books, tmp_path):
    home, runs, told = tmp_path / "months", tmp_path / "runs", []
    home.mkdir()
    head, *lines = LEDGER.splitlines()
    for n, part in enumerate((lines[:2], lines[2:3], lines[3:])):
        (home / f"{n}.csv").write_text("\n".join([head, *part, ""]), encoding="utf-8")
        if n == 1:
            run(home, options=options(books, out=runs / "before", incremental=True))
    given = {"folder": books, "incremental": True, "progress": lambda text, _n: told.append(text)}
    new = run(home, options=RunOptions(out=runs / "new", **given))
    assert "1 of 3 files are new or changed" in told
    full = run(home, options=options(books, out=tmp_path / "full"))
    first, second = files(new.folder), files(full.folder)
    assert set(first) == set(second)
    for name in set(first) - {"manifest.json"}:
        assert first[name].read_bytes() == second[name].read_bytes(), name


def test_a_run_that_stands_unchanged_is_taken_as_it_is(ledger, books):
    first = run(ledger, options=options(books, out="run"))
    written = first.manifest.read_bytes()  # with its timings
    assert not first.reused
    first.folder.joinpath("minutes.txt").write_text("ours")
    second = run(ledger, options=options(books, out="run"))
    assert second.reused
    assert second.manifest.read_bytes() == written


@pytest.mark.parametrize("changed", ["earlier", *(["goals.csv", "report.html"] if FULL else [])])
def test_a_run_in_which_something_changed_is_made_anew(ledger, books, changed, monkeypatch):
    first = run(ledger, options=options(books, out="run"))
    if changed == "goals.csv":
        first.folder.joinpath(changed).write_text("account_id,action\n0001,Call them\n")
    elif changed == "earlier":
        monkeypatch.setattr("kamkit.__version__", "0.1")
        monkeypatch.setattr(manifest, "__version__", "0.1")
    else:
        first.folder.joinpath(changed).unlink()
    second = run(ledger, options=options(books, out="run"))
    assert not second.reused
    assert second.report.is_file()
    assert second.workbook.is_file()


def test_the_workbook_holds_key_accounts_all_accounts_and_what_was_set_aside(finished):
    sheets = pd.read_excel(finished.workbook, sheet_name=None, dtype="str", engine="calamine")
    assert list(sheets) == ["Summary", "Key accounts", "All accounts", "Data notes"]
    # the last row of both lists is the sum
    assert len(sheets["Key accounts"]) == 1 + 1
    assert sheets["All accounts"].iloc[:, 0].tolist() == ["0001", "0002", "0003", "Total"]
    notes = sheets["Data notes"].to_string()
    assert "Lines set aside" in notes
    assert "no customer number" in notes


def test_every_table_of_a_run_is_described_beside_it(finished):
    told = (finished.folder / "tables" / "README.md").read_text(encoding="utf-8")
    for path in finished.folder.glob("tables/*.parquet"):
        assert f"## {path.name} (" in told
        columns = pd.read_parquet(path).columns
        assert all(f"| {name} | " in told for name in columns), path.name


def test_the_report_escapes_the_data_and_asks_nothing_from_outside(finished):
    page = finished.report.read_text(encoding="utf-8")
    assert "Fjell &lt;b&gt;&amp; Sønn" in page
    assert "<b>& Sønn" not in page
    page = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    targets = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]*)""", page)
    assert targets
    assert [
        t for t in targets if not t.startswith(("#", "data:", "methods.html#", "accounts.html"))
    ] == []
    assert not re.findall(r"@import|url\(|fetch\(|XMLHttpRequest", page)
    assert "default-src 'none'" in page
    assert "open_case" not in page


def test_the_report_begins_with_the_findings_and_links_each_to_its_place(finished):
    page = finished.report.read_text(encoding="utf-8")
    first = page.index('id="findings"')
    for text in ("33.3% of the accounts (1 of 3)", "4 of 5 lines are used"):
        assert first < page.index(text) < page.index("Who matters?</h2>")
    links = re.findall(r'href="#([^"]+)"', page)
    anchors = re.findall(r'id="([^"]+)"', page)
    assert set(links) <= set(anchors)
    assert len(anchors) == len(set(anchors))
    assert "Nothing under this" not in page
    assert '<html lang="en">' in page


def test_every_finding_of_the_report_leads_to_its_method(finished):
    page = finished.report.read_text(encoding="utf-8")
    told = (finished.folder / "methods.html").read_text(encoding="utf-8")
    links = re.findall(r'href="methods.html#([^"]+)">Method</a>', page)
    names = [one["name"] for one in read_manifest(finished.folder)["findings"]]
    assert sorted(links) == sorted(names)
    assert set(links) <= set(re.findall(r'<a id="([^"]+)">', told))


def test_a_norwegian_run_speaks_norwegian_in_page_and_kernel(ledger, books):
    result = run(ledger, options=options(books, lang="nb"))
    page = result.report.read_text(encoding="utf-8")
    assert '<html lang="nb">' in page
    assert 'href="methods.html#observed_rule">Metode</a>' in page
    assert '<html lang="nb">' in (result.folder / "methods.html").read_text("utf-8")
    book = result.folder / "notebooks" / "01_ledger.ipynb"
    assert "linjer" in shown(book)
    found = read_manifest(result.folder)
    assert found["language"] == "nb"
    assert found["findings"][0]["text"] in shown(book)


def test_a_failing_notebook_leaves_no_run_but_its_error_and_the_next_run_goes_on(
    ledger, books, book, tmp_path
):
    book("02_identify", OPENED, "a.classes", "1 / 0", parameters=PARAMETERS)
    with pytest.raises(NotebookError, match="“02_identify” failed") as failure:
        run(ledger, options=options(books, out="run"))
    assert failure.value.exit_code == 1
    assert not tmp_path.joinpath("run").exists()
    partial = tmp_path / "run.partial"
    failed = nbformat.read(partial / "notebooks" / "02_identify.ipynb", as_version=4)
    assert failed.cells[-1].outputs[-1].ename == "ZeroDivisionError"
    assert not partial.joinpath("manifest.json").exists()

    made = ("notebooks/01_ledger.ipynb", "tables/classes.parquet", "findings/reconciled.json")
    times = [(partial / name).stat().st_mtime_ns for name in made]
    book("02_identify", *IDENTIFY_BOOK, parameters=PARAMETERS + TOP)
    result = run(ledger, options=options(books, out="run"))
    assert [(result.folder / name).stat().st_mtime_ns for name in made] == times
    assert not partial.exists()


def test_a_notebook_is_executed_anew_when_it_or_its_parameters_changed(ledger, books, book):
    book("03_fails", "1 / 0", parameters=PARAMETERS)
    with pytest.raises(NotebookError):
        run(ledger, options=options(books, out="run"))
    book("01_ledger", OPENED, "print('another')", parameters=PARAMETERS)
    book("03_fails", "print('mended')", parameters=PARAMETERS)
    result = run(ledger, options=options(books, out="run", parameters=["top=1"]))
    assert "another" in shown(result.folder / "notebooks" / "01_ledger.ipynb")
    assert len(pd.read_parquet(result.folder / "tables" / "first.parquet")) == 1


def test_other_settings_make_a_half_done_run_begin_anew(ledger, books, book):
    book("03_fails", "1 / 0", parameters=PARAMETERS)
    with pytest.raises(NotebookError):
        run(ledger, options=options(books, out="run"))
    books.joinpath("03_fails.ipynb").unlink()
    result = run(ledger, options=options(books, out="run", parameters=["cut_a=0.2"]))
    assert "33.3% of the accounts (1 of 3) give 20%" in result.analysis.observed_rule.text


@pytest.mark.proof
def test_a_changed_ledger_makes_a_half_done_run_begin_anew(ledger, books, book, tmp_path):
    book("02_identify", "1 / 0", parameters=PARAMETERS)
    with pytest.raises(NotebookError):
        run(ledger, options=options(books, out="run"))
    tmp_path.joinpath(ledger).write_text(LEDGER + "0004;Os;2025-03-30;6;10.00\n", encoding="utf-8")
    book("02_identify", *IDENTIFY_BOOK, parameters=PARAMETERS + TOP)
    result = run(ledger, options=options(books, out="run"))
    assert "5 of 6 lines" in read_manifest(result.folder)["findings"][0]["text"]


def test_what_the_case_cannot_carry_is_left_out_with_a_sentence(ledger, books, book):
    book("03_relate", "M # Whom do we know?", OPENED, "show(a.contacts)", parameters=PARAMETERS)
    needs = "a.require('contacts')"
    book("04_more", "M # Whom else?", OPENED, needs, parameters=PARAMETERS)
    result = run(ledger, options=options(books, only=["1", "3", "4"]))
    left_out = [one["left_out"] for one in read_manifest(result.folder)["notebooks"]]
    assert left_out[:2] == ["", ""]
    assert "no table “contacts”" in left_out[2]
    report = result.report.read_text(encoding="utf-8")
    assert report.count("no table “contacts”") == 2
    assert "Left out: " in report


def test_names_that_the_case_does_not_have_are_refused_before_anything_is_written(
    ledger, books, tmp_path
):
    (tmp_path / "firm").mkdir()
    (tmp_path / ledger).rename(tmp_path / "firm" / ledger)
    served = "account_id,activity,quantity,cost_per_unit\n0001,delivery,2,90\n"
    (tmp_path / "firm" / "activities.csv").write_text(served, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    for given, message in (
        ("rates=delivry=100", "no activity “delivry”"),
        ("weights=profitt=3", "no criterion “profitt”"),
        ("criteria=revenue,growht", "no criterion “growht”"),
    ):
        with pytest.raises(ParameterError, match=message):
            run("firm", options=options(books, parameters=[given]))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_mapping_that_is_given_is_used_by_the_notebooks_too(ledger, books, tmp_path):
    from kamkit.case import ColumnMapping

    mapping = ColumnMapping().with_options({"end": "2025-02-28", "max_rows": 0.5})
    result = run(ledger, options=options(books, mapping=mapping))
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
    given = RunOptions(folder=books, progress=lambda text, share: told.append((text, share)))
    run(ledger, options=given)
    assert ("02_identify", 1.0) in told
    assert told[0] == ("reading the ledger", 0.0)


def test_another_run_in_the_same_folder_is_refused(ledger, books, tmp_path):
    from kamkit.run import folder

    with folder.made(tmp_path / "run") as place:
        with pytest.raises(KamkitError, match="Another run is working"):
            run(ledger, options=options(books, out="run"))
        content = {"kamkit": {}, "key": "", "files": {}}
        place.joinpath("manifest.json").write_text(json.dumps(content))
