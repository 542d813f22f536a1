"""How often opportunities came true from one period of the ledger to the next, and how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.grow.cells import KINDS, SIZES, cells, spent
from kamkit.grow.shrunken import beta_interval, pooled
from kamkit.language import gettext as _
from kamkit.language import joined, number, percent
from kamkit.output.finding import Finding
from kamkit.periods import Period, halves, is_year, whole_months
from kamkit.schema import takes, word

if TYPE_CHECKING:
    from kamkit.case import Case

ASSUMED = {"repeat": (0.20, 0.10), "upsell": (0.20, 0.03), "cross_sell": (0.02, 0.01)}
"""Where no earlier period tells: how many opportunities come true in a period, and how much of
their amount. Assumptions, of the size seen in the ledgers that kamkit was tried on."""

BANDS = ("peers_few", "peers_some", "peers_most")
"""Opportunities by the share of the peers who buy in the group: below a quarter, below half, half
and more."""

CLASS = ["kind", "basis", "account_size", "peer_band"]
TRIED_COLUMNS = ["account_id", "item", *CLASS, "open_amount", "gained", "pair"]
_EDGES = (0.25, 0.5)
_HALF = 0.5
_ASSUMED_AS_MANY = 20
_MOST = 2000
_FEWEST = 20
_TAILS = (0.1, 0.9)
_LEVELS = (["kind"], ["kind", "basis"], ["kind", "basis", "account_size"], CLASS)


@dataclass(frozen=True, repr=False)
class Conversion(Finding):
    """The finding of ``conversion``: ``table`` has the rates, ``spread`` how accounts differ.

    ``spread`` has one row per size of account: how far the growth of one account lay below
    (``spread_low``) and above (``spread_high``) what its rates say, as a share of what was open,
    at the ends of an interval of 80 %, and ``spread_deviation``, the standard deviation.
    ``observed`` tells whether an earlier period has been seen at all.
    """

    spread: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    observed: bool = False


@takes(accounts="account_id")
def tried(
    case: Case, accounts: pd.DataFrame, *, items: str = "category", peers: int = 20
) -> pd.DataFrame:
    """Return the opportunities that earlier periods of the ledger had, and what came of them.

    The finder of ``whitespace`` runs on each period but the last, with what was known then (peers,
    purchases; a wallet of that year or an earlier one); the period after it, as long, tells what
    came. Periods without one before them are used only where there is no other: there
    a group bought earlier cannot be told from one never bought.

    Parameters
    ----------
    case : Case
        An open case.
    accounts : DataFrame
        All accounts, as for ``whitespace``; of more than 2,000 the largest thousand and as many
        others, evenly by size, are looked at.
    items : str
        ``category``, ``bestseller`` or ``product``, see ``kinds``.
    peers : int
        How many accounts are comparable.

    Returns
    -------
    DataFrame
        One row per opportunity: ``account_id``, ``item``, ``kind``, ``basis``, ``account_size``,
        ``peer_band``, ``open_amount``, ``gained`` (what the account bought there in the period
        after, less what it bought before) and ``pair`` (0 for the earliest pair of periods).

    Examples
    --------
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["1", "2", "2", "1", "2"], "amount": 80.0,
    ...     "date": ["2024-01-01", "2024-01-01", "2024-06-01", "2025-12-31", "2025-12-31"],
    ...     "category": ["Tape", "Tape", "Glue", "Glue", "Tape"]})
    >>> table = tried(open_case(sales), pd.DataFrame({"account_id": ["1", "2"]}))
    >>> table[["account_id", "item", "kind", "open_amount", "gained"]].values.tolist()
    [['1', 'Glue', 'cross_sell', 40.0, 80.0], ['2', 'Tape', 'upsell', 80.0, 0.0]]
    """
    frames = [pd.DataFrame(columns=TRIED_COLUMNS)]
    for step, (before, now, after) in enumerate(steps(case.period)):
        of = _looked_at(case, accounts, now)
        seen = cells(case, accounts, (before, now), of=of, items=items, peers=peers, then=True)
        seen = seen[seen["kind"] != ""]
        came = spent(case, items, after).stack()
        keys = pd.MultiIndex.from_frame(seen[["account_id", "item"]])
        gained = came.reindex(keys).fillna(0.0).to_numpy() - seen["revenue"]
        seen = seen.assign(gained=gained, pair=step, peer_band=peer_band(seen["peer_share"]))
        frames.append(seen[TRIED_COLUMNS])
    return pd.concat(frames[1:] or frames, ignore_index=True)


def steps(whole: Period) -> list[tuple[Period | None, Period, Period]]:
    """Return the pairs of periods that can be watched, each with the period before it.

    >>> [str(now) for _, now, _ in steps(Period("2022-01-03", "2025-12-31"))]
    ['1 Jan 2023 – 31 Dec 2023', '1 Jan 2024 – 31 Dec 2024']
    """
    spans = list(halves(whole))
    first = (whole_months(whole) or whole).start
    while is_year(spans[1]) and spans[0].before().start >= first:
        spans.insert(0, spans[0].before())
    pairs = list(zip([None, *spans], spans, spans[1:], strict=False))
    return [pair for pair in pairs if pair[0] is not None] or pairs


def peer_band(share: pd.Series[float]) -> list[str]:
    """Return the band of each share of peers.

    >>> peer_band(pd.Series([0.1, 0.25, 0.5]))
    ['peers_few', 'peers_some', 'peers_most']
    """
    position = np.searchsorted(_EDGES, share.to_numpy(dtype=float), side="right")
    return [BANDS[one] for one in position]


@takes(frame="account_id kind basis account_size peer_band open_amount gained pair")
def conversion(frame: pd.DataFrame) -> Conversion:
    """Tell how often opportunities came true from one period to the next, and how much of them.

    An opportunity came true when the account bought at least half of the open amount more in the
    next period. Of its amount as much came as the purchases rose, at most the open amount; upsell
    counts what fell as well, so that ordinary ups and downs cancel out. Rates are by kind, by what
    the potential rests on, by size of the account and by share of the peers who buy, and each is
    drawn towards the one of the broader class as far as its own numbers are few (empirical
    Bayes), the broadest towards ``ASSUMED``, which counts as 20 opportunities.

    Parameters
    ----------
    frame : DataFrame
        The table of ``tried``; without rows the assumption is all there is.

    Returns
    -------
    Conversion
        One row per class: ``kind``, ``basis``, ``account_size``, ``peer_band``, ``opportunities``
        and ``came_true`` (counts), ``conversion`` (the rate) with ``conversion_low`` and
        ``conversion_high`` (80 %), ``amount_share`` (of the open amount) with its interval, and
        ``rate_from`` (``observed`` or ``assumed``).

    Examples
    --------
    >>> none = pd.DataFrame(columns=TRIED_COLUMNS)
    >>> conversion(none).table["rate_from"].unique().tolist()
    ['assumed']
    """
    seen = scored(frame)
    table = _classes()
    for name, prior in (("conversion", 0), ("amount_share", 1)):
        start = {kind: both[prior] for kind, both in ASSUMED.items()}
        weights = "open_amount" if name == "amount_share" else "one"
        value = "share" if name == "amount_share" else "came"
        mean, deviation = pooled(
            seen,
            table,
            _LEVELS,
            value=value,
            weight=weights,
            prior=start,
            strength=_ASSUMED_AS_MANY,
        )
        low, high = beta_interval(mean, deviation, _TAILS)
        table[name] = np.maximum(mean, 0.0)
        table[name.replace("_share", "") + "_low"] = low
        table[name.replace("_share", "") + "_high"] = high
    counts = seen.groupby(CLASS)["came"].agg(["size", "sum"])
    own = counts.reindex(pd.MultiIndex.from_frame(table[CLASS])).fillna(0).astype(int)
    table["opportunities"], table["came_true"] = own["size"].to_numpy(), own["sum"].to_numpy()
    observed = len(seen) > 0
    watched = table["kind"].isin(seen["kind"].unique())
    table["rate_from"] = np.where(watched, "observed", "assumed")
    spread = _spread(seen, table)
    return Conversion(
        "conversion", table, _text(seen), _caveats(seen), spread=spread, observed=observed
    )


def rated(grid: pd.DataFrame, rates: Conversion) -> pd.DataFrame:
    """Return cells with the rate of their class, and what they bring on average at that rate.

    Adds ``peer_band``, ``conversion`` with its interval, ``counted_amount``, ``growth_low``,
    ``growth_middle``, ``growth_high`` (the counted amount times its share that came) and
    ``rate_from``; zero where there is no opportunity. Where no wallet has been seen against a
    later period, the amount that a wallet says counts only as far as comparable accounts buy, at
    the rate of such; where that is nothing, rate and growth are not known (``not_followed``).
    """
    grid = grid.assign(peer_band=peer_band(grid["peer_share"]), _told=grid["basis"])
    followed = (rates.table.loc[rates.table["basis"] == "wallet", "opportunities"] > 0).any()
    if not followed:
        grid["basis"] = "peers"
    names = ["conversion", "conversion_low", "conversion_high", "rate_from"]
    amounts = {"amount_low": "low", "amount_share": "middle", "amount_high": "high"}
    table = grid.merge(rates.table[[*CLASS, *names, *amounts]], on=CLASS, how="left")
    table["basis"] = table["_told"]
    counts = table["open_amount"]
    if not followed:
        peers = table[["open_amount", "peer_gap"]].min(axis=1)
        counts = counts.where(table["basis"] == "peers", peers)
    table["counted_amount"] = counts
    for amount, level in amounts.items():
        table[f"growth_{level}"] = (counts * table[amount]).fillna(0.0)
    none = table["kind"] == ""
    table[names[:3]] = table[names[:3]].mask(none, 0.0)
    table["rate_from"] = table["rate_from"].fillna("")
    unseen = ~none & (table["open_amount"] > 0) & ~(counts > 0)
    columns = [*names[:3], *(f"growth_{level}" for level in amounts.values())]
    table[columns] = table[columns].mask(unseen)
    table.loc[unseen, "rate_from"] = "not_followed"
    return table.drop(columns=[*amounts, "_told"])


def scored(table: pd.DataFrame) -> pd.DataFrame:
    """Return what was tried with the share of its amount that came, and whether it came true.

    Examples
    --------
    >>> tried = pd.DataFrame({"open_amount": [100.0, 100.0], "gained": [80.0, 10.0]})
    >>> scored(tried)[["share", "came"]].values.tolist()
    [[0.8, 1.0], [0.1, 0.0]]
    """
    gap = table["open_amount"].astype(float)
    share = (table["gained"].astype(float) / gap).clip(-1.0, 1.0)
    return table.assign(one=1.0, open_amount=gap, share=share, came=(share >= _HALF).astype(float))


def _classes() -> pd.DataFrame:
    index = pd.MultiIndex.from_product([KINDS, ("wallet", "peers"), SIZES, BANDS], names=CLASS)
    return index.to_frame(index=False)


def account_sums(seen: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return what each account had open, what its rates say of it, and what came.

    Examples
    --------
    >>> one = {"kind": ["upsell"], "basis": "peers", "account_size": "size_small", "peer_band": "x"}
    >>> rates = pd.DataFrame(one).assign(amount_share=0.1)
    >>> seen = pd.DataFrame(one).assign(pair=1, account_id="1", open_amount=200.0, share=0.5)
    >>> account_sums(seen, rates)[["claimed", "came_amount", "can_fall"]].values.tolist()
    [[20.0, 100.0, 200.0]]
    """
    rates = table.set_index(CLASS)["amount_share"]
    share = rates.reindex(pd.MultiIndex.from_frame(seen[CLASS])).to_numpy()
    money = seen["open_amount"]
    claims = seen.assign(
        claimed=money * share,
        came_amount=money * seen["share"],
        can_fall=money.where(seen["kind"] == "upsell", 0.0),
    )
    return claims.groupby(["pair", "account_id", "account_size"], as_index=False)[
        ["open_amount", "claimed", "came_amount", "can_fall"]
    ].sum()


