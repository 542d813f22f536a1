"""The list of tests that are left to the proofs names tests that are there."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.slow_tests import LIST, durations, family, listed

ROOT = Path(__file__).resolve().parent.parent


def test_each_of_the_list_is_a_test():
    lines = LIST.read_text(encoding="utf-8").splitlines()
    names = [line.removesuffix(" 1") for line in lines]
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


def test_of_several_cases_the_average_counts_and_what_was_skipped_does_not(tmp_path):
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
    took = durations(report)
    assert took == {"tests/test_slow_list.py::test_a": [1.0, 4.0]}
    assert listed(took, set()) == ["tests/test_slow_list.py::test_a 1"]  # 2.5 on average
    named = family("tests.test_slow_list.TestB", "test_c[7]")
    assert named == "tests/test_slow_list.py::TestB::test_c"
