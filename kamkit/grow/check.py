"""Whether opportunities come true as often as claimed, tried on what was not used for the claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable
from kamkit.grow._conversion import CLASS, Conversion, account_sums, conversion, scored
from kamkit.grow._growth import TAIL, Miss, limits
from kamkit.grow.cells import KINDS
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import takes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EDGES = (0.01, 0.03, 0.1, 0.2, 0.3)
_TAILS = (0.025, 0.975)
_PROMISED, _OUTSIDE = 0.8, 0.1
_FEWEST = 20
_LUCK = 0.5


@dataclass(frozen=True, repr=False)
class OpportunityCheck(Finding):
    """The finding of ``opportunity_check``, and how many accounts lay between low and high.

    ``missed`` tells by how much those intervals are to be wider, see ``missed``.
    """

    accounts: int = 0
    accounts_inside: int = 0
    missed: Miss = field(default_factory=lambda: Miss(pd.DataFrame(), 0.0, 0), compare=False)


@takes(table="account_id kind basis account_size peer_band open_amount gained pair")
def opportunity_check(table: pd.DataFrame, *, currency: str = "") -> OpportunityCheck:
    """Tell whether as many opportunities came true as the rates claimed, and as much of them.

    The rates are learnt without what they are checked on: from all periods but the last where
    there are several, else from one half of the accounts for the other half, both ways.

    Parameters
    ----------
    table : DataFrame
        The table of ``tried``.
    currency : str
        Code of the currency, for the sentence.

    Returns
    -------
    OpportunityCheck
        One row per kind and bin of the claimed rate, and one per kind and for all (``claim_bin``
        empty): ``kind``, ``claim_bin``, ``opportunities``, ``claimed_rate``, ``true_rate`` with
        ``true_low`` and ``true_high`` (95 %, by accounts: those of one account are alike),
        ``open_amount``, ``claimed_amount`` and ``true_amount``; ``accounts`` checked and
        ``accounts_inside`` their interval of 80 %.

    Raises
    ------
    MissingTable
        Where the ledger is too short, or nothing was open.
    """
    if table.empty:
        raise MissingTable(
            _("The ledger is too short to check how often opportunities come true."),
            wanted=_("two periods with product groups"),
            remedy=_("Use a longer ledger."),
        )
    claims, inside = [], []
    for learnt, held in _folds(table):
        rates = conversion(table[learnt])
        claims.append(_claimed(table[held], rates))
        inside.append(_inside(table[held], rates))
    claims_all = pd.concat(claims, ignore_index=True)
    covered = np.concatenate(inside)
    return OpportunityCheck(
        "opportunity_check",
        _table(claims_all),
        _text(claims_all, covered, currency),
        (_held_out(table),),
        accounts=len(covered),
        accounts_inside=int(covered.sum()),
        missed=missed(table),
    )


def missed(frame: pd.DataFrame) -> Miss:
    """Return by how much the growth that was held out lay beyond its intervals.

    Every period is held out in turn where there are several, else one half of the accounts after
    the other. By account, as a share of what it had open, how far the truth lay beyond low or high
    (below zero: how far inside); the miss of a size is what four fifths of its accounts do not
    exceed, at least zero (conformalised quantile regression, Romano, Patterson and Candès 2019).
    In all, what a period came to beside the claim, as a standard deviation of a share of what was
    open, less what the chance of accounts and the doubt of the rates explain: of periods only half
    of it, as two may be alike by luck. Of few periods it is so much wider as Student's t is.

    Examples
    --------
    >>> of = {"kind": "cross_sell", "basis": "peers", "account_size": "size_small"}
    >>> two = pd.DataFrame({"account_id": range(40), "item": "A", **of, "peer_band": "peers_few",
    ...     "open_amount": 10.0, "gained": 0.0, "pair": [0] * 20 + [1] * 20})
    >>> missed(two).table["miss_share"].tolist(), missed(two).in_all
    ([0.0], 0.0)
    """
    off, common = [], []
    periods = int(frame["pair"].nunique())
    for learnt, held in _in_turn(frame):
        rates = conversion(frame[learnt])
        claims = _claimed(frame[held], rates)
        sums = account_sums(claims, rates.table)
        low, high = limits(sums.assign(counted_amount=sums["open_amount"]), sums["claimed"], rates)
        beyond = np.maximum(low - sums["came_amount"], sums["came_amount"] - high)
        away = (sums["came_amount"] - sums["claimed"]) / sums["open_amount"]
        part = sums[["account_size"]].assign(beyond=beyond / sums["open_amount"], away=away)
        off.append(part)
        common.append(_common(claims, sums, rates, _LUCK if periods > 1 else 1.0))
    every = pd.concat(off, ignore_index=True)
    rows = [
        (str(size), _conformal(own["beyond"]), float(np.sqrt((own["away"] ** 2).mean())))
        for size, own in every.groupby("account_size", sort=True)
        for own in [own if len(own) >= _FEWEST else every]
    ]
    table = pd.DataFrame(rows, columns=["account_size", "miss_share", "miss_deviation"])
    wider = _for_few(periods) * float(np.sqrt(max(sum(common) / len(common), 0.0)))
    return Miss(table, wider, periods)


def _for_few(periods: int) -> float:
    """Return by how much a deviation is wider that so few periods tell: Student's t.

    Each period was held against the mean of the others; to come is one beside the mean of all.

    >>> round(_for_few(2), 2), round(_for_few(10), 2)
    (2.08, 1.07)
    """
    from scipy.special import stdtrit

    if periods < 2:  # the two halves of one period
        return float(stdtrit(2, 1 - _OUTSIDE)) / TAIL
    beside = float(np.sqrt(periods**2 - 1)) / periods
    return float(stdtrit(periods - 1, 1 - _OUTSIDE)) * beside / TAIL


def _in_turn(table: pd.DataFrame) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    steps = table["pair"].to_numpy()
    if steps.min() < steps.max():
        return [(steps != one, steps == one) for one in np.unique(steps)]
    return _folds(table)


def _conformal(beyond: pd.Series[float]) -> float:
    """Return what four fifths do not exceed, one more account counted, at least zero.

    >>> _conformal(pd.Series([-1.0, -1, -1, 0.2]))  # of five, four
    0.2
    """
    index = int(np.ceil((len(beyond) + 1) * _PROMISED)) - 1
    return max(float(beyond.sort_values().iloc[min(index, len(beyond) - 1)]), 0.0)


def _common(claims: pd.DataFrame, sums: pd.DataFrame, rates: Conversion, part: float) -> float:
    """Return the square of what all were off by, less a part of what chance explains."""
    wide = rates.spread.set_index("account_size")["spread_deviation"]
    alone = sums["open_amount"] * sums["account_size"].map(wide).astype(float)
    doubt = claims["open_amount"] * (claims["amount_high"] - claims["amount_low"]) / (2 * TAIL)
    away = float((sums["came_amount"] - sums["claimed"]).sum())
    explained = float((alone**2).sum()) + float(doubt.sum()) ** 2
    return (away**2 - part * explained) / float(sums["open_amount"].sum()) ** 2


def _folds(table: pd.DataFrame) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    step = table["pair"].to_numpy()
    if step.min() < step.max():
        return [(step < step.max(), step == step.max())]
    ids = {one: i for i, one in enumerate(sorted(table["account_id"].unique()))}
    odd = (table["account_id"].map(ids) % 2 == 1).to_numpy()
    return [(odd, ~odd), (~odd, odd)] if odd.any() else [(~odd, ~odd)]


def _claimed(table: pd.DataFrame, rates: Conversion) -> pd.DataFrame:
    amounts = ["amount_low", "amount_share", "amount_high"]
    claims = scored(table).merge(rates.table[[*CLASS, "conversion", *amounts]], on=CLASS)
    position = np.searchsorted(_EDGES, claims["conversion"], side="right")
    return claims.assign(
        bin=position,
        claimed_amount=claims["open_amount"] * claims["amount_share"],
        true_amount=claims["open_amount"] * claims["share"],
    )


def _inside(table: pd.DataFrame, rates: Conversion) -> NDArray[np.bool_]:
    sums = account_sums(scored(table), rates.table)
    sums["counted_amount"] = sums["open_amount"]
    low, high = limits(sums, sums["claimed"], rates)
    came = sums["came_amount"]
    return ((came >= low - 1e-9) & (came <= high + 1e-9)).to_numpy()


def _table(claims: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for kind in KINDS:
        own = claims[claims["kind"] == kind]
        for bin_, part in own.groupby("bin"):
            rows.append(_row(kind, _named(int(str(bin_))), part))
        if len(own):
            rows.append(_row(kind, "", own))
    rows.append(_row("all_kinds", "", claims))
    return pd.DataFrame(rows)


def _named(i: int) -> str:
    edges = [0.0, *_EDGES, 1.0]
    return f"{number(100 * edges[i])}–{percent(edges[i + 1], 0)}"


def _row(kind: str, name: str, part: pd.DataFrame) -> dict[str, object]:
    low, high = _interval(part)
    return {
        "kind": kind,
        "claim_bin": name,
        "opportunities": len(part),
        "claimed_rate": float(part["conversion"].mean()),
        "true_rate": float(part["came"].mean()),
        "true_low": low,
        "true_high": high,
        "open_amount": float(part["open_amount"].sum()),
        "claimed_amount": float(part["claimed_amount"].sum()),
        "true_amount": float(part["true_amount"].sum()),
    }


def _interval(part: pd.DataFrame) -> tuple[float, float]:
    """Return where the rate lies (95 %, Jeffreys), with as many rows as the accounts are worth."""
    from scipy.special import betaincinv

    n, rate = len(part), float(part["came"].mean())
    off = (part["came"] - rate).groupby(part["account_id"]).sum()
    clustered = float((off**2).sum())
    worth = n * min(1.0, n * rate * (1 - rate) / clustered) if clustered > 0 else n
    ends = [betaincinv(rate * worth + 0.5, (1 - rate) * worth + 0.5, tail) for tail in _TAILS]
    return float(ends[0]), float(ends[1])


def _text(claims: pd.DataFrame, covered: NDArray[np.bool_], currency: str) -> str:
    return _(
        "Of {n}, {claimed} were to come true and {came} did; {claimed_amount} were to come in and "
        "{came_amount} did. {inside} of {accounts} grew between low and high (80% promised).",
        n=ngettext("{n} earlier opportunity", "{n} earlier opportunities", len(claims)),
        claimed=percent(float(claims["conversion"].mean()), 1),
        came=percent(float(claims["came"].mean()), 1),
        claimed_amount=scaled(float(claims["claimed_amount"].sum()), currency),
        came_amount=scaled(float(claims["true_amount"].sum()), currency),
        inside=percent(float(covered.mean()), 0),
        accounts=ngettext("{n} account", "{n} accounts", len(covered)),
    )


def _held_out(table: pd.DataFrame) -> str:
    if table["pair"].nunique() > 1:
        return _("The rates were learnt from earlier periods and checked on the last.")
    return _(
        "There is one earlier period only: the rates were learnt from half of the accounts and "
        "checked on the other half, both ways. How they change from year to year is not seen."
    )
