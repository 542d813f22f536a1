"""From parts to one typed ledger: text becomes days, amounts and identifiers, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.headings import WEIGHED, Proposal, is_name, missing, propose, require
from kamkit.case.mapping import ColumnMapping
from kamkit.case.options import ReadOptions
from kamkit.case.reading import markers, numbers
from kamkit.case.reading.amounts import net_amount
from kamkit.case.reading.besides import Besides
from kamkit.case.reading.cells import Cells, meant
from kamkit.case.reading.checked_beside import read_beside
from kamkit.case.reading.costs import with_cost
from kamkit.case.reading.credited import with_credited
from kamkit.case.reading.doubts import (
    left_out,
    memo,
    paid,
    refuse_general_ledger,
    refuse_journal,
    refuse_lost,
    refuse_uncomputed,
    with_balances,
)
from kamkit.case.reading.elsewhere import refuse_elsewhere
from kamkit.case.reading.formats import refuse_mixed, refuse_shown_scale
from kamkit.case.reading.grouped import without_group_sums
from kamkit.case.reading.hinted import with_hinted
from kamkit.case.reading.home import in_home
from kamkit.case.reading.instalments import without_instalments
from kamkit.case.reading.nameless import with_nameless
from kamkit.case.reading.number_in_name import with_numbers
from kamkit.case.reading.peeked import first_cells, known_by_mail, with_unknown, with_words
from kamkit.case.reading.prices import Made, with_price
from kamkit.case.reading.sequence import refuse_against_numbers
from kamkit.case.reading.shares import without_shares
from kamkit.case.reading.source import Part
from kamkit.case.reading.split_vat import parts_of, summed
from kamkit.case.reading.totals import key, label, marked
from kamkit.case.reading.twins import apart
from kamkit.case.reading.unreadable import counted, refuse_unreadable
from kamkit.case.reading.weighed import Lines
from kamkit.case.reading.wide import melted
from kamkit.case.reading.words import blank
from kamkit.case.reading.year_month import in_one_column
from kamkit.case.traps import refuse_scale, scale
from kamkit.case.wording import PAYS, buyers
from kamkit.language import gettext as _
from kamkit.language import ngettext
from kamkit.money import DECIMAL, WIDE, in_money
from kamkit.schema.contract import TABLES, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_RIVALS = 6
_NAME = re.compile(r"(?i)na(?:me|vn|mn)|address|adress|city|by\b|post|country|land")


@dataclass(frozen=True)
class Typed:
    """A part of the ledger in the engine, which heading is which column, and what to tell.

    ``unused`` are the headings that went into nothing; ``stored`` is the engine's table, ``below``
    whether its amounts come to less than nothing, ``rows`` how many rows it has.
    """

    lines: ir.Table
    columns: dict[str, str]
    notes: list[str]
    unused: tuple[str, ...]
    stored: str
    below: bool = False
    rows: int = 0


def typed(part: Part, mapping: ColumnMapping, engine: Engine) -> Typed:
    """Convert one part of the sales ledger.

    One row per row of the source: the contract's columns that are there, ``source_row``, ``part``
    and what was wrong: ``is_broken``, ``is_blank``, ``is_heading``, ``is_total``, ``left_out``,
    ``blank_date``, ``blank_amount``; ``guess`` is about how much an unreadable amount is.

    Raises ``HeadingError`` and ``LedgerError`` where headings, dates or numbers are unclear, or too
    few of them can be read, and ``SourceError`` where lines were lost in reading.
    """
    table, given = TABLES["sales"], mapping.tables.get("sales", {})
    part, reshaped = _shaped(part, given, engine)
    proposal = _proposed(part, given, engine)
    wanted = _with_rivals(proposal.columns, proposal.rivals, part.headings)
    cells = meant(part, table, wanted, mapping.options, engine)
    cells, named, numbered_by = with_numbers(part, proposal.columns, cells, given, engine)
    proposal = replace(proposal, columns=named)
    wanted |= named
    stored = _read_lines(part, cells, wanted, mapping.options)
    numbered = {name: wanted[name] for name in numeric(table, wanted)}
    flags = parts_of(numbered) | {n: wanted[n] for n in ("vat_inside",) if n in wanted}
    stored, wanted, numbered = summed(stored, wanted, numbered)
    stored = engine.store(stored) if (asked := _asks(wanted)) else stored  # it is asked twice
    refuse_general_ledger(part, proposal.columns, stored, engine)
    known = (cells.percent, proposal.even, frozenset(given), cells.below)
    lines = Lines(stored, numbered, part.label, mapping.options, engine, *known, flags=flags)
    made = net_amount(lines)
    with_price(lines, made)
    with_cost(lines, made)
    whole = engine.store(_whole(in_home(lines, made), made, table))
    engine.drop(*([stored.get_name()] if asked else []))
    columns, gone = _columns(proposal.columns, wanted, made), ""
    _refuse_shown(part, wanted, made, mapping.options, given)
    count = counted(whole, engine, whole_table=part.whole)
    _refuse(part, columns, whole, count, mapping.options, engine)
    count["numbered"] = cells.odd.get("credited", False)
    checked, notes_flagged = _flagged(whole, count, given, engine, whole_table=part.whole)
    unused = _unused(part, columns, wanted, made)
    if not part.whole:
        about = (mapping.options, engine, columns, frozenset(given))
        checked, more, unused, stored_again = _settled(checked, part, unused, about)
        notes_flagged += more
        gone = whole.get_name() if stored_again else ""
    notes = [*reshaped, numbered_by, *lines.notes, *notes_flagged]
    notes += _reading_notes(part, cells, proposal.columns, numbered=bool(numbered_by))
    refuse_elsewhere(part, whole, unused, columns, engine)
    engine.drop(*cells.stored, part.stored, gone)
    stored = (checked if gone else whole).get_name()
    about_all = (count["below"], count["all"])
    return Typed(checked, columns, [*filter(None, notes)], unused, stored, *about_all)


def _shaped(
    part: Part, given: Mapping[str, str], engine: Engine
) -> tuple[Part, tuple[str | None, str | None]]:
    """Return a part with a column for each thing it tells, and what to tell of it."""
    part, beside = melted(part, given, engine)
    part, joined = in_one_column(part, given)
    return apart(part, engine), (beside, joined)


def _settled(
    lines: ir.Table,
    part: Part,
    unused: tuple[str, ...],
    about: tuple[ReadOptions, Engine, Mapping[str, str], frozenset[str]],
) -> tuple[ir.Table, list[str], tuple[str, ...], bool]:
    """Settle the lines by the columns that went into nothing; tell whether they were stored.

    What asks the part itself is stored, for the part is dropped.
    """
    options, engine = about[:2]
    lines, told = without_instalments(lines, part, unused, options, engine)
    lines, more = without_shares(lines, part, unused, options, engine)
    free = [one for one in unused if part.headings.count(one) == 1]
    settled, again = read_beside(Besides(lines, part, free, *about))
    left = tuple(one for one in unused if one in settled.free or one not in free)
    stored = settled.lines is not lines
    found = engine.store(settled.lines) if stored else lines
    return found, [*told, *more, *again], left, stored


def _proposed(part: Part, given: Mapping[str, str], engine: Engine) -> Proposal:
    """Return which heading is which column, by the headings and by what stands below them."""
    table = TABLES["sales"]
    proposal = propose(part.headings, table, given=given, where=part.label)
    proposal = known_by_mail(part, proposal, given, engine)
    proposal = with_nameless(part, proposal, given, engine)
    below = first_cells(part, engine) if missing(proposal.columns, table) else None
    require(proposal.columns, part.headings, table, part.label, below)
    proposal = with_unknown(part, with_hinted(part, proposal, given, engine), given, engine)
    return with_words(part, proposal, given, engine)


def _unused(
    part: Part, columns: Mapping[str, str], wanted: Mapping[str, str], made: Made
) -> tuple[str, ...]:
    """Return the headings that went into nothing."""
    used = {*columns.values(), *(wanted.get(name, "") for name in made.used | made.checked)}
    return tuple(heading for heading in part.headings if heading not in {*used, ""})


def _refuse_shown(
    part: Part,
    wanted: Mapping[str, str],
    made: Made,
    options: ReadOptions,
    given: Mapping[str, str],
) -> None:
    """Refuse amounts in thousands, and those that a workbook shows in several currencies."""
    if "amount" not in given:
        refuse_scale(scale(part.above), f"“{part.above[:80]}”", part.label)
    if not part.shown:
        return
    heading = wanted[made.column]
    shown = part.shown.get(part.headings.index(heading), frozenset())
    if "amount" not in given:
        refuse_shown_scale(shown, heading, part.label)
    if "currency" not in wanted and not options.currency:
        refuse_mixed(shown, heading, part.label)


def _flagged(
    whole: ir.Table,
    count: Mapping[str, int],
    given: Mapping[str, str],
    engine: Engine,
    *,
    whole_table: bool,
) -> tuple[ir.Table, list[str]]:
    """Mark totals, payments and credit notes; return the lines and what to tell."""
    import ibis

    checked = marked(whole, count, engine)
    is_paid, notes = paid(checked, engine) if count["said"] else (ibis.literal(False), [])
    checked = checked.mutate(is_paid=is_paid)
    if not whole_table:
        checked, more = without_group_sums(checked, engine)
        notes += more
    credited, numbered = bool(count["credit"]), bool(count["numbered"])
    if credited or numbered:
        checked, more = with_credited(checked, engine, given, numbered=numbered, said=credited)
        notes += more
    return checked.drop("says_total", "total_of", "account", "memo"), notes


def _asks(wanted: Mapping[str, str]) -> bool:
    """Tell whether what the columns say of one another has to be looked at."""
    plain = {"amount"} <= set(wanted) or {"quantity", "unit_price"} <= set(wanted)
    priced = {"amount", "quantity", "unit_price"} <= set(wanted)
    more = {"vat", "amount_incl_vat", "discount", "debit_amount", "credit_amount", "profit"}
    more |= {"vat_rate", "vat_inside"}
    rivals = any("__" in name for name in wanted) or bool(more & set(wanted))
    return rivals or priced or not plain or "list_amount" in wanted or "cost" in wanted


def numeric(table: Table, names: Iterable[str]) -> list[str]:
    """Return the names of the columns that hold numbers, those of rivals included.

    >>> numeric(TABLES["sales"], ["date", "amount", "amount__1"])
    ['amount', 'amount__1']
    """
    kinds = {column.name: column.kind for column in table.columns}
    return [name for name in names if kinds[name.partition("__")[0]] in ("money", "number")]


def _with_rivals(
    columns: Mapping[str, str], rivals: Mapping[str, tuple[str, ...]], headings: Sequence[str]
) -> dict[str, str]:
    """Add the headings that a column could also have, as ``amount__1`` and so on."""
    wanted = dict(columns)
    for name, others in rivals.items():
        for at, heading in enumerate(others[:_MOST_RIVALS], 1):
            if headings.count(heading) == 1:
                wanted[f"{name}__{at}"] = heading
    return wanted


def _read_lines(
    part: Part, cells: Cells, wanted: Mapping[str, str], options: ReadOptions
) -> ir.Table:
    """Return the lines with every column read and what is known of them before amounts are."""
    import ibis

    read = dict(cells.read)
    if cells.unit is not None:
        read["currency"] = cells.unit
    numbers_of = numeric(TABLES["sales"], wanted)
    empty = {f"no_{name}": cells.empty[name] for name in numbers_of}
    guess = {f"guess_{name}": column for name, column in cells.guess.items()}
    every = [cells.relation[f"c{i}"] for i in range(len(part.headings))]
    no = ibis.literal(False)
    named, named_of = _named_sums(cells)
    by_name = label([cells.read["account_name"]]) if cells.odd.get("sum_of") else no
    nobody = cells.empty["date"] | cells.read["account_id"].isnull()
    broken = ibis.null(DECIMAL)
    looks = cells.gaps and not part.whole  # a broken line or a total lacks the one or the other
    if looks and every[0].type().is_string():
        broken = ibis.ifelse(cells.relation.broken, numbers.largest(cells.relation.c0), broken)
    text = memo(cells.relation, part, wanted)
    text = with_balances(text, cells.read["account_id"]) if cells.odd.get("balance") else text
    settled = [name for name in ("aside",) if name in part.relation.columns]
    return cells.relation.select(
        "source_row",
        *settled,
        **read,
        **empty,
        **guess,
        part=_literal(part.label),
        is_broken=cells.relation.broken,
        broken_guess=broken,
        is_blank=ibis.ifelse(cells.empty["date"], _all([blank(one) for one in every]), no)
        if cells.gaps
        else no,
        is_heading=_repeats_headings(cells, part, wanted) if cells.odd.get("heading") else no,
        is_cut=cells.relation.is_cut.fill_null(False) if cells.odd.get("cut") else no,
        left_out=left_out(cells.relation, part, wanted, options),
        memo=text,
        blank_date=cells.empty["date"],
        says_total=(ibis.ifelse(nobody, label(every), named) if looks else named) | by_name,
        account=named,
        total_of=ibis.ifelse(nobody, key(every), named_of) if looks else named_of,
    )


def _named_sums(cells: Cells) -> tuple[ir.BooleanValue, ir.StringValue]:
    """Tell where the customer's number says total, and whose total it or the name says it is."""
    import ibis

    says, of = ibis.literal(False), ibis.null("string")
    if cells.odd.get("total"):
        says, of = cells.relation.says_total.fill_null(False), cells.relation.total_of
    if cells.odd.get("sum_of"):  # “Sum K1” in the column of names
        of = ibis.coalesce(of, key([cells.read["account_name"]]))
    return says, of


