"""From text to typed lines: amounts from their parts, identifiers as they are, choices by word."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from kamkit import open_case
from kamkit.errors import LedgerError


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a ledger and gives its lines as a frame."""

    def lines(text: str, name: str = "salg.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return open_case(tmp_path / name).sales.order_by("source_row").to_pandas()

    return lines


class TestAmounts:
    def test_a_credit_column_is_taken_off_whatever_its_sign(self, read):
        frame = read(
            "Kundenr;Dato;Beløp;Kreditbeløp\n1;2025-01-01;100,00;\n1;2025-01-02;;40,00\n"
            "1;2025-01-03;;-5,00\n1;2025-01-04;100,00;30,00\n"
        )
        assert frame["amount"].tolist() == [100, -40, -5, 70]

    def test_quantity_times_price_is_exact(self, read):
        frame = read("Kundenr;Dato;Antall;Pris\n1;2025-01-01;3;0,3333\n1;2025-01-02;-1,5;2,01\n")
        assert frame["amount"].tolist() == [Decimal("0.9999"), Decimal("-3.015")]

    def test_an_amount_goes_before_quantity_and_price(self, read):
        frame = read("Kundenr;Dato;Antall;Pris;Beløp\n1;2025-01-01;3;10,00;25,00\n")
        assert frame["amount"].tolist() == [25]

    def test_numbers_of_a_frame_are_exact_to_the_fourth_decimal(self):
        frame = pd.DataFrame(
            {
                "account_id": [1, 2],
                "date": pd.to_datetime(["2025-01-01"] * 2),
                "amount": [0.1, 1e6 / 3],
            }
        )
        lines = open_case(frame).sales.order_by("source_row").to_pandas()
        assert lines["amount"].tolist() == [Decimal("0.1"), Decimal("333333.3333")]


class TestIdentifiers:
    def test_leading_zeros_and_spaces_in_between_stay(self, read):
        frame = read("Kundenr;Dato;Beløp\n007;2025-01-01;1,00\n a b ;2025-01-01;1,00\n")
        assert frame["account_id"].tolist() == ["007", "a b"]

    def test_floats_that_became_text_lose_their_point(self, read):
        frame = read("Kundenr;Dato;Beløp\n13085.0;2025-01-01;1,00\n7.0;2025-01-01;1,00\n")
        assert frame["account_id"].tolist() == ["13085", "7"]

    def test_a_column_with_one_other_value_keeps_it(self, read):
        frame = read("Kundenr;Dato;Beløp\n13085.0;2025-01-01;1,00\n7;2025-01-01;1,00\n")
        assert frame["account_id"].tolist() == ["13085.0", "7"]

    @pytest.mark.parametrize("word", ["nan", "NULL", "None", "<NA>", "#N/A", "#I/T", "#REF!"])
    def test_a_word_for_nothing_is_no_account(self, tmp_path, word):
        lines = ["1;2025-01-01;1,00"] * 4
        text = "\n".join(["Kundenr;Dato;Beløp", *lines, f"{word};2025-01-01;0,10"])
        (tmp_path / "salg.csv").write_text(text, encoding="utf-8")
        assert open_case(tmp_path / "salg.csv").set_aside()["reason"].tolist() == ["no_account"]

    def test_numbers_of_a_frame_are_written_whole(self):
        frame = pd.DataFrame(
            {
                "account_id": [13085.0, 7.5, 8.0],
                "date": ["2025-01-01"] * 3,
                "amount": [1.0, 2.0, 3.0],
                "invoice_id": [536365, 536366, 7],
            }
        )
        lines = open_case(frame).sales.order_by("source_row").to_pandas()
        assert lines["account_id"].tolist() == ["13085", "7.5", "8"]
        assert lines["invoice_id"].tolist() == ["536365", "536366", "7"]


class TestKinds:
    def test_a_column_of_yes_and_no_holds_no_dates(self):
        frame = pd.DataFrame({"account_id": ["1"], "date": [True], "amount": [1.0]})
        with pytest.raises(LedgerError, match="“date” does not hold dates"):
            open_case(frame)

    def test_a_column_of_days_holds_no_amounts(self):
        frame = pd.DataFrame(
            {"account_id": ["1"], "date": ["2025-01-01"], "amount": pd.to_datetime(["2025-01-01"])}
        )
        with pytest.raises(LedgerError, match="“amount” does not hold numbers"):
            open_case(frame)

    def test_days_written_as_whole_numbers_are_days(self):
        frame = pd.DataFrame(
            {"account_id": ["1", "1"], "date": [20250517, 20250518], "amount": [1.0, 2.0]}
        )
        lines = open_case(frame).sales.order_by("source_row").to_pandas()
        assert [str(day)[:10] for day in lines["date"]] == ["2025-05-17", "2025-05-18"]

    def test_a_day_is_that_of_the_columns_own_clock(self):
        late = pd.Series(pd.to_datetime(["2025-05-17 23:30"])).dt.tz_localize("America/New_York")
        frame = pd.DataFrame({"account_id": ["1"], "date": late, "amount": [1.0]})
        lines = open_case(frame).sales.to_pandas()
        assert str(lines["date"][0])[:10] == "2025-05-17"

    def test_a_parquet_file_keeps_the_day_of_its_clock_too(self, tmp_path):
        late = pd.Series(pd.to_datetime(["2025-05-17 23:30"])).dt.tz_localize("America/New_York")
        frame = pd.DataFrame({"account_id": ["1"], "date": late, 'amo"unt': [1.0]})
        frame.rename(columns={'amo"unt': "amount"}).to_parquet(tmp_path / "sales.parquet")
        lines = open_case(tmp_path / "sales.parquet").sales.to_pandas()
        assert str(lines["date"][0])[:10] == "2025-05-17"


class TestRows:
    @pytest.mark.parametrize(
        "word", ["Sum", "Total", "Totalt", "GRAND TOTAL", "Delsum", "I alt", "sluttsum 2025"]
    )
    def test_a_row_without_a_day_that_says_so_is_a_total(self, tmp_path, word):
        lines = ["1;2025-01-01;1,00"] * 4
        text = "\n".join(["Kundenr;Dato;Beløp", *lines, f"{word};;4,00"])
        (tmp_path / "salg.csv").write_text(text, encoding="utf-8")
        assert open_case(tmp_path / "salg.csv").set_aside()["reason"].tolist() == ["total_row"]

    def test_a_customer_called_total_with_a_day_is_a_customer(self, read):
        frame = read("Kundenr;Dato;Beløp\nTotal AS;2025-01-01;1,00\nSumatra;2025-01-01;1,00\n")
        assert frame["account_id"].tolist() == ["Total AS", "Sumatra"]

    def test_parts_with_other_columns_lie_under_one_another(self, tmp_path):
        (tmp_path / "salg 2024.csv").write_text("Kundenr;Dato;Beløp;Selger\n1;2024-01-01;1,00;S1\n")
        (tmp_path / "salg 2025.csv").write_text(
            "Beløp;Kundenr;Dato;Varekost\n2,00;2;2025-01-01;1,50\n"
        )
        case = open_case(tmp_path)
        lines = case.sales.order_by("date").to_pandas()
        assert lines["account_id"].tolist() == ["1", "2"]
        assert lines["seller"].fillna("–").tolist() == ["S1", "–"]
        assert lines["cost"].isna().tolist() == [True, False]


class TestOtherTables:
    def test_rows_keep_the_order_of_the_source(self, company):
        sales = pd.DataFrame({"account_id": ["001"], "date": ["2025-01-01"], "amount": [1.0]})
        numbers = [f"{(n * 37) % 101:03}" for n in range(101)]
        case = company(sales=sales, accounts=pd.DataFrame({"account_id": numbers, "name": "x"}))
        assert case.table("accounts")["account_id"].tolist() == numbers

    def test_a_choice_may_be_written_in_norwegian_and_another_word_stays(self, company):
        sales = pd.DataFrame({"account_id": ["1"], "date": ["2025-01-01"], "amount": [1.0]})
        wallet = pd.DataFrame(
            {
                "account_id": "1",
                "category": ["a", "b", "c", "d"],
                "spend": [1, 2, 3, 4],
                "served_by": ["Oss", " COMPETITOR ", "naboen", None],
            }
        )
        found = company(sales=sales, wallet=wallet).table("wallet")["served_by"]
        assert found.fillna("–").tolist() == ["us", "competitor", "naboen", "–"]

    def test_amounts_are_floats_as_they_were_written(self, company):
        sales = pd.DataFrame({"account_id": ["1"], "date": ["2025-01-01"], "amount": [1.0]})
        spend = [0.1, 1 / 3, 12_345_678.9, 99_999_999_999.9999]
        wallet = pd.DataFrame({"account_id": "1", "category": list("abcd"), "spend": spend})
        found = company(sales=sales, wallet=wallet).table("wallet")["spend"]
        assert found.tolist() == [0.1, 0.3333, 12_345_678.9, 99_999_999_999.9999]
