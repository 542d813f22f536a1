"""The analytic hierarchy process: weights from comparisons in pairs, and how consistent they are.

Source: Saaty (1977, 1980). The random indices are those of Saaty (1980); later editions differ in
the second decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.finding import Finding

RANDOM_INDEX = (
    0.0,
    0.0,
    0.58,
    0.90,
    1.12,
    1.24,
    1.32,
    1.41,
    1.45,
    1.49,
    1.51,
    1.48,
    1.56,
    1.57,
    1.59,
)
"""The mean consistency index of random comparisons of 1, 2, ... 15 things."""
ACCEPTABLE = 0.10


@dataclass(frozen=True, repr=False)
class Ahp(Finding):
    """The finding of ``pairwise`` with its numbers.

    ``weights`` by name, adding up to 1; ``lambda_max``, the principal eigenvalue;
    ``consistency_index`` (lambda_max - n) / (n - 1); ``consistency_ratio``, that of the index of
    random comparisons; ``completed``, how many comparisons were not given.
    """

    weights: pd.Series[float] = field(default_factory=lambda: pd.Series(dtype=float), compare=False)
    lambda_max: float = float("nan")
    consistency_index: float = float("nan")
    consistency_ratio: float = float("nan")
    completed: int = 0


def pairwise(comparisons: pd.DataFrame | Mapping[tuple[str, str], float]) -> Ahp:
    """Turn comparisons in pairs into weights, by the principal eigenvector.

    ``comparisons`` is a square table (index and columns the same names; the cell says how many
    times more important the row is than the column) or a mapping from a pair of names to that
    number. One half is enough; the other is its reciprocal. Comparisons that are not given are
    left to the others (Harker 1987), as long as every name hangs together with the rest.

    The table has one row per comparison that was given, the one that fits the others least first:
    ``criterion``, ``other``, ``given``, ``fitting`` (the ratio of the two weights) and ``misfit``
    (how many times too large or small). A consistency ratio above 0.10 is said to be too high.

    Raises ``ParameterError`` for a comparison that is not above zero, one that contradicts its
    reciprocal, names that do not hang together, or more than 15 names.

    >>> given = {("profit", "growth"): 3, ("growth", "fit"): 2, ("profit", "fit"): 6}
    >>> pairwise(given).weights.round(2).to_dict()
    {'profit': 0.67, 'growth': 0.22, 'fit': 0.11}
    """
    names, given = _given(comparisons)
    n = len(names)
    matrix = _harker(names, given)
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    largest = float(values.real[first])
    vector = np.abs(vectors[:, first].real)
    weights = pd.Series(vector / vector.sum(), index=names, dtype=float)
    index = (largest - n) / (n - 1) if n > 2 else 0.0
    index = max(index, 0.0)
    chance = RANDOM_INDEX[n - 1]
    ratio = index / chance if chance else 0.0
    table = _misfits(given, weights)
    missing = n * (n - 1) // 2 - len(given)
    return Ahp(
        "ahp",
        table,
        _text(table, ratio, n),
        _caveats(missing, len(given) >= n),
        weights=weights,
        lambda_max=largest,
        consistency_index=index,
        consistency_ratio=ratio,
        completed=missing,
    )


def _given(
    comparisons: pd.DataFrame | Mapping[tuple[str, str], float],
) -> tuple[list[str], dict[tuple[str, str], float]]:
    if isinstance(comparisons, pd.DataFrame):
        _same_names(comparisons)
        pairs = {
            (str(row), str(column)): float(value)
            for row, cells in comparisons.iterrows()
            for column, value in cells.items()
            if pd.notna(value) and row != column
        }
        names = [str(name) for name in comparisons.index]
    else:
        pairs = {pair: float(value) for pair, value in comparisons.items()}
        names = list(dict.fromkeys(name for pair in pairs for name in pair))
    if not 1 <= len(names) <= len(RANDOM_INDEX):
        raise ParameterError(
            _("Between 1 and 15 things can be compared in pairs."),
            found=number(len(names)),
            remedy=_("Group the criteria and compare within the groups."),
        )
    return names, _one_half(names, pairs)


def _same_names(table: pd.DataFrame) -> None:
    above, beside = [str(n) for n in table.columns], [str(n) for n in table.index]
    if sorted(above) != sorted(beside) or len(set(above)) < len(above):
        raise ParameterError(
            _("A table of comparisons has the same names above and beside, each once."),
            found=f"{', '.join(above)} | {', '.join(beside)}",
            remedy=_("Give rows and columns the same names."),
        )


def _one_half(
    names: list[str], pairs: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], float]:
    result: dict[tuple[str, str], float] = {}
    position = {name: i for i, name in enumerate(names)}
    for (one, other), value in pairs.items():
        if one == other:
            continue
        if not (np.isfinite(value) and value > 0):
            raise ParameterError(
                _("A comparison is a number above zero."),
                found=f"{one} > {other} = {value}",
                wanted=_("1 for as important, 3 for more, 9 for far more"),
                remedy=_("Turn the pair around for the opposite."),
            )
        key = (one, other) if position[one] < position[other] else (other, one)
        forward = value if key == (one, other) else 1 / value
        # tables are often printed with two decimals: 0.33 for a third
        if key in result and abs(np.log(result[key] / forward)) > 0.1:
            raise ParameterError(
                _(
                    "“{one}” against “{other}” is given twice, and the two contradict each other.",
                    one=key[0],
                    other=key[1],
                ),
                found=f"{number(result[key], 2)}, {number(forward, 2)}",
                remedy=_("Give each pair once; the other half is its reciprocal."),
            )
        result.setdefault(key, forward)
    return result


def _harker(names: list[str], given: Mapping[tuple[str, str], float]) -> np.ndarray:
    """Return the matrix with zeros for what is missing and their number added on the diagonal."""
    position = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    for (one, other), value in given.items():
        matrix[position[one], position[other]] = value
        matrix[position[other], position[one]] = 1 / value
    _hangs_together(names, matrix)
    np.fill_diagonal(matrix, 1 + (matrix == 0).sum(axis=1) - 1)
    return matrix


def _hangs_together(names: list[str], matrix: np.ndarray) -> None:
    reached = {0}
    while True:
        more = {int(j) for i in reached for j in np.flatnonzero(matrix[i])} - reached
        if not more:
            break
        reached |= more
    apart = [name for i, name in enumerate(names) if i not in reached]
    if apart:
        raise ParameterError(
            _("Some criteria are compared with none of the others."),
            found=", ".join(apart),
            wanted=_("a chain of comparisons that reaches every criterion"),
            remedy=_("Compare “{one}” with “{other}”.", one=names[0], other=apart[0]),
        )


def _misfits(given: Mapping[tuple[str, str], float], weights: pd.Series[float]) -> pd.DataFrame:
    rows = []
    for (one, other), value in given.items():
        fitting = float(weights[one] / weights[other])
        rows.append((one, other, value, fitting, float(np.exp(abs(np.log(value / fitting))))))
    names = ["criterion", "other", "given", "fitting", "misfit"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values("misfit", ascending=False, kind="stable", ignore_index=True)


def _text(table: pd.DataFrame, ratio: float, n: int) -> str:
    if n <= 2:
        return _("The weights come from comparisons in pairs.")
    if len(table) < n:
        return _(
            "The weights come from comparisons in pairs, no more of them than the weights need: "
            "whether they hang together cannot be seen."
        )
    facts = {"ratio": percent(ratio, 0)}
    if ratio <= ACCEPTABLE:
        return _(
            "The weights come from comparisons in pairs, which hang together well enough: their "
            "consistency ratio is {ratio}, at most 10% is accepted.",
            **facts,
        )
    worst = table.iloc[0]
    return _(
        "The weights come from comparisons in pairs that contradict each other: their consistency "
        "ratio is {ratio}, at most 10% is accepted. Look first at “{one}” against “{other}”: "
        "{given} was given, {fitting} would fit the rest.",
        one=worst["criterion"],
        other=worst["other"],
        given=_times(worst["given"]),
        fitting=_times(worst["fitting"]),
        **facts,
    )


def _times(value: float) -> str:
    return number(value, 1) if value >= 1 else _("1 to {n}", n=number(1 / value, 1))


def _caveats(missing: int, tested: bool) -> tuple[str, ...]:
    if not missing:
        return ()
    caveats = (
        ngettext(
            "{n} comparison is not given; the others stand in for it.",
            "{n} comparisons are not given; the others stand in for them.",
            missing,
        ),
    )
    if not tested:
        return caveats
    # random comparisons with gaps contradict each other less (Ágoston & Csató 2022)
    return (*caveats, _("With comparisons missing, the limit of 10% is too kind."))
