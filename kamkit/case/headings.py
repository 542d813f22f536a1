"""Which heading is which column: recognised in several languages, never guessed silently."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from kamkit.case.beside import months_beside, refuse_beside
from kamkit.case.likeness import ranked
from kamkit.case.traps import counted, explained, trap
from kamkit.case.wording import A_UNIT, AGAIN, HOLDING, IN_CURRENCY, SUM_OF, WITHOUT, buyers, spaced
from kamkit.errors import HeadingError, nearest
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.schema.contract import TABLES, Field, Table

# Two headings for one of these would change amounts or counts: the user must choose.
_DECISIVE = frozenset(
    (
        *("account_id", "date", "amount", "invoice_id", "doc_type", "quantity", "unit_price"),
        *("credit_amount", "cost", "currency", "list_amount", "amount_incl_vat", "vat", "discount"),
        *("debit_amount", "profit", "fee", "units_per_price", "parent_id", "prospect_id"),
        *("activity", "person", "criterion", "score", "spend"),
    )
)


_MADE_OF: tuple[set[str], ...] = (
    {"quantity", "unit_price"},
    {"debit_amount", "credit_amount"},
    {"amount_incl_vat"},
)
MAILS = frozenset(
    (
        *("email", "emailaddress", "customeremail", "buyeremail", "billingemail", "epost"),
        "billingemailaddress",
    )
)

# Of these the numbers tell which heading is meant.
WEIGHED = (
    "amount",
    "amount_incl_vat",
    "unit_price",
    "list_amount",
    "cost",
    "vat",
    "discount",
    "profit",
)


@lru_cache(maxsize=10_000)
def folded(heading: str) -> str:
    """Fold a heading to lower-case letters and digits, so that spellings compare.

    >>> folded("Salg til-kundenr.")
    'salgtilkundenr'
    """
    text = unicodedata.normalize("NFC", heading).casefold()
    return re.sub(r"[\W_]+", "", text)


@dataclass(frozen=True)
class Proposal:
    """Which heading each contract column takes.

    ``rivals`` are the other headings that one of the columns ``WEIGHED`` could have: what stands in
    them decides. ``even`` are the columns for which another heading is as good.
    """

    columns: dict[str, str]
    rivals: dict[str, tuple[str, ...]]
    even: frozenset[str] = frozenset()


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
    Without a number of the customer, its name stands for it.

    Raises ``HeadingError`` when two headings are equally good for a column that changes counts,
    when a heading that is needed stands twice, or when ``given`` names an unknown heading.

    >>> propose(["Kundenr", "Dato", "Beløp"], TABLES["sales"]).columns
    {'account_id': 'Kundenr', 'date': 'Dato', 'amount': 'Beløp'}
    """
    chosen = _given(headings, given or {}, where)
    settled = set(given or {})
    taken = set(chosen.values())
    even = set()
    for strength in (4, 3, 2, 1):
        for column in table.columns:
            if column.name in settled or column.name in chosen:
                continue
            matching = _fitting(headings, taken, column, strength)
            if strength == 1:
                matching = sorted(matching, key=lambda h: _rank(h, column.last))[:1]
            if len(matching) > 1 and (column.name in _DECISIVE or _twice(matching)):
                if table.name != "sales" or column.name not in WEIGHED or _twice(matching):
                    _refuse_ambiguous(column, matching, where)
                even.add(column.name)
            if matching:
                chosen[column.name] = _best(matching, column)
                taken.add(chosen[column.name])
            if column.name == "status" and len(matching) > 1 and "cancelled" not in settled:
                # two tell how far an order has come, such as that of its payment
                chosen.setdefault("cancelled", next(h for h in matching if h not in taken))
                taken.add(chosen["cancelled"])
    if table.name == "sales":
        _named_only(chosen, settled, headings)
        _price_with_vat(chosen, settled, headings)
        _gross_alone(chosen, settled)
    order = [column.name for column in table.columns]
    columns = {name: chosen[name] for name in order if name in chosen}
    return Proposal(columns, _rivals(headings, table, taken, settled), frozenset(even))


def _fitting(headings: Sequence[str], taken: set[str], column: Field, strength: int) -> list[str]:
    """Return the headings that are left and fit a column so well."""
    matching = [h for h in headings if h not in taken and _strength(h, column) == strength]
    return buyers(matching) if column.name == "account_id" else matching


def _twice(headings: Sequence[str]) -> bool:
    """Tell whether a heading stands twice; “DB %” is another than “DB”."""
    return len({(folded(heading), "%" in heading) for heading in headings}) < len(headings)


def _best(headings: list[str], column: Field) -> str:
    """Return the heading that the contract names first."""
    return min(headings, key=lambda h: _rank(h, (*column.synonyms, *column.weak)))


def _rank(heading: str, words: tuple[str, ...]) -> int:
    folds = [folded(word) for word in words]
    return folds.index(folded(heading)) if folded(heading) in folds else len(folds)


