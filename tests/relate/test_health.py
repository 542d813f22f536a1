"""Health by hand: points on straight lines, weights shared out, the trend and what is said."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from kamkit import relate
from kamkit.errors import MissingTable, ParameterError
from kamkit.relate._health import PARTS

NET = {
    "roles": 2,
    "departments": 4,
    "deciders": 1,
    "people": 5,
    "our_people": 2,
    "top_share": 0.4,
    "ours_share": 0.8,
    "stale_share": 0.25,
}
POINTS = {
    "rhythm": 25,
    "growth": 20,
    "profit": 15,
    "coverage": 15,
    "dependence": 10,
    "service": 10,
    "freshness": 5,
}
"""Weights of these tests, that the arithmetic does not rest on the usual ones."""


def health(table, **given):
    return relate.health(table, **({"weights": POINTS} | given))


def accounts(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"{i}" for i in range(n)], **columns})


def test_every_part_by_hand():
    table = accounts(
        rhythm_state=["due"],
        revenue_before=[100.0],
        change=[15.0],
        profit_ratio=[0.10],
        credit_share=[0.02],
    )
    net = pd.DataFrame([{"account_id": "0", **NET}])
    ratings = pd.DataFrame({"account_id": ["0"], "criterion": ["Delivery"], "score": [3.0]})
    row = health(table, contacts=net, ratings=ratings).table.iloc[0]
    expected = {
        "rhythm": 75.0,
        "growth": 75.0,  # 15 % on the line from -30 to 30
        "profit": 40.0,  # 10 % of 25 %
        "coverage": 40 + 20 + 30,  # decider, two roles, three and more departments
        "dependence": 100 * (1 - 0.6),  # the mean of both sides
        "service": (80 + 50) / 2,  # 2 % of 10 % credited; 3 on a scale of 1 to 5
        "freshness": 75.0,
    }
    for part, points in expected.items():
        assert row[f"part_{part}"] == pytest.approx(points), part
    whole = sum(expected[name] * POINTS[name] for name in expected) / sum(POINTS.values())
    assert row["health"] == pytest.approx(whole)
    assert row["weight_known"] == 1


def test_what_is_unknown_leaves_its_weight_to_the_rest():
    row = health(accounts(rhythm_state=["late"], revenue_before=[10.0], change=[2.0])).table
    # (20 * 25 + 83.3 * 20) / 45 = 48.1, of which a late one keeps two fifths
    assert row.loc[0, "health"] == pytest.approx((20 * 25 + 100 * (0.2 + 0.3) / 0.6 * 20) / 112.5)
    assert row.loc[0, "weight_known"] == pytest.approx(0.45)
    assert np.isnan(row.loc[0, "part_profit"])


def test_too_few_orders_are_not_bad_health():
    table = health(accounts(rhythm_state=["too_few", "lost"], credit_share=[0.0, 0.0])).table
    assert table["health"].tolist() == pytest.approx([100.0, 400 / 35])


def test_the_trend_moves_only_what_the_ledger_dates():
    now = accounts(rhythm_state=["late", "on_time"], credit_share=[0.0, 0.0])
    before = accounts(rhythm_state=["on_time", "too_few"], credit_share=[0.1, 0.1])
    table = health(now, before=before).table
    # rhythm 100 -> 20 of weight 25 beside service 100 of weight 10, of which two fifths are left
    assert table.loc[0, "health_change"] == pytest.approx((20 * 25 + 100 * 10) / 35 * 0.4 - 100)
    assert np.isnan(table.loc[1, "health_change"])


def test_weights_change_health_and_mistakes_are_told():
    table = accounts(rhythm_state=["late"], credit_share=[0.0])
    assert health(table, weights={"service": 1}).table.loc[0, "health"] == 100
    with pytest.raises(ParameterError, match="Did you mean “growth”") as error:
        health(table, weights={"grwth": 1})
    assert "rhythm" in str(error.value)
    with pytest.raises(ParameterError, match="zero"):
        health(table, weights={"growth": 0})
    with pytest.raises(ParameterError, match="growth=30"):
        relate.given_health_weights(["growth"])


def test_nothing_known_is_refused_with_the_reason():
    with pytest.raises(MissingTable, match="Nothing is known"):
        health(accounts(name=["A"]))


def test_the_late_account_is_told_by_its_rhythm(worth):
    row = health(worth).table.set_index("account_id").loc["000923"]
    assert row["weakest"] == "rhythm"
    assert re.search("weak: [^;]*late against its rhythm", row["because"])


def net(account="0", **changed):
    return pd.DataFrame([{"account_id": account, **NET, **changed}])


def part(name, table, **given):
    """Return the points of one part; delivery keeps the account known where the part is not."""
    ratings = pd.DataFrame({"account_id": ["0"], "criterion": ["Delivery"], "score": [3.0]})
    if name == "service":
        ratings = None
    return health(table, **({"ratings": ratings} | given)).table.loc[0, f"part_{name}"]


class TestParts:
    @pytest.mark.parametrize(
        ("state", "points"),
        [
            ("on_time", 100),
            ("in_season", 100),
            ("off_season", 100),
            ("due", 75),
            ("one_order", 50),
            ("late", 20),
            ("season_missed", 10),
            ("lost", 0),
        ],
    )
    def test_the_state_of_the_rhythm_has_its_points(self, state, points):
        assert part("rhythm", accounts(rhythm_state=[state])) == points

    @pytest.mark.parametrize(
        ("change", "points"),
        [(-100, 0), (-31, 0), (-30, 0), (0, 50), (12, 70), (30, 100), (31, 100)],
    )
    def test_growth_is_a_line_from_less_to_more_by_three_tenths(self, change, points):
        table = accounts(revenue_before=[100.0], change=[float(change)])
        assert part("growth", table) == pytest.approx(points)

    @pytest.mark.parametrize(
        ("before", "change", "points"),
        [(0.0, 5.0, 100.0), (-5.0, 9.0, 100.0), (0.0, 0.0, None), (-5.0, -1.0, None)],
    )
    def test_who_begins_to_buy_grows_and_who_never_bought_does_not(self, before, change, points):
        found = part("growth", accounts(revenue_before=[before], change=[change]))
        assert np.isnan(found) if points is None else found == points

    @pytest.mark.parametrize(
        ("change", "points", "weakest"),
        # all but growth is 100; of 100 points of weight growth has 10
        [(-24.0, 91.0, "growth"), (-25.0, 69.0, "growth"), (-60.0, 69.0, "growth")],
    )
    def test_who_fell_by_a_quarter_has_no_good_health(self, change, points, weakest):
        one = accounts(rhythm_state=["on_time"], revenue_before=[100.0], change=[change])
        row = health(one, weights={"rhythm": 90, "growth": 10}).table.iloc[0]
        assert (row["health"], row["weakest"]) == (points, weakest)

    def test_a_fall_holds_nothing_down_where_growth_does_not_count(self):
        one = accounts(rhythm_state=["on_time"], revenue_before=[100.0], change=[-60.0])
        assert health(one, weights={"rhythm": 1}).table["health"][0] == 100

    def test_profit_is_that_of_the_last_year_where_it_is_known(self):
        two = accounts(profit_ratio=[0.3, 0.3], profit_year=[-1.0, 0.0], revenue_year=[9.0, 0.0])
        points = health(two, weights={"profit": 1}).table["part_profit"]
        assert points[0] == 0
        assert np.isnan(points[1])  # who bought nothing in that year left no ratio

    @pytest.mark.parametrize(("ratio", "points"), [(-0.1, 0), (0.05, 20), (0.25, 100), (0.9, 100)])
    def test_a_quarter_of_revenue_is_all_the_profit_that_counts(self, ratio, points):
        table = accounts(profit_ratio=[ratio], contribution_ratio=[0.2])
        assert part("profit", table) == pytest.approx(points)

    @pytest.mark.parametrize("profit", [{}, {"profit_ratio": [np.nan]}])
    def test_contribution_is_used_where_no_profit_is_known(self, profit):
        assert part("profit", accounts(contribution_ratio=[0.1], **profit)) == pytest.approx(25)

    @pytest.mark.parametrize(("share", "points"), [(0.0, 100), (0.02, 80), (0.1, 0), (0.5, 0)])
    def test_a_tenth_credited_is_bad_service(self, share, points):
        assert part("service", accounts(credit_share=[share])) == pytest.approx(points)

    @pytest.mark.parametrize(("score", "points"), [(1, 0), (3, 50), (5, 100)])
    def test_ratings_of_service_are_from_one_to_five(self, score, points):
        ratings = pd.DataFrame({"account_id": ["0"], "criterion": ["Quality"], "score": [score]})
        assert part("service", accounts(name=["A"]), ratings=ratings) == points

    def test_several_ratings_are_one_mean_and_other_criteria_do_not_count(self):
        ratings = pd.DataFrame(
            {
                "account_id": ["0", "0", "0", "1"],
                "criterion": ["SERVICE", "kvalitet", "Growth", "Delivery"],
                "score": [2.0, 3.0, 5.0, 5.0],
            }
        )
        assert part("service", accounts(name=["A"]), ratings=ratings) == 37.5

    @pytest.mark.parametrize(
        ("changed", "points"),
        [
            ({}, 90),
            ({"deciders": 0}, 50),
            ({"deciders": 3}, 90),
            ({"roles": 4}, 100),
            ({"departments": 2}, 80),
            ({"roles": 0, "departments": 0}, 40),
        ],
    )
    def test_coverage_is_a_decider_and_up_to_three_roles_and_departments(self, changed, points):
        assert part("coverage", accounts(name=["A"]), contacts=net(**changed)) == points

    def test_dependence_is_the_mean_of_both_sides(self):
        found = part(
            "dependence", accounts(name=["A"]), contacts=net(top_share=0.3, ours_share=0.9)
        )
        assert found == pytest.approx(40)

    @pytest.mark.parametrize("changed", [{"our_people": 0}, {"people": 0}])
    def test_dependence_is_unknown_where_nobody_knows_anybody(self, changed):
        assert np.isnan(part("dependence", accounts(name=["A"]), contacts=net(**changed)))

    def test_freshness_is_the_influence_that_was_met(self):
        assert part("freshness", accounts(name=["A"]), contacts=net(stale_share=0.1)) == 90
        assert np.isnan(part("freshness", accounts(name=["A"]), contacts=net(people=0)))

    def test_an_account_of_which_no_contact_was_asked_is_unknown(self):
        table = health(accounts(name=["A", "B"]), contacts=net("1")).table
        names = ["part_coverage", "part_dependence", "part_freshness"]
        assert table.loc[0, names].isna().all()
        assert table.loc[1, names].notna().all()

    def test_an_empty_table_of_contacts_says_nothing(self):
        assert np.isnan(part("coverage", accounts(name=["A"]), contacts=net().head(0)))


class TestHealth:
    def test_accounts_stand_as_they_were_given_by_name_or_number(self):
        table = health(accounts(rhythm_state=["lost", "due"])).table
        assert table["account_name"].tolist() == ["0", "1"]
        table = health(accounts(rhythm_state=["lost", "due"], account_name=["B", "A"])).table
        assert table["account_name"].tolist() == ["B", "A"]
        assert table["health"].tolist() == [0, 75]

    def test_the_usual_weights_add_up_to_a_hundred(self):
        assert sum(points for _, points in PARTS.values()) == 100
        found = relate.health(accounts(rhythm_state=["due"], credit_share=[0.1])).table
        assert found.loc[0, "health"] == 75
        assert "part_service" not in found

    def test_only_the_parts_that_weigh_have_a_column(self):
        table = health(
            accounts(rhythm_state=["due"], credit_share=[0.0]), weights={"rhythm": 2, "service": 0}
        ).table
        assert [name for name in table if name.startswith("part_")] == ["part_rhythm"]
        assert table.loc[0, "health"] == 75

    def test_the_weakest_part_is_the_one_that_costs_most_points(self):
        # rhythm 75 of weight 25 costs 625, service 20 of weight 10 costs 800
        table = health(accounts(rhythm_state=["due"], credit_share=[0.08])).table
        assert table.loc[0, "weakest"] == "service"

    def test_of_two_that_cost_as_much_the_first_part_is_named(self):
        # rhythm 75 and service 75 of the same weight
        table = accounts(rhythm_state=["due"], credit_share=[0.025])
        found = health(table, weights={"service": 1, "rhythm": 1}).table
        assert found.loc[0, "weakest"] == "rhythm"

    def test_where_nothing_is_lost_or_known_no_part_is_the_weakest(self):
        table = health(accounts(rhythm_state=["on_time", "too_few"])).table
        assert table["weakest"].tolist() == ["", ""]
        assert np.isnan(table.loc[1, "health"])
        assert table["weight_known"].tolist() == [0.25, 0.0]

    def test_three_weak_parts_and_two_good_ones_are_the_reasons(self):
        # growth 0, profit 20, rhythm 20, coverage 30; service and freshness 100
        table = accounts(
            rhythm_state=["late"],
            revenue_before=[100.0],
            change=[-40.0],
            profit_ratio=[0.05],
            credit_share=[0.0],
        )
        contacts = net(deciders=0, roles=1, departments=2, stale_share=0, top_share=0.4)
        because = health(table, contacts=contacts).table.loc[0, "because"]
        assert because == (
            "weak: shrinks, late against its rhythm, earns little or nothing; "
            "strong: little goes wrong, met lately"
        )

    @pytest.mark.parametrize(
        ("credit", "because"),
        [(0.06, ""), (0.0601, "weak: much goes wrong"), (0.02, "strong: little goes wrong")],
    )
    def test_weak_is_below_forty_and_good_from_eighty(self, credit, because):
        table = health(accounts(credit_share=[credit]), weights={"service": 1}).table
        assert table.loc[0, "because"] == because

    def test_the_accounts_that_were_given_stay_as_they_were(self):
        given = accounts(rhythm_state=["due"], revenue_before=[0.0], change=[1.0])
        before = given.copy()
        health(given, before=given)
        pd.testing.assert_frame_equal(given, before)


class TestTrend:
    def test_up_is_up_and_down_is_down(self):
        now = accounts(rhythm_state=["on_time", "lost"])
        before = accounts(rhythm_state=["lost", "on_time"])
        table = health(now, before=before).table
        assert table["health_before"].tolist() == [0, 100]
        assert table["health_change"].tolist() == [100, -100]

    def test_rhythm_growth_and_profit_move_and_the_rest_stays(self):
        now = accounts(
            rhythm_state=["due"],
            revenue_before=[100.0],
            change=[0.0],
            profit_ratio=[0.05],
            credit_share=[0.0],
        )
        before = accounts(
            rhythm_state=["late"],
            revenue_before=[100.0],
            change=[30.0],
            profit_ratio=[0.25],
            credit_share=[0.1],
        )
        table = health(now, before=before).table
        now_points = 75 * 25 + 50 * 20 + 20 * 15 + 100 * 10
        then_points = 0.4 * (20 * 25 + 100 * 20 + 100 * 15 + 100 * 10)
        assert table.loc[0, "health"] == pytest.approx(now_points / 70)
        assert table.loc[0, "health_before"] == pytest.approx(then_points / 70)
        assert table.loc[0, "health_change"] == pytest.approx((now_points - then_points) / 70)

    def test_earlier_accounts_are_found_by_number(self):
        now = accounts(rhythm_state=["on_time", "on_time"])
        before = accounts(rhythm_state=["late", "due"]).iloc[::-1]
        table = health(now, before=pd.concat([before, before])).table
        assert table["health_before"].tolist() == [8, 75]

    def test_an_account_that_is_new_has_no_trend(self):
        now = accounts(rhythm_state=["on_time", "on_time"])
        table = health(now, before=accounts(rhythm_state=["late"])).table
        assert table["health_change"].isna().tolist() == [False, True]

    def test_without_earlier_accounts_there_is_none(self):
        table = health(accounts(rhythm_state=["due"])).table
        assert table[["health_before", "health_change"]].isna().all(axis=None)


class TestSentences:
    def test_the_middle_the_weak_and_those_who_fell(self):
        now = accounts(
            rhythm_state=["late", "season_missed", "due", "on_time"], account_name=list("ABCD")
        )
        before = accounts(rhythm_state=["on_time", "due", "on_time", "lost"])
        text = health(now, before=before).text
        # 8, 4, 75, 100: the middle is 41.5; A fell by 92, B by 71, C by 25, D rose
        for said in (
            "4 accounts",
            " 42 ",
            "2 are below 40, the lowest B with 4",
            "3 fell",
            "all A",
        ):
            assert said in text

    def test_a_single_one_is_named(self):
        now = accounts(rhythm_state=["late", "due"], account_name=["A", "B"])
        text = health(now, before=accounts(rhythm_state=["on_time", "due"])).text
        assert "1 is below 40: A with 8" in text
        assert "1 fell by 10 points or more: A" in text

    @pytest.mark.parametrize(("then", "fell"), [(0.0, True), (0.0001, False)])
    def test_ten_points_are_a_fall(self, then, fell):
        # service does not move; profit 100 - 10 points of equal weight by the ratio
        now = accounts(profit_ratio=[0.225 + then / 4])
        text = health(now, before=accounts(profit_ratio=[0.25])).text
        assert ("fell by" in text) == fell

    def test_forty_points_are_not_weak_and_nobody_is_named_without_reason(self):
        assert "below" not in health(accounts(credit_share=[0.06])).text
        assert "below" in health(accounts(credit_share=[0.0601])).text

    def test_of_equals_the_lower_number_is_named(self):
        now = accounts(rhythm_state=["late", "late"]).iloc[::-1]
        text = health(now, before=accounts(rhythm_state=["due", "due"])).text
        assert "the lowest 0 with 8" in text
        assert "most of all 0" in text

    def test_weights_and_what_is_little_known_are_reserved(self):
        table = accounts(rhythm_state=["due", "too_few"], credit_share=[0.0, 0.0])
        caveats = health(table, weights={"rhythm": 3, "service": 1}).caveats
        assert "rhythm 75%; little goes wrong 25%" in caveats[0]
        assert caveats[1].startswith("Of 1 account ")
        known = health(table.head(1), weights={"rhythm": 1, "service": 1}).caveats
        assert len(known) == 1

    def test_half_of_the_weights_is_enough(self):
        table = accounts(rhythm_state=["too_few"], credit_share=[0.0])
        assert len(health(table, weights={"rhythm": 1, "service": 1}).caveats) == 1


class TestWeights:
    def test_they_are_read_with_point_or_comma(self):
        found = relate.given_health_weights([" growth = 30,5", "rhythm=10"])
        assert found == {"growth": 30.5, "rhythm": 10.0}
        assert relate.given_health_weights([]) == {}

    @pytest.mark.parametrize("weight", [-1, float("nan"), float("inf")])
    def test_one_that_is_no_number_from_zero_is_refused(self, weight):
        with pytest.raises(ParameterError, match="from zero") as error:
            health(accounts(rhythm_state=["due"]), weights={"rhythm": weight})
        assert f"rhythm={weight}" in error.value.found

    def test_a_part_that_resembles_nothing_has_no_guess(self):
        with pytest.raises(ParameterError, match="no part") as error:
            health(accounts(rhythm_state=["due"]), weights={"xyz": 1})
        assert error.value.remedy == ""
