"""Change one line at a time and see whether a test notices.

    python tools/mutants.py kamkit/identify/pareto.py             every mutant of a module
    python tools/mutants.py kamkit/choose --sample 40             forty, drawn from a part
    python tools/mutants.py kamkit/money.py --tests tests/value   with other tests than its own

A mutant is one change: of a comparison, an operator, a constant, a condition, what is returned. It
is killed when a test fails and survives when all pass. The tests are those of the part and the
examples in its docstrings, of them the ones that reach the line. All happens in a copy; the
working tree stays as it is. Needs a system that can fork.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Imported once, before the forks, where the tests import them.
HEAVY = "pandas pyarrow duckdb ibis.backends.duckdb matplotlib.figure babel.numbers scipy.optimize "
HEAVY += "scipy.stats hypothesis networkx docx pptx xlsxwriter nbval.plugin xdist.plugin"
SWAPS = {"<": "<= >", "<=": "< >", ">": ">= <", ">=": "> <", "==": "!=", "!=": "=="}
SWAPS |= {"+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "%": "*", "**": "*", "&": "|"}
SWAPS |= {"|": "&", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "and": "or", "or": "and"}
WORDS = {"in": "not in", "not in": "in", "is": "is not", "is not": "is"}
TWINS = "min-max any-all floor-ceil idxmin-idxmax head-tail first-last lower-upper ffill-bfill "
TWINS += "nlargest-nsmallest cummin-cummax mean-median le-lt ge-gt eq-ne add-sub"
TWIN = {a: b for p in TWINS.split() for a, b in (p.split("-"), reversed(p.split("-")))}
TEXTS = {"_", "gettext", "ngettext", "N_"}
IN_FUNCTION = 1  # CO_OPTIMIZED: set in code of functions, not in that of modules and classes


class Mutant(NamedTuple):
    """One change: bytes ``start`` to ``end`` of a file become ``new``; lines of its statement."""

    path: Path
    start: int
    end: int
    new: str
    lines: range

    def source(self) -> bytes:
        """Return the file with the change in it."""
        old = (ROOT / self.path).read_bytes()
        return old[: self.start] + self.new.encode() + old[self.end :]

    def __str__(self) -> str:
        old = (ROOT / self.path).read_bytes()
        line = old.count(b"\n", 0, self.start)
        texts = [text.split(b"\n")[line].decode().strip() for text in (old, self.source())]
        return "{}:{}\n    - {}\n    + {}".format(self.path, line + 1, *texts)


def mutants(path: Path) -> list[Mutant]:
    """Return the mutants of a file, in the order of their places."""
    text = (ROOT / path).read_bytes()
    begins = [0, *(i + 1 for i, byte in enumerate(text) if byte == 10)]

    def place(node: Any) -> tuple[int, int]:
        end = begins[node.end_lineno - 1] + node.end_col_offset
        return begins[node.lineno - 1] + node.col_offset, end

    found = {
        Mutant(path, start, end, new, lines)
        for node, lines in nodes(ast.parse(text), range(0))
        for start, end, new in changes(node, place, text)
    }
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.new))


def nodes(node: Any, lines: range) -> Iterator[tuple[Any, range]]:
    """Yield what may change, with the lines of its statement: no annotation, no text for people."""
    if isinstance(node, ast.stmt):
        last = getattr(node, "body", [node])[0]
        lines = range(node.lineno, last.end_lineno + 1 if last is node else last.lineno)
    yield node, lines
    for name, value in ast.iter_fields(node):
        if name not in {"annotation", "returns", "decorator_list"}:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not left_alone(child):
                    yield from nodes(child, lines)


def left_alone(node: Any) -> bool:
    """Say whether a change here would change a message, or nothing at all."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in TEXTS
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, ast.Raise | ast.JoinedStr) or getattr(node, "arg", "") == "strict"


