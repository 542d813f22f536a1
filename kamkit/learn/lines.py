"""The learner's own lines of code: run in their kernel, with their errors in plain words."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from kamkit.errors import nearest
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.learn.answers import Unreadable


def value_of(text: str, tables: Mapping[str, Any]) -> Any:
    """Return what lines of code give: the value of the last one, with or without a name.

    Raises ``Unreadable``, in words for a beginner, where Python stops or nothing is calculated.

    >>> value_of("len(rows)", {"rows": [1, 2]}), value_of("n = len(rows)", {"rows": [1, 2]})
    (2, 2)
    """
    try:
        lines = ast.parse(text.strip()).body
    except SyntaxError:
        raise Unreadable(
            _("Python cannot read this. Is a bracket, a quotation mark or a point missing?")
        ) from None
    if not any(isinstance(one, ast.Name) for line in lines for one in ast.walk(line)):
        raise Unreadable(
            _(
                "Write the line that calculates it, with a table: {tables}.",
                tables=join(list(tables)),
            )
        )
    try:
        return _run(lines, {**tables})
    except Exception as error:
        raise Unreadable(_in_words(error, tables)) from error


def _run(lines: list[ast.stmt], known: dict[str, Any]) -> Any:
    """Run all lines but the last, and return the value of that."""
    import pandas as pd

    known = {"pd": pd, **known}
    *before, last = lines
    # the learner's own lines, in the learner's own kernel
    exec(compile(ast.Module(before, []), "<line>", "exec"), known)  # noqa: S102
    if not isinstance(last, ast.Expr | ast.Assign):
        exec(compile(ast.Module([last], []), "<line>", "exec"), known)  # noqa: S102
        return None
    value = last.value
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "print" and value.args:
        value = value.args[0]  # what print shows it would not give back
    return eval(compile(ast.Expression(value), "<line>", "eval"), known)  # noqa: S307


def _in_words(error: Exception, tables: Mapping[str, Any]) -> str:
    """Return what Python says; of a name that there is not, what it may have been meant to be."""
    columns = {str(one): n for n, t in tables.items() for one in getattr(t, "columns", ())}
    name = _missing(error)
    if isinstance(error, NameError) and name in columns:
        line = f'{columns[name]}["{name}"]'
        return str(
            _("“{name}” is a column: write its table before it, {line}.", name=name, line=line)
        )
    if isinstance(error, NameError):
        known = join(list(tables))
        return str(_("There is no “{name}” here. Known are {names}.", name=name, names=known))
    if name in columns:
        sentence = _(
            "This table has no column “{name}”. {table} has it.", name=name, table=columns[name]
        )
        return str(sentence)
    near = nearest(name, columns) if name else ""
    if near:
        return str(_("There is no column “{name}”. Did you mean {near}?", name=name, near=near))
    return str(_("Python stopped: {error}", error=f"{type(error).__name__}: {error}"))


def _missing(error: Exception) -> str:
    """Return the name that Python did not find; empty where it is another error."""
    if isinstance(error, NameError | AttributeError):
        return str(error.name or "")
    return str(error.args[0]) if isinstance(error, KeyError) and error.args else ""


def plain(value: Any) -> Any:
    """Return a result as Python has it: numbers, texts, and lists of them.

    A table of one column is a list, as a column is.

    >>> import pandas as pd
    >>> plain(pd.Series([1, 2])), plain(pd.Series([3]).sum()), plain(pd.DataFrame({"a": [1]}))
    ([1, 2], 3, [1])
    """
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        rows = [[plain(one) for one in row] for row in value.itertuples(index=False)]
        return [row[0] for row in rows] if len(value.columns) == 1 else rows
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        value = value.values()
    return value if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
