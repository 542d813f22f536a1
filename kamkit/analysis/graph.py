"""The results of an analysis: each has a name and is made by one function that says what it needs.

The names of a function's parameters are the results it takes; ``settings`` gives it the settings,
and the ones it reads are remembered. A parameter with the default ``None`` may be missing: what the
case cannot carry is left out in words, and what can do without it goes on.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kamkit.errors import CapacityError, KamkitError, LedgerError, MissingTable, PeriodError
from kamkit.language import gettext as _
from kamkit.language import joined

if TYPE_CHECKING:
    from kamkit.settings import Settings

LEFT_OUT = (CapacityError, LedgerError, MissingTable, PeriodError)
"""The errors that leave a result out; every other error stops the analysis."""

INPUTS = ("ledger", "settings")
"""What a result may need that is no result: the case as it was opened, and the settings."""


@dataclass(frozen=True)
class Result:
    """One result: its function, what that needs, and how it is kept and shown.

    ``kept`` tells whether the result is stored with a run; pictures are not, they are drawn from
    what is. ``columns`` are those a table shows, where it has them; ``whole`` tells whether its
    sums are of the whole period analysed.

    Examples
    --------
    >>> def share(total, part=None): ...
    >>> Result(share).needs
    (('total', True), ('part', False))
    """

    function: Callable[..., Any]
    kept: bool = True
    columns: tuple[str, ...] = ()
    whole: bool = True
    words: bool = False

    @property
    def name(self) -> str:
        """The name of the result: that of its function."""
        return self.function.__name__

    @property
    def needs(self) -> tuple[tuple[str, bool], ...]:
        """The names it needs, each with whether it cannot do without."""
        parameters = inspect.signature(self.function).parameters.values()
        return tuple(
            (parameter.name, parameter.default is inspect.Parameter.empty)
            for parameter in parameters
        )


RESULTS: dict[str, Result] = {}
"""Every result by its name; ``result`` and ``picture`` add to it."""


def result(
    *, columns: str = "", kept: bool = True, whole: bool = True, words: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the one that makes the result of its name.

    ``columns`` names the columns that its table shows, with spaces between; ``whole=False`` says
    that its sums are of other months than the period analysed, so that no heading names that;
    ``words=True`` says that cells of its table are in words. The function stays what it is and can
    be called as any other.
    """

    def registered(function: Callable[..., Any]) -> Callable[..., Any]:
        if function.__name__ in RESULTS:
            raise ValueError(f"two functions make the result {function.__name__!r}")
        RESULTS[function.__name__] = Result(function, kept, tuple(columns.split()), whole, words)
        return function

    return registered


def of_lines() -> list[str]:
    """Return the names of the results that are made of the case itself, the lines of sales too.

    Examples
    --------
    >>> import kamkit.analysis
    >>> "account_facts" in of_lines(), "pareto" in of_lines()
    (True, False)
    """
    return [
        name
        for name, one in RESULTS.items()
        if one.kept and any(need in ("case", "ledger") for need, _must in one.needs)
    ]


picture = result(kept=False)
"""Register a function that draws a picture: made when asked for, and not stored."""


@dataclass(frozen=True)
class Kept:
    """A result that was made, or why it could not be, with the settings that it rests on.

    ``language`` is that of the words in its table, empty where there are none.
    """

    value: Any = None
    error: KamkitError | None = None
    used: frozenset[str] = frozenset()
    language: str = ""


@dataclass(frozen=True, repr=False)
class LeftOut:
    """What stands for a result that the case cannot carry: it says why, and what would help.

    It is false and has no rows; its ``table`` is itself, and anything else asked of it raises the
    error it stands for. Without an error there is simply nothing to tell, and it shows nothing.

    Examples
    --------
    >>> from kamkit.errors import MissingTable
    >>> LeftOut("profit", MissingTable("The ledger has no cost.", remedy="Add the column."))
    Left out: The ledger has no cost. Add the column.
    """

    name: str
    error: KamkitError | None = field(default=None, compare=False)

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return str(self.text)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self.error is None:
            raise AttributeError(f"there is nothing to tell of {self.name!r}, so no {name!r}")
        raise self.error

    def __getitem__(self, name: Any) -> Any:
        return self.__getattr__(str(name))

    @property
    def table(self) -> LeftOut:
        """Itself: a table that is not there is told of once."""
        return self

    @property
    def text(self) -> str:
        """Why the result is left out, in one sentence or two; empty where nothing is to tell."""
        error = self.error
        if error is None:
            return ""
        detail = isinstance(error, CapacityError | LedgerError) and error.found
        parts = [error.message, f"({error.found})" if detail else "", error.remedy]
        return _("Left out: {why}", why=joined(" ", parts))

    def _repr_mimebundle_(self, **_unused: Any) -> tuple[dict[str, str], dict[str, Any]]:
        from html import escape

        html = f'<p class="kamkit-note">{escape(self.text)}</p>'
        data = {"text/html": html, "text/plain": self.text}
        return data, {"kamkit": {"kind": "note", "text": self.text}}


class Watched:
    """The settings, remembering which of them were read.

    Examples
    --------
    >>> from kamkit.settings import Settings
    >>> watched = Watched(Settings())
    >>> watched.chains, sorted(watched.read)
    (True, ['chains'])
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._settings, name)
        self.read.add(name)
        return value


def order(names: Sequence[str]) -> list[str]:
    """Return the results that the named ones rest on, and themselves, what is needed first.

    Raises ``ValueError`` for results that need each other.

    Examples
    --------
    >>> order([])
    []
    """
    from graphlib import CycleError, TopologicalSorter

    sorter: TopologicalSorter[str] = TopologicalSorter()
    todo, seen = list(names), set()
    while todo:
        name = todo.pop()
        if name in seen or name in INPUTS:
            continue
        seen.add(name)
        needs = [need for need, _must in RESULTS[name].needs if need not in INPUTS]
        sorter.add(name, *needs)
        todo += needs
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise ValueError(f"these results need each other: {error.args[1]}") from None
