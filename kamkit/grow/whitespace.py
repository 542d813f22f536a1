"""Where an account could buy from us and does not: the grid of accounts and product groups."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.grow.items import about, lines, refuse_less_than_one
from kamkit.grow.wallet import latest_wallet
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import halves
from kamkit.schema import name_of, word

if TYPE_CHECKING:
    from kamkit.case import Case

STATES = ("us", "competitor", "in-house", "not relevant", "unknown")
_PEERS = 20
_FEWEST = 5
_SHARE_WON = 0.5


def whitespace(
    case: Case,
    accounts: pd.DataFrame,
    *,
    of: Collection[str] | None = None,
    items: str = "category",
    peers: int = _PEERS,
) -> Finding:
    """Tell what each account buys from us in each product group, and what it could buy.

    Parameters
    ----------
    case : Case
        An open case.
    accounts : DataFrame
        All accounts, one row each: peers are found among them. ``account_name`` and ``segment``
        are used where they are there.
    of : collection of str, optional
        Numbers of the accounts to look at; all without.
    items : str
        ``category``, ``product`` or ``word``, see ``kinds``.
    peers : int
        How many accounts are comparable: those of the same segment (of all, where fewer than five
        others bought) whose revenue is closest as a ratio, of equals the lower number.

    Returns
    -------
    Finding
        One row per account and group, the largest expected value first: ``account_id``,
        ``account_name``, ``item``, ``state`` (``us`` wherever it bought, else from the table
        wallet: ``competitor``, ``in-house``, ``not relevant``, ``unknown``), ``kind`` of the
        opportunity (``repeat``: bought before, not since; ``upsell``: buys less than the
        potential; ``cross_sell``: bought in neither period; empty where there is none),
        ``revenue`` (net, in the later of two equal periods), ``revenue_before`` (in the earlier),
        ``potential`` (all it is thought to spend in the group in such a period) with ``basis``,
        ``open_amount`` (potential less revenue, at least zero), ``probability`` (the share of the
        peers who buy in the group; half where it buys already, a convention),
        ``expected_value`` and ``peer_group`` in words. The potential is that of the table wallet
        where it says so (``wallet``), else an estimate (``peers``): the share of its purchases
        that the middle one of the peers who buy in the group has there, times what the account
        buys in all.

    Raises
    ------
    MissingTable
        Where the ledger does not tell what was bought.
    ParameterError
        For a table of accounts without ``account_id``, other items, or fewer than one peer.

    Examples
    --------
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["1", "2", "2"], "amount": [80.0, 60.0, 20.0],
    ...     "date": ["2024-01-01", "2025-12-31", "2025-12-31"],
    ...     "category": ["Welding", "Welding", "Abrasives"]})
    >>> grid = whitespace(open_case(sales), pd.DataFrame({"account_id": ["1", "2"]})).table
    >>> grid[["account_id", "item", "kind", "open_amount"]].head(2).to_numpy().tolist()
    [['1', 'Welding', 'repeat', 60.0], ['1', 'Abrasives', 'cross_sell', 20.0]]
    """
    refuse_less_than_one("peers", peers)
    earlier, later = halves(case.period)
    now = _spent(case, items, later)
    before = _spent(case, items, earlier)
    groups = sorted(set(now["item"]) | set(before["item"]))
    wide = now.pivot_table(index="account_id", columns="item", values="revenue", aggfunc="sum")
    wide = wide.reindex(columns=groups).fillna(0.0)
    old = before.pivot_table(index="account_id", columns="item", values="revenue", aggfunc="sum")
    old = old.reindex(columns=groups).fillna(0.0)
    kin = _peers(accounts, wide, peers, None if of is None else set(of))
    table = _grid(accounts, wide, old, groups, kin)
    table = _with_wallet(table, case, items)
    table = _with_opportunity(table)
    ordered = table.round({"expected_value": 6}).sort_values(
        ["expected_value", "account_id", "item"], ascending=[False, True, True]
    )
    table = table.loc[ordered.index].reset_index(drop=True)
    return Finding("whitespace", table, _text(table, case.currency), _caveats(table, items))


def opportunities(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``whitespace`` with something to win, the largest expected value first.

    Parameters
    ----------
    table : DataFrame
        The table of ``whitespace``.

    Returns
    -------
    DataFrame
        Its rows with a kind and an expected value above zero, in their order, and ``next_step``:
        the farming plan (a code), by kind and by who serves the group today.

    Raises
    ------
    ParameterError
        For a table without the columns.

    Examples
    --------
    >>> cell = pd.DataFrame({"kind": ["upsell"], "state": ["us"], "expected_value": [5.0]})
    >>> opportunities(cell)["next_step"].tolist()
    ['step_upsell']
    """
    best = table[(table["kind"] != "") & (table["expected_value"] > 0)].reset_index(drop=True)
    step = np.select(
        [
            best["kind"] == "repeat",
            best["kind"] == "upsell",
            best["state"] == "competitor",
            best["state"] == "in-house",
        ],
        ["step_repeat", "step_upsell", "step_competitor", "step_in_house"],
        "step_unknown",
    )
    return best.assign(next_step=step)


