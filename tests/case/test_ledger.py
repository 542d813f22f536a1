"""The ledger that was opened: what it has, its days, its lines in their order."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import as_of, open_case
from kamkit.case import ColumnMapping
from kamkit.errors import MissingTable, PeriodError
from kamkit.periods import Period

SALES = pd.DataFrame(
    {
        "account_id": ["02", "01", None, "01", None],
        "date": ["2025-03-01", "2025-01-15", "2025-02-01", "2025-12-24", "2025-02-02"],
        "amount": [10.25, 20.0, 30.0, -5.0, 1.5],
        "cost": [6.0, 12.0, 18.0, -3.0, 1.0],
        "seller": [None, None, "S1", None, None],
        "Kommentar": ["a", "b", "c", "d", "e"],
    }
)
MAPPING = ColumnMapping().with_options({"max_rows": 0.9, "max_amount": 0.9})


@pytest.fixture(scope="module")
def case():
    return open_case(SALES, mapping=MAPPING)


class TestWhatItHas:
    def test_columns_are_those_of_the_contract_that_hold_something(self, case):
        assert case.columns == {"account_id", "date", "amount", "cost"}
        assert case.has("cost")
        assert not case.has("seller")  # its one value is on a line that was set aside
        assert not case.has("Kommentar")

    def test_sales_are_the_lines_used_in_columns_that_are_there(self, case):
        lines = case.sales.order_by("source_row").to_pandas()
        assert list(lines) == ["source_row", "account_id", "amount", "cost", "date"]
        assert lines["source_row"].tolist() == [1, 2, 4]
        assert lines["amount"].astype(float).tolist() == [10.25, 20.0, -5.0]

    def test_the_period_is_that_of_the_lines_used(self, case):
        assert case.period == Period("2025-01-15", "2025-12-24")

    def test_names_of_a_frame(self, case):
        assert (case.name, case.title, case.source) == ("DataFrame",) * 3
        assert not case.fictional
        assert len(case.checksum) == 64

    def test_a_case_is_opened_by_names_alone(self, case):
        with pytest.raises(TypeError):
            type(case)("x", "X")

    def test_its_engine_and_lines_are_not_printed(self, case):
        assert "engine" not in repr(case)
        assert "checked" not in repr(case)


class TestSetAside:
    def test_lines_stand_in_the_order_of_the_source(self, case):
        aside = case.set_aside()
        assert aside["source_row"].tolist() == [3, 5]
        assert aside["reason"].tolist() == ["no_account"] * 2
        assert aside["part"].tolist() == ["DataFrame"] * 2
        assert aside["amount"].tolist() == [30.0, 1.5]
        assert aside["amount"].dtype == aside["cost"].dtype == "float64"

    def test_at_most_as_many_as_asked(self, case):
        assert case.set_aside(1)["source_row"].tolist() == [3]
        assert len(case.set_aside(0)) == 0

    def test_they_reconcile(self, case):
        table = case.reconciliation().set_index("reason")
        assert table.loc["read", "amount"] == 56.75
        assert table.loc["used", "amount"] == 25.25
        assert table.loc["no_account", "amount"] == 31.5


class TestOtherTables:
    def test_one_that_is_not_there_says_what_it_holds(self, case):
        with pytest.raises(MissingTable, match="has no table “contacts”") as refusal:
            case.table("contacts")
        assert refusal.value.wanted.startswith("one row per ")

    def test_one_that_nobody_knows_is_answered_with_the_nearest(self, case):
        with pytest.raises(MissingTable, match="no table “contact” in the contract") as refusal:
            case.table("contact")
        assert refusal.value.remedy == "Did you mean “contacts”?"

    def test_activities_are_cut_to_the_days_of_the_ledger(self, company, tmp_path):
        days = ["2025-01-31", "2025-02-01", "2025-02-28", "2025-03-01", None]
        company(
            sales=SALES.dropna(subset="account_id"),
            activities=pd.DataFrame(
                {"account_id": "01", "activity": "visit", "quantity": range(5), "date": days}
            ),
        )
        cut = ColumnMapping().with_options({"start": "2025-01-15", "end": "2025-02-28"})
        kept = open_case(tmp_path, mapping=cut).table("activities")
        assert kept["quantity"].tolist() == [0, 1, 2, 4]
        first = cut.with_options({"start": "2025-02-01", "end": ""})
        kept = open_case(tmp_path, mapping=first).table("activities")
        assert kept["quantity"].tolist() == [1, 2, 3, 4]

    def test_a_table_without_lines_is_not_there(self, company):
        empty = pd.DataFrame({"account_id": [None], "name": ["Ask AS"]})
        case = company(sales=SALES.dropna(subset="account_id"), accounts=empty)
        assert "accounts" not in case.tables

    def test_names_and_numbers_of_a_register(self, company):
        register = pd.DataFrame(
            {
                "account_id": ["01", "Sum", "02"],
                "name": ["Ask", None, "Eik"],
                "employees": [3, 9, 6],
            }
        )
        case = company(sales=SALES.dropna(subset="account_id"), accounts=register)
        table = case.table("accounts")
        assert table["account_id"].tolist() == ["01", "02"]
        assert table["employees"].tolist() == [3.0, 6.0]
        assert table["employees"].dtype == "float64"


class TestAnEarlierDay:
    def test_a_line_of_the_day_itself_is_known(self, case):
        then = as_of(case, dt.date(2025, 3, 1))
        assert then.sales.order_by("source_row").to_pandas()["source_row"].tolist() == [1, 2]
        before = as_of(case, dt.date(2025, 2, 28))
        assert before.sales.to_pandas()["source_row"].tolist() == [2]

    def test_the_first_day_is_early_enough_and_the_one_before_is_not(self, case):
        assert as_of(case, dt.date(2025, 1, 15)).period.days == 1
        with pytest.raises(PeriodError, match="nothing as early as 14 Jan 2025"):
            as_of(case, dt.date(2025, 1, 14))

    def test_meetings_and_activities_of_the_day_are_known(self, company):
        case = company(
            sales=SALES.dropna(subset="account_id"),
            activities=pd.DataFrame(
                {
                    "account_id": "01",
                    "activity": "visit",
                    "quantity": [1, 2, 3],
                    "date": ["2025-05-01", "2025-05-02", None],
                }
            ),
            contacts=pd.DataFrame(
                {
                    "account_id": "01",
                    "person": ["Kari", "Ola"],
                    "last_contact": ["2025-05-01", "2025-05-02"],
                }
            ),
        )
        then = as_of(case, dt.date(2025, 5, 1))
        assert then.table("activities")["quantity"].tolist() == [1, 3]
        met = then.table("contacts")["last_contact"]
        assert met.tolist()[0] == pd.Timestamp("2025-05-01")
        assert pd.isna(met[1])
        assert then.notes[-1] == "As it was at the end of 1 May 2025."
        assert len(case.table("activities")) == 3


class TestTheCatalogue:
    def test_a_name_brings_title_and_currency(self, cdnow):
        assert (cdnow.name, cdnow.title, cdnow.source) == ("cdnow", "CDNOW", "cdnow")
        assert (cdnow.currency, cdnow.fictional, cdnow.notes) == ("USD", False, ())

    def test_the_practice_company_says_that_it_is_invented(self, fjordgross):
        assert fjordgross.fictional
        assert fjordgross.title == "Fjordgross AS"

    def test_the_users_currency_goes_before_the_catalogues(self, cdnow):
        options = {"currency": "NOK", "rates": {"USD": 10.0}}
        case = open_case("cdnow", mapping=ColumnMapping().with_options(options))
        assert case.currency == "NOK"
        sums = [one.reconciliation()["amount"].iloc[1] for one in (case, cdnow)]
        assert sums[0] == pytest.approx(10 * sums[1], abs=0.01)

    def test_a_file_of_that_name_goes_before_the_data_set(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        SALES.dropna(subset="account_id").to_csv("cdnow", index=False)
        case = open_case("cdnow")
        assert case.period.start.year == 2025
        assert case.title == "cdnow"
        assert case.currency == ""
