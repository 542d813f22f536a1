"""One description of every table, column and code, which all parts read."""

from kamkit.schema.codes import REASONS, WORDS, name_of, reason_label, word
from kamkit.schema.contract import TABLES, Field, Table
from kamkit.schema.door import check
from kamkit.schema.register import (
    COLUMNS,
    KINDS,
    Column,
    find,
    kind,
    label,
    meaning,
    noun,
    total_of,
)
from kamkit.schema.values import written

__all__ = [
    "COLUMNS",
    "KINDS",
    "REASONS",
    "TABLES",
    "WORDS",
    "Column",
    "Field",
    "Table",
    "check",
    "find",
    "kind",
    "label",
    "meaning",
    "name_of",
    "noun",
    "reason_label",
    "total_of",
    "word",
    "written",
]