def _repeats_headings(cells: Cells, part: Part, wanted: Mapping[str, str]) -> ir.BooleanColumn:
    """Tell the rows in which customer and date are the headings' own words."""
    import ibis

    same = []
    for name in ("account_id", "date"):
        cell = cells.relation[f"c{part.headings.index(wanted[name])}"]
        if not cell.type().is_string():
            return ibis.literal(False)
        plain = cell.re_replace(f"[{markers.INVISIBLE}]", "").strip()
        same.append(plain.lower() == wanted[name].strip().lower())
    return _all(same).fill_null(False)


def _whole(stored: ir.Table, made: Made, table: Table) -> ir.Table:
    """Put the amount and what follows from it in the place of the columns it is made of."""
    import ibis

    blank_amount = made.blank if made.blank is not None else stored[f"no_{made.column}"]
    guess = ibis.null(DECIMAL)
    if f"guess_{made.column}" in stored.columns:
        guess = stored[f"guess_{made.column}"]
        if made.column.startswith("unit_price"):
            guess = in_money(stored.quantity.abs().cast(WIDE) * guess)
    guess = ibis.coalesce(stored.broken_guess, guess)
    taken = {
        "amount": made.amount,
        "blank_amount": blank_amount,
        "guess": ibis.ifelse(made.amount.isnull(), guess, ibis.null(DECIMAL)),
    }
    for name in ("list_amount", "unit_price", "cost"):
        column = getattr(made, name)
        if column is not None:
            taken[name] = column
    gone = [
        name
        for name in stored.columns
        if name.startswith(("no_", "guess_", "broken_guess")) or "__" in name
    ]
    aids = [c.name for c in table.columns if c.aid and c.kind in ("money", "number")]
    aids += [
        "credit_amount",
        "vat_inside",
        *(n for n in ("list_amount", "unit_price", "cost") if n not in taken),
    ]
    kept = {"exchange_rate"}
    gone += [name for name in aids if name in stored.columns and name not in kept]
    return stored.mutate(**taken).drop(*gone)


