"""The numbers of lesson 13, counted again in plain pandas from the sales and the matrix."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tests.learn.conftest import asked_in


@pytest.fixture(params=["practice", "seeded"])
def room(request):
    return request.getfixturevalue(request.param)


def test_the_worth_of_zero_is_the_loss_of_the_last_year(room):
    """Revenue less goods, service and interest of the year, from the lines of sales."""
    facts = room.analysis.plan_facts
    worst = facts.sort_values("profit_year").iloc[0]
    end = room.case.period.end
    lines = room.case.checked.execute()
    mine = lines[lines["account_id"].astype("str") == worst["account_id"]]
    year = mine[pd.to_datetime(mine["date"]).dt.year == end.year]
    revenue = float(year["amount"].astype("float64").sum())
    assert revenue == pytest.approx(worst["revenue_year"])
    question = asked_in("13.mend_worth", room)
    assert worst["account_name"] in question.text
    told = question.check(f"{revenue / 1e6:.2f}")
    assert told.text == "That is the revenue of the year. What is lost on it?"
    assert question.check(f"{-worst['profit_year'] / 1e6:.2f}")
    assert question.check("nothing").state == "unread"


def test_the_stars_are_high_and_left(room):
    table = room.analysis.matrix_table
    stars = table[(table["attractiveness"] >= 50) & (table["strength"] < 50)]
    stars = stars[~stars["cell"].isin(["terms_first", "unknown"])]
    assert asked_in("13.stars", room).check(stars["account_id"].tolist())
    status = table[(table["attractiveness"] < 50) & (table["strength"] >= 50)]
    names = status.loc[status["cell"] == "status", "account_id"].tolist()
    told = asked_in("13.stars", room).check(names)
    assert "other way round" in told.text


def test_the_quiz_counts_a_loss_of_another_size_for_another_seed(practice, seeded):
    assert asked_in("13.worth_of_zero", practice).check(60)  # 3 million, 2 %
    assert asked_in("13.worth_of_zero", seeded).check(240)  # 6 million, 4 %


class TestObjectives:
    @property
    def good(self):
        return {"what": "orders on the web, %", "now": "40", "then": "80", "owner": "S05"}

    def test_a_date_that_has_passed_is_told(self, practice):
        end = practice.case.period.end
        row = {**self.good, "due": end.isoformat()}
        told = asked_in("13.objectives", practice).check([row, row])
        assert "has passed" in told.text
        later = {**self.good, "due": (end + dt.timedelta(days=1)).isoformat()}
        assert asked_in("13.objectives", practice).check([later, later])

    def test_one_row_is_not_enough(self, practice):
        later = practice.case.period.end + dt.timedelta(days=30)
        told = asked_in("13.objectives", practice).check([{**self.good, "due": str(later)}])
        assert told.state == "wrong"
        assert "2 rows" in told.text

    def test_a_row_without_an_owner_names_the_column(self, practice):
        later = practice.case.period.end + dt.timedelta(days=30)
        row = {**self.good, "owner": "", "due": str(later)}
        assert "Owner" in asked_in("13.objectives", practice).check([row, row]).text
