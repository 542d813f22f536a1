"""Bad input is answered by what was found, what was wanted and what to do; nothing is left behind.

Each test shows the message as a user reads it.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import HeadingError, KamkitError, LedgerError, SourceError

GOOD = "Kundenr;Fakturadato;Beløp\n1;13.02.2024;100,00\n2;15.02.2024;250,50\n"


def refused(place: Path, kind: type[KamkitError], mapping: ColumnMapping | None = None) -> str:
    """Open what lies at a place; return the words of the refusal, and see that nothing is left."""
    before = sorted(place.parent.rglob("*"))
    with pytest.raises(kind) as refusal:
        open_case(place, mapping=mapping)
    assert sorted(place.parent.rglob("*")) == before
    words = str(refusal.value)
    assert "Traceback" not in words
    return words


@pytest.fixture
def write(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_a_missing_file(tmp_path):
    words = refused(tmp_path / "salg.csv", SourceError)
    assert "There is no file, folder or data set" in words
    assert "salg.csv" in words
    assert "wanted: a path, or one of the data sets fjordgross, cdnow" in words
    assert "do:     Check the spelling and the folder you stand in." in words


def test_a_missing_data_set_with_a_near_name():
    with pytest.raises(SourceError) as refusal:
        open_case("fjordgros")
    assert "fjordgross" in str(refusal.value)


def test_a_folder_without_a_known_table(write, tmp_path):
    folder = tmp_path / "eksport"
    folder.mkdir()
    (folder / "notes.txt").write_text("hello")
    assert refused(folder, SourceError).splitlines() == [
        "No sales ledger was found.",
        "  where:  eksport",
        "  found:  notes.txt: The file has only one column.",
        (
            "  wanted: a table with customer, date and amount, or one named “sales”, “ledger”, "
            "“invoice lines”, “salg”, “omsetning” and “fakturalinjer”"
        ),
        "  do:     Rename the ledger, or give its file as the source.",
    ]


@pytest.mark.parametrize("content", ["", "\n\n   \n", "\ufeff"])
def test_an_empty_file(write, content):
    words = refused(write("tom.csv", content), SourceError)
    assert words.splitlines() == [
        "The file is empty.",
        "  where:  tom.csv",
        "  wanted: a heading row and at least one line",
        "  do:     Export it again.",
    ]


def test_a_header_only(write):
    words = refused(write("hode.csv", "Kundenr;Fakturadato;Beløp\n"), SourceError)
    assert words.splitlines() == [
        "There are headings but no lines below them.",
        "  where:  hode.csv",
        "  wanted: at least one line of sales",
        "  do:     Check the period of the export, and export again.",
    ]


@pytest.mark.parametrize(
    ("column", "content", "example"),
    [
        ("account_id", "Fakturadato;Beløp;Tekst\n13.02.2024;100,00;x\n", "“Kundenr”"),
        ("date", "Kundenr;Beløp;Tekst\n1;100,00;x\n", "“Fakturadato”"),
        ("amount", "Kundenr;Fakturadato;Tekst\n1;13.02.2024;x\n", "“Beløp eks. mva”"),
    ],
)
def test_a_column_that_is_not_there(write, column, content, example):
    words = refused(write("uten.csv", content), HeadingError)
    heads = ", ".join(f"“{name}”" for name in content.splitlines()[0].split(";"))
    assert f"No column was found for “{column}”." in words
    assert "where:  uten.csv" in words
    assert f"found:  the headings {heads}" in words
    assert f"for example {example}" in words
    assert f'do:     Name the heading, for example --map {column}="Heading"' in words


def test_all_dates_unreadable(write):
    content = "Kundenr;Fakturadato;Beløp\n1;i går;100,00\n2;snart;50,00\n"
    assert refused(write("datoer.csv", content), LedgerError).splitlines() == [
        "Not one date in “Fakturadato” can be read.",
        "  where:  datoer.csv",
        "  found:  row 2: “i går”, row 3: “snart”",
        "  wanted: dates such as 31.12.2025, 2025-12-31 or 20251231",
        (
            '  do:     Is it the right column? Choose another with --map date="Heading", or say '
            "how they are written, such as --date-format dd.mm.yyyy."
        ),
    ]


def test_a_day_and_month_order_that_cannot_be_told(write):
    content = "Customer,Invoice Date,Amount\n1,01/02/2024,100.00\n2,05/02/2024,250.50\n"
    words = refused(write("order.csv", content), LedgerError)
    assert "The order of day and month" in words
    assert "“01/02/2024” and no day above 12" in words
    assert "--day-first (31/12/2025) or --month-first (12/31/2025)" in words


def test_a_thousand_or_a_decimal_that_cannot_be_told(write):
    content = "Kundenr;Fakturadato;Beløp\n1;13.02.2024;1.234\n2;15.02.2024;5.678\n"
    words = refused(write("tusen.csv", content), LedgerError)
    assert "Nothing tells whether “1.234” is a thousand or a decimal number." in words
    assert "--decimal , or --decimal ." in words


def test_text_in_amounts(write):
    lines = [f"{n};{n:02}.02.2024;{'etter avtale' if n % 2 else n}" for n in range(1, 20)]
    words = refused(
        write("tekst.csv", "\n".join(["Kundenr;Fakturadato;Beløp", *lines])), LedgerError
    )
    assert words.splitlines() == [
        "There is text among the amounts of “Beløp”.",
        "  where:  tekst.csv",
        (
            "  found:  10 rows, first row 2: “etter avtale”, row 4: “etter avtale”, "
            "row 6: “etter avtale”"
        ),
        "  wanted: amounts such as 1234.50 or 1 234,50",
        '  do:     Mend the rows, or choose another column with --map amount="Heading".',
    ]


def test_one_text_among_many_amounts_is_set_aside_and_told(write):
    lines = [f"{n};{n:02}.02.2024;{n}0,00" for n in range(1, 21)]
    lines.append("21;21.02.2024;etter avtale")
    case = open_case(write("en.csv", "\n".join(["Kundenr;Fakturadato;Beløp", *lines])))
    aside = case.set_aside()
    assert aside["reason"].tolist() == ["unreadable_amount"]
    assert aside["source_row"].tolist() == [22]


def test_mixed_currencies_without_rates(write):
    content = (
        "Kundenr;Fakturadato;Beløp;Valuta\n1;13.02.2024;100,00;NOK\n2;15.02.2024;250,50;EUR\n"
        "3;16.02.2024;50,00;NOK\n"
    )
    assert refused(write("valuta.csv", content), LedgerError).splitlines() == [
        "The ledger has amounts in several currencies and no rates.",
        "  where:  valuta.csv",
        "  found:  NOK: 2 rows, 150.00; EUR: 1 row, 250.50",
        "  wanted: one currency, or a rate for each of the others",
        (
            "  do:     Say the currency and the rates: --currency NOK --rate EUR=11.50, or in the "
            'mapping file currency = "NOK" and rates = { EUR = 11.50 } under [options].'
        ),
    ]


@pytest.mark.parametrize(("rate", "total"), [(11.5, 215.0), (0.1234, 101.234), (0.00012, 100.0012)])
def test_mixed_currencies_with_rates_are_counted_in_one(write, rate, total):
    content = "Kundenr;Fakturadato;Beløp;Valuta\n1;13.02.2024;100,00;NOK\n2;15.02.2024;10,00;EUR\n"
    how = ColumnMapping().with_options({"currency": "NOK", "rates": {"EUR": rate}})
    case = open_case(write("kurs.csv", content), mapping=how)
    assert case.currency == "NOK"
    assert case.reconciliation()["amount"].iloc[1] == total


def test_an_encrypted_workbook(write):
    words = refused(write("laast.xlsx", compound_file("EncryptedPackage")), SourceError)
    assert "password" in words
    assert "where:  laast.xlsx" in words
    assert "do:  " in words


def test_a_broken_workbook(write):
    words = refused(write("ødelagt.xlsx", b"PK\x03\x04" + b"x" * 500), SourceError)
    assert "The workbook cannot be read; it is broken or not a workbook." in words
    assert "where:  ødelagt.xlsx" in words
    assert "do:     Open it in a spreadsheet program and save it again." in words


def test_a_workbook_that_was_cut_short(write, tmp_path):
    whole = tmp_path / "hel.xlsx"
    with xlsxwriter.Workbook(whole) as book:
        sheet = book.add_worksheet()
        for row in range(200):
            sheet.write_row(row, 0, ["Kundenr", "Fakturadato", "Beløp"] if not row else [1, 2, 3])
    content = whole.read_bytes()
    words = refused(write("kort.xlsx", content[: len(content) * 2 // 3]), SourceError)
    assert "where:  kort.xlsx" in words


def test_a_truncated_parquet(write):
    whole = io.BytesIO()
    frame = pd.DataFrame({"account_id": ["1"], "date": ["2024-01-01"], "amount": [1.0]})
    frame.to_parquet(whole)
    cut = whole.getvalue()[: len(whole.getvalue()) // 2]
    words = refused(write("kort.parquet", cut), SourceError)
    assert "The Parquet file cannot be read; it is cut short or not Parquet." in words
    assert "where:  kort.parquet" in words
    assert "do:     Write it again, or copy it again from where it came." in words


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (bytes(range(256)) * 40, "bytes that are no text"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "a file of type PNG"),
        (b"PK\x03\x04" + b"x" * 500, "a file of type xlsx"),
        (b"PAR1" + b"\x15" * 100, "a file of type parquet"),
    ],
)
def test_a_binary_renamed_to_csv(write, content, found):
    assert refused(write("salg.csv", content), SourceError).splitlines() == [
        "The file is not a text file, whatever its name says.",
        "  where:  salg.csv",
        f"  found:  {found}",
        "  wanted: text with separators (CSV)",
        "  do:     Give it its right ending (.xlsx, .parquet), or export it again as CSV.",
    ]


def test_a_single_column(write):
    content = "Kundenr:Fakturadato:Beløp\n1:13.02.2024:100\n"
    assert refused(write("kolon.csv", content), SourceError).splitlines() == [
        "The file has only one column.",
        "  where:  kolon.csv",
        "  found:  “Kundenr:Fakturadato:Beløp”",
        "  wanted: columns separated by semicolon, tab, comma or bar",
        "  do:     Export it again with a separator, or as a workbook.",
    ]


def test_duplicate_headings(write):
    content = "Kundenr;Fakturadato;Beløp;Beløp\n1;13.02.2024;100,00;3,00\n"
    assert refused(write("dobbel.csv", content), HeadingError).splitlines() == [
        "Several headings could be “amount”.",
        "  where:  dobbel.csv",
        "  found:  “Beløp” (100.00 in all) and “Beløp (2)” (3.00 in all)",
        "  wanted: the line's amount without VAT and after discount",
        '  do:     Choose one: --map amount="Beløp"',
    ]


def test_duplicate_headings_that_nobody_needs_do_not_matter(write):
    content = "Kundenr;Fakturadato;Beløp;Merke;Merke\n1;13.02.2024;100,00;a;b\n"
    assert len(open_case(write("merke.csv", content)).set_aside()) == 0


def test_headings_that_compete(write):
    content = "Kundenr;Fakturadato;Nettobeløp;Beløp;Sum eks mva\n1;13.02.2024;100,00;125,00;99\n"
    words = refused(write("flere.csv", content), HeadingError)
    assert "Several headings could be “amount”." in words
    assert (
        "found:  “Beløp” (125.00 in all), “Nettobeløp” (100.00 in all) and “Sum eks mva” (99.00 in "
        "all)"
    ) in words
    assert 'do:     Choose one: --map amount="Nettobeløp"' in words


@pytest.mark.parametrize("above", ["", GOOD])
def test_ten_million_separators_in_one_line(write, above):
    words = refused(write("bred.csv", above + ";" * 10_000_000 + "\n"), SourceError)
    assert "A line has more columns than a table can have." in words
    assert f"where:  bred.csv, row {4 if above else 1}" in words
    assert "wanted: at most 16,384 columns" in words


def test_no_rows_in_the_period(write):
    how = ColumnMapping().with_options({"start": "2030-01-01", "end": "2030-12-31"})
    assert refused(write("periode.csv", GOOD), LedgerError, how).splitlines() == [
        "There is no line of sales in the period.",
        "  where:  periode.csv",
        "  found:  2024-02-13 – 2024-02-15",
        "  wanted: 2030-01-01 – 2030-12-31",
        "  do:     Choose a period that the ledger covers, with --from and --to.",
    ]


def test_too_much_set_aside_stops_the_run(write):
    lines = [f"{n if n % 3 else ''};{n:02}.02.2024;{n}0,00" for n in range(1, 21)]
    words = refused(
        write("hull.csv", "\n".join(["Kundenr;Fakturadato;Beløp", *lines])), LedgerError
    )
    assert "Too much of the ledger had to be set aside." in words
    assert "no customer number (6)" in words
    assert "wanted: at most 25% of the rows and 25% of the amounts" in words
    assert "--max-rows" in words


def test_an_address_keeps_its_password_to_itself():
    with pytest.raises(SourceError) as refusal:
        open_case("mysql://ola:hemmelig@server/salg")
    assert "hemmelig" not in str(refusal.value)
    assert "This address cannot be opened as a case." in str(refusal.value)


def compound_file(stream: str) -> bytes:
    """Build the smallest OLE compound file with one stream: what an encrypted workbook is."""
    size = 512
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        1,
        1,
        0,
        4096,
        end,
        0,
        end,
        0,
        0,
    )
    header += struct.pack("<109I", *([0] + [free] * 108))[: size - len(header)]

    def entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            text,
            len(text),
            kind,
            1,
            free,
            free,
            child,
            b"",
            0,
            0,
            0,
            start,
            length,
        )

    sectors = [table, end, *range(3, 10), end] + [free] * 118
    fat = struct.pack("<128I", *sectors)
    directory = entry("Root Entry", 5, 1, end, 0) + entry(stream, 2, free, 2, 4096)
    directory += (
        struct.pack("<64sHBBIII16sIQQIQ", b"", 0, 0, 0, free, free, free, b"", 0, 0, 0, 0, 0)
    ) * 2
    return header + fat + directory + b"\x01" * 4096
