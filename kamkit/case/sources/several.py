"""Several tables of one source, files or tables of a database: which of them is what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from kamkit.case.engine import Embedded
from kamkit.case.headings import folded, is_wide, listed, missing, propose
from kamkit.case.mapping import ColumnMapping
from kamkit.case.places import called
from kamkit.case.reading.source import Found, Part, refuse_half
from kamkit.case.sources.joining import joined, key_pair
from kamkit.errors import HeadingError, KamkitError, SourceError
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.schema.contract import TABLES

_BY_HEADINGS = {
    "accounts": ("account_id", ("name", "org_number", "industry", "account_manager")),
    "products": ("product_id", ("category", "unit_cost", "product_name")),
}
"""Tables that are known without a name: the column they must have, and those of which one."""


@dataclass(frozen=True)
class Candidate:
    """A table of a source before it is known what it is; ``open`` reads its rows.

    ``named`` is the table of the contract that its name means, or empty.
    """

    name: str
    headings: tuple[str, ...]
    open: Callable[[], Part]
    named: str = ""


@dataclass
class Roles:
    """What each candidate is: the ledger's parts, headers and lines of it, other tables."""

    sales: list[Candidate] = field(default_factory=list)
    headers: list[Candidate] = field(default_factory=list)
    lines: list[Candidate] = field(default_factory=list)
    others: list[tuple[str, Candidate]] = field(default_factory=list)
    unknown: list[Candidate] = field(default_factory=list)


def read(
    candidates: Sequence[Candidate], mapping: ColumnMapping, engine: Embedded, where: str
) -> Found:
    """Read the tables of a source of which names or headings tell what they are.

    Raises ``SourceError`` where more than one table could be the ledger.
    """
    roles = sorted_out(candidates, mapping, where)
    result = Found(ignored=[one.name for one in roles.unknown])
    for table, one in roles.others:
        result.parts.append(_as(one.open(), table))
    if roles.lines:
        header, lines = roles.headers[0], roles.lines[0]
        part, notes = joined(header.open(), lines.open(), mapping, engine)
        result.parts.append(part)
        result.notes += notes
    else:
        result.parts += [_as(one.open(), "sales") for one in roles.sales]
    return result


def paired(parts: Sequence[Part], mapping: ColumnMapping, engine: Embedded, where: str) -> Found:
    """Put orders and their lines together that stand on two sheets of a workbook.

    Raises ``HeadingError`` where no sheet is a ledger, nor are two of them together.
    """
    candidates = [
        Candidate(part.label, part.headings, partial(_same, part), _of_contract(part))
        for part in parts
    ]
    if sorted_out(candidates, mapping, where).lines:
        return read(candidates, mapping, engine, where)
    half = [part for part in parts if part.half]
    whole = [part for part in parts if not part.half]
    if not any(part.table == "sales" for part in whole):
        refuse_half(half, mapping)
    return Found(whole, ignored=[part.label for part in half])


def _of_contract(part: Part) -> str:
    return part.table if part.table != "sales" else ""


def _same(part: Part) -> Part:
    return part


def sorted_out(candidates: Sequence[Candidate], mapping: ColumnMapping, where: str) -> Roles:
    """Tell by name, and by headings where the name tells nothing, what each table is.

    Raises ``SourceError`` where unnamed tables of different kinds could be the ledger.

    >>> ledger = Candidate("2024.csv", ("Kundenr", "Dato", "Beløp"), lambda: None)
    >>> [one.name for one in sorted_out([ledger], ColumnMapping(), "").sales]
    ['2024.csv']
    """
    roles = Roles()
    partial: list[Candidate] = []
    for candidate in candidates:
        table = _table(candidate, mapping)
        if table == "sales" and _lacks(candidate, mapping):
            partial.append(candidate)
        elif table == "sales":
            roles.sales.append(candidate)
        elif table:
            roles.others.append((table, candidate))
        else:
            partial.append(candidate)
    _pair(roles, partial, mapping, where)
    if not roles.lines:
        _one_ledger(roles, mapping, where)
    return roles


def _table(one: Candidate, mapping: ColumnMapping) -> str:
    """Return the table that a candidate's name means, else the one that its headings do."""
    if one.named:
        return one.named
    if not _lacks(one, mapping):
        return "sales"
    for name, (key, some) in _BY_HEADINGS.items():
        columns = _columns(one, name, mapping)
        if key in columns and any(column in columns for column in some):
            money = {"amount", "unit_price"} & set(_columns(one, "sales", mapping))
            date = "date" in _columns(one, "sales", mapping)
            if not date and (name == "products" or not money):
                return name
    return ""


def _columns(one: Candidate, table: str, mapping: ColumnMapping) -> dict[str, str]:
    given = mapping.tables.get(table, {}) if table == "sales" else {}
    given = {name: heading for name, heading in given.items() if heading in one.headings}
    try:
        return propose(one.headings, TABLES[table], given=given).columns
    except HeadingError:  # two headings for a column: it is there
        names = [column.name for column in TABLES[table].columns]
        columns: dict[str, str] = {}
        for heading in one.headings:
            columns |= propose([heading], TABLES[table]).columns
        return {name: columns[name] for name in names if name in columns}


