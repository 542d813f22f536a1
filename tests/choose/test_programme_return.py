"""What a programme returns: worked on paper, reconciled, and honest when it does not pay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.choose import depth, effects, programme, trade_off, treatment_that_pays, yearly_flows
from kamkit.choose.effects import Terms, given_effects
from kamkit.errors import LedgerError, MissingTable, ParameterError

FIXED = {
    ("dedicated", "retention"): (0.10, 0.10, 0.10),
    ("dedicated", "growth"): (0.0, 0.0, 0.0),
    ("shared", "retention"): (0.0, 0.0, 0.0),
    ("shared", "growth"): (0.05, 0.05, 0.05),
}
TWO_YEARS = Terms(kept=0.8, years=2, annual_discount_rate=0.10)


def treated(dedicated: float, shared: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "treatment": ["dedicated", "shared", "ordinary"],
            "services": [5, 3, 0],
            "hours": [80.0, 20.0, 0.0],
            "yearly_cost": [dedicated, shared, 0.0],
        }
    )


def accounts(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "treatment", "yearly_contribution"])


TWO = accounts(("a", "dedicated", 1000.0), ("b", "shared", 500.0), ("c", "ordinary", 9000.0))


class TestOnPaper:
    def test_two_accounts_and_two_years(self):
        found = programme(TWO, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        table = found.table.set_index("account_id")
        # a: (0.9 - 0.8) / 1.1 + (0.81 - 0.64) / 1.21 of 1 000; cost 100 / 1.1 + 100 / 1.21
        assert table.loc["a", "retained"] == pytest.approx(1000 * (0.1 / 1.1 + 0.17 / 1.21))
        assert table.loc["a", "grown"] == 0
        assert table.loc["a", "programme_cost"] == pytest.approx(100 / 1.1 + 100 / 1.21)
        # b: 0.8 x 0.05 / 1.1 + 0.64 x (1.05² - 1) / 1.21 of 500
        assert table.loc["b", "grown"] == pytest.approx(500 * (0.04 / 1.1 + 0.64 * 0.1025 / 1.21))
        assert table.loc["b", "retained"] == 0

    def test_ordinary_accounts_are_no_part_of_it(self):
        found = programme(TWO, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        assert found.table["account_id"].tolist() == ["a", "b"]

    def test_without_discount_and_loss_growth_is_plain(self):
        one = accounts(("b", "shared", 100.0))
        found = programme(one, treated(0, 0), Terms(1.0, 1, 0.0), effects=FIXED)
        assert found.total["net_present_value"].item() == pytest.approx(5.0)

    def test_retention_cannot_pass_one(self):
        one = accounts(("a", "dedicated", 100.0))
        found = programme(one, treated(0, 0), Terms(0.95, 1, 0.0), effects=FIXED)
        assert found.table["retained"].item() == pytest.approx(5.0)

    def test_the_pay_back_is_when_the_sums_meet(self):
        one = accounts(("a", "dedicated", 100.0))
        deep = {**FIXED, ("dedicated", "retention"): (0.2, 0.2, 0.2)}
        # gains: 0.7 - 0.5 = 20 and 0.49 - 0.25 = 24
        found = programme(one, treated(30.0, 0.0), Terms(0.5, 2, 0.0), effects=deep)
        assert np.isnan(found.total["payback_months"].item())
        later = programme(one, treated(21.0, 0.0), Terms(0.5, 2, 0.0), effects=deep)
        # 1 short after a year, 22 open in the second: 22 / 24 of it
        assert later.total["payback_months"].item() == pytest.approx(12 + 12 * 22 / 24)
        soon = programme(one, treated(5.0, 0.0), Terms(0.5, 2, 0.0), effects=deep)
        assert soon.total["payback_months"].item() == pytest.approx(12 * 5 / 20)


class TestReconciliation:
    def test_accounts_add_up_to_treatments_and_treatments_to_the_total(self):
        rng = np.random.default_rng(2)
        many = pd.DataFrame(
            {
                "account_id": [f"{i}" for i in range(40)],
                "treatment": rng.choice(["dedicated", "shared"], 40),
                "yearly_contribution": rng.normal(200_000, 300_000, 40).round(2),
            }
        )
        found = programme(many, treated(51_400.0, 11_250.0), Terms(0.9))
        for name in ("retained", "grown", "programme_cost", "net_present_value"):
            total = found.total[name].item()
            assert found.table[name].sum() == pytest.approx(total, abs=0.005)
            assert found.treatments[name].sum() == pytest.approx(total, abs=0.005)
        whole = found.total.iloc[0]
        assert whole["retained"] + whole["grown"] - whole["programme_cost"] == pytest.approx(
            whole["net_present_value"], abs=0.005
        )

    def test_the_years_add_up_to_the_total(self):
        found = programme(TWO, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        flows = yearly_flows(found.table, TWO_YEARS, FIXED)
        assert flows["net"].sum() == pytest.approx(found.total["net_present_value"].item())
        assert flows["cumulative"].iloc[-1] == pytest.approx(flows["net"].sum())


class TestHonesty:
    def test_a_programme_that_does_not_pay_says_so(self):
        found = programme(TWO, treated(900.0, 400.0), TWO_YEARS, effects=FIXED)
        assert found.total["net_present_value"].item() < 0
        assert "Even if it works as assumed it does not pay" in found.text
        assert "falls short" in found.text
        assert np.isnan(found.total["payback_months"].item())

    def test_a_programme_that_pays_says_so(self):
        found = programme(TWO, treated(1.0, 1.0), TWO_YEARS, effects=FIXED)
        assert "above the cost" in found.text
        assert "It breaks even" in found.text
        assert "of the assumed cases" not in found.text

    def test_keeping_an_account_below_zero_costs(self):
        found = programme(
            accounts(("a", "dedicated", -100.0)), treated(0, 0), TWO_YEARS, effects=FIXED
        )
        assert found.table["retained"].item() < 0
        assert "does not pay" in found.text

    def test_what_a_treatment_does_is_said_to_be_assumed(self):
        assert "assumed, not measured" in programme(TWO, treated(1, 1), TWO_YEARS).caveats[0]

    def test_at_the_growth_that_breaks_even_the_value_is_zero(self):
        # nothing more kept: 500 x (0.8 g / 1.1 + 0.64 ((1 + g)^2 - 1) / 1.21) is the cost of 10
        one = accounts(("b", "shared", 500.0))
        found = programme(one, treated(0, 10.0), TWO_YEARS, effects=FIXED)
        level = found.total["break_even_growth"].item()
        gain = 500 * (0.8 * level / 1.1 + 0.64 * ((1 + level) ** 2 - 1) / 1.21)
        assert gain == pytest.approx(10 / 1.1 + 10 / 1.21, abs=1e-6)
        assert found.table["break_even_growth"].item() == level
        assert f"with {100 * level:.1f}% more growth a year" in found.text

    def test_an_uplift_comes_once_and_is_kept_as_the_rest_is(self):
        grows = TWO.assign(contribution_growth=[30.0, 20.0, 5.0])
        lifts = {("dedicated", "uplift"): (1.0,) * 3, ("shared", "uplift"): (0.5,) * 3}
        still = {**FIXED, ("shared", "growth"): (0.0,) * 3} | lifts
        table = programme(grows, treated(100.0, 10.0), TWO_YEARS, effects=still).table
        # a: 30 more in the first year, 0.9 of it in the second; b: half of 20, then 0.8 of it
        assert table["grown"].tolist() == pytest.approx(
            [30 * (1 / 1.1 + 0.9 / 1.21), 10 * (1 / 1.1 + 0.8 / 1.21)]
        )

    def test_growth_is_counted_by_its_contribution_and_not_at_a_loss(self):
        known = pd.DataFrame(
            {
                "account_id": ["1", "2", "3"],
                "yearly_contribution": [20.0, -5.0, 10.0],
                "revenue": [300.0, 300.0, 300.0],
                "contribution_ratio": [0.4, 0.4, np.nan],
            }
        )
        growth = pd.DataFrame({"account_id": ["1", "2"], "growth_middle": 10.0})
        told = effects.with_growth(known, growth, years=3.0)
        # 0.4 of 10; nothing at a loss; nothing known to be open
        assert told["contribution_growth"].tolist() == [4.0, 0.0, 0.0]

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_the_interval_is_that_of_the_triangle_whatever_the_seed(self, seed):
        # of a triangle from 0 to 0.10 around 0.05 a tenth lies below 0.05 x sqrt(0.2)
        even = {**FIXED, ("shared", "growth"): (0.0, 0.05, 0.10)}
        one = accounts(("b", "shared", 100.0))
        total = programme(
            one, treated(0, 0), Terms(1.0, 1, 0.0), effects=even, draws=1000, seed=seed
        ).total
        low = 5 * 0.2**0.5
        assert total["value_low"].item() == pytest.approx(low, abs=0.02)
        assert total["value_high"].item() == pytest.approx(10 - low, abs=0.02)

    def test_at_the_break_even_the_value_is_zero(self):
        found = programme(TWO, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        row = found.treatments.set_index("treatment").loc["dedicated"]
        even = {**FIXED, ("dedicated", "retention"): (row["break_even_retention"],) * 3}
        again = programme(TWO, treated(100.0, 10.0), TWO_YEARS, effects=even)
        dedicated = again.treatments.set_index("treatment").loc["dedicated", "net_present_value"]
        assert dedicated == pytest.approx(0, abs=1e-4)

    def test_at_the_break_even_of_all_the_value_of_all_is_zero(self):
        found = programme(TWO, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        level = (found.total["break_even_retention"].item(),) * 3
        even = {**FIXED, ("dedicated", "retention"): level, ("shared", "retention"): level}
        even["shared", "growth"] = (0.0, 0.0, 0.0)
        again = programme(TWO, treated(100.0, 10.0), TWO_YEARS, effects=even)
        assert again.total["net_present_value"].item() == pytest.approx(0, abs=1e-4)

    def test_where_nothing_is_earned_there_is_no_break_even(self):
        found = programme(accounts(("b", "shared", 0.0)), treated(0, 0), TWO_YEARS)
        assert np.isnan(found.total["break_even_retention"].item())

    def test_no_more_than_everything_can_be_lost(self):
        # kept 0.1 less 0.5 is nothing, not minus 0.4: 0 - 0.1 and 0 - 0.01
        worse = {**FIXED, ("shared", "retention"): (-0.5,) * 3, ("shared", "growth"): (0.0,) * 3}
        one = accounts(("b", "shared", 100.0))
        found = programme(one, treated(0, 0), Terms(0.1, 2, 0.0), effects=worse)
        assert found.total["net_present_value"].item() == pytest.approx(-11.0)

    def test_no_key_account_is_no_programme(self):
        found = programme(accounts(("c", "ordinary", 1.0)), treated(1, 1), TWO_YEARS)
        assert "no programme" in found.text


class TestTradeOff:
    RANKED = accounts(("a", "", 1000.0), ("b", "", 500.0), ("c", "", 10.0))

    def test_every_breadth_and_depth_adds_up_the_accounts(self):
        table = trade_off(self.RANKED, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        pays = treatment_that_pays(self.RANKED, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        value = table.set_index(["depth", "key_accounts"])["net_present_value"]
        assert value["all_shared", 3] == pytest.approx(pays["value_shared"].sum())
        assert value["all_dedicated", 2] == pytest.approx(pays["value_dedicated"][:2].sum())
        best = pays[["value_shared", "value_dedicated"]].max(axis=1)
        assert value["some_dedicated", 3] == pytest.approx(best.sum())

    def test_hours_decide_what_is_feasible(self):
        # 80 hours each with a team of its own
        table = trade_off(self.RANKED, treated(1, 1), TWO_YEARS, hours=170)
        hours = table.set_index(["depth", "key_accounts"])
        assert hours.loc[("all_dedicated", 2), "hours"] == 160
        assert hours.loc[("all_dedicated", 2), "feasible"]
        assert not hours.loc[("all_dedicated", 3), "feasible"]

    def test_an_account_too_small_for_any_treatment_stays_with_ordinary_sales(self):
        pays = treatment_that_pays(self.RANKED, treated(100.0, 10.0), TWO_YEARS, effects=FIXED)
        assert pays["pays_best"].tolist()[2] == "ordinary"


class TestTerms:
    @pytest.mark.parametrize("given", [(1.2, 3, 0.1), (0.9, 0, 0.1), (0.9, 3, -0.1)])
    def test_shares_and_years_that_cannot_be_are_refused(self, given):
        with pytest.raises(ParameterError, match="one year or more"):
            Terms(*given)

    @pytest.mark.parametrize(
        "text",
        ["shared.growth", "shard.growth=0.1", "shared.growth=0.3:0.1:0.2", "shared.growth=x"],
    )
    def test_effects_that_cannot_be_read_are_refused(self, text):
        with pytest.raises(ParameterError, match="no effect"):
            given_effects([text])

    def test_usual_effects_rise_from_low_to_high(self):
        for low, likely, high in effects.EFFECTS.values():
            assert low <= likely <= high


class TestServices:
    def test_hours_and_cost_of_a_treatment_are_the_sum_of_its_services(self, fjordgross):
        own = fjordgross.table("services")
        shared = own[own["treatment"] == "shared"].astype({"cost": float, "cost_per_hour": float})
        hours = (shared["quantity"] * shared["hours"]).sum()
        cost = hours * 600 + (shared["quantity"] * shared["cost"]).sum()
        found = depth.treatments(depth.services_table(fjordgross)).set_index("treatment")
        assert found.loc["shared", ["hours", "yearly_cost"]].tolist() == [hours, cost]
        assert found.loc["ordinary", "yearly_cost"] == 0

    def test_without_the_cost_of_an_hour_the_cost_is_not_known(self, cdnow):
        found = depth.treatments(depth.services_table(cdnow))
        assert found["hours"].tolist()[0] > found["hours"].tolist()[1] > 0
        assert found["yearly_cost"].isna().tolist() == [True, True, False]
        with pytest.raises(MissingTable, match="an hour"):
            programme(TWO, found, TWO_YEARS)

    def test_without_a_contribution_the_return_is_not_told(self):
        with pytest.raises(MissingTable, match="no cost"):
            programme(TWO.drop(columns="yearly_contribution"), treated(1, 1), TWO_YEARS)

    def test_an_unknown_treatment_is_refused(self, company):
        case = company(
            sales=pd.DataFrame({"Customer no": ["1"], "Date": ["2025-01-01"], "Amount": [5.0]}),
            services=pd.DataFrame({"service": ["plan"], "treatment": ["shared"], "quantity": [-1]}),
        )
        with pytest.raises(LedgerError, match="below zero"):
            depth.services_table(case)
