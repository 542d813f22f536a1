"""What cannot be is refused before anything is read: the source of these runs does not exist."""

from __future__ import annotations

import json

import pytest

from kamkit.errors import KamkitError, ParameterError, SourceError
from kamkit.run import RunOptions, run
from kamkit.settings import Settings

NOT_THERE = "no such ledger.csv"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def refused(here, settings=None, **options):
    """Return how a run is refused; the folder is as it was."""
    before = sorted(here.rglob("*"))
    with pytest.raises(KamkitError) as refusal:
        run(NOT_THERE, settings, options=RunOptions(quiet=True, **options))
    assert sorted(here.rglob("*")) == before
    return refusal.value


def test_without_anything_to_refuse_it_is_the_source_that_is_missed(tmp_path):
    assert isinstance(refused(tmp_path), SourceError)
    assert isinstance(refused(tmp_path, parameters=["cut_a=0.7", "weights=profit=3"]), SourceError)


@pytest.mark.parametrize(
    ("given", "found", "remedy"),
    [
        ("cuta=0.5", "cuta", "cut_a"),
        ("weigths=profit=3", "weigths", "weights"),
        ("cut_a=high", "cut_a=high", "cut_a=0.8"),
        ("cut_a=0,8", "cut_a=0,8", "point"),
        ("cut_a=1.5", "cut_a=1.5", "cut_a=0.8"),
        ("cut_a=0.97", "cut_a=0.97, cut_b=0.95", "cut_b=0.95"),
        ("key_accounts=-3", "key_accounts=-3", "key_accounts=0"),
        ("key_accounts=2.5", "key_accounts=2.5", "key_accounts=0"),
        ("cohort=weekly", "cohort=weekly", "cohort=month"),
        ("cohort=quartr", "cohort=quartr", "“quarter”"),
        ("language=fo", "language=fo", "language=en"),
        ("start=2025-02-30", "start=2025-02-30", "2025-03-31"),
        ("end=1 March", "end=1 March", "2025-03-31"),
        ("02.cut_a=0.5", "02.cut_a=0.5", "cut_a=0.5"),
        ("rates=delivery=much", "delivery=much", "delivery=240"),
        ("effects=shared.groth=0:0:0", "shared.groth=0:0:0", ""),
        ("points=regoin=10", "", "region"),
        ("health_weights=grwoth=30", "", "growth"),
        ("weights=profit", "profit", "profit=3"),
        ("weights=profit=many", "profit=many", "profit=3"),
        ("pairs=profit=3", "profit=3", "profit>growth=3"),
        ("require=regoin", "regoin", "region"),
        ("items=catgory", "items=catgory", "category"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_what_it_may_be(tmp_path, given, found, remedy):
    error = refused(tmp_path, parameters=[given])
    assert isinstance(error, ParameterError)
    assert found in (error.found or error.message)
    assert remedy in error.remedy + error.wanted


def test_two_ways_of_weighting_are_refused(tmp_path):
    error = refused(tmp_path, parameters=["weights=profit=3", "ranking=profit,growth"])
    assert "two ways" in error.message


@pytest.mark.parametrize("given", ["cut_a", "=0.7", "cut_a:0.7"])
def test_a_pair_without_name_or_sign_is_refused(tmp_path, given):
    assert "not a parameter with a value" in str(refused(tmp_path, parameters=[given]))


def test_a_name_given_twice_is_refused(tmp_path):
    error = refused(tmp_path, parameters=["cut_a=0.7", "cut_a=0.6"])
    assert "given twice" in error.message


def test_what_the_run_fills_in_is_no_setting(tmp_path):
    assert "run itself" in str(refused(tmp_path, parameters=["source=other.csv"]))


@pytest.mark.parametrize("name", ["rules", "template", "previous"])
def test_a_file_that_is_not_there_is_refused(tmp_path, name):
    error = refused(tmp_path, Settings(**{name: "not there.docx"}))
    assert isinstance(error, ParameterError)
    assert f"“{name}”" in error.message
    assert error.found == "not there.docx"


def test_rules_that_cannot_be_read_are_refused_with_their_row(tmp_path):
    from kamkit.plan import rules_table

    rules = rules_table()
    rules.loc[3, "when"] = "proft < 0"
    rules.to_csv("rules.csv", index=False)
    error = refused(tmp_path, Settings(rules="rules.csv"))
    assert "4" in error.where + error.message
    assert "proft" in error.found
    assert "profit" in error.remedy


def test_a_template_that_is_no_word_document_is_refused(tmp_path):
    tmp_path.joinpath("house.docx").write_text("<html>")
    error = refused(tmp_path, Settings(template="house.docx"))
    assert "template" in error.message
    assert ".docx" in error.wanted


def test_an_earlier_run_that_is_none_is_refused(tmp_path):
    tmp_path.joinpath("old").mkdir()
    assert "no run of kamkit" in refused(tmp_path, Settings(previous="old")).message
    made_before = {"kamkit": {"version": "0.1.0", "manifest": 1}, "key": "", "files": {}}
    tmp_path.joinpath("old", "manifest.json").write_text(json.dumps(made_before))
    assert isinstance(refused(tmp_path, Settings(previous="old")), SourceError)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"only": ["identfy"]}, "no notebook “identfy”"),
        ({"jobs": -1}, "at least one job"),
        ({"lang": "fo"}, "Unknown language"),
    ],
)
def test_an_option_that_cannot_be_is_refused(tmp_path, given, message):
    assert message in refused(tmp_path, **given).message


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path):
    tmp_path.joinpath("own").mkdir()
    tmp_path.joinpath("own", "thesis.docx").write_text("years of work")
    error = refused(tmp_path, out="own", replace=True)
    assert "not a run of kamkit" in error.message
    assert [p.name for p in tmp_path.joinpath("own").iterdir()] == ["thesis.docx"]


def test_own_notebooks_keep_their_parameters(tmp_path, book):
    folder = book("01_own", "print(top)", parameters="top: int = 2").parent
    assert "wrong type" in refused(tmp_path, folder=folder, parameters=["top=many"]).message
    assert isinstance(refused(tmp_path, folder=folder, parameters=["top=3"]), SourceError)
