"""Which accounts are key, how many, how much treatment, and who takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit import choose, identify, value
from kamkit.analysis.graph import picture, result
from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.periods import halves

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.choose.capacity import Assignment
    from kamkit.choose.criteria import Criterion
    from kamkit.choose.cuts import Breadth
    from kamkit.choose.effects import Terms
    from kamkit.choose.programme import Programme
    from kamkit.choose.robustness import Robustness
    from kamkit.choose.score import Scores
    from kamkit.choose.weights import Weights
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.settings import Settings

ACCOUNT_COLUMNS = (
    "account_id account_name revenue share abc_class contribution profit profit_ratio "
    "rhythm_state lifetime_value change"
)
KEY_COLUMNS = "account_id account_name treatment manager score key_share reasons against"
OTHER_COLUMNS = "account_id account_name what_changes key_share revenue reasons against"
SCENARIO_COLUMNS = (
    "rank account_id account_name chosen key_share key_share_weights key_share_ratings "
    "key_share_period standing"
)


@result()
def described_accounts(
    case: Case, account_value: pd.DataFrame, groups: Finding | None = None
) -> pd.DataFrame:
    """Return the accounts with what the register knows of them, and the size of chains."""
    return choose.described(case, account_value, chains=None if groups is None else groups.table)


@result(columns=ACCOUNT_COLUMNS)
def accounts(described_accounts: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """Return everything that is known of each account.

    One row per account, the largest first: revenue, contribution, class, profit, rhythm, lifetime
    value and change, each where the case can carry it.
    """
    new = ["account_id", *[name for name in classes if name not in described_accounts]]
    return described_accounts.merge(classes[new], on="account_id", how="left")


@result()
def used_criteria(
    about: About,
    described_accounts: pd.DataFrame,
    settings: Settings,
    ratings: pd.DataFrame | None = None,
) -> tuple[Criterion, ...]:
    """Return the criteria that accounts are chosen by, with their scales."""
    return tuple(
        choose.named_criteria(
            list(settings.criteria), described_accounts, ratings, currency=about.currency
        )
    )


@result()
def weighting(used_criteria: tuple[Criterion, ...], settings: Settings) -> Weights:
    """Tell what each criterion weighs."""
    return choose.given_weights(
        used_criteria, weights=settings.weights, ranking=settings.ranking, pairs=settings.pairs
    )


@result()
def criteria_scales(used_criteria: tuple[Criterion, ...]) -> pd.DataFrame:
    """Return what each rating from 1 to 5 means, one row per criterion and rating."""
    return choose.scale_sheet(used_criteria)


@result()
def disagreement(ratings: pd.DataFrame) -> Finding:
    """Tell where the raters disagree."""
    return choose.disagreement(ratings)


@result()
def scores(
    described_accounts: pd.DataFrame,
    used_criteria: tuple[Criterion, ...],
    weighting: Weights,
    settings: Settings,
    ratings: pd.DataFrame | None = None,
) -> Scores:
    """Tell which accounts score best."""
    return choose.score(
        described_accounts,
        used_criteria,
        weighting.weights,
        ratings=ratings,
        missing=settings.missing,
    )


@result()
def overlap(scores: Scores) -> Finding:
    """Tell which criteria say the same."""
    return choose.overlap(scores)


@result()
def services(case: Case, settings: Settings) -> pd.DataFrame:
    """Return what each treatment gives an account, with hours and cost."""
    return choose.services_table(case, cost_per_hour=settings.cost_per_hour)


@result()
def treatments(services: pd.DataFrame) -> pd.DataFrame:
    """Return hours and cost of each treatment."""
    return choose.treatments(services)


@result()
def costed_accounts(
    case: Case, described_accounts: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Return the accounts with a year's contribution, known or by the margin that is set."""
    if "yearly_contribution" in described_accounts or not settings.margin:
        return described_accounts
    return choose.assumed_contribution(
        described_accounts, margin=settings.margin, days=case.period.days
    )


