"""Charts say how many of how many they draw, what is not known, and clip no account they name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.choose import charts as choose
from kamkit.grow import charts as grow
from kamkit.identify import charts_movement
from kamkit.plan import charts as plan
from kamkit.relate import charts as relate
from kamkit.relate._people import ROLES
from kamkit.value import (
    charts_cohorts,
    charts_discounts,
    charts_lifetime,
    charts_profit,
    charts_rhythm,
)


def some(n, **columns):
    ids = [f"{i:03}" for i in range(n)]
    return pd.DataFrame({"account_id": ids, "account_name": ids, **columns})


def wallets(n, without=0):
    share = [0.5] * (n - without) + [np.nan] * without
    parts = {"elsewhere": 0.0, "competitors": 1.0, "in_house": 0.0, "unknown": 0.0}
    ours = [1.0] * (n - without) + [np.nan] * without
    return some(n, wallet=2.0, ours=ours, share_of_wallet=share, **parts)


def grid(accounts, groups):
    rows = [(f"{i:03}", f"G{g:02}", 1000.0 + i + g) for i in range(accounts) for g in range(groups)]
    table = pd.DataFrame(rows, columns=["account_id", "item", "open_amount"])
    kinds = {"account_name": "N", "kind": "cross_sell", "state": "competitor", "revenue": 1.0}
    return table.assign(**kinds)


def placed(n, without=0):
    strength = [60.0] * (n - without) + [np.nan] * without
    ends = {
        f"{axis}_{end}": 50.0 for axis in ("attractiveness", "strength") for end in ("low", "high")
    }
    table = some(n, attractiveness=70.0, strength=strength, cell="star", cell_sure=True, **ends)
    return table.assign(cell=table["cell"].where(table["strength"].notna(), "unknown"))


class TestRowsThatAreCut:
    def test_the_matrix_counts_names_without_room_and_those_whose_strength_is_unknown(self):
        # all in one spot: some names stand around it, each of the others is counted
        axes = plan.matrix(placed(48)).figure.axes[0]
        written = {text.get_text() for text in axes.texts} & {f"{i:03}" for i in range(48)}
        assert 0 < len(written) < 48
        assert f"{48 - len(written)} accounts have no room for their names" in axes.get_xlabel()
        assert "no room" not in plan.matrix(placed(1)).figure.axes[0].get_xlabel()
        picture = plan.matrix(placed(5, without=2))
        assert picture.caption == "Not drawn: 2, of which it is not known how strong we are."
        assert picture.title == "3 accounts are attractive, and we can still become stronger there"
        assert len(picture.table) == 3
        assert plan.matrix(placed(5)).caption == ""

    def test_of_five_years_the_last_four_are_drawn(self):
        days = pd.date_range("2021-01-01", periods=20, freq="QS")
        quarters = pd.DataFrame({"quarter": days, "revenue": 1.0})
        assert plan.story(quarters).caption == "Drawn: 16 of 20, the last quarters."
        assert plan.story(quarters.head(16)).caption == ""

    def test_accounts_and_groups_of_the_grid(self):
        picture = grow.whitespace(grid(22, 15))
        assert picture.caption == (
            "Numbers: what is open, in thousands; colour: who serves the group today. "
            "Drawn: 20 of 22, the accounts with most to gain. "
            "Drawn: 14 of 15, the groups with most to gain."
        )
        assert picture.title.startswith("280 chances")
        assert "Drawn" not in grow.whitespace(grid(20, 14)).caption

    def test_groups_of_one_account(self):
        picture = grow.account_whitespace(grid(1, 16))
        assert picture.caption == "Drawn: 14 of 16, the largest gaps."

    def test_wallets_and_those_whose_share_is_not_known(self):
        picture = grow.share_of_wallet(wallets(23, without=2))
        assert picture.caption == (
            "Drawn: 20 of 21, those with most to gain. Not known and not drawn: 2."
        )
        # of the 21 that are known, half of what they spend
        assert picture.title == "We have 50% of the spend of 21 accounts"

    def test_rules_that_hold(self):
        rules = {"holds": True, "confidence": 0.8, "chance_baskets": 2.0, "leader_baskets": 10}
        names = {"leader": [f"L{i}" for i in range(14)], "follower": "F", "times_chance": 4.0}
        table = pd.DataFrame(names | rules)
        assert grow.affinity(table).caption == "Drawn: 12 of 14, the surest rules."

    def test_the_list_under_other_weights(self):
        moves = {"list_change": "stays", "score_before": 50.0, "score_after": 60.0}
        table = some(43, **moves, rank_after=range(43))
        picture = choose.weight_change(table)
        assert picture.caption == "Drawn: 40 of 43, those who move and the best."

    def test_the_least_sure_accounts(self):
        sure = {"chosen": True, "key_share": [0.5 + i / 100 for i in range(40)], "rank": range(40)}
        picture = choose.key_share(some(40, **sure))
        assert picture.caption == (
            "Drawn: 30 of 40, the least sure on the list and the likeliest outside."
        )

    def test_what_both_sides_gain(self):
        gains = {"saved": 1.0, "served": 1.0, "lent": 1.0, "customer_gain": 3.0, "our_gain": 2.0}
        picture = relate.mutual_value(some(21, **gains))
        assert picture.caption == "Drawn: 20 of 21, the first in their order."

    def test_late_accounts_and_their_months(self):
        last = pd.Timestamp("2025-10-01")
        facts = {"last_date": last, "days_since": 91, "interval_days": 7.0, "next_expected": last}
        days = some(11, day=last)
        picture = charts_rhythm.silence(days, some(11, **facts))
        assert "Drawn: 10 of 11, those with most at stake." in picture.caption
        assert "months." in picture.caption

    def test_groups_of_retention(self):
        amounts = {"revenue_before": 10.0, "revenue_kept": 8.0, "revenue_after": 9.0}
        shares = {"accounts": 1, "gross_retention": 0.8, "net_retention": 0.9}
        names = [f"S{i}" for i in range(13)]
        table = pd.DataFrame({"segment": names, **amounts, **shares})
        picture = charts_cohorts.retention(table)
        assert picture.caption == "Drawn: 12 of 13, the largest groups."
        assert "least of those drawn in S0" in picture.title
        assert "least in S0" in charts_cohorts.retention(table.head(12)).title

    def test_who_came_in_and_went_out(self):
        table = some(10, class_before="B", class_after="A", revenue_before=1.0, revenue_after=2.0)
        picture = charts_movement.stability(table)
        assert picture.caption == "Drawn: 8 of 10, the largest that came in or went out."
        assert picture.title.startswith("Class A: 10 came in")


class TestWhatIsNotKnown:
    def test_health_counts_the_known_and_names_the_rest(self):
        points = [30.0, 50.0, *[80.0] * 25, np.nan]
        table = some(28, health=points, health_change=0.0, weakest="rhythm")
        picture = relate.health(table)
        assert picture.title == "1 of 27 accounts has a health below 40"
        assert (
            picture.caption
            == "Drawn: 25 of 27, those with the lowest health. Not known and not drawn: 1."
        )
        assert relate.health_spread(table).caption == "Not known and not drawn: 1."

    def test_who_decides_is_claimed_only_where_roles_are_known(self):
        def roles(account, **people):
            rows = [(account, role, people.get(role, 0)) for role in ROLES]
            return pd.DataFrame(rows, columns=["account_id", "role", "people"])

        table = pd.concat([roles("000", decider=1), roles("001", buyer=2), roles("002")])
        picture = relate.coverage(table.assign(met=0), names=some(4))
        assert picture.title == "We know no decision maker at 1 of 2 accounts with known roles"
        assert picture.caption == "Nobody known: 1 account. No role known: 1 account."

    def test_stages_that_nobody_has_told_are_in_the_title(self):
        stages = {"stage": ["basic", "unknown", "unknown"], "wanted_stage": "basic"}
        table = some(3, **stages, stages_to_go=[0.0, np.nan, np.nan])
        title = relate.stages(table).title
        assert title == "0 of 3 accounts are below the wanted stage; for 2 it is not known"

    def test_ranks_and_lifetime_values_that_are_missing(self):
        table = some(3, revenue=[3.0, 2.0, 1.0], contribution=[1.0, np.nan, 2.0])
        assert charts_movement.rank_change(table).caption == "Not known and not drawn: 1."
        value = {"lifetime_value": [3.0, 2.0, np.nan]}
        ends = {"lifetime_value_low": 1.0, "lifetime_value_high": 4.0}
        picture = charts_lifetime.lifetime_value(some(3, revenue=1.0, **value, **ends), top=1)
        assert picture.caption == "Drawn: 1 of 2, the highest. Not known and not drawn: 1."

    def test_of_five_thousand_points_every_second_is_drawn(self):
        known = {"repeat_purchases": 3, "weeks_silent": 1.0, "probability_alive": 0.9}
        picture = charts_lifetime.alive(some(5000, **known))
        assert "Drawn: 2,500 of 5,000" in picture.caption


def priced(price, service, revenue):
    table = some(len(price), price_level=price, service_share=service, revenue=revenue)
    table = table.assign(grid_cell="passive")
    table.attrs |= {"service_line": 0.1, "price_line": 0.9, "listed": True}
    return table


def spots(picture):
    return np.vstack([np.asarray(one.get_offsets()) for one in picture.figure.axes[0].collections])


class TestPriceAgainstService:
    def test_a_giant_stands_at_its_own_price_however_low(self):
        # 400 accounts at 90 %: without the rule the floor would be the second lowest
        table = priced([0.688, *[0.9] * 400], [0.35, *[0.05] * 400], [9.0, *[1.0] * 400])
        found = charts_profit.price_cost_grid(table)
        assert [0.35, 0.688] in spots(found).tolist()
        axes = found.figure.axes[0]
        assert "edge" not in axes.get_xlabel() + axes.get_ylabel()

    def test_small_accounts_beyond_the_edge_are_counted_on_the_axis(self):
        # the two lowest of a thousand lie below the two-hundredth part: 0.9 of the others
        price, revenue = [*[0.9] * 998, 0.1, 0.2], [*[2.0] * 998, 1.0, 1.0]
        axes = charts_profit.price_cost_grid(priced(price, [0.05] * 1000, revenue)).figure.axes[0]
        assert "(2 accounts at the lower edge pay less)" in axes.get_ylabel()


class TestDiscounts:
    def sellers(self, n):
        names = [f"S{i}" for i in range(n)]
        return pd.DataFrame({"seller": names, "outlier": True, "typical_excess": 0.1})

    def accounts(self, listed):
        facts = {"seller": "S0", "discount_share": 0.1, "usual_discount": 0.1}
        return some(len(listed), list_amount=listed, **facts)

    def test_what_a_logarithm_cannot_show_is_said(self):
        picture = charts_discounts.discounts(self.sellers(1), self.accounts([10.0, 0.0, -1.0]))
        assert picture.caption == "Not drawn: 2 accounts at or below zero."

    @pytest.mark.parametrize(
        ("n", "label"), [(3, "accounts of S0, S1, S2"), (5, "accounts of S0, S1, S2 and 2 more")]
    )
    def test_sellers_that_are_not_named_are_counted(self, n, label):
        axes = charts_discounts.discounts(self.sellers(n), self.accounts([10.0, 20.0])).figure.axes[
            0
        ]
        assert label in [text.get_text() for text in axes.get_legend().get_texts()]
