"""Who matters: revenue, classes, concentration, chains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit import identify
from kamkit.analysis.graph import picture, result
from kamkit.errors import LedgerError, PeriodError
from kamkit.periods import Period, halves

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.settings import Settings

CLASS_COLUMNS = (
    "account_id account_name revenue share cumulative_share contribution_ratio invoices "
    "last_date abc_class"
)


def _cuts(settings: Settings) -> tuple[float, float]:
    return settings.cut_a, settings.cut_b


def _called(period: Period) -> str:
    """Return the year where a period is one, else its first and last day."""
    year = str(period.start.year)
    return year if period == Period(f"{year}-01-01", f"{year}-12-31") else str(period)


@result()
def account_facts(case: Case) -> pd.DataFrame:
    """Return revenue, contribution and invoices; one row per account, the largest first."""
    return identify.account_facts(case)


@result()
def site_facts(ledger: Case, case: Case, account_facts: pd.DataFrame) -> pd.DataFrame:
    """Return the account facts with each member of a chain by itself."""
    return account_facts if case is ledger else identify.account_facts(ledger)


@result(columns=CLASS_COLUMNS)
def classes(account_facts: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the accounts ranked by revenue, with class A, B or C."""
    return identify.classify(account_facts, cuts=_cuts(settings))


@result(columns=CLASS_COLUMNS)
def candidates(classes: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts of class A: the candidates by revenue alone."""
    return classes[classes["abc_class"] == "A"].reset_index(drop=True)


@result(columns=CLASS_COLUMNS)
def below_zero(classes: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts whose revenue is at or below zero."""
    return classes[classes["at_or_below_zero"]].reset_index(drop=True)


@result(words=True)
def observed_rule(case: Case, account_facts: pd.DataFrame, settings: Settings) -> Finding:
    """Tell how many accounts give most of the revenue, and whether that moves: the observed 80/20.

    The halves are left out where one of them has no revenue.
    """
    words: Any = {"target": settings.cut_a, "currency": case.currency, "period": case.period}
    try:
        parts = {
            _called(part): identify.account_facts(case, period=part) for part in halves(case.period)
        }
        return identify.observed_rule(account_facts, halves=parts, **words)
    except (LedgerError, PeriodError):
        return identify.observed_rule(account_facts, **words)


@result(
    kept=False,
    columns="rank account_id account_name revenue share cumulative_share cumulative_accounts "
    "abc_class",
)
def pareto(about: About, classes: pd.DataFrame) -> Picture:
    """Draw the cumulative revenue of the accounts, the largest first."""
    from kamkit.identify import charts

    return charts.pareto(classes, **about.words)


@result()
def class_summary(classes: pd.DataFrame) -> pd.DataFrame:
    """Return the number, revenue and share of the accounts in each class."""
    return identify.class_summary(classes)


@picture
def class_chart(about: About, class_summary: pd.DataFrame) -> Picture:
    """Draw the shares of accounts and revenue of each class."""
    from kamkit.identify import charts

    return charts.abc(class_summary, **about.place)


@result(words=True)
def concentration(about: About, account_facts: pd.DataFrame) -> Finding:
    """Tell how concentrated revenue is."""
    return identify.concentration_summary(account_facts, currency=about.currency)


@result()
def losing(
    about: About, account_facts: pd.DataFrame, profits: pd.DataFrame | None = None
) -> Finding:
    """Tell what losing the largest account would take, also after the cost of serving it."""
    known = account_facts
    if profits is not None and "profit" in profits:
        known = known.merge(profits[["account_id", "profit"]], on="account_id", how="left")
    return identify.losing(known, currency=about.currency, period=about.period)


@picture
def dependence_chart(about: About, account_facts: pd.DataFrame) -> Picture:
    """Draw what the one, five and ten largest accounts bring."""
    from kamkit.identify import charts

    return charts.dependence(identify.dependence(account_facts), **about.place)


@picture
def lorenz_curve(about: About, account_facts: pd.DataFrame) -> Picture:
    """Draw how unequally revenue is spread over the accounts."""
    from kamkit.identify import charts

    above = account_facts.loc[account_facts["revenue"] > 0, "revenue"]
    return charts.lorenz(identify.lorenz(account_facts), identify.gini(above), **about.place)


@result()
def by_contribution(account_facts: pd.DataFrame, settings: Settings) -> Finding:
    """Tell who changes place when contribution ranks in place of revenue."""
    return identify.side_by_side(account_facts, cuts=_cuts(settings))


@picture
def rank_chart(about: About, by_contribution: Finding) -> Picture:
    """Draw the places by revenue beside those by contribution."""
    from kamkit.identify import charts

    return charts.rank_change(by_contribution.table, source=about.title)


@result()
def stability(case: Case, settings: Settings) -> Finding:
    """Tell who came into class A and who left it."""
    return identify.stability(case, cuts=_cuts(settings))


@picture
def stability_chart(about: About, stability: Finding) -> Picture:
    """Draw who came into class A and who left it."""
    from kamkit.identify import charts

    return charts.stability(stability.table, **about.words)


@result()
def groups(site_facts: pd.DataFrame, account_facts: pd.DataFrame, settings: Settings) -> Finding:
    """Tell which chains and groups matter as a whole."""
    names: dict[str, str] = {}
    if "account_name" in account_facts:
        ids = account_facts["account_id"].astype(str)
        names = dict(zip(ids, account_facts["account_name"], strict=True))
    return identify.chains(site_facts, cuts=_cuts(settings), names=names)


@result(columns=CLASS_COLUMNS)
def outside_class_a(classes: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts outside class A, the largest first."""
    return identify.ordinary_sales(classes)
