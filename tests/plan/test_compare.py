"""Two runs beside each other: by hand, and the practice company a quarter apart."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import kamkit as kam
from kamkit import plan
from kamkit.errors import ParameterError
from tests.plan.by_hand import basis


def run(end, amounts, *, key=("a",), currency="NOK", accounts=None, **tables):
    """Return what a run rests on: revenue by account, columns of accounts, other tables."""
    ids = list(amounts)
    worth = pd.DataFrame(
        {
            "account_id": ids,
            "account_name": [one.upper() for one in ids],
            "revenue_after": list(amounts.values()),
            **(accounts or {}),
        }
    )
    return basis(worth, key=key, end=end, currency=currency, **tables)


def test_the_bridge_adds_up_to_the_cent():
    old = run("2025-09-30", {"a": 100.10, "b": 50.05, "c": 10.00, "e": 5.0})
    new = run("2025-12-31", {"a": 120.15, "b": 0.0, "c": 9.99, "d": 7.77, "e": 5.0})
    table = plan.revenue_bridge(old, new).table.set_index("account_id")
    assert table["effect"].to_dict() == {
        "a": "up",
        "b": "lost",
        "c": "down",
        "d": "new",
        "e": "same",
    }
    cents = (table["change"] * 100).round().astype(int)
    assert cents.to_dict() == {"a": 2005, "b": -5005, "c": -1, "d": 777, "e": 0}
    assert cents.sum() == round(100 * (142.91 - 165.15))


def test_who_came_and_who_left_and_whose_treatment_changed():
    old = run("2025-09-30", {"a": 1.0, "b": 1.0, "c": 1.0}, key=("a", "b"))
    new = run("2025-12-31", {"a": 1.0, "b": 1.0, "c": 1.0}, key=("a", "c"))
    new.key_accounts.loc[0, "treatment"] = "dedicated"
    table = plan.movements(old, new).table
    assert table[["account_id", "move"]].values.tolist() == [
        ["c", "entered"],
        ["b", "left"],
        ["a", "up_tier"],
    ]
    same = plan.movements(old, old)
    assert same.table.empty
    assert "the same" in same.text


@pytest.mark.parametrize(
    ("baseline", "target", "now", "due", "direction", "outcome"),
    [
        (1.0, 3.0, 3.0, "2026-03-31", "at_least", "reached"),
        (1.0, 3.0, 2.0, "2026-03-31", "at_least", "on_the_way"),
        (1.0, 3.0, 1.0, "2026-03-31", "at_least", "not_yet"),
        (1.0, 3.0, 2.0, "2025-12-31", "at_least", "missed"),
        (1.0, 3.0, float("nan"), "2025-12-31", "at_least", "unknown"),
        (0.3, 0.2, 0.2, "2025-12-31", "at_most", "reached"),
        (0.3, 0.2, 0.25, "2026-03-31", "at_most", "on_the_way"),
        (5.0, 5.0, 6.0, "2026-12-31", "at_least", "on_the_way"),  # to keep: only its day tells
        (5.0, 5.0, 6.0, "2025-12-31", "at_least", "reached"),
    ],
)
def test_outcomes_by_hand(baseline, target, now, due, direction, outcome):
    goal = {
        "account_id": "a",
        "account_name": "A",
        "objective": "deepen",
        "measure": "our_people",
        "item": "",
        "baseline": baseline,
        "target": target,
        "direction": direction,
        "due": pd.Timestamp(due),
        "owner": "S1",
    }
    old = run("2025-09-30", {"a": 1.0}, objectives=pd.DataFrame([goal]))
    new = run(
        "2025-12-31", {"a": 1.0}, relations=pd.DataFrame({"account_id": ["a"], "our_people": [now]})
    )
    assert plan.outcomes(old, new).table.loc[0, "outcome"] == outcome


def test_forecasts_are_counted_for_the_days_between():
    expected = {
        "expected_purchases": [36.525, 10.0],
        "orders": [5.0, 5.0],
        "next_expected": pd.to_datetime(["2025-02-01", None]),
    }
    old = run("2025-01-01", {"a": 1.0, "b": 1.0}, accounts=expected)
    new = run("2026-01-01", {"a": 1.0, "b": 1.0}, accounts={"orders": [25.0, 5.0]})
    table = plan.forecasts(old, new).table.set_index("account_id")
    assert table.loc["a", "expected"] == pytest.approx(36.5)
    assert table["came"].to_dict() == {"a": 20.0, "b": 0.0}
    assert table["order_came"].to_dict() == {"a": True, "b": False}


def test_only_new_alarms_are_told():
    amounts = {"a": 1.0, "b": 1.0, "c": 1.0}
    old = run(
        "2025-09-30",
        amounts,
        accounts={"rhythm_state": ["on_time", "late", "due"]},
        health=pd.DataFrame({"account_id": ["a", "c"], "health": [80.0, 70.0]}),
    )
    new = run(
        "2025-12-31",
        amounts,
        accounts={"rhythm_state": ["late", "lost", "on_time"]},
        health=pd.DataFrame({"account_id": ["a", "c"], "health": [75.0, 60.0]}),
    )
    table = plan.new_alarms(old, new).table
    assert table[["account_id", "alarm"]].values.tolist() == [["a", "late"], ["c", "health_fell"]]


def test_runs_that_cannot_be_compared_are_refused():
    old, new = run("2025-09-30", {"a": 1.0}), run("2025-12-31", {"a": 1.0})
    with pytest.raises(ParameterError, match="later one"):
        plan.comparable(new, old)
    with pytest.raises(ParameterError, match="currencies"):
        plan.comparable(old, run("2025-12-31", {"a": 1.0}, currency="EUR"))


@pytest.mark.proof
def test_the_practice_company_a_quarter_apart_reconciles(plan_basis, fjordgross):
    old = kam.analyse(fjordgross, end="2025-09-30", draws=50).require("followed_basis")
    bridge = plan.revenue_bridge(old, plan_basis).table
    sales = fjordgross.sales
    for column, end in (
        ("revenue_before", dt.date(2025, 9, 30)),
        ("revenue_after", dt.date(2025, 12, 31)),
    ):
        lines = sales.filter((sales.date <= end) & (sales.date > end.replace(year=end.year - 1)))
        assert round(bridge[column].sum(), 2) == round(float(lines.amount.sum().execute()), 2)
    out = plan.outcomes(old, plan_basis).table
    assert len(out) == len(old.objectives)
    assert set(out["outcome"]) <= {"reached", "missed", "on_the_way", "not_yet", "unknown"}
    alarms = plan.new_alarms(old, plan_basis).table
    assert "000923" in set(alarms["account_id"])  # silent since October
