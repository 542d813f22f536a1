"""A finding made in one language is read in the other as if it had been made there."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import kamkit as kam
from kamkit.analysis import RESULTS, LeftOut
from kamkit.language import speaking
from kamkit.output import Finding, formatted

SMALL = {"key_accounts": 5, "also": 1, "draws": 50, "lifetime_draws": 10}


CODES = ("column_mapping", "strategy_rules")
"""The tables that show names as they are written in a file to edit."""


def codes(name, value):
    """The codes that the table of a result shows where a reader wants a word."""
    table = getattr(value, "table", value)
    if not isinstance(table, pd.DataFrame) or name in CODES:
        return []
    shown = formatted(table.head(500), columns=table.kamkit["columns"])
    texts = {str(text) for column in shown.columns for text in shown[[column]].to_numpy().flat}
    return [f"{name}: {text}" for text in texts if re.search(r"\b[a-z]+_[a-z_]+\b", text)]


@pytest.mark.timeout(600)
def test_every_finding_made_in_english_is_the_norwegian_one_in_norwegian():
    english = kam.analyse("fjordgross", **SMALL)
    names = [name for name, one in RESULTS.items() if one.kept]
    english.make(names)
    with speaking("nb"):
        norwegian = kam.analyse("fjordgross", **SMALL)
        differ = []
        for name in names:
            one, other = english.get(name), norwegian.get(name)
            if isinstance(one, LeftOut):
                continue
            if isinstance(one, Finding) and (one.text, one.caveats) != (other.text, other.caveats):
                differ.append(f"{name}: {one.text} {one.caveats} | {other.text} {other.caveats}")
    assert not differ, "\n".join(differ)
    assert not [code for name in names for code in codes(name, english.get(name))]