def _lacks(one: Candidate, mapping: ColumnMapping) -> tuple[str, ...]:
    if is_wide(one.headings, one.name):
        return ()
    return missing(_columns(one, "sales", mapping), TABLES["sales"])


def _pair(roles: Roles, partial: list[Candidate], mapping: ColumnMapping, where: str) -> None:
    """Find lines without customer or date, and the headers that have them."""
    headers = [
        one
        for one in [*roles.sales, *partial]
        if not {"account_id", "date"} & set(_lacks(one, mapping)) and not _of_lines(one, mapping)
    ]
    for one in partial:
        lacks = _lacks(one, mapping)
        matching = [
            head
            for head in headers
            if head is not one and key_pair(head.headings, one.headings, mapping)
        ]
        bare = all("amount" in _lacks(head, mapping) for head in matching)
        fits = lacks and "amount" not in lacks and (bare or _of_lines(one, mapping))
        if fits and matching:
            roles.lines.append(one)
            roles.headers += [head for head in matching if head not in roles.headers]
        else:
            roles.unknown.append(one)
    if len(roles.lines) > 1 or len(roles.headers) > 1:
        raise SourceError(
            _("Several tables hold orders, or lines of orders."),
            where=where,
            found=", ".join(one.name for one in [*roles.headers, *roles.lines]),
            wanted=_("one table of orders and one of their lines"),
            remedy=_("Put those of several years together, or move the others away."),
        )
    if roles.lines:
        head = roles.headers[0]
        roles.unknown = [one for one in roles.unknown if one is not head]
        roles.unknown += [one for one in roles.sales if one is not head]
        roles.sales = []
        return
    if not roles.sales:  # what the headings say, whatever the names do
        roles.sales = [one for _table, one in roles.others if not _lacks(one, mapping)]
        roles.others = [pair for pair in roles.others if pair[1] not in roles.sales]
    if roles.sales:
        return
    # a file that is called sales and lacks a heading is read, and says itself what it lacks
    roles.sales = [one for one in roles.unknown if one.named == "sales"]
    roles.unknown = [one for one in roles.unknown if one.named != "sales"]


def _of_lines(one: Candidate, mapping: ColumnMapping) -> bool:
    """Tell whether a table has what lines have and orders have not."""
    return bool({"product_id", "unit_price"} & set(_columns(one, "sales", mapping)))


def _one_ledger(roles: Roles, mapping: ColumnMapping, where: str) -> None:
    """Keep the tables that are one ledger: those that are called so, else those that are alike.

    A file called after credit notes or payments goes with them where its headings are theirs.
    """
    named = [one for one in roles.sales if one.named]
    kinds = {_kind(one, mapping) for one in named}
    named += [
        one
        for one in roles.sales
        if not one.named and called(one.name) and _kind(one, mapping) in kinds
    ]
    unnamed = [one for one in roles.sales if one not in named]
    if named:
        roles.sales = named
        roles.unknown += unnamed
    elif len({_kind(one, mapping) for one in unnamed}) > 1:
        raise SourceError(
            _("Several tables could be the sales ledger, and their headings differ."),
            where=where,
            found="; ".join(f"{one.name}: {listed(one.headings, 8)}" for one in unnamed[:4]),
            wanted=_("one ledger, in one or more files with the same headings"),
            remedy=_(
                "Give {name} alone as the source, or call the files that belong to the ledger "
                "sales_1, sales_2 …",
                name=unnamed[0].name,
            ),
        )


def refuse_several(candidates: Sequence[Candidate], mapping: ColumnMapping, where: str) -> None:
    """Raise ``SourceError`` where a database has more than one table that could be the ledger.

    A view may be another look at a table: nothing tells that the two add up.
    """
    sales = sorted_out(candidates, mapping, where).sales
    if len(sales) > 1:
        raise SourceError(
            _("Several tables could be the sales ledger."),
            where=where,
            found=", ".join(f"“{one.name}”" for one in sales[:20]),
            wanted=_("one table, view or query"),
            remedy=_(
                "Choose it: --table {name}, or put them together with --query.", name=sales[0].name
            ),
        )


def _kind(one: Candidate, mapping: ColumnMapping) -> tuple[str, ...]:
    columns = _columns(one, "sales", mapping)
    needed = [columns.get(name, "") for name in ("account_id", "date", "amount")]
    return tuple(folded(heading) for heading in needed)


def _as(part: Part, table: str) -> Part:
    return part if part.table == table else replace(part, table=table)


def no_ledger(name: str, found: Found, problems: Sequence[KamkitError] = ()) -> SourceError:
    """Make the error for a source that holds no sales ledger.

    >>> no_ledger("folder", Found(ignored=["logo.png"])).found
    '“logo.png”'
    """
    messages = "; ".join(f"{problem.where or name}: {problem.message}" for problem in problems[:3])
    return SourceError(
        _("No sales ledger was found."),
        where=name,
        found=messages or listed(found.ignored) or _("nothing that can be read"),
        wanted=_(
            "a table with customer, date and amount, or one named {names}",
            names=join([f"“{word}”" for word in TABLES["sales"].names[:6]]),
        ),
        remedy=_("Rename the ledger, or give its file as the source."),
    )
