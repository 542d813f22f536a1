"""How much each criterion weighs: given, from a ranking, or from comparisons in pairs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from kamkit.choose.ahp import pairwise
from kamkit.choose.criteria import Criterion, default_weights, weights_of
from kamkit.choose.unknown import unknown_criterion
from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, percent
from kamkit.output.finding import Finding

METHODS = ("centroid", "sum", "reciprocal")
_PAIR = re.compile(r"^\s*(.+?)\s*([<>])\s*(.+?)\s*=\s*([0-9.]+)\s*$")
_SHARE = re.compile(r"^\s*(.+?)\s*=\s*(-?[0-9.]+)\s*$")


@dataclass(frozen=True, repr=False)
class Weights(Finding):
    """The finding of ``given_weights``; ``weights`` by criterion, adding up to 1."""

    weights: dict[str, float] = field(default_factory=dict)


def rank_order(names: Sequence[str], *, method: str = "centroid") -> pd.Series[float]:
    """Return weights for criteria of which only the order is known, the most important first.

    They add up to 1. With n criteria, the one in place i gets (1/n) x (1/i + ... + 1/n)
    (``centroid``: the mean of all weights that keep the order; Barron & Barrett 1996), or a part in
    proportion to n + 1 - i (``sum``) or to 1/i (``reciprocal``; both Stillwell, Seaver & Edwards
    1981). Raises ``ParameterError`` for another method, a name given twice, or none.

    >>> rank_order(["profit", "growth", "fit"]).round(4).tolist()
    [0.6111, 0.2778, 0.1111]
    """
    if method not in METHODS:
        raise ParameterError(
            _("There is no method “{name}” for weights from a ranking.", name=method),
            wanted=", ".join(METHODS),
            remedy=_("Choose one of these."),
        )
    if not names or len(set(names)) < len(names):
        raise ParameterError(
            _("A ranking names each criterion once."),
            found=join(list(names)),
            remedy=_("Put the most important criterion first."),
        )
    n = len(names)
    position = np.arange(1, n + 1)
    if method == "centroid":
        raw = np.array([(1 / position[i:]).sum() / n for i in range(n)])
    else:
        raw = (n + 1 - position) if method == "sum" else 1 / position
    return pd.Series(raw / raw.sum(), index=list(names), dtype=float)


def given_weights(
    criteria: Sequence[Criterion],
    *,
    weights: Sequence[str] | Mapping[str, float] = (),
    ranking: Sequence[str] = (),
    pairs: Sequence[str] = (),
) -> Weights:
    """Return the weights of the criteria as a person has given them, in one of three ways.

    ``weights`` such as ``["profit=3", "growth=1"]`` (or a mapping); ``ranking``, the most
    important first; ``pairs`` such as ``["profit>growth=3"]``: profit matters three times as much
    (1 to 9, Saaty 1977). Without any of them the usual weights hold. A criterion that is not
    named weighs nothing, which a caveat says.

    The table has one row per criterion in order: ``criterion`` (its code), ``label``, ``weight``
    (they add up to 1). Raises ``ParameterError`` for two ways at once, a name that is no criterion,
    or text that cannot be read.

    >>> from kamkit.choose.criteria import Criterion
    >>> two = [Criterion("profit", "data", "profit", ()), Criterion("growth", "data", "change", ())]
    >>> given_weights(two, weights=["profit=3", "growth=1"]).table["weight"].tolist()
    [0.75, 0.25]
    """
    check_weights(weights=weights, ranking=ranking, pairs=pairs)
    caveats: tuple[str, ...] = ()
    if weights:
        result = weights_of(criteria, _direct(weights))
        how = _("The weights are given.")
    elif ranking:
        result = weights_of(criteria, _by_name(rank_order(ranking)))
        how = _("The weights come from the order of importance.")
    elif pairs:
        compared = pairwise(_pairs(pairs, criteria))
        result = weights_of(criteria, _by_name(compared.weights))
        how, caveats = compared.text, compared.caveats
    else:
        result = default_weights(criteria)
        caveats = _untrusted(criteria, result)
        how = _("The weights are the defaults of kamkit, a convention to start from.")
        if caveats:
            how = _(
                "The weights are the defaults of kamkit, a convention to start from; a forecast "
                "that was only partly right weighs less."
            )
    return Weights(
        "weights",
        _table(criteria, result),
        _text(criteria, result, how),
        (*caveats, *_unnamed(criteria, result)),
        weights=_by_name(result),
    )


def check_weights(
    *,
    weights: Sequence[str] | Mapping[str, float] = (),
    ranking: Sequence[str] = (),
    pairs: Sequence[str] = (),
) -> None:
    """Refuse weights that cannot be read, whatever the criteria are.

    Raises ``ParameterError`` as ``given_weights`` does.

    >>> check_weights(weights=["profit=3"])
    >>> check_weights(weights=["profit"])
    Traceback (most recent call last):
    ...
    kamkit.errors.ParameterError: “profit” is no weight.
      found:  profit
      wanted: profit=3
      do:     Write it as in the example.
    """
    if sum(map(bool, (weights, ranking, pairs))) > 1:
        raise ParameterError(
            _("The weights are given in two ways at once."),
            found=", ".join([*weights, *ranking, *pairs]),
            wanted=_("weights, a ranking or pairs"),
            remedy=_("Leave all but one of them empty."),
        )
    _direct(weights)
    if ranking:
        rank_order(ranking)
    for text in pairs:
        _pair(text)


def _direct(weights: Sequence[str] | Mapping[str, float]) -> dict[str, float]:
    if isinstance(weights, Mapping):
        for name, value in weights.items():
            if _number(value) is None:
                raise _unreadable(f"{name}={value}", "profit=3")
        return {str(name): float(value) for name, value in weights.items()}
    weights_found: dict[str, float] = {}
    for text in weights:
        read = _SHARE.match(text)
        if read is None or _number(read[2]) is None:
            raise _unreadable(text, "profit=3")
        if read[1] in weights_found:
            raise ParameterError(
                _("“{name}” is given a weight twice.", name=read[1]),
                found=", ".join(weights),
                remedy=_("Give each criterion one weight."),
            )
        weights_found[read[1]] = float(read[2])
    return weights_found


def _pairs(pairs: Sequence[str], criteria: Sequence[Criterion]) -> dict[tuple[str, str], float]:
    names = [criterion.name for criterion in criteria]
    found: dict[tuple[str, str], float] = {}
    for text in pairs:
        one, other, times = _pair(text)
        for name in (one, other):
            if name not in names:
                raise unknown_criterion(name, names, found=text)
        found[one, other] = times
    return found


def _pair(text: str) -> tuple[str, str, float]:
    """Return the criterion that matters more, the other one, and how many times more."""
    read = _PAIR.match(text)
    if read is None or not _number(read[4]):
        raise _unreadable(text, "profit>growth=3")
    one, other = (read[1], read[3]) if read[2] == ">" else (read[3], read[1])
    return one, other, float(read[4])


def _by_name(weights: pd.Series[float]) -> dict[str, float]:
    return {str(name): float(weight) for name, weight in weights.items()}


def _number(text: str | float) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _unreadable(text: str, example: str) -> ParameterError:
    return ParameterError(
        _("“{text}” is no weight.", text=text),
        found=text,
        wanted=example,
        remedy=_("Write it as in the example."),
    )


def _table(criteria: Sequence[Criterion], weights: pd.Series[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "criterion": [criterion.name for criterion in criteria],
            "label": [criterion.label for criterion in criteria],
            "weight": weights.to_numpy(),
        }
    )


def _text(criteria: Sequence[Criterion], weights: pd.Series[float], how: str) -> str:
    ordered = sorted(criteria, key=lambda criterion: -weights[criterion.name])
    ordered = [criterion for criterion in ordered if weights[criterion.name] > 0]
    named = [
        _("{criterion} {share}", criterion=one.label, share=percent(float(weights[one.name])))
        for one in ordered
    ]
    return _("{how} They are: {weights}.", how=how, weights=join(named))


def _untrusted(criteria: Sequence[Criterion], weights: pd.Series[float]) -> tuple[str, ...]:
    usual = default_weights([replace(criterion, trust=1.0) for criterion in criteria])
    return tuple(
        _(
            "The weight of {criterion} is {share}, not the usual {usual}: tested on the last part"
            " of the ledger, the forecast told the customers apart only in part.",
            criterion=criterion.label,
            share=percent(float(weights[criterion.name])),
            usual=percent(float(usual[criterion.name])),
        )
        for criterion in criteria
        if criterion.trust < 1
    )


def _unnamed(criteria: Sequence[Criterion], weights: pd.Series[float]) -> tuple[str, ...]:
    left = [criterion.label for criterion in criteria if weights[criterion.name] == 0]
    if not left:
        return ()
    return (_("Without weight, so without a say: {names}.", names=join(left)),)
