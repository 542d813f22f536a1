"""Engines where a ledger already lies: PostgreSQL, Spark and whatever else Ibis speaks to.

The lines stay there. What is computed of them beside the ledger goes into tables that are gone with
the session; what comes home has a row per account, month or distinct text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from kamkit.case.engine import Embedded, Engine
from kamkit.case.reading.source import Found, Part
from kamkit.errors import SourceError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa


class Warehouse(Engine):
    """An Ibis back end of the user's, with temporary tables of its own kind.

    >>> import ibis
    >>> engine = Warehouse(ibis.duckdb.connect())
    >>> held = engine.store(ibis.memtable({"account_id": ["b", "a"], "amount": [5, 7]}))
    >>> engine.frame(held.order_by("account_id"))["amount"].tolist()
    [7, 5]
    """

    def __init__(self, con: Any) -> None:
        self.con = con
        self.place: str = con.name

    @cached_property
    def near(self) -> Embedded:
        """An embedded engine beside it: reads texts, puts in order what comes home."""
        return Embedded()

    def near_table(self, expression: ir.Table) -> ir.Table:
        """Bring the rows of an expression home."""
        return self.near.hold(self.arrow(expression))

    def taken(self, expression: ir.Table) -> ir.Table:
        """Send the rows of an expression of ``near`` to where the lines lie."""
        return self.hold(self.near.arrow(expression))

    def numbered(self) -> ir.IntegerColumn:
        """Return a number for each row of a table, another one for each."""
        import ibis

        return ibis.row_number() + 1

    def hold(self, table: pa.Table) -> ir.Table:
        """Copy an Arrow table into a temporary one."""
        with self._readable_errors():
            return self.con.create_table(_name(), table, temp=True)

    def store(self, expression: ir.Table) -> ir.Table:
        """Compute an expression into a temporary table."""
        with self._readable_errors():
            return self.con.create_table(_name(), expression, temp=True)

    def drop(self, *tables: str) -> None:
        """Remove temporary tables; an empty name is none."""
        for name in filter(None, tables):
            with self._readable_errors():
                self.con.drop_table(name, force=True)

    def arrow(self, expression: ir.Table) -> pa.Table:
        """Compute an expression and return its rows in the order it asks for."""
        keys, rows = _unordered(expression)
        with self._readable_errors():
            result = self._fetched(rows).cast(rows.schema().to_pyarrow())
        if not keys:
            return result
        held = self.near.hold(result)
        sorted_rows = self.near.arrow(held.order_by([key(held) for key in keys]))
        self.near.drop(held.get_name())
        return sorted_rows.cast(result.schema)

    def _fetched(self, expression: ir.Table) -> pa.Table:
        return self.con.to_pyarrow(expression)

    def frame(self, expression: ir.Table) -> pd.DataFrame:
        """Compute an expression and return it as a pandas frame, decimals as the nearest floats."""
        held = self.near.hold(self.arrow(expression))
        table = self.near.frame(held)
        self.near.drop(held.get_name())
        return table

    @contextmanager
    def _readable_errors(self) -> Iterator[None]:
        """Turn what the engine refuses into an error that a user can read.

        Raises ``SourceError``.
        """
        try:
            yield
        except self._errors() as error:
            raise SourceError(
                _("The database refused a query."),
                where=self.place,
                found=(str(error).strip().splitlines() or [type(error).__name__])[0][:300],
                remedy=_("Check that you may read the table and make temporary ones."),
            ) from None

    def _errors(self) -> tuple[type[Exception], ...]:
        import duckdb

        return (duckdb.Error,)


class Postgres(Warehouse):
    """A PostgreSQL server. Temporary tables are ordered by bytes, as everything is at home."""

    def hold(self, table: pa.Table) -> ir.Table:
        """Copy an Arrow table into a temporary one."""
        import ibis

        held = self._empty(ibis.schema(table.schema))
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        into = f'COPY "{held.get_name()}" ({columns}) FROM STDIN'
        with self._readable_errors(), self.con.begin() as cursor, cursor.copy(into) as copy:
            for batch in table.to_batches(20_000):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
        return held

    def store(self, expression: ir.Table) -> ir.Table:
        """Compute an expression into a temporary table."""
        held = self._empty(expression.schema())
        with self._readable_errors():
            self.con._run_pre_execute_hooks(expression)
            query = self.con.compile(expression)
            columns = ", ".join(f'"{name}"' for name in expression.columns)
            with self.con.begin() as cursor:
                cursor.execute(f'INSERT INTO "{held.get_name()}" ({columns}) {query}')
                cursor.execute(f'ANALYZE "{held.get_name()}"')
        return held

    def _empty(self, schema: Any) -> ir.Table:
        name = _name()
        with self._readable_errors():
            held = self.con.create_table(name, schema=schema, temp=True)
            with self.con.begin() as cursor:
                for column, kind in schema.items():
                    if kind.is_string():
                        cursor.execute(
                            f'ALTER TABLE "{name}" ALTER COLUMN "{column}" TYPE text COLLATE "C"'
                        )
        return held

    def _fetched(self, expression: ir.Table) -> pa.Table:
        return self.con.to_pyarrow_batches(expression, chunk_size=50_000).read_all()

    def _errors(self) -> tuple[type[Exception], ...]:
        import psycopg

        return (psycopg.Error,)


class Spark(Warehouse):
    """A Spark session. What is stored is kept by its executors, on disk where memory is short."""

    def __init__(self, con: Any) -> None:
        super().__init__(con)
        self.session = con._session
        self._kept: dict[str, Any] = {}

    def numbered(self) -> ir.IntegerColumn:
        """Return a number for each row of a table, another one for each; no row is moved for it."""
        import ibis

        def number() -> int:
            return 0  # never called: the name is that of a function of Spark's own

        return ibis.udf.scalar.builtin(number, name="monotonically_increasing_id")() + 1

    def hold(self, table: pa.Table) -> ir.Table:
        """Copy an Arrow table into the session."""
        with self._readable_errors():
            return self._view(self.session.createDataFrame(table))

    def store(self, expression: ir.Table) -> ir.Table:
        """Compute an expression and keep its rows for the session."""
        with self._readable_errors():
            table = self._queried(expression).persist()
            table.count()  # now, so that it is computed once and its source may change
            return self._view(table)

    def drop(self, *tables: str) -> None:
        """Let go of what was stored; an empty name is none."""
        for name in filter(None, tables):
            self.session.catalog.dropTempView(name)
            if name in self._kept:
                self._kept.pop(name).unpersist()

    def _view(self, frame: Any) -> ir.Table:
        name = _name()
        frame.createOrReplaceTempView(name)
        self._kept[name] = frame
        return self.con.table(name)

    def _queried(self, expression: ir.Table) -> Any:
        self.con._run_pre_execute_hooks(expression)
        return self.session.sql(self.con.compile(expression))

    def _fetched(self, expression: ir.Table) -> pa.Table:
        return self._queried(expression).toArrow()

    def _errors(self) -> tuple[type[Exception], ...]:
        from pyspark.errors import PySparkException

        return (PySparkException,)


class _Nowhere:
    """Stands for a connection that this process does not have."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, _name: str) -> NoReturn:
        raise SourceError(
            _("The lines of the ledger are not here, only its results."),
            found=self.name,
            remedy=_("Open the case again where it lies, with open_case."),
        )


