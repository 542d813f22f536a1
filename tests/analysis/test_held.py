"""Results of many accounts: they take no more memory than there is room for, and stay the same."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest

import kamkit as kam
from kamkit.analysis import Analysis, held
from kamkit.analysis.graph import Kept, order
from kamkit.analysis.held import Held
from kamkit.analysis.store import Store

ASKED = ("classes", "stability", "cohorts", "losing")


@pytest.fixture(scope="module")
def many():
    """Return a ledger of 2,000 accounts with cost and product groups over two years."""
    rng = np.random.default_rng(5)
    n = 6_000
    amount = rng.gamma(2.0, 400.0, n).round(2)
    lines = pd.DataFrame(
        {
            "account_id": [f"K{k % 2_000:05d}" for k in range(n)],
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 731, n), "D"),
            "amount": amount,
            "cost": (amount * rng.uniform(0.5, 1.1, n)).round(2),
            "category": [f"G{k}" for k in rng.integers(0, 6, n)],
        }
    )
    return kam.open_case(lines)


def in_little_room(case, monkeypatch):
    """Return an analysis in which every table is large, and no second one has room."""
    monkeypatch.setattr(held, "_LARGE", 1)
    analysis = Analysis(case)
    analysis._kept = Held(room=1)
    return analysis


def test_results_are_the_same_with_room_for_one_table_only(many, monkeypatch):
    usual = Analysis(many)
    expected = {name: usual.require(name) for name in ASKED}
    small = in_little_room(many, monkeypatch)
    for name in (*ASKED, *ASKED):
        found, known = small.require(name), expected[name]
        if isinstance(known, pd.DataFrame):
            pd.testing.assert_frame_equal(found, known)
            continue
        assert found.text == known.text
        pd.testing.assert_frame_equal(found.table, known.table)


def test_what_is_held_in_memory_stays_within_the_room(many, monkeypatch):
    monkeypatch.setattr(held, "_LARGE", 20_000)
    analysis = Analysis(many)
    analysis._kept = Held(room=500_000)
    most = 0
    for name in order(["described_accounts", "classes", "losing", "cohorts"]):
        analysis.make([name])
        sizes = [held._bytes(one.value) for one in analysis._kept._here.values()]
        large = [size for size in sizes if size >= 20_000]
        most = max(most, sum(large) - max(large, default=0))
    # the one that was asked for last stays whatever its size
    assert 0 < most <= 500_000


def test_the_temporary_folder_goes_with_the_analysis(many, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    analysis = in_little_room(many, monkeypatch)
    analysis.make(["classes", "candidates"])
    assert list(tmp_path.glob("kamkit-*/tables/*.parquet"))
    other = analysis.choose(n=3)
    del analysis
    gc.collect()
    assert len(other.classes) == 2_000  # shared with the first, and still there
    del other
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_has_is_not_written_twice(many, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(held, "_LARGE", 1)
    analysis = Analysis(many, store=Store(tmp_path / "run"))
    analysis._kept = Held(Store(tmp_path / "run"), room=1)
    analysis.make(["classes", "candidates", "class_summary"])
    assert ("classes", "") not in analysis._kept
    assert len(analysis.classes) == 2_000
    assert not (tmp_path / "temporary").exists()


def test_a_result_stays_in_memory_where_the_disk_is_full(many, monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "_whole", full)
    analysis = in_little_room(many, monkeypatch)
    analysis.make(["classes", "candidates"])
    assert ("classes", "") in analysis._kept._here


def test_what_was_asked_for_last_stays(monkeypatch):
    monkeypatch.setattr(held, "_LARGE", 1)
    table = pd.DataFrame({"revenue": np.arange(100.0)})
    own = Held(room=held._bytes(table) * 2)
    own["classes", ""] = Kept(table)
    own["candidates", ""] = Kept(table)
    assert own["classes", ""].value is table
    own["losing", ""] = Kept(table)
    assert set(own._here) == {("classes", ""), ("losing", "")}
    pd.testing.assert_frame_equal(own["candidates", ""].value, table)
