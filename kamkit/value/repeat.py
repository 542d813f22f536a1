"""Which model of repeat buying, and its fit to a table of buying histories."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kamkit.errors import LedgerError, ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.schema import check
from kamkit.value.bg_nbd import BgNbd, MbgNbd
from kamkit.value.fitting import WIDEST, Problem, maximise
from kamkit.value.gamma_gamma import GammaGamma, Spending
from kamkit.value.pareto_nbd import ParetoNbd
from kamkit.value.repeat_model import Histories, RepeatModel

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "MODELS",
    "BgNbd",
    "GammaGamma",
    "MbgNbd",
    "ParetoNbd",
    "RepeatModel",
    "fit",
    "fit_gamma_gamma",
]

MODELS: dict[str, type[BgNbd] | type[MbgNbd] | type[ParetoNbd]] = {
    "bg_nbd": BgNbd,
    "mbg_nbd": MbgNbd,
    "pareto_nbd": ParetoNbd,
}
_COARSE = 8_000  # accounts on which the starts of Gamma-Gamma are tried
_LEAST_Q = 1.01  # at 1 there is no mean amount any more


def fit(summary: pd.DataFrame, *, model: str = "bg_nbd") -> RepeatModel:
    """Fit a model of repeat buying by maximum likelihood.

    ``summary`` has one row per account: ``frequency``, how often it bought again; ``recency``,
    from its first to its last purchase; ``age``, from its first purchase to now, both in one unit
    (weeks: days / 7, not rounded). ``model`` is ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``. Rows
    that are alike are counted once, so that a million accounts take seconds.

    The model that comes back has the parameters by name, ``log_likelihood``, ``covariance`` of the
    logarithms of the parameters, and ``diagnostics``: a fit that did not settle or that ended at
    the boundary says so there.

    Raises ``LedgerError`` where no account bought again or a history cannot be, and
    ``ParameterError`` for another model or other columns.

    >>> import pandas as pd
    >>> known = BgNbd(1.0, 10.0, 1.0, 5.0).simulate([52.0] * 500, seed=1)
    >>> found = fit(known, model="bg_nbd")
    >>> found.diagnostics.converged, found.diagnostics.at_boundary
    (True, ())
    """
    if model not in MODELS:
        near = nearest(model, tuple(MODELS))
        raise ParameterError(
            _("There is no model “{model}”.", model=model),
            wanted=", ".join(MODELS),
            remedy=_("Did you mean “{name}”?", name=near) if near else "",
        )
    kind = MODELS[model]
    frequency, recency, age = _columns(summary, ("frequency", "recency", "age"))
    _possible(frequency, recency, age)
    unit = float(age.mean())
    known = Histories.distinct(frequency, recency, age).scaled(unit)
    some = known.coarse()
    score = partial(_scored, kind, known)
    bought = float(known.at_orders @ known.orders)
    rate = bought / float(known.count @ known.age)
    problem = Problem(
        kind.names,
        score,
        score if some is known else partial(_scored, kind, some),
        [(r, r / rate, third, fourth) for r, third, fourth in kind.starts],
        len(frequency),
        np.full(4, -WIDEST),
        -bought * float(np.log(unit)),
    )
    optimum = maximise(problem)
    times = [name in ("alpha", "beta") for name in kind.names]
    values = np.exp(optimum.log_parameters) * np.where(times, unit, 1.0)
    return kind(
        *map(float, values),
        log_likelihood=optimum.diagnostics.log_likelihood,
        covariance=optimum.covariance,
        diagnostics=optimum.diagnostics,
    )


def fit_gamma_gamma(summary: pd.DataFrame) -> GammaGamma:
    """Fit the Gamma-Gamma model of spend per purchase by maximum likelihood.

    ``summary`` has one row per account: ``frequency``, how often it bought again, and
    ``mean_value``, the mean amount of those purchases. Accounts that did not buy again, or only for
    nothing, are left out. ``q`` is held above 1, below which there is no mean amount.

    Raises ``LedgerError`` where no account is left, ``ParameterError`` for other columns.

    >>> known = GammaGamma(6.25, 3.74, 15.44).simulate([1, 2, 3, 4] * 200, seed=1)
    >>> fit_gamma_gamma(known).diagnostics.converged
    True
    """
    frequency, mean = _columns(summary, ("frequency", "mean_value"))
    used = (frequency > 0) & (np.nan_to_num(mean) > 0)
    if not used.any():
        raise _no_repeats(len(frequency))
    frequency, mean = frequency[used], mean[used]
    unit = float(mean.mean())
    known = Spending.of(frequency, mean / unit)
    score = partial(_spent, known=known)
    stride = -(-len(frequency) // _COARSE)
    some = score
    if stride > 1:
        part = Spending.of(frequency[::stride], mean[::stride] / unit)
        some = partial(_spent, known=part, times=len(mean) / len(part.total))
    problem = Problem(
        GammaGamma.names,
        score,
        some,
        [(p, q, (q - 1) / p) for p, q in ((6.0, 4.0), (1.0, 8.0))],
        len(frequency),
        np.array([-WIDEST, np.log(_LEAST_Q), -WIDEST]),
        -len(frequency) * float(np.log(unit)),
    )
    optimum = maximise(problem)
    p, q, gamma = map(float, np.exp(optimum.log_parameters))
    return GammaGamma(
        p,
        q,
        gamma * unit,
        log_likelihood=optimum.diagnostics.log_likelihood,
        covariance=optimum.covariance,
        diagnostics=optimum.diagnostics,
    )


def _scored(kind: type[RepeatModel], known: Histories, at: Floats) -> tuple[float, Floats]:
    return kind.score(at, known)


def _spent(at: Floats, known: Spending, times: float = 1.0) -> tuple[float, Floats]:
    value, gradient = GammaGamma.score(at, known)
    return value * times, gradient * times


def _columns(summary: pd.DataFrame, names: tuple[str, ...]) -> list[Floats]:
    check(summary, names, what=_("buying histories"))
    return [summary[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in names]


def _possible(frequency: Floats, recency: Floats, age: Floats) -> None:
    good = (frequency >= 0) & (recency >= 0) & (recency <= age) & np.isfinite(age)
    good &= (frequency > 0) | (recency == 0)
    good &= frequency == np.rint(frequency)
    if not good.all():
        raise LedgerError(
            _("Some buying histories cannot be."),
            found=ngettext("{n} account", "{n} accounts", int((~good).sum())),
            wanted=_("whole purchases, and no last purchase after now or without one"),
            remedy=_("Use what summary returns."),
        )
    if not (frequency > 0).any() or not (age > 0).any():
        raise _no_repeats(len(frequency))


def _no_repeats(accounts: int) -> LedgerError:
    return LedgerError(
        _("No account bought on more than one day."),
        found=_("{accounts} accounts with one day each", accounts=number(accounts)),
        wanted=_("accounts that bought again"),
        remedy=_("Use a longer ledger."),
    )
