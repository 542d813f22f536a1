"""Amounts that stand in another column where that of the amount is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.reading.source import Part
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NUMBER = "^.?\\s*[-+(]? ?[0-9][0-9 .,'\u00a0\u202f]*[)]?-?\\s*$"
_LEAST = 0.02
_MOST = 8  # columns that are looked at


def refuse_elsewhere(
    part: Part, ledger: ir.Table, unused: Sequence[str], columns: Mapping[str, str], engine: Engine
) -> None:
    """Raise ``LedgerError`` where a column that is not used holds the amounts of some lines.

    It has numbers on the lines without an amount, and nearly none on the others, such as one
    column for each currency.
    """
    heading = columns.get("amount", "")
    free = [one for one in unused if part.headings.count(one) == 1][:_MOST]
    if part.whole or not heading or not free:
        return
    lacking = ledger.blank_amount & ~ledger.blank_date & ledger.account_id.notnull()
    seen = engine.row({"lacking": lacking.sum().fill_null(0), "all": ledger.count()}, ledger)
    if not seen["lacking"] or seen["lacking"] < _LEAST * seen["all"]:
        return
    flagged = ledger.select("source_row", lacking=lacking)
    cells = {f"x{at}": part.relation[f"c{part.headings.index(one)}"] for at, one in enumerate(free)}
    table = part.relation.select("source_row", **cells).join(flagged, "source_row")
    counts = {}
    for name in cells:
        filled = table[name].cast("string").re_search(_NUMBER).fill_null(False)
        counts[f"{name}|here"] = (filled & table.lacking).sum().fill_null(0)
        counts[f"{name}|there"] = (filled & ~table.lacking).sum().fill_null(0)
    counted = engine.row(counts, table)
    for at, other in enumerate(free):
        here, there = counted[f"x{at}|here"], counted[f"x{at}|there"]
        if here * 2 >= seen["lacking"] and there * 10 <= here:
            raise LedgerError(
                _(
                    "“{heading}” is empty on lines where “{other}” has a number.",
                    heading=heading,
                    other=other,
                ),
                where=part.label,
                found=ngettext("{n} line", "{n} lines", here),
                wanted=_("one column with the amount of every line"),
                remedy=_(
                    "Bring both into one column, with the currency beside it if they differ in "
                    'that; or leave these lines out: --where-not "{heading}="',
                    heading=heading,
                ),
            )
