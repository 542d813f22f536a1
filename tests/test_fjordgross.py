"""The practice company: its generator, its files, its truths found again with plain pandas."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from kamkit.schema.contract import TABLES
from tools.fjordgross.company import generate, write_all
from tools.fjordgross.truths import answer_key as planted

FOLDER = Path(__file__).resolve().parents[1] / "data" / "fjordgross"
END = pd.Timestamp("2025-12-31")
KEY = json.loads((FOLDER / "answer_key.json").read_text(encoding="utf-8"))


def read(name: str) -> pd.DataFrame:
    """One committed table, with floats for decimals and timestamps for dates."""
    table = pd.read_parquet(FOLDER / f"{name}.parquet")
    for column in TABLES[name].columns:
        if column.name in table and column.kind == "money":
            table[column.name] = table[column.name].astype(float)
        if column.name in table and column.kind == "date":
            table[column.name] = pd.to_datetime(table[column.name])
    return table


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    return read("sales")


@pytest.fixture(scope="module")
def facts(sales) -> pd.DataFrame:
    """One row per account with sales, largest revenue first."""
    facts = sales.groupby("account_id")[["amount", "list_amount", "cost"]].sum().round(2)
    activities = read("activities")
    served = activities["quantity"] * activities["cost_per_unit"]
    facts["service"] = served.groupby(activities["account_id"]).sum()
    facts["service"] = facts["service"].fillna(0)
    facts["contribution"] = facts["amount"] - facts["cost"]
    facts["profit"] = facts["contribution"] - facts["service"]
    facts["parent_id"] = sales.groupby("account_id")["parent_id"].first()
    facts["seller"] = sales.groupby("account_id")["seller"].first()
    return facts.sort_values("amount", ascending=False)


@pytest.fixture(scope="module")
def class_a(facts) -> pd.DataFrame:
    """The accounts that together reach 80 % of revenue."""
    before = facts["amount"].cumsum().shift(fill_value=0) / facts["amount"].sum()
    return facts[before < 0.80]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("fjordgross")
    write_all(folder)
    return folder


class TestCompany:
    def test_it_has_the_size_that_the_data_sheet_says(self, sales):
        assert 240_000 <= len(sales) <= 260_000
        assert len(read("accounts")) == 1_200
        assert sales["category"].nunique() == 12
        assert sales["product_id"].nunique() == 594

    def test_it_sells_in_three_whole_years_and_never_on_a_weekend(self, sales):
        assert sales["date"].min() >= pd.Timestamp("2023-01-01")
        assert sales["date"].max() == END
        assert sales["date"].dt.to_period("M").nunique() == 36
        assert (sales["date"].dt.day_of_week < 5).all()

    def test_it_is_closed_on_public_holidays(self, sales):
        days = set(sales["date"].dt.strftime("%Y-%m-%d"))
        assert days.isdisjoint({"2024-03-29", "2025-04-21", "2023-05-17", "2025-12-25"})

    def test_a_fifth_of_the_accounts_gives_three_to_four_fifths_of_revenue(self, facts):
        top = facts["amount"].iloc[: round(len(facts) * 0.2)].sum() / facts["amount"].sum()
        assert 0.75 <= top <= 0.82

    def test_july_and_december_are_quiet(self, sales):
        months = sales.groupby(sales["date"].dt.month)["amount"].sum()
        assert set(months.nsmallest(2).index) == {7, 12}

    def test_every_line_names_a_known_account_under_its_own_name(self, sales):
        names = read("accounts").set_index("account_id")["name"]
        pairs = sales[["account_id", "account_name"]].drop_duplicates()
        assert names.loc[pairs["account_id"]].tolist() == pairs["account_name"].tolist()

    def test_the_other_tables_only_name_known_accounts(self):
        known = set(read("accounts")["account_id"])
        for name in ("activities", "contacts", "wallet", "ratings", "goals"):
            assert set(read(name)["account_id"]) <= known, name

    def test_columns_and_choices_are_those_of_the_contract(self):
        for name, contract in TABLES.items():
            table = read(name)
            columns = {column.name: column for column in contract.columns}
            assert set(table.columns) <= set(columns)
            assert set(contract.required) <= set(table.columns)
            for choice in (c for c in contract.columns if c.choices and c.name in table):
                assert set(table[choice.name].dropna()) <= set(choice.choices)

    def test_account_numbers_are_text_with_leading_zeros(self):
        numbers = read("accounts")["account_id"]
        assert numbers.str.fullmatch(r"00\d{4}").all()
        assert numbers.is_unique

    def test_names_are_unique_and_prospects_have_others(self):
        names = read("accounts")["name"]
        assert names.is_unique
        assert set(names).isdisjoint(read("prospects")["name"])

    def test_no_organisation_number_passes_the_check_digit(self):
        weights = (3, 2, 7, 6, 5, 4, 3, 2)
        numbers = read("accounts")["org_number"]
        assert numbers.str.fullmatch(r"\d{9}").all()
        assert numbers.is_unique
        for number in numbers:
            total = sum(w * int(d) for w, d in zip(weights, number, strict=False))
            assert (total + int(number[8])) % 11 != 0, number

    def test_wallets_are_never_smaller_than_what_we_sold(self, sales):
        wallet = read("wallet")
        sold = sales[sales["date"].dt.year == 2025].groupby(["account_id", "category"])["amount"]
        spend = wallet.set_index(["account_id", "category"])["spend"]
        both = pd.concat([spend, sold.sum()], axis=1, join="inner")
        assert len(both) > 1000
        assert (both["spend"] >= both["amount"].round(2)).all()

    def test_nobody_reports_to_a_person_that_the_account_does_not_have(self):
        contacts = read("contacts")
        people = set(zip(contacts["account_id"], contacts["person"], strict=True))
        leads = contacts.dropna(subset="reports_to")
        assert len(people) == len(contacts)
        assert set(zip(leads["account_id"], leads["reports_to"], strict=True)) <= people


class TestHarmlessOddities:
    def test_credit_notes_are_negative_and_invoices_positive(self, sales):
        credit = sales["doc_type"].eq("credit_note")
        assert 0.01 < credit.mean() < 0.03
        assert (sales.loc[credit, ["quantity", "amount", "list_amount", "cost"]] < 0).all(axis=None)
        assert (sales.loc[~credit, ["quantity", "amount"]] > 0).all(axis=None)

    def test_the_repeated_lines_are_as_many_as_the_key_says(self, sales):
        assert sales.duplicated().sum() == KEY["repeated_lines"]["lines"]

    def test_one_account_nets_zero_and_one_less(self, facts):
        zero, below = KEY["at_or_below_zero"]["account_id"]
        assert facts.index[facts["amount"] <= 0].tolist() == [zero, below]
        assert facts.loc[zero, "amount"] == 0
        assert facts.loc[below, "amount"] < 0

    def test_list_amount_is_never_less_than_the_net_amount(self, sales):
        assert (sales["list_amount"].abs() >= sales["amount"].abs()).all()


class TestPlantedTruths:
    def test_the_giant_is_largest_and_loses_money_once_it_is_served(self, facts):
        giant = facts.loc[KEY["giant"]["account_id"]]
        assert facts.index[0] == giant.name
        assert 0 < giant["contribution"] < 0.10 * giant["amount"]
        assert giant["profit"] < -0.05 * giant["amount"]
        assert facts["profit"].idxmin() == giant.name

    def test_the_quiet_star_earns_more_than_its_revenue_suggests(self, facts):
        star = KEY["quiet_star"]["account_id"]
        assert facts["amount"].rank(ascending=False)[star] > 20
        assert facts["profit"].rank(ascending=False)[star] <= 8
        assert facts.loc[star, "contribution"] > 0.5 * facts.loc[star, "amount"]
        assert facts.loc[star, "service"] < 0.01 * facts.loc[star, "amount"]

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

    def test_one_of_the_ten_largest_hangs_on_a_single_contact(self, facts):
        people = read("contacts").groupby("account_id").size()
        top = people.reindex(facts.index[:100], fill_value=0)
        single = KEY["single_contact"]["account_id"]
        assert facts.index.get_loc(single) < 10
        assert top[top < 3].to_dict() == {single: 1}

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
        assert set(strongest) == {"Sveiseutstyr", "Slipemidler"}

    def test_the_six_without_the_follower_are_the_largest_such_buyers(self, sales):
        key = KEY["cross_sell"]
        spend = sales.pivot_table(
            index="account_id", columns="category", values="amount", aggfunc="sum", fill_value=0
        )
        without = spend.loc[spend[key["follower"]] == 0, key["leader"]]
        assert set(without.nlargest(6).index) == set(key["without_follower"])

    def test_competitors_serve_the_six(self):
        wallet = read("wallet")
        key = KEY["cross_sell"]
        rows = wallet[wallet["account_id"].isin(key["without_follower"])]
        rows = rows[rows["category"] == key["follower"]]
        assert len(rows) == 6
        assert rows["served_by"].eq("competitor").all()

    def test_the_seasonal_buyer_buys_in_spring_every_year_and_never_else(self, sales, class_a):
        key = KEY["seasonal"]
        own = sales[sales["account_id"] == key["account_id"]]
        assert set(own["date"].dt.month) == {4, 5, 6}
        assert own.groupby(own["date"].dt.year)["date"].nunique().min() >= 10
        assert set(own["date"].dt.year) == {2023, 2024, 2025}
        assert key["account_id"] in class_a.index

    def test_no_other_large_account_buys_in_one_season_only(self, sales, class_a):
        large = sales[sales["account_id"].isin(class_a.index[:150])]
        months = large.groupby("account_id")["date"].agg(lambda days: days.dt.month.nunique())
        assert months[months <= 4].index.tolist() == [KEY["seasonal"]["account_id"]]

    def test_the_chain_is_key_only_as_a_whole(self, facts, class_a):
        key = KEY["chain"]
        members = facts[facts["parent_id"] == key["parent_id"]]
        rolled = facts.groupby(facts["parent_id"].fillna(facts.index.to_series()))["amount"].sum()
        assert len(members) == key["members"]
        assert members["amount"].max() < 0.85 * class_a["amount"].min()
        assert rolled.rank(ascending=False)[key["parent_id"]] <= 6

    def test_one_seller_gives_twice_the_discount_at_every_size(self, facts):
        seller = KEY["discounter"]["seller"]
        west = facts[facts["seller"].isin(["S06", "S07", "S08"]) & (facts["amount"] > 0)]
        west = west.assign(size=pd.qcut(west["list_amount"], 4, labels=False))
        sums = west.groupby(["size", west["seller"] == seller])[["list_amount", "amount"]].sum()
        discount = (1 - sums["amount"] / sums["list_amount"]).unstack()
        assert (discount[True] > 1.7 * discount[False]).all()

    def test_the_discounts_eat_the_sellers_margin(self, facts):
        ratio = 1 - facts.groupby("seller")["cost"].sum() / facts.groupby("seller")["amount"].sum()
        volume = facts.groupby("seller")["list_amount"].sum()
        assert ratio["S07"] < 0.25
        assert ratio[["S06", "S08"]].min() > 0.30
        assert 0.6 < volume["S07"] / volume[["S06", "S08"]].mean() < 1.4


class TestFiles:
    def test_regenerating_gives_the_committed_files_and_no_other(self, written):
        names = {path.name for path in written.iterdir()}
        assert names | {"README.md"} == {path.name for path in FOLDER.iterdir()}

    @pytest.mark.parametrize("name", TABLES)
    def test_regenerating_gives_the_committed_table(self, written, name):
        new, committed = (folder / f"{name}.parquet" for folder in (written, FOLDER))
        if pq.read_metadata(new).created_by == pq.read_metadata(committed).created_by:
            assert new.read_bytes() == committed.read_bytes()
        else:  # another version of pyarrow writes the same values in other bytes
            assert pq.read_table(new).equals(pq.read_table(committed))

    def test_regenerating_gives_the_committed_exports(self, written):
        for name in ("fjordgross-2025.csv", "answer_key.json"):
            assert (written / name).read_bytes() == (FOLDER / name).read_bytes(), name
        assert workbook(written) == workbook(FOLDER)

    def test_the_key_is_a_copy(self):
        planted()["giant"]["account_id"] = "another"
        assert planted()["giant"]["account_id"] == "000412"

    def test_another_seed_gives_another_company(self, sales):
        assert not generate(1)["sales"]["amount"].equals(sales["amount"])

    def test_files_are_small(self):
        assert (FOLDER / "sales.parquet").stat().st_size < 2_500_000
        assert (FOLDER / "fjordgross-2025.csv").stat().st_size < 700_000

    def test_the_csv_is_written_as_norwegian_systems_write(self):
        lines = csv_lines()
        assert lines[0] == [
            "Kundenr",
            "Kundenavn",
            "Fakturanr",
            "Fakturadato",
            "Bilagstype",
            "Bruttobeløp",
            "Beløp eks. mva",
            "Varekost",
            "Selger",
            "Distrikt",
        ]
        assert lines[1][3] == "01.10.2025"
        assert any("\u00a0" in line[6] for line in lines)
        assert {line[4] for line in lines[1:-1]} == {"Faktura", "Kreditnota"}
        assert all(line[6].startswith("-") for line in lines if line[4] == "Kreditnota")

    def test_the_csv_ends_in_a_sum_that_adds_up(self):
        lines = csv_lines()
        assert lines[-1][0] == "Sum"
        assert sum(kroner(line[6]) for line in lines[1:-1]) == kroner(lines[-1][6])

    def test_the_csv_holds_the_ledgers_last_quarter_and_nine_cash_sales(self, sales):
        lines = csv_lines()[1:-1]
        quarter = sales.loc[sales["date"] >= "2025-10-01", "amount"].sum()
        with_customer = sum(kroner(line[6]) for line in lines if line[0])
        assert float(with_customer) == pytest.approx(quarter, abs=0.005)
        assert sum(not line[0] for line in lines) == 9

    def test_the_workbook_has_three_rows_above_and_the_same_documents(self):
        rows = workbook(FOLDER)
        assert rows[3][0] == "Kundenr"
        assert rows[-1][0] == "Totalt"
        assert [row[2] for row in rows[4:-1]] == [line[2] for line in csv_lines()[1:-1]]
        assert rows[4][0] == "000116"
        assert rows[4][3].isoformat() == "2025-10-01"
        assert np.isclose(rows[-1][6], float(kroner(csv_lines()[-1][6])))

    def test_the_data_sheet_says_that_all_of_it_is_invented(self):
        sheet = (FOLDER / "README.md").read_text(encoding="utf-8")
        assert "fictional" in sheet.splitlines()[0]
        for truth in ("000412", "001187", "000923", "000655", "001546", "K07", "S07"):
            assert truth in sheet


def csv_lines() -> list[list[str]]:
    text = (FOLDER / "fjordgross-2025.csv").read_bytes().decode("cp1252")
    return [line.split(";") for line in text.splitlines()]


def kroner(text: str) -> Decimal:
    return Decimal(text.replace("\u00a0", "").replace(",", "."))


def workbook(folder: Path) -> list[list]:
    book = CalamineWorkbook.from_path(folder / "fjordgross-2025.xlsx")
    assert book.sheet_names == ["Ark1"]
    return book.get_sheet_by_name("Ark1").to_python()
