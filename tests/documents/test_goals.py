"""The register of a folder: what people wrote in three kinds of files becomes one."""

from __future__ import annotations

import pandas as pd
import pytest
from docx import Document

from kamkit.documents import paper as paper_of
from kamkit.documents.goals import collect, keep_plan, later, save_register, save_sources
from kamkit.documents.plan_word import plan_word
from kamkit.errors import SourceError
from kamkit.language import speaking
from kamkit.plan import REGISTER, register, sources
from kamkit.plan._register import records
from tests.documents.customer import ACCOUNT, customer, plan_of, registered, write

PLANNED = pd.DataFrame({"account_id": [ACCOUNT], "account_name": ["Moen Marine"]})


@pytest.fixture
def home(tmp_path):
    """A folder with a plan, its register and its sources, as kamkit leaves it."""
    rests = customer()
    made = plan_of(rests)
    plan_word(paper_of(made, rests), tmp_path / f"{ACCOUNT}.docx")
    save_register(register(made.actions, None, PLANNED), tmp_path)
    save_sources(sources(made), tmp_path)
    return tmp_path


def in_word(home, texts):
    path = home / f"{ACCOUNT}.docx"
    document = Document(str(path))
    for tag, text in texts.items():
        write(document, f"kamkit:{tag}", text)
    document.save(str(path))


def in_register(home, change, *, encoding="utf-8-sig", comma=","):
    table = pd.read_csv(home / "goals.csv", dtype=str, keep_default_na=False)
    table = change(table)
    raw = table.to_csv(index=False, sep=comma).encode(encoding, "replace")
    (home / "goals.csv").write_bytes(raw)


def set_cell(number, name, value):
    def change(table):
        table.loc[table["number"] == number, name] = value
        return table

    return change


def action(found, number):
    return next(row for row in records(found) if row["number"] == number)


def test_of_an_untouched_folder_nothing_is_changed(home):
    found = collect(home)
    assert (found["changed"] == "").all()
    assert (found["conflict"] == "").all()
    assert collect(home / "nowhere").columns.tolist() == list(REGISTER)


def test_word_and_the_register_are_told_apart_from_what_kamkit_wrote(home):
    in_word(home, {"1:owner": "Kari", "goals": "Faster"})
    in_register(home, set_cell("1", "status", "done"))
    found = collect(home)
    row = action(found, "1")
    assert (row["owner"], row["status"], row["changed"]) == ("Kari", "done", "owner,status")
    texts = found[found["kind"] == "field"].set_index("ref")["text"]
    assert texts[texts != ""].to_dict() == {"goals": "Faster"}


def test_the_same_word_in_two_files_is_no_conflict_and_two_words_are(home):
    in_word(home, {"1:owner": "Kari", "2:owner": "Ola"})
    in_register(home, set_cell("1", "owner", "Kari"))
    in_register(home, set_cell("2", "owner", "Per"))
    found = collect(home)
    assert action(found, "1")["conflict"] == ""
    told = action(found, "2")
    assert told["owner"] == "Per"
    assert told["conflict"] == (
        f"Responsible: goals.csv says “Per”, {ACCOUNT}.docx says “Ola”; the first counts"
    )


def test_a_spreadsheet_may_change_signs_zeros_and_the_order(tmp_path):
    rests = customer()
    made = plan_of(rests)
    table = register(made.actions, None, PLANNED).assign(account_id="007")
    save_register(table, tmp_path)
    save_sources(sources(made).assign(account_id="007"), tmp_path)

    def changed(rows):
        rows["account_id"] = "7"
        rows.loc[rows["number"] == "1", ["owner", "due"]] = ["Åse", "1.5.2026"]
        return rows.iloc[::-1]

    in_register(tmp_path, changed, encoding="cp1252", comma=";")
    row = action(collect(tmp_path), "1")
    assert (row["account_id"], row["owner"], row["due"]) == ("007", "Åse", "2026-05-01")


def test_what_is_emptied_falls_back_and_a_text_that_is_deleted_is_gone(home):
    rests = customer(written=registered(notes="Old words"))
    made = plan_of(rests)
    save_register(register(made.actions, rests.written, PLANNED), home)
    in_register(home, set_cell("1", "status", ""))
    plan_word(paper_of(made, rests), home / f"{ACCOUNT}.docx")
    in_word(home, {"notes": ""})
    found = collect(home)
    assert action(found, "1")["status"] == "proposed"
    assert found.set_index("ref").loc["notes", ["text", "changed"]].tolist() == ["", "text"]


def test_rows_that_people_add_are_their_own(home):
    def added(table):
        return pd.concat([table, pd.DataFrame([{"account_id": ACCOUNT, "action": "Ring them"}])])

    in_register(home, lambda table: added(table).fillna(""))
    found = collect(home)
    own = found[found["kind"] == "own"]
    assert own[["action", "number"]].values.tolist() == [["Ring them", ""]]


def test_without_a_register_what_stands_in_the_plans_is_not_lost(home):
    in_word(home, {"goals": "Faster", "1:status": "started"})
    (home / "goals.csv").unlink()
    found = collect(home)
    assert found.loc[found["kind"] == "field", "text"].tolist() == ["Faster"]
    again = plan_of(customer(written=found)).actions
    first = plan_of().actions
    # what was taken up is the action that is proposed again, not a second one
    assert again["action"].tolist() == first["action"].tolist()
    assert again["status"].tolist() == ["started", *first["status"].tolist()[1:]]


def test_a_register_without_its_headings_is_refused(home):
    (home / "goals.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="register cannot be read"):
        collect(home)


def test_a_plan_saved_anew_keeps_what_others_wrote(home):
    in_word(home, {"goals": "Faster"})
    written = collect(home)
    other = registered({"kind": "own", "number": "1", "action": "Call"}).assign(account_id="2")
    whole = pd.concat([written, other], ignore_index=True)
    files = keep_plan(plan_of(customer(written=whole)), whole, home)
    assert [path.name for path in files] == ["goals.csv", "sources.csv"]
    found = collect(home)
    assert set(found["account_id"]) == {ACCOUNT, "2"}
    assert found.set_index("ref").loc["goals", "text"] == "Faster"
    assert (found["changed"] != "").sum() == 1  # the goals stay a person's word


def test_an_earlier_register_adds_what_the_later_lacks():
    first = registered({"kind": "own", "number": "3", "action": "Call"}, goals="Old", help="We do")
    first["changed"] = "text"
    then = registered({"kind": "own", "number": "3", "action": "Meet"}, goals="New", help="")
    then.loc[then["ref"] == "goals", "changed"] = "text"
    found = later(first, then)
    texts = found[found["kind"] == "field"].set_index("ref")["text"].to_dict()
    assert texts == {"goals": "New", "help": "We do"}
    assert found[found["kind"] == "own"][["number", "action"]].values.tolist() == [
        ["3", "Meet"],
        ["", "Call"],
    ]


def test_a_norwegian_plan_is_read_by_an_english_kamkit(tmp_path):
    with speaking("nb"):
        rests = customer()
        made = plan_of(rests)
        plan_word(paper_of(made, rests), tmp_path / f"{ACCOUNT}.docx")
        save_register(register(made.actions, None, PLANNED), tmp_path)
        save_sources(sources(made), tmp_path)
    in_word(tmp_path, {"1:status": "Ferdig"})
    found = collect(tmp_path)
    assert action(found, "1")["status"] == "done"
    assert found.loc[found["changed"] != "", "number"].tolist() == ["1"]
