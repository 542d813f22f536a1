"""A run folder appears whole or not at all, and nothing that is not ours is touched."""

import json

import pytest

from kamkit.errors import KamkitError, ParameterError
from kamkit.run import folder


def make(final, files, key="same"):
    """Make a finished run of a few text files."""
    with folder.made(final) as place:
        for name, text in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        content = {"kamkit": {}, "key": key, "files": folder.checksums(place)}
        (place / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return final


def names(place):
    return sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file())


def test_a_finished_folder_holds_its_files_and_nothing_of_the_work(tmp_path):
    final = make(tmp_path / "runs" / "a", {"report.html": "one", "tables/a.txt": "1"})
    assert names(tmp_path / "runs") == ["a/manifest.json", "a/report.html", "a/tables/a.txt"]
    assert folder.contents(final)["key"] == "same"


def test_a_failure_leaves_the_partial_folder_and_no_final_one(tmp_path):
    def fail():
        with folder.made(tmp_path / "a") as place:
            place.joinpath("half.txt").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "a.partial" / "half.txt").read_text() == "half"
    with folder.made(tmp_path / "a") as place:
        assert place.joinpath("half.txt").exists()


def test_a_new_run_takes_the_place_and_keeps_what_people_added_or_changed(tmp_path):
    final = make(tmp_path / "a", {"report.html": "one", "accounts.xlsx": "one", "gone.txt": "x"})
    final.joinpath("minutes.txt").write_text("ours")
    final.joinpath("accounts.xlsx").write_text("with notes of the manager")
    make(final, {"report.html": "two", "accounts.xlsx": "two"})
    assert names(tmp_path) == [
        "a/accounts.xlsx",
        "a/kept/accounts.xlsx",
        "a/manifest.json",
        "a/minutes.txt",
        "a/report.html",
    ]
    assert final.joinpath("report.html").read_text() == "two"
    assert final.joinpath("kept/accounts.xlsx").read_text() == "with notes of the manager"
    final.joinpath("accounts.xlsx").write_text("noted again")
    make(final, {"report.html": "three", "accounts.xlsx": "three"})
    assert final.joinpath("kept/accounts.xlsx").read_text() == "with notes of the manager"
    assert final.joinpath("kept-2/accounts.xlsx").read_text() == "noted again"


def test_an_interrupted_replacement_is_finished_by_the_next_run(tmp_path):
    final = make(tmp_path / "a", {"report.html": "one"})
    final.joinpath("minutes.txt").write_text("ours")
    final.rename(tmp_path / "a.replaced")
    make(final, {"report.html": "two"})
    assert names(tmp_path) == ["a/manifest.json", "a/minutes.txt", "a/report.html"]
    assert final.joinpath("report.html").read_text() == "two"


@pytest.mark.parametrize("place", ["a", "a.partial", "a.replaced"])
def test_a_folder_that_is_not_a_run_is_refused_and_left_alone(tmp_path, place):
    foreign = tmp_path / place
    foreign.mkdir()
    foreign.joinpath("thesis.docx").write_text("years of work")
    with pytest.raises(ParameterError, match="is not a run of kamkit") as refusal:
        make(tmp_path / "a", {"report.html": "one"})
    assert refusal.value.found == "thesis.docx"
    assert "--out" in refusal.value.remedy
    assert foreign.joinpath("thesis.docx").read_text() == "years of work"
    assert not tmp_path.joinpath("a", "report.html").exists()


def test_a_file_in_the_way_is_refused(tmp_path):
    tmp_path.joinpath("a").write_text("a file")
    with pytest.raises(ParameterError, match="“a” is there already"):
        folder.choose(tmp_path / "a", "case", "key", replace=True)


def test_a_manifest_of_something_else_is_no_run(tmp_path):
    tmp_path.joinpath("manifest.json").write_text('{"name": "web app"}')
    with pytest.raises(ParameterError, match="not a run of kamkit"):
        folder.refuse_foreign(tmp_path)


def test_an_empty_folder_is_taken(tmp_path):
    tmp_path.joinpath("a").mkdir()
    assert names(make(tmp_path / "a", {"report.html": "one"})) == ["manifest.json", "report.html"]


def test_two_runs_do_not_work_in_one_folder(tmp_path):
    with (
        folder.made(tmp_path / "a"),
        pytest.raises(KamkitError, match="Another run"),
        folder.made(tmp_path / "a"),
    ):
        pass


def test_another_run_is_replaced_only_when_allowed(tmp_path):
    final = make(tmp_path / "a", {"report.html": "one"}, key="old")
    with pytest.raises(ParameterError, match="other data or other settings") as refusal:
        folder.choose(final, "case", "new", replace=False)
    assert "--replace" in refusal.value.remedy
    assert folder.choose(final, "case", "new", replace=True) == final
    assert folder.choose(final, "case", "old", replace=False) == final


def test_the_default_folder_gives_way_to_other_inputs_and_foreign_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "kamkit-runs"

    def chosen(key, *, replace=False):
        return folder.choose(None, "sales-2025-12-31", key, replace=replace).name

    assert chosen("one") == "sales-2025-12-31"
    make(home / "sales-2025-12-31", {"report.html": "one"}, key="one")
    assert chosen("one") == "sales-2025-12-31"
    assert chosen("two") == "sales-2025-12-31-2"
    assert chosen("two", replace=True) == "sales-2025-12-31"
    home.joinpath("sales-2025-12-31-2").mkdir()
    home.joinpath("sales-2025-12-31-2", "own.txt").write_text("ours")
    assert chosen("two") == "sales-2025-12-31-3"
