"""What a programme of key accounts returns: contribution retained and grown, against its cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.choose.depth import TREATMENTS
from kamkit.choose.effects import (
    EFFECTS,
    GROWTH,
    Effects,
    Terms,
    gain_shares,
    gains,
    growth_shares,
    refuse_unknown,
    what_is_kept,
)
from kamkit.errors import KamkitError
from kamkit.language import N_, joined, ngettext, percent
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import check, name_of, word
from kamkit.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TAILS = (0.10, 0.90)
_CENT = 0.01
_NORMAL = 1.2815515655446004  # the normal distribution leaves a tenth beyond it
_MOST_GROWTH = 10.0
_GROWTHS = ("contribution_growth_low", GROWTH, "contribution_growth_high")
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
) -> Programme:
    """Tell what a programme returns: for each account, each treatment and in all.

    ``accounts`` has one row per account with ``treatment`` and ``yearly_contribution`` c (customer
    profit, else contribution, a year); ``treated`` is the table of ``treatments`` with
    ``yearly_cost`` k. Without the programme an account is expected to bring c x q^t in year t,
    where q is the share kept; with it c x (q + r)^t x (1 + g)^t, where r and g are the assumed
    effects of its treatment on retention and growth and q + r is at most 1. Of the difference,
    ``retained`` is c x ((q + r)^t - q^t), ``grown`` c x (q + r)^t x ((1 + g)^t - 1). Where the
    accounts have their own growth G (``with_growth``), ``grown`` is G x (q + r)^(t - 1) instead:
    grown by G in the first year, and kept as the rest is;
    ``programme_cost`` is k in every year. All are discounted and added over the years;
    ``net_present_value`` is retained plus grown less cost, so that accounts add up to treatments
    and treatments to the total.

    The interval (80 %) comes from effects drawn between low and high (triangular, the same for all
    accounts of a treatment, one level of luck for both effects) and from the accounts' own growth,
    drawn for each by itself: it tells what the assumptions leave open, not how sure they are.
    ``payback_months`` is when the gains have covered the cost (a year's cost counts from its first
    day), missing where they do not;
    ``break_even_retention`` is the effect on retention at which the treatment just pays, growth as
    above; ``break_even_growth`` the growth a year at which it does with nothing more kept. An
    account below zero makes retention cost money; a contribution that is not known counts as
    zero, and is told.

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
        _text(table, parts, total, terms, currency, what_is_kept(key)),
        _caveats(effects, key),
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
    retained = grown = 0.0 * terms.discount
    for name in TREATMENTS[:2]:
        own = found[found["treatment"] == name]
        kept, more = gains(own, terms, effects[name, "retention"][1], effects[name, "growth"][1])
        retained, grown = retained + kept.sum(axis=0), grown + more.sum(axis=0)
    cost = float(found["yearly_cost"].sum()) * terms.discount
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
    found: pd.Series[float] = key["treatment"].map(cost).astype(float)
    return found


def _account_rows(
    key: pd.DataFrame, cost: pd.Series[float], terms: Terms, effects: Effects
) -> pd.DataFrame:
    first = ("account_id", "account_name", "treatment", "yearly_contribution")
    table = key[[n for n in (*first, *_GROWTHS) if n in key]].copy()
    table["yearly_cost"] = cost
    retained, grown = pd.Series(0.0, index=key.index), pd.Series(0.0, index=key.index)
    months = pd.Series(np.nan, index=key.index)
    for name in TREATMENTS[:2]:
        own = key.index[key["treatment"] == name]
        likely = effects[name, "retention"][1], effects[name, "growth"][1]
        kept, more = gains(key.loc[own], terms, *likely)
        retained[own], grown[own] = kept.sum(axis=1), more.sum(axis=1)
        for place, gain in zip(own, kept + more, strict=True):
            months[place] = _payback(gain, cost[place] * terms.discount)
    table["retained"], table["grown"] = retained, grown
    table["programme_cost"] = cost * terms.discount.sum()
    table["net_present_value"] = table["retained"] + table["grown"] - table["programme_cost"]
    table["payback_months"] = months
    for effect in ("retention", "growth"):
        table[f"break_even_{effect}"] = [
            _break_even(key.loc[[one]], cost.loc[[one]], terms, effects, effect)
            for one in key.index
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
    alone = _own_growth(key, draws, seed)
    value = key["yearly_contribution"].astype(float).fillna(0.0).to_numpy()
    kind = key["treatment"].to_numpy()
    out = np.zeros((draws, len(key)))
    for name in TREATMENTS[:2]:
        own = np.flatnonzero(kind == name)
        retention = _triangular(luck, effects[name, "retention"])
        growth = _triangular(luck, effects[name, "growth"])
        gain, left = np.zeros(draws), np.zeros(draws)
        for place, (r, g) in enumerate(zip(retention, growth, strict=True)):
            kept, more = gain_shares(terms, float(r), float(g))
            gain[place] = kept.sum() + (0.0 if alone is not None else more.sum())
            left[place] = growth_shares(terms, float(r)).sum()
        spent = cost.to_numpy()[own] * terms.discount.sum()
        out[:, own] = gain[:, None] * value[own] - spent
        if alone is not None:
            out[:, own] += left[:, None] * alone[:, own]
    return out


def _own_growth(key: pd.DataFrame, draws: int, seed: int) -> Floats | None:
    """Return drawn growth of each account (columns), None where it is not known.

    Each by itself, with the 80 % between its low and its high: normal on either side of the middle.
    """
    if GROWTH not in key:
        return None
    low, middle, high = (key[name].astype(float).fillna(0.0).to_numpy() for name in _GROWTHS)
    luck = np.random.Generator(np.random.PCG64([seed, 1])).standard_normal((draws, len(key)))
    wide = np.where(luck < 0, middle - low, high - middle) / _NORMAL
    return np.asarray(middle + luck * wide)


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
        "break_even_retention": _break_even(key[own], cost[own], terms, effects, "retention"),
        "break_even_growth": _break_even(key[own], cost[own], terms, effects, "growth"),
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
        likely = effects[name, "retention"][1] if retention is None else retention
        own = key[key["treatment"] == name]
        kept, more = gains(own, terms, likely, effects[name, "growth"][1])
        gain = gain + (kept + more).sum(axis=0)
    return np.asarray(gain), np.asarray(float(cost.sum()) * terms.discount)


def _break_even(
    key: pd.DataFrame, cost: pd.Series[float], terms: Terms, effects: Effects, effect: str
) -> float:
    """Return the effect at which the value is zero; missing where none does it.

    On retention, with growth as it is; on growth a year, with nothing more kept.
    """
    from scipy.optimize import brentq

    spent = float((cost.sum() * terms.discount).sum())
    yearly = float(key["yearly_contribution"].astype(float).sum())

    def value(gain: float) -> float:
        if effect == "growth":
            return yearly * float(gain_shares(terms, 0.0, gain)[1].sum()) - spent
        brought, _spent = _flow(key, cost, terms, effects, gain)
        return float(brought.sum()) - spent

    low, high = (-terms.kept, 1 - terms.kept) if effect == "retention" else (0.0, _MOST_GROWTH)
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
    table: pd.DataFrame,
    parts: pd.DataFrame,
    total: pd.DataFrame,
    terms: Terms,
    currency: str,
    what: str,
) -> str:
    if not len(table):
        return _("There is no key account, so there is no programme.")
    whole = total.iloc[0]
    facts = {
        "accounts": ngettext("{n} key account", "{n} key accounts", len(table)),
        "years": ngettext("{n} year", "{n} years", terms.years),
        "cost": scaled(float(whole["programme_cost"]), currency),
        "retained": scaled(float(whole["retained"]), currency),
        "grown": scaled(float(whole["grown"]), currency),
        "net": scaled(abs(float(whole["net_present_value"])), currency),
        "kept": percent(terms.kept, 0),
        "what": what,
    }
    text = _(
        "With {accounts} the programme costs {cost} over {years}. Without it {kept} of {what} is "
        "kept a year.",
        **facts,
    )
    if whole["net_present_value"] > 0:
        brings = _(
            "If it works as assumed it keeps {retained}, and growth brings {grown}: {net} above "
            "the cost.",
            **facts,
        )
    else:
        brings = _(
            "Even if it works as assumed it does not pay: it keeps {retained}, and growth brings "
            "{grown}, {net} less than the cost.",
            **facts,
        )
    return joined(" ", [text, break_even(whole, what), brings, *_losing(table, parts, currency)])


