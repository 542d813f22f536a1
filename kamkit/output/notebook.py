"""How a result leaves a cell: shown, kept for the runner, or a sentence on why it is left out.

Every output carries ``metadata["kamkit"]``, by which the runner finds it again in the executed
notebook.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.files import whole_file
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

RESULTS = "KAMKIT_RESULTS"


def show(*things: Any, rows: int | None = None) -> None:
    """Show findings, pictures, tables and whatever else can show itself, one after another.

    Tuples and lists are shown one by one, ``None`` is passed over, and a reason why results are
    left out is given once. A plain ``DataFrame`` is shown in words like a ``Table``; ``rows`` is
    the most rows of a table. Outside Jupyter the plain text is printed.

    >>> import pandas as pd
    >>> from kamkit.output import Finding
    >>> show(Finding("size", pd.DataFrame(), "Three accounts.", ("One month only.",)))
    Three accounts.
    – One month only.
    >>> show(pd.DataFrame({"rank": [1, 2], "share": [0.5, 0.25]}), rows=1)
    Rank Share of total
       1          50.0%
    """
    import pandas as pd

    from kamkit.output.picture import Picture
    from kamkit.output.table import Table, table_of

    seen: set[str] = set()
    for thing in _each(things):
        if thing is None or _is_told(thing, seen):
            continue
        if isinstance(thing, pd.DataFrame):
            table = thing if isinstance(thing, Table) else table_of(thing)
            _show_one(table if rows is None else table.limited(rows))
        else:
            _show_one(thing)
        if isinstance(thing, Picture):
            _close(thing.figure)


def _each(things: Iterable[Any]) -> Iterator[Any]:
    """Give the things, those inside tuples and lists one by one."""
    for thing in things:
        if isinstance(thing, tuple | list):
            yield from _each(thing)
        else:
            yield thing


def _is_told(thing: Any, seen: set[str]) -> bool:
    """Tell whether what stands for a result has nothing to say, or has said it already."""
    import pandas as pd

    frames = (pd.DataFrame, pd.Series, pd.Index)
    if isinstance(thing, frames) or not hasattr(thing, "text") or thing:
        return False
    if not thing.text or thing.text in seen:
        return True
    seen.add(thing.text)
    return False


def _show_one(thing: Any) -> None:
    bundle = getattr(thing, "_repr_mimebundle_", None)
    shown = bundle() if bundle else None
    if isinstance(shown, tuple) and "kamkit" in shown[1]:
        publish(shown[0], shown[1]["kamkit"])
    elif _in_jupyter():
        from IPython.display import display

        display(thing)  # type: ignore[no-untyped-call]
    else:
        print(thing)


def _in_jupyter() -> bool:
    from IPython import get_ipython

    return get_ipython() is not None


def publish(
    data: dict[str, str], about: dict[str, Any], *, handle: str = "", again: bool = False
) -> None:
    """Send an output to the notebook under its label; outside Jupyter print its plain text.

    ``handle`` is a display id; an output sent ``again`` under it replaces the first.

    >>> publish({"text/html": "<b>3</b>", "text/plain": "3"}, {"kind": "note"})
    3
    """
    if not _in_jupyter():
        print(data["text/plain"])
        return
    from IPython.display import display

    named: dict[str, Any] = {"display_id": handle, "update": again} if handle else {}
    display(data, metadata={"kamkit": about}, raw=True, **named)  # type: ignore[no-untyped-call]


def keep(name: str, frame: pd.DataFrame) -> None:
    """Keep a result table for the runner, who makes the workbook from what was kept.

    Written as ``<name>.parquet``, whole or not at all, in the folder that the variable
    ``KAMKIT_RESULTS`` names; without the variable nothing happens. ``name`` is lower-case
    letters, digits and ``_``. Raises ``ParameterError`` for any other name.

    >>> import pandas as pd
    >>> keep("accounts", pd.DataFrame({"account_id": ["1"]}))
    """
    if not re.fullmatch(r"[a-z0-9_]+", name):
        from kamkit.errors import ParameterError

        raise ParameterError(
            _("A result cannot be kept under the name “{name}”.", name=name),
            wanted=_("lower-case letters, digits and _"),
            remedy=_("Give it a short name such as key_accounts."),
        )
    folder = os.environ.get(RESULTS)
    if folder:
        with whole_file(Path(folder) / f"{name}.parquet") as path:
            frame.to_parquet(path, index=False)


@contextmanager
def if_possible() -> Iterator[None]:
    """Show what a ``with`` block shows, or one sentence where the case cannot support it.

    ``MissingTable``, ``PeriodError``, ``LedgerError`` and ``CapacityError`` become the sentence;
    any other error goes on.

    >>> from kamkit.errors import MissingTable
    >>> with if_possible():
    ...     raise MissingTable("The ledger has no cost.", remedy="Add the column.")
    Left out: The ledger has no cost. Add the column.
    """
    from kamkit.errors import CapacityError, LedgerError, MissingTable, PeriodError

    try:
        yield
    except (CapacityError, LedgerError, MissingTable, PeriodError) as error:
        is_detailed = isinstance(error, CapacityError | LedgerError) and error.found
        detail = f"({error.found})" if is_detailed else ""
        why = " ".join(filter(None, [error.message, detail, error.remedy]))
        text = _("Left out: {why}", why=why)
        html = f'<p class="kamkit-note">{escape(text)}</p>'
        publish({"text/html": html, "text/plain": text}, {"kind": "note", "text": text})


def _close(drawn: Figure) -> None:
    # a figure made with pyplot would be shown a second time at the end of the cell
    import sys

    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(drawn)
