"""Tables for people: each column under its name in words, formatted by what it measures.

Headings and kinds are those of ``kamkit.schema``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any, ClassVar

import pandas as pd

from kamkit import schema
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.periods import Period, span
from kamkit.schema import REASONS, WORDS, headings, noun, reason_label, source_words, word, words

_LEFT = ("text", "code", "month", "date", "flag", "reason", "word", "source", "words")
_SMALL = 1000.0
_ROWS = 20


def kind_of(name: str, values: pd.Series[Any]) -> str:
    """Return what a column measures: from the register, else from its type.

    >>> import pandas as pd
    >>> kind_of("revenue", pd.Series([1])), kind_of("late", pd.Series([True]))
    ('money', 'flag')
    """
    types, known = pd.api.types, schema.kind(name)
    if types.is_bool_dtype(values):
        return "flag"
    if types.is_datetime64_any_dtype(values):
        return "month" if known == "month" else "date"
    if known in ("money", "cents", "percent", "count", "number") and not _numeric(values):
        return "text"
    if known and known != "date":
        return known
    if types.is_integer_dtype(values):
        return "count"
    return "number" if types.is_numeric_dtype(values) else "text"


def formatted(
    frame: pd.DataFrame,
    *,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    currency: str = "",
    period: Period | None = None,
) -> pd.DataFrame:
    """Return a table of strings, as a person reads them; grain and order as given.

    ``period`` is that of the sums, which their headings then name. ``columns`` names the columns to
    show, in order; a mapping also gives their kind (``KINDS``).
    A missing value is an en dash. Raises ``ParameterError`` for a column that is not there.

    >>> import pandas as pd
    >>> print(formatted(pd.DataFrame({"rank": [1], "revenue": [1234567.8]})).to_string(index=False))
    Rank   Revenue
       1 1,234,568
    """
    kinds = chosen(frame, columns)
    texts = {
        position: list(map(writer(kind, frame[name]), known_values(frame[name])))
        for position, (name, kind) in enumerate(kinds.items())
    }
    shown = pd.DataFrame(texts, index=frame.index, dtype="str")
    shown.columns = pd.Index(headings(kinds, currency, period=span(period) if period else ""))
    return shown


def as_html(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    rows: int | None = _ROWS,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    currency: str = "",
    period: Period | None = None,
) -> str:
    """Return a table as HTML, with everything that comes from the data escaped.

    The first ``rows`` rows (``None``: all); a note says how many there are. Numbers and dates
    carry their raw value in ``data-sort``, by which the report sorts.

    >>> import pandas as pd
    >>> "&lt;script&gt;" in as_html(pd.DataFrame({"account_name": ["<script>"]}))
    True
    """
    kinds = chosen(frame, columns)
    part = frame if rows is None else frame.head(rows)
    # decimals are settled by the whole column, so that a longer table reads the same
    cells = [_column_cells(part[name], frame[name], kind) for name, kind in kinds.items()]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    named = headings(kinds, currency, period=span(period) if period else "")
    head = "".join(
        f'<th scope="col" style="text-align:{side(kind)}">{escape(heading)}</th>'
        for heading, kind in zip(named, kinds.values(), strict=True)
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="kamkit-table"><table>{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{_note(len(part), len(frame))}</div>"
    )


class Table(pd.DataFrame):
    """A table that shows itself in words; made by ``table_of``.

    ``kamkit`` says how: its name in the report, the columns to show, the currency, how many rows,
    a caption. Parts of it (``head``, a selection) are shown alike.

    >>> two = table_of(pd.DataFrame({"rank": [1, 2], "share": [0.5, 0.25]}), name="accounts")
    >>> two.head(1).kamkit["name"]
    'accounts'
    """

    _metadata: ClassVar[list[str]] = ["kamkit"]
    kamkit: Mapping[str, Any] = MappingProxyType({})

    @property
    def _constructor(self) -> type[Table]:
        return Table

    def limited(self, rows: int | None) -> Table:
        """Return the table, of which at most so many rows are shown.

        >>> table_of(pd.DataFrame({"rank": [1, 2]})).limited(1).kamkit["rows"]
        1
        """
        return table_of(self, **{**self.kamkit, "rows": rows})

    def _repr_mimebundle_(self, **_wishes: Any) -> tuple[dict[str, str], dict[str, Any]]:
        given = self.kamkit
        kinds = chosen(self, _still_there(given.get("columns"), self))
        rows, caption = given.get("rows", _ROWS), given.get("caption", "")
        words = {"currency": given.get("currency", ""), "period": given.get("period")}
        html = as_html(self, caption=caption, rows=rows, columns=kinds, **words)
        part = self if rows is None else self.head(rows)
        plain = formatted(part, columns=kinds, **words).to_string(index=False)
        plain = plain if len(self) else str(_("The table is empty."))
        about = {"kind": "table", "name": given.get("name", ""), "caption": caption}
        text = f"{caption}\n{plain}" if caption else plain
        return {"text/html": html, "text/plain": text}, {"kamkit": about}


def table_of(
    frame: pd.DataFrame,
    *,
    name: str = "",
    columns: Sequence[str] | Mapping[str, str] | None = None,
    currency: str = "",
    rows: int | None = _ROWS,
    caption: str = "",
    period: Period | None = None,
) -> Table:
    """Return a table that shows itself; the options are those of ``as_html``.

    ``name`` is its key in the report. Raises ``ParameterError`` for a column that is not there.

    >>> from kamkit.output import show
    >>> show(table_of(pd.DataFrame({"rank": [1], "revenue": [20.5]}), currency="NOK"))
    Rank Revenue (NOK)
       1         20.50
    """
    chosen(frame, columns)
    table = Table(frame)
    table.attrs = dict(frame.attrs)
    table.kamkit = {
        "name": name,
        "columns": columns,
        "currency": currency,
        "rows": rows,
        "caption": caption,
        "period": period,
    }
    return table


def _still_there(
    columns: Sequence[str] | Mapping[str, str] | None, frame: pd.DataFrame
) -> Sequence[str] | Mapping[str, str] | None:
    """Return the columns to show that a part of the table still has; all where it has none."""
    if columns is None:
        return None
    left = [name for name in columns if name in frame.columns]
    if isinstance(columns, Mapping):
        return {name: columns[name] for name in left} or None
    return left or None


def writer(kind: str, values: pd.Series[Any]) -> Callable[[Any], str]:
    """Return the function that writes one value of a column of this kind.

    ``values`` is the whole column: its largest amount decides whether cents are shown.

    >>> import pandas as pd
    >>> writer("money", pd.Series([2500.4]))(2500.4), writer("percent", pd.Series([0.5]))(0.5)
    ('2,500', '50.0%')
    """
    if kind == "money":
        decimals = 0 if _largest(values) >= _SMALL else 2
        return lambda value: number(value, decimals)
    if kind == "number":
        decimals = 0 if _largest(values) >= _SMALL or whole_numbers(values) else 2
        return lambda value: number(value, decimals)
    return _WRITERS[kind]


def _text(value: Any) -> str:
    return "–" if value is None else str(value)


def _date(value: Any) -> str:
    from kamkit.periods import day

    return "–" if value is None else day(value)


def _month(value: Any) -> str:
    from kamkit.periods import month

    return month(value) if hasattr(value, "strftime") else _text(value)


def _flag(value: Any) -> str:
    return "–" if value is None else _("yes") if value else _("no")


def _reason(value: Any) -> str:
    known = value in ("read", "used") or value in REASONS
    return reason_label(value) if known else _text(value)


def _word(value: Any) -> str:
    if value is None:
        return "–"
    # a criterion is called as its column is
    return word(str(value)) if value in WORDS or not schema.find(str(value)) else noun(str(value))


_WRITERS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "code": _text,
    "date": _date,
    "month": _month,
    "flag": _flag,
    "reason": _reason,
    "word": _word,
    "source": lambda value: "–" if value is None else source_words(str(value)),
    "words": lambda value: "–" if value is None else words(str(value)),
    "percent": percent,
    "count": number,
    "cents": lambda value: number(value, 2),
}


def chosen(
    frame: pd.DataFrame, columns: Sequence[str] | Mapping[str, str] | None
) -> dict[str, str]:
    """Return the columns to show, each with its kind, in order.

    Raises ``ParameterError`` for a column that the table lacks.

    >>> import pandas as pd
    >>> chosen(pd.DataFrame({"rank": [1], "late": ["x"]}), None)
    {'rank': 'count', 'late': 'text'}
    """
    names = list(frame.columns) if columns is None else list(columns)
    for name in names:
        if name not in frame.columns:
            _refuse_column(name, [str(column) for column in frame.columns])
    given = columns if isinstance(columns, Mapping) else {}
    return {name: given.get(name) or kind_of(name, frame[name]) for name in names}


def _refuse_column(name: str, known: list[str]) -> None:
    from kamkit.errors import ParameterError, nearest

    guess = nearest(name, known)
    raise ParameterError(
        _("The table has no column “{name}”.", name=name),
        found=", ".join(known),
        remedy=_("Did you mean “{guess}”?", guess=guess)
        if guess
        else _("Choose from the columns found."),
    )


def _column_cells(part: pd.Series[Any], whole: pd.Series[Any], kind: str) -> list[str]:
    write, edge = writer(kind, whole), side(kind)
    if kind in ("date", "month", "code"):
        edge += ";white-space:nowrap"
    return [
        f'<td{_sort_key(value, kind)} style="text-align:{edge}">{escape(text)}</td>'
        for value in known_values(part)
        for text in (_narrow(write(value)),)
    ]


def sort_value(value: Any, kind: str) -> str | None:
    """Return what a value is sorted by; None for a text, which sorts as it reads.

    >>> sort_value(1250.5, "money"), sort_value(None, "money"), sort_value("Bodø", "text")
    ('1250.5', '', None)
    """
    if kind in _LEFT and kind not in ("date", "month"):
        return None
    if value is None or value != value:
        return ""
    if kind in ("date", "month"):
        return value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else str(value)
    # ten figures: the same on every machine, whatever the order of the additions
    return format(float(value), ".10g")


def _narrow(text: str) -> str:
    """Let a cell break before the word of a number, such as million; its currency stays with it."""
    return re.sub("\u00a0(?=[a-zæøå]{4})", " ", text)


def _sort_key(value: Any, kind: str) -> str:
    raw = sort_value(value, kind)
    return "" if raw is None else f' data-sort="{escape(raw)}"'


def known_values(column: pd.Series[Any]) -> list[Any]:
    """Return a column's values, with ``None`` for every kind of missing one.

    >>> import pandas as pd
    >>> known_values(pd.Series([1.5, float("nan")]))
    [1.5, None]
    """
    missing = column.isna()
    return [None if gone else value for value, gone in zip(column, missing, strict=True)]


def side(kind: str) -> str:
    """Return the side that a kind of column is set to.

    >>> side("money"), side("code")
    ('right', 'left')
    """
    return "left" if kind in _LEFT else "right"


def _note(shown: int, total: int) -> str:
    if shown == total > 0:
        return ""
    text = ngettext("{shown} of {n} row", "{shown} of {n} rows", total, shown=number(shown))
    text = text if total else _("The table is empty.")
    return f'<p class="kamkit-note">{escape(text)}</p>'


def _numeric(values: pd.Series[Any]) -> bool:
    if pd.api.types.is_numeric_dtype(values):
        return True
    known = values.dropna()
    return bool(len(known)) and all(hasattr(value, "as_integer_ratio") for value in known)


def _largest(values: pd.Series[Any]) -> float:
    known = values.dropna()
    return max((abs(float(value)) for value in known), default=0.0)


def whole_numbers(values: pd.Series[Any]) -> bool:
    """Say whether a column of numbers has no decimals.

    >>> import pandas as pd
    >>> whole_numbers(pd.Series([2.0, None])), whole_numbers(pd.Series([2.5]))
    (True, False)
    """
    return all(float(value).is_integer() for value in values.dropna())
