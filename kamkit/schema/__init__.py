"""One description of every table, column and code, which all parts read."""

from kamkit.schema.codes import REASONS, SOURCES, WORDS, name_of, reason_label, word
from kamkit.schema.contract import TABLES, Field, Table
from kamkit.schema.door import check, takes
from kamkit.schema.register import (
    COLUMNS,
    KINDS,
    Column,
    find,
    headings,
    kind,
    label,
    meaning,
    noun,
    total_of,
)
from kamkit.schema.values import source_words, words, written

__all__ = [
    "COLUMNS",
    "KINDS",
    "REASONS",
    "SOURCES",
    "TABLES",
    "WORDS",
    "Column",
    "Field",
    "Table",
    "check",
    "find",
    "headings",
    "kind",
    "label",
    "meaning",
    "name_of",
    "noun",
    "reason_label",
    "source_words",
    "takes",
    "total_of",
    "word",
    "words",
    "written",
]
