"""Explorers: a static first view, and in JupyterLab controls that redraw it in place.

A control calls a tested function and nothing else, so that the notebook reads the same without
controls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.lazy import lazily

if TYPE_CHECKING:
    from kamkit.explore.contacts import (
        growth,
        growth_view,
        health_view,
        health_weights,
        relations,
        relations_view,
    )
    from kamkit.explore.sales import (
        FactsByPeriod,
        breadth,
        breadth_view,
        pareto,
        pareto_view,
        whale,
        whale_view,
    )
    from kamkit.explore.scores import (
        breadth_and_depth,
        breadth_and_depth_view,
        weights,
        weights_view,
    )
    from kamkit.explore.trials import (
        alarms,
        alarms_view,
        chance,
        chance_view,
        hunt,
        hunt_view,
        hunting,
        terms,
        terms_view,
        watched,
    )

__all__ = [
    "FactsByPeriod",
    "alarms",
    "alarms_view",
    "breadth",
    "breadth_and_depth",
    "breadth_and_depth_view",
    "breadth_view",
    "chance",
    "chance_view",
    "growth",
    "growth_view",
    "health_view",
    "health_weights",
    "hunt",
    "hunt_view",
    "hunting",
    "pareto",
    "pareto_view",
    "relations",
    "relations_view",
    "terms",
    "terms_view",
    "watched",
    "weights",
    "weights_view",
    "whale",
    "whale_view",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "contacts": [
            "growth",
            "growth_view",
            "health_view",
            "health_weights",
            "relations",
            "relations_view",
        ],
        "sales": [
            "FactsByPeriod",
            "breadth",
            "breadth_view",
            "pareto",
            "pareto_view",
            "whale",
            "whale_view",
        ],
        "scores": ["breadth_and_depth", "breadth_and_depth_view", "weights", "weights_view"],
        "trials": [
            "alarms",
            "alarms_view",
            "chance",
            "chance_view",
            "hunt",
            "hunt_view",
            "hunting",
            "terms",
            "terms_view",
            "watched",
        ],
    },
)
