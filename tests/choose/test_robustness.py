"""How sure the list is: worked cases, and shares that are known exactly."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from kamkit.choose._preview import preview
from kamkit.choose._robustness import robustness, swaps
from kamkit.choose._score import score
from kamkit.choose.criteria import Anchor, Criterion
from kamkit.errors import ParameterError

SCALE = (Anchor(1, 1, ""), Anchor(5, 5, ""))


def scored(rows: dict[str, list[float]], weights: list[float], *, kind="data", at_least=None):
    """Scores of accounts whose ratings are given outright."""
    names = ["revenue", "profit", "contribution"][: len(weights)]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    frame = frame.rename_axis("account_id").reset_index()
    criteria = [
        Criterion(name, "data", name, SCALE, at_least if name == "profit" else None)
        for name in names
    ]
    return score(frame, criteria, dict(zip(names, weights, strict=True)), missing="leave_out")


def key(found) -> dict[str, float]:
    return found.table.set_index("account_id")["key_share"].to_dict()


class TestWorlds:
    def test_with_any_weights_the_share_is_the_weight_at_which_two_accounts_swap(self):
        # a leads by 3 on the first criterion, b by 1 on the second: a wins while w1 > 1/4
        two = scored({"a": [4, 1], "b": [1, 2]}, [0.5, 0.5])
        found = robustness(two, 1, weight_spread=float("inf"), rating_noise=0, draws=4000)
        assert key(found)["a"] == pytest.approx(0.75, abs=0.03)  # four standard errors

    def test_a_dominated_account_is_key_in_no_world(self):
        found = robustness(
            scored({"a": [4, 4], "b": [3, 3]}, [0.5, 0.5]), 1, weight_spread=float("inf")
        )
        assert key(found) == {"a": 1.0}
        assert found.table["standing"].tolist() == ["sure"]

    def test_without_any_doubt_the_list_is_the_list(self):
        three = scored({"a": [5, 1], "b": [1, 4], "c": [2, 2]}, [0.5, 0.5])
        found = robustness(three, 2, weight_spread=0, rating_noise=0, draws=5)
        assert key(found) == {"a": 1.0, "b": 1.0}
        assert found.table["chosen"].all()

    def test_an_account_that_fails_a_requirement_is_key_in_no_world(self):
        found = robustness(
            scored({"a": [5, 1], "b": [1, 3]}, [0.9, 0.1], at_least=2.0), 1, draws=50
        )
        assert key(found) == {"b": 1.0}

    def test_another_period_counts_as_often_as_the_present_one(self):
        now = scored({"a": [5, 5], "b": [1, 1]}, [0.5, 0.5])
        then = scored({"a": [1, 1], "b": [5, 5]}, [0.5, 0.5])
        found = robustness(now, 1, weight_spread=0, rating_noise=0, other={"2024": then})
        table = found.table.set_index("account_id")
        assert table["key_share_period"].to_dict() == {"a": 0.5, "b": 0.5}
        assert table.loc["a", "key_share"] == pytest.approx(0.5, abs=0.07)

    def test_ratings_that_are_level_are_a_toss_up_under_noise(self):
        fit = Criterion("fit", "judgement", "fit", SCALE)
        ratings = pd.DataFrame(
            {"account_id": ["a", "b"], "criterion": "fit", "score": 3.0, "rater": "S1"}
        )
        accounts = pd.DataFrame({"account_id": ["a", "b"], "revenue": [1.0, 1.0]})
        two = score(accounts, [fit], {"fit": 1}, ratings=ratings)
        found = robustness(two, 1, weight_spread=0, rating_noise=0.5, draws=2000)
        assert key(found)["a"] == pytest.approx(0.5, abs=0.05)
        assert set(found.table["standing"]) == {"open"}

    def test_what_nobody_has_judged_is_drawn_from_what_others_got(self):
        # c is not rated; it draws 5 in two worlds of three and beats b's 3, else they are level
        fit = Criterion("fit", "judgement", "fit", SCALE)
        rows = [("a", 5.0), ("e", 5.0), ("b", 3.0)]
        ratings = pd.DataFrame(rows, columns=["account_id", "score"]).assign(criterion="fit")
        accounts = pd.DataFrame({"account_id": list("abce"), "revenue": 1.0})
        four = score(accounts, [fit], {"fit": 1}, ratings=ratings)
        found = robustness(four, 3, weight_spread=0, rating_noise=1e-9, draws=3000)
        assert key(found)["c"] == pytest.approx(2 / 3 + 1 / 6, abs=0.04)

    def test_of_many_accounts_those_far_from_the_list_are_left_out_in_words(self):
        # last is behind 20,001 accounts now and first in the other period
        many = {f"{n:05}": [2.0] for n in range(20_000)}
        now = scored({"first": [5.0], "last": [1.0]} | many, [1.0])
        then = scored({"first": [1.0], "last": [5.0]} | many, [1.0])
        found = robustness(now, 1, weight_spread=0, rating_noise=0, draws=10, other={"2024": then})
        table = found.table.set_index("account_id")
        assert table["key_share_period"].to_dict() == {"first": 0.5, "last": 0.5}
        assert any("Of 20,002 accounts the worlds hold the 20,001" in one for one in found.caveats)

    @pytest.mark.proof
    def test_the_shares_of_all_worlds_add_up_to_the_number_of_key_accounts(self, worth):
        from kamkit.choose.criteria import default_criteria, default_weights

        criteria = default_criteria(worth)
        found = robustness(score(worth, criteria, default_weights(criteria)), 20, draws=200)
        assert found.table["key_share"].sum() == pytest.approx(20)
        assert found.table["key_share_weights"].sum() == pytest.approx(20)
        assert (found.table["rank_low"] <= found.table["rank_high"]).all()

    def test_the_same_seed_gives_the_same_shares(self):
        three = scored({"a": [5, 1], "b": [1, 4], "c": [3, 3]}, [0.5, 0.5])
        pd.testing.assert_frame_equal(robustness(three, 1).table, robustness(three, 1).table)

    def test_no_key_account_is_refused(self):
        with pytest.raises(ParameterError, match="at least one"):
            robustness(scored({"a": [1, 1]}, [0.5, 0.5]), 0)


class TestSwaps:
    def test_one_weight_is_found_by_hand(self):
        # a leads while 3 w1 - 1 (1 - w1) > 0, so until w1 falls to 1/4
        found = swaps(scored({"a": [4, 1], "b": [1, 2]}, [0.5, 0.5]), 1).table.iloc[0]
        assert found["weight_needed"] == pytest.approx(
            0.25 if found["criterion"] == "revenue" else 0.75
        )
        assert found["weight_moved"] == pytest.approx(0.25)

    def test_a_dominated_account_needs_more_than_any_weights(self):
        found = swaps(scored({"a": [4, 4], "b": [3, 3]}, [0.5, 0.5]), 1)
        assert found.table["weight_moved"].isna().all()
        assert "No change of weights" in found.text

    def test_the_smallest_move_equals_a_linear_programme(self):
        rng = np.random.default_rng(5)
        for _ in range(60):
            rows = {name: list(rng.uniform(1, 5, 3)) for name in "ab"}
            weights = rng.dirichlet([2, 2, 2])
            found = swaps(scored(rows, list(weights)), 1).table.iloc[0]
            ahead = np.subtract(rows[found["account_in"]], rows[found["account_out"]])
            # weights + up - down, level scores, nothing below zero, the sum unchanged
            solved = linprog(
                np.full(6, 0.5),
                A_eq=[np.r_[ahead, -ahead], np.r_[np.ones(3), -np.ones(3)]],
                b_eq=[-weights @ ahead, 0],
                bounds=[(0, None)] * 3 + [(0, w) for w in weights],
            )
            if solved.status == 2:
                assert np.isnan(found["weight_moved"])
            else:
                assert found["weight_moved"] == pytest.approx(solved.fun, abs=1e-7)

    def test_the_new_weight_makes_the_scores_level(self):
        rows = {"a": [4, 2, 1], "b": [2, 3, 3]}
        weights = [0.6, 0.2, 0.2]
        found = swaps(scored(rows, weights), 1).table.iloc[0]
        place = ["revenue", "customer profit", "contribution"].index(found["criterion"])
        rest = 1 - found["weight_needed"]
        moved = [w * rest / (1 - weights[place]) for w in weights]
        moved[place] = found["weight_needed"]
        assert np.dot(moved, rows["a"]) == pytest.approx(np.dot(moved, rows["b"]))

    def test_where_all_are_key_nobody_can_take_a_place(self):
        assert swaps(scored({"a": [4, 4]}, [0.5, 0.5]), 3).table.empty


class TestPreview:
    def test_every_account_is_counted_once(self):
        frame = pd.DataFrame({"account_id": list("abcd"), "score": [0.0, 10.0, 99.9, 100.0]})
        assert preview(frame).table["accounts"].tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]

    def test_a_formula_that_piles_up_is_told(self):
        frame = pd.DataFrame({"account_id": range(20), "score": [55.0] * 15 + [5.0] * 5})
        told = preview(frame).caveats
        assert any("75%" in line for line in told)

    def test_accounts_close_to_the_end_of_the_list_are_counted(self):
        frame = pd.DataFrame({"account_id": range(12), "score": [80, 60.5, 60, 59.5, *range(1, 9)]})
        assert any("2 more accounts" in line for line in preview(frame, n=2).caveats)

    def test_accounts_that_cannot_be_chosen_are_not_among_the_best(self):
        found = preview(scored({"a": [5, 1], "b": [1, 3]}, [0.9, 0.1], at_least=2.0), n=1)
        assert found.table["chosen"].sum() == 1
        assert found.table.loc[found.table["chosen"] == 1, "score_from"].item() < 50

    def test_a_column_that_is_not_there_is_refused(self):
        with pytest.raises(ParameterError, match="health"):
            preview(pd.DataFrame({"account_id": ["a"]}), column="health")


class TestWithoutTheRule:
    """What the rule that a treatment must pay decides is told, account by account."""

    ROWS = {"a": [5.0], "b": [4.0], "c": [3.0], "d": [2.0]}  # noqa: RUF012

    def made(self, held_back, n=2):
        base = scored(self.ROWS, [1.0])
        table = base.table.assign(
            exception=["does_not_pay" if one in held_back else "" for one in base.table.account_id]
        )
        table["turn"] = table["exception"].ne("").astype(float) * 10 + table["rank"]
        return robustness(dataclasses.replace(base, table=table), n, rating_noise=0, draws=20)

    def test_who_would_come_in_and_who_would_go_has_a_column_and_a_sentence(self):
        # by score a and b are first, but a's treatment does not pay, so b and c are key
        found = self.made({"a"})
        share = found.table.set_index("account_id")["key_share_unruled"].to_dict()
        assert share == {"a": 1.0, "b": 1.0, "c": 0.0}
        assert key(found) == {"a": 0.0, "b": 1.0, "c": 1.0}
        assert found.text.endswith(
            "If a treatment did not have to pay, 1 would stay in most scenarios and 1 other would "
            "come in, a."
        )
        assert "Two rules hold in every scenario" in found.caveats[1]

    def test_where_the_rule_holds_nobody_back_it_is_not_told(self):
        found = self.made(set())
        assert "key_share_unruled" not in found.table
        assert "have to pay" not in found.text

    def test_where_it_changes_nothing_that_is_told(self):
        found = self.made({"d"})
        assert found.text.endswith(
            "If a treatment did not have to pay, 2 would stay in most scenarios."
        )


def test_weights_and_period_together_tell_what_neither_does_alone():
    # a leads by 1 point this year at weights of a half; b gains on the second criterion next year
    now = scored({"a": [4, 3], "b": [3, 2]}, [0.5, 0.5])
    then = scored({"a": [4, 3], "b": [3, 3.8]}, [0.5, 0.5])
    found = robustness(
        now, 1, weight_spread=float("inf"), rating_noise=0, draws=4000, other={"then": then}
    )
    a = found.table.set_index("account_id").loc["a"]
    assert (a["key_share_weights"], a["key_share_period"]) == (1.0, 1.0)
    # then a is ahead while w1 > 0.8 w2, so while w1 > 4/9: half of the worlds and 5/9 of the others
    assert a["key_share_both"] == pytest.approx(0.5 + 0.5 * 5 / 9, abs=0.03)
