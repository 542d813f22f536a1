"""The practice company: its generator and its files; its truths: test_fjordgross_truths."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from kamkit.schema.contract import TABLES as CONTRACT
from tools.fjordgross.company import generate, write_all
from tools.fjordgross.key import answer_key

FOLDER = Path(__file__).resolve().parents[1] / "data" / "fjordgross"
# its lines name group and cost themselves, so it has no register of products
TABLES = {name: table for name, table in CONTRACT.items() if name != "products"}
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
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("fjordgross")
    write_all(folder)
    return folder


class TestCompany:
    def test_it_has_the_size_that_the_data_sheet_says(self, sales):
        assert 210_000 <= len(sales) <= 230_000
        assert len(read("accounts")) == 1_200
        assert sales["category"].nunique() == 12
        assert sales["product_id"].nunique() == 600

    def test_it_sells_in_three_whole_years_and_never_on_a_weekend(self, sales):
        assert sales["date"].min() >= pd.Timestamp("2023-01-01")
        assert sales["date"].max() == END
        assert sales["date"].dt.to_period("M").nunique() == 36
        assert (sales["date"].dt.day_of_week < 5).all()

    def test_it_is_closed_on_public_holidays(self, sales):
        days = set(sales["date"].dt.strftime("%Y-%m-%d"))
        assert days.isdisjoint({"2024-03-29", "2025-04-21", "2023-05-17", "2025-12-25"})

    def test_a_fifth_of_the_accounts_gives_four_fifths_of_revenue(self, sales):
        amount = sales.groupby("account_id")["amount"].sum().sort_values(ascending=False)
        top = amount.iloc[: round(len(amount) * 0.2)].sum() / amount.sum()
        assert 0.80 <= top <= 0.85

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

    def test_list_amount_is_never_less_than_the_net_amount(self, sales):
        assert (sales["list_amount"].abs() >= sales["amount"].abs()).all()


class TestFiles:
    @pytest.mark.proof
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
        answer_key()["matrix"]["cells"].clear()
        answer_key()["giant"]["account_id"] = "another"
        assert len(answer_key()["matrix"]["cells"]) == 4
        assert answer_key()["giant"]["account_id"] == "000412"

    def test_another_seed_gives_another_company(self, sales):
        assert not generate(1)["sales"]["amount"].equals(sales["amount"])

    def test_files_are_small(self):
        assert (FOLDER / "sales.parquet").stat().st_size < 2_200_000
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
        assert rows[4][0] == "000136"
        assert rows[4][3].isoformat() == "2025-10-01"
        assert np.isclose(rows[-1][6], float(kroner(csv_lines()[-1][6])))

    def test_the_data_sheet_says_that_all_of_it_is_invented(self):
        sheet = (FOLDER / "README.md").read_text(encoding="utf-8")
        assert "fictional" in sheet.splitlines()[0]
        named = set(re.findall(r"00\d{4}|K07|S07", json.dumps(KEY)))
        assert len(named) == 50
        assert all(name in sheet for name in named)

    def test_the_data_sheet_counts_what_the_files_hold(self, sales):
        sheet = (FOLDER / "README.md").read_text(encoding="utf-8").replace("\u00a0", " ")
        for name in TABLES:
            row = next(line for line in sheet.splitlines() if line.startswith(f"| {name}.parquet"))
            rows = pq.read_metadata(FOLDER / f"{name}.parquet").num_rows
            assert row.endswith(f"| {rows:,} |".replace(",", " "))
        totals = {c: sales[c].sum() for c in ("amount", "list_amount", "cost")}
        assert all(f"{x:,.2f}".replace(",", " ") in sheet for x in totals.values())
        documents = f"{sales['invoice_id'].nunique():,}".replace(",", " ")
        assert f"on {documents} documents" in sheet
        assert f"{len(csv_lines()) - 2:,} and a sum".replace(",", " ") in sheet


def csv_lines() -> list[list[str]]:
    text = (FOLDER / "fjordgross-2025.csv").read_bytes().decode("cp1252")
    return [line.split(";") for line in text.splitlines()]


def kroner(text: str) -> Decimal:
    return Decimal(text.replace("\u00a0", "").replace(",", "."))


def workbook(folder: Path) -> list[list]:
    book = CalamineWorkbook.from_path(folder / "fjordgross-2025.xlsx")
    assert book.sheet_names == ["Ark1"]
    return book.get_sheet_by_name("Ark1").to_python()
