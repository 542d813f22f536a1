"""The door: a table that a person hands to a function is checked once, with our errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kamkit.errors import KamkitError, MissingTable, ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.language import ngettext
from kamkit.schema.contract import TABLES
from kamkit.schema.register import Column, find, label

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = ("money", "cents", "percent", "count", "number")
_DAYS = ("date", "month")
_SHOWN = 5


def check(frame: pd.DataFrame, needs: Iterable[str], *, what: str, each: str = "") -> None:
    """Refuse a table that a function cannot work on.

    ``needs`` are the columns it must have, ``what`` is a table of them called, and ``each`` the
    column whose values stand on one row each. Raises ``MissingTable`` where the ledger could not
    give a column, ``ParameterError`` for another missing column, one of the wrong kind, values of
    ``each`` that stand twice, or what is no table at all.

    >>> import pandas as pd
    >>> check(pd.DataFrame({"account_id": ["1"], "revenu": [9.0]}), ["revenue"], what="accounts")
    Traceback (most recent call last):
    kamkit.errors.ParameterError: The table of accounts has no column “revenue”.
      found:  account_id, revenu
      wanted: revenue: Net sales without VAT, after discounts and credit notes
      do:     Rename “revenu” to “revenue”.
    """
    columns = getattr(frame, "columns", None)
    if columns is None:
        raise _no_table(frame, what)
    for name in needs:
        if name not in columns:
            raise _missing(name, [str(column) for column in columns], what)
        column = find(name)
        if column and not _fits(frame[name], column.kind):
            raise _wrong(frame[name], column, what)
    if each and not frame[each].is_unique:
        raise _twice(frame[each], each, what)


def _fits(values: pd.Series[Any], kind: str) -> bool:
    """Tell whether a column holds what its kind says; an empty one holds anything."""
    from pandas.api import types

    if kind in _NUMBERS:
        right = types.is_numeric_dtype(values)
    elif kind in _DAYS:
        right = types.is_datetime64_any_dtype(values)
    else:
        return True
    return right or all(_is(value, kind) for value in values.dropna())


def _is(value: Any, kind: str) -> bool:
    # exact decimals and plain days stand in columns of objects
    return hasattr(value, "as_integer_ratio" if kind in _NUMBERS else "isoformat")


def _missing(name: str, found: list[str], what: str) -> KamkitError:
    column = find(name)
    near = nearest(name, [one for one in found if column is None or find(one) is None])
    needs = column.needs if column else ""
    if near and column is None:
        remedy = _("Did you mean “{guess}”?", guess=near)
    elif near:
        remedy = _("Rename “{near}” to “{column}”.", near=near, column=name)
    elif needs in TABLES:
        remedy = _(
            "Add the table {table} as a sheet or file; kamkit template shows its columns.",
            table=needs,
        )
    elif needs:
        remedy = _("Add the column {column} to the export, or map it with --map.", column=needs)
    else:
        remedy = _("Add the column, or give the table that has it.")
    error = MissingTable if needs and not near else ParameterError
    return error(
        _("The table of {what} has no column “{column}”.", what=what, column=name),
        found=", ".join(found),
        wanted=f"{name}: {_(column.meaning)}" if column and column.meaning else name,
        remedy=remedy,
    )


def _wrong(values: pd.Series[Any], column: Column, what: str) -> ParameterError:
    wanted = _("days") if column.kind in _DAYS else _("numbers")
    odd = [str(value) for value in values.dropna() if not _is(value, column.kind)]
    return ParameterError(
        _("“{column}” in the table of {what} has the wrong kind.", column=column.name, what=what),
        found=", ".join(f"“{text}”" for text in dict.fromkeys(odd[:_SHOWN])),
        wanted=f"{label(column.name)}: {wanted}",
        remedy=_("Convert the column first, for example with pandas.to_datetime.")
        if column.kind in _DAYS
        else _("Convert the column first, for example with pandas.to_numeric."),
    )


def _twice(values: pd.Series[Any], each: str, what: str) -> ParameterError:
    again = [str(value) for value in dict.fromkeys(values[values.duplicated()])]
    return ParameterError(
        ngettext(
            "{n} value of “{column}” stands on more than one row of the table of {what}.",
            "{n} values of “{column}” stand on more than one row of the table of {what}.",
            len(again),
            column=each,
            what=what,
        ),
        found=", ".join(again[:_SHOWN]),
        wanted=_("one row per {column}", column=each),
        remedy=_("Add the rows up first, or drop the copies."),
    )


def _no_table(frame: Any, what: str) -> ParameterError:
    inner = hasattr(frame, "table")
    return ParameterError(
        _("What was given as {what} is no table.", what=what),
        found=type(frame).__name__,
        wanted="pandas.DataFrame",
        remedy=_("Give its table: add .table.") if inner else _("Give a pandas DataFrame."),
    )