def away(name: str) -> Warehouse:
    """Return what stands for an engine that this process is not connected to.

    >>> import ibis
    >>> away("pyspark").store(ibis.memtable({"amount": [1]}))
    Traceback (most recent call last):
    ...
    kamkit.errors.SourceError: The lines of the ledger are not here, only its results.
      found:  pyspark
      do:     Open the case again where it lies, with open_case.
    """
    return Warehouse(_Nowhere(name))


KINDS = {"postgres": Postgres, "pyspark": Spark}
"""The engines with ways of their own, by the name of their Ibis back end."""


def warehouse(table: ir.Table) -> Warehouse:
    """Return the engine where an Ibis table lies.

    >>> import ibis
    >>> con = ibis.duckdb.connect()
    >>> type(warehouse(con.create_table("sales", {"account_id": ["a"]}))).__name__
    'Warehouse'
    """
    con = table.get_backend()
    return KINDS.get(con.name, Warehouse)(con)


def title(table: ir.Table) -> str:
    """Return the name of a table, “ledger” for an expression that has none.

    >>> import ibis
    >>> con = ibis.duckdb.connect()
    >>> title(con.create_table("sales", {"account_id": ["a"]}))
    'sales'
    """
    import ibis.expr.operations as ops

    node = table.op()
    return str(node.name) if isinstance(node, ops.DatabaseTable) else _("ledger")


def found(table: ir.Table, name: str, engine: Warehouse) -> Found:
    """Return a table as a source: its columns as they are, a number for each row.

    Raises ``SourceError`` where it has no rows.
    """
    import ibis

    headings = tuple(table.columns)
    cells = {f"c{at}": table[heading] for at, heading in enumerate(headings)}
    lines = table.select(**cells, source_row=engine.numbered(), broken=ibis.literal(False))
    if not engine.row({"n": table.count()}, table)["n"]:
        raise SourceError(
            _("There are headings but no lines below them."),
            where=name,
            wanted=_("at least one line of sales"),
            remedy=_("Choose another table, or change the query."),
        )
    return Found([Part("sales", name, lines, headings, whole=True)])


def checksum(lines: ir.Table, engine: Engine) -> str:
    """Return a checksum of a ledger by its sums per account, the same on every engine."""
    names = [name for name in ("amount", "quantity", "cost") if name in lines.columns]
    sums = lines.group_by("account_id").aggregate(
        lines=lines.count(),
        used=lines.reason.isnull().sum(),
        first=lines.date.min(),
        last=lines.date.max(),
        **{name: lines[name].sum() for name in names},
    )
    table = engine.arrow(sums.order_by("account_id"))
    digest = hashlib.sha256("|".join(lines.columns).encode())
    for batch in table.to_batches(10_000):
        digest.update(repr(list(batch.to_pydict().values())).encode())
    return digest.hexdigest()


def _name() -> str:
    import secrets

    return f"kamkit_{secrets.token_hex(6)}"


def _unordered(expression: ir.Table) -> tuple[list[Any], ir.Table]:
    """Part a table from the order that it asks for last, where that is one by its columns.

    Text is ordered at home, where every engine's words stand in the same order.
    """
    import ibis.expr.operations as ops

    node = expression.op()
    if not isinstance(node, ops.Sort):
        return [], expression
    keys = [(key.arg.name, key.descending) for key in node.keys if isinstance(key.arg, ops.Field)]
    if len(keys) != len(node.keys):
        return [], expression

    def by(name: str, *, descending: bool) -> Any:
        return lambda held: held[name].desc() if descending else held[name].asc()

    return [by(name, descending=down) for name, down in keys], node.parent.to_expr()
