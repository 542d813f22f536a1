"""What a programme of key accounts returns: contribution retained and grown, against its cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.choose.depth import TREATMENTS
from kamkit.choose.effects import EFFECTS, Effects, Terms, gain_shares, refuse_unknown
from kamkit.errors import KamkitError
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import check, name_of, word
from kamkit.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TAILS = (0.10, 0.90)
_CENT = 0.01
_PARTS = ("retained", "grown", "programme_cost", "net_present_value")


@dataclass(frozen=True, repr=False)
class Programme(Finding):
    """The finding of ``programme`` and its sums.

    ``table`` has one row per key account; ``treatments`` one per treatment and ``total`` the sum:
    both with ``accounts``, ``retained``, ``grown``, ``programme_cost``, ``net_present_value`` with
    its interval, ``return_on_cost``, ``payback_months``, ``chance_it_pays`` and
    ``break_even_retention``. ``years`` is how far ahead it looks.
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
) -> Programme:
    """Tell what a programme returns: for each account, each treatment and in all.

    ``accounts`` has one row per account with ``treatment`` and ``yearly_contribution`` c (customer
    profit, else contribution, a year); ``treated`` is the table of ``treatments`` with
    ``yearly_cost`` k. Without the programme an account is expected to bring c x q^t in year t,
    where q is the share kept; with it c x (q + r)^t x (1 + g)^t, where r and g are the assumed
    effects of its treatment on retention and growth and q + r is at most 1. Of the difference,
    ``retained`` is c x ((q + r)^t - q^t), ``grown`` c x (q + r)^t x ((1 + g)^t - 1);
    ``programme_cost`` is k in every year. All are discounted and added over the years;
    ``net_present_value`` is retained plus grown less cost, so that accounts add up to treatments
    and treatments to the total.

    The interval (80 %) and ``chance_it_pays`` come from effects drawn between low and high
    (triangular, the same for all accounts of a treatment, one level of luck for both effects).
    ``payback_months`` is when the gains have covered the cost (a year's cost counts from its first
    day), missing where they do not;
    ``break_even_retention`` the effect on retention at which the treatment just pays, growth as
    likely. An account below zero makes retention cost money; a contribution that is not known
    counts as zero, and is told.

    Raises ``MissingTable`` where no contribution, or the services or cost of a treatment that is
    given, is known.
    """
    check(accounts, ("account_id", "treatment"), what=_("accounts"), each="account_id")
    key = accounts[accounts["treatment"] != "ordinary"].reset_index(drop=True)
    cost = _cost(accounts, key, treated)
    likely = {name: (low_likely_high[1],) * 3 for name, low_likely_high in effects.items()}
    table = _account_rows(key, cost, terms, {n: v[1] for n, v in likely.items()})
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
        _text(table, parts, total, terms, currency),
        _caveats(effects, terms, key),
        treatments=parts,
        total=total,
        years=terms.years,
    )


def yearly_flows(found: pd.DataFrame, terms: Terms, effects: Effects = EFFECTS) -> pd.DataFrame:
    """Return the programme year by year: one row per year.

    ``found`` is the table of ``programme``. Columns: ``year``, ``retained``, ``grown``,
    ``programme_cost``, ``net`` and ``cumulative``, all discounted.
    """
    check(found, ("treatment", "yearly_contribution", "yearly_cost"), what=_("the programme"))
    rows = []
    running = 0.0
    for place, year in enumerate(terms.ahead):
        retained = grown = 0.0
        for name in TREATMENTS[:2]:
            own = found.loc[found["treatment"] == name, "yearly_contribution"].sum()
            kept, more = gain_shares(
                terms, effects[name, "retention"][1], effects[name, "growth"][1]
            )
            retained += own * kept[place]
            grown += own * more[place]
        cost = float(found["yearly_cost"].sum()) * float(terms.discount[place])
        running += retained + grown - cost
        rows.append((int(year), retained, grown, cost, retained + grown - cost, running))
    return pd.DataFrame(
        rows, columns=["year", "retained", "grown", "programme_cost", "net", "cumulative"]
    )


def _cost(accounts: pd.DataFrame, key: pd.DataFrame, treated: pd.DataFrame) -> pd.Series[float]:
    refuse_unknown(accounts, treated, key["treatment"].unique().tolist())
    cost = treated.set_index("treatment")["yearly_cost"]
    found: pd.Series[float] = key["treatment"].map(cost).astype(float)
    return found


def _account_rows(
    key: pd.DataFrame, cost: pd.Series[float], terms: Terms, likely: Mapping[tuple[str, str], float]
) -> pd.DataFrame:
    names = [
        n for n in ("account_id", "account_name", "treatment", "yearly_contribution") if n in key
    ]
    table = key[names].copy()
    table["yearly_cost"] = cost
    value = key["yearly_contribution"].astype(float).fillna(0.0)
    retained, grown = pd.Series(0.0, index=key.index), pd.Series(0.0, index=key.index)
    months = pd.Series(np.nan, index=key.index)
    for name in TREATMENTS[:2]:
        own = key["treatment"] == name
        kept, more = gain_shares(terms, likely[name, "retention"], likely[name, "growth"])
        retained = retained.mask(own, value * kept.sum())
        grown = grown.mask(own, value * more.sum())
        for place in key.index[own]:
            gain = value[place] * (kept + more)
            months[place] = _payback(gain, cost[place] * terms.discount)
    table["retained"], table["grown"] = retained, grown
    table["programme_cost"] = cost * terms.discount.sum()
    table["net_present_value"] = table["retained"] + table["grown"] - table["programme_cost"]
    table["payback_months"] = months
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
    value = key["yearly_contribution"].astype(float).fillna(0.0).to_numpy()
    kind = key["treatment"].to_numpy()
    out = np.zeros((draws, len(key)))
    for name in TREATMENTS[:2]:
        own = np.flatnonzero(kind == name)
        retention = _triangular(luck, effects[name, "retention"])
        growth = _triangular(luck, effects[name, "growth"])
        gain = np.array(
            [
                sum(part.sum() for part in gain_shares(terms, float(r), float(g)))
                for r, g in zip(retention, growth, strict=True)
            ]
        )
        spent = cost.to_numpy()[own] * terms.discount.sum()
        out[:, own] = gain[:, None] * value[own] - spent
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
        return table.assign(value_low=0.0, value_high=0.0, chance_it_pays=0.0, return_on_cost=0.0)
    low, high = np.quantile(drawn, _TAILS, axis=0)
    return table.assign(
        value_low=low,
        value_high=high,
        chance_it_pays=(drawn > 0).mean(axis=0),
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
        "chance_it_pays": float((total > 0).mean()),
        "break_even_retention": _break_even(key[own], cost[own], terms, effects),
    }
    return pd.DataFrame([row])