def _spent(case: Case, items: str, period: Any) -> pd.DataFrame:
    known = lines(case, items, period=period)
    sums = known.group_by(["account_id", "item"]).aggregate(revenue=known.amount.sum())
    table = case.engine.frame(sums.order_by(["account_id", "item"]))
    table["revenue"] = table["revenue"].astype("float64").clip(lower=0.0)
    return table


def _peers(
    accounts: pd.DataFrame, wide: pd.DataFrame, peers: int, looked_at: set[str] | None
) -> dict[str, tuple[list[str], str]]:
    """Return for each account its peers and what they are called."""
    total = wide.sum(axis=1)
    total = total[total > 0]
    known = accounts.drop_duplicates("account_id").set_index("account_id")
    segment = known["segment"] if "segment" in known else pd.Series("", index=known.index)
    everybody = pd.DataFrame({"total": np.log(total)})
    everybody["segment"] = segment.reindex(everybody.index).fillna("")
    own_total = everybody["total"].to_dict()
    usual = float(everybody["total"].median())
    found = {}
    for account in [one for one in known.index if looked_at is None or one in looked_at]:
        own = float(own_total.get(account, usual))
        others = everybody.drop(index=account, errors="ignore")
        alike = others[others["segment"] == segment[account]] if segment[account] else others
        named = str(segment[account]) if len(alike) >= _FEWEST and segment[account] else ""
        pool = alike if named else others
        away = (pool["total"] - own).abs().round(9)  # as far is as far on every processor
        near = away.sort_values(kind="stable").index[:peers]
        found[str(account)] = (list(near), _called(named, total[near]))
    return found


def _called(segment: str, total: pd.Series[float]) -> str:
    facts = {
        "n": number(len(total)),
        "low": scaled(float(total.min()), "") if len(total) else "–",
        "high": scaled(float(total.max()), "") if len(total) else "–",
    }
    if segment:
        return _("{n} accounts of {segment} with {low} to {high}", segment=segment, **facts)
    return _("{n} accounts with {low} to {high}", **facts)