def _rivals(
    headings: Sequence[str], table: Table, taken: set[str], settled: set[str]
) -> dict[str, tuple[str, ...]]:
    """Return the headings not taken that a column could have whose numbers can be weighed."""
    rivals: dict[str, tuple[str, ...]] = {}
    if table.name != "sales":
        return rivals
    free = [heading for heading in headings if heading and heading not in taken]
    for column in table.columns:
        if column.name in WEIGHED and column.name not in settled:
            also = [heading for heading in free if _strength(heading, column)]
            if also:
                rivals[column.name] = tuple(also)
                free = [heading for heading in free if heading not in also]
    return rivals


def _named_only(chosen: dict[str, str], settled: set[str], headings: Sequence[str]) -> None:
    """Let the customer's name, else its address of e-mail, stand for a number that is not there."""
    if "account_id" in chosen or "account_id" in settled:
        return
    mails = [heading for heading in headings if folded(heading) in MAILS]
    if heading := chosen.get("account_name") or next(iter(mails), ""):
        chosen["account_id"] = heading


def _price_with_vat(chosen: dict[str, str], settled: set[str], headings: Sequence[str]) -> None:
    """Let a price that holds VAT be the price where there is no amount and no other price."""
    if "quantity" not in chosen or "amount" not in missing(chosen, TABLES["sales"]):
        return
    words = TABLES["sales"].column("unit_price")
    bare = {h: HOLDING.sub("", h) for h in headings if h not in chosen.values()}
    prices = [h for h, text in bare.items() if text != h and _strength(text, words) > 1]
    if len(prices) == 1 and not settled & {"unit_price", "amount"}:
        chosen["unit_price"] = prices[0]


def _gross_alone(chosen: dict[str, str], settled: set[str]) -> None:
    """Let “Gross” be the amount where it is the only one, beside VAT and no discount."""
    found = {"list_amount", "vat"} <= set(chosen) and "discount" not in chosen
    if found and "list_amount" not in settled and "amount" in missing(chosen, TABLES["sales"]):
        chosen["amount"] = chosen.pop("list_amount")


def is_name(columns: Mapping[str, str]) -> bool:
    """Tell whether a name stands for the number of the customer.

    >>> is_name({"account_id": "Customer name", "account_name": "Customer name"})
    True
    """
    return bool(columns.get("account_id")) and (
        columns["account_id"] == columns.get("account_name")
        or folded(columns["account_id"]) in MAILS
    )


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

    An amount can be made of quantity and unit price, of debit and credit, and of what holds VAT.

    >>> missing({"account_id": "Kundenr", "date": "Dato"}, TABLES["sales"])
    ('amount',)
    """
    have = set(columns)
    if any(made <= have for made in _MADE_OF):
        have.add("amount")
    return tuple(name for name in table.required if name not in have)


def is_wide(headings: Sequence[str], label: str) -> bool:
    """Tell whether a table has customers, and months beside one another in place of a date.

    >>> is_wide(["Customer", "Jan 2024", "Feb 2024"], "sales.csv")
    True
    """
    months, _word = months_beside(headings, label)
    rest = [text for at, text in enumerate(headings) if at not in months]
    return bool(months) and "account_id" in propose(rest, TABLES["sales"]).columns


def require(
    columns: Mapping[str, str],
    headings: Sequence[str],
    table: Table,
    where: str,
    cells: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Raise ``HeadingError`` unless every required column has a heading.

    ``cells`` is some of what stands below each heading: it tells with the words which could be
    meant.

    >>> require({"prospect_id": "Nr"}, ["Nr"], TABLES["prospects"], "p.csv")
    """
    lacking = missing(columns, table)
    if not lacking:
        return
    if table.name == "sales":
        refuse_beside(headings, where)
    free = [heading for heading in headings if heading and heading not in columns.values()]
    before = "" if table.name == "sales" else f"{table.name}."
    likely = _likely(lacking, free, table, cells)
    if "amount" in lacking and table.name == "sales":
        _without_traps(likely, lacking, columns, free, where)
    options = [
        map_option(before + name, likely.get(name, [str(_("Heading"))])[0]) for name in lacking
    ]
    raise HeadingError(
        _("No column was found for {columns}.", columns=join([f"“{name}”" for name in lacking])),
        where=where,
        found=_("the headings {headings}", headings=listed(headings)),
        wanted="; ".join(_described(table.column(name)) for name in lacking),
        remedy=_(
            "Is it {options}? Name the heading so, or in the mapping file.",
            options=" ".join(options),
        )
        if likely
        else _(
            "Name the heading, for example {options}, or add it to the mapping file.",
            options=" ".join(options),
        ),
        questions=[
            _which(before + name, dict.fromkeys((*headings_of, *free)))
            for name, headings_of in likely.items()
        ],
    )


