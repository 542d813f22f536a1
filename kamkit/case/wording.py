"""What headings say beside the name of a column: of VAT, of who buys, of what was summed."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TAX = r"(?:mva|moms|vat|tax|taxes|gst|mwst|ust|btw|tva)"
WITHOUT = re.compile(
    r"(?i)[\s(,]+(?:ekskl|eks|exkl|excl|ex|excluding|exklusive|exclusief|uten|ohne|utan|uden|"
    rf"zonder|hors|without)\b[.\s]*{_TAX}?\b[\s.)]*$"
)
HOLDING = re.compile(
    r"(?i)[\s(,]+(?:inkl|incl|inc|including|inklusive|inclusief|med|mit|met|with)\b[.\s]*"
    rf"{_TAX}?\b[\s.)]*$"
)

REASON = (
    r"(?i)^\W*(?:kredit(?:t?nota|erings?|faktura)?|credit(?:[ _-]?(?:note|memo))?|gutschrifts?|"
    r"storno|refund|return|retur|retour|reklamasjons?|reklamations?|avoir|krediterings?)[\W_]*"
    r"(?:årsak|orsak|grunn|grund|begrunnelse|begründung|reason|cause|motif|reden|årsag|code|kode)"
)
"""A heading of why something was credited."""
LOCAL = ("lcy", "mw", "rv", "bva", "lv", "pva", "dl")
"""What Business Central calls the seller's own currency, in several languages."""
IN_CURRENCY = re.compile(
    r"(?i)[\s(_]+(?:in |i |en |w )?\(?(?:nok|sek|dkk|isk|eur|usd|gbp|chf|pln|czk|huf|ron|cad|aud|"
    rf"{'|'.join(LOCAL)})[\s)]*$"
)
"""The currency at the end of a heading, such as “Amount in DKK” and “Betrag (MW)”."""

A_UNIT = re.compile(
    r"(?i)[\s(/,]+(?:(?:pe?r|pro|je)\.? ?)?"
    r"(?:stk|st|styck|enhet|unit|stück|stuk|szt|pcs?|each)\.?\)?$"
)
"""What is said of one unit at the end of a heading, such as “Kost pr stk”."""

SUM_OF = re.compile(
    r"(?i)^sum\s*\((.+)\)$|"
    r"^(?:sum ?of|sum (?:av|af)|summe von|somme de|som van|summa av)\s*(?=\w)(.+)"
)
"""What a query or pivot table writes before the heading of what it has summed."""

_BUYS = re.compile(r"(?i)^\W*(?:(?:sell|sold|sale|sales)[- _]?to|salg(?:s)? til|sælg(?:es)? til)")
PAYS = re.compile(
    r"(?i)^\W*(?:(?:bill|billed|invoice|invoiced)[- _]?to|faktur(?:a|eres) til|payer\b|betaler)"
)
"""What a heading says of the customer who pays."""
AGAIN = re.compile(r" \((\d)\)$|\.(\d)$")
"""What stands behind a heading that stood before: “Beløp (2)”, and “Beløp.1” of pandas."""


def buyers(headings: Sequence[str]) -> list[str]:
    """Return the headings of who buys, where others say who pays; else all of them.

    >>> buyers(["Bill-to Customer No.", "Sell-to Customer No."])
    ['Sell-to Customer No.']
    """
    buying = [heading for heading in headings if _BUYS.search(heading)]
    paying = [heading for heading in headings if PAYS.search(heading)]
    return buying if buying and len(buying) + len(paying) == len(headings) else [*headings]


def spaced(heading: str) -> str:
    """Write a heading of a program with spaces where its case changes.

    >>> spaced("TotalVatAmount"), spaced("sumExclVAT")
    ('Total Vat Amount', 'sum Excl VAT')
    """
    return re.sub(r"(?<=[a-zæøåäöüß])(?=[A-ZÆØÅÄÖÜ])", " ", heading)
