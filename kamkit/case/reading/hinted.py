"""Columns that a word in their heading and the numbers below it tell, where no heading is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from kamkit.case.engine import Engine
from kamkit.case.headings import Proposal, folded
from kamkit.case.reading.peeked import NUMBER, first_cells
from kamkit.case.reading.source import Part
from kamkit.case.reading.split_vat import of_rates
from kamkit.case.wording import spaced
from kamkit.schema.contract import TABLES

_HINTS = {
    "discount": r"rabatt?|discount|korting|remise|nachlass|upust",
    "vat": r"(?:^|[\W\d_])(?:mva|moms|vat|mwst|ust|btw|tva|gst|tax)(?:$|[\W\d_])",
}
_NEVER = {
    "discount": r"kode|code|gru[pb]p|group|type|typ$|klas|class|matri|list|navn|name|tekst|text|nr",
    "vat": r"%|sats|satz|rate|taux|tarief|prosent|procent|percent|pct|kode|code|"
    r"grunnlag|grundlag|bas[ei]|pli[kg]tig|fri|eks|ex|excl|inkl|incl|uten|without|before|after|less|pre|net|ship|frakt|freight|nummer|number|nr|no\b|id\b|type|klasse",
}
_NUMBER = NUMBER + " ?%?"
_SHARE = 0.9


def with_hinted(
    part: Part, proposal: Proposal, given: Mapping[str, str], engine: Engine
) -> Proposal:
    """Add discounts and VAT below headings such as “Ordrerabatt %” or “Herav mva 25”.

    A column that only its last synonyms tell is left out where no number stands below it, such as
    a unit called “MA”.
    """
    columns, rivals = dict(proposal.columns), dict(proposal.rivals)
    taken = {*columns.values(), *(one for some in rivals.values() for one in some)}
    free = [one for one in part.headings if one and one not in taken]
    if split := of_rates(free) if not {"vat", "vat_rate"} & {*columns, *given} else []:
        columns["vat"], rivals["vat"] = split[0], (*split[1:], *rivals.get("vat", ()))
        proposal = replace(proposal, columns=columns, rivals=rivals)
        free = [one for one in free if one not in split]
    hinted = [(name, one) for one in free for name in _HINTS if _says(name, one)]
    doubtful = _doubtful(columns, given)
    if not hinted and not doubtful:
        return proposal
    cells = first_cells(part, engine)
    for name in doubtful:
        digits = [bool(re.search(r"\d", text)) for text in cells[columns[name]]]
        if all(digits) if name == "status" else not any(digits):
            del columns[name]
    for name, heading in hinted:
        filled = cells[heading]
        alike = sum(bool(re.fullmatch(_NUMBER, text.strip())) for text in filled)
        if name in given or not filled or alike < _SHARE * len(filled):
            continue
        if name not in columns:
            columns[name] = heading
        elif name == "discount":
            rivals[name] = (*rivals.get(name, ()), heading)
    return replace(proposal, columns=columns, rivals=rivals)


def _says(name: str, heading: str) -> bool:
    text = spaced(heading).casefold()
    return bool(re.search(_HINTS[name], text)) and not re.search(_NEVER[name], text)


def _doubtful(columns: Mapping[str, str], given: Mapping[str, str]) -> list[str]:
    """Return the columns of numbers that only the last of their words tell, and such a status.

    A status that is called version is none where it is a number.
    """
    table = TABLES["sales"]
    return [
        name
        for name, heading in columns.items()
        if name not in given
        and (table.column(name).kind in ("money", "number") or name == "status")
        and folded(heading) in {folded(word) for word in table.column(name).last}
    ]
