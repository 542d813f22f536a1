"""A run leaves plans; the next one, a quarter later, keeps what people wrote and compares."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from kamkit.case import ColumnMapping
from kamkit.documents.plan_written import read_word
from kamkit.errors import SourceError
from kamkit.run import RunOptions, read_manifest, run
from kamkit.run.comparison import compare
from kamkit.settings import Settings

pytestmark = pytest.mark.slow

SMALL = ("key_accounts=2", "also=1", "draws=50", "lifetime_draws=20")


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    """The practice company at the end of September and of December; a plan was written in."""
    from docx import Document
    from docx.oxml.ns import qn

    home = tmp_path_factory.mktemp("runs")
    common = {"only": ("04", "07", "08"), "parameters": SMALL, "lang": "en", "quiet": True}
    until = ColumnMapping().with_options({"end": "2025-09-30"})
    old = run("fjordgross", options=RunOptions(out=home / "old", mapping=until, **common))
    path = old.folder / "plans" / "000412.docx"
    document = Document(str(path))
    for control in document.element.body.iter(qn("w:sdt")):
        code = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val"))
        if code == "kamkit:agreed":
            next(control.iter(qn("w:t"))).text = "Fixed days of delivery from 1 October"
    document.save(str(path))
    new = run(
        "fjordgross",
        Settings(previous=str(old.folder)),
        options=RunOptions(out=home / "new", **common),
    )
    return old, new


@pytest.fixture(scope="module")
def bare(cdnow, tmp_path_factory):
    """One customer in twenty of a real ledger without names or costs: no fact asks for more."""
    lines = cdnow.sales.select("account_id", "date", "amount").to_pandas()
    path = tmp_path_factory.mktemp("bare") / "bare.csv"
    lines[lines["account_id"].astype(int) % 20 == 0].to_csv(path, index=False)
    return path


@pytest.mark.timeout(900)
def test_a_run_leaves_a_plan_for_each_account_and_names_it_in_the_report(two_runs):
    old, _ = two_runs
    planned = pd.read_parquet(old.folder / "tables" / "planned.parquet")
    # two key accounts, the largest outside, and the silent one that brings most
    assert planned["planned_as"].tolist() == ["key", "key", "large", "silent"]
    assert "000412" in set(planned["account_id"])
    report = old.report.read_text(encoding="utf-8")
    for account in planned["account_id"]:
        for ending in ("html", "docx", "pptx"):
            assert (old.folder / "plans" / f"{account}.{ending}").is_file()
            assert f'href="plans/{account}.{ending}"' in report
    links = re.findall(r'href="methods.html#([^"]+)">Method</a>', report)
    names = [one["name"] for one in read_manifest(old.folder)["findings"]]
    assert sorted(links) == sorted(names)
    assert (old.folder / "strategy-rules.csv").is_file()
    assert not list(old.folder.rglob("before-*"))


@pytest.mark.timeout(900)
def test_every_sentence_of_every_plan_is_traceable_in_the_run(two_runs):
    _, new = two_runs
    home = new.folder / "tables"
    tables = {path.stem: pd.read_parquet(path) for path in home.glob("*.parquet")}
    rows = tables["plan_sources"]
    assert set(rows["account_id"]) == set(tables["planned"]["account_id"])
    for row in rows.to_dict("records"):
        columns = [name for name in row["source_columns"].split(", ") if name]
        assert set(columns) <= set(tables[row["source_table"]].columns), row


@pytest.mark.timeout(900)
def test_what_people_wrote_is_in_the_next_plan(two_runs):
    _, new = two_runs
    text = "Fixed days of delivery from 1 October"
    assert read_word(new.folder / "plans" / "000412.docx").texts == {"agreed": text}
    assert text in (new.folder / "plans" / "000412.html").read_text(encoding="utf-8")


@pytest.mark.timeout(900)
def test_the_next_run_compares_and_reconciles(two_runs):
    old, new = two_runs
    found = {one["name"]: one["text"] for one in read_manifest(new.folder)["findings"]}
    assert {"movements", "revenue_bridge", "outcomes", "forecasts", "new_alarms"} <= set(found)
    bridge = pd.read_parquet(new.folder / "tables" / "revenue_bridge.parquet")
    sums = [
        pd.read_parquet(one.folder / "tables" / "accounts.parquet")["revenue_after"].sum()
        for one in (old, new)
    ]
    assert round(bridge["revenue_before"].sum(), 2) == round(sums[0], 2)
    assert round(bridge["change"].sum(), 2) == round(sums[1] - sums[0], 2)
    first = {one["name"] for one in read_manifest(old.folder)["findings"]}
    assert "overdue" in first
    assert "movements" not in first


@pytest.mark.timeout(900)
def test_compare_sets_the_two_folders_on_one_page(two_runs, tmp_path):
    old, new = two_runs
    page, found = compare(old.folder, new.folder, out=tmp_path / "page.html")
    text = page.read_text(encoding="utf-8")
    for _, one in found:
        assert one.text.split(".")[0].replace("'", "&#x27;") in text
    assert text.count("<img") == text.count("alt=")
    assert not re.findall(r'(?:src|href)="(?!data:|#)', text)
    with pytest.raises(SourceError, match="not a finished run"):
        compare(tmp_path, new.folder)


@pytest.mark.timeout(900)
def test_no_path_of_the_machine_and_no_name_of_a_person_is_left(two_runs, fjordgross):
    _, new = two_runs
    people = fjordgross.table("contacts")["person"]
    for path in [*new.folder.rglob("*.ipynb"), *new.folder.rglob("*.html"), new.manifest]:
        text = path.read_text(encoding="utf-8")
        assert str(new.folder.parent) not in text, path.name
        assert not [name for name in people.head(400) if name in text], path.name
    manifest = json.loads(new.manifest.read_text(encoding="utf-8"))
    assert "previous" not in {name for one in manifest["notebooks"] for name in one["parameters"]}


def test_a_previous_run_that_is_none_is_refused_before_anything_starts(tmp_path):
    options = RunOptions(out=tmp_path / "run", quiet=True)
    with pytest.raises(SourceError, match="is no run of kamkit"):
        run("cdnow", Settings(previous=str(tmp_path)), options=options)
    assert not (tmp_path / "run.partial").exists()


@pytest.mark.timeout(600)
def test_a_ledger_alone_gives_plans_that_say_what_data_would_add(bare, tmp_path):
    pairs = ("key_accounts=2",)
    options = RunOptions(
        only=("07",), parameters=pairs, out=tmp_path / "run", lang="en", quiet=True
    )
    done = run(bare, options=options)
    pages = sorted((done.folder / "plans").glob("*.html"))
    assert len(pages) == 6  # two key accounts, as many of the largest outside and silent ones
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "What we are after" in text
        assert "With the cost of goods (column cost)" in text
        assert "against the time before, equally long" in text


@pytest.mark.timeout(600)
def test_a_ledger_without_names_is_compared_by_number(bare, tmp_path):
    """Comparing failed on every ledger that has no names of customers."""
    common = {"only": ("07", "08"), "parameters": SMALL, "lang": "en", "quiet": True}
    until = ColumnMapping().with_options({"end": "1998-03-31"})
    old = run(bare, options=RunOptions(out=tmp_path / "old", mapping=until, **common))
    options = RunOptions(out=tmp_path / "new", **common)
    new = run(bare, Settings(previous=str(old.folder)), options=options)
    table = pd.read_parquet(new.folder / "tables" / "forecasts.parquet")
    assert (table["account_name"] == table["account_id"]).all()
    page, found = compare(old.folder, new.folder, out=tmp_path / "page.html")
    assert page.is_file()
    assert len(found) == 6


@pytest.mark.timeout(600)
def test_the_notebooks_of_a_run_run_again_where_they_lie(two_runs):
    """Jupyter starts a kernel in the folder of the notebook; the ledger is not needed again."""
    import nbformat
    from nbclient import NotebookClient

    _, new = two_runs
    home = new.folder / "notebooks"
    book = nbformat.read(home / "07_plan.ipynb", as_version=4)
    before = [cell.get("outputs", []) for cell in book.cells]
    NotebookClient(book, resources={"metadata": {"path": str(home)}}, timeout=120).execute()

    def shown(outputs):
        return [one["data"]["text/plain"] for cell in outputs for one in cell if "data" in one]

    assert shown(cell.get("outputs", []) for cell in book.cells) == shown(before)
    assert shown(before)
