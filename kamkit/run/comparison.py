"""Two finished runs set beside each other on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.run.manifest import read_manifest

if TYPE_CHECKING:
    from kamkit.output.finding import Finding


def compare(
    old: str | Path, new: str | Path, *, out: str | Path = ""
) -> tuple[Path, list[tuple[str, Finding]]]:
    """Compare two run folders; return the page and its findings, each with its heading.

    The page is ``out``, else ``<new>-against-<old>.html`` in the current folder. Raises
    ``SourceError`` for a folder that is no finished run, ``ParameterError`` for runs that cannot be
    compared.
    """
    from kamkit.analysis import open_run
    from kamkit.documents import compare_html, compared
    from kamkit.files import whole_file

    places = [Path(one).expanduser().absolute() for one in (old, new)]
    for place in places:
        read_manifest(place)
    before, after = (open_run(place).require("followed_basis") for place in places)
    found = compared(before, after)
    name = f"{places[1].name}-against-{places[0].name}.html"
    page = Path(out).expanduser() if out else Path.cwd() / name
    with whole_file(page) as unfinished:
        unfinished.write_text(compare_html(before, after), encoding="utf-8", newline="\n")
    return page, found
