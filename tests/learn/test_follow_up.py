"""The numbers of lesson 14, counted again from the lines of sales."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import plan
from kamkit.learn import lookback
from tests.learn.conftest import asked_in


@pytest.fixture(scope="module")
def revenue(practice) -> pd.DataFrame:
    """Revenue by account of the twelve months to a quarter ago, and of those to the end."""
    lines = practice.case.checked.execute()
    day = pd.to_datetime(lines["date"])
    amount = lines["amount"].astype("float64")
    ends = [pd.Timestamp("2025-09-30"), pd.Timestamp("2025-12-31")]
    found = {}
    for name, end in zip(("before", "after"), ends, strict=True):
        inside = (day > end - pd.DateOffset(years=1)) & (day <= end)
        found[name] = amount[inside].groupby(lines.loc[inside, "account_id"].astype("str")).sum()
    return pd.DataFrame(found).fillna(0.0)


@pytest.mark.proof
def test_the_plans_of_a_quarter_ago_know_nothing_later(practice):
    assert str(lookback.earlier(practice).about.period.end) == "2025-09-30"
    assert str(lookback.now(practice).about.period.end) == "2025-12-31"


@pytest.mark.proof
def test_the_bridge_goes_from_one_year_to_the_other(practice, revenue):
    table = plan.revenue_bridge(lookback.earlier(practice), lookback.now(practice)).table
    assert table["revenue_before"].sum() == pytest.approx(revenue["before"].sum())
    assert table["revenue_after"].sum() == pytest.approx(revenue["after"].sum())


@pytest.mark.proof
def test_those_who_stayed_and_bought_less(practice, revenue):
    table = plan.revenue_bridge(lookback.earlier(practice), lookback.now(practice)).table
    alone = table[table["account_id"].isin(revenue.index)]
    own = revenue.loc[alone["account_id"]]
    change = (own["after"] - own["before"]).to_numpy()
    assert change == pytest.approx(alone["change"].to_numpy(), abs=0.01)
    stayed = table[(table["revenue_before"] > 0) & (table["revenue_after"] > 0)]
    less = -float(stayed.loc[stayed["change"] < 0, "change"].sum()) / 1e6
    assert asked_in("14.bought_less", practice).check(f"{less:.2f}")


def test_the_share_of_those_decided(practice):
    table = plan.outcomes(lookback.earlier(practice), lookback.now(practice)).table
    counts = table["outcome"].value_counts()
    question = asked_in("14.of_those_due", practice)
    share = counts["reached"] / (counts["reached"] + counts["missed"])
    assert question.check(f"{100 * share:.1f} %")
    assert "all objectives" in question.check(str(counts["reached"] / len(table))).text


def test_with_and_without_a_plan(practice):
    both = lookback.with_and_without(practice).set_index("has_plan")
    ahead = both["growth_ratio"][True] - both["growth_ratio"][False]
    assert both["accounts"][True] == both["accounts"][False]
    assert asked_in("14.ahead", practice).check(f"{100 * ahead:.1f} %")


def test_lots_do_as_well_as_a_plan_that_does_nothing_about_half_of_the_time():
    """With what was bought drawn without any plan, a half of the draws are ahead."""
    import numpy as np

    draw = np.random.default_rng(3)
    shares = []
    for _n in range(60):
        before = draw.uniform(1, 2, 40)
        after = before * draw.uniform(0.8, 1.2, 40)
        has = np.arange(40) < 20
        seen = lookback.ahead(before, after, has)
        lots = [lookback.ahead(before, after, draw.permutation(has)) for _m in range(50)]
        shares.append(np.mean([one >= seen for one in lots]))
    assert 0.4 < np.mean(shares) < 0.6
