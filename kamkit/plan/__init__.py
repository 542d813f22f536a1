"""From findings to decisions on paper: matrix, strategy, account plans, and what became of them."""

from __future__ import annotations

from kamkit.plan.account_plan import account_plan, in_words
from kamkit.plan.compare import (
    comparable,
    forecasts,
    in_words_now,
    moved_matrix,
    movements,
    new_alarms,
    outcomes,
    overdue_actions,
    revenue_bridge,
)
from kamkit.plan.facts import basis, facts, planned
from kamkit.plan.gather import (
    KEPT,
    complete,
    gather,
    growth_tables,
    listed,
    matrix_of,
    read_run,
    read_tables,
    relation_tables,
    relations,
    stage_evidence,
)
from kamkit.plan.matrix import matrix
from kamkit.plan.objectives import objectives, written_goals
from kamkit.plan.portfolio import PORTFOLIO, portfolio
from kamkit.plan.rules import read_rules, rules_table
from kamkit.plan.statements import AccountPlan, Section, Statement, sources
from kamkit.plan.strategy import strategies

__all__ = [
    "KEPT",
    "PORTFOLIO",
    "AccountPlan",
    "Section",
    "Statement",
    "account_plan",
    "basis",
    "comparable",
    "complete",
    "facts",
    "forecasts",
    "gather",
    "growth_tables",
    "in_words",
    "in_words_now",
    "listed",
    "matrix",
    "matrix_of",
    "moved_matrix",
    "movements",
    "new_alarms",
    "objectives",
    "outcomes",
    "overdue_actions",
    "planned",
    "portfolio",
    "read_rules",
    "read_run",
    "read_tables",
    "relation_tables",
    "relations",
    "revenue_bridge",
    "rules_table",
    "sources",
    "stage_evidence",
    "strategies",
    "written_goals",
]
