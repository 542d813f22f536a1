"""A company's data, read whole: nothing lost, nothing silent."""

from __future__ import annotations

from kamkit.case.chains import as_chains
from kamkit.case.mapping import Mapping
from kamkit.case.opening import Case, mapping_path, open_case
from kamkit.case.options import ReadOptions
from kamkit.case.past import as_of

__all__ = ["Case", "Mapping", "ReadOptions", "as_chains", "as_of", "mapping_path", "open_case"]
