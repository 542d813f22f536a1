"""The learner's folder as the command makes it, brings it up to date, and shows what was done."""

from __future__ import annotations

import hashlib
import json

import pytest

from kamkit.__main__ import main
from kamkit.errors import ParameterError
from kamkit.learn import copying, workspace
from kamkit.learn.answers import Feedback
from kamkit.learn.attempts import FILE, Progress
from kamkit.learn.workspace import make, of, reset
from tests.learn.conftest import ROOT

COURSE = ROOT / "notebooks" / "learn"


def book(*cells: str) -> str:
    made = [{"cell_type": "markdown", "metadata": {}, "source": cells[0]}]
    made += [
        {
            "cell_type": "code",
            "metadata": {},
            "source": one,
            "outputs": [{"x": 1}],
            "execution_count": 1,
        }
        for one in cells[1:]
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def course(tmp_path):
    """A course of two lessons."""
    folder = tmp_path / "course" / "learn"
    folder.mkdir(parents=True)
    (folder / "02_who_matters.ipynb").write_text(book("# Who", "1 + 1"), encoding="utf-8")
    onwards = "# Keep\n\n**Next:** [Lesson 5: forecast](05_forecast.ipynb)"
    (folder / "04_keep.ipynb").write_text(book(onwards, "2"), encoding="utf-8")
    return folder


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "mine"


def cells(path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


class TestMake:
    def test_the_lessons_are_copied_without_outputs(self, course, mine):
        made = make(mine, course, track="analyst")
        assert made.fresh == ["02_who_matters.ipynb", "04_keep.ipynb"]
        code = cells(mine / "02_who_matters.ipynb")[1]
        assert (code["outputs"], code["execution_count"]) == ([], None)
        assert "jupyter" not in code["metadata"]

    def test_code_is_folded_for_managers_and_the_next_lesson_is_theirs(self, course, mine):
        make(mine, course, track="manager")
        code = cells(mine / "04_keep.ipynb")[1]
        assert code["metadata"]["jupyter"] == {"source_hidden": True}
        prose = "".join(cells(mine / "04_keep.ipynb")[0]["source"])
        assert prose.endswith("**Next:** [Lesson 6: Choose: who is a key account](06_choose.ipynb)")

    def test_whoever_names_no_track_has_no_code_to_read(self, course, mine):
        make(mine, course)
        assert of(mine).data["track"] == "manager"
        code = cells(mine / "02_who_matters.ipynb")[1]
        assert code["metadata"]["jupyter"] == {"source_hidden": True}

    def test_it_remembers_track_seed_and_language_and_changes_what_is_named(self, course, mine):
        make(mine, course, track="manager", seed=17, language="nb")
        make(mine, course, seed=18)
        kept = of(mine).data
        assert (kept["track"], kept["seed"], kept["language"]) == ("manager", 18, "nb")

    def test_own_data_is_ignored_by_version_control(self, course, mine):
        import subprocess

        make(mine, course)
        (mine / "my-data" / "sales.csv").write_text("x", encoding="utf-8")
        for words in (["init", "-q"], ["add", "-A"]):
            subprocess.run(["git", *words], cwd=mine, check=True, capture_output=True)
        done = subprocess.run(["git", "ls-files"], cwd=mine, check=True, capture_output=True)
        listed = done.stdout.decode().split()
        assert "02_who_matters.ipynb" in listed
        assert not [one for one in listed if one.startswith(("my-data/", ".kamkit/"))]

    def test_the_notebooks_of_kamkit_are_never_opened_themselves(self):
        for place in (COURSE, COURSE.parent, COURSE / "inside"):
            with pytest.raises(ParameterError, match="notebooks of kamkit itself"):
                make(place, COURSE)

    def test_a_folder_with_other_things_in_it_is_refused(self, course, mine):
        mine.mkdir()
        (mine / "letter.txt").write_text("x", encoding="utf-8")
        with pytest.raises(ParameterError, match="has other things in it"):
            make(mine, course)
        assert [path.name for path in mine.iterdir()] == ["letter.txt"]

    def test_an_unknown_track_is_told_before_anything_is_made(self, course, mine):
        with pytest.raises(ParameterError, match="no track “boss”"):
            make(mine, course, track="boss")
        assert not mine.exists()


class TestUpdate:
    def changed(self, course):
        (course / "02_who_matters.ipynb").write_text(book("# Who, better", "1 + 1"), "utf-8")

    def test_nothing_is_written_when_nothing_is_new(self, course, mine):
        make(mine, course)
        own = json.loads((mine / "02_who_matters.ipynb").read_text("utf-8"))
        own["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Mine."})
        (mine / "02_who_matters.ipynb").write_text(json.dumps(own), encoding="utf-8")
        made = make(mine, course)
        assert (made.fresh, made.updated, made.kept) == ([], [], [])
        assert cells(mine / "02_who_matters.ipynb")[-1]["source"] == "Mine."

    def test_a_lesson_that_was_only_run_is_replaced(self, course, mine):
        make(mine, course)
        own = json.loads((mine / "02_who_matters.ipynb").read_text("utf-8"))
        own["cells"][1] |= {"outputs": [{"x": 3}], "execution_count": 7}
        (mine / "02_who_matters.ipynb").write_text(json.dumps(own), encoding="utf-8")
        self.changed(course)
        made = make(mine, course)
        assert (made.updated, made.kept) == (["02_who_matters.ipynb"], [])
        assert cells(mine / "02_who_matters.ipynb")[0]["source"] == "# Who, better"

    def test_what_the_learner_changed_is_kept_aside(self, course, mine):
        make(mine, course)
        own = (mine / "02_who_matters.ipynb").read_text("utf-8").replace("1 + 1", "2 + 2")
        (mine / "02_who_matters.ipynb").write_text(own, encoding="utf-8")
        self.changed(course)
        made = make(mine, course)
        assert [path.name for path in made.kept] == ["02_who_matters.ipynb"]
        assert "2 + 2" in made.kept[0].read_text("utf-8")
        assert "2 + 2" not in (mine / "02_who_matters.ipynb").read_text("utf-8")

    def test_answers_and_plan_stay(self, course, mine):
        make(mine, course)
        Progress(mine).record("02.x", 0, "a", Feedback("right", 1.0, ""))
        (mine / "my-plan.md").write_text("Mine.", encoding="utf-8")
        self.changed(course)
        make(mine, course)
        assert Progress(mine).done("02.x", 0)
        assert (mine / "my-plan.md").read_text("utf-8") == "Mine."


class TestReset:
    def test_the_notebook_comes_back_and_the_answers_of_the_lesson_go(self, course, mine):
        make(mine, course)
        for code in ("02.x", "04.x"):
            Progress(mine).record(code, 0, "a", Feedback("right", 1.0, ""))
        (mine / "02_who_matters.ipynb").write_text(book("# Spoilt"), encoding="utf-8")
        made = reset(mine, course, 2)
        assert cells(mine / "02_who_matters.ipynb")[0]["source"] == "# Who"
        assert "Spoilt" in made.kept[0].read_text("utf-8")
        assert not Progress(mine).tried("02.x", 0)
        assert Progress(mine).tried("04.x", 0)

    def test_answers_are_kept_where_that_is_asked(self, course, mine):
        make(mine, course)
        Progress(mine).record("02.x", 0, "a", Feedback("right", 1.0, ""))
        reset(mine, course, 2, keep_answers=True)
        assert Progress(mine).done("02.x", 0)


def test_a_notebook_that_cannot_be_read_counts_as_changed():
    assert copying.written("{") != copying.written(book("# Who"))


def spoken(capsys, *words: str) -> tuple[int, str]:
    code = main(list(words))
    return code, capsys.readouterr().out


def state_of_course() -> str:
    files = sorted(path for path in COURSE.parent.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def test_the_commands_from_the_first_day_to_the_certificate(mine, capsys, practice, monkeypatch):
    from tests.learn.conftest import asked_in

    monkeypatch.chdir(mine.parent)
    before = state_of_course()
    code, said = spoken(capsys, "learn", "mine", "--track", "manager", "--no-lab")
    assert code == 0
    assert said.startswith("Your folder: mine.")
    assert "JupyterLab" not in said, "nothing was started"
    progress = Progress(mine)
    from kamkit.learn.register import questions

    for one in questions(2):
        question = asked_in(one, practice, progress)
        if one == "02.accounts_for_80":
            question.check("5")
        assert question.check(question._kind.example())
    code, said = spoken(capsys, "learn", "status", "mine")
    row = next(line for line in said.splitlines() if "Who matters" in line)
    assert row.split() == ["2", "Who", "matters", "12", "of", "12", "100%", "92%", "passed"]
    monkeypatch.chdir(mine)
    code, said = spoken(capsys, "learn", "certificate")
    text = (mine / "certificate.md").read_text("utf-8")
    assert "| 2 Who matters | 12/12 | 100% | 92% |" in text
    assert "self-attested" in text
    code, said = spoken(capsys, "learn", "reset", "02")
    assert code == 0
    assert "0 of 12" in spoken(capsys, "learn", "status")[1]
    spoken(capsys, "learn", "certificate")
    assert "| 2 Who matters" not in (mine / "certificate.md").read_text("utf-8")
    assert state_of_course() == before


def test_the_checksum_is_another_when_an_answer_is_changed(mine, course):
    from kamkit.learn.certificate import checksum_of

    make(mine, course)
    Progress(mine).record("02.x", 0, "a", Feedback("right", 1.0, ""))
    first = checksum_of(of(mine).data)
    data = json.loads((mine / FILE).read_text("utf-8"))
    data["questions"]["02.x@0"]["attempts"][0]["answer"] = "b"
    (mine / FILE).write_text(json.dumps(data), encoding="utf-8")
    assert checksum_of(of(mine).data) != first


def test_the_folder_of_a_learner_speaks_its_language(mine, course, monkeypatch, capsys):
    from kamkit.language import set_language

    make(mine, course, language="nb")
    monkeypatch.delenv("KAMKIT_LANG")
    monkeypatch.setattr(workspace, "DEFAULT", str(mine))
    set_language("en")
    assert "Leksjon" in spoken(capsys, "learn", "status", str(mine))[1]


@pytest.mark.proof
def test_another_seed_is_another_company_with_the_same_truths(tmp_path, capsys):
    import pandas as pd

    for seed in ("17", "18"):
        assert spoken(capsys, "learn", "case", "--seed", seed, str(tmp_path / seed), "-q")[0] == 0
    keys = [json.loads((tmp_path / s / "answer_key.json").read_text("utf-8")) for s in ("17", "18")]
    bundled = json.loads((ROOT / "data" / "fjordgross" / "answer_key.json").read_text("utf-8"))
    assert keys[0].keys() == keys[1].keys() == bundled.keys()
    for name in ("giant", "quiet_star", "late", "single_contact", "chain"):
        ids = [
            json.dumps(key[name].get("account_id") or key[name]["parent_id"])
            for key in (*keys, bundled)
        ]
        assert len(set(ids)) == 3, name
    for key, seed in zip(keys, ("17", "18"), strict=True):
        lines = pd.read_parquet(tmp_path / seed / "sales.parquet")
        totals = lines.assign(amount=lines["amount"].astype(float)).groupby("account_id")["amount"]
        assert totals.sum().idxmax() == key["giant"]["account_id"]
        silent = lines.loc[lines["account_id"] == key["late"]["account_id"], "date"].max()
        assert str(silent)[:10] == key["late"]["last_date"]
    code = main(["learn", "case", "--seed", "17", str(tmp_path / "17")])
    assert code == 2
    assert "is not empty" in capsys.readouterr().err
