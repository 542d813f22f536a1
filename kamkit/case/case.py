"""A case: one company's data, the sales ledger and whatever else there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kamkit.case import trust
from kamkit.case.ledger import Ledger
from kamkit.case.template import sheet_name
from kamkit.errors import MissingTable, nearest
from kamkit.language import gettext as _
from kamkit.language import join, number
from kamkit.money import money
from kamkit.output.card import card_html
from kamkit.output.finding import Finding
from kamkit.schema.codes import reason_label
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

    def __repr__(self) -> str:
        counted = self.reconciliation().set_index("reason")["rows"]
        return str(
            _(
                "{title}, {period}: {used} of {read} lines used",
                title=self.title,
                period=self.period,
                used=number(int(counted["used"])),
                read=number(int(counted["read"])),
            )
        )

    def _repr_html_(self) -> str:
        """Return a card: what was read, used and set aside, and what the case lacks."""
        counted = self.reconciliation().set_index("reason")
        used, read = counted.loc["used"], counted.loc["read"]
        aside = counted.drop(index=["read", "used"])
        tables = [name for name in TABLES if name in self.tables]
        lacking = [finding for finding in self.findings() if finding.name == "lacking"]
        rows = [
            (_("Period"), str(self.period)),
            (_("Lines read"), _line(read["rows"], read["amount"], self.currency)),
            (_("Lines used"), _line(used["rows"], used["amount"], self.currency)),
            *(
                (
                    _("Set aside: {reason}", reason=reason_label(str(reason))),
                    _line(row["rows"], row["amount"], self.currency),
                )
                for reason, row in aside.iterrows()
            ),
            (_("Tables"), join([sheet_name(TABLES[name]) for name in ("sales", *tables)])),
            *((_("Missing"), one.text) for one in lacking),
        ]
        made_up = _("Practice data: the company and its customers are made up.")
        return card_html(self.title, rows, note=made_up if self.fictional else "")

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


def _line(rows: Any, amount: Any, currency: str) -> str:
    return f"{number(int(rows))} ({money(float(amount), currency, 2)})"
