"""Archives, JSON and columns of fixed width: read right, or refused in words."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import HeadingError, SourceError
from tests.case.sources.papers import ubl

CSV = "Kundenr;Fakturadato;Beløp\n007;05.01.2025;1.234,50\n8;06.01.2025;-0,50\n"


def revenue(case):
    sales = case.engine.frame(case.sales)
    return sales.groupby("account_id")["amount"].sum().round(2).to_dict()


@pytest.fixture
def zipped(tmp_path):
    """Return a function that makes an archive of members by name."""

    def made(members, name="export.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return made


def test_a_ledger_in_a_zip_or_gz_file(zipped, tmp_path):
    packed = tmp_path / "salg.csv.gz"
    packed.write_bytes(gzip.compress(CSV.encode()))
    inside = {"export/2025.csv": CSV, "__MACOSX/._2025.csv": b"\0", "export/": ""}
    for path in (zipped(inside), packed):
        assert revenue(open_case(path)) == {"007": 1234.5, "8": -0.5}


def test_a_zip_of_several_tables_and_one_of_invoices(zipped):
    tables = {
        "2024.csv": CSV.replace("2025", "2024"),
        "2025.csv": CSV,
        "kunder.csv": "Kundenr;Navn\n007;Hav\n",
    }
    case = open_case(zipped(tables))
    assert revenue(case) == {"007": 2469.0, "8": -1.0}
    assert case.table("accounts")["name"].tolist() == ["Hav"]
    papers = {f"2025/{n}.xml": ubl(str(n), "10", [{"net": "10"}]) for n in range(5)}
    assert revenue(open_case(zipped(papers, "papers.zip"))) == {"912345678": 50.0}


def test_names_that_lead_out_of_the_archive_write_nothing_outside(zipped, tmp_path):
    assert revenue(open_case(zipped({"../../evil.csv": CSV}))) == {"007": 1234.5, "8": -0.5}
    assert not list(tmp_path.parent.rglob("evil.csv"))


def test_archives_in_archives_are_refused(zipped, tmp_path):
    nested = tmp_path / "a.zip.gz"
    nested.write_bytes(gzip.compress(b"PK"))
    tar = tmp_path / "a.csv.gz"
    tar.write_bytes(gzip.compress(b"x" * 257 + b"ustar" + b"x" * 600))
    for path in (zipped({"inner.zip": b"PK\x03\x04"}), nested, tar):
        with pytest.raises(SourceError, match="The archive holds another archive"):
            open_case(path)


@pytest.mark.parametrize("suffix", [".zip", ".gz"])
def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path, suffix):
    size = 300 << 20
    path = tmp_path / f"bomb.csv{suffix}"
    zeros = b"0" * (1 << 20)
    if suffix == ".zip":
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("bomb.csv", "w") as member,
        ):
            for _n in range(size >> 20):
                member.write(zeros)
    else:
        with gzip.open(path, "wb", compresslevel=1) as file:
            for _n in range(size >> 20):
                file.write(zeros)
    with pytest.raises(SourceError, match="far too large when it is unpacked"):
        open_case(path)


def test_broken_and_protected_archives_are_refused(zipped, tmp_path):
    whole = zipped({"2025.csv": CSV}).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[:-30])
    short = tmp_path / "short.csv.gz"
    short.write_bytes(gzip.compress(CSV.encode() * 100)[:-20])
    for path in (cut, short):
        with pytest.raises(SourceError, match="The archive cannot be read"):
            open_case(path)
    secret = bytearray(whole)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        secret[secret.find(mark) + place] |= 1
    cut.write_bytes(secret)
    with pytest.raises(SourceError, match="protected by a password"):
        open_case(cut)


def records(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return open_case(path)


ROWS = [
    {"customer_id": "007", "invoice_date": "2025-01-05", "amount": 0.1},
    {"customer_id": "007", "invoice_date": "2025-02-05T23:59:00", "amount": 1234567.25},
    {"customer_id": "8", "invoice_date": "2025-02-05", "amount": -1e2, "seller": "S1"},
]
WANTED = {"007": 1234567.35, "8": -100.0}


def test_records_as_a_list_as_lines_and_wrapped(tmp_path):
    assert revenue(records(tmp_path / "a.json", ROWS)) == WANTED
    lines = "\n".join(map(json.dumps, ROWS))
    assert revenue(records(tmp_path / "b.jsonl", lines + "\n\n")) == WANTED
    wrapped = {"@odata.context": "x", "value": ROWS}
    assert revenue(records(tmp_path / "c.json", wrapped)) == WANTED
    assert revenue(records(tmp_path / "d.json", {"data": {"rows": ROWS, "n": 3}})) == WANTED


def test_tables_by_columns_and_rows_with_headings_first(tmp_path):
    names = list(ROWS[0])
    cells = [[row[name] for name in names] for row in ROWS]
    by_column = {name: [row[name] for row in ROWS] for name in names}
    assert revenue(records(tmp_path / "a.json", [names, *cells])) == WANTED
    assert revenue(records(tmp_path / "b.json", by_column)) == WANTED
    split = {"columns": names, "index": [0, 1, 2], "data": cells}
    assert revenue(records(tmp_path / "c.json", split)) == WANTED
    frame = {name: {str(i): v for i, v in enumerate(by_column[name])} for name in names}
    assert revenue(records(tmp_path / "d.json", frame)) == WANTED


def test_a_number_of_three_decimals_is_no_thousand(tmp_path):
    rows = [{"account_id": "a", "date": "2025-01-05", "amount": 1.234}]
    assert records(tmp_path / "a.json", rows).reconciliation()["amount"][0] == 1.234


def test_objects_inside_are_columns(tmp_path):
    rows = [{"customer": {"id": "7", "name": "Hav"}, "date": "2025-01-05", "amount": 5}]
    case = records(tmp_path / "a.json", rows)
    assert case.mapping.columns["account_id"] == "customer.id"
    assert case.mapping.columns["account_name"] == "customer.name"


def test_lines_inside_records_are_the_rows_and_the_total_is_not_counted(tmp_path):
    order = {
        "customer_id": "7",
        "invoice_date": "2025-01-05",
        "amount": 70,
        "line_items": [
            {"sku": "V1", "quantity": 2, "price": 25},
            {"sku": "V2", "quantity": 1, "price": 20},
        ],
        "tags": ["web"],
    }
    case = records(tmp_path / "a.json", [order])
    assert revenue(case) == {"7": 70.0}
    assert case.reconciliation()["rows"][0] == 2
    assert any("“amount”" in note for note in case.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1', "not sound JSON"),
        ("[1, 2]", "no records"),
        ("[]", "no records"),
        ("[" * 100_000, "not sound JSON"),
        ('{"a": NaN}{', "not sound JSON"),
    ],
)
def test_other_json_is_refused_in_words(tmp_path, text, message):
    with pytest.raises(SourceError, match=message):
        records(tmp_path / "a.json", text)


def test_a_list_longer_than_a_chunk(tmp_path):
    rows = [{"account_id": str(n % 50), "date": "2025-01-05", "amount": n} for n in range(60_000)]
    case = records(tmp_path / "a.json", rows)
    assert case.reconciliation()["amount"].tolist() == [1799970000.0] * 2


def test_columns_of_fixed_width(tmp_path, cdnow):
    frame = cdnow.engine.frame(cdnow.sales).sort_values(["account_id", "date"], kind="stable")
    lines = [" customer_id  date number_of_cds  dollar_value"]
    lines += [
        f" {row.account_id} {row.date:%Y%m%d} {row.quantity:2.0f} {row.amount:7.2f}"
        for row in frame.itertuples()
    ]
    path = tmp_path / "CDNOW_master.txt"
    path.write_text("\r\n".join(lines), newline="")
    how = ColumnMapping().with_columns({"amount": "dollar_value", "quantity": "number_of_cds"})
    case = open_case(path, mapping=how)
    # the whole panel as published: 69 659 lines, 23 570 customers, 2 500 315.63
    read = case.reconciliation().iloc[0]
    assert (read["rows"], read["amount"], len(revenue(case))) == (69659, 2500315.63, 23570)


def test_fixed_width_without_headings_asks_with_the_answer(tmp_path):
    path = tmp_path / "panel.txt"
    path.write_text(
        " 00001 19970101  1   11.77\n 00002 19970112  5   77.00\n 00003 19970113 10  120.00\n"
    )
    with pytest.raises(HeadingError) as refusal:
        open_case(path)
    assert '--map account_id="column 1" --map date="column 2" --map amount="column 4"' in str(
        refusal.value
    )
    how = ColumnMapping().with_columns(
        {"account_id": "column 1", "date": "column 2", "amount": "column 4"}
    )
    assert revenue(open_case(path, mapping=how)) == {"00001": 11.77, "00002": 77.0, "00003": 120.0}
