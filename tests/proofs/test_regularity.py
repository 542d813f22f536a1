"""Regularity: a known shape comes out, and within its own interval as often as it says."""

from __future__ import annotations

import pytest
from scipy import stats

from tools.calibration.regularity import measured

LEDGERS = 12


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize(("days", "gap"), [(1095, (3.0, 10.0)), (730, (10.0, 60.0))])
def test_a_known_shape_comes_out_within_its_interval(shape, days, gap):
    middle, interval = measured(shape, days, gap, LEDGERS, "")
    assert middle["measured"] == pytest.approx(shape, rel=0.03)
    # of 12 intervals of 95 % more than 3 miss once in 500 times
    assert interval["measured"] >= stats.binom.ppf(0.002, LEDGERS, 0.95) / LEDGERS