def break_even(row: Mapping[str, Any] | pd.Series[Any], what: str) -> str:
    """Say at which effect on retention, or at which growth, what a row tells of pays.

    >>> break_even({"break_even_retention": 0.013, "break_even_growth": 0.021}, "the contribution")
    'It breaks even if 1.3% more of the contribution is kept a year, or with growth of 2.1% a year.'
    """
    keeps, grows = float(row["break_even_retention"]), float(row["break_even_growth"])
    facts = {"keeps": percent(keeps, 1), "grows": percent(grows, 1), "what": what}
    if keeps > 0 and grows == grows:
        return _(
            "It breaks even if {keeps} more of {what} is kept a year, or with growth of {grows} a "
            "year.",
            **facts,
        )
    if keeps > 0:
        return _("It breaks even if {keeps} more of {what} is kept a year.", **facts)
    if grows == grows:
        return _("It breaks even with growth of {grows} a year, with nothing more kept.", **facts)
    return _("Nothing it could keep or grow covers the cost.")


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
    if len(short) and GROWTH in table:
        found.append(
            ngettext(
                "{n} account pays for its treatment only if that adds growth: {names}.",
                "{n} accounts pay for their treatment only if that adds growth, first of them "
                "{names}.",
                len(short),
                names=name_of(short.iloc[0]),
            )
        )
    elif len(short):
        found.append(
            ngettext(
                "{n} account does not pay for its treatment: {names}.",
                "{n} accounts do not pay for their treatment, first of them {names}.",
                len(short),
                names=name_of(short.iloc[0]),
            )
        )
    return found


def _caveats(effects: Effects, key: pd.DataFrame) -> tuple[str, ...]:
    text = (
        N_("{treatment} keeps {retention} more a year")
        if GROWTH in key
        else N_("{treatment} keeps {retention} more a year and adds {growth} growth a year")
    )
    named = [
        _(
            text,
            treatment=word(name),
            retention=_range(effects[name, "retention"]),
            growth=_range(effects[name, "growth"]),
        )
        for name in TREATMENTS[:2]
        if (key["treatment"] == name).any()
    ]
    found = [
        _(
            "What a treatment does is assumed, not measured ({effects}; low to high).",
            effects=joined("; ", named),
        )
    ]
    if GROWTH in key:
        found.append(
            _(
                "Growth is that of the opportunities at the rates at which such came true so "
                "far, before the programme: how much of it the programme adds is not known."
            )
        )
    unknown = int(key["yearly_contribution"].isna().sum())
    if unknown:
        found.append(
            ngettext(
                "What {n} key account leaves is not known and counts as zero.",
                "What {n} key accounts leave is not known and counts as zero.",
                unknown,
            )
        )
    return tuple(found)


def _range(effect: tuple[float, float, float]) -> str:
    low, _x, high = effect
    if low == high:
        return percent(low, 0)
    return _("{low} to {high}", low=percent(low, 0), high=percent(high, 0))
