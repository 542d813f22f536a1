"""Scores by recency, frequency and money: equal values alike, all segments reached, no money lost.

Hughes (1994): five scores of each measure, 5 is best.
"""

from __future__ import annotations

import datetime as dt
import statistics
from itertools import product

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from kamkit.case import open_case
from kamkit.errors import LedgerError, ParameterError
from kamkit.schema import WORDS
from kamkit.value._rfm import (
    SEGMENTS,
    Segment,
    check_segments,
    cut_points,
    rfm,
    rfm_facts,
    segment_summary,
)
from tests.conftest import examples

SCORES = ["r_score", "f_score", "m_score"]
REST = Segment("rest")


def bought(accounts: dict[str, tuple[str, int, float]]) -> pd.DataFrame:
    """Purchase days: the last day, how many in a row up to it, and the amount of each."""
    rows = [
        (name, pd.Timestamp(last) - pd.Timedelta(days=back), amount)
        for name, (last, count, amount) in accounts.items()
        for back in range(count)
    ]
    return pd.DataFrame(rows, columns=["account_id", "day", "amount"])


def ledger(rows):
    return open_case(pd.DataFrame(rows, columns=["account_id", "date", "amount"]))


FIVE = bought(
    {
        "a": ("2025-12-31", 1, 500),
        "b": ("2025-12-21", 2, 200),
        "c": ("2025-12-11", 3, 100),
        "d": ("2025-12-01", 4, 50),
        "e": ("2025-11-21", 5, 20),
    }
)


def test_five_accounts_that_differ_get_the_five_scores():
    table = rfm(FIVE).table.set_index("account_id")
    assert table["recency_days"].tolist() == [0, 10, 20, 30, 40]
    assert table["frequency_orders"].tolist() == [1, 2, 3, 4, 5]
    assert table["monetary"].tolist() == [500, 400, 300, 200, 100]
    assert table["r_score"].tolist() == [5, 4, 3, 2, 1]
    assert table["f_score"].tolist() == [1, 2, 3, 4, 5]
    assert table["m_score"].tolist() == [5, 4, 3, 2, 1]
    assert table["rfm_score"].tolist() == ["5-1-5", "4-2-4", "3-3-3", "2-4-2", "1-5-1"]
    assert table["rfm_segment"].tolist() == [
        "rfm_big_seldom",
        "rfm_big_seldom",
        "rfm_between",
        "rfm_less_recent",
        "rfm_less_recent",
    ]


def states(**of: str) -> pd.DataFrame:
    return pd.DataFrame({"account_id": list(of), "rhythm_state": list(of.values())})


def test_the_text_tells_the_largest_segment_and_the_money_at_risk():
    # 900 of 1500; d and e have 4 and 5 purchase days and are late: 200 + 100
    gone = states(a="late", b="on_time", c="due", d="late", e="lost")
    found = rfm(FIVE, rhythms=gone)
    assert found.text == (
        "Most revenue comes from the segment “large but seldom”: 60.0% from 2 accounts. 2 accounts "
        "that used to buy often, worth 300 so far, are late or lost by their own rhythm."
    )
    assert found.caveats == ()
    assert found.table["rfm_segment"].tolist()[3:] == ["rfm_slipping", "rfm_slipping"]
    # the same money whatever the segments are called
    other = rfm(FIVE, segments=[REST], rhythms=gone)
    assert "2 accounts that used to buy often, worth 300" in other.text


def test_accounts_in_their_rhythm_are_not_slipping_away_however_low_their_recency():
    found = rfm(FIVE, rhythms=states(d="on_time", e="season_missed"))
    table = found.table.set_index("account_id")
    assert table.loc[["d", "e"], "rfm_segment"].tolist() == ["rfm_less_recent", "rfm_slipping"]
    assert "1 account that used to buy often, worth 100 so far, is late" in found.text