def changes(node: Any, place: Callable[[Any], tuple[int, int]], text: bytes) -> Iterator[Any]:
    """Yield start, end and new text for each way to change a node."""
    for left, right in pairwise(operands(node)):
        low, high = place(left)[1], place(right)[0]
        sign = text[low:high].strip(b"() \t\r\n\\").decode()
        start = low + text.find(sign.encode(), low, high) - low
        for new in [WORDS[sign]] if sign in WORDS else SWAPS.get(sign, "").split():
            yield start, start + len(sign), new
    if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        start, end = place(node.operand)
        yield *place(node), f"({text[start:end].decode()})"
    if isinstance(node, ast.Constant) and (new := other(node.value)):
        yield *place(node), new
    if isinstance(node, ast.Attribute | ast.Name):
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        if name in TWIN:
            yield place(node)[1] - len(name), place(node)[1], TWIN[name]
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        start, end = place(node.test)
        yield start, end, f"(not ({text[start:end].decode()}))"
    if isinstance(node, ast.Return) and node.value and ast.unparse(node.value) != "None":
        yield *place(node.value), "None"


def operands(node: Any) -> list[Any]:
    """Return what an operator stands between."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.AugAssign):
        return [node.target, node.value]
    return node.values if isinstance(node, ast.BoolOp) else []


def other(value: object) -> str:
    """Return another constant: of texts only signs have one, such as a separator."""
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return repr(value + 1)
    if isinstance(value, float):  # a tolerance may be another
        return "" if 0 < value < 1e-5 else repr(round(value * 1.5, 12) or 1.0)
    signs = isinstance(value, str) and 0 < len(value) <= 2 and not value.isalnum()
    return repr("?") if signs else ""


class Reach:
    """A pytest plugin that notes which test reaches which line, and how long each takes."""

    def __init__(self, paths: set[str]) -> None:
        self.paths, self.test = paths, ""
        self.lines: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)

    def trace(self, frame: FrameType, *_: object) -> Any:
        """Note the line; what runs on import or in a fixture counts for every test."""
        path = frame.f_code.co_filename
        if path not in self.paths:
            return None
        inside = frame.f_code.co_flags & IN_FUNCTION
        self.lines[path, frame.f_lineno].add(self.test if inside else "")
        return self.trace

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what a phase of a test took."""
        self.seconds[report.nodeid] += report.duration

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Let lines count for this test while it runs."""
        self.test = item.nodeid
        try:
            return (yield)
        finally:
            self.test = ""

    def lines_of(self, mutant: Mutant, copy: Path) -> set[str]:
        """Return the tests that reach a mutant: all of them where one runs it outside a test."""
        path = str(copy / mutant.path)
        tests = set().union(*(self.lines.get((path, line), ()) for line in mutant.lines))
        return set(self.seconds) if "" in tests else tests


class Chosen:
    """A pytest plugin that runs some of the tests, the quick ones first."""

    def __init__(self, tests: set[str], seconds: dict[str, float]) -> None:
        self.tests, self.seconds = tests, seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out and sort."""
        items[:] = [item for item in items if item.nodeid in self.tests]
        items.sort(key=lambda item: self.seconds[item.nodeid])


