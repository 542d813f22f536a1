"""Which amount is the whole of which others: what was sold, before a fee or its cost went off."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from kamkit.case.reading.weighed import Lines, near
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEAST = 3
"""Lines that tell a cost; a fee is told by its heading, and one is enough."""


def before_its_parts(lines: Lines, with_vat: Collection[str]) -> str:
    """Return the amount that is another plus a fee, or plus the cost, on every line; else empty.

    A payment service writes “Net” for what is left of the amount after its fee, and a list of
    profits for what is left after the cost: what was sold is the whole. An amount that holds VAT,
    one of ``with_vat``, may be the net one plus what looks like its cost.
    """
    parts = lines.named("fee", "cost")
    wholes = lines.named("amount", "list_amount", "amount_incl_vat")
    if not parts or len(wholes) < 2:
        return ""
    tests: dict[str, tuple[ir.BooleanColumn, ir.BooleanColumn]] = {}
    for whole in wholes:
        for left in wholes:
            for part in parts if left != whole else ():
                if part.startswith("cost") and whole in with_vat:
                    continue
                off = lines.float(part)
                same = near((lines.float(whole) - lines.float(left)).abs(), off.abs())
                more = lines.float(whole).abs() >= lines.float(left).abs()
                tests[f"{whole}>{left}>{part}"] = (same & more, off != 0)
    if not tests:
        return ""
    fees = {name: test for name, test in tests.items() if ">fee" in name}
    shows = lines.agreement(tests, _LEAST) | (lines.agreement(fees) if fees else {})
    pairs = [name.split(">") for name, yes in shows.items() if yes]
    if not pairs:
        return ""
    whole, left, part = pairs[0]
    sums = lines.totals({"whole": lines.table[whole], "left": lines.table[left]})
    lines.notes.append(
        _(
            "On every line {whole} is {left} plus {part}: the amount is {whole}, {sum} in all, and "
            "not what is left of it, {rest}.",
            whole=lines.heading(whole),
            left=lines.heading(left),
            part=lines.heading(part),
            sum=sums["whole"],
            rest=sums["left"],
        )
    )
    return whole
