"""Two finished runs set beside each other on one page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from kamkit.run.account_links import Names
from kamkit.run.accounts_page import ACCOUNTS
from kamkit.run.manifest import read_manifest

if TYPE_CHECKING:
    from kamkit.output.finding import Finding


def compare(
    old: str | Path, new: str | Path, *, out: str | Path = ""
) -> tuple[Path, list[tuple[str, Finding]]]:
    """Compare two run folders; return the page and its findings, each with its heading.

    The page is ``out``, else ``<new>-against-<old>.html`` in the current folder. The names of
    accounts lead to their pages in the new run. Raises
    ``SourceError`` for a folder that is no finished run, ``ParameterError`` for runs that cannot be
    compared.
    """
    from kamkit.analysis import open_run
    from kamkit.documents import compare_html, compared
    from kamkit.files import whole_file

    places = [Path(one).expanduser().absolute() for one in (old, new)]
    for folder in places:
        read_manifest(folder)
    runs = [open_run(folder) for folder in places]
    before, after = (run.require("followed_basis") for run in runs)
    findings = compared(before, after)
    name = f"{places[1].name}-against-{places[0].name}.html"
    page = Path(out).expanduser() if out else Path.cwd() / name
    told = compare_html(before, after)
    if (places[1] / ACCOUNTS).is_file():
        told = Names(runs[1], _way(page.absolute().parent, places[1])).page(told)
    with whole_file(page) as unfinished:
        unfinished.write_text(told, encoding="utf-8", newline="\n")
    return page, findings


def _way(start: Path, run: Path) -> str:
    """Return the way from a folder to the folder of a run, as a link writes it."""
    try:
        way = Path(os.path.relpath(run, start)).as_posix()
    except ValueError:  # on another drive
        return f"{run.as_uri()}/"
    return "" if way == "." else f"{quote(way)}/"
