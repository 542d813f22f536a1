"""What each account may buy next: closeness on paper, a hold-out by hand, and the real ledgers."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
import pytest

from kamkit import grow, open_case
from kamkit.errors import MissingTable, ParameterError
from kamkit.grow import _recommend
from kamkit.periods import Period


def ledger(baskets, date="2025-01-02") -> pd.DataFrame:
    rows = [(f"{n:03}", date, 10.0, item) for n, one in enumerate(baskets) for item in one]
    return pd.DataFrame(rows, columns=["account_id", "date", "amount", "category"])


def two_years(before: dict[str, str], after: dict[str, str]):
    """Open a ledger of 2024 and 2025 with what each account buys in each, a letter an item."""
    rows = [
        (account, date, 10.0, item)
        for year, date in ((before, "2024-01-01"), (after, "2025-12-31"))
        for account, items in year.items()
        for item in items
    ]
    return open_case(pd.DataFrame(rows, columns=["account_id", "date", "amount", "category"]))


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

    def test_many_accounts_and_items_are_the_same_as_a_few(self, monkeypatch):
        monkeypatch.setattr(_recommend, "_CELLS", 1_400 * 300)
        # more than one block of each: pairs of items, of which every second account buys one only
        baskets = [[f"A{n:04}", f"B{n:04}"][: 1 + n % 2] for n in range(700)]
        baskets += [[f"A{n:04}", f"B{n:04}"] for n in range(0, 700, 2)]
        named = grow.recommend(open_case(ledger(baskets)))
        assert len(named) == 350
        assert (named["item"] == "B0" + named["account_id"]).all()
        assert named["closeness"].round(6).unique().tolist() == [round(2**-0.5, 6)]

    def test_some_accounts_are_told_what_they_are_told_among_all(self):
        case = open_case(ledger([["A", "B"], ["A", "B", "C"], ["A"]]))
        every = grow.recommend(case)
        some = grow.recommend(case, of=["002", "not there"])
        expected = every[every["account_id"] == "002"].reset_index(drop=True)
        pd.testing.assert_frame_equal(some, expected)
        assert grow.recommend(case, of=[]).empty

    def test_of_too_many_items_those_that_most_buy_are_compared(self, monkeypatch):
        monkeypatch.setattr(_recommend, "MOST_ITEMS", 2)
        # A is bought by three, B and C by two: C is left out, as the later by name
        named = grow.recommend(open_case(ledger([["A", "B"], ["A", "B", "C"], ["A", "C"]])))
        assert named[["account_id", "item"]].to_numpy().tolist() == [["002", "B"]]

    def test_nothing_that_is_bought_already_is_recommended(self, fjordgross):
        named = grow.recommend(fjordgross, top=12)
        sales = fjordgross.sales
        sums = sales.group_by("account_id", "category").aggregate(amount=sales.amount.sum())
        own = sums.filter(sums.amount > 0).to_pandas().rename(columns={"category": "item"})
        assert named.merge(own, on=["account_id", "item"]).empty
        assert not named.duplicated(["account_id", "item"]).any()

    def test_returned_goods_are_not_bought(self):
        lines = ledger([["A", "B"], ["A"], ["A", "B"]])
        back = lines.query("account_id == '002' and category == 'B'").assign(amount=-10.0)
        named = grow.recommend(open_case(pd.concat([lines, back])))
        assert named["account_id"].tolist() == ["001", "002"]
        assert named["closeness"].round(6).tolist() == [round(3**-0.5, 6)] * 2

    def test_what_is_bought_often_counts_no_more_than_once(self):
        often = ledger([["A", "B"], ["A", "B", "C"], ["A"]])
        once = grow.recommend(open_case(often))
        more = pd.concat([often, often[often["category"] == "A"]], ignore_index=True)
        pd.testing.assert_frame_equal(once, grow.recommend(open_case(more)))

    def test_a_purchase_outside_the_period_does_not_count(self):
        lines = pd.concat([ledger([["A", "B"], ["A"]]), ledger([["A", "C"]], "2025-06-01")])
        case = open_case(lines)
        period = Period(dt.date(2025, 1, 1), dt.date(2025, 3, 31))
        assert grow.recommend(case, period=period)["item"].tolist() == ["B"]
        assert grow.recommend(case)["item"].tolist() == ["B", "C"]

    def test_products_have_their_names_and_groups_are_their_names(self):
        lines = ledger([["7", "8"], ["7"]]).rename(columns={"category": "product_id"})
        lines["product_name"] = lines["product_id"].map({"7": "Drill", "8": "Saw"})
        row = grow.recommend(open_case(lines), items="product").iloc[0]
        assert (row["item"], row["item_name"]) == ("8", "Saw")
        row = grow.recommend(open_case(ledger([["A", "B"], ["A"]]))).iloc[0]
        assert (row["item"], row["item_name"]) == ("B", "B")

    def test_five_are_named_where_nothing_else_is_asked(self):
        case = open_case(ledger([["A", *"BCDEFGH"], ["A"]]))
        assert grow.recommend(case)["item"].tolist() == list("BCDEF")
        assert grow.recommend(case, top=1)["item"].tolist() == ["B"]

    @pytest.mark.parametrize("question", [grow.recommend, grow.hold_out])
    def test_fewer_than_one_is_refused(self, question):
        with pytest.raises(ParameterError, match="top") as error:
            question(open_case(ledger([["A"]])), top=0)
        assert error.value.found == "0"

    def test_a_ledger_that_does_not_tell_items_says_so(self, cdnow):
        with pytest.raises(MissingTable, match="what was bought"):
            grow.recommend(cdnow)

    def test_a_period_without_purchases_says_so(self):
        period = Period(dt.date(2024, 1, 1), dt.date(2024, 1, 31))
        with pytest.raises(MissingTable, match="what was bought"):
            grow.recommend(open_case(ledger([["A"]])), period=period)


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

    def test_of_too_many_accounts_some_are_drawn_and_that_is_said(self, monkeypatch):
        monkeypatch.setattr(_recommend, "MOST_ACCOUNTS", 2)
        monkeypatch.setattr(_recommend, "MOST_ITEMS", 2)
        before = {"a": "A", "b": "B", "c": "C", "d": "ABC"}
        case = two_years(before, {"a": "B", "b": "A", "c": "A", "d": "A"})
        found, again = grow.hold_out(case), grow.hold_out(case)
        assert found.table["accounts"].tolist() == [2, 2]
        assert "2 accounts drawn from the 3 that began" in found.caveats[0]
        assert "Of 3 items the 2 that most accounts buy" in found.caveats[1]
        pd.testing.assert_frame_equal(found.table, again.table)

    @pytest.mark.proof
    def test_on_a_real_ledger_products_beat_the_most_popular(self, online_retail):
        found = grow.hold_out(online_retail, items="product", top=10)
        table = found.table.set_index("method")
        assert table.loc["by_affinity", "recall"] > table.loc["most_popular", "recall"]
        assert "beat the most popular" in found.text

    def test_bestsellers_of_a_real_ledger_are_told_and_beat_the_most_popular(self, online_retail):
        found = grow.hold_out(online_retail, items="bestseller")
        assert "products with most revenue" in found.caveats[0]
        table = found.table.set_index("method")
        assert table.loc["by_affinity", "recall"] > table.loc["most_popular", "recall"]

    def test_where_nobody_began_anything_the_reason_is_told(self):
        rows = [("1", "2024-01-01", 5.0, "A"), ("1", "2025-12-31", 5.0, "A")]
        frame = pd.DataFrame(rows, columns=["account_id", "date", "amount", "category"])
        with pytest.raises(MissingTable, match="began to buy"):
            grow.hold_out(open_case(frame))

    def test_the_shares_by_hand(self):
        # A is close to B, C to D; most buy A, then B, C, D; E is new, so nobody could name it
        before = {"a": "AB", "b": "AB", "c": "A", "d": "A", "e": "CD", "f": "C"}
        after = {"a": "A", "c": "ABDE", "d": "C", "f": "D", "new": "B"}
        table = grow.hold_out(two_years(before, after), top=1).table.set_index("method")
        assert table["accounts"].tolist() == [3, 3]  # c, d and f began to buy something known
        assert table["named"].tolist() == [1, 1]
        # named for c: B, of B and D; for d: B, not C; for f: D
        columns = ["hit_rate", "precision", "recall"]
        assert table.loc["by_affinity", columns].tolist() == pytest.approx([2 / 3, 2 / 3, 0.5])
        # most popular for c and d: B; for f: A
        assert table.loc["most_popular", columns].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 6])

    def test_precision_counts_what_is_named_and_not_what_could_be(self):
        # affinity has one item to name for each, the most popular two
        before = {"a": "AB", "b": "A", "c": "C"}
        found = grow.hold_out(two_years(before, {"b": "B"}), top=5)
        table = found.table.set_index("method")
        assert table["precision"].to_dict() == {"by_affinity": 1.0, "most_popular": 0.5}
        assert table["recall"].to_dict() == {"by_affinity": 1.0, "most_popular": 1.0}

    def test_items_as_popular_as_each_other_are_named_by_name(self):
        before = {"a": "XD", "b": "XC", "c": "XB", "d": "X"}
        table = grow.hold_out(two_years(before, {"d": "B"}), top=1).table.set_index("method")
        assert table.loc["most_popular", "recall"] == 1.0

    def test_where_the_most_popular_are_better_that_is_said(self):
        before = {f"z{n:02}": "Z" for n in range(40)} | {f"y{n:02}": "XY" for n in range(30)}
        before |= {f"x{n:02}": "X" for n in range(20)}
        found = grow.hold_out(two_years(before, {f"x{n:02}": "Z" for n in range(20)}), top=1)
        assert found.table["recall"].tolist() == [0.0, 1.0]
        assert "most popular are better: by 100.0 percentage points" in found.text

    def test_three_accounts_are_too_few_to_tell(self):
        # gains of 0, 0 and 1: three draws of three are all 1 in 1 of 27, all 0 in 8 of 27
        before = {"a": "AB", "b": "AB", "c": "A", "d": "A", "e": "CD", "f": "C"}
        after = {"c": "BD", "d": "C", "f": "D"}
        text = grow.hold_out(two_years(before, after), top=1).text
        assert "3 accounts began to buy something new (by product groups)" in text
        assert "1 recommendations for each name 50.0%, the 1 most popular 16.7%" in text
        assert "no difference to build on (95%: 0.0 to 100.0 percentage points)" in text

    def test_the_interval_is_that_of_a_share_of_a_hundred(self):
        # 20 of 100 begin B, which affinity names; the most popular is C, and nobody began it:
        # a gain of 20 points with a deviation of sqrt(0.2 x 0.8 / 100), so about 12 to 28
        before = {f"c{n:03}": "C" for n in range(200)} | {"ab": "AB", "d": "D"}
        before |= {f"g{n:02}": "A" for n in range(100)}
        case = two_years(before, {f"g{n:02}": "B" if n < 20 else "D" for n in range(100)})
        text = grow.hold_out(case, top=1).text
        assert "beat the most popular by 20.0 percentage points" in text
        low, high = map(float, re.search(r"95%: ([\d.]+) to ([\d.]+)", text).groups())
        assert (low, high) == pytest.approx((12.2, 27.8), abs=1.3)
        assert grow.hold_out(case, top=1).text == text
