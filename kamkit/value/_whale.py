"""How profit is spread over accounts: the whale curve, the pyramid, price against cost to serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.language import ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import dated
from kamkit.schema import check, name_of, total_of
from kamkit.value.profit import worth

if TYPE_CHECKING:
    from kamkit.periods import Period

TIERS = ("platinum", "gold", "iron", "lead")
"""The tiers of the customer pyramid, the most valuable first."""


def whale(
    profits: pd.DataFrame, *, by: str = "", currency: str = "", period: Period | None = None
) -> Finding:
    """Tell how much more the best accounts make than all of them together leave.

    ``profits`` has one row per account with the column ``by`` (profit where it is there, else
    contribution). The table has one row per account, the most profitable first (ties by number):
    ``rank``, ``account_id``, ``account_name``, the column ``by``, ``cumulative`` and
    ``cumulative_share`` of the total (missing where the total is not above zero). The peak of the
    curve is what the accounts above zero make; what the others take back is destroyed. ``period``
    is that of the profits, for the sentence.
    Source: Cooper & Kaplan (1991).

    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "profit": [90.0, 30.0, -20.0]})
    >>> whale(three).table["cumulative_share"].tolist()
    [0.9, 1.2, 1.0]
    """
    by = by or worth(profits)
    check(profits, ("account_id", by), what=_("profits"), each="account_id")
    names = [name for name in ("account_id", "account_name", by) if name in profits]
    table = profits[names].sort_values([by, "account_id"], ascending=[False, True])
    table = table.reset_index(drop=True)
    cumulative = table[by].cumsum().round(4)
    total = float(table[by].sum())
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    table["cumulative"] = cumulative
    table["cumulative_share"] = cumulative / total if total > 0 else np.nan
    text = dated(_whale_text(table, by, total, currency), period)
    return Finding("whale", table, text, _no_total(total))


def destroyers(profits: pd.DataFrame, *, by: str = "") -> pd.DataFrame:
    """Return the accounts below zero, the largest loss first.

    One row per account: all columns of ``profits`` and ``share_destroyed``, the account's part of
    all that is lost, with ``cumulative_share`` of it.

    >>> two = pd.DataFrame({"account_id": ["a", "b", "c"], "profit": [9.0, -1.0, -3.0]})
    >>> destroyers(two)["share_destroyed"].tolist()
    [0.75, 0.25]
    """
    by = by or worth(profits)
    check(profits, ("account_id", by), what=_("profits"))
    below = profits[profits[by] < 0].sort_values([by, "account_id"], ignore_index=True)
    share = below[by] / below[by].sum()
    return below.assign(share_destroyed=share, cumulative_share=share.cumsum())


def tiers(
    profits: pd.DataFrame, *, by: str = "", cuts: Sequence[float] = (0.5, 0.8)
) -> pd.Series[str]:
    """Return the tier of each account in the customer pyramid, in the order of ``profits``.

    Lead are the accounts at or below zero: they cost more than they bring. Of the profit of the
    others, platinum are the largest that give the first part (``cuts[0]``), gold those up to the
    second (``cuts[1]``), iron the rest; the account that crosses a cut belongs to the higher tier.
    The cuts are a convention of this kit, the tiers are those of Zeithaml, Rust & Lemon (2001).

    Raises ``ParameterError`` unless the cuts are two rising shares between 0 and 1.

    >>> four = pd.DataFrame({"account_id": list("abcd"), "profit": [50.0, 30.0, 20.0, -5.0]})
    >>> tiers(four).tolist()
    ['platinum', 'gold', 'iron', 'lead']
    """
    by = by or worth(profits)
    check(profits, ("account_id", by), what=_("profits"))
    if len(cuts) != 2 or not 0 < cuts[0] < cuts[1] < 1:
        raise ParameterError(
            _("The cuts of the pyramid are two rising shares between 0 and 1."),
            found=", ".join(map(str, cuts)),
            wanted="0.5, 0.8",
            remedy=_("Write shares such as 0.5, not 50."),
        )
    ordered = profits.sort_values([by, "account_id"], ascending=[False, True])
    gain = ordered[by].clip(lower=0)
    before = (gain.cumsum() - gain) / (gain.sum() or 1.0)
    # 1e-12: sums of floats that meet a cut exactly must not fall beside it
    position = np.searchsorted(np.asarray(cuts), before.to_numpy() + 1e-12, side="right")
    position = np.where(ordered[by].to_numpy() > 0, position, 3)
    tier = pd.Series(np.asarray(TIERS, dtype=object)[position], index=ordered.index, dtype="str")
    return tier.reindex(profits.index)


def pyramid(
    profits: pd.DataFrame, *, by: str = "", cuts: Sequence[float] = (0.5, 0.8)
) -> pd.DataFrame:
    """Return the customer pyramid: one row per tier, platinum first, empty tiers too.

    Columns: ``tier``, ``accounts``, ``share_accounts``, ``revenue``, ``share_revenue`` (of revenue)
    and the column ``by`` (profit, else contribution). Raises what ``tiers`` raises.

    >>> four = pd.DataFrame({"account_id": list("abcd"), "revenue": [90.0, 80.0, 70.0, 60.0],
    ...     "profit": [50.0, 30.0, 20.0, -5.0]})
    >>> pyramid(four)[["tier", "accounts", "profit"]].to_numpy().tolist()[-1]
    ['lead', 1, -5.0]
    """
    by = by or worth(profits)
    check(profits, ("account_id", "revenue", by), what=_("profits"))
    tier = tiers(profits, by=by, cuts=cuts)
    sums = profits[list(dict.fromkeys(["revenue", by]))].groupby(tier).sum()
    counts = tier.value_counts()
    table = pd.DataFrame({"tier": TIERS, "accounts": [int(counts.get(t, 0)) for t in TIERS]})
    table["share_accounts"] = table["accounts"] / max(len(profits), 1)
    sums = sums.reindex(TIERS, fill_value=0.0)
    table["revenue"] = sums["revenue"].to_numpy()
    total = float(profits["revenue"].sum())
    table["share_revenue"] = table["revenue"] / total if total > 0 else np.nan
    table[by] = sums[by].to_numpy()
    return table


def price_cost_grid(profits: pd.DataFrame) -> Finding:
    """Place each account by the price it pays and by what it costs to serve.

    The table has one row per account with revenue above zero, the largest first: ``account_id``,
    ``account_name``, ``revenue``, ``profit``, ``price_level`` and ``service_share`` (cost to serve
    of the net amount), and ``grid_cell``. The price level is net of list amount where there are
    list prices, else contribution of the net amount, which says as much about the goods as about
    the price. The lines are the revenue-weighted averages of all accounts, in
    ``table.attrs["price_line"]`` and ``["service_line"]``. Cells, with the names as commonly
    quoted after Shapiro, Rangan, Moriarty & Ross (1987): carriage trade (high price, high cost),
    passive (high, low), aggressive (low, high), bargain basement (low, low).

    Raises ``MissingTable`` without a cost to serve.

    >>> two = pd.DataFrame({"account_id": ["1", "2"], "revenue": [70.0, 90.0], "list_amount": 100})
    >>> found = price_cost_grid(two.assign(service_share=[0.2, 0.1])).table
    >>> found[["account_id", "price_level", "grid_cell"]].values.tolist()
    [['2', 0.9, 'passive'], ['1', 0.7, 'aggressive']]
    """
    check(profits, ("account_id", "revenue"), what=_("profits"))
    if "service_share" not in profits:
        raise MissingTable(
            _("Price against cost to serve needs activities."),
            found=", ".join(map(str, profits)),
            wanted=_("the table activities"),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )
    table = profits[profits["revenue"] > 0].sort_values(
        ["revenue", "account_id"], ascending=[False, True], ignore_index=True
    )
    listed = "list_amount" in table and bool((table["list_amount"] > 0).all())
    price = table["revenue"] / table["list_amount"] if listed else table["contribution_ratio"]
    weight = table["revenue"]
    base = table["list_amount"] if listed else weight
    lines = (
        float((price * base).sum() / base.sum()),
        float((table["service_share"] * weight).sum() / weight.sum()),
    )
    high, dear = price > lines[0], table["service_share"] > lines[1]
    cells = np.select(
        [high & dear, high & ~dear, ~high & dear],
        ["carriage_trade", "passive", "aggressive"],
        "bargain_basement",
    )
    names = [n for n in ("account_id", "account_name", "revenue", "profit") if n in table]
    frame = table[names].assign(
        price_level=price, service_share=table["service_share"], grid_cell=cells
    )
    frame.attrs = {"price_line": lines[0], "service_line": lines[1], "listed": listed}
    return Finding("price_cost_grid", frame, _grid_text(frame), _grid_caveats(listed))


def _grid_text(table: pd.DataFrame) -> str:
    aggressive = table[table["grid_cell"] == "aggressive"]
    share = aggressive["revenue"].sum() / table["revenue"].sum() if len(table) else 0.0
    return _(
        "{accounts} less than the average price level ({price}) and cost more to serve than the "
        "average ({cost} of revenue). Together they bring {share} of revenue.",
        accounts=ngettext("{n} account pays", "{n} accounts pay", len(aggressive)),
        price=percent(table.attrs["price_line"]),
        cost=percent(table.attrs["service_line"]),
        share=percent(share),
    )


def _grid_caveats(listed: bool) -> tuple[str, ...]:
    if listed:
        return (_("The price level is net revenue as a share of revenue at list price."),)
    return (
        _(
            "The ledger has no list prices: the price level is the contribution ratio, which says "
            "as much about the goods as about the price."
        ),
    )


def _whale_text(table: pd.DataFrame, by: str, total: float, currency: str) -> str:
    measure = total_of(by)
    gain = table[table[by] > 0]
    loss = table[table[by] < 0].iloc[::-1]
    if loss.empty:
        return _("No account is below zero: the curve of {measure} has no hump.", measure=measure)
    facts = {
        "measure": measure,
        "made": scaled(float(gain[by].sum()), currency),
        "back": scaled(-float(loss[by].sum()), currency),
        "good": ngettext("{n} account earns", "{n} accounts earn", len(gain)),
        "bad": ngettext("{n} that loses money takes", "{n} that lose money take", len(loss)),
        "name": name_of(loss.iloc[0]),
        "own": scaled(-float(loss[by].iloc[0]), currency),
    }
    if total <= 0:
        return _(
            "{good} {made}, but {bad} {back}, so that no {measure} is left. {name} alone takes "
            "{own}.",
            **facts,
        )
    return _(
        "{good} {made}; {bad} {back} of it, so that a {measure} of {left} remains. {name} alone "
        "takes {own}.",
        left=scaled(total, currency),
        **facts,
    )


def _no_total(total: float) -> tuple[str, ...]:
    if total > 0:
        return ()
    return (_("The total is not above zero, so there are no shares of it."),)
