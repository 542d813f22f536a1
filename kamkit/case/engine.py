"""What an engine of a case can do, and the embedded one: DuckDB with a folder beside it."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kamkit.errors import KamkitError, ParameterError, SourceError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

    from kamkit.case.reading.incremental import Once

MEMORY = "KAMKIT_MEMORY"
"""The environment variable that sets the engine's share of the memory, for example ``4GB``."""

_SHARE = "1GB"


class Engine(Protocol):
    """Where the lines of a case lie and are computed with: Ibis expressions in, small tables out.

    Texts are read, and what comes home is put in order, by an embedded engine ``near``: patterns,
    collations and rounded floats differ from engine to engine, exact decimals and days do not.
    ``place`` is what the engine is called.
    """

    place: str

    @property
    def near(self) -> Embedded:
        """The embedded engine beside the lines; itself where the lines lie in that."""

    def near_table(self, expression: ir.Table) -> ir.Table:
        """Compute an expression into a table of ``near``; it has few rows beside the lines."""

    def taken(self, expression: ir.Table) -> ir.Table:
        """Return an expression of ``near`` as a table that can be joined to the lines."""

    def hold(self, table: pa.Table) -> ir.Table:
        """Copy an Arrow table to where the lines lie."""

    def store(self, expression: ir.Table) -> ir.Table:
        """Compute an expression into a table beside the lines, gone with the engine."""

    def drop(self, *tables: str) -> None:
        """Remove tables that are not needed any more; an empty name is none."""

    def arrow(self, expression: ir.Table) -> pa.Table:
        """Compute an expression and return its rows, decimals exact."""

    def frame(self, expression: ir.Table) -> pd.DataFrame:
        """Compute an expression and return it as a pandas frame, decimals as the nearest floats."""

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Compute an expression and return its few rows."""
        rows: list[dict[str, Any]] = self.arrow(expression).to_pylist()
        return rows

    def row(self, aggregates: dict[str, ir.Scalar], table: ir.Table) -> dict[str, Any]:
        """Compute named aggregates of a table in one query."""
        return self.rows(table.aggregate(**aggregates))[0] if aggregates else {}


class Embedded(Engine):
    """A DuckDB of its own in memory, with a temporary folder that goes with the last use.

    The last use is that of the engine or of a table that was made with it. What exceeds the
    engine's share of the memory is put aside in the folder, so that a ledger larger than the memory
    can be read. ``once`` is where what is read of files is kept, if anywhere.

    Raises ``ParameterError`` when ``KAMKIT_MEMORY`` is no amount of memory, and ``SourceError``
    when the temporary folder cannot be made.
    """

    def __init__(self, once: Once | None = None) -> None:
        import duckdb
        import ibis

        self.once = once
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="kamkit-"))
        except OSError as error:
            raise _no_room(error.strerror or str(error)) from None
        self.con: Backend = ibis.duckdb.connect()
        self._numbers = itertools.count()
        # by the backend, which every expression holds: tables outlive the case they came from
        weakref.finalize(self.con, _remove, self.con.con, self.folder)
        self.con.raw_sql(f"SET temp_directory = {quoted(self.folder / 'spill')}")
        self.con.raw_sql("SET TimeZone = 'UTC'")  # the same days on every machine
        self.con.raw_sql("SET autoinstall_known_extensions = false")
        self.con.raw_sql("SET enable_progress_bar = false")  # else a widget in a notebook's cell
        share = os.environ.get(MEMORY) or _SHARE
        try:
            self.con.raw_sql(f"SET memory_limit = {quoted(share)}")
        except duckdb.Error:
            raise ParameterError(
                _("“{value}” is no amount of memory.", value=share),
                where=MEMORY,
                wanted=_("for example 1GB or 500MB"),
                remedy=_("Change the environment variable, or remove it."),
            ) from None

    def name(self) -> str:
        """Return a table name that is not taken."""
        return f"t{next(self._numbers)}"

    place = "duckdb"

    @property
    def near(self) -> Embedded:
        """Itself: the lines lie here."""
        return self

    def near_table(self, expression: ir.Table) -> ir.Table:
        """Compute an expression into a table."""
        return self.store(expression)

    def taken(self, expression: ir.Table) -> ir.Table:
        """Compute an expression into a table: what is asked of it is then asked once."""
        return self.store(expression)

    def sql(self, query: str) -> Any:
        """Run DuckDB's own SQL, for reading files; the analyses use Ibis."""
        with _readable_errors():
            return self.con.raw_sql(query)

    def hold(self, table: pa.Table) -> ir.Table:
        """Copy an Arrow table into the engine."""
        name = self.name()
        self._take(f"CREATE TABLE {name} AS FROM incoming", table)
        return self.con.table(name)

    def append(self, name: str, table: pa.Table) -> None:
        """Add the rows of an Arrow table to a table of the engine, column by name."""
        self._take(f"INSERT INTO {name} BY NAME FROM incoming", table)

    def _take(self, statement: str, table: pa.Table) -> None:
        cursor = self.con.con
        cursor.register("incoming", table)
        try:
            with _readable_errors():
                cursor.execute(statement)
        finally:
            cursor.unregister("incoming")

    def store(self, expression: ir.Table) -> ir.Table:
        """Compute an expression into a table of the engine."""
        with _readable_errors():
            return self.con.create_table(self.name(), expression)

    def write(self, expression: ir.Table, path: Path) -> None:
        """Compute an expression into a Parquet file."""
        with _readable_errors():
            self.con.to_parquet(expression, path)

    def parquet(self, path: Path) -> ir.Table:
        """Return a Parquet file as a table, whatever its folders are called."""
        name = self.name()
        self.sql(
            f"CREATE VIEW {name} AS FROM read_parquet({quoted_path(path.resolve())}, "
            "hive_partitioning = false)"
        )
        return self.con.table(name)

    def drop(self, *tables: str) -> None:
        """Remove tables that are not needed any more; an empty name is none."""
        for table in filter(None, tables):
            self.con.raw_sql(f"DROP TABLE {table}")

    def arrow(self, expression: ir.Table) -> pa.Table:
        """Compute an expression and return its rows, decimals exact."""
        with _readable_errors():
            return self.con.to_pyarrow(expression)

    def frame(self, expression: ir.Table) -> pd.DataFrame:
        """Compute an expression and return it as a pandas frame, decimals as the nearest floats."""
        exact = [name for name, kind in expression.schema().items() if kind.is_decimal()]
        # by DuckDB: Arrow's own cast is off by the last digit for every fourth amount
        floats = expression.mutate(**{name: expression[name].cast("float64") for name in exact})
        with _readable_errors():
            table: pd.DataFrame = floats.to_pandas()
        return table


