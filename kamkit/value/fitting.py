"""Fits by maximum likelihood: several starts, exact gradients, and a word on how it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import join, number

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from threadpoolctl import ThreadpoolController

    Floats = NDArray[np.float64]
    Score = Callable[[Floats], tuple[float, Floats]]

WIDEST = float(np.log(1e5))
_STEP = 1e-4  # of a log parameter, for the second derivatives
_FLATTEST = 0.04  # information below this is a standard error of more than 5 on the log scale
_PART = 0.3  # of a direction in which the likelihood is flat: the parameter is part of it
_SETTLED = 1e-5  # gradient per account
_ROUGH = 1e-4  # the same at the end of a start: what is left is Newton's
_SAME, _ALIKE = 0.01, 1e-5  # of log likelihood: at the end of two starts, and more per account
_STEPS = 12
_NEAR = 1e-5  # of a standard error: there Newton's method stops


@dataclass(frozen=True)
class FitDiagnostics:
    """How a fit went.

    ``converged``; ``starts``, and ``agreeing``, how many of them led to the same point;
    ``log_likelihood`` at the end and ``log_likelihoods``, where each start led (of a large table
    on a part of the rows, then measured on all); ``iterations`` of all starts; ``at_boundary``,
    parameters that the data do not tell: they ended at the edge of what was searched, or on a
    ridge so flat that the logarithm has a standard error above 5;
    ``gradient_norm``, the largest slope left, per account and log parameter; ``message``, all this
    in words.
    """

    converged: bool
    starts: int
    agreeing: int
    log_likelihood: float
    log_likelihoods: tuple[float, ...]
    iterations: int
    at_boundary: tuple[str, ...]
    gradient_norm: float

    @property
    def message(self) -> str:
        """How the fit went, in the language in use."""
        sentences = [
            _(
                "The fit settled: {same} of {starts} starts led to the same point.",
                same=number(self.agreeing),
                starts=number(self.starts),
            )
            if self.converged
            else _("The fit did not settle: do not rely on its parameters.")
        ]
        if self.at_boundary:
            sentences.append(
                _(
                    "The data do not tell {parameters}: values far from these fit as well, and "
                    "no interval counts this in.",
                    parameters=join(list(self.at_boundary)),
                )
            )
        return " ".join(sentences)


@dataclass(frozen=True)
class FittedModel:
    """A model with its parameters first, and what its fit told.

    Without a fit ``log_likelihood`` is missing, ``covariance`` (of the logarithms of the
    parameters, in the order of ``names``) is all zero and ``diagnostics`` is ``None``.
    """

    names: ClassVar[tuple[str, ...]] = ()
    log_likelihood: float = field(default=float("nan"), kw_only=True, compare=False)
    covariance: Floats = field(
        default_factory=lambda: np.zeros((0, 0)), kw_only=True, compare=False, repr=False
    )
    diagnostics: FitDiagnostics | None = field(
        default=None, kw_only=True, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Refuse parameters that are not above zero."""
        wrong = {n: v for n, v in self.parameters.items() if not 0 < v < float("inf")}
        if wrong:
            raise ParameterError(
                _("The parameters of the model must be above zero."),
                found=", ".join(f"{name} {value:g}" for name, value in wrong.items()),
                wanted=_("numbers above zero"),
                remedy=_("Fit the model, or give other parameters."),
            )
        if not self.covariance.size:
            object.__setattr__(self, "covariance", np.zeros((len(self.names),) * 2))

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return {name: float(getattr(self, name)) for name in self.names}

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard errors of the logarithms of the parameters by name; 0 where held at an edge."""
        errors = np.sqrt(np.diag(self.covariance))
        return dict(zip(self.names, map(float, errors), strict=True))

    def drawn(self, draws: int, rng: np.random.Generator) -> list[Self]:
        """Return models whose parameters are drawn around these, normal on the log scale.

        Their spread is ``covariance``; what has no spread, such as a parameter at the boundary,
        stays as it is.
        """
        centre = np.log(list(self.parameters.values()))
        sets = rng.multivariate_normal(centre, self.covariance, draws, method="eigh")
        sets = np.clip(sets, centre - WIDEST, centre + WIDEST)
        return [type(self)(*map(float, values)) for values in np.exp(sets)]


@dataclass(frozen=True)
class Optimum:
    """Where a fit ended: log parameters, their covariance, and how it went."""

    log_parameters: Floats
    covariance: Floats
    diagnostics: FitDiagnostics


@dataclass(frozen=True)
class Problem:
    """A likelihood to maximise over log parameters.

    ``score`` returns the log likelihood and its gradient; ``coarse`` is the same for a part of
    the rows, weighted up to all (or ``score`` itself). ``lowest`` holds the smallest log
    parameters, ``accounts`` how many stand behind the likelihood.
    """

    names: tuple[str, ...]
    score: Score
    coarse: Score
    starts: Sequence[Sequence[float]]
    accounts: float
    lowest: Floats
    offset: float = 0.0


def maximise(problem: Problem) -> Optimum:
    """Return the highest likelihood that the starts lead to. It never fails: it says how it went.

    L-BFGS-B from every start on the coarse score, then the best is finished on the whole, by
    Newton's method with the curvature of the coarse score or, where that does not lead upwards,
    by L-BFGS-B. BLAS keeps to one thread: for so few parameters more of them only wait.

    >>> def score(at):
    ...     return -float((at[0] - 1.0) ** 2), np.array([-2.0 * (at[0] - 1.0)])
    >>> found = maximise(Problem(("size",), score, score, [[0.1], [3.0]], 1, np.array([-9.0])))
    >>> round(float(found.log_parameters[0]), 6), found.diagnostics.converged
    (1.0, True)
    >>> round(float(found.covariance[0, 0]), 6)
    0.5
    """
    with libraries().limit(limits=1), np.errstate(over="ignore", under="ignore"):
        ends, values, steps = _started(problem)
        same = sum(value > max(values) - _SAME - _ALIKE * problem.accounts for value in values)
        whole = problem.coarse is problem.score
        reached = values if whole else [problem.score(end)[0] for end in ends]
        best, further = _finished(problem, ends[int(np.argmax(reached))])
        value, gradient = problem.score(best)
        edge = _at_edge(problem, best)
        covariance, untold = _covariance(problem.score, best, edge)
    slope = np.where(edge, 0.0, gradient) / problem.accounts
    norm = float(np.abs(slope).max())
    held = tuple(name for name, is_held in zip(problem.names, untold, strict=True) if is_held)
    converged = bool(np.isfinite(value) and norm < _SETTLED)
    diagnostics = FitDiagnostics(
        converged,
        len(ends),
        same,
        float(value) + problem.offset,
        tuple(float(one) + problem.offset for one in reached),
        steps + further,
        held,
        norm,
    )
    return Optimum(best, covariance, diagnostics)


@cache
def libraries() -> ThreadpoolController:
    """Return the hold on the threads of BLAS: found once, after SciPy has loaded its own."""
    import_module("scipy.optimize")
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _started(problem: Problem) -> tuple[list[Floats], list[float], int]:
    ends, values, steps = [], [], 0
    for start in problem.starts:
        at = np.log(np.asarray(start, dtype=float))
        end, value, taken = _climbed(problem, problem.coarse, at, _ROUGH)
        ends.append(end)
        values.append(value)
        steps += taken
    return ends, values, steps


def _climbed(
    problem: Problem, score: Score, start: Floats, slope: float
) -> tuple[Floats, float, int]:
    from scipy.optimize import minimize

    def downhill(at: Floats) -> tuple[float, Floats]:
        value, gradient = score(at)
        if not np.isfinite(value):
            return 1e10, np.zeros_like(at)
        return -value / problem.accounts, -gradient / problem.accounts

    bounds = [(low, WIDEST) for low in problem.lowest]
    options = {"maxiter": 500, "ftol": 1e-15, "gtol": slope, "maxcor": 12}
    optimum = minimize(
        downhill,
        np.clip(start, problem.lowest, WIDEST),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options=options,
    )
    return optimum.x, -float(optimum.fun) * problem.accounts, int(optimum.nit)


def _finished(problem: Problem, start: Floats) -> tuple[Floats, int]:
    """Climb the last bit on all rows, with the curvature of the coarse score."""
    if _at_edge(problem, start).any():
        end, _x, taken = _climbed(problem, problem.score, start, _SETTLED / 10)
        return end, taken
    spread = _spread(problem.coarse, start)
    at, (value, gradient) = start, problem.score(start)
    for step in range(_STEPS):
        move = spread @ gradient
        if gradient @ move < _NEAR**2:
            return at, step
        there = np.clip(at + move, problem.lowest, WIDEST)
        new, slope = problem.score(there)
        if not new >= value - 1e-12 * abs(value):
            break
        spread = _learned(spread, there - at, gradient - slope)
        at, value, gradient = there, new, slope
    end, _x, taken = _climbed(problem, problem.score, at, _SETTLED / 10)
    return end, taken + step


def _learned(spread: Floats, move: Floats, change: Floats) -> Floats:
    """Return the inverse curvature after what a step showed of it (BFGS)."""
    agreed = float(change @ move)
    if not agreed > 0:
        return spread
    turn = np.eye(len(move)) - np.outer(move, change) / agreed
    learned: Floats = turn @ spread @ turn.T + np.outer(move, move) / agreed
    return learned


def _at_edge(problem: Problem, at: Floats) -> NDArray[np.bool_]:
    return np.asarray((at <= problem.lowest + 1e-6) | (at >= WIDEST - 1e-6))


def _curvature(score: Score, at: Floats, free: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the observed information as eigenvalues and eigenvectors, the latter of full length.

    From differences of the exact gradient, of the parameters that are ``free``.
    """
    information = np.zeros((len(free), len(free)))
    for row, i in enumerate(free):
        step = np.zeros(len(at))
        step[i] = _STEP
        slopes = score(at - step)[1] - score(at + step)[1]
        information[row] = slopes[free] / (2 * _STEP)
    values, inner = np.linalg.eigh(np.nan_to_num((information + information.T) / 2))
    vectors = np.zeros((len(at), len(free)))
    vectors[free] = inner
    return values, vectors


def _spread(score: Score, at: Floats) -> Floats:
    """Return the inverse curvature for a step: never a longer one than a flat likelihood asks."""
    values, vectors = _curvature(score, at, np.arange(len(at)))
    inverse: Floats = (vectors / np.maximum(values, _FLATTEST)) @ vectors.T
    return inverse


def _covariance(
    score: Score, at: Floats, edge: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the inverse of the observed information, and which parameters the data do not tell.

    Those at the edge are held where they are. So is what lies along a ridge of the likelihood,
    where only a relation between parameters is known: what they may be across it is kept.
    """
    values, vectors = _curvature(score, at, np.flatnonzero(~edge))
    flat = values <= _FLATTEST
    known = vectors[:, ~flat]
    covariance = (known / values[~flat]) @ known.T
    along = (np.abs(vectors[:, flat]) > _PART).any(axis=1)
    return (covariance + covariance.T) / 2, edge | along
