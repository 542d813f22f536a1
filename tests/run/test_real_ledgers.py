"""The analyses of value and of choice on real ledgers, from the file to report and workbook."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.run import RunOptions, read_manifest, run
from kamkit.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.proof]


@pytest.fixture(scope="module")
def retail(shared_data, tmp_path_factory):
    """One run of everything on a real ledger of customer, date, product and amount."""
    source = shared_data / "online_retail_II_2009_2010.parquet"
    out = tmp_path_factory.mktemp("retail") / "run"
    few = Settings.of(draws=50, lifetime_draws=20)
    return run(source, few, options=RunOptions(out=out, lang="en", quiet=True))


@pytest.mark.timeout(600)
def test_a_ledger_without_cost_says_what_is_left_out_and_forecasts_all_the_same(retail):
    report = retail.report.read_text(encoding="utf-8")
    assert "Left out: The ledger has no cost of goods" in report
    found = {one["name"] for one in read_manifest(retail.folder)["findings"]}
    assert found >= {"late", "rfm", "lifetime_value", "holdout", "bridge", "retention", "cohorts"}
    assert not found & {"customer_profit", "whale", "price_cost_grid"}
    table = pd.read_parquet(retail.folder / "tables" / "account_value.parquet")
    # the customers of the sheet and their net amount, as its README counts them
    assert len(table) == 4383
    assert round(table["revenue"].sum(), 3) == 8348208.574


@pytest.mark.timeout(600)
def test_a_ledger_alone_is_chosen_from_by_its_data_and_says_so(retail):
    report = retail.report.read_text(encoding="utf-8")
    assert "the scores rest on criteria from the data only" in report
    assert "what a programme brings cannot be told" in report
    assert "Nobody is named as account manager" in report
    found = {one["name"] for one in read_manifest(retail.folder)["findings"]}
    assert found >= {"weights", "score", "breadth", "preview", "robustness", "swaps"}
    assert not found & {"programme", "assignment", "disagreement"}
    key = pd.read_parquet(retail.folder / "tables" / "key_accounts.parquet")
    others = pd.read_parquet(retail.folder / "tables" / "ordinary_sales.parquet")
    assert 15 <= len(key) <= 35
    assert len(key) + len(others) == 4383
    total = key["revenue"].sum() + others["revenue"].sum()
    assert round(total, 3) == 8348208.574


def test_a_margin_and_the_cost_of_an_hour_give_a_ledger_without_cost_a_return(tmp_path):
    pairs = ["margin=0.3", "cost_per_hour=2", "draws=100", "chains=no"]
    settings = RunOptions(
        only=["04_choose"], out=tmp_path / "run", lang="nb", quiet=True, parameters=pairs
    )
    done = run("cdnow", options=settings)
    found = {one["name"]: one["text"] for one in read_manifest(done.folder)["findings"]}
    assert "går i null" in found["programme"]
    programme = pd.read_parquet(done.folder / "tables" / "programme.parquet")
    parts = programme["retained"] + programme["grown"] - programme["programme_cost"]
    assert (parts - programme["net_present_value"]).abs().max() < 0.005


@pytest.mark.timeout(600)
def test_bestsellers_and_what_is_left_out_stand_in_the_report(retail):
    report = retail.report.read_text(encoding="utf-8")
    assert "the 40 products with most revenue are looked at" in report
    assert "beat the most popular" in report
    found = {one["name"] for one in read_manifest(retail.folder)["findings"]}
    assert found >= {"whitespace", "affinity", "hold_out"}
    assert not found & {"share_of_wallet", "look_alikes"}
    best = pd.read_parquet(retail.folder / "tables" / "opportunities.parquet")
    assert set(best["basis"]) == {"peers"}
    assert (best["open_amount"] > 0).all()
    assert (best["growth_middle"] >= 0).all()
    assert best["growth_middle"].sum() > 0
