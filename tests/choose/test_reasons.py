"""What speaks for an account and against it, with its numbers: a handful of accounts by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.choose._overlap import overlap
from kamkit.choose._reasons import reasons
from kamkit.choose._score import score
from kamkit.choose.criteria import Anchor, Criterion, data_criteria, judgement_criteria
from kamkit.choose.raters import combined, disagreement, leniency

NAN = float("nan")


def told(accounts, weights, names=None, *, currency="", ratings=None, period=""):
    """Return the reasons of these accounts, by account."""
    criteria = [one for one in data_criteria(accounts) if one.name in (names or weights)]
    if ratings is not None:
        criteria += judgement_criteria(ratings)
    found = score(accounts, criteria, weights, ratings=ratings)
    return reasons(found, accounts, currency=currency, period=period).set_index("account_id")


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [*"abcdefghijklmnopqrstuvwxyz"][:n], **columns})


class TestFor:
    def test_the_best_by_a_criterion_is_told_with_amount_and_number(self):
        found = told(table(revenue=[90.0, 50.0, 10.0]), {"revenue": 1}, currency="EUR")
        assert found.loc["a", "reasons"] == "revenue €90, number 1"
        assert found.loc["c", "reasons"] == ""
        assert found.loc["c", "against"] == "revenue €10, number 3"

    def test_a_share_has_its_sign_and_days_are_days(self):
        accounts = table(
            change=[30.0, 0.0, -20.0],
            revenue_before=[100.0, 100.0, 100.0],
            payment_days=[10.0, 30.0, 60.0],
            active_months=[12, 6, 1],
            months=[12, 12, 12],
        )
        found = told(accounts, {"growth": 1, "payment": 1})
        assert found.loc["a", "reasons"] == "growth +30%; pays after 10 days"
        assert "growth −20%" in found.loc["c", "against"]
        assert "pays after 60 days" in found.loc["c", "against"]

    def test_what_is_judged_is_told_of_five(self):
        ratings = pd.DataFrame(
            {"account_id": [*"abc"], "criterion": "strategic fit", "score": [5.0, 3.0, 1.0]}
        )
        found = told(table(revenue=[1.0, 1.0, 1.0]), {"strategic fit": 1}, [], ratings=ratings)
        assert found.loc["a", "reasons"] == "strategic fit 5.0 of 5"
        assert found.loc["c", "against"] == "strategic fit 1.0 of 5"

    @pytest.mark.parametrize(("revenue_rank", "told_of"), [(20, True), (11, True), (10, False)])
    def test_far_better_by_profit_than_by_revenue_is_worth_a_word(self, revenue_rank, told_of):
        n = 24
        revenue = [1000.0 - place for place in range(n)]
        profit = [float(n - place) for place in range(n)]
        # the account in that place by revenue is the first by profit
        profit[revenue_rank - 1] = 99.0
        found = told(table(revenue=revenue, profit=profit), {"revenue": 1})
        name = [*"abcdefghijklmnopqrstuvwxyz"][revenue_rank - 1]
        words = f"number 1 by customer profit, though only number {revenue_rank} by revenue"
        assert (words in found.loc[name, "reasons"]) is told_of

    @pytest.mark.parametrize(
        ("best", "largest", "told_of"),
        [(6, 16, True), (10, 20, True), (11, 21, False), (6, 15, False)],
    )
    def test_far_better_is_half_the_number_and_ten_places(self, best, largest, told_of):
        n = 24
        profit = [1000.0 - place for place in range(n)]
        order = [place for place in range(n) if place != best - 1]
        order.insert(largest - 1, best - 1)  # by revenue it stands in this place
        revenue = [0.0] * n
        for place, account in enumerate(order):
            revenue[account] = 500.0 - place
        found = told(table(revenue=revenue, profit=profit), {"revenue": 1})
        name = [*"abcdefghijklmnopqrstuvwxyz"][best - 1]
        words = f"number {best} by customer profit, though only number {largest} by revenue"
        assert (words in found.loc[name, "reasons"]) is told_of

    def test_three_reasons_for_and_two_against_are_enough(self):
        ratings = pd.DataFrame(
            [(one, name, points) for one, points in (("a", 5.0), ("b", 1.0)) for name in "wxyz"],
            columns=["account_id", "criterion", "score"],
        )
        found = told(table(revenue=[1.0, 1.0]), dict.fromkeys("wxyz", 1), [], ratings=ratings)
        assert found.loc["a", "reasons"] == "w 5.0 of 5; x 5.0 of 5; y 5.0 of 5"
        assert found.loc["b", "against"] == "w 1.0 of 5; x 1.0 of 5"

    @pytest.mark.parametrize(
        ("members", "whole", "words"),
        [
            (3.0, True, "3 accounts counted as one: none of them is in class A alone, together "),
            (3.0, False, "3 accounts counted as one"),
            (2.0, False, "2 accounts counted as one"),
            (1.0, True, ""),
            (NAN, True, ""),
        ],
    )
    def test_a_chain_is_told_as_one(self, members, whole, words):
        accounts = table(revenue=[90.0, 10.0], members=[members, 1.0], only_as_whole=whole)
        found = told(accounts, {"revenue": 1}).loc["a", "reasons"]
        assert found.startswith(
            f"{words}they are number 1 by revenue" if "alone" in words else words
        )
        assert ("counted as one" in found) is bool(words)


class TestAgainst:
    def test_a_requirement_that_is_not_met_comes_with_its_numbers(self):
        accounts = table(
            revenue=[90.0, 50.0, 10.0],
            profit=[-5.0, 20.0, 3.0],
            contribution=[30.0, 25.0, 4.0],
            cost_to_serve=[35.0, 5.0, NAN],
        )
        found = told(accounts, {"profit": 1}, currency="EUR")
        assert found.loc["a", "against"] == (
            "customer profit −€5, below what is asked for: number 3 of 3, and number 1 by revenue; "
            "it contributes €30 and costs €35 to serve"
        )
        assert found.index.tolist()[-1] == "a"

    def test_a_loss_with_more_than_the_usual_discount_names_it(self):
        # at list prices 200 and 100; 110 and 10 off: 40 % is usual
        accounts = table(revenue=[90.0, 90.0], profit=[-5.0, 20.0], discount_share=[0.55, 0.10])
        found = told(accounts, {"profit": 1}).loc["a", "against"]
        assert found.endswith("number 1 by revenue; its discount is 55%, usual is 40%")
        of_both = told(accounts, {"profit": 1}, period="2024–2025").loc["a", "against"]
        assert of_both.endswith("its discount is 55%, usual is 40% (2024–2025)")
        assert (
            "discount"
            not in told(accounts.assign(discount_share=0.1), {"profit": 1}).loc["a", "against"]
        )

    def test_an_amount_of_the_accounts_names_their_period(self):
        accounts = table(revenue=[90.0, 10.0], profit=[20.0, -5.0])
        found = score(accounts, data_criteria(accounts), {"profit": 1})
        of = reasons(found, accounts, period="2023–2025").set_index("account_id")
        assert of.loc["a", "reasons"] == "customer profit 20 (2023–2025), number 1"
        assert of.loc["b", "against"].startswith("customer profit −5 (2023–2025), below what")

    def test_a_loss_without_costs_of_service_is_told_by_its_places(self):
        accounts = table(revenue=[90.0, 50.0], profit=[-5.0, 20.0])
        assert told(accounts, {"profit": 1}).loc["a", "against"] == (
            "customer profit −5, below what is asked for: number 2 of 2, and number 1 by revenue"
        )

    def test_late_and_lost_speak_against_it(self):
        accounts = table(
            revenue=[5.0, 5.0, 5.0],
            rhythm_state=["late", "lost", "on_time"],
            effect=["up", "lost", "down"],
        )
        found = told(accounts, {"revenue": 1})["against"]
        assert found["a"] == "late against its own rhythm"
        assert found["b"] == "bought nothing in the later period"
        assert found["c"] == ""

    def test_what_is_not_known_is_told_with_its_weight(self):
        accounts = table(revenue=[9.0, 5.0, 1.0], payment_days=[NAN, 30.0, 30.0])
        found = told(accounts, {"revenue": 3, "payment": 1})
        assert found.loc["a", "against"] == "25% of the weight rests on nothing known"


class TestOverlap:
    def scored(self, first, second):
        accounts = table(revenue=first, profit=second)
        return score(
            accounts,
            [one for one in data_criteria(accounts) if one.name in ("revenue", "profit")],
            {"revenue": 1, "profit": 3},
        )

    def test_two_that_rank_alike_count_twice(self):
        amounts = [float(n) for n in range(1, 21)]
        found = overlap(self.scored(amounts, amounts))
        row = found.table.iloc[0]
        assert row[["criterion", "other"]].tolist() == ["revenue", "customer profit"]
        assert row["correlation"] == pytest.approx(1)
        assert row["weight"] == pytest.approx(1)
        assert "with 100% of the weight" in found.text

    def test_nine_accounts_are_too_few_to_tell(self):
        few = [float(n) for n in range(1, 10)]
        assert overlap(self.scored(few, few)).table.empty

    def test_two_that_rank_apart_do_not(self):
        amounts = [float(n) for n in range(1, 21)]
        found = overlap(self.scored(amounts, amounts[::-1]))
        assert found.table.empty
        assert found.text.startswith("No two criteria")
        equal = overlap(self.scored(amounts, [5.0] * 20))
        assert equal.table.empty


def rated(*rows):
    return pd.DataFrame(rows, columns=["account_id", "criterion", "score", "rater"])


class TestRaters:
    def test_without_names_each_row_is_a_rater(self):
        table = combined(rated(("a", "fit", 5, "x"), ("a", "fit", 3, "x")).drop(columns="rater"))
        assert table.loc[0, ["rating", "raters", "lowest", "highest", "spread"]].tolist() == [
            4,
            2,
            3,
            5,
            2,
        ]
        assert table["disagree"].tolist() == [True]

    def test_a_rating_that_is_missing_is_none(self):
        table = combined(rated(("a", "fit", 4, "x"), ("a", "fit", None, "y")))
        assert table.loc[0, ["rating", "raters", "spread"]].tolist() == [4, 1, 0]

    def test_the_pairs_are_counted_and_the_worst_criterion_is_named(self):
        found = disagreement(
            rated(
                ("a", "fit", 5, "x"),
                ("a", "fit", 1, "y"),
                ("b", "fit", 4, "x"),
                ("b", "fit", 2, "y"),
                ("a", "need", 3, "x"),
                ("a", "need", 4, "y"),
                ("b", "need", 1, "x"),
                ("b", "need", 4, "y"),
                ("c", "need", 5, "x"),
            )
        )
        assert found.table[["account_id", "criterion", "spread"]].values.tolist() == [
            ["a", "fit", 4.0],
            ["b", "need", 3.0],
            ["b", "fit", 2.0],
            ["a", "need", 1.0],
        ]
        assert found.text == (
            "4 pairs of account and criterion are rated by two people or more; in 75% of them the "
            "ratings are 2 points or more apart. Most often about “fit”."
        )
        assert found.caveats == ("1 pair has one rater only.",)

    def test_who_agree_have_no_worst_criterion(self):
        found = disagreement(rated(("a", "fit", 5, "x"), ("a", "fit", 4, "y")))
        assert found.text.endswith("in 0% of them the ratings are 2 points or more apart.")

    def test_a_mild_rater_is_named_from_ten_shared_ratings_on(self):
        def both(n):
            rows = [("mild", 4), ("strict", 3)]
            return rated(*((f"{i}", "fit", points, who) for i in range(n) for who, points in rows))

        assert leniency(both(2))[["rater", "shared", "leniency"]].values.tolist() == [
            ["strict", 2, -1.0],
            ["mild", 2, 1.0],
        ]
        (caveat,) = disagreement(both(10)).caveats
        assert caveat.endswith("strict (−1.0) and mild (+1.0).")
        assert disagreement(both(9)).caveats == ()

    def test_of_three_the_others_are_a_mean(self):
        rows = rated(("a", "fit", 5, "x"), ("a", "fit", 2, "y"), ("a", "fit", 4, "z"))
        found = leniency(rows).set_index("rater")["leniency"]
        assert found.to_dict() == {"x": 2.0, "y": -2.5, "z": 0.5}

    def test_without_raters_there_is_nobody_to_compare(self):
        assert leniency(rated(("a", "fit", 5, "x")).drop(columns="rater")).empty
        assert leniency(rated(("a", "fit", 5, "x"))).empty


def test_a_share_that_is_no_amount_is_written_as_a_share():
    """A new criterion of the data is one entry; no list of words has to know it."""
    scale = (Anchor(0.2, 1, ""), Anchor(0.0, 5, ""))
    credited = Criterion("credit_share", "data", "credit_share", scale)
    accounts = table(revenue=[9.0, 9.0, 9.0], credit_share=[0.0, 0.02, 0.2])
    found = reasons(score(accounts, [credited], {"credit_share": 1}), accounts, currency="EUR")
    assert found.loc[0, "reasons"] == "credited share 0%"
    assert found.loc[2, "against"] == "credited share 20%"
