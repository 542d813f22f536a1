"""Which way the exchange rates on lines go: what a foreign unit is worth, or how many one buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import number

HUNDRED = 100
DIVIDED = -1
"""Stands for a rate that says how much foreign money one unit of the home currency is."""

_FAR = (0.2, 5.0)  # how far a rate may be from what a currency is roughly worth
_WORTH = {
    code: worth
    for worth, codes in (
        (1.17, ("GBP",)),
        (1.0, ("EUR", "CHF")),
        (0.92, ("USD",)),
        (0.65, ("CAD", "AUD", "SGD")),
        (0.2, ("PLN", "RON", "CNY", "HKD")),
        (0.134, ("DKK",)),
        (0.087, ("NOK", "SEK", "CZK")),
        (0.009, ("ISK", "JPY", "INR")),
        (0.0026, ("HUF",)),
    )
    for code in codes
}
"""What one unit is roughly worth in euro: it tells rates for one from rates for a hundred, and
those to multiply with from those to divide by."""
_SURE = frozenset(("GBP", "EUR", "USD", "DKK"))  # of these it is known to some per cent
_SMALL = 0.2  # of a rate four decimals are read: dividing by a smaller one would not be exact
_LARGE = ("EUR", "USD", "GBP")
_LEAST = {True: 0.05, False: 0.5}
"""How far, as a logarithm, a rate must be from 1 to tell which way it goes."""


def units(
    seen: Sequence[Mapping[str, Any]], home: str, per: int, where: str
) -> dict[str, int] | None:
    """Return of how many units the rates of each currency are: 1, 100, or ``DIVIDED``.

    ``seen`` has the lowest and highest rate of each ``currency``. None where the rates of one fit
    no way at all. Raises ``LedgerError`` where rates could go both ways, or go different ones.

    >>> units([{"currency": "USD", "low": 1.25, "high": 1.28}], "GBP", 1, "")
    {'USD': -1}
    >>> units([{"currency": "EUR", "low": 11.2, "high": 11.8}], "NOK", 1, "")
    {'EUR': 1}
    """
    units_found = {}
    ways = {}
    for line in seen:
        if code := line["currency"]:
            units_found[code], ways[code] = (
                (per, "either") if code == home else _way(line, home, per)
            )
    said_ways = set(ways.values())
    if "no" in said_ways:
        return None
    if {"direct", "inverse"} <= said_ways or (
        "unclear" in said_ways and not {"direct", "inverse"} & said_ways
    ):
        raise _unclear(seen, home, where)
    if "inverse" in said_ways or ("likely" in said_ways and "direct" not in said_ways):
        return {code: per if code == home else DIVIDED for code in units_found}
    return units_found


def _way(line: Mapping[str, Any], home: str, per: int) -> tuple[int, str]:
    """Return the unit of the rates of one currency, and which way they go."""
    code = line["currency"]
    if not {code, home} <= set(_WORTH):
        return per, "either"
    usual = _WORTH[code] / _WORTH[home]
    ends = [float(line[end]) for end in ("low", "high")]
    direct = next((unit for unit in (1, HUNDRED) if _fits(ends, unit * usual)), 0)
    inverse = per == 1 and min(ends) > _SMALL and _fits([1 / end for end in ends], usual)
    if not inverse:
        return direct, "direct" if direct else "no"
    if not direct:
        return DIVIDED, "inverse"
    if direct == HUNDRED:  # nobody quotes for a hundred in one of the large currencies
        return direct, "likely" if home in _LARGE else "either"
    return direct, _side(ends, usual, code, home)


def _fits(rates: Sequence[float], usual: float) -> bool:
    return all(_FAR[0] < rate / usual < _FAR[1] for rate in rates)


def _side(ends: Sequence[float], usual: float, code: str, home: str) -> str:
    """Tell by the side of 1 that rates are on which way they go."""
    sure = {code, home} <= _SURE
    logs = [log(end) * (1 if usual > 1 else -1) for end in ends]
    clear = _LEAST[sure]
    if abs(log(usual)) > clear and all(abs(one) > clear for one in logs):
        if all(one < 0 for one in logs):
            return "inverse"
        if all(one > 0 for one in logs):
            return "direct"
    return "unclear" if sure and any(one < 0 for one in logs) else "either"


def _unclear(seen: Sequence[Mapping[str, Any]], home: str, where: str) -> LedgerError:
    others = [line for line in seen if line["currency"] and line["currency"] != home]
    lines = []
    for line in others:
        low, high = (number(float(line[end]), 4) for end in ("low", "high"))
        lines.append(f"{line['currency']}: {low}" + (f"–{high}" if high != low else ""))
    code = others[0]["currency"]
    worth = _WORTH[code] / _WORTH[home] if {code, home} <= set(_WORTH) else 1.0
    return LedgerError(
        _("Nothing tells whether the exchange rates on the lines multiply or divide."),
        where=where,
        found="; ".join(lines),
        wanted=_("what one unit of each currency is worth in {code}", code=home),
        remedy=_(
            "Say what one unit of each is worth: --currency {own} --rate {example}={worth}",
            own=home,
            example=code,
            worth=f"{worth:.2f}",
        ),
    )
