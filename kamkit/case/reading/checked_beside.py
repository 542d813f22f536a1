"""All that the columns which went into nothing are asked for, in its order."""

from __future__ import annotations

from kamkit.case.reading.besides import Besides
from kamkit.case.reading.companies import refuse_companies
from kamkit.case.reading.credit_reasons import refuse_credit_reasons
from kamkit.case.reading.hundredths import in_whole_units
from kamkit.case.reading.invoice_discount import less_invoice_discount
from kamkit.case.reading.line_kinds import without_kinds, without_vat_lines
from kamkit.case.reading.once import kits, last_version, one_of_each
from kamkit.case.reading.returned import less_returned
from kamkit.case.reading.snapshots import last_snapshot


def read_beside(beside: Besides) -> tuple[Besides, list[str]]:
    """Settle the lines by what other columns say of them; return them, and what to tell.

    Each asks first whether a heading is there that could tell, and reads nothing where none is.
    """
    notes = []
    refuse_companies(beside)
    beside = refuse_credit_reasons(beside)
    steps = [in_whole_units, without_kinds, without_vat_lines, less_returned, less_invoice_discount]
    if beside.options.invoice_totals != "lines":
        steps += [last_snapshot, last_version, kits, one_of_each]
    for step in steps:
        beside, told = step(beside)
        notes += told
    return beside, notes
