"""How a source is to be read where the source itself cannot tell."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, get_type_hints

from kamkit.errors import ParameterError, nearest
from kamkit.language import gettext as _

_LISTS = ("exclude", "where", "where_not", "revenue_accounts")


@dataclass(frozen=True)
class ReadOptions:
    """What the user settles about a source. The defaults ask the source and refuse to guess.

    - ``day_first``: True for 31/12/2025, False for 12/31/2025, None to tell from the column.
    - ``date_format``: how dates are written, such as ``"yy-mm-dd"``, where the column cannot tell.
    - ``decimal``: ``","`` or ``"."``, or ``""`` to tell from the columns.
    - ``currency``: ISO code of the amounts; ``rates`` turns others into it (1 unit = rate).
    - ``sheet``: read this sheet alone. ``start`` and ``end``: ISO dates, both included.
    - ``drop_duplicates``: set aside lines that repeat an earlier one exactly.
    - ``where``, ``where_not``: lines to use or to set aside, each ``"COLUMN=VALUE,VALUE"`` with a
      heading of the source.
    - ``merge``: count account numbers that differ only in case, spaces or leading zeros as one,
      and those with one organisation number in the register of customers.
    - ``alias``: numbers that are another customer's: ``{"17850-2": "17850"}``.
    - ``discount``: what the column of discounts holds: ``"share"``, ``"percent"`` or ``"amount"``;
      ``"none"`` where prices hold it already.
    - ``vat``: the rate of VAT, in per cent, that amounts hold; 0 where they hold none.
    - ``exclude``: account numbers to set aside (test and internal customers).
    - ``invoice_totals``: ``"refuse"`` when every line carries its invoice's total, or ``"lines"``
      to sum them all the same, or ``"once"`` to count each invoice once.
    - ``sign``: ``"turned"`` where sales are written below zero, as in a general ledger; ``"kept"``
      where amounts below zero are credit notes.
    - ``revenue_accounts``: the accounts of a SAF-T file that are sales: numbers, beginnings of
      numbers, or ranges such as ``"3000-3799"``; empty for the Norwegian chart's own.
    - ``table``, ``query``: the table or view of a database to read, or the query that gives it.
    - ``in_place``: compute with the lines where they lie, in PostgreSQL or DuckDB, in place of
      copying them; nothing but temporary tables is written there.
    - ``max_rows``, ``max_amount``: largest share of rows, of amount, that may be set aside.
    """

    day_first: bool | None = None
    date_format: str = ""
    decimal: str = ""
    currency: str = ""
    rates: dict[str, float] = field(default_factory=dict)
    sheet: str = ""
    start: str = ""
    end: str = ""
    drop_duplicates: bool = False
    where: tuple[str, ...] = ()
    where_not: tuple[str, ...] = ()
    merge: bool = False
    alias: dict[str, str] = field(default_factory=dict)
    discount: str = ""
    vat: float | None = None
    exclude: tuple[str, ...] = ()
    invoice_totals: str = "refuse"
    sign: str = ""
    revenue_accounts: tuple[str, ...] = ()
    table: str = ""
    query: str = ""
    in_place: bool = False
    max_rows: float = 0.25
    max_amount: float = 0.25

    def __post_init__(self) -> None:
        _one_of("decimal", self.decimal, ("", ",", "."))
        _one_of("invoice_totals", self.invoice_totals, ("refuse", "lines", "once"))
        _one_of("sign", self.sign, ("", "kept", "turned"))
        _one_of("discount", self.discount, ("", "share", "percent", "amount", "none"))
        _date_format(self.date_format)
        _percent("vat", self.vat)
        _conditions("where", self.where)
        _conditions("where_not", self.where_not)
        for name in ("max_rows", "max_amount"):
            if not 0 <= getattr(self, name) <= 1:
                _refuse(name, getattr(self, name), _("a share from 0 to 1"))
        _iso_code("currency", self.currency)
        for name in ("start", "end"):
            _iso_date(name, getattr(self, name))
        _accounts("revenue_accounts", self.revenue_accounts)
        if self.start and self.end and self.end < self.start:
            _refuse("end", self.end, _("a date on or after {start}", start=self.start))

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> ReadOptions:
        """Make options from plain values, as a mapping file or the command line gives them.

        Raises ``ParameterError`` for an unknown name or a value of the wrong type.

        >>> ReadOptions.read({"day_first": True, "exclude": ["0007"]}).exclude
        ('0007',)
        """
        hints = get_type_hints(cls)
        clean: dict[str, Any] = {}
        for name, value in values.items():
            if name not in hints:
                raise ParameterError(
                    _("Unknown reading option “{name}”.", name=name),
                    wanted=", ".join(hints),
                    remedy=_did_you_mean(name, list(hints)),
                )
            clean[name] = _typed(name, value)
        return cls(**clean)

    def given(self) -> dict[str, Any]:
        """Return the options that differ from the defaults.

        >>> ReadOptions(currency="NOK").given()
        {'currency': 'NOK'}
        """
        default = ReadOptions()
        return {
            item.name: getattr(self, item.name)
            for item in dataclasses.fields(self)
            if getattr(self, item.name) != getattr(default, item.name)
        }


_TEXTS = (
    *("decimal", "currency", "sheet", "start", "end", "invoice_totals", "table", "query"),
    *("date_format", "discount", "sign"),
)


def _typed(name: str, value: Any) -> Any:
    """Return a plain value in the type of its option; refuse one of another type."""
    if name in _TEXTS:
        return _text(name, value)
    if name in ("day_first", "drop_duplicates", "in_place", "merge"):
        if not isinstance(value, bool) and not (name == "day_first" and value is None):
            _refuse(name, value, "true / false")
        return value
    if name in _LISTS:
        if not isinstance(value, list | tuple) or not all(isinstance(i, str) for i in value):
            numbers = _("a list of account numbers in quotes")
            texts = _("a list of texts in quotes")
            _refuse(name, value, texts if name.startswith("where") else numbers)
        if name == "revenue_accounts":
            return tuple(one.strip() for text in value for one in text.split(","))
        return tuple(value)
    if name == "rates":
        return _rates(value)
    if name == "alias":
        return _alias(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        wanted = _("a rate in per cent, such as 25") if name == "vat" else _("a share from 0 to 1")
        _refuse(name, value, wanted)
    return float(value)


def _text(name: str, value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, str):
        _refuse(name, value, _("text"))
    if name == "currency":
        _iso_code(name, value)
        return str(value).upper()
    return str(value)


def _rates(value: Any) -> dict[str, float]:
    good = isinstance(value, Mapping) and all(
        isinstance(rate, int | float) and not isinstance(rate, bool) and 1e-6 <= rate <= 1e6
        for rate in value.values()
    )
    if not good:
        _refuse("rates", value, _("currency codes with a rate above zero, as EUR = 11.5"))
    return {str(code).upper(): float(rate) for code, rate in value.items()}


def _alias(value: Any) -> dict[str, str]:
    texts = isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values())
    if not texts:
        _refuse("alias", value, _('account numbers in quotes, as "17850-2" = "17850"'))
    return {str(number): str(other) for number, other in value.items()}


def _conditions(name: str, values: tuple[str, ...]) -> None:
    for value in values:
        heading, equals, _value = value.partition("=")  # no value is an empty cell
        if not (heading.strip() and equals):
            _refuse(name, value, _("COLUMN=VALUE, with a heading of the source"))


def _accounts(name: str, values: tuple[str, ...]) -> None:
    for value in values:
        if not re.fullmatch(r"\w+|\d+-\d+", value):
            _refuse(name, value, "3000 / 30 / 3000-3799")


def _percent(name: str, value: float | None) -> None:
    if value is not None and not 0 <= value < 100:
        _refuse(name, value, _("a rate in per cent, such as 25"))


def _date_format(value: str) -> None:
    from kamkit.case.reading.dates import parts

    try:
        parts(value or "yyyy-mm-dd")
    except ValueError:
        _refuse("date_format", value, _("year, month and day as in dd.mm.yyyy or yy-mm-dd"))


def _did_you_mean(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    return _("Did you mean “{near}”?", near=near) if near else _("Remove it.")


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        _refuse(name, value, " / ".join(choice or '""' for choice in choices))


def _iso_code(name: str, value: str) -> None:
    if value and not (value.isalpha() and len(value) == 3):
        _refuse(name, value, _("an ISO code such as NOK"))


def _iso_date(name: str, value: str) -> None:
    if value:
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            _refuse(name, value, _("a date such as 2025-03-31"))


def _refuse(name: str, value: object, wanted: str) -> NoReturn:
    raise ParameterError(
        _("The reading option “{name}” cannot have this value.", name=name),
        found=repr(value),
        wanted=wanted,
        remedy=_("Change it on the command line or in the mapping file."),
    )
