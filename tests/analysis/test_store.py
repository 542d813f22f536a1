"""What goes to disk comes back the same, and nothing that is read is run."""

from __future__ import annotations

import datetime as dt
import json
import threading

import numpy as np
import pandas as pd
import pytest

from kamkit.analysis.graph import LEFT_OUT, Kept
from kamkit.analysis.store import Store, decoded, encoded
from kamkit.choose._programme import Programme
from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, speaking, spoken
from kamkit.output import Finding
from kamkit.periods import Period
from kamkit.value.lifetime_finding import LifetimeValue


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Fjord & Sønn",
        (1, "two", 3.5, None),
        {"a": [1, 2], "b": {"c": dt.date(2025, 1, 31)}},
        Period("2025-01-01", "2025-03-31"),
        pd.Timestamp("2025-03-31"),
    ],
)
def test_plain_values_come_back_as_they_were(value):
    text = json.dumps(encoded(value))
    assert decoded(json.loads(text), pd.DataFrame) == value


def test_a_text_comes_back_with_its_recipe_and_speaks_the_other_language():
    text = _("Lines used") + ": " + number(1234.5, 1)
    back = decoded(json.loads(json.dumps(encoded(text))), pd.DataFrame)
    assert back == "Lines used: 1,234.5"
    with speaking("nb"):
        assert spoken(back).replace("\xa0", " ") == "Linjer brukt: 1 234,5"


def test_only_dataclasses_of_kamkit_are_made_again():
    for name in ("subprocess:Popen", "os:system", "kamkit.files:checksum"):
        with pytest.raises(ValueError, match="is no"):
            decoded({"class": name, "fields": {}}, pd.DataFrame)


def test_an_error_is_kept_with_all_it_says(tmp_path):
    store = Store(tmp_path)
    error = MissingTable("No cost.", where="sales.csv", found="none", remedy="Add it.")
    store.write("profit", Kept(error=error))
    read = store.read("profit")
    assert read is not None
    assert str(read.error) == str(error)
    assert store.names() == []


def test_what_is_no_plain_data_is_refused():
    with pytest.raises(TypeError, match="no plain data"):
        encoded(object())


def back(value, tmp_path):
    """What comes back when a value is written as a result and read again."""
    store = Store(tmp_path)
    store.write("one", Kept(value))
    read = store.read("one")
    assert read is not None
    return read.value


TABLE = pd.DataFrame({"account_id": ["a", None], "revenue": [1.5, float("nan")], "n": [1, 2]})


class TestTables:
    def test_a_table_comes_back_with_its_types_gaps_and_notes(self, tmp_path):
        table = TABLE.assign(
            day=pd.to_datetime(["2025-01-31", None]).as_unit("s"), key=[True, False]
        )
        table.attrs = {"by": "profit", "accounts": 7}
        found = back(table, tmp_path)
        pd.testing.assert_frame_equal(found, table, check_exact=True)
        assert found.attrs == {"by": "profit", "accounts": 7}
        assert str(found["day"].dtype) == "datetime64[s]"

    def test_the_table_of_a_finding_has_the_name_of_the_result(self, tmp_path):
        found = back(Finding("x", TABLE, "Two accounts.", ("One has no name.",)), tmp_path)
        assert isinstance(found, Finding)
        assert (found.name, found.text, found.caveats) == (
            "x",
            "Two accounts.",
            ("One has no name.",),
        )
        pd.testing.assert_frame_equal(found.table, TABLE)
        assert [path.name for path in sorted((tmp_path / "tables").iterdir())] == ["one.parquet"]

    def test_every_other_table_of_a_result_has_its_own_file(self, tmp_path):
        value = Programme("p", TABLE, "", (), TABLE.head(1), TABLE.tail(1), years=3)
        found = back(value, tmp_path)
        assert found.years == 3
        assert (len(found.table), found.treatments["n"].item(), found.total["n"].item()) == (
            2,
            1,
            2,
        )
        names = {path.name for path in (tmp_path / "tables").iterdir()}
        assert names == {"one.parquet", "one.treatments.parquet", "one.total.parquet"}

    def test_tables_in_a_tuple_or_under_names_do_not_overwrite_each_other(self, tmp_path):
        several = (TABLE.head(1), {"x": TABLE.tail(1), "y": TABLE}, [TABLE.head(0)])
        first, named, (last,) = back(several, tmp_path)
        assert [len(one) for one in (first, named["x"], named["y"], last)] == [1, 1, 2, 0]
        assert (first["n"].item(), named["x"]["n"].item()) == (1, 2)

    def test_findings_in_a_tuple_keep_their_own_tables(self, tmp_path):
        given = (Finding("a", TABLE.head(1), "A."), Finding("b", TABLE.tail(1), "B."))
        one, other = back(given, tmp_path)
        assert (one.table["n"].item(), other.table["n"].item()) == (1, 2)
        assert (one.text, other.text) == ("A.", "B.")

    def test_a_series_keeps_its_index_and_name(self, tmp_path):
        series = pd.Series([0.5, 0.25], index=["profit", "growth"], name="weight")
        pd.testing.assert_series_equal(back(series, tmp_path), series)

    def test_a_table_where_none_can_be_stored_is_refused_with_its_place(self):
        with pytest.raises(TypeError, match="kept inside totals"):
            encoded({"totals": TABLE})
        with pytest.raises(TypeError, match=r"complex is no plain data \(in 1\)"):
            encoded([1, 1j])


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "plain"),
        [
            (np.int64(3), 3),
            (np.float64(0.5), 0.5),
            (np.bool_(True), True),
            ({"b", "a"}, ("a", "b")),
            (frozenset({2, 1}), (1, 2)),
            ({1: "one", (2, "x"): None}, {1: "one", (2, "x"): None}),
            (dt.datetime.fromisoformat("2025-01-31T08:30"), pd.Timestamp("2025-01-31 08:30")),
            ([], []),
            ((), ()),
            ({}, {}),
            (True, True),
        ],
    )
    def test_it_comes_back_as_plain_python(self, value, plain, tmp_path):
        found = back(value, tmp_path)
        assert found == plain
        assert type(found) is type(plain)

    def test_a_period_keeps_the_month_in_which_its_years_begin(self, tmp_path):
        found = back(Period("2024-07-01", "2025-06-30", fiscal_start=7), tmp_path)
        assert (str(found), found.fiscal_start) == ("1 Jul 2024 – 30 Jun 2025", 7)

    def test_a_text_inside_a_text_speaks_with_it(self, tmp_path):
        inner = _("Lines used")
        found = back({"text": _("“{text}” is not a date.", text=inner)}, tmp_path)["text"]
        assert found == "“Lines used” is not a date."
        with speaking("nb"):
            assert "Linjer brukt" in spoken(found)

    def test_a_field_that_is_not_to_be_kept_comes_back_as_its_default(self, tmp_path):
        value = LifetimeValue("l", TABLE, "Text.", repeat=object(), spend=object())
        found = back(value, tmp_path)
        assert (found.repeat, found.spend, found.text) == (None, None, "Text.")


