"""A case: one company's data, opened from wherever it lies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.case import checks, ledger, prepared
from kamkit.case.contract import TABLES
from kamkit.case.engine import Engine, placed
from kamkit.case.headings import listed
from kamkit.case.mapping import Mapping
from kamkit.case.source import Found, from_frame, from_path, no_such
from kamkit.datasets.catalogue import CATALOGUE, Entry
from kamkit.datasets.copies import copy_note, local_path
from kamkit.errors import KamkitError, MissingTable, SourceError, nearest
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.output.finding import Finding
from kamkit.periods import Period

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Case:
    """One company's data: the sales ledger in the engine, the other tables in pandas.

    ``checked`` holds every row of the ledger, with ``reason`` null where it is used. ``name`` is
    short, ``title`` for people; ``currency`` an ISO code or empty; ``checksum`` that of the source;
    ``empty`` names columns of the ledger that hold nothing in the lines used.
    """

    name: str
    title: str
    source: str
    currency: str
    fictional: bool
    mapping: Mapping
    tables: dict[str, pd.DataFrame]
    checked: ir.Table = field(repr=False)
    engine: Engine = field(repr=False)
    checksum: str = ""
    notes: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()

    @property
    def sales(self) -> ir.Table:
        """The lines that are used: contract columns that are there, and ``source_row``.

        One row per invoice line; ``amount`` is net and exact, credit notes are negative.
        """
        used = self.checked.filter(self.checked.reason.isnull())
        return used.select("source_row", *sorted(self.columns))

    @property
    def columns(self) -> frozenset[str]:
        """Names of the contract's columns that the ledger has and that hold something."""
        known = {column.name for column in TABLES["sales"].columns}
        return frozenset(known & set(self.checked.columns)) - self.empty

    @property
    def period(self) -> Period:
        """From the first to the last day of the used lines."""
        days = self.engine.row(
            {"first": self.sales.date.min(), "last": self.sales.date.max()}, self.sales
        )
        return Period(days["first"], days["last"])

    def has(self, column: str) -> bool:
        """Tell whether the ledger has a column.

        >>> open_case("cdnow").has("cost")
        False
        """
        return column in self.columns

    def table(self, name: str) -> pd.DataFrame:
        """Return an optional table of the case, in the contract's columns.

        Raises ``MissingTable`` when the case does not have it.
        """
        if name in self.tables:
            return self.tables[name]
        if name not in TABLES:
            near = nearest(name, TABLES)
            raise MissingTable(
                _("There is no table “{name}” in the contract.", name=name),
                wanted=", ".join(TABLES),
                remedy=_("Did you mean “{near}”?", near=near) if near else "",
            )
        raise MissingTable(
            _("The case has no table “{name}”, so this analysis is left out.", name=name),
            wanted=_("one row per {grain}", grain=_(TABLES[name].grain)),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )

    def reconciliation(self) -> pd.DataFrame:
        """Return what was read, used and set aside; see ``checks.reconciliation``."""
        return checks.reconciliation(self.checked, self.engine)

    def set_aside(self, limit: int | None = None) -> pd.DataFrame:
        """Return the rows set aside: ``source_row``, ``part``, ``reason``, the contract's columns.

        One row per row of the source, in its order; at most ``limit`` of them.
        """
        aside = self.checked.filter(self.checked.reason.notnull())
        first = ["source_row", "part", "reason"]
        names = [c.name for c in TABLES["sales"].columns if c.name in self.checked.columns]
        ordered = aside.order_by(["part", "source_row"]).select(*first, *names)
        frame = self.engine.frame(ordered.limit(limit) if limit is not None else ordered)
        for column in TABLES["sales"].columns:
            if column.name in frame and column.kind in ("money", "number"):
                frame[column.name] = frame[column.name].astype("float64")
        return frame

    def findings(self) -> list[Finding]:
        """Answer “can I trust this ledger?”; see ``trust.findings``."""
        from kamkit.case.trust import findings

        return findings(self)


