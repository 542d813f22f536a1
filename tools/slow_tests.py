"""Write tests/slow.txt anew, the tests that CI has no time for: python -m tools.slow_tests REPORT.

REPORT is what ``KAMKIT_FULL=1 pytest -n 2 --dist loadfile --junitxml=REPORT`` leaves. A test that
took more than ``LIMIT`` seconds (of one with several cases: on average) goes on the list and is
left to ``make proofs``, but for those marked ``story``, which hold the whole together. Of one whose
cases took more than ``CASES`` each, the first case stays: ``1`` stands behind its name.
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
CASES = 0.6
"""From how many seconds on a case only the first of several stays."""


def family(module: str, name: str) -> str:
    """Return a test without its case, as pytest names it.

    >>> family("tests.value.test_rhythm.TestLate", "test_who[7]")
    'tests/value/test_rhythm.py::TestLate::test_who'
    """
    parts = module.split(".")
    files = {n: f"{'/'.join(parts[:n])}.py" for n in range(len(parts), 0, -1)}
    depth = next(n for n, path in files.items() if (ROOT / path).exists())
    return "::".join([files[depth], *parts[depth:], name.partition("[")[0]])


def durations(report: Path) -> dict[str, list[float]]:
    """Return what the cases of each test took, in seconds, by the test's name."""
    took: dict[str, list[float]] = defaultdict(list)
    for case in etree.parse(report, etree.XMLParser(huge_tree=True)).iter("testcase"):
        module, name = case.get("classname"), case.get("name")
        if module and name and module.startswith("tests.") and case.find("skipped") is None:
            took[family(module, name)].append(float(case.get("time", 0)))
    return took


def marked(word: str) -> set[str]:
    """Return the tests that carry a mark."""
    asked = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-m", word, "tests"]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line.partition("[")[0] for line in said.splitlines() if "::" in line}


def listed(took: dict[str, list[float]], stories: set[str]) -> list[str]:
    """Return the lines of the list.

    >>> listed({"a": [2.0], "b": [0.7, 0.8], "c": [0.7], "d": [9.0], "e": [2.0, 1.9]}, {"d"})
    ['a', 'b 1', 'e 1']
    """
    whole = {name for name, cases in took.items() if len(cases) == 1 and cases[0] > LIMIT}
    first = {name for name, cases in took.items() if len(cases) > 1 and fmean(cases) > CASES}
    return sorted([*(whole - stories), *(f"{name} 1" for name in first - stories)])


def main() -> None:
    """Write the list and say how long it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("report", type=Path)
    took = durations(parser.parse_args().report)
    slow = listed(took, marked("story"))
    LIST.write_text("".join(f"{name}\n" for name in slow), encoding="utf-8")
    print(f"{len(slow)} of {len(took)} tests are left to make proofs")


if __name__ == "__main__":
    main()
