"""The two lists of six accounts, the exceptions and treatments behind them, column by column."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose
from kamkit.choose.portfolio import described, to_assign
from kamkit.errors import ParameterError

NAN = float("nan")
ACCOUNTS = pd.DataFrame(
    {
        "account_id": list("abcdefghij"),
        "account_name": [f"Firm {name}" for name in "abcdefghij"],
        "revenue": [40.0, 20.0, 15.0, 5.0, 5.0, 5.0, 4.0, 3.0, 2.0, 1.0],
        "payment_days": [float(10 + n) for n in range(10)],
    }
)


def scored(accounts=ACCOUNTS, **weights):
    return choose.score(accounts, choose.data_criteria(accounts), weights or {"payment": 1})


@pytest.fixture(scope="module")
def scores():
    """The sooner an account pays, the better: the order is a to j."""
    return scored()


def changes(scores, n, accounts=ACCOUNTS, **tables) -> dict[str, str]:
    others = choose.ordinary_sales(scores, accounts, n, **tables)
    return others.set_index("account_id")["what_changes"].to_dict()


class TestKeyList:
    def test_every_table_adds_its_columns_and_the_order_is_that_of_the_list(self, scores):
        frames = {
            "treatment": pd.DataFrame({"account_id": ["b", "a"], "treatment": "shared"}),
            "assigned": pd.DataFrame(
                {"account_id": ["a"], "manager": "S1", "manager_reason": "keeps", "points": 1.0}
            ),
            "robust": pd.DataFrame({"account_id": ["a", "b"], "key_share": [1.0, 0.5]}),
            "reasons": pd.DataFrame({"account_id": ["b"], "reasons": "large", "against": ""}),
        }
        key = choose.key_accounts(scores, ACCOUNTS, 2, **frames)
        assert key["account_id"].tolist() == ["a", "b"]
        assert list(key)[:9] == [
            "rank",
            "account_id",
            "account_name",
            "treatment",
            "manager",
            "score",
            "key_share",
            "reasons",
            "against",
        ]
        assert key["manager"].tolist()[0] == "S1"
        assert pd.isna(key["manager"].tolist()[1])
        assert key["revenue"].tolist() == [40, 20]
        assert "points" not in key

    def test_an_account_twice_in_a_table_is_refused(self, scores):
        twice = pd.DataFrame({"account_id": ["a", "a"], "key_share": 1.0})
        with pytest.raises(ParameterError):
            choose.key_accounts(scores, ACCOUNTS, 2, robust=twice)

    def test_the_accounts_by_rank_have_their_facts(self, scores):
        found = choose.ranked(scores, ACCOUNTS.iloc[::-1])
        assert found["account_id"].tolist() == list("abcdefghij")
        assert found["revenue"].tolist() == ACCOUNTS["revenue"].tolist()
        assert list(found)[:3] == ["rank", "account_id", "score"]


class TestOthers:
    def test_without_worlds_the_next_five_are_the_reserve(self, scores):
        # one is key; b to f are next, and none of the others is among the largest
        assert changes(scores, 1) == {
            **dict.fromkeys("bcdef", "reserve"),
            **dict.fromkeys("ghij", "no_change"),
        }

    def test_the_next_five_are_of_those_that_can_be_chosen(self):
        accounts = ACCOUNTS.assign(profit=[9.0, -1.0, *[8.0 - n for n in range(8)]])
        found = changes(scored(accounts, profit=1), 1, accounts)
        assert found["b"] == "mend_terms"
        assert [name for name, code in found.items() if code == "reserve"] == list("cdefg")

    def test_a_quarter_of_the_worlds_is_enough_for_the_reserve(self, scores):
        robust = pd.DataFrame({"account_id": list("ghi"), "key_share": [0.25, 0.249, NAN]})
        found = changes(scores, 3, robust=robust)
        assert found["g"] == "reserve"
        assert found["h"] == found["i"] == "no_change"

    def test_the_largest_give_four_fifths_and_the_one_that_passes_them_is_in(self, scores):
        # 40, 60, 75 of 100, and d (first by its number of three alike) passes 80 exactly
        robust = pd.DataFrame({"account_id": ["a"], "key_share": 0.0})
        found = changes(scores, 1, robust=robust)
        assert [name for name, code in found.items() if code == "told_why"] == list("bcd")

    def test_what_is_credited_is_no_part_of_the_largest(self, scores):
        credit = ACCOUNTS.assign(revenue=[40.0, 20.0, 15.0, 5.0, 5.0, 5.0, 4.0, 3.0, 2.0, -500.0])
        robust = pd.DataFrame({"account_id": ["a"], "key_share": 0.0})
        # of 99 above zero: 79.2 are passed with d
        found = changes(scores, 1, credit, robust=robust)
        assert [name for name, code in found.items() if code == "told_why"] == list("bcd")

    def test_the_first_reason_that_holds_is_told(self, scores):
        late = ACCOUNTS.assign(
            rhythm_state=["late"] * 10, account_manager="S1", profit_year=[1.0] * 8 + [-1.0, 1.0]
        )
        robust = pd.DataFrame({"account_id": ["b"], "key_share": 0.9})
        managers = pd.DataFrame({"manager": ["S1"]})
        found = changes(scores, 1, late, robust=robust, managers=managers)
        assert found["i"] == "mend_terms"
        assert found["b"] == "reserve"
        assert set("cdefghj") == {name for name, code in found.items() if code == "call_now"}

    def test_a_salesperson_without_key_accounts_changes_nothing(self, scores):
        sold = ACCOUNTS.assign(account_manager=["S1", "S2"] * 5)
        robust = pd.DataFrame({"account_id": ["a"], "key_share": 0.0})
        found = changes(scores, 4, sold, robust=robust, managers=pd.DataFrame({"manager": ["S2"]}))
        assert [name for name, code in found.items() if code == "manager_shared"] == list("fhj")
        nobody = pd.DataFrame({"manager": pd.Series([], dtype="str")})
        assert set(changes(scores, 4, sold, robust=robust, managers=nobody).values()) == {
            "no_change"
        }

    def test_what_failed_is_not_shown_and_what_speaks_against_is(self, scores):
        told = pd.DataFrame({"account_id": ["c"], "reasons": "", "against": "late"})
        others = choose.ordinary_sales(scores, ACCOUNTS, 2, reasons=told)
        assert not {"eligible", "failed"} & set(others)
        assert others.loc[0, ["account_id", "against"]].tolist() == ["c", "late"]


class TestExceptions:
    def exceptions(self, yearly, pays=None, **how):
        accounts = ACCOUNTS.head(len(yearly)).assign(yearly_contribution=yearly)
        return choose.with_exceptions(scored(accounts), accounts, pays=pays, **how)

    def codes(self, found) -> list[str]:
        return found.table.set_index("account_id")["exception"].loc[list("abcd")].tolist()

    def test_a_share_that_is_just_reached_is_enough(self):
        found = self.exceptions([25.0, 25.0, 50.0, 0.0], keep_share=0.25)
        assert self.codes(found) == ["too_important"] * 3 + [""]
        found = self.exceptions([25.0, 25.0, 50.0, 0.0], keep_share=0.26)
        assert self.codes(found) == ["", "", "too_important", ""]
        assert found.table.set_index("account_id")["turn"].loc[list("abcd")].tolist() == [
            2,
            3,
            1,
            4,
        ]

    def test_what_is_not_known_or_lost_brings_no_share(self):
        found = self.exceptions([60.0, NAN, -900.0, 40.0], keep_share=0.5)
        brought = found.table.set_index("account_id")["share_brought"].loc[list("abcd")]
        assert brought.tolist() == pytest.approx([0.6, 0.0, 0.0, 0.4])

    def test_of_two_that_are_too_important_the_better_score_is_first(self):
        found = self.exceptions([1.0, 40.0, 1.0, 58.0], keep_share=0.3)
        assert choose.in_order(found)["account_id"].tolist() == ["b", "d", "a", "c"]

    def test_one_is_named_and_several_are_counted(self):
        one = self.exceptions([60.0, 10.0, 20.0, 10.0], keep_share=0.5)
        assert one.caveats[-1] == (
            "Firm a brings 50% or more of what all accounts bring, and is key whatever its score."
        )
        two = self.exceptions([45.0, 45.0, 5.0, 5.0], keep_share=0.4)
        assert two.caveats[-1].startswith("2 accounts bring 40% or more each")

    def test_treatments_that_do_not_pay_are_counted_where_they_are_looked_at(self):
        pays = pd.DataFrame(
            {
                "account_id": list("abcd"),
                "pays_best": ["shared", "ordinary", "ordinary", "ordinary"],
            }
        )
        found = self.exceptions([97.0, 1.0, 1.0, 1.0], pays, keep_share=0.5)
        assert "The treatment of 3 accounts is not expected to pay" in found.caveats[-1]
        quiet = self.exceptions([25.0, 25.0, 25.0, 25.0], keep_share=0)
        assert quiet.caveats == scored(ACCOUNTS.head(4)).caveats


class TestTreatment:
    @pytest.mark.parametrize("dedicated", [-1, 4])
    def test_a_number_of_teams_that_cannot_be_is_refused(self, scores, dedicated):
        with pytest.raises(ParameterError) as error:
            choose.assign_treatment(scores, 3, dedicated=dedicated)
        assert error.value.found == f"{dedicated} of 3"

    def test_all_may_have_a_team_and_none(self, scores):
        deep = choose.assign_treatment(scores, 3, dedicated=3)["treatment"].tolist()
        assert deep[:4] == ["dedicated"] * 3 + ["ordinary"]
        assert choose.assign_treatment(scores, 3)["treatment"].tolist()[:3] == ["shared"] * 3

    def test_teams_go_to_the_first_in_the_order_of_choice(self):
        # d is too important, so it is first although it pays last
        accounts = ACCOUNTS.head(4).assign(yearly_contribution=[1.0, 1.0, 1.0, 97.0])
        found = choose.with_exceptions(scored(accounts), accounts, keep_share=0.5)
        given = choose.assign_treatment(found, 2, dedicated=1).set_index("account_id")["treatment"]
        assert given.loc[list("abcd")].tolist() == ["shared", "ordinary", "ordinary", "dedicated"]

    def test_whom_managers_know_stands_beside_the_accounts(self, scores):
        treated = choose.treatments(choose.services_table())
        given = choose.assign_treatment(scores, 2)
        ties = pd.DataFrame(
            {"account_id": ["a", "a", "x"], "our_contact": ["S1", "S2", "S1"], "tie": [0.2, 0.8, 1]}
        )
        found = to_assign(ACCOUNTS, given, treated, ties=ties)
        assert found["ties"].tolist() == [{"S1": 0.2, "S2": 0.8}, {}]
        assert found["hours"].tolist() == [22.0, 22.0]
        assert "relationship" not in found

    def test_a_service_of_the_firm_counts_times_hours_and_cost_each_time(self, company):
        case = company(
            sales=pd.DataFrame({"Customer no": ["1"], "Date": ["2025-01-01"], "Amount": [5.0]}),
            services=pd.DataFrame(
                {
                    "service": ["visit", "gift"],
                    "treatment": ["shared", "shared"],
                    "quantity": [4, 2],
                    "hours": [3.0, None],
                    "cost": [50.0, 7.0],
                    "cost_per_hour": [100.0, None],
                }
            ),
        )
        table = choose.services_table(case)
        # 4 x 3 x 100 + 4 x 50; a gift takes no hour, so what an hour costs is not asked
        assert table["yearly_hours"].tolist() == [12, 0]
        assert table["yearly_cost"].tolist() == [1400, 14]
        assert choose.services_table(case, cost_per_hour=10)["yearly_cost"].tolist() == [320, 14]
        shared = choose.treatments(table).set_index("treatment").loc["shared"]
        assert shared.tolist() == [2, 12, 1414]


class TestDescribed:
    @pytest.fixture
    def case(self, company):
        # the first day and the last: 2024 has 366 days
        sales = pd.DataFrame(
            {
                "Customer no": ["1", "2"],
                "Date": ["2024-01-01", "2024-12-31"],
                "Amount": [100.0, 50.0],
            }
        )
        register = pd.DataFrame({"Customer no": ["2", "1"], "Industry": ["Fish", "Wood"]})
        return company(sales=sales, accounts=register)

    FACTS = pd.DataFrame({"account_id": ["1", "2"], "contribution": [36.6, 73.2]})

    def test_the_register_stands_beside_and_a_year_is_365_25_days(self, case):
        found = described(case, self.FACTS)
        assert found["industry"].tolist() == ["Wood", "Fish"]
        assert found["yearly_contribution"].tolist() == pytest.approx([36.525, 73.05])

    def test_profit_comes_before_contribution_and_without_either_nothing_is_told(self, case):
        found = described(case, self.FACTS.assign(profit=[3.66, 0.0]))
        assert found["yearly_contribution"].tolist() == pytest.approx([3.6525, 0.0])
        assert "yearly_contribution" not in described(case, self.FACTS[["account_id"]])

    def test_chains_tell_their_best_member_and_others_are_no_chain(self, case):
        chains = pd.DataFrame({"parent_id": ["2"], "best_member": ["B"], "only_as_whole": [True]})
        found = described(case, self.FACTS, chains=chains)
        assert found["only_as_whole"].tolist() == [False, True]
        assert found["best_member"].tolist()[1] == "B"

    def test_a_share_that_another_period_does_not_know_is_not_known(self):
        now = pd.DataFrame({"account_id": ["a", "b"], "revenue": 5.0, "profit_ratio": 0.5})
        then = pd.DataFrame({"account_id": ["a"], "revenue": [9.0], "profit_ratio": [0.1]})
        moved = choose.in_period(now, then)
        assert moved["revenue"].tolist() == [9, 0]
        assert moved["profit_ratio"].tolist()[0] == 0.1
        assert pd.isna(moved["profit_ratio"].tolist()[1])

    @pytest.mark.parametrize("margin", [1.0, -0.2, 25])
    def test_a_margin_lies_between_nothing_and_all(self, margin):
        with pytest.raises(ParameterError, match="share between 0 and 1"):
            choose.assumed_contribution(ACCOUNTS, margin=margin, days=365)
