"""The errors for criteria that are not there: the nearest name, or what the case would need."""

from __future__ import annotations

from collections.abc import Iterable

from kamkit.errors import MissingTable, ParameterError, nearest
from kamkit.language import N_, join, joined
from kamkit.language import gettext as _

DEEPEST = ("profit", "contribution", "revenue")
"""What an account is worth, the deepest measure first."""

_NEEDS = (
    ("contribution", N_("the cost of the goods, the column cost")),
    (
        "profit",
        N_("the column cost, and the table activities (visits, deliveries …) or payment_days"),
    ),
    ("lifetime_value", N_("accounts that bought on several days")),
    ("growth", N_("sales in two periods of equal length")),
    ("payment", N_("payment_days in the table accounts")),
)
"""What a case must have for a criterion of the data."""


def unknown_criterion(name: str, known: Iterable[str], *, found: str = "") -> ParameterError:
    """Return the error for a name that is no criterion, with the nearest one."""
    names = [str(one) for one in known]
    near = nearest(name, names)
    remedy = _("Did you mean “{name}”?", name=near) if near else _("Choose one of these.")
    needs = dict(_NEEDS).get(name)
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
