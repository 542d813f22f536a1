"""How a formula spreads over all accounts, seen before it is used."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamkit.choose._score import Scores
from kamkit.choose.exceptions import in_order
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.schema import check

_PILE = 0.40
_NARROW = 10.0
_NEAR = 1.0


def preview(
    scores: Scores | pd.DataFrame, *, column: str = "score", n: int | None = None
) -> Finding:
    """Tell how a score from 0 to 100 spreads over all accounts.

    The table has one row per ten points: ``score_from``, ``score_to``, ``accounts`` and ``chosen``
    (of them among the best ``n``, where ``n`` is given; accounts that cannot be chosen are not). A
    score that piles up in one tenth, hardly spreads, or has many accounts within a point of where
    the list ends cannot tell them apart; the sentence says so.

    Raises ``ParameterError`` where there is no such column.

    >>> preview(pd.DataFrame({"account_id": ["a", "b"], "score": [5.0, 95.0]})).table[
    ...     "accounts"].tolist()
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    """
    table = scores.table if isinstance(scores, Finding) else scores
    check(table, (column,), what=_("scores"))
    known = table[table[column].notna()].sort_values(column, ascending=False, kind="stable")
    order = in_order(scores) if isinstance(scores, Scores) else known
    best = known.index.isin(order.index[: n or 0])
    decile = np.clip((known[column] // 10).astype(int), 0, 9)
    count = np.bincount(decile, minlength=10)
    rows = pd.DataFrame(
        {
            "score_from": np.arange(0, 100, 10),
            "score_to": np.arange(10, 101, 10),
            "accounts": count,
            "chosen": np.bincount(decile[best], minlength=10),
        }
    )
    values = known[column].to_numpy(dtype=float)
    return Finding("preview", rows, _text(values, len(table)), _warnings(values, best))


def _text(values: np.ndarray, accounts: int) -> str:
    if not len(values):
        return _("No account has a score.")
    if accounts == 1:
        return _("The only account scores {score}.", score=number(values[0]))
    quarters = np.quantile(values, [0.25, 0.5, 0.75])
    return _(
        "Half of the {n} accounts score between {low} and {high}; the middle one has {middle}.",
        n=number(accounts),
        low=number(quarters[0]),
        high=number(quarters[2]),
        middle=number(quarters[1]),
    )


def _warnings(values: np.ndarray, best: np.ndarray) -> tuple[str, ...]:
    if len(values) < 10:
        return ()
    found = []
    count = np.bincount(np.clip((values // 10).astype(int), 0, 9), minlength=10)
    top = int(count.argmax())
    if count[top] > _PILE * len(values):
        found.append(
            _(
                "{share} of the accounts lie between {low} and {high} points: among them the score "
                "hardly tells one from another.",
                share=percent(count[top] / len(values), 0),
                low=number(10 * top),
                high=number(10 * top + 10),
            )
        )
    spread = float(np.subtract(*np.quantile(values, [0.75, 0.25])))
    if spread < _NARROW:
        found.append(
            _(
                "The middle half of the accounts lies within {points} points.",
                points=number(spread, 1),
            )
        )
    if best.any() and not best.all():
        line = values[best].min()
        near = int((np.abs(values - line) <= _NEAR).sum()) - 1
        if near:
            found.append(
                ngettext(
                    "{n} more account lies within a point of where the list ends.",
                    "{n} more accounts lie within a point of where the list ends.",
                    near,
                )
            )
    return tuple(found)
