"""One row of facts for each account with a plan, and who gets one: joined by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import plan
from tests.plan.by_hand import basis

NAN = float("nan")


def accounts(**columns):
    return pd.DataFrame({"account_id": ["a", "b", "c"], **columns})


def facts(table, **others):
    return plan.facts(basis(table, key=("a",), **others)).set_index("account_id")


class TestRows:
    def test_key_accounts_are_told_from_the_others(self):
        table = facts(accounts(revenue=[3.0, 2.0, 1.0]))
        assert table["is_key"].to_dict() == {"a": True, "b": False, "c": False}
        assert table["account_name"].to_dict() == {"a": "A", "b": "B", "c": "C"}

    def test_what_the_choice_says_goes_before_what_the_accounts_say(self):
        others = pd.DataFrame(
            {"account_id": ["b", "a"], "account_name": ["other", "other"], "against": ["far", "x"]}
        )
        table = facts(accounts(treatment=["?", "ordinary", "?"]), ordinary_sales=others)
        assert table.at["a", "treatment"] == "shared"
        assert table.at["b", "against"] == "far"
        assert table.at["b", "account_name"] == "B"
        assert len(table) == 3  # an account on both lists has one row

    def test_each_table_lends_its_columns_and_no_more(self):
        health = pd.DataFrame(
            {"account_id": ["b", "b", "a"], "health": [40.0, 1.0, 70.0], "colour": ["x", "y", "z"]}
        )
        table = facts(accounts(), health=health)
        assert table["health"].fillna(-1).to_dict() == {"a": 70.0, "b": 40.0, "c": -1}
        assert "colour" not in table


class TestReckoned:
    @pytest.mark.parametrize(
        ("columns", "name", "ratios"),
        [
            # 3 of 20 cents; of no revenue there is no share, nor of less than none
            (
                {"profit_year": [0.03, 5.0, 5.0], "revenue_year": [0.2, 0.0, -9.0]},
                "profit_ratio_year",
                [0.15, NAN, NAN],
            ),
            (
                {"change": [-0.2, 5.0, 5.0], "revenue_before": [0.8, 0.0, -9.0]},
                "growth_ratio",
                [-0.25, NAN, NAN],
            ),
            (
                {"cost_to_serve": [0.1, 5.0, 5.0], "revenue": [0.4, 0.0, -9.0]},
                "service_share",
                [0.25, NAN, NAN],
            ),
        ],
    )
    def test_a_share_is_of_what_was_bought(self, columns, name, ratios):
        found = facts(accounts(**columns))[name]
        assert found.tolist() == pytest.approx(ratios, nan_ok=True)
        for missing in columns:
            assert name not in facts(accounts(**columns).drop(columns=missing))

    def test_a_tenth_less_is_shrinking_but_for_who_buys_in_projects(self):
        days = pd.to_datetime(["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01"] * 3)
        bought = [25.0] * 4 + [100.0, 0.0, 0.0, 0.0] + [25.0] * 4
        quarters = pd.DataFrame({"account_id": list("aaaabbbbcccc"), "quarter": days})
        quarters["revenue"] = bought
        changed = accounts(change=[-0.1, -0.9, -0.09], revenue_before=[1.0] * 3)
        found = facts(changed, quarters=quarters)
        assert found["shrinks"].tolist() == [True, False, False]
        assert found["swings"].tolist() == [False, True, False]

    def test_between_half_years_only_a_fall_far_below_all_others_is_shrinking(self):
        # all together go from 300 to 240, to 0.8: 0.7 of that is 0.56 of what there was
        changed = accounts(change=[-45.0, -43.0, 28.0], revenue_before=[100.0] * 3)
        found = facts(changed, start="2025-01-01", end="2025-12-31")
        assert found["shrinks"].tolist() == [True, False, False]
        assert found["growth_ratio"].isna().all()
        # where all grow to 2.5 times as much, more than before is no fall
        grown = accounts(change=[10.0, 240.0, 200.0], revenue_before=[100.0] * 3)
        found = facts(grown, start="2025-01-01", end="2025-12-31")
        assert not found["shrinks"].any()

    def test_who_costs_more_than_it_leaves_loses(self):
        assert facts(accounts(profit=[-0.01, 0.0, NAN]))["loses"].tolist() == [True, False, False]
        assert facts(accounts())["loses"].tolist() == [False, False, False]

    @pytest.mark.parametrize(
        ("start", "new"),
        [
            ("2023-01-01", [True, False, False]),
            ("2024-01-02", [False, False, False]),  # 729 days: too short to tell
            ("2024-01-01", [False, False, False]),  # two times 365 days are not enough either
            ("2023-12-31", [True, False, False]),
        ],
    )
    def test_who_bought_first_in_the_last_year_of_a_longer_ledger_is_new(self, start, new):
        first = pd.to_datetime(["2025-01-01", "2024-12-31", "2023-06-01"])
        table = facts(accounts(first_date=first), start=start, end="2025-12-31")
        assert table["is_new"].tolist() == new

    def test_without_a_first_day_nobody_is_new(self):
        assert facts(accounts(), start="2020-01-01")["is_new"].tolist() == [False, False, False]


class TestOpportunities:
    BEST = pd.DataFrame(
        [
            ("a", "repeat", "Oil", 1.0),
            ("a", "cross_sell", "Tape", 5.0),
            ("a", "cross_sell", "Glue", 4.0),
            ("b", "upsell", "Rope", 9.0),
        ],
        columns=["account_id", "kind", "item", "growth_middle"],
    )

    def test_all_growth_and_the_first_of_each_kind(self):
        table = facts(accounts(), opportunities=self.BEST)
        assert table["open_value"].tolist() == [10.0, 9.0, 0.0]
        assert table["cross_sell_value"].tolist() == [5.0, 0.0, 0.0]
        assert table["cross_sell_item"].tolist() == ["Tape", "", ""]
        assert table["repeat_item"].tolist() == ["Oil", "", ""]
        assert table["upsell_value"].tolist() == [0.0, 9.0, 0.0]

    @pytest.mark.parametrize("best", [None, BEST.head(0)])
    def test_where_nothing_is_open_all_is_nought(self, best):
        table = facts(accounts(), opportunities=best)
        assert table["open_value"].tolist() == [0.0, 0.0, 0.0]
        assert table["repeat_value"].tolist() == [0.0, 0.0, 0.0]
        assert table["repeat_item"].tolist() == ["", "", ""]


class TestPlanned:
    KEY = pd.DataFrame({"account_id": ["1", "2"], "account_name": ["Bygg", None]})
    OTHERS = pd.DataFrame(
        {"account_id": ["3", "4", "5", "6"], "revenue": [5.0, 9.0, 9.0, 20.0], "account_name": "N"}
    )

    def test_who_earns_most_of_the_others_comes_after_the_largest_and_before_the_silent(self):
        states = ["on_time", "lost", "lost", "on_time"]
        others = self.OTHERS.assign(profit=[2.0, 3.0, 1.0, 9.0], rhythm_state=states)
        table = plan.planned(self.KEY, others, also=1)
        # 6 is the largest and earns most; then 4 earns most, so that 5 is the silent one
        assert table["account_id"].tolist() == ["1", "2", "6", "4", "5"]
        assert table["planned_as"].tolist()[2:] == ["large", "earning", "silent"]
        nothing = plan.planned(self.KEY, others.assign(profit=[0.0, 0.0, 0.0, 9.0]), also=1)
        assert nothing["planned_as"].tolist() == ["key", "key", "large"]

    def test_who_loses_much_of_all_that_is_lost_gets_a_plan_the_worst_first(self):
        lost = {"profit": [9.0, 9.0, 9.0, 9.0], "profit_year": [-97.0, -1.5, -1.5, 5.0]}
        table = plan.planned(self.KEY, self.OTHERS.assign(**lost), also=2)
        # 97 of 100 is much, 1.5 is not; 6 and 4 are the largest
        assert table["account_id"].tolist()[2:] == ["6", "4", "3", "5"]
        assert table["planned_as"].tolist()[2:] == ["large", "large", "losing", "earning"]
        two = self.OTHERS.assign(profit=[-2.0, 1.0, 1.0, -98.0], revenue=[1.0, 5.0, 9.0, 2.0])
        losing = plan.planned(self.KEY, two, also=2)
        assert losing[losing["planned_as"] == "losing"]["account_id"].tolist() == ["6", "3"]

    def test_the_largest_that_are_not_key_come_after_the_key_accounts(self):
        table = plan.planned(self.KEY.set_index(pd.Index([7, 8])), self.OTHERS, also=2)
        assert table.index.tolist() == [0, 1, 2, 3]
        assert table.columns.tolist() == ["account_id", "account_name", "planned_as"]
        assert table["account_id"].tolist() == ["1", "2", "6", "4"]
        assert table["planned_as"].tolist() == ["key", "key", "large", "large"]
        assert table["account_name"].tolist() == ["Bygg", "2", "N", "N"]

    @pytest.mark.parametrize(("also", "n"), [(0, 2), (1, 3), (2, 4), (5, 4)])
    def test_never_more_of_them_than_of_key_accounts(self, also, n):
        assert len(plan.planned(self.KEY, self.OTHERS, also=also)) == n

    def test_who_bought_nothing_gets_no_plan(self):
        nothing = self.OTHERS.assign(revenue=[0.0, -1.0, 0.01, 0.0])
        assert plan.planned(self.KEY, nothing)["account_id"].tolist() == ["1", "2", "5"]
        assert plan.planned(self.KEY)["account_id"].tolist() == ["1", "2"]


def test_what_plans_rest_on_is_named_table_by_table():
    rests = basis(accounts(), health=accounts(health=1.0))
    there = [name for name in plan.Basis.names() if rests.table(name) is not None]
    assert there == ["accounts", "key_accounts", "planned", "health"]


class TestRelations:
    STAGES = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "account_name": ["from stages", "x"],
            "stage": ["basic", "integrated"],
            "because": ["", ""],
        }
    )

    def test_the_answers_on_commitment_are_averaged(self):
        answers = pd.DataFrame(
            {
                "account_id": ["a", "a", "a", "a", "b"],
                "question": ["commitment", "commitment", "commitment", "trust", "trust"],
                "answer": [4, 1, 1, 9, 9],
            }
        )
        table = plan.relations(self.STAGES, questionnaire=answers).set_index("account_id")
        assert table.at["a", "commitment"] == 2.0
        assert pd.isna(table.at["b", "commitment"])

    def test_contacts_and_stage_stand_on_one_row(self):
        contacts = pd.DataFrame(
            {"account_id": ["b", "a", "c"], "account_name": ["B", "A", "C"], "people": [2, 1, 0]}
        )
        table = plan.relations(self.STAGES, contacts)
        assert table["account_id"].tolist() == ["b", "a", "c"]
        assert table["account_name"].tolist() == ["B", "A", "C"]
        assert table["stage"].fillna("").tolist() == ["integrated", "basic", ""]


class TestQuarters:
    LINES = pd.DataFrame(
        {
            "account_id": ["a", "a", "a", "b", "c"],
            "date": ["2025-01-01", "2025-03-31", "2025-04-01", "2025-04-30", "2025-04-30"],
            "amount": [100.0, 20.0, 7.0, 5.0, 999.0],
            "cost": [60.0, 5.0, 8.0, 1.0, 1.0],
            "invoice_id": ["1", "1", "2", "3", "4"],
        }
    )

    def test_a_quarter_begins_with_its_month_and_counts_invoices_once(self, company):
        table = plan.quarters(company(sales=self.LINES), ["a", "b"])
        assert table["account_id"].tolist() == ["a", "a", "b"]
        assert table["quarter"].dt.strftime("%m-%d").tolist() == ["01-01", "04-01", "04-01"]
        assert table["revenue"].tolist() == [120.0, 7.0, 5.0]
        assert table["contribution"].tolist() == [55.0, -1.0, 4.0]
        assert table["orders"].tolist() == [1, 1, 1]

    def test_without_cost_and_invoices_there_is_revenue_alone(self, company):
        plain = self.LINES.drop(columns=["cost", "invoice_id"])
        table = plan.quarters(company(sales=plain), ["b"])
        assert table.columns.tolist() == ["account_id", "quarter", "revenue"]
        assert table["revenue"].tolist() == [5.0]
