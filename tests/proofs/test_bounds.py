"""The calibration table keeps to its bounds, and says so by its exit code."""

from __future__ import annotations

import pytest

from tests.conftest import FULL
from tools.calibration.__main__ import PARTS, main
from tools.calibration.bounds import BOUNDS, Bound, bound_of, outside


@pytest.mark.story
@pytest.mark.parametrize("part", ["intervals", *(["discounts", "ratings"] if FULL else [])])
def test_the_small_table_is_within_its_bounds(part, capsys):
    assert main(["small", part]) == 0
    printed = capsys.readouterr()
    assert "nominal" in printed.out
    assert printed.err == ""


def test_a_row_outside_its_bounds_is_named_and_fails(capsys):
    # an interval of nine in ten that held less than a tenth would be none
    strict = (Bound("ratings", "axis inside", "strength", most=0.1),)
    assert main(["small", "ratings"], bounds=strict) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("outside its bounds: ratings: axis inside, strength: 0.9")


def test_every_part_has_bounds_and_every_bound_a_part():
    assert {bound.part for bound in BOUNDS} == set(PARTS)


@pytest.mark.parametrize(
    ("measured", "holds"), [(0.65, True), (0.62, False), (0.95, True), (0.98, False)]
)
def test_near_is_on_top_of_three_standard_errors(measured, holds):
    # three times the root of 0.8 x 0.2 / 100 are 0.12
    row = {"measure": "m", "condition": "", "nominal": 0.8, "measured": measured, "n": 100}
    bounds = (Bound("late", "m", near=0.04),)
    assert (outside("late", [row], bounds) == []) is holds


def test_the_first_bound_counts_and_what_has_none_is_not_bound():
    row = {"measure": "alive", "condition": "said 0% to 20%", "nominal": 0.1, "measured": 1, "n": 9}
    assert bound_of("lifetime", row).near == 0.03
    assert bound_of("lifetime", {**row, "measure": "no such measure"}) is None
    assert outside("lifetime", [{**row, "measure": "no such measure"}]) == []
