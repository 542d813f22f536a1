"""The practice company on disk: compact Parquet, and exports the way Norwegian systems write."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter

from kamkit.schema.contract import TABLES

_HEADINGS = [
    "Kundenr",
    "Kundenavn",
    "Fakturanr",
    "Fakturadato",
    "Bilagstype",
    "Bruttobeløp",
    "Beløp eks. mva",
    "Varekost",
    "Selger",
    "Distrikt",
]
_MONEY = ("Bruttobeløp", "Beløp eks. mva", "Varekost")
_PLAIN = ("invoice_id", "quantity", "list_amount", "amount", "cost")
"""Columns that repeat as they are within an account and product; a dictionary would hide it."""
_DOCUMENTS = {"invoice": "Faktura", "credit_note": "Kreditnota"}
_EXPORTED_FROM = "2025-10-01"
_CASH_SALES = (
    ("2025-10-09", 48750, 31200),
    ("2025-10-17", 129900, 80100),
    ("2025-10-28", 8900, 5300),
    ("2025-11-05", 219000, 142350),
    ("2025-11-13", 64500, 40000),
    ("2025-11-21", 15900, 9700),
    ("2025-12-02", 349000, 226850),
    ("2025-12-11", 27500, 16900),
    ("2025-12-18", 98000, 61700),
)
"""Sales over the counter, in øre: they have an invoice but no customer number."""
_CREATED = dt.datetime(2026, 1, 2, 8, 0, 0)  # noqa: DTZ001 - a workbook knows no time zone


def write_table(name: str, table: pd.DataFrame, folder: Path) -> Path:
    """Write one table of the contract as Parquet: money as decimals, dates as dates."""
    columns = [_column(table[c], TABLES[name].column(c).kind) for c in table.columns]
    path = folder / f"{name}.parquet"
    pq.write_table(
        pa.Table.from_arrays(columns, names=list(table.columns)),
        path,
        compression="zstd",
        compression_level=19,
        store_decimal_as_integer=True,
        use_dictionary=[c for c in table.columns if c not in _PLAIN],
        row_group_size=1 << 20,
    )
    return path


def _column(values: pd.Series, kind: str) -> pa.Array:
    if kind == "money":
        return _decimals(values)
    if kind == "date":
        return pa.array(values).cast(pa.date32())
    if kind == "number":
        return pa.array(values.astype("Int64"), pa.int32())
    return pa.array(values.astype(object).where(values.notna(), None), pa.string())


def _decimals(values: pd.Series) -> pa.Array:
    cents = pd.Series(np.rint(values.to_numpy() * 100)).astype("Int64")
    whole = pa.array(cents, pa.int64()).cast(pa.decimal128(19, 0))
    hundredth = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))
    return pc.multiply(whole, hundredth).cast(pa.decimal128(18, 2))


def norwegian_export(sales: pd.DataFrame) -> pd.DataFrame:
    """Return the last quarter of 2025 as an accounting system lists it: one row per document.

    Norwegian headings, credit notes as negative amounts, a few cash sales without a customer.
    Amounts are in whole øre.
    """
    lines = sales[sales["date"] >= _EXPORTED_FROM]
    keys = ["account_id", "account_name", "invoice_id", "date", "doc_type"]
    measures = ["list_amount", "amount", "cost"]
    ore = lines.assign(**{m: np.rint(lines[m] * 100).astype(np.int64) for m in measures})
    documents = ore.groupby([*keys, "seller", "region"], as_index=False)[measures].sum()
    documents["doc_type"] = documents["doc_type"].map(_DOCUMENTS)
    export = documents[[*keys, *measures, "seller", "region"]].set_axis(_HEADINGS, axis=1)
    export = pd.concat([export, _cash_sales()], ignore_index=True)
    return export.sort_values(["Fakturadato", "Fakturanr"], kind="stable", ignore_index=True)


def _cash_sales() -> pd.DataFrame:
    rows = [
        (
            "",
            "Kontantsalg",
            f"{800_001 + place}",
            pd.Timestamp(day),
            "Faktura",
            ore,
            ore,
            cost,
            "",
            "",
        )
        for place, (day, ore, cost) in enumerate(_CASH_SALES)
    ]
    return pd.DataFrame(rows, columns=_HEADINGS)


def write_csv(export: pd.DataFrame, path: Path) -> Path:
    """Write the export as a Norwegian CSV: cp1252, semicolons, ``1 234,50`` and ``31.12.2025``."""
    text = export.assign(**{name: export[name].map(_kroner) for name in _MONEY})
    text["Fakturadato"] = export["Fakturadato"].dt.strftime("%d.%m.%Y")
    total = dict.fromkeys(_HEADINGS, "") | {"Kundenr": "Sum"}
    total |= {name: _kroner(int(export[name].sum())) for name in _MONEY}
    text = pd.concat([text, pd.DataFrame([total])], ignore_index=True)
    content = text.to_csv(sep=";", index=False, lineterminator="\r\n")
    path.write_bytes(content.encode("cp1252"))
    return path


def _kroner(ore: int) -> str:
    sign, ore = ("-" if ore < 0 else ""), abs(ore)
    thousands = f"{ore // 100:,}".replace(",", "\u00a0")
    return f"{sign}{thousands},{ore % 100:02d}"


def write_workbook(export: pd.DataFrame, path: Path) -> Path:
    """Write the export as a workbook: three rows above the headings, a row of totals below."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": "Fjordgross (fiktiv)", "created": _CREATED})
    sheet = book.add_worksheet("Ark1")
    styles = {
        "bold": book.add_format({"bold": True}),
        "day": book.add_format({"num_format": "dd.mm.yyyy"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "total": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
    }
    sheet.write_string(0, 0, "Fjordgross AS (fiktivt firma)", styles["bold"])
    sheet.write_string(1, 0, "Fakturering per kunde")
    sheet.write_string(2, 0, "Periode: 01.10.2025 - 31.12.2025")
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(3, column, heading, styles["bold"])
        _write_column(sheet, column, export[heading], styles)
    sheet.write_string(len(export) + 4, 0, "Totalt", styles["total"])
    for name in _MONEY:
        total = int(export[name].sum()) / 100
        sheet.write_number(len(export) + 4, _HEADINGS.index(name), total, styles["total"])
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 38)
    sheet.set_column(2, len(_HEADINGS) - 1, 15)
    book.close()
    return path


def _write_column(sheet: Any, column: int, values: pd.Series, styles: dict[str, Any]) -> None:
    for row, value in enumerate(values, start=4):
        if isinstance(value, pd.Timestamp):
            sheet.write_datetime(row, column, value.to_pydatetime(), styles["day"])
        elif isinstance(value, str):
            sheet.write_string(row, column, value)
        else:
            sheet.write_number(row, column, value / 100, styles["money"])


def write_key(key: dict[str, dict[str, Any]], path: Path) -> Path:
    """Write the answer key as JSON."""
    text = json.dumps(key, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    return path
