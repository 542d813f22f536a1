"""Intervals of lifetime value against what came, on shops with known truth and a real ledger."""

from __future__ import annotations

import pytest

from tools.calibration.lifetime import BOUNDS, KINDS, alive, real, simulated

pytestmark = [pytest.mark.timeout(300), pytest.mark.proof]


def measured(rows: list[dict[str, object]]) -> dict[str, float]:
    return {str(row["measure"]): float(row["measured"]) for row in rows}


@pytest.mark.parametrize(("accounts", "ledgers"), [(30, 10), (100, 4)])
def test_intervals_hold_what_they_say_where_the_models_do(accounts, ledgers):
    found = measured(simulated("as the models", accounts, ledgers))
    for name in ("account", "active"):
        low, high = BOUNDS[name]
        assert low <= found[name] <= high, found


def test_where_accounts_change_the_test_widens_the_intervals():
    found = measured(simulated("accounts that change", 1000, 1))
    low, high = BOUNDS["active"]
    assert low <= found["active"] <= high, found
    assert found["active"] > found["active, without test"]


def test_where_the_market_moves_the_interval_of_the_total_knows_it():
    assert "a market that moves" in KINDS
    found = measured(simulated("a market that moves", 100, 8))
    assert found["total"] >= BOUNDS["total"][0]
    assert found["total"] > found["total, without test"]


def test_the_probability_of_being_active_is_one():
    for row in alive(1000, 1):
        said, true, n = (float(row[name]) for name in ("nominal", "measured", "n"))
        # three standard errors of a share, and a parameter that is estimated
        assert abs(said - true) <= 3 * (max(said * (1 - said), 0.02) / n) ** 0.5 + 0.03, row


def test_a_year_of_the_practice_company_that_was_kept_back():
    found = measured(real("fjordgross"))
    low, high = BOUNDS["account"]
    assert low <= found["account"] <= high
    assert found["total"] == 1
