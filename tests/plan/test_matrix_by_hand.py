"""The parts of the matrix by hand: points, intervals, lines, and what is said of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import plan
from kamkit.errors import MissingTable

NAN = float("nan")
# nine in ten of a uniform 0 to 100: its deviation is 100 / sqrt(12)
ANYTHING = 1.645 * 100 / 12**0.5


def accounts(**columns):
    n = len(next(iter(columns.values())))
    names = {"account_id": [f"{i}" for i in range(n)], "account_name": [f"N{i}" for i in range(n)]}
    return pd.DataFrame(names | columns)


# something has to tell how strong we are: half of what one can have of every wallet
KNOWN = pd.DataFrame({"account_id": [f"{i}" for i in range(9)], "share_of_wallet": 0.4})


def row(table, of="0", wallet=KNOWN, **tables):
    return plan.matrix(table, of=[of], wallet=wallet, **tables).table.iloc[0]


def ratings(*rows):
    return pd.DataFrame(rows, columns=["account_id", "criterion", "score"])


class TestAttractiveness:
    def test_ranks_are_taken_among_all_accounts(self):
        table = accounts(revenue=[10.0, 20.0, 30.0, 40.0, 50.0])
        assert row(table, "0")["attractiveness"] == 20
        assert row(table, "4")["attractiveness"] == 100

    def test_profit_goes_before_contribution(self):
        table = accounts(revenue=[1.0, 2.0], profit=[9.0, 3.0], contribution=[3.0, 9.0])
        assert row(table)["attractiveness"] == (50 + 100) / 2
        assert row(table.drop(columns="profit"))["attractiveness"] == (50 + 50) / 2

    @pytest.mark.parametrize(
        ("change", "before", "points"),
        [
            (30.0, 100.0, 100),
            (50.0, 100.0, 100),
            (-20.0, 100.0, 0),
            (-60.0, 100.0, 0),
            (0.0, 100.0, 40),  # two fifths of the way from -20 to 30
            (20.0, 200.0, 60),  # a tenth
            (20.0, 0.0, 50),  # nothing to grow from: it may be anything
            (20.0, -5.0, 50),
        ],
    )
    def test_growth_goes_from_a_fifth_less_to_three_tenths_more(self, change, before, points):
        table = accounts(revenue=[1.0], change=[change], revenue_before=[before])
        assert row(table)["attractiveness"] == pytest.approx((100 + points) / 2)

    def test_growth_needs_both_of_its_columns(self):
        assert row(accounts(revenue=[1.0], change=[-20.0]))["attractiveness"] == 100

    def test_what_is_counted_has_no_interval_and_what_is_judged_has(self):
        table = accounts(revenue=[1.0, 2.0])
        counted = row(table, "1")
        assert counted["attractiveness_low"] == counted["attractiveness_high"] == 100
        judged = row(table, "0", ratings=ratings(("0", "fit", 3.0), ("1", "fit", 5.0)))
        # 50 counted, 50 judged: half a point of five is 12.5 of 100, halved by the mean
        assert judged["attractiveness_low"] == pytest.approx(50 - 1.645 * 12.5 / 2)
        assert judged["attractiveness_high"] == pytest.approx(50 + 1.645 * 12.5 / 2)

    def test_who_was_not_rated_may_be_anything(self):
        judged = row(accounts(revenue=[1.0, 2.0]), "0", ratings=ratings(("1", "fit", 5.0)))
        assert judged["attractiveness"] == 50
        assert judged["attractiveness_high"] == pytest.approx(min(100, 50 + ANYTHING / 2))

    def test_an_interval_stays_within_the_scale(self):
        high = row(accounts(revenue=[1.0]), ratings=ratings(("0", "fit", 5.0), ("1", "fit", 1.0)))
        assert high["attractiveness_high"] == 100
        weak = ratings(("0", "price", 1.0), ("1", "price", 5.0))
        low = row(accounts(revenue=[1.0]), ratings=weak, wallet=None)
        # no share of wallet: (50 + 0) / 2, give or take nearly everything
        assert (low["strength"], low["strength_low"]) == (25, 0)


class TestStrength:
    @pytest.mark.parametrize(
        ("share", "points"), [(0.4, 50), (0.8, 100), (0.9, 100), (0.0, 0), (0.2, 25)]
    )
    def test_four_fifths_of_the_wallet_are_all_that_one_can_have(self, share, points):
        wallet = pd.DataFrame({"account_id": ["0"], "share_of_wallet": [share]})
        assert row(accounts(revenue=[1.0]), wallet=wallet)["strength"] == pytest.approx(points)

    def test_a_scale_to_ten_is_a_scale(self):
        rated = ratings(("0", "Price", 7.75), ("1", "Price", 10.0), ("2", "Price", 1.0))
        # 7.75 of 1 to 10 is three quarters; the wallet is not known and counts as half
        found = row(accounts(revenue=[1.0, 2.0]), ratings=rated, wallet=None)
        assert found["strength"] == (75 + 50) / 2

    def test_an_account_whose_strength_nobody_tells_has_no_place(self):
        two = accounts(revenue=[1.0, 2.0])
        found = plan.matrix(two, of=["0", "1"], wallet=KNOWN.tail(8)).table
        assert found["cell"].tolist() == ["unknown", "strategic"]
        assert found["strength"].isna().tolist() == [True, False]
        assert not found["cell_sure"][0]

    @pytest.mark.parametrize("rated", [None, ratings(("0", "fit", 5.0))])
    def test_without_any_strength_there_is_no_matrix(self, rated):
        with pytest.raises(MissingTable, match="Nothing tells the accounts apart") as error:
            row(accounts(revenue=[1.0]), ratings=rated, wallet=None)
        assert error.value.remedy.startswith("Rate the accounts on price")
        price = ratings(("0", "price", 5.0))
        found = row(accounts(revenue=[1.0]), ratings=price, wallet=None)
        assert found["cell"] == "strategic"


class TestLines:
    @pytest.mark.parametrize(
        ("revenue", "share", "cell", "sure"),
        [
            ([2.0, 1.0], 0.4, "strategic", True),  # on the line is over it
            ([1.0, 2.0], 0.39, "star", True),
            ([1.0, 2.0, 3.0], 0.4, "status", True),
            ([1.0, 2.0, 3.0], 0.39, "streamline", True),
        ],
    )
    def test_the_line_is_at_fifty(self, revenue, share, cell, sure):
        wallet = pd.DataFrame({"account_id": ["0"], "share_of_wallet": [share]})
        found = row(accounts(revenue=revenue), wallet=wallet)
        assert (found["cell"], bool(found["cell_sure"])) == (cell, sure)

    @pytest.mark.parametrize(
        ("score", "sure"),
        [
            (4.0, True),  # 25 over the line of an error of 12.5: two errors, 0.977
            (3.7, True),  # 17.5: 1.4 errors, 0.919
            (3.6, False),  # 15: 1.2 errors, 0.885
        ],
    )
    def test_sure_is_nine_in_ten_of_the_right_side(self, score, sure):
        rated = ratings(("0", "price", score), ("1", "price", 5.0), ("2", "price", 1.0))
        found = row(accounts(revenue=[2.0, 1.0]), ratings=rated)
        # half of the strength is the wallet at 50, so both distance and error are halved
        assert found["strength"] == pytest.approx(((score - 1) * 25 + 50) / 2)
        assert bool(found["cell_sure"]) == sure

    def test_an_interval_over_the_line_is_not_sure(self):
        rated = ratings(("0", "fit", 3.0), ("1", "fit", 5.0))
        wallet = pd.DataFrame({"account_id": ["0"], "share_of_wallet": [0.8]})
        found = row(accounts(revenue=[1.0, 2.0]), ratings=rated, wallet=wallet)
        assert found["cell"] == "strategic"
        assert not found["cell_sure"]


class TestFiocca:
    def test_important_is_the_upper_fifth_and_difficult_the_upper_half(self):
        table = accounts(
            revenue=[10.0, 20.0, 30.0, 40.0, 50.0], payment_days=[50.0, 40.0, 30.0, 20.0, 10.0]
        )
        found = plan.matrix(table, of=["0", "2", "3", "4"], wallet=KNOWN).table
        assert found["importance"].tolist() == [20, 60, 80, 100]
        assert found["difficulty"].tolist() == [100, 60, 40, 20]
        assert found["fiocca"].tolist() == ["other_hard", "other_hard", "key_easy", "key_easy"]

    def test_discount_payment_and_service_make_it_difficult(self):
        table = accounts(
            revenue=[100.0, 50.0, 0.0],
            discount_share=[0.3, 0.1, 0.0],
            payment_days=[10.0, 20.0, 30.0],
            cost_to_serve=[10.0, 10.0, 10.0],
        )
        # ranks of three: 100 and 33.3; service 0.1 against 0.2 and none of no revenue: 50 of two
        assert row(table)["difficulty"] == pytest.approx((100 + 100 / 3 + 50) / 3)
        assert row(table, "2")["difficulty"] == pytest.approx((100 / 3 + 100) / 2)
        assert row(table)["fiocca"] == "key_hard"

    def test_of_what_is_not_known_half(self):
        assert row(accounts(revenue=[1.0, 2.0]))["difficulty"] == 50
        assert row(accounts(revenue=[1.0, 2.0]))["fiocca"] == "other_hard"
        easy = accounts(revenue=[1.0, 2.0, 3.0], payment_days=[1.0, 2.0, 3.0])
        assert row(easy)["fiocca"] == "other_easy"

    def test_the_relationship_is_stage_support_and_what_raters_say(self):
        asked = pd.DataFrame({"account_id": ["0"], "points": [15.0], "mean_support": [2.0]})
        # 15 of 6 to 24 points is half; support 2 of -2 to 2 is all
        assert row(accounts(revenue=[1.0]), relations=asked)["relationship"] == (50 + 100) / 2
        rated = ratings(("0", "Relationship", 5.0), ("0", "price", 1.0))
        told = row(accounts(revenue=[1.0]), relations=asked, ratings=rated)
        assert told["relationship"] == pytest.approx((50 + 100 + 100) / 3)
        only = row(accounts(revenue=[1.0]), relations=asked.drop(columns="points"))
        assert only["relationship"] == 100
        assert np.isnan(row(accounts(revenue=[1.0]))["relationship"])


class TestCustomerView:
    @pytest.mark.parametrize(
        ("share", "commitment", "view"),
        [
            (0.5, 2.5, "view_strategic"),
            (0.5, 2.4, "view_leverage"),
            (0.49, 2.5, "view_bottleneck"),
            (0.49, 2.4, "view_noncritical"),
            (NAN, 2.5, "unknown"),
            (0.5, NAN, "unknown"),
        ],
    )
    def test_half_of_the_wallet_and_the_middle_answer_are_the_lines(self, share, commitment, view):
        wallet = pd.DataFrame({"account_id": ["0"], "share_of_wallet": [share]})
        asked = pd.DataFrame({"account_id": ["0"], "commitment": [commitment]})
        rated = ratings(("0", "price", 5.0))
        found = row(accounts(revenue=[1.0]), wallet=wallet, relations=asked, ratings=rated)
        assert found["customer_view"] == view


class TestWords:
    TABLE = accounts(revenue=[5.0, 4.0, 3.0, 1.0], change=9.0, revenue_before=10.0)
    WALLET = pd.DataFrame({"account_id": ["0", "1", "2"], "share_of_wallet": [0.1, 0.1, 0.8]})

    def test_the_fields_are_counted_and_the_best_star_is_named(self):
        found = plan.matrix(self.TABLE, of=["3", "1", "2", "0", "z"], wallet=self.WALLET)
        assert found.table["account_id"].tolist() == ["3", "1", "2", "0"]
        assert found.text == (
            "3 of 4 accounts are attractive; we are strong at 1 of them. "
            "Most attractive where we are weak: N0."
        )
        assert found.caveats[1:] == (
            "Of 1 account nothing tells how strong we are: no ratings and no wallet.",
        )

    def test_without_stars_and_doubts_there_is_less_to_say(self):
        rated = ratings(("2", "price", 5.0), ("1", "price", 1.0))
        found = plan.matrix(self.TABLE, of=["2"], wallet=self.WALLET, ratings=rated)
        assert found.text == "1 of 1 account is attractive; we are strong at 1 of them."
        assert [one[:10] for one in found.caveats] == ["Strategic:"]

    def test_accounts_without_names_go_by_their_number(self):
        plain = self.TABLE.drop(columns="account_name").assign(grid_cell="passive")
        found = row(plain, "1")
        assert (found["account_name"], found["grid_cell"]) == ("1", "passive")
        assert "grid_cell" not in row(self.TABLE)
