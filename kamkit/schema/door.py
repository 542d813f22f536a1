"""The door: a table that a person hands to a function is checked once, with our errors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from kamkit.errors import KamkitError, MissingTable, ParameterError, nearest
from kamkit.language import N_, ngettext
from kamkit.language import gettext as _
from kamkit.schema.contract import TABLES
from kamkit.schema.register import Column, find, label

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = ("money", "cents", "percent", "count", "number")
_DAYS = ("date", "month")
_SHOWN = 5
_Function = TypeVar("_Function", bound=Callable[..., Any])
_CALLED = {
    "accounts": N_("accounts"),
    "answer": N_("accounts"),
    "before": N_("accounts"),
    "chosen": N_("strategies"),
    "classes": N_("classes"),
    "contacts": N_("contacts"),
    "days": N_("purchase days"),
    "every": N_("accounts"),
    "facts": N_("accounts"),
    "goals": N_("goals"),
    "grid": N_("opportunities"),
    "key_accounts": N_("key accounts"),
    "names": N_("accounts"),
    "ordinary_sales": N_("accounts"),
    "pairs": N_("pairs"),
    "persons": N_("people"),
    "prospects": N_("prospects"),
    "quarters": N_("quarters"),
    "questionnaire": N_("answers"),
    "ratings": N_("ratings"),
    "rules": N_("rules"),
    "sellers": N_("sellers"),
    "stages": N_("stages"),
    "strategies": N_("strategies"),
    "then": N_("accounts"),
    "wallet": N_("shares of wallet"),
}
"""What a table of a parameter is called; of any other: ``numbers``."""


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


def takes(**needs: str) -> Callable[[_Function], _Function]:
    """Put ``check`` before a function: for each table it takes, the columns it must have.

    The columns stand with spaces between, under the name of the parameter; ``{by}`` is the column
    that the argument ``by`` names. A table that may be left out and is, is not asked for.

    >>> import pandas as pd
    >>> @takes(accounts="account_id revenue")
    ... def total(accounts: pd.DataFrame) -> float:
    ...     return float(accounts["revenue"].sum())
    >>> total(pd.DataFrame({"account_id": ["1"], "revenue": [9.0]}))
    9.0
    >>> total(pd.DataFrame({"account_id": ["1"]}))
    Traceback (most recent call last):
    kamkit.errors.ParameterError: The table of accounts has no column “revenue”.
      found:  account_id
      wanted: revenue: Net sales without VAT, after discounts and credit notes
      do:     Add the column, or give the table that has it.
    """
    columns = {name: tuple(one.split()) for name, one in needs.items()}

    def with_a_door(function: _Function) -> _Function:
        signature = inspect.signature(function)

        @wraps(function)
        def checked(*args: Any, **given: Any) -> Any:
            bound = signature.bind(*args, **given)
            bound.apply_defaults()
            for name, must in columns.items():
                table = bound.arguments[name]
                one = signature.parameters[name]
                if table is None and (one.default is None or "None" in str(one.annotation)):
                    continue
                wanted = [column.format_map(bound.arguments) for column in must]
                check(table, wanted, what=_(_CALLED.get(name, N_("numbers"))))
            return function(*args, **given)

        return cast("_Function", checked)

    return with_a_door


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
