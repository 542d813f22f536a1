"""Opening a case from wherever it lies: a file, a folder, a frame or a name of the catalogue."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.case import checks
from kamkit.case.case import Case
from kamkit.case.engine import Engine, placed
from kamkit.case.headings import listed
from kamkit.case.mapping import ColumnMapping, mapping_for
from kamkit.case.options import ReadOptions
from kamkit.case.reading import tables
from kamkit.case.reading.source import Found, from_frame, from_path, no_such
from kamkit.datasets.catalogue import CATALOGUE, Entry
from kamkit.datasets.copies import copy_note, local_path
from kamkit.errors import KamkitError, SourceError
from kamkit.files import exists
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import pandas as pd


def open_case(
    source: str | Path | pd.DataFrame, *, mapping: str | Path | ColumnMapping | None = None
) -> Case:
    """Open a company's data: a file, a folder, a DataFrame or a data set of the catalogue.

    ``mapping`` is a ``ColumnMapping`` or the path of a mapping file; without it, the file
    ``<source>.kamkit.toml`` beside the source is used where there is one. Every row is used or set
    aside with a reason.

    Raises ``SourceError`` (cannot be read), ``HeadingError`` (which column is which) and
    ``LedgerError`` (what stands in it); each names the place and the remedy.

    >>> case = open_case("cdnow")
    >>> case.currency, str(case.period)
    ('USD', '1 Jan 1997 – 30 Jun 1998')
    """
    if not isinstance(source, str | Path):
        return _from_frame(source, mapping_for(None, mapping))
    text = str(source)
    _refuse_address(text)
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
    return _from_path(local_path(text) if entry else path, text, entry, read)


def _from_path(path: Path, text: str, entry: Entry | None, mapping: ColumnMapping) -> Case:
    engine = Engine()
    try:
        found = from_path(path, mapping, engine)
        case = _read(found, mapping, engine, Path(text).expanduser().resolve().stem)
    except KamkitError as error:
        raise placed(error, path.name) from None
    case = replace(case, source=text, notes=(*_notes(found, entry), *case.notes))
    if entry:
        case = replace(case, name=entry.name, title=entry.title, fictional=entry.fictional)
    return case


def _from_frame(frame: pd.DataFrame, mapping: ColumnMapping) -> Case:
    engine = Engine()
    try:
        return _read(from_frame(frame, engine), mapping, engine, "DataFrame")
    except KamkitError as error:
        raise placed(error, "DataFrame") from None


def _read(found: Found, mapping: ColumnMapping, engine: Engine, name: str) -> Case:
    """Make a case of the parts that were found."""
    sales = found.of("sales")
    read = [tables.typed(part, mapping, engine) for part in sales]
    columns = {"sales": {name: heading for _x, own in read for name, heading in own.items()}}
    lines = tables.united([typed for typed, _x in read])
    settled = checks.settle(lines, mapping.options, engine, join([part.label for part in sales]))
    engine.drop(*(typed.get_name() for typed, _x in read))
    others: dict[str, pd.DataFrame] = {}
    for table in TABLES:
        if table != "sales" and (parts := found.of(table)):
            frame, columns[table] = tables.other_table(parts, mapping, engine)
            frame = _between(frame, mapping.options) if table == "activities" else frame
            if len(frame):
                others[table] = frame
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
        notes=tuple(settled.notes),
        empty=settled.empty,
    )


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
        return []
    return [
        _("Not read, because it is no table of the contract: {names}.", names=listed(found.ignored))
    ]


def _refuse_address(text: str) -> None:
    if re.match(r"[a-z][a-z0-9+.-]+://", text, flags=re.IGNORECASE):
        raise SourceError(
            _("An address cannot be opened as a case."),
            found=text.split("://")[0] + "://…",
            wanted=_("a file, a folder or the name of a data set"),
            remedy=_("Export the sales lines to a CSV, Excel or Parquet file."),
        )


def _no_ledger(entry: Entry) -> SourceError:
    return SourceError(
        _("The data set “{name}” is no sales ledger.", name=entry.name),
        found=_(entry.description),
        wanted=_("a sales ledger with customer number, date and amount"),
        remedy=_('Read it with kamkit.datasets.load_table("{name}").', name=entry.name),
    )
