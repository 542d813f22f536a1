"""What the data tell of an account that is chosen or not: each criterion in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from kamkit.language import N_, number, percent
from kamkit.language import gettext as _


@dataclass(frozen=True)
class Measure:
    """One criterion of the data: its usual weight in ``points``, and its scale.

    ``steps`` are raw values with their ratings from 1 to 5, ``meaning`` says what such a value is;
    without steps the criterion is money, and its scale is the data's own. ``column`` is the column
    of the accounts where it has another name, ``of`` computes the raw values where they are no
    column. ``needs`` says what a case must have for it.

    >>> MEASURES["payment"].of_accounts(pd.DataFrame({"payment_days": [30]}), "payment").tolist()
    [30.0]
    """

    points: float
    needs: str = ""
    steps: tuple[tuple[float, float], ...] = ()
    meaning: Callable[[float], str] = number
    column: str = ""
    of: Callable[[pd.DataFrame], pd.Series[float] | None] | None = None

    def of_accounts(self, accounts: pd.DataFrame, name: str) -> pd.Series[float] | None:
        """Return the raw value of each account, None where the accounts do not have it."""
        if self.of is not None:
            return self.of(accounts)
        column = self.column or name
        return accounts[column].astype(float) if column in accounts else None


def _growth(accounts: pd.DataFrame) -> pd.Series[float] | None:
    """Return the change between two periods, as a share of the earlier one."""
    if not {"change", "revenue_before"} <= set(accounts):
        return None
    before = accounts["revenue_before"].astype(float)
    return accounts["change"].astype(float) / before.where(before > 0)


def _loyalty(accounts: pd.DataFrame) -> pd.Series[float] | None:
    """Return the months with a purchase, as a share of those of the ledger."""
    if not {"active_months", "first_date", "last_date"} <= set(accounts):
        return None
    ledger = _months(accounts)
    return (accounts["active_months"].astype(float) / ledger).clip(upper=1.0) if ledger else None


def _months(accounts: pd.DataFrame) -> int:
    first, last = accounts["first_date"].min(), accounts["last_date"].max()
    if pd.isna(first) or pd.isna(last):
        return 0
    return int((last.year - first.year) * 12 + last.month - first.month + 1)


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "revenue": Measure(30.0),
        "contribution": Measure(30.0, needs=N_("the cost of the goods, the column cost")),
        "profit": Measure(
            30.0,
            needs=N_(
                "the column cost, and the table activities (visits, deliveries …) or payment_days"
            ),
        ),
        "lifetime_value": Measure(20.0, needs=N_("accounts that bought on several days")),
        "growth": Measure(
            10.0,
            needs=N_("sales in two periods of equal length"),
            steps=((-0.20, 1.0), (-0.05, 2.0), (0.05, 3.0), (0.15, 4.0), (0.30, 5.0)),
            meaning=lambda value: _("{change} in a period", change=percent(value, 0)),
            column="change",
            of=_growth,
        ),
        "loyalty": Measure(
            10.0,
            steps=((0.10, 1.0), (0.30, 2.0), (0.50, 3.0), (0.75, 4.0), (0.95, 5.0)),
            meaning=lambda value: _("bought in {share} of the months", share=percent(value, 0)),
            column="active_months",
            of=_loyalty,
        ),
        "payment": Measure(
            5.0,
            needs=N_("payment_days in the table accounts"),
            steps=((60.0, 1.0), (45.0, 2.0), (30.0, 3.0), (21.0, 4.0), (14.0, 5.0)),
            meaning=lambda value: _("{n} days from invoice to payment", n=number(value)),
            column="payment_days",
        ),
    }
)
"""The criteria that the data can carry; they are conventions of this kit."""
