"""Several people rate an account: what they say together, and where they disagree."""

from __future__ import annotations

import pandas as pd

from kamkit.choose.criteria import rating_scale
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.schema import check, word

APART = 0.5
"""Ratings that lie so much of their scale apart are called a disagreement: 2 points of 1 to 5."""
_LENIENT = 0.125
_LEAST = 10


def combined(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return what the raters say together: one row per account and criterion, in that order.

    Columns: ``account_id``, ``criterion``, ``rating`` (the mean), ``raters``, ``lowest``,
    ``highest``, ``spread`` (highest less lowest) and ``disagree`` (``APART`` of the scale or more:
    2 points of 1 to 5). Two ratings by the same rater count as their mean; without a column
    ``rater`` each row is a rater.

    >>> two = pd.DataFrame({"account_id": ["a", "a"], "criterion": ["fit", "fit"],
    ...     "score": [5, 2], "rater": ["S1", "S2"]})
    >>> combined(two)[["rating", "spread", "disagree"]].to_numpy().tolist()
    [[3.5, 3.0, True]]
    """
    check(ratings, ("account_id", "criterion", "score"), what=_("ratings"))
    known = ratings.dropna(subset=["score"])
    by = ["account_id", "criterion"]
    if "rater" in known:
        each = known.groupby([*by, "rater"], dropna=False)["score"].mean().reset_index()
    else:
        each = known
    groups = each.groupby(by)["score"]
    table = groups.agg(rating="mean", raters="size", lowest="min", highest="max").reset_index()
    table["spread"] = (table["highest"] - table["lowest"]).astype(float)
    table["disagree"] = table["spread"] >= APART * _width(ratings)
    return table


def _width(ratings: pd.DataFrame) -> float:
    low, high = rating_scale(ratings)
    return high - low


def _points(value: float) -> str:
    return number(value, 0 if value == int(value) else 1)


def leniency(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return who rates higher or lower than the others do, on what they rated together.

    One row per rater who shares ratings with another, the strictest first: ``rater``, ``shared``
    (accounts and criteria that others rated too) and ``leniency`` (points above the mean of the
    others).

    >>> two = pd.DataFrame({"account_id": "a", "criterion": "fit", "score": [5, 2]})
    >>> leniency(two.assign(rater=["Ola", "Kari"])).values.tolist()
    [['Kari', 1, -3.0], ['Ola', 1, 3.0]]
    """
    check(ratings, ("account_id", "criterion", "score"), what=_("ratings"))
    columns = ["rater", "shared", "leniency"]
    if "rater" not in ratings:
        return pd.DataFrame(columns=columns)
    by = ["account_id", "criterion"]
    each = ratings.dropna(subset=["score", "rater"])
    each = each.groupby([*by, "rater"])["score"].mean().reset_index()
    groups = each.groupby(by)["score"]
    count, total = groups.transform("size"), groups.transform("sum")
    both = each[count > 1]
    others = (total - each["score"])[count > 1] / (count[count > 1] - 1)
    apart = (both["score"] - others).groupby(both["rater"])
    table = pd.DataFrame({"shared": apart.size(), "leniency": apart.mean()}).reset_index()
    return table.sort_values(["leniency", "rater"], ignore_index=True)[columns]


def disagreement(ratings: pd.DataFrame) -> Finding:
    """Tell how far the raters agree, and about which accounts they do not.

    The table has one row per account and criterion rated by two or more, the largest spread first:
    the columns of ``combined``. A rater who is half a point of 1 to 5 or more above or
    below the others on ten shared ratings or more is named.

    >>> two = pd.DataFrame({"account_id": "a", "criterion": "fit", "score": [5, 2]})
    >>> disagreement(two.assign(rater=["Ola", "Kari"])).text
    '1 pair of account and criterion is rated by two people or more; in 100% of them the ratings
    are 2 points or more apart. Most often about “fit”.'
    """
    table = combined(ratings)
    shared = table[table["raters"] > 1].sort_values(
        ["spread", "account_id", "criterion"], ascending=[False, True, True], ignore_index=True
    )
    if shared.empty:
        text = _("Every rating is one person's: whether others would agree cannot be seen.")
        return Finding("disagreement", shared, text)
    apart = shared[shared["disagree"]]
    text = _(
        "{n} rated by two people or more; in {share} of them the ratings are {points} points or "
        "more apart.",
        n=ngettext(
            "{n} pair of account and criterion is",
            "{n} pairs of account and criterion are",
            len(shared),
        ),
        share=percent(len(apart) / len(shared), 0),
        points=_points(APART * _width(ratings)),
    )
    worst = apart.groupby("criterion").size().sort_values(ascending=False, kind="stable")
    if len(worst):
        text = _(
            "{text} Most often about “{criterion}”.", text=text, criterion=word(str(worst.index[0]))
        )
    return Finding("disagreement", shared, text, _caveats(table, ratings))


def _caveats(table: pd.DataFrame, ratings: pd.DataFrame) -> tuple[str, ...]:
    caveats = []
    alone = int((table["raters"] == 1).sum())
    if alone:
        caveats.append(
            ngettext("{n} pair has one rater only.", "{n} pairs have one rater only.", alone)
        )
    tilted = leniency(ratings)
    far = _LENIENT * _width(ratings)
    tilted = tilted[(tilted["shared"] >= _LEAST) & (tilted["leniency"].abs() >= far)]
    if len(tilted):
        named = [
            _(
                "{rater} ({sign}{points})",
                rater=row["rater"],
                sign="+" if row["leniency"] > 0 else "−",
                points=number(abs(row["leniency"]), 1),
            )
            for _x, row in tilted.iterrows()
        ]
        caveats.append(
            _("Rate higher or lower than others do of the same: {names}.", names=join(named))
        )
    return tuple(caveats)
