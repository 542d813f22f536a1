"""A few of the generated ledgers: each is read right or refused with what to do."""

from __future__ import annotations

import pytest

from tools.torture_reading import generated, tried


@pytest.mark.story
@pytest.mark.parametrize("first", range(0, 16, 8))
def test_a_generated_ledger_is_right_or_refused(first):
    bad = [
        told for told in map(tried, range(first, first + 8)) if told[1] not in ("right", "refused")
    ]
    assert bad == []


def test_the_same_seed_makes_the_same_ledger():
    assert generated(7).truth() == generated(7).truth()
