"""What if: a minimum order, a delivery fee or a price step, and what it does to each account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable, ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import check
from kamkit.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case
    from kamkit.periods import Period

_ORDER = r"order|ordre|bestilling"
_DELIVERY = r"deliver|\blever|ekspresslever|freight|frakt|shipment|transport"


def order_sizes(case: Case, *, minimum_order: float, period: Period | None = None) -> pd.DataFrame:
    """Return how many orders of each account are below a minimum.

    One row per account with an invoice above zero: ``account_id``, ``orders`` (invoices above
    zero; days with sales where there are no invoice numbers), ``small_orders`` and
    ``small_amount``, the net amount of those below ``minimum_order``, which stands beside them.

    >>> from kamkit import open_case
    >>> sizes = order_sizes(open_case("cdnow"), minimum_order=20.0)
    >>> bool((sizes["small_orders"] <= sizes["orders"]).all())
    True
    """
    lines = case.sales
    if period is not None:
        lines = lines.filter((lines.date >= period.start) & (lines.date <= period.end))
    document = lines.invoice_id if "invoice_id" in lines.columns else lines.date.cast("string")
    orders = lines.group_by(account_id=lines.account_id, document=document).aggregate(
        amount=lines.amount.sum()
    )
    orders = orders.filter(orders.amount > 0)
    small = orders.amount < minimum_order
    table = orders.group_by("account_id").aggregate(
        orders=orders.count(),
        small_orders=small.sum(),
        small_amount=small.ifelse(orders.amount, orders.amount - orders.amount).sum(),
    )
    frame = case.engine.frame(table.order_by("account_id"))
    frame = frame.astype({"orders": "int64", "small_orders": "int64"})
    return frame.assign(minimum_order=float(minimum_order))


def what_if(
    profits: pd.DataFrame,
    *,
    served: pd.DataFrame,
    orders: pd.DataFrame,
    minimum_order: float = 0.0,
    delivery_fee: float = 0.0,
    price_step: float = 0.0,
    kept_volume: float = Settings.kept_volume,
    accounts: list[str] | None = None,
    currency: str = "",
) -> Finding:
    """Tell what new terms do to the profit of each account and of all of them.

    ``profits`` is the table of ``profit.customer_profit``, ``served`` that of
    ``service.cost_to_serve``, ``orders`` that of ``order_sizes`` at the same ``minimum_order``.

    Activities whose name speaks of an order or a delivery, in English or Norwegian, come with
    each order.

    - ``minimum_order``: orders below it are joined until they reach it, so that
      ``floor(small_amount / minimum_order)`` of them are left (one at least), and the activities
      that come with an order fall with the number of orders;
    - ``delivery_fee``: paid for each delivery that is left;
    - ``price_step``: a share of the net amount, 0.02 for 2 % more;
    - ``kept_volume``: the share of the volume that stays when the terms change (1 is all of it);
      what leaves takes its contribution, and its part of order and delivery costs, with it.

    ``accounts`` limits the new terms to some account numbers. The table has one row per account,
    the largest gain first: ``account_id``, ``account_name``, ``profit_before``, ``price_effect``,
    ``volume_effect``, ``fee_effect``, ``service_effect``, ``profit_after`` and ``change``; the
    effects add up to the change. Nothing else is assumed to move.

    Raises ``MissingTable`` without a profit, ``ParameterError`` for terms out of range or orders
    that were counted at another minimum.

    >>> one = pd.DataFrame({"account_id": ["1"], "revenue": 100.0, "contribution": 40.0})
    >>> served = pd.DataFrame({"account_id": ["1"], "activity": "visit", "quantity": 2})
    >>> orders = one[["account_id"]].assign(orders=5, small_orders=0, small_amount=0.0)
    >>> terms = {"served": served.assign(cost_to_serve=20.0), "orders": orders, "price_step": 0.02}
    >>> what_if(one.assign(profit=20.0), **terms).table["change"].tolist()
    [2.0]
    """
    check(profits, ("account_id", "revenue", "contribution"), what=_("profits"))
    check(served, ("account_id", "activity", "quantity", "cost_to_serve"), what=_("activities"))
    check(orders, ("account_id", "orders", "small_orders", "small_amount"), what=_("orders"))
    _check(profits, minimum_order, delivery_fee, price_step, kept_volume)
    _same_minimum(orders, minimum_order)
    table = _base(profits, served, orders)
    touched = _touched(table, accounts)
    lost = np.where(touched, 1.0 - kept_volume, 0.0)
    step = np.where(touched, price_step, 0.0)
    left = _orders_left(table, minimum_order, touched)
    ratio = left * (1 - lost)
    revenue, contribution = table["revenue"].clip(lower=0), table["contribution"]
    table = table.assign(
        price_effect=revenue * step * (1 - lost),
        volume_effect=-contribution * lost,
        fee_effect=np.where(touched, delivery_fee, 0.0) * table["deliveries"] * ratio,
        service_effect=table["order_cost"] * (1 - ratio),
        profit_before=table["profit"],
    )
    effects = ["price_effect", "volume_effect", "fee_effect", "service_effect"]
    table[effects] = table[effects].round(4) + 0.0
    table["change"] = table[effects].sum(axis=1)
    table["profit_after"] = table["profit_before"] + table["change"]
    names = [n for n in ("account_id", "account_name", "profit_before") if n in table]
    table = table.sort_values(["change", "account_id"], ascending=[False, True], ignore_index=True)
    table = table[[*names, *effects, "profit_after", "change"]]
    return Finding("what_if", table, _text(table, currency), _caveats(kept_volume))


def _check(
    profits: pd.DataFrame,
    minimum_order: float,
    delivery_fee: float,
    price_step: float,
    kept_volume: float,
) -> None:
    if "profit" not in profits:
        raise MissingTable(
            _("New terms are judged by customer profit, which needs activities."),
            found=", ".join(map(str, profits)),
            wanted=_("the table activities"),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )
    ok = minimum_order >= 0 and delivery_fee >= 0 and -1 < price_step < 1 and 0 <= kept_volume <= 1
    if not ok:
        raise ParameterError(
            _("The new terms are out of range."),
            found=f"minimum_order={minimum_order}, delivery_fee={delivery_fee}, "
            f"price_step={price_step}, kept_volume={kept_volume}",
            wanted=_("amounts from 0, a price step between −1 and 1, a kept share from 0 to 1"),
            remedy=_("Write shares such as 0.02, not 2."),
        )


def _same_minimum(orders: pd.DataFrame, minimum_order: float) -> None:
    counted = orders.get("minimum_order", pd.Series(dtype="float64"))
    if minimum_order and (counted != minimum_order).any():
        raise ParameterError(
            _("The small orders were counted at another minimum."),
            found=number(float(counted.iloc[0]), 2),
            wanted=number(minimum_order, 2),
            remedy=_("Count them with order_sizes at the same minimum."),
        )


def _base(profits: pd.DataFrame, served: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Add to the accounts their orders, deliveries and the cost of what comes with an order."""
    kind = served["activity"].str.casefold()
    delivery = kind.str.contains(_DELIVERY)
    with_order = (
        served[delivery | kind.str.contains(_ORDER)].groupby("account_id")["cost_to_serve"].sum()
    )
    deliveries = served[delivery].groupby("account_id")["quantity"].sum()
    table = profits.merge(orders, on="account_id", how="left")
    return table.assign(
        order_cost=table["account_id"].map(with_order),
        deliveries=table["account_id"].map(deliveries),
    ).fillna(
        dict.fromkeys(["orders", "small_orders", "small_amount", "order_cost", "deliveries"], 0.0)
    )


