"""Folders that a warehouse wrote: ``year=2024/part-0.parquet``, one table in many files."""
# ruff: noqa: S608 - SQL for reading files; names are the engine's own, values are quoted

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from kamkit.case.engine import Embedded, quoted
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading.source import Part, read_file, readable

_NOTHING = "__HIVE_DEFAULT_PARTITION__"


def keys(folder: Path, path: Path) -> dict[str, str | None]:
    """Return what the folders above a file say of its rows.

    >>> keys(Path("sales"), Path("sales/year=2024/month=05/part-0.parquet"))
    {'year': '2024', 'month': '05'}
    """
    parts = [part.partition("=") for part in path.relative_to(folder).parts[:-1]]
    values = {name: unquote(value) for name, sign, value in parts if name and sign}
    return {name: None if value == _NOTHING else value for name, value in values.items()}


def is_partitioned(folder: Path, files: Sequence[Path]) -> bool:
    """Tell whether all files lie in folders that say the same things of their rows.

    >>> is_partitioned(Path("s"), [Path("s/year=2024/a.csv"), Path("s/year=2025/a.csv")])
    True
    >>> is_partitioned(Path("s"), [Path("s/year=2024/a.csv"), Path("s/b.csv")])
    False
    """
    keys_of = {tuple(keys(folder, path)) for path in files}
    return len(keys_of) == 1 and keys_of != {()} and all(readable(path) for path in files)


def read(folder: Path, files: Sequence[Path], mapping: ColumnMapping, engine: Embedded) -> Part:
    """Read the files as one table, with a column for each thing that their folders say.

    A column of the file goes before one of the folder; one that a file lacks is empty in its rows.

    Raises ``SourceError`` where a file cannot be read.
    """
    read_files: list[tuple[Part, dict[str, str | None]]] = []
    for path in files:
        values = keys(folder, path)
        read_files += [(part, values) for part in read_file(path, "sales", mapping, engine, [])]
    names = [name for part, _said in read_files for name in part.headings]
    headings = tuple(
        dict.fromkeys([*names, *(name for _p, values in read_files for name in values)])
    )
    selects, ahead = [], 0
    for part, values in read_files:
        cells = [_cell(part, values, name, at) for at, name in enumerate(headings)]
        own = engine.con.create_view(engine.name(), part.relation).get_name()
        selects.append(
            f"SELECT {', '.join(cells)}, source_row + {ahead} AS source_row, broken FROM {own}"
        )
        ahead += int(engine.row({"last": part.relation.source_row.max()}, part.relation)["last"])
    view = engine.name()
    engine.sql(f"CREATE VIEW {view} AS {' UNION ALL '.join(selects)}")
    counts = [part.counted for part, _said in read_files]
    return Part(
        "sales",
        folder.name,
        engine.con.table(view),
        headings,
        counted=None if None in counts else sum(filter(None, counts)),
        repaired=sum(part.repaired for part, _said in read_files),
    )


def _cell(part: Part, values: dict[str, str | None], name: str, at: int) -> str:
    if name in part.headings:
        return f"c{part.headings.index(name)} AS c{at}"
    value = values.get(name)
    return f"CAST({'NULL' if value is None else quoted(value)} AS VARCHAR) AS c{at}"