def _grid(
    accounts: pd.DataFrame,
    wide: pd.DataFrame,
    old: pd.DataFrame,
    groups: list[str],
    kin: dict[str, tuple[list[str], str]],
) -> pd.DataFrame:
    known = accounts.drop_duplicates("account_id").set_index("account_id")
    names = known["account_name"].to_dict() if "account_name" in known else {}
    share = wide.div(wide.sum(axis=1).where(lambda total: total > 0), axis=0)
    none = pd.Series(0.0, index=groups)
    frames = []
    for account, (peers, called) in kin.items():
        bought = wide.loc[account] if account in wide.index else none
        was = old.loc[account] if account in old.index else none
        part = share.loc[peers] if peers else share.head(0)
        buyers = part > 0
        middle = part.where(buyers).median().fillna(0.0)
        frame = pd.DataFrame(
            {
                "account_id": account,
                "account_name": names.get(account, account),
                "item": groups,
                "revenue": bought.to_numpy(),
                "revenue_before": was.to_numpy(),
                "potential": middle.to_numpy() * max(bought.to_numpy().sum(), was.to_numpy().sum()),
                "probability": buyers.mean().fillna(0.0).to_numpy() if len(part) else 0.0,
                "peer_group": called,
            }
        )
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _with_wallet(table: pd.DataFrame, case: Case, items: str) -> pd.DataFrame:
    table["state"] = np.where(table["revenue"] > 0, "us", "unknown")
    table["basis"] = "peers"
    if "wallet" not in case.tables or items != "category":
        return table
    known = latest_wallet(case).rename(columns={"category": "item"})
    told_by = [name for name in ("served_by", "competitor") if name in known]
    columns = ["account_id", "item", "spend", *told_by]
    joined = table.merge(known[columns], on=["account_id", "item"], how="left")
    told = joined["spend"].notna()
    joined["spend"] = joined["spend"].astype(float)
    joined["basis"] = np.where(told, "wallet", "peers")
    joined["potential"] = joined["spend"].where(told, joined["potential"])
    if "served_by" in joined:
        said = joined["served_by"].where(joined["revenue"] <= 0)
        joined["state"] = said.where(said.notna() & (said != "us"), joined["state"])
    return joined.drop(columns=[name for name in ("spend", "served_by") if name in joined])


def _with_opportunity(table: pd.DataFrame) -> pd.DataFrame:
    gap = (table["potential"] - table["revenue"]).clip(lower=0.0)
    closed = table["state"] == "not relevant"
    buys, bought = table["revenue"] > 0, table["revenue_before"] > 0
    kind = np.select(
        [closed | (gap <= 0), ~buys & bought, buys], ["", "repeat", "upsell"], "cross_sell"
    )
    table["open_amount"] = gap.where(~closed, 0.0)
    table["kind"] = kind
    chance = table["probability"].where(~buys, _SHARE_WON)
    table["probability"] = chance.where(table["kind"] != "", 0.0)
    table["expected_value"] = table["open_amount"] * table["probability"]
    first = [
        "account_id",
        "account_name",
        "item",
        "state",
        "kind",
        "revenue",
        "revenue_before",
        "potential",
        "basis",
        "open_amount",
        "probability",
        "expected_value",
        "peer_group",
    ]
    return table[[*first, *[name for name in table if name not in first]]]


def _text(table: pd.DataFrame, currency: str) -> str:
    best = opportunities(table)
    if best.empty:
        return _("No account is thought to buy more than it does.")
    first = best.iloc[0]
    sums = best.groupby("kind")["expected_value"].sum()
    parts = joined(
        "; ",
        [
            _("{kind} {money}", kind=word(str(kind)), money=scaled(float(sums[kind]), currency))
            for kind in ("repeat", "upsell", "cross_sell")
            if kind in sums
        ],
    )
    return _(
        "{n} to win are worth {money} by expectation ({parts}). The largest: {item} at {name}, "
        "{value}.",
        n=ngettext("{n} opportunity", "{n} opportunities", len(best)),
        money=scaled(float(best["expected_value"].sum()), currency),
        parts=parts,
        item=first["item"],
        name=name_of(first),
        value=scaled(float(first["expected_value"]), currency),
    )


def _caveats(table: pd.DataFrame, items: str) -> tuple[str, ...]:
    found = []
    guessed = float((table["basis"] == "peers").mean())
    if guessed > 0:
        found.append(
            _(
                "{share} of the potentials are estimates from comparable accounts, not known.",
                share=percent(guessed, 0),
            )
        )
    unknown = int((table["state"] == "unknown").sum())
    if unknown:
        found.append(
            ngettext(
                "Of {n} cell nobody has said who serves it.",
                "Of {n} cells nobody has said who serves them.",
                unknown,
            )
        )
    if about(items):
        found.append(about(items))
    return tuple(found)
