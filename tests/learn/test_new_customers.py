"""Lesson 10: trades and the hunt counted again from the committed files; a plan and its faults."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT, WRONG
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def prospects() -> pd.DataFrame:
    table = pd.read_parquet(FOLDER / "prospects.parquet")
    table["estimated_spend"] = table["estimated_spend"].astype(float)
    return table.set_index("prospect_id")


def test_the_trade_with_the_largest_part_of_its_accounts_key(practice):
    known = practice.analysis.described_accounts
    key = set(practice.analysis.key_accounts["account_id"])
    trades = known.assign(key=[one in key for one in known["account_id"]]).groupby("industry")
    part = trades["key"].mean()[trades["key"].sum() >= 2]
    asked = asked_in("10.over_trade", practice)
    assert asked.check(part.idxmax()).state == RIGHT
    assert asked.check(trades["key"].sum().idxmax()).state == WRONG


def test_the_first_ones_at_a_win_rate_of_4(practice, prospects):
    table = practice.analysis.prospect_finding.table.set_index("prospect_id")
    first = table.index[table["hunt"] == "hunt_first"]
    # what is not given is estimated; what is given is that of the file
    given = prospects.loc[first, "estimated_spend"]
    assert (table.loc[first, "estimated_spend"][given.notna()] == given.dropna()).all()
    spend = given.fillna(table.loc[first, "estimated_spend"]).sum()
    asked = asked_in("10.lower_win_rate", practice)
    assert asked.check(f"{spend * 0.3 * 0.04 / 1e6:.2f}").state == RIGHT
    assert asked.check(f"{spend * 0.3 * 0.10 / 1e6:.2f}").state == WRONG


def test_the_largest_of_those_that_wait(practice):
    table = practice.analysis.prospect_finding.table
    waiting = {row.prospect_id: row.estimated_spend for row in table.itertuples()}
    for one in table.loc[table["hunt"].isin(["hunt_first", "hunt_next"]), "prospect_id"]:
        del waiting[one]
    largest = max(waiting, key=lambda one: waiting[one])
    assert asked_in("10.large_left", practice).check(largest).state == RIGHT


def test_a_plan_takes_names_and_days_as_people_write_them(practice):
    table = practice.analysis.promising_prospects
    rows = [
        {"prospect": one, "owner": "Kari", "first": "15.2.2026", "stop": "2026-06-30"}
        for one in table["name"].head(2)
    ]
    asked = asked_in("10.plan", practice)
    assert asked.check(rows).state == RIGHT
    assert asked.check([{**one, "owner": "Kari og Ola"} for one in rows]).state == WRONG
    assert asked.check([{**one, "stop": dt.date(2026, 1, 31)} for one in rows]).state == WRONG
    assert asked.check([{**one, "first": "15.2.2025"} for one in rows]).state == WRONG
    assert asked.check(rows[:1]).state == WRONG


@pytest.mark.parametrize(
    ("code", "answer", "wrong"),
    [
        ("10.worth", 60, 200),  # 2,000 x 30% x 10%
        ("10.limit", 25, 26),  # 310 / 12, rounded down
    ],
)
def test_on_paper(practice, code, answer, wrong):
    asked = asked_in(code, practice)
    assert asked.check(answer).state == RIGHT
    assert asked.check(wrong).state == WRONG
