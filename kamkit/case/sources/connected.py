"""An address whose ledger stays where it lies: the Ibis table behind it."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.case.options import ReadOptions
from kamkit.case.reading.source import table_named
from kamkit.case.sources import database
from kamkit.case.sources.address import database_file, public, secrets
from kamkit.errors import KamkitError, ParameterError, SourceError, nearest
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SPARK = re.compile(r"spark://|sc://|local\[", re.IGNORECASE)


def stays(address: str, options: ReadOptions) -> bool:
    """Tell whether the lines of an address are computed with where they lie.

    Spark and MotherDuck always do; what else is a database does where it is asked for.

    >>> stays("local[2]", ReadOptions()), stays("postgresql://db/erp", ReadOptions())
    (True, False)
    """
    return options.in_place or bool(_SPARK.match(address)) or address.lower().startswith("md:")


def table(address: str, options: ReadOptions) -> ir.Table:
    """Return the table of an address that the options name, else the one called sales.

    Raises ``SourceError`` where it cannot be opened or has no such table, ``ParameterError`` for an
    address that cannot be computed with; no password is in either.
    """
    try:
        con = _connection(address)
        if options.query:
            return con.sql(options.query.strip().rstrip(";"))
        if _is_path(options.table):
            return con.read_parquet(options.table)
        return _named(con, options.table)
    except KamkitError:
        raise
    except Exception as error:  # every back end has errors of its own
        raise SourceError(
            _("The database cannot be opened."),
            where=public(address),
            found=database.without(secrets(address), str(error)) or type(error).__name__,
            remedy=_("Check the address, the table, and that you may read it."),
        ) from None


def _is_path(name: str) -> bool:
    return "/" in name or Path(name).suffix.lower() in (".parquet", ".pq")


def _named(con: Any, name: str) -> ir.Table:
    schema, _dot, own = name.rpartition(".")
    if name:
        return con.table(own, database=schema or None)
    names = con.list_tables()
    ledgers = [one for one in names if table_named(one) == "sales"]
    if len(ledgers) == 1:
        return con.table(ledgers[0])
    near = nearest("sales", names)
    raise SourceError(
        _("Nothing tells which table is the ledger."),
        found=", ".join(f"“{one}”" for one in names[:20]) or _("no table at all"),
        remedy=_("Choose one of these with --table.")
        if not near
        else _("Choose one with --table, such as --table {name}.", name=near),
    )


def _connection(address: str) -> Any:
    """Connect to an address; sessions of PostgreSQL can write nothing but temporary tables."""
    import ibis

    if _SPARK.match(address):
        return ibis.pyspark.connect(_session(address))
    scheme = address.partition(":")[0].lower()
    if scheme in ("postgresql", "postgres"):
        return ibis.postgres.from_connection(database.postgres(address, public(address)))
    if scheme == "md":
        return ibis.duckdb.connect(address)
    file = database_file(address)
    if file and file[0] == "duckdb":
        return ibis.duckdb.connect(file[1], read_only=True)
    raise ParameterError(
        _("This source cannot be analysed in place."),
        found=public(address),
        wanted=_("an address of {databases}", databases="postgresql://, duckdb://, spark://, md:"),
        remedy=_("Leave --in-place out; the ledger is then copied."),
    )


def _session(address: str) -> Any:
    """Return the Spark session that is there, else one of this address."""
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SourceError(
            _("Spark needs a package that is not installed."),
            wanted="pyspark",
            remedy=_('Install it: python -m pip install "kamkit[spark]"'),
        ) from None
    if address.lower().startswith("sc://"):
        return SparkSession.builder.remote(address).getOrCreate()
    build = SparkSession.builder.master(address).appName("kamkit")
    local = {"spark.sql.shuffle.partitions": "8"} if address.startswith("local") else {}
    for name, value in {**_SETTINGS, **local}.items():
        build = build.config(name, value)
    return build.getOrCreate()


_SETTINGS = {
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
