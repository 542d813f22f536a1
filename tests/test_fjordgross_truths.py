"""Every truth that is planted in the practice company, found again with plain pandas.

Once in the committed files and once in what another seed generates: the seed changes names and
numbers, not truths.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from kamkit.schema.contract import TABLES
from tools.fjordgross.company import generate
from tools.fjordgross.key import answer_key

FOLDER = Path(__file__).resolve().parents[1] / "data" / "fjordgross"
END = pd.Timestamp("2025-12-31")
KEY = json.loads((FOLDER / "answer_key.json").read_text(encoding="utf-8"))
TESTED = {
    "giant",
    "quiet_star",
    "costly_service",
    "whale",
    "discounter",
    "bought_more",
    "bought_less",
    "discount_for_nothing",
    "late",
    "leak",
    "rising",
    "cross_sell",
    "cross_sell_came_true",
    "upsell_came_true",
    "repeat_gap",
    "repeat_came_true",
    "open_wallet",
    "chain",
    "single_contact",
    "no_decider",
    "not_met",
    "house",
    "matrix",
    "at_or_below_zero",
    "repeated_lines",
    "seasonal",
    "winter",
    "projects",
    "full_wallet",
    "corrected",
    "discount_with_reason",
}


@pytest.fixture(scope="module", params=["committed", "another seed"])
def tables(request) -> dict[str, pd.DataFrame]:
    """All tables, with floats for decimals and timestamps for dates."""
    if request.param == "another seed":
        return generate(1)
    found = {
        name: pd.read_parquet(FOLDER / f"{name}.parquet")
        for name in TABLES
        if (FOLDER / f"{name}.parquet").exists()
    }
    for name, table in found.items():
        for column in (c for c in TABLES[name].columns if c.name in table):
            if column.kind == "money":
                table[column.name] = table[column.name].astype(float)
            if column.kind == "date":
                table[column.name] = pd.to_datetime(table[column.name])
    return found


@pytest.fixture(scope="module")
def sales(tables) -> pd.DataFrame:
    return tables["sales"]


@pytest.fixture(scope="module")
def facts(tables) -> pd.DataFrame:
    """One row per account with sales, largest revenue first."""
    sales, activities = tables["sales"], tables["activities"]
    facts = sales.groupby("account_id")[["amount", "list_amount", "cost"]].sum().round(2)
    served = activities["quantity"] * activities["cost_per_unit"]
    facts["service"] = served.groupby(activities["account_id"]).sum()
    facts["service"] = facts["service"].fillna(0)
    facts["contribution"] = facts["amount"] - facts["cost"]
    facts["profit"] = facts["contribution"] - facts["service"]
    facts["discount"] = 1 - facts["amount"] / facts["list_amount"]
    facts["parent_id"] = sales.groupby("account_id")["parent_id"].first()
    facts["seller"] = sales.groupby("account_id")["seller"].first()
    return facts.sort_values("amount", ascending=False)


@pytest.fixture(scope="module")
def class_a(facts) -> pd.DataFrame:
    """The accounts that together reach 80 % of revenue."""
    before = facts["amount"].cumsum().shift(fill_value=0) / facts["amount"].sum()
    return facts[before < 0.80]


@pytest.fixture(scope="module")
def by_group(sales) -> pd.DataFrame:
    """What each account bought of each group: one row per both, one column per year."""
    years = sales["date"].dt.year
    return sales.pivot_table(
        index=["account_id", "category"],
        columns=years,
        values="amount",
        aggfunc="sum",
        fill_value=0.0,
    )


def yearly(sales: pd.DataFrame, account: str, column: str = "amount") -> pd.Series:
    own = sales[sales["account_id"] == account]
    return own.groupby(own["date"].dt.year)[column].sum()


def share_of_wallet(tables: dict[str, pd.DataFrame], accounts: list[str]) -> float:
    sales, wallet = tables["sales"], tables["wallet"]
    sold = sales.loc[
        sales["account_id"].isin(accounts) & (sales["date"].dt.year == 2025), "amount"
    ].sum()
    return float(sold / wallet.loc[wallet["account_id"].isin(accounts), "spend"].sum())


def test_every_truth_of_the_key_is_tested_here():
    assert set(KEY) == set(answer_key()) == TESTED
    assert sum(truth["flag"] for truth in KEY.values()) == 25


class TestProfit:
    def test_the_giant_is_largest_and_loses_money_once_it_is_served(self, facts):
        giant = facts.loc[KEY["giant"]["account_id"]]
        assert facts.index[0] == giant.name
        assert 0 < giant["contribution"] < 0.10 * giant["amount"]
        assert giant["profit"] < -0.05 * giant["amount"]
        assert facts["profit"].idxmin() == giant.name

    def test_the_quiet_star_earns_more_than_its_revenue_suggests(self, facts):
        star = KEY["quiet_star"]["account_id"]
        assert facts["amount"].rank(ascending=False)[star] > 20
        assert facts["profit"].rank(ascending=False)[star] <= 10
        assert facts.loc[star, "contribution"] > 0.5 * facts.loc[star, "amount"]
        assert facts.loc[star, "service"] < 0.03 * facts.loc[star, "amount"]

    def test_four_large_accounts_lose_by_one_thing_each_that_they_ask_for(
        self, tables, facts, class_a
    ):
        times = tables["activities"].pivot_table(
            index="account_id", columns="activity", values="quantity", aggfunc="sum", fill_value=0
        )
        per_krone = times.div(facts["amount"], axis=0).loc[class_a.index]
        for account, activity in KEY["costly_service"]["activities"].items():
            assert facts.index.get_loc(account) < 60
            assert facts.loc[account, "contribution"] > 0.20 * facts.loc[account, "amount"]
            assert facts.loc[account, "profit"] < 0
            assert per_krone.loc[account, activity] > 4 * per_krone[activity].median()

    def test_they_and_the_giant_lose_most_of_all_but_the_discounters_accounts(self, facts):
        others = facts[facts["seller"] != KEY["discounter"]["seller"]]
        planted = {KEY["giant"]["account_id"], *KEY["costly_service"]["activities"]}
        assert set(others["profit"].nsmallest(5).index) == planted

    def test_the_whale_curve_peaks_where_the_key_says(self, facts):
        low, high = KEY["whale"]["peak"]
        assert low <= facts["profit"].clip(lower=0).sum() / facts["profit"].sum() <= high

    def test_one_seller_gives_far_more_discount_at_every_size(self, facts):
        seller = KEY["discounter"]["seller"]
        west = facts[facts["seller"].isin(["S06", "S07", "S08"]) & (facts["amount"] > 0)]
        west = west.assign(size=pd.qcut(west["list_amount"], 4, labels=False))
        sums = west.groupby(["size", west["seller"] == seller])[["list_amount", "amount"]].sum()
        discount = (1 - sums["amount"] / sums["list_amount"]).unstack()
        assert (discount[True] - discount[False] > 0.10).all()
        assert (discount[True] > 1.5 * discount[False]).all()

    def test_the_discounts_eat_the_sellers_margin(self, facts):
        sums = facts.groupby("seller")[["amount", "list_amount", "cost", "profit"]].sum()
        ratio = 1 - sums["cost"] / sums["amount"]
        assert ratio["S07"] < 0.20
        assert ratio[["S06", "S08"]].min() > 0.25
        assert 0.4 < sums["list_amount"]["S07"] / sums["list_amount"][["S06", "S08"]].mean() < 1.4


class TestTerms:
    @pytest.mark.parametrize(
        ("truth", "least", "most"),
        [("bought_more", 1.4, 2.6), ("bought_less", 0.3, 0.7), ("discount_for_nothing", 0.75, 1.2)],
    )
    def test_the_discount_changed_and_the_volume_as_the_key_says(self, sales, truth, least, most):
        key = KEY[truth]
        at_list, net = (yearly(sales, key["account_id"], c) for c in ("list_amount", "amount"))
        discount = 1 - net / at_list
        assert discount[[2023, 2024]].tolist() == pytest.approx(
            [key["discount_before"]] * 2, abs=0.01
        )
        assert discount[2025] == pytest.approx(key["discount_after"], abs=0.01)
        assert least <= at_list[2025] / at_list[2024] <= most

    def test_no_other_large_account_had_its_discount_changed_so_much(self, sales, class_a):
        years = sales["date"].dt.year
        sums = sales.groupby(["account_id", years])[["amount", "list_amount"]].sum()
        discount = (1 - sums["amount"] / sums["list_amount"]).unstack().loc[class_a.index]
        change = (discount[2025] - discount[2024]).abs()
        named = ("bought_more", "bought_less", "discount_for_nothing")
        assert set(change[change > 0.06].index) == {KEY[name]["account_id"] for name in named}


class TestChange:
    def test_the_late_account_was_regular_and_is_silent(self, sales, class_a):
        key = KEY["late"]
        days = sales.loc[sales["account_id"] == key["account_id"], "date"].drop_duplicates()
        gaps = days.sort_values().diff().dropna().dt.days
        silent = (END - days.max()).days
        assert gaps.mean() == pytest.approx(key["interval_days"], abs=0.1)
        assert gaps.max() <= 10
        assert silent > 10 * gaps.mean()
        assert days.max() == pd.Timestamp(key["last_date"])
        assert class_a.index.get_loc(key["account_id"]) < 30

    def test_no_other_large_account_broke_so_regular_a_rhythm(self, sales, class_a):
        days = sales.drop_duplicates(["account_id", "date"]).sort_values(["account_id", "date"])
        gaps = days.groupby("account_id")["date"].diff().dt.days.groupby(days["account_id"])
        silent = (END - days.groupby("account_id")["date"].max()).dt.days
        broke = (gaps.std() / gaps.mean() < 0.35) & (silent > 5 * gaps.mean())
        assert broke[broke].index.intersection(class_a.index).tolist() == [
            KEY["late"]["account_id"]
        ]

    def test_the_leak_orders_as_often_and_buys_less_than_half(self, sales, facts):
        leak = KEY["leak"]["account_id"]
        own = sales[(sales["account_id"] == leak) & (sales["doc_type"] == "invoice")]
        orders = own.groupby(own["date"].dt.year)["invoice_id"].nunique()
        amount = yearly(sales, leak)
        assert 0.75 < orders[2025] / orders[2023] < 1.33
        assert amount[2025] < 0.55 * amount[2023]
        assert amount.is_monotonic_decreasing
        assert own["date"].drop_duplicates().sort_values().diff().dt.days.max() < 45
        assert facts.index.get_loc(leak) < 60

    def test_the_rising_account_more_than_doubled(self, sales):
        amount = yearly(sales, KEY["rising"]["account_id"])
        assert amount.is_monotonic_increasing
        assert amount[2025] > 2 * amount[2023]


class TestOpportunities:
    def test_buyers_of_the_leader_mostly_buy_the_follower(self, sales):
        key = KEY["cross_sell"]
        bought = sales.pivot_table(index="account_id", columns="category", aggfunc="size").notna()
        leader, follower = bought[key["leader"]], bought[key["follower"]]
        assert follower[leader].mean() > 0.80
        assert follower[~leader].mean() < 0.30
        assert follower[leader].mean() > 2 * follower.mean()

    def test_no_other_pair_of_groups_is_as_strong(self, sales):
        bought = sales.pivot_table(index="account_id", columns="category", aggfunc="size").notna()
        lift = {
            (a, b): bought.loc[bought[a], b].mean() / bought[b].mean()
            for a in bought
            for b in bought
            if a != b
        }
        strongest = max(lift, key=lift.__getitem__)
        assert set(strongest) == {KEY["cross_sell"]["leader"], KEY["cross_sell"]["follower"]}

    def test_the_six_without_the_follower_are_the_largest_such_buyers(self, sales):
        key = KEY["cross_sell"]
        spend = sales.pivot_table(
            index="account_id", columns="category", values="amount", aggfunc="sum", fill_value=0
        )
        without = spend.loc[spend[key["follower"]] == 0, key["leader"]]
        assert set(without.nlargest(6).index) == set(key["without_follower"])

    def test_what_was_taken_up_was_never_bought_before_2025(self, by_group):
        for account, group in KEY["cross_sell_came_true"]["groups"].items():
            years = by_group.loc[(account, group)]
            assert (years[[2023, 2024]] == 0).all()
            assert years[2025] > 0.05 * by_group.loc[account, 2025].sum()

    def test_what_was_upsold_was_bought_a_little_before_2025(self, by_group):
        for account, group in KEY["upsell_came_true"]["groups"].items():
            years = by_group.loc[(account, group)]
            assert (years[[2023, 2024]] > 0).all()
            assert years[2025] > 2 * years[2024]

    def test_the_gaps_are_in_groups_bought_all_the_time_until_late_in_2024(self, sales, class_a):
        bought = sales[sales["doc_type"] == "invoice"]
        months = bought.assign(month=bought["date"].dt.to_period("M"))
        seen = months.groupby(["account_id", "category"])["month"]
        until = months[months["date"] < "2025-01-01"].groupby(["account_id", "category"])["month"]
        gap = (until.nunique() >= 18) & (seen.max().reindex(until.nunique().index) < "2025-01")
        last = bought.groupby("account_id")["date"].max()
        there = last[last > "2025-10-01"].index.intersection(class_a.index)
        found = [pair for pair in gap[gap].index if pair[0] in there]
        assert dict(found) == KEY["repeat_gap"]["groups"]
        assert len(found) >= 3

    def test_competitors_serve_the_gaps_and_the_six(self, tables):
        wallet = tables["wallet"].set_index(["account_id", "category"])["served_by"]
        lost = [*KEY["repeat_gap"]["groups"].items()]
        lost += [(a, KEY["cross_sell"]["follower"]) for a in KEY["cross_sell"]["without_follower"]]
        assert len(lost) == 10
        assert wallet.loc[lost].eq("competitor").all()

    def test_what_came_back_was_away_for_the_whole_of_2024(self, by_group):
        for account, group in KEY["repeat_came_true"]["groups"].items():
            years = by_group.loc[(account, group)]
            assert years[2024] == 0
            assert years[2025] > 0.5 * years[2023] > 0

    def test_a_large_account_buys_four_fifths_elsewhere(self, tables, facts):
        account = KEY["open_wallet"]["account_id"]
        assert facts.index.get_loc(account) < 10
        assert 0.1 < share_of_wallet(tables, [account]) < 0.25

    def test_the_chain_is_key_only_as_a_whole(self, facts, class_a):
        key = KEY["chain"]
        members = facts[facts["parent_id"] == key["parent_id"]]
        rolled = facts.groupby(facts["parent_id"].fillna(facts.index.to_series()))["amount"].sum()
        assert len(members) == key["members"]
        assert members["amount"].max() < 0.85 * class_a["amount"].min()
        assert rolled.rank(ascending=False)[key["parent_id"]] <= 10
        assert members["profit"].sum() > 0

    def test_every_member_of_a_chain_has_a_wallet(self, tables, facts):
        whole = tables["wallet"].groupby("account_id")["category"].nunique()
        members = facts.index[facts["parent_id"].notna()]
        assert (whole.loc[members] == 12).all()
        chain = facts.index[facts["parent_id"] == KEY["chain"]["parent_id"]]
        assert share_of_wallet(tables, list(chain)) < 0.45


class TestPeople:
    def test_one_of_the_ten_largest_hangs_on_a_single_contact(self, tables, facts):
        people = tables["contacts"].groupby("account_id").size()
        top = people.reindex(facts.index[:100], fill_value=0)
        single = KEY["single_contact"]["account_id"]
        assert facts.index.get_loc(single) < 10
        assert top[top < 3].to_dict() == {single: 1}

    def test_at_one_other_large_account_we_know_nobody_who_decides(self, tables, facts):
        contacts, account = tables["contacts"], KEY["no_decider"]["account_id"]
        decides = contacts[contacts["role"] == "decider"]["account_id"]
        without = facts.index[:100].difference(decides)
        assert set(without) == {account, KEY["single_contact"]["account_id"]}
        assert (contacts["account_id"] == account).sum() == 5

    def test_at_one_large_account_nobody_has_been_met_for_300_days(self, tables, facts):
        last = tables["contacts"].groupby("account_id")["last_contact"].max()
        ago = (END - last.reindex(facts.index[:100])).dt.days
        assert ago[ago >= 300].index.tolist() == [KEY["not_met"]["account_id"]]

    def test_the_house_has_people_in_seven_departments_and_an_opponent(self, tables, facts):
        key = KEY["house"]
        people = tables["contacts"].query("account_id == @key['account_id']")
        ours = people["our_contact"].dropna().str.split("; ").explode()
        assert len(people) == key["people"]
        assert people["department"].nunique() == 7
        assert ours.nunique() == 5
        against = people[people["support"] == -2]
        assert against["department"].unique().tolist() == ["Økonomi"]
        assert facts.index.get_loc(key["account_id"]) < 10

    def test_one_of_the_largest_lies_in_each_field_of_the_matrix(self, tables, facts):
        ratings = tables["ratings"]
        strong = ratings["criterion"].isin(["range", "delivery", "price", "relationship"])
        mean = ratings.groupby(["account_id", strong])["score"].mean().unstack()
        fields = {
            "strategic": (True, True),
            "star": (True, False),
            "status": (False, True),
            "streamline": (False, False),
        }
        for account, field in KEY["matrix"]["cells"].items():
            attractive, strength = mean.loc[account, False], mean.loc[account, True]
            assert facts.index.get_loc(account) < 10
            assert (attractive > 3.5, strength > 3.5) == fields[field]
            assert not 2.5 < attractive < 3.5
            assert not 2.5 < strength < 3.5


class TestData:
    def test_one_account_nets_zero_and_one_less(self, facts):
        zero, below = KEY["at_or_below_zero"]["account_id"]
        assert facts.index[facts["amount"] <= 0].tolist() == [zero, below]
        assert facts.loc[zero, "amount"] == 0
        assert facts.loc[below, "amount"] < 0

    def test_the_repeated_lines_are_as_many_as_the_key_says(self, sales):
        assert sales.duplicated().sum() == KEY["repeated_lines"]["lines"]


class TestNotToBeFlagged:
    def test_some_buy_in_their_months_every_year_and_never_else(self, sales, class_a):
        for truth in ("seasonal", "winter"):
            key = KEY[truth]
            for account in key.get("account_ids", [key.get("account_id")]):
                own = sales[(sales["account_id"] == account) & (sales["doc_type"] == "invoice")]
                assert set(own["date"].dt.month) == set(key["months"])
                assert own.groupby(own["date"].dt.year)["date"].nunique().min() >= 10
                assert set(own["date"].dt.year) == {2023, 2024, 2025}
                assert account in class_a.index

    def test_no_other_large_account_buys_in_one_season_only(self, sales, class_a):
        large = sales[sales["account_id"].isin(class_a.index) & (sales["doc_type"] == "invoice")]
        large = large[large["account_id"].isin(class_a.index[:150])]
        first = large.groupby("account_id")["date"].min()
        months = large.groupby("account_id")["date"].agg(lambda days: days.dt.month.nunique())
        whole = months[first < "2024-01-01"]
        planted = {KEY["seasonal"]["account_id"], *KEY["winter"]["account_ids"]}
        assert set(whole[whole <= 5].index) == planted & set(large["account_id"])

    def test_buyers_in_projects_were_silent_for_longer_more_than_once(self, sales, class_a):
        for account in KEY["projects"]["account_ids"]:
            days = sales.loc[sales["account_id"] == account, "date"].drop_duplicates()
            gaps = days.sort_values().diff().dt.days
            silent = (END - days.max()).days
            assert silent > 60
            assert (gaps > silent).sum() >= 3
            assert account in class_a.index

    def test_one_account_has_hardly_any_wallet_left(self, tables, class_a):
        account = KEY["full_wallet"]["account_id"]
        assert 0.93 < share_of_wallet(tables, [account]) <= 1
        assert account in class_a.index

    def test_the_wrong_invoice_is_credited_and_sent_again(self, sales):
        own = sales[sales["account_id"] == KEY["corrected"]["account_id"]]
        documents = own.groupby(["doc_type", "invoice_id", "date"])["amount"].sum().reset_index()
        wrong = documents.loc[documents["amount"].idxmax()]
        credit = documents[documents["doc_type"] == "credit_note"]
        again = documents[documents["date"] == credit["date"].iloc[0]]
        assert len(credit) == 1
        assert credit["amount"].iloc[0] == pytest.approx(-wrong["amount"])
        assert wrong["amount"] / 40 in [pytest.approx(x) for x in again["amount"]]
        assert (credit["date"].iloc[0] - wrong["date"]).days == 6
        assert wrong["date"].month == credit["date"].iloc[0].month == 11

    def test_a_discount_of_30_per_cent_pays_where_little_is_asked_for(self, facts):
        account = KEY["discount_with_reason"]["account_id"]
        assert facts.loc[account, "discount"] == pytest.approx(0.30, abs=0.01)
        assert facts.loc[account, "service"] < 0.02 * facts.loc[account, "amount"]
        assert facts["profit"].rank(ascending=False)[account] <= 25
        assert facts["profit"].rank(ascending=False)[account] < facts.index.get_loc(account) + 1
