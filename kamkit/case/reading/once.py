"""Sales that stand on several lines and count once: earlier versions, joined tables, kits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kamkit.case.reading.besides import Besides, figure, goods, without
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SHARE = 0.95
_CENT = 0.051
_FIRST = 5000  # rows in which the pattern must show before all are asked
_NUMBER = r"(?:[\W_]*(?:id|no|nr|num|number|nummer|#)?[\W_]*)"
_VERSION = (
    r"(?i)^\W*(?:(?:order|document|doc|quote|ordre|dokument|auftrags?|beleg|bestell)[\W_]*)?"
    r"(?:rev|revision|revisions|revisjon|revisjons|revisie|versjon|versjons|version|versions|"
    rf"versie|fassung|wersja){_NUMBER}$"
)
_MOST_VERSIONS = 99
_LINE = (
    r"(?i)^\W*(?:(?:invoice|order|sales|faktura|ordre|beleg|rechnungs?|auftrags?)[\W_]*)?"
    r"(?:line[\W_]*item|line|linje|rad|row|zeilen?|pos|position|positions|posten|regel|linie)"
    rf"{_NUMBER}$"
)
_DEAL = (
    r"(?i)^\W*(?:record|deal|opportunity|transaction|sale|order|invoice|avtale|salgs?mulighet|"
    r"transaksjon|affär|affære|transaktion|geschäft|abschluss|kans)s?[\W_]*(?:id|no|nr|#)\W*$"
)
_JOINED = (
    r"(?i)contact|kontakt|\btags?\b|etikett|label|campaign|kampanje|kampagne|kampanj|attribute|"
    r"\bteams?\b|\bowner|selger|säljare|sælger|verkäufer|salesperson|\breps?\b|schlagwort"
)
_PARENT = (
    r"(?i)\bparent|(?:^|[\W_])(?:kit|bundle)(?:[\W_]*(?:line|linje|id|no|nr|of|ref))?\W*$|"
    r"overordne|hoved(?:linje|vare)|übergeordnet|haupt(?:zeile|position|artikel)|"
    r"(?:huvud|moder)rad|överordnad|bovenliggend|samlelinje|component of|del av (?:pakke|sett)"
)


def last_version(beside: Besides) -> tuple[Besides, list[str]]:
    """Set aside the earlier versions of an order: the last one counts.

    Told by a number that counts upwards within documents of one number, and by goods that stand in
    several versions, where there are any.
    """
    headings = beside.called(_VERSION)
    if not headings or "invoice_id" not in beside.lines.columns:
        return beside, []
    table = beside.with_cells(x_version=headings[0])
    table = table.mutate(x_version=figure(table.x_version.re_extract(r"(\d+)\W*$", 1)))
    sound = beside.sound(table) & table.invoice_id.notnull()
    key = ["account_id", "invoice_id"]
    own = table.filter(sound & table.x_version.notnull())
    found = own.group_by(key).aggregate(
        kinds=own.x_version.nunique(), low=own.x_version.min(), high=own.x_version.max()
    )
    several = found.kinds > 1
    counts = {
        "several": several.sum(),
        "running": (several & (found.high - found.low + 1 == found.kinds)).sum(),
        "high": found.high.max(),
    }
    seen = beside.engine.row({name: test.fill_null(0) for name, test in counts.items()}, found)
    if not seen["several"] or seen["running"] < _SHARE * seen["several"]:
        return beside, []
    if seen["high"] > _MOST_VERSIONS or not _same_goods(own, beside):
        return beside, []
    last = table.x_version.max().over(group_by=[table[name] for name in key])
    earlier = sound & (table.x_version < last)
    note = _(
        "Of the versions in “{heading}” the last of each document counts. Set aside: {lines}, "
        "{amount}. If all are sales, say --invoice-totals lines.",
        heading=headings[0],
        **beside.worth(table, earlier),
    )
    return _aside(beside, table, earlier, headings), [note]


def _same_goods(own: ir.Table, beside: Besides) -> bool:
    """Tell whether goods stand in several versions of their document, where there are goods."""
    names = [name for name in ("product_id", "product_name") if name in own.columns]
    if not names:
        return True
    found = own.group_by(["account_id", "invoice_id", names[0]]).aggregate(
        kinds=own.x_version.nunique()
    )
    whole = found.group_by(["account_id", "invoice_id"]).aggregate(again=(found.kinds > 1).any())
    versions = own.group_by(["account_id", "invoice_id"]).aggregate(kinds=own.x_version.nunique())
    of = beside.engine.row({"n": (versions.kinds > 1).sum().fill_null(0)}, versions)["n"]
    again = beside.engine.row({"n": whole.again.sum().fill_null(0)}, whole)["n"]
    return bool(again * 2 >= of)


def one_of_each(beside: Besides) -> tuple[Besides, list[str]]:
    """Set aside the second and later lines that are one line, joined to contacts or tags.

    Told by a number of lines, or of deals, that stands on several lines which are alike in all that
    a sale has, and differ in another column.
    """
    others = [one for one in beside.free if not re.search(_LINE, one)]
    lines = [one for one in beside.called(_LINE) if re.search(r"(?i)\bid\b|_id$|Id$", one)]
    joined = [one for one in others if re.search(_JOINED, one)]
    found = [*lines, *(beside.called(_LINE) if "invoice_id" in beside.lines.columns else [])]
    deals = [one for one in beside.called(_DEAL) if joined]
    for heading in dict.fromkeys([*found, *deals]):
        wanted = joined if heading in deals else [one for one in others if one != heading]
        if not wanted:
            continue
        if other := _differs(beside, heading, wanted[:8]):
            return _taken_once(beside, heading, other)
    return beside, []


def _differs(beside: Besides, heading: str, others: list[str]) -> str:
    """Return the heading in which lines of one number differ; empty where they differ in sales."""
    names = {f"x_{at}": one for at, one in enumerate(others)}
    table = beside.with_cells(x_line=heading, **names)
    own = table.filter(beside.sound(table) & table.x_line.notnull())
    first = own.filter(own.source_row <= _FIRST)
    return _differing(own, beside, names) if _differing(first, beside, names) else ""


def _differing(own: ir.Table, beside: Besides, names: Mapping[str, str]) -> str:
    same = goods(own)
    found = own.group_by(_keys(own)).aggregate(
        n=own.count(),
        **{f"of_{name}": column.cast("string").nunique() for name, column in same.items()},
        **{name: own[name].fill_null("").nunique() for name in names},
    )
    several = alike = found.n > 1
    for name in same:
        alike = alike & (found[f"of_{name}"] <= 1)
    counts = {"all": several.sum(), "alike": alike.sum()}
    counts |= {name: (alike & (found[name] == found.n)).sum() for name in names}
    seen = beside.engine.row({name: test.fill_null(0) for name, test in counts.items()}, found)
    least = max(1, _SHARE * seen["all"])
    if seen["alike"] < least:
        return ""
    return next((one for name, one in names.items() if seen[name] >= least), "")


def _keys(table: ir.Table) -> list[str]:
    return [
        name for name in ("account_id", "invoice_id", "x_line", "left_out") if name in table.columns
    ]


def _taken_once(beside: Besides, heading: str, other: str) -> tuple[Besides, list[str]]:
    import ibis

    table = beside.with_cells(x_line=heading)
    position = ibis.row_number().over(
        group_by=[table[name] for name in _keys(table)], order_by=table.source_row
    )
    again = beside.sound(table) & table.x_line.notnull() & (position > 0)
    note = _(
        "A sale stands once for each “{other}”, with one number in “{heading}”, and is counted "
        "once. Set aside: {lines}, {amount}. If all are sales, say --invoice-totals lines.",
        other=other,
        heading=heading,
        **beside.worth(table, again),
    )
    return _aside(beside, table, again, [heading, other]), [note]


def kits(beside: Besides) -> tuple[Besides, list[str]]:
    """Set aside the parts of kits whose prices add to that of the kit above them."""
    headings = beside.called(_PARENT)
    lines = [one for one in beside.called(_LINE) if one not in headings]
    if not headings or "invoice_id" not in beside.lines.columns:
        return beside, []
    names = {"x_line": lines[0]} if lines else {}
    table = beside.with_cells(x_above=headings[0], **names)
    own = table.filter(beside.sound(table))
    below = own.filter(own.x_above.notnull())
    sums = below.group_by(["account_id", "invoice_id", "x_above"]).aggregate(
        parts=below.amount.sum()
    )
    marks = [name for name in ("x_line", "product_id", "product_name") if name in own.columns]
    for mark in marks:
        whole = own.filter(own.x_above.isnull() | (own.x_above == own[mark]))
        kit = sums.join(
            whole.select("account_id", "invoice_id", above=whole[mark], kit=whole.amount),
            [
                sums.account_id == whole.account_id,
                sums.invoice_id == whole.invoice_id,
                sums.x_above == whole[mark],
            ],
        )
        priced = kit.filter((kit.parts != 0) & (kit.kit != 0))
        near = (priced.parts - priced.kit).cast("float64").abs() < _CENT
        counts = {"n": priced.count(), "near": near.sum().fill_null(0)}
        seen = beside.engine.row(counts, priced)
        if seen["n"] and seen["near"] < _SHARE * seen["n"]:
            return beside, [_beside_it(beside, table, headings[0])]
        if seen["n"]:
            return _without_parts(beside, table, priced, headings)
    return beside, []


def _beside_it(beside: Besides, table: ir.Table, heading: str) -> str:
    return _(
        "Counted beside the lines that they belong to by “{heading}”: {lines}, {amount}. If they "
        'are in the price above them, leave them out with --where "{heading}="',
        heading=heading,
        **beside.worth(table, beside.sound(table) & table.x_above.notnull()),
    )


def _without_parts(
    beside: Besides, table: ir.Table, kit: ir.Table, headings: list[str]
) -> tuple[Besides, list[str]]:
    """Set aside the parts of the kits that have a price of their own."""
    kit = kit.select(
        x_account=kit.account_id, x_invoice=kit.invoice_id, x_kit=kit.x_above
    ).distinct()
    joined = table.left_join(
        kit,
        [
            table.account_id == kit.x_account,
            table.invoice_id == kit.x_invoice,
            table.x_above == kit.x_kit,
        ],
    )
    parts = beside.sound(joined) & joined.x_kit.notnull()
    note = _(
        "The parts of each kit, told by “{heading}”, add to its price: the kit counts. Set aside: "
        "{lines}, {amount}.",
        heading=headings[0],
        **beside.worth(joined, parts),
    )
    return _aside(beside, joined, parts, headings), [note]


def _aside(beside: Besides, table: ir.Table, test: ir.BooleanValue, used: list[str]) -> Besides:
    return without(beside, used, beside.set_aside(table, test, "counted_elsewhere"))
