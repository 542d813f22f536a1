"""What accounts are chosen by: criteria from the data and from judgement, each with its scale.

A criterion turns a raw value into a rating from 1 to 5 by its anchors. Between two anchors the
rating is interpolated, beyond the outer ones it stays. Anchors carry the direction: days to
payment fall while their rating rises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kamkit.choose.measures import MEASURES, Measure
from kamkit.choose.unknown import DEEPEST, unknown_criterion
from kamkit.errors import ParameterError
from kamkit.language import N_, join, ngettext, number, percent
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.schema import WORDS, check, noun, word

DEFAULTS = ("lifetime_value", "growth", "loyalty", "payment")
"""What counts unless criteria are named: the first of ``DEEPEST`` that is there, and these."""

_PARTS = ((0.50, 2.0), (0.80, 3.0), (0.95, 4.0))
_BEST = 5
_FEW = 20
_JUDGEMENT_POINTS = 25.0
STRENGTHS = (
    "range",
    "delivery",
    "price",
    "relationship",
    "service",
    "quality",
    "reputation",
    "support",
    "sortiment",
    "levering",
    "pris",
    "relasjon",
    "kvalitet",
    "omdømme",
    "støtte",
)
"""What tells how strong we are with an account, not how much it is worth having: left out here."""
_OTHER_NAMES = {
    "vekst": "growth",
    "vekstpotensial": "growth potential",
    "potensial": "growth potential",
    "potential": "growth potential",
    "strategisk match": "strategic fit",
    "strategisk tilpasning": "strategic fit",
    "referanseverdi": "reference value",
    "prestige": "reference value",
    "samarbeidsvilje": "willingness to cooperate",
    "openness to partnership": "willingness to cooperate",
    "betalingsevne": "ability to pay",
}
_GENERAL = (N_("very low"), N_("middling"), N_("very high"))
_WORDS = {
    "growth": (N_("shrinks"), N_("follows its market"), N_("grows far faster than it")),
    "growth potential": (
        N_("buys all it can from us"),
        N_("could buy half as much again"),
        N_("could buy several times as much"),
    ),
    "strategic fit": (
        N_("wants what we do not want to sell"),
        N_("wants part of what we are good at"),
        N_("wants exactly what we want to be known for"),
    ),
    "reference value": (
        N_("nobody asks about it"),
        N_("known in its region"),
        N_("opens doors in its whole trade"),
    ),
    "willingness to cooperate": (
        N_("puts every order out to tender"),
        N_("shares forecasts when asked"),
        N_("plans with us and shares its figures"),
    ),
    "ability to pay": (N_("pays late, weak credit"), N_("sound credit"), N_("excellent credit")),
}


@dataclass(frozen=True)
class Anchor:
    """One point of a scale: the raw ``value``, its ``rating`` from 1 to 5, and what it means."""

    value: float
    rating: float
    words: str


@dataclass(frozen=True)
class Criterion:
    """One criterion: ``kind`` is ``data`` (a column of the accounts) or ``judgement`` (ratings).

    ``source`` is the column, or the name in the ratings table; ``at_least`` is a requirement on
    the raw value that an account must meet to be chosen at all; ``points`` its usual weight, of
    which the share ``trust`` counts.

    >>> Criterion("payment", "data", "payment_days", (Anchor(60, 1, ""), Anchor(20, 5, ""))).rate(
    ...     pd.Series([90.0, 30.0])).tolist()
    [1.0, 4.0]
    """

    name: str
    kind: str
    source: str
    anchors: tuple[Anchor, ...]
    at_least: float | None = None
    points: float = 1.0
    trust: float = 1.0

    @property
    def label(self) -> str:
        """What the criterion is called in the language in use."""
        if self.kind == "data":
            return noun(self.name)
        known = _known(self.source)
        if self.name == self.source:
            return word(known) if known in WORDS else self.source
        return _("{criterion} (rated)", criterion=noun(known))

    @property
    def in_own_words(self) -> bool:
        """Whether a judged criterion has a scale in words of its own, not the general one."""
        return _known(self.source) in _WORDS

    def rate(self, values: pd.Series[float]) -> pd.Series[float]:
        """Return the rating of each raw value, missing where the value is."""
        points = sorted(self.anchors, key=lambda anchor: anchor.value)
        found = np.interp(
            values.to_numpy(dtype=float),
            [anchor.value for anchor in points],
            [anchor.rating for anchor in points],
        )
        return pd.Series(found, index=values.index).where(values.notna())


def data_criteria(accounts: pd.DataFrame, *, currency: str = "") -> tuple[Criterion, ...]:
    """Return every criterion that the accounts can carry, with its anchors.

    Of ``revenue``, ``contribution``, ``profit`` and ``lifetime_value`` the anchors are the data's:
    zero, the median, what the best fifth and twentieth of the accounts above zero reach, and what
    the fifth best brings (the best, where there are fewer than 100; with fewer than 20, quarters of
    the best). Customers are so unequal that
    equal parts would call a hundred accounts the best. ``growth`` (change between the two periods
    of the bridge, as a share), ``payment`` (days to payment) and ``loyalty`` (months with a
    purchase, of the months of the ledger) have fixed anchors, conventions of this kit. Profit,
    else contribution, must be at least zero.

    >>> one = pd.DataFrame({"account_id": ["a", "b"], "revenue": [10.0, 90.0]})
    >>> [criterion.name for criterion in data_criteria(one)]
    ['revenue']
    """
    check(accounts, (), what=_("accounts"))
    deepest = next((name for name in DEEPEST[:2] if name in accounts), "")
    criteria = []
    for name, one in MEASURES.items():
        values = measured(accounts, name)
        if values is None or not values.notna().any():
            continue
        anchors = tuple(Anchor(value, rating, one.meaning(value)) for value, rating in one.steps)
        anchors = anchors or _money_anchors(values, currency)
        least = 0.0 if name == deepest else None
        criteria.append(Criterion(name, "data", one.column or name, anchors, least, one.points))
    return tuple(criteria)


def judgement_criteria(
    ratings: pd.DataFrame, *, names: Sequence[str] = ()
) -> tuple[Criterion, ...]:
    """Return the criteria of the ratings table, with anchors in words.

    ``names`` picks some; without it all but those that tell how strong we are with the account
    (``STRENGTHS``). Scores up to 5 are ratings as they are; larger ones are on a scale to 10 or
    100, by the largest score there is. A criterion that is also one of the data gets “(rated)”.

    Raises ``ParameterError`` for a name that the ratings do not have.

    >>> ratings = pd.DataFrame({"criterion": ["fit", "openness"], "score": [4, 2]})
    >>> [one.name for one in judgement_criteria(ratings, names=["fit"])]
    ['fit']
    """
    check(ratings, ("criterion", "score"), what=_("ratings"))
    there = sorted(ratings["criterion"].dropna().unique())
    for name in names:
        if name not in there:
            raise unknown_criterion(name, there)
    kept = list(names) or [name for name in there if str(name).casefold() not in STRENGTHS]
    low, high = rating_scale(ratings)
    points = _JUDGEMENT_POINTS / max(len(kept), 1)
    return tuple(_judged(str(name), low, high, points) for name in kept)


def default_criteria(
    accounts: pd.DataFrame, ratings: pd.DataFrame | None = None, *, currency: str = ""
) -> tuple[Criterion, ...]:
    """Return the criteria that the kit uses unless others are named: nothing is counted twice.

    Of profit, contribution and revenue the deepest that is there, then ``DEFAULTS`` and all that
    is judged. A criterion that is new counts when it is named, or when it is put there.

    >>> one = pd.DataFrame({"account_id": ["a"], "revenue": [9.0], "profit": [1.0]})
    >>> [criterion.name for criterion in default_criteria(one)]
    ['profit']
    """
    by_name = {
        criterion.name: criterion for criterion in data_criteria(accounts, currency=currency)
    }
    deepest = [name for name in DEEPEST if name in by_name][:1]
    kept = tuple(by_name[name] for name in (*deepest, *DEFAULTS) if name in by_name)
    return kept + (judgement_criteria(ratings) if ratings is not None else ())


def named_criteria(
    names: Sequence[str],
    accounts: pd.DataFrame,
    ratings: pd.DataFrame | None = None,
    *,
    currency: str = "",
) -> tuple[Criterion, ...]:
    """Return the criteria of some names, in that order; without names the default ones.

    Raises ``ParameterError`` for a name that neither accounts nor ratings have.

    >>> one = pd.DataFrame({"account_id": ["a"], "revenue": [9.0], "payment_days": [30.0]})
    >>> [criterion.name for criterion in named_criteria(["payment", "revenue"], one)]
    ['payment', 'revenue']
    """
    if ratings is not None:
        check(ratings, ("criterion", "score"), what=_("ratings"))
    if not names:
        return default_criteria(accounts, ratings, currency=currency)
    rated = judgement_criteria(ratings, names=_all_rated(ratings)) if ratings is not None else ()
    known = {criterion.name: criterion for criterion in rated}
    known |= {criterion.name: criterion for criterion in data_criteria(accounts, currency=currency)}
    for name in names:
        if name not in known:
            raise unknown_criterion(name, known)
    return tuple(known[name] for name in names)


def trusted(criteria: Sequence[Criterion], trust: Mapping[str, float]) -> tuple[Criterion, ...]:
    """Return the criteria, of whose usual weights only a share counts, by name, from 0 to 1.

    For a criterion that rests on a forecast: one that does not tell the accounts apart weighs
    little. ``trust`` of ``value.holdout`` is such a share. Weights that a person gives stay.

    >>> two = (Criterion("profit", "data", "profit", (), points=30.0),
    ...     Criterion("lifetime_value", "data", "lifetime_value", (), points=20.0))
    >>> default_weights(trusted(two, {"lifetime_value": 0.5})).tolist()
    [0.75, 0.25]
    """
    return tuple(
        replace(criterion, trust=trust.get(criterion.name, criterion.trust))
        for criterion in criteria
    )


def default_weights(criteria: Sequence[Criterion]) -> pd.Series[float]:
    """Return the usual weights of some criteria, which add up to 1.

    A convention: of 100 points, 30 for the money an account brings, 20 for its lifetime value, 10
    each for growth and loyalty, 5 for payment, and 25 shared by all that is judged; what is not
    there, or not to be trusted, is shared by the others in proportion.

    >>> one = pd.DataFrame({"account_id": ["a"], "profit": [9.0], "lifetime_value": [20.0]})
    >>> default_weights(data_criteria(one)).to_dict()
    {'profit': 0.6, 'lifetime_value': 0.4}
    """
    points = pd.Series(
        {criterion.name: criterion.points * criterion.trust for criterion in criteria}, dtype=float
    )
    if not points.sum():  # of what cannot be trusted nothing else is left
        points = pd.Series(
            {criterion.name: criterion.points for criterion in criteria}, dtype=float
        )
    return points / points.sum()


def scale_sheet(criteria: Sequence[Criterion]) -> pd.DataFrame:
    """Return the scales in words: one row per criterion and anchor.

    Columns: ``criterion`` (its label), ``kind`` (``data`` or ``judgement``), ``rating``,
    ``meaning``, ``requirement`` (the least that an account must have, in words).
    """
    rows = [
        (
            criterion.label,
            criterion.kind,
            anchor.rating,
            anchor.words,
            _("at least {value}", value=number(criterion.at_least))
            if criterion.at_least is not None
            else "",
        )
        for criterion in criteria
        for anchor in sorted(criterion.anchors, key=lambda a: a.rating)
    ]
    return pd.DataFrame(rows, columns=["criterion", "kind", "rating", "meaning", "requirement"])


def measured(accounts: pd.DataFrame, name: str) -> pd.Series[float] | None:
    """Return the raw value of a data criterion for each account; None where it is not there.

    >>> accounts = pd.DataFrame({"revenue_before": [100.0, 0.0], "change": [8.0, 5.0]})
    >>> measured(accounts, "growth").tolist()
    [0.08, nan]
    """
    return MEASURES.get(name, Measure(0.0)).of_accounts(accounts, name)


def _known(name: str) -> str:
    return _OTHER_NAMES.get(name.casefold(), name.casefold())


def _money_anchors(values: pd.Series[float], currency: str) -> tuple[Anchor, ...]:
    above = values[values > 0]
    if above.empty:
        return (Anchor(0.0, 1.0, _("zero or less")), Anchor(1.0, 5.0, _("above zero")))
    anchors = [Anchor(0.0, 1.0, _("zero or less"))]
    if len(above) < _FEW:
        return (*anchors, *_shares_of_best(float(above.max()), currency))
    for part, rating in _PARTS:
        value = float(above.quantile(part))
        value = max(value, anchors[-1].value + 1e-9 * float(above.max()))
        words = _(
            "{money} or more: the best {share} of those above zero",
            money=scaled(value, currency),
            share=percent(1 - part, 0),
        )
        anchors.append(Anchor(value, rating, words))
    rank = _BEST if len(above) >= 20 * _BEST else 1
    top = float(above.nlargest(rank).iloc[-1])
    top = max(top, anchors[-1].value + 1e-9 * float(above.max()))
    words = ngettext(
        "{money} or more: the best account",
        "{money} or more: the {n} best accounts",
        rank,
        money=scaled(top, currency),
    )
    return (*anchors, Anchor(top, 5.0, words))


def _shares_of_best(best: float, currency: str) -> tuple[Anchor, ...]:
    """Return the anchors for few accounts, of whom the best hundredth means nothing."""
    return tuple(
        Anchor(
            best * (rating - 1) / 4,
            rating,
            _(
                "{money} or more: {share} of the best account",
                money=scaled(best * (rating - 1) / 4, currency),
                share=percent((rating - 1) / 4, 0),
            ),
        )
        for rating in (2.0, 3.0, 4.0, 5.0)
    )


def _judged(name: str, low: float, high: float, points: float) -> Criterion:
    known = _known(name)
    words = _WORDS.get(known, _GENERAL)
    middle = (low + high) / 2
    anchors = tuple(
        Anchor(value, rating, _(text))
        for value, rating, text in zip((low, middle, high), (1.0, 3.0, 5.0), words, strict=True)
    )
    own = f"{name} (rated)" if known in MEASURES else name
    return Criterion(own, "judgement", name, anchors, points=points)


def rating_scale(ratings: pd.DataFrame) -> tuple[float, float]:
    """Return the lowest and the highest score that the scale of the ratings has.

    >>> rating_scale(pd.DataFrame({"score": [2, 5]})), rating_scale(pd.DataFrame({"score": [80]}))
    ((1.0, 5.0), (0.0, 100.0))
    """
    scores = ratings["score"]
    largest = float(scores.max()) if scores.notna().any() else 5.0
    if largest <= 5:
        return (0.0 if scores.min() < 1 else 1.0), 5.0
    low = 0.0 if scores.min() < 1 else 1.0
    return (low, 10.0) if largest <= 10 else (0.0, max(100.0, largest))


def _all_rated(ratings: pd.DataFrame) -> list[str]:
    return sorted(ratings["criterion"].dropna().unique())


def weights_of(criteria: Sequence[Criterion], given: Mapping[str, float]) -> pd.Series[float]:
    """Return weights in the order of the criteria, adding up to 1; what is not given weighs 0.

    Raises ``ParameterError`` for a name that is no criterion, a negative weight, or only zeros.

    >>> two = (Criterion("profit", "data", "profit", ()), Criterion("growth", "data", "change", ()))
    >>> weights_of(two, {"profit": 3, "growth": 1}).tolist()
    [0.75, 0.25]
    """
    names = [criterion.name for criterion in criteria]
    for name, weight in given.items():
        if name not in names:
            raise unknown_criterion(name, names)
        if not np.isfinite(weight):
            raise ParameterError(
                _("“{text}” is no weight.", text=f"{name}={weight}"),
                found=f"{name}={weight}",
                wanted="profit=3",
                remedy=_("Write it as in the example."),
            )
        if weight < 0:
            raise ParameterError(
                _("A weight cannot be below zero."),
                found=f"{name}={weight}",
                remedy=_("Leave the criterion out, or turn its scale around."),
            )
    weights = pd.Series({name: float(given.get(name, 0.0)) for name in names}, dtype=float)
    if not weights.sum() > 0:
        raise ParameterError(
            _("All weights are zero."),
            found=", ".join(f"{name}={weight:g}" for name, weight in weights.items()),
            wanted=join(names),
            remedy=_("Give at least one criterion a weight above zero."),
        )
    return weights / weights.sum()
