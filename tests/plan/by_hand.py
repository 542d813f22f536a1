"""What plans rest on, made by hand."""

from __future__ import annotations

import pandas as pd

from kamkit import Period, plan
from kamkit.case.about import About


def basis(
    accounts: pd.DataFrame,
    *,
    key: tuple[str, ...] = (),
    start: str = "2024-01-01",
    end: str = "2025-12-31",
    currency: str = "NOK",
    **tables: pd.DataFrame,
) -> plan.Basis:
    """Return a basis of these accounts; those named are key, all get a plan."""
    named = accounts[["account_id"]].assign(
        account_name=accounts["account_id"].str.upper(),
        planned_as=["key" if one in key else "large" for one in accounts["account_id"]],
    )
    mine = accounts["account_id"].isin(key)
    chosen = pd.DataFrame({"account_id": accounts.loc[mine, "account_id"], "treatment": "shared"})
    given = {"key_accounts": chosen.reset_index(drop=True), "planned": named, **tables}
    about = About("t", "T", "t.csv", currency, False, Period(start, end))
    return plan.Basis(about=about, accounts=accounts, **given)
