"""Orders that stand once for each day on which they were exported: the last day counts."""

from __future__ import annotations

from kamkit.case.reading.besides import Besides, without
from kamkit.language import gettext as _

_TAKEN = (
    r"(?i)^\W*(?:snapshot|as[\W_]*of|extract(?:ed|ion)?|uttrekks?|stichtag|stand(?: vom)?|per|pr|"
    r"report(?:ing)?|rapport|export(?:ed|ert)?|load(?:ed)?|utdrags?|udtræks?)"
    r"[\W_]*(?:date|dato|datum|day|dag|time|on|at)?\W*$"
)
_DAY = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4}).*$"
_SHARE = 0.9
_LEAST = 2  # orders that stand on several days


def last_snapshot(beside: Besides) -> tuple[Besides, list[str]]:
    """Set aside what an order was on the days before the last of which it was exported.

    Told by a day that no heading of the contract takes, and by orders that come to the same on
    nearly all of the days on which they stand.
    """
    headings = beside.called(_TAKEN)
    if not headings or "invoice_id" not in beside.lines.columns:
        return beside, []
    table = beside.with_cells(x_taken=headings[0])
    table = table.mutate(x_taken=table.x_taken.re_replace(_DAY, r"\3-\2-\1"))
    sound = beside.sound(table) & table.invoice_id.notnull() & table.x_taken.notnull()
    key = ["account_id", "invoice_id"]
    own = table.filter(sound)
    days = own.group_by([*key, "x_taken"]).aggregate(worth=own.amount.sum())
    orders = days.group_by(key).aggregate(n=days.count(), kinds=days.worth.nunique())
    several = orders.n > 1
    counts = {
        "all": orders.count(),
        "several": several.sum(),
        "alike": (several & (orders.kinds == 1)).sum(),
    }
    seen = beside.engine.row({name: one.fill_null(0) for name, one in counts.items()}, orders)
    if seen["several"] < _LEAST or seen["alike"] < _SHARE * seen["several"]:
        return beside, []
    last = table.x_taken.max().over(group_by=[table[name] for name in key])
    earlier = (sound & (table.x_taken < last)).fill_null(False)
    note = _(
        "Orders stand once for each “{heading}”: the last of each counts. Set aside: {lines}, "
        "{amount}. If all are sales, say --invoice-totals lines.",
        heading=headings[0],
        **beside.worth(table, earlier),
    )
    lines = beside.set_aside(table, earlier, "counted_elsewhere")
    return without(beside, headings[:1], lines), [note]
