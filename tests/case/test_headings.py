"""Headings as Norwegian and English systems write them, and the mapping file that settles them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamkit.case import ColumnMapping, open_case
from kamkit.case.headings import folded, propose
from kamkit.errors import HeadingError, ParameterError
from kamkit.schema.contract import TABLES

EXPORTS = {
    "Business Central": (
        "Salg til-kundenr.;Kundenavn;Bokføringsdato;Bilagsnr.;Varenr.;Antall;Beløp",
        ("account_id", "account_name", "date", "invoice_id", "product_id", "quantity", "amount"),
    ),
    "Norwegian accounting": (
        (
            "Kundenummer;Kunde;Fakturadato;Fakturanummer;Produktnummer;Varegruppe;Antall;"
            "Beløp eks. mva;Valuta"
        ),
        (
            "account_id",
            "account_name",
            "date",
            "invoice_id",
            "product_id",
            "category",
            "quantity",
            "amount",
            "currency",
        ),
    ),
    "English shop": (
        "Customer ID;Customer Name;Invoice Date;Invoice No;SKU;Quantity;Unit Price;Country",
        (
            "account_id",
            "account_name",
            "date",
            "invoice_id",
            "product_id",
            "quantity",
            "unit_price",
            "region",
        ),
    ),
}


@pytest.mark.parametrize("system", EXPORTS)
def test_the_headings_of_a_system_are_recognised(system):
    written, meant = EXPORTS[system]
    headings = written.split(";")
    found = propose(headings, TABLES["sales"]).columns
    assert found == dict(zip(meant, headings, strict=True))


def test_every_synonym_leads_to_its_own_column():
    for table in TABLES.values():
        for column in table.columns:
            for word in (column.name, *column.synonyms, column.norwegian):
                if word:
                    assert propose([word], table).columns.get(column.name) == word, word


def test_no_synonym_is_claimed_by_two_columns():
    for table in TABLES.values():
        seen: dict[str, str] = {}
        for column in table.columns:
            for word in {folded(name) for name in (column.name, *column.synonyms)}:
                assert seen.setdefault(word, column.name) == column.name, word


@pytest.mark.parametrize(
    "word", ["Kundenr.", "KUNDENR", " kunde nr ", "Kunde-nr", "kundenr:", "Kunde_nr"]
)
def test_case_dots_and_spaces_do_not_matter(word):
    assert propose([word], TABLES["sales"]).columns == {"account_id": word}


LEDGER = "Hvem;Når;Hvor mye;Kommentar\n1;17.05.2024;100,00;x\n2;18.05.2024;50,00;y\n"


@pytest.fixture
def ledger(tmp_path) -> Path:
    path = tmp_path / "salg.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return path


def test_headings_nobody_knows_are_refused_and_a_mapping_settles_them(ledger):
    with pytest.raises(HeadingError):
        open_case(ledger)
    how = ColumnMapping({"sales": {"account_id": "Hvem", "date": "Når", "amount": "Hvor mye"}})
    assert open_case(ledger, mapping=how).reconciliation()["amount"].iloc[1] == 150


def test_the_mapping_file_beside_the_source_is_used_and_round_trips(ledger):
    how = ColumnMapping({"sales": {"account_id": "Hvem", "date": "Når", "amount": "Hvor mye"}})
    how = how.with_options({"exclude": ["2"], "currency": "NOK"})
    beside = ledger.with_name("salg.csv.kamkit.toml")
    beside.write_text(how.text(), encoding="utf-8")
    case = open_case(ledger)
    assert case.currency == "NOK"
    assert case.reconciliation()["amount"].iloc[1] == 100
    assert ColumnMapping.load(beside) == how


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[sales]\naccount_id = "Hvem', "cannot be read"),
        ("[sales]\naccount_id = 3\n", "not a heading in quotes"),
        ('[salgs]\naccount_id = "Hvem"\n', "There is no table “salgs”"),
        ('[sales]\nkunde = "Hvem"\n', "has no column “kunde”"),
        ("[options]\nspeed = 3\n", "Unknown reading option “speed”"),
        ("[options]\nmax_rows = 7\n", "“max_rows” cannot have this value"),
    ],
)
def test_a_mapping_file_with_a_mistake_names_it(ledger, text, said):
    beside = ledger.with_name("salg.csv.kamkit.toml")
    beside.write_text(text, encoding="utf-8")
    with pytest.raises((HeadingError, ParameterError)) as refusal:
        open_case(ledger)
    assert said in str(refusal.value)
    assert "do:  " in str(refusal.value)


def test_a_heading_that_is_not_in_the_source_is_named(ledger):
    how = ColumnMapping({"sales": {"account_id": "Hvemm", "date": "Når", "amount": "Hvor mye"}})
    with pytest.raises(HeadingError) as refusal:
        open_case(ledger, mapping=how)
    assert "There is no heading “Hvemm”" in str(refusal.value)
    assert "“Hvem”" in str(refusal.value)
