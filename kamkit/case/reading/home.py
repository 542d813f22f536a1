"""Which amounts are in the seller's own currency, whatever the currency of the line is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kamkit.case.headings import folded
from kamkit.case.reading.numbers import CODES
from kamkit.case.reading.weighed import Lines, near
from kamkit.case.wording import LOCAL
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case.reading.prices import Made

_WORDS = (
    *("lcy", "localcurrency", "homecurrency", "basecurrency", "companycurrency", "inlc"),
    *("companycodecurrency", "reportingcurrency", "converted", "lokalvaluta", "hovedvaluta"),
    *("hjemmevaluta", "regnskapsvaluta", "basisvaluta", "omregnet", "konvertert", "hauswährung"),
)


def home_code(heading: str) -> str | None:
    """Return the currency that a heading says its amounts are in; None where it says nothing.

    Empty where it says that it is the seller's own, and not which.

    >>> home_code("Beløp NOK"), home_code("Amount (LCY)"), home_code("Amount")
    ('NOK', '', None)
    """
    words = {word.upper() for word in re.findall(r"[^\W_]+", heading)}
    if codes := words & set(CODES):
        return codes.pop() if len(codes) == 1 else None
    own = bool(words & {word.upper() for word in LOCAL})
    return "" if own or any(word in folded(heading) for word in _WORDS) else None


def home_of(lines: Lines, names: list[str]) -> str:
    """Return the one of several amounts that is in the seller's own currency, else empty.

    Only lines in several currencies need it: beside one currency “Amount EUR” is another look.
    """
    codes = {name: home_code(lines.headings[name]) for name in names}
    own = [name for name, code in codes.items() if code is not None]
    if len(own) != 1 or "currency" not in lines.table.columns:
        return ""
    several = lines.table.currency.fill_null("").strip().upper().nunique()
    return own[0] if lines.engine.row({"n": several}, lines.table)["n"] > 1 else ""


def in_home(lines: Lines, made: Made) -> ir.Table:
    """Return the lines without their currencies where the amount is in the seller's own."""
    import ibis

    table = lines.table
    if not {"currency", "exchange_rate"} & set(table.columns):
        return table
    code = home_code(lines.headings[made.column])
    other = next(iter(lines.named("foreign_amount")), "")
    if code is None and not other:
        return table
    if code is None and made.column.partition("__")[0] == "amount":
        same = near(lines.float(other), lines.float(made.column))
        if lines.agreement({"same": (same, lines.table[other].notnull())})["same"]:
            return table  # both are in the currency of the line
        made.checked.add(other)
    table = table.drop(*({"currency", "exchange_rate"} & set(table.columns)))
    lines.notes.append(
        _(
            "{amount} is in the seller's own currency, {total} in all: no rate is applied.",
            amount=lines.heading(made.column),
            total=lines.totals({"x": made.amount})["x"],
        )
    )
    return table.mutate(currency=ibis.literal(code)) if code else table
