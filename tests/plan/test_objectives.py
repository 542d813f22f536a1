"""Objectives by hand: where an account is, where it shall be, by when, who does what."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import plan
from kamkit.periods import quarter_end
from kamkit.plan._objectives import measure_name
from tests.plan.by_hand import basis

NAN = float("nan")
ACCOUNTS = pd.DataFrame({"account_id": ["a"], "revenue": [100.0]})
TWO_YEARS = basis(ACCOUNTS, currency="EUR")  # 2024 and 2025: 731 days


def goal(code, rests=TWO_YEARS, **facts):
    """Return the one objective of this code for an account with these facts, None without."""
    fact = pd.DataFrame([{"account_id": "a", "account_name": "Alfa", **facts}])
    follows = {"hand_over": "hand_over", "harvest": "harvest"}.get(code, "grow")
    chosen = pd.DataFrame({"account_id": ["a"], "strategy": follows, "objectives": [code]})
    table = plan.objectives(fact, chosen, rests)
    assert len(table) <= 1
    return table.iloc[0] if len(table) else None


def action(row):
    return row["action"].replace("\xa0", " ")


class TestEveryObjective:
    def test_a_proposal_has_an_owner_a_day_and_a_status(self):
        row = goal("retain", revenue_after=50.0, manager="Kari", account_manager="Ola")
        assert row["account_name"] == "Alfa"
        assert row["objective"] == "retain"
        assert (row["owner"], row["status"], row["item"]) == ("Kari", "proposed", "")
        assert row["direction"] == "at_least"
        # three quarters after the one that ends with 2025, before the year it is for
        assert row["due"] == pd.Timestamp("2026-09-30")

    @pytest.mark.parametrize(
        ("people", "owner"),
        [
            ({"manager": None, "account_manager": "Ola", "our_main": "Per"}, "Ola"),
            ({"manager": "", "our_main": "Per"}, "Per"),
            ({}, ""),
        ],
    )
    def test_who_answers_for_it_is_the_owner(self, people, owner):
        assert goal("retain", revenue_after=50.0, **people)["owner"] == owner

    def test_they_come_in_the_order_of_the_rules_and_unknown_ones_drop_out(self):
        fact = pd.DataFrame(
            [
                {"account_id": "a", "account_name": "A", "revenue_after": 5.0, "points": NAN},
                {"account_id": "b", "account_name": "B", "revenue_after": 6.0, "points": NAN},
            ]
        )
        chosen = pd.DataFrame(
            {
                "account_id": ["b", "a"],
                "strategy": ["hand_over", "grow"],
                "objectives": ["hand_over,advance,retain", ""],
            }
        )
        table = plan.objectives(fact, chosen, TWO_YEARS)
        assert table[["account_id", "objective"]].values.tolist() == [
            ["b", "hand_over"],
            ["b", "retain"],
        ]


class TestRetain:
    def test_to_keep_is_to_have_next_year_what_there_is_now(self):
        row = goal("retain", revenue_after=50.0)
        assert (row["measure"], row["baseline"], row["target"]) == ("revenue_after", 50.0, 50.0)
        assert pd.isna(row["value"])  # no growth: it is what there is already
        assert action(row) == "Agree on volumes and terms for 2027"
        year = goal("retain", revenue_after=50.0, revenue_year=80.0)
        assert (year["measure"], year["target"]) == ("revenue_year", 80.0)

    @pytest.mark.parametrize("state", ["late", "lost", "season_missed"])
    def test_a_silent_account_is_called_within_two_weeks(self, state):
        expected = pd.Timestamp("2025-10-14")
        row = goal("retain", revenue_after=50.0, rhythm_state=state, next_expected=expected)
        assert action(row) == "Call now: an order was expected on 14 Oct 2025"
        assert row["due"] == pd.Timestamp("2026-01-14")

    @pytest.mark.parametrize(
        ("state", "expected"), [("on_time", pd.Timestamp("2025-10-14")), ("late", pd.NaT)]
    )
    def test_else_there_is_time(self, state, expected):
        row = goal("retain", revenue_after=50.0, rhythm_state=state, next_expected=expected)
        assert action(row).startswith("Agree")

    @pytest.mark.parametrize("revenue", [{}, {"revenue_after": NAN}])
    def test_without_revenue_there_is_nothing_to_keep(self, revenue):
        assert goal("retain", **revenue) is None


class TestAim:
    """Half way between the account's own change and what its opportunities bring, bounded."""

    @pytest.mark.parametrize(
        ("before", "now", "growth", "target"),
        [
            (90.0, 100.0, 4.0, 107.0),  # grew by 10: half of 10 and 4
            (40.0, 100.0, 4.0, 112.0),  # grew by 60, of which a fifth of 100 counts
            (100.0, 100.0, 4.0, 102.0),
            (105.0, 100.0, 1.0, 100.0),  # fell by less than a tenth: it is to be kept
            (105.0, 100.0, 9.0, 102.0),
            (120.0, 100.0, 4.0, 92.0),  # fell by 20: half of -20 and 4
            (300.0, 100.0, 0.0, 90.0),  # fell by 200, of which a fifth of 100 counts
            (90.0, 100.0, -8.0, 105.0),  # what may fall back is no aim
        ],
    )
    def test_by_hand(self, before, now, growth, target):
        facts = {"revenue_before": before, "revenue_year": now, "change": now - before}
        more = {"growth_ratio": now / before - 1, "shrinks": now <= 0.9 * before}
        row = goal("retain", **facts, **more, growth_middle=growth)
        assert row["target"] == pytest.approx(target)
        assert ("Slow the fall" in action(row)) is (target < now)

    def test_the_fall_is_named(self):
        facts = {"revenue_before": 125.0, "revenue_year": 100.0, "change": -25.0}
        row = goal("retain", **facts, growth_ratio=-0.2, growth_middle=0.0, shrinks=True)
        assert row["due"] == pd.Timestamp("2026-03-31")
        assert action(row) == (
            "Slow the fall (−20% last year): ask why they buy less, and agree on what would bring "
            "it back"
        )

    @pytest.mark.parametrize(
        ("moved", "first"),
        [
            (0.18, "Ask what drives their growth (+18% last year), and agree on"),
            (0.04, "Agree on"),
            (-0.04, "Ask what they buy less of (−4% last year), and agree on"),
        ],
    )
    def test_what_moved_is_asked_about_before_the_terms_are_agreed(self, moved, first):
        row = goal("retain", revenue_after=50.0, growth_ratio=moved)
        assert action(row) == f"{first} volumes and terms for 2027"

    def test_where_no_opportunity_is_known_it_is_half_of_the_growth_of_last_year(self):
        facts = {"revenue_before": 90.0, "revenue_year": 100.0, "change": 10.0}
        assert goal("retain", **facts, growth_middle=NAN)["target"] == 105.0

    @pytest.mark.parametrize("unlike", [{"rhythm_state": "late"}, {"revenue_before": 0.0}])
    def test_else_it_is_what_it_buys_today(self, unlike):
        facts = {"revenue_before": 50.0, "revenue_year": 100.0, "change": 50.0}
        assert goal("retain", **facts | {"growth_middle": 5.0} | unlike)["target"] == 100.0


