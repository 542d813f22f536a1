"""What goes together: published examples, rules worked out on paper, and chance."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kamkit import grow, open_case
from kamkit.errors import MissingTable, ParameterError
from kamkit.periods import Period

# the five baskets of mlxtend's documentation, of which the published rules are made
BASKETS = [
    ["Milk", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"],
    ["Dill", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"],
    ["Milk", "Apple", "Kidney Beans", "Eggs"],
    ["Milk", "Unicorn", "Corn", "Kidney Beans", "Yogurt"],
    ["Corn", "Onion", "Kidney Beans", "Ice cream", "Eggs"],
]


def ledger(baskets) -> pd.DataFrame:
    rows = [(f"{n:03}", "2025-01-02", 10.0, item) for n, one in enumerate(baskets) for item in one]
    return pd.DataFrame(rows, columns=["account_id", "date", "amount", "category"])


@pytest.fixture(scope="module")
def five():
    return open_case(ledger(BASKETS))


def rule(table: pd.DataFrame, leader: str, follower: str) -> pd.Series:
    return table[(table["leader"] == leader) & (table["follower"] == follower)].iloc[0]


def counted(singles: dict[str, int], pairs: dict[str, int], baskets: int, **options):
    """Return the rules of counts; a pair is written as the names of both."""
    one = pd.DataFrame({"item": list(singles), "n": list(singles.values())})
    both = pd.DataFrame(
        [(pair[0], pair[1], n) for pair, n in pairs.items()], columns=["item", "other", "n"]
    )
    return grow.rules(one, both, baskets, **options)


class TestRules:
    def test_a_rule_and_its_opposite_worked_out_on_paper(self):
        # of ten baskets five have A, four have B, three have both
        table = counted({"A": 5, "B": 4}, {"AB": 3}, 10)
        names = ["leader_baskets", "follower_baskets", "both_baskets", "support_share"]
        names += ["confidence", "lift", "leverage", "conviction", "p_value"]
        chance = (4 * 15 + 1 * 6) / 252  # three or four of the four B among five of ten
        expected = [5, 4, 3, 0.3, 0.6, 1.5, 0.1, 1.5, chance]
        assert rule(table, "A", "B")[names].tolist() == pytest.approx(expected)
        expected = [4, 5, 3, 0.3, 0.75, 1.5, 0.1, 2.0, chance]
        assert rule(table, "B", "A")[names].tolist() == pytest.approx(expected)

    def test_the_share_of_false_rules_by_hand(self):
        # of 20 baskets: both in the same ten, in the same two, one in two of which one has both
        singles = {"A": 10, "B": 10, "C": 2, "D": 2, "E": 1, "F": 2}
        table = counted(singles, {"AB": 10, "CD": 2, "EF": 1}, 20, least=2)
        chances = {"A": 1 / 184756, "C": 1 / 190, "E": 2 / 20}
        # of six items there are fifteen pairs, the twelve without a basket too
        false = {"A": 15 / 184756, "C": 15 / 2 / 190, "E": 15 / 3 * 2 / 20}
        for leader, follower in ("AB", "CD", "EF"):
            for one in (rule(table, leader, follower), rule(table, follower, leader)):
                assert one["p_value"] == pytest.approx(chances[leader])
                assert one["q_value"] == pytest.approx(false[leader])
                assert one["holds"] == (leader != "E")

    def test_a_less_sure_rule_never_makes_a_surer_one_less_sure(self):
        # two of six pairs with a chance of 1 in 61: the first would be 6 in 61 by itself
        table = counted(dict.fromkeys("ABCD", 1), {"AB": 1, "CD": 1}, 61, least=1)
        assert table["q_value"].tolist() == pytest.approx([3 / 61] * 4)
        assert table["holds"].all()

    def test_pairs_that_are_not_there_were_tested_too(self):
        # a chance of 1 in 190 is sure alone, and among the 45 pairs of ten items it is not
        together = {"AB": 2}
        assert counted({"A": 2, "B": 2}, together, 20, least=2)["holds"].all()
        ten = counted(dict.fromkeys("ABCDEFGHIJ", 2), together, 20, least=2)
        assert ten["q_value"].tolist() == pytest.approx([45 / 190] * 2)
        assert not ten["holds"].any()

    @pytest.mark.parametrize(("baskets", "holds"), [(21, True), (19, False)])
    def test_one_false_rule_in_twenty_is_the_most_that_holds(self, baskets, holds):
        table = counted({"A": 1, "B": 1}, {"AB": 1}, baskets, least=1)
        assert table["q_value"].tolist() == pytest.approx([1 / baskets] * 2)
        assert table["holds"].tolist() == [holds] * 2

    @pytest.mark.parametrize(("least", "holds"), [(10, True), (11, False)])
    def test_a_rule_holds_from_the_least_number_of_baskets(self, least, holds):
        table = counted({"A": 10, "B": 10}, {"AB": 10}, 20, least=least)
        assert table["holds"].tolist() == [holds, holds]

    def test_ten_baskets_are_the_usual_least(self):
        assert counted({"A": 10, "B": 10}, {"AB": 10}, 20)["holds"].all()
        assert not counted({"A": 9, "B": 9}, {"AB": 9}, 20)["holds"].any()

    def test_items_that_avoid_each_other_do_not_hold(self):
        # 40 of 100 have A, 40 have B; ten have both where chance would give sixteen
        table = counted({"A": 40, "B": 40}, {"AB": 10}, 100)
        assert table["lift"].tolist() == pytest.approx([0.625, 0.625])
        assert not table["holds"].any()

    def test_what_holds_is_first_then_lift_then_confidence_then_names(self):
        singles = {"A": 20, "B": 20, "C": 10, "D": 20, "E": 1, "F": 1, "G": 20, "H": 20}
        pairs = {"GH": 20, "CD": 10, "AB": 20, "EF": 1}
        table = counted(singles, pairs, 60)
        order = (table["leader"] + table["follower"]).tolist()
        # E and F have the highest lift and do not hold; C is surer of D than D of C
        assert order == ["AB", "BA", "CD", "GH", "HG", "DC", "EF", "FE"]

    def test_followers_of_one_leader_as_strong_stand_by_name(self):
        table = counted(dict.fromkeys("ABCD", 10), {"AD": 10, "AC": 10, "AB": 10}, 20)
        assert (table["leader"] + table["follower"]).tolist()[:4] == ["AB", "AC", "AD", "BA"]

    def test_the_columns_are_those_that_are_told(self):
        assert list(counted({"A": 1, "B": 1}, {"AB": 1}, 2)) == [
            "leader",
            "follower",
            "leader_baskets",
            "follower_baskets",
            "both_baskets",
            "support_share",
            "confidence",
            "lift",
            "leverage",
            "conviction",
            "chance_baskets",
            "times_chance",
            "p_value",
            "q_value",
            "holds",
        ]

    def test_without_pairs_there_are_no_rules(self):
        assert counted({"A": 1}, {}, 1).empty

    def test_onion_and_eggs_are_as_published(self, five):
        table = grow.affinity(five, least=1).table
        names = ["support_share", "confidence", "lift", "leverage"]
        one = rule(table, "Onion", "Eggs")
        assert one[names].tolist() == pytest.approx([0.6, 1.0, 1.25, 0.12])
        assert one["conviction"] == np.inf
        other = rule(table, "Eggs", "Onion")
        assert other[[*names, "conviction"]].tolist() == pytest.approx([0.6, 0.75, 1.25, 0.12, 1.6])

    def test_the_chance_of_baskets_that_are_alike_is_that_of_fishers_exact_test(self):
        from scipy.stats import fisher_exact

        one = rule(counted({"O": 3, "E": 4}, {"OE": 3}, 5), "O", "E")
        # with both, with one, with the other, with neither
        expected = fisher_exact([[3, 0], [1, 1]], alternative="greater").pvalue
        assert one["p_value"] == pytest.approx(expected)

    def test_a_pair_bought_once_has_the_highest_lift_and_does_not_hold(self, five):
        table = grow.affinity(five, least=1).table
        assert table[table["leader"] == "Unicorn"]["lift"].max() == table["lift"].max()
        assert not table["holds"].any()

    def test_items_put_together_by_chance_do_not_hold(self):
        rng = np.random.default_rng(4)
        names = [f"G{i}" for i in range(8)]
        baskets = [[n for n in names if rng.random() < 0.4] or ["G0"] for _ in range(300)]
        table = grow.affinity(open_case(ledger(baskets))).table
        assert table["holds"].mean() < 0.06

    def test_returned_goods_are_not_bought(self):
        lines = ledger([["A", "B"], ["A"]])
        back = lines[lines["category"] == "B"].assign(amount=-10.0)
        case = open_case(pd.concat([lines, back]))
        with pytest.raises(MissingTable, match="No item"):
            grow.affinity(case, least=3)
        assert grow.affinity(case, least=1).table.empty

    def test_the_planted_pattern_is_the_strongest(self, fjordgross, answer_key):
        truth = answer_key["cross_sell"]
        table = grow.affinity(fjordgross).table
        assert {table["leader"][0], table["follower"][0]} == {truth["leader"], truth["follower"]}
        assert rule(table, truth["leader"], truth["follower"])["holds"]

    def test_other_baskets_are_refused(self, five):
        with pytest.raises(ParameterError, match="cannot be counted"):
            grow.affinity(five, baskets="day")

    def test_a_ledger_that_does_not_tell_items_says_so(self, cdnow):
        with pytest.raises(MissingTable, match="what was bought"):
            grow.affinity(cdnow)


class TestAffinity:
    def test_baskets_are_accounts_or_invoices(self):
        # one account buys A and B on two invoices, another both on one
        lines = pd.DataFrame(
            {
                "account_id": ["1", "1", "2", "2"],
                "invoice_id": ["F1", "F2", "F3", "F3"],
                "date": "2025-01-02",
                "amount": 10.0,
                "category": ["A", "B", "A", "B"],
            }
        )
        case = open_case(lines)
        by_account = grow.affinity(case, least=1)
        assert by_account.table["support_share"].tolist() == [1.0, 1.0]
        assert "2 accounts" in by_account.text
        by_invoice = grow.affinity(case, baskets="invoice", least=1)
        assert by_invoice.table["support_share"].tolist() == pytest.approx([1 / 3, 1 / 3])
        assert by_invoice.table["leader_baskets"].tolist() == [2, 2]
        assert "3 invoices" in by_invoice.text

    def test_an_item_that_few_buy_is_left_out_and_its_basket_counts(self):
        case = open_case(ledger([["A", "B"], ["A", "B"], ["A"], ["C"], ["C"]]))
        table = grow.affinity(case, least=2).table
        assert set(table["leader"]) == {"A", "B"}
        assert rule(table, "A", "B")["support_share"] == pytest.approx(2 / 5)
        assert set(grow.affinity(case, least=3).table["leader"]) == set()

    def test_ten_baskets_are_the_usual_least(self):
        baskets = [["A", "B"]] * 10 + [["C"]] * 9
        assert set(grow.affinity(open_case(ledger(baskets))).table["leader"]) == {"A", "B"}

    def test_a_purchase_of_half_a_krone_is_one(self):
        lines = ledger([["A", "B"]]).assign(amount=0.5)
        assert len(grow.affinity(open_case(lines), least=1).table) == 2

    def test_a_pair_of_groups_is_tested_however_few_and_one_of_products_is_not(self):
        lines = ledger([["A", "B"], ["A"], ["B"]])
        assert len(grow.affinity(open_case(lines), least=2).table) == 2
        case = open_case(lines.rename(columns={"category": "product_id"}))
        assert grow.affinity(case, items="product", least=2).table.empty
        assert len(grow.affinity(case, items="product", least=1).table) == 2

    def test_products_are_called_by_number_and_name(self):
        lines = ledger([["7", "8"], ["7", "8"]]).rename(columns={"category": "product_id"})
        lines["product_name"] = lines["product_id"].map({"7": "Drill", "8": None})
        table = grow.affinity(open_case(lines), items="product", least=1).table
        assert set(table["leader"]) == set(table["follower"]) == {"7 Drill", "8"}

    def test_a_purchase_outside_the_period_does_not_count(self):
        lines = ledger([["A", "B"], ["A"]])
        lines.loc[lines["category"] == "B", "date"] = "2025-06-01"
        period = Period(dt.date(2025, 1, 1), dt.date(2025, 3, 31))
        assert grow.affinity(open_case(lines), least=1, period=period).table.empty
        assert len(grow.affinity(open_case(lines), least=1).table) == 2

    def test_the_sentence_has_the_pairs_that_hold_and_the_strongest(self):
        baskets = [["A", "B"]] * 12 + [["C", "D"]] * 11 + [["D"]] * 5 + [["E"]] * 28
        found = grow.affinity(open_case(ledger(baskets)))
        # of 23 accounts with two items 12 have A and B: of those with A one in eleven by chance
        assert "56 accounts, 2 pairs" in found.text
        assert "who buy A, 100% buy B too, against 9% from breadth" in found.text
        assert found.caveats == ()

    def test_where_nothing_holds_the_sentence_says_so(self, five):
        assert "no two items go together more than by chance" in grow.affinity(five, least=1).text

    def test_bestsellers_are_explained(self):
        lines = ledger([["A", "B"]]).rename(columns={"category": "product_name"})
        found = grow.affinity(open_case(lines), items="bestseller", least=1)
        assert "products with most revenue" in found.caveats[0]

    @pytest.mark.parametrize("least", [0, -1])
    def test_fewer_than_one_basket_is_refused(self, five, least):
        with pytest.raises(ParameterError, match="least") as error:
            grow.affinity(five, least=least)
        assert error.value.found == str(least)
