"""What lies in the tables of a run, for the one who opens them in another program."""

from __future__ import annotations

from pathlib import Path

from kamkit.language import gettext as _

NAME = "README.md"
"""The file beside the tables that describes them."""


def write(folder: Path) -> Path | None:
    """Describe every Parquet file of a folder and return the path; None where there is none.

    Each table with its rows and its columns: name, heading, and what it means.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     pd.DataFrame({"account_id": ["1"]}).to_parquet(Path(home) / "late.parquet")
    ...     print(write(Path(home)).read_text().splitlines()[4])
    ## late.parquet (1 row)
    """
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        return None
    start = [
        _("# Tables of this run"),
        "",
        _("Every result as Parquet; in Python: pandas.read_parquet(“late.parquet”)."),
    ]
    text = "\n".join([*start, *(_described(path) for path in paths)])
    target = folder / NAME
    target.write_text(text + "\n", encoding="utf-8", newline="\n")
    return target


def _described(path: Path) -> str:
    import pyarrow.parquet as pq

    from kamkit.language import ngettext
    from kamkit.schema import label, meaning

    file = pq.ParquetFile(path)
    count = file.metadata.num_rows
    rows = ngettext("{n} row", "{n} rows", count)
    names = [name for name in file.schema_arrow.names if not name.startswith("__")]
    lines = ["", f"## {path.name} ({rows})", ""]
    lines += [f"| {_('Column')} | {_('Heading')} | {_('What it means')} |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {n} | {label(n)} | {meaning(n)} |" for n in names)])
