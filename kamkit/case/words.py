"""Words of exports in several languages: documents, statuses, accounts of the ledger."""

from __future__ import annotations

import csv
from pathlib import Path

from kamkit.case.headings import folded

FILE = Path(__file__).with_name("words.csv")
"""One line per kind: the words that mean it, with semicolons between."""


def _read() -> dict[str, frozenset[str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {row["kind"]: frozenset(map(folded, row["words"].split("; "))) for row in rows}


WORDS = _read()
"""Kind to the folded words that mean it."""
