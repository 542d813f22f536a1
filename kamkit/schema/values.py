"""How a value of a column is written inside a sentence."""

from __future__ import annotations

import re
from typing import Any

from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.money import scaled
from kamkit.schema.codes import SOURCES, word
from kamkit.schema.register import find, kind, noun


def written(value: Any, name: str, currency: str = "") -> str:
    """Write a value by what its column holds; what is missing is not known.

    >>> written(0.253, "profit_ratio"), written(3, "people"), written(True, "is_key")
    ('25%', '3', 'yes')
    >>> written("late", "rhythm_state"), written(float("nan"), "profit")
    ('late', 'not known')
    """
    if value is None or value != value:
        return _("not known")
    holds = kind(name)
    if holds in ("word", "text", "code"):
        return word(str(value)) if holds == "word" else str(value)
    if holds == "flag":
        return _("yes") if value else _("no")
    if holds in ("money", "cents"):
        return scaled(float(value), currency)
    if holds == "percent":
        return percent(float(value), 0 if abs(value) >= 0.1 or value == 0 else 1)
    return number(float(value), 0 if float(value).is_integer() else 1)


def source_words(source: str) -> str:
    """Write the tables and columns that a sentence rests on; what has no word stays as it is.

    >>> source_words("accounts: profit_ratio, cost_to_serve; next_contacts")
    'All accounts: profit ratio, cost to serve; Next contacts'
    """
    parts = []
    for part in source.split("; "):
        table, _colon, names = part.partition(": ")
        title = _(SOURCES[table]) if table in SOURCES else table
        parts.append(f"{title}: {words(names)}" if names else title)
    return "; ".join(parts)


def words(names: str) -> str:
    """Write names of columns and codes, with commas between, in words.

    >>> words("days_since, top_share"), words("retain,grow_cross")
    ('recency, contact dependence', 'protect revenue, grow by cross-sell')
    """
    return ", ".join(noun(name) if find(name) else word(name) for name in re.split(", ?", names))
