"""A case read once and kept for the notebooks of a run, so that each need not read it again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from kamkit.case.case import Case
from kamkit.case.engine import Engine, quoted
from kamkit.case.mapping import ColumnMapping, from_text
from kamkit.errors import SourceError
from kamkit.language import language

FOLDER = "KAMKIT_CASE_CACHE"
"""The environment variable by which a run names the folder; without it nothing is kept."""

_WORDS = ("name", "title", "source", "currency", "fictional", "checksum")


def find(place: Path, mapping: ColumnMapping) -> Case | None:
    """Return the case that was kept for the same source and mapping, if there is one."""
    import pandas as pd

    folder = _folder(place, mapping)
    if folder is None or not folder.is_dir():
        return None
    words = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    engine = Engine()
    checked = engine.con.read_parquet(folder / "checked.parquet")
    tables = {
        path.stem: pd.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))
    }
    return Case(
        **{name: words[name] for name in _WORDS},
        notes=tuple(words["notes"]),
        empty=frozenset(words["empty"]),
        mapping=from_text(words["mapping"], "case.json"),
        tables=tables,
        checked=checked,
        engine=engine,
    )


def keep(case: Case, place: Path, mapping: ColumnMapping) -> None:
    """Keep a case in the folder that ``FOLDER`` names; nothing where it names none."""
    folder = _folder(place, mapping)
    if folder is None or folder.is_dir():
        return
    aside = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        _write(case, aside)
        aside.rename(folder)
    except (OSError, SourceError):  # no room, or another process kept the same case meanwhile
        shutil.rmtree(aside, ignore_errors=True)


def _write(case: Case, aside: Path) -> None:
    (aside / "tables").mkdir(parents=True)
    checked = case.engine.con.compile(case.checked)
    case.engine.sql(f"COPY ({checked}) TO {quoted(aside / 'checked.parquet')} (FORMAT parquet)")
    for name, frame in case.tables.items():
        frame.to_parquet(aside / "tables" / f"{name}.parquet", index=False)
    words = {name: getattr(case, name) for name in _WORDS}
    words |= {"notes": case.notes, "mapping": case.mapping.text(), "empty": sorted(case.empty)}
    (aside / "case.json").write_text(json.dumps(words), encoding="utf-8")


def _folder(place: Path, mapping: ColumnMapping) -> Path | None:
    home = os.environ.get(FOLDER)
    if not home:
        return None
    key = hashlib.sha256(f"{language()}\n{mapping.text()}".encode())
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        facts = path.stat() if path.exists() else path.lstat()
        key.update(f"\n{path.resolve()} {facts.st_size} {facts.st_mtime_ns}".encode())
    return Path(home) / key.hexdigest()[:16]