def _touched(table: pd.DataFrame, accounts: list[str] | None) -> NDArray[np.bool_]:
    if accounts is None:
        return np.ones(len(table), dtype=bool)
    known = set(table["account_id"])
    for name in accounts:
        if name not in known:
            close = nearest(name, known)
            raise ParameterError(
                _("There is no account “{name}”.", name=name),
                remedy=_("Did you mean “{guess}”?", guess=close)
                if close
                else _("Use a number of the column account_id."),
            )
    return np.asarray(table["account_id"].isin(accounts), dtype=bool)


def _orders_left(
    table: pd.DataFrame, minimum_order: float, touched: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the share of an account's orders that is left when the small ones are joined."""
    small, orders = table["small_orders"].to_numpy(), table["orders"].to_numpy()
    if not minimum_order:
        return np.ones(len(table))
    joined = np.floor(table["small_amount"].to_numpy() / minimum_order)
    joined = np.minimum(np.maximum(joined, np.where(small > 0, 1, 0)), small)
    share = (orders - small + joined) / np.maximum(orders, 1)
    return np.where(touched & (orders > 0), share, 1.0)


def _text(table: pd.DataFrame, currency: str) -> str:
    before, after = float(table["profit_before"].sum()), float(table["profit_after"].sum())
    losing = int((table["profit_before"] < 0).sum()), int((table["profit_after"] < 0).sum())
    return _(
        "The new terms change customer profit by {change}, from {before} to {after} ({share}); "
        "{was} before and {now} after.",
        change=scaled(after - before, currency),
        before=scaled(before, currency),
        after=scaled(after, currency),
        share=percent((after - before) / abs(before) if before else float("nan")),
        was=ngettext("{n} account loses money", "{n} accounts lose money", losing[0]),
        now=ngettext("{n} does", "{n} do", losing[1]),
    )


def _caveats(kept_volume: float) -> tuple[str, ...]:
    if kept_volume < 1:
        kept = percent(kept_volume, 0)
        return (_("It is assumed that {kept} of the volume stays.", kept=kept),)
    return (
        _(
            "It is assumed that every account stays and buys as much as before; try a kept volume "
            "below 1."
        ),
    )
