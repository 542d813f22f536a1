"""Who came into class A and who left it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import identify
from kamkit.case import open_case
from kamkit.errors import PeriodError
from kamkit.periods import Period

YEARS = (
    Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31)),
    Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
)


@pytest.fixture(scope="module")
def case():
    before = {"stays": 60, "falls": 30, "stops": 35, "small": 4}
    after = {"stays": 70, "falls": 5, "comes": 50, "small": 4}
    rows = [(name, "2023-06-01", amount) for name, amount in before.items()]
    rows += [(name, "2025-06-01", amount) for name, amount in after.items()]
    return open_case(pd.DataFrame(rows, columns=["account_id", "date", "amount"]))


def test_each_account_of_class_a_is_told_once(case):
    finding = identify.stability(case, periods=YEARS, cuts=(0.9, 0.95))
    table = finding.table.set_index("account_id")
    # 2023: 60, 35, 30 of 129 reach 90 %; 2025: 70, 50 of 129
    assert set(table.index) == {"stays", "falls", "stops", "comes"}
    assert table.loc["falls", "class_after"] != "A"
    assert pd.isna(table.loc["stops", "class_after"])
    assert pd.isna(table.loc["comes", "class_before"])
    assert table["change"].to_dict() == {"stays": 10, "falls": -25, "stops": -35, "comes": 50}
    assert "1 (33%) is still there" in finding.text
    assert "1 fell to a lower class, 1 bought nothing and 1 came in" in finding.text


def test_periods_of_unequal_length_are_refused(case):
    short = Period(dt.date(2025, 1, 1), dt.date(2025, 6, 30))
    with pytest.raises(PeriodError):
        identify.stability(case, periods=(YEARS[0], short))


def test_without_periods_the_last_two_years_are_compared(fjordgross):
    finding = identify.stability(fjordgross)
    assert "in class A in 2024," in finding.text
    assert "still there in 2025;" in finding.text
    assert finding.caveats == ()
    table = finding.table
    in_a = (table["class_before"] == "A") | (table["class_after"] == "A")
    assert in_a.all()
    assert table["account_id"].is_unique
