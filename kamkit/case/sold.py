"""Orders that came to nothing, told by their status, and payments told by their text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.case.reading.statuses import DAY, sold
from kamkit.language import gettext as _
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST = 40  # different values: beyond it the column is no status
_A_DAY = "0000-00-00"  # stands for any day


def with_status(
    ledger: ir.Table, headings: Mapping[str, str], options: ReadOptions, engine: Engine
) -> tuple[ir.Table, list[str]]:
    """Mark the lines of orders that came to nothing as ``is_unsold``; return notes on each value.

    ``headings`` are those of ``status`` and ``cancelled``, whose days are one value. Where the user
    has chosen lines by a column, nothing is marked by it.
    """
    import ibis

    unsold: ir.BooleanValue = ibis.literal(False)
    notes = []
    if "cancelled" in ledger.columns:
        day = ledger.cancelled.re_search(DAY)
        ledger = ledger.mutate(cancelled=ibis.ifelse(day, _A_DAY, ledger.cancelled))
    for name in ("status", "cancelled"):
        heading = headings.get(name, "")
        if name in ledger.columns and not _asked(options) & {name, heading}:
            out, told = _unsold(ledger, name, heading, engine)
            unsold = unsold | ledger[name].isin(out).fill_null(False) if out else unsold
            notes += told
    return ledger.mutate(is_unsold=unsold), notes


def _asked(options: ReadOptions) -> set[str]:
    return {one.partition("=")[0].strip() for one in (*options.where, *options.where_not)}


def _unsold(
    ledger: ir.Table, name: str, heading: str, engine: Engine
) -> tuple[list[str], list[str]]:
    """Return the values of a column that are no sale, and what to tell of all of them."""
    values = ledger.group_by(word=ledger[name])
    seen = engine.rows(values.aggregate(rows=ledger.count(), amount=ledger.amount.sum()))
    seen = [line for line in seen if line["word"]]
    if not seen or len(seen) > _MOST:
        return [], []
    seen.sort(key=lambda line: (-line["rows"], line["word"]))
    fates = {line["word"]: sold(line["word"], flag=name == "cancelled") for line in seen}
    out = [word for word, fate in fates.items() if fate is False]
    words = {True: _("used"), False: _("set aside"), None: _("not known, used")}
    told = [
        ngettext(
            "“{word}” {n} line, {amount}: {kind}",
            "“{word}” {n} lines, {amount}: {kind}",
            line["rows"],
            word=_("a day") if line["word"] == _A_DAY else line["word"],
            amount=number(float(line["amount"] or 0), 2),
            kind=words[fates[line["word"]]],
        )
        for line in seen
    ]
    note = _(
        'Status “{heading}”: {words}. Choose others with --where-not "{heading}=VALUE".',
        heading=heading,
        words="; ".join(told[:12]),
    )
    return out, [note]
