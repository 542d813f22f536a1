"""One key account and one year, so that every number and sentence can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.choose import programme, yearly_flows
from kamkit.choose.effects import Terms
from kamkit.choose.programme_words import break_even

NAN = float("nan")
ONE_YEAR = Terms(kept=0.8, years=1, annual_discount_rate=0.0)
ALL_KEPT = Terms(kept=1.0, years=1, annual_discount_rate=0.0)
NOTHING = {
    (treatment, effect): (0.0, 0.0, 0.0)
    for treatment in ("dedicated", "shared")
    for effect in ("retention", "growth")
}
GROWS = {**NOTHING, ("shared", "growth"): (0.05, 0.05, 0.05)}
HALF_AS_MUCH_AGAIN = {**NOTHING, ("shared", "uplift"): (0.0, 0.5, 1.0)}


def treated(shared: float, dedicated: float = 0.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "treatment": ["dedicated", "shared", "ordinary"],
            "services": [1, 1, 0],
            "hours": [80.0, 20.0, 0.0],
            "yearly_cost": [dedicated, shared, 0.0],
        }
    )


def key(*yearly: float, treatment="shared", **columns) -> pd.DataFrame:
    ids = [*"abcdefgh"][: len(yearly)]
    given = {"account_id": ids, "treatment": treatment, "yearly_contribution": yearly}
    return pd.DataFrame({**given, **columns})


class TestSentence:
    # 80 % of 1 000 is kept, and 5 % more of that is 40
    def test_cost_share_kept_break_even_and_what_is_above_the_cost(self):
        found = programme(key(1000.0), treated(16.0), ONE_YEAR, effects=GROWS)
        # 16 are 1.6 % of 1 000, or growth of 2 % of 800
        assert found.text == (
            "With 1 key account the programme costs 16 over 1 year in today's money. Without "
            "it 80% of the contribution is kept a year. It breaks even if 1.6% more of the "
            "contribution is kept a year, or with 2.0% more growth a year than comes anyway. If "
            "it works as assumed it "
            "keeps 0, and extra growth brings 40: 24 above the cost. 1 account pays for its "
            "treatment only if that adds growth: a."
        )

    def test_a_programme_that_falls_short_names_the_treatment_and_the_account(self):
        # 61 of 1 000 kept, or of 800 grown
        found = programme(key(1000.0), treated(61.0), ONE_YEAR, effects=GROWS, currency="EUR")
        assert found.text == (
            "With 1 key account the programme costs €61 over 1 year in today's money. Without "
            "it 80% of the contribution is kept a year. It breaks even if 6.1% more of the "
            "contribution is kept a year, or with 7.6% more growth a year than comes anyway. Even "
            "if it works as "
            "assumed it does not pay: it keeps €0, and extra growth brings €40, €21 less than the "
            "cost. The treatment “a shared manager” falls short by €21. 1 account does not pay "
            "for its treatment: a."
        )

    def test_just_paying_is_not_above_the_cost(self):
        found = programme(key(1000.0), treated(40.0), ONE_YEAR, effects=GROWS)
        assert found.total["net_present_value"].item() == pytest.approx(0, abs=1e-9)
        assert found.total["break_even_growth"].item() == pytest.approx(0.05)

    def test_nothing_gained_and_nothing_spent_is_no_loss_of_anybody(self):
        text = programme(key(0.0), treated(0.0), ONE_YEAR, effects=GROWS).text
        assert "Even if it works as assumed it does not pay" in text
        assert "falls short" not in text
        assert "does not pay for its treatment" not in text

    def test_a_quarter_of_a_unit_above_the_cost_is_above_it(self):
        # 0.5 less 0.25
        text = programme(key(12.5), treated(0.25), ONE_YEAR, effects=GROWS).text
        assert "above the cost" in text
        assert "falls short" not in text
        assert "does not pay" not in text

    def test_of_two_treatments_the_assumptions_of_both_are_told(self):
        mixed = key(1.0, 1.0, treatment=["shared", "dedicated"])
        (caveat,) = programme(mixed, treated(1.0, 1.0), ONE_YEAR, effects=GROWS).caveats
        assert "a team of its own keeps 0% more a year; " in caveat
        assert caveat.endswith("keeps 0% more a year and adds 5% growth a year; low to high).")

    def test_of_several_that_fall_short_the_one_that_loses_most_is_named(self):
        names = ["Ask", "Bjørk", "Cedar"]
        found = programme(
            key(2000.0, 100.0, 50.0, account_name=names), treated(30.0), ONE_YEAR, effects=GROWS
        )
        # 80 - 30, 4 - 30 and 2 - 30
        assert found.table["net_present_value"].tolist() == pytest.approx([50, -26, -28])
        assert "2 accounts do not pay for their treatment, first of them Cedar." in found.text

    def test_growth_that_comes_anyway_pays_for_nothing(self):
        own = key(1000.0, contribution_growth=5000.0)
        found = programme(own, treated(16.0), ONE_YEAR, effects=NOTHING, comes=9000.0)
        assert found.total[["grown", "net_present_value"]].iloc[0].tolist() == [0, -16]
        assert (
            "it does not pay: it keeps 0, 16 less than the cost. What is open with the key "
            "accounts brings 9,000 of revenue a year at past rates; that comes without the "
            "programme and is no part of its return"
        ) in found.text

    def test_of_the_growth_that_comes_half_as_much_again_is_assumed(self):
        own = key(1000.0, contribution_growth=50.0)
        found = programme(own, treated(16.0), ONE_YEAR, effects=HALF_AS_MUCH_AGAIN)
        assert found.total[["grown", "net_present_value"]].iloc[0].tolist() == [25, 9]
        assert (
            "keeps 0% more a year and adds 0% to 100% of the growth that comes anyway"
            in (found.caveats[0])
        )
        # what nobody knows to be open is not told of as if it were
        assert "anyway" not in programme(key(1.0), treated(1.0), ONE_YEAR).caveats[0]

    def test_who_pays_only_by_growth_is_named_the_one_with_least_kept_first(self):
        kept = {**GROWS, ("shared", "retention"): (0.01,) * 3}
        # 10, 2 and 1 kept of a cost of 5; growth brings 40, 8 and 4 and a little more
        names = ["Ask", "Bjørk", "Cedar"]
        found = programme(
            key(1000.0, 200.0, 100.0, account_name=names), treated(5.0), ONE_YEAR, effects=kept
        )
        assert (
            "2 accounts pay for their treatment only if that adds growth, first of them Cedar."
            in found.text
        )

    def test_profit_is_called_profit(self):
        found = programme(key(1000.0, profit=[1.0]), treated(16.0), ONE_YEAR, effects=GROWS)
        assert "80% of the customer profit is kept" in found.text

    @pytest.mark.parametrize(
        ("retention", "growth", "text"),
        [
            (0.02, 0.10, "if 2.0% more of the profit is kept a year, or with 10.0% more growth a"),
            (0.02, NAN, "It breaks even if 2.0% more of the profit is kept a year."),
            (NAN, 0.10, "It breaks even with 10.0% more growth a year than comes anyway."),
            (NAN, NAN, "Nothing it could keep or grow covers the cost."),
        ],
    )
    def test_the_break_even_tells_what_there_is_of_it(self, retention, growth, text):
        row = {"break_even_retention": retention, "break_even_growth": growth}
        assert text in break_even(row, "the profit")

    def test_assumed_effects_are_told_from_low_to_high(self):
        effects = {
            **NOTHING,
            ("shared", "retention"): (0.01, 0.02, 0.03),
            ("shared", "growth"): (0.04, 0.04, 0.04),
        }
        (caveat,) = programme(key(1.0), treated(1.0), ONE_YEAR, effects=effects).caveats
        assert "keeps 1% to 3% more a year and adds 4% growth a year" in caveat
        assert "team of its own" not in caveat

    def test_a_year_that_was_not_seen_is_named(self):
        short = Terms(kept=0.8, years=1, annual_discount_rate=0.0, seen_days=184)
        assert programme(key(1.0), treated(1.0), short, effects=GROWS).caveats[-1] == (
            "How much is kept a year is not seen: it is carried on from two periods of 184 days."
        )

    def test_unknown_contributions_are_counted(self):
        found = programme(key(1000.0, NAN, NAN), treated(1.0), ONE_YEAR, effects=GROWS)
        assert found.caveats[-1] == ("What 2 key accounts leave is not known and counts as zero.")
        # what is not known is not said to fall short
        assert "does not pay for its treatment" not in found.text


class TestBreakEven:
    def test_no_growth_up_to_tenfold_covers_it_and_keeping_all_does(self):
        # kept 1 %: ten times 10 of 1 000 is 100 at the most; keeping 51 % of all is 500 more
        terms = Terms(kept=0.01, years=1, annual_discount_rate=0.0)
        row = programme(key(1000.0), treated(500.0), terms, effects=NOTHING).total.iloc[0]
        assert np.isnan(row["break_even_growth"])
        assert row["break_even_retention"] == pytest.approx(0.5)

    def test_beyond_everything_kept_there_is_none(self):
        # all that is lost is a fifth: 200 of 1 000
        row = programme(key(1000.0), treated(201.0), ONE_YEAR, effects=NOTHING).total.iloc[0]
        assert np.isnan(row["break_even_retention"])
        there = programme(key(1000.0), treated(199.0), ONE_YEAR, effects=NOTHING).total.iloc[0]
        assert there["break_even_retention"] == pytest.approx(0.199)

    def test_so_it_is_with_small_amounts(self):
        row = programme(key(1.0), treated(0.201), ONE_YEAR, effects=NOTHING).total.iloc[0]
        assert np.isnan(row["break_even_retention"])
        # half of what is kept
        half = programme(key(1.0), treated(0.4), ONE_YEAR, effects=NOTHING).total.iloc[0]
        assert half["break_even_growth"] == pytest.approx(0.5)

    def test_it_is_of_one_effect_alone(self):
        # with growth of 5 % it pays already; of what must be kept that takes nothing off
        row = programme(key(1000.0), treated(16.0), ONE_YEAR, effects=GROWS).total.iloc[0]
        assert row["break_even_retention"] == pytest.approx(0.016)

    def test_each_account_has_its_own(self):
        # 16 of 1 000 x 0.8 and of 400 x 0.8
        table = programme(key(1000.0, 400.0), treated(16.0), ONE_YEAR, effects=NOTHING).table
        assert table["break_even_growth"].tolist() == pytest.approx([0.02, 0.05])
        assert table["break_even_retention"].tolist() == pytest.approx([0.016, 0.04])


class TestPayback:
    def test_half_of_the_gain_is_half_a_year(self):
        # 40 come evenly through the year
        found = programme(key(1000.0), treated(20.0), ONE_YEAR, effects=GROWS)
        assert found.table["payback_months"].tolist() == pytest.approx([6.0])
        assert found.treatments["payback_months"].tolist() == pytest.approx([6.0])

    def test_of_half_a_unit_a_quarter_is_half_a_year_too(self):
        found = programme(key(12.5), treated(0.25), ONE_YEAR, effects=GROWS)
        assert found.total["payback_months"].item() == pytest.approx(6.0)

    def test_what_costs_nothing_is_paid_back_at_once(self):
        assert programme(key(0.0), treated(0.0), ONE_YEAR).total["payback_months"].item() == 0

    def test_an_account_that_never_covers_its_cost_does_not_hide_that_all_do(self):
        found = programme(key(1000.0, 100.0), treated(20.0), ONE_YEAR, effects=GROWS)
        # 40 and 4 against 20 each: 44 against 40 together
        assert np.isnan(found.table["payback_months"].tolist()[1])
        assert found.total["payback_months"].item() == pytest.approx(12 * 40 / 44)


class TestReturnOnCost:
    def test_it_is_what_is_left_for_each_unit_of_cost(self):
        found = programme(key(1000.0), treated(16.0), ONE_YEAR, effects=GROWS)
        # 24 of 16
        assert found.table["return_on_cost"].tolist() == pytest.approx([1.5])
        assert found.total["return_on_cost"].item() == pytest.approx(1.5)

    def test_without_cost_there_is_none(self):
        found = programme(key(1000.0), treated(0.0), ONE_YEAR, effects=GROWS)
        assert found.table["return_on_cost"].isna().all()
        assert found.total["return_on_cost"].item() == 0


class TestInterval:
    def test_accounts_of_a_treatment_share_their_luck(self):
        even = {**NOTHING, ("shared", "growth"): (0.0, 0.05, 0.10)}
        found = programme(key(100.0, 300.0), treated(0.0), ALL_KEPT, effects=even)
        # so the ends of the sum are the sums of the ends
        for end in ("value_low", "value_high"):
            assert found.total[end].item() == pytest.approx(found.table[end].sum())
        assert found.table["value_high"].tolist()[1] == pytest.approx(
            3 * found.table["value_high"].tolist()[0]
        )

    def test_both_effects_have_one_luck(self):
        alone = {**NOTHING, ("shared", "retention"): (0.0, 0.05, 0.10)}
        both = {**alone, ("shared", "growth"): (0.0, 0.05, 0.10)}
        terms = Terms(kept=0.5, years=1, annual_discount_rate=0.0)
        ends = programme(key(100.0), treated(0.0), terms, effects=both, draws=4000).total
        # a tenth of the triangle lies below r = 0.05 sqrt(0.2): 100 r + 100 (0.5 + r) r
        r = 0.05 * 0.2**0.5
        assert ends["value_low"].item() == pytest.approx(100 * r + 100 * (0.5 + r) * r, abs=0.02)
        r = 0.10 - r
        assert ends["value_high"].item() == pytest.approx(100 * r + 100 * (0.5 + r) * r, abs=0.02)

    def test_a_lopsided_triangle_keeps_its_sides(self):
        # from 0 to 0.10, most likely 0.02: F(x) = x² / 0.002 up to there, so F = 0.1 at √0.0002;
        # above, 1 - F(x) = (0.1 - x)² / 0.008, so F = 0.9 at 0.1 - √0.0008
        even = {**NOTHING, ("shared", "growth"): (0.0, 0.02, 0.10)}
        ends = programme(key(100.0), treated(0.0), ALL_KEPT, effects=even, draws=4000).total
        assert ends["value_low"].item() == pytest.approx(100 * 0.0002**0.5, abs=0.02)
        assert ends["value_high"].item() == pytest.approx(100 * (0.1 - 0.0008**0.5), abs=0.02)

    def test_a_triangle_may_begin_below_nothing(self):
        # from -0.02 over 0.02 to 0.10: F(x) = (x + 0.02)² / 0.0048, 1 - F(x) = (0.1 - x)² / 0.0096
        even = {**NOTHING, ("shared", "growth"): (-0.02, 0.02, 0.10)}
        ends = programme(key(100.0), treated(0.0), ALL_KEPT, effects=even, draws=4000).total
        assert ends["value_low"].item() == pytest.approx(100 * (0.00048**0.5 - 0.02), abs=0.02)
        assert ends["value_high"].item() == pytest.approx(100 * (0.1 - 0.00096**0.5), abs=0.02)

    def test_what_is_not_known_is_zero_in_the_interval_too(self):
        even = {**NOTHING, ("shared", "growth"): (0.0, 0.05, 0.10)}
        table = programme(key(100.0, NAN), treated(3.0), ALL_KEPT, effects=even).table
        assert table[["value_low", "value_high"]].iloc[1].tolist() == [-3, -3]
        own = key(100.0, contribution_growth=NAN)
        table = programme(own, treated(3.0), ALL_KEPT, effects=HALF_AS_MUCH_AGAIN).table
        assert table[["value_low", "value_high"]].iloc[0].tolist() == [-3, -3]

    def test_extra_growth_has_the_luck_of_its_uplift(self):
        # a tenth of the triangle from 0 over 0.5 to 1 lies below 0.5 sqrt(0.2)
        own = key(0.0, contribution_growth=100.0)
        ends = programme(own, treated(0.0), ALL_KEPT, effects=HALF_AS_MUCH_AGAIN, draws=4000).total
        low = 50 * 0.2**0.5
        assert ends["value_low"].item() == pytest.approx(low, abs=0.1)
        assert ends["value_high"].item() == pytest.approx(100 - low, abs=0.1)

    def test_extra_growth_is_left_as_the_account_is_kept(self):
        # half of 20 in the first year, half of that in the second; the cost is 2 in each
        own = key(0.0, contribution_growth=20.0)
        terms = Terms(kept=0.5, years=2, annual_discount_rate=0.0)
        half = {**NOTHING, ("shared", "uplift"): (0.5, 0.5, 0.5)}
        found = programme(own, treated(2.0), terms, effects=half, draws=20)
        for name in ("net_present_value", "value_low", "value_high"):
            assert found.total[name].item() == pytest.approx(10 + 5 - 4)

    def test_the_same_seed_gives_the_same_ends(self):
        even = {**NOTHING, ("shared", "growth"): (0.0, 0.05, 0.10)}
        first, same, other = (
            programme(key(1.0), treated(0.0), ALL_KEPT, effects=even, draws=50, seed=seed)
            .total["value_low"]
            .item()
            for seed in (1, 1, 2)
        )
        assert first == same
        assert first != other


class TestSums:
    def test_treatments_stand_apart_and_all_of_them_below(self):
        mixed = key(1000.0, 500.0, 200.0, treatment=["shared", "dedicated", "shared"])
        found = programme(mixed, treated(10.0, dedicated=30.0), ONE_YEAR, effects=GROWS)
        assert found.summary["treatment"].tolist() == ["dedicated", "shared", "all_treatments"]
        assert found.summary["accounts"].tolist() == [1, 2, 3]
        assert found.summary["programme_cost"].tolist() == [30, 20, 50]
        # a team of its own brings nothing here; 5 % of 0.8 x 1 200 with shared managers
        assert found.summary["grown"].tolist() == pytest.approx([0, 48, 48])
        assert found.summary["net_present_value"].tolist() == pytest.approx([-30, 28, -2])
        assert found.years == 1

    def test_a_treatment_that_nobody_has_has_no_row(self):
        found = programme(key(1.0), treated(1.0), ONE_YEAR)
        assert found.treatments["treatment"].tolist() == ["shared"]

    def test_the_likely_effect_counts_and_not_the_low_or_the_high(self):
        wide = {
            **NOTHING,
            ("shared", "retention"): (0.0, 0.1, 0.2),
            ("shared", "growth"): (0.0, 0.05, 0.3),
        }
        found = programme(key(1000.0), treated(16.0), ONE_YEAR, effects=wide)
        # 10 % more of 1 000 is kept, and the 900 grow by 5 %
        for row in (found.table.iloc[0], found.total.iloc[0]):
            assert row[["retained", "grown"]].tolist() == pytest.approx([100, 45])
            assert row["payback_months"] == pytest.approx(12 * 16 / 145)
        flows = yearly_flows(found.table, ONE_YEAR, wide)
        assert flows[["retained", "grown"]].iloc[0].tolist() == pytest.approx([100, 45])

    def test_without_key_accounts_there_is_no_treatment_to_tell_of(self):
        none = programme(key(1.0, treatment="ordinary"), treated(1.0), ONE_YEAR)
        assert len(none.treatments) == 0
        assert none.total["programme_cost"].item() == 0

    def test_cost_comes_every_year_and_later_years_count_less(self):
        terms = Terms(kept=0.5, years=2, annual_discount_rate=0.25)
        kept = {**NOTHING, ("dedicated", "retention"): (0.1, 0.1, 0.1)}
        found = programme(
            key(100.0, treatment="dedicated"), treated(0.0, dedicated=5.0), terms, effects=kept
        )
        flows = yearly_flows(found.table, terms, kept)
        # 100 x (0.6 - 0.5) / 1.25 and 100 x (0.36 - 0.25) / 1.5625
        assert flows["year"].tolist() == [1, 2]
        assert flows["retained"].tolist() == pytest.approx([8.0, 7.04])
        assert flows["grown"].tolist() == [0, 0]
        assert flows["programme_cost"].tolist() == pytest.approx([4.0, 3.2])
        assert flows["net"].tolist() == pytest.approx([4.0, 3.84])
        assert flows["cumulative"].tolist() == pytest.approx([4.0, 7.84])
        assert found.total["net_present_value"].item() == pytest.approx(7.84)
        # of the first year's 8 the 4 are half
        assert found.table["payback_months"].item() == pytest.approx(6.0)
        assert found.total["payback_months"].item() == pytest.approx(6.0)
