"""What treating the key accounts takes and returns, and who takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kamkit import choose, value
from kamkit.analysis.graph import picture, result
from kamkit.errors import MissingTable
from kamkit.grow._growth import growth_total
from kamkit.language import gettext as _
from kamkit.periods import halves, is_year

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.choose._cuts import Breadth
    from kamkit.choose._programme import Programme
    from kamkit.choose.capacity import Assignment
    from kamkit.choose.effects import Terms
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.settings import Settings


def limit(managers: pd.DataFrame | None, column: str) -> float | None:
    """Return what all managers have together; None where one of them does not say."""
    if managers is None or column not in managers or not managers[column].notna().all():
        return None
    return float(managers[column].sum())


@result(words=True)
def services(case: Case, settings: Settings) -> pd.DataFrame:
    """Return what each treatment gives an account, with hours and cost."""
    return choose.services_table(case, cost_per_hour=settings.cost_per_hour)


@result()
def treatments(services: pd.DataFrame) -> pd.DataFrame:
    """Return hours and cost of each treatment."""
    return choose.treatments(services)


@result()
def programme_terms(about: About, settings: Settings, retention: Finding | None = None) -> Terms:
    """Return what the programme is reckoned by: retention in a year, years, discount rate."""
    kept, seen = settings.retention, 0
    if not kept and retention is not None:
        both = halves(about.period)
        seen = 0 if is_year(both[1]) else both[1].days
        kept = value.yearly_retention(float(retention.table["gross_retention"].iloc[0]), both)
    if kept != kept or (retention is None and not settings.retention):
        raise MissingTable(
            _("The ledger is too short to tell how much is kept from year to year."),
            remedy=_("Set retention, such as retention=0.9."),
        )
    return choose.Terms(
        kept,
        years=settings.programme_years,
        annual_discount_rate=settings.annual_discount_rate,
        seen_days=seen,
    )


@result()
def paying_treatments(
    costed_accounts: pd.DataFrame,
    treatments: pd.DataFrame,
    programme_terms: Terms,
    settings: Settings,
) -> pd.DataFrame:
    """Return which treatment pays best for each account."""
    if "yearly_contribution" not in costed_accounts:
        raise MissingTable(
            _("Without contribution nothing tells what a treatment brings."),
            found=", ".join(map(str, costed_accounts)),
            wanted=_("the column cost in the ledger"),
            remedy=_("Add the column, or set margin, such as margin=0.25."),
        )
    return choose.treatment_that_pays(
        costed_accounts, treatments, programme_terms, effects=choose.given_effects(settings.effects)
    )


@result()
def programme(
    about: About,
    costed_accounts: pd.DataFrame,
    treatment: pd.DataFrame,
    treatments: pd.DataFrame,
    programme_terms: Terms,
    settings: Settings,
    growth: Finding | None = None,
) -> Programme:
    """Tell what treating the key accounts costs and brings."""
    key = treatment.loc[treatment["treatment"] != "ordinary", "account_id"]
    comes = None
    if growth is not None and is_year(halves(about.period)[1]):
        own = growth.table[growth.table["account_id"].isin(key)]
        comes = growth_total(own)[1]
    return choose.programme(
        costed_accounts.merge(treatment, on="account_id"),
        treatments,
        programme_terms,
        effects=choose.given_effects(settings.effects),
        draws=settings.draws,
        currency=about.currency,
        comes=comes,
    )


@result(
    columns=(
        "account_id account_name treatment yearly_contribution retained grown "
        "programme_cost net_present_value break_even_retention break_even_growth"
    )
)
def programme_accounts(programme: Programme) -> pd.DataFrame:
    """Return what the treatment of each key account costs and brings."""
    return programme.table


@result(
    columns=(
        "treatment accounts retained grown programme_cost net_present_value payback_months "
        "break_even_retention break_even_growth"
    )
)
def programme_summary(programme: Programme) -> pd.DataFrame:
    """Return what each treatment costs and brings, and all together."""
    return programme.summary


@picture
def programme_chart(about: About, programme: Programme) -> Picture:
    """Draw what the programme keeps, adds and costs."""
    from kamkit.choose import charts

    return charts.programme_steps(programme.total, currency=about.currency, source=about.title)


@picture
def trade_off_chart(
    about: About,
    scored_accounts: pd.DataFrame,
    treatments: pd.DataFrame,
    programme_terms: Terms,
    breadth: Breadth,
    settings: Settings,
    managers: pd.DataFrame | None = None,
) -> Picture:
    """Draw breadth against depth: what more accounts and more treatment return."""
    from kamkit.choose import charts

    grid = choose.trade_off(
        scored_accounts,
        treatments,
        programme_terms,
        effects=choose.given_effects(settings.effects),
        hours=limit(managers, "hours"),
    )
    return charts.breadth_and_depth(
        grid, marked=breadth.suggested, currency=about.currency, source=about.title
    )


@result(words=True)
def assignment(
    costed_accounts: pd.DataFrame,
    treatment: pd.DataFrame,
    treatments: pd.DataFrame,
    settings: Settings,
    managers: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    ties: pd.DataFrame | None = None,
) -> Assignment:
    """Tell who takes which key account."""
    team = managers if managers is not None else choose.managers_from(costed_accounts)
    accounts = choose.to_assign(costed_accounts, treatment, treatments, ratings, ties)
    return choose.assign(
        accounts, team, points=choose.given_points(settings.points), require=list(settings.require)
    )


@result()
def manager_load(assignment: Assignment) -> pd.DataFrame:
    """Return hours and accounts of each manager."""
    return assignment.load


@picture
def manager_chart(about: About, assignment: Assignment) -> Picture:
    """Draw the hours of each manager."""
    from kamkit.choose import charts

    return charts.manager_load(assignment.load, source=about.title)
