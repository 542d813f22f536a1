"""What an account leaves: from list price to net price, contribution, cost to serve and profit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import dated
from kamkit.schema import check, label, name_of, word
from kamkit.settings import Settings
from kamkit.value.comparison import no_cost
from kamkit.value.service import cost_to_serve, unpriced

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.periods import Period

_DAYS = 365
_FIRST = (
    "account_id",
    "account_name",
    "account_manager",
    "region",
    "segment",
    "first_date",
    "last_date",
    "invoices",
)
_MONEY = ("list_amount", "revenue", "cost", "contribution")


def customer_profit(
    case: Case,
    accounts: pd.DataFrame,
    *,
    period: Period | None = None,
    rates: Mapping[str, float] | None = None,
    annual_interest_rate: float = Settings.annual_interest_rate,
) -> Finding:
    """Tell what each account leaves once it has been served.

    ``accounts`` are the account facts of the same ``period``. The table has one row per account
    with sales or activities, the most profitable first: its facts, and

    - ``discount``, list amount less net amount, and ``discount_share`` of the list amount, where
      there are list prices;
    - ``cost_to_serve``, activities at their rates (see ``service.cost_to_serve``), and
      ``service_share`` of the net amount;
    - ``payment_cost``, net amount x ``payment_days`` / 365 x ``annual_interest_rate``, where the
      table of accounts knows the days; net amounts are used, VAT is not financed here;
    - ``profit``, contribution less the two, and ``profit_ratio`` of a net amount above zero;
    - ``rank_revenue`` and ``rank_profit``: 1 is the largest.

    Without activities and payment days the table ends with the contribution, there is no
    ``profit``, and a caveat says so. Raises ``MissingTable`` where the ledger has no cost.
    Source: Cooper & Kaplan (1991); dekningsbidrag is revenue less variable cost.

    >>> from kamkit import identify, open_case
    >>> case = open_case("fjordgross")
    >>> table = customer_profit(case, identify.account_facts(case)).table
    >>> table.loc[table["rank_revenue"] == 1, "profit"].item() < 0
    True
    """
    check(accounts, ("account_id", "revenue"), what=_("accounts"), each="account_id")
    if "contribution" not in accounts:
        raise no_cost()
    if not annual_interest_rate >= 0:
        raise ParameterError(
            _("An interest rate is a share a year, not below zero."),
            found=str(annual_interest_rate),
            remedy=_("Write 0.08 for 8% a year."),
        )
    caveats: list[str] = []
    table = accounts[[name for name in (*_FIRST, *_MONEY) if name in accounts]].copy()
    table = _with_discount(table)
    table = _with_service(table, case, period, rates, caveats)
    table = _with_payment(table, case, annual_interest_rate, caveats)
    table = _with_profit(table)
    return Finding(
        "customer_profit", table, dated(_text(table, case.currency), case.period), tuple(caveats)
    )


def worth(profits: pd.DataFrame) -> str:
    """Return the column that tells what an account is worth: profit, else contribution.

    >>> worth(pd.DataFrame({"contribution": [1.0]}))
    'contribution'
    """
    check(profits, (), what=_("profits"))
    return "profit" if "profit" in profits else "contribution"


def profit_steps(profits: pd.DataFrame, served: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the way from list price to profit for some accounts together.

    One row per step in order: ``step`` (a code), ``label``, ``amount`` (what it takes is below
    zero) and ``is_sum``. ``profits`` is the table of ``customer_profit``, all of it or some rows;
    ``served`` that of ``cost_to_serve``, which splits the cost to serve by activity. The steps add
    up to each sum.

    >>> one = pd.DataFrame({"account_id": ["a"], "revenue": [100.0], "cost": [60.0],
    ...     "contribution": [40.0]})
    >>> profit_steps(one)["amount"].tolist()
    [100.0, -60.0, 40.0]
    """
    check(profits, ("account_id", "revenue", "cost", "contribution"), what=_("profits"))
    if "list_amount" in profits:
        check(profits, ("discount",), what=_("profits"))
    if "profit" in profits:
        check(profits, ("cost_to_serve", "payment_cost"), what=_("profits"))
    if served is not None:
        check(served, ("account_id", "activity", "cost_to_serve"), what=_("activities"))
    total = profits.select_dtypes("number").sum()
    steps: list[tuple[str, str, float, bool]] = []
    if "list_amount" in total:
        steps += [
            ("list_amount", label("list_amount"), total["list_amount"], True),
            ("discount", label("discount"), -total["discount"], False),
        ]
    steps += [
        ("revenue", label("revenue"), total["revenue"], True),
        ("cost", label("cost"), -total["cost"], False),
        ("contribution", label("contribution"), total["contribution"], True),
    ]
    if "profit" in total:
        steps += _service_steps(profits, total, served)
        steps.append(("profit", label("profit"), total["profit"], True))
    return pd.DataFrame(steps, columns=["step", "label", "amount", "is_sum"])


def _service_steps(
    profits: pd.DataFrame, total: pd.Series[float], served: pd.DataFrame | None
) -> list[tuple[str, str, float, bool]]:
    steps: list[tuple[str, str, float, bool]] = []
    if served is None:
        steps.append(("cost_to_serve", label("cost_to_serve"), -total["cost_to_serve"], False))
    else:
        mine = served[served["account_id"].isin(profits["account_id"])]
        costs = (
            mine.groupby("activity")["cost_to_serve"]
            .sum()
            .sort_values(ascending=False, kind="stable")
        )
        steps += [
            (f"activity:{name}", word(str(name)), -cost, False) for name, cost in costs.items()
        ]
    if total["payment_cost"]:
        steps.append(("payment_cost", label("payment_cost"), -total["payment_cost"], False))
    return steps


