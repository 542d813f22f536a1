"""Exceptions from the score: too important to leave out, and a treatment that does not pay."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from kamkit.choose._score import Scores
from kamkit.language import N_, ngettext, percent
from kamkit.language import gettext as _
from kamkit.schema import check, name_of, total_of
from kamkit.settings import Settings

_TIMES_MEAN, _MOST_SHARE = 5.0, 0.25
TOO_IMPORTANT, DOES_NOT_PAY = "too_important", "does_not_pay"
_TIERS = {TOO_IMPORTANT: 0, DOES_NOT_PAY: 2}
"""Where a rule puts an account: 0 before the others, 2 behind them."""


def with_exceptions(
    scores: Scores,
    accounts: pd.DataFrame,
    *,
    pays: pd.DataFrame | None = None,
    keep_share: float = Settings.keep_share,
) -> Scores:
    """Return the scores with the order in which accounts are chosen: by score, but for two rules.

    An account that brings ``keep_share`` or more of a year's contribution of all accounts above
    zero (of revenue, where the ledger has no cost), and five times the mean (at most a quarter), is
    too important to leave out and comes first, whatever its score; 0 turns the rule off.
    One whose treatment is not expected to pay (``pays``,
    the table of ``treatment_that_pays``) comes after those whose does, so that it is chosen only
    where a number of key accounts is given that the others do not fill. An account that fails a
    requirement is chosen under no rule.

    Adds to the table ``turn``, the order of choice (missing where an account cannot be chosen),
    ``share_brought``, ``unpaid`` (whether the treatment is not expected to pay) and
    ``exception``: ``too_important``, ``does_not_pay`` or empty.

    Raises ``ParameterError`` where ``accounts`` have neither contribution nor revenue.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [14.0, 60.0],
    ...     "revenue": [1.0, 99.0]})
    >>> found = with_exceptions(score(two, data_criteria(two), {"payment": 1}), two)
    >>> found.table[["account_id", "turn", "exception"]].values.tolist()
    [['a', 2.0, ''], ['b', 1.0, 'too_important']]
    """
    check(accounts, ("account_id",), what=_("accounts"), each="account_id")
    by = "yearly_contribution" if "yearly_contribution" in accounts else "revenue"
    check(accounts, (by,), what=_("accounts"))
    table = scores.table.copy()
    value = table["account_id"].map(accounts.set_index("account_id")[by].astype(float))
    table["share_brought"] = value.clip(lower=0.0).fillna(0.0) / value.clip(lower=0.0).sum()
    counted = int((table["share_brought"] > 0).sum())
    # of few accounts each brings two in a hundred: it must stand out from the others too
    share = max(keep_share, min(_TIMES_MEAN / max(counted, 1), _MOST_SHARE))
    important = table["share_brought"] >= (share if keep_share else np.inf)
    table["unpaid"] = False
    if pays is not None:
        check(pays, ("account_id", "pays_best"), what=_("treatments"))
        best = table["account_id"].map(pays.set_index("account_id")["pays_best"])
        table["unpaid"] = best == "ordinary"
    able = table["eligible"].astype(bool)
    table["exception"] = np.select(
        [able & important, able & table["unpaid"]], [TOO_IMPORTANT, DOES_NOT_PAY], ""
    )
    # the rank by score settles the order among those that the same rule holds for
    order = table[able].assign(tier=tiers(table)).sort_values(["tier", "rank"])
    table["turn"] = pd.Series(np.arange(1.0, len(order) + 1), index=order.index)
    caveats = (*scores.caveats, *_caveats(table, share, pays is not None))
    return dataclasses.replace(scores, table=table, caveats=caveats)


def in_order(scores: Scores) -> pd.DataFrame:
    """Return the rows of the accounts that can be chosen, in the order of choice.

    That is the order of ``with_exceptions`` where the scores have gone through it, else by score.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [9.0, 5.0], "profit": [-1.0, 3.0]})
    >>> in_order(score(two, data_criteria(two), {"revenue": 1}))["account_id"].tolist()
    ['b']
    """
    able = scores.table[scores.table["eligible"].astype(bool)]
    return able.sort_values("turn") if "turn" in able else able


def tiers(table: pd.DataFrame) -> pd.Series[int]:
    """Return 0 for each account that is too important to leave out, 2 for unpaid ones, else 1.

    >>> tiers(pd.DataFrame({"exception": ["", "too_important", "does_not_pay"]})).tolist()
    [1, 0, 2]
    """
    if "exception" not in table:
        return pd.Series(1, index=table.index)
    return table["exception"].map(_TIERS).fillna(1).astype(int)


def kept_because(scores: Scores, accounts: pd.DataFrame) -> pd.Series[str]:
    """Return in words what makes each account key whatever its score, empty where nothing does.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [1.0, 99.0]})
    >>> found = with_exceptions(score(two, data_criteria(two), {"revenue": 1}), two)
    >>> kept_because(found, two)[0]
    'too important to leave out: 99.0% of the revenue of all accounts above zero'
    """
    name = next((one for one in ("profit", "contribution") if one in accounts), "revenue")
    reasons = {
        TOO_IMPORTANT: N_(
            "too important to leave out: {share} of the {what} of all accounts above zero"
        )
    }
    words = {
        i: _(reasons[row["exception"]], share=percent(row["share_brought"], 1), what=total_of(name))
        for i, row in scores.table[tiers(scores.table) == 0].iterrows()
    }
    return pd.Series([words.get(i, "") for i in scores.table.index], scores.table.index)


def _caveats(table: pd.DataFrame, keep_share: float, paid: bool) -> list[str]:
    kept = table[table["exception"] == TOO_IMPORTANT]
    caveats = []
    if len(kept):
        caveats.append(
            ngettext(
                "{names} brings {share} or more of what all accounts bring, and is key whatever "
                "its score.",
                "{n} accounts bring {share} or more each of what all accounts bring, and are key "
                "whatever their score.",
                len(kept),
                share=percent(keep_share, 0),
                names=name_of(kept.iloc[0]),
            )
        )
    unpaid = int((table["exception"] == DOES_NOT_PAY).sum())
    if paid and unpaid:
        caveats.append(
            ngettext(
                "The treatment of {n} account is not expected to pay, so it is not chosen by "
                "itself.",
                "The treatment of {n} accounts is not expected to pay, so they are not chosen by "
                "themselves.",
                unpaid,
            )
        )
    return caveats
