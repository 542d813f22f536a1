"""What would put the terms of an account right: their discount, and what serving them costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kamkit.language import gettext as _
from kamkit.language import percent
from kamkit.money import scaled
from kamkit.plan.statements import known

_LEVER = 0.01


def levers(fact: Mapping[str, Any], revenue: float, currency: str) -> list[str]:
    """Return what would put the terms right, the one that is worth most in a year first.

    >>> levers({"discount_share": 0.3, "usual_discount_share": 0.2}, 70.0, "")
    ['bring their discount of 30% towards the usual 20%, a difference of 10 a year']
    """
    levers_found = []
    given, served = (in_last_year(fact, name) for name in ("discount_share", "service_share"))
    if known(fact, given, "usual_discount_share") and fact[given] < 1:
        share, usual = float(fact[given]), float(fact["usual_discount_share"])
        worth = (share - usual) * revenue / (1 - share)
        text = _(
            "bring their discount of {share} towards the usual {usual}, a difference of {money} a "
            "year",
            share=percent(share, 0),
            usual=percent(usual, 0),
            money=scaled(worth, currency),
        )
        levers_found.append((worth, text))
    if known(fact, served, "usual_service_share"):
        share, usual = float(fact[served]), float(fact["usual_service_share"])
        worth = (share - usual) * revenue
        text = _(
            "agree on fewer and larger deliveries and on a fee for service: serving them costs "
            "{money} a year more than usual for their revenue",
            money=scaled(worth, currency),
        )
        levers_found.append((worth, text))
    least = _LEVER * revenue  # less than that is no lever: “from 19% towards 19%”
    return [text for worth, text in sorted(levers_found, key=lambda one: -one[0]) if worth > least]


def in_last_year(fact: Mapping[str, Any], name: str) -> str:
    """Return the column of the last twelve months, where it is known.

    >>> in_last_year({"discount_share": 0.3, "discount_share_year": 0.2}, "discount_share")
    'discount_share_year'
    """
    return f"{name}_year" if known(fact, f"{name}_year") else name