class Bench:
    """A copy of the project in which tests run, each time in a fork of this process."""

    def __init__(self, folder: Path, tests: list[str]) -> None:
        self.copy, self.temporary, self.tests = folder / "copy", folder / "tmp", tests
        self.output = folder / "output.txt"
        self.copy.mkdir()
        for name in ("kamkit", "tests"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, self.copy / name, ignore=ignored)
        for path in ROOT.iterdir():
            if not path.name.startswith(".") and not (self.copy / path.name).exists():
                (self.copy / path.name).symlink_to(path)

    def run(self, plugin: Any, seconds: float, then: Callable[[], None] = lambda: None) -> int:
        """Run the tests with a plugin; return pytest's code, or 99 when they take too long."""
        self.temporary.mkdir()
        process = os.fork()
        if not process:
            os._exit(self.inside(plugin, then))
        end, done, status = time.monotonic() + seconds, 0, 0
        while not done and time.monotonic() < end:
            time.sleep(0.02)
            done, status = os.waitpid(process, os.WNOHANG)
        if not done:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
        shutil.rmtree(self.temporary, ignore_errors=True)
        return os.waitstatus_to_exitcode(status) if done else 99

    def inside(self, plugin: Any, then: Callable[[], None]) -> int:
        """Be the fork: tests of the copy, output in a file, temporary files in a folder."""
        os.setsid()
        file = os.open(self.output, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.chdir(self.copy)
        sys.path.insert(0, str(self.copy))
        os.environ |= {"PYTHONPATH": str(self.copy), "TMPDIR": str(self.temporary)}
        tempfile.tempdir = str(self.temporary)
        if isinstance(plugin, Reach):
            sys.settrace(plugin.trace)
        options = ["-x", "-q", "-W", "ignore", "-p", "no:cacheprovider", "--doctest-modules"]
        try:
            code = pytest.main([*options, *self.tests], plugins=[plugin])
            sys.settrace(None)
            then()
        except BaseException:  # whatever a mutant does, the fork ends here
            return 3
        return int(code)


def survivors(bench: Bench, drawn: list[Mutant]) -> list[Mutant]:
    """Try each mutant; return those that no test noticed."""
    reach = Reach({str(bench.copy / mutant.path) for mutant in drawn})
    notes = bench.copy.parent / "notes.pickle"

    def write() -> None:
        heavy = [name for name in HEAVY.split() if name in sys.modules]
        notes.write_bytes(pickle.dumps((reach.lines, reach.seconds, heavy)))

    if bench.run(reach, 3600, write):
        print(bench.output.read_text(encoding="utf-8")[-3000:])
        sys.exit("The tests fail without any change, or there are none: mend that first.")
    reach.lines, reach.seconds, heavy = pickle.loads(notes.read_bytes())
    for name in heavy:
        importlib.import_module(name)
    alive = []
    for number, mutant in enumerate(drawn, start=1):
        tests = reach.lines_of(mutant, bench.copy)
        chosen = Chosen(tests, reach.seconds)
        fate = attempt(bench, mutant, chosen, number) if tests else "survived"
        shown = mutant if fate == "survived" else f"{mutant.path}:{mutant.lines.start}"
        print(f"{number:>4} of {len(drawn)} {fate}, {len(tests)} tests reach {shown}", flush=True)
        alive += [mutant] if fate == "survived" else []
    return alive


def attempt(bench: Bench, mutant: Mutant, chosen: Chosen, number: int) -> str:
    """Run the tests on one mutant and say what became of it."""
    path = bench.copy / mutant.path
    before = path.stat()
    path.write_bytes(mutant.source())
    os.utime(path, (number, number))  # a time of its own, so that no compiled file is taken for it
    sys.dont_write_bytecode = True
    code = bench.run(chosen, 60 + 5 * sum(chosen.seconds[test] for test in chosen.tests))
    shutil.copy(ROOT / mutant.path, path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    fates = {0: "survived", 1: "killed", 2: "killed", 99: "killed by the clock"}
    return fates.get(code, f"killed with code {code}")


def options(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, help="modules, or one part of the package")
    parser.add_argument("--tests", nargs="+", help="instead of the tests of the part")
    parser.add_argument("--sample", type=int, help="how many mutants to draw; all without it")
    parser.add_argument("--seed", type=int, default=0, help="other seeds draw others")
    parser.add_argument("--least", type=int, default=0, help="per cent killed, or exit with 1")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Draw mutants, try them, show the survivors."""
    asked = options(words)
    paths = [path.resolve().relative_to(ROOT) for path in asked.paths]
    files = [f for p in paths for f in sorted((ROOT / p).rglob("*.py")) or [ROOT / p]]
    drawn = [mutant for file in files for mutant in mutants(file.relative_to(ROOT))]
    everything = len(drawn)
    if asked.sample and asked.sample < everything:
        drawn = sorted(random.Random(asked.seed).sample(drawn, asked.sample))
    own = [f"tests/{paths[0].parts[1]}", *map(str, paths)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        bench = Bench(Path(folder).resolve(), asked.tests or own)
        os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
        alive = survivors(bench, drawn)
    share = 100 - 100 * len(alive) / max(1, len(drawn))
    print(f"{len(alive)} of {len(drawn)} mutants survived, drawn from {everything}")
    print(f"{share:.0f} % killed")
    return int(share < asked.least)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
