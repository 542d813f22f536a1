"""The catalogue: every data set is named, credited, and found where it lies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from kamkit.case import open_case
from kamkit.datasets import CATALOGUE, copies, describe, find, listing, load_table, local_path
from kamkit.datasets.copies import bundled_folder, copy_note
from kamkit.errors import FetchError, ParameterError, SourceError

CSV_HEADER = "Channel,Region,Fresh,Milk,Grocery,Frozen,Detergents_Paper,Delicassen\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KAMKIT_DATA_DIR", raising=False)
    return tmp_path / "cache" / "kamkit"


def test_the_four_data_sets_of_the_project_are_there():
    assert list(CATALOGUE) == ["fjordgross", "cdnow", "online-retail-ii", "wholesale-customers"]
    assert {entry.name for entry in CATALOGUE.values() if entry.fictional} == {"fjordgross"}
    assert [entry.currency for entry in CATALOGUE.values()] == ["NOK", "USD", "GBP", ""]


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_every_data_set_says_its_licence_and_source(entry):
    text = describe(entry.name)
    assert entry.licence in text
    assert entry.citation in text
    assert entry.title in text.splitlines()[0]


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_a_fetched_data_set_has_an_address_and_a_known_structure(entry):
    fetched = entry.kind == "fetched"
    assert entry.url.startswith("https://") is fetched
    assert bool(entry.member) is fetched
    assert bool(entry.columns) is fetched


@pytest.mark.parametrize(
    ("typed", "near"), [("fjordgros", "fjordgross"), ("wholesale-customer", "wholesale-customers")]
)
def test_a_mistyped_name_is_answered_with_the_nearest(typed, near):
    with pytest.raises(ParameterError) as caught:
        find(typed)
    assert typed in caught.value.message
    assert caught.value.remedy == f"Did you mean “{near}”?"


def test_an_unknown_name_is_answered_with_all_names():
    with pytest.raises(ParameterError) as caught:
        find("sap")
    assert caught.value.wanted == ", ".join(CATALOGUE)


def test_bundled_data_lie_in_the_data_folder_of_a_checkout():
    place = bundled_folder(CATALOGUE["cdnow"])
    assert place.parts[-3:] == ("data", "cdnow", "sales.parquet")
    assert place.is_file()


def test_an_installed_package_reads_the_data_it_was_shipped_with(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "kamkit"
    shipped = package / "_shipped" / "data" / "cdnow"
    shipped.mkdir(parents=True)
    (shipped / "sales.parquet").touch()
    monkeypatch.setattr(copies, "__file__", str(package / "datasets" / "copies.py"))
    assert bundled_folder(CATALOGUE["cdnow"]) == (shipped / "sales.parquet").resolve()
    with pytest.raises(SourceError, match="“fjordgross” is missing from this installation"):
        bundled_folder(CATALOGUE["fjordgross"])


def test_cdnow_has_the_lines_that_are_published():
    assert len(load_table("cdnow")) == 69_659


@pytest.mark.parametrize("name", ["online-retail-ii", "wholesale-customers"])
def test_a_data_set_that_is_not_here_says_how_to_fetch_it(name):
    with pytest.raises(FetchError) as caught:
        local_path(name)
    assert caught.value.remedy == f"Fetch it: kamkit data fetch {name}"
    assert f"kamkit data fetch {name}" in describe(name)


def test_a_fetched_copy_in_the_cache_is_found(own_cache):
    own_cache.mkdir(parents=True)
    (own_cache / "wholesale-customers.csv").write_text(CSV_HEADER + "1,3,1,2,3,4,5,6\n")
    assert local_path("wholesale-customers") == own_cache / "wholesale-customers.csv"
    assert [row["here"] for row in listing()][2:] == [False, True]


def test_a_copy_in_the_data_folder_goes_before_the_cache(tmp_path, own_cache, monkeypatch):
    own_cache.mkdir(parents=True)
    (own_cache / "wholesale-customers.csv").write_text(CSV_HEADER)
    own = tmp_path / "own"
    own.mkdir()
    (own / "Wholesale customers data.csv").write_text(CSV_HEADER + "1,3,1,2,3,4,5,6\n")
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(own))
    assert local_path("wholesale-customers").parent == own
    assert load_table("wholesale-customers").loc[1, "Delicassen"] == 6


def test_a_data_folder_that_is_none_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(ParameterError, match="KAMKIT_DATA_DIR does not name a folder"):
        local_path("online-retail-ii")


def test_a_copy_of_the_first_sheet_is_used_and_says_so(shared_data, monkeypatch):
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(shared_data))
    assert local_path("online-retail-ii").name == "online_retail_II_2009_2010.parquet"
    note = "This copy holds the sheet “Year 2009-2010” only."
    assert copy_note("online-retail-ii") == note
    assert note in describe("online-retail-ii")


def test_a_copy_without_all_columns_says_which_are_missing(tmp_path, monkeypatch):
    rows = "Fresh,Milk,Grocery,Frozen,Channel,Region\n" + "1,2,3,4,1,3\n" * 440
    (tmp_path / "wholesale_customers.csv").write_text(rows)
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(tmp_path))
    assert copy_note("wholesale-customers") == ("This copy lacks “Detergents_Paper”, “Delicassen”.")


def test_a_whole_copy_has_nothing_to_note(tmp_path, monkeypatch):
    rows = CSV_HEADER + "1,2,3,4,5,6,7,8\n" * 440
    (tmp_path / "wholesale_customers.csv").write_text(rows)
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(tmp_path))
    assert copy_note("wholesale-customers") == ""


def test_another_file_under_the_name_is_refused(tmp_path, monkeypatch):
    (tmp_path / "wholesale_customers.csv").write_text("a,b\n1,2\n")
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(tmp_path))
    with pytest.raises(SourceError, match="is not the data set “wholesale-customers”") as caught:
        copy_note("wholesale-customers")
    assert caught.value.found == "“a”, “b”"


def test_a_torn_parquet_copy_is_told(tmp_path, shared_data, monkeypatch):
    whole = tmp_path / "online_retail_II_2009_2010.parquet"
    shutil.copyfile(shared_data / whole.name, whole)
    with whole.open("r+b") as file:
        file.truncate(100_000)
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(tmp_path))
    with pytest.raises(SourceError, match="cannot be read"):
        copy_note("online-retail-ii")
    assert "cannot be read" in describe("online-retail-ii")


def test_clients_without_dates_are_no_case():
    with pytest.raises(SourceError, match="is no sales ledger") as caught:
        open_case("wholesale-customers")
    assert "no dates and no invoices" in caught.value.found
    assert "load_table" in caught.value.remedy


def test_several_tables_are_not_loaded_as_one():
    with pytest.raises(ParameterError, match="has several tables"):
        load_table("fjordgross")


def test_the_shared_copy_has_the_means_of_the_published_clients(shared_data, monkeypatch):
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(shared_data))
    clients = load_table("wholesale-customers")
    published = {"Fresh": 12000.30, "Milk": 5796.27, "Grocery": 7951.28, "Frozen": 3071.93}
    assert len(clients) == 440
    assert clients[list(published)].mean().round(2).to_dict() == pytest.approx(published)
    assert isinstance(clients, pd.DataFrame)
    assert list(clients.index[:2]) == [1, 2]
