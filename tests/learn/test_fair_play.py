"""The numbers of lesson 15, counted again in plain pandas."""

from __future__ import annotations

import pytest

from tests.learn.conftest import asked_in


@pytest.fixture(params=["practice", "seeded"])
def room(request):
    return request.getfixturevalue(request.param)


def test_the_price_that_would_be_needed(room):
    losing = room.analysis.profits.sort_values("profit").iloc[1]
    question = asked_in("15.price_needed", room)
    assert losing["account_name"] in question.text
    share = -losing["profit"] / losing["revenue"]
    assert question.check(f"{100 * share:.1f} %")
    told = question.check(f"{100 * -losing['profit'] / losing['contribution']:.1f} %")
    assert told.state == "wrong"


def test_the_five_largest(room):
    lines = room.case.checked.execute()
    amount = lines["amount"].astype("float64").groupby(lines["account_id"].astype("str")).sum()
    by_chain = amount.reindex(room.analysis.account_facts["account_id"])
    assert by_chain.notna().all()
    share = by_chain.nlargest(5).sum() / amount.sum()
    assert asked_in("15.our_dependence", room).check(f"{100 * share:.1f} %")


def test_terms_above_the_usual_are_discount_less_what_is_usual(room):
    worst = room.analysis.profits.sort_values("profit").iloc[0]
    row = room.analysis.account_discounts.set_index("account_id").loc[worst["account_id"]]
    above = (row["discount_share"] - row["usual_discount"]) * row["list_amount"]
    assert asked_in("15.usual_terms", room).check(f"{above / 1e6:.2f}")


def test_what_goes_when_a_customer_goes(practice, seeded):
    """800 − 50 % of 1,000; with seed 17: 900 − 60 % of 1,200."""
    assert asked_in("15.what_goes", practice).check(300)
    assert asked_in("15.what_goes", seeded).check(180)
