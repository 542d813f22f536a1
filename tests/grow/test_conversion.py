"""How often opportunities came true, what that says of the next ones, and whether it held."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from kamkit.errors import MissingTable
from kamkit.grow._conversion import (
    ASSUMED,
    BANDS,
    TRIED_COLUMNS,
    Conversion,
    account_sums,
    conversion,
    peer_band,
    rated,
    scored,
    steps,
)
from kamkit.grow._growth import Miss, growth, growth_total, limits
from kamkit.grow.cells import SIZES
from kamkit.grow.check import _conformal, missed, opportunity_check
from kamkit.periods import Period

NAN = float("nan")
NONE = pd.DataFrame(columns=TRIED_COLUMNS)
CLASS = {
    "kind": "cross_sell",
    "basis": "peers",
    "account_size": "size_small",
    "peer_band": "peers_few",
}


def tried(came: list[float], *, each: int = 1, pair: int = 0, **given) -> pd.DataFrame:
    """Opportunities of 100, of which so much came; ``each`` of them in a row are of one account."""
    ids = [f"{place // each:04}" for place in range(len(came))]
    rows = {"account_id": ids, "item": "Glue", **CLASS, "open_amount": 100.0, "gained": came}
    return pd.DataFrame({**rows, "pair": pair, **given})[TRIED_COLUMNS]


def rate_of(found: Conversion, **of) -> pd.Series:
    table = found.table
    for name, value in {**CLASS, **of}.items():
        table = table[table[name] == value]
    (row,) = (row for _, row in table.iterrows())
    return row


class TestWatched:
    @pytest.mark.parametrize(
        ("start", "end", "watched"),
        [
            # a year has halves, and nothing before them
            ("2025-01-01", "2025-12-31", [(None, "2025-01-01", "2025-07-01")]),
            ("2024-01-01", "2025-12-31", [(None, "2024-01-01", "2025-01-01")]),
            ("2023-01-01", "2025-12-31", [("2023-01-01", "2024-01-01", "2025-01-01")]),
            (
                "2022-01-01",
                "2025-12-31",
                [
                    ("2022-01-01", "2023-01-01", "2024-01-01"),
                    ("2023-01-01", "2024-01-01", "2025-01-01"),
                ],
            ),
            # half a year before is no year before
            ("2022-07-01", "2024-12-31", [(None, "2023-01-01", "2024-01-01")]),
        ],
    )
    def test_each_year_but_the_last_with_the_one_before_it(self, start, end, watched):
        found = [
            tuple(None if one is None else str(one.start) for one in step)
            for step in steps(Period(start, end))
        ]
        assert found == watched

    def test_half_of_the_amount_is_enough_to_have_come_true(self):
        table = scored(tried([50.0, 49.9, 300.0, -20.0, -300.0]))
        assert table["came"].tolist() == [1, 0, 1, 0, 0]
        # no more than was open, and no more can fall
        assert table["share"].tolist() == pytest.approx([0.5, 0.499, 1.0, -0.2, -1.0])

    def test_a_quarter_and_a_half_of_the_peers_are_in_the_band_above(self):
        shares = pd.Series([0.0, 0.2499, 0.25, 0.4999, 0.5, 1.0])
        assert peer_band(shares) == [one for one in BANDS for _ in range(2)]

    def test_an_account_is_the_sum_of_its_opportunities(self):
        rows = pd.concat(
            [tried([100.0, -50.0], each=2, kind=["cross_sell", "upsell"]), tried([0.0], pair=1)]
        )
        rates = conversion(NONE).table
        sums = account_sums(scored(rows), rates)
        assert sums["pair"].tolist() == [0, 1]
        assert sums["open_amount"].tolist() == [200, 100]
        # 1 % of a first sale and 3 % of upsell, by assumption
        assert sums["claimed"].tolist() == pytest.approx([4.0, 1.0])
        assert sums["came_amount"].tolist() == [50, 0]
        assert sums["can_fall"].tolist() == [100, 0]


class TestRates:
    def test_where_nothing_was_seen_the_assumption_is_all_there_is(self):
        found = conversion(NONE)
        assert not found.observed
        assert len(found.table) == 3 * 2 * len(SIZES) * len(BANDS)
        for kind, (rate, share) in ASSUMED.items():
            own = found.table[found.table["kind"] == kind]
            assert own["conversion"].tolist() == pytest.approx([rate] * len(own))
            assert own["amount_share"].tolist() == pytest.approx([share] * len(own))
        assert (found.table["opportunities"] == 0).all()
        assert found.spread.empty
        assert found.text.startswith("The ledger is too short")
        assert "cross-sell: 2% come true, with 1% of the amount" in found.caveats[0]

    def test_twenty_that_are_assumed_weigh_as_much_as_twenty_that_were_seen(self):
        # every class but one is empty: 20 of nothing against 20 of a fiftieth
        row = rate_of(conversion(tried([0.0] * 20)))
        assert row["conversion"] == pytest.approx(0.01, rel=0.02)
        assert (row["opportunities"], row["came_true"], row["rate_from"]) == (20, 0, "observed")

    def test_many_that_were_seen_outweigh_the_assumption(self):
        found = conversion(tried([100.0, 0.0] * 2000))
        row = rate_of(found)
        assert row["conversion"] == pytest.approx(0.5, abs=0.01)
        assert row["amount_share"] == pytest.approx(0.5, abs=0.01)
        assert row["conversion_low"] < row["conversion"] < row["conversion_high"]
        # a class of that kind that nobody saw has its rate, and more doubt
        other = rate_of(found, account_size="size_largest")
        assert other["conversion"] == pytest.approx(row["conversion"], abs=1e-9)
        assert other["opportunities"] == 0
        # another kind is assumed as before
        again = rate_of(found, kind="repeat")
        assert (again["conversion"], again["rate_from"]) == (pytest.approx(0.2), "assumed")

    def test_what_falls_counts_against_what_rises(self):
        # of two that rise by all and two that fall by all nothing is left
        found = conversion(tried([100.0, -100.0] * 500, kind="upsell"))
        assert rate_of(found, kind="upsell")["amount_share"] == pytest.approx(0.0, abs=0.02)
        assert rate_of(found, kind="upsell")["conversion"] == pytest.approx(0.5, abs=0.02)

    def test_large_amounts_weigh_more_in_money_and_not_in_number(self):
        amounts = [1000.0, 100.0] * 1000
        found = conversion(tried([1000.0, 0.0] * 1000, open_amount=amounts))
        row = rate_of(found)
        assert row["conversion"] == pytest.approx(0.5, abs=0.01)
        assert row["amount_share"] == pytest.approx(1000 / 1100, abs=0.02)

    def test_each_kind_is_told_with_its_number(self):
        both = pd.concat([tried([100.0, 0.0, 0.0, 0.0]), tried([60.0], kind="repeat")])
        found = conversion(both)
        assert found.text == (
            "From one period to the next came true: repeat purchase 100.0% of 1; cross-sell 25.0% "
            "of 4."
        )
        assert len(found.caveats) == 1
        assert len(conversion(tried([1.0])).caveats) == 2  # no repeat purchase was seen

    def test_accounts_of_a_size_are_off_by_their_own_once_there_are_twenty(self):
        small, large = tried([100.0] * 20), tried([0.0] * 19, account_size="size_largest")
        large["account_id"] = "L" + large["account_id"]
        spread = conversion(pd.concat([small, large])).spread.set_index("account_size")
        # twenty small ones by themselves; the others are too few, so that all are taken
        assert spread["accounts"].to_dict() == dict(zip(SIZES, [39, 39, 20], strict=True))
        rate = rate_of(conversion(pd.concat([small, large])))["amount_share"]
        assert spread.loc["size_small", ["spread_low", "spread_high"]].tolist() == pytest.approx(
            [1 - rate, 1 - rate]
        )
        assert spread.loc["size_small", "spread_deviation"] == pytest.approx(1 - rate)


class TestRated:
    GRID = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "kind": ["cross_sell", "cross_sell", ""],
            "basis": ["peers", "wallet", "peers"],
            "account_size": "size_small",
            "peer_share": [0.1, 0.1, 0.9],
            "open_amount": [100.0, 500.0, 0.0],
            "peer_gap": [100.0, 80.0, 0.0],
        }
    )

    def test_a_wallet_that_was_never_seen_counts_as_far_as_peers_buy(self):
        table = rated(self.GRID, conversion(tried([0.0] * 50)))
        assert table["counted_amount"].tolist() == [100, 80, 0]
        # what it rests on is still told
        assert table["basis"].tolist() == ["peers", "wallet", "peers"]
        share = table["growth_middle"] / table["counted_amount"]
        assert share.tolist()[0] == pytest.approx(share.tolist()[1])

    def test_a_wallet_that_was_seen_counts_whole_at_its_own_rate(self):
        seen = pd.concat([tried([0.0] * 500), tried([100.0] * 500, basis="wallet")])
        table = rated(self.GRID, conversion(seen))
        assert table["counted_amount"].tolist() == [100, 500, 0]
        assert table["growth_middle"].tolist()[1] > 400
        assert table["growth_middle"].tolist()[0] < 10

    def test_without_an_opportunity_there_is_no_rate(self):
        table = rated(self.GRID, conversion(NONE))
        row = table.iloc[2]
        names = ["conversion", "conversion_low", "conversion_high", "growth_low", "growth_high"]
        assert row[names].tolist() == [0] * 5
        assert row["rate_from"] == ""
        # by assumption one in a hundred of 100 and of 80
        assert table["growth_middle"].tolist() == pytest.approx([1.0, 0.8, 0.0])
        assert table["rate_from"].tolist()[:2] == ["assumed", "assumed"]


class TestGrowth:
    SPREAD = pd.DataFrame(
        {
            "account_size": [*SIZES],
            "accounts": 30,
            "spread_low": [-0.1, -0.3, -0.2],
            "spread_high": [0.1, 0.9, 0.2],
            "spread_deviation": [0.1, 0.5, 0.2],
        }
    )
    RATES = Conversion("conversion", pd.DataFrame(), "", spread=SPREAD, observed=True)

    def grid(self, *rows) -> pd.DataFrame:
        names = ["account_id", "kind", "open_amount", "growth_middle", "account_size"]
        table = pd.DataFrame(rows, columns=names)
        table["account_name"] = "Firm " + table["account_id"]
        middle = table["growth_middle"]
        return table.assign(
            counted_amount=table["open_amount"],
            growth_low=middle * 0.5,
            growth_high=middle * 1.5,
            rate_from="observed",
        )

    def limits(self, counted, middle, *, fall=0.0, size="size_next") -> tuple[float, float]:
        sums = pd.DataFrame(
            {"account_size": [size], "counted_amount": [counted], "can_fall": [fall]}
        )
        low, high = limits(sums, pd.Series([middle]), self.RATES)
        return low.item(), high.item()

    def test_low_and_high_are_as_far_off_as_earlier_accounts_were(self):
        assert self.limits(100.0, 50.0) == pytest.approx((20.0, 100.0))  # 140, but 100 is counted
        assert self.limits(100.0, 50.0, size="size_small") == pytest.approx((30.0, 70.0))

    def test_only_upsell_falls_below_nothing_and_by_no_more_than_there_is(self):
        assert self.limits(100.0, 10.0) == pytest.approx((0.0, 100.0))
        assert self.limits(100.0, 10.0, fall=15.0) == pytest.approx((-15.0, 100.0))
        assert self.limits(100.0, 10.0, fall=50.0) == pytest.approx((-20.0, 100.0))

    def test_an_account_adds_up_what_is_open_and_the_most_growth_is_first(self):
        grid = self.grid(
            ("a", "upsell", 100.0, 10.0, "size_small"),
            ("b", "cross_sell", 400.0, 30.0, "size_largest"),
            ("a", "cross_sell", 50.0, 5.0, "size_small"),
            ("c", "", 70.0, 9.0, "size_small"),
            ("d", "repeat", 0.0, 9.0, "size_small"),
        )
        table = growth(grid, self.RATES).table
        assert table["account_id"].tolist() == ["b", "a"]
        assert table["opportunities"].tolist() == [1, 2]
        assert table["open_amount"].tolist() == [400, 150]
        assert table["growth_middle"].tolist() == [30, 15]
        # a tenth of 400; a fifth of 150 away from 15: -15 is less than the 100 that can fall
        assert table["growth_low"].tolist() == pytest.approx([0.0, -15.0])
        assert table["growth_high"].tolist() == pytest.approx([70.0, 45.0])
        assert table["growth_deviation"].tolist() == pytest.approx([40.0, 30.0])
        # half of each middle on either side is 1.2816 deviations
        assert table["growth_doubt"].tolist() == pytest.approx([15 / 1.2815516, 7.5 / 1.2815516])

    def test_the_sentence_has_the_number_the_open_amount_and_the_interval_of_all(self):
        grid = self.grid(
            ("a", "cross_sell", 150.0, 20.0, "size_small"),
            ("b", "cross_sell", 200.0, 30.0, "size_small"),
        )
        grid = grid.assign(growth_low=grid["growth_middle"], growth_high=grid["growth_middle"])
        # a fifth of each, 30 and 40, are 50 together; no doubt of the rate: 50 ± 64.1
        assert growth(grid, self.RATES, currency="EUR").text == (
            "2 accounts have €350 open. At the rate at which such came true so far, they grow by "
            "€50 in a period as long (−€14 to €114)."
        )

    def test_nothing_open_is_nothing_to_grow_by(self):
        grid = self.grid(("a", "", 100.0, 10.0, "size_small"))
        for rates in (self.RATES, conversion(NONE)):
            found = growth(grid, rates)
            assert found.text == "No account is thought to buy more than it does."
            assert len(found.table) == 0

    def test_where_nothing_was_observed_low_and_high_are_those_of_the_rates(self):
        grid = self.grid(("a", "cross_sell", 100.0, 10.0, "size_small"))
        found = growth(grid, conversion(NONE))
        row = found.table.iloc[0]
        assert row[["growth_low", "growth_high", "growth_deviation"]].tolist() == [5, 15, 0]
        assert "By assumption" in found.text

    def test_accounts_are_independent_and_the_doubt_of_the_rates_is_common(self):
        alone = pd.DataFrame(
            {"growth_middle": [10.0, 20.0], "growth_deviation": [30.0, 40.0], "growth_doubt": 0.0}
        )
        low, middle, high = growth_total(alone)
        assert (low, middle, high) == pytest.approx((30 - 50 * 1.2815516, 30, 30 + 50 * 1.2815516))
        common = alone.assign(growth_deviation=0.0, growth_doubt=[30.0, 40.0])
        assert growth_total(common)[2] == pytest.approx(30 + 70 * 1.2815516)
        assert growth_total(alone.head(0)) == (0, 0, 0)


class TestMissed:
    """Intervals that missed what was held out are wider by that."""

    def test_four_fifths_of_the_accounts_and_one_more_lie_within(self):
        # of nine and one more, eight: the eighth smallest
        beyond = [0.01 * place for place in range(9)]
        rows = tried([0.0] * 9)
        assert missed(rows).table["miss_share"].tolist() == [0.0]
        assert _conformal(pd.Series(beyond)) == pytest.approx(0.07)
        assert _conformal(pd.Series(beyond) - 0.5) == 0.0
        # of three and one more, 3.2: no more than the largest is known
        assert _conformal(pd.Series([0.1, 0.3, 0.2])) == 0.3

    def test_periods_that_differ_are_found_by_holding_out_each(self):
        # all of one period came true, nothing of the other; claimed are about 95 % and nothing
        found = missed(pd.concat([tried([100.0] * 400), tried([0.0] * 400, pair=1)]))
        assert found.periods == 2
        (share,) = found.table["miss_share"]
        assert share == pytest.approx(1.0, abs=0.06)
        deviation = ((0.95**2 + 1.0**2) / 2) ** 0.5
        assert found.table["miss_deviation"].tolist() == pytest.approx([deviation], abs=0.04)
        # the tenth of Student's t with one degree is 3.0777, of the normal distribution 1.2816;
        # a third period beside the mean of two: 1.5 variances, where 2 were seen
        wider = 3.0777 / 1.2816 * (1.5 / 2) ** 0.5
        assert found.in_all == pytest.approx(deviation * wider, abs=0.06)

    def test_periods_alike_have_nothing_in_common_that_chance_has_not(self):
        rng = np.random.default_rng(5)
        came = [np.where(rng.random(2000) < 0.3, 100.0, 0.0).tolist() for _ in range(2)]
        found = missed(pd.concat([tried(came[0]), tried(came[1], pair=1)]))
        assert found.table["miss_share"].tolist() == [0.0]
        assert found.in_all < 0.06

    def test_low_high_and_total_are_wider_by_the_miss(self):
        grid = TestGrowth().grid(
            ("a", "upsell", 100.0, 15.0, "size_small"),
            ("b", "cross_sell", 400.0, 30.0, "size_largest"),
        )
        sizes = pd.DataFrame(
            {
                "account_size": ["size_small", "size_largest"],
                "miss_share": [0.1, 0.0],
                "miss_deviation": [0.25, 0.05],
            }
        )
        found = growth(grid, TestGrowth.RATES, missed=Miss(sizes, 0.04, 2))
        table = found.table.set_index("account_id")
        # a: 15 less and more (20 + 10) % of 100; b as before, a tenth of 400
        assert table["growth_low"].to_dict() == pytest.approx({"a": -15.0, "b": 0.0})
        assert table["growth_high"].to_dict() == pytest.approx({"a": 45.0, "b": 70.0})
        assert table["growth_deviation"].to_dict() == pytest.approx({"a": 25.0, "b": 40.0})
        # half of each middle is 1.2816 deviations; beside it 4 % of what is open
        doubt = {"a": math.hypot(7.5 / 1.2815516, 4.0), "b": math.hypot(15 / 1.2815516, 16.0)}
        assert table["growth_doubt"].to_dict() == pytest.approx(doubt)
        told = " ".join(found.caveats)
        assert "wider by up to 10.0% of what is open" in told
        assert "the rates moved by 4.0% of what is open" in told
        assert "One earlier period" not in told

    def test_of_one_period_it_is_said_that_years_were_not_compared(self):
        grid = TestGrowth().grid(("a", "cross_sell", 100.0, 10.0, "size_small"))
        checked = opportunity_check(tried([0.0, 100.0] * 20)).missed
        assert (
            "One earlier period has been seen"
            in growth(grid, TestGrowth.RATES, missed=checked).caveats[-1]
        )


class TestCheck:
    def test_what_the_last_period_brought_is_set_against_rates_of_the_earlier(self):
        # all came true at first, none afterwards
        first = tried([100.0] * 400)
        found = opportunity_check(pd.concat([first, tried([0.0] * 50, pair=1)]))
        whole = found.table[found.table["kind"] == "all_kinds"].iloc[0]
        assert (whole["opportunities"], whole["true_rate"], whole["true_amount"]) == (50, 0, 0)
        assert whole["claimed_rate"] > 0.9
        assert whole["open_amount"] == 5000
        assert whole["claimed_amount"] > 4500
        assert (found.accounts, found.accounts_inside) == (50, 0)
        assert "learnt from earlier periods" in found.caveats[0]

    def test_of_one_period_each_half_is_checked_by_the_other(self):
        # the accounts of odd places gained all, the others nothing
        found = opportunity_check(tried([0.0, 100.0] * 200))
        whole = found.table[found.table["kind"] == "all_kinds"].iloc[0]
        assert whole["opportunities"] == 400
        assert whole["true_rate"] == 0.5
        # who gained nothing was claimed to gain all, and the other way round
        bins = found.table[found.table["claim_bin"] != ""].set_index("claim_bin")["true_rate"]
        assert bins.to_dict() == {"0–1%": 1.0, "30–100%": 0.0}
        assert found.accounts_inside == 0
        assert "One" not in found.caveats[0]
        assert "both ways" in found.caveats[0]

    def test_rates_that_hold_are_found_to_hold(self):
        rng = np.random.default_rng(5)
        came = np.where(rng.random(3000) < 0.3, 100.0, 0.0).tolist()
        found = opportunity_check(tried(came))
        whole = found.table.iloc[-1]
        assert whole["claimed_rate"] == pytest.approx(0.3, abs=0.03)
        assert whole["true_low"] < 0.3 < whole["true_high"]
        assert found.accounts == 3000

    def test_kinds_stand_in_their_order_with_a_row_for_each_and_one_for_all(self):
        both = pd.concat([tried([0.0] * 30), tried([100.0] * 30, kind="repeat")])
        table = opportunity_check(both).table
        sums = table[table["claim_bin"] == ""]
        assert sums["kind"].tolist() == ["repeat", "cross_sell", "all_kinds"]
        assert sums["opportunities"].tolist() == [30, 30, 60]
        parts = table[table["claim_bin"] != ""].groupby("kind")["opportunities"].sum()
        assert parts.to_dict() == {"repeat": 30, "cross_sell": 30}

    @pytest.mark.parametrize(
        ("each", "worth"),
        [
            # ten accounts with one opportunity each are worth ten
            (1, 10),
            # two accounts of five that all came true or none: ten times 0.25 of twice 2.5²
            (5, 10 * 2.5 / 12.5),
        ],
    )
    def test_opportunities_of_one_account_are_no_independent_evidence(self, each, worth):
        rows = [100.0] * 5 + [0.0] * 5
        found = opportunity_check(
            pd.concat([tried([0.0] * 4), tried(rows, each=each, pair=1)])
        ).table.iloc[-1]
        # Jeffreys: half a success and half a failure more
        ends = beta.ppf([0.025, 0.975], 0.5 * worth + 0.5, 0.5 * worth + 0.5)
        assert [found["true_low"], found["true_high"]] == pytest.approx(ends.tolist())

    def test_a_ledger_without_an_earlier_period_cannot_be_checked(self):
        with pytest.raises(MissingTable, match="too short to check"):
            opportunity_check(NONE)

    def test_the_sentence_sets_claims_beside_what_came(self):
        found = opportunity_check(pd.concat([tried([0.0] * 400), tried([100.0], pair=1)]))
        text = found.text.replace("\xa0", " ")
        assert text.startswith("Of 1 earlier opportunity, 0.")
        assert "were to come true and 100.0% did" in text
        assert text.endswith("0% of 1 account grew between low and high (80% promised).")
