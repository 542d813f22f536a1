"""Health: who left or halved had the poorer health, on a shop of known truth and on ledgers."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import open_case
from tools.calibration.health import BOUNDS, LEDGERS, auc, earlier, measured, simulated


def told(name):
    if name == "as the models":
        return simulated(seed=3)
    day, span = LEDGERS[name][0]
    return earlier(open_case(name), dt.date.fromisoformat(day), span)


@pytest.mark.parametrize("name", ["as the models", "fjordgross", "cdnow"])
def test_poor_health_foresees_who_is_lost_on_ledgers_that_the_weights_were_not_chosen_on(name):
    found = {row["measure"]: row["measured"] for row in measured(*told(name), name)}
    for measure, least in BOUNDS.items():
        assert found[measure] >= least, measure
    assert found["AUC, left or halved"] > found["AUC former, left or halved"]
    assert found["AUC, left"] > found["AUC former, left"]
    thirds = [found[f"lost of the {name} third"] for name in ("poorest", "mid", "best")]
    assert thirds == sorted(thirds, reverse=True)
    assert thirds[0] > thirds[2] + BOUNDS["weak less strong"]


def test_the_chance_that_the_lost_one_had_fewer_points_by_hand():
    # of six pairs four are told right, one is a tie
    points = pd.Series([1.0, 3.0, 2.0, 3.0, 4.0])
    assert auc(points, pd.Series([True, True, False, False, False])) == (3 + 1 + 0.5) / 6
