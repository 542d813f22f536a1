"""Addresses of databases and object stores, and how they are shown: without password."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, unquote, urlencode

SCHEMES = ("sqlite", "duckdb", "postgresql", "postgres")
"""The databases that are read, as an address begins."""

OBJECTS = ("s3", "gs", "az")
"""The object stores that are read, as an address begins."""

ENDINGS = {".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".duckdb": "duckdb"}
"""The databases that are files, by the ending of their names."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|md:|local\[[\d*,]+\]$", re.IGNORECASE)
_SECRET = {
    *("password", "passfile", "sslpassword", "sslkey", "pass", "pwd", "token"),
    "motherduck_token",
}


def is_address(source: str) -> bool:
    r"""Tell whether a source is an address, of whatever kind.

    >>> is_address("sqlite:///erp.db"), is_address("C:\\erp.db"), is_address("erp.db")
    (True, False, False)
    """
    return bool(_ADDRESS.match(source))


def public(source: str) -> str:
    """Return a source as it may be shown: an address without its password, else as it stands.

    >>> public("postgresql://kari:hemmelig@db.example/erp?sslmode=require&password=x")
    'postgresql://kari@db.example/erp?sslmode=require'
    >>> public("sales.csv")
    'sales.csv'
    >>> public("md:erp?motherduck_token=hemmelig")
    'md:erp'
    """
    if not is_address(source) or source.lower().startswith("local["):
        return source
    scheme, sep, rest = source.partition("md:" if source.lower().startswith("md:") else "://")
    # what stands before the last @ is user and password, whatever signs a password has in it
    before, at, location = rest.rpartition("@")
    user = re.split(r"[:/?#]", before)[0]
    location, mark, query = location.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name.lower() not in _SECRET]
    return f"{scheme}{sep}{user}{at}{location}{mark if kept else ''}{urlencode(kept)}"


def secrets(source: str) -> tuple[str, ...]:
    """Return the words of an address that must not be shown, as written and as meant.

    >>> secrets("postgresql://kari:hemme%6Cig@db.example/erp")
    ('hemme%6Cig', 'hemmelig')
    """
    before, _at, location = source.partition(":")[2].removeprefix("//").rpartition("@")
    password = before.partition(":")[2]
    query = location.partition("?")[2]
    given = [value for name, value in parse_qsl(query) if name.lower() in _SECRET]
    words = [password, unquote(password), *given]
    return tuple(dict.fromkeys(word for word in words if word))


def database_file(source: str) -> tuple[str, Path] | None:
    """Return kind and path of a database that is a file, by address or ending; else None.

    >>> database_file("sqlite:///erp.db") == ("sqlite", Path("erp.db"))
    True
    >>> database_file("sqlite:////data/erp.db") == ("sqlite", Path("/data/erp.db"))
    True
    """
    if is_address(source):
        scheme, _sep, rest = source.partition("://")
        scheme = scheme.lower()
        if scheme not in ("sqlite", "duckdb"):
            return None
        path = unquote(rest.split("?")[0])
        return scheme, Path(path.removeprefix("/")).expanduser()
    kind = ENDINGS.get(Path(source).suffix.lower())
    return (kind, Path(source)) if kind else None


def name_of(source: str) -> str:
    """Return a short name for the case of an address: that of the database, object or folder.

    >>> name_of("postgresql://kari@db.example/erp"), name_of("sqlite:///data/erp.db")
    ('erp', 'erp')
    >>> name_of("s3://lake/sales/2024.csv"), name_of("s3://lake")
    ('2024', 'lake')
    """
    if path := database_file(source):
        return path[1].stem
    location = public(source).partition("://")[2].partition("?")[0]
    if source.partition("://")[0].lower() in OBJECTS:
        return PurePosixPath(location).stem or "objects"
    return unquote(location.partition("/")[2].strip("/")) or "database"
