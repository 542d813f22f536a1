"""Mutants are mistakes that somebody could make; each is tried on the tests that reach it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import mutants

ROOT = Path(__file__).resolve().parent.parent


def changed(tmp_path: Path, *lines: str) -> set[str]:
    """What becomes of some lines of code, one change at a time."""
    path = tmp_path / "module.py"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = mutants.mutants(path)
    for mutant in found:
        ast.parse(mutant.source())
    return {str(mutant).rsplit("+ ", 1)[1] for mutant in found}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = a < b", {"x = a <= b", "x = a > b"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = å + (b)", {"x = å - (b)"}),
        ("x -= a", {"x += a"}),
        ("x = a and b and c", {"x = a or b and c", "x = a and b or c"}),
        ("x = not (a or b)", {"x = (a or b)", "x = not (a and b)"}),
        ("x = 5", {"x = 6"}),
        ("x = 0.8", {"x = 1.2"}),
        ("x = True", {"x = False"}),
        ("x = '–'", {"x = '?'"}),
        ("x = a.min()", {"x = a.max()"}),
        ("x = a if b else c", {"x = a if (not (b)) else c"}),
    ],
)
def test_each_kind_of_change_is_made(tmp_path, line, expected):
    assert changed(tmp_path, line) == expected


@pytest.mark.parametrize(
    "line",
    [
        'x = _("a text that people read")',
        'raise ValueError("2 of 3", 1 + 1)',
        "def f(a: int | None) -> int | float: ...",
        "x = 'customers'",
        "x = f'{a + b}'",
    ],
)
def test_messages_annotations_and_names_stay(tmp_path, line):
    assert changed(tmp_path, line) == set()


def test_the_lines_of_a_statement_are_those_of_its_head(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "def f(\n    a=1,\n):\n    return [\n        a,\n        2,\n    ]\n", encoding="utf-8"
    )
    assert {(mutant.new, mutant.lines) for mutant in mutants.mutants(path)} == {
        ("2", range(1, 4)),
        ("3", range(4, 8)),
        ("None", range(4, 8)),
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_mutant_that_a_test_notices_is_killed_and_the_file_stays(tmp_path):
    code = "def is_large(amount):\n    return amount >= 100\n"
    test = "from kamkit import size\n\ndef test_large():\n    assert size.is_large(200)\n"
    files = {"kamkit/__init__.py": "", "kamkit/size.py": code, "tests/test_size.py": test}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "tools").mkdir()
    tool = shutil.copy(ROOT / "tools" / "mutants.py", tmp_path / "tools")
    words = ["kamkit/size.py", "--tests", "tests", "--least", "30"]
    done = subprocess.run(
        [sys.executable, tool, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    # 200 is large for > 100 and >= 101 too; not for < 100, and None is not.
    assert done.stdout.splitlines()[-2:] == [
        "2 of 4 mutants survived, drawn from 4",
        "50 % killed",
    ], done.stdout + done.stderr
    assert done.returncode == 0
    assert (tmp_path / "kamkit" / "size.py").read_text(encoding="utf-8") == code
