"""Time whole runs: wall, CPU of all processes, memory, and the share spent in the cells' own work.

python bench/whole_run.py                    the practice company and Online Retail II
python bench/whole_run.py fjordgross -n 3    one source, three times
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
RETAIL = ROOT.parent / "shared" / "data" / "online_retail_II_2009_2010.parquet"


def watched(command: list[str], folder: Path) -> dict[str, float]:
    """Run a command and return wall and CPU seconds, peak memory, and the first finding's time.

    CPU and memory are those of the process and everything it started, sampled twenty times a
    second; what ended between two samples counts as it was at the last one.
    """
    cpu: dict[int, float] = {}
    peak, first, started = 0.0, float("nan"), time.monotonic()
    log = folder / "log"
    with log.open("w") as file:
        process = psutil.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT)
        while process.poll() is None:
            memory = 0.0
            for one in [process, *_children(process)]:
                try:
                    times = one.cpu_times()
                    cpu[one.pid] = times.user + times.system
                    memory += one.memory_info().rss - getattr(one.memory_info(), "shared", 0)
                except psutil.Error:
                    continue
            peak = max(peak, memory)
            if first != first and " % " in log.read_text().replace("%", " % "):
                first = time.monotonic() - started
            time.sleep(0.05)
    if process.returncode:
        raise SystemExit(log.read_text())
    wall = time.monotonic() - started
    return {"wall": wall, "cpu": sum(cpu.values()), "memory": peak / 2**20, "first": first}


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = process.children(recursive=True)
    except psutil.Error:
        return []
    return found


def run(source: str) -> dict[str, float]:
    """Run kamkit once on a source, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="kamkit-bench-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "kamkit", "run", source, "--out", str(folder / "run")]
        found = watched(command, folder)
        timings = json.loads((folder / "run" / "manifest.json").read_text())["timings"]
    cells, cores = sum(timings["cells"].values()), psutil.cpu_count() or 1
    found |= {"reading": timings["reading"], "plans": timings["plans"], "cells": cells}
    # what the cores could have done while the notebooks ran, over what the cells did
    return found | {"overhead": (cores * timings["executing"] - cells) / cells}


def main() -> None:
    """Print one line per run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="*", default=["fjordgross", str(RETAIL)])
    parser.add_argument("-n", type=int, default=1, help="how many times each")
    given = parser.parse_args()
    os.environ.setdefault("KAMKIT_LANG", "en")
    print(f"{'source':<34} wall s  CPU s  MB    reading  cells  plans  overhead  first finding s")
    for source in given.sources:
        if source == str(RETAIL) and not RETAIL.exists():
            print(f"{Path(source).name:<34} not on this machine")
            continue
        for _again in range(given.n):
            one = run(source)
            print(
                f"{Path(source).name:<34} {one['wall']:6.1f} {one['cpu']:6.1f} {one['memory']:6.0f}"
                f" {one['reading']:7.1f} {one['cells']:6.1f} {one['plans']:6.1f}"
                f" {one['overhead']:8.0%} {one['first']:12.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
