"""Breadth and depth share one budget: the hours of the people who do the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.schema import check

if TYPE_CHECKING:
    import pandas as pd


def breadth(
    accounts: pd.DataFrame, *, hours: float, sizes: Sequence[int] = (5, 10, 20, 35, 50, 100)
) -> pd.DataFrame:
    """Return what a programme of each size covers, the largest accounts first.

    One row per size: ``key_accounts``; ``share_revenue``, the share of the net amount of all
    accounts that they bring; ``hours_each``, the ``hours`` of all managers a month divided by the
    accounts; ``next_adds``, the share that one more account would bring. Sizes beyond the number
    of accounts are left out. Raises ``ParameterError`` for sizes below one or negative hours.

    >>> import pandas as pd
    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [60.0, 30.0, 10.0]})
    >>> breadth(three, hours=100, sizes=[1, 2])["hours_each"].tolist()
    [100.0, 50.0]
    """
    import pandas as pd

    check(accounts, ("account_id", "revenue"), what=_("accounts"))

    if hours < 0 or any(size < 1 for size in sizes):
        raise ParameterError(
            _("A programme needs at least one account and no negative hours."),
            found=_("sizes {sizes}, hours {hours}", sizes=list(sizes), hours=hours),
            remedy=_("Give whole numbers from 1 and hours from 0."),
        )
    ordered = accounts.sort_values(["revenue", "account_id"], ascending=[False, True])
    revenue = ordered["revenue"].to_numpy()
    total = revenue.sum()
    covered = revenue.cumsum() / total
    kept = [size for size in sizes if size <= len(revenue)]
    return pd.DataFrame(
        {
            "key_accounts": kept,
            "share_revenue": [covered[size - 1] for size in kept],
            "hours_each": [hours / size for size in kept],
            "next_adds": [revenue[size] / total if size < len(revenue) else 0.0 for size in kept],
        }
    )
