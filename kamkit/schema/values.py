"""How a value of a column is written inside a sentence."""

from __future__ import annotations

from typing import Any

from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.money import scaled
from kamkit.schema.codes import word
from kamkit.schema.register import kind


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
