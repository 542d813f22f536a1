"""The list of tests that are left to the proofs names tests that are there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.slow_tests import LIST, durations, family

ROOT = Path(__file__).resolve().parent.parent


def test_each_of_the_list_is_a_test():
    names = LIST.read_text(encoding="utf-8").split()
    assert names == sorted(set(names))
    gone = []
    for name in names:
        path, *inside = name.split("::")
        body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
        for part in inside:
            found = [one for one in body if getattr(one, "name", "") == part]
            body = found[0].body if found else []
            if not found:
                gone.append(name)
    assert gone == []


def test_the_average_of_the_cases_counts_and_what_was_skipped_does_not(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite>"
        '<testcase classname="tests.test_slow_list" name="test_a[1]" time="1"/>'
        '<testcase classname="tests.test_slow_list" name="test_a[2]" time="4"/>'
        '<testcase classname="tests.test_slow_list" name="test_c" time="9"><skipped/></testcase>'
        '<testcase classname="kamkit.money" name="kamkit.money.scaled" time="7"/>'
        "</testsuite></testsuites>",
        encoding="utf-8",
    )
    assert durations(report) == {"tests/test_slow_list.py::test_a": pytest.approx(2.5)}
    named = family("tests.test_slow_list.TestB", "test_c[7]")
    assert named == "tests/test_slow_list.py::TestB::test_c"
