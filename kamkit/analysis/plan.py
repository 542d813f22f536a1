"""Plans: where the accounts stand, strategies, objectives, and what came of earlier plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kamkit import plan
from kamkit.analysis.graph import picture, result
from kamkit.errors import MissingTable
from kamkit.language import gettext as _

if TYPE_CHECKING:
    from kamkit.analysis.core import Analysis
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.settings import Settings

OBJECTIVE_COLUMNS = (
    "account_id account_name objective measure_words baseline_words target_words action owner due"
)
ACTION_COLUMNS = "account_id account_name number objective action owner due status"
STRATEGY_COLUMNS = "account_id account_name aim strategy because would_change rule"


@result()
def quarters(case: Case, planned: pd.DataFrame) -> pd.DataFrame:
    """Return what the accounts that get a plan bought in each quarter."""
    return plan.quarters(case, planned["account_id"].tolist())


@result()
def matrix(
    accounts: pd.DataFrame,
    planned: pd.DataFrame,
    scored_accounts: pd.DataFrame,
    ratings: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
    all_wallets: pd.DataFrame | None = None,
) -> Finding:
    """Tell how attractive the accounts are, and how strong we are there.

    The axes are on the spread of the accounts that get a plan and of as many that come next.
    """
    of = planned["account_id"].tolist()
    others = scored_accounts[~scored_accounts["account_id"].isin(of)]
    return plan.matrix(
        accounts,
        of=of,
        ratings=ratings,
        relations=relations,
        wallet=all_wallets,
        among=[*of, *others.sort_values("rank").head(len(of))["account_id"]],
    )


@result(
    columns=(
        "account_id account_name attractiveness strength cell cell_sure fiocca grid_cell "
        "relationship customer_view"
    )
)
def matrix_table(matrix: Finding) -> pd.DataFrame:
    """Return the place of each account in the matrix."""
    return matrix.table


@picture
def matrix_chart(about: About, matrix: Finding, planned: pd.DataFrame) -> Picture:
    """Draw the accounts by attractiveness and strength; the key accounts are named."""
    from kamkit.plan import charts

    return charts.matrix(_with_chosen(matrix.table, planned), source=about.title)


def _with_chosen(table: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    key = planned.loc[planned["planned_as"] == "key", "account_id"]
    return table.assign(chosen=table["account_id"].isin(key))


@result(kept=False)
def plan_basis(
    about: About,
    accounts: pd.DataFrame,
    key_accounts: pd.DataFrame,
    planned: pd.DataFrame,
    ordinary_sales: pd.DataFrame | None = None,
    quarters: pd.DataFrame | None = None,
    goals: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    register: pd.DataFrame | None = None,
    whitespace: Finding | None = None,
    opportunities: pd.DataFrame | None = None,
    growth: Finding | None = None,
    wallet_shares: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    next_contacts: pd.DataFrame | None = None,
    health: Finding | None = None,
    mutual_value: Finding | None = None,
    programme: Finding | None = None,
    matrix: Finding | None = None,
    written: pd.DataFrame | None = None,
    contact_names: pd.DataFrame | None = None,
) -> plan.Basis:
    """Return everything that plans rest on, for the accounts that get one."""
    of = planned["account_id"]

    def mine(table: pd.DataFrame | None) -> pd.DataFrame | None:
        return None if table is None else table[table["account_id"].isin(of)].reset_index(drop=True)

    def table(finding: Finding | None) -> pd.DataFrame | None:
        return None if finding is None else finding.table

    return plan.Basis(
        about=about,
        accounts=accounts,
        key_accounts=key_accounts,
        planned=planned,
        ordinary_sales=ordinary_sales,
        quarters=quarters,
        goals=mine(goals),
        ratings=mine(ratings),
        register=mine(register),
        whitespace=table(whitespace),
        opportunities=opportunities,
        growth=mine(table(growth)),
        wallet_shares=wallet_shares,
        relations=relations,
        people=people,
        next_contacts=next_contacts,
        health=table(health),
        mutual_value=table(mutual_value),
        programme=table(programme),
        matrix=table(matrix),
        written=written,
        contact_names=contact_names,
    )


@result(kept=False)
def plan_facts(plan_basis: plan.Basis) -> pd.DataFrame:
    """Return all that is known of each account that gets a plan, on one row."""
    return plan.facts(plan_basis)


@result()
def strategy_rules(settings: Settings) -> pd.DataFrame:
    """Return the rules that choose the strategies."""
    return plan.rules_table(settings.rules)


@result(words=True)
def strategy_finding(
    about: About, plan_facts: pd.DataFrame, strategy_rules: pd.DataFrame
) -> Finding:
    """Tell which strategy each account gets, and why."""
    return plan.strategies(plan_facts, rules=strategy_rules, currency=about.currency)


@result(columns=STRATEGY_COLUMNS, words=True)
def strategies(strategy_finding: Finding) -> pd.DataFrame:
    """Return the strategy of each account, why, and what would change it."""
    return strategy_finding.table


@result(words=True)
def prospect_strategies(
    about: About, prospects: pd.DataFrame, strategy_rules: pd.DataFrame
) -> Finding:
    """Tell which strategy each prospect gets."""
    return plan.strategies(prospects, rules=strategy_rules, currency=about.currency)


@result(columns="account_id account_name strategy because", words=True)
def prospects_to_win(prospect_strategies: Finding) -> pd.DataFrame:
    """Return the prospects to pursue, and why."""
    table = prospect_strategies.table
    return table[table["strategy"] == "win"].reset_index(drop=True)


@result()
def written() -> pd.DataFrame:
    """Return what people have written in the register of an earlier run; a run fills it in."""
    return pd.DataFrame(columns=list(plan.REGISTER), dtype="str")


@result(kept=False)
def agreed_actions(
    plan_basis: plan.Basis, plan_facts: pd.DataFrame, strategies: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the objectives as they are proposed, and all actions as people have them."""
    return plan.agreed_actions(plan_basis, plan_facts, strategies)


