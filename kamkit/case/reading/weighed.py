"""What the numeric columns of a part say about one another, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, NoReturn

from kamkit.case.engine import Engine
from kamkit.case.headings import folded, map_option
from kamkit.case.options import ReadOptions
from kamkit.case.wording import A_UNIT, spaced
from kamkit.errors import HeadingError
from kamkit.language import gettext as _
from kamkit.language import join, number
from kamkit.money import DECIMAL

if TYPE_CHECKING:
    import ibis.expr.types as ir

CENT = 0.011
"""How far a sum of rounded amounts may be off."""

_FIRST = 2000
RATES = (
    *(0.25, 0.15, 0.12, 0.2, 0.19, 0.21, 0.22, 0.23, 0.24, 0.17, 0.16, 0.18, 0.27, 0.26, 0.255),
    *(0.05, 0.055, 0.06, 0.07, 0.077, 0.08, 0.081, 0.09, 0.1, 0.13, 0.135, 0.14, 0.025, 0.026),
    *(0.1111, 0.021, 0.048, 0.03, 0.04),
)
"""Rates of VAT in Europe and of sales taxes that are alike."""

_NORDIC = (0.25, 0.15, 0.12, 0.1111, 0.06)
_GERMAN = (*(0.19, 0.07, 0.16, 0.05, 0.2, 0.1, 0.13), *(0.081, 0.077, 0.026, 0.025, 0.038, 0.037))
_COUNTRY = (
    (("mva", "moms", "merverdiavgift"), _NORDIC),
    (("mwst", "ust", "mehrwertsteuer", "umsatzsteuer"), _GERMAN),
    (("btw",), (0.21, 0.09, 0.06, 0.12)),
)
"""Rates by the word for VAT, which tells the country, or those that share it."""

_NET = ("net", "exvat", "exclvat", "excl", "eks", "exmva", "exmoms", "ht", "without", "uten")
_WITH = ("incl", "inkl", "inc", "ttc", "withvat", "withtax", "medmva", "brutto", "inkludert")
_TAXES = ("vat", "mva", "moms", "tax", "gst", "ust", "mwst", "btw", "tva", "ttc")
_UNIT = ("unit", "price", "preis", "pris", "prijs", "prix", "each", "perstk", "peritem", "standard")


@dataclass(frozen=True)
class Lines:
    """The typed lines of a part and what is known of its columns.

    ``table`` has the columns of ``headings``; ``percent`` names those written with per cent signs,
    ``even`` those for which two headings are equally good, ``given`` those that the user settled,
    ``below`` the quantities and prices that are somewhere below zero. ``rates`` are the columns
    that hold rates of VAT, each with what a rate of all is in it: 100, or 1 where it is a share.
    ``flags`` are the headings of the columns of words that are asked beside the numbers.
    """

    table: ir.Table
    headings: dict[str, str]
    label: str
    options: ReadOptions
    engine: Engine
    percent: frozenset[str] = frozenset()
    even: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    below: frozenset[str] = frozenset()
    rates: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def named(self, *bases: str) -> list[str]:
        """Return the columns that are, or could be, one of the contract's; no rate is the VAT."""
        some = [name for name in self.headings if name.partition("__")[0] in bases]
        return [name for name in some if name not in self.rates]

    def unread(self, name: str) -> int:
        """Return how many cells of a column of numbers are written and cannot be read."""
        lost = self.table[name].isnull() & ~self.table[f"no_{name}"]
        return int(self.engine.row({"n": lost.sum().fill_null(0)}, self.table)["n"])

    def float(self, name: str) -> ir.FloatingColumn:
        """Return a column as it is compared."""
        return self.table[name].cast("float64")

    def agreement(
        self, tests: Mapping[str, tuple[ir.BooleanColumn, ir.BooleanColumn]], least: int = 1
    ) -> dict[str, bool]:
        """Tell of each test whether nearly all the lines that it is about agree with it.

        A test is what should hold, and of which lines; ``least`` are needed, one of fifty may be
        off.
        """
        sums = {}
        for name, (holds, where) in tests.items():
            about = where.fill_null(False)
            sums[f"{name}|of"] = about.sum().fill_null(0)
            sums[f"{name}|yes"] = (about & holds.fill_null(False)).sum().fill_null(0)
        seen = self.engine.row(sums, self.table)
        counts = {name: (seen[f"{name}|of"], seen[f"{name}|yes"]) for name in tests}
        return {name: of >= least and yes * 50 >= of * 49 for name, (of, yes) in counts.items()}

    def at_first(self, holds: ir.BooleanColumn, where: ir.BooleanColumn) -> bool:
        """Tell whether nearly all of the first lines agree: what they deny is not asked of all."""
        few = self.table.select(holds=holds.fill_null(False), of=where.fill_null(False))
        few = few.limit(_FIRST)
        count = {"of": few.of.sum().fill_null(0), "yes": (few.of & few.holds).sum().fill_null(0)}
        seen = self.engine.row(count, few)
        return bool(seen["of"] and seen["yes"] * 50 >= seen["of"] * 49)

    def totals(self, amounts: Mapping[str, ir.Column]) -> dict[str, str]:
        """Return the sum of each column as a user reads it."""
        sums = {name: column.sum() for name, column in amounts.items()}
        row = self.engine.row(sums, self.table)
        return {name: number(float(row[name] or 0), 2) for name in sums}

    def ask(self, column: str, amounts: Mapping[str, ir.Column], wanted: str) -> NoReturn:
        """Raise ``HeadingError``: several headings could be a column, each told with its sum.

        A heading that says it is without VAT is proposed first.
        """
        sums = self.totals(amounts)
        first = next(
            (name for name in amounts if says_net(self.headings[name])), next(iter(amounts))
        )
        options = [
            _("{heading} ({total} in all)", heading=self.heading(name), total=total)
            for name, total in sums.items()
        ]
        raise HeadingError(
            _("Several headings could be {column}.", column=f"“{column}”"),
            where=self.label,
            found=join(options),
            wanted=wanted,
            remedy=_(
                'Choose one: --map {column}="{heading}"',
                column=column,
                heading=self.headings[first],
            ),
            questions=[
                (
                    _("Which heading is {column}?", column=column),
                    [
                        map_option(column, self.headings[name])
                        for name in (first, *(name for name in amounts if name != first))
                    ],
                )
            ],
        )

    def heading(self, name: str) -> str:
        """Return the heading of a column in quotes."""
        return f"“{self.headings[name]}”"


