"""A column with the reason of crediting beside amounts above zero: it is asked what they are."""

from __future__ import annotations

from kamkit.case.headings import map_option
from kamkit.case.reading.besides import Besides, without
from kamkit.case.wording import REASON
from kamkit.errors import LedgerError
from kamkit.language import gettext as _

_SETTLED = ("doc_type", "credit_amount", "cancelled")
_MOST = 0.5  # of the lines; where more have one, it is no reason of crediting


def refuse_credit_reasons(beside: Besides) -> Besides:
    """Raise ``LedgerError`` where lines above zero have a reason of crediting, and nothing else.

    They are credit notes, or invoices that were credited later, or sales after all. Where some of
    them are below zero, the signs are right already.
    """
    headings = beside.called(REASON)
    if not headings or {*_SETTLED} & {*beside.columns, *beside.given}:
        return beside
    table = beside.with_cells(x_reason=headings[0])
    sound = beside.sound(table)
    told = (sound & table.x_reason.notnull() & ~table.x_reason.isin(["0", "-"])).fill_null(False)
    counts = {
        "above": (told & (table.amount > 0)).sum(),
        "below": (told & (table.amount < 0)).sum(),
        "all": sound.sum(),
    }
    seen = beside.engine.row({name: one.fill_null(0) for name, one in counts.items()}, table)
    if not seen["above"] or seen["above"] > _MOST * seen["all"]:
        return beside
    if seen["below"]:
        return without(beside, headings[:1], beside.lines)
    heading = headings[0]
    worth = beside.worth(table, told)
    ways = [map_option("doc_type", heading), f'--where "{heading}="', "--map doc_type="]
    raise LedgerError(
        _("Lines with a “{heading}” are above zero: nothing tells what they are.", heading=heading),
        where=beside.part.label,
        found=f"{worth['lines']}, {worth['amount']}",
        wanted=_("credit notes below zero"),
        remedy=_(
            "If they are credit notes, say {credit}; if they are invoices that were credited, "
            "leave them out with {out}; if they are sales, say {sales}",
            credit=ways[0],
            out=ways[1],
            sales=ways[2],
        ),
        questions=[(_("What are these lines?"), ways)],
    )
