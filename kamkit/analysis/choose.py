"""Which accounts are key, how many, how much treatment, and who takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit import choose, schema
from kamkit.analysis.asked import weighted
from kamkit.analysis.graph import picture, result
from kamkit.analysis.programme import limit
from kamkit.analysis.value import facts_in
from kamkit.choose._cuts import MOST
from kamkit.choose.exceptions import tiers
from kamkit.periods import halves, is_year, span

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.choose._cuts import Breadth
    from kamkit.choose._robustness import Robustness
    from kamkit.choose._score import Scores
    from kamkit.choose.capacity import Assignment
    from kamkit.choose.criteria import Criterion
    from kamkit.choose.weights import Weights
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.settings import Settings
    from kamkit.value.lifetime_finding import LifetimeValue

ACCOUNT_COLUMNS = (
    "account_id account_name revenue share abc_class contribution profit profit_ratio "
    "rhythm_state lifetime_value change"
)
"""What the table of all accounts shows."""

YEAR = ("revenue_year", "change", "contribution_year", "profit_year")
SHEET_COLUMNS = (
    *("account_id", "account_name", "parent_id", "region", "segment", "account_manager"),
    *("treatment", "aim", "strategy", *YEAR, "profit_ratio", "orders", "last_date"),
    *("next_expected", "rhythm_state", "health", "lifetime_value", "abc_class"),
    *("revenue", "first_date", "what_changes"),
)
"""What the sheet of all accounts in the workbook shows."""

KEY_COLUMNS = (
    "account_id account_name treatment manager revenue_year profit_year score key_share reasons "
    "against"
)
OTHER_COLUMNS = (
    "account_id account_name what_changes key_share revenue_year profit_year reasons against"
)
SCENARIO_COLUMNS = (
    "rank account_id account_name chosen key_share key_share_weights key_share_ratings "
    "key_share_period key_share_both key_share_unruled standing"
)


@result()
def described_accounts(
    case: Case, account_value: pd.DataFrame, last_year: pd.DataFrame, groups: Finding | None = None
) -> pd.DataFrame:
    """Return the accounts with what the register knows, what they gave last year, their chain."""
    known = account_value.merge(last_year, on="account_id", how="left")
    sums = [name for name in last_year if schema.kind(str(name)) == "money"]
    known = known.fillna(dict.fromkeys(sums, 0.0))
    return choose.described(case, known, chains=None if groups is None else groups.table)


@result(columns=ACCOUNT_COLUMNS)
def accounts(described_accounts: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """Return everything that is known of each account.

    One row per account, the largest first: revenue, contribution, class, profit, rhythm, lifetime
    value, change and what it gave in the last year, each where the case can carry it.
    """
    new = ["account_id", *[name for name in classes if name not in described_accounts]]
    return described_accounts.merge(classes[new], on="account_id", how="left")


@result(words=True)
def used_criteria(
    about: About,
    described_accounts: pd.DataFrame,
    settings: Settings,
    ratings: pd.DataFrame | None = None,
    lifetime: LifetimeValue | None = None,
) -> tuple[Criterion, ...]:
    """Return the criteria that accounts are chosen by, with their scales.

    Without names they are the usual ones, and others that are given a weight.
    """

    def named(names: list[str]) -> tuple[Criterion, ...]:
        return choose.named_criteria(names, described_accounts, ratings, currency=about.currency)

    criteria = named(list(settings.criteria))
    if not settings.criteria:
        usual = {criterion.name for criterion in criteria}
        also = [name for name in weighted(settings) if name not in usual]
        criteria += named(also) if also else ()
    return choose.trusted(criteria, {} if lifetime is None else {"lifetime_value": lifetime.trust})


@result(words=True)
def weighting(used_criteria: tuple[Criterion, ...], settings: Settings) -> Weights:
    """Tell what each criterion weighs."""
    return choose.given_weights(
        used_criteria, weights=settings.weights, ranking=settings.ranking, pairs=settings.pairs
    )


@result(words=True)
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
    costed_accounts: pd.DataFrame,
    ratings: pd.DataFrame | None = None,
    paying_treatments: pd.DataFrame | None = None,
) -> Scores:
    """Tell which accounts score best, and in which order they are chosen."""
    scored = choose.score(
        described_accounts,
        used_criteria,
        weighting.weights,
        ratings=ratings,
        missing=settings.missing,
    )
    return choose.with_exceptions(
        scored,
        costed_accounts,
        pays=paying_treatments if settings.must_pay else None,
        keep_share=settings.keep_share,
    )


@result(words=True)
def overlap(scores: Scores) -> Finding:
    """Tell which criteria say the same."""
    return choose.overlap(scores)


@result()
def costed_accounts(
    about: About,
    described_accounts: pd.DataFrame,
    settings: Settings,
    growth: Finding | None = None,
) -> pd.DataFrame:
    """Return the accounts with a year's contribution and what growth at past rates adds to it.

    The contribution is known or by the margin that is set. Growth is that of ``growth``, as in
    plans and portfolio; a treatment is assumed to bring a share of it on top. It is left out where
    ``effects`` gives a growth or the ledger is too short to tell that of a year.
    """
    days = about.period.days
    accounts = described_accounts
    if "yearly_contribution" not in accounts and settings.margin:
        accounts = choose.assumed_contribution(accounts, margin=settings.margin, days=days)
    given = any(choose.effect_of(text) == "growth" for text in settings.effects)
    if growth is None or given or not is_year(halves(about.period)[1]):
        return accounts
    return choose.with_growth(accounts, growth.table, years=days / 365.25)


@result()
def scored_accounts(scores: Scores, costed_accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts by rank: those that may be key."""
    return choose.ranked(scores, costed_accounts)


