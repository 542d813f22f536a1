"""Order status in many languages: which orders were sold, and which came to nothing."""

from __future__ import annotations

import re

from kamkit.case.headings import folded
from kamkit.case.words import WORDS

DAY = r"\d{4}|\d[./-]\d"
"""What a day has that stands where a flag would: it tells when an order was cancelled."""

YES = frozenset(
    ("true", "yes", "ja", "1", "10", "y", "x", "j", "t", "oui", "tak", "kyllä", "si", "sí", "wahr")
)
NO = frozenset(
    ("false", "no", "nei", "nej", "nein", "0", "00", "n", "f", "non", "nie", "nee", "ei")
)


def invoiced(flag: str) -> bool | None:
    """Tell whether a flag says that an order was invoiced; None for a word that is no flag.

    >>> invoiced("Nei"), invoiced("Ja"), invoiced("Delvis")
    (False, True, None)
    """
    word = folded(flag)
    return False if word in NO else True if word in YES else None


def sold(status: str, *, flag: bool = False) -> bool | None:
    """Tell whether a status means a sale; None for a word that is not known.

    ``flag`` is whether the column says yes or no, or when, and not how far an order has come.

    >>> sold("Cancelled"), sold("Levert"), sold("Blå"), sold("true", flag=True)
    (False, True, None, False)
    >>> sold("Ja", flag=True), sold("Nei", flag=True), sold("2024-01-17", flag=True)
    (False, True, False)
    """
    word = folded(status)
    if flag and word in NO:
        return True
    if flag and (word in YES or re.search(DAY, status)):
        return False
    if word in WORDS["not_sold"]:
        return False
    return True if word in WORDS["sold"] else None
