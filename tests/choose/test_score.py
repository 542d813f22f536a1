"""Scores: scales, missing ratings, requirements, and why an account stands where it does."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import identify
from kamkit.case import as_chains
from kamkit.choose._reasons import reasons
from kamkit.choose._score import explain, score
from kamkit.choose.criteria import (
    Anchor,
    Criterion,
    data_criteria,
    default_criteria,
    default_weights,
    judgement_criteria,
    named_criteria,
    scale_sheet,
)
from kamkit.choose.portfolio import described
from kamkit.choose.raters import combined, disagreement, leniency
from kamkit.errors import MissingTable, ParameterError

DAYS = (Anchor(60, 1, ""), Anchor(20, 5, ""))
MARGIN = (Anchor(0, 1, ""), Anchor(100, 5, ""))
CRITERIA = (
    Criterion("payment", "data", "payment_days", DAYS),
    Criterion("profit", "data", "profit", MARGIN, at_least=0.0),
)
FOUR = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d"],
        "revenue": [400.0, 300.0, 200.0, 100.0],
        "profit": [-5.0, 50.0, 100.0, 75.0],
        "payment_days": [20.0, 40.0, 60.0, None],
    }
)


def rated(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "criterion", "score", "rater"])


class TestScore:
    def test_the_score_is_the_weighted_mean_of_the_ratings(self):
        found = score(FOUR, CRITERIA, {"payment": 1, "profit": 3}).table.set_index("account_id")
        # b: 40 days is 3, profit 50 is 3; c: 60 days is 1, profit 100 is 5
        assert found.loc["b", "score"] == pytest.approx(50.0)
        assert found.loc["c", "score"] == pytest.approx(75.0)

    def test_an_account_that_fails_a_requirement_comes_last_whatever_its_score(self):
        table = score(FOUR, CRITERIA, {"payment": 1, "profit": 0}).table
        last = table.iloc[-1]
        assert (last["account_id"], last["score"], last["failed"]) == ("a", 100.0, "profit")
        assert not last["eligible"]

    @pytest.mark.parametrize(
        ("missing", "expected"), [("middle", 62.5), ("worst", 37.5), ("leave_out", 75.0)]
    )
    def test_what_is_not_known_is_treated_as_said(self, missing, expected):
        # d: profit 75 is a rating of 4, worth 37.5 of 50 points; payment is not known
        found = score(FOUR, CRITERIA, {"payment": 1, "profit": 1}, missing=missing)
        row = found.table.set_index("account_id").loc["d"]
        assert row["score"] == pytest.approx(expected)
        assert (row["score_low"], row["score_high"]) == pytest.approx((37.5, 87.5))
        assert row["weight_known"] == 0.5

    def test_points_add_up_to_the_score(self, worth, fjordgross):
        ratings = fjordgross.table("ratings")
        criteria = default_criteria(worth, ratings)
        found = score(worth, criteria, default_weights(criteria), ratings=ratings)
        sums = found.points().sum(axis=1)
        table = found.table.set_index("account_id")["score"]
        assert (sums.reindex(table.index) - table).abs().max() < 1e-9

    def test_an_account_of_which_nothing_is_known_comes_last_and_is_not_chosen(self):
        judged = rated(("b", "fit", 4, "S1"))
        fit = judgement_criteria(judged)
        table = score(FOUR, fit, {"fit": 1}, ratings=judged, missing="leave_out").table
        assert table["account_id"].tolist() == ["b", "a", "c", "d"]
        assert table["eligible"].tolist() == [True, False, False, False]

    def test_without_criteria_the_reason_is_told(self):
        with pytest.raises(MissingTable, match="no criterion"):
            score(FOUR, (), {})

    def test_another_way_of_treating_what_is_missing_is_refused(self):
        with pytest.raises(ParameterError, match="no way"):
            score(FOUR, CRITERIA, {"profit": 1}, missing="guess")

    def test_an_account_held_back_by_a_requirement_is_not_told_to_lack_points(self):
        # a has all the points of payment, and stands behind b and c for its loss alone
        found = score(FOUR, CRITERIA, {"payment": 1, "profit": 0})
        told = explain(found, "a")
        assert told.text.startswith("a is number 4 with 100 points")
        assert "ahead" not in told.text
        assert told.text.endswith("meet the requirement of customer profit.")

    def test_points_of_an_account_that_nobody_knows_are_not_compared(self):
        judged = rated(("b", "fit", 4, "S1"))
        found = score(
            FOUR, judgement_criteria(judged), {"fit": 1}, ratings=judged, missing="leave_out"
        )
        assert explain(found, "a").text == "a is number 2: nothing is known of it."

    def test_accounts_without_an_earlier_period_are_counted(self):
        frame = pd.DataFrame(
            {
                "account_id": ["a", "b", "c"],
                "change": [1.0, 5.0, 7.0],
                "revenue_before": [9.0, 0.0, None],
            }
        )
        found = score(frame, data_criteria(frame), {"growth": 1})
        assert any(told.startswith("2 accounts had no earlier revenue") for told in found.caveats)

    def test_how_unusual_ratings_were_read_is_told(self):
        judged = rated(("a", "zeal", 8, "S1"), ("z", "strategic fit", 2, "S1"))
        caveats = score(FOUR, judgement_criteria(judged), {"zeal": 1}, ratings=judged).caveats
        assert any("scale from 1 to 10" in told for told in caveats)
        assert any(told.endswith("very high: zeal.") for told in caveats)
        assert "1 rated account is not among those scored." in caveats

    def test_the_accounts_are_not_changed(self):
        before = FOUR.copy()
        score(FOUR, CRITERIA, {"profit": 1})
        pd.testing.assert_frame_equal(FOUR, before)


class TestCriteria:
    def test_a_ledger_alone_has_criteria_from_the_data_only(self, cdnow):
        facts = identify.account_facts(cdnow)
        criteria = default_criteria(facts)
        assert {criterion.kind for criterion in criteria} == {"data"}
        found = score(facts, criteria, default_weights(criteria))
        assert "criteria from the data only" in found.caveats[0]

    def test_the_british_ledger_alone_is_scored_and_the_points_add_up(self, online_retail):
        facts = identify.account_facts(online_retail)
        criteria = default_criteria(facts)
        found = score(facts, criteria, default_weights(criteria))
        assert len(found.table) == 4383  # the customers of the sheet, as its README counts them
        assert {criterion.kind for criterion in criteria} == {"data"}
        sums = found.points().sum(axis=1)
        table = found.table.set_index("account_id")["score"]
        assert (sums.reindex(table.index) - table).abs().max() < 1e-9

    def test_accounts_without_any_figure_have_no_criteria_but_what_is_judged(self):
        bare = pd.DataFrame({"account_id": ["a", "b"]})
        assert default_criteria(bare) == ()
        judged = default_criteria(bare, rated(("a", "fit", 4, "S1")))
        assert [criterion.name for criterion in judged] == ["fit"]

    def test_accounts_that_never_bought_have_no_loyalty(self):
        never = pd.DataFrame(
            {
                "account_id": ["a"],
                "revenue": [0.0],
                "active_months": [0],
                "first_date": [pd.NaT],
                "last_date": [pd.NaT],
            }
        )
        assert [criterion.name for criterion in data_criteria(never)] == ["revenue"]

    @pytest.mark.parametrize("name", ["growth", "Growth", "vekst"])
    def test_what_is_judged_never_bears_the_name_of_what_is_measured(self, name):
        measured = data_criteria(
            pd.DataFrame({"account_id": ["a"], "change": [1.0], "revenue_before": [2.0]})
        )
        judged = judgement_criteria(rated(("a", name, 4, "S1")))
        labels = [criterion.label for criterion in (*measured, *judged)]
        assert labels == ["growth", "growth (rated)"]

    def test_money_is_counted_once(self, worth):
        names = [criterion.name for criterion in default_criteria(worth)]
        assert "profit" in names
        assert not {"revenue", "contribution"} & set(names)

    @pytest.mark.parametrize("amounts", [[5.0], [5.0, 5.0, 5.0], [0.0, -3.0], [1.0, 2.0]])
    def test_scales_hold_for_few_equal_and_negative_amounts(self, amounts):
        frame = pd.DataFrame({"account_id": list("abc")[: len(amounts)], "revenue": amounts})
        values = [anchor.value for anchor in data_criteria(frame)[0].anchors]
        assert values == sorted(set(values))

    def test_of_few_accounts_the_best_has_the_highest_rating(self):
        criterion = data_criteria(pd.DataFrame({"account_id": list("ab"), "revenue": [80.0, 20.0]}))
        assert criterion[0].rate(pd.Series([80.0, 20.0, 0.0])).tolist() == [5.0, 2.0, 1.0]

    def test_what_tells_our_own_strength_is_no_criterion(self, fjordgross):
        names = [criterion.name for criterion in judgement_criteria(fjordgross.table("ratings"))]
        assert names == [
            "ability to pay",
            "growth (rated)",
            "strategic fit",
            "willingness to cooperate",
        ]

    def test_ratings_to_ten_are_read_on_a_scale_to_ten(self):
        criterion = judgement_criteria(rated(("a", "fit", 1, "x"), ("b", "fit", 10, "x")))[0]
        assert criterion.rate(pd.Series([1.0, 5.5, 10.0])).tolist() == [1.0, 3.0, 5.0]

    def test_a_score_above_a_hundred_is_the_end_of_its_scale(self):
        criterion = judgement_criteria(rated(("a", "fit", 0, "x"), ("b", "fit", 200, "x")))[0]
        assert criterion.rate(pd.Series([0.0, 100.0, 200.0])).tolist() == [1.0, 3.0, 5.0]

    def test_a_mistyped_criterion_gets_the_nearest_one(self):
        with pytest.raises(ParameterError) as caught:
            named_criteria(["profitt"], FOUR)
        assert "profit" in caught.value.remedy

    def test_every_anchor_of_the_scale_sheet_has_words(self, worth, fjordgross):
        sheet = scale_sheet(default_criteria(worth, fjordgross.table("ratings"), currency="NOK"))
        assert sheet["meaning"].str.len().min() > 3
        assert sheet.groupby("criterion")["rating"].is_monotonic_increasing.all()


class TestRaters:
    SEVERAL = rated(
        ("a", "fit", 5, "S1"),
        ("a", "fit", 2, "S2"),
        ("b", "fit", 3, "S1"),
        ("b", "fit", 3, "S1"),
        ("a", "fit", None, "S3"),
    )

    def test_two_ratings_by_one_person_are_one(self):
        table = combined(self.SEVERAL).set_index("account_id")
        assert table["raters"].to_dict() == {"a": 2, "b": 1}
        assert table.loc["a", ["rating", "spread", "disagree"]].tolist() == [3.5, 3.0, True]

    def test_a_strict_rater_is_found_on_what_was_rated_together(self):
        rows = [(f"{i}", "fit", 4, "S1") for i in range(10)]
        rows += [(f"{i}", "fit", 3, "S2") for i in range(10)]
        table = leniency(rated(*rows))
        assert table["rater"].tolist() == ["S2", "S1"]
        assert table["leniency"].tolist() == [-1.0, 1.0]

    @pytest.mark.parametrize(("other", "apart"), [(75, False), (29, True)])
    def test_a_disagreement_is_half_of_the_scale_whatever_the_scale(self, other, apart):
        # 80 and 75 of 100 are 4.2 and 4.0 of 1 to 5; 80 and 29 are two points apart
        table = combined(rated(("a", "fit", 80, "S1"), ("a", "fit", other, "S2")))
        assert table["disagree"].tolist() == [apart]

    def test_one_rater_alone_shows_no_disagreement(self):
        found = disagreement(rated(("a", "fit", 5, "S1")))
        assert found.table.empty
        assert "cannot be seen" in found.text

    def test_the_second_rater_of_the_practice_company_disagrees_at_times(self, fjordgross):
        # counted with plain pandas, without the code under test
        ratings = fjordgross.table("ratings")
        wide = ratings.pivot_table(
            index=["account_id", "criterion"], columns="rater", values="score"
        )
        both = wide[wide.notna().sum(axis=1) > 1]
        apart = (both.max(axis=1) - both.min(axis=1) >= 2).sum()
        table = disagreement(ratings).table
        assert len(table) == len(both)
        assert int(table["disagree"].sum()) == apart > 0


@pytest.fixture(scope="module")
def company(worth, fjordgross):
    chains = identify.chains(identify.account_facts(fjordgross)).table
    accounts = described(fjordgross, worth, chains=chains)
    ratings = as_chains(fjordgross).table("ratings")
    criteria = default_criteria(accounts, ratings, currency="NOK")
    found = score(accounts, criteria, default_weights(criteria), ratings=ratings)
    told = reasons(found, accounts, currency="NOK").set_index("account_id")
    return found.table.set_index("account_id"), told, found


class TestPlantedTruths:
    def test_the_giant_is_largest_and_cannot_be_chosen(self, company):
        table, told, _ = company
        assert not table.loc["000412", "eligible"]
        against = told.loc["000412", "against"].replace("\xa0", " ")
        assert "customer profit −NOK 22.4 million" in against
        assert "number 1 by revenue" in against
        assert "costs NOK 28.3 million to serve" in against

    def test_the_quiet_star_is_among_the_best_for_what_it_leaves(self, company):
        table, told, _ = company
        assert table.loc["001187", "rank"] <= 10
        assert told.loc["001187", "reasons"].startswith(
            "number 9 by customer profit, though only number 44 by revenue"
        )

    def test_the_chain_is_one_account_and_the_reason_says_so(self, company):
        table, told, _ = company
        assert table.loc["K07", "eligible"]
        assert table.loc["K07", "rank"] <= 30
        reason = told.loc["K07", "reasons"]
        assert "40 accounts counted as one" in reason
        assert "none of them is in class A alone" in reason
        assert "number 9 by revenue" in reason

    def test_the_late_account_is_told_to_be_late(self, company):
        assert "late" in company[1].loc["000923", "against"]

    def test_an_account_can_ask_why_it_stands_where_it_does(self, company):
        found = company[2]
        told = explain(found, "001187")
        rank = int(company[0].loc["001187", "rank"])
        assert f"number {rank} " in told.text
        above = found.table.loc[found.table["rank"] == rank - 1, "score"].item()
        own = company[0].loc["001187", "score"]
        assert told.table["against_above"].sum() == pytest.approx(own - above)

    def test_an_unknown_account_is_refused(self, company):
        with pytest.raises(ParameterError, match="no account"):
            explain(company[2], "999999")
