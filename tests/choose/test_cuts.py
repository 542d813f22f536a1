"""Where to draw the line: what every number covers, and a range with its reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.choose import cuts, guard, suggest
from kamkit.errors import MissingTable, ParameterError


def ranked(*amounts: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"account_id": [f"{i:03}" for i in range(len(amounts))], "revenue": amounts}
    )


LONG = ranked(*(1000.0 / (i + 1) for i in range(400)))


def test_every_number_of_key_accounts_has_its_value_effort_and_next():
    table = cuts(ranked(60.0, 30.0, 20.0, -10.0), hours_each=10, hours=25)
    # of 110 above zero
    assert table["share_covered"].tolist() == pytest.approx([60 / 110, 90 / 110, 1.0, 100 / 110])
    assert table["next_adds"].tolist() == pytest.approx([30 / 110, 20 / 110, -10 / 110, 0])
    assert table["hours"].tolist() == [10, 20, 30, 40]
    assert table["feasible"].tolist() == [True, True, False, False]
    assert table["value_per_hour"].iloc[1] == pytest.approx(4.5)


def test_the_returns_decide_where_they_are_known():
    table = cuts(LONG, hours_each=10)
    returns = pd.Series([50.0] * 18 + [-5.0] * 100)
    found = suggest(table, accounts=400, returns=returns)
    assert found.suggested == 18
    assert "what the programme returns no longer grows" in found.text


def test_practice_limits_a_programme_that_would_go_on():
    found = suggest(cuts(LONG), accounts=400, returns=pd.Series([50.0] * 300))
    assert (found.suggested, found.high) == (35, 35)
    assert "firms do well with 15 to 35" in found.text


def test_hours_limit_it_too():
    found = suggest(
        cuts(LONG, hours_each=20, hours=410), accounts=400, returns=pd.Series([1.0] * 300)
    )
    assert found.suggested == 20
    assert "hours suffice for no more" in found.text


def test_a_manager_looks_after_seven():
    found = suggest(cuts(LONG), accounts=400, returns=pd.Series([1.0] * 300), managers=2)
    assert found.suggested == 14


def test_a_small_firm_gets_a_small_number():
    few = ranked(*(100.0 - i for i in range(12)))
    assert suggest(cuts(few), accounts=12).suggested == 2
    assert suggest(cuts(ranked(5.0)), accounts=1).suggested == 1


def test_where_nothing_pays_the_reason_says_so():
    found = suggest(cuts(LONG), accounts=400, returns=pd.Series([-1.0] * 50))
    assert (found.suggested, found.high) == (1, 1)
    assert "no number of them pays under the assumed effects" in found.text
    assert "A range to discuss" not in found.text


def test_without_returns_the_curve_decides_within_practice():
    found = suggest(cuts(LONG), accounts=400)
    assert 15 <= found.suggested <= 35
    # by hand: the first n from 15 whose next five bring less than half the mean so far
    value = LONG["revenue"].to_numpy()
    for n in range(15, 400):
        if value[n : n + 5].mean() < value[:n].mean() / 2:
            assert found.suggested == min(n, 35)
            break


@pytest.mark.parametrize(
    ("n", "accounts", "managers", "warnings"),
    [
        (20, 1000, 4, 0),
        (51, 1000, None, 1),
        (80, 1000, 12, 1),
        (80, 1000, 6, 2),
        (30, 100, None, 1),
    ],
)
def test_too_many_key_accounts_are_warned_of(n, accounts, managers, warnings):
    assert len(guard(n, accounts=accounts, managers=managers)) == warnings


def test_a_column_that_is_not_there_and_negative_hours_are_refused():
    with pytest.raises(MissingTable, match="profit"):
        cuts(LONG, by="profit")
    with pytest.raises(ParameterError):
        cuts(LONG, hours_each=-1)


def test_accounts_with_a_team_of_their_own_take_more_hours():
    table = cuts(ranked(5.0, 4.0, 3.0), hours_each=[80.0, 20.0, 20.0], hours=100)
    assert table["hours"].tolist() == [80, 100, 120]
    assert table["feasible"].tolist() == [True, True, False]
    with pytest.raises(ParameterError):
        cuts(ranked(5.0, 4.0, 3.0), hours_each=[80.0, 20.0])


def test_hours_that_do_not_suffice_for_one_are_told():
    found = suggest(cuts(LONG, hours_each=20, hours=19), accounts=400)
    assert found.suggested == 1
    assert "the hours do not suffice for even one" in found.text
    assert found.table.set_index("limit").loc["hours_limit", "binds"]


def test_a_given_number_is_another_one_only_where_it_differs():
    usual = suggest(cuts(LONG), accounts=400).suggested
    same = suggest(cuts(LONG), accounts=400, given=usual)
    assert "another number" not in same.text
    other = suggest(cuts(LONG), accounts=400, given=usual + 1)
    assert (other.suggested, "another number" in other.text) == (usual + 1, True)


def test_where_nobody_can_be_chosen_no_number_is_suggested():
    with pytest.raises(ParameterError, match="No account can be chosen"):
        suggest(cuts(LONG.head(0)), accounts=400)


def test_accounts_below_zero_do_not_break_the_shares():
    assert np.isnan(cuts(ranked(-1.0, -2.0))["share_covered"]).all()
