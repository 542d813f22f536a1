"""The two lists: who is key and why, who is not and what changes; the planted truths end there."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose, identify
from kamkit.case import as_chains
from kamkit.errors import MissingTable, ParameterError

ACCOUNTS = pd.DataFrame(
    {
        "account_id": list("abcdef"),
        "revenue": [100.0, 90.0, 80.0, 5.0, 4.0, 300.0],
        "profit": [30.0, 20.0, 10.0, 2.0, 1.0, -50.0],
        "account_manager": ["S1", "S2", "S3", "S4", "S1", "S1"],
        "rhythm_state": ["on_time"] * 4 + ["late", "on_time"],
    }
)


@pytest.fixture(scope="module")
def scores():
    criteria = choose.named_criteria(["profit"], ACCOUNTS)
    return choose.score(ACCOUNTS, criteria, {"profit": 1})


class TestLists:
    def test_the_two_lists_hold_every_account_once(self, scores):
        key = choose.key_accounts(scores, ACCOUNTS, 2)
        others = choose.ordinary_sales(scores, ACCOUNTS, 2)
        assert sorted([*key["account_id"], *others["account_id"]]) == list("abcdef")
        assert key["account_id"].tolist() == ["a", "b"]

    def test_an_account_below_the_requirement_is_told_to_mend_terms(self, scores):
        others = choose.ordinary_sales(scores, ACCOUNTS, 2).set_index("account_id")
        assert others.loc["f", "what_changes"] == "mend_terms"

    def test_terms_come_first_where_the_last_twelve_months_lost_money(self, scores):
        # d lost money lately only, f no longer does: the plans tell of these months
        lately = ACCOUNTS.assign(profit_year=[9.0, 6.0, 3.0, -1.0, 1.0, 2.0])
        others = choose.ordinary_sales(scores, lately, 2).set_index("account_id")
        assert others.loc[["d", "f"], "what_changes"].tolist() == ["mend_terms", "told_why"]
        assert others.loc[["d", "f"], "profit_year"].tolist() == [-1.0, 2.0]
        assert "failed" not in others

    def test_near_the_line_is_the_reserve(self, scores):
        robust = pd.DataFrame(
            {"account_id": ["a", "b", "c"], "key_share": [1.0, 0.7, 0.3], "standing": "open"}
        )
        others = choose.ordinary_sales(scores, ACCOUNTS, 2, robust=robust).set_index("account_id")
        assert others["what_changes"].to_dict() == {
            "c": "reserve",
            "d": "no_change",
            "e": "call_now",
            "f": "mend_terms",
        }

    def test_the_large_are_told_and_those_of_busy_managers_too(self, scores):
        robust = pd.DataFrame({"account_id": ["a"], "key_share": 1.0, "standing": "sure"})
        managers = pd.DataFrame({"manager": ["S4"]})
        others = choose.ordinary_sales(
            scores, ACCOUNTS, 1, robust=robust, managers=managers
        ).set_index("account_id")
        # f and a give 400 of 579, so b lies within the largest that give 463, c does not
        assert others.loc["b", "what_changes"] == "told_why"
        assert others.loc["c", "what_changes"] == "no_change"
        assert others.loc["d", "what_changes"] == "manager_shared"

    def test_more_key_accounts_than_can_be_chosen_are_all_that_can(self, scores):
        assert choose.chosen(scores, 50) == list("abcde")

    def test_no_key_account_is_refused(self, scores):
        with pytest.raises(ParameterError):
            choose.chosen(scores, 0)


class TestFacts:
    def test_another_period_replaces_the_money_and_keeps_the_account(self):
        then = pd.DataFrame({"account_id": ["b", "x"], "revenue": [7.0, 9.0], "profit": [1.0, 1.0]})
        moved = choose.in_period(ACCOUNTS, then).set_index("account_id")
        assert moved["revenue"].to_dict() == {"a": 0, "b": 7, "c": 0, "d": 0, "e": 0, "f": 0}
        assert moved.loc["a", "account_manager"] == "S1"

    def test_a_margin_of_zero_tells_nothing_and_fifty_is_no_share(self):
        with pytest.raises(MissingTable, match="no cost"):
            choose.assumed_contribution(ACCOUNTS, margin=0, days=365)
        with pytest.raises(ParameterError, match="share between"):
            choose.assumed_contribution(ACCOUNTS, margin=50, days=365)

    def test_hours_and_relationship_stand_beside_the_key_accounts(self, scores):
        treated = choose.treatments(choose.services_table())
        treatment = choose.assign_treatment(scores, 3, dedicated=1)
        ratings = pd.DataFrame(
            {
                "account_id": ["a", "a", "b"],
                "criterion": ["Relasjon", "relationship", "fit"],
                "score": [4.0, 2.0, 5.0],
            }
        )
        found = choose.to_assign(ACCOUNTS, treatment, treated, ratings).set_index("account_id")
        assert found["treatment"].to_dict() == {"a": "dedicated", "b": "shared", "c": "shared"}
        assert found["hours"].tolist() == [86.0, 22.0, 22.0]
        assert found.loc["a", "relationship"] == 3.0
        assert pd.isna(found.loc["b", "relationship"])


@pytest.fixture(scope="module")
def lists(fjordgross, worth):
    """The choice as analyse/04 makes it, with thirty key accounts."""
    case = as_chains(fjordgross)
    groups = identify.chains(identify.account_facts(fjordgross)).table
    accounts = choose.described(case, worth, chains=groups)
    ratings = case.table("ratings")
    criteria = choose.default_criteria(accounts, ratings, currency="NOK")
    scores = choose.score(accounts, criteria, choose.default_weights(criteria), ratings=ratings)
    told = choose.reasons(scores, accounts, currency="NOK")
    sure = choose.robustness(scores, 30, draws=300).table
    how = {"reasons": told, "robust": sure}
    key = choose.key_accounts(scores, accounts, 30, **how).set_index("account_id")
    others = choose.ordinary_sales(scores, accounts, 30, **how).set_index("account_id")
    return key, others, accounts, scores


class TestPlantedTruths:
    def test_the_chain_is_key_as_a_whole_and_says_why(self, lists):
        key, _, _, _ = lists
        assert key.loc["K07", "members"] == 40
        assert "none of them is in class A alone" in key.loc["K07", "reasons"]

    def test_the_quiet_star_is_a_sure_key_account(self, lists):
        key, _, _, _ = lists
        assert key.loc["001187", "standing"] == "sure"
        assert "only number 44 by revenue" in key.loc["001187", "reasons"]

    def test_the_giant_stays_outside_until_its_terms_are_mended(self, lists):
        _, others, accounts, _ = lists
        assert accounts.sort_values("revenue").iloc[-1]["account_id"] == "000412"
        assert others.loc["000412", "what_changes"] == "mend_terms"
        assert others.loc["000412", "key_share"] == 0
        assert "costs NOK 28.3 million to serve" in others.loc["000412", "against"].replace(
            "\xa0", " "
        )

    def test_the_late_account_is_called_first(self, lists):
        assert lists[1].loc["000923", "what_changes"] == "call_now"

    def test_the_value_of_both_lists_is_that_of_the_ledger(self, lists, fjordgross):
        key, others, _, _ = lists
        ledger = identify.account_facts(fjordgross)["revenue"].sum()
        assert key["revenue"].sum() + others["revenue"].sum() == pytest.approx(ledger, abs=0.005)
