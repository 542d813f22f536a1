"""The finding of lifetime value: its numbers, its sentence, and what to know about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.errors import KamkitError
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import word
from kamkit.value._regularity import regularity
from kamkit.value.forecast import explained, settled
from kamkit.value.history import WEEKS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case import Case
    from kamkit.value._holdout import HoldOut

LEAST_REPEATERS = 10
"""How many accounts must have bought again for a forecast."""

SLACK = 1.05
"""A ledger that is a twentieth shorter than the time asked for is long enough."""

_FEW_ACCOUNTS = 100
_LINKED = 0.2
_LINK = ("frequency", "mean_value")
_TENTH = 0.1
_EVEN = 0.05


@dataclass(frozen=True, repr=False)
class LifetimeValue(Finding):
    """The finding of ``lifetime_value`` and the numbers of its sentence.

    ``total`` with ``total_low`` and ``total_high`` (missing without draws); ``basis``,
    ``profit``, ``contribution`` or ``revenue``; ``years``, how far it looks, and ``years_asked``;
    ``weekly_rate``, the discount rate per week that the annual one was turned into; ``currency``;
    ``model``, the code of the model of repeat buying; ``trust``, how well such a forecast told the
    accounts apart when it was tested, from 0 to 1; ``repeat`` and ``spend``, the two fits with
    their diagnostics.
    """

    total: float = float("nan")
    total_low: float = float("nan")
    total_high: float = float("nan")
    basis: str = "revenue"
    years: float = float("nan")
    years_asked: float = float("nan")
    annual_discount_rate: float = float("nan")
    weekly_rate: float = float("nan")
    currency: str = ""
    model: str = ""
    trust: float = float("nan")
    repeat: Any = field(default=None, compare=False, metadata={"kept": False})
    spend: Any = field(default=None, compare=False, metadata={"kept": False})


def text(lifetime: LifetimeValue) -> str:
    """Return what the accounts are worth together, in a sentence or three."""
    table = lifetime.table
    tenth = max(1, round(_TENTH * len(table)))
    facts = {
        "accounts": ngettext("{n} account", "{n} accounts", len(table)),
        "total": scaled(lifetime.total, lifetime.currency),
        "low": scaled(lifetime.total_low, lifetime.currency),
        "high": scaled(lifetime.total_high, lifetime.currency),
        "years": _years(lifetime.years),
        "annual": percent(lifetime.annual_discount_rate),
        "model": word(lifetime.model),
        "alive": number(float(table["probability_alive"].sum())),
    }
    sentences = (
        _(
            "{accounts} are worth {total} over the next {years} (80% interval {low} to "
            "{high}), discounted at {annual} a year.",
            **facts,
        )
        if lifetime.total_low == lifetime.total_low
        else _(
            "{accounts} are worth {total} over the next {years}, discounted at {annual} a year.",
            **facts,
        )
    )
    who = _("{model} expects {alive} of them still to be active.", **facts)
    if lifetime.total <= 0:
        return joined(" ", [sentences, who])
    return joined(" ", [sentences, who, _most(lifetime, tenth)])


def _most(lifetime: LifetimeValue, tenth: int) -> str:
    """Say what the most valuable tenth of the accounts is worth."""
    best = float(lifetime.table["lifetime_value"].head(tenth).sum())
    if best > lifetime.total:
        return ngettext(
            "The {n} account with the highest value is worth {amount}; accounts that lose money "
            "take some of it back.",
            "The {n} accounts with the highest value are worth {amount}; accounts that lose money "
            "take some of it back.",
            tenth,
            amount=scaled(best, lifetime.currency),
        )
    return ngettext(
        "The {n} account with the highest value holds {share} of it.",
        "The {n} accounts with the highest value hold {share} of it.",
        tenth,
        share=percent(best / lifetime.total),
    )


def _years(years: float) -> str:
    """Return a time in years, or in weeks where it is shorter than a year."""
    if years < 1 / SLACK:
        weeks = round(years * WEEKS_PER_YEAR)
        return ngettext("{n} week", "{n} weeks", weeks)
    if abs(years - round(years)) < _EVEN:
        return ngettext("{n} year", "{n} years", round(years))
    return _("{years} years", years=number(years, 1))


def caveats(
    source: Case | pd.DataFrame, known: pd.DataFrame, caveats: LifetimeValue, tested: HoldOut | None
) -> tuple[str, ...]:
    """Return what the value rests on, and where it is unsure."""
    basis = {
        "revenue": _("The value is revenue, not contribution: the ledger has no cost."),
        "profit": _(
            "The value is customer profit, assuming that serving an account takes the same "
            "share of its revenue as before."
        ),
    }
    caveats_told = [
        basis.get(caveats.basis, ""),
        _cut(caveats),
        _few(known),
        _unsure(caveats),
        explained(caveats.model),
        _linked(known),
        _seasonal(caveats),
    ]
    try:
        caveats_told.append(_rhythm(source))
    except KamkitError as error:
        caveats_told.append(error.message)
    caveats_told += _held_out(tested)
    if tested is not None and tested.model and tested.model != caveats.model:
        caveats_told.append(
            _(
                "The test chose its model without the weeks it was tested on: {tested} there; "
                "{model} fits the whole ledger best.",
                tested=word(tested.model),
                model=word(caveats.model),
            )
        )
    caveats_told.append(
        _(
            "The intervals cover chance and what the test showed, not new prices, new competitors "
            "or new customers."
        )
    )
    return tuple(filter(None, caveats_told))


def _rhythm(source: Case | pd.DataFrame) -> str:
    rhythm = regularity(source)
    return "" if rhythm.verdict == "random" else rhythm.text


def _held_out(tested: HoldOut | None) -> list[str]:
    if tested is None:
        return [
            _(
                "The ledger is too short to test such a forecast on weeks that it has not seen; "
                "how wide the intervals are is assumed, not measured."
            )
        ]
    words = [tested.text]
    if tested.revenue_error == tested.revenue_error:
        covered, widened = percent(tested.covered, 0), percent(tested.covered_widened, 0)
        facts = {"error": percent(abs(tested.revenue_error)), "covered": covered}
        words.append(
            _(
                "In the same test the forecast of revenue was {error} off, and the 80% intervals "
                "held for {covered} of the accounts.",
                **facts,
            )
            if widened == covered
            else _(
                "In the same test the forecast of revenue was {error} off, and the 80% intervals "
                "held for {covered} of the accounts; as wide as they are here, for {widened}.",
                widened=widened,
                **facts,
            )
        )
    if tested.rank_recent >= tested.rank_model:
        words.append(
            _(
                "Recent purchases alone told just as well who would buy most: the forecast ranks "
                "the accounts no better."
            )
        )
    return words


def _cut(lifetime: LifetimeValue) -> str:
    if lifetime.years >= lifetime.years_asked:
        return ""
    return _(
        "{asked} were asked for; the ledger covers {years}, and the forecast looks no further "
        "ahead than the ledger looks back.",
        asked=_years(lifetime.years_asked),
        years=_years(lifetime.years),
    )


def _few(known: pd.DataFrame) -> str:
    if len(known) >= _FEW_ACCOUNTS:
        return ""
    return ngettext(
        "The models rest on {n} account: with fewer than 100 their intervals are rough.",
        "The models rest on {n} accounts: with fewer than 100 their intervals are rough.",
        len(known),
    )


def _seasonal(lifetime: LifetimeValue) -> str:
    seasonal = int((lifetime.table["value_basis"] == "own_season").sum())
    if not seasonal:
        return ""
    return ngettext(
        "{n} account buys in one season of the year; what it bought in the last one is taken as "
        "its next.",
        "{n} accounts buy in one season of the year; what they bought in the last one is taken as "
        "their next.",
        seasonal,
    )


def _linked(known: pd.DataFrame) -> str:
    """Tell where Gamma-Gamma's assumption fails: that spend does not go with frequency."""
    repeaters = known[(known["frequency"] > 0) & (known["mean_value"] > 0)]
    often, spent = (np.log(repeaters[name].to_numpy(dtype=float)) for name in _LINK)
    if len(often) < LEAST_REPEATERS or not often.std() or not spent.std():
        return ""
    link = float(np.corrcoef(often, spent)[0, 1])
    if abs(link) < _LINKED:
        return ""
    return _(
        "Accounts that buy often spend {direction} each time (correlation {link}); the model of "
        "spend assumes no such link, so values of accounts that bought once or twice are rough.",
        direction=_("more") if link > 0 else _("less"),
        link=number(link, 2),
    )


def _unsure(lifetime: LifetimeValue) -> str:
    """Tell where the ledger does not settle a model: no optimum, or one at the edge of sense."""
    for name, model in ((word(lifetime.model), lifetime.repeat), ("Gamma-Gamma", lifetime.spend)):
        if not settled(model):
            held = model.diagnostics.at_boundary
            return _(
                "The ledger does not settle the parameters of {model} ({which}); take the values "
                "as rough.",
                model=name,
                which=join(list(held or model.names)),
            )
    return ""
