"""Share of wallet by hand, what nobody has said, and the wallets of the practice company."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose, grow, identify
from kamkit.case.chains import as_chains
from kamkit.errors import MissingTable, ParameterError
from kamkit.grow.wallet import latest_wallet

PARTS = ["ours", "elsewhere", "competitors", "in_house", "unknown"]


@pytest.fixture
def spending(company):
    """Return a function that opens a case of sales and wallets, each a list of rows."""

    def opened(
        sales,
        wallet,
        columns=("account_id", "category", "spend", "served_by", "year"),
        days=("2025-01-01", "2025-12-31"),
    ):
        # bought and returned: nothing but the first and the last day of the ledger
        edges = [sold("edge", "A", amount, day) for day in days for amount in (1.0, -1.0)]
        sales = [*sales, *edges]
        lines = pd.DataFrame(sales, columns=["account_id", "category", "amount", "date"])
        return company(sales=lines, wallet=pd.DataFrame(wallet, columns=list(columns)))

    return opened


def sold(account, category, amount, date="2025-01-01"):
    return (account, category, amount, date)


def named(*accounts):
    return pd.DataFrame({"account_id": accounts, "account_name": [f"{a} AS" for a in accounts]})


class TestShareOfWallet:
    def test_each_group_goes_to_who_serves_it(self, spending):
        wallet = [
            ("1", "A", 100, "us", 2025),
            ("1", "B", 10, "us", 2025),
            ("1", "C", 40, "competitor", 2025),
            ("1", "D", 30, "unknown", 2025),
            ("1", "E", 25, "in-house", 2025),
            ("1", "F", 500, "not relevant", 2025),
        ]
        case = spending([sold("1", "A", 30.0), sold("1", "B", 20.0)], wallet)
        row = grow.share_of_wallet(case, named("1")).table.iloc[0]
        # B is raised from 10 to the 20 of the ledger, so of A and B 70 are bought elsewhere
        assert row["wallet"] == 100 + 20 + 40 + 30 + 25
        assert row[PARTS].tolist() == [50, 70, 40, 25, 30]
        assert row["share_of_wallet"] == pytest.approx(50 / 215)
        assert row["raised"]
        assert (row["account_name"], row["basis"]) == ("1 AS", "wallet")

    def test_a_group_we_sell_is_served_by_us_whatever_was_written(self, spending):
        wallet = [("1", "A", 100, "competitor", 2025), ("1", "B", 40, "not relevant", 2025)]
        case = spending([sold("1", "A", 30.0), sold("1", "B", 10.0)], wallet)
        row = grow.share_of_wallet(case, named("1")).table.iloc[0]
        assert row[["wallet", *PARTS]].tolist() == [140, 40, 100, 0, 0, 0]
        assert not row["raised"]

    def test_a_group_that_is_ours_by_word_and_not_in_the_ledger_is_bought_elsewhere(self, spending):
        case = spending([sold("1", "A", 5.0)], [("1", "B", 40, "us", 2025)])
        row = grow.share_of_wallet(case, named("1")).table.iloc[0]
        assert row[["wallet", *PARTS]].tolist() == [40, 0, 40, 0, 0, 0]

    def test_what_is_returned_on_balance_is_not_a_sale(self, spending):
        case = spending([sold("1", "A", -5.0)], [("1", "A", 40, "competitor", 2025)])
        row = grow.share_of_wallet(case, named("1")).table.iloc[0]
        assert row[["wallet", *PARTS]].tolist() == [40, 0, 0, 40, 0, 0]

    def test_only_sales_in_the_year_of_the_wallet_count(self, spending):
        sales = [
            sold("1", "A", 1.0, "2024-12-31"),
            sold("1", "A", 10.0, "2025-01-01"),
            sold("1", "A", 20.0, "2025-12-31"),
            sold("1", "A", 4.0, "2026-01-01"),
        ]
        case = spending(sales, [("1", "A", 100, "us", 2025)])
        assert grow.share_of_wallet(case, named("1")).table["ours"].tolist() == [30]

    def test_without_a_year_the_last_twelve_months_count(self, spending):
        sales = [sold("1", "A", 1.0, "2024-12-31"), sold("1", "A", 10.0)]
        columns = ("account_id", "category", "spend", "served_by")
        found = grow.share_of_wallet(spending(sales, [("1", "A", 100, "us")], columns), named("1"))
        assert found.table["ours"].tolist() == [10]
        assert "1 Jan 2025 – 31 Dec 2025" in found.caveats[0]

    def test_a_years_wallet_is_not_set_against_half_a_year(self, spending):
        half = ("2025-07-01", "2025-12-31")
        found = grow.share_of_wallet(
            spending(
                [sold("1", "A", 30.0, "2025-08-01")], [("1", "A", 100, "us", 2025)], days=half
            ),
            named("1"),
        )
        assert found.table[["ours", "elsewhere", "share_of_wallet"]].isna().all(axis=None)
        assert found.table["wallet"].tolist() == [100]
        assert "our share of it is not known" in found.text
        assert any("shorter than a year" in caveat for caveat in found.caveats)

    def test_a_wallet_of_a_year_that_the_ledger_does_not_cover_says_which_months_are_ours(
        self, spending
    ):
        case = spending([sold("1", "A", 30.0, "2025-08-01")], [("1", "A", 100, "us", 2023)])
        found = grow.share_of_wallet(case, named("1"))
        assert found.table["share_of_wallet"].tolist() == [0.3]
        assert any("does not cover 2023" in caveat for caveat in found.caveats)
        assert found.table["ours_from"].dt.year.tolist() == [2025]

    def test_a_chain_of_which_some_have_a_wallet_has_no_share(self, company):
        lines = [("1", 30.0), ("2", 90.0), ("3", 50.0), ("3", 50.0)]
        sales = pd.DataFrame(lines, columns=["account_id", "amount"])
        sales["date"] = ["2025-01-01", "2025-02-01", "2025-03-01", "2025-12-31"]
        sales["category"] = "A"
        wallet = pd.DataFrame(
            {"account_id": ["1", "3"], "category": "A", "spend": [40, 200], "year": 2025}
        )
        register = pd.DataFrame({"account_id": ["1", "2"], "parent_id": "K"})
        case = as_chains(company(sales=sales, wallet=wallet, accounts=register))
        found = grow.share_of_wallet(case, named("K", "3"))
        table = found.table.set_index("account_id")
        # of the 120 that the chain buys 30 are by the account with a wallet of 40
        assert table.loc["K", "wallet_cover"] == 0.25
        assert pd.isna(table.loc["K", "share_of_wallet"])
        assert table.loc["3", "share_of_wallet"] == 0.5
        assert any("1 chain" in caveat for caveat in found.caveats)
        grid = grow.whitespace(case, pd.DataFrame({"account_id": ["K", "3"]})).table
        assert set(grid.loc[grid["account_id"] == "K", "basis"]) == {"peers"}

    def test_without_a_word_on_who_serves_it_the_rest_is_unknown(self, spending):
        columns = ("account_id", "category", "spend")
        case = spending([sold("1", "A", 30.0)], [("1", "A", 100), ("1", "B", 50)], columns)
        row = grow.share_of_wallet(case, named("1")).table.iloc[0]
        assert row[["wallet", *PARTS]].tolist() == [150, 30, 70, 0, 0, 50]

    def test_nothing_but_what_is_not_relevant_is_no_wallet(self, spending):
        case = spending([sold("1", "A", 5.0)], [("1", "B", 40, "not relevant", 2025)])
        found = grow.share_of_wallet(case, named("1"))
        assert found.table["wallet"].tolist() == [0]
        assert found.table["share_of_wallet"].isna().all()

    def test_who_spends_nothing_is_told_apart_from_those_who_are_counted(self, spending):
        wallet = [("1", "A", 100, "us", 2025), ("2", "B", 40, "not relevant", 2025)]
        found = grow.share_of_wallet(spending([sold("1", "A", 25.0)], wallet), named("1", "2"))
        assert found.text.replace("\u00a0", " ").startswith(
            "1 account spends 100, 25% of it with us"
        )
        assert "1 more account has a wallet of zero and is not counted." in found.caveats

    def test_the_account_with_most_to_win_is_first_and_of_equals_the_lower_number(self, spending):
        wallet = [(account, "A", 100, "us", 2025) for account in ("4", "3", "2", "1")]
        sales = [sold("1", "A", 90.0), sold("2", "A", 50.0), sold("3", "A", 50.0)]
        table = grow.share_of_wallet(spending(sales, wallet), named(*"1234")).table
        assert table["account_id"].tolist() == ["4", "2", "3", "1"]

    def test_the_accounts_asked_for_are_looked_at(self, spending):
        wallet = [("1", "A", 100, "us", 2025), ("2", "A", 100, "us", 2025)]
        case = spending([sold("1", "A", 30.0)], wallet)
        table = grow.share_of_wallet(case, named("1", "2"), of=["2"]).table
        assert table["account_id"].tolist() == ["2"]
        with pytest.raises(MissingTable, match="spend with others"):
            grow.share_of_wallet(case, named("1", "2"), of=["3"])

    def test_the_sentence_and_its_reservations(self, spending):
        wallet = [
            ("1", "A", 100, "us", 2025),
            ("1", "B", 50, "unknown", 2025),
            ("2", "A", 50, "us", 2025),
        ]
        case = spending([sold("1", "A", 40.0), sold("2", "A", 60.0)], wallet)
        found = grow.share_of_wallet(case, named("1", "2"))
        # of 210 (the second is raised to 60) 100 are ours, and of 50 nobody has said who serves it
        for part in ("2 accounts", "210", "48%", "24%", "1 AS: 110 of 150"):
            assert part in found.text
        assert "those of 2025" in found.caveats[0]
        assert found.caveats[1].startswith("At 1 account ")

    def test_without_a_wallet_the_reason_is_told(self, cdnow):
        with pytest.raises(MissingTable):
            grow.share_of_wallet(cdnow, identify.account_facts(cdnow))

    def test_the_parts_of_the_practice_company_add_up(self, fjordgross):
        accounts = choose.described(fjordgross, identify.account_facts(fjordgross))
        table = grow.share_of_wallet(fjordgross, accounts).table
        assert (table[PARTS].sum(axis=1) - table["wallet"]).abs().max() < 0.005
        assert table["share_of_wallet"].dropna().between(0, 1).all()
        assert set(table["basis"]) == {"wallet"}


class TestLatestWallet:
    def test_only_the_last_year_counts(self, spending):
        wallet = [("1", "A", 100, "us", 2024), ("1", "A", 70, "us", 2025)]
        table = latest_wallet(spending([sold("1", "A", 5.0)], wallet))
        assert table["spend"].tolist() == [70]

    def test_rows_of_one_group_are_added_up_and_ours_where_any_is(self, spending):
        wallet = [
            ("1", "A", 100, "competitor", 2025),
            ("1", "A", 20, "us", 2025),
            ("1", "B", 30, "in-house", 2025),
            ("1", "B", 40, "competitor", 2025),
            ("2", "A", 5, "unknown", 2025),
        ]
        table = latest_wallet(spending([sold("1", "A", 5.0)], wallet))
        rows = table[["account_id", "category", "spend", "served_by"]].to_numpy().tolist()
        assert rows == [
            ["1", "A", 120, "us"],
            ["1", "B", 70, "competitor"],
            ["2", "A", 5, "unknown"],
        ]

    @pytest.mark.parametrize("order", [1, -1])
    def test_of_two_as_large_the_first_by_name_serves(self, spending, order):
        wallet = [("1", "A", 40, "in-house", 2025), ("1", "A", 40, "competitor", 2025)]
        table = latest_wallet(spending([sold("1", "A", 5.0)], wallet[::order]))
        assert table["served_by"].tolist() == ["competitor"]


class TestAllocation:
    @pytest.mark.parametrize(
        ("suppliers", "shares"), [(2, [2 / 3, 1 / 3]), (3, [1 / 2, 1 / 3, 1 / 6])]
    )
    def test_the_rule_is_as_published(self, suppliers, shares):
        found = [grow.wallet_allocation(rank, suppliers) for rank in range(1, suppliers + 1)]
        assert found == pytest.approx(shares)
        assert sum(found) == pytest.approx(1)

    def test_two_who_share_the_first_rank_have_as_much(self):
        assert 2 * grow.wallet_allocation(1.5, 2) == pytest.approx(1)

    @pytest.mark.parametrize("rank", [4, 0])
    def test_a_rank_beyond_the_suppliers_is_refused(self, rank):
        with pytest.raises(ParameterError, match="rank") as error:
            grow.wallet_allocation(rank, 3)
        assert error.value.found == f"rank {rank} of 3"


class TestShareByPeers:
    GRID = pd.DataFrame(
        {
            "account_id": ["2", "2", "1", "1", "3"],
            "basis": ["peers", "peers", "peers", "wallet", "peers"],
            "revenue": [30.0, 0.0, 10.0, 7.0, 0.0],
            "potential": [50.0, 70.0, 5.0, 99.0, 0.0],
        }
    )

    def test_an_estimate_is_at_least_what_is_bought_and_known_cells_are_left_out(self):
        table = grow.share_by_peers(self.GRID).set_index("account_id")
        assert table["ours"].to_dict() == {"1": 10, "2": 30, "3": 0}
        assert table["wallet"].to_dict() == {"1": 10, "2": 120, "3": 0}
        assert table["share_of_wallet"].dropna().to_dict() == {"1": 1.0, "2": 0.25}
        assert set(table["basis"]) == {"peers"}
