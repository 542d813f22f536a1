"""Words that mean themselves are not looked at twice."""

from __future__ import annotations

from itertools import product

import ibis
import pandas as pd
import pytest

from kamkit.case.reading import markers


def test_what_is_plain_at_a_glance_is_what_all_the_other_looks_leave_as_it_is():
    signs = ["0", "1", "e", "E", "n", "A", "-", "_", "/", ".", "'", " ", "+", "="]
    words = ["".join(word) for size in range(5) for word in product(signs, repeat=size)]
    words += ["1e+05", "0000-00-00", "0000-00-00 00:00:00", "NA", "N/A", "12.0", "12\n", "F-10012"]
    table = ibis.memtable(pd.DataFrame({"word": words}))
    read = markers.restored(markers.unkept(table.word.strip()))
    same = (read == table.word) & ~markers.nothing(table.word) & (table.word != "")
    seen = ibis.duckdb.connect().execute(
        table.select("word", plain=markers.plain(table.word), same=same)
    )
    assert seen.plain.sum() > 1000
    assert list(seen.word[seen.plain & ~seen.same]) == []
    assert not seen.plain[seen.word.isin(["1e+05", "0000-00-00", "NA", "12.0", "12\n"])].any()


@pytest.mark.parametrize("word", ["10012", "F10012", "2024/10012", "DE-77"])
def test_numbers_of_documents_are_plain(word):
    assert ibis.duckdb.connect().execute(markers.plain(ibis.literal(word)))
