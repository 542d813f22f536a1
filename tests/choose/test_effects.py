"""What a treatment is assumed to do, year by year, and what must be known to count it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.choose import effects
from kamkit.choose.effects import (
    Terms,
    effect_of,
    gain_shares,
    given_effects,
    growth_shares,
    refuse_unknown,
    what_is_kept,
    with_growth,
)
from kamkit.errors import MissingTable, ParameterError

PLAIN = Terms(kept=0.5, years=3, annual_discount_rate=0.0)


class TestTerms:
    def test_later_years_are_discounted_more(self):
        terms = Terms(0.9, years=3, annual_discount_rate=0.25)
        assert terms.ahead.tolist() == [1, 2, 3]
        assert terms.discount.tolist() == pytest.approx([0.8, 0.64, 0.512])

    @pytest.mark.parametrize("kept", [0.0, 1.0])
    def test_nothing_and_all_may_be_kept(self, kept):
        assert Terms(kept, years=1, annual_discount_rate=0.0).discount.tolist() == [1.0]

    def test_the_refusal_shows_what_was_given_and_how_to_write_it(self):
        with pytest.raises(ParameterError) as error:
            Terms(90, years=3, annual_discount_rate=0.1)
        assert error.value.found == "kept 90, years 3, discount rate 0.1"
        assert error.value.remedy == "Write 0.9 for 90%."

    def test_a_rate_that_is_no_number_is_refused(self):
        with pytest.raises(ParameterError):
            Terms(0.9, annual_discount_rate=float("nan"))


class TestShares:
    def test_what_is_retained_is_the_difference_of_two_decays(self):
        kept, more = gain_shares(PLAIN, 0.1, 0.0)
        assert kept.tolist() == pytest.approx([0.6 - 0.5, 0.36 - 0.25, 0.216 - 0.125])
        assert more.tolist() == [0, 0, 0]

    def test_what_is_kept_grows_every_year(self):
        kept, more = gain_shares(PLAIN, 0.0, 0.1)
        assert kept.tolist() == [0, 0, 0]
        assert more.tolist() == pytest.approx([0.5 * 0.1, 0.25 * 0.21, 0.125 * 0.331])

    def test_growth_is_of_what_the_treatment_keeps(self):
        _, more = gain_shares(PLAIN, 0.5, 0.1)
        assert more.tolist() == pytest.approx([0.1, 0.21, 0.331])

    @pytest.mark.parametrize(("retention", "left"), [(0.9, 1.0), (-0.9, 0.0)])
    def test_the_share_kept_stays_between_nothing_and_all(self, retention, left):
        kept, _ = gain_shares(PLAIN, retention, 0.0)
        assert kept.tolist() == pytest.approx([left - 0.5, left - 0.25, left - 0.125])
        # what came in the first year is there in the first, whatever is kept later
        assert growth_shares(PLAIN, retention).tolist() == [1, left, left]

    def test_growth_that_came_once_is_kept_as_the_rest_and_discounted(self):
        terms = Terms(0.5, years=3, annual_discount_rate=0.25)
        assert growth_shares(terms, 0.3).tolist() == pytest.approx(
            [0.8, 0.8 * 0.64, 0.8**2 * 0.512]
        )


class TestGiven:
    def test_three_numbers_are_low_likely_and_high(self):
        found = given_effects(["dedicated.retention=-0.01:0.02:0.10"])
        assert found["dedicated", "retention"] == (-0.01, 0.02, 0.10)
        others = {name for name, value in found.items() if effects.EFFECTS[name] == value}
        assert len(others) == 5

    def test_spaces_do_no_harm_and_of_two_the_last_holds(self):
        found = given_effects([" shared . growth = 0.1", "shared.growth=0.2"])
        assert found["shared", "growth"] == (0.2, 0.2, 0.2)

    @pytest.mark.parametrize("values", ["1", "-1", "0.1:0.2", "0:0.1:1", "0.1:0.05:0.2", ""])
    def test_shares_rise_and_lie_between_minus_one_and_one(self, values):
        with pytest.raises(ParameterError) as error:
            given_effects([f"shared.growth={values}"])
        assert error.value.wanted == "shared.retention=0.01:0.02:0.03"

    def test_level_numbers_do_not_fall(self):
        found = given_effects(["shared.growth=0.1:0.1:0.2"])
        assert found["shared", "growth"] == (0.1, 0.1, 0.2)

    def test_an_uplift_may_be_more_than_all(self):
        assert given_effects(["shared.uplift=0:1:2"])["shared", "uplift"] == (0.0, 1.0, 2.0)

    def test_by_itself_a_treatment_adds_nothing_that_grows(self):
        assert all(effects.EFFECTS[one, "growth"] == (0, 0, 0) for one in ("shared", "dedicated"))
        kept, more = effects.gains(
            pd.DataFrame({"yearly_contribution": [100.0], "contribution_growth": [40.0]}),
            PLAIN,
            0.0,
            0.0,
        )
        assert not kept.any()
        assert not more.any()

    @pytest.mark.parametrize(
        ("text", "effect"),
        [("shared.growth=0.1", "growth"), ("dedicated.retention=0.1", "retention"), ("x", "x")],
    )
    def test_which_effect_is_given_is_read_from_the_name(self, text, effect):
        assert effect_of(text) == effect

    def test_contribution_is_called_so_where_there_is_no_profit(self):
        assert what_is_kept(pd.DataFrame({"profit": [1.0]})) == "the customer profit"
        assert what_is_kept(pd.DataFrame({"contribution": [1.0]})) == "the contribution"


class TestOwnGrowth:
    ACCOUNTS = pd.DataFrame(
        {
            "account_id": list("abcd"),
            "revenue": [200.0, 0.0, 100.0, 400.0],
            "yearly_contribution": [20.0, 5.0, 10.0, np.nan],
        }
    )
    GROWTH = pd.DataFrame({"account_id": list("dba"), "growth_middle": [10.0, 20.0, 30.0]})

    def test_growth_is_worth_what_a_unit_of_revenue_leaves(self):
        told = with_growth(self.ACCOUNTS, self.GROWTH, years=2.0)
        # a: 20 of 100 a year is a fifth; b has no revenue, c no growth, of d nothing is known
        assert told["contribution_growth"].tolist() == pytest.approx([6, 0, 0, 0])
        assert list(self.ACCOUNTS) == ["account_id", "revenue", "yearly_contribution"]

    def test_a_ratio_of_the_ledger_stands_before_that_of_the_year(self):
        known = self.ACCOUNTS.assign(contribution_ratio=[0.5, 0.5, 0.5, 0.5])
        told = with_growth(known, self.GROWTH, years=2.0)["contribution_growth"]
        # d: what it leaves in a year is not known, so neither is whether it may grow
        assert told.tolist() == [15, 10, 0, 0]

    def test_a_ratio_below_zero_adds_nothing(self):
        known = self.ACCOUNTS.assign(contribution_ratio=-0.5)
        assert (with_growth(known, self.GROWTH, years=2.0)["contribution_growth"] == 0).all()

    def test_growth_below_zero_is_no_growth(self):
        falls = self.GROWTH.assign(growth_middle=-5.0)
        assert (with_growth(self.ACCOUNTS, falls, years=2.0)["contribution_growth"] == 0).all()

    def test_without_growth_or_contribution_nothing_is_added(self):
        assert list(with_growth(self.ACCOUNTS, None, years=2.0)) == list(self.ACCOUNTS)
        bare = self.ACCOUNTS.drop(columns="yearly_contribution")
        assert list(with_growth(bare, self.GROWTH, years=2.0)) == list(bare)


class TestUnknown:
    KNOWN = pd.DataFrame({"account_id": ["a"], "yearly_contribution": [1.0]})

    def treated(self, **columns) -> pd.DataFrame:
        return pd.DataFrame({"treatment": ["dedicated", "shared"], **columns})

    def refused(self, accounts, treated, needed) -> MissingTable:
        with pytest.raises(MissingTable) as error:
            refuse_unknown(accounts, treated, needed)
        return error.value

    def test_a_contribution_that_nobody_has_asks_for_cost_or_margin(self):
        nobody = self.KNOWN.assign(yearly_contribution=np.nan)
        error = self.refused(nobody, self.treated(services=1, yearly_cost=1.0), ["shared"])
        assert "margin, such as 0.25" in error.remedy

    def test_services_that_are_missing_are_named_by_their_treatment(self):
        one = self.treated(services=[0, 1], yearly_cost=1.0)
        error = self.refused(self.KNOWN, one, ["shared", "dedicated"])
        assert "“a team of its own”" in error.message
        nothing = self.treated(services=0, yearly_cost=0.0)
        assert "“a shared manager”" in self.refused(self.KNOWN, nothing, []).message

    def test_only_the_cost_of_what_is_needed_must_be_known(self):
        half = self.treated(services=1, yearly_cost=[np.nan, 5.0])
        refuse_unknown(self.KNOWN, half, ["shared"])
        assert "What an hour" in self.refused(self.KNOWN, half, ["dedicated"]).message
