"""Bridges against sums on paper and against pandas; nothing is lost, nothing counted twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import LedgerError, MissingTable, ParameterError, PeriodError
from kamkit.periods import Period
from kamkit.value.change import EFFECTS, account_changes, bridge, change_facts
from kamkit.value.comparison import adds_up, rounded_ratio
from tests.conftest import examples

DATA = Path(__file__).resolve().parents[2] / "data"
YEARS = (
    Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
)
ROWS = [
    ("keeps", "2024-03-01", 100),
    ("keeps", "2025-03-01", 130),
    ("falls", "2024-03-01", 80),
    ("falls", "2025-12-30", 50),
    ("stops", "2024-12-31", 40),
    ("fresh", "2025-01-01", 60),
    ("back", "2023-05-01", 10),
    ("back", "2025-05-01", 25),
    ("flat", "2024-05-01", 5),
    ("flat", "2025-05-01", 5),
    # a credit is no purchase
    ("credited", "2024-06-01", 20),
    ("credited", "2025-06-01", -7),
    # bought in neither period
    ("neither", "2023-06-01", 9),
    ("neither", "2024-06-01", -3),
    # not there at all
    ("gone", "2023-06-01", 50),
]
WANTED = {
    "keeps": "up",
    "falls": "down",
    "stops": "lost",
    "fresh": "new",
    "back": "returned",
    "flat": "same",
    "credited": "lost",
    "neither": "up",
}


def ledger(rows, columns=("account_id", "date", "amount")):
    return open_case(pd.DataFrame(rows, columns=list(columns)))


@pytest.fixture(scope="module")
def case():
    return ledger(ROWS)


def test_each_account_has_the_effect_that_is_worked_out_by_hand(case):
    changes = account_changes(case, periods=YEARS).set_index("account_id")
    assert changes["effect"].to_dict() == WANTED
    assert changes["change"].to_dict() == {
        "fresh": 60,
        "stops": -40,
        "falls": -30,
        "keeps": 30,
        "credited": -27,
        "back": 25,
        "neither": 3,
        "flat": 0,
    }
    # the largest first, ties by account number
    assert changes.index.tolist() == [
        "fresh",
        "stops",
        "falls",
        "keeps",
        "credited",
        "back",
        "neither",
        "flat",
    ]
    assert changes.loc["credited", ["revenue_before", "revenue_after"]].tolist() == [20, -7]


def test_the_bridge_is_the_sum_on_paper(case):
    found = bridge(case, periods=YEARS)
    table = found.table.set_index("effect")
    assert table["revenue"].to_dict() == {
        "start": 242,
        "new": 60,
        "returned": 25,
        "up": 33,
        "same": 0,
        "down": -30,
        "lost": -67,
        "end": 263,
    }
    assert table["accounts"].to_dict() == {
        "start": 5,
        "new": 1,
        "returned": 1,
        "up": 2,
        "same": 1,
        "down": 1,
        "lost": 2,
        "end": 5,
    }
    assert "from 242 in 2024 to 263 in 2025" in found.text
    assert "+21 (+8.7%)" in found.text  # 21 / 242
    assert found.caveats == ("New: no earlier purchase in the ledger, which begins on 1 May 2023.",)


def test_a_ledger_without_a_past_says_that_nobody_can_have_returned():
    rows = [row for row in ROWS if not row[1].startswith("2023")]
    found = bridge(ledger(rows), periods=YEARS)
    table = found.table.set_index("effect")["revenue"]
    assert (table["new"], table["returned"]) == (85, 0)
    assert any("cannot be told from a new one" in caveat for caveat in found.caveats)


def test_a_purchase_between_two_periods_apart_is_new_since_the_first():
    rows = [("a", "2023-01-05", 10), ("b", "2024-06-01", 3), ("b", "2025-06-01", 4)]
    years = (Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31)), YEARS[1])
    changes = account_changes(ledger(rows), periods=years).set_index("account_id")
    assert changes["effect"].to_dict() == {"a": "lost", "b": "new"}


def test_contribution_has_its_own_bridge_and_needs_cost(case):
    rows = [
        ("a", "2024-02-01", 100, 60),
        ("a", "2025-02-01", 90, 40),
        ("b", "2025-03-01", 10, None),
    ]
    own = ledger(rows, ("account_id", "date", "amount", "cost"))
    found = bridge(own, periods=YEARS, by="contribution")
    table = found.table.set_index("effect")["contribution"]
    # 100 - 60 | 90 - 40 | 10 without cost
    assert (table["start"], table["up"], table["new"], table["end"]) == (40, 10, 10, 60)
    assert found.text.startswith("Contribution went from 40")
    assert any("no cost" in caveat for caveat in found.caveats)
    with pytest.raises(MissingTable):
        bridge(case, periods=YEARS, by="contribution")
    with pytest.raises(ParameterError, match="contributon"):
        bridge(case, periods=YEARS, by="contributon")


def test_periods_that_do_not_compare_are_refused(case):
    five, seven = (
        Period(dt.date(2025, 1, 1), dt.date(2025, 5, 31)),
        Period(dt.date(2025, 6, 1), dt.date(2025, 12, 31)),
    )
    with pytest.raises(PeriodError, match="not equally long"):
        bridge(case, periods=(five, seven))
    with pytest.raises(PeriodError, match="before the earlier one has ended"):
        bridge(case, periods=(YEARS[1], YEARS[0]))
    with pytest.raises(PeriodError, match="before the earlier one has ended"):
        bridge(case, periods=(YEARS[0], YEARS[0]))
    far = (Period(dt.date(1999, 1, 1), dt.date(1999, 12, 31)), YEARS[1])
    with pytest.raises(PeriodError, match="no line of sales"):
        bridge(case, periods=far)


def test_other_seasons_and_missing_days_are_told():
    rows = [("a", "2025-03-15", 10), ("a", "2025-12-01", 5)]
    halves = (
        Period(dt.date(2025, 1, 1), dt.date(2025, 6, 30)),
        Period(dt.date(2025, 7, 1), dt.date(2025, 12, 31)),
    )
    told = " ".join(bridge(ledger(rows), periods=halves).caveats)
    assert "different seasons" in told
    assert "begins on 15 Mar 2025, after" in told
    assert "ends on 1 Dec 2025, before" in told
    # spring against spring is one season
    springs = (
        Period(dt.date(2024, 3, 1), dt.date(2024, 5, 31)),
        Period(dt.date(2025, 3, 1), dt.date(2025, 5, 31)),
    )
    assert "seasons" not in " ".join(bridge(ledger(ROWS), periods=springs).caveats)


def test_effects_that_do_not_add_up_are_refused():
    adds_up([5, -2], 3)
    with pytest.raises(LedgerError, match="do not add up"):
        adds_up([5, -2], 4)


def test_ratios_are_rounded_half_away_from_zero_whatever_their_size():
    # 5/2, -5/2, 7/3, by nothing, and beyond 64 bits
    found = rounded_ratio([5, -5, 7, 9, 10**15], [1, 1, 1, 1, 10**10], [2, 2, 3, 0, 10**9])
    assert found.tolist() == [3, -3, 2, 0, 10**16]


def test_fjordgross_is_what_pandas_counts_from_the_lines(fjordgross):
    lines = pd.read_parquet(DATA / "fjordgross" / "sales.parquet")
    lines["amount"] = lines["amount"].map(Decimal)
    year = pd.to_datetime(lines["date"]).dt.year
    sums = lines.groupby(["account_id", year])["amount"].sum().unstack(fill_value=Decimal(0))
    bought = (lines["amount"] > 0).groupby([lines["account_id"], year]).any()
    bought = bought.unstack(fill_value=False)
    wanted = {}
    for account, row in sums.iterrows():
        was, now = bought.loc[account, 2024], bought.loc[account, 2025]
        change = row[2025] - row[2024]
        if now and not was:
            effect = "returned" if bought.loc[account, 2023] else "new"
        elif was and not now:
            effect = "lost"
        else:
            effect = "up" if change > 0 else "down" if change < 0 else "same"
        wanted[account] = (effect, change)
    changes = account_changes(fjordgross).set_index("account_id")
    assert len(changes) > 1_000
    for account, row in changes.iterrows():
        effect, change = wanted[account]
        assert row["effect"] == effect
        assert row["change"] == pytest.approx(float(change), abs=1e-6)
    table = bridge(fjordgross).table.set_index("effect")["revenue"]
    assert table["start"] == pytest.approx(float(sums[2024].sum()), abs=1e-4)
    assert table["end"] == pytest.approx(float(sums[2025].sum()), abs=1e-4)
    for effect in EFFECTS:
        total = sum(
            change
            for name, (kind, change) in wanted.items()
            if kind == effect and name in changes.index
        )
        assert table[effect] == pytest.approx(float(total), abs=1e-4)
    names = pd.read_parquet(DATA / "fjordgross" / "accounts.parquet").set_index("account_id")
    assert changes.loc["000412", "account_name"] == names.loc["000412", "name"]


def test_online_retail_has_no_name_and_no_past_and_adds_up(online_retail, shared_data):
    raw = pd.read_parquet(shared_data / "online_retail_II_2009_2010.parquet")
    raw = raw[raw["Customer ID"].notna()]
    days = pd.to_datetime(raw["InvoiceDate"]).dt.normalize()
    amounts = raw["Quantity"] * raw["Price"]
    later = amounts[days >= "2010-06-06"].sum()  # 187 days to 9 December
    earlier = amounts[days < "2010-06-06"].sum()
    table = bridge(online_retail).table.set_index("effect")
    assert table.loc["start", "revenue"] == pytest.approx(earlier, abs=0.01)
    assert table.loc["end", "revenue"] == pytest.approx(later, abs=0.01)
    assert table.loc["returned", "accounts"] == 0
    assert "account_name" not in account_changes(online_retail)


@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_every_ledger_has_its_bridge_and_its_columns(name, request):
    case = request.getfixturevalue(name)
    table = bridge(case).table.set_index("effect")
    accounts = table["accounts"]
    assert accounts["end"] == (
        accounts["start"] + accounts["new"] + accounts["returned"] - accounts["lost"]
    )
    facts = change_facts(case)
    assert facts.columns.tolist() == [
        "account_id",
        "revenue_before",
        "revenue_after",
        "change",
        "effect",
    ]
    assert facts["account_id"].is_monotonic_increasing
    assert facts["account_id"].is_unique
    assert accounts[list(EFFECTS)].sum() == len(facts)
    assert not facts.isna().any().any()


LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.dates(dt.date(2023, 7, 1), dt.date(2025, 12, 31)),
        st.integers(-10_000_000, 10_000_000),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(LINES)
def test_effects_always_add_up_to_the_ten_thousandth(rows):
    frame = pd.DataFrame(rows, columns=["account_id", "date", "units"])
    frame["amount"] = frame["units"].map(lambda units: Decimal(units) / 10_000)
    # one line in each year, so that both periods lie in the ledger
    days = [dt.date(2024, 1, 1), dt.date(2025, 12, 31)]
    edges = pd.DataFrame({"account_id": "e", "date": days, "units": [10_000, 20_000]})
    edges["amount"] = [Decimal(1), Decimal(2)]
    frame = pd.concat([frame, edges], ignore_index=True)
    before = frame.copy(deep=True)
    kept = ColumnMapping().with_options({"sign": "kept"})  # else a sum below zero is asked about
    case = open_case(frame.drop(columns="units"), mapping=kept)
    table = bridge(case, periods=YEARS).table.set_index("effect")
    pd.testing.assert_frame_equal(frame, before)
    units = (table["revenue"] * 10_000).round().astype("int64")
    year = pd.to_datetime(frame["date"]).dt.year
    sums = frame.groupby(year)["units"].sum()
    assert units["start"] == sums[2024]
    assert units["end"] == sums[2025]
    assert units[list(EFFECTS)].sum() == sums[2025] - sums[2024]
