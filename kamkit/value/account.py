"""The account facts with what each account is worth: one row, all lenses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.errors import LedgerError, MissingTable, PeriodError
from kamkit.value.change import change_facts
from kamkit.value.lifetime import FACTS, lifetime_facts
from kamkit.value.profit import customer_profit, worth
from kamkit.value.rfm import rfm_facts
from kamkit.value.rhythm import rhythm_facts
from kamkit.value.whale import price_cost_grid, tiers

if TYPE_CHECKING:
    from kamkit.case import Case

_PROFIT = (
    "account_id",
    "discount_share",
    "cost_to_serve",
    "payment_cost",
    "profit",
    "profit_ratio",
    "rank_profit",
    "tier",
    "grid_cell",
)


def account_value(
    case: Case,
    accounts: pd.DataFrame,
    *,
    rates: Mapping[str, float] | None = None,
    annual_interest_rate: float = 0.08,
    lifetime: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the account facts with profit, rhythm, lifetime value and change beside them.

    One row per account, in the order of ``accounts`` (account facts of the whole ledger), those
    that were only served behind them. Added are, each where the case can carry it:

    - ``discount_share``, ``cost_to_serve``, ``payment_cost``, ``profit``, ``profit_ratio``,
      ``rank_profit``, ``tier``, ``grid_cell``: see ``customer_profit``, ``tiers`` (by contribution
      where there is no profit) and ``price_cost_grid``;
    - ``interval_days``, ``days_since``, ``late_probability``, ``next_expected``,
      ``rhythm_state``: see ``rhythm``; ``rfm_score``, ``rfm_segment``: see ``rfm``;
    - ``probability_alive``, ``expected_purchases``, ``lifetime_value`` with its interval, of
      customer profit where there is one: see ``lifetime_value``;
      ``lifetime`` takes the table of another call of it, with other options;
    - ``revenue_before``, ``revenue_after``, ``change``, ``effect``: see ``bridge``.

    >>> from kamkit import identify, open_case
    >>> case = open_case("fjordgross")
    >>> table = account_value(case, identify.account_facts(case))
    >>> table.set_index("account_id").loc["000923", "rhythm_state"]
    'late'
    """
    table = accounts
    profit = _if_there(lambda: _profit(case, accounts, rates, annual_interest_rate))
    ratio = None
    if profit is not None:
        table = _beside(table, profit)
        ratio = profit.set_index("account_id").get("profit_ratio")
    for part in (
        lambda: rhythm_facts(case),
        lambda: rfm_facts(case),
        lambda: lifetime_facts(case, margin=ratio) if lifetime is None else _given(lifetime),
        lambda: change_facts(case),
    ):
        found = _if_there(part)
        if found is not None:
            table = _beside(table, found)
    return table


def _profit(
    case: Case,
    accounts: pd.DataFrame,
    rates: Mapping[str, float] | None,
    annual_interest_rate: float,
) -> pd.DataFrame:
    found = customer_profit(
        case, accounts, rates=rates, annual_interest_rate=annual_interest_rate
    ).table
    found = found.assign(tier=tiers(found, by=worth(found)))
    cells = _if_there(lambda: price_cost_grid(found).table[["account_id", "grid_cell"]])
    if cells is not None:
        found = found.merge(cells, on="account_id", how="left")
    return found[[name for name in _PROFIT if name in found]]


def _given(lifetime: pd.DataFrame) -> pd.DataFrame:
    """Return the lifetime columns of a table; a ledger too short for a forecast has none."""
    return lifetime[[name for name in FACTS if name in lifetime]]


def _if_there(part: Callable[[], pd.DataFrame]) -> pd.DataFrame | None:
    try:
        return part()
    except (MissingTable, PeriodError, LedgerError):
        return None


def _beside(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    new = ["account_id", *[name for name in found.columns if name not in table.columns]]
    known = set(table["account_id"])
    more = found[~found["account_id"].isin(known)]
    wide = table.merge(found[new], on="account_id", how="left")
    if more.empty:
        return wide
    served = more[[n for n in more.columns if n in wide.columns]].assign(revenue=0.0)
    return pd.concat([wide, served], ignore_index=True)