class TestMend:
    def test_a_loss_shall_become_nothing(self):
        row = goal("mend", profit_ratio=-0.10, revenue=1000.0)
        assert (row["measure"], row["baseline"], row["target"]) == ("profit_ratio", -0.10, 0.0)
        # a tenth of 1000, lost in 731 days: 100 x 365.25 / 731 a year
        assert row["value"] == pytest.approx(49.966, abs=0.001)
        assert row["due"] == pd.Timestamp("2026-06-30")

    @pytest.mark.parametrize("ratio", [0.0, 0.02])
    def test_a_thin_profit_shall_become_five_in_a_hundred(self, ratio):
        row = goal("mend", profit_ratio=ratio, revenue=1000.0)
        assert row["target"] == 0.05
        assert row["value"] == pytest.approx((50 - ratio * 1000) * 365.25 / 731)

    def test_without_revenue_it_is_worth_nothing_yet(self):
        assert goal("mend", profit_ratio=-0.10)["value"] == 0.0

    @pytest.mark.parametrize("ratio", [{}, {"profit_ratio": NAN}])
    def test_an_unknown_profit_is_not_mended(self, ratio):
        assert goal("mend", **ratio) is None


class TestPeople:
    STEPS = pd.DataFrame(
        {
            "account_id": ["b", "a", "a", "a"],
            "place": [1, 3, 2, 1],
            "next_step": ["next_find", "next_keep", "next_role", "next_second"],
            "contact": ["x", "x", None, "buyer 1"],
        }
    )

    def test_few_known_people_shall_become_one_more(self):
        row = goal("deepen", people=2)
        assert (row["measure"], row["baseline"], row["target"]) == ("people", 2.0, 3.0)
        assert action(row) == "Get to know one more person"
        assert row["due"] == pd.Timestamp("2026-03-31")

    @pytest.mark.parametrize(("ours", "target"), [(None, 2.0), (0, 2.0), (1, 2.0), (2, 3.0)])
    def test_with_three_known_more_of_ours_shall_know_them(self, ours, target):
        row = goal("deepen", people=3, our_people=ours)
        assert (row["measure"], row["baseline"]) == ("our_people", float(ours or 0))
        assert row["target"] == target

    def test_the_two_first_steps_are_the_action(self):
        rests = basis(ACCOUNTS, next_contacts=self.STEPS)
        assert action(goal("deepen", rests, people=1)) == (
            "Get to know a second person (buyer 1); find somebody in the role"
        )
        nobody = basis(ACCOUNTS, next_contacts=self.STEPS.head(1))
        assert action(goal("deepen", nobody, people=1)) == "Get to know one more person"

    @pytest.mark.parametrize("people", [{}, {"people": NAN}])
    def test_what_is_not_known_is_not_deepened(self, people):
        assert goal("deepen", **people) is None

    def test_the_relationship_takes_one_step(self):
        row = goal("advance", points=11.0, next_question="trust", next_answer="we share plans")
        assert (row["measure"], row["baseline"], row["target"]) == ("points", 11.0, 12.0)
        assert (
            action(row)
            == "Work more closely, until “How is an order won?” is answered “We share plans”"
        )
        assert row["due"] == pd.Timestamp("2026-12-31")

    @pytest.mark.parametrize(
        "facts", [{"points": 11.0}, {"points": 11.0, "next_question": ""}, {"next_question": "x"}]
    )
    def test_without_a_question_there_is_no_step(self, facts):
        assert goal("advance", next_answer="y", **facts) is None


