"""Every check of the project: what ``python3 kam.py test`` runs.

They run one after the other, but for the check of types, which has one process and runs beside
them. All of them run even where one fails. Words on the command line go to pytest. The last line
says how many tests and checks passed and failed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PYTEST = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--color=no"]
TYPES = ("mypy --strict", [PYTHON, "-m", "mypy", "--strict"])
COUNTED = re.compile(r"(\d+) (passed|failed|error|errors|skipped)\b")


@dataclass(frozen=True)
class Outcome:
    """What a check came to."""

    title: str
    passed: int
    failed: int
    skipped: int
    seconds: float

    def __str__(self) -> str:
        state = "FAILED" if self.failed else "ok"
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{state:<7} {self.title:<28} {counts:<38} {self.seconds:6.1f} s"


def steps(words: list[str]) -> dict[str, list[str]]:
    """Return the checks that follow one another, by title."""
    lax = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]
    warm = ["-p", "tools.warm_nbval"]
    return {
        "ruff check": [PYTHON, "-m", "ruff", "check", "."],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
        "floors and repository": [PYTHON, "-m", "pytest", "-q", "tests/test_repository.py"],
        "notebook validator": [PYTHON, "tools/check_notebooks.py"],
        "tests and doctests": [
            *PYTEST,
            "--no-loadscope-reorder",  # tests/conftest.py puts the slow files first
            "--doctest-modules",
            "--durations=60",
            "--durations-min=3",
            "--ignore=tests/test_repository.py",
            *words,
        ],
        "notebooks, by nbval": [*PYTEST, *warm, *lax, "notebooks"],
    }


def environment(folder: str) -> dict[str, str]:
    """Return variables under which the checks do not depend on who runs them."""
    own = {
        name: str(Path(folder) / name.lower())
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR")
    }
    # what one process makes of a data set known by name the others need not make again
    own["KAMKIT_KEEP"] = str(Path(folder) / "results")
    return {**os.environ, **own, "KAMKIT_LANG": "en", "KAMKIT_BATCH": "1", "MPLBACKEND": "Agg"}


def run(
    title: str, command: list[str], variables: dict[str, str], show: Callable[[str], object]
) -> Outcome:
    """Run one check, show what it prints, and count what it says it passed and failed."""
    show(f"\n== {title} {'=' * (76 - len(title))}\n")
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    last = ""
    assert process.stdout
    for line in process.stdout:
        text = line.decode("utf-8", "replace")
        show(text)
        last = text if text.strip() else last
    return outcome(title, process.wait(), last, time.monotonic() - start)


def outcome(title: str, code: int, last: str, seconds: float) -> Outcome:
    """Read the closing line of pytest; any other check counts as one.

    >>> outcome("tests", 1, "== 2 failed, 9 passed, 1 skipped in 3.1s ==", 3.1).passed
    9
    >>> outcome("types", 0, "Success: no issues found in 31 source files", 2.0).passed
    1
    """
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    found = COUNTED.findall(last) if " in " in last else []
    for count, word in found:
        counts["failed" if word.startswith("error") else word] += int(count)
    if not found:
        counts["failed" if code else "passed"] = 1
    if code and not counts["failed"]:
        counts["failed"] = 1
    return Outcome(title, counts["passed"], counts["failed"], counts["skipped"], seconds)


def main(words: list[str]) -> int:
    """Run all checks; return 1 when one failed."""
    show = partial(print, end="", flush=True)
    held: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="kamkit-checks-") as folder,
        ThreadPoolExecutor() as beside,
    ):
        variables = environment(folder)
        types = beside.submit(run, *TYPES, variables, held.append)
        outcomes = [run(title, command, variables, show) for title, command in steps(words).items()]
        outcomes.append(types.result())
        show("".join(held))
    print("\n== summary " + "=" * 69)
    for one in outcomes:
        print(one)
    passed, failed, skipped = (
        sum(getattr(one, name) for one in outcomes) for name in ("passed", "failed", "skipped")
    )
    print(f"kam.py: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
