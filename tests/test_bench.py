"""The bench in small form: every engine gives the same facts. Its timings are not tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.story
def test_all_engines_agree_on_a_small_ledger():
    command = [sys.executable, "bench/account_facts.py", "--lines", "20000", "--repeats", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("|      20,000")]
    assert [row.split("|")[2].strip() for row in rows] == [
        "SQL, one level",
        "SQL, two levels",
        "kamkit",
        "polars",
        "pandas",
    ]
    assert "All engines agree" in done.stdout
