"""The errors for criteria that are not there: the nearest name, or what the case would need."""

from __future__ import annotations

from collections.abc import Iterable

from kamkit.choose.measures import MEASURES
from kamkit.errors import MissingTable, ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.language import join, joined

DEEPEST = ("profit", "contribution", "revenue")
"""What an account is worth, the deepest measure first."""


def unknown_criterion(name: str, known: Iterable[str], *, found: str = "") -> ParameterError:
    """Return the error for a name that is no criterion, with the nearest one."""
    names = [str(one) for one in known]
    near = nearest(name, names)
    remedy = _("Did you mean “{name}”?", name=near) if near else _("Choose one of these.")
    needs = MEASURES[name].needs if name in MEASURES else ""
    if needs:
        use = next((one for one in (*DEEPEST, *names) if one in names), "")
        remedy = joined(
            " ",
            [
                _("It needs {what}.", what=_(needs)),
                _("Use “{name}” in its place.", name=use) if use else "",
            ],
        )
    return ParameterError(
        _("There is no criterion “{name}” in this case.", name=name)
        if needs
        else _("There is no criterion “{name}”.", name=name),
        found=found,
        wanted=join(names),
        remedy=remedy,
    )


def no_criteria() -> MissingTable:
    """Return the error for accounts that nothing can be said about."""
    return MissingTable(
        _("There is no criterion that the accounts can be judged by."),
        wanted=_("revenue, contribution or ratings"),
        remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
    )
