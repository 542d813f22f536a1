"""A case: one company's data, the sales ledger and whatever else there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kamkit.case import trust
from kamkit.case.ledger import Ledger
from kamkit.errors import MissingTable, nearest
from kamkit.language import gettext as _
from kamkit.output.finding import Finding
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True)
class Case(Ledger):
    """One company's data: the sales ledger in the engine, the other tables in pandas.

    ``name`` is short, ``title`` for people; ``source`` is what was opened and ``checksum`` that of
    its content; ``fictional`` tells whether the company is invented.
    """

    name: str
    title: str
    source: str
    fictional: bool
    tables: dict[str, pd.DataFrame]
    checksum: str = ""

    def table(self, name: str) -> pd.DataFrame:
        """Return an optional table of the case, in the contract's columns.

        Raises ``MissingTable`` when the case does not have it.
        """
        if name in self.tables:
            return self.tables[name]
        if name not in TABLES:
            near = nearest(name, TABLES)
            raise MissingTable(
                _("There is no table “{name}” in the contract.", name=name),
                wanted=", ".join(TABLES),
                remedy=_("Did you mean “{near}”?", near=near) if near else "",
            )
        raise MissingTable(
            _("The case has no table “{name}”, so this analysis is left out.", name=name),
            wanted=_("one row per {grain}", grain=_(TABLES[name].grain)),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )

    def findings(self) -> list[Finding]:
        """Answer “can I trust this ledger?”; see ``trust.findings``."""
        return trust.findings(self, self.tables.get("accounts"))
