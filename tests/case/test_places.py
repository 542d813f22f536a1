"""Credit notes in a sheet, a file, a list or a section of their own; what is right is on paper."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest

from kamkit import open_case

SOLD = [("101", "2024-01-05", 1000.0), ("102", "2024-01-09", 400.0), ("101", "2024-02-16", 800.0)]
BACK = [("101", "2024-01-17", 200.0), ("102", "2024-02-20", 100.0)]
HEADS = ["customer number", "invoice date", "net amount"]
RIGHT = {"101": 1600.0, "102": 300.0}


def sums(path):
    case = open_case(path)
    lines = case.sales.execute()
    return lines.groupby("account_id")["amount"].sum().astype(float).to_dict(), case.notes


def text(rows, heads=HEADS):
    return "\n".join(";".join(map(str, row)) for row in [heads, *rows]) + "\n"


@pytest.mark.parametrize(
    "name", ["Kreditnotaer", "Credit notes", "Gutschriften", "Kredittnota 2024"]
)
def test_a_sheet_called_after_credit_notes_takes_back(tmp_path, name):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame(SOLD, columns=HEADS).to_excel(book, sheet_name="Fakturaer", index=False)
        pd.DataFrame(BACK, columns=HEADS).to_excel(book, sheet_name=name, index=False)
    found, notes = sums(path)
    assert found == RIGHT
    assert any(
        "Credit notes, payments and budgets are told by where they stand" in note for note in notes
    )


def test_what_is_below_zero_in_such_a_sheet_stays_so(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame(SOLD, columns=HEADS).to_excel(book, sheet_name="Fakturaer", index=False)
        below = [(account, day, -amount) for account, day, amount in BACK]
        pd.DataFrame(below, columns=HEADS).to_excel(book, sheet_name="Kreditnotaer", index=False)
    assert sums(path)[0] == RIGHT


def test_files_of_a_zip_are_told_by_their_names(tmp_path):
    path = tmp_path / "2024.zip"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("invoices_2024.csv", text(SOLD))
        box.writestr("credit_notes_2024.csv", text(BACK))
    assert sums(path)[0] == RIGHT


def test_files_of_a_folder_too_and_payments_are_no_sales(tmp_path):
    (tmp_path / "faktura.csv").write_text(text(SOLD), encoding="utf-8")
    (tmp_path / "kreditnota.csv").write_text(text(BACK), encoding="utf-8")
    paid = [("101", "2024-02-01", 900.0), ("102", "2024-02-02", 300.0)]
    (tmp_path / "innbetalinger.csv").write_text(text(paid), encoding="utf-8")
    assert sums(tmp_path)[0] == RIGHT


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_lines_below_a_line_that_says_credit_notes(tmp_path, ending):
    path = tmp_path / f"sales.{ending}"
    rows = [*SOLD, ("Kreditnotaer", "", ""), *BACK]
    if ending == "csv":
        path.write_text(text(rows), encoding="utf-8")
    else:
        table = pd.DataFrame(rows, columns=HEADS).replace("", None)
        table.to_excel(path, index=False)
    found, notes = sums(path)
    assert found == RIGHT
    assert any("the lines below “Kreditnotaer”" in note for note in notes)


def test_a_section_ends_where_the_next_begins(tmp_path):
    path = tmp_path / "sales.csv"
    more = [("103", f"2024-03-{day:02}", 10.0) for day in range(1, 11)]
    rows = [("Credit notes", "", ""), *BACK, ("Invoices", "", ""), *SOLD, *more]
    path.write_text(text(rows), encoding="utf-8")
    assert sums(path)[0] == {**RIGHT, "103": 100.0}


def test_each_list_of_an_object_is_read(tmp_path):
    path = tmp_path / "export.json"
    names = ["customer_no", "invoice_date", "net_amount"]
    lists = {
        key: [dict(zip(names, row, strict=True)) for row in rows]
        for key, rows in {"invoices": SOLD, "credit_notes": BACK}.items()
    }
    path.write_text(json.dumps(lists), encoding="utf-8")
    assert sums(path)[0] == RIGHT


def test_a_type_on_each_line_goes_before_the_name_of_the_sheet(tmp_path):
    path = tmp_path / "book.xlsx"
    heads = [*HEADS, "document type"]
    with pd.ExcelWriter(path) as book:
        typed = [(*row, "Invoice") for row in SOLD]
        pd.DataFrame(typed, columns=heads).to_excel(book, sheet_name="Fakturaer", index=False)
        mixed = [(*BACK[0], "Credit note"), (*BACK[1], "Invoice")]
        pd.DataFrame(mixed, columns=heads).to_excel(book, sheet_name="Kreditnotaer", index=False)
    # the second of the sheet is an invoice by its own type
    assert sums(path)[0] == {"101": 1600.0, "102": 500.0}


@pytest.mark.parametrize("name", ["Credit cards", "January", "credit notes and invoices"])
def test_other_names_of_sheets_say_nothing(tmp_path, name):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame(SOLD, columns=HEADS).to_excel(book, sheet_name="Fakturaer", index=False)
        pd.DataFrame(BACK, columns=HEADS).to_excel(book, sheet_name=name, index=False)
    assert sums(path)[0] == {"101": 2000.0, "102": 500.0}
