"""Records as JSON: a list of them, one per line, or a list inside an object."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from kamkit.case.engine import Embedded
from kamkit.case.headings import listed, propose, recognised
from kamkit.case.reading import textfile
from kamkit.case.reading.source import Part
from kamkit.case.sources.refunds import refund_lines
from kamkit.case.sources.rows import Rows
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import ngettext
from kamkit.schema.contract import TABLES

ENDINGS = (".json", ".jsonl", ".ndjson")
"""How the names of files with records end."""

_CHUNK = 1 << 20
_LONGEST = 1 << 26  # bytes of one record
_WHOLE = 1 << 29  # bytes of an object that holds them all
_SAMPLE = 200
_LEDGER = 3
_SUMS = ("money", "number")


@dataclass
class _Table:
    """Records on their way into rows: each key is a column, a list of lines becomes rows.

    ``refunded`` counts the lines that refunds became, ``bare`` the records whose refunds did not.
    """

    rows: Rows
    lines: str = ""
    refunded: int = 0
    bare: int = 0
    places: dict[str, int] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def add(self, record: dict[str, Any]) -> None:
        lines = record.pop(self.lines, None) if self.lines else None
        back = refund_lines(record, lines) if isinstance(lines, list) else []
        if isinstance(record.get("refunds"), list):
            self.refunded += len(back)
            self.bare += bool(record.pop("refunds")) and not back
            lines = [*(lines or []), *back] if back else lines
        head = {self._heading(key): value for key, value in _flat(record)}
        for line in lines if isinstance(lines, list) and lines else [{}]:
            cells: list[Any] = [None] * len(self.places)
            own = dict(_flat(line)) if isinstance(line, dict) else {}
            for key, value in {**head, **own}.items():
                position = self.places.setdefault(key, len(self.places))
                if position >= len(cells):
                    cells += [None] * (position + 1 - len(cells))
                cells[position] = value
            self.rows.headings[:] = self.places
            textfile.refuse_wide(len(self.places), self.rows.name)
            self.rows.add(cells)

    def _heading(self, key: str) -> str:
        """Return the heading of a value of the whole record; what its lines sum to gets another."""
        if not self.lines:
            return key
        if key not in self.shown:
            columns = propose([key], TABLES["sales"]).columns
            sums = any(TABLES["sales"].column(name).kind in _SUMS for name in columns)
            self.shown[key] = f"{key} ({_('whole record')})" if sums else key
        return self.shown[key]


def read(path: Path, table: str, engine: Embedded) -> tuple[Part, list[str]]:
    """Read a file of records into the engine; return them as a part, and what to tell.

    Raises ``SourceError`` where it is no JSON, or holds no records.
    """
    encoding = textfile.encoding_of(path)
    with path.open(encoding=encoding) as file:
        try:
            records = _records(file, path.name)
            first = list(islice(records, _SAMPLE))
            gathered = _Table(Rows(engine, []), _lines_key(first))
            for record in chain(first, records):
                gathered.add(record)
        except (ValueError, RecursionError) as error:
            raise _malformed(path.name, str(error).splitlines()[0][:200]) from None
    part = gathered.rows.part(table or "sales", path.name)
    if part is None:
        raise _no_records(path.name, _("nothing"))
    return part, _notes(gathered)


def _notes(gathered: _Table) -> list[str]:
    notes = []
    if gathered.refunded:
        notes.append(
            ngettext(
                "{n} refund inside the records is a line below zero.",
                "{n} refunds inside the records are lines below zero.",
                gathered.refunded,
            )
        )
    if gathered.bare:
        notes.append(
            ngettext(
                "{n} record has refunds that could not be read: take them off in the export.",
                "{n} records have refunds that could not be read: take them off in the export.",
                gathered.bare,
            )
        )
    unused = [key for key, shown in gathered.shown.items() if key != shown]
    if not unused:
        return notes
    return [
        *notes,
        _(
            "The rows are those of “{lines}” in each record; not used of the whole record: "
            "{headings}.",
            lines=gathered.lines,
            headings=listed(unused),
        ),
    ]


def _records(file: IO[str], name: str) -> Iterator[dict[str, Any]]:
    """Give one record after another; only one of them, or a wrapped list, is in memory."""
    values = _values(file, name)
    first = next(values, None)
    second = next(values, None)
    if isinstance(first, dict) and second is None:
        inside = [value for value in _lists(first) if value]
        if len(inside) == 1 and _plain_object(first):
            yield from _dicts(iter(inside[0]), name)
            return
        if _plain_object(first) and (several := _ledgers(first)):
            for kind, lines in several.items():
                records = _dicts(iter(lines), name)
                yield from ({"doc_type": kind.replace("_", " "), **record} for record in records)
            return
        if columns := _columns(first):
            yield from columns
            return
    yield from _dicts(chain([v for v in (first, second) if v is not None], values), name)


def _ledgers(record: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of an object that are ledgers, by key, where there are two or more.

    Invoices and credit notes come so; what a list is called tells them apart.
    """
    lists = {key: value for key, value in record.items() if isinstance(value, list) and value}
    ledgers = {
        key: lines
        for key, lines in lists.items()
        if isinstance(lines[0], dict) and recognised(list(lines[0]), TABLES["sales"], {}) >= _LEDGER
    }
    return ledgers if len(ledgers) > 1 else {}


