"""Periods: days from texts and dates, equal lengths only, halves."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit.errors import PeriodError
from kamkit.periods import Period, day, halves, is_year, last_year, span

JANUARY = Period(dt.date(2025, 1, 1), dt.date(2025, 1, 31))


class TestDays:
    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2025-01-01", "2025-01-31"),
            (dt.date(2025, 1, 1), "20250131"),
            (dt.datetime(2025, 1, 1), pd.Timestamp("2025-01-31")),  # noqa: DTZ001 - a plain day
        ],
    )
    def test_dates_and_iso_texts_are_the_same_period(self, start, end):
        period = Period(start, end)
        assert period == JANUARY
        assert hash(period) == hash(JANUARY)
        assert type(period.start) is type(period.end) is dt.date
        assert period.days == 31

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "31.12.2025",
            "2025-02-29",
            None,
            20250101,
            45_000.0,
            float("nan"),
            pd.NaT,
            pd.Timestamp("2025-01-01 00:01"),
            dt.time(),
        ],
    )
    def test_anything_else_is_refused_with_what_it_is(self, value):
        for start, end in ((value, "2025-12-31"), ("2025-01-01", value)):
            with pytest.raises(PeriodError, match="is not a date") as refusal:
                Period(start, end)
            assert str(value) in refusal.value.message
            assert "2025-03-31" in refusal.value.wanted

    def test_the_end_does_not_come_first(self):
        with pytest.raises(PeriodError, match="ends before it starts") as refusal:
            Period("2025-01-02", "2025-01-01")
        assert refusal.value.found == "2025-01-02 – 2025-01-01"

    def test_one_day_is_a_period(self):
        assert Period("2025-05-17", "2025-05-17").days == 1

    def test_periods_stand_in_the_order_of_their_days(self):
        assert sorted([JANUARY, Period("2024-12-31", "2025-12-31")])[1] == JANUARY

    def test_a_period_is_not_changed(self):
        with pytest.raises(AttributeError):
            JANUARY.start = dt.date(2024, 1, 1)


class TestBefore:
    @pytest.mark.parametrize(
        ("period", "before"),
        [
            (("2025-03-01", "2025-03-31"), ("2025-02-01", "2025-02-28")),
            (("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
            (("2025-01-10", "2025-01-19"), ("2024-12-31", "2025-01-09")),
        ],
    )
    def test_whole_months_go_back_by_months_and_days_by_days(self, period, before):
        assert Period(*period).before() == Period(*before)


class TestComparable:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("2024-01-01", "2024-12-31"), ("2025-01-01", "2025-12-31")),  # 366 and 365 days
            (("2025-02-01", "2025-02-28"), ("2025-03-01", "2025-03-31")),
            (("2025-01-05", "2025-01-14"), ("2025-02-01", "2025-02-10")),
        ],
    )
    def test_as_many_days_or_whole_months(self, one, other):
        Period(*one).comparable(Period(*other))
        Period(*other).comparable(Period(*one))

    @pytest.mark.parametrize(
        ("one", "other", "found"),
        [
            (("2024-01-01", "2024-05-31"), ("2024-06-01", "2024-12-31"), "152 days against 214"),
            (("2025-01-01", "2025-01-01"), ("2025-01-02", "2025-01-03"), "1 day against 2 days"),
            (("2025-02-01", "2025-02-28"), ("2025-03-01", "2025-03-30"), "28 days against 30"),
        ],
    )
    def test_unequal_ones_are_refused_with_both_lengths(self, one, other, found):
        with pytest.raises(PeriodError, match="not equally long") as refusal:
            Period(*one).comparable(Period(*other))
        assert found in refusal.value.found


class TestHalves:
    def test_two_years_are_cut_in_years(self):
        assert halves(Period("2022-05-01", "2025-12-31")) == (
            Period("2024-01-01", "2024-12-31"),
            Period("2025-01-01", "2025-12-31"),
        )

    def test_a_year_that_ends_on_the_leap_day(self):
        assert halves(Period("2020-01-01", "2024-02-29")) == (
            Period("2022-03-01", "2023-02-28"),
            Period("2023-03-01", "2024-02-29"),
        )

    def test_less_than_two_years_are_cut_in_the_middle_and_an_odd_first_day_falls_off(self):
        assert halves(Period("2025-01-01", "2025-01-05")) == (
            Period("2025-01-02", "2025-01-03"),
            Period("2025-01-04", "2025-01-05"),
        )

    @pytest.mark.parametrize(
        ("whole", "earlier", "later"),
        [
            # a ledger of a year, with and without a sale on its first and last days
            (
                ("2024-01-01", "2024-12-31"),
                ("2024-01-01", "2024-06-30"),
                ("2024-07-01", "2024-12-31"),
            ),
            (
                ("2025-01-02", "2025-12-30"),
                ("2025-01-01", "2025-06-30"),
                ("2025-07-01", "2025-12-31"),
            ),
            # 18 months, and an odd number of them: the first falls off
            (
                ("2024-01-02", "2025-06-30"),
                ("2024-01-01", "2024-09-30"),
                ("2024-10-01", "2025-06-30"),
            ),
            (
                ("2025-03-01", "2025-09-30"),
                ("2025-04-01", "2025-06-30"),
                ("2025-07-01", "2025-09-30"),
            ),
            (
                ("2025-01-01", "2025-02-28"),
                ("2025-01-01", "2025-01-31"),
                ("2025-02-01", "2025-02-28"),
            ),
        ],
    )
    def test_calendar_months_are_kept_whole(self, whole, earlier, later):
        assert halves(Period(*whole)) == (Period(*earlier), Period(*later))

    def test_months_that_begin_inside_a_month_are_cut_by_days(self):
        # 92 days; by calendar months two of the three would fall off
        assert halves(Period("2019-08-18", "2019-11-17")) == (
            Period("2019-08-18", "2019-10-02"),
            Period("2019-10-03", "2019-11-17"),
        )

    @pytest.mark.parametrize("end", ["2025-05-30", "2024-09-28", "2024-02-28", "2025-02-28"])
    def test_two_years_compare_whatever_the_leap_day_does(self, end):
        earlier, later = halves(Period("2021-01-01", end))
        later.comparable(earlier)
        assert {earlier.days, later.days} <= {365, 366}

    def test_one_day_is_not_cut(self):
        with pytest.raises(PeriodError, match="One day"):
            halves(Period("2025-01-01", "2025-01-01"))


class TestLastYear:
    @pytest.mark.parametrize(
        ("whole", "year"),
        [
            (("2022-05-01", "2025-12-31"), ("2025-01-01", "2025-12-31")),
            (("2023-01-02", "2025-12-30"), ("2025-01-01", "2025-12-31")),
            (("2024-01-01", "2025-06-30"), ("2024-07-01", "2025-06-30")),
            (("2020-01-01", "2024-02-29"), ("2023-03-01", "2024-02-29")),
            (("2025-03-04", "2025-11-12"), ("2025-03-04", "2025-11-12")),
        ],
    )
    def test_it_is_twelve_months_or_all_there_is(self, whole, year):
        assert last_year(Period(*whole)) == Period(*year)

    def test_a_year_is_known_by_its_length(self):
        assert is_year(Period("2024-03-01", "2025-02-28"))
        assert not is_year(Period("2024-03-01", "2025-02-27"))


def test_a_day_is_written_as_the_language_does():
    from kamkit.language import speaking

    assert day(dt.date(2010, 12, 9)) == "9 Dec 2010"
    with speaking("nb"):
        assert day(dt.date(2010, 12, 9)) == "9. des. 2010"


class TestFiscalYears:
    """The ledger is of 2023 to 2025; fiscal years begin in July."""

    LEDGER = Period("2023-01-02", "2025-12-30", fiscal_start=7)

    def test_the_last_two_whole_ones_are_compared(self):
        assert halves(self.LEDGER) == (
            Period("2023-07-01", "2024-06-30"),
            Period("2024-07-01", "2025-06-30"),
        )
        assert last_year(self.LEDGER) == Period("2024-07-01", "2025-06-30")

    def test_one_that_ends_with_the_ledger_is_whole(self):
        ledger = Period("2023-07-01", "2025-06-30", fiscal_start=7)
        assert last_year(ledger) == Period("2024-07-01", "2025-06-30")
        assert halves(ledger)[0] == Period("2023-07-01", "2024-06-30")

    def test_where_only_one_is_whole_the_rest_is_as_without(self):
        ledger = Period("2024-03-01", "2025-12-31", fiscal_start=7)
        assert last_year(ledger) == Period("2024-07-01", "2025-06-30")
        assert halves(ledger) == halves(Period("2024-03-01", "2025-12-31"))

    def test_without_a_whole_one_it_is_the_last_twelve_months_or_all(self):
        ledger = Period("2024-09-01", "2025-10-31", fiscal_start=1)
        assert last_year(ledger) == Period("2024-11-01", "2025-10-31")

    def test_a_leap_year(self):
        ledger = Period("2022-03-01", "2024-12-31", fiscal_start=3)
        assert last_year(ledger) == Period("2023-03-01", "2024-02-29")

    def test_when_they_begin_makes_no_other_period(self):
        assert Period("2025-01-01", "2025-12-31", fiscal_start=7) == Period(
            "2025-01-01", "2025-12-31"
        )


def test_a_month_is_called_by_its_name():
    assert span(JANUARY) == "Jan 2025"
