"""Profit by account: published cases, paper, and the files of the practice company added up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from kamkit import identify
from kamkit.errors import MissingTable, ParameterError
from kamkit.periods import Period
from kamkit.value.profit import customer_profit, profit_steps, worth
from kamkit.value.service import cost_to_serve

DATA = Path(__file__).parents[2] / "data" / "fjordgross"


def sold(*rows: tuple, columns=("account_id", "amount", "cost")) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns)).assign(date="2025-03-01")


def activities(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["account_id", "activity", "quantity"])


def profit(case, **options):
    facts = identify.account_facts(case, period=options.get("period"))
    return customer_profit(case, facts, **options)


def by_account(finding) -> pd.DataFrame:
    return finding.table.set_index("account_id")


@pytest.fixture(scope="module")
def practice(fjordgross):
    return profit(fjordgross)


def test_the_two_hospitals(company):
    # Garrison, Managerial Accounting: goods of 38 000 at a markup of 7 %
    counts = {
        "delivery": (16, 28),
        "manual order": (0, 49),
        "electronic order": (18, 0),
        "line": (190, 210),
    }
    case = company(
        sales=sold(("University", 40_660, 38_000), ("Memorial", 40_660, 38_000)),
        activities=activities(
            *[
                (who, name, n[place])
                for name, n in counts.items()
                for place, who in enumerate(("University", "Memorial"))
            ]
        ),
        rates=pd.DataFrame({"activity": list(counts), "cost_per_unit": [84, 78, 17, 1.5]}),
    )
    finding = profit(case)
    table = by_account(finding)
    assert table["cost_to_serve"].to_dict() == {"University": 1935, "Memorial": 6489}
    assert table["profit"].to_dict() == {"University": 725, "Memorial": -3829}
    assert finding.table["account_id"].tolist() == ["University", "Memorial"]
    # equal revenue: the tie goes by number
    assert table["rank_revenue"].to_dict() == {"Memorial": 1, "University": 2}
    assert "1 account loses money" in finding.text
    assert "3,829" in finding.text


def test_contribution_of_one_sale(company):
    row = by_account(profit(company(sales=sold(("A", 199, 39))))).loc["A"]
    assert row["contribution"] == 160
    assert round(row["contribution_ratio"], 3) == 0.804


def test_without_activities_the_table_ends_with_the_contribution_and_says_so(company):
    finding = profit(company(sales=sold(("A", 100, 60), ("B", 50, 70))))
    assert "profit" not in finding.table
    assert worth(finding.table) == "contribution"
    assert finding.table["contribution"].tolist() == [40, -20]
    (caveat,) = finding.caveats
    assert "no activities" in caveat
    steps = profit_steps(finding.table)
    assert steps["step"].tolist() == ["revenue", "cost", "contribution"]
    assert steps["amount"].tolist() == [150, -130, 20]


def test_without_cost_there_is_no_profit(cdnow):
    with pytest.raises(MissingTable) as refused:
        profit(cdnow)
    assert "cost" in refused.value.wanted


@pytest.mark.parametrize("rate", [-0.01, float("nan")])
def test_an_interest_rate_below_zero_is_refused(company, rate):
    with pytest.raises(ParameterError):
        profit(company(sales=sold(("A", 1, 1))), annual_interest_rate=rate)


def test_interest_until_paid(company):
    case = company(
        sales=sold(("A", 36_500, 30_000), ("B", 73_000, 70_000), ("C", -100, -80), ("D", 10, 5)),
        accounts=pd.DataFrame({"account_id": list("ABC"), "payment_days": [30, 10, 60]}),
    )
    finding = profit(case, annual_interest_rate=0.08)
    table = by_account(finding)
    # 36 500 x 30 / 365 x 8 % and 73 000 x 10 / 365 x 8 %; a credit earns no interest
    assert table["payment_cost"].to_dict() == {"A": 240, "B": 160, "C": 0, "D": 0}
    assert table["profit"].to_dict() == {"A": 6260, "B": 2840, "C": -20, "D": 5}
    assert any("1 account has no payment days" in caveat for caveat in finding.caveats)
    assert by_account(profit(case, annual_interest_rate=0.0))["profit"]["A"] == 6500


def test_an_account_that_is_served_without_buying_has_a_row(company):
    case = company(
        sales=sold(("A", 100, 60)),
        activities=activities(("A", "call", 1), ("Z", "call", 3)),
        rates=pd.DataFrame({"activity": ["call"], "cost_per_unit": [10]}),
    )
    finding = profit(case)
    table = by_account(finding)
    assert table["profit"].to_dict() == {"A": 30, "Z": -30}
    assert table.loc["Z", "revenue"] == 0
    assert pd.isna(table.loc["Z", "profit_ratio"])
    assert any("1 account was served for" in text and "30" in text for text in finding.caveats)


def test_shares_are_of_the_net_amount_above_zero(company):
    case = company(
        sales=sold(
            ("A", 200, 100, 250),
            ("B", -50, -20, -50),
            columns=("account_id", "amount", "cost", "list_amount"),
        ),
        activities=activities(("A", "call", 4), ("B", "call", 1)),
        rates=pd.DataFrame({"activity": ["call"], "cost_per_unit": [10]}),
    )
    table = by_account(profit(case))
    one = table.loc["A"]
    assert (one["discount"], one["discount_share"]) == (50, 0.2)
    assert (one["service_share"], one["profit"], one["profit_ratio"]) == (0.2, 60, 0.3)
    shares = ["discount_share", "service_share", "profit_ratio", "contribution_ratio"]
    assert table.loc["B", shares].isna().all()
    assert table.loc["B", "profit"] == -40


def test_unpriced_activities_are_told_and_cost_nothing(company):
    case = company(
        sales=sold(("A", 100, 60)),
        activities=activities(("A", "call", 1), ("A", "gift", 5)),
        rates=pd.DataFrame({"activity": ["call"], "cost_per_unit": [10]}),
    )
    finding = profit(case)
    assert any("gift" in caveat for caveat in finding.caveats)
    assert finding.table["cost_to_serve"].sum() == cost_to_serve(case)["cost_to_serve"].sum() == 10


def test_steps_add_up_to_each_sum_for_all_and_for_one(fjordgross, practice):
    served = cost_to_serve(fjordgross)
    some = practice.table[practice.table["account_id"].isin(["000412", "001187"])]
    for table in (practice.table, some, some.head(1)):
        for split in (None, served):
            steps = profit_steps(table, split)
            assert steps["step"].iloc[[0, -1]].tolist() == ["list_amount", "profit"]
            running = 0.0
            for row in steps.itertuples():
                running = (
                    row.amount
                    if row.step == "list_amount"
                    else (running if row.is_sum else running + row.amount)
                )
                if row.is_sum:
                    assert running == pytest.approx(row.amount, abs=0.01), row.step
    names = profit_steps(practice.table, served)["step"].tolist()
    assert [n for n in names if n.startswith("activity:")][:2] == [
        "activity:delivery",
        "activity:visit",
    ]


def test_the_totals_of_fjordgross_are_those_of_its_files(practice):
    lines = pd.read_parquet(DATA / "sales.parquet", columns=["account_id", "amount", "cost"])
    done = pd.read_parquet(DATA / "activities.parquet")
    done["spent"] = done["quantity"].astype(object) * done["cost_per_unit"]
    goods = lines.groupby("account_id")[["amount", "cost"]].sum()
    spent = done.groupby("account_id")["spent"].sum()
    own = by_account(practice)
    days = pd.read_parquet(DATA / "accounts.parquet").set_index("account_id")["payment_days"]
    wanted = {}
    for name, (amount, cost) in goods.iterrows():
        interest = max(amount, 0) * int(days[name]) * Decimal("0.08") / 365
        wanted[name] = amount - cost - spent.get(name, Decimal(0)) - interest
    for name in spent.index.difference(goods.index):
        wanted[name] = -spent[name]
    assert set(own.index) == set(wanted)
    assert all(abs(Decimal(str(own["profit"][n])) - wanted[n]) < Decimal("0.005") for n in wanted)
    for column, total in (
        ("revenue", lines["amount"].sum()),
        ("cost", lines["cost"].sum()),
        ("cost_to_serve", done["spent"].sum()),
        ("profit", sum(wanted.values())),
    ):
        tolerance = 0.5 if column == "profit" else 0.005  # interest is rounded by account
        assert own[column].sum() == pytest.approx(float(total), abs=tolerance), column
    assert own["revenue"].sum() == pytest.approx(1_905_252_387.07, abs=0.005)


def test_the_giant_loses_money_and_the_star_is_quiet(practice):
    table = by_account(practice)
    giant, star = table.loc["000412"], table.loc["001187"]
    assert giant["rank_revenue"] == 1
    assert giant["contribution"] > 0 > giant["profit"]
    assert giant["rank_profit"] == len(table)
    assert 3.0 < giant["cost_to_serve"] / giant["contribution"] < 4.5
    assert star["rank_profit"] <= 10
    assert star["rank_revenue"] > 20


def test_ranks_are_those_of_pandas_and_each_is_given_once(practice):
    table = practice.table
    for column in ("revenue", "profit"):
        assert sorted(table[f"rank_{column}"]) == list(range(1, len(table) + 1))
        ordered = table.sort_values([column, "account_id"], ascending=[False, True])
        assert ordered[f"rank_{column}"].tolist() == list(range(1, len(table) + 1))
    assert table["profit"].is_monotonic_decreasing


def test_a_year_of_profit_takes_the_sales_and_activities_of_that_year(fjordgross):
    year = Period("2024-01-01", "2024-12-31")
    lines = pd.read_parquet(DATA / "sales.parquet", columns=["date", "amount", "cost"])
    done = pd.read_parquet(DATA / "activities.parquet")
    lines = lines[[day.year == 2024 for day in lines["date"]]]
    done = done[[day.year == 2024 for day in done["date"]]]
    table = profit(fjordgross, period=year).table
    assert table["contribution"].sum() == pytest.approx(
        float((lines["amount"] - lines["cost"]).sum()), abs=0.005
    )
    spent = (done["quantity"].astype(object) * done["cost_per_unit"]).sum()
    assert table["cost_to_serve"].sum() == pytest.approx(float(spent), abs=0.005)


def test_what_is_given_is_not_changed(fjordgross):
    facts = identify.account_facts(fjordgross)
    before = facts.copy(deep=True)
    customer_profit(fjordgross, facts, rates={"visit": 1.0})
    pd.testing.assert_frame_equal(facts, before)