def _flow(
    key: pd.DataFrame,
    cost: pd.Series[float],
    terms: Terms,
    effects: Effects,
    retention: float | None = None,
) -> tuple[Floats, Floats]:
    """Return what some accounts gain and what they cost in each year, discounted."""
    gain = 0.0 * terms.discount
    for name in TREATMENTS[:2]:
        own = float(key.loc[key["treatment"] == name, "yearly_contribution"].sum())
        likely = effects[name, "retention"][1] if retention is None else retention
        kept, more = gain_shares(terms, likely, effects[name, "growth"][1])
        gain = gain + own * (kept + more)
    return np.asarray(gain), np.asarray(float(cost.sum()) * terms.discount)


def _break_even(key: pd.DataFrame, cost: pd.Series[float], terms: Terms, effects: Effects) -> float:
    """Return the retention gain at which the value is zero; missing where none does it."""
    from scipy.optimize import brentq

    def value(gain: float) -> float:
        brought, spent = _flow(key, cost, terms, effects, gain)
        return float(brought.sum() - spent.sum())

    low, high = -terms.kept, 1 - terms.kept
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


def _text(
    table: pd.DataFrame, parts: pd.DataFrame, total: pd.DataFrame, terms: Terms, currency: str
) -> str:
    if not len(table):
        return _("There is no key account, so there is no programme.")
    whole = total.iloc[0]
    facts = {
        "accounts": ngettext("{n} key account", "{n} key accounts", len(table)),
        "years": ngettext("{n} year", "{n} years", terms.years),
        "cost": scaled(float(whole["programme_cost"]), currency),
        "gain": scaled(float(whole["retained"] + whole["grown"]), currency),
        "retained": scaled(float(whole["retained"]), currency),
        "grown": scaled(float(whole["grown"]), currency),
        "net": scaled(abs(float(whole["net_present_value"])), currency),
        "chance": percent(float(whole["chance_it_pays"]), 0),
    }
    if whole["net_present_value"] > 0:
        text = _(
            "The programme pays: with {accounts} it costs {cost} over {years} and is expected to "
            "bring {gain} more ({retained} retained, {grown} grown), {net} above the cost. It pays "
            "in {chance} of the assumed cases.",
            **facts,
        )
    else:
        text = _(
            "The programme does not pay: with {accounts} it costs {cost} over {years} and is "
            "expected to bring only {gain} more ({retained} retained, {grown} grown), {net} less "
            "than the cost. It pays in {chance} of the assumed cases.",
            **facts,
        )
    return joined(" ", [text, *_losing(table, parts, currency)])


def _losing(table: pd.DataFrame, parts: pd.DataFrame, currency: str) -> list[str]:
    found = [
        _(
            "The treatment “{treatment}” falls short by {money}.",
            treatment=word(str(row["treatment"])),
            money=scaled(-float(row["net_present_value"]), currency),
        )
        for row in parts[parts["net_present_value"] < 0].to_dict("records")
    ]
    short = table[(table["net_present_value"] < 0) & table["yearly_contribution"].notna()]
    short = short.sort_values(["net_present_value", "account_id"])
    if len(short):
        found.append(
            ngettext(
                "{n} account does not pay for its treatment: {names}.",
                "{n} accounts do not pay for their treatment, first of them {names}.",
                len(short),
                names=name_of(short.iloc[0]),
            )
        )
    return found


def _caveats(effects: Effects, terms: Terms, key: pd.DataFrame) -> tuple[str, ...]:
    named = [
        _(
            "{treatment} keeps {retention} more a year and adds {growth} growth a year",
            treatment=word(name),
            retention=_range(effects[name, "retention"]),
            growth=_range(effects[name, "growth"]),
        )
        for name in TREATMENTS[:2]
        if (key["treatment"] == name).any()
    ]
    assumed = _(
        "What a treatment does is assumed, not measured ({effects}; low to high). Without the "
        "programme {kept} of the contribution is kept a year.",
        effects=joined("; ", named),
        kept=percent(terms.kept, 0),
    )
    unknown = int(key["yearly_contribution"].isna().sum())
    if not unknown:
        return (assumed,)
    return (
        assumed,
        ngettext(
            "The contribution of {n} key account is not known and counts as zero.",
            "The contributions of {n} key accounts are not known and count as zero.",
            unknown,
        ),
    )


def _range(effect: tuple[float, float, float]) -> str:
    low, _x, high = effect
    if low == high:
        return percent(low, 0)
    return _("{low} to {high}", low=percent(low, 0), high=percent(high, 0))
