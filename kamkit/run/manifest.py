"""The manifest of a run: what went in, what came out, and with which versions."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit import __version__
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.run import folder

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.analysis import Analysis
    from kamkit.case import ColumnMapping
    from kamkit.case.about import About

LIBRARIES = (
    "babel",
    "duckdb",
    "ibis-framework",
    "ipykernel",
    "jinja2",
    "matplotlib",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "python-calamine",
    "seaborn",
    "xlsxwriter",
)


@dataclass(frozen=True)
class Done:
    """A notebook that was executed: its parameters, the checksum of its source, and how it went.

    ``seconds`` is how
    long it took, ``cells`` how much of that its cells. ``left_out`` is the reason why the case
    could not carry the analysis, else empty.

    >>> Done("02_identify", {"cut_a": 0.8}, "9f2c", seconds=3.1).left_out
    ''
    """

    name: str
    parameters: Mapping[str, Any]
    checksum: str
    seconds: float
    left_out: str = ""
    cells: float = 0.0


def shown(source: str) -> str:
    """Return the name of a source without the folders it lies in.

    >>> shown("/home/kari/sales.csv"), shown("cdnow")
    ('sales.csv', 'cdnow')
    """
    from kamkit.case.about import shown_source

    return shown_source(source)


def key_of_run(path: Path) -> str:
    """Return the key of a finished run; empty for any other folder.

    >>> key_of_run(Path("no such folder"))
    ''
    """
    return str(folder.contents(path).get("key", ""))


def digest(value: Any) -> str:
    """Return a checksum of plain values, the same in every run.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python, kamkit and the libraries that a result depends on."""
    versions_found = {"kamkit": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions_found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions_found


def write(
    home: Path,
    analysis: Analysis,
    mapping: ColumnMapping,
    done: Sequence[Done],
    findings: Sequence[Mapping[str, Any]],
    what: Mapping[str, Any],
) -> Path:
    """Write the manifest of the files in ``home`` and return its path.

    ``what`` holds ``key``, ``language``, ``settings`` and ``timings``; the timings are the only
    part that differs between two runs of the same inputs.
    """
    about = analysis.about
    content = {
        "kamkit": {"version": __version__, "manifest": 2},
        "case": _case(about),
        "inputs": [{"name": about.source, "sha256": about.checksum}],
        "mapping": {"tables": mapping.tables, "options": mapping.options.given()},
        "notebooks": [
            {
                "name": one.name,
                "sha256": one.checksum,
                "parameters": dict(one.parameters),
                "left_out": one.left_out,
            }
            for one in done
        ],
        "reconciliation": _records(analysis.require("reconciliation")),
        "findings": list(findings),
        "files": folder.checksums(home),
        "versions": versions(),
        **what,
    }
    path = home / folder.MANIFEST
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Read the manifest of a run folder.

    Raises ``SourceError`` when the folder is not a finished run.
    """
    content = folder.contents(Path(path))
    if not content:
        raise SourceError(
            _("“{name}” is not a finished run of kamkit.", name=Path(path).name),
            wanted=_("a folder with {file}", file=folder.MANIFEST),
            remedy=_("Make one with kamkit run."),
        )
    return content


def _case(case: About) -> dict[str, Any]:
    return {
        "name": case.name,
        "title": case.title,
        "source": case.source,
        "currency": case.currency,
        "fictional": case.fictional,
        "period": [case.period.start.isoformat(), case.period.end.isoformat()],
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    return [
        {str(name): None if value != value else value for name, value in row.items()}
        for row in rows
    ]