@contextmanager
def _readable_errors() -> Iterator[None]:
    """Turn what the engine cannot compute into an error that a user can read.

    Raises ``SourceError``.
    """
    import duckdb
    import pyarrow as pa

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise _no_room(_first_line(error)) from None
    except (duckdb.Error, pa.ArrowException, UnicodeError) as error:
        raise SourceError(
            _("The source could not be read to its end."),
            found=_first_line(error),
            remedy=_("It may be damaged: export or copy it again."),
        ) from None


def placed(error: KamkitError, where: str) -> KamkitError:
    """Say where an error arose, if it does not say so itself.

    >>> placed(KamkitError("No amounts."), "sales.csv").where
    'sales.csv'
    """
    error.where = error.where or where
    return error


def quoted(value: object) -> str:
    """Write a value as a string of SQL.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def quoted_path(path: Path) -> str:
    """Write a path as a string of SQL, in which brackets and stars are no pattern.

    >>> quoted_path(Path("sales[1].csv"))
    "'sales[[]1].csv'"
    """
    return quoted(re.sub(r"([\[*?])", r"[\1]", str(path)))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


def _no_room(found: str) -> SourceError:
    return SourceError(
        _("There is not enough memory or disk for this ledger."),
        found=found,
        remedy=_(
            "Free space in the temporary folder, or give the engine more memory: {variable}=4GB.",
            variable=MEMORY,
        ),
    )


def _remove(con: Any, folder: Path) -> None:
    con.close()
    shutil.rmtree(folder, ignore_errors=True)