class TestGrow:
    BEST = pd.DataFrame(
        [
            ("a", "cross_sell", "Tape", 0.0, 20.0, 0.5, "step_unknown"),
            ("a", "cross_sell", "Glue", 5.0, 30.0, 0.5, "step_competitor"),
            ("a", "cross_sell", "Film", 7.0, 30.0, 0.5, "step_unknown"),
            ("a", "upsell", "Rope", 90.0, 99.0, 0.5, "step_upsell"),
            ("b", "cross_sell", "Oil", 1.0, 999.0, 0.5, "step_unknown"),
        ],
        columns=[
            "account_id",
            "kind",
            "item",
            "revenue",
            "growth_middle",
            "conversion",
            "next_step",
        ],
    )

    def test_the_goods_with_most_growth_are_offered(self):
        row = goal("grow_cross", basis(ACCOUNTS, opportunities=self.BEST), revenue=1000.0)
        # of the two that grow by 30 the first of the alphabet
        assert (row["measure"], row["item"], row["baseline"]) == ("item_revenue", "Film", 7.0)
        # of 7 half as much more is the most that anybody is to buy in a year
        assert (row["target"], row["value"]) == (10.5, 3.5)
        assert action(row) == "Film: ask who serves them today"
        # what grows in a year is measured in a year, and offered in its first half
        assert row["measured"] == pd.Timestamp("2026-12-31")
        assert row["due"] == pd.Timestamp("2026-06-30")

    @pytest.mark.parametrize(("rate", "goal_or_none"), [(0.01, True), (0.009, False)])
    def test_what_comes_true_less_than_once_in_a_hundred_is_no_goal(self, rate, goal_or_none):
        seldom = self.BEST.assign(conversion=rate)
        row = goal("grow_cross", basis(ACCOUNTS, opportunities=seldom))
        assert (row is not None) is goal_or_none

    def test_who_buys_nothing_there_may_grow_by_all_that_the_rate_says(self):
        new = basis(ACCOUNTS, opportunities=self.BEST.assign(revenue=0.0))
        assert goal("grow_cross", new)["target"] == 30.0

    def test_each_kind_has_its_own_goods(self):
        rests = basis(ACCOUNTS, opportunities=self.BEST)
        assert goal("grow_upsell", rests)["item"] == "Rope"
        assert goal("grow_repeat", rests) is None
        assert goal("grow_cross") is None  # no table of opportunities

    @pytest.mark.parametrize(
        "trouble",
        [{"shrinks": True}, {"rhythm_state": "late"}, {"rhythm_state": "lost"}, {"loses": True}],
    )
    def test_no_growth_where_something_else_comes_first(self, trouble):
        rests = basis(ACCOUNTS, opportunities=self.BEST)
        assert goal("grow_cross", rests, **trouble) is None
        assert goal("grow_cross", rests, shrinks=False, rhythm_state="on_time") is not None

    def test_the_whole_grows_by_what_the_groups_grow(self):
        bought = {"revenue_year": 1000.0, "revenue_before": 1040.0, "change": -40.0}
        fact = {"account_id": "a", "account_name": "A", **bought, "growth_middle": 30.0}
        chosen = pd.DataFrame(
            {"account_id": ["a"], "strategy": "grow", "objectives": "retain,grow_cross,grow_upsell"}
        )
        rests = basis(ACCOUNTS, opportunities=self.BEST)
        found = plan.objectives(pd.DataFrame([fact]), chosen, rests).set_index("objective")
        # Film 3.5 (half of 7), Rope 45 (half of 90); its own trend alone would keep it at 1,000
        assert found["value"].dropna().to_dict() == {"grow_cross": 3.5, "grow_upsell": 45.0}
        assert found.at["retain", "target"] == pytest.approx(1048.5)

    def test_who_is_served_at_low_cost_is_kept_as_it_is(self):
        bought = {"revenue_year": 1000.0, "revenue_before": 800.0, "change": 200.0}
        fact = {"account_id": "a", "account_name": "A", **bought, "growth_middle": 30.0}
        chosen = pd.DataFrame(
            {"account_id": ["a"], "strategy": "harvest", "objectives": "retain,grow_cross"}
        )
        rests = basis(ACCOUNTS, opportunities=self.BEST)
        found = plan.objectives(pd.DataFrame([fact]), chosen, rests)
        assert found[["objective", "target"]].values.tolist() == [["retain", 1000.0]]


