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
from kamkit.periods import Period
from kamkit.run import folder

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case import Case, ColumnMapping

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


@dataclass(frozen=True, eq=False)
class Facts:
    """What the report, the workbook and the manifest tell about a case, read once.

    ``source`` is a name for people, never a path; ``set_aside`` the rows of the workbook.
    """

    name: str
    title: str
    source: str
    currency: str
    fictional: bool
    period: Period
    checksum: str
    mapping: ColumnMapping
    notes: tuple[str, ...]
    reconciliation: pd.DataFrame
    set_aside: pd.DataFrame


@dataclass(frozen=True)
class Done:
    """A notebook that was executed: its parameters, the checksum of its source, and how it went.

    ``left_out`` is the reason why the case could not carry the analysis, else empty.

    >>> Done("02_identify", {"cut_a": 0.8}, "9f2c", seconds=3.1).left_out
    ''
    """

    name: str
    parameters: Mapping[str, Any]
    checksum: str
    seconds: float
    left_out: str = ""


def facts(case: Case, *, rows_aside: int = 200_000) -> Facts:
    """Ask a case for everything that is told about it; at most ``rows_aside`` rows set aside."""
    return Facts(
        name=case.name,
        title=case.title,
        source=shown_source(case.source),
        currency=case.currency,
        fictional=case.fictional,
        period=case.period,
        checksum=case.checksum,
        mapping=case.mapping,
        notes=case.notes,
        reconciliation=case.reconciliation(),
        set_aside=case.set_aside(rows_aside),
    )


def shown_source(source: str) -> str:
    """Return the name of a source without the folders it lies in.

    >>> shown_source("/home/kari/sales.csv"), shown_source("cdnow")
    ('sales.csv', 'cdnow')
    """
    return Path(source).name or Path(source).resolve().name


def key(case: Facts, language: str, parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the checksum of all inputs of a run: data, mapping, language and parameters."""
    return digest(
        {
            "case": [case.name, case.checksum, case.mapping.text()],
            "language": language,
            "parameters": parameters,
        }
    )


def digest(value: Any) -> str:
    """Return a checksum of plain values, the same in every run.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python, kamkit and the libraries that a result depends on."""
    found = {"kamkit": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def write(
    place: Path,
    case: Facts,
    done: Sequence[Done],
    findings: Sequence[Mapping[str, Any]],
    about: Mapping[str, Any],
) -> Path:
    """Write the manifest of the files in ``place`` and return its path.

    ``about`` holds ``key``, ``language`` and ``timings``; the timings are the only part that
    differs between two runs of the same inputs.
    """
    content = {
        "kamkit": {"version": __version__, "manifest": 1},
        "case": _case(case),
        "inputs": [{"name": case.source, "sha256": case.checksum}],
        "mapping": {"tables": case.mapping.tables, "options": case.mapping.options.given()},
        "notebooks": [
            {
                "name": one.name,
                "sha256": one.checksum,
                "parameters": dict(one.parameters),
                "left_out": one.left_out,
            }
            for one in done
        ],
        "reconciliation": _records(case.reconciliation),
        "findings": list(findings),
        "files": folder.checksums(place),
        "versions": versions(),
        **about,
    }
    path = place / folder.MANIFEST
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def read_manifest(place: str | Path) -> dict[str, Any]:
    """Read the manifest of a run folder.

    Raises ``SourceError`` when the folder is not a finished run.
    """
    found = folder.contents(Path(place))
    if not found:
        raise SourceError(
            _("“{name}” is not a finished run of kamkit.", name=Path(place).name),
            wanted=_("a folder with {file}", file=folder.MANIFEST),
            remedy=_("Make one with kamkit run."),
        )
    return found


def _case(case: Facts) -> dict[str, Any]:
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
