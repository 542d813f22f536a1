"""Which accounts are key, how many of them, how much treatment, and who takes them."""

from __future__ import annotations

from kamkit.choose import charts
from kamkit.choose._breadth import breadth
from kamkit.choose._cuts import cuts, guard, suggest
from kamkit.choose._overlap import overlap
from kamkit.choose._preview import preview
from kamkit.choose._programme import programme, yearly_flows
from kamkit.choose._reasons import reasons
from kamkit.choose._robustness import robustness, swaps
from kamkit.choose._score import explain, rescored, score
from kamkit.choose._trade_off import trade_off, treatment_that_pays
from kamkit.choose.ahp import pairwise
from kamkit.choose.capacity import assign
from kamkit.choose.criteria import (
    data_criteria,
    default_criteria,
    default_weights,
    judgement_criteria,
    named_criteria,
    scale_sheet,
    trusted,
)
from kamkit.choose.depth import assign_treatment, hours_of, services_table, treatments
from kamkit.choose.effects import EFFECTS, Terms, effect_of, given_effects, with_growth
from kamkit.choose.exceptions import in_order, with_exceptions
from kamkit.choose.fit import given_points, managers_from, managers_table
from kamkit.choose.portfolio import (
    assumed_contribution,
    chosen,
    described,
    in_period,
    key_accounts,
    ordinary_sales,
    ranked,
    to_assign,
)
from kamkit.choose.raters import combined, disagreement, leniency
from kamkit.choose.weights import check_weights, given_weights, rank_order

__all__ = [
    "EFFECTS",
    "Terms",
    "assign",
    "assign_treatment",
    "assumed_contribution",
    "breadth",
    "charts",
    "check_weights",
    "chosen",
    "combined",
    "cuts",
    "data_criteria",
    "default_criteria",
    "default_weights",
    "described",
    "disagreement",
    "effect_of",
    "explain",
    "given_effects",
    "given_points",
    "given_weights",
    "guard",
    "hours_of",
    "in_order",
    "in_period",
    "judgement_criteria",
    "key_accounts",
    "leniency",
    "managers_from",
    "managers_table",
    "named_criteria",
    "ordinary_sales",
    "overlap",
    "pairwise",
    "preview",
    "programme",
    "rank_order",
    "ranked",
    "reasons",
    "rescored",
    "robustness",
    "scale_sheet",
    "score",
    "services_table",
    "suggest",
    "swaps",
    "to_assign",
    "trade_off",
    "treatment_that_pays",
    "treatments",
    "trusted",
    "with_exceptions",
    "with_growth",
    "yearly_flows",
]
