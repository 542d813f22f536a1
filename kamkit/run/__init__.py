"""Running the notebooks of an analysis into one folder: report, workbook, tables, manifest."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamkit.run.manifest import read_manifest
    from kamkit.run.pipeline import RunResult, run
    from kamkit.run.request import RunOptions

__all__ = ["RunOptions", "RunResult", "read_manifest", "run"]

_HOMES = {"RunResult": "pipeline", "RunOptions": "request", "read_manifest": "manifest"}


def __getattr__(name: str) -> Any:
    if name == "run":
        return import_module("kamkit.run.pipeline").run
    if name in _HOMES:
        return getattr(import_module(f"kamkit.run.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kamkit.run' has no attribute {name!r}")
