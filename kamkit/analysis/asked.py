"""What is asked of an analysis: refused at once where the case can never answer it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kamkit import choose, relate, value
from kamkit.choose.measures import MEASURES
from kamkit.choose.unknown import unknown_criterion
from kamkit.errors import ParameterError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case import Case
    from kamkit.settings import Settings

_SIGNS = re.compile("[<>=]")


def refuse_texts(settings: Settings) -> None:
    """Refuse weights, rates, effects and the like that cannot be read, whatever the case is.

    Raises ``ParameterError``.

    >>> from kamkit.settings import Settings
    >>> refuse_texts(Settings(rates=("delivery=240",)))
    """
    choose.check_weights(weights=settings.weights, ranking=settings.ranking, pairs=settings.pairs)
    value.given_rates(settings.rates)
    choose.given_effects(settings.effects)
    choose.given_points(settings.points)
    relate.given_health_weights(settings.health_weights)


def refuse(case: Case, settings: Settings) -> None:
    """Refuse what the case can never answer: other days, other activities, other criteria.

    Raises ``ParameterError``, with the nearest name or with what is missing.

    >>> from kamkit.case import open_case
    >>> from kamkit.settings import Settings
    >>> refuse(open_case("cdnow"), Settings(start="2030-01-01"))
    Traceback (most recent call last):
    ...
    kamkit.errors.ParameterError: The ledger has no sales in the period asked for.
      found:  start=2030-01-01
      wanted: days from 1997-01-01 to 1998-06-30
      do:     Choose days of the ledger, or leave start and end empty.
    """
    refuse_texts(settings)
    _refuse_days(case, settings)
    if settings.rates and "activities" in case.tables:
        value.rate_table(case, rates=value.given_rates(settings.rates))
    asked = [*settings.criteria, *weighted(settings)]
    known = _criteria(case) if asked else []
    for name in asked:
        if name not in known:
            raise unknown_criterion(name, known)


def weighted(settings: Settings) -> list[str]:
    """Return the names of the criteria that are given a weight, a place or a comparison.

    >>> from kamkit.settings import Settings
    >>> weighted(Settings(weights=("profit=3", "growth=1"))), weighted(Settings(pairs=("a>b=3",)))
    (['profit', 'growth'], ['a', 'b'])
    """
    parts = [text.split("=")[:1] for text in settings.weights]
    parts += [_SIGNS.split(text)[:2] for text in settings.pairs]
    named = [*settings.ranking, *(name.strip() for part in parts for name in part)]
    return list(dict.fromkeys(named))


def _refuse_days(case: Case, settings: Settings) -> None:
    first, last = case.period.start.isoformat(), case.period.end.isoformat()
    if (settings.start or first) <= last and (settings.end or last) >= first:
        return
    given = [f"{name}={getattr(settings, name)}" for name in ("start", "end")]
    raise ParameterError(
        _("The ledger has no sales in the period asked for."),
        found=", ".join(text for text in given if not text.endswith("=")),
        wanted=_("days from {first} to {last}", first=first, last=last),
        remedy=_("Choose days of the ledger, or leave start and end empty."),
    )


def _criteria(case: Case) -> list[str]:
    """Return the criteria that the tables of a case may carry; the data decides about some."""
    lacks = set()
    register = case.tables.get("accounts")
    paid = register is not None and "payment_days" in register
    if not case.has("cost"):
        lacks |= {"contribution", "profit"}
    if not paid:
        lacks.add("payment")
    if not paid and "activities" not in case.tables:
        lacks.add("profit")
    ratings = case.tables.get("ratings")
    rated = choose.judgement_criteria(ratings, names=_names(ratings)) if ratings is not None else ()
    return [name for name in MEASURES if name not in lacks] + [one.name for one in rated]


def _names(ratings: pd.DataFrame) -> list[str]:
    return sorted(ratings["criterion"].dropna().unique())
