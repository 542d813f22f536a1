"""Lesson 2: what is right is counted again, in plain pandas from the committed files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def accounts() -> pd.DataFrame:
    """Revenue and contribution of each account, a chain of two or more as one."""
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    lines["whose"] = lines["parent_id"].fillna(lines["account_id"])
    for name in ("amount", "cost"):
        lines[name] = lines[name].astype(float)
    found = lines.groupby("whose").agg(revenue=("amount", "sum"), cost=("cost", "sum"))
    return found.sort_values("revenue", ascending=False)


def needed(accounts: pd.DataFrame, share: float) -> int:
    total, running = accounts["revenue"].sum(), 0.0
    for n, amount in enumerate(accounts["revenue"], 1):
        running += amount
        if running >= share * total:
            return n
    raise AssertionError


def test_the_numbers_are_those_of_the_ledger(practice, accounts):
    most, fewer = needed(accounts, 0.8), needed(accounts, 0.7)
    ten = accounts["revenue"].head(10).sum() / accounts["revenue"].sum()
    answers = {
        "02.accounts_for_80": most,
        "02.from_80_to_70": most - fewer,
        "02.share_for_80": f"{100 * most / len(accounts):.1f} %",
        "02.ten_largest": f"{100 * ten:.1f}",
    }
    for code, answer in answers.items():
        assert asked_in(code, practice).check(answer).state == RIGHT, code


def test_the_three_by_contribution_are_those_of_the_ledger(practice, accounts):
    left = (accounts["revenue"] - accounts["cost"]).nlargest(3).index.tolist()
    question = asked_in("02.largest_by_contribution", practice)
    assert question.check(left).state == RIGHT
    assert question.check("\n".join(left)).state == RIGHT
    assert question.check(left[::-1]).credit == pytest.approx(1 / 3)


def test_the_hours_are_those_of_the_managers(practice):
    hours = pd.read_parquet(FOLDER / "managers.parquet")["hours"].sum()
    assert asked_in("02.sixty_hours", practice).check(int(hours) // 60).state == RIGHT


def test_the_largest_by_revenue_are_told_apart(practice, accounts):
    feedback = asked_in("02.largest_by_contribution", practice).check(list(accounts.index[:3]))
    assert feedback.text == "These are the largest by revenue. Which leave most after the goods?"
