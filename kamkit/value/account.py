"""The account facts with what each account is worth: one row, all lenses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import LedgerError, MissingTable, PeriodError
from kamkit.language import gettext as _
from kamkit.schema import check
from kamkit.settings import Settings
from kamkit.value._rfm import rfm_facts
from kamkit.value._rhythm import rhythm_facts
from kamkit.value._whale import price_cost_grid, tiers
from kamkit.value.change import change_facts
from kamkit.value.lifetime import FACTS, lifetime_facts
from kamkit.value.profit import customer_profit, worth

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
    annual_interest_rate: float = Settings.annual_interest_rate,
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
    check(accounts, ("account_id", "revenue"), what=_("accounts"), each="account_id")
    terms: dict[str, Any] = {"rates": rates, "annual_interest_rate": annual_interest_rate}
    profit = _if_there(lambda: profit_facts(customer_profit(case, accounts, **terms).table))
    ratio = None if profit is None else profit.set_index("account_id").get("profit_ratio")
    parts = (
        profit,
        _if_there(lambda: rhythm_facts(case)),
        _if_there(lambda: rfm_facts(case)),
        _if_there(lambda: lifetime_facts(case, margin=ratio))
        if lifetime is None
        else of_lifetime(lifetime),
        _if_there(lambda: change_facts(case)),
    )
    return beside(accounts, [part for part in parts if part is not None])


def profit_facts(profits: pd.DataFrame) -> pd.DataFrame:
    """Return what the account table takes from profits, with tier and place in the grid.

    ``profits`` is the table of ``customer_profit``; one row per account in its order.

    Examples
    --------
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [9.0, 1.0],
    ...     "contribution": [2.0, 1.0], "profit": [1.0, -1.0]})
    >>> profit_facts(two).columns.tolist()
    ['account_id', 'profit', 'tier']
    """
    check(profits, ("account_id", worth(profits)), what=_("profits"))
    table = profits.assign(tier=tiers(profits, by=worth(profits)))
    cells = _if_there(lambda: price_cost_grid(profits).table[["account_id", "grid_cell"]])
    if cells is not None:
        table = table.merge(cells, on="account_id", how="left")
    return table[[name for name in _PROFIT if name in table]]


def of_lifetime(lifetime: pd.DataFrame) -> pd.DataFrame:
    """Return the lifetime columns of a table; a ledger too short for a forecast has none.

    Examples
    --------
    >>> of_lifetime(pd.DataFrame({"account_id": ["a"], "revenue": [1.0]})).columns.tolist()
    ['account_id']
    """
    check(lifetime, ("account_id",), what=_("lifetime values"))
    return lifetime[[name for name in FACTS if name in lifetime]]


def _if_there(part: Callable[[], pd.DataFrame]) -> pd.DataFrame | None:
    try:
        return part()
    except (MissingTable, PeriodError, LedgerError):
        return None


def beside(accounts: pd.DataFrame, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the accounts with the new columns of each part beside them.

    One row per account, in the order of ``accounts``; accounts that only a part knows (served, but
    without a purchase) come behind, with revenue 0.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a"], "revenue": [5.0]})
    >>> part = pd.DataFrame({"account_id": ["a", "b"], "profit": [1.0, -2.0]})
    >>> beside(accounts, [part])[["account_id", "revenue", "profit"]].values.tolist()
    [['a', 5.0, 1.0], ['b', 0.0, -2.0]]
    """
    check(accounts, ("account_id",), what=_("accounts"))
    table = accounts
    for part in parts:
        new = ["account_id", *[name for name in part.columns if name not in table.columns]]
        more = part[~part["account_id"].isin(table["account_id"])]
        table = table.merge(part[new], on="account_id", how="left")
        if len(more):
            served = more[[n for n in more.columns if n in table.columns]].assign(revenue=0.0)
            table = pd.concat([table, served], ignore_index=True)
    return table
