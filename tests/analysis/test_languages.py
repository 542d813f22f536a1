"""A finding made in one language is read in the other as if it had been made there."""

from __future__ import annotations

import pytest

import kamkit as kam
from kamkit.analysis import RESULTS, LeftOut
from kamkit.language import speaking
from kamkit.output import Finding

SMALL = {"key_accounts": 5, "also": 1, "draws": 50, "lifetime_draws": 10}


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
