"""Where the data sets lie on this machine: bundled, in the user's folder, in the cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.datasets import published
from kamkit.datasets.catalogue import DATA_DIR, Entry, find
from kamkit.errors import FetchError, ParameterError, SourceError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd


def bundled_folder(entry: Entry) -> Path:
    """Return the folder or file of a bundled data set.

    In a checkout it lies in ``data/`` beside the package, in an installation inside the package.
    Raises ``SourceError`` when the installation lacks it.

    >>> bundled_folder(find("cdnow")).name
    'sales.parquet'
    """
    package = Path(__file__).resolve().parents[1]
    in_checkout = (package.parent / "pyproject.toml").is_file()
    data = package.parent / "data" if in_checkout else package / "_shipped" / "data"
    path = data / entry.stored
    if not path.exists():
        raise SourceError(
            _("The data set “{name}” is missing from this installation.", name=entry.name),
            wanted=f"{data.name}/{entry.stored}",
            remedy=_("Install kamkit again."),
        )
    return path


def cache_folder() -> Path:
    """Return the user's folder for fetched data sets; it need not exist yet.

    >>> cache_folder().name
    'kamkit'
    """
    import pooch

    return Path(pooch.os_cache("kamkit"))


def local_path(name: str) -> Path:
    """Return the file or folder of a data set, ready to read, without any request.

    Looked for in this order: the bundled data; a copy in the folder that ``KAMKIT_DATA_DIR`` names
    (ours or the publisher's own zip, workbook or CSV, which is checked and stored in the cache
    first); the cache that ``fetch`` fills.

    Raises ``ParameterError`` for an unknown name, ``FetchError`` when the data set has to be
    fetched first or when the publisher's file in the folder is not what it should be.

    >>> local_path("cdnow").name
    'sales.parquet'
    """
    entry = find(name)
    if entry.kind == "bundled":
        return bundled_folder(entry)
    path = present(entry)
    if path is None:
        raise FetchError(
            _("The data set “{name}” is not on this machine yet.", name=entry.name),
            remedy=_("Fetch it: kamkit data fetch {name}", name=entry.name),
        )
    return path


def present(entry: Entry, folder: Path | None = None) -> Path | None:
    """Return the copy of a fetched data set that is here already, or None.

    With ``folder`` only that folder is looked at; without, ``KAMKIT_DATA_DIR`` and the cache.

    >>> import tempfile
    >>> present(find("wholesale-customers"), Path(tempfile.mkdtemp())) is None
    True
    """
    if folder is None:
        if own := _own_copy(entry):
            return own
        raw = published.raw_copy(entry, _own_folder())
        if raw and not (cache_folder() / entry.stored).is_file():
            return published.store(raw, entry, cache_folder())
    path = (folder or cache_folder()) / entry.stored
    return path if path.is_file() else None


def copy_note(name: str) -> str:
    """Say in what the local copy differs from the published data set, or ``""``.

    Raises as ``local_path`` does, and ``SourceError`` when the copy has none of the columns.

    >>> copy_note("cdnow")
    ''
    """
    entry = find(name)
    if entry.kind == "bundled":
        return ""
    return published.difference(local_path(name), entry)


def load_table(name: str) -> pd.DataFrame:
    """Read a data set that is one table as it was published, one row per row of the publisher.

    Clients of ``wholesale-customers`` have no number; the index ``client`` counts them from 1.
    Raises as ``local_path`` does, and ``ParameterError`` for a folder of several tables.

    >>> len(load_table("cdnow"))
    69659
    """
    import pandas as pd

    entry = find(name)
    if not Path(entry.stored).suffix:
        raise ParameterError(
            _("“{name}” has several tables; open it as a case.", name=entry.name),
            remedy=f'open_case("{entry.name}")',
        )
    path = local_path(name)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    frame = pd.read_csv(path)
    return frame.set_index(pd.RangeIndex(1, len(frame) + 1, name="client"))


def is_here(entry: Entry) -> bool:
    """Tell whether a data set can be read without a request.

    >>> is_here(find("cdnow"))
    True
    """
    if entry.kind == "bundled":
        try:
            return bundled_folder(entry).exists()
        except SourceError:
            return False
    raw = published.raw_copy(entry, _own_folder())
    return bool(_own_copy(entry) or raw or (cache_folder() / entry.stored).is_file())


def _own_folder() -> Path | None:
    """Return the folder that ``KAMKIT_DATA_DIR`` names, if it names one."""
    named = os.environ.get(DATA_DIR, "")
    if not named:
        return None
    if not Path(named).is_dir():
        raise ParameterError(
            _("{variable} does not name a folder.", variable=DATA_DIR),
            found=named,
            remedy=_("Set it to a folder that exists, or unset it."),
        )
    return Path(named)


def _own_copy(entry: Entry) -> Path | None:
    folder = _own_folder()
    if folder is None:
        return None
    places = (folder / name for name in (entry.stored, *entry.copies))
    return next((path for path in places if path.is_file()), None)
