"""kamkit: key account management on a company's own sales ledger.

``open_case`` opens the data, ``analyse`` makes the analysis that every output rests on, and
``open_run`` opens a finished run as one. The steps (``identify``, ``value``, ``choose``, ``grow``,
``relate``, ``plan``) are packages of plain functions; ``show`` shows what they return. Heavy parts
are imported when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamkit.analysis import Analysis, analyse, open_run
    from kamkit.case import Case, as_chains, as_of, open_case
    from kamkit.language import set_language
    from kamkit.output import Finding, show
    from kamkit.periods import Period
    from kamkit.settings import Settings

__version__ = "0.2.0"

_HOMES = {
    "Analysis": "kamkit.analysis",
    "Case": "kamkit.case",
    "Finding": "kamkit.output.finding",
    "Period": "kamkit.periods",
    "Settings": "kamkit.settings",
    "analyse": "kamkit.analysis",
    "as_chains": "kamkit.case",
    "as_of": "kamkit.case",
    "open_case": "kamkit.case",
    "open_run": "kamkit.analysis",
    "set_language": "kamkit.language",
    "show": "kamkit.output",
}
_PARTS = (
    "analysis",
    "case",
    "choose",
    "documents",
    "explore",
    "grow",
    "identify",
    "learn",
    "output",
    "plan",
    "relate",
    "run",
    "value",
)
__all__ = [
    "Analysis",
    "Case",
    "Finding",
    "Period",
    "Settings",
    "analyse",
    "as_chains",
    "as_of",
    "open_case",
    "open_run",
    "set_language",
    "show",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _PARTS:
        return import_module(f"kamkit.{name}")
    from kamkit.errors import nearest

    near = "" if name.startswith("_") else nearest(name, [*_HOMES, *_PARTS])
    hint = f"; did you mean {near!r}?" if near else ""
    raise AttributeError(f"module 'kamkit' has no attribute {name!r}{hint}")


def __dir__() -> list[str]:
    return sorted({"__version__", *_HOMES, *_PARTS})
