"""How much treatment: what a key account gets, what that takes in hours and costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.choose.exceptions import in_order
from kamkit.errors import LedgerError, ParameterError
from kamkit.language import N_, number
from kamkit.language import gettext as _
from kamkit.schema import check

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.choose._score import Scores

TREATMENTS = ("dedicated", "shared", "ordinary")
"""A team of its own, a manager who has several, or ordinary sales."""

SERVICES = (
    (N_("joint account plan"), "dedicated", 1, 12.0),
    (N_("joint account plan"), "shared", 1, 4.0),
    (N_("account meeting"), "dedicated", 10, 3.0),
    (N_("account meeting"), "shared", 4, 2.0),
    (N_("business review"), "dedicated", 4, 3.0),
    (N_("business review"), "shared", 1, 3.0),
    (N_("meeting of the executive sponsors"), "dedicated", 2, 3.0),
    (N_("report on delivery and price"), "dedicated", 12, 1.0),
    (N_("report on delivery and price"), "shared", 4, 1.0),
    (N_("training day at the customer"), "dedicated", 2, 4.0),
    (N_("agreement on prices and terms"), "dedicated", 1, 6.0),
    (N_("agreement on prices and terms"), "shared", 1, 3.0),
)
"""The example of the kit, to be replaced by a case's own table ``services``: service, treatment,
times a year, hours each time. What an hour costs differs from firm to firm and is not assumed."""


def services_table(case: Case | None = None, *, cost_per_hour: float = 0.0) -> pd.DataFrame:
    """Return what key accounts get: one row per service and treatment.

    From the case's table ``services`` where it has one, else the example of the kit. Columns:
    ``service``, ``treatment``, ``quantity`` (a year), ``hours`` and ``other_cost`` (each time),
    ``cost_per_hour`` (replaced by the argument where that is above zero), ``yearly_hours`` and
    ``yearly_cost`` (missing where the cost of an hour is not known).

    Raises ``LedgerError`` for a treatment or a number that cannot be; ``ParameterError`` for a
    negative cost of an hour.

    >>> table = services_table(cost_per_hour=100)
    >>> float(table.loc[table["treatment"] == "shared", "yearly_cost"].sum())
    2200.0
    """
    if cost_per_hour < 0:
        raise ParameterError(
            _("An hour cannot cost less than nothing."),
            found=str(cost_per_hour),
            remedy=_("Give the cost of an hour of the people who look after key accounts."),
        )
    own = case.tables.get("services") if case is not None else None
    if own is None:
        table = pd.DataFrame(SERVICES, columns=["service", "treatment", "quantity", "hours"])
        table["service"] = [_(name) for name in table["service"]]
    else:
        table = own.copy()
    for name in ("hours", "cost", "cost_per_hour"):
        if name not in table:
            table[name] = np.nan
    for name in ("quantity", "hours", "cost", "cost_per_hour"):
        table[name] = table[name].astype(float)
    _check(table)
    if cost_per_hour > 0:
        table["cost_per_hour"] = cost_per_hour
    table = table.rename(columns={"cost": "other_cost"})
    table["yearly_hours"] = table["quantity"] * table["hours"].fillna(0.0)
    labour = table["yearly_hours"] * table["cost_per_hour"]
    labour = labour.where(table["yearly_hours"] > 0, 0.0)
    table["yearly_cost"] = labour + table["quantity"] * table["other_cost"].fillna(0.0)
    names = ["service", "treatment", "quantity", "hours", "other_cost", "cost_per_hour"]
    return table[[*names, "yearly_hours", "yearly_cost"]]


def treatments(services: pd.DataFrame) -> pd.DataFrame:
    """Return what each treatment takes: one row per treatment, the deepest first.

    Columns: ``treatment``, ``services`` (how many), ``hours`` and ``yearly_cost`` of one account a
    year (the cost is missing where that of an hour is not known). Ordinary sales cost nothing
    here: what they cost is in the cost to serve already. A treatment without services is not
    offered: nothing is reckoned with it.

    >>> treatments(services_table(cost_per_hour=100))["yearly_cost"].tolist()
    [8600.0, 2200.0, 0.0]
    """
    check(services, ("treatment", "yearly_hours", "yearly_cost"), what=_("services"))
    rows = []
    for name in TREATMENTS:
        own = services[services["treatment"] == name]
        cost = own["yearly_cost"].sum(skipna=False) if len(own) else 0.0
        rows.append((name, len(own), float(own["yearly_hours"].sum()), float(cost)))
    return pd.DataFrame(rows, columns=["treatment", "services", "hours", "yearly_cost"])


def offered(treated: pd.DataFrame) -> tuple[str, ...]:
    """Return the treatments of key accounts that there are services for, the deepest first.

    >>> offered(treatments(services_table()))
    ('dedicated', 'shared')
    """
    check(treated, ("treatment", "yearly_cost"), what=_("treatments"))
    own = treated[treated["services"] > 0] if "services" in treated else treated
    return tuple(name for name in TREATMENTS[:2] if (own["treatment"] == name).any())


def assign_treatment(
    scores: Scores, n: int, *, dedicated: int | Collection[str] = 0
) -> pd.DataFrame:
    """Return the treatment of each account: dedicated or shared if it is key, else ordinary.

    One row per account, best score first: ``account_id``, ``treatment``. Of the ``n`` first in the
    order of choice, the first ``dedicated`` get a team of their own, or those whose numbers are
    given.
    Raises ``ParameterError`` for more of them than key accounts.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "payment_days": [14.0, 30.0, 60.0]})
    >>> scores = score(three, data_criteria(three), {"payment": 1})
    >>> assign_treatment(scores, 2, dedicated=1)["treatment"].tolist()
    ['dedicated', 'shared', 'ordinary']
    """
    table = scores.table[["account_id"]]
    order = in_order(scores)["account_id"].tolist()
    rank = table["account_id"].map(pd.Series(range(1, len(order) + 1), order)).fillna(np.inf)
    if isinstance(dedicated, int):
        deep = rank <= dedicated
    else:
        deep = table["account_id"].isin(list(dedicated)) & (rank <= n)
    count = dedicated if isinstance(dedicated, int) else int(deep.sum())
    if not 0 <= count <= n:
        raise ParameterError(
            _("There cannot be more accounts with a team of their own than key accounts."),
            found=_("{dedicated} of {n}", dedicated=count, n=n),
            remedy=_("Give a number from 0 to the number of key accounts."),
        )
    treatment = np.select([deep, rank <= n], ["dedicated", "shared"], "ordinary")
    return pd.DataFrame({"account_id": table["account_id"], "treatment": treatment})


def hours_of(treatment: Sequence[str], treated: pd.DataFrame) -> list[float]:
    """Return the hours a year of each account by its treatment.

    >>> hours_of(["shared", "ordinary"], treatments(services_table()))
    [22.0, 0.0]
    """
    check(treated, ("treatment", "hours"), what=_("treatments"))
    hours = treated.set_index("treatment")["hours"]
    return [float(hours[name]) for name in treatment]


def _check(table: pd.DataFrame) -> None:
    wrong = table[~table["treatment"].isin(TREATMENTS[:2])]
    if len(wrong):
        raise LedgerError(
            _("The services name a treatment that there is not."),
            found=str(wrong["treatment"].iloc[0]),
            wanted=", ".join(TREATMENTS[:2]),
            remedy=_("Write one of these in the table services."),
        )
    for name in ("quantity", "hours", "cost", "cost_per_hour"):
        below = table[table[name] < 0]
        if len(below):
            raise LedgerError(
                _("The services hold a number below zero."),
                found=f"{below['service'].iloc[0]}: {name} {number(float(below[name].iloc[0]), 2)}",
                wanted=_("numbers from 0"),
                remedy=_("Mend it in the table services."),
            )
