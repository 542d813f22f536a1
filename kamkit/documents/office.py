"""What Office files share: properties and bytes that are the same each time."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

from kamkit.files import whole_file

# a real date would make two runs differ
_WRITTEN = dt.datetime(2000, 1, 1)  # noqa: DTZ001
_MOST = 255  # letters of a property
_ZIP_DATE = (2000, 1, 1, 0, 0, 0)


def describe(document: Any, title: str) -> None:
    """Give a Word document or a presentation its title and properties that never change.

    >>> from docx import Document
    >>> document = Document()
    >>> describe(document, "Account plan")
    >>> document.core_properties.created.year
    2000
    """
    properties = document.core_properties
    properties.title, properties.author, properties.revision = title[:_MOST], "kamkit", 1
    properties.last_modified_by = "kamkit"  # else that of the empty document of the library
    properties.created = properties.modified = _WRITTEN


def save_office(document: Any, path: str | Path) -> Path:
    """Save a Word document or a presentation, with the same bytes each time; return its path."""
    buffer, path = io.BytesIO(), Path(path)
    document.save(buffer)
    with (
        zipfile.ZipFile(buffer) as before,
        whole_file(path) as unfinished,
        zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = zipfile.ZipInfo(name, _ZIP_DATE)
            part.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(part, before.read(name))
    return path
