"""What leaves the house as a file: the workbook, the plans of accounts, the comparison of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.lazy import lazily

if TYPE_CHECKING:
    from kamkit.documents.compare_page import compare_html, compared
    from kamkit.documents.excel import Sheet, workbook
    from kamkit.documents.goals import collect, keep_plan
    from kamkit.documents.plan_paper import Paper
    from kamkit.documents.plans import paper, pictures, save_plan

__all__ = [
    "Paper",
    "Sheet",
    "collect",
    "compare_html",
    "compared",
    "keep_plan",
    "paper",
    "pictures",
    "save_plan",
    "workbook",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "compare_page": ["compare_html", "compared"],
        "excel": ["Sheet", "workbook"],
        "goals": ["collect", "keep_plan"],
        "plan_paper": ["Paper"],
        "plans": ["paper", "pictures", "save_plan"],
    },
)
