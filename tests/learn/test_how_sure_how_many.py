"""Lesson 7: hours, treatments and break-even counted again, from the tables and on paper."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT, WRONG
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def yearly() -> dict[str, tuple[float, float]]:
    """Hours and cost of a treatment a year, from the table of services."""
    table = pd.read_parquet(FOLDER / "services.parquet")
    number = {
        name: table[name].astype(float) for name in ("quantity", "hours", "cost", "cost_per_hour")
    }
    hours = number["quantity"] * number["hours"]
    cost = hours * number["cost_per_hour"] + number["quantity"] * number["cost"]
    sums = pd.DataFrame({"hours": hours, "cost": cost}).groupby(table["treatment"]).sum()
    return {name: (row["hours"], row["cost"]) for name, row in sums.iterrows()}


def returns(contribution: float, kept: float, more: float) -> float:
    """What is kept in three years that would have been lost, at 10% a year."""
    return sum(contribution * ((kept + more) ** t - kept**t) / 1.1**t for t in (1, 2, 3))


def test_the_hours_of_the_managers_by_twenty(practice):
    hours = pd.read_parquet(FOLDER / "managers.parquet")["hours"].astype(float).sum()
    asked = asked_in("07.twenty_hours", practice)
    assert asked.check(int(hours / 12 // 20)).state == RIGHT
    assert asked.check(int(hours / 12 // 20) + 1).state == WRONG


def test_without_managers_the_example_has_520_hours_a_month(smallest):
    assert asked_in("07.twenty_hours", smallest).check(26).state == RIGHT


def test_where_a_team_adds_more_than_it_costs_more(practice, yearly):
    a = practice.analysis
    kept = a.programme_terms.kept
    accounts = a.costed_accounts.set_index("account_id")
    extra = (yearly["dedicated"][1] - yearly["shared"][1]) * sum(1.1**-t for t in (1, 2, 3))

    def adds(row: pd.Series) -> float:
        # retention 3 against 1 point; the growth that comes anyway, once against half of it again
        team, one = (
            (returns(row["yearly_contribution"], kept, more), more) for more in (0.03, 0.01)
        )
        # growth adds up: of what came in each year up to now, so much is still kept
        grown = [
            share
            * row["contribution_growth"]
            * sum(sum((kept + more) ** age for age in range(t)) / 1.1**t for t in (1, 2, 3))
            for share, more in ((1.0, 0.03), (0.5, 0.01))
        ]
        return team[0] - one[0] + grown[0] - grown[1]

    key = accounts.loc[a.key_accounts["account_id"]]
    teams = sum(adds(row) > extra for _id, row in key.iterrows())
    assert asked_in("07.teams_at_1", practice).check(teams).state == RIGHT


def test_break_even_is_where_return_and_cost_are_the_same(practice, yearly):
    from scipy.optimize import brentq

    a = practice.analysis
    shared = a.treatment.loc[a.treatment["treatment"] == "shared", "account_id"]
    worth = a.costed_accounts.set_index("account_id").loc[shared, "yearly_contribution"].sum()
    cost = len(shared) * yearly["shared"][1] * sum(1.1**-t for t in (1, 2, 3))
    kept = a.programme_terms.kept
    more = brentq(lambda one: returns(worth, kept, one) - cost, 0.0, 0.1)
    assert asked_in("07.break_even", practice).check(f"{100 * more:.1f}").state == RIGHT


def test_the_least_sure_is_the_one_with_the_smallest_share(practice):
    table = practice.analysis.scenarios
    inside = table[table["chosen"]].set_index("account_id")["key_share"]
    asked = asked_in("07.least_sure", practice)
    assert asked.check(inside.idxmin()).state == RIGHT
    assert asked.check(inside.idxmax()).state == WRONG


@pytest.mark.parametrize(
    ("code", "answer", "wrong"),
    [
        ("07.hours_each", 10, 120),  # 3 managers x 600 hours / 15 accounts / 12 months
        ("07.first_year", -2, 10),  # a tenth of 100 less 12
    ],
)
def test_on_paper(practice, code, answer, wrong):
    asked = asked_in(code, practice)
    assert asked.check(answer).state == RIGHT
    assert asked.check(wrong).state == WRONG
