"""New customers: likeness on paper, what they may bring, and those of the practice company."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose, grow, identify
from kamkit.errors import MissingTable, ParameterError

ACCOUNTS = pd.DataFrame(
    {
        "account_id": [f"{n:02}" for n in range(20)],
        "industry": ["Fish"] * 5 + ["Wood"] * 15,
        "employees": [100.0] * 5 + [10.0] * 15,
    }
)
KEY = ["00", "01", "02", "03"]


def asked(**columns) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"prospect_id": [f"p{i:02}" for i in range(n)], **columns})


def accounts(**columns) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"{i}" for i in range(n)], **columns})


def look(prospects, known=ACCOUNTS, key=KEY, **options) -> pd.DataFrame:
    return grow.look_alikes(prospects, known, key, **options).table.set_index("prospect_id")


class TestLikeness:
    def test_it_is_the_share_of_accounts_that_are_less_alike(self):
        table = look(asked(industry=["Fish", "Wood"]))
        # fifteen of twenty are of wood; nobody is less like the key accounts than they
        assert table["likeness"].to_dict() == {"p00": 0.75, "p01": 0.0}

    def test_a_trait_that_is_unknown_or_new_speaks_neither_for_nor_against(self):
        table = look(asked(industry=["Oil", None]))
        assert table["likeness"].tolist() == [0.75, 0.75]

    def test_a_trait_counts_by_how_much_more_often_key_accounts_have_it(self):
        # key: both of North, one of two of Fish; all: North 3 of 8, Fish 2 of 8
        known = accounts(
            industry=["Fish", "Wood", "Fish", "Wood", "Wood", "Wood", "Wood", "Wood"],
            region=["North", "North", "North", "South", "South", "South", "South", "South"],
        )
        table = look(asked(industry=["Wood", "Fish"], region=["North", "South"]), known, ["0", "1"])
        # smoothed by one: North (2 + 3/8) / 3 by 3/8 is 2.11, South (5/8) / 3 by 5/8 is 0.33,
        # Fish (1 + 1/4) / 3 by 1/4 is 1.67, Wood (1 + 3/4) / 3 by 3/4 is 0.78
        # Wood in the North 1.64, Fish in the South 0.56; the accounts: 3.52, 1.64, 3.52, 0.26 x 5
        assert table["likeness"].to_dict() == {"p00": 5 / 8, "p01": 5 / 8}
        north = look(asked(region=["North", "South"]), known, ["0", "1"])
        assert north["likeness"].to_dict() == {"p00": 5 / 8, "p01": 0.0}

    def test_one_key_account_is_smoothed_so_that_the_others_are_not_impossible(self):
        # Fish (1 + 1/3) / 2 by 1/3 is 2, Wood (0 + 2/3) / 2 by 2/3 is 0.5;
        # North (0 + 2/3) / 2 by 2/3 is 0.5, South (1 + 1/3) / 2 by 1/3 is 2
        known = accounts(industry=["Fish", "Wood", "Wood"], region=["South", "North", "North"])
        table = look(asked(industry=["Fish"], region=["North"]), known, ["0"])
        # 2 x 0.5 is more than 0.5 x 0.5 of two of the three
        assert table["likeness"].tolist() == pytest.approx([2 / 3])

    def test_size_counts_on_a_logarithmic_scale(self):
        # key accounts have 100 and 400 (200 in the middle), the others 10 and 40 (20 in the middle)
        known = accounts(employees=[100.0, 400.0, 10.0, 40.0])
        table = look(asked(employees=[64.0, 62.0, 300.0]), known, ["0", "1"])
        # the curves cross where both are as near: at the root of 20 x 200, which is 63.2
        assert table["likeness"].to_dict() == {"p00": 0.5, "p01": 0.5, "p02": 0.75}
        order = look(asked(employees=[39.0, 41.0, 101.0, 99.0]), known, ["0", "1"])["likeness"]
        assert order.to_dict() == {"p00": 0.25, "p01": 0.5, "p02": 0.75, "p03": 0.5}

    def test_the_size_of_a_narrow_group_is_not_taken_for_a_law(self):
        # all three key accounts have 100; a quarter of the spread of all is the least
        known = accounts(employees=[100.0, 100.0, 100.0, 10.0, 1000.0, 20.0, 500.0])
        table = look(asked(employees=[100.0, 110.0, 1000.0]), known, ["0", "1", "2"])
        assert table["likeness"].to_dict() == {"p00": 4 / 7, "p01": 4 / 7, "p02": 0.0}

    @pytest.mark.parametrize("employees", [[100.0, None, 10.0, 40.0], [100.0, 400.0, 10.0, 0.0]])
    def test_the_size_of_one_account_is_no_size_of_a_group(self, employees):
        table = look(asked(employees=[100.0, 10.0]), accounts(employees=employees), ["0", "1"])
        assert table["likeness"].tolist() == [0.0, 0.0]

    def test_a_prospect_of_unknown_size_is_compared_by_the_rest(self):
        table = look(asked(industry=["Fish", "Wood"], employees=[None, 0.0]))
        # the fifteen of wood are small, which speaks against them and not against the prospect
        assert table["likeness"].tolist() == [0.75, 0.75]


class TestValue:
    def test_it_is_spend_by_share_by_win_rate(self):
        table = look(asked(industry=["Fish"], estimated_spend=[1000.0]))
        assert table["assumed_value"].tolist() == pytest.approx([30.0])
        table = look(asked(industry=["Fish"], estimated_spend=[1000]), share=0.5, win_rate=0.2)
        assert table["assumed_value"].tolist() == pytest.approx([100.0])
        assert table["spend_basis"].tolist() == ["given"]

    def test_unknown_spend_is_estimated_by_the_employees_of_the_segment(self):
        known = accounts(
            segment=["R", "R", "R", "W"],
            employees=[10.0, 10.0, 10.0, 0.0],
            yearly_revenue=[100.0, 300.0, 900.0, 50.0],
        )
        prospects = asked(
            segment=["R", "W", "R", "R"],
            employees=[4.0, 4.0, 4.0, None],
            estimated_spend=[None, None, 70.0, None],
        )
        table = look(prospects, known, ["0"], share=0.5)
        # 30 a head in the middle, half of the wallet; W tells nothing, so all stand in for it
        assert table["estimated_spend"].dropna().to_dict() == {"p00": 240, "p01": 240, "p02": 70}
        assert table["spend_basis"]["p02"] == "given"
        assert table["spend_basis"][["p00", "p01", "p03"]].tolist() == ["employees"] * 3

    def test_each_segment_has_its_own_middle(self):
        known = accounts(segment=["R", "W"], employees=[10.0, 10.0], yearly_revenue=[100.0, 500.0])
        table = look(asked(segment=["R", "W"], employees=[1.0, 1.0]), known, ["0"], share=0.5)
        assert table["estimated_spend"].to_dict() == {"p00": 20, "p01": 100}

    def test_without_segments_the_middle_is_that_of_all(self):
        known = accounts(employees=[10.0, 10.0, 10.0], yearly_revenue=[100.0, 300.0, 900.0])
        table = look(asked(employees=[1.0]), known, ["0"], share=0.5)
        assert table["estimated_spend"].tolist() == [60]

    def test_without_yearly_revenue_nothing_is_guessed(self):
        assert look(asked(industry=["Fish"], employees=[9.0]))["estimated_spend"].isna().all()
        assert look(asked(industry=["Fish"]))["assumed_value"].isna().all()


class TestHunt:
    def test_the_first_ten_are_met_the_next_twenty_invited(self):
        n = 35
        table = look(asked(industry=["Fish"] * n, estimated_spend=[float(n - i) for i in range(n)]))
        assert table.index.tolist() == [f"p{i:02}" for i in range(n)]
        assert table["hunt"].tolist() == (
            ["hunt_first"] * 10 + ["hunt_next"] * 20 + ["leave_be"] * 5
        )
        steps = table.groupby("hunt")["next_step"].unique().map(list).to_dict()
        assert steps == {
            "hunt_first": ["step_meet"],
            "hunt_next": ["step_invite"],
            "leave_be": ["step_answer"],
        }

    def test_who_is_less_alike_than_half_takes_no_place(self):
        known = accounts(industry=["Fish"] * 6 + ["Wood"] * 2 + ["Iron"] * 2)
        key = [f"{n}" for n in range(6)]
        # six of ten are of fish; wood and iron are behind none of the others
        prospects = asked(
            industry=["Iron"] + ["Fish"] * 11, estimated_spend=[9e9] + [float(n) for n in range(11)]
        )
        table = look(prospects, known, key)
        assert table["likeness"].unique().tolist() == pytest.approx([0.4, 0.0])
        assert set(table["hunt"]) == {"leave_be"}
        # of half the accounts or more: all eleven, and the giant of iron is left
        table = look(prospects, accounts(industry=["Fish"] * 5 + ["Iron"] * 5), key[:5])
        assert table["hunt"].value_counts().to_dict() == {
            "hunt_first": 10,
            "hunt_next": 1,
            "leave_be": 1,
        }
        assert table["hunt"]["p00"] == "leave_be"

    def test_the_order_is_likeness_by_value_then_likeness_then_number(self):
        prospects = asked(
            industry=["Wood", "Fish", "Fish", "Wood", "Fish"],
            estimated_spend=[900.0, 100.0, 100.0, None, 200.0],
        )
        assert look(prospects).index.tolist() == ["p04", "p01", "p02", "p00", "p03"]

    def test_the_columns_that_are_known_are_kept(self):
        prospects = asked(name=["Ask"], industry=["Fish"], employees=[9.0], contact=["Eva"])
        table = look(prospects)
        assert table.loc["p00", ["name", "industry", "employees"]].tolist() == ["Ask", "Fish", 9.0]
        assert "contact" not in table


class TestWords:
    def test_the_reasons_are_the_traits_the_size_and_the_spend(self):
        known = ACCOUNTS.assign(region="North", yearly_revenue=100.0)
        prospects = asked(
            industry=["Fish", "Wood", "Oil"],
            region=["North", "South", None],
            employees=[90, 1, None],
            estimated_spend=[1000.0, None, None],
        )
        reasons = look(prospects, known, currency="NOK")["reasons"]
        assert reasons["p00"] == (
            "4 key accounts of Fish; 4 key accounts of North; 90 employees; "
            "thought to spend NOK\u00a01,000"
        )
        # 10 a head in the middle of 20 accounts, a third of the wallet
        assert reasons["p01"] == "1 employee; may spend NOK\u00a033, by its employees"
        assert reasons["p02"] == ""

    def test_the_sentence_names_the_first_three_and_their_worth(self):
        prospects = asked(
            name=list("ABCDE"),
            industry=["Fish"] * 4 + ["Wood"],
            estimated_spend=[4e6, 3e6, 2e6, 1e6, 9e6],
        )
        found = grow.look_alikes(prospects, ACCOUNTS, KEY, currency="NOK")
        for part in ("4 prospects", "A, B and C", "NOK\u00a0300,000"):
            assert part in found.text

    def test_prospects_without_a_name_go_by_their_numbers(self):
        found = grow.look_alikes(asked(industry=["Fish"]), ACCOUNTS, KEY)
        assert "p00" in found.text

    def test_where_none_is_alike_that_is_said(self):
        text = grow.look_alikes(asked(industry=["Wood"]), ACCOUNTS, KEY).text
        assert text.startswith("None of 1 prospect ")

    def test_assumptions_and_estimates_are_reserved(self):
        found = grow.look_alikes(asked(industry=["Fish"], estimated_spend=[5.0]), ACCOUNTS, KEY)
        assert found.caveats == (found.caveats[0],)
        assert "30% of the spend" in found.caveats[0]
        assert "10% of the prospects" in found.caveats[0]
        found = grow.look_alikes(asked(industry=["Fish", "Fish"]), ACCOUNTS, KEY)
        assert "2 prospects" in found.caveats[1]


class TestRefusals:
    @pytest.mark.parametrize(
        "given", [{"share": 0}, {"share": -0.1}, {"share": 1.1}, {"win_rate": 0}, {"win_rate": 2}]
    )
    def test_assumptions_that_are_no_shares_are_refused(self, given):
        with pytest.raises(ParameterError, match="shares between") as error:
            look(asked(industry=["Wood"]), **given)
        assert str(next(iter(given.values()))) in error.value.found

    def test_the_whole_wallet_and_every_prospect_are_shares(self):
        table = look(asked(industry=["Fish"], estimated_spend=[7.0]), share=1, win_rate=1)
        assert table["assumed_value"].tolist() == [7.0]

    def test_no_trait_in_common_is_told(self):
        for prospects in (asked(name=["X"]), asked(region=["North"])):
            with pytest.raises(MissingTable, match="no trait"):
                look(prospects)

    def test_a_trait_that_is_empty_everywhere_is_no_trait(self):
        with pytest.raises(MissingTable, match="no trait"):
            look(asked(region=["North"]), accounts(region=[None, None]), ["0"])

    @pytest.mark.parametrize("key", [[], ["nobody"]])
    def test_without_key_accounts_there_is_nothing_to_compare_with(self, key):
        with pytest.raises(MissingTable, match="no key accounts"):
            look(asked(industry=["Wood"]), key=key)

    def test_without_prospects_there_is_nothing_to_rank(self):
        with pytest.raises(MissingTable, match="no prospects"):
            look(asked(industry=["Wood"]).head(0))


def test_the_practice_company_has_prospects_to_hunt(fjordgross):
    facts = choose.described(fjordgross, identify.account_facts(fjordgross))
    key = facts["account_id"].head(20)
    known = facts.assign(yearly_revenue=facts["revenue"] / 3)
    table = grow.look_alikes(fjordgross.table("prospects"), known, key).table
    assert len(table) == 120
    first = table[table["hunt"] == "hunt_first"]
    assert len(first) == 10
    assert first["assumed_value"].min() >= table["assumed_value"].median()
    assert (table["spend_basis"] == "employees").sum() == 16
    assert (first["next_step"] == "step_meet").all()