def open_case(
    source: str | Path | pd.DataFrame, *, mapping: str | Path | Mapping | None = None
) -> Case:
    """Open a company's data: a file, a folder, a DataFrame or a data set of the catalogue.

    ``mapping`` is a ``Mapping`` or the path of a mapping file; without it, the file
    ``<source>.kamkit.toml`` beside the source is used where there is one. Every row is used or set
    aside with a reason.

    Raises ``SourceError`` (cannot be read), ``HeadingError`` (which column is which) and
    ``LedgerError`` (what stands in it); each names the place and the remedy.

    >>> case = open_case("cdnow")
    >>> case.currency, str(case.period)
    ('USD', '1 Jan 1997 – 30 Jun 1998')
    """
    if not isinstance(source, str | Path):
        return _from_frame(source, mapping)
    text = str(source)
    _refuse_address(text)
    path = Path(text).expanduser()
    there = bool(text.strip()) and _exists(path)
    entry = None if there else CATALOGUE.get(text)
    if entry is None and not there:
        raise no_such(text, list(CATALOGUE))
    if entry and not entry.ledger:
        raise _no_ledger(entry)
    place = local_path(text) if entry else path
    how = _mapping(mapping, None if entry else place)
    if entry and entry.currency and not how.options.currency:
        how = how.with_options({"currency": entry.currency})
    kept = prepared.find(place, how)
    if kept is not None:
        return Case(**kept)
    engine = Engine()
    try:
        case = _build(from_path(place, how, engine), how, engine, entry=entry, text=text)
    except KamkitError as error:
        raise placed(error, place.name) from None
    prepared.keep(case, place, how)
    return case


def _from_frame(frame: pd.DataFrame, mapping: str | Path | Mapping | None) -> Case:
    engine = Engine()
    how = _mapping(mapping, None)
    try:
        return _build(from_frame(frame, engine), how, engine, entry=None, text="DataFrame")
    except KamkitError as error:
        raise placed(error, "DataFrame") from None


def _build(found: Found, how: Mapping, engine: Engine, *, entry: Entry | None, text: str) -> Case:
    tables: dict[str, dict[str, str]] = {"sales": {}}
    typed: list[ir.Table] = []
    notes = [] if entry else _passed_over(found)
    for part in found.of("sales"):
        lines, columns = ledger.typed(part, how, engine)
        typed.append(lines)
        tables["sales"] |= columns
    where = join([part.label for part in found.of("sales")])
    settled = checks.settle(ledger.united(typed), how.options, engine, where)
    engine.drop(*(lines.get_name() for lines in typed))
    others: dict[str, pd.DataFrame] = {}
    for name in TABLES:
        if name != "sales" and (parts := found.of(name)):
            frame, tables[name] = ledger.other_table(parts, how, engine)
            if name == "activities":
                frame = _between(frame, how)
            if len(frame):
                others[name] = frame
    if entry and (note := copy_note(entry.name)):
        notes.append(note)
    stem = Path(text).expanduser().resolve().stem if text != "DataFrame" else text
    return Case(
        name=entry.name if entry else stem,
        title=entry.title if entry else stem,
        source=text,
        currency=settled.currency,
        fictional=bool(entry and entry.fictional),
        mapping=Mapping(tables, how.options),
        tables=others,
        checked=settled.checked,
        engine=engine,
        checksum=found.checksum,
        notes=(*notes, *settled.notes),
        empty=settled.empty,
    )


def _between(activities: pd.DataFrame, how: Mapping) -> pd.DataFrame:
    """Return the activities of the days that the ledger is cut to; those without a day stay."""
    import pandas as pd

    if "date" not in activities:
        return activities
    kept = activities
    if how.options.start:
        kept = kept[~(kept["date"] < pd.Timestamp(how.options.start))]
    if how.options.end:
        kept = kept[~(kept["date"] > pd.Timestamp(how.options.end))]
    return kept.reset_index(drop=True)


def _passed_over(found: Found) -> list[str]:
    if not found.ignored:
        return []
    return [
        _("Not read, because it is no table of the contract: {names}.", names=listed(found.ignored))
    ]


def _mapping(given: str | Path | Mapping | None, place: Path | None) -> Mapping:
    if isinstance(given, Mapping):
        return given
    if given:
        return Mapping.load(Path(given).expanduser())
    beside = mapping_path(place) if place else None
    return Mapping.load(beside) if beside and beside.is_file() else Mapping()


def mapping_path(source: Path) -> Path:
    """Return the path of the mapping file that belongs to a source.

    >>> mapping_path(Path("sales.xlsx")).name
    'sales.xlsx.kamkit.toml'
    """
    return source.with_name(f"{source.name}.kamkit.toml")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


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
