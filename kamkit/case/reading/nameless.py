"""Amounts below headings that nobody knows: the net one beside its gross, or a query's own name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kamkit.case.engine import Engine
from kamkit.case.headings import Proposal, missing
from kamkit.case.reading.peeked import MARKS, NUMBER, PEEKED
from kamkit.case.reading.source import Part
from kamkit.case.reading.weighed import RATES, says_net
from kamkit.schema.contract import TABLES

_SHARE = 0.98
_LEAST = 3
_QUERY = (
    r"(?i)(?:expr|uttr|ausdr|udtr|uttryck|expresión|expr_|_col|column)_?\d+|"
    r"\(?no column name\)?|\?column\?|(?:round|sum|cast|coalesce)\s*\(.*\)"
)
"""What Access, SQL Server and PostgreSQL call a column that is computed in a query."""


def with_nameless(
    part: Part, proposal: Proposal, given: Mapping[str, str], engine: Engine
) -> Proposal:
    """Add an amount whose heading nobody knows, where its numbers or a query's own name tell it.

    On three lines or more an amount that is known is another plus a rate of VAT; or the only column
    of numbers left is one that a query has computed.
    """
    if "amount" in given:
        return proposal
    columns = proposal.columns
    taken = {*columns.values(), *(one for some in proposal.rivals.values() for one in some)}
    free = [heading for heading in part.headings if heading and heading not in taken]
    known = [
        columns[name] for name in ("amount", "amount_incl_vat", "list_amount") if name in columns
    ]
    known = [one for one in known if not says_net(one)]
    lacking = "amount" in missing(columns, TABLES["sales"])
    if not free or "vat" in columns or not (known or lacking):
        return proposal
    cells = _aligned(part, [*known, *free], engine)
    nets = [one for one in free if any(_is_net(cells[one], cells[gross]) for gross in known)]
    if not nets and lacking:
        nets = [one for one in free if _all_numbers(cells[one])]
        nets = nets if len(nets) == 1 and re.fullmatch(_QUERY, nets[0]) else []
    if not nets:
        return proposal
    if "amount" not in columns:
        return replace(proposal, columns={**columns, "amount": nets[0]})
    return replace(
        proposal,
        rivals={**proposal.rivals, "amount": (*proposal.rivals.get("amount", ()), nets[0])},
    )


def _aligned(part: Part, headings: Sequence[str], engine: Engine) -> dict[str, list[str]]:
    """Return what stands below some headings in the first rows, empty cells as empty text."""
    picked = {
        f"x{at}": part.relation[f"c{part.headings.index(one)}"].cast("string")
        for at, one in enumerate(headings)
    }
    rows = engine.rows(part.relation.select(**picked).limit(PEEKED))
    return {
        one: [(row[f"x{at}"] or "").strip(MARKS) for row in rows] for at, one in enumerate(headings)
    }


def _all_numbers(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    return bool(filled) and all(re.fullmatch(NUMBER, text) for text in filled)


def _is_net(net: Sequence[str], gross: Sequence[str]) -> bool:
    """Tell whether nearly all of some numbers are the others less a rate of VAT."""
    pairs = [(_read(one), _read(other)) for one, other in zip(net, gross, strict=True)]
    read = [(one, other) for one, other in pairs if one and other]
    differ = [(one, other) for one, other in read if one != other]
    if len(differ) < _LEAST or len(read) < _SHARE * sum(map(bool, net)):
        return False
    fits = sum(
        any(abs(one * (1 + rate) - other) <= 0.011 for rate in RATES) for one, other in differ
    )
    return fits >= _SHARE * len(differ)


def _read(text: str) -> float | None:
    """Read a number roughly: the last comma or point is the decimal sign unless three follow."""
    bare = re.sub(r"[^\d.,()\-]", "", text)
    minus = bare.startswith(("-", "(")) or bare.endswith("-")
    whole, _sign, part = re.sub(r"[()\-]", "", bare).replace(",", ".").rpartition(".")
    if len(part) == 3 and whole:
        whole, part = whole + part, ""
    digits = whole.replace(".", "") or ("0" if whole or _sign else "")
    if not (digits or part):
        return None
    value = float(f"{digits or part}.{part if digits else 0}")
    return -value if minus else value
