"""Headings that cannot be the amount of a line: weights, thousands, cents, sums of the year."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kamkit.case.wording import spaced
from kamkit.errors import LedgerError
from kamkit.language import N_, number
from kamkit.language import gettext as _

_LINE = r"(?i)\b(?:total\w*|totaal|ext|extended|line|linje\w*|sum|gesamt\w*|rad\w*|zeilen\w*)\b"
_CODES = "nok|sek|dkk|eur|usd|gbp|chf|kr"
_KINDS = {
    "price": r"\w*(?:pris|price|preis|prijs)\w*|prix|cena",
    "percent": r"percent\w*|pct|pst|pros?[cs]ent\w*|prozent\w*",
    "weights": r"kg|kilo\w*|gram|tonn(?:es?)?|tons?|lbs?|poids|litres?|liter|"
    r"\w*(?:vekt|weight|gewicht|vægt|vikt)",
    "running": r"ytd|hittil|to date|cumul\w*|a[ck]kumul\w*|kumul\w*|kumm?|akk|bisher",
    "millions": rf"m(?:{_CODES})|mill|mio|milli?on\w*|miljon\w*",
    "thousands": rf"[tk](?:{_CODES})|tusene?r?|tusind|thousands?|tsd|tausend|0?00s|1 ?000",
    "minor": r"cents?|øre|öre|ore|pence|penn(?:y|ies)|minor(?: units?)?|rappen|grosz\w*",
}
"""What the words of a heading tell; the first that is found counts."""
_SCALE = {
    "thousands": re.compile(
        r"(?i)\b(?:i|in|en|w)\s+(?:hele |whole |hela )?"
        r"(?:(?:nok|sek|dkk|eur|usd|gbp|kr\.?|[€$£])\s*)?(?:tusen\w*|tusind\w*|thousands?|tausend\w*|tsd\b|duizend\w*|milliers|tys\b|"
        r"['’]?000s?\b|1[ .,]?000\b(?![.,]\d))|\b[tk](?:nok|sek|dkk|eur|usd|gbp|kr)\b|\bt€|"
        r"(?:^|[;:,(–-]\s*)(?:nok|sek|dkk|eur|usd|gbp)\s*(?:['’]?000s?|1[ .,]?000)\b"
    ),
    "millions": re.compile(
        r"(?i)\b(?:i|in|en|w)\s+(?:(?:nok|sek|dkk|eur|usd|gbp|kr\.?|[€$£])\s*)?"
        r"(?:mill\w*|mio\b|miljon\w*|mln\b)|\bm(?:nok|sek|dkk|eur|usd|gbp|kr)\b"
    ),
}
"""What a line above the headings says of all amounts."""
_MONEY = (
    r"pris|price|preis|prijs|amount|bel[øo]|betrag|sum|total|sales|salg|omset|umsatz|verdi|value"
)
_COUNTED = re.compile(
    r"(?i)antall?|aantal|qty|quantity|anzahl|menge|mengde|kolli|kart(?:on|ong)|carton|pieces|pcs|"
    r"\bunits?\b|stück|stk|quantité|ilość|pakker|kasser|\bcases\b|boxes|pall|timer|hours"
)


_BY_LINE = N_("Export the amount of each line without VAT.")
_TOLD = {
    "count": (N_("“{heading}” is a number of units, and no amount."), _BY_LINE),
    "percent": (N_("“{heading}” is in per cent, and no amount."), _BY_LINE),
    "weights": (N_("“{heading}” is a weight or a volume, and no amount."), _BY_LINE),
    "running": (
        N_("“{heading}” is a running sum: it holds earlier lines once more."),
        N_("Export what was sold in each month by itself, or the invoice lines."),
    ),
    "minor": (
        N_("“{heading}” is in hundredths: every amount is a hundred times less."),
        N_("Divide the column by 100 in the export, and call it “amount”."),
    ),
    "millions": (
        N_("“{heading}” is in millions: every amount is a million times more."),
        N_("Multiply the column by 1,000,000 in the export, and call it “amount”."),
    ),
    "thousands": (
        N_("“{heading}” is in thousands: every amount is a thousand times more."),
        N_("Multiply the column by 1,000 in the export, and call it “amount”."),
    ),
}
"""What a heading of each kind is, and what to do; a price has more to it."""


def trap(heading: str) -> str:
    """Return why a heading cannot be the amount of a line; empty where it can.

    >>> trap("Omsetning (TNOK)"), trap("Netto kg"), trap("amount_cents"), trap("Sales YTD")
    ('thousands', 'weights', 'minor', 'running')
    >>> trap("Stykkpris"), trap("Linjepris"), trap("Net amount")
    ('price', '', '')
    """
    text = " ".join(re.findall(r"[^\W_]+", spaced(heading.replace("€", "EUR")))).casefold()
    if "%" in heading:
        return "percent"
    if _COUNTED.search(heading) and not re.search(_MONEY, text):
        return "count"
    for kind, words in _KINDS.items():
        if re.search(rf"\b(?:{words})\b", text) and not (
            kind == "price" and re.search(_LINE, text)
        ):
            return kind
    return ""


def scale(text: str) -> str:
    """Return whether a text says that amounts are in thousands or millions; else empty.

    >>> scale("Alle tall i tusen kroner"), scale("Beträge in TEUR"), scale("Kunder over NOK 1000")
    ('thousands', 'thousands', '')
    """
    return next((kind for kind, words in _SCALE.items() if words.search(text)), "")


def refuse_scale(kind: str, told: str, where: str) -> None:
    """Raise ``LedgerError`` for amounts in thousands or millions; ``told`` is where it is said.

    >>> refuse_scale("", "", "sales.csv")
    """
    if not kind:
        return
    thousands = kind == "thousands"
    raise LedgerError(
        _("The amounts are in thousands.") if thousands else _("The amounts are in millions."),
        where=where,
        found=told,
        wanted=_("full amounts"),
        remedy=_(
            "Multiply the column by {factor} in the export; or, if its amounts are in full, name "
            'it: --map amount="Heading"',
            factor=number(1000 if thousands else 1_000_000),
        ),
    )


def counted(headings: Iterable[str]) -> bool:
    """Tell whether any heading looks like a number of units, with which a price is multiplied.

    >>> counted(["Antall levert"]), counted(["Kunde", "Stykkpris"])
    (True, False)
    """
    return any(trap(heading) == "count" for heading in headings)


def explained(heading: str, *, with_quantity: bool) -> tuple[str, str]:
    """Return what a heading is that cannot be the amount, and what to do.

    ``with_quantity`` is whether a column is known that a price is multiplied with.

    >>> explained("Netto kg", with_quantity=False)[0]
    '“Netto kg” is a weight or a volume, and no amount.'
    """
    kind = trap(heading)
    if kind == "price":
        return _price(heading, with_quantity=with_quantity)
    text, remedy = _TOLD[kind]
    return _(text, heading=heading), _(remedy)


def _price(heading: str, *, with_quantity: bool) -> tuple[str, str]:
    """Explain a price."""
    if re.search(r"1 ?0+\b", heading):
        return (
            _("“{heading}” is the price of many units, and no amount.", heading=heading),
            _(
                "Export the amount of each line, or divide the column in the export to the price "
                "of one unit, and call it “unit price”."
            ),
        )
    if with_quantity:
        return (
            _("“{heading}” is a price, and no amount.", heading=heading),
            _(
                'If it is the price of one unit without VAT, say --map unit_price="{heading}"; '
                "else export the amount of each line.",
                heading=heading,
            ),
        )
    return (
        _("“{heading}” is the price of a unit, and nothing tells how many.", heading=heading),
        _(
            "Export the amount of each line; or name the column with the number of units that "
            "were sold, as --map quantity=…"
        ),
    )
