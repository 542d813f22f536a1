"""More business with the accounts there are, and with new ones."""

from __future__ import annotations

from kamkit.grow import charts
from kamkit.grow._affinity import affinity, rules
from kamkit.grow._conversion import conversion, tried
from kamkit.grow._growth import growth, growth_total
from kamkit.grow._recommend import hold_out, recommend
from kamkit.grow._whitespace import opportunities, whitespace
from kamkit.grow.check import opportunity_check
from kamkit.grow.items import kinds
from kamkit.grow.prospects import look_alikes
from kamkit.grow.wallet import share_by_peers, share_of_wallet, wallet_allocation

__all__ = [
    "affinity",
    "charts",
    "conversion",
    "growth",
    "growth_total",
    "hold_out",
    "kinds",
    "look_alikes",
    "opportunities",
    "opportunity_check",
    "recommend",
    "rules",
    "share_by_peers",
    "share_of_wallet",
    "tried",
    "wallet_allocation",
    "whitespace",
]