class TestFolder:
    def test_a_result_that_was_never_written_is_not_there(self, tmp_path):
        assert Store(tmp_path).read("profit") is None
        assert Store(tmp_path).names() == []

    def test_the_settings_it_rests_on_come_back_with_it(self, tmp_path):
        store = Store(tmp_path)
        store.write("one", Kept(1, used=frozenset({"rates", "chains"})))
        store.write("two", Kept(error=MissingTable("No."), used=frozenset({"margin"})))
        assert store.read("one") == Kept(1, used=frozenset({"chains", "rates"}))
        two = store.read("two")
        assert two is not None
        assert two.used == {"margin"}
        assert store.names() == ["one"]

    def test_every_error_comes_back_as_its_own_kind_and_in_the_language_of_the_reader(
        self, tmp_path
    ):
        store = Store(tmp_path)
        for kind in LEFT_OUT:
            message, remedy = _("Nobody is fullest."), _("Choose key accounts first.")
            store.write("one", Kept(error=kind(message, found="5", remedy=remedy)))
            read = store.read("one")
            assert read is not None
            assert type(read.error) is kind
            with speaking("nb"):
                assert spoken(read.error.remedy) == _("Choose key accounts first.")
                assert spoken(read.error.remedy) != "Choose key accounts first."

    def test_a_second_time_takes_the_place_of_the_first_and_leaves_nothing_beside(self, tmp_path):
        store = Store(tmp_path)
        store.write("one", Kept(TABLE))
        store.write("one", Kept(TABLE.head(1)))
        read = store.read("one")
        assert read is not None
        assert len(read.value) == 1
        files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
        assert files == ["one.json", "one.parquet"]

    def test_only_one_makes_a_result_at_a_time(self, tmp_path):
        store, seen = Store(tmp_path), []

        def second():
            with store.making("one"):
                seen.append("second")

        thread = threading.Thread(target=second)
        with store.making("one"):
            thread.start()
            with store.making("other"):  # another result is free
                thread.join(0.2)
            seen.append("first")
        thread.join()
        assert seen == ["first", "second"]


def test_a_result_that_was_kept_with_other_fields_is_not_there(tmp_path):
    store = Store(tmp_path)
    store.write("two", Kept(Finding("two", pd.DataFrame({"a": [1, 2]}), "Two rows.", ("Small.",))))
    assert store.read("two").value.caveats == ("Small.",)
    path = tmp_path / "findings" / "two.json"
    path.write_text(path.read_text().replace('"caveats"', '"warnings"'))
    assert store.read("two") is None
