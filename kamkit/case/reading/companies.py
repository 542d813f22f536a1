"""Several of the seller's own companies in one ledger, each with numbers of its own."""

from __future__ import annotations

from kamkit.case.reading.besides import Besides
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import join

_COMPANY = (
    r"(?i)^\W*(?:company|selskap|selskaps|firma|mandant|buchungskreis|bolag|bolags|foretak|"
    r"foretaks|legal ?entity|juridisk enhet|subsidiary|datterselskap|administratie|entity|"
    r"regnskap|klient|mandanten)[\W_]*(?:code|kode|kod|name|navn|namn|nr|no|id|number|nummer)?\W*$"
)


def refuse_companies(beside: Besides) -> None:
    """Raise ``LedgerError`` where one number is different customers in different companies."""
    headings = beside.called(_COMPANY)
    if not headings or "account_name" not in beside.lines.columns:
        return
    table = beside.with_cells(x_company=headings[0])
    own = table.filter(
        beside.sound(table) & table.x_company.notnull() & table.account_name.notnull()
    )
    within = own.group_by(["account_id", "x_company"]).aggregate(
        name=own.account_name.strip().lower().min()
    )
    of_all = within.group_by("account_id").aggregate(
        companies=within.count(), names=within.name.nunique(), name=within.name.min()
    )
    shared = of_all.companies > 1
    counts = {"shared": shared.sum(), "differ": (shared & (of_all.names > 1)).sum()}
    seen = beside.engine.row({name: one.fill_null(0) for name, one in counts.items()}, of_all)
    if not seen["differ"] or seen["differ"] * 2 < seen["shared"]:
        return
    first = of_all.filter(shared & (of_all.names > 1)).order_by("account_id").limit(1)
    number = beside.engine.rows(first)[0]["account_id"]
    of_it = own.filter(own.account_id == number).select("x_company", "account_name").distinct()
    rows = beside.engine.rows(of_it.order_by(["x_company", "account_name"]).limit(4))
    raise LedgerError(
        _("One number is different customers in “{heading}”.", heading=headings[0]),
        where=beside.part.label,
        found=f"{number}: " + join([f"{r['account_name']} ({r['x_company']})" for r in rows]),
        wanted=_("numbers that are one customer each"),
        remedy=_(
            'Read one company at a time: --where "{heading}={company}"',
            heading=headings[0],
            company=rows[0]["x_company"],
        ),
        questions=[
            (
                _("Which company?"),
                list(dict.fromkeys(f'--where "{headings[0]}={r["x_company"]}"' for r in rows)),
            )
        ],
    )
