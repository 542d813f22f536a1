"""Stages by the published points, answers before evidence, and the gap to what is wanted."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import relate
from kamkit.relate.stage import FROM_POINTS, QUESTIONS, STAGES, of_points


def asked(values, wanted=None, account="a"):
    table = pd.DataFrame(
        {
            "account_id": account,
            "question": list(QUESTIONS)[: len(values)],
            "answer": [float(v) for v in values],
        }
    )
    return table if wanted is None else table.assign(wanted=[float(v) for v in wanted])


def stage_of(accounts, points):
    return relate.stage(accounts, questionnaire=asked([points] * 6)).table.loc[0, "stage"]


ONE = pd.DataFrame({"account_id": ["a"], "account_name": ["A"]})


@pytest.mark.parametrize(
    ("points", "stage"),
    [
        (6, "basic"),
        (10, "basic"),
        (11, "cooperative"),
        (16, "cooperative"),
        (17, "interdependent"),
        (22, "interdependent"),
        (23, "integrated"),
        (24, "integrated"),
    ],
)
def test_the_commonly_quoted_points_give_the_stage(points, stage):
    assert of_points(points) == stage


def test_six_answers_by_hand():
    row = relate.stage(ONE, questionnaire=asked([2, 2, 3, 1, 2, 2])).table.iloc[0]
    assert (row["points"], row["stage"], row["stage_mw"]) == (12, "cooperative", "mid_kam")
    # information 2, trust 1, commitment 2; contact 2, planning 3, adaptation 2
    assert row["collaboration"] == pytest.approx(5 / 3)
    assert row["involvement"] == pytest.approx(7 / 3)


def test_an_answer_counts_before_evidence_and_evidence_fills_in():
    net = pd.DataFrame({"account_id": ["a"], "structure": ["diamond"]})
    goals = pd.DataFrame({"account_id": ["a"]})
    shown = relate.evidence(ONE, contacts=net, goals=goals)
    parts = relate.answers(ONE, questionnaire=asked([1]), evidence=shown).set_index("question")
    assert parts.loc["contact", ["points", "basis"]].tolist() == [1.0, "answer"]
    assert parts.loc["planning", ["points", "basis"]].tolist() == [2.0, "evidence"]
    assert parts.loc["trust", "basis"] == "unknown"


@pytest.mark.parametrize(("share", "points"), [(0.29, 1), (0.30, 2), (0.59, 2), (0.60, 3)])
def test_share_of_wallet_shows_commitment(share, points):
    wallet = pd.DataFrame({"account_id": ["a"], "share_of_wallet": [share]})
    table = relate.evidence(ONE, wallet=wallet).set_index("question")["points"]
    assert table["commitment"] == points
    assert table["information"] == 2


def test_with_two_answers_the_stage_is_not_known():
    row = relate.stage(ONE, questionnaire=asked([4, 4])).table.iloc[0]
    assert row["stage"] == "unknown"
    assert row["questions_known"] == 2


def test_who_has_stopped_buying_is_on_the_way_out_whatever_the_answers():
    lost = ONE.assign(rhythm_state="lost")
    assert (
        relate.stage(lost, questionnaire=asked([4] * 6)).table.loc[0, "stage"] == "disintegrating"
    )
    half = ONE.assign(revenue_before=100.0, change=-50.0)
    less = ONE.assign(revenue_before=100.0, change=-49.0)
    assert (
        relate.stage(half, questionnaire=asked([3] * 6)).table.loc[0, "stage"] == "disintegrating"
    )
    assert (
        relate.stage(less, questionnaire=asked([3] * 6)).table.loc[0, "stage"] == "interdependent"
    )


def test_a_new_account_is_exploratory_in_a_long_ledger_only():
    both = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "account_name": ["A", "B"],
            "first_date": pd.to_datetime(["2025-06-01", "2022-01-01"]),
            "last_date": pd.to_datetime(["2025-12-01", "2025-12-31"]),
        }
    )
    assert relate.stage(both).table["stage"].tolist() == ["exploratory", "unknown"]
    short = both.assign(first_date=pd.to_datetime(["2025-06-01", "2025-01-01"]))
    assert relate.stage(short).table["stage"].tolist() == ["unknown", "unknown"]


def test_the_widest_gap_is_the_next_question_with_its_next_answer():
    found = relate.stage(ONE, questionnaire=asked([2, 2, 1, 2, 2, 2], [2, 3, 4, 2, 2, 2])).table
    row = found.iloc[0]
    assert row["next_question"] == "planning"
    assert row["next_answer"] == QUESTIONS["planning"][1][1]
    assert row["wanted_points"] == 15
    assert row["wanted_stage"] == "cooperative"
    assert row["stages_to_go"] == 0  # 11 points are cooperative already


def test_a_wanted_stage_can_be_given_where_nobody_wrote_one_down():
    found = relate.stage(ONE, questionnaire=asked([2] * 6), wanted={"a": "interdependent"}).table
    assert found.loc[0, "wanted_stage"] == "interdependent"
    assert found.loc[0, "stages_to_go"] == 1


def test_every_stage_has_its_name_after_millman_and_wilson():
    assert list(STAGES)[1:5] == list(FROM_POINTS)
    assert list(STAGES.values()) == [
        "pre_kam",
        "early_kam",
        "mid_kam",
        "partnership_kam",
        "synergistic_kam",
        "uncoupling_kam",
    ]


def test_answers_out_of_the_scale_are_not_counted():
    parts = relate.answers(ONE, questionnaire=asked([9, 0, 3]))
    assert parts["points"].dropna().tolist() == [3.0]