def _spread(seen: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    sums = account_sums(seen, table)
    off = (sums["came_amount"] - sums["claimed"]) / sums["open_amount"]
    rows = []
    for size in SIZES:
        own = off[sums["account_size"] == size]
        own = own if len(own) >= _FEWEST else off
        if own.empty:
            continue
        low, high = np.quantile(own, _TAILS)
        rows.append((size, len(own), float(low), float(high), float(np.sqrt((own**2).mean()))))
    names = ["account_size", "accounts", "spread_low", "spread_high", "spread_deviation"]
    return pd.DataFrame(rows, columns=names)


def _looked_at(case: Case, accounts: pd.DataFrame, now: Period) -> list[str]:
    """Return the accounts whose opportunities are watched: all, or a part that has every size."""
    sales = case.sales.filter((case.sales.date >= now.start) & (case.sales.date <= now.end))
    sums = sales.group_by("account_id").aggregate(total=sales.amount.sum())
    table = case.engine.frame(sums.filter(sums.total > 0))
    table = table[table["account_id"].isin(accounts["account_id"])]
    order: list[str] = table.sort_values(["total", "account_id"], ascending=[False, True])[
        "account_id"
    ].tolist()
    if len(order) <= _MOST:
        return order
    rest = order[_MOST // 2 :]
    return order[: _MOST // 2] + rest[:: max(len(rest) // (_MOST // 2), 1)]


def _text(seen: pd.DataFrame) -> str:
    if seen.empty:
        return _("The ledger is too short to show how often opportunities come true.")
    parts = []
    for kind in KINDS:
        own = seen[seen["kind"] == kind]
        if len(own):
            parts.append(
                _(
                    "{kind} {rate} of {n}",
                    kind=word(kind),
                    rate=percent(float(own["came"].mean()), 1),
                    n=number(len(own)),
                )
            )
    return _("From one period to the next came true: {parts}.", parts=joined("; ", parts))


def _caveats(seen: pd.DataFrame) -> tuple[str, ...]:
    if len(seen):
        caveats = [
            _(
                "Come true: purchases grew by at least half of the open amount in the next "
                "period, in the ordinary course of sales."
            )
        ]
        if not (seen["kind"] == "repeat").any():
            caveats.append(
                _(
                    "No repeat purchase was seen, so that its rate is assumed: where the ledger "
                    "does not reach further back, what was taken up again counts as a first "
                    "sale, whose rate is then too high."
                )
            )
        return tuple(caveats)
    return (
        joined(
            " ",
            [
                _("Assumed, because no earlier period shows it:"),
                joined(
                    "; ",
                    [
                        _(
                            "{kind}: {rate} come true, with {share} of the amount",
                            kind=word(kind),
                            rate=percent(rate, 0),
                            share=percent(share, 0),
                        )
                        for kind, (rate, share) in ASSUMED.items()
                    ],
                ),
            ],
        ),
    )