def fixed(text: str) -> ir.DecimalScalar:
    """Return an exact number of the engine.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(fixed("1.25"))
    Decimal('1.2500')
    """
    import ibis

    return ibis.literal(text).cast(DECIMAL)


def near(one: ir.Column, other: ir.Column, slack: float | ir.Column = CENT) -> ir.BooleanColumn:
    """Tell where two columns are the same but for rounding.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(near(ibis.literal(1.25), ibis.literal(1.26)))
    True
    """
    return (one - other).abs() <= slack


def rates_of(heading: str) -> tuple[float, ...]:
    """Return the rates that VAT can have, as far as its own word tells the country.

    >>> rates_of("Moms"), len(rates_of("Tax")) > 30
    ((0.25, 0.15, 0.12, 0.1111, 0.06), True)
    """
    words = re.findall(r"[^\W\d_]+", spaced(heading).casefold())
    return next((rates for names, rates in _COUNTRY if {*names} & {*words}), RATES)


def one_of_rates(
    one: ir.Column, other: ir.Column, *, inside: bool = False, rates: Sequence[float] = RATES
) -> ir.BooleanColumn:
    """Tell where a column is the VAT of another by one of the rates.

    ``inside`` asks for the VAT that the other holds already.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(one_of_rates(ibis.literal(25.0), ibis.literal(100.0)))
    True
    """
    parts = [rate / (1 + rate) if inside else rate for rate in rates]
    return reduce(lambda x, y: x | y, [near(one, other * rate) for rate in parts])


def says_net(heading: str) -> bool:
    """Tell whether a heading says that VAT, or a discount, is not in it.

    >>> says_net("Beløp eks. mva"), says_net("Beløp")
    (True, False)
    """
    fold = folded(heading)
    return any(word in fold for word in _NET) and not says_vat(heading)


def says_vat(heading: str) -> bool:
    """Tell whether a heading says that VAT is in it.

    >>> says_vat("Amount incl. VAT"), says_vat("Amount")
    (True, False)
    """
    fold = folded(heading)
    return any(tax in fold for tax in _TAXES) and any(word in fold for word in _WITH)


def says_unit(heading: str) -> bool:
    """Tell whether a heading says that it is about one unit.

    >>> says_unit("Kostpris"), says_unit("Varekost")
    (True, False)
    """
    return bool(A_UNIT.search(heading)) or any(word in folded(heading) for word in _UNIT)
