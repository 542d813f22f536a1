"""How a column is called and how its values are written, and what the door says of a wrong one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from kamkit import schema
from kamkit.errors import MissingTable, ParameterError
from kamkit.language import speaking
from kamkit.output import Finding

NAN = float("nan")


class TestWritten:
    @pytest.mark.parametrize(
        ("value", "name", "words"),
        [
            (1_250_000.0, "revenue", "€1.25\xa0million"),
            (0.253, "profit_ratio", "25%"),
            (0.1, "profit_ratio", "10%"),
            (0.099, "profit_ratio", "9.9%"),  # below a tenth the decimals count
            (-0.05, "profit_ratio", "−5.0%"),
            (0.0, "profit_ratio", "0%"),
            (3, "people", "3"),
            (14.25, "interval_days", "14.2"),
            (14.0, "interval_days", "14"),
            (True, "is_key", "yes"),
            (False, "is_key", "no"),
            ("late", "rhythm_state", "late"),
            ("on_time", "rhythm_state", "on time"),
            ("late", "account_name", "late"),
            ("007", "account_id", "007"),
            (None, "revenue", "not known"),
            (NAN, "people", "not known"),
        ],
    )
    def test_a_value_is_written_by_what_its_column_holds(self, value, name, words):
        assert schema.written(value, name, "EUR") == words

    def test_in_norwegian_the_words_are_norwegian(self):
        with speaking("nb"):
            assert schema.written("on_time", "rhythm_state") == "i rute"
            assert schema.written(0.25, "profit_ratio").replace("\xa0", " ") == "25 %"


class TestNames:
    @pytest.mark.parametrize(
        ("name", "noun", "label"),
        [
            ("revenue", "revenue", "Revenue (EUR)"),
            ("cost_to_serve", "cost to serve", "Cost to serve (EUR)"),
            ("rfm_score", "RFM score", "RFM score"),
            ("interval_days", "purchase interval", "Purchase interval (days)"),
            ("due_words", "due date", "Due date"),
            ("shoe_size", "shoe size", "Shoe size"),  # a column that nobody has described
            ("rank_revenue", "rank by revenue", "Rank by revenue"),
            ("class_profit", "class by customer profit", "Class by customer profit"),
        ],
    )
    def test_a_column_has_a_name_in_a_sentence_and_one_above_a_table(self, name, noun, label):
        assert schema.noun(name) == noun
        assert schema.label(name, "EUR") == label

    def test_a_rank_means_a_place(self):
        assert schema.meaning("rank_revenue") == "Place by revenue, 1 is the largest"
        assert schema.kind("rank_revenue") == "count"
        assert schema.kind("shoe_size") == ""
        assert schema.kind("shoe_size", "text") == "text"
        assert schema.total_of("shoe_size") == "shoe size"

    def test_an_account_without_a_name_goes_by_its_number(self):
        for name in (None, "", "  ", NAN):
            row = pd.Series({"account_id": "007", "account_name": name})
            assert schema.name_of(row) == "007"
        assert schema.name_of(pd.Series({"account_id": "007", "account_name": "Bo"})) == "Bo"


class TestDoor:
    def refused(self, error, frame, *needs, **more):
        with pytest.raises(error) as caught:
            schema.check(frame, needs, what="accounts", **more)
        return str(caught.value)

    @pytest.mark.parametrize("values", [[1.5], [Decimal("1.5"), None], [], [None]])
    def test_numbers_of_every_kind_are_numbers(self, values):
        assert schema.check(pd.DataFrame({"revenue": values}), ["revenue"], what="x") is None

    @pytest.mark.parametrize(
        "values", [pd.to_datetime(["2025-01-01"]), [dt.date(2025, 1, 1), None], []]
    )
    def test_days_of_every_kind_are_days(self, values):
        assert schema.check(pd.DataFrame({"last_date": values}), ["last_date"], what="x") is None

    def test_what_is_no_number_is_shown_each_text_once(self):
        told = self.refused(
            ParameterError, pd.DataFrame({"revenue": ["much", "much", "1,5", 2.0]}), "revenue"
        )
        assert "“much”, “1,5”" in told
        assert "to_numeric" in told
        days = self.refused(ParameterError, pd.DataFrame({"last_date": ["soon"]}), "last_date")
        assert "“soon”" in days
        assert "to_datetime" in days

    def test_what_stands_twice_is_shown_up_to_five(self):
        ids = [*"aabbccddeeff", "g"]
        told = self.refused(
            ParameterError, pd.DataFrame({"account_id": ids}), "account_id", each="account_id"
        )
        assert "6 values of “account_id” stand on more than one row" in told
        assert "a, b, c, d, e\n" in told
        one = self.refused(
            ParameterError, pd.DataFrame({"account_id": ["a", "a"]}), each="account_id"
        )
        assert "1 value of “account_id” stands" in one

    @pytest.mark.parametrize(
        ("error", "there", "wanted", "remedy"),
        [
            (MissingTable, "revenue", "contribution", "Add the column cost to the export"),
            (MissingTable, "revenue", "cost_to_serve", "Add the table activities"),
            (ParameterError, "contribuion", "contribution", "Rename “contribuion”"),
            (ParameterError, "shoe_siz", "shoe_size", "Did you mean “shoe_siz”"),
            (ParameterError, "colour", "rank", "Add the column, or give the table"),
        ],
    )
    def test_a_missing_column_is_told_with_the_way_to_get_it(self, error, there, wanted, remedy):
        told = self.refused(error, pd.DataFrame({there: [1.0]}), wanted)
        assert remedy in told
        assert f"no column “{wanted}”" in told

    def test_what_is_no_table_is_told_how_to_become_one(self):
        finding = Finding("x", pd.DataFrame(), "y")
        assert "add .table" in self.refused(ParameterError, finding, "revenue")
        assert "Give a pandas DataFrame" in self.refused(ParameterError, [1, 2], "revenue")
