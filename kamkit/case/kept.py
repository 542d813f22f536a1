"""A case read once and kept, so that other processes need not read its source again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd

from kamkit.case.case import Case
from kamkit.case.engine import Engine
from kamkit.case.mapping import from_text

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
    """Keep a case in a folder: its lines and tables as Parquet; whole or not at all."""
    aside = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "tables").mkdir(parents=True)
    case.engine.write(case.checked, aside / "checked.parquet")
    for name, frame in case.tables.items():
        frame.to_parquet(aside / "tables" / f"{name}.parquet", index=False)
    words = {name: getattr(case, name) for name in _WORDS}
    words |= {"mapping": case.mapping.text(), "empty": sorted(case.empty)}
    (aside / "case.json").write_text(json.dumps(words), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def kept_case(folder: Path) -> Case:
    """Return the case that ``keep`` has kept in a folder."""
    words = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    engine = Engine()
    tables = sorted((folder / "tables").glob("*.parquet"))
    return Case(
        **{name: words[name] for name in _WORDS if name != "notes"},
        notes=tuple(words["notes"]),
        empty=frozenset(words["empty"]),
        mapping=from_text(words["mapping"], "case.json"),
        tables={path.stem: pd.read_parquet(path) for path in tables},
        checked=engine.con.read_parquet(folder / "checked.parquet"),
        engine=engine,
    )
