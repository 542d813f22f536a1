"""How a source is to be read where the source itself cannot tell."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, get_type_hints

from kamkit.errors import ParameterError, nearest
from kamkit.language import gettext as _


@dataclass(frozen=True)
class ReadOptions:
    """What the user settles about a source. The defaults ask the source and refuse to guess.

    - ``day_first``: True for 31/12/2025, False for 12/31/2025, None to tell from the column.
    - ``decimal``: ``","`` or ``"."``, or ``""`` to tell from the columns.
    - ``currency``: ISO code of the amounts; ``rates`` turns others into it (1 unit = rate).
    - ``sheet``: read this sheet alone. ``start`` and ``end``: ISO dates, both included.
    - ``drop_duplicates``: set aside lines that repeat an earlier one exactly.
    - ``exclude``: account numbers to set aside (test and internal customers).
    - ``invoice_totals``: ``"refuse"`` when every line carries its invoice's total, or ``"lines"``
      to sum them all the same, or ``"once"`` to count each invoice once.
    - ``max_rows``, ``max_amount``: largest share of rows, of amount, that may be set aside.
    """

    day_first: bool | None = None
    decimal: str = ""
    currency: str = ""
    rates: dict[str, float] = field(default_factory=dict)
    sheet: str = ""
    start: str = ""
    end: str = ""
    drop_duplicates: bool = False
    exclude: tuple[str, ...] = ()
    invoice_totals: str = "refuse"
    max_rows: float = 0.25
    max_amount: float = 0.25

    def __post_init__(self) -> None:
        _one_of("decimal", self.decimal, ("", ",", "."))
        _one_of("invoice_totals", self.invoice_totals, ("refuse", "lines", "once"))
        for name in ("max_rows", "max_amount"):
            if not 0 <= getattr(self, name) <= 1:
                _refuse(name, getattr(self, name), _("a share from 0 to 1"))
        _iso_code("currency", self.currency)
        for name in ("start", "end"):
            _iso_date(name, getattr(self, name))
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


def _typed(name: str, value: Any) -> Any:
    """Return a plain value in the type of its option; refuse one of another type."""
    if name in ("decimal", "currency", "sheet", "start", "end", "invoice_totals"):
        return _text(name, value)
    if name in ("day_first", "drop_duplicates"):
        if not isinstance(value, bool) and not (name == "day_first" and value is None):
            _refuse(name, value, "true / false")
        return value
    if name == "exclude":
        if not isinstance(value, list | tuple) or not all(isinstance(i, str) for i in value):
            _refuse(name, value, _("a list of account numbers in quotes"))
        return tuple(value)
    if name == "rates":
        return _rates(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(name, value, _("a share from 0 to 1"))
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
