"""A database by address: SQLite, DuckDB and PostgreSQL, read-only, the password told to nobody."""
# ruff: noqa: S608 - names are quoted, the query is the user's own and can only read

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kamkit.case.engine import Embedded
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading import numbers
from kamkit.case.reading.source import Found, Part, checksum_of, table_named
from kamkit.case.sources import several
from kamkit.case.sources.address import SCHEMES, database_file, public, secrets
from kamkit.case.sources.rows import Rows
from kamkit.errors import SourceError, nearest
from kamkit.language import gettext as _

_BATCH = 20_000
_SQLITE_TABLES = (
    "SELECT '', name FROM sqlite_master WHERE type IN ('table', 'view') "
    "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
)
_DUCKDB_TABLES = (
    "SELECT table_schema, table_name FROM information_schema.tables "
    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
)
_POSTGRES_TABLES = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg!_%' "
    "ESCAPE '!' ORDER BY 1, 2"
)
_USUAL = ("", "main", "public")
"""Schemas that are not told with the name of a table."""


@dataclass(frozen=True)
class Database:
    """An open database: its connection, the query for the names of its tables, its errors."""

    connection: Any
    names: str
    errors: tuple[type[Exception], ...]
    cursor: Callable[[], Any]

    def tables(self) -> dict[str, str]:
        """Return the names of its tables and views, and how SQL writes each."""
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(self.names)
            rows = cursor.fetchall()
        return {
            name if schema in _USUAL else f"{schema}.{name}": ".".join(
                map(_quoted, filter(None, (schema, name)))
            )
            for schema, name in rows
        }

    def headings(self, query: str) -> tuple[str, ...]:
        """Return the names of the columns that a query gives."""
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(f"SELECT * FROM ({query}) AS asked WHERE 1 = 0")
            return tuple(str(column[0]) for column in cursor.description)

    def batches(self, query: str) -> Iterator[Sequence[Sequence[Any]]]:
        """Give the rows of a query, some thousands at a time."""
        with closing(self.cursor()) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(_BATCH):
                yield rows


def read(source: str, mapping: ColumnMapping, engine: Embedded) -> Found:
    """Read the ledger of a database: the table or query asked for, else the one that is found.

    Raises ``SourceError`` where it cannot be opened or holds no ledger; no password is in it.
    """
    shown = public(source)
    driver = _driver(source, shown)
    try:
        with closing(driver.connection):
            return _read(driver, source, mapping, engine)
    except driver.errors as error:
        raise SourceError(
            _("The database could not be read."),
            where=shown,
            found=without(secrets(source), str(error)),
            remedy=_("Check the table or query, and that you may read it."),
        ) from None


def _read(driver: Database, source: str, mapping: ColumnMapping, engine: Embedded) -> Found:
    options, shown = mapping.options, public(source)
    digest = hashlib.sha256()
    if options.query:
        query = options.query.strip().rstrip(";")
        result = Found([_part(driver, query, _("query"), engine, digest)])
    else:
        tables = driver.tables()
        names = [_chosen(options.table, list(tables), shown)] if options.table else list(tables)
        candidates = [_candidate(driver, name, tables[name], engine, digest) for name in names]
        if len(candidates) == 1:
            result = Found([candidates[0].open()])
        else:
            several.refuse_several(candidates, mapping, shown)
            result = several.read(candidates, mapping, engine, shown)
    if not result.of("sales"):
        error = several.no_ledger(shown, result)
        error.remedy = _("Choose the table with --table, or give a query with --query.")
        raise error
    file = database_file(source)
    result.checksum = checksum_of(file[1]) if file else digest.hexdigest()
    return result


def _candidate(
    driver: Database, name: str, written: str, engine: Embedded, digest: Any
) -> several.Candidate:
    query = f"SELECT * FROM {written}"
    read_rows = partial(_part, driver, query, name, engine, digest)
    named = table_named(name.rpartition(".")[2])
    return several.Candidate(name, driver.headings(query), read_rows, named)


def _part(driver: Database, query: str, label: str, engine: Embedded, digest: Any) -> Part:
    rows = Rows(engine, list(driver.headings(query)), digest=digest)
    for batch in driver.batches(query):
        rows.extend([_cell(cell) for cell in row] for row in batch)
    part = rows.part("sales", label)
    if part is None:
        raise SourceError(
            _("There are headings but no lines below them."),
            where=label,
            wanted=_("at least one line of sales"),
            remedy=_("Choose another table, or change the query."),
        )
    return part


