"""A company's data, read whole: nothing lost, nothing silent."""

from __future__ import annotations

from kamkit.case.chains import as_chains
from kamkit.case.mapping import Mapping
from kamkit.case.opening import Case, mapping_path, open_case
from kamkit.case.options import ReadOptions

__all__ = ["Case", "Mapping", "ReadOptions", "as_chains", "mapping_path", "open_case"]
