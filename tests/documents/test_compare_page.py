"""Two runs beside each other on one page: what stands where, and nothing that can run."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from lxml import html

from kamkit.documents.compare_page import compare_html, compared
from kamkit.errors import ParameterError
from kamkit.language import speaking
from tests.plan.by_hand import basis

GOAL = {
    "account_id": "a",
    "account_name": "A",
    "objective": "retain",
    "measure": "revenue_after",
    "item": "",
    "baseline": 100.0,
    "target": 100.0,
    "direction": "at_least",
    "due": pd.Timestamp("2025-12-31"),
    "owner": "S1",
}
WRITTEN = pd.DataFrame(
    {
        "account_id": ["a"],
        "objective": ["Meet <the owner>"],
        "status": ["started"],
        "due": pd.to_datetime(["2025-03-01"]),
    }
)


def run(end, amounts, **tables):
    worth = pd.DataFrame(
        {
            "account_id": list(amounts),
            "account_name": [f"<b>{one}</b>" for one in amounts],
            "revenue_after": list(amounts.values()),
            "expected_purchases": 4.0,
            "orders": [float(end == "2025-12-31") * 3] * len(amounts),
            "next_expected": pd.NaT,
        }
    )
    return basis(worth, key=("a",), end=end, currency="EUR", **tables)


@pytest.fixture(scope="module")
def runs():
    ids = {chr(97 + n): 100.0 + n for n in range(10)}
    now = pd.DataFrame(
        {
            "account_id": ["a"],
            "account_name": ["A"],
            "attractiveness": [60.0],
            "attractiveness_low": [50.0],
            "attractiveness_high": [70.0],
            "strength": [60.0],
            "strength_low": [50.0],
            "strength_high": [70.0],
            "cell": ["strategic"],
            "cell_sure": [True],
        }
    )
    old = run("2025-09-30", ids, objectives=pd.DataFrame([GOAL]))
    grown = {one: amount + 1 for one, amount in ids.items()}
    return old, run("2025-12-31", grown, goals=WRITTEN, matrix=now)


@pytest.fixture(scope="module")
def page(runs):
    return html.fromstring(compare_html(*runs))


def sections(page):
    return {one.findtext("h2"): one for one in page.iter("section")}


def test_the_findings_come_in_the_order_of_the_questions(runs, page):
    named = [found.name for _heading, found in compared(*runs)]
    assert named == [
        "changed",
        "outcomes",
        "movements",
        "revenue_bridge",
        "forecasts",
        "new_alarms",
        "overdue",
    ]
    assert list(sections(page)) == [
        "What changed",
        "Progress on the objectives",
        "Who came and who left",
        "Why revenue is what it is",
        "What came of the forecasts",
        "New alarms",
        "Overdue",
        "Where the accounts have moved",
    ]
    assert page.findtext(".//h1").startswith("T: 31 Dec 2025 against 30 Sep")


def test_each_table_shows_what_people_read(page):
    heads = {
        heading: [one.text_content() for one in part.iter("th")]
        for heading, part in sections(page).items()
    }
    told = ["Name", "Objective", "Measure", "Then", "Target", "Now", "Due date", "Outcome"]
    assert heads["Progress on the objectives"] == told
    assert len(heads["What came of the forecasts"]) == 5
    assert len(heads["Overdue"]) == 7
    assert heads["New alarms"] == []  # there are none
    # what is said first is not said again
    for heading, times in (("What changed", 1), ("Why revenue is what it is", 0)):
        text = sections(page)[heading].text_content().replace("\xa0", " ")
        assert text.count("Revenue went from €1,045 to €1,055") == times


def test_eight_rows_are_shown_and_the_rest_counted(page):
    bridge = sections(page)["Why revenue is what it is"]
    assert len(bridge.findall(".//tbody/tr")) == 8
    assert "10" in bridge.find_class("kamkit-table")[0].text_content()


def test_the_bridge_and_the_matrix_are_drawn(runs, page):
    drawn = {heading: len(list(part.iter("img"))) for heading, part in sections(page).items()}
    assert [heading for heading, n in drawn.items() if n] == [
        "Why revenue is what it is",
        "Where the accounts have moved",
    ]
    old, new = runs
    without = compare_html(old, replace(new, matrix=None))
    assert "Where the accounts have moved" not in without


def test_what_comes_from_data_cannot_run(runs, page):
    text = compare_html(*runs)
    assert "<b>a</b>" not in text
    assert "&lt;b&gt;a&lt;/b&gt;" in text
    assert "Meet &lt;the owner&gt;" in text
    assert not page.findall(".//script")
    policy = page.find(".//meta[@http-equiv]").get("content")
    assert policy.startswith("default-src 'none'")


def test_made_up_companies_are_told_as_such(runs, page):
    assert not page.find_class("notice")
    old, new = runs
    made_up = replace(new, about=replace(new.about, fictional=True))
    shown = html.fromstring(compare_html(old, made_up))
    assert shown.find_class("notice")[0].text.startswith("Practice data")


def test_the_page_says_its_language(runs, page):
    assert page.get("lang") == "en"
    with speaking("nb"):
        norwegian = html.fromstring(compare_html(*runs))
    assert norwegian.get("lang") == "nb"
    assert "Who came and who left" not in norwegian.text_content()


def test_runs_in_the_wrong_order_are_refused(runs):
    with pytest.raises(ParameterError, match="later one"):
        compare_html(*reversed(runs))
