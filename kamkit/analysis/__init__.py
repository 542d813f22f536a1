"""One analysis: every result has a name, is made once when first asked for, and is kept."""

from __future__ import annotations

from kamkit.analysis import base, choose, grow, identify, plan, programme, relate, value
from kamkit.analysis.core import Analysis, analyse, attach, open_run
from kamkit.analysis.graph import RESULTS, LeftOut, Result, picture, result
from kamkit.analysis.plans import Plan

__all__ = [
    "RESULTS",
    "Analysis",
    "LeftOut",
    "Plan",
    "Result",
    "analyse",
    "attach",
    "base",
    "choose",
    "grow",
    "identify",
    "open_run",
    "picture",
    "plan",
    "programme",
    "relate",
    "result",
    "value",
]

attach()
