"""What became of it, in sentences: two runs of a few accounts, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from kamkit import plan
from kamkit.errors import ParameterError
from tests.plan.by_hand import basis
from tests.plan.test_compare import run

NAN = float("nan")

WHOLE_YEAR = pd.Timestamp("2026-09-30")


def said(finding):
    return finding.text.replace("\xa0", " ")


class TestComparable:
    def test_one_company_in_order_may_be_compared(self):
        same = run("2025-09-30", {"a": 1.0})
        assert plan.comparable(same, run("2025-12-31", {"a": 1.0})) is None
        assert plan.comparable(same, run("2025-09-30", {"a": 1.0})) is None

    def test_the_refusal_shows_what_was_found(self):
        early, late = run("2025-09-30", {"a": 1.0}), run("2025-12-31", {"a": 1.0})
        with pytest.raises(ParameterError, match="31 Dec 2025, 30 Sep"):
            plan.comparable(late, early)
        with pytest.raises(ParameterError, match="NOK, EUR"):
            plan.comparable(early, run("2025-12-31", {"a": 1.0}, currency="EUR"))

    def test_two_companies_without_a_common_account_are_told_apart(self):
        early = run("2025-09-30", {"a": 1.0, "b": 1.0})
        with pytest.raises(ParameterError, match="no account in common"):
            plan.comparable(early, run("2025-12-31", {"c": 1.0}))
        assert plan.comparable(early, run("2025-12-31", {"b": 1.0, "c": 1.0})) is None


class TestChanged:
    def test_it_begins_with_who_moved_and_what_came_of_the_objectives(self):
        old, new = run("2025-09-30", {"a": 1.0}), run("2025-12-31", {"a": 1.0})
        text = said(plan.changed(old, new))
        assert text.startswith(said(plan.movements(old, new)))
        assert said(plan.outcomes(old, new)) in text

    def test_two_runs_of_one_day_are_said_to_be(self):
        one = run("2025-09-30", {"a": 1.0})
        assert said(plan.changed(one, one)).startswith("Both runs end on 30 Sept 2025")


FOUR = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}


class TestMovements:
    def test_a_team_of_its_own_is_more_than_a_shared_manager(self):
        old = run("2025-09-30", FOUR, key=("a", "b", "c", "d"))
        new = run("2025-12-31", FOUR, key=("a", "b", "c", "d"))
        old.key_accounts["treatment"] = ["dedicated", "shared", "shared", "dedicated"]
        new.key_accounts["treatment"] = ["shared", "dedicated", "ordinary", None]
        found = plan.movements(old, new)
        # without a word on its treatment an account shares a manager
        assert found.table[
            ["account_id", "move", "treatment_before", "treatment"]
        ].values.tolist() == [
            ["b", "up_tier", "shared", "dedicated"],
            ["a", "down_tier", "dedicated", "shared"],
            ["c", "down_tier", "shared", "ordinary"],
            ["d", "down_tier", "dedicated", "shared"],
        ]
        assert said(found) == "4 key accounts: 1 with more treatment, 3 with less treatment."

    def test_a_shared_manager_is_more_than_ordinary_sales(self):
        old, new = run("2025-09-30", FOUR), run("2025-12-31", FOUR)
        old.key_accounts["treatment"] = "ordinary"
        assert plan.movements(old, new).table["move"].tolist() == ["up_tier"]

    def test_runs_that_do_not_say_how_they_treat_are_all_shared(self):
        old, new = run("2025-09-30", FOUR), run("2025-12-31", FOUR, key=("a", "b"))
        plain = [replace(one, key_accounts=one.key_accounts[["account_id"]]) for one in (old, new)]
        found = plan.movements(*plain)
        assert found.table[["account_id", "move", "treatment"]].values.tolist() == [
            ["b", "entered", "shared"]
        ]
        assert said(found) == "2 key accounts: 1 new."

    def test_an_account_that_left_is_ordinary_and_has_the_newer_name(self):
        old = run("2025-09-30", FOUR, key=("a", "b"), accounts={"account_name": [*"ABCD"]})
        new = run(
            "2025-12-31", FOUR, key=("a",), accounts={"account_name": [None, "Beta", "C", "D"]}
        )
        row = plan.movements(old, new).table.iloc[0]
        assert row[["account_name", "move", "treatment"]].tolist() == ["Beta", "left", "ordinary"]

    def test_why_is_told_by_the_list_it_is_on_now(self):
        others = pd.DataFrame(
            {
                "account_id": ["b", "c", "d"],
                "against": ["it shrinks", "", None],
                "reasons": ["large", "near the line", None],
            }
        )
        old = run("2025-09-30", FOUR, key=("b", "c", "d"))
        new = run("2025-12-31", FOUR, key=("a",), ordinary_sales=others)
        new.key_accounts["reasons"] = "it grows"
        why = plan.movements(old, new).table.set_index("account_id")["because"]
        assert why.to_dict() == {"a": "it grows", "b": "it shrinks", "c": "near the line", "d": ""}


class TestBridge:
    def test_the_largest_changes_come_first_and_add_up_in_words(self):
        old = run(
            "2025-09-30", {"a": 100.0, "b": 50.0, "c": 10.0, "d": 5.0, "f": 0.0}, currency="EUR"
        )
        new = run(
            "2025-12-31", {"a": 130.0, "b": 0.0, "c": 40.0, "d": 5.0, "e": 7.0}, currency="EUR"
        )
        found = plan.revenue_bridge(old, new)
        assert found.table["account_id"].tolist() == ["b", "a", "c", "e", "d", "f"]
        assert found.table["effect"].tolist() == ["lost", "up", "up", "new", "same", "same"]
        # 165 before, 182 after
        assert said(found) == (
            "Revenue went from €165 to €182: new accounts €7, growth €60, lost accounts −€50."
        )

    def test_two_equal_runs_are_unchanged(self):
        one = run("2025-12-31", {"a": 10.0})
        assert (
            said(plan.revenue_bridge(one, one)) == "Revenue went from NOK 10 to NOK 10: unchanged."
        )

    def test_a_cent_is_a_change(self):
        old = run("2025-09-30", {"a": 1.00, "b": 1.00})
        table = plan.revenue_bridge(old, run("2025-12-31", {"a": 1.01, "b": 0.99})).table
        assert table["effect"].tolist() == ["up", "down"]
        assert table["change"].tolist() == [0.01, -0.01]

    def test_an_amount_below_zero_that_comes_is_new(self):
        old, new = (
            run("2025-09-30", {"a": 0.0, "b": -4.0}),
            run("2025-12-31", {"a": -3.0, "b": 0.0}),
        )
        table = plan.revenue_bridge(old, new).table.set_index("account_id")
        assert table["effect"].to_dict() == {"a": "new", "b": "lost"}
        assert table["change"].to_dict() == {"a": -3.0, "b": 4.0}

    def test_an_account_without_an_amount_is_left_out(self):
        old = run("2025-09-30", {"a": 1.0, "b": NAN})
        assert plan.revenue_bridge(old, old).table["account_id"].tolist() == ["a"]

    def test_a_ledger_too_short_for_two_periods_is_refused(self):
        short = basis(pd.DataFrame({"account_id": ["a"], "revenue": [1.0]}))
        with pytest.raises(ParameterError, match="no later period"):
            plan.revenue_bridge(short, run("2025-12-31", {"a": 1.0}))


def goals(*rows):
    names = ["account_id", "objective", "measure", "item", "baseline", "target", "direction", "due"]
    return pd.DataFrame(rows, columns=names).assign(
        account_name="A", owner="", due=lambda table: pd.to_datetime(table["due"])
    )


class TestOutcomes:
    def test_each_measure_is_looked_up_where_the_new_run_keeps_it(self):
        grid = pd.DataFrame(
            {
                "account_id": ["a", "a", "b"],
                "item": ["Tape", "Glue", "Tape"],
                "revenue": [9.0, 2.0, 5.0],
            }
        )
        wanted = goals(
            ("a", "grow_cross", "item_revenue", "Tape", 0.0, 9.0, "at_least", "2025-12-31"),
            ("a", "grow_cross", "item_revenue", "Wax", 0.0, 9.0, "at_least", "2025-12-31"),
            ("a", "hand_over", "is_key", "", 1.0, 0.0, "at_most", "2025-12-31"),
            ("b", "hand_over", "is_key", "", 1.0, 0.0, "at_most", "2025-12-31"),
            ("b", "retain", "revenue_after", "", 4.0, 5.0, "at_least", "2025-12-31"),
            ("z", "retain", "revenue_after", "", 4.0, 5.0, "at_least", "2026-12-31"),
            ("z", "mend", "profit_ratio", "", 4.0, 5.0, "at_least", "2026-12-31"),
        )
        old = run("2025-09-30", {"a": 1.0}, objectives=wanted)
        new = run("2025-12-31", {"a": 1.0, "b": 5.0}, whitespace=grid)
        table = plan.outcomes(old, new).table
        assert table["now"].fillna(-1).tolist() == [9.0, -1, 1.0, 0.0, 5.0, 0.0, -1]
        assert table["outcome"].tolist() == [
            "reached",
            "unknown",  # no such goods in the new run
            "missed",
            "reached",
            "reached",
            "not_yet",  # who is gone buys nothing
            "unknown",
        ]
        assert said(plan.outcomes(old, new)) == (
            "7 objectives of the earlier plans: 1 missed, 1 not yet due, 3 reached, 2 not known."
        )

    def test_an_outcome_repeats_what_was_planned(self):
        wanted = goals(("a", "retain", "revenue_after", "", 4.0, 5.0, "at_least", "2025-12-31"))
        old = run("2025-09-30", {"a": 1.0}, objectives=wanted.assign(owner="Kari"))
        row = plan.outcomes(old, run("2025-12-31", {"a": 6.0})).table.iloc[0]
        assert row[["account_id", "objective", "owner", "direction"]].tolist() == [
            "a",
            "retain",
            "Kari",
            "at_least",
        ]
        assert (row["baseline"], row["target"], row["now"]) == (4.0, 5.0, 6.0)
        assert row["due"] == pd.Timestamp("2025-12-31")

    def test_an_outcome_stands_beside_the_day_that_it_is_judged_by(self):
        wanted = goals(("a", "retain", "revenue_after", "", 5.0, 5.0, "at_least", "2025-12-31"))
        old = run("2025-09-30", {"a": 1.0}, objectives=wanted.assign(measured=WHOLE_YEAR))
        row = plan.outcomes(old, run("2025-12-31", {"a": 6.0})).table.iloc[0]
        assert (row["due"], row["outcome"]) == (WHOLE_YEAR, "on_the_way")

    def test_without_goods_their_revenue_is_not_known(self):
        wanted = goals(
            ("a", "grow_cross", "item_revenue", "Tape", 0.0, 9.0, "at_least", "2025-12-31")
        )
        old = run("2025-09-30", {"a": 1.0}, objectives=wanted)
        assert plan.outcomes(old, run("2025-12-31", {"a": 1.0})).table["outcome"].tolist() == [
            "unknown"
        ]

    @pytest.mark.parametrize("objectives", [None, goals()])
    def test_a_run_without_objectives_says_so(self, objectives):
        found = plan.outcomes(
            run("2025-09-30", {"a": 1.0}, objectives=objectives), run("2025-12-31", {"a": 1.0})
        )
        assert found.table.empty
        assert said(found) == "The earlier run has no objectives."

    def test_values_are_written_as_they_are_measured(self):
        table = goals(
            ("a", "mend", "profit_ratio", "", -0.25, 0.0, "at_least", "2025-12-31"),
            ("a", "grow_cross", "item_revenue", "Tape", 7.0, 9.0, "at_least", "2025-12-31"),
        ).assign(now=[NAN, 8.0])
        words = plan.in_words_now(table, "EUR")
        assert words["measure_words"].tolist() == ["profit ratio", "item revenue: Tape"]
        assert words["then_words"].tolist() == ["−25%", "€7"]
        assert words["target_words"].tolist() == ["0%", "€9"]
        assert words["now_words"].tolist() == ["not known", "€8"]


def forecast(expected, before, after, *, promised=None, end="2025-07-02"):
    """Return what came of a forecast of the first of January 2025, one account a value."""
    ids = {f"{i}": 1.0 for i in range(len(expected))}
    facts = {
        "expected_purchases": expected,
        "orders": before,
        "next_expected": pd.to_datetime(promised or [None] * len(expected)),
    }
    old = run("2025-01-01", ids, accounts=facts)
    return plan.forecasts(old, run(end, ids, accounts={"orders": after}))


class TestForecasts:
    def test_half_a_year_of_a_yearly_forecast(self):
        # 182 days from 1 January to 2 July; 20.07 purchases a year are 10 in them
        found = forecast(
            [20.07, 2.0], [5.0, 5.0], [8.0, 4.0], promised=["2025-07-02", "2025-07-03"]
        )
        rows = found.table.set_index("account_id")
        assert rows["expected"].to_dict() == pytest.approx({"0": 10.0, "1": 0.997}, abs=1e-3)
        assert rows["came"].to_dict() == {"0": 3.0, "1": 0.0}  # credit notes are no orders less
        assert rows["difference"].to_dict() == pytest.approx({"0": -7.0, "1": -0.997}, abs=1e-3)
        assert rows["order_expected"].to_dict() == {"0": True, "1": False}
        assert found.table["account_id"].tolist() == ["0", "1"]  # the farthest below first
        assert said(found) == (
            "In 182 days 11 purchases were expected and 3 came. "
            "Of 1 account that their rhythm promised an order, 100% ordered."
        )
        assert found.caveats == ("Farthest below: 0, 3 for 10 expected.",)

    def test_an_order_promised_that_did_not_come(self):
        found = forecast([2.0, 2.0], [5.0, 5.0], [5.0, 6.0], promised=["2025-03-01", "2025-03-01"])
        assert "Of 2 accounts that their rhythm promised an order, 50% ordered." in said(found)
        assert found.table["order_came"].tolist() == [False, True]
        assert found.caveats == ()  # one below is within a purchase
        far = forecast([3.0], [5.0], [5.0])
        assert far.caveats == ("Farthest below: 0, 0 for 1 expected.",)

    def test_an_order_that_was_overdue_already_is_no_promise(self):
        # the earlier run is of 1 January: what was expected before had been missed then
        found = forecast([2.0, 2.0], [5.0, 5.0], [5.0, 6.0], promised=["2025-01-01", "2025-01-02"])
        assert found.table.set_index("account_id")["order_expected"].to_dict() == {
            "0": False,
            "1": True,
        }

    def test_without_promises_they_are_not_told(self):
        assert said(forecast([2.0], [5.0], [6.0])) == (
            "In 182 days 1 purchase was expected and 1 came."
        )

    def test_who_has_no_forecast_is_left_out(self):
        found = forecast([NAN, 2.0], [5.0, 5.0], [6.0, NAN])
        assert found.table.empty
        assert said(found) == "No account has a forecast."
        assert found.caveats == ()

    def test_on_one_day_nothing_can_have_come(self):
        found = forecast([2.0], [5.0], [6.0], end="2025-01-01")
        assert said(found) == "There are no forecasts to compare with."
        plain = run("2025-01-01", {"a": 1.0})
        assert plan.forecasts(plain, run("2025-12-31", {"a": 1.0})).table.empty


class TestAlarms:
    def alarms(self, states, health=None, planned=("a", "b", "c")):
        ids = dict.fromkeys("abc", 1.0)
        runs = []
        for place, end in enumerate(("2025-09-30", "2025-12-31")):
            points = {}
            if health:
                points["health"] = pd.DataFrame({"account_id": [*"abc"], "health": health[place]})
            runs.append(run(end, ids, accounts={"rhythm_state": states[place]}, **points))
        listed = runs[1].planned
        new = replace(runs[1], planned=listed[listed["account_id"].isin(planned)])
        return plan.new_alarms(runs[0], new)

    def test_who_was_silent_already_raises_no_new_alarm(self):
        found = self.alarms([["late", "due", "on_time"], ["lost", "season_missed", "due"]])
        assert found.table[["account_id", "alarm", "was", "now"]].values.tolist() == [
            ["b", "season_missed", "due", "season missed"]
        ]
        assert said(found) == "1 new alarm, 1 of them with a plan."

    def test_of_whom_nothing_was_known_before_no_alarm_is_new(self):
        found = self.alarms([[None, "due", "due"], ["late", "due", "due"]])
        assert found.table.empty
        assert said(found) == "No new alarms."

    @pytest.mark.parametrize(("now", "alarm"), [(70.0, True), (70.1, False), (NAN, False)])
    def test_ten_points_less_health_are_an_alarm(self, now, alarm):
        same = ["due", "due", "due"]
        found = self.alarms([same, same], health=[[80.0, 50.0, NAN], [now, 50.0, 10.0]])
        assert (found.table["alarm"].tolist() == ["health_fell"]) is alarm
        if alarm:
            assert found.table[["was", "now"]].values.tolist() == [["80", "70"]]

    def test_accounts_with_a_plan_come_first(self):
        states = [["due", "due", "due"], ["late", "late", "late"]]
        found = self.alarms(states, planned=("c",))
        assert found.table["account_id"].tolist() == ["c", "a", "b"]
        assert found.table["account_name"].tolist() == ["C", "A", "B"]
        assert said(found) == "3 new alarms, 1 of them with a plan."


class TestOverdue:
    WRITTEN = pd.DataFrame(
        {
            "account_id": ["b", "a", "a"],
            "objective": ["Visit", "Meet", "Send prices"],
            "status": ["started", "started", "done"],
            "due": pd.to_datetime(["2025-03-01", "2025-02-01", "2025-01-01"]),
        }
    )

    def test_the_oldest_goal_is_named(self):
        found = plan.overdue_actions(run("2025-12-31", {"a": 1.0, "b": 1.0}, goals=self.WRITTEN))
        assert found.table[["account_id", "account_name"]].values.tolist() == [
            ["a", "A"],
            ["b", "B"],
        ]
        assert said(found) == "2 written goals are overdue, the oldest “Meet” at A."
        one = plan.overdue_actions(run("2025-02-28", {"a": 1.0, "b": 1.0}, goals=self.WRITTEN))
        assert said(one) == "1 written goal is overdue: “Meet” at A."

    @pytest.mark.parametrize("written", [None, WRITTEN.head(0), WRITTEN.tail(1)])
    def test_where_all_is_done_that_is_told(self, written):
        found = plan.overdue_actions(run("2025-12-31", {"a": 1.0}, goals=written))
        assert found.table.empty
        assert said(found) == "No written goal is overdue."


def test_a_matrix_without_an_earlier_one_shows_today_alone():
    now = pd.DataFrame({"account_id": ["a", "b"], "attractiveness": [60.0, 40.0], "strength": 50.0})
    assert plan.moved_matrix(run("2025-09-30", {"a": 1.0}), now) is now
    old = run("2025-09-30", {"a": 1.0}, matrix=now.head(1).assign(attractiveness=10.0))
    moved = plan.moved_matrix(old, now)
    assert moved["attractiveness_before"].fillna(-1).tolist() == [10.0, -1]