def _columns(proposed: Mapping[str, str], wanted: Mapping[str, str], made: Made) -> dict[str, str]:
    """Return the mapping as it was used: the numbers may have chosen another heading."""
    chosen = dict(proposed)
    for name in made.used:
        base = name.partition("__")[0]
        if "__" in name and base in WEIGHED:
            chosen[base] = wanted[name]
    if made.column.partition("__")[0] == "list_amount":
        chosen["amount"] = wanted[made.column]
    numbers_of = set(numeric(TABLES["sales"], proposed))
    used = {name.partition("__")[0] for name in made.used} | {"quantity", "exchange_rate"}
    chosen = {n: one for n, one in chosen.items() if n != "vat_inside" or n in used}
    if made.column.partition("__")[0] == "amount_incl_vat":
        chosen.pop("amount", None)
    return {
        name: heading
        for name, heading in chosen.items()
        if name not in numbers_of or name in used or name == "amount"
    }


def _reading_notes(
    part: Part, cells: Cells, columns: Mapping[str, str], *, numbered: bool
) -> list[str]:
    notes = list(cells.notes)
    if cells.months:
        notes.append(_("The dates are months: the first day of each stands for it."))
    if part.hidden:
        notes.append(_("The workbook has hidden rows, such as a filter leaves: they are read too."))
    if part.repaired:
        notes.append(
            ngettext(
                "{n} line with quotation marks inside quotation marks was read all the same.",
                "{n} lines with quotation marks inside quotation marks were read all the same.",
                part.repaired,
            )
        )
    if payer := _payer(part, columns):
        notes.append(
            _(
                "The customer is “{buyer}”, who buys, and not “{payer}”, who pays. To count by who "
                'pays, say --map account_id="{payer}"',
                buyer=columns["account_id"],
                payer=payer,
            )
        )
    if is_name(columns) and not numbered:
        notes.append(
            _(
                "Customers are told apart by “{heading}”: one that is spelled in two ways counts "
                "as two. A column with their numbers is chosen with --map account_id=…",
                heading=columns["account_id"],
            )
        )
    return notes


