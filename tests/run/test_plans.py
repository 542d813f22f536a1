"""A run leaves plans; the next one, a quarter later, keeps what people wrote and compares."""

from __future__ import annotations

import csv
import json
import re
import shutil
from html import unescape
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest
from docx import Document

from kamkit.case import ColumnMapping
from kamkit.documents.plan_written import read_word
from kamkit.errors import SourceError
from kamkit.run import RunOptions, read_manifest, run
from kamkit.run.comparison import compare
from kamkit.run.history import history
from kamkit.run.plans import conflicts
from kamkit.run.verify import verify
from kamkit.settings import Settings
from tests.documents.customer import through_libreoffice, write
from tests.run.test_privacy import texts

pytestmark = [pytest.mark.slow, pytest.mark.proof]

SMALL = ("key_accounts=2", "also=1", "draws=50", "lifetime_draws=20")


def write_in_word(path):
    """Write in a plan as a person does: a field, a status, and a line outside the fields."""
    document = Document(str(path))
    write(document, "kamkit:agreed", "Fixed days of delivery from 1 October")
    write(document, "kamkit:1:owner", "Kari")
    write(document, "kamkit:1:status", "started")
    document.add_paragraph("They may move to Hamar")
    document.save(str(path))


def write_in_excel(path, account):
    """Change the status of an action, and add one, in the workbook."""
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    heads = [cell.value for cell in sheet[1]]
    place = {name: heads.index(name) + 1 for name in ("Account", "Number", "Status", "Action")}
    rows = [n for n in range(2, sheet.max_row + 1) if sheet.cell(n, place["Account"]).value]
    for n in rows:
        mine = sheet.cell(n, place["Account"]).value == account
        if mine and sheet.cell(n, place["Number"]).value in (1, 2):
            sheet.cell(n, place["Status"]).value = "waits for their board"
    sheet.cell(rows[-1] + 1, place["Account"]).value = account
    sheet.cell(rows[-1] + 1, place["Action"]).value = "Show the new warehouse"
    book.save(path)


