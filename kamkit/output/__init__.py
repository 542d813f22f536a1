"""What shows itself: findings, pictures and tables, and the one function that shows them.

Each name is imported when it is first used, so that ``import kamkit.output`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamkit.output.finding import Finding
    from kamkit.output.notebook import if_possible, keep, note, show
    from kamkit.output.picture import Picture
    from kamkit.output.table import Table, as_html, formatted, table_of

__all__ = [
    "Finding",
    "Picture",
    "Table",
    "as_html",
    "formatted",
    "if_possible",
    "keep",
    "note",
    "show",
    "table_of",
]

_HOMES = {
    "Finding": "finding",
    "Picture": "picture",
    "Table": "table",
    "as_html": "table",
    "formatted": "table",
    "if_possible": "notebook",
    "keep": "notebook",
    "note": "notebook",
    "show": "notebook",
    "table_of": "table",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"kamkit.output.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kamkit.output' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
