"""The matrix, one account's story and the way from run to run, as they are drawn."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.plan import charts
from tests.pictures import NAMES, faults


def places(n: int) -> pd.DataFrame:
    """Accounts that crowd round the crossing of the lines."""
    return pd.DataFrame(
        {
            "account_id": [f"{i}" for i in range(n)],
            "account_name": [str(NAMES[i % len(NAMES)] or i) for i in range(n)],
            "strength": [48.0 + i % 5 for i in range(n)],
            "attractiveness": [49.0 + i % 7 * 0.5 for i in range(n)],
            "strength_low": 30.0,
            "strength_high": 70.0,
            "attractiveness_low": 35.0,
            "attractiveness_high": 65.0,
            "cell": "strategic",
            "cell_sure": [i % 2 == 0 for i in range(n)],
        }
    )


@pytest.mark.parametrize("n", [1, 4, 12, 60])
def test_names_in_the_matrix_never_lie_on_each_other(n):
    picture = charts.matrix(places(n))
    assert faults(picture) == []
    named = [text for text in picture.figure.axes[0].texts if text.get_bbox_patch()]
    assert len(named) >= min(n, 6)  # all that have room; those that crowd keep a dot alone


def test_the_matrix_names_the_chosen_and_draws_all():
    table = places(12).assign(
        chosen=[i < 3 for i in range(12)],
        account_name=[f"Firm {i}" for i in range(12)],
        strength=[8.0 * i for i in range(12)],
        attractiveness=[8.0 * i for i in range(12)],
    )
    picture = charts.matrix(table)
    named = {text.get_text() for text in picture.figure.axes[0].texts if text.get_bbox_patch()}
    assert named == {"Firm 0", "Firm 1", "Firm 2"}
    dots = sum(
        len(one.get_offsets())
        for one in picture.figure.axes[0].collections
        if hasattr(one, "get_sizes") and len(one.get_sizes())
    )
    assert dots == 12


def test_the_bridge_between_runs_says_both_ends():
    table = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "revenue_before": [100.0, 50.0, 0.0],
            "revenue_after": [90.0, 70.0, 5.0],
            "change": [-10.0, 20.0, 5.0],
            "effect": ["down", "up", "new"],
        }
    )
    picture = charts.moved(table)
    assert picture.title == "Revenue went from 150 to 165"
    assert (
        "new: 5 from 1 account; grew: 20 from 1 account; shrank: −10 from 1 account" in picture.alt
    )
    assert charts.moved(table.head(0)).title.startswith("There is nothing to draw")


def test_the_story_compares_four_quarters_with_the_four_before():
    days = pd.date_range("2024-01-01", periods=8, freq="QS")
    amounts = [10.0] * 4 + [12.0] * 4
    quarters = pd.DataFrame({"account_id": "a", "revenue": amounts, "quarter": days})
    picture = charts.story(quarters, name="A")
    assert picture.title == "A: 48 in the last four quarters, +20% against the four before"
