"""What each account buys of each group in two periods, and what accounts like it buy there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.grow.items import lines
from kamkit.grow.wallet import COVERED, latest_wallet
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.money import scaled
from kamkit.periods import is_year

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case
    from kamkit.periods import Period

    Floats = NDArray[np.float64]

KINDS = ("repeat", "upsell", "cross_sell")
"""The kinds of opportunity: bought before and not since, buys less than it could, never bought."""

SIZES = ("size_largest", "size_next", "size_small")
"""Accounts by what they buy in the period: the largest tenth, the next four, the smaller half."""

_FEWEST = 5
_DAYS_A_YEAR = 365.25
_LARGEST, _NEXT = 0.1, 0.5


@dataclass(frozen=True)
class Peers:
    """The accounts that one account is compared with: their rows, and what they are called."""

    rows: NDArray[np.intp]
    segment: str = ""


def cells(
    case: Case,
    accounts: pd.DataFrame,
    periods: tuple[Period | None, Period],
    *,
    of: Collection[str] | None = None,
    items: str = "category",
    peers: int = 20,
    then: bool = False,
) -> pd.DataFrame:
    """Return one row per account and group, with what is open there and of which kind it is.

    ``periods`` are the one before (None where the ledger does not reach so far) and the one that
    counts; ``then`` uses no wallet of a later year than that. Columns: ``account_id``,
    ``account_name``, ``item``, ``state``, ``kind``, ``revenue``, ``revenue_before``,
    ``potential``, ``basis``, ``open_amount``, ``peer_gap`` (what is open by the peers alone),
    ``peer_share`` (of the peers, those who buy in the group), ``account_size`` (one of ``SIZES``),
    ``peer_group`` and, from the wallet, ``competitor``. ``grow.whitespace`` tells what they mean.

    Examples
    --------
    >>> from kamkit import open_case
    >>> from kamkit.periods import Period
    >>> case = open_case(pd.DataFrame({"account_id": ["1", "2", "2"], "date": "2025-01-31",
    ...     "amount": [80.0, 60.0, 20.0], "category": ["Tape", "Tape", "Glue"]}))
    >>> known = pd.DataFrame({"account_id": ["1", "2"]})
    >>> table = cells(case, known, (None, Period("2025-01-01", "2025-01-31")))
    >>> table[["account_id", "item", "kind", "open_amount"]].values.tolist()[0]
    ['1', 'Glue', 'cross_sell', 20.0]
    """
    before, now = periods
    bought = spent(case, items, now)
    earlier = spent(case, items, before) if before is not None else bought.head(0)
    groups = sorted(set(bought.columns) | set(earlier.columns))
    bought = bought.reindex(columns=groups).fillna(0.0)
    earlier = earlier.reindex(columns=groups).fillna(0.0)
    known = accounts.drop_duplicates("account_id").set_index("account_id")
    asked = list(known.index if of is None else known.index[known.index.isin(list(of))])
    table = _grid(known, asked, bought, earlier, peers).reset_index(drop=True)
    table = _with_wallet(table, _wallet(case, items, now, then), now)
    return _with_kind(table).sort_values(["account_id", "item"], ignore_index=True)


def spent(case: Case, items: str, period: Period) -> pd.DataFrame:
    """Return what was bought, net and at least zero: one row per account, one column per group.

    Examples
    --------
    >>> from kamkit import open_case
    >>> from kamkit.periods import Period
    >>> sold = pd.DataFrame({"account_id": ["1"], "date": "2025-01-31", "amount": [8.0],
    ...     "category": ["Tape"]})
    >>> spent(open_case(sold), "category", Period("2025-01-01", "2025-01-31")).loc["1", "Tape"]
    np.float64(8.0)
    """
    known = lines(case, items, period=period)
    sums = known.group_by(["account_id", "item"]).aggregate(revenue=known.amount.sum())
    table = case.engine.frame(sums.order_by(["account_id", "item"]))
    table["revenue"] = table["revenue"].clip(lower=0.0)
    wide: pd.DataFrame = table.pivot(index="account_id", columns="item", values="revenue")
    return wide.fillna(0.0)


def _grid(
    known: pd.DataFrame, asked: list[str], bought: pd.DataFrame, earlier: pd.DataFrame, peers: int
) -> pd.DataFrame:
    names = known["account_name"].to_dict() if "account_name" in known else {}
    now = bought.reindex(asked).fillna(0.0).to_numpy()
    was = earlier.reindex(asked).fillna(0.0).to_numpy()
    total = bought.sum(axis=1)
    buyers = bought[total > 0]
    amounts = total[total > 0]
    share = buyers.to_numpy() / amounts.to_numpy()[:, None]
    middle, common = np.zeros_like(now), np.zeros_like(now)
    called = []
    for row, near in enumerate(_peers(known, asked, amounts, peers)):
        called.append(_called(near.segment, amounts.to_numpy()[near.rows]))
        if len(near.rows):
            part = share[near.rows]
            common[row] = (part > 0).mean(axis=0)
            middle[row] = _median_above_zero(part)
    most = np.maximum(now.sum(axis=1), was.sum(axis=1))
    each = np.repeat(np.arange(len(asked)), bought.shape[1])
    words = {
        "account_id": asked,
        "account_name": [str(names.get(one, one)) for one in asked],
        "account_size": _sizes(now.sum(axis=1), amounts),
        "peer_group": called,
    }
    table = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in words.items()})
    return table.iloc[each].assign(
        item=np.tile(np.asarray(bought.columns), len(asked)),
        revenue=now.ravel(),
        revenue_before=was.ravel(),
        potential=(middle * most[:, None]).ravel(),
        peer_share=common.ravel(),
    )


def _median_above_zero(part: Floats) -> Floats:
    """Return the median of the numbers above zero in each column, zero where there is none."""
    ordered = np.sort(np.where(part > 0, part, np.inf), axis=0)
    count = (part > 0).sum(axis=0)
    column = np.arange(part.shape[1])
    low = ordered[np.maximum(count - 1, 0) // 2, column]
    high = ordered[np.minimum(count // 2, len(part) - 1), column]
    return np.where(count > 0, (low + high) / 2, 0.0)


def _peers(
    known: pd.DataFrame, asked: list[str], amounts: pd.Series[float], peers: int
) -> list[Peers]:
    """Return for each account asked for the accounts closest in size, as a ratio."""
    own = {str(account): row for row, account in enumerate(amounts.index)}
    log = np.log(amounts.to_numpy())
    usual = float(np.median(log)) if len(log) else 0.0
    segment = known["segment"] if "segment" in known else pd.Series("", index=known.index)
    segments = segment.reindex(amounts.index).fillna("").to_numpy().astype(object)
    found = []
    for account in asked:
        row = own.get(account, -1)
        there = np.ones(len(log), dtype=bool)
        if row >= 0:
            there[row] = False
        named = segment[account] if isinstance(segment[account], str) else ""
        alike = there & (segments == named) if named else there
        named = named if alike.sum() >= _FEWEST else ""
        rows = np.flatnonzero(alike if named else there)
        size = log[row] if row >= 0 else usual
        away = np.abs(log[rows] - size).round(9)  # as far is as far on every processor
        found.append(Peers(rows[_nearest(away, peers)], named))
    return found


def _nearest(away: Floats, count: int) -> NDArray[np.intp]:
    """Return the places of the smallest numbers, of equals the first."""
    if len(away) > count:
        near = np.flatnonzero(away <= np.partition(away, count - 1)[count - 1])
    else:
        near = np.arange(len(away))
    return near[np.argsort(away[near], kind="stable")][:count]


def _sizes(own: Floats, amounts: pd.Series[float]) -> list[str]:
    if not len(amounts):
        return [SIZES[2]] * len(own)
    large, middle = np.quantile(amounts.to_numpy(), [1 - _LARGEST, 1 - _NEXT])
    sizes: list[str] = np.select([own >= large, own >= middle], SIZES[:2], SIZES[2]).tolist()
    return sizes


def _called(segment: str, total: Floats) -> str:
    facts = {
        "n": number(len(total)),
        "low": scaled(float(total.min()), "") if len(total) else "–",
        "high": scaled(float(total.max()), "") if len(total) else "–",
    }
    if segment:
        return _("{n} accounts of {segment} with {low} to {high}", segment=segment, **facts)
    return _("{n} accounts with {low} to {high}", **facts)


def wallet_scale(now: Period) -> float:
    """Return which part of a year's wallet a period is set against: 1 for a year.

    >>> from kamkit.periods import Period
    >>> wallet_scale(Period("2025-01-01", "2025-12-31"))
    1.0
    """
    return 1.0 if is_year(now) else now.days / _DAYS_A_YEAR


def _wallet(case: Case, items: str, now: Period, then: bool) -> pd.DataFrame | None:
    """Return the wallets to set against a period, None where there are none."""
    if "wallet" not in case.tables or items != "category":
        return None
    wallet = case.table("wallet")
    if then and ("year" not in wallet or not (wallet["year"].astype(float) <= now.end.year).any()):
        return None
    latest = latest_wallet(case, until=now.end.year).rename(columns={"category": "item"})
    # the sum of some accounts of a chain is not the wallet of the chain
    return latest[latest["wallet_cover"] >= COVERED] if "wallet_cover" in latest else latest


def _with_wallet(table: pd.DataFrame, wallet: pd.DataFrame | None, now: Period) -> pd.DataFrame:
    table["state"] = np.where(table["revenue"] > 0, "us", "unknown")
    table["basis"] = "peers"
    table["peer_gap"] = (table["potential"] - table["revenue"]).clip(lower=0.0)
    if wallet is None:
        return table
    told_by = [name for name in ("served_by", "competitor") if name in wallet]
    columns = ["account_id", "item", "spend", *told_by]
    joined = table.merge(wallet[columns], on=["account_id", "item"], how="left")
    has_wallet = joined["spend"].notna()
    joined["spend"] = joined["spend"].astype(float) * wallet_scale(now)
    joined["basis"] = np.where(has_wallet, "wallet", "peers")
    joined["potential"] = joined["spend"].where(has_wallet, joined["potential"])
    if "served_by" in joined:
        rival = joined["served_by"].where(joined["revenue"] <= 0)
        joined["state"] = rival.where(rival.notna() & (rival != "us"), joined["state"])
    return joined.drop(columns=[name for name in ("spend", "served_by") if name in joined])


def _with_kind(table: pd.DataFrame) -> pd.DataFrame:
    gap = (table["potential"] - table["revenue"]).clip(lower=0.0)
    closed = table["state"] == "not relevant"
    buys, bought = table["revenue"] > 0, table["revenue_before"] > 0
    kind = np.select(
        [closed | (gap <= 0), ~buys & bought, buys], ["", "repeat", "upsell"], "cross_sell"
    )
    return table.assign(open_amount=gap.where(~closed, 0.0), kind=kind)
