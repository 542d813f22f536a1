"""kamkit: key account management on a company's own sales ledger.

The package follows the steps of the work: ``case`` (the data), ``identify`` (who matters), then
what is shown (``show``) and run (``run``). Heavy parts are imported when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kamkit.case import Case, as_chains, as_of, open_case
    from kamkit.language import set_language
    from kamkit.output.finding import Finding
    from kamkit.periods import Period

__version__ = "0.2.0"
__all__ = ["Case", "Finding", "Period", "as_chains", "as_of", "open_case", "set_language"]

_HOMES = {
    "Case": "kamkit.case",
    "as_chains": "kamkit.case",
    "as_of": "kamkit.case",
    "open_case": "kamkit.case",
    "Finding": "kamkit.output.finding",
    "Period": "kamkit.periods",
    "set_language": "kamkit.language",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in ("case", "identify", "value", "choose", "grow", "relate", "plan", "show", "run"):
        return import_module(f"kamkit.{name}")
    raise AttributeError(f"module 'kamkit' has no attribute {name!r}")
