"""What the tests of the case share: one engine, and columns read straight through it."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from kamkit.case.engine import Embedded
from tests.conftest import FULL


@pytest.fixture(scope="session")
def engine() -> Embedded:
    return Embedded()


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


@pytest.fixture(params=["csv", *(["xlsx", "parquet", "frame"] if FULL else [])])
def source(request, tmp_path):
    """Return a function that writes the same rows of text as each kind of source.

    Texts that are whole numbers or decimals become numbers where the kind has them.
    """

    def made(text: str, name: str = "sales"):
        rows = [line.split(";") for line in text.strip().splitlines()]
        frame = pd.DataFrame(rows[1:], columns=rows[0])
        if request.param == "csv":
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            return path
        frame = frame.apply(_numbers)
        if request.param == "frame":
            return frame
        path = tmp_path / f"{name}.{request.param}"
        if request.param == "parquet":
            frame.to_parquet(path, index=False)
        else:
            frame.to_excel(path, index=False)
        return path

    return made


def _numbers(column: pd.Series) -> pd.Series:
    plain = column.str.fullmatch(r"-?\d+(\.\d+)?|")
    if column.name in ("No", "Date") or not plain.all() or not column.any():
        return column
    return pd.to_numeric(column)


def total(case) -> float:
    """Return what the used lines come to, to the cent."""
    return round(float(case.reconciliation()["amount"].iloc[1]), 2)


def told(case) -> str:
    """Return all that was told of a case, in one text."""
    return " | ".join(case.notes)
