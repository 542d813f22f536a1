"""What goes together: published examples, chance, and a check on what came after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import grow, open_case
from kamkit.errors import MissingTable, ParameterError

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


class TestRules:
    def test_onion_and_eggs_are_as_published(self, five):
        table = grow.affinity(five, least=1).table
        names = ["support_share", "confidence", "lift", "leverage"]
        one = rule(table, "Onion", "Eggs")
        assert one[names].tolist() == pytest.approx([0.6, 1.0, 1.25, 0.12])
        assert one["conviction"] == np.inf
        other = rule(table, "Eggs", "Onion")
        assert other[[*names, "conviction"]].tolist() == pytest.approx([0.6, 0.75, 1.25, 0.12, 1.6])

    def test_the_chance_is_that_of_fishers_exact_test(self, five):
        from scipy.stats import fisher_exact

        one = rule(grow.affinity(five, least=1).table, "Onion", "Eggs")
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


class TestHoldOut:
    def test_what_always_goes_together_is_named(self):
        rows = []
        for n in range(60):
            pair = ("A", "B") if n % 2 else ("C", "D")
            rows.append((f"{n:03}", "2024-03-01", 5.0, pair[0]))
            rows.append((f"{n:03}", "2024-04-01" if n < 40 else "2025-04-01", 5.0, pair[1]))
            rows.append((f"{n:03}", "2025-06-01", 5.0, pair[0]))
        rows += [("000", "2024-01-01", 1.0, "C"), ("000", "2025-12-31", 1.0, "C")]
        frame = pd.DataFrame(rows, columns=["account_id", "date", "amount", "category"])
        found = grow.hold_out(open_case(frame), top=1)
        table = found.table.set_index("method")
        # twenty accounts took up the second of their pair; affinity knows which
        assert table.loc["by_affinity", "accounts"] == 20
        assert table.loc["by_affinity", "recall"] == 1.0
        assert table.loc["most_popular", "recall"] < 1.0
        assert "beat the most popular" in found.text

    def test_on_a_real_ledger_products_beat_the_most_popular(self, online_retail):
        found = grow.hold_out(online_retail, items="product", top=10)
        table = found.table.set_index("method")
        assert table.loc["by_affinity", "recall"] > table.loc["most_popular", "recall"]
        assert "beat the most popular" in found.text

    def test_derived_groups_are_told_and_the_baseline_is_not_always_beaten(self, online_retail):
        found = grow.hold_out(online_retail, items="word")
        assert "derived" in found.caveats[0]
        assert "no difference to build on" in found.text

    def test_nothing_that_is_bought_already_is_recommended(self, fjordgross):
        named = grow.recommend(fjordgross, top=12)
        sales = fjordgross.sales
        sums = sales.group_by("account_id", "category").aggregate(amount=sales.amount.sum())
        own = sums.filter(sums.amount > 0).to_pandas().rename(columns={"category": "item"})
        assert named.merge(own, on=["account_id", "item"]).empty
        assert not named.duplicated(["account_id", "item"]).any()

    def test_where_nobody_began_anything_the_reason_is_told(self):
        rows = [("1", "2024-01-01", 5.0, "A"), ("1", "2025-12-31", 5.0, "A")]
        frame = pd.DataFrame(rows, columns=["account_id", "date", "amount", "category"])
        with pytest.raises(MissingTable, match="began to buy"):
            grow.hold_out(open_case(frame))


class TestRecommend:
    def test_the_closeness_of_two_items_is_the_cosine_of_their_accounts(self):
        # A is bought by three accounts, B by two of them, C by another one of the two
        case = open_case(ledger([["A", "B"], ["A", "B", "C"], ["A"]]))
        named = grow.recommend(case).set_index(["account_id", "item"])
        assert named["closeness"].round(6).to_dict() == {
            ("000", "C"): round(1 / 3**0.5 + 1 / 2**0.5, 6),
            ("002", "B"): round(2 / 6**0.5, 6),
            ("002", "C"): round(1 / 3**0.5, 6),
        }
        assert named.loc["002", "place"].to_dict() == {"B": 1, "C": 2}

    def test_items_equally_close_stand_by_name(self):
        case = open_case(ledger([["A", "D"], ["A", "C"], ["A", "B"], ["A"]]))
        last = grow.recommend(case, top=2).query("account_id == '003'")
        assert last["item"].tolist() == ["B", "C"]
        assert last["closeness"].nunique() == 1

    def test_what_nobody_who_buys_alike_buys_is_not_named(self):
        case = open_case(ledger([["A", "B"], ["C", "D"], ["A"]]))
        assert grow.recommend(case)[["account_id", "item"]].to_numpy().tolist() == [["002", "B"]]

    def test_an_item_counts_for_its_49_nearest_alone(self):
        # L is bought with each of 50 others once; all are equally near, the last by name is left
        others = [f"X{n:02}" for n in range(50)]
        case = open_case(ledger([["L", one] for one in others] + [["L"]]))
        last = grow.recommend(case, top=60).query("account_id == '050'")
        assert last["item"].tolist() == others[:49]

    def test_many_accounts_and_items_are_the_same_as_a_few(self):
        # more than one block of each: pairs of items, of which every second account buys one only
        baskets = [[f"A{n:04}", f"B{n:04}"][: 1 + n % 2] for n in range(700)]
        baskets += [[f"A{n:04}", f"B{n:04}"] for n in range(0, 700, 2)]
        named = grow.recommend(open_case(ledger(baskets)))
        assert len(named) == 350
        assert (named["item"] == "B0" + named["account_id"]).all()
        assert named["closeness"].round(6).unique().tolist() == [round(2**-0.5, 6)]
