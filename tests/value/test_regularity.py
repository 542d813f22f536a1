"""Random buying passes, a rhythm and bursts are told, on simulated and on real accounts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kamkit.errors import MissingTable
from kamkit.value._regularity import regularity

KEY = Path(__file__).parents[2] / "data" / "fjordgross" / "answer_key.json"


def bought(days_of: list[np.ndarray]) -> pd.DataFrame:
    """Purchase occasions from moments in days; a day is bought on once."""
    parts = [
        pd.DataFrame({"account_id": f"{n:05}", "day": np.unique(np.floor(moments))})
        for n, moments in enumerate(days_of)
    ]
    days = pd.concat(parts, ignore_index=True)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(days["day"], unit="D")
    return days.assign(day=day.dt.as_unit("s"), amount=1.0)


def simulated(rng, accounts: int, shape: float, *, gap=(10, 60), days=730) -> pd.DataFrame:
    """Accounts with gamma gaps of one shape, each with its own mean gap, until a fixed day."""
    histories = []
    for _ in range(accounts):
        mean = np.exp(rng.uniform(*np.log(gap)))
        gaps = rng.gamma(shape, mean / shape, size=int(6 * days / mean) + 30)
        moments = rng.random() + np.concatenate([[0.0], np.cumsum(gaps)])
        histories.append(moments[moments < days])
    return bought(histories)


@pytest.mark.proof
def test_random_buying_is_flagged_no_more_often_than_stated():
    rng = np.random.default_rng(20)
    found = [regularity(simulated(rng, 40, 1.0)) for _ in range(150)]
    outside = sum(not one.shape_low <= 1 <= one.shape_high for one in found)
    # 5 % of 150 are outside the interval; more than 15 happen once in 200 times
    assert outside <= stats.binom.ppf(0.995, 150, 0.05)
    assert sum(one.verdict != "random" for one in found) <= outside
    single = pd.concat([one.table for one in found])["pattern"].value_counts(normalize=True)
    assert single["regular"] == pytest.approx(0.05, abs=0.012)
    assert single["bursts"] == pytest.approx(0.05, abs=0.012)


@pytest.mark.proof
def test_buying_every_other_day_is_not_taken_for_a_rhythm_because_days_are_whole():
    rng = np.random.default_rng(21)
    found = [regularity(simulated(rng, 40, 1.0, gap=(1, 4), days=150)) for _ in range(40)]
    # intervals of 95 % leave out the truth in 5 % of the ledgers
    assert sum(one.verdict != "random" for one in found) <= stats.binom.ppf(0.99, 40, 0.05)
    # a mean of 40 whose standard deviation is 0.09
    assert np.mean([one.shape for one in found]) == pytest.approx(1, abs=0.045)


def test_a_gamma_rhythm_of_shape_three_is_told_and_measured():
    rng = np.random.default_rng(22)
    found = regularity(simulated(rng, 300, 3.0, gap=(30, 90), days=1460))
    assert found.verdict == "regular"
    assert found.shape == pytest.approx(3.0, rel=0.1)
    assert "times as regularly as the models assume" in found.text
    assert all(regularity(simulated(rng, 15, 3.0)).verdict == "regular" for _ in range(20))


def test_bursts_are_told():
    rng = np.random.default_rng(23)
    found = regularity(simulated(rng, 200, 0.5))
    assert found.verdict == "bursts"
    assert "in bursts" in found.text
    assert "season" in found.caveats[0]


def test_a_day_between_purchases_is_a_gap_between_none_and_two():
    # one account, gaps of 1, 9 and 30 days: the expected ln g by quadrature, the mean gap known
    from scipy import integrate

    from kamkit.value.gap_shape import _log_of_days, _log_within_a_day

    def expected(shape, rate, days):
        low, high = max(days - 1, 0), days + 1

        def weight(gap):
            return gap ** (shape - 1) * np.exp(-rate * gap) * (1 - abs(gap - days))

        def part(of):
            parts = [(low, days), (days, high)] if days else [(0, 1)]
            return sum(integrate.quad(of, *part, epsabs=1e-12)[0] for part in parts)

        return part(lambda gap: weight(gap) * np.log(gap)) / part(weight)

    for shape, rate in ((0.5, 0.02), (2.0, 0.3), (5.0, 1.2)):
        each = np.array([rate])
        for days in (1, 2, 7):
            assert _log_of_days(days, shape, each)[0] == pytest.approx(
                expected(shape, rate, days), abs=5e-4
            )
        assert _log_within_a_day(shape, each)[0] == pytest.approx(
            expected(shape, rate, 0), abs=5e-4
        )


def test_how_often_an_account_buys_does_not_make_it_regular():
    moments = np.cumsum(np.random.default_rng(24).exponential(1, size=(60, 12)), axis=1)
    slow = regularity(bought(list(moments * 400)))
    slower = regularity(bought(list(moments * 4000)))
    assert slow.shape == pytest.approx(slower.shape, rel=0.02)
    assert slow.shape_low <= 1 <= slow.shape_high


def test_the_account_that_orders_every_week_and_the_one_of_a_season_are_told(fjordgross):
    key = json.loads(KEY.read_text(encoding="utf-8"))
    found = regularity(fjordgross)
    pattern = found.table.set_index("account_id")["pattern"]
    assert pattern[key["late"]["account_id"]] == "regular"
    assert pattern[key["seasonal"]["account_id"]] == "bursts"
    assert found.verdict == "regular"
    weekly = found.table.set_index("account_id").loc[key["late"]["account_id"]]
    assert weekly["typical_gap"] == key["late"]["interval_days"]


@pytest.mark.proof
def test_consumers_buy_about_as_the_models_assume(cdnow):
    found = regularity(cdnow)
    assert found.verdict == "random"
    # a little below 1: some come in bursts
    assert 0.8 < found.shape < 1
    assert found.shape_high - found.shape_low < 0.05


def test_wholesale_customers_of_a_real_shop_are_regular(online_retail):
    found = regularity(online_retail)
    assert found.verdict == "regular"
    assert (found.table["pattern"] == "regular").mean() > 0.15


def test_perfect_regularity_and_two_gaps_give_numbers():
    every_week = [np.arange(0, 7 * n, 7.0) for n in range(3, 20)]
    found = regularity(bought(every_week))
    assert np.isfinite([found.shape, found.shape_low, found.shape_high]).all()
    assert found.verdict == "regular"
    with pytest.raises(MissingTable, match="days alone do not show"):
        regularity(bought([np.arange(0, 50.0)] * 12))


def test_few_accounts_are_told_and_not_judged():
    with pytest.raises(MissingTable, match="rhythm"):
        regularity(bought([np.array([0.0, 5, 9, 30])] * 9 + [np.array([0.0, 5])] * 50))


def test_the_same_days_in_another_order_give_the_same_and_are_left_alone():
    days = simulated(np.random.default_rng(25), 30, 1.0)
    mixed = days.sample(frac=1, random_state=3)
    before = mixed.copy()
    assert regularity(days).shape == regularity(mixed).shape
    pd.testing.assert_frame_equal(before, mixed)
