"""Time reading: CPU and wall of opening a ledger of ten million lines of CSV, of 500,000 of xlsx.

python bench/reading.py [csv|xlsx] [LINES]

With ``PYTHONPATH`` set to another checkout that one is timed, on the same files.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb

LINES = {"csv": 10_000_000, "xlsx": 500_000}
QUERY = (
    "SELECT 'K' || lpad((i * 7919 % 20000)::VARCHAR, 6, '0') AS \"Kundenr\", "
    "'F' || (i // 5) AS \"Fakturanr\", "
    "DATE '2021-01-01' + (i * 1400 // {lines})::INTEGER AS \"Fakturadato\", "
    '\'V\' || (i * 31 % 3000) AS "Varenr", (i % 9 + 1) AS "Antall", '
    'round((i * 37 % 99991) / 10.0 + 1, 2) AS "Nettobeløp" FROM range({lines}) AS t(i)'
)


def written(kind: str, lines: int) -> Path:
    """Write the ledger once; return its path."""
    path = Path(tempfile.gettempdir()) / f"kamkit-bench-{lines}.{kind}"
    if path.exists():
        return path
    found = duckdb.sql(QUERY.format(lines=lines))
    if kind == "csv":
        found.write_csv(str(path), sep=";")
        return path
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Salg")
    sheet.write_row(0, 0, found.columns)
    for at, row in enumerate(found.fetchall(), 1):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def main(kind: str = "csv", lines: str = "") -> None:
    """Open the ledger and print what it took."""
    path = written(kind, int(lines or LINES[kind]))
    import kamkit
    from kamkit import open_case

    wall, cpu = time.perf_counter(), time.process_time()
    case = open_case(path)
    amount = case.reconciliation()["amount"].iloc[1]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(
        f"{Path(kamkit.__file__).parent}: {path.name}: CPU {cpu:.1f} s, wall {wall:.1f} s, {amount}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
