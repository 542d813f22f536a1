"""Why accounts and managers do not go together: which limit, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import CapacityError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number
from kamkit.schema import name_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHOWN = 3


def refuse_impossible(
    accounts: pd.DataFrame,
    managers: pd.DataFrame,
    allowed: NDArray[np.bool_],
    require: Sequence[str],
) -> None:
    """Raise ``CapacityError`` for what can be seen without solving, the plainest reason first."""
    hours = accounts["hours"].astype(float).fillna(0.0).to_numpy()
    limit = managers["hours"].fillna(np.inf).to_numpy(dtype=float)
    places = managers["accounts_max"].fillna(np.inf).to_numpy(dtype=float)
    if hours.sum() > limit.sum() + 1e-9:
        _too_few_hours(float(hours.sum()), limit)
    if len(accounts) > places.sum():
        _too_few_places(len(accounts), float(places.sum()))
    nobody = ~allowed.any(axis=1)
    if nobody.any():
        raise CapacityError(
            ngettext(
                "{n} account fits no manager under what is required.",
                "{n} accounts fit no manager under what is required.",
                int(nobody.sum()),
            ),
            found=_names(accounts[nobody]),
            wanted=_("a manager who fits in: {names}", names=join(list(require))),
            remedy=_("Require less, or add a manager who does."),
        )
    room = np.where(allowed, limit[None, :], -np.inf).max(axis=1)
    large = hours > room + 1e-9
    if large.any():
        _too_large(accounts[large], hours[large], room[large])


def no_fit(
    cost: Floats, hours: Floats, size: NDArray[np.int64], hours_max: Floats, places: Floats
) -> CapacityError:
    """Return the error for limits that are met in sum but not together, with the least overrun.

    An elastic programme gives every manager more hours and places at a price and asks for the
    smallest sum of them.

    >>> cost, hours = np.zeros((2, 1)), np.array([60.0, 60.0])
    >>> print(no_fit(cost, hours, np.array([1, 1]), np.array([100.0]), np.array([2.0])).found)
    missing where they are needed: at the least 20 hours a year
    """
    extra_hours, extra_places, proven = _least_overrun(cost, hours, size, hours_max, places)
    sentences = []
    if extra_hours > 1e-6:
        whole = int(np.ceil(extra_hours - 1e-9))
        sentences.append(ngettext("{n} hour a year", "{n} hours a year", whole))
    if extra_places > 0.5:
        sentences.append(ngettext("{n} place", "{n} places", round(extra_places)))
    return CapacityError(
        _(
            "The accounts cannot be shared out within the limits of the managers, though their sum "
            "would suffice."
        ),
        found=_missing(join(sentences), proven),
        wanted=_("limits that hold for every manager"),
        remedy=_(
            "Raise the hours or accounts_max of a manager, require less, or choose fewer "
            "key accounts."
        ),
    )


def _missing(text: str, proven: bool) -> str:
    if not text:
        return _("no assignment was found in the time there is")
    if proven:
        return _("missing where they are needed: at the least {missing}", missing=text)
    return _("with {missing} more where they are needed they can be shared out", missing=text)


def _least_overrun(
    cost: Floats, hours: Floats, size: NDArray[np.int64], hours_max: Floats, places: Floats
) -> tuple[float, float, bool]:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack, identity, kron

    classes, people = cost.shape
    flat = cost.ravel()
    upper = np.repeat(size, people).astype(float)
    upper[flat >= 1e6] = 0.0
    none = csr_array((people, people))
    each = hstack([kron(identity(classes), np.ones((1, people))), csr_array((classes, 2 * people))])
    time = hstack([kron(hours.reshape(1, -1), identity(people)), -identity(people), none])
    seats = hstack([kron(np.ones((1, classes)), identity(people)), none, -identity(people)])
    # a place is priced as the hours of a mean account, so that neither kind is preferred
    mean = float(hours @ size) / max(int(size.sum()), 1) or 1.0
    result = milp(
        np.r_[np.zeros(flat.size), np.ones(people), np.full(people, mean)],
        integrality=np.r_[np.ones(flat.size), np.zeros(people), np.ones(people)],
        bounds=Bounds(0, np.r_[upper, np.full(2 * people, np.inf)]),
        constraints=[
            LinearConstraint(each, size, size),
            LinearConstraint(time, -np.inf, hours_max + 1e-9),
            LinearConstraint(seats, -np.inf, places),
        ],
        options={"time_limit": 20.0},
    )
    if result.x is None:
        return 0.0, 0.0, False
    extra = result.x[flat.size :]
    return float(extra[:people].sum()), float(extra[people:].sum()), result.status == 0


def _too_few_hours(needed: float, limit: Floats) -> None:
    there = float(limit.sum())
    mean = there / max(len(limit), 1)
    raise CapacityError(
        _("The key accounts need more hours than the managers have."),
        found=_(
            "{needed} hours a year are needed, {there} are there; missing: {missing}, "
            "{managers} of a mean manager",
            needed=number(needed),
            there=number(there),
            missing=number(needed - there),
            managers=number((needed - there) / mean, 1) if mean else "–",
        ),
        wanted=_("hours for all of them"),
        remedy=_(
            "Choose fewer key accounts, give fewer of them a team of their own, or add hours."
        ),
    )


def _too_few_places(accounts: int, places: float) -> None:
    raise CapacityError(
        _("There are more key accounts than the managers can take."),
        found=_(
            "{n} accounts, places for {places}: {missing} too many",
            n=number(accounts),
            places=number(places),
            missing=number(int(accounts - places)),
        ),
        wanted=_("places for all of them"),
        remedy=_("Choose fewer key accounts, raise accounts_max, or add a manager."),
    )


def _too_large(accounts: pd.DataFrame, hours: Floats, room: Floats) -> None:
    raise CapacityError(
        ngettext(
            "{n} account takes more hours than any manager has who may take it.",
            "{n} accounts take more hours than any manager has who may take them.",
            len(accounts),
        ),
        found=_(
            "{names}: {hours} hours, at most {room} there; missing: {missing}",
            names=_names(accounts),
            hours=number(float(hours[0])),
            room=number(float(room[0])),
            missing=number(float(hours[0] - room[0])),
        ),
        wanted=_("a manager with hours for it"),
        remedy=_("Give it less treatment, or a manager more hours."),
    )


def _names(accounts: Any) -> str:
    shown = [name_of(row) for _x, row in accounts.head(_SHOWN).iterrows()]
    more = len(accounts) - len(shown)
    return join(shown) if not more else _("{names} and {n} more", names=join(shown), n=number(more))
