"""How many key accounts: every limit by itself, the sentence it gives, and the warnings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.choose import cuts, guard, suggest
from kamkit.choose._cuts import covered_of
from kamkit.errors import ParameterError


def ranked(*amounts: float, **columns) -> pd.DataFrame:
    ids = [f"{i:03}" for i in range(len(amounts))]
    return pd.DataFrame({"account_id": ids, "revenue": amounts, **columns})


ALIKE = ranked(*[10.0] * 300)
PAYS = pd.Series([1.0] * 300)


class TestTable:
    def test_the_last_row_that_is_shown_still_knows_the_account_behind_it(self):
        table = cuts(ranked(60.0, 30.0, 10.0), most=2)
        assert table["key_accounts"].tolist() == [1, 2]
        assert table["next_adds"].tolist() == pytest.approx([0.3, 0.1])

    def test_hours_that_just_suffice_do(self):
        assert cuts(ranked(2.0, 1.0), hours_each=10, hours=20)["feasible"].tolist() == [True, True]
        assert cuts(ranked(2.0, 1.0), hours_each=10, hours=19)["feasible"].tolist() == [True, False]
        assert cuts(ranked(2.0, 1.0), hours_each=0, hours=0)["feasible"].tolist() == [True, True]
        assert cuts(ranked(2.0, 1.0), hours_each=1e9)["feasible"].tolist() == [True, True]

    def test_hours_below_zero_are_refused_also_of_one_account(self):
        for given in (
            {"hours_each": [5.0, -1.0]},
            {"hours_each": -1},
            {"hours_each": 5, "hours": -1},
        ):
            with pytest.raises(ParameterError) as error:
                cuts(ranked(2.0, 1.0), **given)
            assert error.value.found == "sizes 2, hours −1.0"
        # hours of one account are not those of two
        with pytest.raises(ParameterError) as error:
            cuts(ranked(2.0, 1.0), hours_each=[5.0])
        assert error.value.found == "sizes 2, hours 1"

    def test_two_hundred_numbers_are_shown_where_nothing_else_is_asked_for(self):
        assert cuts(ALIKE)["key_accounts"].max() == 200

    def test_what_takes_no_hours_has_no_value_for_each(self):
        assert cuts(ranked(2.0, 1.0))["value_per_hour"].isna().all()
        table = cuts(ranked(60.0, 30.0), hours_each=[20.0, 10.0])
        assert table["value_per_hour"].tolist() == [3.0, 3.0]

    def test_an_amount_that_is_not_known_counts_as_nothing(self):
        table = cuts(ranked(60.0, np.nan, 40.0))
        assert table["share_covered"].tolist() == pytest.approx([0.6, 0.6, 1.0])
        assert table["next_adds"].tolist() == pytest.approx([0.0, 0.4, 0.0])

    @pytest.mark.parametrize(
        ("columns", "by", "words"),
        [
            ({}, "revenue", "revenue"),
            ({"yearly_contribution": 1.0}, "yearly_contribution", "the contribution of all that"),
            ({"profit_year": 3.0}, "profit_year", "the customer profit earned in the last twelve"),
            ({"revenue_year": 3.0}, "revenue_year", "revenue in the last twelve months"),
            ({"profit": 3.0}, "revenue", "revenue"),
        ],
    )
    def test_what_the_shares_are_of_is_said(self, columns, by, words):
        assert covered_of(cuts(ranked(1.0, **columns), by=by)).startswith(words)


class TestLimits:
    def test_the_smallest_limit_binds_and_all_are_listed(self):
        table = cuts(ALIKE, hours_each=20, hours=410)
        found = suggest(table, accounts=300, returns=PAYS, managers=4, places=22.0)
        # 410 hours of 20; seven for each of four; 22 places; a fifth of 300; 35 by practice
        assert found.table.set_index("limit")["key_accounts"].to_dict() == {
            "practice": 35,
            "fifth": 60,
            "hours_limit": 20,
            "managers_limit": 28,
            "places_limit": 22,
            "returns_end": 300,
        }
        assert found.table.loc[found.table["binds"], "limit"].tolist() == ["hours_limit"]
        assert (found.low, found.suggested, found.high) == (15, 20, 20)

    @pytest.mark.parametrize(
        ("given", "n", "reason"),
        [
            ({"places": 12.0}, 12, "the managers take no more accounts"),
            ({"managers": 2}, 14, "a manager can look after about 7"),
            ({}, 35, "firms do well with 15 to 35"),
            ({"accounts": 100}, 20, "more than a fifth of the accounts cannot all be special"),
            ({"places": 14.0, "managers": 2}, 14, "take no more accounts and a manager can look"),
        ],
    )
    def test_the_limit_that_binds_is_the_reason(self, given, n, reason):
        found = suggest(cuts(ALIKE), **{"accounts": 300, "returns": PAYS, **given})
        assert found.suggested == n
        assert reason in found.text
        assert found.text.count(" look after about ") == ("managers" in given)

    def test_a_fifth_of_few_accounts_is_at_least_one(self):
        assert suggest(cuts(ranked(3.0, 2.0, 1.0)), accounts=3).suggested == 1
        # nine: a fifth is 1.8, not two
        assert suggest(cuts(ranked(*[1.0] * 9)), accounts=9).suggested == 1

    def test_where_all_that_can_be_chosen_are_the_reason_is_that_there_are_no_more(self):
        three = cuts(ranked(5.0, 4.0, 3.0))
        for returns in (None, pd.Series([1.0, 1.0, 1.0])):
            found = suggest(three, accounts=100, returns=returns)
            assert found.suggested == 3
            assert found.text.endswith("The reason: there are no more that can be chosen.")

    def test_rows_that_are_cut_off_are_no_limit_of_accounts(self):
        found = suggest(cuts(ALIKE, most=20), accounts=300, returns=PAYS)
        assert "accounts_limit" not in found.table["limit"].tolist()
        assert found.suggested == 20

    def test_as_many_as_are_too_important_but_no_more_than_the_limit(self):
        few = pd.Series([1.0, 1.0, *[-1.0] * 50])
        assert suggest(cuts(ALIKE), accounts=300, returns=few, kept=9).suggested == 9
        assert suggest(cuts(ALIKE), accounts=300, returns=few, kept=1).suggested == 2
        assert suggest(cuts(ALIKE), accounts=300, returns=few, kept=50).suggested == 35

    def test_the_returns_may_fall_and_rise_again(self):
        # 5, 3, 2, 6: four bring most; what is not known changes nothing
        found = suggest(cuts(ALIKE), accounts=300, returns=pd.Series([5.0, -2.0, -1.0, 4.0, None]))
        assert found.suggested == 4


class TestSentence:
    def test_number_share_next_range_and_reason(self):
        # 100 accounts alike: a fifth is 20, and each is one per cent
        found = suggest(cuts(ALIKE.head(100)), accounts=100, returns=PAYS)
        assert found.text == (
            "Suggested: 20 key accounts, covering 20.0% of revenue; one more would add 1.0%. A "
            "range to discuss is 15 to 20. The reason: more than a fifth of the accounts cannot "
            "all be special."
        )

    def test_one_account_is_told_as_one_and_a_range_of_one_is_none(self):
        found = suggest(cuts(ranked(80.0, 20.0)), accounts=2)
        assert found.text == (
            "Suggested: 1 key account, covering 80.0% of revenue; one more would add 20.0%. "
            "The reason: more than a fifth of the accounts cannot all be special."
        )

    def test_a_curve_that_flattens_gives_its_reason(self):
        # 20 of ten each and a tail of one: beyond 20 the next five bring a tenth of the mean
        long = ranked(*[10.0] * 20, *[1.0] * 200)
        found = suggest(cuts(long), accounts=220)
        # beyond 17 they bring 3 x 10 and 2 x 1, 6.4 on average; beyond 18 it is 4.6
        assert found.suggested == 18
        assert "add less than half of what one does so far" in found.text

    def test_five_accounts_ahead_are_looked_at(self):
        # behind 20 of ten each one is credited: beyond 17 five bring 28, and six would bring 27
        found = suggest(cuts(ranked(*[10.0] * 20, *[-1.0] * 200)), accounts=220)
        assert found.suggested == 18

    def test_a_given_number_is_told_and_cannot_pass_what_there_is(self):
        found = suggest(cuts(ranked(*[1.0] * 30)), accounts=100, returns=PAYS, given=99)
        assert found.suggested == 30
        assert found.text.endswith("Chosen is another number: 30.")
        # the range and the reason stay those of the suggestion
        assert "Suggested: 20 key accounts" in found.text

    def test_a_given_number_that_is_too_large_is_warned_of(self):
        found = suggest(cuts(ALIKE), accounts=300, returns=PAYS, managers=9, given=64)
        assert found.suggested == 64
        assert len(found.caveats) == 3


class TestGuard:
    def warned(self, n, accounts=10_000, managers=None) -> bool:
        return bool(guard(n, accounts=accounts, managers=managers))

    def test_fifty_are_not_yet_too_many(self):
        assert not self.warned(50)
        assert self.warned(51)

    def test_seven_for_each_manager_are_not_too_many(self):
        assert not self.warned(14, managers=2)
        assert self.warned(15, managers=2)
        assert not self.warned(15, managers=0)

    def test_a_fifth_and_one_are_not_too_many_and_nine_accounts_say_nothing(self):
        assert not self.warned(3, accounts=10)
        assert self.warned(4, accounts=10)
        assert not self.warned(9, accounts=9)

    def test_the_warnings_have_their_numbers(self):
        many, each, share = guard(60, accounts=200, managers=8)
        assert many.startswith("60 key accounts are many: firms do well with 15 to 35")
        assert each.startswith("60 key accounts for 8 managers are 7.5 for each")
        assert share.startswith("60 of 200 accounts are 30%")
