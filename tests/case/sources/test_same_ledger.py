"""One ledger in every form gives the same accounts, to the cent."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from decimal import Decimal

import pandas as pd
import pytest

from kamkit import identify
from kamkit.case import ColumnMapping, open_case
from tests.case.sources.papers import ubl

HOW = ColumnMapping().with_options({"currency": "NOK"})
COLUMNS = ["account_id", "account_name", "date", "amount", "invoice_id", "product_id", "quantity"]


@pytest.fixture(scope="module")
def ledger():
    """400 lines on 120 invoices and credit notes of 23 customers, amounts to the cent."""
    rows = []
    for n in range(400):
        invoice = n % 120
        customer = invoice * 7 % 23
        sign = -1 if invoice % 10 == 9 else 1
        amount = Decimal(sign * ((n * 7919) % 250_000 + 5)) / 100
        day = f"2024-{invoice % 12 + 1:02}-{invoice % 28 + 1:02}"
        number, name = f"{900_000_000 + customer}", f"Kunde Ø{customer} & sønn AS"
        product, quantity = f"{n % 31:05}", sign * (n % 9 + 1)
        rows.append((number, name, day, amount, f"F{invoice:04}", product, quantity))
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.fixture(scope="module")
def wanted(ledger):
    """Revenue and invoices of each account, from the decimals themselves."""
    own = ledger.groupby("account_id")
    table = own.agg(revenue=("amount", "sum"), invoices=("invoice_id", "nunique"))
    return {row.Index: (float(row.revenue), row.invoices) for row in table.itertuples()}


def facts(case):
    table = identify.account_facts(case)
    return {
        row.account_id: (round(row.revenue, 4), row.invoices, row.account_name)
        for row in table.itertuples()
    }


def as_csv(frame, folder):
    frame.to_csv(folder / "sales.csv", index=False)
    return folder / "sales.csv"


def as_norwegian_csv(frame, folder):
    own = frame.assign(
        amount=frame["amount"].map(lambda amount: f"{amount:.2f}".replace(".", ",")),
        date=pd.to_datetime(frame["date"]).dt.strftime("%d.%m.%Y"),
    )
    own.to_csv(folder / "salg.csv", sep=";", index=False, encoding="cp1252")
    return folder / "salg.csv"


def as_workbook(frame, folder):
    own = frame.assign(date=pd.to_datetime(frame["date"]), amount=frame["amount"].astype(float))
    own.to_excel(folder / "sales.xlsx", index=False)
    return folder / "sales.xlsx"


def as_parquet(frame, folder):
    frame.to_parquet(folder / "sales.parquet", index=False)
    return folder / "sales.parquet"


def as_sqlite(frame, folder):
    with sqlite3.connect(folder / "erp.db") as connection:
        frame.assign(amount=frame["amount"].astype(float)).to_sql("sales", connection, index=False)
    connection.close()
    return f"sqlite:///{folder / 'erp.db'}"


def as_duckdb(frame, folder):
    import duckdb

    path = as_parquet(frame, folder)
    with duckdb.connect(str(folder / "erp.duckdb")) as connection:
        connection.execute(f"CREATE TABLE sales AS FROM read_parquet('{path}')")
    return f"duckdb:///{folder / 'erp.duckdb'}"


def as_zip(frame, folder):
    with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(as_csv(frame, folder), "export/lines.csv")
    return folder / "export.zip"


def as_json_lines(frame, folder):
    records = frame.assign(amount=frame["amount"].astype(float)).to_dict("records")
    text = "\n".join(json.dumps(record) for record in records)
    (folder / "sales.jsonl").write_text(text, encoding="utf-8")
    return folder / "sales.jsonl"


def as_invoices(frame, folder):
    place = folder / "invoices"
    place.mkdir()
    for number, lines in frame.groupby("invoice_id"):
        first = lines.iloc[0]
        credit = first["amount"] < 0
        sign = -1 if credit else 1
        own = [
            {"net": sign * row.amount, "item": row.product_id, "quantity": sign * row.quantity}
            for row in lines.itertuples()
        ]
        text = ubl(
            number,
            sign * lines["amount"].sum(),
            own,
            kind="CreditNote" if credit else "Invoice",
            day=first["date"],
            buyer=(first["account_id"], first["account_name"]),
        )
        (place / f"{number}.xml").write_text(text, encoding="utf-8")
    return place


FORMS = [
    as_csv,
    as_norwegian_csv,
    as_workbook,
    as_parquet,
    as_sqlite,
    as_duckdb,
    as_zip,
    as_json_lines,
    as_invoices,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__.removeprefix("as_"))
def test_the_same_ledger_in_another_form(ledger, wanted, tmp_path, form):
    case = open_case(form(ledger, tmp_path), mapping=HOW)
    found = facts(case)
    assert {key: row[:2] for key, row in found.items()} == wanted
    assert all(row[2] == f"Kunde Ø{int(key) - 900_000_000} & sønn AS" for key, row in found.items())


def test_the_same_ledger_on_a_postgresql_server(ledger, wanted, postgres):
    import psycopg

    with psycopg.connect(postgres) as connection:
        connection.execute(
            "CREATE TABLE same (account_id text, account_name text, date date, "
            "amount numeric(12, 2), invoice_id text, product_id text, quantity int)"
        )
        places = "VALUES (%s, %s, %s, %s, %s, %s, %s)"
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO same {places}", list(ledger.itertuples(index=False)))
    case = open_case(postgres, mapping=HOW.with_options({"table": "same"}))
    assert {key: row[:2] for key, row in facts(case).items()} == wanted
