"""How good each account is on all criteria together, and how the score is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kamkit.choose.criteria import Criterion, measured, named_criteria, rating_scale, weights_of
from kamkit.choose.unknown import no_criteria
from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number
from kamkit.output.finding import Finding
from kamkit.schema import check, name_of
from kamkit.settings import Settings

MISSING = ("middle", "worst", "leave_out")
_HALF = 0.5
_USUAL = 5.0


@dataclass(frozen=True, repr=False)
class Scores(Finding):
    """The finding of ``score`` and what the scores are made of.

    ``criteria`` in order; ``weights`` by criterion, adding up to 1; ``values`` and ``ratings``, one
    row per account (index ``account_id``) and one column per criterion: what is known, and what it
    is on the scale from 1 to 5, missing where nothing is known.
    """

    criteria: tuple[Criterion, ...] = ()
    weights: pd.Series[float] = field(default_factory=lambda: pd.Series(dtype=float), compare=False)
    ratings: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    values: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    missing: str = "middle"

    def counted(self) -> pd.DataFrame:
        """Return the ratings as they count: what is not known is filled or left out."""
        return filled(self.ratings, self.missing)

    def points(self) -> pd.DataFrame:
        """Return the points of each account (row) by criterion; those of a row are its score."""
        known = self.counted()
        share = (known.notna() * self.weights).sum(axis=1)
        divided = share.where(share > 0)
        return pd.DataFrame(
            {
                name: (100 * self.weights[name] * (known[name] - 1) / 4 / divided).fillna(0.0)
                for name in (criterion.name for criterion in self.criteria)
            },
            index=known.index,
        )


def score(
    accounts: pd.DataFrame,
    criteria: Sequence[Criterion],
    weights: Mapping[str, float] | pd.Series[float],
    *,
    ratings: pd.DataFrame | None = None,
    missing: str = Settings.missing,
) -> Scores:
    """Score each account from 0 to 100: 100 x sum of weight x (rating - 1) / 4.

    ``accounts`` has one row per account; ``ratings`` is the case's table, several raters of one
    account and criterion count as their mean. What is not known counts as 3 (``middle``), as 1
    (``worst``), or is left out and the other weights share its part (``leave_out``), which favours
    accounts that nobody has judged.

    The table has one row per account, those that meet the requirements first, then by score, then
    by number: ``rank``, ``account_id``, ``account_name``, ``score`` (missing where nothing is
    known), ``score_low`` and ``score_high`` (all that is not known at 1 and at 5),
    ``weight_known`` (the part of the weight that rests on something), ``eligible`` and ``failed``
    (the criterion whose requirement is not met).

    Raises ``ParameterError`` for a weight of an unknown criterion or another word for missing,
    ``MissingTable`` without criteria. Source: additive value model, Keeney & Raiffa (1976).

    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [14.0, 60.0]})
    >>> from kamkit.choose.criteria import data_criteria
    >>> score(two, data_criteria(two), {"payment": 1}).table["score"].tolist()
    [100.0, 0.0]
    """
    check(accounts, ("account_id",), what=_("accounts"), each="account_id")
    if ratings is not None:
        check(ratings, ("account_id", "criterion", "score"), what=_("ratings"))
    if not criteria:
        raise no_criteria()
    if missing not in MISSING:
        raise ParameterError(
            _("There is no way “{name}” of treating what is missing.", name=missing),
            wanted=", ".join(MISSING),
            remedy=_("Choose one of these."),
        )
    weight = weights_of(criteria, dict(weights))
    values = _values(accounts, criteria, ratings)
    rated = pd.DataFrame({c.name: c.rate(values[c.name]) for c in criteria}, index=values.index)
    table = _table(accounts, criteria, values, rated, weight, missing)
    caveats = (*_caveats(table, criteria, ratings, missing), *_unsaid(criteria, values, ratings))
    return Scores(
        "score",
        table,
        _text(table, criteria, weight),
        caveats,
        criteria=tuple(criteria),
        weights=weight,
        ratings=rated,
        values=values,
        missing=missing,
    )


def rescored(
    scores: Scores, accounts: pd.DataFrame, *, ratings: pd.DataFrame | None = None
) -> Scores:
    """Score other facts of the accounts by the same criteria, weights and treatment of gaps.

    ``accounts`` are those of another period, say; the scales of money are made anew from them.

    >>> from kamkit.choose.criteria import data_criteria
    >>> now = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [14.0, 60.0]})
    >>> found = score(now, data_criteria(now), {"payment": 1})
    >>> rescored(found, now.assign(payment_days=[60.0, 14.0])).table["account_id"].tolist()
    ['b', 'a']
    """
    known = named_criteria([criterion.name for criterion in scores.criteria], accounts, ratings)
    weights = {str(name): float(weight) for name, weight in scores.weights.items()}
    return score(accounts, known, weights, ratings=ratings, missing=scores.missing)


def totals(ratings: pd.DataFrame, weights: pd.Series[float], missing: str) -> pd.Series[float]:
    """Return the score of each row of ratings, 0 to 100; missing where nothing is known.

    >>> ratings = pd.DataFrame({"profit": [5.0, 1.0], "growth": [1.0, 1.0]})
    >>> totals(ratings, pd.Series({"profit": 0.75, "growth": 0.25}), "middle").tolist()
    [75.0, 0.0]
    """
    known = filled(ratings[weights.index], missing)
    share = (known.notna() * weights).sum(axis=1)
    points = ((known - 1) / 4 * weights).sum(axis=1)
    return 100 * points / share.where(share > 0)


def explain(scores: Scores, account_id: str, *, rows: int = 3) -> Finding:
    """Tell why an account stands where it does.

    The table has one row per criterion, the largest difference to the mean of all accounts first:
    ``criterion`` (label), ``value``, ``rating``, ``mean_rating``, ``weight``, ``points``,
    ``difference`` (points above or below the mean account) and ``against_above`` (points above or
    below the account one rank higher). Raises ``ParameterError`` for an unknown account.

    >>> from kamkit.choose.criteria import data_criteria
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [14.0, 60.0]})
    >>> found = score(two, data_criteria(two), {"payment": 1})
    >>> explain(found, "b").table[["points", "difference", "against_above"]].values.tolist()
    [[0.0, -50.0, -100.0]]
    """
    index = scores.table.index[scores.table["account_id"] == account_id]
    if not len(index):
        raise ParameterError(
            _("There is no account “{account}” among the scores.", account=account_id),
            remedy=_("Give the number of an account, with its leading zeros."),
        )
    row = scores.table.loc[index[0]]
    points = scores.points()
    table = pd.DataFrame(
        {
            "value": scores.values.loc[account_id],
            "rating": scores.counted().loc[account_id],
            "mean_rating": scores.ratings.mean(),
            "weight": scores.weights,
            "points": points.loc[account_id],
        }
    )
    table["difference"] = table["points"] - points.mean()
    above = scores.table[scores.table["rank"] == row["rank"] - 1]
    if len(above):
        table["against_above"] = table["points"] - points.loc[above["account_id"].iloc[0]]
    labels = {criterion.name: criterion.label for criterion in scores.criteria}
    size = table["difference"].abs()
    table = table.assign(_size=size).sort_values("_size", ascending=False, kind="stable")
    table = table.drop(columns="_size").rename_axis("criterion").reset_index()
    table["criterion"] = table["criterion"].map(labels)
    text = _explained(row, table.head(rows), above)
    if row["failed"]:
        text = _(
            "{text} It stands behind all that meet the requirement of {criterion}.",
            text=text,
            criterion=labels[row["failed"]],
        )
    return Finding("explain", table, text)


def _values(
    accounts: pd.DataFrame, criteria: Sequence[Criterion], ratings: pd.DataFrame | None
) -> pd.DataFrame:
    index = pd.Index(accounts["account_id"], name="account_id")
    columns = {}
    judged = _mean_ratings(ratings) if ratings is not None else None
    for criterion in criteria:
        if criterion.kind == "data":
            values = measured(accounts, criterion.name)
            column = np.full(len(index), np.nan) if values is None else values.to_numpy(dtype=float)
            columns[criterion.name] = pd.Series(column, index=index)
        elif judged is not None and criterion.source in judged:
            columns[criterion.name] = judged[criterion.source].reindex(index)
        else:
            columns[criterion.name] = pd.Series(np.nan, index=index)
    return pd.DataFrame(columns, index=index)


def _mean_ratings(ratings: pd.DataFrame) -> pd.DataFrame:
    known = ratings.dropna(subset=["score"])
    by_rater = [n for n in ("account_id", "criterion", "rater") if n in known]
    each = known.groupby(by_rater, dropna=False)["score"].mean().reset_index()
    return each.pivot_table(index="account_id", columns="criterion", values="score", aggfunc="mean")


def filled(ratings: pd.DataFrame, missing: str) -> pd.DataFrame:
    """Return ratings as they count: what is not known is 3, 1 or left out, as ``missing`` says.

    >>> filled(pd.DataFrame({"profit": [5.0, None]}), "middle")["profit"].tolist()
    [5.0, 3.0]
    """
    if missing == "leave_out":
        return ratings
    return ratings.fillna(3.0 if missing == "middle" else 1.0)


def _table(
    accounts: pd.DataFrame,
    criteria: Sequence[Criterion],
    values: pd.DataFrame,
    rated: pd.DataFrame,
    weight: pd.Series[float],
    missing: str,
) -> pd.DataFrame:
    names = [name for name in ("account_id", "account_name") if name in accounts]
    table = accounts[names].reset_index(drop=True)
    table["score"] = totals(rated, weight, missing).to_numpy()
    table["score_low"] = totals(rated.fillna(1.0), weight, missing).to_numpy()
    table["score_high"] = totals(rated.fillna(5.0), weight, missing).to_numpy()
    table["weight_known"] = (rated.notna() * weight).sum(axis=1).to_numpy()
    failed = pd.Series("", index=table.index)
    for criterion in reversed(criteria):
        if criterion.at_least is not None:
            below = (values[criterion.name] < criterion.at_least).to_numpy()
            failed = failed.mask(below, criterion.name)
    table["eligible"] = (failed == "") & table["score"].notna()
    table["failed"] = failed
    ordered = table.sort_values(
        ["eligible", "score", "account_id"], ascending=[False, False, True], ignore_index=True
    )
    ordered.insert(0, "rank", np.arange(1, len(ordered) + 1))
    return ordered


def _text(table: pd.DataFrame, criteria: Sequence[Criterion], weight: pd.Series[float]) -> str:
    counted = sum(bool(weight[c.name] > 0) for c in criteria)
    facts = {
        "accounts": ngettext("{n} account is scored", "{n} accounts are scored", len(table)),
        "criteria": ngettext("{n} criterion", "{n} criteria", counted),
    }
    if table.empty or not table["eligible"].any():
        return _("{accounts} by {criteria}; none can be chosen.", **facts)
    return _(
        "{accounts} by {criteria}. First is {name} with {score} of 100 points.",
        name=name_of(table.iloc[0]),
        score=number(float(table["score"].iloc[0])),
        **facts,
    )


def _caveats(
    table: pd.DataFrame, criteria: Sequence[Criterion], ratings: pd.DataFrame | None, missing: str
) -> tuple[str, ...]:
    caveats = []
    if not any(criterion.kind == "judgement" for criterion in criteria):
        caveats.append(
            _("Nobody's judgement is in the scores, only criteria from the data.")
            if ratings is not None
            else _("The case has no ratings: the scores rest on criteria from the data only.")
        )
    failed = table[table["failed"] != ""]
    for criterion in criteria:
        n = int((failed["failed"] == criterion.name).sum())
        if n:
            caveats.append(
                ngettext(
                    "{n} account does not meet the requirement of {criterion} and cannot be "
                    "chosen.",
                    "{n} accounts do not meet the requirement of {criterion} and cannot be chosen.",
                    n,
                    criterion=criterion.label,
                )
            )
    thin = int((table["weight_known"] < _HALF).sum())
    if thin:
        caveats.append(_thin(thin, missing))
    return tuple(caveats)


def _unsaid(
    criteria: Sequence[Criterion], values: pd.DataFrame, ratings: pd.DataFrame | None
) -> list[str]:
    result = []
    if "growth" in values and (new := int(values["growth"].isna().sum())):
        result.append(
            ngettext(
                "{n} account had no earlier revenue above zero, so its growth is not known.",
                "{n} accounts had no earlier revenue above zero, so their growth is not known.",
                new,
            )
        )
    judged = [criterion for criterion in criteria if criterion.kind == "judgement"]
    if ratings is not None and judged:
        result += _unsaid_of_ratings(judged, values, ratings)
    return result


def _unsaid_of_ratings(
    judged: Sequence[Criterion], values: pd.DataFrame, ratings: pd.DataFrame
) -> list[str]:
    """Say how the ratings are read, and whom they rate that is not scored."""
    result = []
    low, high = rating_scale(ratings)
    if high > _USUAL:
        result.append(
            _(
                "The ratings are read on a scale from {low} to {high}, after the highest of them.",
                low=number(low),
                high=number(high),
            )
        )
    general = [criterion.label for criterion in judged if not criterion.in_own_words]
    if general:
        result.append(
            _(
                "Without a scale in words of their own, read as very low to very high: {names}.",
                names=join(general),
            )
        )
    others = set(ratings["account_id"].dropna()) - set(values.index)
    if others:
        result.append(
            ngettext(
                "{n} rated account is not among those scored.",
                "{n} rated accounts are not among those scored.",
                len(others),
            )
        )
    return result


def _thin(thin: int, missing: str) -> str:
    start = ngettext(
        "The score of {n} account rests on less than half of the weight",
        "The scores of {n} accounts rest on less than half of the weight",
        thin,
    )
    if missing == "leave_out":
        return _("{start}; what is not known is left out.", start=start)
    if missing == "middle":
        return _("{start}; what is not known counts as 3.", start=start)
    return _("{start}; what is not known counts as 1.", start=start)


def _explained(row: pd.Series, best: pd.DataFrame, above: pd.DataFrame) -> str:
    sentences = [
        _(
            "{criterion} {points}",
            criterion=one["criterion"],
            points=_(
                "{sign}{n} points",
                sign="+" if one["difference"] >= 0 else "−",
                n=number(abs(float(one["difference"]))),
            ),
        )
        for _x, one in best.iterrows()
        if abs(one["difference"]) >= _HALF
    ]
    if pd.isna(row["score"]):
        return _(
            "{name} is number {rank}: nothing is known of it.",
            name=name_of(row),
            rank=number(row["rank"]),
        )
    text = _(
        "{name} is number {rank} with {score} points. Against the mean account: {parts}.",
        name=name_of(row),
        rank=number(row["rank"]),
        score=number(float(row["score"])),
        parts=join(sentences) if sentences else _("the same"),
    )
    if above.empty or "against_above" not in best:
        return text
    gap = float(above["score"].iloc[0]) - float(row["score"])
    if not gap >= 0:  # a requirement, not points, is what keeps it behind; or nothing is known
        return text
    return _(
        "{text} Number {rank} is {gap} points ahead.",
        text=text,
        rank=number(row["rank"] - 1),
        gap=number(gap, 1),
    )
