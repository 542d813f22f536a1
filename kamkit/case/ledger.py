"""The sales ledger of a case: every row of the source, used or set aside."""

from __future__ import annotations

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
        """From the first to the last day of the used lines."""
        days = self.engine.row(
            {"first": self.sales.date.min(), "last": self.sales.date.max()}, self.sales
        )
        return Period(days["first"], days["last"], fiscal_start=self.fiscal_year_start)

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
