"""Discount discipline: who gives which discount to whom, against the volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import KamkitError, MissingTable
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent, signed
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import dated
from kamkit.periods import halves, span
from kamkit.value.history import names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case
    from kamkit.periods import Period

_BANDS = 10
_FENCE = 3.0  # interquartile ranges beyond the quartile: the outer fence of Tukey (1977)
_SURE = 0.01
_LEAST_ACCOUNTS = 8
_MOVED = 0.06
"""Points of discount between two periods that are told of, at accounts that are ``_LARGE``."""
_LARGE = 0.001  # of all that is sold in a period, at list price
_NAMED = 3
_MOST = 0.5  # of what a seller gives beyond the usual, at one account
_LEAST_EXCESS = 0.02  # a discount two points above the usual is where a manager would ask


def discounts(case: Case, *, period: Period | None = None) -> Finding:
    """Tell which sellers give more discount than the volume explains.

    The table has one row per seller, the largest excess first: ``seller``, ``accounts``,
    ``list_amount``, ``discount``, ``discount_share`` (of all it sold at list price),
    ``usual_discount`` (what the other sellers give to accounts of the same volume, in all),
    ``typical_excess`` (median over its accounts of what it gives beyond the usual),
    ``excess_amount`` (the list amount times that excess, added up: what it gives in all beyond the
    usual), ``p_value`` and ``outlier``.

    The median does not follow one large account, so a seller is judged by the habit. An outlier
    gives at least two percentage points beyond the usual, to eight accounts or more, with a sign
    test that is sure at 1 % after correction for the number of sellers (Holm 1979).

    Raises ``MissingTable`` without sellers or list prices.

    >>> from kamkit import open_case
    >>> table = discounts(open_case("fjordgross")).table
    >>> table.loc[table["outlier"], "seller"].tolist()
    ['S07']
    """
    accounts = account_discounts(case, period=period)
    groups = accounts.groupby("seller", sort=True)
    table = groups.agg(
        accounts=("account_id", "size"),
        list_amount=("list_amount", "sum"),
        discount=("discount", "sum"),
        typical_excess=("excess_discount", "median"),
        excess_amount=("excess_amount", "sum"),
    ).reset_index()
    table.insert(4, "discount_share", table["discount"] / table["list_amount"])
    usual = (table["discount"] - table["excess_amount"]) / table["list_amount"]
    table.insert(5, "usual_discount", usual)
    signs = [_sign_test(part["excess_discount"].to_numpy()) for _x, part in groups]
    table["p_value"] = _holm(np.asarray(signs, dtype=np.float64))
    table["outlier"] = (
        (table["p_value"] < _SURE)
        & (table["accounts"] >= _LEAST_ACCOUNTS)
        & (table["typical_excess"] >= _LEAST_EXCESS)
    )
    table = table.sort_values(["typical_excess", "seller"], ascending=[False, True])
    text = dated(_text(table, case.currency), period or case.period)
    text = joined(" ", list(filter(None, [text, "" if period else _changed(case)])))
    caveats = (*_at_one_account(table, accounts, case.currency), *_caveats(case))
    return Finding("discounts", table.reset_index(drop=True), text, caveats)


def account_discounts(case: Case, *, period: Period | None = None) -> pd.DataFrame:
    """Return the discount of each account and seller against what its volume usually gets.

    One row per account and seller with a list amount above zero, the largest excess amount first:
    ``account_id``, ``account_name``, ``seller``, ``list_amount``, ``revenue``, ``discount``,
    ``discount_share``, ``usual_discount`` (median of the accounts of *other* sellers in the same
    band of volume, ten bands of equally many), ``excess_discount``, ``excess_amount`` and
    ``outlier`` (beyond Tukey's outer fence of all excesses, upwards). Lines without a list price
    are left out. Raises what ``discounts`` raises.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a", "b"], "amount": [90, 80], "date": "2025-01-31"})
    >>> case = open_case(sales.assign(list_amount=100.0, seller=["Kari", "Ola"]))
    >>> account_discounts(case)[["seller", "discount_share"]].values.tolist()
    [['Ola', 0.2], ['Kari', 0.1]]
    """
    table = _sums(case, period)
    share = table["discount"] / table["list_amount"]
    table["discount_share"] = share
    usual = _usual(table["list_amount"].to_numpy(), share.to_numpy(), table["seller"].to_numpy())
    table["usual_discount"] = usual
    table["excess_discount"] = share - usual
    table["excess_amount"] = table["list_amount"] * table["excess_discount"]
    low, high = table["excess_discount"].quantile([0.25, 0.75])
    table["outlier"] = table["excess_discount"] > high + _FENCE * (high - low)
    table = table.sort_values(
        ["excess_amount", "account_id", "seller"], ascending=[False, True, True], ignore_index=True
    )
    known = names(case)
    if known is not None:
        table.insert(1, "account_name", table["account_id"].map(known).to_numpy())
    return table


def _sums(case: Case, period: Period | None) -> pd.DataFrame:
    for column, wanted in (
        ("seller", _("the column seller")),
        ("list_amount", _("the column list_amount, the amount at list price")),
    ):
        if not case.has(column):
            raise MissingTable(
                _("The discipline of discounts needs sellers and list prices."),
                found=", ".join(sorted(case.columns)),
                wanted=wanted,
                remedy=_("Add the column to the ledger."),
            )
    lines = case.sales
    if period is not None:
        lines = lines.filter((lines.date >= period.start) & (lines.date <= period.end))
    lines = lines.filter(lines.list_amount.notnull())
    table = lines.group_by(
        account_id=lines.account_id, seller=lines.seller.fill_null("–")
    ).aggregate(list_amount=lines.list_amount.sum(), revenue=lines.amount.sum())
    frame = case.engine.frame(table.order_by(["account_id", "seller"]))
    frame = frame[frame["list_amount"] > 0].reset_index(drop=True)
    if frame.empty:
        raise MissingTable(
            _("No account bought anything at a list price."),
            wanted=_("the column list_amount, the amount at list price"),
            remedy=_("Add the column to the ledger."),
        )
    return frame.assign(discount=(frame["list_amount"] - frame["revenue"]).round(4) + 0.0)


def _usual(
    volume: NDArray[np.float64], share: NDArray[np.float64], seller: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Return the median share in the account's band of volume, its own seller left out.

    Where the others have nothing in the band, it is the median of all others; with one seller
    alone, of all accounts.
    """
    ranks = np.argsort(np.argsort(volume, kind="stable"), kind="stable")
    band = ranks * min(_BANDS, max(1, len(volume) // _LEAST_ACCOUNTS)) // len(volume)
    usual = np.full(len(volume), np.median(share))
    for name in sorted(set(seller.tolist())):
        own = seller == name
        if own.all():
            return usual
        usual[own] = np.median(share[~own])
        for level in np.unique(band[own]):
            others = share[~own & (band == level)]
            if len(others):
                usual[own & (band == level)] = np.median(others)
    return usual


def _sign_test(excess: NDArray[np.float64]) -> float:
    """Return how probable so many accounts above the usual are, if either side were as likely."""
    from scipy.special import bdtrc

    above, below = int((excess > 0).sum()), int((excess < 0).sum())
    return float(bdtrc(above - 1, above + below, 0.5)) if above + below else 1.0


def _holm(values: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def _text(table: pd.DataFrame, currency: str) -> str:
    whole = _(
        "Discounts are {amount}, {share} of revenue at list price.",
        amount=scaled(float(table["discount"].sum()), currency),
        share=percent(float(table["discount"].sum() / table["list_amount"].sum())),
    )
    outliers = table[table["outlier"]]
    if outliers.empty:
        none = _("No seller gives more than the volume of the accounts explains.")
        return joined(" ", [whole, none])
    each = [
        _(
            "{seller} ({excess} percentage points, {amount})",
            seller=row["seller"],
            excess=number(row["typical_excess"] * 100, 1),
            amount=scaled(float(row["excess_amount"]), currency),
        )
        for _x, row in outliers.iterrows()
    ]
    more = ngettext(
        "{n} seller gives more discount than colleagues do at the same volume: {names}.",
        "{n} sellers give more discount than colleagues do at the same volume: {names}.",
        len(outliers),
        names=join(each),
    )
    return joined(" ", [whole, more])


def _at_one_account(sellers: pd.DataFrame, accounts: pd.DataFrame, currency: str) -> list[str]:
    """Say where a seller gives what is usual but for one account that weighs as much as all."""
    usual = sellers[~sellers["outlier"] & (sellers["typical_excess"] < _LEAST_EXCESS)]
    usual = usual[usual["excess_amount"] >= _LEAST_EXCESS * usual["list_amount"]]
    result = []
    for row in usual.to_dict("records"):
        first = accounts[accounts["seller"] == row["seller"]].iloc[0]
        if first["excess_amount"] >= _MOST * row["excess_amount"]:
            result.append(
                _(
                    "Of what {seller} gives beyond the usual ({whole}) {own} is at one account, "
                    "{name}; most of the others get what is usual.",
                    seller=row["seller"],
                    whole=scaled(float(row["excess_amount"]), currency),
                    own=scaled(float(first["excess_amount"]), currency),
                    name=first.get("account_name", first["account_id"]),
                )
            )
    return result


def _changed(case: Case) -> str:
    """Name the large accounts whose discount changed most between two equal periods."""
    try:
        periods = halves(case.period)
        sums = [
            _sums(case, period).groupby("account_id").sum(numeric_only=True) for period in periods
        ]
    except KamkitError:  # one day, or nothing sold at a list price in a half
        return ""
    both = sums[0].add_suffix("_before").join(sums[1], how="inner")
    enough = _LARGE * sums[1]["list_amount"].sum()
    both = both[(both[["list_amount_before", "list_amount"]] >= enough).all(axis=1)]
    both["was"] = both["discount_before"] / both["list_amount_before"]
    both["is"] = both["discount"] / both["list_amount"]
    both["moved"] = (both["is"] - both["was"]).abs()
    both = both[both["moved"] >= _MOVED].sort_values("moved", ascending=False).head(_NAMED)
    if both.empty:
        return ""
    known = names(case)
    each = [
        _(
            "{name} ({before} to {after}, volume {change})",
            name=account if known is None else known.get(account, account),
            before=percent(row["was"], 0),
            after=percent(row["is"], 0),
            change=signed(row["list_amount"] / row["list_amount_before"] - 1),
        )
        for account, row in both.iterrows()
    ]
    return _(
        "From {earlier} to {later} the discount changed most at {names}.",
        earlier=span(periods[0]),
        later=span(periods[1]),
        names=join(each),
    )


def _caveats(case: Case) -> tuple[str, ...]:
    lines = case.sales
    missing = int(case.engine.row({"n": lines.list_amount.isnull().sum().fill_null(0)}, lines)["n"])
    if not missing:
        return ()
    return (
        ngettext(
            "{n} line without a list price is left out.",
            "{n} lines without a list price are left out.",
            missing,
        ),
    )
