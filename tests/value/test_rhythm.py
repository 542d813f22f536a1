"""Late against its own rhythm: on paper, on simulated buyers, and the planted truths."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from kamkit import open_case
from kamkit.errors import MissingTable, ParameterError
from kamkit.value._rhythm import LATE, late, rhythm, rhythm_facts
from kamkit.value.silence import gamma_chance

START = pd.Timestamp("2024-01-01")


def bought(**offsets) -> pd.DataFrame:
    """Purchase days of some accounts, as days after the start."""
    rows = [
        (name, START + pd.Timedelta(days=int(day)), 100.0)
        for name, days in offsets.items()
        for day in days
    ]
    return pd.DataFrame(rows, columns=["account_id", "day", "amount"])


def at(day: int) -> dt.date:
    return (START + pd.Timedelta(days=day)).date()


def test_the_facts_of_a_rhythm_are_those_of_its_gaps():
    one = rhythm(bought(a=[0, 10, 30, 60]), as_of=at(65)).iloc[0]
    assert (one["orders"], one["interval_days"], one["days_since"]) == (4, 20, 5)
    # gaps 10, 20, 30: mean 20, population standard deviation sqrt(200/3)
    assert one["interval_spread"] == pytest.approx((200 / 3) ** 0.5 / 20)
    assert one["next_expected"] == START + pd.Timedelta(days=80)
    assert one["yearly_revenue"] == 400


@pytest.mark.proof
def test_the_probability_by_the_gamma_is_that_of_a_silence_on_any_day_when_the_mean_is_learnt():
    gaps, shape = np.array([10.0, 20.0, 30.0]), 3.0
    one = np.ones(1)

    def silent(rate: float, shape: float) -> float:
        # a silence of 100 days or more: E[max(gap - 100, 0)] / E[gap], Cox (1962)
        gap = stats.gamma(shape, scale=1 / rate)
        beyond, _ = integrate.quad(gap.sf, 100, 100 + 400 / rate, limit=200)
        # the rate given three gaps of this shape and a flat prior on its logarithm
        return stats.gamma.pdf(rate, 3 * shape, scale=1 / 60) * beyond / gap.mean()

    # the log of the shape is known to a variance of 2 / (2 + 8): three points
    expected = sum(
        weight
        * integrate.quad(
            silent, 0, 5, args=(shape * np.exp(step * 0.6**0.5),), points=[0.05, 0.5], limit=200
        )[0]
        for step, weight in ((-1, 1 / 6), (0, 2 / 3), (1, 1 / 6))
    )
    found = gamma_chance(3 * one, shape * one, gaps.sum() * one, 100 * one)
    assert found[0] == pytest.approx(expected, rel=1e-4)


def weekly(accounts: int, until: int = 430) -> dict[str, range]:
    """Accounts that buy every week, each from a day of its own, and go on."""
    return {f"w{n:02}": range(n % 7, until, 7) for n in range(accounts)}


def test_the_probability_is_no_smaller_than_the_earlier_silences_can_bear():
    # of 12 peers each day of the last half is looked at: 31 weeks of the 430 days, a few cut
    table = rhythm(bought(**weekly(12), a=range(0, 300, 7)), as_of=at(429)).set_index("account_id")
    chance = table.loc["a", "late_probability"]
    earlier = 1 / chance - 1
    assert earlier == pytest.approx(round(earlier))
    assert 12 * 29 <= earlier <= 12 * 56 + 43
    assert chance == table["late_probability"].min()
    # no other was ever as silent as 130 days, and all that bought again make the denominator
    assert table["late_probability"].drop("a").min() > 0.05


def test_in_a_ledger_with_too_few_earlier_silences_nobody_is_late_and_that_is_said():
    days = bought(weekly=range(0, 365, 7), other=range(0, 430, 30))
    assert (rhythm(days, as_of=at(430))["late_probability"] > 0.01).all()
    found = late(open_case(days.rename(columns={"day": "date"})))
    assert found.table.empty
    assert "2 accounts have too few earlier silences to be compared with at 1%" in found.caveats[1]
    assert len(late(open_case(days.rename(columns={"day": "date"})), level=0.2).table) == 1


def test_a_silence_from_which_the_account_came_back_before_is_no_alarm():
    # two orders a week for a month, then a pause of a quarter, over and over
    starts = range(0, 1000, 120)
    projects = {
        f"p{n:02}": [start + 5 * n + day for start in starts for day in range(0, 30, 4)]
        for n in range(24)
    }
    table = rhythm(bought(**projects, **weekly(24, 1060)), as_of=at(1059)).set_index("account_id")
    assert table["days_since"].max() > 60
    assert not (table["rhythm_state"] == "late").any()


def test_silence_that_is_long_for_one_is_short_for_another():
    days = bought(stopped=range(0, 365, 7), yearly=[0, 90, 180, 275, 364], **weekly(20))
    states = rhythm(days, as_of=at(430)).set_index("account_id")["rhythm_state"]
    assert states["stopped"] == "late"
    assert states["yearly"] in ("on_time", "due")


def test_every_account_has_a_state_and_the_seldom_ones_are_told_apart():
    days = bought(once=[5], twice=[0, 40], thrice=[0, 10, 20], today=[97], many=range(0, 100, 5))
    table = rhythm(days, as_of=at(97)).set_index("account_id")
    assert table["rhythm_state"].notna().all()
    assert table["rhythm_state"].to_dict() == {
        "many": "on_time",
        "once": "one_order",
        "thrice": "too_few",
        "today": "one_order",
        "twice": "too_few",
    }
    assert table.loc["today", "days_since"] == 0


def test_hundreds_of_orders_and_a_long_silence_stay_finite():
    days = bought(a=range(900), b=[0, 1, 2, 3, 2000], **weekly(20, 6000))
    table = rhythm(days, as_of=at(6000))
    assert table["late_probability"].between(0, 1).all()
    assert table["rhythm_state"].tolist()[0] == "lost"


def test_what_comes_after_the_day_does_not_count():
    days = bought(a=[0, 10, 20, 30, 40, 50, 60])
    pd.testing.assert_frame_equal(
        rhythm(days, as_of=at(32)), rhythm(days[days["day"] <= pd.Timestamp(at(32))], as_of=at(32))
    )
    with pytest.raises(ParameterError, match="by that day"):
        rhythm(days, as_of=dt.date(2020, 1, 1))


def test_a_closed_week_makes_nobody_late():
    rng = np.random.default_rng(3)
    open_days = [day for day in range(360) if not 340 <= day < 355]
    days = bought(**{f"a{n}": sorted(rng.choice(open_days, 120, replace=False)) for n in range(40)})
    states = rhythm(days, as_of=at(354))["rhythm_state"]
    assert (states == "late").sum() <= 1


@pytest.mark.proof
@pytest.mark.parametrize("shape", [1.0, 2.0, 6.0])
def test_false_alarms_are_no_more_than_promised(shape):
    """Accounts that all go on as before, judged on a fixed day: the promise is at most 1 %."""
    rng = np.random.default_rng(11)
    rows, accounts = [], 3000
    for n in range(accounts):
        mean = rng.uniform(10, 40)
        moments = np.cumsum(rng.gamma(shape, mean / shape, 400)) - rng.uniform(0, mean)
        kept = np.unique(moments[(moments >= 0) & (moments < 700)].astype(int))
        rows += [(f"{n:05}", START + pd.Timedelta(days=int(day)), 1.0) for day in kept]
    days = pd.DataFrame(rows, columns=["account_id", "day", "amount"])
    table = rhythm(days, as_of=at(700))
    alarms = int(table["rhythm_state"].isin(["late", "lost"]).sum())
    assert alarms <= stats.binom.ppf(0.9999, accounts, LATE)


def test_the_planted_truths_are_found(fjordgross):
    found = late(fjordgross)
    assert found.table.loc[0, "account_id"] == "000923"
    assert found.table.loc[0, "last_date"].date() == dt.date(2025, 10, 14)
    states = rhythm_facts(fjordgross).set_index("account_id")["rhythm_state"]
    assert states["001546"] == "off_season"
    assert "Jutulhammer" in found.text
    assert found.table["yearly_revenue"].is_monotonic_decreasing
    assert set(found.table["rhythm_state"]) <= {"late", "season_missed"}


def test_a_seasonal_buyer_is_late_once_its_season_passed_without_it(fjordgross):
    from kamkit.value.occasions import purchase_days

    days = purchase_days(fjordgross)
    without = days[~((days["account_id"] == "001546") & (days["day"] >= "2025-01-01"))]
    state = rhythm(without, as_of=dt.date(2025, 12, 31)).set_index("account_id")["rhythm_state"]
    assert state["001546"] == "season_missed"


@pytest.mark.proof
@pytest.mark.parametrize("name", ["fjordgross", "cdnow", "online_retail"])
def test_nothing_is_missing_on_real_ledgers(name, request):
    table = rhythm(request.getfixturevalue(name))
    assert table[["orders", "days_since", "yearly_revenue", "rhythm_state"]].notna().all(axis=None)
    known = table["late_probability"].dropna()
    assert known.between(0, 1).all()
    assert (table["late_probability"].isna() == (table["orders"] < 4)).all()


def test_accounts_that_bought_seldom_have_no_rhythm():
    lines = pd.DataFrame(
        {"account_id": ["a", "b"], "date": ["2025-01-01", "2025-02-01"], "amount": [5.0, 6.0]}
    )
    with pytest.raises(MissingTable, match="often enough"):
        late(open_case(lines))
