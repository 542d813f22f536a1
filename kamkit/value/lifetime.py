"""What each account may still be worth: expected purchases, spend and value with its interval."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import LedgerError, MissingTable, ParameterError, PeriodError
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.settings import Settings
from kamkit.value._holdout import HoldOut, holdout
from kamkit.value.history import (
    DAYS_PER_WEEK,
    WEEKS_PER_YEAR,
    check_source,
    ledger_totals,
    names,
    summary_and_days,
)
from kamkit.value.lifetime_finding import LEAST_REPEATERS, SLACK, LifetimeValue, caveats, text
from kamkit.value.outlook import Outlook, outlook
from kamkit.value.present_value import checked_rate, weekly_rate
from kamkit.value.spread import TAILS, UNTESTED, Spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case

    Floats = NDArray[np.float64]

_LEAST_WEEKS = 13
_LEAST_OCCASIONS = 5
_CHUNK = 20_000
_UNTESTED_TRUST = 0.25
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
    "value_margin",
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
    tested: HoldOut | None = None,
) -> LifetimeValue:
    """Estimate what each account will be worth over the next years, with an interval of 80 %.

    ``source`` is a case or its table of purchase occasions. ``model`` is ``bg_nbd``, ``mbg_nbd``,
    ``pareto_nbd``, or ``auto``: of those that the ledger settles the one with the highest
    likelihood. Spend is by Gamma-Gamma over all purchases, the first too. An account that buys in
    one season of the year is expected to buy as in its last one, as often as it has come back so
    far. ``years`` is cut to the length of the ledger: further nobody has seen an account stay.
    Value is the contribution of the purchases expected in that time, each discounted to the last
    day of the ledger by ``annual_discount_rate`` per year; at rate 0 it is expected purchases x
    expected spend x margin. The margin is ``margin`` where given, else the account's
    own (five occasions or more and revenue above zero) or that of the whole ledger; without costs
    the value is revenue, and a caveat says so. ``margin`` may also be a share for each account, by
    account number, such as ``profit_ratio`` of ``customer_profit``: then the value is customer
    profit, and an account that loses money has a value below zero.

    The value is the mean of what may come, and its interval holds it. The interval of an account
    covers that the parameters are not known exactly (``draws`` sets of them from the covariance of
    their logarithms), that what an account does is chance (one future with each set), and how far
    accounts, and all of them together, departed from such a forecast in weeks that it had not seen
    (``tested``, else made here by ``holdout``; see ``spread.learned``), growing with the square
    root of time. Where an account most likely buys nothing, the interval reaches from zero to the
    first future above the mean. The interval of the total is that of the sums of the same
    futures. Prices, competitors and new customers are not in it. ``draws=0`` leaves both out.

    The table has one row per account with a line, the largest value first, then by number:
    ``account_id`` (and name); ``revenue``, net revenue so far; ``repeat_purchases``;
    ``weeks_silent``, since the last; ``mean_value`` as in ``summary``; ``probability_alive``;
    ``expected_purchases`` in the next 12 months; ``expected_spend`` per purchase;
    ``value_margin``, the share of revenue used (not where the value is revenue);
    ``lifetime_value``, ``lifetime_value_low``, ``lifetime_value_high`` in the case's currency;
    ``value_basis``: ``own_purchases``, ``own_season``, ``all_accounts`` (bought once, so the spend
    leans on the population's) or ``no_purchase`` (nothing left after returns: the value is 0).

    Raises ``MissingTable`` with fewer than ten repeat buyers or 13 weeks, ``ParameterError`` for
    options out of range. Source: Fader, Hardie and Lee (2005), "RFM and CLV"; Fader and Hardie
    (2013).

    >>> from kamkit import open_case
    >>> found = lifetime_value(open_case("fjordgross"), draws=20)
    >>> found.basis, bool(found.total_low < found.total < found.total_high)
    ('contribution', True)
    """
    rate = _checked(source, years, margin, draws, annual_discount_rate)
    (known, days), totals = summary_and_days(source), _totals(source)
    _enough(known)
    ahead = outlook(known, days, _last_day(known), model=model)
    ratio, basis = _margins(known, totals, margin)
    reach = _reach(known, years)
    terms = _Terms(reach * WEEKS_PER_YEAR, weekly_rate(rate), ratio)
    tested = tested or _tested(source, model)
    values = _values(known, ahead, terms)
    low, high, ends = _intervals(values, ahead, terms, tested, draws, seed)
    values = values.assign(lifetime_value_low=low, lifetime_value_high=high)
    lifetime = LifetimeValue(
        "lifetime_value",
        _completed(source, values, totals, basis),
        "",
        (),
        total=float(values["lifetime_value"].sum()),
        total_low=ends[0],
        total_high=ends[1],
        basis=basis,
        years=reach,
        years_asked=years,
        annual_discount_rate=rate,
        weekly_rate=weekly_rate(rate),
        currency="" if isinstance(source, pd.DataFrame) else source.currency,
        model=ahead.repeat.name,
        trust=_UNTESTED_TRUST if tested is None else tested.trust,
        repeat=ahead.repeat.model,
        spend=ahead.money.model,
    )
    return replace(lifetime, text=text(lifetime), caveats=caveats(source, known, lifetime, tested))


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


def _checked(
    source: Case | pd.DataFrame,
    years: float,
    margin: float | pd.Series[float] | None,
    draws: int,
    annual_discount_rate: float,
) -> float:
    """Refuse what cannot be reckoned with; return the discount rate."""
    check_source(source)
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
    return checked_rate(annual_discount_rate)


def _enough(known: pd.DataFrame) -> None:
    repeaters, weeks = int((known["frequency"] > 0).sum()), float(known["age"].max())
    if repeaters >= LEAST_REPEATERS and weeks >= _LEAST_WEEKS:
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
            accounts=LEAST_REPEATERS,
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


def _last_day(known: pd.DataFrame) -> dt.date:
    first = known.iloc[0]
    end: dt.date = (first["first_date"] + pd.Timedelta(weeks=first["age"])).round("D").date()
    return end


def _reach(known: pd.DataFrame, years: float) -> float:
    """Return how many years to look ahead: not further than the ledger reaches back."""
    seen = float(known["age"].max()) + 1 / DAYS_PER_WEEK
    return years if years * WEEKS_PER_YEAR <= seen * SLACK else seen / WEEKS_PER_YEAR


def _tested(source: Case | pd.DataFrame, model: str) -> HoldOut | None:
    try:
        return holdout(source, model=model)
    except (LedgerError, ParameterError, PeriodError):
        return None


def _values(known: pd.DataFrame, ahead: Outlook, terms: _Terms) -> pd.DataFrame:
    basis = np.where(known["frequency"] > 0, "own_purchases", "all_accounts").astype(object)
    basis[ahead.season.place] = "own_season"
    revenue = ahead.revenue(terms.weeks, terms.rate)
    return known.assign(
        repeat_purchases=known["frequency"],
        weeks_silent=known["age"] - known["recency"],
        probability_alive=ahead.alive(),
        expected_purchases=ahead.purchases(WEEKS_PER_YEAR),
        expected_spend=ahead.spend(),
        value_margin=terms.ratio,
        future_revenue=revenue,
        lifetime_value=revenue * terms.ratio,
        value_basis=pd.Series(basis, index=known.index, dtype="str"),
    )


def _intervals(
    values: pd.DataFrame,
    ahead: Outlook,
    terms: _Terms,
    tested: HoldOut | None,
    draws: int,
    seed: int,
) -> tuple[Floats, Floats, tuple[float, float]]:
    """Return the lower and upper end for each account and for the sum of all."""
    if not draws:
        empty = np.full(len(values), np.nan)
        return empty, empty.copy(), (float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    spread: Spread = (UNTESTED if tested is None else tested.spread).over(terms.weeks)
    sets, shared = ahead.drawn(draws, rng), spread.factors(draws, rng)
    mean = values["future_revenue"].to_numpy(dtype=float)
    ends, sums = [], np.zeros(draws)
    for first in range(0, len(values), _CHUNK):
        part = slice(first, min(first + _CHUNK, len(values)))
        futures = ahead.futures(sets, terms.weeks, terms.rate, part, rng)
        futures = spread.widened(futures, shared, rng)
        ends.append(np.stack(spread.ends(futures, mean[part])))
        sums += futures @ terms.ratio[part]
    both = np.concatenate(ends, axis=1) * terms.ratio
    total = float(values["lifetime_value"].sum())
    low, high = (float(end) for end in np.quantile(sums, TAILS))
    return both.min(axis=0), both.max(axis=0), (min(low, total), max(high, total))


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
        shown.remove("value_margin")
    order = table.astype({"repeat_purchases": "int64"}).sort_values(
        ["lifetime_value", "account_id"], ascending=[False, True]
    )
    return order[shown].reset_index(drop=True)
