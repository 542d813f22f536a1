"""Regularity: a known shape comes out, and within its own interval as often as it says."""

from __future__ import annotations

import pytest

from tools.calibration.bounds import outside
from tools.calibration.regularity import measured

LEDGERS = 12


@pytest.mark.sampled
@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize(("days", "gap"), [(1095, (3.0, 10.0)), (730, (10.0, 60.0))])
def test_a_known_shape_comes_out_within_its_interval(shape, days, gap):
    rows = measured(shape, days, gap, LEDGERS, f"{shape:g}")
    assert [row["nominal"] for row in rows] == [shape, 0.95]
    assert outside("regularity", rows) == []
