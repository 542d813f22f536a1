"""Customers whose number and name stand in one cell, such as “10023 Fjord AS”."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.reading.cells import Cells
from kamkit.case.reading.source import Part
from kamkit.language import gettext as _
from kamkit.language import join, ngettext

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FRONT = r"^(\d{3,12})(?:\s+[-–—:|/]?\s*|\s*[:|]\s*)(\S?.*\p{L}{3}.*)$"
_BACK = r"^(.*\p{L}{3}.*?)\s*(?:\((\d{3,12})\)|\[(\d{3,12})\]|\s[-–—|/]\s*(\d{3,12}))$"
_LETTER = r"[^\W\d_]"
_PEEKED, _MOST = 200, 200_000
_SOME, _SHARE = 0.6, 0.8
_MOST_BARE = 200  # names without a number that are looked up


def with_numbers(
    part: Part, columns: Mapping[str, str], cells: Cells, given: Mapping[str, str], engine: Engine
) -> tuple[Cells, dict[str, str], str]:
    """Part the number of a customer from the name, where nearly all cells hold both.

    Return the cells, which heading is which column, and what to tell. A number that mostly has one
    name is the customer; a name without a number is the customer whose name it is.
    """
    heading, own = columns["account_id"], dict(columns)
    text = cells.read["account_id"]
    settled = "account_id" in given and given.get("account_name") != given["account_id"]
    if settled or part.whole or not text.type().is_string():
        return cells, own, ""
    cell = part.relation[f"c{part.headings.index(heading)}"].cast("string")
    seen = engine.rows(part.relation.select(word=cell).limit(_PEEKED))
    first = [row["word"].strip() for row in seen if row["word"]]
    if sum(bool(_parted(word)) for word in first) < max(1, _SOME * len(first)):
        return cells, own, ""
    rows = engine.rows(cells.relation.select(word=text).distinct().limit(_MOST))
    words = [row["word"] for row in rows if row["word"]]
    parted = {word: found for word in words if (found := _parted(word))}
    names = defaultdict(set)
    for number, name in parted.values():
        names[number].add(" ".join(name.casefold().split()))
    several = sorted(number for number, called in names.items() if len(called) > 1)
    bare = _bare([word for word in words if word not in parted], names)
    known = len(parted) + len(bare)
    if known < _SHARE * len(words) or len(several) * 2 > len(names):
        return cells, own, ""
    read = dict(cells.read)
    read["account_id"] = _number(text, bare)
    if own.get("account_name", heading) == heading:
        own["account_name"] = heading
        read["account_name"] = _name(text)
    return replace(cells, read=read), own, _note(heading, names, several, len(bare))


def _parted(word: str) -> tuple[str, str] | None:
    """Return the number and the name in a cell.

    >>> _parted("10023 - Fjord AS"), _parted("Fjord AS (10023)"), _parted("10023-A")
    (('10023', 'Fjord AS'), ('10023', 'Fjord AS'), None)
    """
    if match := re.match(_FRONT.replace(r"\p{L}", _LETTER), word):
        return match[1], match[2].strip()
    if match := re.match(_BACK.replace(r"\p{L}", _LETTER), word):
        return match[2] or match[3] or match[4], match[1].strip()
    return None


def _bare(words: list[str], names: Mapping[str, set[str]]) -> dict[str, str]:
    """Return the number of each name without one, where it is the name of one number."""
    numbers = defaultdict(set)
    for number, called in names.items():
        for name in called:
            numbers[name].add(number)
    found = {word: numbers.get(" ".join(word.casefold().split()), set()) for word in words}
    known = {word: next(iter(some)) for word, some in found.items() if len(some) == 1}
    known |= {word: word for word in words if word in names}
    return dict(list(known.items())[:_MOST_BARE])


def _number(text: ir.StringColumn, bare: Mapping[str, str]) -> ir.StringValue:
    import ibis

    back = [text.re_extract(_BACK, group).nullif("") for group in (2, 3, 4)]
    result = ibis.coalesce(text.re_extract(_FRONT, 1).nullif(""), *back, text)
    if not bare:
        return result
    return text.cases(*bare.items(), else_=result)


def _name(text: ir.StringColumn) -> ir.StringValue:
    import ibis

    front, back = text.re_extract(_FRONT, 2), text.re_extract(_BACK, 1)
    return ibis.coalesce(front.strip().nullif(""), back.strip().nullif(""), text)


def _note(heading: str, names: Mapping[str, set[str]], several: list[str], bare: int) -> str:
    told = _(
        "“{heading}” holds number and name: the number, such as {number}, is the customer.",
        heading=heading,
        number=next(iter(names)),
    )
    if several:
        more = ngettext(
            "{n} number stands with several names: {numbers}.",
            "{n} numbers stand with several names: {numbers}.",
            len(several),
            numbers=join(several[:5]),
        )
        told = f"{told} {more}"
    if bare:
        more = ngettext(
            "{n} name without a number is known by another line.",
            "{n} names without a number are known by other lines.",
            bare,
        )
        told = f"{told} {more}"
    return told
