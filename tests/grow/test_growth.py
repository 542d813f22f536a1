"""Whitespace, wallet and prospects: worked by hand, and the planted truths."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose, grow, identify, open_case
from kamkit.errors import MissingTable, ParameterError


@pytest.fixture(scope="module")
def facts(fjordgross) -> pd.DataFrame:
    return choose.described(fjordgross, identify.account_facts(fjordgross))


@pytest.fixture(scope="module")
def grid(fjordgross, facts):
    return grow.whitespace(fjordgross, facts)


class TestWhitespace:
    def test_every_account_and_group_is_one_cell(self, grid, facts):
        assert len(grid.table) == len(facts) * 12
        assert not grid.table.duplicated(["account_id", "item"]).any()

    def test_the_amounts_are_those_of_the_ledger(self, grid, fjordgross):
        sales = fjordgross.sales
        later = sales.filter(sales.date >= "2025-01-01")
        sums = later.group_by("account_id", "category").aggregate(amount=later.amount.sum())
        expected = sums.to_pandas()["amount"].astype(float).clip(lower=0).sum()
        assert grid.table["revenue"].sum() == pytest.approx(expected, abs=0.01)

    def test_the_six_planted_accounts_can_be_sold_abrasives(self, grid, answer_key):
        truth = answer_key["cross_sell"]
        best = grow.opportunities(grid.table)
        found = best[(best["item"] == truth["follower"]) & (best["kind"] == "cross_sell")]
        planted = found[found["account_id"].isin(truth["without_follower"])]
        assert set(planted["account_id"]) == set(truth["without_follower"])
        assert (planted["state"] == "competitor").all()
        assert (planted["basis"] == "wallet").all()
        assert (planted["next_step"] == "step_competitor").all()

    def test_kinds_states_and_gaps_go_together(self, grid):
        table = grid.table
        assert (table.loc[table["revenue"] > 0, "state"] == "us").all()
        assert (table.loc[table["state"] == "not relevant", "kind"] == "").all()
        assert (table["open_amount"] >= 0).all()
        cross = table[table["kind"] == "cross_sell"]
        assert (cross[["revenue", "revenue_before"]].sum(axis=1) == 0).all()
        repeat = table[table["kind"] == "repeat"]
        assert ((repeat["revenue"] == 0) & (repeat["revenue_before"] > 0)).all()

    def test_an_estimate_by_hand(self):
        # five accounts spend a quarter on B, the sixth buys A only
        rows = [("0", "2024-01-01", 1.0, "A"), ("0", "2025-12-31", 0.01, "A")]
        for n in range(6):
            rows.append((f"{n}", "2024-06-01", 1.0, "A"))
            rows.append((f"{n}", "2025-06-01", 75.0 if n < 5 else 100.0, "A"))
            if n < 5:
                rows.append((f"{n}", "2025-06-01", 25.0, "B"))
        case = open_case(pd.DataFrame(rows, columns=["account_id", "date", "amount", "category"]))
        found = grow.whitespace(case, identify.account_facts(case), of=["5"]).table
        cell = found[found["item"] == "B"].iloc[0]
        assert cell["potential"] == pytest.approx(25.0, rel=1e-3)
        assert (cell["kind"], cell["state"], cell["basis"]) == ("cross_sell", "unknown", "peers")
        assert cell["probability"] == 1.0
        assert cell["peer_group"].startswith("5 accounts")


class TestWallet:
    def test_the_parts_add_up_to_the_wallet(self, fjordgross, facts):
        table = grow.share_of_wallet(fjordgross, facts).table
        parts = table[["ours", "elsewhere", "competitors", "in_house", "unknown"]].sum(axis=1)
        assert (parts - table["wallet"]).abs().max() < 0.005
        assert table["share_of_wallet"].dropna().between(0, 1).all()
        assert set(table["basis"]) == {"wallet"}

    def test_a_wallet_by_hand(self, company):
        case = company(
            sales=pd.DataFrame(
                {
                    "Customer no": ["1", "1"],
                    "Date": ["2025-01-01", "2025-02-01"],
                    "Amount": [30.0, 20.0],
                    "Product group": ["A", "B"],
                }
            ),
            wallet=pd.DataFrame(
                {
                    "account_id": ["1"] * 5,
                    "category": list("ABCDE"),
                    "year": "2025",
                    "spend": [100, 10, 40, 30, 500],
                    "served_by": ["us", "us", "competitor", "unknown", "not relevant"],
                }
            ),
        )
        row = grow.share_of_wallet(case, identify.account_facts(case)).table.iloc[0]
        # B is raised from 10 to the 20 of the ledger
        assert row["wallet"] == 100 + 20 + 40 + 30
        names = ["ours", "elsewhere", "competitors", "unknown"]
        assert row[names].tolist() == [50, 70, 40, 30]
        assert row["share_of_wallet"] == pytest.approx(50 / 190)
        assert row["raised"]

    @pytest.mark.parametrize(
        ("suppliers", "shares"), [(2, [2 / 3, 1 / 3]), (3, [1 / 2, 1 / 3, 1 / 6])]
    )
    def test_the_allocation_rule_is_as_published(self, suppliers, shares):
        found = [grow.wallet_allocation(rank, suppliers) for rank in range(1, suppliers + 1)]
        assert found == pytest.approx(shares)
        assert sum(found) == pytest.approx(1)

    def test_a_rank_beyond_the_suppliers_is_refused(self):
        with pytest.raises(ParameterError, match="rank"):
            grow.wallet_allocation(4, 3)

    def test_estimates_from_peers_stand_by_themselves(self, grid):
        table = grow.share_by_peers(grid.table)
        assert set(table["basis"]) == {"peers"}
        known = grid.table.loc[grid.table["basis"] == "wallet", "account_id"]
        assert not set(table["account_id"]) & set(known)

    def test_without_a_wallet_the_reason_is_told(self, cdnow):
        with pytest.raises(MissingTable):
            grow.share_of_wallet(cdnow, identify.account_facts(cdnow))


class TestProspects:
    ACCOUNTS = pd.DataFrame(
        {
            "account_id": [f"{n:02}" for n in range(20)],
            "industry": ["Fish"] * 5 + ["Wood"] * 15,
            "employees": [100.0] * 5 + [10.0] * 15,
        }
    )

    def test_the_prospect_like_the_key_accounts_is_first(self):
        prospects = pd.DataFrame(
            {
                "prospect_id": ["w", "f"],
                "industry": ["Wood", "Fish"],
                "employees": [10, 90],
                "estimated_spend": [1000.0, 1000.0],
            }
        )
        key = [f"{n:02}" for n in range(4)]
        table = grow.look_alikes(prospects, self.ACCOUNTS, key).table
        assert table["prospect_id"].tolist() == ["f", "w"]
        assert table["likeness"][0] > 0.7 > table["likeness"][1]
        assert table["expected_value"].tolist() == pytest.approx([30.0, 30.0])
        assert table["reasons"][0].startswith("4 key accounts of Fish; 90 employees")

    def test_the_practice_company_has_prospects_to_hunt(self, fjordgross, facts):
        key = facts["account_id"].head(20)
        accounts = facts.assign(yearly_revenue=facts["revenue"] / 3)
        table = grow.look_alikes(fjordgross.table("prospects"), accounts, key).table
        assert len(table) == 120
        first = table[table["hunt"] == "hunt_first"]
        assert len(first) == 10
        assert first["expected_value"].min() >= table["expected_value"].median()
        assert (table["spend_basis"] == "employees").sum() == 16
        assert (first["next_step"] == "step_meet").all()

    @pytest.mark.parametrize("given", [{"share": 0}, {"win_rate": 2}])
    def test_assumptions_that_are_no_shares_are_refused(self, given):
        prospects = pd.DataFrame({"prospect_id": ["w"], "industry": ["Wood"]})
        with pytest.raises(ParameterError, match="shares between"):
            grow.look_alikes(prospects, self.ACCOUNTS, ["00"], **given)

    def test_no_trait_in_common_is_told(self):
        prospects = pd.DataFrame({"prospect_id": ["w"], "name": ["X"]})
        with pytest.raises(MissingTable, match="no trait"):
            grow.look_alikes(prospects, self.ACCOUNTS, ["00"])
