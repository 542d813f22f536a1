"""Ledgers by the month: a year and a month in two columns, and lines that are whole months."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.errors import HeadingError

DAYS = pd.date_range("2023-11-01", "2024-02-01", freq="MS")


def text(headings: str, cells) -> str:
    rows = [f"{who};{cell};{n}.50" for n, cell in enumerate(cells, 1) for who in ("K1", "K2")]
    return "\n".join([f"Customer;{headings};Amount", *rows]) + "\n"


@pytest.mark.parametrize(
    ("headings", "written"),
    [
        ("Year;Month", ["2023;11", "2023;12", "2024;1", "2024;2"]),
        ("År;Måned", ["2023;november", "2023;desember", "2024;januar", "2024;februar"]),
        ("Month;Year", ["Nov;2023", "Dec;2023", "Jan;2024", "Feb;2024"]),
        ("Jahr;Monat", ["2023;M11", "2023;M12", "2024;M01", "2024;M02"]),
        ("Year;Month;Day", ["2023;11;1", "2023;12;1", "2024;1;1", "2024;2;1"]),
    ],
)
def test_year_and_month_in_two_columns_make_one_date(source, headings, written):
    case = open_case(source(text(headings, written)))
    days = case.engine.frame(case.sales.select("date").distinct().order_by("date"))["date"]
    assert [pd.Timestamp(day) for day in days] == list(DAYS)
    # what the lines add up to: twice 1.5 + 2.5 + 3.5 + 4.5
    assert float(case.reconciliation()["amount"].iloc[1]) == 24.0
    assert any("make the date" in note for note in case.notes)
    assert case.unused == ()


def test_what_was_kept_of_them_is_read_again(source):
    path = source(text("Year;Month", ["2023;11", "2023;12", "2024;1", "2024;2"]))
    first = open_case(path)
    again = open_case(path, mapping=ColumnMapping(first.mapping.tables))
    assert again.period == first.period


def test_a_date_of_its_own_goes_before_the_year_beside_it(source):
    rows = "K1;2024-03-05;2024;3;10\nK2;2024-04-06;2024;4;20\n"
    case = open_case(source("Customer;Date;Year;Month;Amount\n" + rows))
    assert case.period.start == dt.date(2024, 3, 5)


def test_a_month_that_is_none_is_no_date_and_its_lines_are_set_aside(source):
    written = ["2023;11", "2023;13", *(f"2024;{n}" for n in range(1, 13))]
    counted = open_case(source(text("Year;Month", written))).reconciliation()
    aside = counted.set_index("reason").loc["unreadable_date"]
    assert (aside["rows"], float(aside["amount"])) == (2, 5.0)


class TestWholeMonths:
    @pytest.mark.parametrize(
        "cells",
        [
            ["01.11.2023", "01.12.2023", "01.01.2024", "01.02.2024"],
            ["30.11.2023", "31.12.2023", "31.01.2024", "29.02.2024"],
            ["2023-11", "2023-12", "2024-01", "2024-02"],
        ],
    )
    def test_a_line_on_the_first_or_the_last_day_is_its_month(self, source, cells):
        case = open_case(source(text("Date", cells)))
        assert (case.period.start, case.period.end) == (dt.date(2023, 11, 1), dt.date(2024, 2, 29))

    def test_one_line_on_another_day_makes_them_days(self, source):
        case = open_case(
            source(text("Date", ["01.11.2023", "01.12.2023", "01.01.2024", "02.02.2024"]))
        )
        assert (case.period.start, case.period.end) == (dt.date(2023, 11, 1), dt.date(2024, 2, 2))

    def test_the_end_that_was_asked_for_is_kept(self, source):
        path = source(text("Date", ["01.11.2023", "01.12.2023", "01.01.2024", "01.02.2024"]))
        case = open_case(path, mapping=ColumnMapping().with_options({"end": "2024-01-20"}))
        assert case.period.end == dt.date(2024, 1, 20)


def test_a_price_without_a_quantity_is_asked_about_by_its_name(source):
    rows = "".join(f"o{n},c{n % 3},2017-0{1 + n % 9}-03,{10 + n}.90,8.10\n" for n in range(9))
    with pytest.raises(HeadingError) as refusal:
        open_case(source(("order_id,customer_id,date,price,freight\n" + rows).replace(",", ";")))
    assert refusal.value.remedy.startswith('Is it --map amount="price"?')


@pytest.mark.parametrize("rate", [0.25, 0.2])
def test_quantity_times_price_and_the_tax_tell_that_the_total_holds_it(source, rate):
    rows = "".join(
        f"{n};2024-0{1 + n % 9}-03;a{n % 4};{1 + n % 3};{80 + n};"
        f"{(1 + n % 3) * (80 + n) * (1 + rate):.2f};{(1 + n % 3) * (80 + n) * rate:.2f}\n"
        for n in range(20)
    )
    headings = "Order ID;Date;Customer;Quantity;Item Cost;Order Total;Order Total Tax\n"
    case = open_case(source(headings + rows))
    net = sum((1 + n % 3) * (80 + n) for n in range(20))
    assert float(case.reconciliation()["amount"].iloc[1]) == pytest.approx(net, abs=0.1)
