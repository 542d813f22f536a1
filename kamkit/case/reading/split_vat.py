"""VAT that stands in a column for each of its rates: the VAT of the line is their sum."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from kamkit.case.reading.weighed import fixed, near
from kamkit.money import DECIMAL

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case.reading.weighed import Lines

SUM = "vat__sum"
"""The column that holds the sum."""

_OF_RATE = re.compile(
    r"(?i)^(?:mva|moms|vat|mwst|ust|btw|tva|gst|tax)[ .(-]*(\d{1,2}(?:[.,]\d{1,2})?) ?%\)?$"
)


def rate_named(heading: str) -> float:
    """Return the rate whose VAT a heading says it holds, as a share; 0 where it says none.

    >>> rate_named("Mva 25 %"), rate_named("MwSt. 7%"), rate_named("Mva %")
    (0.25, 0.07, 0.0)
    """
    match = _OF_RATE.match(heading.strip())
    return float(match[1].replace(",", ".")) / 100 if match else 0.0


def of_rates(headings: Sequence[str]) -> list[str]:
    """Return the headings that hold the VAT of one rate each, where there are several.

    >>> of_rates(["Grunnlag 25 %", "Mva 25 %", "Mva 15 %", "Totalt"])
    ['Mva 25 %', 'Mva 15 %']
    """
    found = [heading for heading in headings if rate_named(heading)]
    return found if len({rate_named(one) for one in found}) == len(found) > 1 else []


def summed(
    stored: ir.Table, wanted: dict[str, str], numbered: dict[str, str]
) -> tuple[ir.Table, dict[str, str], dict[str, str]]:
    """Put the sum of the VAT of all rates in the place of its columns.

    ``wanted`` is which heading is which column, ``numbered`` those of numbers.
    """
    parts = list(parts_of(numbered))
    if not parts:
        return stored, wanted, numbered
    zero = fixed("0")
    each = [stored[name].fill_null(zero) for name in parts]
    total = reduce(lambda one, other: one + other, each).cast(DECIMAL)
    none = reduce(lambda one, other: one & other, [stored[f"no_{name}"] for name in parts])
    held = stored.mutate(**{SUM: total, f"no_{SUM}": none})
    left = {name: heading for name, heading in numbered.items() if name not in parts}
    headings = "” + “".join(wanted[name] for name in parts)
    return held, {**wanted, SUM: wanted[parts[0]]}, {**left, SUM: headings}


def parts_of(headings: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of the VAT of one rate each among columns and their headings.

    >>> parts_of({"vat": "Mva 25 %", "vat__1": "Mva 15 %", "amount": "Totalt"})
    {'vat': 'Mva 25 %', 'vat__1': 'Mva 15 %'}
    """
    parts = {n: one for n, one in headings.items() if n.partition("__")[0] == "vat" and n != SUM}
    return parts if len(parts) > 1 and all(map(rate_named, parts.values())) else {}


def inside(lines: Lines, name: str) -> bool | None:
    """Tell whether an amount holds the VAT of all rates, by lines that have nothing without VAT.

    None where no line tells, or lines differ.
    """
    parts = parts_of(lines.flags)
    amount = lines.float(name)
    rates = {part: rate_named(heading) for part, heading in parts.items()}
    taxes = {part: lines.table[part].cast("float64").fill_null(0.0) for part in parts}
    net = reduce(lambda x, y: x + y, [taxes[part] / rate for part, rate in rates.items()])
    vat = reduce(lambda x, y: x + y, taxes.values())
    slack = sum(0.0055 / rate for rate in rates.values()) + 0.011
    taxed = vat != 0
    seen = lines.engine.row(
        {
            "with": (taxed & near(amount, net + vat, slack)).sum().fill_null(0),
            "without": (taxed & near(amount, net, slack)).sum().fill_null(0),
        },
        lines.table,
    )
    if bool(seen["with"]) == bool(seen["without"]):
        return None
    return bool(seen["with"])