@result()
def size_cuts(
    scored_accounts: pd.DataFrame,
    treatments: pd.DataFrame,
    settings: Settings,
    paying_treatments: pd.DataFrame | None = None,
    managers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what each number of key accounts covers and takes; one row per number."""
    each = treatments.set_index("treatment")["hours"]
    takes: Any = float(each["shared"])
    if paying_treatments is not None:
        best = _in_order(paying_treatments, scored_accounts)["pays_best"]
        takes = best.replace("ordinary", "shared").map(each).to_numpy()
    paid = ("profit_year", "contribution_year") if paying_treatments is not None else ()
    by = next(name for name in (*paid, "revenue_year") if name in scored_accounts)
    hours = limit(managers, "hours")
    most = max(MOST, settings.key_accounts)
    return choose.cuts(scored_accounts, by=by, hours_each=takes, hours=hours, most=most)


@result()
def breadth(
    scores: Scores,
    scored_accounts: pd.DataFrame,
    size_cuts: pd.DataFrame,
    settings: Settings,
    paying_treatments: pd.DataFrame | None = None,
    managers: pd.DataFrame | None = None,
) -> Breadth:
    """Tell how many accounts should be key, and why."""
    returns = None
    if paying_treatments is not None:
        own = _in_order(paying_treatments, scored_accounts)
        returns = own[["value_shared", "value_dedicated"]].max(axis=1)
    return choose.suggest(
        size_cuts,
        accounts=len(scores.table),
        kept=int((tiers(scores.table) == 0).sum()),
        given=settings.key_accounts,
        returns=returns,
        managers=None if managers is None else len(managers),
        places=limit(managers, "accounts_max"),
    )


@picture
def breadth_chart(about: About, breadth: Breadth, size_cuts: pd.DataFrame) -> Picture:
    """Draw what more key accounts add."""
    from kamkit.choose import charts

    return charts.breadth_curve(
        size_cuts.head(60),
        low=breadth.low,
        high=breadth.high,
        suggested=breadth.suggested,
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
    facts = facts_in(case, halves(case.period)[1], settings)
    return choose.rescored(scores, choose.in_period(described_accounts, facts), ratings=ratings)


@result()
def robustness(
    about: About,
    scores: Scores,
    breadth: Breadth,
    settings: Settings,
    later_scores: Scores | None = None,
) -> Robustness:
    """Tell how sure the list is under other weights, ratings and periods."""
    other = None
    if later_scores is not None:
        other = {span(halves(about.period)[1]): later_scores}
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


@result(columns="name_in name_out gap criterion weight weight_needed weight_moved", words=True)
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


@result(words=True)
def account_reasons(about: About, scores: Scores, costed_accounts: pd.DataFrame) -> pd.DataFrame:
    """Return what counts for and against each account."""
    return choose.reasons(
        scores, costed_accounts, currency=about.currency, period=span(about.period)
    )


@result(columns=KEY_COLUMNS, words=True)
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


@result(columns=OTHER_COLUMNS, words=True)
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


@result(columns=OTHER_COLUMNS, words=True)
def changing_accounts(ordinary_sales: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts outside for which something changes."""
    return ordinary_sales[ordinary_sales["what_changes"] != "no_change"].reset_index(drop=True)


def _in_order(table: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table in the order of the accounts."""
    return table.set_index("account_id").loc[accounts["account_id"]].reset_index()
