"""What the tests of the case share: one engine, and columns read straight through it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from kamkit.case.engine import Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="session")
def values(engine):
    """Return a function that makes the table of a column's distinct values."""

    def made(texts, lines=1):
        counts = [lines] * len(texts) if isinstance(lines, int) else lines
        table = {"value": pa.array(texts, pa.string()), "lines": pa.array(counts, pa.int64())}
        return engine.hold(pa.table(table))

    return made


@pytest.fixture(scope="session")
def meaning(engine, values):
    """Return a function that tells what each text of a column means to an expression."""

    def meant(texts, expression):
        held = values(texts)
        rows = engine.rows(held.select(text=held.value, meaning=expression(held)))
        return {row["text"]: row["meaning"] for row in rows}

    return meant
