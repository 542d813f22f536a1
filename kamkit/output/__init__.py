"""What shows itself: findings, pictures and tables, and the one function that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.lazy import lazily

if TYPE_CHECKING:
    from kamkit.output.finding import Finding
    from kamkit.output.notebook import if_possible, keep, show
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
    "show",
    "table_of",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "finding": ["Finding"],
        "notebook": ["if_possible", "keep", "show"],
        "picture": ["Picture"],
        "table": ["Table", "as_html", "formatted", "table_of"],
    },
)
