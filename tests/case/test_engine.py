"""The engine: gone with its last use, with words for what it cannot do."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from kamkit import open_case
from kamkit.case.engine import Embedded, placed, quoted
from kamkit.errors import KamkitError, ParameterError, SourceError
from kamkit.files import scratch

CDNOW = Path(__file__).resolve().parents[2] / "data" / "cdnow"


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder in which an engine makes its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_its_folder_is_gone_with_it(temporary):
    engine = Embedded()
    assert engine.folder.parent == temporary
    (engine.folder / "spill").mkdir()
    (engine.folder / "spill" / "1.tmp").write_text("x")
    del engine
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_a_table_can_be_used_when_the_case_is_gone(temporary):
    sales = open_case(CDNOW).sales
    gc.collect()
    assert sales.count().execute() == 69_659
    del sales
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_two_engines_share_nothing(engine):
    other = Embedded()
    first, second = (one.hold(pa.table({"a": [n]})) for n, one in ((1, engine), (2, other)))
    assert engine.rows(first) == [{"a": 1}]
    assert other.rows(second) == [{"a": 2}]
    assert other.folder != engine.folder


def test_a_table_is_kept_until_it_is_dropped(engine):
    held = engine.hold(pa.table({"a": [1, 2, 3]}))
    stored = engine.store(held.filter(held.a > 1))
    engine.drop("", held.get_name())
    assert engine.rows(stored.order_by("a")) == [{"a": 2}, {"a": 3}]
    with pytest.raises(SourceError, match="could not be read to its end"):
        engine.rows(held)


def test_aggregates_are_asked_in_one_row(engine):
    held = engine.hold(pa.table({"a": [1, 2, 3]}))
    assert engine.row({"n": held.count(), "most": held.a.max()}, held) == {"n": 3, "most": 3}
    assert engine.row({}, held) == {}


def test_a_frame_is_one_of_pandas(engine):
    pd.testing.assert_frame_equal(
        engine.frame(engine.hold(pa.table({"a": [1.5]}))), pd.DataFrame({"a": [1.5]})
    )


def test_what_the_engine_says_is_cut_to_a_line(engine):
    with pytest.raises(SourceError) as refusal:
        engine.sql("SELECT nothing FROM nowhere")
    assert "\n" not in refusal.value.found
    assert len(refusal.value.found) <= 200
    assert "nowhere" in refusal.value.found


@pytest.mark.parametrize("share", ["much", "1 GBit", "GB"])
def test_a_share_of_memory_that_is_none_is_refused(monkeypatch, share):
    monkeypatch.setenv("KAMKIT_MEMORY", share)
    with pytest.raises(ParameterError, match=f"“{share}” is no amount of memory") as refusal:
        Embedded()
    assert refusal.value.where == "KAMKIT_MEMORY"


def test_more_memory_than_allowed_is_told_in_words(monkeypatch):
    monkeypatch.setenv("KAMKIT_MEMORY", "12MB")
    engine = Embedded()
    engine.sql("SET temp_directory = ''")
    with pytest.raises(SourceError, match="not enough memory or disk") as refusal:
        engine.sql("SELECT list(range) FROM range(20000000)").fetchall()
    assert "KAMKIT_MEMORY=4GB" in refusal.value.remedy


def test_what_exceeds_the_share_is_put_aside_in_the_folder_of_the_run(monkeypatch, temporary):
    monkeypatch.setenv("KAMKIT_MEMORY", "40MB")
    with scratch() as own:
        engine = Embedded()
        engine.sql("SET threads = 1")
        engine.sql("CREATE TABLE many AS SELECT range AS n, hash(range) AS h FROM range(4000000)")
        held, aside = engine.sql(
            "SELECT sum(memory_usage_bytes), sum(temporary_storage_bytes) FROM duckdb_memory()"
        ).fetchone()
        assert held <= 40_000_000
        assert aside > 0
        assert list(engine.folder.rglob("*.tmp"))
        assert own in engine.folder.parents
    assert engine.sql("SELECT count(*) FROM many").fetchone() == (4_000_000,)


def test_a_folder_that_cannot_be_made_is_told(temporary):
    temporary.rmdir()
    with pytest.raises(SourceError, match="not enough memory or disk"):
        Embedded()


def test_the_place_of_an_error_is_the_innermost():
    assert placed(KamkitError("x"), "outer").where == "outer"
    assert placed(KamkitError("x", where="inner"), "outer").where == "inner"


def test_a_quotation_mark_stays_inside_the_text(engine):
    name = "O'Hara's \"file\".csv"
    assert engine.sql(f"SELECT {quoted(name)}").fetchall() == [(name,)]
