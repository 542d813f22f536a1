"""What is done when it is needed, and once: imports, and answers about an object."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

_Of = TypeVar("_Of")
_Arguments = ParamSpec("_Arguments")
_Found = TypeVar("_Found")


def lazily(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package, whose names live in its modules.

    ``homes`` holds the names by module.

    >>> get, names = lazily("kamkit", {"periods": ["Period"]})
    >>> get("Period").__name__, names()
    ('Period', ['Period'])
    """
    home = {name: module for module, names in homes.items() for name in names}

    def get(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home[name]}"), name)

    return get, lambda: sorted(home)


@contextmanager
def without(module: str) -> Iterator[None]:
    """Import as if an optional module were not installed: what needs it does without.

    >>> with without("an_optional_module"):
    ...     "an_optional_module" in sys.modules
    True
    >>> "an_optional_module" in sys.modules
    False
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


def once(
    function: Callable[Concatenate[_Of, _Arguments], _Found],
) -> Callable[Concatenate[_Of, _Arguments], _Found]:
    """Let a function answer each question about an object once, for as long as that lives.

    The answers are shared: who changes one changes it for all.

    >>> from kamkit.periods import Period
    >>> @once
    ... def days(period):
    ...     print("counted")
    ...     return period.days
    >>> january = Period("2025-01-01", "2025-01-31")
    >>> days(january), days(january)
    counted
    (31, 31)
    """
    known: WeakKeyDictionary[_Of, dict[Hashable, _Found]] = WeakKeyDictionary()

    @wraps(function)
    def answered(of: _Of, /, *args: _Arguments.args, **given: _Arguments.kwargs) -> _Found:
        answers = known.setdefault(of, {})
        question = (args, tuple(sorted(given.items())))
        if question not in answers:
            answers[question] = function(of, *args, **given)
        return answers[question]

    return answered
