"""Recency, frequency and money: equal values, equal scores; every score, one segment."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamkit import identify
from kamkit.errors import ParameterError
from kamkit.language import set_language
from kamkit.schema import WORDS, word
from kamkit.value import rfm
from kamkit.value._rfm import SEGMENTS, Segment, check_segments, cut_points, segment_summary


def bought(orders: dict[str, list[tuple[str, float]]]) -> pd.DataFrame:
    rows = [(name, day, amount) for name, days in orders.items() for day, amount in days]
    frame = pd.DataFrame(rows, columns=["account_id", "day", "amount"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


FIVE = bought({name: [(f"2025-0{n}-01", 10.0 * n)] * n for n, name in enumerate("abcde", 1)})


def test_five_accounts_get_five_scores():
    table = rfm(FIVE).table.set_index("account_id")
    assert table["rfm_score"].to_dict() == {
        "a": "1-1-1",
        "b": "2-2-2",
        "c": "3-3-3",
        "d": "4-4-4",
        "e": "5-5-5",
    }
    assert table.loc["e", "recency_days"] == 0
    assert table.loc["c", "monetary"] == 90
    assert table.loc["e", "rfm_segment"] == "rfm_champions"
    assert table.loc["a", "rfm_segment"] == "rfm_sleeping"


def test_cut_points_can_be_set_and_are_shown():
    found = rfm(FIVE, cuts={"frequency": (1, 2, 3, 99)}).table
    # 1 -> 1, 2 -> 2, 3 -> 3, 4 and 5 -> 4
    assert found["f_score"].tolist() == [1, 2, 3, 4, 4]
    shown = cut_points(found).query("measure == 'frequency'")
    assert shown[["score_level", "from_value", "to_value", "accounts"]].to_numpy().tolist() == [
        [4, 4, 5, 2],
        [3, 3, 3, 1],
        [2, 2, 2, 1],
        [1, 1, 1, 1],
    ]


@pytest.mark.parametrize(
    "cuts", [{"frequency": (1, 2, 2, 3)}, {"frequency": (1, 2)}, {"often": ()}]
)
def test_cut_points_that_do_not_rise_are_refused(cuts):
    with pytest.raises(ParameterError):
        rfm(FIVE, cuts=cuts)


def test_a_value_that_fills_several_scores_is_told():
    ones = bought({f"a{n}": [("2025-01-01", 1.0 + n)] for n in range(20)})
    found = rfm(ones)
    assert found.table["f_score"].nunique() == 1
    assert any("Frequency has only 1 of 5 scores: 100%" in caveat for caveat in found.caveats)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(1, 4), st.integers(1, 30)),
        min_size=1,
        max_size=40,
    )
)
def test_equal_values_get_equal_scores_and_larger_ones_no_lower(accounts):
    start = pd.Timestamp("2025-01-01")
    days = pd.DataFrame(
        [
            (f"{n:02}", start + pd.Timedelta(days=first + 30 * order), float(amount))
            for n, (first, orders, amount) in enumerate(accounts)
            for order in range(orders)
        ],
        columns=["account_id", "day", "amount"],
    )
    table = rfm(days).table
    pairs = [
        ("recency_days", "r_score", False),
        ("frequency_orders", "f_score", True),
        ("monetary", "m_score", True),
    ]
    for column, score, rising in pairs:
        assert (table.groupby(column)[score].nunique() == 1).all()
        ordered = table.sort_values(column, ascending=rising)[score]
        assert ordered.is_monotonic_increasing
        assert ordered.between(1, 5).all()


def test_the_segments_cover_every_score_and_none_is_hidden():
    check_segments(SEGMENTS)
    every = [(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)]
    assert all(any(one.holds(*score) for one in SEGMENTS) for score in every)
    assert {one.name for one in SEGMENTS} <= set(WORDS)


def test_a_gap_is_named():
    holed = [one for one in SEGMENTS if one.name != "rfm_recent"]
    with pytest.raises(ParameterError) as caught:
        check_segments(holed)
    # two scores of recency, three each of frequency and money that “large but seldom” leaves;
    # that new accounts have a segment does not fill the gap
    assert "18 of 125" in str(caught.value)
    assert "R4 F1 M1" in str(caught.value)


def test_a_segment_that_can_never_be_reached_is_named():
    hidden = [Segment("everybody"), Segment("rfm_new", recency=(5, 5))]
    with pytest.raises(ParameterError, match="never be reached") as caught:
        check_segments(hidden)
    assert "rfm_new" in str(caught.value)


@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_all_accounts_and_all_money_are_there(name, request):
    case = request.getfixturevalue(name)
    facts = identify.account_facts(case)
    table = rfm(case).table
    assert set(table["account_id"]) == set(facts["account_id"])
    assert round(table["monetary"].sum(), 2) == round(facts["revenue"].sum(), 2)
    summary = segment_summary(table)
    assert summary["accounts"].sum() == len(table)
    assert round(summary["revenue"].sum(), 2) == round(facts["revenue"].sum(), 2)


def test_segments_are_told_in_the_language_in_use(fjordgross):
    assert "champions" in rfm(fjordgross).text
    set_language("nb")
    assert word("rfm_champions") == "toppkunder"
    assert "toppkunder" in rfm(fjordgross).text