class TestLessAndNew:
    def test_a_fifth_less_service(self):
        row = goal("harvest", service_share=0.10)
        assert row["target"] == pytest.approx(0.08)
        assert (row["measure"], row["baseline"]) == ("service_share", 0.10)
        assert (row["direction"], row["due"]) == ("at_most", pd.Timestamp("2026-06-30"))
        assert goal("harvest", service_share=NAN) is None
        assert goal("harvest") is None

    def test_who_is_handed_over_is_key_no_more(self):
        row = goal("hand_over", account_manager="Ola", manager="Kari")
        assert action(row) == (
            "Move them to ordinary sales: tell the customer by 13 Feb 2026 that Ola answers and "
            "what stays; from 1 Jul 2026 they are no key account"
        )
        assert row["owner"] == "Ola"  # and not the manager they were to get
        assert (row["measure"], row["baseline"], row["target"]) == ("is_key", 1.0, 0.0)
        assert (row["direction"], row["due"]) == ("at_most", pd.Timestamp("2026-06-30"))

    def test_a_new_customer_shall_place_its_first_order(self):
        row = goal("win", next_step="step_invite", assumed_value=80.0)
        assert (row["measure"], row["baseline"], row["target"]) == ("first_order", 0.0, 1.0)
        assert row["value"] == 80.0
        assert action(row) == "Invite them and keep in touch"
        assert action(goal("nurture")) == "Find who decides and ask for a meeting"
        assert row["due"] == pd.Timestamp("2026-06-30")


class TestQuarters:
    @pytest.mark.parametrize(
        ("day", "ahead", "end"),
        [
            ("2025-12-31", 0, "2025-12-31"),
            ("2025-12-31", 1, "2026-03-31"),
            ("2025-01-01", 0, "2025-03-31"),
            ("2025-03-31", 1, "2025-06-30"),
            ("2025-04-01", 1, "2025-09-30"),
            ("2025-08-15", 4, "2026-09-30"),
            ("2025-10-01", 5, "2027-03-31"),
        ],
    )
    def test_a_quarter_ends_with_its_month(self, day, ahead, end):
        asked = quarter_end(dt.date.fromisoformat(day), ahead)
        assert asked == dt.date.fromisoformat(end)


