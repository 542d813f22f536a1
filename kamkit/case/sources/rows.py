"""Rows of a source that is no table of its own, gathered in batches into the engine."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kamkit.case.engine import Embedded
from kamkit.case.reading import workbook
from kamkit.case.reading.source import Part
from kamkit.language import number

_BATCH = 50_000
_NUMBER = re.compile(r"\s*[+-]?(?=\.?\d)\d{0,20}(\.\d{0,20})?\s*", re.ASCII)


@dataclass
class Rows:
    """Rows that become a part: cells in the order of ``headings``, and why one is set aside.

    A batch at a time is in memory; the rest is in the engine.

    >>> rows = Rows(Embedded(), ["account_id", "amount"])
    >>> rows.add(["a", Decimal("5.00")])
    >>> rows.part("sales", "sales.xml").headings
    ('account_id', 'amount')
    """

    engine: Embedded
    headings: list[str]
    count: int = 0
    name: str = ""
    digest: Any = None
    _cells: list[Sequence[Any]] = field(default_factory=list)
    _asides: list[str | None] = field(default_factory=list)
    _stored: int = 0

    def add(self, cells: Sequence[Any], aside: str | None = None) -> None:
        """Add a row; ``aside`` is the reason for which it is set aside."""
        self._cells.append(cells)
        self._asides.append(aside)
        self.count += 1
        if len(self._cells) >= _BATCH:
            self._store()

    def extend(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows of which none is set aside."""
        for row in rows:
            self.add(row)

    def part(self, table: str, label: str) -> Part | None:
        """Return the rows as a part of a table of the contract; None when there are none."""
        self._store()
        if not self.name:
            return None
        relation = self.engine.con.table(self.name)
        return Part(table, label, relation, tuple(self.headings), self.name)

    def _store(self) -> None:
        import pyarrow as pa

        if not self._cells:
            return
        count, first = len(self._cells), self.count - len(self._cells) + 1
        columns = workbook.columns(self._cells, len(self.headings))
        content = {f"c{i}": column for i, column in enumerate(columns)}
        content["source_row"] = pa.array(range(first, first + count), type=pa.int64())
        content["broken"] = pa.repeat(False, count)
        content["aside"] = pa.array(self._asides, type=pa.string())
        if self.digest is not None:
            with (
                pa.BufferOutputStream() as sink,
                pa.ipc.new_stream(sink, pa.table(content).schema) as out,
            ):
                out.write_table(pa.table(content))
            self.digest.update(sink.getvalue())
        self._put(pa.table(content))
        self._cells, self._asides = [], []

    def _put(self, table: Any) -> None:
        if not self.name:
            self.name = self.engine.hold(table).get_name()
        else:
            for column in range(self._stored, len(self.headings)):
                self.engine.sql(f"ALTER TABLE {self.name} ADD COLUMN c{column} VARCHAR")
            self.engine.append(self.name, table)
        self._stored = len(self.headings)


def exact(text: str | None) -> Decimal | None:
    """Return the number that a plain decimal text is; None when it is none.

    >>> exact(" -12.50"), exact("1e9"), exact("NaN")
    (Decimal('-12.50'), None, None)
    """
    return Decimal(text.strip()) if text and _NUMBER.fullmatch(text) else None


def exactly(amount: Decimal | None) -> str:
    """Write an amount to the cent; a missing one is an en dash.

    >>> exactly(Decimal("1234.5"))
    '1,234.50'
    """
    return number(float("nan") if amount is None else float(amount), 2)


def day(text: str | None) -> dt.date | str | None:
    """Return the day of an ISO date, with or without a time or zone; else the text as it stands.

    >>> day("2025-03-31+01:00"), day("20250331"), day("soon")
    (datetime.date(2025, 3, 31), datetime.date(2025, 3, 31), 'soon')
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(re.split(r"[T+Z ]", text.strip())[0][:10])
    except ValueError:
        return text.strip()
