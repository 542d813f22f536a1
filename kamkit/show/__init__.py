"""Charts, explorers and Office files; the old names of what now lies in ``kamkit.output``.

Each part is imported when it is first used, so that ``from kamkit import show`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.output import Finding, Picture

_OUTPUT = ("Picture", "as_html", "formatted", "if_possible", "keep", "note")
_PARTS = ("charts", "documents", "explorers", "plans")


def finding(found: Finding) -> None:
    """Show a finding."""
    from kamkit.output import show

    show(found)


def figure(picture: Picture) -> None:
    """Show a picture."""
    from kamkit.output import show

    show(picture)


def table(frame: pd.DataFrame, **options: Any) -> None:
    """Show a table; the options are those of ``table_of``."""
    from kamkit.output import show, table_of

    show(table_of(frame, **options))


def __getattr__(name: str) -> Any:
    if name in _OUTPUT:
        return getattr(import_module("kamkit.output"), name)
    if name in _PARTS:
        return import_module(f"kamkit.show.{name}")
    raise AttributeError(f"module 'kamkit.show' has no attribute {name!r}")
