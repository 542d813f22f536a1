"""Concentration against published figures, and losing the largest by hand."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from kamkit import identify
from kamkit.errors import LedgerError
from tests.conftest import examples


def accounts(amounts, **columns) -> pd.DataFrame:
    ids = [f"{number:03}" for number in range(len(amounts))]
    return pd.DataFrame({"account_id": ids, "revenue": amounts, **columns})


def test_the_published_gini_coefficients():
    assert identify.gini([8.1, 11.5, 20.0, 22.8, 37.6]) == pytest.approx(0.2812, abs=5e-5)
    assert identify.gini([5_000] * 7 + [150_000]) == pytest.approx(0.6858, abs=5e-5)


def test_the_published_herfindahl_index():
    shares = [10, 9, 12, 15, 12, 11, 15, 16]
    assert identify.hhi(shares) == pytest.approx(1_296)
    assert identify.effective_number(shares) == pytest.approx(10_000 / 1_296)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_equal_accounts_are_even(count):
    assert identify.gini([3.0] * count) == pytest.approx(0)
    assert identify.hhi([3.0] * count) == pytest.approx(10_000 / count)
    assert identify.effective_number([3.0] * count) == pytest.approx(count)


POSITIVE = st.lists(st.integers(1, 1_000_000), min_size=1, max_size=80)


@settings(max_examples=examples(80))
@given(POSITIVE)
def test_gini_is_half_the_mean_difference_over_the_mean(amounts):
    x = np.array(amounts, dtype=float)
    pairs = np.abs(x[:, None] - x[None, :]).mean()
    assert identify.gini(amounts) == pytest.approx(pairs / (2 * x.mean()), abs=1e-9)
    assert 0 <= identify.gini(amounts) < 1


@settings(max_examples=examples(80))
@given(POSITIVE)
def test_the_lorenz_curve_runs_below_the_straight_line_and_gives_gini_by_its_area(amounts):
    curve = identify.lorenz(accounts([float(amount) for amount in amounts]))
    x, y = curve["cumulative_accounts"].to_numpy(), curve["cumulative_share"].to_numpy()
    assert (x[0], y[0]) == (0, 0)
    assert (x[-1], y[-1]) == pytest.approx((1, 1))
    assert (y <= x + 1e-12).all()
    area = ((y[1:] + y[:-1]) / 2 * np.diff(x)).sum()
    assert 1 - 2 * area == pytest.approx(identify.gini(amounts), abs=1e-9)


def test_dependence_is_a_share_of_the_net_total():
    table = identify.dependence(accounts([60.0, 30.0, 20.0, -10.0]), largest=(1, 2, 9))
    assert table["share"].tolist() == pytest.approx([0.6, 0.9, 1.0])


def test_losing_the_largest_account():
    frame = accounts([50.0, 30.0, 15.0, 5.0], contribution=[9.0, 8.0, 7.0, 6.0])
    finding = identify.losing(frame)
    row = finding.table.iloc[0]
    assert (row["lost"], row["share"], row["remaining"]) == (50, 0.5, 50)
    assert row["growth_needed"] == 1.0
    assert row["small_accounts"] == 3  # 5 + 15 are too little, with 30 they are 50
    assert row["contribution_lost"] == 9
    assert "(000)" in finding.text


def test_losing_more_than_all_the_others_bring():
    finding = identify.losing(accounts([90.0, 6.0, 4.0]))
    assert finding.table["small_accounts"].iloc[0] == 2
    assert "smallest accounts" not in finding.text


def test_accounts_at_or_below_zero_are_named_where_a_measure_cannot_take_them():
    finding = identify.concentration_summary(accounts([60.0, 40.0, -5.0, 0.0]))
    assert any("2 accounts at or below zero" in caveat for caveat in finding.caveats)
    table = dict(zip(finding.table["measure"], finding.table["value"], strict=True))
    assert table["accounts above zero"] == "2"
    assert table["Gini coefficient"] == "0.100"  # (60 - 40) / (2 * 100)


def test_online_retail_depends_on_its_largest_as_published(online_retail_facts):
    shares = identify.dependence(online_retail_facts)["share"]
    assert shares.iloc[0] == pytest.approx(0.04094, abs=5e-6)


@pytest.mark.parametrize("amounts", [[0.0, 0.0], [-1.0, 0.5]])
def test_nothing_above_zero_is_refused(amounts):
    with pytest.raises(LedgerError):
        identify.dependence(accounts(amounts))
