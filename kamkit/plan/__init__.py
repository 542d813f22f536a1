"""From findings to decisions on paper: matrix, strategy, account plans, and what became of them."""

from __future__ import annotations

from kamkit.plan import charts
from kamkit.plan._account_plan import account_plan, agreed_actions, in_words
from kamkit.plan._answer import ANSWER, answer, key_figures
from kamkit.plan._decisions import DECISIONS, decisions
from kamkit.plan._facts import facts
from kamkit.plan._matrix import matrix
from kamkit.plan._objectives import objectives, written_goals
from kamkit.plan._portfolio import PORTFOLIO, portfolio, portfolio_kind
from kamkit.plan._register import FIELDS, REGISTER, register, with_people
from kamkit.plan.basis import Basis, is_customer, planned, quarters, relations, with_document
from kamkit.plan.compare import (
    changed,
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
from kamkit.plan.rules import read_rules, rules_in_words, rules_table
from kamkit.plan.statements import AccountPlan, Section, Statement, sources
from kamkit.plan.strategy import strategies

__all__ = [
    "ANSWER",
    "DECISIONS",
    "FIELDS",
    "PORTFOLIO",
    "REGISTER",
    "AccountPlan",
    "Basis",
    "Section",
    "Statement",
    "account_plan",
    "agreed_actions",
    "answer",
    "changed",
    "charts",
    "comparable",
    "decisions",
    "facts",
    "forecasts",
    "in_words",
    "in_words_now",
    "is_customer",
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
    "portfolio_kind",
    "quarters",
    "read_rules",
    "register",
    "relations",
    "revenue_bridge",
    "rules_in_words",
    "rules_table",
    "sources",
    "strategies",
    "with_document",
    "with_people",
    "written_goals",
]
