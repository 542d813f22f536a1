"""Object storage, such as S3: objects are copied into the engine's folder and read as files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Embedded
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading.source import Found
from kamkit.case.sources.address import OBJECTS, public
from kamkit.case.sources.path import from_path
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import number

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")
_LONGEST = "1h"
"""The longest that one object may take."""


def is_object(address: str) -> bool:
    """Tell whether an address is one of object storage.

    >>> is_object("s3://lake/sales/"), is_object("postgresql://db/erp")
    (True, False)
    """
    return address.partition("://")[0].lower() in OBJECTS


def read(address: str, mapping: ColumnMapping, engine: Embedded) -> Found:
    """Read an object, or all objects below an address, as the file or folder that they are.

    Credentials and end point come from the environment, as for other programs of the store.

    Raises ``SourceError`` where nothing is there, or it cannot be copied; no secret is in it.
    """
    scheme, _sep, rest = address.partition("://")
    bucket, _slash, path = rest.partition("/")
    if "@" in bucket or not bucket:
        raise SourceError(
            _("The address has more in it than the name of a bucket and a path."),
            where=public(address),
            wanted=_("for example {address}", address="s3://lake/sales/"),
            remedy=_("Give keys in the environment, such as AWS_ACCESS_KEY_ID."),
        )
    with _readable_errors(address):
        store = _store(f"{scheme.lower()}://{bucket}", address)
        sizes = _listed(store, path.strip("/"))
        if not sizes:
            raise SourceError(
                _("There is nothing under this address."),
                where=public(address),
                remedy=_("Check bucket and path: capital letters count."),
            )
        home = _copied(store, sizes, path.strip("/"), engine, address)
    return from_path(home, mapping, engine)


def _store(bucket: str, address: str) -> ObjectStore:
    try:
        from obstore.store import from_url
    except ImportError:
        raise SourceError(
            _("Object storage is read with a package that is not installed."),
            where=public(address),
            wanted="obstore",
            remedy=_('Install it: python -m pip install "kamkit[objects]"'),
        ) from None
    given = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    plain = given.lower().startswith("http://")
    config: Any = {"endpoint": given} if given and bucket.startswith("s3:") else None
    return from_url(
        bucket,
        config=config,
        client_options={"allow_http": plain, "timeout": _LONGEST, "connect_timeout": "15s"},
        retry_config={"max_retries": 3},
    )


def _listed(store: ObjectStore, path: str) -> dict[str, int]:
    """Return the objects that a path means, with their sizes: one of that name, or all below it."""
    if path:
        try:
            return {path: store.head(path)["size"]}
        except FileNotFoundError:
            pass
    below = [one for chunk in store.list(path or None) for one in chunk]
    marks = {str(parent) for one in below for parent in PurePosixPath(one["path"]).parents}
    marks |= {path}  # objects without content that stand for folders
    return {one["path"]: one["size"] for one in below if one["size"] or one["path"] not in marks}


def _copied(
    store: ObjectStore, sizes: dict[str, int], path: str, engine: Embedded, address: str
) -> Path:
    """Copy objects into the engine's folder; return the file, or the folder of several."""
    home = engine.folder / "objects" / (PurePosixPath(path).name or "bucket")
    needed, free = sum(sizes.values()), shutil.disk_usage(engine.folder).free
    if needed > free * 9 // 10:
        raise SourceError(
            _("There is no room to copy this."),
            where=public(address),
            found=_("{n} MB", n=number(needed >> 20)),
            wanted=_("at most {n} MB", n=number((free * 9 // 10) >> 20)),
            remedy=_("Give a smaller part of it, or another temporary folder in TMPDIR."),
        )
    if list(sizes) == [path]:
        return _download(store, path, home)
    for name in sizes:
        parts = PurePosixPath(name[len(path) :].lstrip("/")).parts
        _download(store, name, home.joinpath(*(part for part in parts if part != "..")))
    return home


def _download(store: ObjectStore, name: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in store.get(name).stream():
            file.write(chunk)
    return path


@contextmanager
def _readable_errors(address: str) -> Iterator[None]:
    try:
        yield
    except SourceError:
        raise
    except Exception as error:  # every store has errors of its own
        said = str(error).partition("\n")[0]
        for secret in filter(None, map(os.environ.get, _SECRETS)):
            said = said.replace(secret, "…")
        raise SourceError(
            _("The object storage could not be read."),
            where=public(address),
            found=said[:300] or type(error).__name__,
            remedy=_("Check the address, the keys in the environment, and that you may read it."),
        ) from None
