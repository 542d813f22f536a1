"""What a chain is called, who leads it, and how its register is made, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.case import as_chains
from kamkit.case.chains import chain_of

SALES = pd.DataFrame(
    {
        "account_id": ["01", "02", "03", "09"],
        "date": ["2025-01-02"] * 4,
        "amount": [100.0, 300.0, -50.0, 40.0],
    }
)
REGISTER = pd.DataFrame(
    {
        "account_id": ["01", "02", "03", "09"],
        "name": ["Ask Bygg Oslo", "ASK bygg Bergen", "Ask Bygg", "Eik"],
        "parent_id": ["A", "A", "A", None],
        "industry": ["Bygg", "Industri", "Bygg", "Fiske"],
        "region": ["Øst", None, "Vest", "Nord"],
        "employees": [10, 20, None, 5],
        "since": ["2020-05-01", "2018-03-01", None, "2019-01-01"],
        "payment_days": [10, 30, 99, 14],
    }
)


@pytest.fixture
def chains(company):
    """Return a function that opens sales and a register and counts chains as one account."""

    def opened(register=REGISTER, sales=SALES):
        return as_chains(company(sales=sales, accounts=register))

    return opened


@pytest.fixture
def row(chains):
    return chains().table("accounts").set_index("account_id").loc["A"]


class TestTheRegister:
    def test_accounts_outside_a_chain_stay_as_one_member_each(self, chains):
        table = chains().table("accounts")
        assert table["account_id"].tolist() == ["09", "A"]
        assert table["members"].tolist() == [1, 3]
        assert table.loc[0, "name"] == "Eik"

    def test_the_name_is_what_all_names_begin_with_whatever_their_capitals(self, row):
        assert row["name"] == "Ask Bygg"

    def test_words_are_those_of_the_largest_account_that_has_one(self, row):
        assert row["industry"] == "Industri"  # of 02, with 300
        assert row["region"] == "Øst"  # 02 has none; 01 is next

    def test_employees_are_added_and_the_first_day_is_the_chains(self, row):
        assert row["employees"] == 30
        assert row["since"] == pd.Timestamp("2018-03-01")

    def test_days_to_payment_are_weighted_by_what_was_bought(self, row):
        # (10 x 100 + 30 x 300) / 400; what was credited more than bought has no weight
        assert row["payment_days"] == pytest.approx(25.0)

    def test_employees_nobody_knows_stay_unknown(self, chains):
        register = REGISTER.assign(employees=[None, None, None, 5])
        table = chains(register).table("accounts").set_index("account_id")
        assert pd.isna(table.loc["A", "employees"])

    def test_a_chain_that_bought_nothing_has_a_plain_mean(self, chains):
        sales = SALES.assign(amount=[0.0, 0.0, 0.0, 40.0])
        row = chains(sales=sales).table("accounts").set_index("account_id").loc["A"]
        assert row["payment_days"] == pytest.approx((10 + 30 + 99) / 3)

    def test_no_column_is_lost_or_made_up(self, chains):
        columns = list(chains().table("accounts").columns)
        assert columns[-1] == "members"
        assert sorted(columns[:-1]) == sorted(REGISTER.columns)


class TestNames:
    @pytest.mark.parametrize(
        ("names", "called"),
        [
            (["Troll Bygg Øst", "Troll Bygg Vest"], "Troll Bygg"),
            (["Troll Bygg", "Troll Bygg"], "Troll Bygg"),
            (["Troll", "Trollbua"], "Trollbua"),  # no whole word: the largest is 02
            (["Alv", "Huldra"], "Huldra"),
            (["Alv", None], "Alv"),
        ],
    )
    def test_a_chain_of_two(self, chains, names, called):
        register = REGISTER.assign(name=[*names, "x", "y"], parent_id=["A", "A", None, None])
        table = chains(register).table("accounts").set_index("account_id")
        assert table.loc["A", "name"] == called

    def test_of_two_as_large_the_lower_number_gives_the_name(self, chains):
        sales = SALES.assign(amount=[300.0, 300.0, 0.0, 40.0])
        register = REGISTER.assign(name=["Alv", "Huldra", "Rev", "Eik"])
        table = chains(register, sales).table("accounts").set_index("account_id")
        assert table.loc["A", "name"] == "Alv"

    def test_the_lines_bear_the_name_of_their_chain(self, company):
        names = ["Ask Oslo", "Ask Bergen", "Eik", "Rogn"]
        sales = SALES.assign(account_name=names, parent_id=["A", "A", None, None])
        lines = as_chains(company(sales=sales)).sales.order_by("source_row").to_pandas()
        assert lines["account_name"].tolist() == ["Ask", "Ask", "Eik", "Rogn"]
        assert lines["account_id"].tolist() == ["A", "A", "03", "09"]


class TestParents:
    def test_the_register_goes_before_the_lines(self, company):
        case = company(sales=SALES.assign(parent_id="B"), accounts=REGISTER)
        assert set(chain_of(case)) == {"A"}

    def test_without_parents_in_the_register_the_lines_tell(self, company):
        register = REGISTER.drop(columns="parent_id")
        case = company(sales=SALES.assign(parent_id=["B", "B", None, None]), accounts=register)
        assert chain_of(case).to_dict() == {"01": "B", "02": "B"}

    def test_the_latest_line_with_a_parent_counts(self, company):
        lines = pd.DataFrame(
            {
                "account_id": ["01", "01", "01", "02", "03"],
                "date": ["2025-01-01", "2025-03-01", "2025-02-01", "2025-01-01", "2025-01-01"],
                "amount": [1.0] * 5,
                "parent_id": ["A", "B", "A", "B", "A"],
            }
        )
        assert chain_of(company(sales=lines)).to_dict() == {"01": "B", "02": "B"}

    def test_a_chain_of_one_is_none(self, company):
        case = company(sales=SALES.assign(parent_id=["A", "B", None, None]))
        assert chain_of(case).empty

    def test_an_account_that_is_its_own_parent_belongs_to_no_chain(self, company):
        case = company(sales=SALES.assign(parent_id=["01", "02", None, None]))
        assert chain_of(case).empty

    def test_the_parent_that_buys_itself_belongs_to_its_chain(self, company):
        case = company(sales=SALES.assign(parent_id=["09", None, None, None]))
        assert chain_of(case).to_dict() == {"01": "09", "09": "09"}

    def test_a_note_tells_how_many_accounts_became_how_many_chains(self, chains):
        assert chains().notes[-1] == "3 accounts of chains are counted under their 1 chains."

    def test_lines_and_amounts_are_all_there(self, company):
        case = company(sales=SALES, accounts=REGISTER)
        whole = as_chains(case)
        assert whole.reconciliation().equals(case.reconciliation())
        sums = whole.sales.group_by("account_id").aggregate(amount=whole.sales.amount.sum())
        amounts = sums.to_pandas().set_index("account_id")["amount"].astype(float)
        assert amounts.to_dict() == {"A": 350.0, "09": 40.0}