def _cell(value: Any) -> Any:
    """Return a value as a worksheet would have it: the day of the database's own clock."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, Decimal) and value.is_finite():
        return f"{numbers.NATIVE}{value:f}"
    if isinstance(value, bytes | bytearray | memoryview):
        return None
    return json.dumps(value, default=str) if isinstance(value, dict | list) else value


def _chosen(wanted: str, names: Sequence[str], shown: str) -> str:
    same = [name for name in names if name == wanted] or [
        name for name in names if name.casefold() == wanted.casefold()
    ]
    if len(same) == 1:
        return same[0]
    near = nearest(wanted, names)
    raise SourceError(
        _("The database has no table or view “{name}”.", name=wanted),
        where=shown,
        found=", ".join(f"“{name}”" for name in names[:20]) or _("no table at all"),
        remedy=_("Did you mean “{near}”?", near=near)
        if near
        else _("Choose one of these with --table."),
    )


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def without(words: Sequence[str], text: str) -> str:
    """Return the first line of a text without the words that must not be shown.

    >>> without(["hemmelig"], "no user kari with hemmelig")
    'no user kari with •••'
    """
    first = text.strip().splitlines()[0][:300] if text.strip() else ""
    for word in words:
        first = first.replace(word, "•••")
    return first


# The three databases


def _driver(source: str, shown: str) -> Database:
    file = database_file(source)
    if file:
        kind, path = file
        if not path.is_file():
            raise SourceError(
                _("There is no database file here."),
                where=str(path),
                wanted=_("an address such as sqlite:///folder/erp.db"),
                remedy=_("Check the path; after sqlite:/// it starts in the folder you stand in."),
            )
        return _sqlite(path) if kind == "sqlite" else _duckdb(path)
    if source.split("://")[0].lower() in ("postgresql", "postgres"):
        return _postgres(source, shown)
    raise SourceError(
        _("This address cannot be opened as a case."),
        found=source.split("://")[0] + "://…",
        wanted=_("an address of {databases}", databases=", ".join(f"{s}://" for s in SCHEMES)),
        remedy=_("Or export the sales lines to a CSV, Excel or Parquet file."),
    )


def _sqlite(path: Path) -> Database:
    import sqlite3

    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, 33}

    def only_reads(action: int, *_given: object) -> int:
        return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY

    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True)
    connection.set_authorizer(only_reads)
    return Database(connection, _SQLITE_TABLES, (sqlite3.Error,), connection.cursor)


def _duckdb(path: Path) -> Database:
    import duckdb

    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise _unopened(path.name, str(error)) from None
    connection.execute("SET enable_external_access = false")
    connection.execute("SET autoinstall_known_extensions = false")
    return Database(connection, _DUCKDB_TABLES, (duckdb.Error,), connection.cursor)


def _postgres(source: str, shown: str) -> Database:
    import psycopg

    connection = postgres(source, shown, "-c default_transaction_read_only=on")
    connection.read_only = True
    # a cursor on the server: the ledger is not held here as a whole
    cursor = partial(connection.cursor, name="kamkit")
    return Database(connection, _POSTGRES_TABLES, (psycopg.Error,), cursor)


def postgres(source: str, shown: str, options: str = "") -> Any:
    """Return a connection to a PostgreSQL server; ``shown`` is its address without a password.

    Raises ``SourceError`` without psycopg, and where the server cannot be reached.
    """
    try:
        import psycopg
    except ImportError:
        raise SourceError(
            _("PostgreSQL is read with a package that is not installed."),
            where=shown,
            wanted="psycopg",
            remedy=_('Install it: python -m pip install "kamkit[postgres]"'),
        ) from None
    try:
        return psycopg.connect(source, connect_timeout=15, options=options)
    except psycopg.Error as error:
        raise _unopened(shown, without(secrets(source), str(error))) from None


def _unopened(where: str, found: str) -> SourceError:
    return SourceError(
        _("The database cannot be opened."),
        where=where,
        found=found.splitlines()[0][:300] if found else "",
        remedy=_(
            "Check address, user and password; the password may stand in PGPASSWORD or in the "
            "password file."
        ),
    )
