"""From findings to decisions on paper: matrix, strategy, account plans, and what became of them."""

from __future__ import annotations

from kamkit.plan import charts
from kamkit.plan.account_plan import account_plan, in_words
from kamkit.plan.answer import ANSWER, answer, key_figures
from kamkit.plan.basis import Basis, planned, quarters, relations
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
from kamkit.plan.decisions import DECISIONS, decisions
from kamkit.plan.facts import facts
from kamkit.plan.matrix import matrix
from kamkit.plan.objectives import objectives, written_goals
from kamkit.plan.portfolio import PORTFOLIO, portfolio
from kamkit.plan.rules import read_rules, rules_in_words, rules_table
from kamkit.plan.statements import AccountPlan, Section, Statement, sources
from kamkit.plan.strategy import strategies

__all__ = [
    "ANSWER",
    "DECISIONS",
    "PORTFOLIO",
    "AccountPlan",
    "Basis",
    "Section",
    "Statement",
    "account_plan",
    "answer",
    "charts",
    "comparable",
    "decisions",
    "facts",
    "forecasts",
    "in_words",
    "in_words_now",
    "key_figures",
    "matrix",
    "moved_matrix",
    "movements",
    "new_alarms",
    "objectives",
    "outcomes",
    "overdue_actions",
    "planned",
    "portfolio",
    "quarters",
    "read_rules",
    "relations",
    "revenue_bridge",
    "rules_in_words",
    "rules_table",
    "sources",
    "strategies",
    "written_goals",
]
