"""More business with the accounts there are, and with new ones."""

from __future__ import annotations

from kamkit.grow import charts
from kamkit.grow.affinity import affinity, rules
from kamkit.grow.items import kinds
from kamkit.grow.prospects import look_alikes
from kamkit.grow.recommend import hold_out, recommend
from kamkit.grow.wallet import share_by_peers, share_of_wallet, wallet_allocation
from kamkit.grow.whitespace import opportunities, whitespace

__all__ = [
    "affinity",
    "charts",
    "hold_out",
    "kinds",
    "look_alikes",
    "opportunities",
    "recommend",
    "rules",
    "share_by_peers",
    "share_of_wallet",
    "wallet_allocation",
    "whitespace",
]
