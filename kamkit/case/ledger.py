"""The sales ledger of a case: every row of the source, used or set aside."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from kamkit.case import checks
from kamkit.case.engine import Engine
from kamkit.case.mapping import ColumnMapping
from kamkit.periods import Period
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


_MONTHLY = 3
"""Months of a ledger that has a line for a month, and not for a day."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ledger:
    """The lines of sales in the engine.

    ``checked`` holds every row of the source, with ``reason`` null where it is used. ``mapping``
    tells how it was read; ``currency`` is an ISO code or empty; ``notes`` tell how unclear things
    were settled; ``empty`` names columns that hold nothing in the lines used;
    ``unused`` are headings that went into nothing; ``fiscal_year_start`` is the month in which
    fiscal years begin, 0 where nobody has said.
    """

    currency: str
    mapping: ColumnMapping
    checked: ir.Table = field(repr=False)
    engine: Engine = field(repr=False)
    notes: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()
    unused: tuple[str, ...] = ()
    fiscal_year_start: int = 0

    @cached_property
    def sales(self) -> ir.Table:
        """The lines that are used: contract columns that are there, and ``source_row``.

        One row per invoice line; ``amount`` is net and exact, credit notes are negative.
        """
        used = self.checked.filter(self.checked.reason.isnull())
        return used.select("source_row", *sorted(self.columns))

    @cached_property
    def columns(self) -> frozenset[str]:
        """Names of the contract's columns that the ledger has and that hold something."""
        known = {column.name for column in TABLES["sales"].columns}
        return frozenset(known & set(self.checked.columns)) - self.empty

    @cached_property
    def period(self) -> Period:
        """From the first to the last day of the used lines.

        Where all lines of three months or more stand on the first of a month, or on its last day,
        a line is the sales of its month, and the months are whole.
        """
        import ibis

        date = self.sales.date
        ends = self.engine.row(
            {
                "first": date.min(),
                "last": date.max(),
                "months": date.truncate("M").nunique(),
                "begins": (date.day() == 1).all(),
                "ends": ((date + ibis.interval(days=1)).day() == 1).all(),
            },
            self.sales,
        )
        first, last = ends["first"], ends["last"]
        if ends["months"] >= _MONTHLY and (ends["begins"] or ends["ends"]):
            first = first.replace(day=1)
            last = last.replace(day=monthrange(last.year, last.month)[1])
            asked = self.mapping.options.end
            last = min(last, dt.date.fromisoformat(asked)) if asked else last
        return Period(first, last, fiscal_start=self.fiscal_year_start)

    def has(self, column: str) -> bool:
        """Tell whether the ledger has a column.

        >>> from kamkit import open_case
        >>> open_case("cdnow").has("cost")
        False
        """
        return column in self.columns

    def reconciliation(self) -> pd.DataFrame:
        """Return what was read, used and set aside; see ``checks.reconciliation``."""
        return checks.reconciliation(self.checked, self.engine)

    def set_aside(self, limit: int | None = None) -> pd.DataFrame:
        """Return the rows set aside: ``source_row``, ``part``, ``reason``, the contract's columns.

        One row per row of the source, in its order; at most ``limit`` of them.
        """
        aside = self.checked.filter(self.checked.reason.notnull())
        first = ["source_row", "part", "reason"]
        names = [c.name for c in TABLES["sales"].columns if c.name in self.checked.columns]
        ordered = aside.order_by(["part", "source_row"]).select(*first, *names)
        return self.engine.frame(ordered.limit(limit) if limit is not None else ordered)
