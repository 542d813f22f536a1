"""What an analysis shows of itself in a notebook."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING

from kamkit.language import gettext as _
from kamkit.language import joined, number
from kamkit.output.card import card_html
from kamkit.schema import name_of

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case.about import About
    from kamkit.settings import Settings

_FIRST = 5


def card_of(
    title: str,
    about: About | None,
    settings: Settings,
    *,
    accounts: Sized = (),
    chosen: pd.DataFrame | None = None,
) -> str:
    """Return a card: source, period, accounts, key accounts, and the settings that differ.

    ``chosen`` are the key accounts; without them the card tells how to get them.

    Examples
    --------
    >>> from kamkit.settings import Settings
    >>> "cut_a=0.5" in card_of("Bygg", None, Settings(cut_a=0.5))
    True
    """
    given = ", ".join(f"{name}={value}" for name, value in settings.given().items())
    rows = [(_("Settings"), given or _("the usual ones; kamkit settings tells what each is"))]
    if about is not None:
        rows = [
            (_("Source"), about.source),
            (_("Period"), str(about.period)),
            (_("Accounts"), number(len(accounts))),
            (_("Key accounts"), _list(chosen)),
            *rows,
        ]
    return card_html(title, rows)


def _list(chosen: pd.DataFrame | None) -> str:
    if chosen is None or not len(chosen):
        return str(_("Ask for a.key_accounts; a.choose(n=20) sets how many."))
    names = [name_of(row) for _index, row in chosen.head(_FIRST).iterrows()]
    more = len(chosen) - len(names)
    shown = [*names, *([_("and {n} more", n=number(more))] if more else [])]
    return f"{number(len(chosen))}: {joined(', ', shown)}"
