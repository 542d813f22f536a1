"""What is kept, against paper and against pandas."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from kamkit.case import open_case
from kamkit.errors import LedgerError, MissingTable, PeriodError
from kamkit.periods import Period
from kamkit.value._retention import account_groups, retention, yearly_retention
from tests.conftest import examples

DATA = Path(__file__).resolve().parents[2] / "data"
YEARS = (
    Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
)
ROWS = [
    ("a", "2024-03-01", 100, "north"),
    ("a", "2025-03-01", 130, "north"),
    ("b", "2024-03-01", 80, "north"),
    ("b", "2025-03-01", 50, "south"),
    ("c", "2024-03-01", 40, "south"),
    ("d", "2025-03-01", 60, "south"),  # new: counts nowhere
    ("e", "2024-03-01", 10, "south"),
    ("e", "2024-04-01", -15, "south"),  # no base to keep
]


def ledger(rows):
    return open_case(pd.DataFrame(rows, columns=["account_id", "date", "amount", "region"]))


def test_growth_does_not_hide_a_loss_in_what_is_kept():
    found = retention(ledger(ROWS), periods=YEARS)
    row = found.table.iloc[0]
    assert (row["accounts"], row["accounts_kept"]) == (3, 2)
    assert (row["revenue_before"], row["revenue_kept"], row["revenue_after"]) == (220, 150, 180)
    assert row["gross_retention"] == pytest.approx(150 / 220)
    assert row["net_retention"] == pytest.approx(180 / 220)
    assert row["account_retention"] == pytest.approx(2 / 3)
    assert "68.2% was kept" in found.text
    assert "it is 81.8%" in found.text
    assert any(caveat.startswith("1 account bought") for caveat in found.caveats)


def test_an_account_belongs_to_the_group_of_its_latest_line():
    found = retention(ledger(ROWS), periods=YEARS, per="region")
    table = found.table.set_index("region")
    # b moved south
    assert table["accounts"].to_dict() == {"south": 2, "north": 1}
    assert table["gross_retention"].to_dict() == pytest.approx({"south": 50 / 120, "north": 1.0})
    assert table.loc["north", "net_retention"] == pytest.approx(1.3)
    assert found.text.endswith("Least is kept in south: 41.7%.")


def test_groups_can_be_given_and_who_has_none_has_a_row():
    classes = pd.Series({"a": "A", "b": "B"}, name="abc_class")
    before = classes.copy()
    table = retention(ledger(ROWS), periods=YEARS, per=classes).table
    assert table["abc_class"].tolist()[:2] == ["A", "B"]
    assert table["abc_class"].isna().tolist() == [False, False, True]
    assert table["revenue_before"].tolist() == [100, 80, 40]
    pd.testing.assert_series_equal(classes, before)


def test_more_credited_than_bought_takes_from_what_others_kept():
    rows = [
        ("a", "2024-03-01", 100, "n"),
        ("a", "2025-03-01", 100, "n"),
        ("b", "2024-03-01", 20, "n"),
        ("b", "2025-03-01", -7, "n"),
    ]
    row = retention(ledger(rows), periods=YEARS).table.iloc[0]
    assert row["gross_retention"] == row["net_retention"] == pytest.approx(93 / 120)
    assert row["accounts_kept"] == 1  # a credit is no purchase


def test_what_cannot_be_told_is_refused(cdnow):
    with pytest.raises(MissingTable, match="“industry”"):
        retention(cdnow, per="industry")
    with pytest.raises(MissingTable):
        retention(cdnow, by="contribution")
    five, seven = (
        Period(dt.date(1997, 1, 1), dt.date(1997, 5, 31)),
        Period(dt.date(1997, 6, 1), dt.date(1997, 12, 31)),
    )
    with pytest.raises(PeriodError):
        retention(cdnow, periods=(five, seven))
    only_credits = ledger([("a", "2024-03-01", -5, "n"), ("a", "2025-03-01", 9, "n")])
    with pytest.raises(LedgerError, match="earlier period"):
        retention(only_credits, periods=YEARS)


def test_fjordgross_keeps_what_pandas_counts(fjordgross):
    lines = pd.read_parquet(DATA / "fjordgross" / "sales.parquet")
    lines["amount"] = lines["amount"].map(Decimal)
    year = pd.to_datetime(lines["date"]).dt.year
    sums = lines.groupby(["account_id", year])["amount"].sum().unstack(fill_value=Decimal(0))
    base = sums[sums[2024] > 0]
    kept = sum(min(old, new) for old, new in zip(base[2024], base[2025], strict=True))
    row = retention(fjordgross).table.iloc[0]
    assert row["accounts"] == len(base)
    assert row["gross_retention"] == pytest.approx(float(kept / base[2024].sum()), abs=1e-9)
    assert row["net_retention"] == pytest.approx(float(base[2025].sum() / base[2024].sum()))
    register = pd.read_parquet(DATA / "fjordgross" / "accounts.parquet").set_index("account_id")
    by = retention(fjordgross, per="segment").table.set_index("segment")
    wanted = base[2024].astype(float).groupby(register["segment"].reindex(base.index)).sum()
    assert by["revenue_before"].to_dict() == pytest.approx(wanted.to_dict(), abs=1e-3)
    assert account_groups(fjordgross, "segment").to_dict() == register["segment"].to_dict()


@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_what_is_kept_without_growth_is_at_most_all_and_at_most_that_with_growth(name, request):
    row = retention(request.getfixturevalue(name)).table.iloc[0]
    assert 0 < row["gross_retention"] <= min(1, row["net_retention"])
    assert 0 < row["account_retention"] <= 1


LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["2024-03-01", "2025-03-01"]),
        st.integers(-500, 900),
        st.sampled_from(["n", "s", None]),
    ),
    max_size=20,
)


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow])
@given(LINES)
def test_groups_add_up_to_the_whole(rows):
    edges = [("e", "2024-02-01", 10, "n"), ("e", "2025-02-01", 10, "n")]
    case = ledger([*rows, *edges])
    whole = retention(case, periods=YEARS).table.iloc[0]
    parts = retention(case, periods=YEARS, per="region").table
    for name in ("accounts", "accounts_kept", "revenue_before", "revenue_kept", "revenue_after"):
        assert parts[name].sum() == pytest.approx(whole[name])
    assert whole["gross_retention"] <= min(1, whole["net_retention"]) + 1e-12


class TestOfAYear:
    HALVES = Period("2025-01-01", "2025-06-30"), Period("2025-07-01", "2025-12-31")

    def test_of_two_years_it_is_what_it_is(self):
        assert yearly_retention(0.83, YEARS) == 0.83

    def test_kept_from_half_to_half_it_is_kept_twice_in_a_year(self):
        # 181 and 184 days: a step of half of 365
        assert yearly_retention(0.9, self.HALVES) == pytest.approx(0.81)
        assert yearly_retention(1.0, self.HALVES) == 1.0
        assert yearly_retention(0.0, self.HALVES) == 0.0

    def test_kept_from_nine_months_to_nine_it_is_kept_four_thirds_times(self):
        both = Period("2024-01-01", "2024-09-29"), Period("2024-09-30", "2025-06-30")
        # 273 and 274 days: 365 / 273.5 steps of ln 0.8
        assert yearly_retention(0.8, both) == pytest.approx(math.exp(365 / 273.5 * math.log(0.8)))

    def test_of_less_than_a_quarter_no_year_is_told(self):
        days = Period("2025-01-01", "2025-03-30"), Period("2025-03-31", "2025-06-27")
        assert math.isnan(yearly_retention(0.9, days))
        quarter = Period("2025-01-01", "2025-03-31"), Period("2025-04-01", "2025-06-29")
        # of 90 days there are 4.06 in a year
        assert yearly_retention(0.9, quarter) == pytest.approx(0.9 ** (365 / 90))

    def test_more_credited_than_bought_keeps_nothing(self):
        assert yearly_retention(-0.1, self.HALVES) == 0.0
