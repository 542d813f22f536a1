"""Late: at most 1.5 % false alarms where 1 % is promised, on buyers of every kind."""

from __future__ import annotations

import pytest

from tools.calibration.bounds import outside
from tools.calibration.late import BOUND, false_alarms
from tools.calibration.renewals import KINDS, ledger


@pytest.mark.parametrize("kind", [*KINDS, "mixed"])
def test_false_alarms_stay_within_what_is_promised(kind):
    going = [ledger(kind, 1000, seed=seed) for seed in (1, 2)]
    row = false_alarms("late", going, kind)
    assert row["n"] > 1900
    assert outside("late", [row]) == []
    assert row["measured"] > 0


@pytest.mark.parametrize("kind", ["lognormal", "projects", "winter"])
def test_the_gamma_rule_that_it_replaced_does_not(kind):
    row = false_alarms("gamma rule", [ledger(kind, 1000, seed=1)], kind)
    assert row["measured"] > BOUND
