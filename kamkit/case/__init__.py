"""A company's data, read whole: nothing lost, nothing silent."""

from __future__ import annotations

from kamkit.case.case import Case
from kamkit.case.chains import as_chains
from kamkit.case.mapping import ColumnMapping, mapping_for, mapping_path
from kamkit.case.opening import open_case
from kamkit.case.options import ReadOptions
from kamkit.case.past import as_of

__all__ = [
    "Case",
    "ColumnMapping",
    "ReadOptions",
    "as_chains",
    "as_of",
    "mapping_for",
    "mapping_path",
    "open_case",
]
