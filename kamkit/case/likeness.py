"""Which heading a missing column could have: by the likeness of words, and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from kamkit.schema.contract import Field

_LEAST = 72  # of 100, below which two words are not alike
_SHARE = 0.9  # of the cells that must look alike
_FORMS = {
    "date": (
        r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|(?:19|20)\d{6}|"
        r"\d{1,2}[-/. ]*[^\W\d_]{3,9}[-/. ]*\d{2,4}"
    ),
    "money": r"[-+(]? ?\d[\d .,'\u00a0\u202f]*[.,]\d{1,2}\)?-?",
    "number": r"[-+(]? ?\d[\d .,'\u00a0\u202f]*\)?-?",
    "account_id": r"[^@\s]+@[^@\s]+\.\w+|(?:NO ?)?\d{3} ?\d{3} ?\d{3}(?: ?MVA)?",
}
"""How the cells of a column look: days, amounts with decimals, numbers, addresses of e-mail and
organisation numbers."""


def alike(heading: str, column: Field) -> float:
    """Return how alike a heading is to the words of a column, from 0 to 100.

    >>> from kamkit.schema.contract import TABLES
    >>> amount = TABLES["sales"].column("amount")
    >>> alike("Netto beloep", amount) > 80, alike("Phone", amount) > 80
    (True, False)
    """
    from rapidfuzz import fuzz, process

    text = _words(heading)
    if len(text) < 3:
        return 0.0
    whole = process.extractOne(text, _known(column), scorer=fuzz.ratio)
    parts = process.extractOne(text, _known(column), scorer=fuzz.token_set_ratio)
    inside = any(len(word) >= 4 and word in text for word in _known(column))
    # a short word stands inside too many: “Ref” in “customer ref”
    part = parts[1] * 0.9 if parts and len(text) > 4 else 0
    return float(max(whole[1] if whole else 0, part, 80 * inside))


def ranked(
    column: Field, headings: Sequence[str], cells: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """Return the headings that a column could have, the likeliest first.

    ``cells`` holds some of what stands below each heading; an amount must hold numbers, a date
    days. A heading that neither its words nor its cells speak for is left out.

    >>> from kamkit.schema.contract import TABLES
    >>> ranked(TABLES["sales"].column("date"), ["Phone", "Invocie date"])
    ['Invocie date']
    """
    scores = {}
    for heading in headings:
        words = alike(heading, column)
        words = words if words >= _LEAST else 0.0
        known = [text for text in (cells or {}).get(heading, ()) if text.strip()]
        form = _form(column, known) if known else 0.0
        if known and column.kind in ("date", "money") and not form:
            continue
        if words or form:
            scores[heading] = words + form
    return sorted(scores, key=lambda heading: -scores[heading])


def _form(column: Field, cells: Sequence[str]) -> float:
    """Return how much the cells of a column speak for it, from 0 to 40."""
    shares = {
        form: sum(bool(re.fullmatch(pattern, text.strip())) for text in cells) / len(cells)
        for form, pattern in _FORMS.items()
    }
    if column.kind == "date":
        return 40.0 if shares["date"] >= _SHARE else 0.0
    if column.kind in ("money", "number"):
        if shares["date"] >= _SHARE or shares["number"] < _SHARE:
            return 0.0
        return 40.0 if shares["money"] > 0.5 else 10.0
    if column.name == "account_id":
        return 40.0 if shares["account_id"] >= _SHARE else 0.0
    return 0.0


@cache
def _known(column: Field) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_words, (column.name, *column.synonyms))))


def _words(text: str) -> str:
    """Write a heading as words, a capital inside it as the begin of another."""
    apart = re.sub(r"(?<=[a-zæøåäöüß])(?=[A-ZÆØÅÄÖÜ])", " ", text)
    return " ".join(re.findall(r"[^\W_]+", apart)).casefold()