class TestWritten:
    def goals(self, status="started", due="2025-12-31"):
        return pd.DataFrame(
            {
                "account_id": ["a"],
                "objective": ["Meet"],
                "status": [status],
                "due": [pd.Timestamp(due)],
            }
        )

    @pytest.mark.parametrize(
        ("status", "due", "overdue"),
        [
            ("started", "2025-12-30", True),
            ("started", "2025-12-31", True),  # the last day of the ledger
            ("started", "2026-01-01", False),
            (None, "2025-12-30", True),
            (" Done ", "2025-12-30", False),
            ("FERDIG", "2025-12-30", False),
        ],
    )
    def test_what_is_due_and_not_done_is_overdue(self, status, due, overdue):
        table = plan.written_goals(self.goals(status, due), dt.date(2025, 12, 31))
        assert table["overdue"].tolist() == [overdue]

    def test_columns_that_nobody_wrote_are_there_and_empty(self):
        table = plan.written_goals(self.goals(), dt.date(2025, 12, 31))
        assert table["owner"].isna().all()
        empty = plan.written_goals(None, dt.date(2025, 12, 31))
        assert empty.columns.tolist() == table.columns.tolist()
        assert empty.empty

    def test_a_measure_of_one_group_names_the_group(self):
        assert measure_name("item_revenue", "Tape") == "item revenue: Tape"
        assert measure_name("people") == "known people"


class TestWhatDoesNotGoTogether:
    """Nobody is kept and let go, or served at low cost and sold more, at once."""

    @staticmethod
    def made(strategy: str) -> list[str]:
        best = pd.DataFrame(
            {
                "account_id": ["a"],
                "item": ["tape"],
                "kind": ["upsell"],
                "revenue": [10.0],
                "growth_middle": [5.0],
                "conversion": [0.5],
                "next_step": ["step_upsell"],
            }
        )
        fact = pd.DataFrame([{"account_id": "a", "account_name": "A", "revenue_after": 50.0}])
        asked = "retain,grow_upsell,hand_over"
        chosen = pd.DataFrame({"account_id": ["a"], "strategy": strategy, "objectives": [asked]})
        rests = basis(pd.DataFrame({"account_id": ["a"]}), opportunities=best)
        return plan.objectives(fact, chosen, rests)["objective"].tolist()

    def test_who_is_to_grow_is_not_handed_over(self):
        assert self.made("grow") == ["retain", "grow_upsell"]

    def test_who_is_served_at_low_cost_is_sold_nothing_more(self):
        assert self.made("harvest") == ["retain"]

    def test_who_is_handed_over_is_not_sold_more(self):
        assert self.made("hand_over") == ["retain", "hand_over"]


class TestDays:
    def test_what_is_of_twelve_months_is_measured_when_they_have_gone(self):
        row = goal("retain", revenue_year=50.0, manager="Kari")
        assert row["due"] == pd.Timestamp("2026-09-30")
        assert row["measured"] == pd.Timestamp("2026-12-31")

    def test_until_the_change_the_old_manager_is_the_owner(self):
        known = {"revenue_year": 50.0, "manager": "Kari", "account_manager": "Ola"}
        late = {"rhythm_state": "late", "next_expected": pd.Timestamp("2025-11-01")}
        assert goal("retain", **known, **late, handover=True)["owner"] == "Ola"
        assert goal("retain", **known, handover=True)["owner"] == "Kari"  # after the change
        assert goal("retain", **known, **late, handover=False)["owner"] == "Kari"


def test_an_aim_worth_less_than_two_in_a_thousand_is_none():
    def made(growth: float):
        best = pd.DataFrame(
            {
                "account_id": ["a"],
                "item": ["tape"],
                "kind": ["upsell"],
                "revenue": [10.0],
                "growth_middle": [growth],
                "conversion": [0.5],
                "next_step": ["step_upsell"],
            }
        )
        rests = basis(pd.DataFrame({"account_id": ["a"]}), opportunities=best)
        return goal("grow_upsell", rests, revenue_year=1000.0)

    assert made(1.9) is None
    assert made(2.1)["value"] == 2.1


@pytest.mark.parametrize(
    ("end", "due", "year"),
    [
        ("2025-03-31", "2025-12-31", 2026),
        ("2025-06-30", "2025-12-31", 2026),
        ("2025-09-30", "2025-12-31", 2026),
        ("2025-12-31", "2026-09-30", 2027),
    ],
)
def test_terms_are_agreed_on_before_the_coming_year_and_no_year_is_skipped(end, due, year):
    found = goal("retain", basis(ACCOUNTS, start="2023-07-01", end=end), revenue_year=100.0)
    assert action(found) == f"Agree on volumes and terms for {year}"
    assert found["due"] == pd.Timestamp(due)
