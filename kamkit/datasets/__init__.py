"""The data sets that kamkit knows by name: which there are, what they are, fetching, reading."""

from __future__ import annotations

from kamkit.datasets.catalogue import CATALOGUE, Entry, find
from kamkit.datasets.copies import load_table, local_path
from kamkit.datasets.datasheet import describe, listing
from kamkit.datasets.fetching import fetch

__all__ = ["CATALOGUE", "Entry", "describe", "fetch", "find", "listing", "load_table", "local_path"]
