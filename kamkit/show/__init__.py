"""Pictures, tables, explorers and Office files: the only way anything is shown.

Each part is imported when it is first used, so that ``from kamkit import show`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamkit.show import charts, documents, explorers, figures, plans, style, tables
    from kamkit.show.documents import Sheet, workbook
    from kamkit.show.figures import Picture, figure, finding, if_possible, keep, note
    from kamkit.show.tables import as_html, formatted, table

__all__ = [
    "Picture",
    "Sheet",
    "as_html",
    "charts",
    "documents",
    "explorers",
    "figure",
    "figures",
    "finding",
    "formatted",
    "if_possible",
    "keep",
    "note",
    "plans",
    "style",
    "table",
    "tables",
    "workbook",
]

_HOMES = {
    "Picture": "figures",
    "Sheet": "documents",
    "as_html": "tables",
    "figure": "figures",
    "finding": "figures",
    "formatted": "tables",
    "if_possible": "figures",
    "keep": "figures",
    "note": "figures",
    "table": "tables",
    "workbook": "documents",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"kamkit.show.{_HOMES[name]}"), name)
    if name in __all__:
        return import_module(f"kamkit.show.{name}")
    raise AttributeError(f"module 'kamkit.show' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
