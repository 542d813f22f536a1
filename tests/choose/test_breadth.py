"""Breadth and depth share one budget."""

import pandas as pd
import pytest

from kamkit.choose import breadth
from kamkit.errors import ParameterError

FOUR = pd.DataFrame(
    {"account_id": ["d", "a", "c", "b"], "revenue": [-10.0, 60.0, 20.0, 30.0]}
)  # net 100


def test_the_largest_accounts_are_in_first():
    table = breadth(FOUR, hours=120, sizes=[1, 2, 3])
    assert table["share_revenue"].tolist() == pytest.approx([0.60, 0.90, 1.10])


def test_hours_are_shared_by_the_accounts_that_are_in():
    assert breadth(FOUR, hours=120, sizes=[1, 2, 3])["hours_each"].tolist() == [120, 60, 40]


def test_one_more_account_adds_its_own_share():
    assert breadth(FOUR, hours=1, sizes=[1, 3, 4])["next_adds"].tolist() == pytest.approx(
        [0.30, -0.10, 0.0]
    )


def test_sizes_beyond_the_accounts_are_left_out():
    assert breadth(FOUR, hours=1, sizes=[2, 5])["key_accounts"].tolist() == [2]


def test_a_programme_of_no_accounts_is_refused():
    with pytest.raises(ParameterError, match="at least one account"):
        breadth(FOUR, hours=1, sizes=[0])


def test_the_accounts_are_not_changed():
    before = FOUR.copy()
    breadth(FOUR, hours=10)
    pd.testing.assert_frame_equal(FOUR, before)
