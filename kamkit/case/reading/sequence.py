"""What document numbers and the order of the rows tell of dates: days run with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.case.reading import dates, numbers
from kamkit.case.reading.source import Part
from kamkit.errors import LedgerError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_MOST = 20_000  # lines that are looked at
_LEAST = 5  # dates that must speak for it
_STEPS = 8  # changes of the day, without which an order tells nothing
_NEAR = 31  # days between documents that follow one another
_MARKS = f"^[{numbers.NATIVE}{dates.NATIVE}]"
_PARTS = r"^\s*(\d{1,2})[./-]\s?(\d{1,2})[./-](\d{2,4})"


def day_first(part: Part, columns: Mapping[str, str], engine: Engine) -> bool | None:
    """Tell whether the day stands before the month, by the order that dates have then.

    It does where dates run with the document numbers, or with the rows, in one order and not in the
    other. None where nothing tells.
    """
    import pandas as pd

    frame = _looked_at(part, columns, engine)
    parts = frame["date"].str.extract(_PARTS)
    frame = frame[parts.notna().all(axis=1)]
    one, other, year = (parts.loc[frame.index, at] for at in range(3))
    year = year.where(year.str.len() == 4, "20" + year)
    for key in _keys(frame):
        backwards = []
        for day, month in ((one, other), (other, one)):
            text = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
            backwards.append(_backwards(key, pd.to_datetime(text, errors="coerce")))
        for first, second, answer in ((0, 1, True), (1, 0, False)):
            if backwards[first] <= 0.02 and backwards[second] >= 0.2:
                return answer
    return None


def refuse_against_numbers(
    lines: ir.Table, part: Part, columns: Mapping[str, str], options: ReadOptions, engine: Engine
) -> None:
    """Raise ``LedgerError`` where dates up to the 12th run with the numbers only when swapped."""
    import pandas as pd

    if options.day_first is not None or options.date_format:
        return
    names = ["source_row", "date", *(["invoice_id"] if "invoice_id" in lines.columns else [])]
    chosen = lines.filter(lines.date.notnull()).select(*names).limit(_MOST)
    frame = engine.frame(chosen.order_by("source_row"))
    day = pd.to_datetime(frame["date"])
    if day.nunique() < 2 * _STEPS:
        return
    turns = (day.dt.day <= 12) & (day.dt.day != day.dt.month)
    text = day.dt.strftime("%Y-%d-%m").where(turns)
    other = pd.to_datetime(text, errors="coerce")
    for key in _keys(frame.rename(columns={"source_row": "row", "invoice_id": "number"})):
        sure = day.where(day.dt.day > 12)
        if _backwards(key[sure.notna()], sure.dropna()) > 0.05:
            continue
        order = key.sort_values(kind="stable").index
        beside = sure.loc[order].ffill().bfill().loc[day.index]
        here = (day - beside).abs().dt.days <= _NEAR
        there = (other - beside).abs().dt.days <= _NEAR
        against, along = turns & there & ~here, turns & here & ~there
        if against.sum() >= _LEAST and against.sum() >= 4 * along.sum():
            raise _against(part, columns, frame, day, against)


def _against(
    part: Part,
    columns: Mapping[str, str],
    frame: pd.DataFrame,
    day: pd.Series[pd.Timestamp],
    against: pd.Series[bool],
) -> LedgerError:
    first = int(against.to_numpy().argmax())
    return LedgerError(
        _(
            "A spreadsheet program seems to have swapped day and month in “{column}”.",
            column=columns["date"],
        ),
        where=part.label,
        found=_(
            "{n} dates up to the 12th that fit the dates around them only with day and month "
            "swapped, first row {row}: {date}",
            n=int(against.sum()),
            row=int(frame["source_row"].iloc[first]),
            date=f"{day.iloc[first]:%Y-%m-%d}",
        ),
        wanted=_("dates that run with the document numbers"),
        remedy=_(
            "Export the dates again as text or as year-month-day; if they are right as they "
            "stand, say --day-first or --month-first."
        ),
    )


def _looked_at(part: Part, columns: Mapping[str, str], engine: Engine) -> pd.DataFrame:
    """Return the first rows with ``row``, ``date`` and ``number``, as text."""
    names = {"date": "date", "number": "invoice_id"}
    cells = {
        name: part.relation[f"c{part.headings.index(columns[column])}"].cast("string")
        for name, column in names.items()
        if column in columns
    }
    plain = {name: cell.re_replace(_MARKS, "") for name, cell in cells.items()}
    rows = part.relation.select(row=part.relation.source_row, **plain).limit(_MOST)
    return engine.frame(rows.order_by("row")).dropna(subset=["date"])


def _keys(frame: pd.DataFrame) -> list[pd.Series[float]]:
    """Return what dates could run with: the document numbers, the rows down and the rows up."""
    import pandas as pd

    keys = [frame["row"].astype("float64"), -frame["row"].astype("float64")]
    if "number" in frame:
        digits = frame["number"].astype("str").str.extract(r"(\d{1,15})\D*$")[0]
        number = pd.to_numeric(digits, errors="coerce")
        if number.notna().all() and number.nunique() >= _STEPS:
            keys.insert(0, number.astype("float64"))
    return keys


def _backwards(key: pd.Series[float], day: pd.Series[pd.Timestamp]) -> float:
    """Return which share of the changes of the day goes back in time; 1 where there are too few."""
    if day.isna().any():
        return 1.0
    steps = day.loc[key.sort_values(kind="stable").index].diff().dropna().dt.days
    steps = steps[steps != 0]
    return float((steps < 0).mean()) if len(steps) >= _STEPS else 1.0
