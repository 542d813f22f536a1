"""How many accounts get key treatment, and how much of it."""

from __future__ import annotations

from kamkit.choose.breadth import breadth

__all__ = ["breadth"]
