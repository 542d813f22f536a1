"""Opening a case from wherever it lies: a file, a folder, a frame or a name of the catalogue."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.case import checks, warehouse
from kamkit.case.case import Case
from kamkit.case.customers import joined, same_org
from kamkit.case.engine import Embedded, Engine, placed
from kamkit.case.headings import listed
from kamkit.case.kept import shared
from kamkit.case.mapping import ColumnMapping, mapping_for
from kamkit.case.options import ReadOptions
from kamkit.case.reading import tables
from kamkit.case.reading.incremental import Once
from kamkit.case.reading.others import other_table
from kamkit.case.reading.source import Found, Part, from_frame, no_such
from kamkit.case.sources import connected, database, objects
from kamkit.case.sources.address import is_address, name_of, public
from kamkit.case.sources.joining import with_products
from kamkit.case.sources.path import from_path
from kamkit.datasets.catalogue import CATALOGUE, Entry
from kamkit.datasets.copies import copy_note, local_path
from kamkit.errors import HeadingError, KamkitError, LedgerError, SourceError
from kamkit.files import exists
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.language import joined as joined_text
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_KEPT: dict[Hashable, Case] = {}
"""The two data sets of the catalogue that were opened last."""


def open_case(
    source: str | Path | pd.DataFrame | ir.Table,
    *,
    mapping: str | Path | ColumnMapping | None = None,
    keep: str | Path | None = None,
) -> Case:
    """Open a company's data: a file, a folder, a DataFrame, a table or a data set of the catalogue.

    A table is one of Ibis, such as ``con.table("sales")``: its lines stay in the engine where it
    lies, PostgreSQL, Spark or another, and all that is computed of lines is computed there.

    ``mapping`` is a ``ColumnMapping`` or the path of a mapping file; without it, the file
    ``<source>.kamkit.toml`` beside the source is used where there is one. Every row is used or set
    aside with a reason.

    ``keep`` is a folder of this source's own for what is read of its text files and workbooks: the
    next time only those that are new or changed are read, and the case is the same. It then holds a
    copy of the ledger.

    Raises ``SourceError`` (cannot be read), ``HeadingError`` (which column is which) and
    ``LedgerError`` (what stands in it); each names the place and the remedy.

    >>> case = open_case("cdnow")
    >>> case.currency, str(case.period)
    ('USD', '1 Jan 1997 – 30 Jun 1998')
    """
    if not isinstance(source, str | Path):
        read = mapping_for(None, mapping)
        return _from_frame(source, read) if _is_frame(source) else _from_table(source, read)
    text = str(source)
    if is_address(text):
        return _from_address(text, mapping_for(None, mapping), keep)
    path = Path(text).expanduser()
    there = bool(text.strip()) and exists(path)
    entry = None if there else CATALOGUE.get(text)
    if entry is None and not there:
        raise no_such(text, list(CATALOGUE))
    if entry and not entry.ledger:
        raise _no_ledger(entry)
    read = mapping_for(text, mapping)
    if entry and entry.currency and not read.options.currency:
        read = read.with_options({"currency": entry.currency})
    if entry:
        return _of_catalogue(text, entry, read)
    return _from_path(path, text, None, read, Once(Path(keep)) if keep else None)


def _of_catalogue(text: str, entry: Entry, mapping: ColumnMapping) -> Case:
    """Open a data set of the catalogue; the last two are kept for the next who asks for them.

    The tables are each asker's own: what is changed there changes nothing here.
    """
    path = local_path(text)
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    seen = (text, mapping.text(), mapping.origin, *((f, f.stat().st_mtime_ns) for f in files))
    if seen not in _KEPT:
        if len(_KEPT) > 1:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[seen] = shared(seen, partial(_from_path, path, text, entry, mapping))
    own = {name: table.copy() for name, table in _KEPT[seen].tables.items()}
    return replace(_KEPT[seen], tables=own)


def _from_path(
    path: Path, text: str, entry: Entry | None, mapping: ColumnMapping, once: Once | None = None
) -> Case:
    engine = Embedded(once)
    try:
        found = from_path(path, mapping, engine)
        case = _read(found, mapping, engine, Path(text).expanduser().resolve().stem)
    except KamkitError as error:
        raise placed(_with_mapping(error, mapping), path.name) from None
    if once:
        once.sweep()
    case = replace(case, source=text, notes=(*_notes(found, entry), *case.notes))
    if entry:
        case = replace(case, name=entry.name, title=entry.title, fictional=entry.fictional)
    return case


def _with_mapping(error: KamkitError, mapping: ColumnMapping) -> KamkitError:
    """Name the mapping file in an error that it may be the cause of."""
    settled = isinstance(error, HeadingError) or (
        isinstance(error, LedgerError) and mapping.options.given()
    )
    if mapping.origin and settled:
        sentence = _("The mapping file “{name}” was used: is it still right?", name=mapping.origin)
        error.remedy = joined_text(" ", [error.remedy, sentence])
    return error


def _from_address(address: str, mapping: ColumnMapping, keep: str | Path | None = None) -> Case:
    if connected.stays(address, mapping.options):
        table = connected.table(address, mapping.options)
        return replace(_from_table(table, mapping), source=public(address))
    once = Once(Path(keep)) if keep and objects.is_object(address) else None
    engine = Embedded(once)
    source = objects if objects.is_object(address) else database
    try:
        found = source.read(address, mapping, engine)
        case = _read(found, mapping, engine, name_of(address))
    except KamkitError as error:
        raise placed(error, public(address)) from None
    if once:
        once.sweep()
    return replace(case, source=public(address), notes=(*_notes(found, None), *case.notes))


def _from_frame(frame: pd.DataFrame, mapping: ColumnMapping) -> Case:
    engine = Embedded()
    try:
        return _read(from_frame(frame, engine), mapping, engine, "DataFrame")
    except KamkitError as error:
        raise placed(error, "DataFrame") from None


def _is_frame(source: object) -> bool:
    import pandas as pd

    return isinstance(source, pd.DataFrame)


def _from_table(table: ir.Table, mapping: ColumnMapping) -> Case:
    engine = warehouse.warehouse(table)
    name = warehouse.title(table)
    try:
        found = warehouse.found(table, name, engine)
        case = _read(found, mapping, engine, name)
        return replace(case, checksum=warehouse.checksum(case.checked, engine))
    except KamkitError as error:
        raise placed(error, name) from None


def _read(found: Found, mapping: ColumnMapping, engine: Engine, name: str) -> Case:
    """Make a case of the parts that were found."""
    sales = found.of("sales")
    read = [_typed(part, mapping, engine) for part in sales]
    columns = {"sales": {name: head for one in read for name, head in one.columns.items()}}
    notes_read = list(dict.fromkeys(note for one in read for note in one.notes))
    others, mapped = _others(found, mapping, engine)
    columns |= mapped
    lines = tables.united([one.lines for one in read])
    if "products" in others:
        lines, notes = with_products(lines, others["products"], engine)
        notes_read += notes
    settled = checks.settle(
        lines,
        _with_aliases(mapping.options, others),
        engine,
        join([part.label for part in sales]),
        statuses=columns["sales"],
        parts=len(sales),
        below=any(one.below for one in read),
        rows=sum(one.rows for one in read),
    )
    engine.drop(*(one.stored for one in read))
    if others:
        ids = settled.checked.select("account_id").distinct()
        others, same = joined(others, engine.frame(ids.order_by("account_id")))
        notes_read += same
    return Case(
        name=name,
        title=name,
        source=name,
        currency=settled.currency,
        fictional=False,
        mapping=ColumnMapping(columns, mapping.options),
        tables=others,
        checked=settled.checked,
        engine=engine,
        checksum=found.checksum,
        notes=(*notes_read, *settled.notes),
        empty=settled.empty,
        unused=tuple(dict.fromkeys(head for one in read for head in one.unused)),
    )


def _typed(part: Part, mapping: ColumnMapping, engine: Engine) -> tables.Typed:
    """Convert a part of the ledger, or take what was kept of it."""
    make = partial(tables.typed, part, mapping, engine)
    if isinstance(engine, Embedded) and engine.once:
        kept: tables.Typed = engine.once.typed(part, engine, make, tables.Typed)
        return kept
    return make()


def _others(
    found: Found, mapping: ColumnMapping, engine: Engine
) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, str]]]:
    """Return the other tables that hold something, and which heading of each is which column."""
    others, columns = {}, {}
    for table in TABLES:
        if table != "sales" and (parts := found.of(table)):
            frame, columns[table] = other_table(parts, mapping, engine)
            frame = _between(frame, mapping.options) if table == "activities" else frame
            if len(frame):
                others[table] = frame
    return others, columns


def _with_aliases(options: ReadOptions, others: Mapping[str, pd.DataFrame]) -> ReadOptions:
    """Return the options with accounts of one organisation number as one, where these are asked."""
    if not (options.merge and "accounts" in others):
        return options
    return replace(options, alias={**same_org(others["accounts"]), **options.alias})


def _between(activities: pd.DataFrame, options: ReadOptions) -> pd.DataFrame:
    """Return the activities of the days that the ledger is cut to; those without a day stay."""
    import pandas as pd

    if "date" not in activities:
        return activities
    kept = activities
    if options.start:
        kept = kept[~(kept["date"] < pd.Timestamp(options.start))]
    if options.end:
        kept = kept[~(kept["date"] > pd.Timestamp(options.end))]
    return kept.reset_index(drop=True)


def _notes(found: Found, entry: Entry | None) -> list[str]:
    """Tell what of a source was passed over, or in what a copy of a data set differs from it."""
    if entry:
        return [note] if (note := copy_note(entry.name)) else []
    if not found.ignored:
        return found.notes
    passed = listed(found.ignored)
    note = _("Not read, because it is no table of the contract: {names}.", names=passed)
    return [*found.notes, note]


def _no_ledger(entry: Entry) -> SourceError:
    return SourceError(
        _("The data set “{name}” is no sales ledger.", name=entry.name),
        found=_(entry.description),
        wanted=_("a sales ledger with customer number, date and amount"),
        remedy=_('Read it with kamkit.datasets.load_table("{name}").', name=entry.name),
    )