def test_monthly_buyers_are_alike_and_none_is_new():
    # forty accounts, each on its day of every month of 2025: their frequency is one and the same
    days = pd.DataFrame(
        [
            (f"{n:02}", pd.Timestamp(2025, month, 1 + n % 28), 100.0 + n)
            for n in range(40)
            for month in range(1, 13)
        ],
        columns=["account_id", "day", "amount"],
    )
    table = rfm(days).table
    assert table["f_score"].unique().tolist() == [3]
    assert not table["rfm_segment"].isin(["rfm_new", "rfm_slipping", "rfm_win_back"]).any()


def test_new_is_a_first_purchase_within_a_year_after_a_year_without():
    often = {f"o{n}": (f"2025-12-0{n}", 700, 50.0 + n) for n in range(1, 5)}
    seldom = {"new": ("2025-12-20", 1, 5.0), "old": ("2025-12-20", 1, 5.0)}
    days = pd.concat([bought(often | seldom), bought({"old": ("2024-06-01", 1, 5.0)})])
    table = rfm(days).table.set_index("account_id")
    assert table.loc[["new", "old"], "rfm_segment"].tolist() == ["rfm_new", "rfm_recent"]
    # of the last eleven months alone nobody can say who is new
    short = rfm(days[days["day"] > "2025-02-01"]).table
    assert "rfm_new" not in set(short["rfm_segment"])


def test_an_account_in_the_register_for_years_is_not_new(company):
    rows = [
        (name, f"202{year}-{month:02}-15", 90)
        for name in "abcd"
        for year in (3, 4, 5)
        for month in range(1, 13)
    ]
    sales = pd.DataFrame(
        [*rows, ("x", "2025-12-16", 9), ("y", "2025-12-16", 9)],
        columns=["account_id", "date", "amount"],
    )
    known = pd.DataFrame({"account_id": ["x", "y"], "since": ["2019-05-01", "2025-12-01"]})
    table = rfm(company(sales=sales, accounts=known)).table.set_index("account_id")
    assert table.loc[["x", "y"], "rfm_segment"].tolist() == ["rfm_recent", "rfm_new"]
    assert table.loc["x", "first_date"] == pd.Timestamp("2019-05-01")


@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_new_and_slipping_away_agree_with_first_purchase_and_rhythm(name, request):
    case = request.getfixturevalue(name)
    table = rfm(case).table
    new = table[table["rfm_segment"] == "rfm_new"]
    year = pd.Timedelta(days=365)
    assert (new["first_date"] > pd.Timestamp(case.period.end) - year).all()
    gone = table[table["rfm_segment"].isin(["rfm_slipping", "rfm_win_back"])]
    assert gone["rhythm_state"].isin(["late", "lost", "season_missed"]).all()


