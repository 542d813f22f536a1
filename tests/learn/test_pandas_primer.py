"""The pandas lesson: lines that say the same in other words are right, from files read afresh."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT, UNREAD
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def revenue() -> pd.Series:
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    whose = lines["parent_id"].fillna(lines["account_id"])
    return lines["amount"].astype(float).groupby(whose).sum()


def test_results_are_those_of_the_ledger(practice, revenue):
    above = int((revenue > revenue.mean()).sum())
    answers = {
        "17.how_many_rows": len(revenue),
        "17.mean_revenue": revenue.mean(),
        "17.count_above": above,
        "17.above_the_mean": f"{above / len(revenue):.1%}",
        "17.ten_largest": sum(sorted(revenue)[-10:]),
    }
    for code, answer in answers.items():
        assert asked_in(code, practice).check(answer).state == RIGHT, code


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("17.how_many_rows", "accounts.shape[0]"),
        ("17.count_above", 'len(accounts[accounts["revenue"] > accounts["revenue"].mean()])'),
        ("17.most_days", 'days["account_id"].value_counts().iloc[0]'),
        (
            "17.revenue_of_late",
            'accounts.loc[accounts["account_id"].isin(late["account_id"]), "revenue"].sum()',
        ),
        ("17.ten_largest", 'accounts.sort_values("revenue")["revenue"].tail(10).sum()'),
    ],
)
def test_another_way_to_say_it_is_right(practice, code, line):
    assert asked_in(code, practice).check(line).state == RIGHT


def test_a_line_that_python_does_not_understand_is_no_attempt(practice):
    feedback = asked_in("17.mean_revenue", practice).check("accounts[revenue].mean()")
    assert feedback.state == UNREAD
    assert feedback.text.startswith("“revenue” is a column: write its table before it, accounts[")
