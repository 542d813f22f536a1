"""What each account may still be worth: expected purchases, spend and value with its interval."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import KamkitError, MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.schema import word
from kamkit.settings import Settings
from kamkit.value.forecast import Forecast, Spend, forecast, settled, spend
from kamkit.value.future import mean_discount
from kamkit.value.history import WEEKS_PER_YEAR, check_source, ledger_totals, names, summary
from kamkit.value.holdout import holdout
from kamkit.value.present_value import checked_rate, weekly_rate
from kamkit.value.regularity import regularity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case

    Floats = NDArray[np.float64]

INTERVAL = 0.80
_TAILS = ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2)
_LEAST_REPEATERS = 10
_LEAST_WEEKS = 13
_LEAST_OCCASIONS = 5
_CHUNK = 20_000
_LINKED = 0.2
_SLACK = 1.05
_LINK = ("frequency", "mean_value")
_TENTH = 0.1
_ZERO = (
    "repeat_purchases",
    "weeks_silent",
    "probability_alive",
    "expected_purchases",
    "expected_spend",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
)
_COLUMNS = (
    "account_id",
    "account_name",
    "revenue",
    "repeat_purchases",
    "weeks_silent",
    "mean_value",
    "probability_alive",
    "expected_purchases",
    "expected_spend",
    "contribution_ratio",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
    "value_basis",
)
FACTS = (
    "account_id",
    "probability_alive",
    "expected_purchases",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
)
"""What the account table takes from here."""


@dataclass(frozen=True, repr=False)
class LifetimeValue(Finding):
    """The finding of ``lifetime_value`` and the numbers of its sentence.

    ``total`` with ``total_low`` and ``total_high`` (missing without draws); ``basis``,
    ``profit``, ``contribution`` or ``revenue``; ``years``; ``weekly_rate``, the discount rate per
    week that the annual one was turned into; ``currency``; ``model``, the code of the model of
    repeat buying; ``repeat`` and ``spend``, the two fits with their diagnostics.
    """

    total: float = float("nan")
    total_low: float = float("nan")
    total_high: float = float("nan")
    basis: str = "revenue"
    years: float = float("nan")
    annual_discount_rate: float = float("nan")
    weekly_rate: float = float("nan")
    currency: str = ""
    model: str = ""
    repeat: Any = field(default=None, compare=False, metadata={"kept": False})
    spend: Any = field(default=None, compare=False, metadata={"kept": False})


@dataclass(frozen=True)
class _Terms:
    """How value is counted: the horizon in weeks, the discount rate per week, the margins."""

    weeks: float
    rate: float
    ratio: Floats


def lifetime_value(
    source: Case | pd.DataFrame,
    *,
    model: str = "auto",
    years: float = Settings.horizon_years,
    annual_discount_rate: float = Settings.annual_discount_rate,
    margin: float | pd.Series[float] | None = None,
    draws: int = Settings.lifetime_draws,
    seed: int = 1,
) -> LifetimeValue:
    """Estimate what each account will be worth over the next years, with an interval of 80 %.

    ``source`` is a case or its table of purchase occasions. ``model`` is ``bg_nbd``, ``mbg_nbd``,
    ``pareto_nbd``, or ``auto``: of those that the ledger settles the one with the highest
    likelihood. Spend is by Gamma-Gamma.
    Value is the contribution of the purchases expected in ``years``, each discounted to the last
    day of the ledger by ``annual_discount_rate`` per year; at rate 0 it is expected purchases x
    expected spend x contribution ratio. The ratio is ``margin`` where given, else the account's
    own (five occasions or more and revenue above zero) or that of the whole ledger; without costs
    the value is revenue, and a caveat says so. ``margin`` may also be a share for each account, by
    account number, such as ``profit_ratio`` of ``customer_profit``: then the value is customer
    profit, and an account that loses money has a value below zero.

    The interval of an account covers two things: the parameters are not known exactly (``draws``
    sets of them from the covariance of their logarithms), and what an account does is chance (one
    future drawn with each set: whether it is active, its rates, its purchases, its spend). It
    holds if the models do; prices, competitors and new customers are not in it. The value is a
    mean, so that of an account that is most likely gone can lie above its interval of 0 to 0. The
    interval of the total is that of the sums of the same futures. ``draws=0`` leaves both out.

    The table has one row per account with a line, the largest value first, then by number:
    ``account_id`` (and name); ``revenue``, net revenue so far; ``repeat_purchases``;
    ``weeks_silent``, since the last; ``mean_value`` as in ``summary``; ``probability_alive``;
    ``expected_purchases`` in the next 12 months; ``expected_spend`` per purchase;
    ``contribution_ratio`` or ``profit_ratio``, the one used (not where the value is revenue);
    ``lifetime_value``, ``lifetime_value_low``, ``lifetime_value_high`` in the case's currency;
    ``value_basis``: ``own_purchases``, ``all_accounts`` (bought once, so the spend is the
    population's) or ``no_purchase`` (nothing left after returns: the value is 0).

    Raises ``MissingTable`` with fewer than ten repeat buyers or 13 weeks, ``ParameterError`` for
    options out of range. Source: Fader, Hardie and Lee (2005), "RFM and CLV"; Fader and Hardie
    (2013).

    >>> from kamkit import open_case
    >>> found = lifetime_value(open_case("fjordgross"), draws=20)
    >>> found.basis, bool(found.total_low < found.total < found.total_high)
    ('contribution', True)
    """
    check_source(source)
    _check(years, margin, draws)
    rate = checked_rate(annual_discount_rate)
    known, totals = summary(source), _totals(source)
    _enough(known)
    repeat, money = forecast(known, model=model), spend(known)
    ratio, basis = _margins(known, totals, margin)
    terms = _Terms(years * WEEKS_PER_YEAR, weekly_rate(rate), ratio)
    values = _values(known, repeat, money, terms)
    low, high, ends = _intervals(known, repeat, money, terms, draws, seed)
    values = values.assign(lifetime_value_low=low, lifetime_value_high=high)
    found = LifetimeValue(
        "lifetime_value",
        _completed(source, values, totals, basis),
        "",
        (),
        total=float(values["lifetime_value"].sum()),
        total_low=ends[0],
        total_high=ends[1],
        basis=basis,
        years=years,
        annual_discount_rate=rate,
        weekly_rate=weekly_rate(rate),
        currency="" if isinstance(source, pd.DataFrame) else source.currency,
        model=repeat.name,
        repeat=repeat.model,
        spend=money.model,
    )
    caveats = _caveats(source, known, found)
    return replace(found, text=_text(found), caveats=caveats)


def lifetime_facts(case: Case, *, margin: pd.Series[float] | None = None) -> pd.DataFrame:
    """Return what the account table takes from here, the other options left as they are.

    One row per account with a line, by number: ``account_id``, ``probability_alive``,
    ``expected_purchases`` (12 months), ``lifetime_value``, ``lifetime_value_low``,
    ``lifetime_value_high`` (3 years at 10 % a year; see ``lifetime_value``). Raises what
    ``lifetime_value`` raises.

    >>> from kamkit import open_case
    >>> facts = lifetime_facts(open_case("fjordgross"))
    >>> len(facts), bool(facts["probability_alive"].between(0, 1).all())
    (1190, True)
    """
    table = lifetime_value(case, margin=margin).table
    return table[list(FACTS)].sort_values("account_id", ignore_index=True)


def _check(years: float, margin: float | pd.Series[float] | None, draws: int) -> None:
    share = margin if isinstance(margin, int | float) else 0.0
    wrong = (
        (not 0 < years <= 30, "years", years, _("more than 0 and at most 30")),
        (not -1 <= share <= 1, "margin", share, _("a share between -1 and 1, for example 0.30")),
        (not 0 <= draws <= 10_000, "draws", draws, _("between 0 and 10,000")),
    )
    for is_wrong, name, value, wanted in wrong:
        if is_wrong:
            raise ParameterError(
                _("The option {name} is out of range.", name=name),
                found=number(value, 2),
                wanted=wanted,
                remedy=_("Give a value inside the range."),
            )


def _enough(known: pd.DataFrame) -> None:
    repeaters, weeks = int((known["frequency"] > 0).sum()), float(known["age"].max())
    if repeaters >= _LEAST_REPEATERS and weeks >= _LEAST_WEEKS:
        return
    raise MissingTable(
        _("The ledger is too short to tell what accounts will be worth."),
        found=_(
            "{accounts} bought on more than one day, {weeks} weeks",
            accounts=number(repeaters),
            weeks=number(weeks, 1),
        ),
        wanted=_(
            "at least {accounts} such accounts and {weeks} weeks",
            accounts=_LEAST_REPEATERS,
            weeks=_LEAST_WEEKS,
        ),
        remedy=_("Use a longer ledger."),
    )


def _margins(
    known: pd.DataFrame, totals: pd.DataFrame, margin: float | pd.Series[float] | None
) -> tuple[Floats, str]:
    """Return the share of revenue to use for each account, and what the value then is."""
    often = known["frequency"] >= _LEAST_OCCASIONS - 1
    if isinstance(margin, pd.Series):
        bought = known["account_id"].map(totals.set_index("account_id")["revenue"])
        given = known["account_id"].map(margin).astype("float64")
        weight = bought.where(given.notna() & (bought > 0), 0.0)
        mean = float((given.fillna(0.0) * weight).sum() / (weight.sum() or 1.0))
        return np.asarray(given.where(often).fillna(mean), dtype=np.float64), "profit"
    if margin is not None:
        return np.full(len(known), float(margin)), "contribution"
    if "contribution" not in totals or totals["revenue_with_cost"].sum() <= 0:
        return np.ones(len(known)), "revenue"
    whole = float(totals["contribution"].sum() / totals["revenue_with_cost"].sum())
    own = known["contribution_ratio"].where(often)
    return own.fillna(whole).to_numpy(dtype=float), "contribution"


def _values(known: pd.DataFrame, repeat: Forecast, money: Spend, terms: _Terms) -> pd.DataFrame:
    purchases = repeat.discounted(terms.rate, terms.weeks)
    own = known["frequency"] > 0
    return known.assign(
        repeat_purchases=known["frequency"],
        weeks_silent=known["age"] - known["recency"],
        probability_alive=repeat.alive(),
        expected_purchases=repeat.purchases(WEEKS_PER_YEAR),
        expected_spend=money.each,
        contribution_ratio=terms.ratio,
        lifetime_value=purchases * money.each * terms.ratio,
        value_basis=np.where(own, "own_purchases", "all_accounts"),
    )


def _intervals(
    known: pd.DataFrame, repeat: Forecast, money: Spend, terms: _Terms, draws: int, seed: int
) -> tuple[Floats, Floats, tuple[float, float]]:
    """Return the lower and upper end for each account and for the sum of all."""
    if not draws:
        empty = np.full(len(known), np.nan)
        return empty, empty.copy(), (float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    sets = list(zip(repeat.model.drawn(draws, rng), money.model.drawn(draws, rng), strict=True))
    ends, sums = [], np.zeros(draws)
    for first in range(0, len(known), _CHUNK):
        part = slice(first, first + _CHUNK)
        futures = np.stack([_future(repeat, money, terms, chosen, part, rng) for chosen in sets])
        ends.append(np.quantile(futures, _TAILS, axis=0))
        sums += futures.sum(axis=1)
    low, high = np.concatenate(ends, axis=1)
    return low, high, (float(np.quantile(sums, _TAILS[0])), float(np.quantile(sums, _TAILS[1])))


def _future(
    repeat: Forecast,
    money: Spend,
    terms: _Terms,
    chosen: tuple[Any, Any],
    part: slice,
    rng: np.random.Generator,
) -> Floats:
    """Return one future of each account of a part: what its purchases are worth today."""
    bought, span = repeat.future(chosen[0], terms.weeks, part, rng)
    spent = money.future(chosen[1], bought, part, rng)
    worth: Floats = spent * mean_discount(span, terms.rate) * terms.ratio[part]
    return worth


def _totals(source: Case | pd.DataFrame) -> pd.DataFrame:
    if isinstance(source, pd.DataFrame):
        return source.groupby("account_id")["amount"].sum().rename("revenue").reset_index()
    return ledger_totals(source)


def _completed(
    source: Case | pd.DataFrame, values: pd.DataFrame, totals: pd.DataFrame, basis: str
) -> pd.DataFrame:
    """Add the accounts that bought nothing after returns, the names and the net amounts."""
    table = totals[["account_id", "revenue"]].merge(values, on="account_id", how="left")
    nobody = table["value_basis"].isna()
    table["value_basis"] = table["value_basis"].mask(nobody, "no_purchase")
    zero = [name for name in _ZERO if values[name].notna().all()]
    table[zero] = table[zero].mask(nobody, 0.0)
    known = None if isinstance(source, pd.DataFrame) else names(source)
    if known is not None:
        table["account_name"] = table["account_id"].map(known).to_numpy()
    shown = [name for name in _COLUMNS if name in table]
    if basis == "revenue":
        shown.remove("contribution_ratio")
    order = table.astype({"repeat_purchases": "int64"}).sort_values(
        ["lifetime_value", "account_id"], ascending=[False, True]
    )
    ratio = {"contribution_ratio": "profit_ratio"} if basis == "profit" else {}
    return order[shown].rename(columns=ratio).reset_index(drop=True)


def _text(found: LifetimeValue) -> str:
    table = found.table
    tenth = max(1, round(_TENTH * len(table)))
    facts = {
        "accounts": ngettext("{n} account", "{n} accounts", len(table)),
        "total": scaled(found.total, found.currency),
        "low": scaled(found.total_low, found.currency),
        "high": scaled(found.total_high, found.currency),
        "years": number(found.years, 0 if float(found.years).is_integer() else 1),
        "annual": percent(found.annual_discount_rate),
        "weekly": percent(found.weekly_rate, 3),
        "model": word(found.model),
        "alive": number(float(table["probability_alive"].sum())),
    }
    told = (
        _(
            "{accounts} are worth {total} over the next {years} years (80% interval {low} to "
            "{high}), discounted at {annual} a year, which is {weekly} a week.",
            **facts,
        )
        if found.total_low == found.total_low
        else _(
            "{accounts} are worth {total} over the next {years} years, discounted at "
            "{annual} a year, which is {weekly} a week.",
            **facts,
        )
    )
    who = _("{model} expects {alive} of them to be active still.", **facts)
    if found.total <= 0:
        return joined(" ", [told, who])
    share = float(table["lifetime_value"].head(tenth).sum()) / found.total
    most = ngettext(
        "The {n} account of the highest value holds {share} of it.",
        "The {n} accounts of the highest value hold {share} of it.",
        tenth,
        share=percent(share),
    )
    return joined(" ", [told, who, most])


def _caveats(
    source: Case | pd.DataFrame, known: pd.DataFrame, found: LifetimeValue
) -> tuple[str, ...]:
    basis = {
        "revenue": _("The value is revenue, not contribution: the ledger has no cost."),
        "profit": _(
            "The value is customer profit: it is assumed that serving an account takes "
            "the same share of its revenue as before."
        ),
    }
    said = [basis.get(found.basis, ""), _unsure(found), _too_far(known, found), _linked(known)]
    for ask in (_rhythm, partial(_held_out, model=found.model)):
        try:
            said.append(ask(source))
        except KamkitError as error:
            said.append(error.message)
    said.append(
        _(
            "The interval holds if the models do; it covers chance and parameters that are not "
            "known exactly, not new prices, new competitors or new customers."
        )
    )
    return tuple(filter(None, said))


def _rhythm(source: Case | pd.DataFrame) -> str:
    found = regularity(source)
    return "" if found.verdict == "random" else found.text


def _held_out(source: Case | pd.DataFrame, model: str) -> str:
    return holdout(source, model=model).text


def _too_far(known: pd.DataFrame, found: LifetimeValue) -> str:
    weeks = float(known["age"].max())
    if found.years * WEEKS_PER_YEAR <= weeks * _SLACK:
        return ""
    return _(
        "The ledger covers {weeks} weeks; a forecast of {years} years goes further than what has "
        "been seen.",
        weeks=number(weeks),
        years=number(found.years, 1),
    )


def _linked(known: pd.DataFrame) -> str:
    """Tell where Gamma-Gamma's assumption fails: that spend does not go with frequency."""
    repeaters = known[(known["frequency"] > 0) & (known["mean_value"] > 0)]
    often, spent = (np.log(repeaters[name].to_numpy(dtype=float)) for name in _LINK)
    if len(often) < _LEAST_REPEATERS or not often.std() or not spent.std():
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


def _unsure(found: LifetimeValue) -> str:
    """Tell where the ledger does not settle a model: no optimum, or one at the edge of sense."""
    for name, model in ((word(found.model), found.repeat), ("Gamma-Gamma", found.spend)):
        if not settled(model):
            held = model.diagnostics.at_boundary
            return _(
                "The ledger does not settle the parameters of {model} ({which}); take the values "
                "as rough.",
                model=name,
                which=join(list(held or model.names)),
            )
    return ""
