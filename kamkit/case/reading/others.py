"""The other tables of a case, to pandas: accounts, contacts, products and what else there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.headings import propose, require
from kamkit.case.mapping import ColumnMapping
from kamkit.case.reading.cells import meant
from kamkit.case.reading.source import Part
from kamkit.case.reading.totals import ALONE
from kamkit.schema.contract import CHOICE_WORDS, EXAMPLE_IDS, TABLES

if TYPE_CHECKING:
    import pandas as pd


def other_table(
    parts: list[Part], mapping: ColumnMapping, engine: Engine
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Convert the parts of an optional table to one pandas frame; return it and its mapping.

    Lines without the first required column, example lines of the template and totals are left out.
    """
    import pandas as pd

    frames = []
    mapped: dict[str, str] = {}
    for part in parts:
        table = TABLES[part.table]
        given = mapping.tables.get(part.table, {})
        columns = propose(part.headings, table, given=given, where=part.label).columns
        require(columns, part.headings, table, part.label)
        cells = meant(part, table, columns, mapping.options, engine, small=True)
        lines = cells.relation.select(cells.relation.source_row, **cells.read)
        first = lines[table.required[0]]
        keep = first.notnull() & ~first.isin(EXAMPLE_IDS) & ~first.re_search(ALONE)
        ordered = lines.filter(keep).order_by("source_row").drop("source_row")
        frames.append(engine.frame(ordered))
        mapped |= columns
    whole = pd.concat(frames, ignore_index=True)
    for column in TABLES[parts[0].table].columns:
        if column.name in whole and column.kind in ("money", "number"):
            whole[column.name] = whole[column.name].astype("float64")
        if column.name in whole and column.kind == "date":
            whole[column.name] = pd.to_datetime(whole[column.name]).dt.as_unit("s")
        if column.name in whole and column.choices:
            whole[column.name] = _chosen(whole[column.name], column.choices)
    return whole, mapped


def _chosen(texts: pd.Series[str], choices: tuple[str, ...]) -> pd.Series[str]:
    """Return the choice that each text means; what is none of them stays as it was written."""
    known = {choice.casefold(): choice for choice in choices}
    known |= {text: meant for text, meant in CHOICE_WORDS.items() if meant in choices}
    meanings = {
        text: known.get(" ".join(str(text).casefold().split()), text)
        for text in texts.dropna().unique()
    }
    return texts.map(meanings).astype(texts.dtype)
