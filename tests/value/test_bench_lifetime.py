"""The bench of the repeat-purchase models in small form, without peers. Timings are not tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "bench/lifetime.py", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.proof
def test_the_bench_fits_every_model_and_tells_seconds_and_memory():
    done = bench("--accounts", "300", "--repeats", "1", "--no-peers")
    assert done.returncode == 0, done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines() if line.startswith("|       300")]
    assert [row[2].strip() for row in rows] == ["bg_nbd", "mbg_nbd", "pareto_nbd", "gamma_gamma"]
    assert {row[3].strip() for row in rows} == {"kamkit"}
    # where a fit fails its reason stands in the place of the seconds
    assert all(float(row[4]) > 0 and float(row[6].replace(",", "")) > 0 for row in rows)
