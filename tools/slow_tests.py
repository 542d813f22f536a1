"""Write tests/slow.txt anew, the tests that CI has no time for: python -m tools.slow_tests REPORT.

REPORT is what ``KAMKIT_FULL=1 pytest -n 2 --dist loadfile --junitxml=REPORT`` leaves. A test that
took more than ``LIMIT`` seconds (of one with several cases: on average) goes on the list and is
left to ``make proofs``, but for those marked ``story``, which hold the whole together.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "slow.txt"
LIMIT = 1.5


def family(module: str, name: str) -> str:
    """Return a test without its case, as pytest names it.

    >>> family("tests.value.test_rhythm.TestLate", "test_who[7]")
    'tests/value/test_rhythm.py::TestLate::test_who'
    """
    parts = module.split(".")
    files = {n: f"{'/'.join(parts[:n])}.py" for n in range(len(parts), 0, -1)}
    depth = next(n for n, path in files.items() if (ROOT / path).exists())
    return "::".join([files[depth], *parts[depth:], name.partition("[")[0]])


def durations(report: Path) -> dict[str, float]:
    """Return what the cases of each test took on average, in seconds, by the test's name."""
    took: dict[str, list[float]] = defaultdict(list)
    for case in etree.parse(report, etree.XMLParser(huge_tree=True)).iter("testcase"):
        module, name = case.get("classname"), case.get("name")
        if module and name and module.startswith("tests.") and case.find("skipped") is None:
            took[family(module, name)].append(float(case.get("time", 0)))
    return {name: fmean(seconds) for name, seconds in took.items()}


def marked(word: str) -> set[str]:
    """Return the tests that carry a mark."""
    asked = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-m", word, "tests"]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line.partition("[")[0] for line in said.splitlines() if "::" in line}


def main() -> None:
    """Write the list and say how long it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("report", type=Path)
    took = durations(parser.parse_args().report)
    slow = sorted({name for name, seconds in took.items() if seconds > LIMIT} - marked("story"))
    LIST.write_text("".join(f"{name}\n" for name in slow), encoding="utf-8")
    print(f"{len(slow)} of {len(took)} tests are left to make proofs")


if __name__ == "__main__":
    main()
