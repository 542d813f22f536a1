"""Which heading is which column: recognised in English and Norwegian, never guessed silently."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kamkit.errors import HeadingError, nearest
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.schema.contract import TABLES, Field, Table

# Two headings for one of these would change amounts or counts: the user must choose.
_DECISIVE = frozenset(
    {
        "account_id",
        "date",
        "amount",
        "invoice_id",
        "doc_type",
        "quantity",
        "unit_price",
        "credit_amount",
        "cost",
        "currency",
        "list_amount",
        "parent_id",
        "prospect_id",
        "activity",
        "person",
        "criterion",
        "score",
        "spend",
    }
)


def folded(heading: str) -> str:
    """Fold a heading to lower-case letters and digits, so that spellings compare.

    >>> folded("Salg til-kundenr.")
    'salgtilkundenr'
    """
    text = unicodedata.normalize("NFC", heading).casefold()
    return re.sub(r"[\W_]+", "", text)


@dataclass(frozen=True)
class Proposal:
    """Which heading each contract column takes, and what was left out because it was unclear."""

    columns: dict[str, str]
    unclear: dict[str, tuple[str, ...]]


def propose(
    headings: Sequence[str],
    table: Table,
    *,
    given: Mapping[str, str] | None = None,
    where: str = "",
) -> Proposal:
    """Match the headings of a source with the columns of a contract table.

    The contract's own name wins over a synonym, a synonym over a weak one. ``given`` (contract
    column to heading) is the user's word and wins over all; an empty heading leaves the column out.

    Raises ``HeadingError`` when two headings are equally good for a column that changes amounts or
    counts, when a heading that is needed stands twice, or when ``given`` names an unknown heading.

    >>> propose(["Kundenr", "Dato", "Beløp"], TABLES["sales"]).columns
    {'account_id': 'Kundenr', 'date': 'Dato', 'amount': 'Beløp'}
    """
    chosen = _given(headings, given or {}, where)
    settled = set(given or {})
    taken = set(chosen.values())
    unclear: dict[str, tuple[str, ...]] = {}
    for strength in (3, 2, 1):
        for column in table.columns:
            if column.name in settled or column.name in chosen:
                continue
            found = [h for h in headings if h not in taken and _strength(h, column) == strength]
            if len(found) > 1 and column.name in _DECISIVE:
                _refuse_ambiguous(column, found, where)
            if len(found) > 1:
                unclear[column.name] = tuple(found)
                settled.add(column.name)
            elif found:
                chosen[column.name] = found[0]
                taken.add(found[0])
    order = [column.name for column in table.columns]
    return Proposal({name: chosen[name] for name in order if name in chosen}, unclear)


def recognised(cells: Sequence[str], table: Table, given: Mapping[str, str]) -> int:
    """Count the distinct columns of a table that the cells of a row could be headings of.

    >>> recognised(["Kundenr", "Kundenavn", "17"], TABLES["sales"], {})
    2
    """
    words = {folded(cell) for cell in cells if cell}
    named = {name for name, heading in given.items() if folded(heading) in words}
    return len(named | {name for word in words for name in _known(table.name).get(word, ())})


def missing(columns: Mapping[str, str], table: Table) -> tuple[str, ...]:
    """Return the required columns that no heading was found for.

    An amount can be made of quantity and unit price.

    >>> missing({"account_id": "Kundenr", "date": "Dato"}, TABLES["sales"])
    ('amount',)
    """
    have = set(columns)
    if {"quantity", "unit_price"} <= have:
        have.add("amount")
    return tuple(name for name in table.required if name not in have)


def require(columns: Mapping[str, str], headings: Sequence[str], table: Table, where: str) -> None:
    """Raise ``HeadingError`` unless every required column has a heading.

    >>> require({"prospect_id": "Nr"}, ["Nr"], TABLES["prospects"], "p.csv")
    """
    lacking = missing(columns, table)
    if not lacking:
        return
    wanted = [
        _(
            "{column}: {meaning} (for example {examples})",
            column=name,
            meaning=_(table.column(name).meaning),
            examples=join([f"“{word}”" for word in _examples(table.column(name))]),
        )
        for name in lacking
    ]
    raise HeadingError(
        _("No column was found for {columns}.", columns=join([f"“{name}”" for name in lacking])),
        where=where,
        found=_("the headings {headings}", headings=listed(headings)),
        wanted="; ".join(wanted),
        remedy=_(
            'Name the heading, for example --map {column}="Heading", or add it to the '
            "mapping file.",
            column=lacking[0],
        ),
    )


def listed(headings: Sequence[str], most: int = 20) -> str:
    """Write headings in quotes for a message, the first twenty of them.

    >>> listed(["A", "B"])
    '“A”, “B”'
    """
    shown = ", ".join(f"“{heading[:60]}”" for heading in headings[:most] if heading)
    return shown + (" …" if len(headings) > most else "")


def _examples(column: Field) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in (column.norwegian, *column.synonyms[:1]) if word))


@cache
def _known(table: str) -> dict[str, tuple[str, ...]]:
    words: dict[str, list[str]] = {}
    for column in TABLES[table].columns:
        for word in (column.name, *column.synonyms, *column.weak):
            words.setdefault(folded(word), []).append(column.name)
    return {word: tuple(names) for word, names in words.items()}


@cache
def _folds(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(folded(word) for word in words)


def _strength(heading: str, column: Field) -> int:
    word = folded(heading)
    if word == folded(column.name):
        return 3
    if word in _folds(column.synonyms):
        return 2
    return 1 if word in _folds(column.weak) else 0


def _given(headings: Sequence[str], given: Mapping[str, str], where: str) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for name, heading in given.items():
        if not heading:
            continue
        exact = [h for h in headings if h == heading] or [
            h for h in headings if folded(h) == folded(heading)
        ]
        if len(exact) != 1:
            _refuse_given(name, heading, headings, len(exact), where)
        chosen[name] = exact[0]
    return chosen


def _refuse_given(name: str, heading: str, headings: Sequence[str], times: int, where: str) -> None:
    if times > 1:
        _refuse_twice(heading, where)
    near = nearest(heading, headings)
    raise HeadingError(
        _("There is no heading “{heading}” for {column}.", heading=heading, column=name),
        where=where,
        found=_("the headings {headings}", headings=listed(headings)),
        remedy=_("Did you mean “{near}”?", near=near)
        if near
        else _("Write the heading as it stands in the source."),
    )


def _refuse_twice(heading: str, where: str) -> None:
    raise HeadingError(
        _("The heading “{heading}” stands more than once.", heading=heading),
        where=where,
        wanted=_("each heading once"),
        remedy=_("Rename or remove one of the columns in the source, and run again."),
    )


def _refuse_ambiguous(column: Field, found: list[str], where: str) -> None:
    if len({folded(heading) for heading in found}) < len(found):
        _refuse_twice(found[0], where)
    raise HeadingError(
        _("Several headings could be {column}.", column=f"“{column.name}”"),
        where=where,
        found=join([f"“{heading}”" for heading in found]),
        wanted=f"{column.name}: {_(column.meaning)}",
        remedy=_('Choose one: --map {column}="{heading}"', column=column.name, heading=found[0]),
    )
