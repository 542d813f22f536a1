"""Lesson 8: gaps and wallets counted again from the committed files, in plain pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.learn.answers import RIGHT, WRONG
from tests.learn.conftest import asked_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fjordgross"


@pytest.fixture(scope="module")
def bought() -> pd.DataFrame:
    """What each account (a chain as one) bought of each group in 2025 and in 2024."""
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    lines["whose"] = lines["parent_id"].fillna(lines["account_id"])
    lines["year"] = lines["date"].astype(str).str[:4]
    lines["amount"] = lines["amount"].astype(float)
    sums = lines.pivot_table(
        index=["whose", "category"], columns="year", values="amount", aggfunc="sum", fill_value=0.0
    )
    return sums.clip(lower=0.0)


@pytest.fixture(scope="module")
def wallets(bought) -> pd.DataFrame:
    """The wallets of 2025: each account and group, with what we sold there."""
    table = pd.read_parquet(FOLDER / "wallet.parquet")
    lines = pd.read_parquet(FOLDER / "sales.parquet")
    chain = lines.dropna(subset=["parent_id"]).drop_duplicates("account_id")
    chain = chain.set_index("account_id")["parent_id"]
    table["whose"] = table["account_id"].map(chain).fillna(table["account_id"])
    table["spend"] = table["spend"].astype(float)
    relevant = table[table["served_by"] != "not relevant"]
    sums = relevant.groupby(["whose", "category"])[["spend"]].sum()
    sums["ours"] = bought["2025"].reindex(sums.index).fillna(0.0)
    return sums


def test_the_largest_share_of_a_wallet(practice, wallets):
    sums = wallets.assign(spend=wallets[["spend", "ours"]].max(axis=1)).groupby("whose").sum()
    planned = practice.analysis.planned["account_id"]
    known = sums[sums.index.isin(planned)]
    share = known["ours"] / known["spend"]
    asked = asked_in("08.most_ours", practice)
    assert asked.check(share.idxmax()).state == RIGHT
    assert asked.check(share.idxmin()).state == WRONG


def test_two_fifths_of_the_largest_gap(practice, wallets):
    gaps = (wallets["spend"] - wallets["ours"]).clip(lower=0.0)
    planned = practice.analysis.planned["account_id"]
    gaps = gaps[gaps.index.get_level_values("whose").isin(planned)]
    account = gaps.groupby("whose").sum().idxmax()
    asked = asked_in("08.four_tenths", practice)
    assert practice.names[account] in asked.text
    assert asked.check(f"{0.4 * gaps[account].max() / 1e6:.1f}").state == RIGHT
    assert asked.check(f"{gaps[account].max() / 1e6:.1f}").state == WRONG


def test_the_largest_that_has_stopped_buying_a_group(practice, bought, wallets):
    stopped = bought[(bought["2024"] > 0) & (bought["2025"] == 0)].index
    gaps = wallets["spend"].reindex(stopped).dropna()
    planned = set(practice.analysis.planned["account_id"])
    gaps = gaps[[one in planned for one, _group in gaps.index]]
    assert asked_in("08.largest_repeat", practice).check(gaps.idxmax()[0]).state == RIGHT


@pytest.mark.parametrize(
    ("code", "answer", "wrong"),
    [
        ("08.wallet_sum", "27,3 %", "37,5 %"),  # 300 / (800 + 200 + 100); 300 / 800
        ("08.first_place", "50 %", "33 %"),  # published for three suppliers: .5 .333 .167
    ],
)
def test_on_paper(practice, code, answer, wrong):
    asked = asked_in(code, practice)
    assert asked.check(answer).state == RIGHT
    assert asked.check(wrong).state == WRONG
