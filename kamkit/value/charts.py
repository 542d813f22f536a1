"""The pictures of what accounts are worth, by subject in the modules beside this one."""

from __future__ import annotations

from kamkit.value.charts_change import bridge, price_volume_mix
from kamkit.value.charts_cohorts import cohorts, retention
from kamkit.value.charts_discounts import discounts
from kamkit.value.charts_lifetime import alive, holdout, lifetime_value
from kamkit.value.charts_profit import price_cost_grid, profit_steps, pyramid, whale
from kamkit.value.charts_rhythm import month_profile, rfm, silence

__all__ = [
    "alive",
    "bridge",
    "cohorts",
    "discounts",
    "holdout",
    "lifetime_value",
    "month_profile",
    "price_cost_grid",
    "price_volume_mix",
    "profit_steps",
    "pyramid",
    "retention",
    "rfm",
    "silence",
    "whale",
]