def test_cut_points_that_are_given_are_used_and_a_value_on_one_is_below_it():
    cuts = {"monetary": [99, 100, 200, 1000], "recency": (7, 20, 100, 200)}
    found = rfm(FIVE, cuts=cuts)
    table = found.table.set_index("account_id")
    assert table["m_score"].to_dict() == {"a": 4, "b": 4, "c": 4, "d": 3, "e": 2}
    assert table["r_score"].to_dict() == {"a": 5, "b": 4, "c": 4, "d": 3, "e": 3}
    assert table["f_score"].to_dict() == {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    shown = cut_points(found.table).set_index(["measure", "score_level"])
    assert shown.loc[("recency", 3)].tolist() == [30, 40, 2]
    assert shown.loc[("monetary", 4)].tolist() == [300, 500, 3]
    assert found.caveats == (
        "Recency has only 3 of 5 scores: the cut points that were given leave the others empty.",
        "Money has only 3 of 5 scores: the cut points that were given leave the others empty.",
    )


@pytest.mark.parametrize(
    "cuts",
    [
        {"recency": [1, 2, 3]},
        {"recency": [4, 3, 2, 1]},
        {"recency": [1, 2, 2, 3]},
        {"recency": [1, 2, float("nan"), 3]},
    ],
)
def test_cut_points_must_be_four_rising_numbers(cuts):
    with pytest.raises(ParameterError, match="four rising values"):
        rfm(FIVE, cuts=cuts)


def test_a_measure_that_is_misspelt_is_told_with_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean “recency”"):
        rfm(FIVE, cuts={"recensy": [1, 2, 3, 4]})


def test_many_accounts_with_one_value_share_a_score_and_that_is_told():
    days = bought(
        {
            **{f"{n}": ("2025-06-01", 1, n + 1.0) for n in range(6)},
            **{f"{n}": ("2025-06-01", n, 1.0) for n in range(6, 10)},
        }
    )
    found = rfm(days)
    by_orders = found.table.set_index("frequency_orders")["f_score"]
    # six ones in the places 0 to 5, in the middle 2.5; a fifth of nine places is 1.8
    assert by_orders.loc[1].unique().tolist() == [2]
    assert by_orders.loc[[6, 7, 8, 9]].tolist() == [4, 4, 5, 5]
    assert (
        "Frequency has only 3 of 5 scores: 60% of the accounts have the value 1." in found.caveats
    )


def test_accounts_that_are_all_equal_and_an_account_alone_are_scored():
    same = rfm(bought(dict.fromkeys("abcdef", ("2025-06-01", 2, 5.0))))
    assert same.table["rfm_score"].unique().tolist() == ["3-3-3"]
    assert len(same.caveats) == 3
    alone = rfm(bought({"a": ("2025-06-01", 1, 5.0)}))
    assert alone.table["rfm_score"].tolist() == ["3-3-3"]
    assert alone.caveats == ()  # one account cannot have five scores


def test_an_account_that_keeps_nothing_is_there_with_the_lowest_scores():
    rows = [(name, f"2025-0{n}-03", 100 * n) for n, name in enumerate("abcde", 1)]
    case = ledger(
        [*rows, ("x", "2025-03-03", 70), ("x", "2025-04-03", -70), ("y", "2025-05-03", -30)]
    )
    table = rfm(case).table.set_index("account_id")
    assert table["monetary"].sum() == 1500 - 30
    assert table.loc["x", "frequency_orders"] == table.loc["y", "frequency_orders"] == 0
    assert table.loc[["x", "y"], "recency_days"].isna().all()
    assert table.loc[["x", "y"], SCORES].to_numpy().tolist() == [[1, 1, 1], [1, 1, 1]]
    assert table.loc["e", "recency_days"] == 0


def test_what_came_after_the_day_is_not_known_on_it():
    rows = [
        ("a", "2025-01-10", 100),
        ("a", "2025-02-05", -100),
        ("b", "2025-01-21", 40),
        ("c", "2025-03-01", 9),
    ]
    table = rfm(ledger(rows), as_of=dt.date(2025, 1, 31)).table
    assert table["account_id"].tolist() == ["a", "b"]
    assert table["recency_days"].tolist() == [21, 10]
    assert table["monetary"].tolist() == [100, 40]
    # without a day it is the last of the ledger
    assert rfm(ledger(rows)).table["recency_days"].dropna().tolist() == [39, 0]
    later = rfm(ledger(rows), as_of=dt.date(2025, 3, 11)).table
    assert later["recency_days"].dropna().tolist() == [49, 10]


def test_a_day_before_the_ledger_and_a_table_without_rows_are_refused():
    with pytest.raises(LedgerError):
        rfm(ledger([("a", "2025-01-10", 100)]), as_of=dt.date(2024, 1, 1))
    with pytest.raises(LedgerError):
        rfm(FIVE, as_of=dt.date(2024, 1, 1))
    with pytest.raises(LedgerError):
        rfm(FIVE.head(0))
    with pytest.raises(ParameterError, match="purchase days has no column"):
        rfm(FIVE.drop(columns="amount"))


def test_sums_that_are_equal_in_cents_are_equal():
    # 0.1 + 0.2 is 0.30000000000000004 in binary
    days = pd.DataFrame(
        {
            "account_id": ["a", "a", "b", "c"],
            "amount": [0.1, 0.2, 0.3, 0.1],
            "day": pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-02", "2025-01-02"]),
        }
    )
    table = rfm(days, cuts={"monetary": [0.1, 0.2, 0.3, 0.4]}).table
    assert table["m_score"].tolist() == [3, 3, 1]


def test_the_order_of_the_rows_does_not_matter_and_the_input_is_not_changed():
    mixed = FIVE.sample(frac=1, random_state=3)
    before = mixed.copy()
    pd.testing.assert_frame_equal(rfm(mixed).table, rfm(FIVE).table)
    pd.testing.assert_frame_equal(mixed, before)


def test_every_score_belongs_to_exactly_one_segment_and_each_is_reached():
    firsts = [
        next(one.name for one in SEGMENTS if one.holds(*score, facts=facts))
        for facts in ((), ("new",), ("late",))
        for score in product(range(1, 6), repeat=3)
    ]
    assert len(firsts) == 3 * 125
    assert not set(firsts[:125]) & {"rfm_new", "rfm_slipping", "rfm_win_back"}
    assert set(firsts) == {one.name for one in SEGMENTS}
    assert {one.name for one in SEGMENTS} <= set(WORDS)
    assert not any("other" in WORDS[one.name].lower() for one in SEGMENTS)
    check_segments(SEGMENTS)


def test_scores_without_a_segment_are_named():
    gap = [
        Segment("good", recency=(2, 5)),
        Segment("gone", recency=(1, 1), frequency=(1, 4)),
        Segment("last", recency=(1, 1), monetary=(1, 3)),
    ]
    with pytest.raises(ParameterError) as error:
        check_segments(gap)
    assert error.value.message == "2 of 125 scores belong to no segment."
    assert error.value.found == "R1 F5 M4, R1 F5 M5"
    with pytest.raises(ParameterError, match="125 of 125"):
        rfm(FIVE, segments=[])


def test_a_segment_that_cannot_be_reached_is_named_even_where_another_has_its_name():
    shadowed = [Segment("good", recency=(3, 5)), Segment("best", recency=(5, 5)), REST]
    with pytest.raises(ParameterError, match="never be reached") as error:
        check_segments(shadowed)
    assert error.value.found == "best"
    with pytest.raises(ParameterError, match="never be reached"):
        rfm(FIVE, segments=[Segment("good", recency=(3, 5)), Segment("good", recency=(5, 5)), REST])
    # two rules may lead to one segment
    check_segments([Segment("good", recency=(5, 5)), Segment("good", frequency=(5, 5)), REST])


def test_segments_of_ones_own_are_counted_in_their_order():
    own = [
        Segment("daily", frequency=(5, 5)),
        Segment("empty", recency=(5, 5), frequency=(4, 4)),
        REST,
    ]
    table = rfm(FIVE, segments=own).table
    found = segment_summary(table, segments=own)
    assert found["rfm_segment"].tolist() == ["daily", "empty", "rest"]
    assert found["accounts"].tolist() == [1, 0, 4]
    assert found["revenue"].tolist() == [100, 0, 1400]
    assert found["share_accounts"].tolist() == [0.2, 0, 0.8]
    assert found["share_revenue"].tolist() == pytest.approx([100 / 1500, 0, 1400 / 1500])
    # with the usual segments the money would be lost
    with pytest.raises(ParameterError) as error:
        segment_summary(table)
    assert error.value.found == "daily, rest"


@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_all_accounts_and_all_money_of_a_ledger_are_there(name, request):
    case = request.getfixturevalue(name)
    table = rfm(case).table
    whole = case.engine.row(
        {"sum": case.sales.amount.sum(), "accounts": case.sales.account_id.nunique()}, case.sales
    )
    assert len(table) == table["account_id"].nunique() == whole["accounts"]
    assert round(table["monetary"].sum(), 2) == round(float(whole["sum"]), 2)
    summed = segment_summary(table)
    assert summed["accounts"].sum() == len(table)
    assert round(summed["revenue"].sum(), 2) == round(float(whole["sum"]), 2)
    assert summed[["share_accounts", "share_revenue"]].sum().tolist() == pytest.approx([1, 1])
    assert cut_points(table).groupby("measure")["accounts"].sum().unique().tolist() == [len(table)]


def test_cdnow_is_cut_where_the_standard_library_cuts(cdnow):
    found = rfm(cdnow)
    lines = cdnow.sales.select("account_id", "date", "amount").to_pandas()
    lines["amount"] = lines["amount"].astype(float)
    sums = lines.groupby("account_id")["amount"].sum().round(2)
    cuts = statistics.quantiles(sums, n=5, method="inclusive")
    wanted = 1 + sum((sums > cut).astype(int) for cut in cuts)
    table = found.table.set_index("account_id")
    apart = ~sums.isin(cuts)  # a value at a cut point has the score of the middle of its places
    assert apart.mean() > 0.98
    assert table["m_score"][apart].tolist() == wanted[apart].loc[table.index[apart]].tolist()
    # 68 never bought, 11 989 on one day: their middle, 6 062 of 23 570, is past a fifth
    counts = table["frequency_orders"].value_counts()
    assert (counts[0], counts[1]) == (68, 11_989)
    assert table.groupby("frequency_orders")["f_score"].first().loc[[0, 1]].tolist() == [1, 2]
    assert found.caveats == ()


def test_the_cut_points_that_are_shown_give_the_same_scores_again(online_retail):
    table = rfm(online_retail).table
    shown = cut_points(table)
    cuts = {}
    for measure in ("recency", "frequency", "monetary"):
        own = shown[shown["measure"] == measure]
        if len(own) == 5:
            cuts[measure] = sorted(own["to_value"])[:4]
    # 1 589 of 4 383 ordered once and share a score; those who ordered twice take the one after next
    assert sorted(cuts) == ["monetary", "recency"]
    again = rfm(online_retail, cuts=cuts).table
    assert again["rfm_score"].tolist() == table["rfm_score"].tolist()


def test_the_account_table_takes_score_and_segment(fjordgross):
    facts = rfm_facts(fjordgross)
    assert facts.columns.tolist() == ["account_id", "rfm_score", "rfm_segment"]
    table = rfm(fjordgross).table
    assert table["account_name"].notna().all()
    assert facts["rfm_segment"].tolist() == table["rfm_segment"].tolist()


DAYS = st.lists(
    st.tuples(
        st.sampled_from([f"{n:02}" for n in range(12)]),
        st.dates(dt.date(2025, 1, 1), dt.date(2025, 1, 20)),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=examples(60))
@given(DAYS)
def test_equal_values_have_equal_scores_and_better_ones_never_a_lower(rows):
    days = pd.DataFrame(rows, columns=["account_id", "day", "amount"])
    days["day"] = pd.to_datetime(days["day"])
    table = rfm(days).table
    for column, score, better in (
        ("recency_days", "r_score", -1),
        ("frequency_orders", "f_score", 1),
        ("monetary", "m_score", 1),
    ):
        pairs = sorted(
            {(better * value, its) for value, its in zip(table[column], table[score], strict=True)}
        )
        assert len(pairs) == table[column].nunique()
        assert [its for _, its in pairs] == sorted(its for _, its in pairs)
        assert set(table[score]) <= {1, 2, 3, 4, 5}
    assert table["monetary"].sum() == sum(amount for *_, amount in rows)
    assert segment_summary(table)["accounts"].sum() == len({name for name, *_ in rows})