def _without_traps(
    likely: dict[str, list[str]],
    lacking: Sequence[str],
    columns: Mapping[str, str],
    free: Sequence[str],
    where: str,
) -> None:
    """Leave out of the likely amounts what cannot be one, such as a weight or a price.

    Raises ``HeadingError`` that explains it where only the amount is lacking and nothing is left.
    """
    price = [columns["unit_price"]] if "unit_price" in columns else []
    several = "quantity" in columns or counted(free)
    amounts = [*price, *(one for one in likely.pop("amount", ()) if one not in price)]
    traps = [one for one in amounts if (kind := trap(one)) and (kind != "price" or several)]
    if left := [one for one in amounts if one not in traps]:  # without one, a line is a unit
        likely["amount"] = left
    elif traps and list(lacking) == ["amount"]:
        text, remedy = explained(traps[0], with_quantity="quantity" in columns)
        raise HeadingError(
            _("No column was found for {columns}.", columns="“amount”"),
            where=where,
            found=text,
            wanted=_described(TABLES["sales"].column("amount")),
            remedy=remedy,
        )


def _described(column: Field) -> str:
    return _(
        "{column}: {meaning} (for example {examples})",
        column=column.name,
        meaning=_(column.meaning),
        examples=join([f"“{word}”" for word in _examples(column)]),
    )


def _which(column: str, headings: Iterable[str]) -> tuple[str, list[str]]:
    """Ask which heading a column is."""
    options = [map_option(column, heading) for heading in headings]
    return _("Which heading is {column}?", column=column), options


def _likely(
    lacking: Sequence[str],
    free: Sequence[str],
    table: Table,
    cells: Mapping[str, Sequence[str]] | None,
) -> dict[str, list[str]]:
    """Return the headings that each missing column could have; no two begin with the same."""
    likely: dict[str, list[str]] = {}
    for name in lacking:
        first = {headings[0] for headings in likely.values()}
        if headings := [h for h in ranked(table.column(name), free, cells) if h not in first]:
            likely[name] = headings
    return likely


def map_option(column: str, heading: str) -> str:
    """Write the option of the command line that settles a heading.

    >>> map_option("amount", "Netto")
    '--map amount="Netto"'
    """
    safe = not re.search(r'["$`\\!]', heading)
    return f'--map {column}="{heading}"' if safe else f"--map {column}={shlex.quote(heading)}"


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
        for word in (column.name, *column.synonyms, *column.weak, *column.last):
            words.setdefault(folded(word), []).append(column.name)
    return {word: tuple(names) for word, names in words.items()}


@cache
def _folds(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(folded(word) for word in words)


_SUMMED = frozenset(("amount", "quantity", "amount_incl_vat", "vat", "cost"))


def _amount_of(heading: str, column: Field) -> str:
    """Return the heading without what it says of VAT, where the column is the amount it tells of.

    >>> _amount_of("Sum (ekskl. mva)", TABLES["sales"].column("amount"))
    'Sum'
    """
    patterns = {"amount": WITHOUT, "unit_price": WITHOUT, "amount_incl_vat": HOLDING}
    match = patterns[column.name].search(heading) if column.name in patterns else None
    return heading[: match.start()] if match else ""


_IN_PER_CENT = ("discount", "profit")
"""The columns of money that may be written in per cent as well."""


def _rates() -> tuple[Field, Field]:
    """Return the columns whose words, with a per cent sign, are those of a rate of VAT."""
    return TABLES["sales"].column("vat"), TABLES["sales"].column("vat_rate")


def _strength(heading: str, column: Field) -> int:
    heading = AGAIN.sub("", spaced(heading))
    if "%" in heading and column.kind == "money" and column.name not in _IN_PER_CENT:
        return 0
    if column.name == "vat_rate" and "%" in heading:
        return max(_strength(heading.replace("%", " "), rate) for rate in _rates())
    if column.name in _SUMMED and (summed := SUM_OF.match(heading)):
        return min(_strength(summed[1] or summed[2], column), 2)
    word = folded(heading)
    if (bare := _amount_of(heading, column)) and word not in _folds(column.synonyms):
        amount = TABLES["sales"].column("unit_price" if column.name == "unit_price" else "amount")
        if folded(bare) in _folds((*amount.synonyms, *amount.weak, *amount.last)):
            return 3
    if word == folded(column.name):
        return 4
    for strength, words in ((3, column.synonyms), (2, column.weak), (1, column.last)):
        if word in _folds(words):
            return strength
    tail = {"amount": IN_CURRENCY, "cost": A_UNIT}.get(column.name)
    bare = tail.sub("", heading) if tail else heading
    return min(_strength(bare, column), 1) if bare != heading else 0


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


def _refuse_ambiguous(column: Field, headings: list[str], where: str) -> None:
    if _twice(headings):
        _refuse_twice(headings[0], where)
    raise HeadingError(
        _("Several headings could be {column}.", column=f"“{column.name}”"),
        where=where,
        found=join([f"“{heading}”" for heading in headings]),
        wanted=f"{column.name}: {_(column.meaning)}",
        remedy=_('Choose one: --map {column}="{heading}"', column=column.name, heading=headings[0]),
        questions=[_which(column.name, headings)],
    )