@result()
def scored_accounts(scores: Scores, costed_accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts by rank: those that may be key."""
    return choose.ranked(scores, costed_accounts)


@result()
def programme_terms(settings: Settings, retention: Finding | None = None) -> Terms:
    """Return what the programme is reckoned by: retention, years, discount rate."""
    kept = settings.retention
    if not kept:
        if retention is None:
            raise MissingTable(
                _("The ledger is too short to tell how much is kept from year to year."),
                remedy=_("Set retention, such as retention=0.9."),
            )
        kept = float(retention.table["gross_retention"].iloc[0])
    return choose.Terms(
        kept, years=settings.programme_years, annual_discount_rate=settings.annual_discount_rate
    )


@result()
def paying_treatments(
    scored_accounts: pd.DataFrame,
    treatments: pd.DataFrame,
    programme_terms: Terms,
    settings: Settings,
) -> pd.DataFrame:
    """Return which treatment pays best for each account."""
    if "yearly_contribution" not in scored_accounts:
        raise MissingTable(
            _("Without contribution nothing tells what a treatment brings."),
            wanted=_("the column cost in the ledger"),
            remedy=_("Add the column, or set margin, such as margin=0.25."),
        )
    return choose.treatment_that_pays(
        scored_accounts, treatments, programme_terms, effects=choose.given_effects(settings.effects)
    )


def _limit(managers: pd.DataFrame | None, column: str) -> float | None:
    if managers is None or column not in managers or not managers[column].notna().all():
        return None
    return float(managers[column].sum())


@result()
def size_cuts(
    scored_accounts: pd.DataFrame,
    treatments: pd.DataFrame,
    paying_treatments: pd.DataFrame | None = None,
    managers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what each number of key accounts covers and takes; one row per number."""
    each = treatments.set_index("treatment")["hours"]
    takes: Any = float(each["shared"])
    if paying_treatments is not None:
        best = paying_treatments["pays_best"].replace("ordinary", "shared")
        takes = best.map(each).to_numpy()
    by = "revenue" if paying_treatments is None else "yearly_contribution"
    return choose.cuts(scored_accounts, by=by, hours_each=takes, hours=_limit(managers, "hours"))


@result()
def breadth(
    described_accounts: pd.DataFrame,
    size_cuts: pd.DataFrame,
    settings: Settings,
    paying_treatments: pd.DataFrame | None = None,
    managers: pd.DataFrame | None = None,
) -> Breadth:
    """Tell how many accounts should be key, and why."""
    returns = None
    if paying_treatments is not None:
        returns = paying_treatments[["value_shared", "value_dedicated"]].max(axis=1)
    return choose.suggest(
        size_cuts,
        accounts=len(described_accounts),
        given=settings.key_accounts,
        returns=returns,
        managers=None if managers is None else len(managers),
        places=_limit(managers, "accounts_max"),
    )


@picture
def breadth_chart(
    about: About,
    breadth: Breadth,
    size_cuts: pd.DataFrame,
    paying_treatments: pd.DataFrame | None = None,
) -> Picture:
    """Draw what more key accounts add."""
    from kamkit.choose import charts

    return charts.breadth_curve(
        size_cuts.head(60),
        low=breadth.low,
        high=breadth.high,
        suggested=breadth.suggested,
        by="revenue" if paying_treatments is None else "yearly_contribution",
        **about.place,
    )


@result()
def score_spread(scores: Scores, breadth: Breadth) -> Finding:
    """Tell how far the scores are apart at the line."""
    return choose.preview(scores, n=breadth.suggested)


@picture
def score_spread_chart(about: About, score_spread: Finding) -> Picture:
    """Draw how the scores spread."""
    from kamkit.choose import charts

    return charts.score_spread(score_spread.table, **about.place)


@picture
def score_chart(about: About, scores: Scores, breadth: Breadth) -> Picture:
    """Draw what the scores of the first accounts are made of."""
    from kamkit.choose import charts

    return charts.score_parts(scores, rows=20, chosen=breadth.suggested, **about.place)


@result()
def later_scores(
    case: Case,
    scores: Scores,
    described_accounts: pd.DataFrame,
    settings: Settings,
    ratings: pd.DataFrame | None = None,
) -> Scores:
    """Return the scores by the later half of the ledger alone."""
    later = halves(case.period)[1]
    facts = identify.account_facts(case, period=later)
    if "contribution" in facts:
        facts = value.customer_profit(
            case,
            facts,
            period=later,
            rates=value.given_rates(settings.rates),
            annual_interest_rate=settings.annual_interest_rate,
        ).table
    return choose.rescored(scores, choose.in_period(described_accounts, facts), ratings=ratings)


@result()
def robustness(
    case: Case,
    scores: Scores,
    breadth: Breadth,
    settings: Settings,
    later_scores: Scores | None = None,
) -> Robustness:
    """Tell how sure the list is under other weights, ratings and periods."""
    other = None
    if later_scores is not None:
        other = {str(halves(case.period)[1]): later_scores}
    return choose.robustness(
        scores,
        breadth.suggested,
        draws=settings.draws,
        weight_spread=settings.weight_spread,
        rating_noise=settings.rating_noise,
        other=other,
    )


@result(columns=SCENARIO_COLUMNS)
def scenarios(robustness: Robustness) -> pd.DataFrame:
    """Return in how many scenarios each account is on the list."""
    return robustness.table


@picture
def key_share_chart(about: About, robustness: Robustness) -> Picture:
    """Draw in how many scenarios each account is on the list."""
    from kamkit.choose import charts

    return charts.key_share(robustness.table, **about.place)


@result(columns="name_in name_out gap criterion weight weight_needed weight_moved")
def swaps(scores: Scores, breadth: Breadth) -> Finding:
    """Tell which small change of a weight swaps two accounts."""
    return choose.swaps(scores, breadth.suggested)


@result()
def treatment(
    scores: Scores,
    breadth: Breadth,
    settings: Settings,
    paying_treatments: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the treatment of each key account."""
    deep: Any = 0
    if settings.dedicated >= 0:
        deep = settings.dedicated
    elif paying_treatments is not None:
        best = paying_treatments["pays_best"] == "dedicated"
        deep = paying_treatments.loc[best, "account_id"].tolist()
    return choose.assign_treatment(scores, breadth.suggested, dedicated=deep)


@result()
def programme(
    about: About,
    costed_accounts: pd.DataFrame,
    treatment: pd.DataFrame,
    treatments: pd.DataFrame,
    programme_terms: Terms,
    settings: Settings,
) -> Programme:
    """Tell what treating the key accounts costs and brings."""
    tiers = costed_accounts.merge(treatment, on="account_id")
    return choose.programme(
        tiers,
        treatments,
        programme_terms,
        effects=choose.given_effects(settings.effects),
        draws=settings.draws,
        currency=about.currency,
    )


@result(
    columns=(
        "account_id account_name treatment yearly_contribution retained grown "
        "programme_cost net_present_value chance_it_pays"
    )
)
def programme_accounts(programme: Programme) -> pd.DataFrame:
    """Return what the treatment of each key account costs and brings."""
    return programme.table


@result(
    columns=(
        "treatment accounts retained grown programme_cost net_present_value payback_months "
        "chance_it_pays break_even_retention"
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
        hours=_limit(managers, "hours"),
    )
    return charts.breadth_and_depth(
        grid, marked=breadth.suggested, currency=about.currency, source=about.title
    )


@result()
def assignment(
    costed_accounts: pd.DataFrame,
    treatment: pd.DataFrame,
    treatments: pd.DataFrame,
    settings: Settings,
    managers: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
) -> Assignment:
    """Tell who takes which key account."""
    team = managers if managers is not None else choose.managers_from(costed_accounts)
    accounts = choose.to_assign(costed_accounts, treatment, treatments, ratings)
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


@result()
def account_reasons(about: About, scores: Scores, costed_accounts: pd.DataFrame) -> pd.DataFrame:
    """Return what counts for and against each account."""
    return choose.reasons(scores, costed_accounts, currency=about.currency)


@result(columns=KEY_COLUMNS)
def key_accounts(
    scores: Scores,
    costed_accounts: pd.DataFrame,
    breadth: Breadth,
    account_reasons: pd.DataFrame,
    robustness: Robustness,
    treatment: pd.DataFrame,
    assignment: Assignment | None = None,
) -> pd.DataFrame:
    """Return the key accounts, the best score first, with what counts for and against each."""
    return choose.key_accounts(
        scores,
        costed_accounts,
        breadth.suggested,
        reasons=account_reasons,
        robust=robustness.table,
        treatment=treatment,
        assigned=None if assignment is None else assignment.table,
    )


@result(columns=OTHER_COLUMNS)
def ordinary_sales(
    scores: Scores,
    costed_accounts: pd.DataFrame,
    breadth: Breadth,
    account_reasons: pd.DataFrame,
    robustness: Robustness,
    managers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the accounts that stay with ordinary sales, and what changes for them."""
    return choose.ordinary_sales(
        scores,
        costed_accounts,
        breadth.suggested,
        reasons=account_reasons,
        robust=robustness.table,
        managers=managers,
    )


@result(columns=OTHER_COLUMNS)
def changing_accounts(ordinary_sales: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts outside for which something changes."""
    return ordinary_sales[ordinary_sales["what_changes"] != "no_change"].reset_index(drop=True)
