"""What an account is worth: profit, rhythm, lifetime, change."""

from __future__ import annotations

from kamkit.value import charts
from kamkit.value._cohorts import cohorts
from kamkit.value._discounts import account_discounts, discounts
from kamkit.value._holdout import holdout
from kamkit.value._price_volume_mix import price_volume_mix
from kamkit.value._regularity import regularity
from kamkit.value._retention import account_groups, retention, yearly_retention
from kamkit.value._rfm import rfm
from kamkit.value._rhythm import half_a_year_ago, late, rhythm, rhythm_facts
from kamkit.value._whale import destroyers, price_cost_grid, pyramid, tiers, whale
from kamkit.value.account import account_value, beside, of_lifetime, profit_facts
from kamkit.value.change import account_changes, bridge, change_facts
from kamkit.value.history import summary
from kamkit.value.lifetime import lifetime_value
from kamkit.value.occasions import netted, purchase_days
from kamkit.value.present_value import cohort_present_value, margin_multiple
from kamkit.value.profit import customer_profit, profit_steps
from kamkit.value.repeat import fit, fit_gamma_gamma
from kamkit.value.seasonality import month_profile, seasonal_accounts
from kamkit.value.service import cost_to_serve, given_rates, rate_table, time_driven_rates
from kamkit.value.terms import order_sizes, what_if

__all__ = [
    "account_changes",
    "account_discounts",
    "account_groups",
    "account_value",
    "beside",
    "bridge",
    "change_facts",
    "charts",
    "cohort_present_value",
    "cohorts",
    "cost_to_serve",
    "customer_profit",
    "destroyers",
    "discounts",
    "fit",
    "fit_gamma_gamma",
    "given_rates",
    "half_a_year_ago",
    "holdout",
    "late",
    "lifetime_value",
    "margin_multiple",
    "month_profile",
    "netted",
    "of_lifetime",
    "order_sizes",
    "price_cost_grid",
    "price_volume_mix",
    "profit_facts",
    "profit_steps",
    "purchase_days",
    "pyramid",
    "rate_table",
    "regularity",
    "retention",
    "rfm",
    "rhythm",
    "rhythm_facts",
    "seasonal_accounts",
    "summary",
    "tiers",
    "time_driven_rates",
    "whale",
    "what_if",
    "yearly_retention",
]