def write_in_register(path, account):
    """Change the owner of an action and finish another, as a spreadsheet saves it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    mine = [row for row in rows if row["account_id"] == account]
    next(row for row in mine if row["number"] == "2")["owner"] = "Per"
    next(row for row in mine if row["number"] == "3")["status"] = "ferdig"
    for row in rows:
        row["account_id"] = row["account_id"].lstrip("0")
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), delimiter=";")
        table.writeheader()
        table.writerows(rows)


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    """The practice company at the end of September and of December; people wrote in between."""
    home = tmp_path_factory.mktemp("runs")
    common = {"only": ("04", "07", "08"), "parameters": SMALL, "lang": "en", "quiet": True}
    until = ColumnMapping().with_options({"end": "2025-09-30"})
    old = run("fjordgross", options=RunOptions(out=home / "old", mapping=until, **common))
    path = old.folder / "plans" / "000412.docx"
    write_in_word(path)
    if shutil.which("soffice"):
        shutil.copyfile(through_libreoffice(path, home / "saved"), path)
    write_in_excel(old.workbook, "000412")
    write_in_register(old.folder / "goals.csv", "000412")
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
    # two key accounts, the largest outside, that which earns most, and the silent one of most
    assert planned["planned_as"].tolist() == ["key", "key", "large", "earning", "silent"]
    strategies = pd.read_parquet(old.folder / "tables" / "strategies.parquet")
    mine = dict(zip(strategies["account_id"], strategies["strategy"], strict=True))
    assert mine["000412"] == "mend"
    report = old.report.read_text(encoding="utf-8")
    need = ("mend", "retain", "deepen", "win_back")
    for account, why in zip(planned["account_id"], planned["planned_as"], strict=True):
        there = why == "key" or mine[account] in need
        for ending in ("html", "docx", "pptx"):
            assert (old.folder / "plans" / f"{account}.{ending}").is_file() is there
        assert (f'href="plans/{account}.html"' in report) is there
    links = re.findall(r'href="methods.html#([^"]+)">Method</a>', report)
    names = [one["name"] for one in read_manifest(old.folder)["findings"]]
    assert sorted(links) == sorted(names)
    assert (old.folder / "strategy-rules.csv").is_file()
    assert not list(old.folder.rglob("before-*"))


@pytest.mark.timeout(900)
def test_a_run_after_an_earlier_one_begins_with_what_changed(two_runs):
    old, new = two_runs
    report = new.report.read_text(encoding="utf-8")
    begins = report.index('<div class="since">')
    assert begins < report.index('<dl class="figures">')
    said = re.sub(r"<[^>]+>", "", report[begins : report.index("</div>", begins)])
    assert "Since the run that ended on 30 Sept 2025" in said.replace("\xa0", " ")
    for name in ("movements", "outcome_finding", "revenue_bridge"):
        assert new.analysis.require(name).text.split(".")[0] in unescape(said)
    assert '<div class="since">' not in old.report.read_text(encoding="utf-8")


@pytest.mark.timeout(900)
def test_every_sentence_of_every_plan_is_traceable_in_the_run(two_runs):
    _, new = two_runs
    home = new.folder / "tables"
    tables = {path.stem: pd.read_parquet(path) for path in home.glob("*.parquet")}
    rows = tables["plan_sources"]
    plans = {path.stem for path in (new.folder / "plans").glob("*.html")}
    assert set(rows["account_id"]) == plans
    for row in rows.to_dict("records"):
        columns = [name for name in row["source_columns"].split(", ") if name]
        assert set(columns) <= set(tables[row["source_table"]].columns), row
    kept = pd.read_csv(new.folder / "plans" / "sources.csv", dtype=str, keep_default_na=False)
    assert kept["sentence"].tolist() == rows["sentence"].tolist()


@pytest.mark.timeout(900)
def test_what_people_wrote_in_word_excel_and_the_register_is_in_the_next_run(two_runs):
    _, new = two_runs
    rows = pd.read_csv(new.folder / "goals.csv", dtype=str, keep_default_na=False)
    mine = rows[rows["account_id"] == "000412"]
    known = mine[mine["number"] != ""].set_index("number")
    assert known.loc["1", "owner"] == "Kari"  # from Word
    assert known.loc["2", ["owner", "status"]].tolist() == ["Per", "waits for their board"]
    assert "Show the new warehouse" in set(known["action"])  # from Excel
    texts = mine[mine["kind"] == "field"].set_index("ref")["text"]
    assert texts["agreed"] == "Fixed days of delivery from 1 October"
    assert texts["notes"] == "They may move to Hamar"
    word = read_word(new.folder / "plans" / "000412.docx")
    assert {n: t for n, t in word.texts.items() if t} == texts[texts != ""].to_dict()
    sheet = pd.read_excel(new.workbook, sheet_name="Actions", dtype=str, engine="calamine")
    there = sheet[sheet["Account"] == "000412"].set_index("Number")["Responsible"]
    assert there["1"] == "Kari"
    assert there["2"] == "Per"
    objectives = new.analysis.objectives.set_index(["account_id", "number"])
    assert objectives.loc[("000412", "2"), "owner"] == "Per"


@pytest.mark.timeout(900)
def test_a_conflict_is_told_with_both_values(two_runs):
    _, new = two_runs
    (told,) = conflicts(new.analysis)
    for said in ("action 1", "waits for their board", "started", "000412.docx"):
        assert said in told
    page = (new.folder / "plans" / "000412.html").read_text(encoding="utf-8")
    assert "Action 1: " in page


@pytest.mark.timeout(900)
def test_done_does_not_stay_on_an_objective_that_is_due_later_now(two_runs):
    old, new = two_runs
    first = old.analysis.actions
    then = pd.read_csv(new.folder / "goals.csv", dtype=str, keep_default_na=False)
    ref = first[(first["account_id"] == "000412") & (first["number"] == "3")].iloc[0]
    rows = then[(then["account_id"] == "000412") & (then["ref"] == ref["ref"])]
    told = rows.set_index("kind")
    assert told.loc["closed", ["number", "status"]].tolist() == ["3", "done"]
    if ref["kind"] == "proposed":
        assert told.loc["proposed", "status"] == "proposed"
        assert told.loc["proposed", "proposed_due"] > ref["proposed_due"]


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
    plain = re.sub(r"</?a\b[^>]*>", "", text)
    for _, one in found:
        assert one.text.split(".")[0].replace("'", "&#x27;") in plain
    assert text.count("<img") == text.count("alt=")
    # the names lead to the pages of the new run, and nothing else leads away
    away = set(re.findall(r'(?:src|href)="(?!data:|#)([^"#]*)', text))
    assert len(away) == 1
    assert (page.parent / unquote(away.pop())).resolve() == (new.folder / "accounts.html").resolve()
    with pytest.raises(SourceError, match="not a finished run"):
        compare(tmp_path, new.folder)


@pytest.mark.timeout(900)
def test_the_history_scores_the_earlier_run_by_what_the_tables_of_the_later_hold(
    two_runs, tmp_path
):
    for one in two_runs:
        (tmp_path / one.folder.name).symlink_to(one.folder)
    [(company, found)] = history(tmp_path)
    assert company == "Fjordgross AS"
    row = found.table.iloc[0]
    assert (len(found.table), row["days"]) == (1, 92)  # 30 September to 31 December
    tables = [pd.read_parquet(one.folder / "tables" / "accounts.parquet") for one in two_runs]
    both = tables[0].merge(tables[1], on="account_id", suffixes=("", "_now"))
    both = both.dropna(subset=["expected_purchases", "orders", "orders_now"])
    assert row["expected"] == pytest.approx(both["expected_purchases"].sum() * 92 / 365.25)
    assert row["came"] == (both["orders_now"] - both["orders"]).clip(lower=0).sum()
    goals = pd.read_parquet(two_runs[0].folder / "tables" / "objectives.parquet")
    assert 0 < row["objectives"] <= len(goals)
    assert row["reached"] + row["missed"] <= row["objectives"]
    with pytest.raises(SourceError, match="two finished runs"):
        history(tmp_path / "nothing")


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_every_number_of_a_run_is_given_by_its_source_again(two_runs):
    _, new = two_runs
    found = verify(new.folder, options=RunOptions(quiet=True))
    assert found.ok, found.differences[:5]
    assert found.numbers > 50_000


@pytest.mark.timeout(900)
def test_no_path_of_the_machine_and_no_name_of_a_person_is_left(two_runs, fjordgross):
    _, new = two_runs
    people = re.compile("|".join(map(re.escape, set(fjordgross.table("contacts")["person"]))))
    for name, text in texts(new.folder):
        assert str(new.folder.parent) not in text, name
        assert people.findall(text) == [], name
    for path in new.folder.glob("tables/*.parquet"):
        assert people.findall(pd.read_parquet(path).to_csv()) == [], path.name
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
    # two key accounts, as many silent ones; of the largest outside those to protect
    assert 4 <= len(pages) <= 6
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "What we are after" in text
        assert "the cost of goods (contribution)" in text
        assert "on the time before" in text


@pytest.mark.proof
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
    assert len(found) == 7


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
