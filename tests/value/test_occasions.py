"""Days on which an account bought: returns are taken off the latest purchase, and all adds up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.errors import LedgerError
from kamkit.periods import Period
from kamkit.value.occasions import netted, purchase_days

DATA = Path(__file__).parents[2] / "data" / "fjordgross"


def sold(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["account_id", "day", "amount"])
    return table.assign(date=[f"2025-01-{day:02}" for day in table["day"]]).drop(columns="day")


LEDGER = sold(
    ("A", 1, 100),
    ("A", 2, 50),
    ("A", 3, -70),  # 50 off the second day, 20 off the first
    ("B", 1, 40),
    ("B", 2, -100),
    ("B", 3, 30),  # more than all before it; 60 is left over
    ("C", 1, -20),  # nothing but a return
    ("D", 1, 0),
    ("D", 2, 0),
    ("D", 2, 0),  # free goods
    ("E", 1, 10),
    ("E", 1, -10),  # bought and brought back
    ("F", 1, 10),
    ("F", 1, 5),
    ("F", 4, 1),
)


def days(case, **options) -> list[tuple]:
    found = purchase_days(case, **options)
    return [(row.account_id, row.day.day, row.amount) for row in found.itertuples()]


def test_the_latest_purchase_first(company):
    case = company(sales=LEDGER)
    assert days(case) == [("A", 1, 80), ("B", 3, 30), ("F", 1, 15), ("F", 4, 1)]


def test_a_return_reaches_over_days_that_are_used_up_already(company):
    case = company(
        sales=sold(
            ("A", 1, 50), ("A", 2, 30), ("A", 3, -30), ("A", 4, 20), ("A", 5, -60), ("A", 6, 5)
        )
    )
    # 30 takes the second day; 60 takes the fourth (20) and 40 of the first
    assert days(case) == [("A", 1, 10), ("A", 6, 5)]


def test_free_days_count_when_asked_for(company):
    case = company(sales=LEDGER)
    free = [row for row in days(case, free_days=True) if row[2] == 0]
    assert free == [("D", 1, 0), ("D", 2, 0)]


def test_what_was_netted_is_told(company):
    finding = netted(company(sales=LEDGER))
    assert finding.table["rows"].tolist() == [4, 3, 2, 3]
    assert finding.table["amount"].tolist() == [126, 0, -80, 0]
    assert finding.table["amount"].sum() == LEDGER["amount"].sum()
    # 190 below zero, 110 of it off earlier purchases; of 6 days above zero two are gone
    assert "110" in finding.text
    assert "cancel earlier purchases, 2 days of purchase in full" in finding.text
    assert "80" in finding.caveats[0]


def test_a_period_knows_nothing_of_what_was_before(company):
    case = company(sales=LEDGER)
    period = Period("2025-01-02", "2025-01-31")
    assert days(case, period=period) == [("B", 3, 30), ("F", 4, 1)]
    assert netted(case, period=period).table["amount"].tolist() == [31, 0, -120, 0]


def test_nothing_bought_is_an_error(company):
    with pytest.raises(LedgerError) as refused:
        purchase_days(company(sales=sold(("A", 1, 10), ("A", 2, -10))))
    assert refused.value.remedy


def stacked(lines: pd.DataFrame) -> dict[tuple, int]:
    """Net by account with a stack of days, in hundredths."""
    sums = (lines.groupby(["account_id", "date"])["amount"].sum() * 100).astype(int)
    left: dict[tuple, int] = {}
    for name, own in sums.groupby(level=0):
        stack: list[list] = []
        for (_, day), amount in own.items():
            if amount >= 0:
                stack.append([day, amount])
                continue
            while amount < 0 and stack:
                last, kept = stack.pop()
                amount += kept
                if amount > 0:
                    stack.append([last, amount])
        left |= {(name, pd.Timestamp(day)): kept for day, kept in stack if kept > 0}
    return left


def test_fjordgross_is_netted_as_with_a_stack(fjordgross):
    lines = pd.read_parquet(DATA / "sales.parquet", columns=["account_id", "date", "amount"])
    wanted = stacked(lines)
    found = purchase_days(fjordgross)
    mine = dict(
        zip(zip(found["account_id"], found["day"], strict=True), found["amount"], strict=True)
    )
    assert set(mine) == set(wanted)
    assert all(round(mine[key] * 100) == wanted[key] for key in wanted)


@pytest.mark.parametrize("name", ["fjordgross", "online_retail", "cdnow"])
def test_what_was_bought_and_what_is_left_over_is_the_net_amount(name, request):
    case = request.getfixturevalue(name)
    net = float(case.sales.amount.sum().execute())
    table = netted(case).table
    assert table["amount"].sum() == pytest.approx(net, abs=0.005)
    assert table["amount"].iloc[0] == pytest.approx(purchase_days(case)["amount"].sum(), abs=0.005)
    assert table["amount"].iloc[2] <= 0


def test_free_days_of_cdnow_make_the_published_number_of_accounts(cdnow):
    # all 23 570 accounts have a day; 68 of them only free ones
    with_free = purchase_days(cdnow, free_days=True)
    assert with_free["account_id"].nunique() == 23_570
    assert not with_free.duplicated(["account_id", "day"]).any()


def test_names_come_from_the_register_and_else_from_the_ledger(company):
    from kamkit.value.history import names

    sales = pd.DataFrame(
        {
            "account_id": ["1", "2", "3"],
            "account_name": ["Old", "Two", None],
            "date": ["2025-01-01"] * 3,
            "amount": [1.0, 2.0, 3.0],
        }
    )
    register = pd.DataFrame({"account_id": ["1", "3"], "name": ["One", None]})
    assert names(company(sales=sales, accounts=register)).to_dict() == {"1": "One", "2": "Two"}
