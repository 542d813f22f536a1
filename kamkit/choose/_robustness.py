"""How sure the list is: the share of plausible worlds in which an account is key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.choose._score import Scores
from kamkit.choose.exceptions import in_order, tiers
from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.schema import name_of
from kamkit.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = NDArray[np.intp]

STANDINGS = ((0.95, "sure"), (0.75, "likely"), (0.25, "open"), (0.0, "unlikely"))
"""The least share of worlds for each word."""
_SWAPS = [
    "account_in",
    "name_in",
    "account_out",
    "name_out",
    "gap",
    "criterion",
    "weight",
    "weight_needed",
    "weight_moved",
]
_TAILS = (0.05, 0.95)
_WORTH_NAMING = 0.005
_UNRULED, _LAST, _MOSTLY, _NAMED = "key_share_unruled", 2, 0.5, 3
MOST = 20_000
"""So many accounts, the best of each period, take part in the worlds; others are told of."""


@dataclass(frozen=True, repr=False)
class Robustness(Finding):
    """The finding of ``robustness``; ``n`` accounts are key, in each of ``worlds`` worlds."""

    n: int = 0
    worlds: int = 0
    sources: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class _Sheet:
    """Ratings of one period, those known of any account by criterion, and who can be chosen."""

    ratings: Floats
    known: tuple[Floats, ...]
    eligible: Flags
    tier: Floats

    def only(self, near: Places) -> _Sheet:
        """Return some of the accounts; what is known stays that of all."""
        return _Sheet(self.ratings[near], self.known, self.eligible[near], self.tier[near])

    def unruled(self) -> _Sheet:
        """Return the same where no treatment must pay."""
        tier = np.where(self.tier == _LAST, _LAST - 1, self.tier)
        return _Sheet(self.ratings, self.known, self.eligible, tier)


def robustness(
    scores: Scores,
    n: int,
    *,
    draws: int = Settings.draws,
    weight_spread: float = Settings.weight_spread,
    rating_noise: float = Settings.rating_noise,
    other: Mapping[str, Scores] | None = None,
    seed: int = 1,
) -> Robustness:
    """Tell how often each account would be among the ``n`` key accounts if things were otherwise.

    A plausible world has other weights (each is multiplied by a factor that lies between 1 / (1
    + ``weight_spread``) and 1 + ``weight_spread`` in two scenarios of three; ``inf`` takes any
    weights), other ratings (what people judged moves by ``rating_noise`` points, a standard
    deviation; what is not known is drawn from what the others got) and the facts of one of the
    periods (``other``: scores of the same accounts on another period).

    The table has one row per account that is chosen now or is key in some world (without the rule
    that a treatment must pay: in a quarter of them), best first:
    ``rank``, ``account_id``, ``account_name``, ``score``, ``chosen``, ``key_share`` (of the worlds
    with everything at once), ``key_share_weights``, ``key_share_ratings``, ``key_share_period``
    (one thing at a time, where it applies), ``key_share_both`` (other weights, on the facts of any
    of the periods), ``key_share_unruled`` (everything at once, and no treatment must pay; where
    that rule holds accounts back), ``rank_low`` and ``rank_high`` (place in the best and
    worst twentieth of the worlds) and ``standing``: sure from 95 %, likely from 75 %, open from
    25 %, else unlikely. An account that fails a requirement is key in no world of that period.

    Raises ``ParameterError`` unless ``n`` and ``draws`` are 1 or more. The same seed gives the
    same shares. Source: stochastic multicriteria acceptability analysis, Lahdelma, Hokkanen &
    Salminen (1998).

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [14.0, 60.0]})
    >>> found = robustness(score(two, data_criteria(two), {"payment": 1}), 1, draws=100)
    >>> found.table[["account_id", "key_share", "standing"]].values.tolist()
    [['a', 1.0, 'sure']]
    """
    _checked(n, draws, weight_spread, rating_noise)
    order = scores.table["account_id"].tolist()
    tier = np.asarray(tiers(scores.table), dtype=np.float64)
    sheets = [_sheet(one, order, tier) for one in (scores, *(other or {}).values())]
    weights = np.asarray(scores.weights, dtype=np.float64)
    judged = np.array([criterion.kind == "judgement" for criterion in scores.criteria])
    moved = _Worlds(sheets, weights, judged, scores.missing, n)
    near = moved.best(max(MOST, 20 * n))
    moved = _Worlds([sheet.only(near) for sheet in sheets], weights, judged, scores.missing, n)
    noise = rating_noise if (judged.any() or np.isnan(sheets[0].ratings).any()) else 0.0
    share, ranks = moved.run(draws, weight_spread, noise, len(sheets) > 1, seed)
    columns = {"key_share": share}
    sources = ["weights"]
    columns["key_share_weights"] = moved.run(draws, weight_spread, 0.0, False, seed + 1)[0]
    if noise:
        sources.append("ratings")
        columns["key_share_ratings"] = moved.run(draws, 0.0, noise, False, seed + 2)[0]
    if len(sheets) > 1:
        sources.append("period")
        columns["key_share_period"] = moved.periods()
        columns["key_share_both"] = moved.run(draws, weight_spread, 0.0, True, seed + 3)[0]
    if bool((sheets[0].tier[near] == _LAST).any()):
        free = [sheet.only(near).unruled() for sheet in sheets]
        free_worlds = _Worlds(free, weights, judged, scores.missing, n)
        drawn = free_worlds.run(draws, weight_spread, noise, len(sheets) > 1, seed + 4)
        columns[_UNRULED] = drawn[0]
    table = _table(scores, n, near, columns, ranks)
    gaps = bool(noise) and bool(np.isnan(sheets[0].ratings).any())
    caveats = _caveats(
        weight_spread, noise if judged.any() else 0.0, other, gaps=gaps, ruled=_UNRULED in columns
    )
    if len(near) < len(order):
        caveats = (*caveats, _few(len(near), len(order)))
    return Robustness(
        "robustness", table, _text(table), caveats, n=n, worlds=draws, sources=tuple(sources)
    )


class _Worlds:
    """The accounts in every world: arrays, best account first as they stand now."""

    def __init__(
        self, sheets: list[_Sheet], weights: Floats, judged: Flags, missing: str, n: int
    ) -> None:
        self._sheets, self._weights, self._judged = sheets, weights, judged
        self._missing, self._n = missing, n
        self._accounts = len(sheets[0].ratings)

    def best(self, most: int) -> Places:
        """Return the places of the accounts that are among the best in one of the periods."""
        if self._accounts <= most:
            return np.arange(self._accounts)
        orders = [self._order(sheet, sheet.ratings, self._weights)[:most] for sheet in self._sheets]
        return np.unique(np.concatenate(orders))

    def run(
        self, draws: int, spread: float, noise: float, periods: bool, seed: int
    ) -> tuple[Floats, Floats]:
        rng = np.random.Generator(np.random.PCG64(seed))
        key = np.zeros(self._accounts)
        places = np.empty((draws, self._accounts), dtype=np.int32)
        for world in range(draws):
            sheet = self._sheets[int(rng.integers(len(self._sheets))) if periods else 0]
            weights = _moved_weights(self._weights, spread, rng)
            ratings = self._moved(sheet, noise, rng)
            best = self._order(sheet, ratings, weights)
            places[world, best] = np.arange(1, self._accounts + 1)
            first = best[: self._n]
            key[first[sheet.eligible[first]]] += 1
        return key / draws, np.quantile(places, _TAILS, axis=0, method="nearest")

    def periods(self) -> Floats:
        key = np.zeros(self._accounts)
        for sheet in self._sheets:
            first = self._order(sheet, sheet.ratings, self._weights)[: self._n]
            key[first[sheet.eligible[first]]] += 1
        return key / len(self._sheets)

    def _order(self, sheet: _Sheet, ratings: Floats, weights: Floats) -> Places:
        known = ~np.isnan(ratings)
        if self._missing == "leave_out":
            share = known @ weights
            with np.errstate(invalid="ignore", divide="ignore"):
                total = np.nan_to_num(ratings - 1) @ weights / share
        else:
            filled = 3.0 if self._missing == "middle" else 1.0
            total = np.where(known, ratings, filled) @ weights
        total = np.where(sheet.eligible & np.isfinite(total), total, -np.inf)
        # what is level keeps the order it has now; an exception from the score stands in any world
        return np.lexsort((np.arange(len(total)), -total, sheet.tier))

    def _moved(self, sheet: _Sheet, noise: float, rng: np.random.Generator) -> Floats:
        if not noise:
            return sheet.ratings
        shape = (self._accounts, int(self._judged.sum()))
        moved = sheet.ratings.copy()
        moved[:, self._judged] += noise * rng.standard_normal(shape)
        for column, known in enumerate(sheet.known):
            gaps = np.isnan(sheet.ratings[:, column])
            if gaps.any() and len(known):
                moved[gaps, column] = rng.choice(known, int(gaps.sum()))
        return np.clip(moved, 1.0, 5.0)


def swaps(scores: Scores, n: int, *, near: int = 5) -> Finding:
    """Tell how little the weights must change for an account to be key instead of another.

    The table has one row per pair of the last ``near`` accounts in and the first ``near`` out, the
    most fragile first: ``account_in``, ``name_in``, ``account_out``, ``name_out``, ``gap`` (in
    points), ``criterion`` (its label) whose weight alone swaps them with the smallest change while
    the others keep their proportions (empty where none does), its ``weight`` and
    ``weight_needed``, and ``weight_moved``, the smallest share of weight that must move
    (missing where no weights swap them). Source: Triantaphyllou & Sanchez (1997).

    Raises ``ParameterError`` unless ``n`` is 1 or more.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [14, 60], "revenue": [0, 9]})
    >>> found = swaps(score(two, data_criteria(two), {"payment": 3, "revenue": 1}), 1)
    >>> found.table[["name_in", "name_out", "weight_moved"]].values.tolist()
    [['a', 'b', 0.25]]
    """
    _checked(n, 1, 0.0, 0.0)
    order = in_order(scores)
    order = order.assign(_tier=tiers(order))
    ins, outs = order.iloc[max(0, n - near) : n], order.iloc[n : n + near]
    fill = 1.0 if scores.missing == "worst" else 3.0
    rated = scores.ratings.fillna(fill)
    weights = np.asarray(scores.weights, dtype=np.float64)
    labels = [criterion.label for criterion in scores.criteria]
    rows = []
    for _x, one in ins.iterrows():
        for _x, two in outs.iterrows():
            if one["_tier"] != two["_tier"]:  # a rule, not the score, keeps them apart
                continue
            lead = rated.loc[one["account_id"]] - rated.loc[two["account_id"]]
            ahead = np.asarray(lead, dtype=np.float64) / 4
            i, needed = _single(weights, ahead)
            row = {
                "account_in": one["account_id"],
                "name_in": name_of(one),
                "account_out": two["account_id"],
                "name_out": name_of(two),
                "gap": float(one["score"] - two["score"]),
                "criterion": labels[i] if i >= 0 else "",
                "weight": weights[i] if i >= 0 else np.nan,
                "weight_needed": needed,
                "weight_moved": _moved_share(weights, ahead),
            }
            rows.append(row)
    table = pd.DataFrame(rows, columns=_SWAPS).sort_values(
        ["weight_moved", "account_in", "account_out"], ignore_index=True
    )
    if table.empty and len(outs):
        text = _(
            "No change of weights alone brings in another account: who scores as high is kept out "
            "by a rule."
        )
        return Finding("swaps", table, text)
    return Finding("swaps", table, _swap_text(table, {str(label): label for label in labels}))


def _single(weights: Floats, ahead: Floats) -> tuple[int, float]:
    """Return the criterion whose weight alone closes the lead with the smallest change."""
    lead = float(weights @ ahead)
    best, at = -1, float("nan")
    for i, weight in enumerate(weights):
        if weight >= 1:
            continue
        rest = (lead - weight * ahead[i]) / (1 - weight)
        if abs(rest - ahead[i]) < 1e-12:
            continue
        needed = rest / (rest - ahead[i])
        if 0 <= needed <= 1 and (best < 0 or abs(needed - weight) < abs(at - weights[best])):
            best, at = i, float(needed)
    return best, at


def _moved_share(weights: Floats, ahead: Floats) -> float:
    """Return the smallest share of weight that closes the lead when it goes where it helps most."""
    lead, moved = float(weights @ ahead), 0.0
    worst = float(ahead.min())
    for i in np.argsort(-ahead, kind="stable"):
        if lead <= 0:
            break
        gain = float(ahead[i]) - worst
        if gain <= 0:
            return float("nan")
        part = min(float(weights[i]), lead / gain)
        moved += part
        lead -= part * gain
        if lead <= 1e-12:
            return moved
    return moved if lead <= 1e-12 else float("nan")


def _sheet(scores: Scores, order: list[str], tier: Floats) -> _Sheet:
    ratings = scores.ratings.reindex(order).to_numpy(dtype=float)
    known = tuple(column[~np.isnan(column)] for column in ratings.T)
    eligible = scores.table.set_index("account_id")["eligible"].reindex(order, fill_value=False)
    able = eligible.to_numpy(dtype=bool)
    return _Sheet(ratings, known, able, np.where(able, tier, np.inf))


def _moved_weights(weights: Floats, spread: float, rng: np.random.Generator) -> Floats:
    if not spread:
        return weights
    if np.isinf(spread):
        raw = rng.standard_exponential(len(weights)) * (weights > 0)
    else:
        raw = weights * np.exp(np.log1p(spread) * rng.standard_normal(len(weights)))
    return np.asarray(raw / raw.sum())


def _checked(n: int, draws: int, spread: float, noise: float) -> None:
    if n < 1 or draws < 1 or not spread >= 0 or not noise >= 0:
        raise ParameterError(
            _("How sure a list is needs at least one key account and one scenario."),
            found=_(
                "{n} key accounts, {draws} scenarios, spread {spread}, noise {noise}",
                n=n,
                draws=draws,
                spread=spread,
                noise=noise,
            ),
            wanted=_("whole numbers from 1; spread and noise from 0"),
            remedy=_("Change the parameter."),
        )


def _table(
    scores: Scores, n: int, near: Places, columns: Mapping[str, Floats], ranks: Floats
) -> pd.DataFrame:
    names = [
        name for name in ("rank", "account_id", "account_name", "score") if name in scores.table
    ]
    table = scores.table[names].iloc[near].reset_index(drop=True)
    table["chosen"] = table["account_id"].isin(in_order(scores)["account_id"].head(n))
    for name, share in columns.items():
        table[name] = share
    for name, places in zip(("rank_low", "rank_high"), ranks, strict=True):
        table[name] = pd.array(places, dtype="Int64")
    conditions = [table["key_share"] >= least for least, _x in STANDINGS]
    table["standing"] = np.select(conditions, [word for _x, word in STANDINGS], "unlikely")
    ruled = [name for name in columns if name != _UNRULED]
    seen = table["chosen"] | (table[ruled].max(axis=1) > 0)
    if _UNRULED in table:
        seen |= table[_UNRULED] >= STANDINGS[2][0]
    return table[seen].reset_index(drop=True)


def _text(table: pd.DataFrame) -> str:
    chosen, outside = table[table["chosen"]], table[~table["chosen"]]
    sure = int((chosen["key_share"] >= STANDINGS[0][0]).sum())
    doubtful = chosen[chosen["key_share"] < STANDINGS[1][0]].sort_values(
        ["key_share", "account_id"]
    )
    text = ngettext(
        "{n} of {all} stays key in at least 95% of the scenarios.",
        "{n} of {all} stay key in at least 95% of the scenarios.",
        sure,
        all=ngettext("{n} key account", "{n} key accounts", len(chosen)),
    )
    if len(doubtful):
        text = _(
            "{text} {count} in less than 75%, the least sure is {name} with {share}.",
            text=text,
            count=ngettext("{n} is", "{n} are", len(doubtful)),
            name=name_of(doubtful.iloc[0]),
            share=percent(float(doubtful["key_share"].iloc[0]), 0),
        )
    closest = outside.sort_values(["key_share", "account_id"], ascending=[False, True])
    if len(closest) and closest["key_share"].iloc[0] >= _WORTH_NAMING:
        text = _(
            "{text} Of those outside, {name} is key in {share}.",
            text=text,
            name=name_of(closest.iloc[0]),
            share=percent(float(closest["key_share"].iloc[0]), 0),
        )
    return joined(" ", [text, _without_rule(chosen, outside)])


def _without_rule(chosen: pd.DataFrame, outside: pd.DataFrame) -> str:
    """Say who would stay and who come in if a treatment did not have to pay."""
    if _UNRULED not in chosen:
        return ""
    stay = int((chosen[_UNRULED] >= _MOSTLY).sum())
    come = outside[outside[_UNRULED] >= _MOSTLY].sort_values(
        [_UNRULED, "account_id"], ascending=[False, True]
    )
    text = ngettext(
        "If a treatment did not have to pay, {n} would stay in most scenarios.",
        "If a treatment did not have to pay, {n} would stay in most scenarios.",
        stay,
    )
    if come.empty:
        return text
    return ngettext(
        "If a treatment did not have to pay, {stay} would stay in most scenarios and {n} other "
        "would come in, {names}.",
        "If a treatment did not have to pay, {stay} would stay in most scenarios and {n} others "
        "would come in, first {names}.",
        len(come),
        stay=number(stay),
        names=join([name_of(row) for _n, row in come.head(_NAMED).iterrows()]),
    )


def _caveats(
    spread: float, noise: float, other: Mapping[str, Scores] | None, *, gaps: bool, ruled: bool
) -> tuple[str, ...]:
    caveats = [
        _("any weights at all")
        if np.isinf(spread)
        else _(
            "weights up to {share} larger or smaller in two scenarios of three",
            share=percent(spread, 0),
        )
    ]
    if noise:
        caveats.append(_("ratings off by {points} points", points=number(noise, 1)))
    if gaps:
        caveats.append(_("what others have where an account has a gap"))
    if other:
        caveats.append(_("the facts of {periods}", periods=join(list(other))))
    return (
        _("A scenario has {things}.", things=join(caveats)),
        _(
            "Two rules hold in every scenario: who is too important to leave out is key, and whose "
            "treatment does not pay is not. What the second one decides is told in the sentence."
        )
        if ruled
        else _("Who is too important to leave out is key in every scenario."),
    )


def _few(near: int, accounts: int) -> str:
    return _(
        "Of {accounts} accounts the worlds hold the {near} that score best in one of the periods: "
        "the others are far from the list.",
        accounts=number(accounts),
        near=number(near),
    )


def _swap_text(table: pd.DataFrame, labels: dict[str, str]) -> str:
    possible = table[table["weight_moved"].notna()]
    if table.empty:
        return _("Every account that can be chosen is key, so none can take another's place.")
    if possible.empty:
        return _("No change of weights brings an account from outside onto the list.")
    first = possible.iloc[0]
    text = _(
        "{out} would be key instead of {within} if {share} of the weight moved.",
        out=first["name_out"],
        within=first["name_in"],
        share=_small(float(first["weight_moved"])),
    )
    if not first["criterion"]:
        return text
    return _(
        "{text} One weight alone: {criterion} at {needed} instead of {weight}.",
        text=text,
        criterion=labels[first["criterion"]],
        needed=percent(float(first["weight_needed"]), 2),
        weight=percent(float(first["weight"]), 2),
    )


def _small(share: float) -> str:
    return percent(share, 1) if share >= 0.001 else _("less than 0.1%")
