"""What there is to know about each data set, and which there are."""

from __future__ import annotations

from kamkit.datasets.catalogue import CATALOGUE, Entry, find
from kamkit.datasets.copies import bundled_folder, copy_note, is_here, local_path
from kamkit.errors import FetchError, SourceError
from kamkit.language import gettext as _
from kamkit.language import number


def describe(name: str) -> str:
    """Tell what a data set is, whose it is and where it lies, in a few lines.

    Raises ``ParameterError`` for an unknown name.

    >>> print(describe("cdnow").splitlines()[0])
    CDNOW (cdnow)
    """
    entry = find(name)
    path, note = _location(entry)
    facts = [
        (_("data:"), _("invented") if entry.fictional else _("real")),
        (_("rows:"), number(rows) if (rows := _rows(entry)) else ""),
        (_("currency:"), entry.currency),
        (_("licence:"), entry.licence),
        (_("source:"), entry.citation),
        (_("address:"), entry.url),
        (_("place:"), path),
        (_("note:"), note),
    ]
    width = max(len(label) for label, _x in facts)
    lines = [f"  {label:<{width}} {text}" for label, text in facts if text]
    return "\n".join([f"{entry.title} ({entry.name})", _(entry.description), *lines])


def listing() -> list[dict[str, object]]:
    """List the data sets, one row per entry: name, title, rows, currency, kind, fictional, here.

    ``rows`` is 0 where it is not known; ``here`` tells whether it can be read without a request.

    >>> [row["name"] for row in listing()][:2]
    ['fjordgross', 'cdnow']
    """
    return [
        {
            "name": entry.name,
            "title": entry.title,
            "rows": _rows(entry),
            "currency": entry.currency,
            "kind": entry.kind,
            "fictional": entry.fictional,
            "here": is_here(entry),
        }
        for entry in CATALOGUE.values()
    ]


def _rows(entry: Entry) -> int:
    if entry.rows or not is_here(entry):
        return entry.rows
    import pyarrow.parquet as pq

    rows: int = pq.read_metadata(bundled_folder(entry) / "sales.parquet").num_rows
    return rows


def _location(entry: Entry) -> tuple[str, str]:
    """Return where a data set lies, and in what that copy differs."""
    if entry.kind == "bundled":
        here = is_here(entry)
        return (_("comes with kamkit") if here else _("missing from this installation")), ""
    if not is_here(entry):
        return _("not here yet; fetch it: kamkit data fetch {name}", name=entry.name), ""
    try:
        return str(local_path(entry.name)), copy_note(entry.name)
    except (FetchError, SourceError) as error:
        return error.where, error.message
