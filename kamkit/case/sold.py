"""Orders that came to nothing, told by their status, and payments told by their text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.case.documents import as_told
from kamkit.case.engine import Engine
from kamkit.case.headings import folded
from kamkit.case.options import ReadOptions
from kamkit.case.reading.statuses import DAY, invoiced, sold
from kamkit.case.reversed import with_reversed
from kamkit.case.words import WORDS
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext, number

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST = 40  # different values: beyond it the column is no status
_A_DAY = "0000-00-00"  # stands for any day


def with_status(
    ledger: ir.Table, headings: Mapping[str, str], options: ReadOptions, engine: Engine, where: str
) -> tuple[ir.Table, list[str]]:
    """Mark the lines of orders that came to nothing as ``is_unsold``; return notes on each value.

    ``headings`` are those of ``status``, of ``cancelled``, whose days are one value, and of
    ``was_invoiced``. Where the user has chosen lines by a column, nothing is marked by it.

    Raises ``LedgerError`` where a status is told by codes that only its system knows.
    """
    import ibis

    unsold: ir.BooleanValue = ibis.literal(False)
    notes = []
    if "cancelled" in ledger.columns:
        day = ledger.cancelled.re_search(DAY)
        ledger = ledger.mutate(cancelled=ibis.ifelse(day, _A_DAY, ledger.cancelled))
    for name in ("status", "cancelled", "was_invoiced"):
        heading = headings.get(name, "")
        if name in ledger.columns and not _named_columns(options) & {name, heading}:
            out, told = _unsold(ledger, name, heading, engine, where)
            unsold = unsold | ledger[name].isin(out).fill_null(False) if out else unsold
            notes += told
    ledger = ledger.mutate(is_unsold=unsold)
    if isinstance(unsold, ibis.expr.types.Scalar):  # nothing is
        return ledger, notes
    ledger, told = with_reversed(ledger, engine)
    return ledger, [*notes, *told]


def _is_sale(word: str, name: str) -> bool | None:
    return invoiced(word) if name == "was_invoiced" else sold(word, flag=name == "cancelled")


def _refuse_codes(seen: list[dict[str, Any]], heading: str, where: str) -> None:
    """Raise ``LedgerError`` where all values of a status are numbers, and there are several."""
    if len(seen) < 2 or not all(line["word"].isdigit() for line in seen):
        return
    codes = sorted((line["word"] for line in seen), key=int)
    raise LedgerError(
        _("Nothing tells which numbers in “{heading}” are sales.", heading=heading),
        where=where,
        found="; ".join(
            ngettext(
                "{word}: {n} line, {amount}",
                "{word}: {n} lines, {amount}",
                line["rows"],
                word=line["word"],
                amount=number(float(line["amount"] or 0), 2),
            )
            for line in seen[:12]
        ),
        wanted=_("which of them are orders that were sold"),
        remedy=_(
            'Name those that were: --where "{heading}={codes}". If all were, say --map status=',
            heading=heading,
            codes=",".join(codes),
        ),
        questions=[
            (
                _("Which of them were sold?"),
                ["--map status=", *(f'--where-not "{heading}={code}"' for code in codes)],
            )
        ],
    )


def _stand_credited(ledger: ir.Table, name: str, words: list[str], engine: Engine) -> bool:
    """Tell whether most invoices that are said to be credited have their credit note beside them.

    It is the same amount below zero at the same customer.
    """
    import ibis

    credited = ledger.filter(ledger[name].isin(words) & (ledger.amount > 0))
    back = ledger.filter(ledger.amount < 0).select("account_id", size=-ledger.amount).distinct()
    paired = credited.left_join(
        back, [credited.account_id == back.account_id, credited.amount == back.size]
    ).aggregate(all=ibis._.count(), paired=ibis._["size"].count())
    row = engine.rows(paired)[0]
    return bool(row["paired"] * 2 > row["all"])


def _named_columns(options: ReadOptions) -> set[str]:
    return {one.partition("=")[0].strip() for one in (*options.where, *options.where_not)}


def _unsold(
    ledger: ir.Table, name: str, heading: str, engine: Engine, where: str
) -> tuple[list[str], list[str]]:
    """Return the values of a column that are no sale, and what to tell of all of them."""
    values = ledger.group_by(word=ledger[name])
    seen = engine.rows(values.aggregate(rows=ledger.count(), amount=ledger.amount.sum()))
    seen = [line for line in seen if line["word"]]
    if not seen or len(seen) > _MOST:
        return [], []
    seen.sort(key=lambda line: (-line["rows"], line["word"]))
    if name == "status":
        _refuse_codes(seen, heading, where)
    fates = {line["word"]: _is_sale(line["word"], name) for line in seen}
    credited = [word for word in fates if folded(word) in WORDS["credited"]]
    if credited and _stand_credited(ledger, name, credited, engine):
        fates |= dict.fromkeys(credited, True)  # their credit notes take them off
    out = [word for word, fate in fates.items() if fate is False]
    words = {True: _("used"), False: _("set aside"), None: _("not known, used")}
    notes = [
        as_told(
            _("a day") if line["word"] == _A_DAY else line["word"], line, words[fates[line["word"]]]
        )
        for line in seen
    ]
    note = _(
        'Status “{heading}”: {words}. Choose others with --where-not "{heading}=VALUE".',
        heading=heading,
        words="; ".join(notes[:12]),
    )
    return out, [note]
