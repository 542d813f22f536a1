"""What a programme of key accounts returns: contribution retained and grown, against its cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.choose.depth import TREATMENTS
from kamkit.choose.effects import (
    EFFECTS,
    GROWTH,
    KINDS,
    Effects,
    Terms,
    at_likely,
    gain_shares,
    gains,
    growth_shares,
    refuse_unknown,
    what_is_kept,
)
from kamkit.choose.programme_words import in_words, what_is_assumed
from kamkit.errors import KamkitError
from kamkit.language import gettext as _
from kamkit.output.finding import Finding
from kamkit.schema import check
from kamkit.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TAILS = (0.10, 0.90)
_CENT = 0.01
_MOST_GROWTH = 10.0
_PARTS = ("retained", "grown", "programme_cost", "net_present_value")


@dataclass(frozen=True, repr=False)
class Programme(Finding):
    """The finding of ``programme`` and its sums.

    ``table`` has one row per key account; ``treatments`` one per treatment and ``total`` the sum:
    both with ``accounts``, ``retained``, ``grown``, ``programme_cost``, ``net_present_value`` with
    its interval, ``return_on_cost``, ``payback_months``, ``break_even_retention`` and
    ``break_even_growth``. ``years`` is how far ahead it looks.
    """

    treatments: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    total: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    years: int = 0

    @property
    def summary(self) -> pd.DataFrame:
        """One row per treatment, and the total below them."""
        return pd.concat([self.treatments, self.total], ignore_index=True)


def programme(
    accounts: pd.DataFrame,
    treated: pd.DataFrame,
    terms: Terms,
    *,
    effects: Effects = EFFECTS,
    draws: int = Settings.draws,
    seed: int = 1,
    currency: str = "",
    comes: float | None = None,
) -> Programme:
    """Tell what a programme returns: for each account, each treatment and in all.

    ``accounts`` has one row per account with ``treatment`` and ``yearly_contribution`` c (customer
    profit, else contribution, a year); ``treated`` is the table of ``treatments`` with
    ``yearly_cost`` k. Without the programme an account is expected to bring c x q^t in year t,
    where q is the share kept; with it c x (q + r)^t x (1 + g)^t, where r and g are the assumed
    effects of its treatment on retention and growth and q + r is at most 1. Of the difference,
    ``retained`` is c x ((q + r)^t - q^t), ``grown`` c x (q + r)^t x ((1 + g)^t - 1). Where it is
    known how much accounts grow at past rates, G (``with_growth``), an uplift u adds
    u x G x (q + r)^(t - 1): grown by u x G more in the first year, and kept as the rest is. G
    itself comes without a programme and is not counted; ``comes`` is its sum in revenue a year,
    for the sentence. ``programme_cost`` is k in every year. All are discounted and added over the
    years; ``net_present_value`` is retained plus grown less cost, so that accounts add up to
    treatments and treatments to the total.

    The interval (80 %) comes from effects drawn between low and high (triangular, the same for all
    accounts of a treatment, one level of luck for all effects): it tells what the assumptions
    leave open, not how sure they are.
    ``payback_months`` is when the gains have covered the cost (a year's cost counts from its first
    day), missing where they do not;
    ``break_even_retention`` is the effect on retention at which the treatment just pays with no
    extra growth; ``break_even_growth`` the extra growth a year at which it does with nothing more
    kept. An account below zero makes retention cost money; a contribution that is not known counts
    as zero, and is told.

    Raises ``MissingTable`` where no contribution, or the services or cost of a treatment that is
    given, is known.

    >>> from kamkit.choose.effects import Terms
    >>> one = pd.DataFrame({"account_id": ["a"], "treatment": "shared", "yearly_contribution": 1e3})
    >>> treated = pd.DataFrame({"treatment": ["shared"], "hours": [1.0], "yearly_cost": [10.0]})
    >>> terms, likely = Terms(0.9, 1, 0.0), dict.fromkeys(EFFECTS, (0.05,) * 3)
    >>> programme(one, treated, terms, effects=likely).total["net_present_value"].round(6).tolist()
    [87.5]
    """
    check(accounts, ("account_id", "treatment"), what=_("accounts"), each="account_id")
    key = accounts[accounts["treatment"] != "ordinary"].reset_index(drop=True)
    cost = _cost(accounts, key, treated)
    table = _account_rows(key, cost, terms, effects)
    drawn = _drawn(key, cost, terms, effects, draws, seed)
    table = _with_interval(table, drawn)
    sums = [
        _sum(table, drawn, key, cost, terms, effects, name)
        for name in TREATMENTS[:2]
        if (key["treatment"] == name).any()
    ]
    total = _sum(table, drawn, key, cost, terms, effects, "")
    parts = pd.concat(sums, ignore_index=True) if sums else total.head(0)
    _reconcile(table, parts, total)
    return Programme(
        "programme",
        table,
        in_words(table, parts, total, terms, currency, what_is_kept(key), comes),
        what_is_assumed(effects, key, terms),
        treatments=parts,
        total=total,
        years=terms.years,
    )


def yearly_flows(table: pd.DataFrame, terms: Terms, effects: Effects = EFFECTS) -> pd.DataFrame:
    """Return the programme year by year: one row per year.

    ``table`` is the table of ``programme``. Columns: ``year``, ``retained``, ``grown``,
    ``programme_cost``, ``net`` and ``cumulative``, all discounted.
    """
    check(table, ("treatment", "yearly_contribution", "yearly_cost"), what=_("the programme"))
    retained = grown = 0.0 * terms.discount
    for name in TREATMENTS[:2]:
        own = table[table["treatment"] == name]
        kept, more = gains(own, terms, *at_likely(effects, name))
        retained, grown = retained + kept.sum(axis=0), grown + more.sum(axis=0)
    cost = float(table["yearly_cost"].sum()) * terms.discount
    net = retained + grown - cost
    return pd.DataFrame(
        {
            "year": terms.ahead.astype(int),
            "retained": retained,
            "grown": grown,
            "programme_cost": cost,
            "net": net,
            "cumulative": net.cumsum(),
        }
    )


def _cost(accounts: pd.DataFrame, key: pd.DataFrame, treated: pd.DataFrame) -> pd.Series[float]:
    refuse_unknown(accounts, treated, key["treatment"].unique().tolist())
    cost = treated.set_index("treatment")["yearly_cost"]
    row: pd.Series[float] = key["treatment"].map(cost).astype(float)
    return row


def _account_rows(
    key: pd.DataFrame, cost: pd.Series[float], terms: Terms, effects: Effects
) -> pd.DataFrame:
    first = ("account_id", "account_name", "treatment", "yearly_contribution")
    table = key[[n for n in (*first, GROWTH) if n in key]].copy()
    table["yearly_cost"] = cost
    retained, grown = pd.Series(0.0, index=key.index), pd.Series(0.0, index=key.index)
    months = pd.Series(np.nan, index=key.index)
    for name in TREATMENTS[:2]:
        own = key.index[key["treatment"] == name]
        kept, more = gains(key.loc[own], terms, *at_likely(effects, name))
        retained[own], grown[own] = kept.sum(axis=1), more.sum(axis=1)
        for account, gain in zip(own, kept + more, strict=True):
            months[account] = _payback(gain, cost[account] * terms.discount)
    table["retained"], table["grown"] = retained, grown
    table["programme_cost"] = cost * terms.discount.sum()
    table["net_present_value"] = table["retained"] + table["grown"] - table["programme_cost"]
    table["payback_months"] = months
    for effect in ("retention", "growth"):
        table[f"break_even_{effect}"] = [
            _break_even(key.loc[[one]], cost.loc[[one]], terms, effect) for one in key.index
        ]
    return table


def _payback(gain: Floats, cost: Floats) -> float:
    """Return the month from which the gains have covered the cost, missing if they do not.

    The cost of a year counts from its first day, its gains come evenly through the year.

    >>> _payback(np.array([20.0, 30.0]), np.array([21.0, 21.0]))
    20.8
    """
    after = (gain - cost).cumsum()
    if after[-1] < 0:
        return float("nan")
    below = np.flatnonzero(after < 0)
    year = int(below[-1]) + 1 if len(below) else 0
    open_before = cost[year] - (after[year - 1] if year else 0.0)
    return 12 * (year + float(max(open_before, 0.0) / gain[year])) if gain[year] > 0 else 0.0


def _drawn(
    key: pd.DataFrame, cost: pd.Series[float], terms: Terms, effects: Effects, draws: int, seed: int
) -> Floats:
    """Return the net present value of each draw (rows) and account (columns)."""
    # one draw from each of as many equal parts: the ends of the interval hardly move with the seed
    within = np.random.Generator(np.random.PCG64(seed)).random(draws)
    luck = (np.arange(draws) + within) / draws
    value, anyway = (
        key[name].astype(float).fillna(0.0).to_numpy() if name in key else np.zeros(len(key))
        for name in ("yearly_contribution", GROWTH)
    )
    kind = key["treatment"].to_numpy()
    out = np.zeros((draws, len(key)))
    for name in TREATMENTS[:2]:
        own = np.flatnonzero(kind == name)
        drawn = [_triangular(luck, effects.get((name, effect), (0.0,) * 3)) for effect in KINDS]
        gain, left = np.zeros(draws), np.zeros(draws)
        for i, (retention, growth, uplift) in enumerate(zip(*drawn, strict=True)):
            kept, more = gain_shares(terms, float(retention), float(growth))
            gain[i] = (kept + more).sum()
            left[i] = uplift * growth_shares(terms, float(retention)).sum()
        spent = cost.to_numpy()[own] * terms.discount.sum()
        out[:, own] = gain[:, None] * value[own] + left[:, None] * anyway[own] - spent
    return out


def _triangular(luck: Floats, effect: tuple[float, float, float]) -> Floats:
    """Return the values of a triangular distribution at the given shares of luck."""
    low, likely, high = effect
    if high <= low:
        return np.full(len(luck), likely)
    turn = (likely - low) / (high - low)
    rising = low + np.sqrt(luck * (high - low) * (likely - low))
    falling = high - np.sqrt((1 - luck) * (high - low) * (high - likely))
    return np.where(luck < turn, rising, falling)


def _with_interval(table: pd.DataFrame, drawn: Floats) -> pd.DataFrame:
    if not len(table):
        return table.assign(value_low=0.0, value_high=0.0, return_on_cost=0.0)
    low, high = np.quantile(drawn, _TAILS, axis=0)
    return table.assign(
        value_low=low,
        value_high=high,
        return_on_cost=table["net_present_value"]
        / table["programme_cost"].where(table["programme_cost"] > 0),
    )


def _sum(
    table: pd.DataFrame,
    drawn: Floats,
    key: pd.DataFrame,
    cost: pd.Series[float],
    terms: Terms,
    effects: Effects,
    name: str,
) -> pd.DataFrame:
    own = (key["treatment"] == name) if name else pd.Series(True, index=key.index)
    sums = table.loc[own, list(_PARTS)].sum()
    total = drawn[:, own.to_numpy()].sum(axis=1)
    low, high = np.quantile(total, _TAILS)
    row = {
        "treatment": name or "all_treatments",
        "accounts": int(own.sum()),
        **{part: float(sums[part]) for part in _PARTS},
        "value_low": float(low),
        "value_high": float(high),
        "return_on_cost": float(sums["net_present_value"] / sums["programme_cost"])
        if sums["programme_cost"]
        else 0.0,
        "payback_months": _payback(*_flow(key[own], cost[own], terms, effects)),
        "break_even_retention": _break_even(key[own], cost[own], terms, "retention"),
        "break_even_growth": _break_even(key[own], cost[own], terms, "growth"),
    }
    return pd.DataFrame([row])


def _flow(
    key: pd.DataFrame, cost: pd.Series[float], terms: Terms, effects: Effects
) -> tuple[Floats, Floats]:
    """Return what some accounts gain and what they cost in each year, discounted."""
    gain = 0.0 * terms.discount
    for name in TREATMENTS[:2]:
        own = key[key["treatment"] == name]
        kept, more = gains(own, terms, *at_likely(effects, name))
        gain = gain + (kept + more).sum(axis=0)
    return np.asarray(gain), np.asarray(float(cost.sum()) * terms.discount)


def _break_even(key: pd.DataFrame, cost: pd.Series[float], terms: Terms, effect: str) -> float:
    """Return the effect at which the value is zero by that effect alone; missing where none is."""
    from scipy.optimize import brentq

    spent = float((cost.sum() * terms.discount).sum())
    yearly = float(key["yearly_contribution"].astype(float).sum())

    def value(gain: float) -> float:
        given = (gain, 0.0) if effect == "retention" else (0.0, gain)
        return yearly * float(sum(part.sum() for part in gain_shares(terms, *given))) - spent

    low, high = (0.0, 1 - terms.kept) if effect == "retention" else (0.0, _MOST_GROWTH)
    if value(low) * value(high) > 0 or value(low) == value(high):
        return float("nan")
    return float(brentq(value, low, high, xtol=1e-9))


def _reconcile(table: pd.DataFrame, parts: pd.DataFrame, total: pd.DataFrame) -> None:
    for name in _PARTS:
        whole = float(total[name].iloc[0])
        for sums in (float(table[name].sum()), float(parts[name].sum())):
            if abs(sums - whole) > _CENT:
                raise KamkitError(
                    _("The parts of the programme do not add up."),
                    found=f"{name}: {sums:.2f}, {whole:.2f}",
                    remedy=_("Report this: it is an error of kamkit."),
                )
