"""Tables for people: each column under its name in words, formatted by what it measures.

``COLUMNS`` is the register: column name to heading and kind. The page, the workbook and the
charts all take their words from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.language import mark, number, percent, say, say_many

if TYPE_CHECKING:
    import pandas as pd

KINDS = (
    "text",
    "code",
    "date",
    "month",
    "money",
    "cents",
    "percent",
    "count",
    "number",
    "flag",
    "reason",
)
"""What a column measures. ``money`` is shown in whole units when it is large, ``cents`` always
with two decimals; ``code`` is an identifier; ``percent`` is a share, a fraction of 1; ``reason`` a
key of ``case.checks.REASONS``."""

COLUMNS: dict[str, tuple[str, str]] = {
    "abc_class": (mark("Class"), "code"),
    "account_id": (mark("Account"), "code"),
    "account_manager": (mark("Account manager"), "text"),
    "account_name": (mark("Name"), "text"),
    "accounts": (mark("Accounts"), "count"),
    "action": (mark("Action"), "text"),
    "active_months": (mark("Active months"), "count"),
    "activity": (mark("Activity"), "text"),
    "amount": (mark("Revenue"), "money"),
    "amount_after": (mark("Revenue after"), "money"),
    "amount_before": (mark("Revenue before"), "money"),
    "at_or_below_zero": (mark("At or below zero"), "flag"),
    "best_member": (mark("Best member"), "code"),
    "category": (mark("Product group"), "text"),
    "change": (mark("Change"), "number"),
    "class_after": (mark("Class after"), "code"),
    "class_before": (mark("Class before"), "code"),
    "column": (mark("Column"), "text"),
    "competitor": (mark("Competitor"), "text"),
    "contribution": (mark("Contribution margin"), "money"),
    "contribution_ratio": (mark("Contribution ratio"), "percent"),
    "cost": (mark("Cost of goods"), "money"),
    "cost_per_unit": (mark("Cost per unit"), "cents"),
    "credit_amount": (mark("Credited amount"), "money"),
    "credit_notes": (mark("Credit notes"), "count"),
    "credit_share": (mark("Credited share"), "percent"),
    "credited": (mark("Credited"), "money"),
    "criterion": (mark("Criterion"), "text"),
    "cumulative_accounts": (mark("Cumulative share of accounts"), "percent"),
    "cumulative_share": (mark("Cumulative share"), "percent"),
    "currency": (mark("Currency"), "code"),
    "date": (mark("Date"), "date"),
    "department": (mark("Department"), "text"),
    "doc_type": (mark("Document type"), "code"),
    "due": (mark("Due"), "date"),
    "employees": (mark("Employees"), "count"),
    "estimated_spend": (mark("Estimated spend"), "money"),
    "first_date": (mark("First purchase"), "date"),
    "growth_needed": (mark("Growth needed"), "percent"),
    "heading": (mark("Heading"), "text"),
    "hours_each": (mark("Hours a month for each"), "number"),
    "high": (mark("High"), "percent"),
    "industry": (mark("Industry"), "text"),
    "influence": (mark("Influence"), "number"),
    "invoice_id": (mark("Invoice"), "code"),
    "invoiced": (mark("Invoiced"), "money"),
    "invoices": (mark("Invoices"), "count"),
    "key_accounts": (mark("Key accounts"), "count"),
    "largest": (mark("Largest"), "number"),
    "last_contact": (mark("Last contact"), "date"),
    "last_date": (mark("Last purchase"), "date"),
    "lines": (mark("Invoice lines"), "count"),
    "list_amount": (mark("Amount at list price"), "money"),
    "lost": (mark("Lost"), "money"),
    "low": (mark("Low"), "percent"),
    "measure": (mark("Measure"), "text"),
    "members": (mark("Accounts in the group"), "count"),
    "month": (mark("Month"), "month"),
    "name": (mark("Name"), "text"),
    "next_adds": (mark("The next one adds"), "percent"),
    "objective": (mark("Objective"), "text"),
    "only_as_whole": (mark("Only as a whole"), "flag"),
    "org_number": (mark("Organisation number"), "code"),
    "our_contact": (mark("Our contact"), "text"),
    "owner": (mark("Responsible"), "text"),
    "parent_id": (mark("Parent"), "code"),
    "part": (mark("Part of the source"), "text"),
    "person": (mark("Contact person"), "text"),
    "product_id": (mark("Product"), "code"),
    "product_name": (mark("Product name"), "text"),
    "prospect_id": (mark("Prospect"), "code"),
    "quantity": (mark("Quantity"), "number"),
    "rank": (mark("Rank"), "count"),
    "rater": (mark("Rated by"), "text"),
    "reading": (mark("Reading"), "text"),
    "reason": (mark("Reason"), "reason"),
    "region": (mark("Region"), "text"),
    "remaining": (mark("Remaining"), "money"),
    "reports_to": (mark("Reports to"), "text"),
    "role": (mark("Role"), "text"),
    "rows": (mark("Rows"), "count"),
    "score": (mark("Rating"), "number"),
    "segment": (mark("Segment"), "text"),
    "seller": (mark("Salesperson"), "text"),
    "served_by": (mark("Served by"), "text"),
    "share": (mark("Share of the total"), "percent"),
    "share_accounts": (mark("Share of accounts"), "percent"),
    "share_amount": (mark("Share of the total"), "percent"),
    "share_rows": (mark("Share of rows"), "percent"),
    "since": (mark("Customer since"), "date"),
    "small_accounts": (mark("Small accounts that weigh as much"), "count"),
    "smallest": (mark("Smallest"), "number"),
    "source_row": (mark("Row in the source"), "count"),
    "spend": (mark("Total spend"), "money"),
    "status": (mark("Status"), "text"),
    "support": (mark("Attitude to us"), "number"),
    "target": (mark("Target"), "text"),
    "unit_price": (mark("Unit price"), "cents"),
    "unreadable": (mark("Amounts that cannot be read"), "count"),
    "value": (mark("Value"), "number"),
    "year": (mark("Year"), "code"),
}

_LEFT = ("text", "code", "month", "date", "flag", "reason")
_SMALL = 1000.0


def label(name: str, currency: str = "") -> str:
    """Return a column's heading; money columns name the currency.

    >>> label("amount", "NOK"), label("days_late"), label("rank_amount")
    ('Revenue (NOK)', 'Days late', 'Rank by revenue')
    """
    if name not in COLUMNS:
        from kamkit.identify.pareto import criterion

        for start, text in (
            ("rank_", mark("Rank by {measure}")),
            ("class_", mark("Class by {measure}")),
        ):
            if name.startswith(start):
                return say(text, measure=criterion(name.removeprefix(start)))
        words = name.replace("_", " ").strip()
        return words[:1].upper() + words[1:]
    text, kind = COLUMNS[name]
    if currency and kind in ("money", "cents"):
        return say("{quantity} ({unit})", quantity=say(text), unit=currency)
    return say(text)


def kind_of(name: str, values: pd.Series[Any]) -> str:
    """Return what a column measures: from the register, else from its type.

    >>> import pandas as pd
    >>> kind_of("amount", pd.Series([1])), kind_of("late", pd.Series([True]))
    ('money', 'flag')
    """
    import pandas as pd

    types = pd.api.types
    if types.is_bool_dtype(values):
        return "flag"
    if types.is_datetime64_any_dtype(values):
        return COLUMNS[name][1] if name == "month" else "date"
    kind = COLUMNS[name][1] if name in COLUMNS else ""
    if kind in ("money", "cents", "percent", "count", "number") and not _numeric(values):
        return "text"
    if kind and kind != "date":
        return kind
    if types.is_integer_dtype(values):
        return "count"
    return "number" if types.is_numeric_dtype(values) else "text"


def formatted(
    frame: pd.DataFrame,
    *,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    currency: str = "",
) -> pd.DataFrame:
    """Return a table of strings, as a person reads them; grain and order as given.

    ``columns`` names the columns to show, in order; a mapping also gives their kind (``KINDS``).
    A missing value is an en dash. Raises ``ParameterError`` for a column that is not there.

    >>> import pandas as pd
    >>> print(formatted(pd.DataFrame({"rank": [1], "amount": [1234567.8]})).to_string(index=False))
    Rank   Revenue
       1 1,234,568
    """
    import pandas as pd

    kinds = chosen(frame, columns)
    texts = {
        position: list(map(writer(kind, frame[name]), known_values(frame[name])))
        for position, (name, kind) in enumerate(kinds.items())
    }
    shown = pd.DataFrame(texts, index=frame.index, dtype="str")
    shown.columns = pd.Index([label(name, currency) for name in kinds])
    return shown


def as_html(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    rows: int | None = 20,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    currency: str = "",
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
    head = "".join(
        f'<th scope="col" style="text-align:{side(kind)}">{escape(label(name, currency))}</th>'
        for name, kind in kinds.items()
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="kamkit-table"><table>{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{_note(len(part), len(frame))}</div>"
    )


def table(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    rows: int | None = 20,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    name: str = "",
    currency: str = "",
) -> None:
    """Show a table in the notebook; see ``as_html``. ``name`` is its key in the report.

    >>> import pandas as pd
    >>> table(pd.DataFrame({"rank": [1], "amount": [20.5]}), currency="NOK")
    Rank Revenue (NOK)
       1         20.50
    """
    from kamkit.show.figures import publish

    html = as_html(frame, caption=caption, rows=rows, columns=columns, currency=currency)
    kinds = chosen(frame, columns)
    part = frame if rows is None else frame.head(rows)
    plain = formatted(part, columns=kinds, currency=currency).to_string(index=False)
    publish(
        {"text/html": html, "text/plain": f"{caption}\n{plain}" if caption else plain},
        {"kind": "table", "name": name, "caption": caption},
    )


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
    from babel.dates import format_date

    from kamkit.language import locale_name

    if not hasattr(value, "strftime"):
        return _text(value)
    return format_date(value, format="MMM y", locale=locale_name())


def _flag(value: Any) -> str:
    return "–" if value is None else say("yes") if value else say("no")


def _reason(value: Any) -> str:
    from kamkit.case.checks import REASONS, reason_label

    known = value in ("read", "used") or value in REASONS
    return reason_label(value) if known else _text(value)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "code": _text,
    "date": _date,
    "month": _month,
    "flag": _flag,
    "reason": _reason,
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
        say("The table has no column “{name}”.", name=name),
        found=", ".join(known),
        remedy=say("Did you mean “{guess}”?", guess=guess)
        if guess
        else say("Choose from the columns found."),
    )


def _column_cells(part: pd.Series[Any], whole: pd.Series[Any], kind: str) -> list[str]:
    write, edge = writer(kind, whole), side(kind)
    if kind in ("date", "month", "code"):
        edge += ";white-space:nowrap"
    return [
        f'<td{_sort_key(value, kind)} style="text-align:{edge}">{escape(write(value))}</td>'
        for value in known_values(part)
    ]


def _sort_key(value: Any, kind: str) -> str:
    if kind in ("text", "code", "flag", "reason"):
        return ""
    if value is None:
        return ' data-sort=""'
    if kind in ("date", "month"):
        raw = value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else str(value)
    else:
        # ten figures: the same on every machine, whatever the order of the additions
        raw = format(float(value), ".10g")
    return f' data-sort="{escape(raw)}"'


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
    if shown == total:
        return ""
    text = say_many("{shown} of {n} row", "{shown} of {n} rows", total, shown=number(shown))
    return f'<p class="kamkit-note">{escape(text)}</p>'


def _numeric(values: pd.Series[Any]) -> bool:
    import pandas as pd

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
