"""Whitespace: peers and potentials on paper, what a wallet says, and the planted truths."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose, grow, identify, open_case
from kamkit.errors import MissingTable, ParameterError
from kamkit.grow._conversion import ASSUMED, TRIED_COLUMNS

COLUMNS = ["account_id", "date", "amount", "category"]


def two_years(now: dict[str, dict[str, float]], before: dict[str, dict[str, float]] | None = None):
    """Return lines of 2024 and 2025: what each account buys of each group, in both."""
    years = ((before or {}, "2024-12-31"), (now, "2025-12-31"))
    rows = [
        (account, date, amount, item)
        for year, date in years
        for account, bought in year.items()
        for item, amount in bought.items()
    ]
    # bought and returned: nothing but the first day of the ledger
    rows += [("first", "2024-01-01", amount, "A") for amount in (1.0, -1.0)]
    return pd.DataFrame(rows, columns=COLUMNS)


PEERS = {
    "1": {"A": 90.0, "B": 10.0},
    "2": {"A": 80.0, "B": 20.0},
    "3": {"A": 40.0, "B": 60.0},
    "4": {"A": 100.0},
}


def accounts_of(lines, **columns):
    ids = sorted(set(lines["account_id"]) - {"first"})
    return pd.DataFrame({"account_id": ids, **columns})


NOTHING_SEEN = grow.conversion(pd.DataFrame(columns=TRIED_COLUMNS))
REPEAT, UPSELL, CROSS = (ASSUMED[kind][1] for kind in ("repeat", "upsell", "cross_sell"))


def grid(now, before=None, **options):
    """Return the grid at the assumed rates."""
    lines = two_years(now, before)
    options = {"rates": NOTHING_SEEN, **options}
    return grow.whitespace(open_case(lines), accounts_of(lines), **options)


def cell(found, account, item):
    table = found.table
    return table[(table["account_id"] == account) & (table["item"] == item)].iloc[0]


class TestPotential:
    def test_it_is_the_share_of_the_middle_one_of_the_peers_who_buy(self):
        row = cell(grid(PEERS | {"own": {"A": 100.0}}), "own", "B")
        # shares of 0.1, 0.2 and 0.6 of 100; three of four peers buy
        assert row["potential"] == pytest.approx(20)
        assert row["peer_share"] == pytest.approx(0.75)
        assert row["open_amount"] == pytest.approx(20)
        assert row["growth_middle"] == pytest.approx(20 * CROSS)
        assert (row["kind"], row["state"], row["basis"]) == ("cross_sell", "unknown", "peers")

    def test_of_an_account_that_buys_less_than_before_it_is_by_what_it_bought(self):
        found = grid(PEERS | {"own": {"A": 40.0}}, {"own": {"A": 100.0}})
        assert cell(found, "own", "B")["potential"] == pytest.approx(20)
        found = grid(PEERS | {"own": {"A": 100.0}}, {"own": {"A": 40.0}})
        assert cell(found, "own", "B")["potential"] == pytest.approx(20)

    def test_what_it_buys_already_can_be_more(self):
        row = cell(grid(PEERS | {"own": {"A": 95.0, "B": 5.0}}), "own", "B")
        # the middle of 0.1, 0.2 and 0.6 of 100, less 5
        assert (row["kind"], row["state"]) == ("upsell", "us")
        assert row["open_amount"] == pytest.approx(15)
        assert row["conversion"] == pytest.approx(ASSUMED["upsell"][0])
        assert row["growth_middle"] == pytest.approx(15 * UPSELL)

    def test_what_it_bought_before_and_not_since_can_be_won_back(self):
        found = grid(PEERS | {"own": {"A": 100.0}}, {"own": {"A": 60.0, "B": 30.0}})
        row = cell(found, "own", "B")
        assert (row["kind"], row["state"]) == ("repeat", "unknown")
        assert (row["revenue"], row["revenue_before"]) == (0, 30)
        assert row["growth_middle"] == pytest.approx(20 * REPEAT)

    def test_who_buys_more_than_its_peers_has_nothing_open(self):
        row = cell(grid(PEERS | {"own": {"A": 30.0, "B": 70.0}}), "own", "B")
        assert (row["kind"], row["open_amount"], row["conversion"]) == ("", 0, 0)
        assert row["growth_middle"] == 0

    def test_a_group_no_peer_buys_has_no_potential(self):
        found = grid({"1": {"A": 90.0}, "own": {"A": 90.0}}, {"1": {"C": 5.0}, "own": {"A": 90.0}})
        row = cell(found, "own", "C")
        assert (row["potential"], row["peer_share"], row["kind"]) == (0, 0, "")

    def test_what_is_returned_on_balance_counts_as_nothing(self):
        found = grid({"1": {"A": 90.0, "B": 10.0}, "own": {"A": 90.0, "B": -5.0}})
        row = cell(found, "own", "B")
        assert (row["revenue"], row["kind"], row["potential"]) == (0, "cross_sell", 9)

    def test_an_account_that_bought_nothing_is_compared_with_those_of_the_middle(self):
        lines = two_years({"1": {"A": 10.0}, "2": {"A": 90.0, "B": 10.0}, "3": {"A": 1000.0}})
        accounts = pd.DataFrame({"account_id": ["new"]})
        found = grow.whitespace(open_case(lines), accounts, peers=1)
        row = cell(found, "new", "B")
        assert row["peer_group"] == "1 accounts with 100 to 100"
        assert (row["potential"], row["kind"], row["conversion"]) == (0, "", 0)


class TestPeers:
    def test_they_are_close_as_a_ratio_and_not_as_a_difference(self):
        # 190 is 1.9 times 100, and 100 is 1.92 times 52
        peers = {"1": {"A": 26.0, "B": 26.0}, "2": {"A": 171.0, "B": 19.0}}
        row = cell(grid(peers | {"own": {"A": 100.0}}, peers=1), "own", "B")
        assert row["potential"] == pytest.approx(10)
        assert row["peer_group"] == "1 accounts with 190 to 190"

    @pytest.mark.parametrize(("half", "twice", "potential"), [("1", "2", 50), ("2", "1", 10)])
    def test_of_two_as_close_the_lower_number_is_a_peer(self, half, twice, potential):
        peers = {half: {"A": 25.0, "B": 25.0}, twice: {"A": 180.0, "B": 20.0}}
        row = cell(grid(peers | {"own": {"A": 100.0}}, peers=1), "own", "B")
        assert row["potential"] == pytest.approx(potential)

    def test_an_account_is_no_peer_of_its_own(self):
        row = cell(grid({"1": {"A": 90.0, "B": 10.0}, "own": {"A": 50.0, "B": 50.0}}), "own", "B")
        assert row["potential"] == pytest.approx(10)

    def test_twenty_are_the_usual_number(self):
        same = {f"{n:02}": {"A": 100.0} for n in range(20)}
        last = {"own": {"A": 100.0}, "z": {"A": 50.0, "B": 50.0}}
        assert cell(grid(same | last), "own", "B")["peer_share"] == 0
        assert cell(grid(same | last, peers=21), "own", "B")["peer_share"] == pytest.approx(1 / 21)

    @pytest.mark.parametrize(
        ("others", "group", "peer_share"),
        [(5, "5 accounts of Retail with 10 to 50", 0.0), (4, "10 accounts with 10 to 60", 0.6)],
    )
    def test_they_are_of_the_segment_where_five_others_of_it_bought(
        self, others, group, peer_share
    ):
        now = {f"r{n}": {"A": 10.0 * (n + 1)} for n in range(others)}
        now |= {f"w{n}": {"A": 30.0, "B": 30.0} for n in range(6)} | {"own": {"A": 30.0}}
        lines = two_years(now)
        accounts = accounts_of(lines)
        accounts["segment"] = accounts["account_id"].map(
            lambda one: "Wholesale" if one.startswith("w") else "Retail"
        )
        row = cell(grow.whitespace(open_case(lines), accounts), "own", "B")
        assert (row["peer_group"], row["peer_share"]) == (group, peer_share)

    def test_an_account_without_a_segment_is_compared_with_all(self):
        now = {f"r{n}": {"A": 30.0} for n in range(6)} | {"own": {"A": 30.0}}
        lines = two_years(now)
        accounts = accounts_of(lines).assign(segment="Retail")
        accounts.loc[accounts["account_id"] == "own", "segment"] = ""
        row = cell(grow.whitespace(open_case(lines), accounts), "own", "A")
        assert row["peer_group"] == "6 accounts with 30 to 30"

    @pytest.mark.parametrize("peers", [0, -3])
    def test_fewer_than_one_is_refused(self, peers):
        with pytest.raises(ParameterError, match="peers") as error:
            grid({"own": {"A": 1.0}}, peers=peers)
        assert error.value.found == str(peers)


class TestCells:
    def test_there_is_one_for_every_account_and_group_of_either_year(self):
        found = grid({"1": {"A": 1.0}, "2": {"B": 1.0}}, {"1": {"C": 1.0}})
        cells = found.table[["account_id", "item"]].sort_values(["account_id", "item"])
        assert cells.to_numpy().tolist() == [[a, i] for a in "12" for i in "ABC"]

    def test_the_accounts_asked_for_are_looked_at_and_all_are_peers(self):
        found = grid({"1": {"A": 50.0, "B": 50.0}, "2": {"A": 100.0}}, of=["2"])
        assert set(found.table["account_id"]) == {"2"}
        assert cell(found, "2", "B")["potential"] == 50

    def test_an_account_is_called_by_its_name_or_its_number(self):
        lines = two_years({"1": {"A": 1.0}, "2": {"A": 1.0}})
        accounts = pd.DataFrame(
            {"account_id": ["1", "2", "2"], "account_name": ["Ask", "Eik", "X"]}
        )
        table = grow.whitespace(open_case(lines), accounts).table
        assert table["account_name"].tolist() == ["Ask", "Eik"]
        table = grow.whitespace(open_case(lines), accounts[["account_id"]]).table
        assert table["account_name"].tolist() == ["1", "2"]

    def test_the_most_growth_is_first_then_number_then_group(self):
        peers = {"3": {"A": 10.0, "B": 10.0, "C": 10.0, "D": 20.0}}
        found = grid(peers | {"2": {"A": 50.0}, "1": {"A": 50.0}}, peers=2, of=["2", "1"])
        # one of the two peers buys B, C and D: a fifth, a fifth and two fifths of 50
        order = (found.table["account_id"] + found.table["item"]).tolist()
        assert order == ["1D", "2D", "1B", "1C", "2B", "2C", "1A", "2A"]
        grows = [CROSS * gap for gap in (20, 20, 10, 10, 10, 10, 0, 0)]
        assert found.table["growth_middle"].tolist() == pytest.approx(grows)

    def test_the_first_columns_answer_who_what_and_how_much(self):
        table = grid({"1": {"A": 1.0}}).table
        assert list(table)[:20] == [
            "account_id",
            "account_name",
            "item",
            "state",
            "kind",
            "revenue",
            "revenue_before",
            "potential",
            "basis",
            "open_amount",
            "counted_amount",
            "peer_share",
            "conversion",
            "conversion_low",
            "conversion_high",
            "growth_low",
            "growth_middle",
            "growth_high",
            "rate_from",
            "peer_group",
        ]

    def test_a_ledger_that_does_not_tell_items_says_so(self, cdnow):
        with pytest.raises(MissingTable, match="what was bought"):
            grow.whitespace(cdnow, pd.DataFrame({"account_id": ["1"]}))


class TestWallet:
    @pytest.fixture
    def told(self, company):
        """Account 1 buys A, account 2 buys A to E; the wallet says who serves account 1."""
        now = {"1": {"A": 60.0}, "2": {"A": 20.0, "B": 20.0, "C": 20.0, "D": 20.0, "E": 20.0}}
        lines = two_years(now)
        wallet = pd.DataFrame(
            {
                "account_id": ["1"] * 5,
                "category": list("ABCDF"),
                "spend": [100, 40, 30, 500, 7],
                "served_by": ["competitor", "competitor", "us", "not relevant", "in-house"],
                "competitor": ["Acme", "Acme", None, None, None],
            }
        )
        return company(sales=lines, wallet=wallet), accounts_of(lines)

    def test_it_says_what_could_be_bought_and_who_serves_it(self, told):
        found = grow.whitespace(*told)
        columns = ["state", "basis", "potential", "kind", "open_amount"]
        assert cell(found, "1", "A")[columns].tolist() == ["us", "wallet", 100, "upsell", 40]
        assert cell(found, "1", "B")[columns].tolist() == [
            "competitor",
            "wallet",
            40,
            "cross_sell",
            40,
        ]
        assert cell(found, "1", "B")["competitor"] == "Acme"
        # ours by word and not in the ledger: nobody knows who serves it
        assert cell(found, "1", "C")["state"] == "unknown"
        assert cell(found, "1", "D")[columns].tolist() == ["not relevant", "wallet", 500, "", 0]
        assert cell(found, "1", "E")[columns].tolist() == ["unknown", "peers", 12, "cross_sell", 12]

    def test_a_closed_group_has_no_chance(self, told):
        row = cell(grow.whitespace(*told), "1", "D")
        assert (row["conversion"], row["growth_middle"]) == (0, 0)

    def test_no_rate_stands_beside_what_no_peer_buys_more_of(self, told):
        found = grow.whitespace(*told, rates=NOTHING_SEEN)
        # peers like account 1 spend 12 of 60 on A, it spends 60: only the wallet says 40 are open
        row = cell(found, "1", "A")
        assert (row["open_amount"], row["counted_amount"]) == (40, 0)
        assert row[["conversion", "growth_low", "growth_middle", "growth_high"]].isna().all()
        assert row["rate_from"] == "not_followed"
        assert cell(found, "1", "B")["growth_middle"] == pytest.approx(CROSS * 12)
        rest = found.table[found.table["rate_from"] != "not_followed"]
        open_cells = rest[(rest["kind"] != "") & (rest["open_amount"] > 0)]
        assert (open_cells["growth_middle"] > 0).all()

    def test_an_account_that_loses_money_is_offered_nothing(self, told):
        case, accounts = told
        found = grow.whitespace(case, accounts.assign(profit_year=[-1.0, 1.0]), rates=NOTHING_SEEN)
        assert "1 account that loses money is left out: its terms come first." in found.caveats
        told_of = grow.growth(found.table, NOTHING_SEEN)
        assert "1" not in told_of.table["account_id"].tolist()
        assert "1 account that loses money is left out" in told_of.caveats[-1]
        picture = grow.charts.whitespace(found.table)
        assert "1" not in picture.table["account_id"].tolist()
        assert "1 account that loses money is left out" in picture.caption

    def test_its_groups_are_those_of_the_ledger_alone(self, company):
        lines = two_years({"1": {"A": 60.0}}).rename(columns={"category": "product_id"})
        wallet = pd.DataFrame({"account_id": ["1"], "category": ["A"], "spend": [100]})
        case = company(sales=lines, wallet=wallet)
        found = grow.whitespace(case, accounts_of(lines), items="product")
        assert set(found.table["basis"]) == {"peers"}

    def test_spend_alone_says_nothing_of_who_serves(self, company):
        lines = two_years({"1": {"A": 60.0}, "2": {"A": 30.0, "B": 30.0}})
        wallet = pd.DataFrame({"account_id": ["1"], "category": ["B"], "spend": [100]})
        found = grow.whitespace(company(sales=lines, wallet=wallet), accounts_of(lines))
        assert cell(found, "1", "B")[["state", "potential"]].tolist() == ["unknown", 100]


class TestSentences:
    def test_the_sums_of_each_kind_and_the_largest(self):
        peers = {"1": {"A": 50.0, "B": 40.0, "C": 10.0}, "2": {"A": 50.0, "B": 40.0, "C": 10.0}}
        found = grid(peers | {"own": {"A": 500.0, "B": 500.0}}, {"own": {"C": 1.0}}, of=["own"])
        # C: a tenth of 1000, of which a tenth comes by assumption; of A and B it buys enough
        assert found.text == (
            "1 opportunity at 1 account with 100 open. By assumption 10 of it comes in (repeat "
            "purchase 10). The largest: C at own, 10."
        )

    def test_kinds_are_added_up_by_themselves(self):
        peers = {"1": {"A": 50.0, "B": 30.0, "C": 20.0}, "2": {"A": 50.0, "B": 30.0, "C": 20.0}}
        found = grid(peers | {"own": {"A": 90.0, "C": 10.0}}, {"own": {"B": 5.0}}, of=["own"])
        # won back: 30; sold more: 20 - 10
        sums = grow.opportunities(found.table).groupby("kind")["open_amount"].sum()
        assert sums.to_dict() == pytest.approx({"repeat": 30, "upsell": 10})
        assert found.text.startswith("2 opportunities at 1 account with 40 open.")

    def test_nothing_to_win_is_said(self):
        assert "No account" in grid({"1": {"A": 1.0}, "2": {"A": 1.0}}).text

    def test_estimates_and_what_nobody_has_said_are_reserved(self, company):
        lines = two_years({"1": {"A": 60.0}, "2": {"A": 30.0, "B": 30.0}})
        wallet = pd.DataFrame({"account_id": ["1"], "category": ["B"], "spend": [100]})
        found = grow.whitespace(company(sales=lines, wallet=wallet), accounts_of(lines))
        assert found.caveats[1].startswith("75% ")
        assert found.caveats[2].startswith("No wallet has been followed to a later period")
        assert "1 pair of account and group" in found.caveats[3]
        assert len(found.caveats) == 4

    def test_assumed_rates_are_called_so_where_they_stand(self):
        found = grid({"1": {"A": 1.0}})
        assert found.caveats[0].startswith("Assumed, because no earlier period shows it:")
        assert "cross-sell: 2% come true, with 1% of the amount" in found.caveats[0]

    def test_bestsellers_are_explained(self):
        lines = two_years({"1": {"A": 60.0}}).rename(columns={"category": "product_name"})
        found = grow.whitespace(open_case(lines), accounts_of(lines), items="bestseller")
        assert "products with most revenue" in found.caveats[-1]


class TestOpportunities:
    CELLS = pd.DataFrame(
        {
            "account_id": [*"abcdefg"],
            "kind": ["repeat", "upsell", "cross_sell", "cross_sell", "cross_sell", "upsell", ""],
            "state": ["competitor", "us", "competitor", "in-house", "unknown", "us", "us"],
            "open_amount": [9.0, 8.0, 7.0, 6.0, 5.0, 0.0, 4.0],
        }
    )

    def test_the_next_step_is_by_kind_and_then_by_who_serves(self):
        steps = grow.opportunities(self.CELLS)["next_step"].tolist()
        assert steps == [
            "step_repeat",
            "step_upsell",
            "step_competitor",
            "step_in_house",
            "step_unknown",
        ]

    def test_they_keep_their_order_and_leave_the_table_as_it_was(self):
        before = self.CELLS.copy()
        assert grow.opportunities(self.CELLS)["open_amount"].tolist() == [9, 8, 7, 6, 5]
        pd.testing.assert_frame_equal(self.CELLS, before)


@pytest.fixture(scope="module")
def facts(fjordgross) -> pd.DataFrame:
    return choose.described(fjordgross, identify.account_facts(fjordgross))


@pytest.fixture(scope="module")
def practice(fjordgross, facts):
    return grow.whitespace(fjordgross, facts)


class TestPracticeCompany:
    def test_every_account_and_group_is_one_cell(self, practice, facts):
        assert len(practice.table) == len(facts) * 12
        assert not practice.table.duplicated(["account_id", "item"]).any()

    def test_the_amounts_are_those_of_the_ledger(self, practice, fjordgross):
        sales = fjordgross.sales
        later = sales.filter(sales.date >= "2025-01-01")
        sums = later.group_by("account_id", "category").aggregate(amount=later.amount.sum())
        expected = sums.to_pandas()["amount"].astype(float).clip(lower=0).sum()
        assert practice.table["revenue"].sum() == pytest.approx(expected, abs=0.01)

    def test_the_six_planted_accounts_can_be_sold_abrasives(self, practice, answer_key):
        truth = answer_key["cross_sell"]
        best = grow.opportunities(practice.table)
        found = best[(best["item"] == truth["follower"]) & (best["kind"] == "cross_sell")]
        planted = found[found["account_id"].isin(truth["without_follower"])]
        assert set(planted["account_id"]) == set(truth["without_follower"])
        assert (planted["state"] == "competitor").all()
        assert (planted["basis"] == "wallet").all()
        assert (planted["next_step"] == "step_competitor").all()

    def test_kinds_states_and_gaps_go_together(self, practice):
        table = practice.table
        assert (table.loc[table["revenue"] > 0, "state"] == "us").all()
        assert (table.loc[table["state"] == "not relevant", "kind"] == "").all()
        assert (table["open_amount"] >= 0).all()
        cross = table[table["kind"] == "cross_sell"]
        assert (cross[["revenue", "revenue_before"]].sum(axis=1) == 0).all()
        repeat = table[table["kind"] == "repeat"]
        assert ((repeat["revenue"] == 0) & (repeat["revenue_before"] > 0)).all()

    def test_estimates_from_peers_stand_by_themselves(self, practice):
        table = grow.share_by_peers(practice.table)
        assert set(table["basis"]) == {"peers"}
        known = practice.table.loc[practice.table["basis"] == "wallet", "account_id"]
        assert not set(table["account_id"]) & set(known)