@result(columns=ACTION_COLUMNS, words=True)
def actions(agreed_actions: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """Return all actions: those proposed, those agreed, and those that people added."""
    return agreed_actions[1]


@result(columns=OBJECTIVE_COLUMNS, words=True)
def objectives(
    about: About, agreed_actions: tuple[pd.DataFrame, pd.DataFrame], actions: pd.DataFrame
) -> pd.DataFrame:
    """Return the objectives of each account, with measure, target, action, owner and date."""
    goals = plan.with_people(agreed_actions[0], actions)
    return plan.in_words(goals, about.currency)


@result(words=True)
def portfolio(
    plan_basis: plan.Basis,
    plan_facts: pd.DataFrame,
    strategies: pd.DataFrame,
    objectives: pd.DataFrame,
) -> Finding:
    """Tell what the key accounts are together, and what the plans add up to."""
    return plan.portfolio(plan_basis, plan_facts, strategies, objectives)


@result(columns=" ".join(plan.PORTFOLIO), words=True)
def portfolio_table(portfolio: Finding) -> pd.DataFrame:
    """Return the measures of the portfolio, today and as planned."""
    return portfolio.table


@result(words=True)
def answer(
    plan_basis: plan.Basis,
    plan_facts: pd.DataFrame,
    strategies: pd.DataFrame,
    objectives: pd.DataFrame,
    planned: pd.DataFrame,
) -> Finding:
    """Name the accounts with most at stake, what to do there first, and what all bring."""
    with_plan = plan_facts["account_id"].isin(plan.with_document(planned, strategies))
    return plan.answer(plan_basis, plan_facts[with_plan], strategies, objectives)


@result(kept=False)
def key_figures(
    plan_basis: plan.Basis, plan_facts: pd.DataFrame, answer: Finding
) -> list[tuple[str, str, str]]:
    """Return the four figures above everything: what it is, the value, what belongs to it."""
    return plan.key_figures(plan_basis, plan_facts, answer.table)


@result(words=True)
def decisions(
    plan_basis: plan.Basis,
    answer: Finding,
    plan_facts: pd.DataFrame,
    objectives: pd.DataFrame,
    discounts: Finding | None = None,
) -> Finding:
    """Tell the decisions that cannot wait, each with its reason and what it is worth."""
    sellers = None if discounts is None else discounts.table
    return plan.decisions(plan_basis, answer.table, plan_facts, objectives, sellers=sellers)


@result(kept=False)
def followed_basis(plan_basis: plan.Basis, objectives: pd.DataFrame) -> plan.Basis:
    """Return what a later run compares with."""
    return replace(plan_basis, objectives=objectives)


@result()
def overdue_finding(plan_basis: plan.Basis) -> Finding:
    """Tell which agreed actions are overdue."""
    return plan.overdue_actions(plan_basis)


@result(columns="account_id account_name objective action owner due status")
def overdue(overdue_finding: Finding) -> pd.DataFrame:
    """Return the actions that are overdue, the oldest first."""
    return overdue_finding.table


@result(kept=False)
def earlier_run(settings: Settings) -> Analysis:
    """Return the earlier run that is compared with."""
    if not settings.previous:
        raise MissingTable(
            _("No earlier run was named."),
            remedy=_("Name one to compare with: kamkit run SOURCE --previous FOLDER."),
        )
    from kamkit.analysis.core import open_run

    return open_run(Path(settings.previous).expanduser())


@result(kept=False)
def earlier_basis(earlier_run: Analysis, followed_basis: plan.Basis) -> plan.Basis:
    """Return what the plans of the earlier run rested on; refused where it is another company."""
    basis: plan.Basis = earlier_run.require("followed_basis")
    plan.comparable(basis, followed_basis)
    return basis


@result()
def movements(earlier_basis: plan.Basis, followed_basis: plan.Basis) -> Finding:
    """Tell who became a key account, who left, and whose treatment changed."""
    return plan.movements(earlier_basis, followed_basis)


@result()
def revenue_bridge(earlier_basis: plan.Basis, followed_basis: plan.Basis) -> Finding:
    """Tell why revenue is what it is, against the earlier run."""
    return plan.revenue_bridge(earlier_basis, followed_basis)


@picture
def revenue_bridge_chart(about: About, revenue_bridge: Finding) -> Picture:
    """Draw the steps from the revenue of the earlier run to this one."""
    from kamkit.plan import charts

    return charts.moved(revenue_bridge.table, currency=about.currency, source=about.title)


@result()
def outcome_finding(earlier_basis: plan.Basis, followed_basis: plan.Basis) -> Finding:
    """Tell which objectives of the earlier run were reached."""
    return plan.outcomes(earlier_basis, followed_basis)


@result(
    columns=(
        "account_id account_name objective measure_words then_words target_words now_words due "
        "outcome"
    )
)
def outcomes(about: About, outcome_finding: Finding) -> pd.DataFrame:
    """Return the objectives of the earlier run, and what they are at now."""
    return plan.in_words_now(outcome_finding.table, about.currency)


@result(columns="account_id account_name expected came difference")
def forecasts(earlier_basis: plan.Basis, followed_basis: plan.Basis) -> Finding:
    """Tell whether what the earlier run expected came."""
    return plan.forecasts(earlier_basis, followed_basis)


@result()
def new_alarms(earlier_basis: plan.Basis, followed_basis: plan.Basis) -> Finding:
    """Tell which accounts have fallen silent, or lost health, since the earlier run."""
    return plan.new_alarms(earlier_basis, followed_basis)


@picture
def moved_matrix_chart(
    about: About, matrix: Finding, planned: pd.DataFrame, earlier_basis: plan.Basis
) -> Picture:
    """Draw where the accounts have moved in the matrix."""
    from kamkit.plan import charts

    table = plan.moved_matrix(earlier_basis, _with_chosen(matrix.table, planned))
    return charts.matrix(table, source=about.title, period=about.period)
