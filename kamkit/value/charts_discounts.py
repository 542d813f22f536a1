"""The picture of discounts: who gives more than the volume explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.colours import BLUE, QUIET, RED
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.output.chart import chart, nothing
from kamkit.output.names import short
from kamkit.output.style import MANY, share_axis
from kamkit.output.wording import caption, n_accounts, sentences, value
from kamkit.schema import takes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period


@takes(
    sellers="seller typical_excess outlier",
    accounts="seller list_amount discount_share usual_discount",
)
def discounts(
    sellers: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw the discount of each account against its volume, the outlying sellers apart.

    ``sellers`` is the table of ``value.discounts``, ``accounts`` that of
    ``value.account_discounts``. Accounts of outlying sellers are crosses, the others dots; the
    step line is what is usual at the volume, the band holds eight in ten of the others there.

    >>> import pandas as pd
    >>> sellers = pd.DataFrame({"seller": ["Ola"], "typical_excess": [0.08], "outlier": [True]})
    >>> accounts = pd.DataFrame({"seller": ["Ola"], "list_amount": [1e4], "discount_share": [0.18]})
    >>> discounts(sellers, accounts.assign(usual_discount=0.1, account_id="1"))
    Ola gives 8.0 percentage points more discount than others at the same volume
    """
    words = caption(source, period)
    if accounts.empty:
        return nothing(words)
    outliers = sellers.loc[sellers["outlier"], "seller"].tolist()
    title = _("No seller gives more discount than the volume explains")
    if outliers:
        title = _(
            "{seller} gives {excess} percentage points more discount than others at the same "
            "volume",
            seller=short(str(outliers[0])),
            excess=number(
                100 * float(sellers.loc[sellers["outlier"], "typical_excess"].iloc[0]), 1
            ),
        )
    # a logarithm has no place for them
    without = int((accounts["list_amount"] <= 0).sum())
    words = sentences(
        words, _("Not drawn: {n} at or below zero", n=n_accounts(without)) if without else ""
    )
    most = zip(sellers["seller"], sellers["typical_excess"], strict=True)
    return chart(
        title,
        lambda axes: _draw_discounts(axes, accounts, outliers, currency),
        table=accounts,
        description=[
            _(
                "{seller}: {excess} percentage points",
                seller=str(seller),
                excess=number(100 * float(x), 1),
            )
            for seller, x in list(most)[:5]
        ],
        caption=words,
    )


def _draw_discounts(axes: Axes, accounts: pd.DataFrame, outliers: list[str], currency: str) -> None:
    apart = accounts["seller"].isin(outliers)
    usual = accounts[~apart].sort_values("list_amount")
    dot: dict[str, Any] = {"s": 12, "color": QUIET, "alpha": 0.5, "linewidth": 0, **MANY}
    label = _("accounts of the other sellers")
    axes.scatter(usual["list_amount"], usual["discount_share"], label=label, **dot)
    if outliers:
        part = accounts[apart]
        some = ", ".join(map(short, outliers[:3]))
        label = _("accounts of {names}", names=some)
        if len(outliers) > 3:
            more = number(len(outliers) - 3)
            label = _("accounts of {names} and {n} more", names=some, n=more)
        cross: dict[str, Any] = {"s": 30, "marker": "x", "color": RED, "linewidth": 1.3}
        axes.scatter(part["list_amount"], part["discount_share"], label=label, **cross)
    near = usual["discount_share"].rolling(max(20, len(usual) // 10), center=True, min_periods=5)
    low, high = near.quantile(0.1), near.quantile(0.9)
    label = _("eight in ten of the others")
    tint: dict[str, Any] = {"color": BLUE, "alpha": 0.15, "linewidth": 0}
    axes.fill_between(usual["list_amount"], low, high, label=label, **tint)
    line: dict[str, Any] = {"color": BLUE, "linewidth": 2, "drawstyle": "steps-mid"}
    label = _("usual at the volume")
    axes.plot(usual["list_amount"], usual["usual_discount"], label=label, **line)
    axes.set_xscale("log")
    _log_money(axes, accounts["list_amount"], currency)
    share_axis(axes.yaxis, _("Discount, share of list price"))
    axes.legend(loc="upper left", frameon=True, framealpha=0.9, facecolor="white", fontsize=9.5)


def _log_money(axes: Axes, amounts: pd.Series[float], currency: str) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    low = int(np.floor(np.log10(max(float(amounts.min()), 1e-2))))
    high = int(np.ceil(np.log10(max(float(amounts.max()), 1e-1))))
    ticks = [10.0**power for power in range(low, high + 1)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _place: value(v, "quantity")))
    axes.xaxis.set_minor_formatter(NullFormatter())
    label = _("Amount at list price, each step ten times the last")
    axes.set_xlabel(_("{quantity} ({unit})", quantity=label, unit=currency) if currency else label)
