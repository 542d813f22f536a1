"""The dossier of lesson 12 and the sums that rest on it."""

from __future__ import annotations

import pytest

from kamkit.learn.dossier import Dossier, dossier
from tests.learn.conftest import asked_in


@pytest.mark.parametrize("seed", range(8))
def test_the_idea_of_the_dossier_pays_for_both_with_every_seed(seed):
    about = Dossier("Vik AS", seed)
    assert about.their_gain > 0
    assert about.our_gain > 0
    assert about.stop_cost > about.their_gain / 1000


def test_the_numbers_are_those_on_the_paper(practice):
    """20 days of NOK 120,000; orders and their cost as the ledger has them.

    449 invoices in three years are 150 a year, NOK 2,228,680 of service is NOK 4,960 for each. 90
    orders less save us 446 thousand, the shelves take 170; the customer saves 90 times NOK 850.
    """
    text = repr(dossier(practice))
    ours = ("150 orders", "to 60 a year", "NOK 4,960", "NOK 170,000")
    for shown in ("20 days", "NOK 120,000", *ours):
        assert shown in text
    assert asked_in("12.stop_cost", practice).check("2.4")
    assert asked_in("12.both_gain", practice).check("276")
    assert "the customer saves" in asked_in("12.both_gain", practice).check("76").text


def test_it_says_that_it_is_fiction_and_never_names_a_real_customer(practice, smallest):
    assert "Fictional" in repr(dossier(practice))
    assert dossier(practice).name in practice.names.values()
    assert dossier(smallest).name not in smallest.names.values()


@pytest.mark.proof
def test_who_gets_and_leaves_nothing(practice, seeded):
    for room in (practice, seeded):
        profits = room.analysis.profits.set_index("account_id")["profit"]
        planned = room.analysis.planned["account_id"]
        right = [one for one in planned if profits.get(one, 0.0) < 0]
        assert asked_in("12.give_and_lose", room).check(right)
