"""Forecasts of weeks that the model has not seen, against published figures and a naive rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamkit.errors import ParameterError, PeriodError
from kamkit.value._holdout import HoldOut, holdout

CUT = dt.date(1997, 9, 30)
FOLDER = Path(__file__).parents[2] / "data" / "cdnow"


@pytest.fixture(scope="session")
def sample() -> pd.DataFrame:
    """The published 1/10 sample, one row per customer and day; amounts of 0 count as they did."""
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    ids = pd.read_parquet(FOLDER / "sample_accounts.parquet")["account_id"]
    lines = lines[lines["account_id"].isin(ids)].astype({"amount": float})
    days = lines.assign(day=pd.to_datetime(lines["date"]).astype("datetime64[s]"))
    return days.groupby(["account_id", "day"], as_index=False)["amount"].sum()


def every(gaps: list[int], days: int) -> pd.DataFrame:
    """Accounts that buy every so many days for 10, on a day of their own the first time."""
    parts = [
        pd.DataFrame({"account_id": f"{n:03}", "day": range(n % gap, days, gap)})
        for n, gap in enumerate(gaps)
    ]
    table = pd.concat(parts, ignore_index=True).assign(amount=10.0)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(table["day"], unit="D")
    return table.assign(day=day.dt.as_unit("s"))


@pytest.mark.parametrize(("model", "published"), [("bg_nbd", 1_653), ("pareto_nbd", 1_666)])
def test_the_published_forecasts_of_39_weeks(sample, model, published):
    found = holdout(sample, model=model, at=CUT)
    rows = found.table.set_index("forecast")
    assert found.weeks == 39
    assert rows["actual"].tolist() == [1_882, 1_882]
    assert rows.loc["model", "predicted"] == pytest.approx(published, abs=1.5)
    assert rows.loc["naive", "predicted"] == pytest.approx(2_930, abs=0.5)
    assert "the naive rule “as often as before” expected 2,930 (+55.7%)" in found.text
    assert found.text.endswith("The model is better both on the total and account by account.")


def test_the_measures_are_those_of_the_accounts(sample):
    found = holdout(sample, model="bg_nbd", at=CUT)
    accounts, row = found.accounts, found.table.iloc[0]
    assert len(accounts) == 2_357
    assert row["error"] == pytest.approx(accounts["model"].sum() / 1_882 - 1)
    off = np.abs(accounts["model"] - accounts["actual"])
    assert row["absolute_error"] == pytest.approx(off.mean())
    spearman = accounts[["actual", "model"]].corr(method="spearman").iloc[0, 1]
    assert row["rank_correlation"] == pytest.approx(spearman)
    best = np.sort(accounts["actual"])[::-1][:236].sum()
    foreseen = accounts.iloc[np.argsort(-accounts["model"].to_numpy(), kind="stable")[:236]]
    assert row["top_tenth_found"] == pytest.approx(foreseen["actual"].sum() / best)


def test_the_tracks_start_at_what_is_known_and_end_at_the_totals(sample):
    found = holdout(sample, model="bg_nbd", at=CUT)
    track, rows = found.tracking, found.table.set_index("forecast")["predicted"]
    assert track["week"].tolist() == list(range(1, 79))
    at = track[track["week"] == 39].iloc[0]
    assert at["actual"] == at["model"] == at["naive"] == 2_457
    end = track.iloc[-1]
    assert end["actual"] == 2_457 + 1_882
    assert end["model"] - 2_457 == pytest.approx(rows["model"])
    assert end["naive"] - 2_457 == pytest.approx(rows["naive"])
    assert track.loc[track["week"] < 39, ["model", "naive"]].isna().all().all()
    assert track["actual"].is_monotonic_increasing


def test_where_accounts_go_on_as_before_the_naive_rule_wins_and_the_text_says_so():
    found = holdout(every([7, 8, 9, 14, 30, 60] * 10, 400), model="bg_nbd")
    errors = found.table.set_index("forecast")["absolute_error"]
    assert errors["naive"] < errors["model"]
    assert "the naive rule account by account" in found.text.lower()


def test_a_return_that_comes_later_is_not_known_on_the_day_of_the_forecast():
    from kamkit import open_case

    lines = every([7, 9, 11, 20] * 8, 300).rename(columns={"day": "date"})
    back = pd.DataFrame(
        {"account_id": ["000"], "date": [pd.Timestamp("2024-10-25")], "amount": [-400.0]}
    )
    cut = dt.date(2024, 7, 1)
    # the return, on a day without a purchase, undoes 40 purchase days of 10 before it
    without = holdout(open_case(lines), model="bg_nbd", at=cut)
    returned = holdout(open_case(pd.concat([lines, back])), model="bg_nbd", at=cut)
    assert returned.accounts["model"].tolist() == without.accounts["model"].tolist()
    assert returned.accounts["actual"].iloc[0] < without.accounts["actual"].iloc[0]


def test_a_third_is_held_out_and_never_more_than_a_year(fjordgross, cdnow):
    assert holdout(fjordgross, model="bg_nbd").weeks == 52
    assert holdout(cdnow, model="bg_nbd").weeks == 25


def test_an_account_that_came_on_the_last_day_known_counts_and_gives_numbers():
    days = every([7, 9, 11, 20] * 8, 300)
    cut = dt.date(2024, 7, 1)
    new = pd.DataFrame({"account_id": ["zzz"], "day": [pd.Timestamp(cut)], "amount": [5.0]})
    found = holdout(pd.concat([days, new], ignore_index=True), model="bg_nbd", at=cut)
    last = found.accounts.set_index("account_id").loc["zzz"]
    assert last["naive"] == 0
    assert np.isfinite(found.accounts[["model", "naive"]]).all().all()


def test_too_few_weeks_on_either_side_are_refused(sample):
    for at in (dt.date(1997, 1, 10), dt.date(1998, 6, 20)):
        with pytest.raises(ParameterError, match="too few weeks"):
            holdout(sample, at=at)


def test_a_model_that_is_not_known_is_refused_with_the_nearest(sample):
    with pytest.raises(ParameterError, match="no model") as told:
        holdout(sample, model="bgnbd", at=CUT)
    assert "bg_nbd" in told.value.remedy


# how far to trust it


def test_the_model_is_chosen_on_the_earlier_part_alone(cdnow):
    from kamkit.value.history import summary
    from kamkit.value.repeat import MODELS, fit

    found = holdout(cdnow)
    before = summary(cdnow, as_of=found.at)
    likely = {name: fit(before, model=name).log_likelihood for name in MODELS}
    assert found.model == max(likely, key=likely.__getitem__)


def test_the_revenue_that_came_is_that_of_the_ledger(sample):
    found = holdout(sample, model="bg_nbd", at=CUT)
    lines = sample[sample["account_id"].isin(set(found.accounts["account_id"]))]
    later = lines[lines["day"] > pd.Timestamp(CUT)]
    assert found.accounts["actual_revenue"].sum() == pytest.approx(later["amount"].sum())
    off = found.accounts["model_revenue"].sum() / later["amount"].sum() - 1
    assert found.revenue_error == pytest.approx(off)
    assert 0.8 <= found.covered_widened <= 1


def test_a_forecast_that_orders_no_better_than_the_last_weeks_is_trusted_half():
    good = HoldOut("holdout", pd.DataFrame(), "", (), pd.DataFrame(index=range(200)))
    assert replace(good, rank_model=0.6, rank_recent=0.5).trust == 0.6
    assert replace(good, rank_model=0.6, rank_recent=0.6).trust == 0.3
    assert replace(good, rank_model=-0.1, rank_recent=-0.2).trust == 0
    few = replace(good, accounts=pd.DataFrame(index=range(50)))
    assert replace(few, rank_model=0.6, rank_recent=0.5).trust == 0.3
    assert good.trust == 0


def test_accounts_that_are_all_alike_cannot_be_told_apart():
    rng = np.random.default_rng(11)
    table = pd.DataFrame({"account_id": [f"{n:03}" for n in range(150)]}).loc[
        np.repeat(np.arange(150), 24)
    ]
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 730, len(table)), unit="D")
    days = table.assign(day=day.as_unit("s"), amount=rng.gamma(4.0, 25.0, len(table)))
    days = days.groupby(["account_id", "day"], as_index=False)["amount"].sum()
    assert holdout(days).trust < 0.25


def test_a_ledger_too_short_to_test_is_left_out_and_not_refused():
    with pytest.raises(PeriodError, match="too few weeks"):
        holdout(every([3, 4, 5, 6] * 5, 70))