def _with_discount(table: pd.DataFrame) -> pd.DataFrame:
    if "list_amount" not in table:
        return table
    discount = (table["list_amount"] - table["revenue"]).round(4) + 0.0
    listed = table["list_amount"].where(table["list_amount"] > 0)
    return table.assign(discount=discount, discount_share=discount / listed)


def _with_service(
    table: pd.DataFrame,
    case: Case,
    period: Period | None,
    rates: Mapping[str, float] | None,
    caveats: list[str],
) -> pd.DataFrame:
    """Add ``cost_to_serve``; accounts that were served without buying get a row of their own."""
    try:
        served = cost_to_serve(case, period=period, rates=rates)
    except MissingTable:
        caveats.append(_("There are no activities, so the cost to serve is not taken off."))
        if rates:
            named = join([f"{name}={rate:g}" for name, rate in rates.items()])
            caveats.append(_("The rates given ({rates}) are not used.", rates=named))
        return table
    caveats += unpriced(served)
    costs = served.groupby("account_id")["cost_to_serve"].sum()
    only = costs.index.difference(pd.Index(table["account_id"]))
    if len(only):
        spent = scaled(float(costs[only].sum()), case.currency)
        caveats.append(
            ngettext(
                "{n} account was served for {spent} and bought nothing.",
                "{n} accounts were served for {spent} and bought nothing.",
                len(only),
                spent=spent,
            )
        )
    table = table.merge(costs.reset_index(), on="account_id", how="outer", sort=True)
    money = [name for name in (*_MONEY, "discount", "cost_to_serve") if name in table]
    return table.fillna(dict.fromkeys(money, 0.0))


def _with_payment(
    table: pd.DataFrame, case: Case, annual_interest_rate: float, caveats: list[str]
) -> pd.DataFrame:
    register = case.tables.get("accounts")
    if register is None or "payment_days" not in register:
        return table
    days = register.drop_duplicates("account_id").set_index("account_id")["payment_days"]
    taken = table["account_id"].map(days).astype("float64")
    interest = table["revenue"].clip(lower=0) * taken / _DAYS * annual_interest_rate
    unknown = int((taken.isna() & (table["revenue"] > 0)).sum())
    if unknown:
        caveats.append(
            ngettext(
                "{n} account has no payment days; it is counted as paying at once.",
                "{n} accounts have no payment days; they are counted as paying at once.",
                unknown,
            )
        )
    return table.assign(payment_days=taken, payment_cost=interest.fillna(0.0).round(4))


def _with_profit(table: pd.DataFrame) -> pd.DataFrame:
    above = table["revenue"].where(table["revenue"] > 0)
    if "cost_to_serve" in table or "payment_cost" in table:
        for name in ("cost_to_serve", "payment_cost"):
            table = table if name in table else table.assign(**{name: 0.0})
        profit = table["contribution"] - table["cost_to_serve"] - table["payment_cost"]
        profit = profit.round(4) + 0.0
        table = table.assign(
            service_share=table["cost_to_serve"] / above, profit=profit, profit_ratio=profit / above
        )
    table = table.assign(contribution_ratio=table["contribution"] / above)
    by = worth(table)
    for name in dict.fromkeys(("revenue", by)):
        order = table.sort_values([name, "account_id"], ascending=[False, True]).index
        table[f"rank_{name}"] = pd.Series(np.arange(1, len(order) + 1), index=order)
    return table.sort_values([by, "account_id"], ascending=[False, True], ignore_index=True)


def _text(table: pd.DataFrame, currency: str) -> str:
    by = worth(table)
    below = table[table[by] < 0]
    largest = table.sort_values("rank_revenue").iloc[0]
    facts = {
        "amount": scaled(float(table["revenue"].sum()), currency),
        "contribution": scaled(float(table["contribution"].sum()), currency),
        "losing": ngettext(
            "{n} account loses money, {lost} in all.",
            "{n} accounts lose money, {lost} in all.",
            len(below),
            lost=scaled(-float(below[by].sum()), currency),
        )
        if len(below)
        else _("No account loses money."),
        "name": name_of(largest),
        "rank": number(largest[f"rank_{by}"]),
        "own": scaled(float(largest[by]), currency),
    }
    if by == "contribution":
        return _(
            "Revenue of {amount} gives a contribution of {contribution}. {losing} The "
            "largest account by revenue, {name}, is number {rank} by contribution: {own}.",
            **facts,
        )
    spent = table["cost_to_serve"].sum() + table["payment_cost"].sum()
    earned = float(table["contribution"].sum())
    return _(
        "Of a contribution of {contribution}, service and credit take {spent} ({share}); {left} "
        "is left as customer profit. {losing} The largest account by revenue, {name}, is number "
        "{rank} by customer profit: {own}.",
        spent=scaled(float(spent), currency),
        share=percent(spent / earned if earned > 0 else float("nan"), 0),
        left=scaled(float(table["profit"].sum()), currency),
        **facts,
    )
