"""Write docs/columns.md from the register of columns.

python tools/columns.py            write it
python tools/columns.py --check    only compare
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from kamkit.schema.contract import TABLES
from kamkit.schema.register import COLUMNS, KINDS, PERIODS, Column

TARGET = Path(__file__).resolve().parent.parent / "docs" / "columns.md"
HEAD = """# Columns

Every column that a table of kamkit can have. Made by `make docs` from `kamkit/schema/columns.csv`:
change it there. Columns in **bold** can stand in the tables of a case; the last column names them.
`rank_…` and `class_…` are made from any measure, `…_words` is a column written out.
"""


def text() -> str:
    """Return the content of docs/columns.md."""
    parts = [HEAD, *(_step(step, list(rows)) for step, rows in groupby(COLUMNS.values(), _of))]
    kinds = "\n".join(f"- `{kind}`: {what}" for kind, what in KINDS.items())
    return "\n".join([*parts, f"## Kinds\n\n{kinds}\n"])


def _of(column: Column) -> str:
    return column.step


def _step(step: str, columns: list[Column]) -> str:
    rows = "\n".join(_row(column) for column in columns)
    head = f"| column | heading | kind | meaning | period | tables |\n|{'---|' * 6}"
    return f"## {step}\n\n{head}\n{rows}\n"


def _row(column: Column) -> str:
    tables = [
        table.name for table in TABLES.values() for one in table.columns if one.name == column.name
    ]
    name = f"**{column.name}**" if tables else column.name
    kind = f"{column.kind}, {column.unit}" if column.unit else column.kind
    period = PERIODS.get(column.period, "")
    cells = [name, column.label, kind, column.meaning, period, ", ".join(tables)]
    return f"| {' | '.join(cells)} |"


def main(options: list[str]) -> int:
    """Write the page, or return 1 when it is not what it should be."""
    if "--check" in options:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text()
        print("docs/columns.md is up to date" if same else "run make docs")
        return 0 if same else 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
