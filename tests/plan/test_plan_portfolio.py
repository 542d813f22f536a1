"""The key accounts together: a small portfolio, added up by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import plan
from tests.plan.by_hand import basis

NAN = float("nan")


def made(facts, goals=(), accounts=None, currency="EUR", aims=None, strategies="grow"):
    """Return the finding for these facts; accounts a and b are key."""
    table = pd.DataFrame({"account_id": ["a", "b", "c"], "is_key": [True, True, False], **facts})
    every = pd.DataFrame({"account_id": ["a", "b", "c"], **(accounts or {})})
    rows = pd.DataFrame(list(goals), columns=["account_id", "objective", "value"])
    rows = rows.assign(measure="item_revenue", target=NAN) if aims is None else aims
    chosen = table[["account_id"]].assign(strategy=strategies)
    return plan.portfolio(basis(every, currency=currency), table, chosen, rows)


def measures(finding):
    return finding.table.set_index("portfolio_measure")


REVENUE = {"revenue_year": [60.0, 20.0, 900.0], "revenue": [600.0, 200.0, 9.0]}
ALL = {"revenue_year": [60.0, 20.0, 80.0]}


class TestMeasures:
    def test_only_key_accounts_count(self):
        table = measures(made(REVENUE, accounts=ALL))
        assert table.at["accounts", "today"] == 2
        assert table.at["revenue", "today"] == 80.0
        assert table.at["share_of_revenue", "today"] == 0.5
        assert table.at["share_of_revenue", "today_words"] == "50%"
        assert table.at["revenue", "today_words"] == "€80"
        assert table.at["revenue", "planned_value_words"] == ""

    def test_without_a_last_year_the_whole_counts(self):
        table = measures(
            made({"revenue": [600.0, 200.0, 9.0]}, accounts={"revenue": [1600.0, 0, 0]})
        )
        assert table.at["revenue", "today"] == 800.0
        assert table.at["share_of_revenue", "today"] == 0.5

    def test_of_little_there_is_a_share(self):
        table = measures(
            made(REVENUE | {"revenue_year": [0.25, 0.0, 9.0]}, accounts={"revenue": [0.5, 0, 0]})
        )
        assert table.at["share_of_revenue", "today"] == 0.5

    def test_of_nothing_there_is_no_share(self):
        assert "share_of_revenue" not in measures(made(REVENUE, accounts={"revenue": [0.0, 0, 0]}))
        assert "share_of_revenue" not in measures(made(REVENUE))

    def test_profit_goes_before_contribution(self):
        both = {"profit": [-5.0, 8.0, 99.0], "contribution": [50.0, 80.0, 99.0]}
        table = measures(made(REVENUE | both))
        assert table.at["profit", "today"] == 3.0
        assert "contribution" not in table.index
        left = measures(made(REVENUE | {"contribution": [50.0, 80.0, 99.0]}))
        assert left.at["contribution", "today"] == 130.0

    def test_profit_is_of_the_same_months_as_revenue(self):
        both = {"profit": [300.0, 60.0, 9.0], "profit_year": [100.0, 20.0, 3.0]}
        found = made(REVENUE | both, accounts=ALL)
        assert measures(found).at["profit", "today"] == 120.0
        assert found.text.startswith("In the last twelve months 2 key accounts brought")

    def test_health_is_a_mean_and_single_contacts_are_counted_down_to_none(self):
        more = {"health": [40.0, 60.0, 99.0], "single_contact": [True, None, True]}
        table = measures(made(REVENUE | more))
        assert table.at["health", "today"] == 50.0
        assert table.at["health", "today_words"] == "50"
        assert table.loc["single_contacts", ["today", "planned_value"]].tolist() == [1.0, 0.0]
        assert table.at["single_contacts", "planned_value_words"] == "0"
        none = measures(made(REVENUE | {"single_contact": [False, None, True]}))
        assert none.at["single_contacts", "today"] == 0.0

    def test_the_programme_costs_today_and_is_worth_later(self):
        more = {"yearly_cost": [3.0, 4.0, 99.0], "net_present_value": [10.0, -2.0, 99.0]}
        table = measures(made(REVENUE | more))
        assert table.at["programme_cost", "today"] == 7.0
        assert table.at["programme_value", "planned_value"] == 8.0
        assert pd.isna(table.at["programme_value", "today"])

    def test_mending_is_that_of_key_accounts(self):
        goals = [("a", "mend", 11.0), ("b", "mend", NAN), ("b", "retain", 7.0), ("c", "mend", 99.0)]
        assert measures(made(REVENUE, goals)).at["planned_mending", "planned_value"] == 11.0


GROWS = {
    "growth_middle": [10.0, 30.0, 500.0],
    "growth_deviation": [3.0, 4.0, 99.0],
    "growth_doubt": [0.0, 0.0, 99.0],
    "loses": [False, False, False],
}


class TestGrowth:
    def test_accounts_vary_by_themselves(self):
        table = measures(made(REVENUE | GROWS))
        # the root of 3 squared and 4 squared is 5; a tenth lies beyond 1.2816 of it
        assert table.at["planned_growth", "planned_value"] == 40.0
        assert table.at["growth_low", "planned_value"] == pytest.approx(40 - 5 * 1.28155, abs=1e-3)
        assert table.at["growth_high", "planned_value"] == pytest.approx(40 + 5 * 1.28155, abs=1e-3)
        # no plan has a target of its own for sales: today's
        assert table.at["revenue", "planned_value"] == 80.0

    def test_planned_sales_are_the_targets_of_the_plans(self):
        goals = pd.DataFrame({"account_id": ["a", "c"], "objective": "retain"})
        goals = goals.assign(measure="revenue_year", target=[66.0, 999.0], value=NAN)
        table = measures(made(REVENUE | GROWS, aims=goals))
        # 66 of the plan, 20 as today; who is no key account does not count
        assert table.at["revenue", "planned_value"] == 86.0

    def test_who_loses_money_does_not_grow(self):
        found = made(REVENUE | GROWS | {"loses": [True, False, False]})
        assert measures(found).at["planned_growth", "planned_value"] == 30.0
        # 10 of the one that loses money, 30 of the other
        assert found.caveats[0] == (
            "What is open with all key accounts would bring €40 at the same rates; €30 of it lies "
            "where more is to be sold now."
        )

    @pytest.mark.parametrize("why", [{"shrinks": [True, False, False]}, {}])
    def test_who_is_not_to_grow_in_its_plan_does_not_grow_here(self, why):
        chosen = "grow" if why else ["harvest", "grow", "grow"]
        table = measures(made(REVENUE | GROWS | why, strategies=chosen))
        assert table.at["planned_growth", "planned_value"] == 30.0

    def test_what_is_not_known_does_not_count(self):
        grows = GROWS | {"growth_middle": [NAN, 30.0, 1.0], "growth_deviation": [99.0, 0, 0]}
        table = measures(made(REVENUE | grows))
        assert table.loc[["growth_low", "growth_high"], "planned_value"].tolist() == [30.0, 30.0]
        assert "planned_growth" not in measures(made(REVENUE)).index


class TestWords:
    def test_what_they_bring_what_they_grow_and_what_it_costs(self):
        more = GROWS | {
            "growth_deviation": [0.0, 0.0, 0.0],
            "yearly_cost": [3.0, 4.0, 9.0],
            "net_present_value": [10.0, -2.0, 9.0],
        }
        finding = made(REVENUE | more, accounts=ALL)
        assert finding.text == (
            "In the last twelve months 2 key accounts brought revenue of €80, 50% of all revenue. "
            "Judged by what came true before, the 2 with more to sell buy for €40 more (€40 to "
            "€40). The programme "
            "costs €7 a year; its net present value is €8, without that growth, which comes anyway."
        )
        assert [one.split(" ")[0] for one in finding.caveats] == ["Growth", "Planned"]
        assert finding.caveats[0].startswith("Growth is counted where more is to be sold")

    def test_without_growth_and_programme_that_is_told(self):
        finding = made(REVENUE | {"health": [40.0, 62.0, 99.0]})
        assert finding.text == "In the last twelve months 2 key accounts brought revenue of €80."
        assert [one.split(" ")[0] for one in finding.caveats] == ["The", "Mean"]
        assert finding.caveats[-1] == "Mean health of the key accounts: 51 of 100."

    def test_growth_of_nothing_is_not_told(self):
        none = GROWS | {"growth_middle": [0.0, 0.0, 9.0]}
        assert "grow" not in made(REVENUE | none).text
