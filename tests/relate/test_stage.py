"""Stages by the published points, answers before evidence, and the gap to what is wanted."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import relate
from kamkit.relate._stage import FROM_POINTS, QUESTIONS, STAGES, of_points


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


TWO = pd.DataFrame({"account_id": ["a", "b"]})


class TestAnswers:
    def test_every_account_has_every_question_once(self):
        parts = relate.answers(pd.concat([TWO, TWO]))
        assert parts[["account_id", "question"]].to_numpy().tolist() == [
            [account, question] for account in "ab" for question in QUESTIONS
        ]
        assert set(parts["basis"]) == {"unknown"}
        assert parts[["points", "wanted"]].isna().all(axis=None)

    def test_several_answers_are_one_mean(self):
        several = pd.concat([asked([1, 2], [3, 4]), asked([4, 2], [4, 4])])
        parts = relate.answers(ONE, questionnaire=several).set_index("question")
        assert parts.loc["contact", ["points", "wanted"]].tolist() == [2.5, 3.5]
        assert parts.loc["information", ["points", "wanted"]].tolist() == [2.0, 4.0]

    def test_a_wanted_answer_off_the_scale_does_not_count_and_the_answer_does(self):
        parts = relate.answers(ONE, questionnaire=asked([1, 2], [5, 0])).set_index("question")
        assert parts.loc["contact", "points"] == 1
        assert parts["wanted"].isna().all()

    @pytest.mark.parametrize(
        ("answer", "counts"), [(1, True), (4, True), (0.9, False), (4.1, False)]
    )
    def test_answers_are_from_one_to_four(self, answer, counts):
        parts = relate.answers(ONE, questionnaire=asked([answer]))
        assert parts["points"].notna().any() == counts

    def test_a_question_of_ones_own_is_left_out(self):
        own = asked([3]).assign(question="weather")
        assert relate.answers(ONE, questionnaire=own)["points"].isna().all()

    def test_another_account_does_not_answer(self):
        parts = relate.answers(TWO, questionnaire=asked([3], account="b")).dropna(subset="points")
        assert parts[["account_id", "basis"]].to_numpy().tolist() == [["b", "answer"]]


class TestEvidence:
    def test_structure_shows_contact(self):
        structures = ["bow_tie", "widening", "diamond", "unknown", "no_contact"]
        net = pd.DataFrame({"account_id": list("abcde"), "structure": structures})
        table = relate.evidence(net[["account_id"]], contacts=net)
        assert table.set_index("account_id")["points"].to_dict() == {"a": 1, "b": 2, "c": 3}
        assert set(table["question"]) == {"contact"}

    @pytest.mark.parametrize(
        ("scores", "points"), [([2], 1), ([2.1], 2), ([3.5], 2), ([3.6], 3), ([1, 4], 2)]
    )
    def test_the_willingness_to_cooperate_shows_trust(self, scores, points):
        ratings = pd.DataFrame(
            {"account_id": "a", "criterion": "Willingness to cooperate", "score": scores}
        )
        table = relate.evidence(ONE, ratings=ratings)
        assert table[["question", "points"]].to_numpy().tolist() == [["trust", points]]

    def test_other_ratings_show_nothing(self):
        ratings = pd.DataFrame({"account_id": ["a"], "criterion": ["Growth"], "score": [5.0]})
        assert relate.evidence(ONE, ratings=ratings).empty

    def test_goals_show_planning_once_for_each_account(self):
        goals = pd.DataFrame({"account_id": ["a", "a"]})
        table = relate.evidence(ONE, goals=goals)
        assert table[["question", "points"]].to_numpy().tolist() == [["planning", 2]]

    def test_an_unknown_share_of_wallet_shows_nothing(self):
        wallet = pd.DataFrame({"account_id": ["a"], "share_of_wallet": [float("nan")]})
        assert relate.evidence(ONE, wallet=wallet).empty

    def test_other_accounts_are_left_out(self):
        goals = pd.DataFrame({"account_id": ["z", "a"]})
        assert relate.evidence(ONE, goals=goals)["account_id"].tolist() == ["a"]

    def test_nothing_given_shows_nothing(self):
        assert list(relate.evidence(ONE)) == ["account_id", "question", "points"]
        assert relate.evidence(ONE).empty


class TestStage:
    def test_points_are_the_mean_of_the_known_times_six(self):
        row = relate.stage(ONE, questionnaire=asked([2, 3, 3])).table.iloc[0]
        # (2 + 3 + 3) / 3 x 6
        assert row["points"] == pytest.approx(16)
        assert row[["questions_known", "questions_answered"]].tolist() == [3, 3]
        assert row["stage"] == "cooperative"
        # information 3 of information, trust, commitment; contact 2 and planning 3
        assert row[["collaboration", "involvement"]].tolist() == [3, 2.5]
        assert row["because"] == "16.0 points from 3 of 6 questions"

    def test_evidence_is_known_and_not_answered(self):
        shown = pd.DataFrame(
            {"account_id": "a", "question": ["contact", "trust", "planning"], "points": 3.0}
        )
        row = relate.stage(ONE, evidence=shown).table.iloc[0]
        assert row[["questions_known", "questions_answered"]].tolist() == [3, 0]
        assert row[["points", "stage"]].tolist() == [18, "interdependent"]

    def test_where_nothing_is_known_that_is_the_reason(self):
        row = relate.stage(ONE).table.iloc[0]
        assert row[["stage", "stage_mw"]].tolist() == ["unknown", "unknown"]
        assert row["because"] == "nothing is known of the relationship"
        assert pd.isna(row["points"])
        assert pd.isna(row["stages_to_go"])

    def test_accounts_stand_as_they_were_given_by_name_or_number(self):
        table = relate.stage(TWO.iloc[::-1], questionnaire=asked([4] * 6)).table
        assert table["account_id"].tolist() == ["b", "a"]
        assert table["account_name"].tolist() == ["b", "a"]
        assert table["stage"].tolist() == ["unknown", "integrated"]
        assert relate.stage(ONE).table["account_name"].tolist() == ["A"]

    @pytest.mark.parametrize("state", ["lost", "season_missed"])
    def test_who_is_silent_is_on_the_way_out(self, state):
        row = relate.stage(ONE.assign(rhythm_state=state)).table.iloc[0]
        assert row[["stage", "stage_mw"]].tolist() == ["disintegrating", "uncoupling_kam"]
        assert row["because"].startswith("silent: ")

    def test_who_is_late_is_not_lost(self):
        late = relate.stage(ONE.assign(rhythm_state="late"), questionnaire=asked([3] * 6))
        assert late.table.loc[0, "stage"] == "interdependent"

    def test_the_loss_of_half_needs_something_to_lose(self):
        for before, change in ((0.0, -5.0), (float("nan"), -5.0), (100.0, float("nan"))):
            row = ONE.assign(revenue_before=before, change=change)
            assert relate.stage(row).table.loc[0, "stage"] == "unknown"

    def test_half_of_the_revenue_is_the_reason(self):
        row = relate.stage(ONE.assign(revenue_before=10.0, change=-5.0)).table.iloc[0]
        assert "half of its revenue" in row["because"]

    @pytest.mark.parametrize(
        ("first", "start", "stage"),
        [
            ("2025-01-01", "2023-12-31", "exploratory"),  # 364 days ago, 731 days of ledger
            ("2024-12-31", "2023-12-31", "unknown"),  # a year ago
            ("2025-01-01", "2024-01-01", "unknown"),  # two years of ledger and no more
        ],
    )
    def test_new_is_within_a_year_in_a_ledger_of_more_than_two(self, first, start, stage):
        both = pd.DataFrame(
            {
                "account_id": ["a", "b"],
                "first_date": pd.to_datetime([first, start]),
                "last_date": pd.to_datetime([first, "2025-12-31"]),
            }
        )
        found = relate.stage(both).table.iloc[0]
        assert found["stage"] == stage
        if stage == "exploratory":
            assert found["stages_to_go"] == 2  # by basic to cooperative
            assert "first time in the last year" in found["because"]

    def test_an_account_without_a_first_purchase_is_not_new(self):
        rows = pd.DataFrame(
            {
                "account_id": ["a", "b"],
                "first_date": pd.to_datetime([None, "2020-01-01"]),
                "last_date": pd.to_datetime([None, "2025-12-31"]),
            }
        )
        assert relate.stage(rows).table["stage"].tolist() == ["unknown", "unknown"]


class TestWanted:
    def test_cooperative_is_wanted_where_nobody_has_said(self):
        row = relate.stage(ONE, questionnaire=asked([1] * 6)).table.iloc[0]
        assert row[["wanted_points", "wanted_stage", "stages_to_go"]].tolist() == [
            11,
            "cooperative",
            1,
        ]

    def test_an_unknown_stage_is_not_wanted(self):
        row = relate.stage(ONE, questionnaire=asked([1] * 6), wanted={"a": "best"}).table.iloc[0]
        assert row["wanted_stage"] == "cooperative"

    def test_what_the_answers_want_counts_before_the_stage_given(self):
        found = relate.stage(
            ONE, questionnaire=asked([4] * 6, [1] * 6), wanted={"a": "integrated"}
        ).table.iloc[0]
        assert found[["wanted_points", "wanted_stage", "stages_to_go"]].tolist() == [6, "basic", -3]

    def test_the_wanted_points_are_the_mean_of_those_told(self):
        wanted = asked([1] * 6, [4, 3, 9, 9, 9, 9])
        assert relate.stage(ONE, questionnaire=wanted).table.loc[0, "wanted_points"] == 21

    @pytest.mark.parametrize(
        ("stage", "points"),
        [("basic", 6.5), ("interdependent", 17), ("integrated", 23), ("exploratory", 11)],
    )
    def test_a_stage_stands_for_the_first_whole_points_of_it(self, stage, points):
        found = relate.stage(ONE, wanted={"a": stage}).table
        assert found.loc[0, "wanted_points"] == points

    def test_who_is_on_the_way_out_has_no_steps_to_go(self):
        found = relate.stage(ONE.assign(rhythm_state="lost")).table
        assert pd.isna(found.loc[0, "stages_to_go"])


class TestNextQuestion:
    def test_of_two_gaps_as_wide_the_first_question_is_next(self):
        found = relate.stage(ONE, questionnaire=asked([2] * 6, [2, 3, 2, 3, 2, 2])).table
        assert found.loc[0, "next_question"] == "information"
        assert found.loc[0, "next_answer"] == QUESTIONS["information"][1][2]

    @pytest.mark.parametrize(("points", "question"), [(2.5, "contact"), (2.6, "")])
    def test_a_gap_of_less_than_half_a_point_is_none(self, points, question):
        found = relate.stage(ONE, questionnaire=asked([points], [3])).table
        assert found.loc[0, "next_question"] == question

    def test_where_nobody_wants_anything_the_lowest_answer_is_next(self):
        found = relate.stage(ONE, questionnaire=asked([2, 2, 1, 2, 2, 2])).table
        # eleven points by six are 1.83
        assert found.loc[0, "next_question"] == "planning"

    def test_the_next_answer_is_one_step_up_from_the_points_in_whole(self):
        found = relate.stage(ONE, questionnaire=asked([2.5], [4])).table
        assert found.loc[0, "next_answer"] == QUESTIONS["contact"][1][2]
        found = relate.stage(ONE, questionnaire=asked([1], [4])).table
        assert found.loc[0, "next_answer"] == QUESTIONS["contact"][1][1]

    def test_without_answers_there_is_none(self):
        assert relate.stage(ONE).table.loc[0, ["next_question", "next_answer"]].tolist() == ["", ""]


class TestSentences:
    def test_stages_are_counted_and_the_first_that_lags_is_named(self):
        accounts = pd.DataFrame({"account_id": list("abc"), "account_name": ["Ask", "Eik", "Gran"]})
        told = pd.concat([asked([4] * 6), asked([1] * 6, account="b"), asked([1] * 6, account="c")])
        text = relate.stage(accounts, questionnaire=told).text
        assert "basic 2; integrated 1." in text
        assert "2 are below the stage that is wanted, the first Eik." in text
        alone = relate.stage(accounts.head(2), questionnaire=told).text
        assert "1 is below the stage that is wanted: Eik." in alone

    def test_where_nobody_lags_that_is_not_said(self):
        assert "below" not in relate.stage(ONE, questionnaire=asked([4] * 6)).text

    def test_the_scale_and_missing_answers_are_reserved(self):
        caveats = relate.stage(TWO, questionnaire=asked([4] * 6)).caveats
        assert "commonly quoted" in caveats[0]
        assert caveats[1].startswith("For 1 account ")
        assert len(relate.stage(ONE, questionnaire=asked([4] * 6)).caveats) == 1


def test_the_questionnaire_has_six_questions_of_four_answers_in_the_language_in_use():
    from kamkit.language import set_language

    table = relate.questions()
    assert table["question"].tolist() == list(QUESTIONS)
    assert table.loc[2, "asked"] == "Who plans?"
    assert table.loc[2, "answer_1"] == "nobody"
    assert table.loc[2, "answer_4"] == "both, for several years and at the top"
    set_language("nb")
    assert relate.questions().loc[2, "asked"] != "Who plans?"


def test_points_that_are_not_known_have_no_stage():
    assert of_points(float("nan")) == "unknown"