def _payer(part: Part, columns: Mapping[str, str]) -> str:
    """Return the heading of who pays, where another of the same kind tells who buys; else empty."""
    buyer = columns["account_id"]
    paying = [
        heading
        for heading in part.headings
        if PAYS.search(heading) and heading not in columns.values()
    ]
    numbered = [one for one in paying if not _NAME.search(one)]
    return numbered[0] if numbered and buyers([buyer, numbered[0]]) == [buyer] else ""


def united(tables: list[ir.Table]) -> ir.Table:
    """Put the parts of a ledger under one another; a column that a part lacks is null there.

    >>> import ibis
    >>> united([ibis.memtable({"a": [1], "b": [2]}), ibis.memtable({"b": [3]})]).columns
    ('a', 'b')
    """
    import ibis

    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    kinds = {name: table[name].type() for table in tables for name in table.columns}
    full = [
        table.select(
            **{
                name: table[name] if name in table.columns else ibis.null(kinds[name])
                for name in names
            }
        )
        for table in tables
    ]
    return reduce(lambda one, other: one.union(other), full)


def _literal(text: str) -> ir.StringScalar:
    import ibis

    return ibis.literal(text, type="string")


def _all(tests: list[ir.BooleanColumn]) -> ir.BooleanColumn:
    return reduce(lambda one, other: one & other, tests)


def _refuse(
    part: Part,
    columns: dict[str, str],
    whole: ir.Table,
    count: dict[str, Any],
    options: ReadOptions,
    engine: Engine,
) -> None:
    """Refuse a part that lost lines, that is no ledger of sales, or that cannot be read."""
    refuse_lost(part, count["all"])
    refuse_uncomputed(part, int(count["blank"]))
    refuse_journal(part, float(count["sum"] or 0) or not count["read"], int(count["lines"]))
    refuse_unreadable(part, columns, whole, count, engine)
    if not part.whole:
        refuse_against_numbers(whole, part, columns, options, engine)
