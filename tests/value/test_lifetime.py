"""Histories by hand and published, and lifetime values of accounts whose future is known."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kamkit import identify, open_case, value
from kamkit.errors import LedgerError, MissingTable, ParameterError
from kamkit.value._holdout import HoldOut, holdout
from kamkit.value.future import mean_discount, purchases, spending
from kamkit.value.history import ledger_totals, names, summary, summary_and_days
from kamkit.value.lifetime import FACTS, lifetime_facts, lifetime_value
from kamkit.value.outlook import outlook
from kamkit.value.present_value import weekly_rate
from kamkit.value.spread import Spread
from tests.conftest import examples

DATA = Path(__file__).parents[2] / "data"
KEY = json.loads((DATA / "fjordgross" / "answer_key.json").read_text(encoding="utf-8"))
START = np.datetime64("2022-01-01")


def days_of(moments: list[list[int]], amounts: list[list[float]] | None = None) -> pd.DataFrame:
    rows = [
        (f"{n:05}", START + np.timedelta64(int(day), "D"), amounts[n][place] if amounts else 10.0)
        for n, account in enumerate(moments)
        for place, day in enumerate(account)
    ]
    table = pd.DataFrame(rows, columns=["account_id", "day", "amount"])
    return table.astype({"day": "datetime64[s]"})


def sold(rows: list[tuple[str, str, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account_id", "date", "amount", "cost"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def simulated(rng, accounts: int, weeks: float = 130) -> pd.DataFrame:
    """Customers of a BG/NBD and Gamma-Gamma shop, slow enough that few days hold two purchases."""
    moments, amounts = [], []
    rate, leaving = rng.gamma(4.0, 1 / 24.0, accounts), rng.beta(0.6, 9.0, accounts)
    scale = rng.gamma(4.0, 1 / 15.0, accounts)
    for n in range(accounts):
        repeats = rng.geometric(leaving[n])  # it leaves after one of its repeat purchases
        gaps = rng.exponential(1 / rate[n], size=min(repeats, 400))
        times = rng.uniform(0, 20) + np.concatenate([[0.0], np.cumsum(gaps)])
        whole = np.unique(np.floor(times[times < weeks] * 7)).astype(int)
        moments.append(whole.tolist())
        amounts.append(rng.gamma(6.0, 1 / scale[n], len(whole)).tolist())
    return days_of(moments, amounts)


CUT_WEEKS, NEXT_WEEKS = 78, 365.2425 / 7


def known_and_next(rng, accounts: int) -> tuple[pd.DataFrame, pd.Series]:
    days = simulated(rng, accounts, CUT_WEEKS + NEXT_WEEKS)
    cut = pd.Timestamp(START) + pd.Timedelta(weeks=CUT_WEEKS) - pd.Timedelta(days=1)
    known = days[days["day"] <= cut]
    later = days[days["day"] > cut].groupby("account_id")["amount"].sum()
    return known, later.reindex(known["account_id"].unique(), fill_value=0.0)


# histories


def test_a_history_is_repeat_purchases_and_whole_days_over_seven():
    days = days_of([[0, 10, 24], [5]], [[100.0, 20, 41], [7.0]])
    table = summary(days, as_of=dt.date(2022, 1, 31))
    assert table["frequency"].tolist() == [2, 0]
    assert table["recency"].tolist() == [24 / 7, 0]
    assert table["age"].tolist() == [30 / 7, 25 / 7]
    assert table["mean_value"].iloc[0] == 30.5  # of 20 and 41; the first 100 does not count
    assert np.isnan(table["mean_value"].iloc[1])
    assert table["first_date"].tolist() == [pd.Timestamp("2022-01-01"), pd.Timestamp("2022-01-06")]
    assert table["last_date"].iloc[0] == pd.Timestamp("2022-01-25")


def test_the_published_sample_has_946_repeaters_and_2457_repeat_purchases():
    lines = pd.read_parquet(DATA / "cdnow" / "sales.parquet").astype({"amount": float})
    ids = pd.read_parquet(DATA / "cdnow" / "sample_accounts.parquet")["account_id"]
    days = lines[lines["account_id"].isin(ids)].assign(day=lambda t: pd.to_datetime(t["date"]))
    days = days.groupby(["account_id", "day"], as_index=False)["amount"].sum()
    table = summary(days, as_of=dt.date(1997, 9, 30))
    assert len(table) == 2_357
    assert (table["frequency"] > 0).sum() == 946
    assert table["frequency"].sum() == 2_457
    assert table["age"].max() == pytest.approx(38.857, abs=1e-3)  # published as 38.86


def test_the_last_day_of_the_ledger_counts_and_not_that_of_the_last_purchase():
    case = open_case(
        sold([("1", "2024-01-01", 10, 5), ("1", "2024-01-15", 20, 5), ("1", "2024-02-26", -1, 0)])
    )
    row = summary(case).iloc[0]
    assert (row["frequency"], row["recency"], row["age"]) == (1, 2.0, 8.0)
    assert row["mean_value"] == 19


def test_a_contribution_ratio_is_of_the_lines_that_have_a_cost():
    rows = [
        ("1", "2024-01-01", 100.0, 60.0),
        ("1", "2024-02-01", 50.0, np.nan),
        ("2", "2024-01-01", 10.0, 5.0),
        ("2", "2024-01-20", -10.0, -5.0),
        ("2", "2024-01-10", 5.0, np.nan),
    ]
    table = summary(open_case(sold(rows))).set_index("account_id")
    assert table.loc["1", "contribution_ratio"] == pytest.approx(0.4)
    assert np.isnan(table.loc["2", "contribution_ratio"])
    totals = ledger_totals(open_case(sold(rows))).set_index("account_id")
    assert totals["revenue"].tolist() == [150, 5]


def test_the_day_before_the_ledger_and_a_strange_table_are_refused(cdnow):
    with pytest.raises(LedgerError, match="bought anything"):
        summary(cdnow, as_of=dt.date(1996, 12, 31))
    with pytest.raises(ParameterError, match="purchase days"):
        summary(pd.DataFrame({"account_id": ["1"]}))
    with pytest.raises(LedgerError, match="bought anything"):
        summary(days_of([]))


def test_names_come_from_the_register(fjordgross):
    register = fjordgross.table("accounts").set_index("account_id")["name"]
    giant = KEY["giant"]["account_id"]
    assert names(fjordgross)[giant] == register[giant]


# the arithmetic of the future


def test_a_steady_stream_is_discounted_as_an_annuity():
    three_years = 3 * 365.2425 / 7
    mean = mean_discount(np.array([three_years, 0.0]), weekly_rate(0.10))
    # one at every moment of three years, over three years
    assert mean[0] == pytest.approx((1 - 1.1**-3) / np.log(1.1) / 3)
    assert mean[1] == 1


@pytest.mark.proof
@pytest.mark.parametrize("model", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_drawn_purchases_are_on_average_those_expected(model):
    from kamkit.value.forecast import forecast

    fitted = forecast(summary(simulated(np.random.default_rng(30), 400)), model=model)
    expected, rng = fitted.purchases(80), np.random.default_rng(31)
    counts = [fitted.future(fitted.model, 80, slice(0, 400), rng)[0] for _ in range(1_500)]
    error = np.std(counts, axis=0) / np.sqrt(len(counts))
    off = (np.mean(counts, axis=0) - expected) / np.maximum(error, 1e-9)
    likely = expected > 0.05
    assert np.abs(off[likely]).max() < 4.5
    assert np.mean(off[likely]) == pytest.approx(0, abs=0.3)


def test_nobody_who_is_gone_buys_and_no_purchase_costs_nothing():
    rng, many = np.random.default_rng(32), np.ones(1_000)
    values = {"r": 0.5, "alpha": 10.0, "s": 0.6, "beta": 12.0}
    bought, span = purchases("pareto_nbd", values, (many, 50 * many, 0 * many), 100, rng)
    assert bought.sum() == 0
    assert ((span >= 0) & (span <= 100)).all()
    money = {"p": 6.0, "q": 4.0, "gamma": 15.0}
    assert spending(money, (many, many), 0 * many, rng).sum() == 0
    # p gamma / (q - 1) for an account of which nothing is known
    spent = spending(money, (np.zeros(200_000), np.full(200_000, np.nan)), np.ones(200_000), rng)
    assert spent.mean() == pytest.approx(30, rel=0.02)


# lifetime value


def test_at_rate_zero_the_value_is_purchases_times_spend_times_margin():
    days = simulated(np.random.default_rng(33), 400)
    for model in ("bg_nbd", "mbg_nbd", "pareto_nbd"):
        table = lifetime_value(
            days, model=model, years=1, annual_discount_rate=0.0, margin=0.3, draws=0
        ).table
        by_hand = table["expected_purchases"] * table["expected_spend"] * 0.3
        assert table["lifetime_value"].to_numpy() == pytest.approx(by_hand.to_numpy())


def test_a_rate_takes_off_less_than_if_all_came_at_the_end():
    days = simulated(np.random.default_rng(33), 400)
    full, less = (
        lifetime_value(days, model="bg_nbd", annual_discount_rate=rate, draws=0).total
        for rate in (0.0, 0.10)
    )
    assert 1.1**-3 < less / full < 1
    assert less / full == pytest.approx(1.1**-1.4, rel=0.03)  # somewhat before the middle


def test_who_bought_once_gets_a_spend_between_its_own_and_that_of_the_population():
    new = days_of([[800 + n] for n in range(30)]).assign(account_id=[f"N{n}" for n in range(30)])
    days = pd.concat([simulated(np.random.default_rng(34), 500), new], ignore_index=True)
    found = lifetime_value(days, model="bg_nbd", draws=0)
    once = found.table[found.table["value_basis"] == "all_accounts"]
    model = found.spend
    assert (once["repeat_purchases"] == 0).all()
    assert len(once) >= 30
    # p (gamma + m) / (p + q - 1) of Fader and Hardie (2013), m the one purchase of 10
    spend = model.p * (model.gamma + 10) / (model.p + model.q - 1)
    small = once[once["account_id"].str.startswith("N")]
    assert small["expected_spend"].to_numpy() == pytest.approx(spend)
    assert 10 < spend < model.p * model.gamma / (model.q - 1)


@pytest.mark.proof
def test_the_intervals_of_accounts_cover_what_they_say():
    known, later = known_and_next(np.random.default_rng(35), 3_000)
    found = lifetime_value(
        known, model="bg_nbd", years=1, annual_discount_rate=0.0, margin=1.0, draws=400
    )
    table = found.table.set_index("account_id")
    came = later.reindex(table.index)
    below, above = came < table["lifetime_value_low"], came > table["lifetime_value_high"]
    # an account that is gone is covered by 0 to 0, so in all at least 80 %
    assert 1 - (below | above).mean() > 0.79
    # among the most surely active, whose spend is a continuous number, 10 % on either side
    active = (table["probability_alive"] > 0.9) & (table["expected_purchases"] > 5)
    assert active.sum() > 500
    few, many = stats.binom.ppf([0.002, 0.998], active.sum(), 0.10)
    assert few <= below[active].sum() <= many
    assert few <= above[active].sum() <= many
    assert came.sum() == pytest.approx(found.total, rel=0.08)


@pytest.mark.proof
@pytest.mark.slow
def test_the_interval_of_the_total_covers_what_it_says():
    rng, inside, bare, shops = np.random.default_rng(36), 0, 0, examples(50)
    options = {"model": "bg_nbd", "years": 1, "annual_discount_rate": 0.0, "draws": 100}
    nothing = HoldOut("holdout", pd.DataFrame(), "", (), spread=Spread(0.0, 0.0, 52.0))
    for _ in range(shops):
        known, later = known_and_next(rng, 250)
        found = lifetime_value(known, **options)
        inside += found.total_low <= later.sum() <= found.total_high
        found = lifetime_value(known, tested=nothing, **options)
        bare += found.total_low <= later.sum() <= found.total_high
    # of such shops, where nothing but chance moves, four in five by chance and parameters alone
    few, many = stats.binom.ppf([0.005, 0.995], shops, 0.80)
    assert few <= bare <= many
    # and more by what is kept for markets that move
    assert inside >= bare


def test_hundreds_of_orders_one_order_and_an_order_today_give_numbers():
    days = simulated(np.random.default_rng(37), 200, 140)
    last = int((days["day"].max() - pd.Timestamp(START)).days)
    odd = days_of([list(range(last - 700, last)), [0], [last], [0, last], [0, 1, 2]])
    odd["account_id"] = odd["account_id"].map(
        {"00000": "many", "00001": "first", "00002": "today", "00003": "ends", "00004": "gone"}
    )
    for model in ("bg_nbd", "mbg_nbd", "pareto_nbd"):
        with np.errstate(all="raise", under="ignore"):
            found = lifetime_value(pd.concat([days, odd], ignore_index=True), model=model)
        numbers = found.table.drop(columns="mean_value").select_dtypes("number")
        assert np.isfinite(numbers.to_numpy()).all()
        assert found.table["probability_alive"].between(0, 1).all()
        assert (found.table["lifetime_value_low"] <= found.table["lifetime_value_high"]).all()
        odd_ones = found.table.set_index("account_id")
        assert odd_ones.loc["many", "expected_purchases"] > 100
        assert odd_ones.loc["gone", "probability_alive"] < 0.6


def test_an_account_that_nets_below_zero_has_value_zero_and_says_why(fjordgross):
    found = lifetime_value(fjordgross, model="bg_nbd", draws=20)
    table = found.table.set_index("account_id")
    below = [
        name
        for name in KEY["at_or_below_zero"]["account_id"]
        if table.loc[name, "value_basis"] == "no_purchase"
    ]
    assert below
    row = table.loc[below[0]]
    named = ["probability_alive", "expected_purchases", "lifetime_value", "lifetime_value_low"]
    assert row[named].tolist() == [0, 0, 0, 0]
    assert len(found.table) == 1_190


def test_the_giant_that_earns_little_is_not_the_most_valuable(fjordgross):
    found = lifetime_value(fjordgross, model="bg_nbd")
    giant = KEY["giant"]["account_id"]
    assert found.table["revenue"].idxmax() == found.table.index[found.table["account_id"] == giant]
    assert found.table["account_id"].iloc[0] != giant
    ratio = found.table.set_index("account_id").loc[giant, "value_margin"]
    lines = pd.read_parquet(DATA / "fjordgross" / "sales.parquet")
    own = lines[lines["account_id"] == giant][["amount", "cost"]].astype(float).sum()
    assert ratio == pytest.approx(1 - own["cost"] / own["amount"])
    assert found.basis == "contribution"
    assert found.total_low < found.total < found.total_high
    assert "10.0% a year" in found.text
    assert any("times as regularly" in caveat for caveat in found.caveats)
    assert any("naive rule" in caveat for caveat in found.caveats)


def test_without_cost_the_value_is_revenue_and_says_so(online_retail):
    found = lifetime_value(online_retail, model="bg_nbd")
    assert found.basis == "revenue"
    assert found.caveats[0].startswith("The value is revenue")
    assert "value_margin" not in found.table
    assert len(found.table) == 4_383
    assert np.isfinite(found.table.drop(columns="mean_value").select_dtypes("number")).all().all()
    assert any(
        "looks no further ahead than the ledger looks back" in told for told in found.caveats
    )


@pytest.mark.proof
def test_the_likeliest_model_is_taken_and_a_run_repeats(cdnow):
    auto = lifetime_value(cdnow, draws=10)
    likelihoods = {
        name: lifetime_value(cdnow, model=name, draws=0).repeat.log_likelihood
        for name in ("bg_nbd", "mbg_nbd", "pareto_nbd")
    }
    assert auto.model == max(likelihoods, key=likelihoods.get)
    again = lifetime_value(cdnow, draws=10)
    pd.testing.assert_frame_equal(auto.table, again.table)
    other = lifetime_value(cdnow, draws=10, seed=2)
    assert other.total == auto.total
    assert other.total_low != auto.total_low


def test_a_model_that_the_ledger_does_not_settle_is_not_taken_and_warned_of(fjordgross):
    auto, loose = lifetime_value(fjordgross), lifetime_value(fjordgross, model="pareto_nbd")
    assert loose.repeat.diagnostics.at_boundary
    assert loose.repeat.log_likelihood > auto.repeat.log_likelihood
    assert auto.repeat.diagnostics.at_boundary == ()
    assert any("does not settle the parameters of Pareto/NBD" in told for told in loose.caveats)
    assert not any("does not settle" in told for told in auto.caveats)


def test_a_link_between_how_often_and_how_much_is_told():
    rng = np.random.default_rng(38)
    days = simulated(rng, 400)
    often = days.groupby("account_id")["amount"].transform("size")
    linked = lifetime_value(days.assign(amount=days["amount"] * often), model="bg_nbd", draws=0)
    assert any("spend more each time" in caveat for caveat in linked.caveats)
    plain = lifetime_value(days, model="bg_nbd", draws=0)
    assert not any("each time (correlation" in caveat for caveat in plain.caveats)


def test_the_facts_are_one_row_per_account(fjordgross):
    facts = lifetime_facts(fjordgross)
    assert list(facts.columns) == list(FACTS)
    assert facts["account_id"].is_monotonic_increasing
    assert facts["account_id"].is_unique
    assert len(facts) == 1_190
    assert facts.notna().all().all()


def test_a_short_ledger_and_few_repeaters_are_left_out_with_a_sentence():
    for days in (days_of([[0, 3, 9]] * 50), days_of([[n] for n in range(200)] + [[0, 300]] * 9)):
        with pytest.raises(MissingTable, match="too short"):
            lifetime_value(days)


def test_options_out_of_range_are_refused():
    days = simulated(np.random.default_rng(33), 100)
    for wrong in (
        {"years": 0},
        {"margin": 30},
        {"draws": -1},
        {"annual_discount_rate": 10},
        {"model": "bg"},
    ):
        with pytest.raises(ParameterError):
            lifetime_value(days, **wrong)


def test_by_customer_profit_the_giant_is_worth_less_than_nothing(fjordgross):
    accounts = identify.account_facts(fjordgross)
    profits = value.customer_profit(fjordgross, accounts).table.set_index("account_id")
    by_profit = lifetime_value(fjordgross, margin=profits["profit_ratio"], draws=20)
    by_contribution = lifetime_value(fjordgross, draws=0).table.set_index("account_id")
    giant = by_profit.table.set_index("account_id").loc["000412"]
    assert by_profit.basis == "profit"
    assert by_profit.table["account_id"].iloc[-1] == "000412"
    assert giant["lifetime_value_low"] < giant["lifetime_value"] < 0
    # the same purchases at another share of revenue
    expected = giant["value_margin"] / by_contribution.loc["000412", "value_margin"]
    found = giant["lifetime_value"] / by_contribution.loc["000412", "lifetime_value"]
    assert found == pytest.approx(expected)


# point and interval are of one distribution


@pytest.mark.proof
def test_the_value_never_lies_outside_its_interval(fjordgross, cdnow):
    profits = value.customer_profit(fjordgross, identify.account_facts(fjordgross)).table
    margin = profits.set_index("account_id")["profit_ratio"]
    for found in (lifetime_value(fjordgross, margin=margin), lifetime_value(cdnow)):
        table = found.table
        assert (table["lifetime_value_low"] <= table["lifetime_value"]).all()
        assert (table["lifetime_value"] <= table["lifetime_value_high"]).all()
        assert table["lifetime_value"].sum() == pytest.approx(found.total)
        assert found.total_low < found.total < found.total_high


@pytest.mark.proof
def test_the_interval_of_the_total_is_at_least_as_wide_as_the_test_was_off(cdnow):
    found, tested = lifetime_value(cdnow), holdout(cdnow)
    off = abs(np.log1p(tested.revenue_error))
    # 1.28 standard deviations on either side, and 18 months are further than the 25 weeks tested
    assert np.log(found.total_high / found.total) > off
    assert np.log(found.total / found.total_low) > off


@pytest.mark.proof
def test_a_forecast_goes_no_further_than_the_ledger_reaches_back(cdnow):
    found = lifetime_value(cdnow, draws=0)
    assert found.years_asked == 3
    # 1 January 1997 to 30 June 1998 are 546 days
    assert found.years == pytest.approx(546 / 365.2425)
    assert found.total < 2_500_315.63  # what it bought for so far, in as many days
    told = "3 years were asked for; the ledger covers 1.5 years"
    assert any(caveat.startswith(told) for caveat in found.caveats)
    short = lifetime_value(cdnow, years=1, draws=0)
    assert short.years == 1
    assert not any("asked for" in caveat for caveat in short.caveats)


@pytest.mark.proof
def test_half_a_year_of_a_real_ledger_foresees_the_next(shared_data):
    case = open_case(shared_data / "online_retail_II_2009_2010.parquet")
    days = value.purchase_days(case)
    cut, half_year = days["day"].min() + pd.Timedelta(days=182), pd.Timedelta(days=182)
    known, next_days = days[days["day"] < cut], days[days["day"] >= cut]
    later = next_days[next_days["day"] < cut + half_year].groupby("account_id")["amount"].sum()
    found = lifetime_value(known, annual_discount_rate=0.0)
    table = found.table.set_index("account_id")
    came = later.reindex(table.index, fill_value=0.0)
    assert found.years == pytest.approx(182 / 365.2425, abs=0.01)
    assert found.total_low < came.sum() < found.total_high
    held = came.between(table["lifetime_value_low"], table["lifetime_value_high"])
    assert 0.8 < held.mean() < 0.95
    once = table[table["value_basis"] == "all_accounts"]
    assert once["lifetime_value"].sum() == pytest.approx(came[once.index].sum(), rel=0.2)
    # 120 accounts that bought once for less than 100 each, half a year on
    small = once[known.groupby("account_id")["amount"].sum().reindex(once.index) < 100]
    assert len(small) == 120
    assert small["lifetime_value"].max() < 600
    assert (small["lifetime_value"] <= small["lifetime_value_high"]).all()


def test_who_buys_in_one_season_is_expected_in_the_next(fjordgross):
    planted = KEY["seasonal"]["account_id"]
    days = value.purchase_days(fjordgross)
    own = days[(days["account_id"] == planted) & (days["day"] >= "2025-01-01")]
    found = lifetime_value(fjordgross, annual_discount_rate=0.0, margin=1.0)
    row = found.table.set_index("account_id").loc[planted]
    assert row["value_basis"] == "own_season"
    # three seasons running: 3/4, and then 3/5 and 3/6 that it comes back two and three times
    assert row["probability_alive"] == pytest.approx(3 / 4)
    assert row["expected_purchases"] == pytest.approx(len(own) * 3 / 4)
    back = 3 / 4 + 3 / 5 + 3 / 6
    assert row["lifetime_value"] == pytest.approx(own["amount"].sum() * back)
    assert row["lifetime_value_low"] == 0
    assert row["lifetime_value_high"] > 2 * row["lifetime_value"]
    # and in the draws as well
    facts, days = summary_and_days(fjordgross)
    season = outlook(facts, days, fjordgross.period.end, model="bg_nbd").season
    place, drawn = season.futures(156.54, 0.0, 40_000, slice(0, 1_200), np.random.default_rng(5))
    mine = facts["account_id"].tolist().index(planted)
    assert drawn[:, place == mine].mean() == pytest.approx(own["amount"].sum() * back, rel=0.03)


def test_fewer_than_a_hundred_accounts_and_no_test_are_told():
    few = lifetime_value(simulated(np.random.default_rng(39), 60), model="bg_nbd", draws=20)
    assert any("fewer than 100" in caveat for caveat in few.caveats)
    many = lifetime_value(simulated(np.random.default_rng(39), 160), model="bg_nbd", draws=20)
    assert not any("fewer than 100" in caveat for caveat in many.caveats)
    first = [[n % 50, 92 + n % 30] for n in range(120)]
    untested = lifetime_value(days_of(first), model="bg_nbd", draws=20)
    assert any("too short to test" in caveat for caveat in untested.caveats)
    assert untested.trust == 0.25
    assert (untested.table["lifetime_value"] <= untested.table["lifetime_value_high"]).all()
