"""Rates come from where they should, and what serving costs is what the activities say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from kamkit.errors import LedgerError, MissingTable, ParameterError
from kamkit.periods import Period
from kamkit.value.service import cost_to_serve, given_rates, rate_table, time_driven_rates, unpriced

DATA = Path(__file__).parents[2] / "data" / "fjordgross"
SALES = pd.DataFrame(
    {"account_id": ["A", "B"], "date": ["2025-01-10", "2025-02-10"], "amount": [900.0, 500.0]}
)


def done(*rows: tuple, columns=("account_id", "activity", "quantity")) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns))


def rates(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


def cost(case, **options) -> dict[tuple[str, str], float]:
    served = cost_to_serve(case, **options)
    return {(row.account_id, row.activity): row.cost_to_serve for row in served.itertuples()}


def test_the_two_hospitals(company):
    # Garrison, Managerial Accounting: University and Memorial
    counts = {
        "delivery": (16, 28),
        "manual order": (0, 49),
        "electronic order": (18, 0),
        "line": (190, 210),
    }
    case = company(
        sales=SALES,
        activities=done(
            *[
                (who, name, counted[place])
                for name, counted in counts.items()
                for place, who in enumerate("AB")
            ]
        ),
        rates=rates(activity=list(counts), cost_per_unit=[84, 78, 17, 1.5]),
    )
    served = cost_to_serve(case)
    assert served.groupby("account_id")["cost_to_serve"].sum().to_dict() == {"A": 1935, "B": 6489}
    assert len(served) == 8


def test_a_given_rate_goes_before_the_table_and_the_table_before_the_row(company):
    names = ("account_id", "activity", "quantity", "cost_per_unit")
    case = company(
        sales=SALES,
        activities=done(
            ("A", "visit", 2, 10), ("A", "call", 3, 10), ("A", "mail", 5, 10), columns=names
        ),
        rates=rates(activity=["visit", "call"], cost_per_unit=[20, 20]),
    )
    assert cost(case, rates={"visit": 30.0}) == {
        ("A", "visit"): 60,
        ("A", "call"): 60,
        ("A", "mail"): 50,
    }
    told = rate_table(case, rates={"visit": 30.0}).set_index("activity")
    assert told["rate_basis"].to_dict() == {
        "visit": "rate_given",
        "call": "rate_table",
        "mail": "activity_row",
    }
    assert told["cost_per_unit"].to_dict() == {"visit": 30, "call": 20, "mail": 10}


def test_an_activity_is_the_same_in_capitals_and_with_spaces_around(company):
    case = company(
        sales=SALES,
        activities=done(("A", "Visit", 2), ("B", "call", 4)),
        rates=rates(activity=["visit", " CALL "], cost_per_unit=[100, 5]),
    )
    assert cost(case) == {("A", "Visit"): 200, ("B", "call"): 20}
    assert cost(case, rates={" VISIT": 1.0})[("A", "Visit")] == 2


def test_minutes_times_the_cost_of_a_minute_come_on_top_of_a_cost(company):
    case = company(
        sales=SALES,
        activities=done(("A", "visit", 2), ("A", "call", 3), ("A", "parcel", 4)),
        rates=rates(
            activity=["visit", "call", "parcel"],
            cost_per_unit=[100, None, 7],
            minutes=[60, 11, None],
            cost_per_minute=[10, 10, None],
        ),
    )
    # 2 x (100 + 60 x 10), 3 x 11 x 10, 4 x 7
    assert cost(case) == {("A", "visit"): 1400, ("A", "call"): 330, ("A", "parcel"): 28}


def test_a_minute_costs_what_the_people_cost_by_the_minutes_they_have():
    # Kaplan & Anderson (2004): 560 000 over 700 000 minutes is 0.80 a minute
    told = time_driven_rates(
        {"order": 8.0, "inquiry": 44.0, "credit check": 50.0},
        capacity_cost=560_000,
        practical_minutes=700_000,
    )
    assert told == pytest.approx({"order": 6.4, "inquiry": 35.2, "credit check": 40.0})
    for wrong in (
        {"capacity_cost": 1.0, "practical_minutes": 0.0},
        {"capacity_cost": -1.0, "practical_minutes": 10.0},
    ):
        with pytest.raises(ParameterError):
            time_driven_rates({"order": 8.0}, **wrong)
    with pytest.raises(ParameterError):
        time_driven_rates({"order": -8.0}, capacity_cost=1.0, practical_minutes=1.0)


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("table", "named"),
    [
        (rates(activity=["visit", "Visit ", "call"], cost_per_unit=[1, 2, 3]), "visit"),
        (rates(activity=["call", "visit"], minutes=[1, 5], cost_per_minute=[2, None]), "visit"),
        (rates(activity=["call", "visit"], minutes=[1, None], cost_per_minute=[2, 3]), "visit"),
        (rates(activity=["call", "visit"], cost_per_unit=[3, -1]), "visit"),
    ],
)
def test_a_table_of_rates_that_contradicts_itself_is_refused_by_name(company, table, named):
    case = company(sales=SALES, activities=done(("A", "visit", 2), ("A", "call", 1)), rates=table)
    with pytest.raises(LedgerError) as refused:
        cost_to_serve(case)
    assert named in refused.value.found.casefold()
    assert "call" not in refused.value.found
    assert refused.value.remedy


def test_a_rate_of_an_activity_nobody_did_is_refused_with_the_nearest_name(company):
    case = company(sales=SALES, activities=done(("A", "Delivery", 2), ("A", "call", 1)))
    with pytest.raises(ParameterError) as refused:
        cost_to_serve(case, rates={"delivry": 3.0})
    assert "delivry" in refused.value.message
    assert "Delivery" in refused.value.remedy
    with pytest.raises(ParameterError) as refused:
        cost_to_serve(case, rates={"xyz": 3.0})
    assert "Delivery" in refused.value.wanted


@pytest.mark.sampled
@pytest.mark.parametrize("rate", [-1.0, float("nan")])
def test_a_given_rate_below_zero_or_no_number_is_refused(company, rate):
    case = company(sales=SALES, activities=done(("A", "call", 1)))
    with pytest.raises(ParameterError, match="call"):
        cost_to_serve(case, rates={"call": rate})


def test_an_activity_without_a_rate_is_told_and_costs_nothing(company):
    case = company(
        sales=SALES,
        activities=done(("A", "visit", 2), ("A", "gift", 9), ("B", "gift", 1)),
        rates=rates(activity=["visit"], cost_per_unit=[100]),
    )
    served = cost_to_serve(case)
    assert served["cost_to_serve"].sum() == 200
    assert served["quantity"].sum() == 12
    assert served.loc[served["activity"] == "gift", "cost_to_serve"].isna().all()
    (caveat,) = unpriced(served)
    assert "gift" in caveat
    assert "visit" not in caveat
    told = rate_table(case).set_index("activity")
    assert told.loc["gift", "rate_basis"] == "no_rate"
    assert told.loc["gift", "quantity"] == 10
    assert told["cost_to_serve"].sum() == 200


def test_rates_that_differ_by_row_are_told_as_their_mean(company):
    names = ("account_id", "activity", "quantity", "cost_per_unit")
    case = company(
        sales=SALES,
        activities=done(
            ("A", "call", 1, 10), ("B", "call", 3, 30), ("B", "call", 6, None), columns=names
        ),
    )
    row = rate_table(case).iloc[0]
    assert (row["quantity"], row["accounts"], row["cost_to_serve"]) == (10, 2, 100)
    assert row["cost_per_unit"] == 25  # 100 over the four that have a rate


def test_a_period_takes_the_activities_dated_in_it_and_those_without_a_date(company):
    names = ("account_id", "activity", "quantity", "date")
    case = company(
        sales=SALES,
        activities=done(
            ("A", "call", 1, "2024-12-31"),
            ("A", "call", 2, "2025-01-01"),
            ("A", "call", 4, "2025-01-31"),
            ("A", "call", 8, "2025-02-01"),
            ("A", "call", 16, None),
            columns=names,
        ),
        rates=rates(activity=["call"], cost_per_unit=[1]),
    )
    assert cost(case) == {("A", "call"): 31}
    january = Period("2025-01-01", "2025-01-31")
    assert cost(case, period=january) == {("A", "call"): 2 + 4 + 16}


def test_no_activities_in_the_period_or_at_all_is_a_missing_table(company, cdnow, fjordgross):
    with pytest.raises(MissingTable, match="period"):
        cost_to_serve(fjordgross, period=Period("2019-01-01", "2019-12-31"))
    with pytest.raises(MissingTable):
        cost_to_serve(cdnow)


def test_rates_as_text():
    assert given_rates([]) == {}
    assert given_rates(["web order = 12"]) == {"web order": 12.0}
    for text in ("delivery", "delivery=", "=x", "delivery=12 kr"):
        with pytest.raises(ParameterError, match=text):
            given_rates([text])


def test_fjordgross_reconciles_to_the_cent_with_the_files(fjordgross):
    rows = pd.read_parquet(DATA / "activities.parquet")
    table = pd.read_parquet(DATA / "rates.parquet")
    rate = {
        name: Decimal(str(unit)) if unit is not None else Decimal(int(minutes)) * minute
        for name, unit, minutes, minute in table.itertuples(index=False)
    }
    rows["cost"] = [
        int(n) * rate[name] for n, name in zip(rows["quantity"], rows["activity"], strict=True)
    ]
    sums = rows.groupby(["account_id", "activity"])["cost"].sum()
    served = cost_to_serve(fjordgross).set_index(["account_id", "activity"])["cost_to_serve"]
    assert len(served) == len(sums)
    assert all(abs(Decimal(str(served[key])) - sums[key]) < Decimal("0.005") for key in sums.index)
    assert rate_table(fjordgross)["cost_to_serve"].sum() == pytest.approx(
        float(sums.sum()), abs=0.005
    )
