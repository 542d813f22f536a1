"""The headings that were not used, those that may matter first, each with what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kamkit.case.headings import folded
from kamkit.case.traps import trap
from kamkit.language import N_, join
from kamkit.language import gettext as _
from kamkit.output.finding import Finding

_MOST = 12  # headings of which it is said what to do
_KINDS = {
    "discount": (
        "discount rabat rabatt korting remise nachlass",
        N_("a discount: --map discount="),
    ),
    "tax": ("vat mva moms tax gst mwst ust btw tva", N_("VAT: --map vat=")),
    "money": (
        (
            "amount beløp belop beløb belopp betrag bedrag montant total sum price pris preis cost "
            "kost revenue omset umsatz netto brutto net gross profit margin freight frakt sales"
        ),
        N_("money: --map amount="),
    ),
    "quantity": ("qty quantity antall antal menge anzahl units", N_("a number: --map quantity=")),
    "status": ("status state tilstand cancel void", N_("a status: --where-not")),
    "type": ("type art kind", N_("a type: --where-not")),
    "customer": (
        "customer kunde kund client klant account debitor buyer",
        N_("a customer: --map account_id="),
    ),
}


def unused(headings: Sequence[str]) -> Finding | None:
    """Tell which headings of a ledger went into nothing; None where all were used.

    One row per heading: ``heading``, ``kind`` (what it looks like) and ``remedy``.

    >>> print(unused(["Comment", "Freight"]))
    Not used: “Freight” and “Comment”. (“Freight” looks like money: --map amount="Freight".)
    """
    import pandas as pd

    if not headings:
        return None
    rows = []
    for heading in headings:
        kind = _kind(heading)
        words = _(_KINDS[kind][1]) if kind else ""
        tail = f' "{heading}=…"' if words.endswith("--where-not") else f'"{heading}"'
        rows.append((heading, kind, f"{words}{tail}" if kind else ""))
    rank = [*_KINDS, ""]
    rows.sort(key=lambda row: rank.index(row[1]))
    table = pd.DataFrame(rows, columns=["heading", "kind", "remedy"], dtype="str")
    names = [f"“{heading}”" for heading, _kind_of, _remedy in rows]
    text = _("Not used: {headings}.", headings=join(names))
    caveats = [
        _("“{heading}” looks like {remedy}.", heading=heading, remedy=remedy)
        for heading, _kind_of, remedy in rows
        if remedy
    ]
    return Finding("unused", table, text, tuple(caveats[:_MOST]))


def _kind(heading: str) -> str:
    fold, parts = folded(heading), set(map(folded, re.findall(r"[^\W\d_]+", heading)))
    for kind, (words, _x) in _KINDS.items():
        if kind in ("tax", "money") and trap(heading):
            continue
        # a short word is one of its own: no “art” in “part”
        if any(word in parts or (len(word) > 4 and word in fold) for word in words.split()):
            return kind
    return ""
