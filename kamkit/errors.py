"""The errors a user can meet. Each says where, what was found, what was wanted, what to do."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar


class KamkitError(Exception):
    """An error that is the user's to mend, told in full and without a traceback.

    ``message`` is one sentence on what is wrong. The other parts are optional, already in the
    user's language, and printed one to a line in this order. ``questions`` are what the user can
    settle: each is asked in a terminal, with the options of the command line that answer it, the
    likeliest first.

    >>> print(KamkitError("No amounts.", where="sales.csv", remedy="Name the column."))
    No amounts.
      where:  sales.csv
      do:     Name the column.
    """

    exit_code = 3
    translate: ClassVar[Callable[[str], str]] = str
    """Writes the labels of the parts in the language in use; ``kamkit.language`` sets it."""

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        found: str = "",
        wanted: str = "",
        remedy: str = "",
        questions: Sequence[tuple[str, Sequence[str]]] = (),
    ) -> None:
        super().__init__(message)
        _ = KamkitError.translate
        self.labels = (_("where:"), _("found:"), _("wanted:"), _("do:"))
        self.message = message
        self.where = where
        self.found = found
        self.wanted = wanted
        self.remedy = remedy
        self.questions = tuple(questions)

    def __str__(self) -> str:
        parts = zip(self.labels, (self.where, self.found, self.wanted, self.remedy), strict=True)
        lines = [f"  {label:<7} {text}" for label, text in parts if text]
        return "\n".join([self.message, *lines])

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the error in full, its traceback with ``KAMKIT_DEBUG``."""
        if os.environ.get("KAMKIT_DEBUG"):
            import traceback

            return traceback.format_exception(self)
        return [f"{type(self).__name__}: {self}"]


class SourceError(KamkitError):
    """The file, folder, workbook or table cannot be read as it is."""


class HeadingError(KamkitError):
    """The headings do not tell which column is which."""


class LedgerError(KamkitError):
    """The ledger was read, but what stands in it cannot carry an analysis."""


class MissingTable(KamkitError):  # noqa: N818 - the name says what it is
    """An optional table or column of the case is not there; the analysis is left out."""


class PeriodError(KamkitError):
    """Two periods cannot be compared, or a period holds nothing."""


class CapacityError(KamkitError):
    """The people there are cannot look after the accounts; says which limit, and by how much."""


class FetchError(KamkitError):
    """A data set could not be fetched from its publisher."""

    exit_code = 4


class ParameterError(KamkitError):
    """A parameter or option is unknown, of the wrong type or out of range."""

    exit_code = 2


class OutputError(KamkitError):
    """Two outputs of a run say different things of an account: a mistake of kamkit itself."""

    exit_code = 1


class NotebookError(KamkitError):
    """A notebook of a run failed."""

    exit_code = 1


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word closest in spelling, or ``""`` when none is near.

    >>> nearest("revenu", ["revenue", "contribution"])
    'revenue'
    """
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else ""