def _plain_object(record: dict[str, Any]) -> bool:
    """Tell whether an object only wraps its list: it has no heading of a ledger itself."""
    keys = [key for key, value in record.items() if not isinstance(value, list)]
    return recognised(keys, TABLES["sales"], {}) < 2


def _lists(record: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the lists of objects in an object, or in the only object in it."""
    lists = [v for v in record.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    inner = [value for value in record.values() if isinstance(value, dict)]
    return lists if lists or len(inner) != 1 else _lists(inner[0])


def _columns(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of an object that holds a table by columns, as data frames are written."""
    if isinstance(names := record.get("columns"), list) and isinstance(record.get("data"), list):
        return [dict(zip(names, row, strict=False)) for row in record["data"]]
    if not record or not all(isinstance(value, dict | list) for value in record.values()):
        return []
    cells = [v if isinstance(v, list) else list(v.values()) for v in record.values()]
    keys = {tuple(value) for value in record.values() if isinstance(value, dict)}
    if len({len(column) for column in cells}) > 1 or len(keys) > 1:
        return []
    return [dict(zip(record, row, strict=True)) for row in zip(*cells, strict=True)]


def _dicts(values: Iterator[Any], name: str) -> Iterator[dict[str, Any]]:
    names: list[str] = []
    for value in values:
        if isinstance(value, list) and names:
            yield dict(zip(names, value, strict=False))
            continue
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            names = value  # rows with the headings first
            continue
        if not isinstance(value, dict):
            raise _no_records(name, str(value)[:60])
        yield value


def _values(file: IO[str], name: str) -> Iterator[Any]:
    """Give the elements of the outer list, or the values that stand one behind the other."""
    decoder = json.JSONDecoder(
        parse_float=_number, parse_int=_number, parse_constant=lambda _word: None
    )
    text = file.read(_CHUNK).lstrip("\ufeff \t\r\n")
    inside = text.startswith("[")
    between = re.compile(r"[,\s]*" if inside else r"\s*")
    position, ended = int(inside), not text
    while True:
        position = _end(between, text, position)
        if inside and text.startswith("]", position):
            return
        try:
            value, end = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            if ended and position == len(text) and not inside:
                return
            if ended:
                detail = f"{error.msg}: “{text[error.pos : error.pos + 40]}”"
                raise _malformed(name, detail) from None
            end = len(text)
        if end < len(text) or ended:  # else a number may go on
            yield value
            position = end
            continue
        more = file.read(max(_CHUNK, len(text) - position))
        text, position, ended = text[position:] + more, 0, not more
        if len(text) > (_LONGEST if inside else _WHOLE) + 2 * _CHUNK:
            raise _too_large(name)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _number(text: str) -> Decimal | str:
    """Keep a number exactly as it is written, without an exponent."""
    value = Decimal(text)
    if abs(value.adjusted()) > 30:
        return text
    return Decimal(f"{value:f}")


def _flat(record: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Give keys and values; those of an object inside are called ``customer.id``."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        elif isinstance(value, list):
            yield before + key, json.dumps(value, default=str) if value else None
        else:
            yield before + key, value


def _lines_key(records: list[dict[str, Any]]) -> str:
    """Return the key of the lists that look like lines of sales; empty when there is none."""
    counts: Counter[str] = Counter()
    for record in records:
        for key, value in record.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                words = [word for word, _value in _flat(value[0])]
                counts[key] = max(counts[key], recognised(words, TABLES["sales"], {}))
    best = [key for key, known in counts.most_common(1) if known >= 2]
    return best[0] if best else ""


def _malformed(name: str, found: str) -> SourceError:
    return SourceError(
        _("The file is not sound JSON."),
        where=name,
        found=found,
        wanted=_("a list of records, or one record per line"),
        remedy=_("Export it again, or export it as CSV."),
    )


def _no_records(name: str, found: str) -> SourceError:
    return SourceError(
        _("The JSON file holds no records."),
        where=name,
        found=found,
        wanted=_('a list of records such as [{"customer_id": "1", …}]'),
        remedy=_("Export the lines as a list of records, or as CSV."),
    )


def _too_large(name: str) -> SourceError:
    return SourceError(
        _("A record of the JSON file is too large."),
        where=name,
        wanted=_("records of at most 64 MB"),
        remedy=_("Export it with one record per line (JSON lines)."),
    )
