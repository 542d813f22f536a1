"""A case read once and kept, so that other processes need not read its source again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.case.case import Case
from kamkit.case.engine import Embedded, Engine
from kamkit.case.mapping import from_text
from kamkit.case.warehouse import away
from kamkit.files import locked
from kamkit.language import language
from kamkit.periods import Period

if TYPE_CHECKING:
    import ibis.expr.types as ir

KEEP = "KAMKIT_KEEP"
"""The environment variable that names a folder where other processes find data sets known by name,
and what was made of them. Neither is made anew when kamkit's own code changes: whoever changes it
empties the folder.
"""

_WORDS = (
    "name",
    "title",
    "source",
    "currency",
    "fictional",
    "checksum",
    "notes",
    "fiscal_year_start",
)


def keep(case: Case, folder: Path) -> None:
    """Keep a case in a folder: its lines and tables as Parquet; whole or not at all.

    Lines that lie in an engine of their own stay there; what is known of them is kept.
    """
    aside = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "tables").mkdir(parents=True)
    words = {name: getattr(case, name) for name in _WORDS}
    if isinstance(case.engine, Embedded):
        case.engine.write(case.checked, aside / "checked.parquet")
    else:
        words["away"] = {
            "place": case.engine.place,
            "columns": {name: str(kind) for name, kind in case.checked.schema().items()},
            "period": [case.period.start.isoformat(), case.period.end.isoformat()],
        }
    for name, frame in case.tables.items():
        frame.to_parquet(aside / "tables" / f"{name}.parquet", index=False)
    words |= {"mapping": case.mapping.text(), "empty": sorted(case.empty)}
    words["unused"] = list(case.unused)
    (aside / "case.json").write_text(json.dumps(words), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def shared(about: object, read: Callable[[], Case]) -> Case:
    """Return the case that another process has kept in the folder of ``KAMKIT_KEEP``, else read it.

    ``about`` is what tells it from every other.
    """
    folder = os.environ.get(KEEP)
    if not folder:
        return read()
    mark = hashlib.sha256(repr((about, language())).encode()).hexdigest()[:16]
    home = Path(folder) / "cases" / mark
    home.parent.mkdir(parents=True, exist_ok=True)
    with locked(home.with_suffix(".lock")):
        if home.is_dir():
            return kept_case(home)
        case = read()
        keep(case, home)
        return case


def kept_case(folder: Path) -> Case:
    """Return the case that ``keep`` has kept in a folder."""
    words = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    tables = sorted((folder / "tables").glob("*.parquet"))
    engine, checked = _lines(words, folder)
    case = Case(
        **{name: words[name] for name in _WORDS if name != "notes"},
        notes=tuple(words["notes"]),
        empty=frozenset(words["empty"]),
        unused=tuple(words["unused"]),
        mapping=from_text(words["mapping"], "case.json"),
        tables={path.stem: read_frame(path) for path in tables},
        checked=checked,
        engine=engine,
    )
    if "away" in words:
        days = words["away"]["period"]
        case.__dict__["period"] = Period(*days, fiscal_start=case.fiscal_year_start)
    return case


def read_frame(path: Path) -> pd.DataFrame:
    """Return a frame that was written as Parquet, its days in seconds as they were."""
    frame = pd.read_parquet(path)
    for column in frame.select_dtypes("datetime64[ms]"):
        frame[column] = frame[column].dt.as_unit("s")  # Parquet knows no seconds
    return frame


def _lines(words: dict[str, Any], folder: Path) -> tuple[Engine, ir.Table]:
    """Return the engine of a kept case and its lines; those that lie elsewhere cannot be asked."""
    import ibis

    if "away" not in words:
        engine = Embedded()
        return engine, engine.parquet(folder / "checked.parquet")
    return away(words["away"]["place"]), ibis.table(words["away"]["columns"], name="lines")
