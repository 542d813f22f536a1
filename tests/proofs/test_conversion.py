"""Opportunities come true as often as claimed: known truth, and a year that was held back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import grow
from kamkit.grow._conversion import TRIED_COLUMNS
from kamkit.grow.shrunken import pooled
from tools.calibration.bounds import bound_of, outside
from tools.calibration.conversion import rows

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.DataFrame(rows("small")).set_index(["measure", "condition"])


def test_as_many_and_as_much_come_as_claimed_and_intervals_hold_what_they_say(table):
    found = table.reset_index().to_dict("records")
    assert outside("conversion", found) == []
    assert all(bound_of("conversion", row) for row in found)
    assert table.loc["came true", "n"].min() > 150
    assert table.loc[("total growth inside", "restless years"), "n"] == 12


def seen(**columns) -> pd.DataFrame:
    usual = {
        "item": "A",
        "kind": "cross_sell",
        "basis": "peers",
        "account_size": "size_small",
        "peer_band": "peers_few",
        "open_amount": 10.0,
        "pair": 0,
    }
    return pd.DataFrame({**columns, **usual})[TRIED_COLUMNS]


@pytest.mark.parametrize("n", [20, 2000])
def test_the_assumption_counts_as_twenty(n):
    # every other comes true: (20 x 0.02 + n x 0.5) / (20 + n)
    ids = [f"{k}" for k in range(n)]
    found = grow.conversion(seen(account_id=ids, gained=np.tile([10.0, 0.0], n // 2)))
    own = found.table.query("kind == 'cross_sell' and opportunities > 0")
    paper = (20 * 0.02 + n * 0.5) / (20 + n)
    assert own["conversion"].item() == pytest.approx(paper, abs=0.01)


def test_a_kind_that_nobody_has_seen_has_an_assumed_rate():
    table = grow.conversion(seen(account_id=list("abcd"), gained=[10.0, 0, 0, 0])).table
    told = table.groupby("kind")["rate_from"].unique().map(list).to_dict()
    assert told == {"repeat": ["assumed"], "upsell": ["assumed"], "cross_sell": ["observed"]}


def test_an_account_has_one_row_of_growth_whatever_its_rates_are_from(table):
    assert table.loc[("account growth inside", "fjordgross 2025"), "n"] < 1190


def test_what_fell_counts_against_upsell():
    half = seen(account_id=list("abcd"), gained=[10.0, -10.0, 10.0, -10.0]).assign(kind="upsell")
    found = grow.conversion(half)
    own = found.table.query("kind == 'upsell' and opportunities > 0")
    assert own["amount_share"].item() < 0.03
    assert own["came_true"].item() == 2


def test_a_rate_without_rows_of_its_own_is_that_of_the_broader_class():
    rows_of = pd.DataFrame(
        {"kind": "a", "size": "large", "account_id": range(400), "one": 1.0, "came": [1.0, 0] * 200}
    )
    classes = pd.DataFrame({"kind": "a", "size": ["large", "small"]})
    mean, deviation = pooled(
        rows_of,
        classes,
        [["kind"], ["kind", "size"]],
        value="came",
        weight="one",
        prior={"a": 0.5},
        strength=20,
    )
    assert mean == pytest.approx([0.5, 0.5])
    assert deviation[1] >= deviation[0] > 0


def test_rates_are_checked_on_accounts_that_they_were_not_learnt_from():
    # half of the accounts (the even ones) always come true: the other half is told so, and is wrong
    ids = [f"{n:04}" for n in range(400)]
    found = grow.opportunity_check(seen(account_id=ids, gained=np.tile([10.0, 0.0], 200)))
    row = found.table.query("kind == 'cross_sell' and claim_bin == ''").iloc[0]
    assert row["true_rate"] == 0.5
    bands = found.table.query("claim_bin != ''")
    assert sorted(bands["true_rate"]) == [0.0, 1.0]
    assert bands.sort_values("claimed_rate")["true_rate"].tolist() == [1.0, 0.0]
