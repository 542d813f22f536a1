"""Criteria that say the same thing count twice: which they are, and what they weigh together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.language import gettext as _
from kamkit.language import percent
from kamkit.output.finding import Finding

if TYPE_CHECKING:
    from kamkit.choose._score import Scores

ALIKE = 0.8
_LEAST = 10


def overlap(scores: Scores) -> Finding:
    """Tell which pairs of criteria rank the accounts alike.

    The table has one row per pair of criteria with weight and a rank correlation (Spearman) of
    ``ALIKE`` or more over the accounts that are rated on both, ten at the least, the most alike
    first: ``criterion``, ``other``, ``correlation``, ``weight`` (of the two together).

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> ten = pd.DataFrame({"account_id": list("abcdefghij"), "revenue": range(1, 11)})
    >>> ten["profit"] = ten["revenue"] / 10
    >>> overlap(score(ten, data_criteria(ten), {"revenue": 1, "profit": 1})).table.values.tolist()
    [['revenue', 'customer profit', 1.0, 1.0]]
    """
    labels = {c.name: c.label for c in scores.criteria if scores.weights[c.name] > 0}
    rows = []
    for one, other in combinations(labels, 2):
        both = scores.ratings[[one, other]].dropna().rank()
        if len(both) < _LEAST or both[one].nunique() < 2 or both[other].nunique() < 2:
            continue
        correlation = float(both[one].corr(both[other]))
        if correlation >= ALIKE:
            weight = float(scores.weights[one] + scores.weights[other])
            rows.append((labels[one], labels[other], correlation, weight))
    table = pd.DataFrame(rows, columns=["criterion", "other", "correlation", "weight"])
    table = table.sort_values("correlation", ascending=False, kind="stable", ignore_index=True)
    strongest = max(rows, key=lambda row: row[2], default=None)
    return Finding("overlap", table, _text(strongest))


def _text(strongest: tuple[str, str, float, float] | None) -> str:
    if strongest is None:
        return _("No two criteria rank the accounts alike, so nothing is counted twice.")
    one, other, _correlation, weight = strongest
    return _(
        "“{one}” and “{other}” rank the accounts almost alike: what both say counts twice, with "
        "{weight} of the weight.",
        one=one,
        other=other,
        weight=percent(weight, 0),
    )
