"""What of a part cannot be read, how much it weighs, and when that is too much."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.credited import TEXT as CREDIT_TEXT
from kamkit.case.reading.doubts import says_payment
from kamkit.case.reading.source import Part
from kamkit.case.reading.totals import suspects
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext

if TYPE_CHECKING:
    import ibis.expr.types as ir

_THOUSANDS = r"(?i)\d ?(?:k|t|m|tkr|tnok|tsd\.?|tusen|tusind|thousand|mill?\.?|mio\.?|mln|mnok)”"
_PAGES = 1000  # a number beside text, without a day, that is no amount


def _bad(ledger: ir.Table) -> tuple[ir.BooleanColumn, ir.BooleanColumn, ir.BooleanColumn]:
    """Return which rows are lines, and of them those whose date, whose amount cannot be read."""
    lines = ~(ledger.is_broken | ledger.is_blank | ledger.is_heading | ledger.left_out)
    if "aside" in ledger.columns:
        lines &= ledger.aside.isnull()
    bad_date = lines & ledger.date.isnull() & ~ledger.says_total
    return lines, bad_date, lines & ledger.amount.isnull() & ~ledger.blank_amount


def counted(ledger: ir.Table, engine: Engine, *, whole_table: bool) -> dict[str, Any]:
    """Count the lines of a part, what of them cannot be read, and what else is looked for."""
    import ibis

    lines, bad_date, bad_amount = _bad(ledger)
    labelled, without, sound = suspects(ledger)
    nowhere = ledger.blank_date & (ledger.guess.fill_null(ibis.literal(0)) < _PAGES)  # “Page 2”
    counts = engine.row(
        {
            "all": ledger.count(),
            "lines": lines.sum().fill_null(0),
            "dates": bad_date.sum().fill_null(0),
            "amounts": (bad_amount & ~nowhere).sum().fill_null(0),
            "blank": (lines & (ledger.blank_amount | ledger.blank_date)).sum().fill_null(0),
            "unread": ledger.guess.sum(where=bad_amount),
            "read": ledger.amount.abs().sum(where=lines),
            "sum": ledger.amount.sum(where=lines),
            "said": says_payment(ledger).sum().fill_null(0),
            "credit": ledger.memo.re_search(CREDIT_TEXT).sum().fill_null(0),
            "labelled": (labelled & sound).sum().fill_null(0),
            "open": (without & sound).sum().fill_null(0),
        },
        ledger,
    )
    counts["below"] = float(counts["sum"] or 0) < 0
    # rows without an order are sums of nothing above them
    return {**counts, "open": 0} if whole_table else counts


def refuse_unreadable(
    part: Part, mapping: dict[str, str], ledger: ir.Table, count: dict[str, Any], engine: Engine
) -> None:
    """Refuse a part whose dates, or more than a twentieth of whose amounts, cannot be read.

    Raises ``LedgerError`` with the first rows and what stands in them.
    """
    _lines, bad_date, bad_amount = _bad(ledger)
    if count["lines"] and count["dates"] == count["lines"]:
        heading = mapping["date"]
        raise LedgerError(
            _("Not one date in “{heading}” can be read.", heading=heading),
            where=part.label,
            found=_shown(part, heading, ledger.filter(bad_date), engine),
            wanted=_("dates such as 31.12.2025, 2025-12-31 or 20251231"),
            remedy=_(
                'Is it the right column? Choose another with --map date="Heading", or say how '
                "they are written, such as --date-format dd.mm.yyyy."
            ),
        )
    heavy = float(count["unread"] or 0) * 20 > float(count["read"] or 0)
    if count["amounts"] * 20 > count["lines"] or (count["amounts"] and heavy):
        heading = mapping.get("amount") or next(
            mapping[name]
            for name in ("amount_incl_vat", "unit_price", "debit_amount")
            if name in mapping
        )
        shown = _shown(part, heading, ledger.filter(bad_amount), engine)
        raise LedgerError(
            _("There is text among the amounts of “{heading}”.", heading=heading),
            where=part.label,
            found=ngettext(
                "{n} row, first {rows}", "{n} rows, first {rows}", count["amounts"], rows=shown
            ),
            wanted=_("amounts such as 1234.50 or 1 234,50"),
            remedy=_(
                "“K” behind a number stands for thousands, “M” for millions: export full amounts, "
                "such as 1200 in place of 1.2K."
            )
            if re.search(_THOUSANDS, shown)
            else _('Mend the rows, or choose another column with --map amount="Heading".'),
        )


def _shown(part: Part, heading: str, rows: ir.Table, engine: Engine) -> str:
    first = rows.order_by("source_row").limit(3).select("source_row")
    cell = part.relation[f"c{part.headings.index(heading)}"].cast("string").name("cell")
    joined = part.relation.select("source_row", cell).semi_join(first, "source_row")
    found = engine.rows(joined.order_by("source_row"))
    strip = numbers.NATIVE + dates.NATIVE
    return ", ".join(
        _(
            "row {row}: “{value}”",
            row=line["source_row"],
            value=(line["cell"] or "").strip(strip)[:40],
        )
        for line in found
    )
