"""Who matters: account facts, ranking and classes, concentration, chains, stability."""

from __future__ import annotations

from kamkit.identify import charts
from kamkit.identify._chains import chains, roll_up
from kamkit.identify._stability import stability
from kamkit.identify.concentration import (
    concentration_summary,
    dependence,
    effective_number,
    gini,
    hhi,
    lorenz,
    losing,
)
from kamkit.identify.facts import account_facts, monthly
from kamkit.identify.pareto import (
    class_summary,
    classify,
    observed_rule,
    ordinary_sales,
    side_by_side,
)

__all__ = [
    "account_facts",
    "chains",
    "charts",
    "class_summary",
    "classify",
    "concentration_summary",
    "dependence",
    "effective_number",
    "gini",
    "hhi",
    "lorenz",
    "losing",
    "monthly",
    "observed_rule",
    "ordinary_sales",
    "roll_up",
    "side_by_side",
    "stability",
]
