"""Who matters, in numbers and in sentences: a few accounts, worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from kamkit import identify
from kamkit.case import open_case
from kamkit.errors import LedgerError, MissingTable, ParameterError
from kamkit.identify.concentration import effective_number, gini, hhi
from kamkit.periods import Period

NAN = float("nan")


def accounts(*amounts, **columns):
    ids = [f"{number:02}" for number in range(len(amounts))]
    return pd.DataFrame({"account_id": ids, "revenue": amounts, **columns})


def said(finding):
    return finding.text.replace("\xa0", " ")


class TestClasses:
    def test_ranks_and_running_shares_are_those_of_the_net_total(self):
        table = identify.classify(accounts(30.0, 80.0, -10.0))
        assert table["account_id"].tolist() == ["01", "00", "02"]
        assert table["rank"].tolist() == [1, 2, 3]
        # a net total of 100: the running share rises above it and comes back
        assert table["share"].tolist() == pytest.approx([0.8, 0.3, -0.1])
        assert table["cumulative_share"].tolist() == pytest.approx([0.8, 1.1, 1.0])
        assert table["cumulative_accounts"].tolist() == pytest.approx([1 / 3, 2 / 3, 1])
        assert table["at_or_below_zero"].tolist() == [False, False, True]
        assert table["abc_class"].tolist() == ["A", "B", "C"]

    def test_an_amount_of_nothing_is_in_the_last_class(self):
        table = identify.classify(accounts(100.0, 0.0), cuts=(0.5,))
        assert table["abc_class"].tolist() == ["A", "B"]
        assert table["at_or_below_zero"].tolist() == [False, True]

    def test_ties_go_by_number_and_old_ranks_are_replaced(self):
        table = identify.classify(accounts(5.0, 5.0, 5.0, rank=9, share=9.0).iloc[::-1])
        assert table["account_id"].tolist() == ["00", "01", "02"]
        assert table["rank"].tolist() == [1, 2, 3]
        assert "_by" not in table

    @pytest.mark.parametrize("cuts", [(), (0.9, 0.8), (0.8, 0.8), (0.0, 0.5), (0.5, 1.01)])
    def test_cuts_are_rising_shares(self, cuts):
        with pytest.raises(ParameterError, match="rising shares"):
            identify.classify(accounts(1.0), cuts=cuts)

    def test_a_cut_at_all_is_a_cut(self):
        assert identify.classify(accounts(9.0, 1.0), cuts=(1.0,))["abc_class"].tolist() == [
            "A",
            "A",
        ]

    def test_a_class_is_summed_up_with_its_smallest_and_largest(self):
        classes = identify.classify(
            accounts(50.0, 30.0, 15.0, 5.0, contribution=[1.0, 2.0, 3.0, 4.0])
        )
        table = identify.class_summary(classes).set_index("abc_class")
        assert table.loc["A"].to_dict() == {
            "accounts": 2,
            "share_accounts": 0.5,
            "revenue": 80.0,
            "share_revenue": 0.8,
            "smallest": 30.0,
            "largest": 50.0,
            "contribution": 3.0,
        }
        by_left = identify.class_summary(classes, by="contribution").set_index("abc_class")
        assert by_left.loc["A", "revenue"] == 3.0
        assert "contribution" not in by_left

    def test_what_is_not_kept_stays_with_ordinary_sales(self):
        classes = identify.classify(accounts(80.0, 15.0, 5.0))
        assert identify.ordinary_sales(classes)["account_id"].tolist() == ["01", "02"]
        kept = identify.ordinary_sales(classes, keep=("A", "B"))
        assert kept["account_id"].tolist() == ["02"]
        assert kept.index.tolist() == [0]


class TestObservedRule:
    def test_four_of_ten_accounts_give_four_fifths(self):
        frame = accounts(40.0, 20.0, 10.0, 10.0, 5.0, 5.0, 4.0, 3.0, 2.0, 1.0)
        found = identify.observed_rule(frame)
        assert found.table["accounts"].tolist() == [4, 2]
        assert found.table["share_accounts"].tolist() == [0.4, 0.2]
        assert found.table["share_revenue"].tolist() == [0.8, pytest.approx(0.6)]
        assert said(found) == (
            "40.0% of the accounts (4 of 10) give 80% of revenue; the top 20% (2 accounts) "
            "give 60.0%."
        )

    @pytest.mark.parametrize(("n", "top", "count"), [(11, 0.2, 3), (10, 0.2, 2), (3, 0.01, 1)])
    def test_the_top_share_is_rounded_up(self, n, top, count):
        found = identify.observed_rule(accounts(*[10.0] * n), top=top)
        assert found.table["accounts"].iloc[1] == count
        assert found.table["share_accounts"].iloc[1] == count / n

    def test_other_shares_may_be_asked_for(self):
        frame = accounts(50.0, 30.0, 15.0, 5.0)
        found = identify.observed_rule(frame, target=0.5, top=0.5)
        assert found.table["accounts"].tolist() == [1, 2]
        assert found.table["share_revenue"].tolist() == [0.5, pytest.approx(0.8)]

    def test_accounts_below_zero_are_counted_and_named(self):
        found = identify.observed_rule(accounts(90.0, 20.0, -5.0, -5.0, 0.0))
        assert (
            "3 accounts are at or below zero, −10 in all, and are counted, first 02, 03 and 04."
            in (found.caveats)
        )
        # of a net 100, 80 are reached with the first of five
        assert found.table["share_accounts"].iloc[0] == 0.2

    @pytest.mark.parametrize("share", [0.0, 1.0, 80.0, -0.1])
    def test_eighty_is_no_share(self, share):
        with pytest.raises(ParameterError, match="not a share"):
            identify.observed_rule(accounts(1.0), target=share)
        with pytest.raises(ParameterError, match="not a share"):
            identify.observed_rule(accounts(1.0), top=share)

    def test_accounts_that_sum_to_nothing_have_no_rule(self):
        with pytest.raises(LedgerError, match="revenue does not sum to more than zero"):
            identify.observed_rule(accounts(5.0, -5.0))


class TestSideBySide:
    def test_the_account_that_falls_furthest_is_named(self):
        frame = accounts(
            50.0, 31.0, 14.0, 5.0, contribution=[1.0, 6.0, 12.0, 1.0], account_name=[*"ABCD"]
        )
        found = identify.side_by_side(frame)
        assert said(found) == (
            "1 account is in class A by revenue and by contribution; 1 only by revenue, 1 only by "
            "contribution. A (00) falls furthest, from place 1 to 3."
        )
        assert found.table["class_revenue"].tolist() == ["A", "A", "B", "C"]
        assert found.table["account_name"].tolist() == [*"ABCD"]

    def test_where_nobody_falls_nobody_is_named(self):
        found = identify.side_by_side(accounts(50.0, 40.0, 10.0, contribution=[5.0, 4.0, 1.0]))
        assert "falls" not in found.text
        assert found.table["places_moved"].tolist() == [0, 0, 0]


class TestConcentration:
    def test_equal_accounts_are_even_and_one_alone_is_all(self):
        assert gini([5.0, 5.0, 5.0]) == pytest.approx(0)
        assert hhi([5.0]) == 10_000
        assert effective_number([3.0, 3.0, 3.0, 3.0]) == pytest.approx(4)
        # 1 and 3: half of the mean difference (1) over the mean (2) is a quarter
        assert gini([3.0, 1.0]) == pytest.approx(0.25)
        assert hhi([3.0, 1.0]) == 75**2 + 25**2

    @pytest.mark.parametrize("amounts", [[], [-1.0, 5.0], [0.0, 0.0]])
    def test_what_has_no_shares_is_refused(self, amounts):
        for measure in (gini, hhi):
            with pytest.raises(LedgerError, match="cannot be measured"):
                measure(amounts)

    def test_the_curve_begins_with_the_smallest(self):
        table = identify.lorenz(accounts(30.0, 10.0, -5.0, 60.0))
        assert table["cumulative_accounts"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
        assert table["cumulative_share"].tolist() == pytest.approx([0, 0.1, 0.4, 1])

    def test_losing_the_two_largest_in_words(self):
        frame = accounts(50.0, 30.0, 15.0, 5.0, contribution=[9.0, 8.0, 7.0, 6.0])
        found = identify.losing(frame, count=2, currency="EUR")
        assert found.table["contribution_lost"].tolist() == [17.0]
        assert said(found) == (
            "Without the 2 largest accounts (00 and 01) the total would be €80 lower (80.0%). "
            "The others would have to grow by 400.0% to make up for it. "
            "Contribution would fall by €17."
        )

    @pytest.mark.parametrize(
        ("profit", "told"),
        [
            (-30.0, ", by more: customer profit would rise by €30"),
            (5.0, ": customer profit would fall by €5"),
        ],
    )
    def test_losing_it_is_told_after_the_service_that_goes_with_it(self, profit, told):
        frame = accounts(60.0, 40.0, contribution=[9.0, 8.0], profit=[profit, 2.0])
        found = identify.losing(frame, currency="EUR")
        assert found.table["profit_lost"].tolist() == [profit]
        assert said(found).endswith(
            f"Contribution would fall by €9. Service and credit would fall too{told}."
        )

    def test_losing_everything_leaves_nobody_to_grow(self):
        found = identify.losing(accounts(50.0, -10.0))
        assert math.isnan(found.table["growth_needed"].iloc[0])
        assert said(found) == (
            "Without the largest account (00) the total would be 50 lower (125.0%)."
        )

    def test_one_small_account_may_bring_as_much(self):
        found = identify.losing(accounts(10.0, 10.0))
        assert "1 of the smallest accounts brings as much." in found.text
        three = identify.losing(accounts(10.0, 5.0, 4.0, 1.0))
        assert "It takes 3 of the smallest accounts to bring as much." in three.text

    def test_the_summary_reads_as_its_measures(self):
        found = identify.concentration_summary(
            accounts(60.0, 20.0, 20.0, -4.0), largest=(1, 2), currency="EUR"
        )
        # 60, 20, 20 of 100: HHI 3600 + 400 + 400; shares of the net 96
        assert said(found) == (
            "The largest account brings 62.5%, the 2 largest 83.3%: as concentrated as sales to "
            "2.3 equally large accounts."
        )
        values = dict(found.table.values.tolist())
        assert values["effective number of accounts"] == "2.3"
        assert values["share of the largest account"] == "62.5%"
        assert values["share of the 2 largest accounts"] == "83.3%"
        indices, caveat = found.caveats
        assert "Gini 0.27 (0: all alike" in indices
        assert "HHI 4,400 of 10,000" in indices
        assert caveat == (
            "1 account at or below zero is left out of the Gini coefficient and HHI; "
            "it sums to −€4."
        )
        assert len(identify.concentration_summary(accounts(1.0, 1.0)).caveats) == 1

    def test_many_equal_accounts_have_no_decimals(self):
        values = dict(identify.concentration_summary(accounts(*[1.0] * 20)).table.values.tolist())
        assert values["effective number of accounts"] == "20"
        assert values["Herfindahl–Hirschman index (HHI, 0–10 000)"] == "500"
        small = dict(identify.concentration_summary(accounts(*[1.0] * 2000)).table.values.tolist())
        assert small["Herfindahl–Hirschman index (HHI, 0–10 000)"] == "5.0"


class TestChains:
    FRAME = pd.DataFrame(
        {
            "account_id": ["a", "b", "c", "d"],
            "account_name": ["Alfa", "Beta", "Gamma", "Delta"],
            "parent_id": ["K", "K", None, "d"],
            "revenue": [20.0, 25.0, 40.0, 15.0],
            "invoiced": [30.0, 30.0, 40.0, 0.0],
            "credited": [-10.0, -5.0, 0.0, 0.0],
            "contribution": [5.0, 4.0, 8.0, 3.0],
            "credit_share": 9.0,
            "contribution_ratio": 9.0,
            "active_months": [3, 7, 12, 1],
            "first_date": pd.to_datetime(["2024-03-01", "2024-01-01", "2024-02-01", "2024-05-01"]),
            "last_date": pd.to_datetime(["2025-03-01", "2025-01-01", "2025-02-01", "2024-05-01"]),
        }
    )

    def test_a_chain_adds_up_and_keeps_its_first_and_last_day(self):
        table = identify.roll_up(self.FRAME).set_index("account_id")
        assert table.index.tolist() == ["K", "c", "d"]
        chain = table.loc["K"]
        assert (chain["members"], chain["revenue"], chain["contribution"]) == (2, 45.0, 9.0)
        assert chain["active_months"] == 7
        assert chain["first_date"] == pd.Timestamp("2024-01-01")
        assert chain["last_date"] == pd.Timestamp("2025-03-01")
        # 15 credited of 60 invoiced; 9 left of 45
        assert chain["credit_share"] == 0.25
        assert chain["contribution_ratio"] == 0.2
        assert math.isnan(table.loc["d", "credit_share"])
        assert table["account_name"].fillna("").to_dict() == {"K": "", "c": "Gamma", "d": "Delta"}

    def test_other_parents_may_be_given(self):
        table = identify.roll_up(self.FRAME, {"c": "d"})
        assert table["account_id"].tolist() == ["d", "b", "a"]
        assert table["members"].tolist() == [2, 1, 1]

    def test_a_chain_that_is_large_only_together_is_named(self):
        found = identify.chains(self.FRAME, cuts=(0.4, 0.95))
        row = found.table.iloc[0]
        # alone 40 of 100 is in A, with c; together 45 come first and reach the cut
        assert row[["parent_id", "members", "rank", "abc_class", "best_member"]].tolist() == [
            "K",
            2,
            1,
            "A",
            "B",
        ]
        assert said(found) == (
            "1 chain has two accounts or more; 1 is in class A only as a whole. The largest of "
            "them, K, is number 1 when its 2 accounts are counted together."
        )

    def test_a_chain_with_a_large_member_is_large_anyway(self):
        found = identify.chains(self.FRAME, cuts=(0.8, 0.95))
        assert found.table["only_as_whole"].tolist() == [False]
        assert said(found) == (
            "1 chain has two accounts or more; none is in class A only as a whole."
        )

    @pytest.mark.parametrize("parents", [None, ""])
    def test_without_a_parent_there_is_no_chain(self, parents):
        frame = self.FRAME.drop(columns="parent_id")
        frame = frame if parents is None else frame.assign(parent_id=None)
        with pytest.raises(MissingTable, match="No account has a parent"):
            identify.chains(frame)


class TestStability:
    def test_halves_of_a_year_are_warned_of_and_the_largest_change_comes_first(self):
        lines = pd.DataFrame(
            [
                ("a", "2025-01-01", 60.0),
                ("b", "2025-03-01", 30.0),
                ("a", "2025-07-01", 70.0),
                ("c", "2025-12-31", 80.0),
            ],
            columns=["account_id", "date", "amount"],
        )
        found = identify.stability(open_case(lines), cuts=(0.9, 0.95))
        assert found.table["account_id"].tolist() == ["c", "b", "a"]
        assert found.table["change"].tolist() == [80.0, -30.0, 10.0]
        assert found.table["revenue_before"].tolist() == [0.0, 30.0, 60.0]
        assert said(found) == (
            "Of 2 accounts in class A in Jan 2025 – Jun 2025, 1 (50%) is still there in "
            "Jul 2025 – Dec 2025; 1 bought nothing and 1 came in."
        )
        assert found.caveats[0].startswith("The periods are shorter than a year")

    def test_whole_years_have_no_season_to_be_warned_of(self):
        lines = pd.DataFrame(
            {"account_id": "a", "date": ["2024-01-01", "2025-12-31"], "amount": 5.0}
        )
        years = (Period("2024-01-01", "2024-12-31"), Period("2025-01-01", "2025-12-31"))
        found = identify.stability(open_case(lines), periods=years)
        assert found.caveats == ()
        assert found.table["change"].tolist() == [0.0]
