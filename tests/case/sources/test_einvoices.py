"""E-invoices as a ledger: each document used whole or set aside whole, to the cent."""

from __future__ import annotations

import pytest

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import SourceError
from tests.case.sources.papers import cii, ubl, ubl_extra


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes documents into a folder and opens it."""

    def opened(*documents, **options):
        place = tmp_path / "fakturaer"
        place.mkdir(exist_ok=True)
        for n, text in enumerate(documents):
            (place / f"{n:03}.xml").write_text(text, encoding="utf-8")
        return open_case(place, mapping=ColumnMapping().with_options(options))

    return opened


def fates(case):
    table = case.reconciliation()
    return {row.reason: (row.rows, row.amount) for row in table.itertuples()}


def revenue(case):
    sales = case.engine.frame(case.sales)
    return sales.groupby("account_id")["amount"].sum().round(2).to_dict()


PUBLISHED = {
    "Allowance-example.xml": 5900.0,
    "base-creditnote-correction.xml": -1325.0,
    "base-example.xml": 1325.0,
    "base-negative-inv-correction.xml": -1325.0,
    "vat-category-E.xml": 1200.0,
}
"""The tax-exclusive amount that each published document itself states; credited is negative."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_document_gives_its_own_total(shared_data, name):
    case = open_case(shared_data / "einvoice" / name)
    assert fates(case)["used"][1] == PUBLISHED[name]
    assert set(fates(case)) == {"read", "used"}


def test_the_published_documents_together_with_a_rate(shared_data):
    how = ColumnMapping().with_options({"currency": "EUR", "rates": {"GBP": 1.2}})
    case = open_case(shared_data / "einvoice", mapping=how)
    assert revenue(case) == {"39937423947": 4575.0, "12345678": 1440.0}
    assert any("the number of another" in n and "Snippet1" in n for n in case.notes)


def test_lines_allowances_and_charges_of_the_document_are_its_total(folder):
    lines = [{"net": "900.00", "discount": "100.00", "quantity": 10}, {"net": "50.00"}]
    extras = ubl_extra("30.00") + ubl_extra("25.50", charge=True)
    case = folder(ubl("1", "945.50", lines, extras=extras))
    sales = case.engine.frame(case.sales).sort_values("amount")
    assert sales["amount"].tolist() == [-30.0, 25.5, 50.0, 900.0]
    assert sales["list_amount"].tolist() == [0.0, 25.5, 50.0, 1000.0]
    assert sales["product_name"].tolist() == ["Rabatt", "Frakt", "Vare", "Vare"]


def test_without_an_allowance_there_is_no_list_amount(folder):
    assert "list_amount" not in folder(ubl("1", "50", [{"net": "50"}])).columns


def test_buyer_number_name_and_register(folder):
    case = folder(ubl("1", "50", [{"net": "50"}], buyer=("NO 912 345 678 MVA", "Hav & Co AS")))
    assert revenue(case) == {"912345678": 50.0}
    accounts = case.table("accounts")
    assert accounts[["account_id", "name", "org_number"]].values.tolist() == [
        ["912345678", "Hav & Co AS", "912345678"]
    ]


def test_one_number_under_two_schemes_is_two_buyers(folder):
    case = folder(
        ubl("1", "50", [{"net": "50"}], buyer=("12345678", "Nord"), scheme="0184"),
        ubl("2", "70", [{"net": "70"}], buyer=("12345678", "Süd"), scheme="0204"),
    )
    assert revenue(case) == {"12345678": 50.0, "0204:12345678": 70.0}


def test_a_buyer_without_a_number_is_known_by_name_and_told(folder):
    case = folder(ubl("1", "50", [{"net": "50"}], buyer=("", "Hav AS")))
    assert revenue(case) == {"Hav AS": 50.0}
    assert "1 buyer has no number in the documents and is known by name: Hav AS." in case.notes


def test_a_credit_note_takes_back_and_what_it_gives_back_stays(folder):
    case = folder(
        ubl("1", "100", [{"net": "100"}]),
        ubl("2", "70", [{"net": "80", "quantity": 8}, {"net": "-10"}], kind="CreditNote"),
    )
    sales = case.engine.frame(case.sales)
    assert sorted(sales["amount"]) == [-80.0, 10.0, 100.0]
    assert sales.set_index("amount").loc[-80.0, "quantity"] == -8
    assert sales.set_index("amount").loc[-80.0, "doc_type"] == "credit_note"


def test_a_credit_note_of_negative_lines_alone_adds(folder):
    case = folder(
        ubl("1", "100", [{"net": "100"}]), ubl("2", "-70", [{"net": "-70"}], kind="CreditNote")
    )
    assert fates(case)["used"] == (2, 170.0)


def test_a_document_whose_lines_are_not_its_total_is_set_aside_whole(folder):
    sound = [ubl(str(n), "100", [{"net": "100"}]) for n in range(9)]
    case = folder(*sound, ubl("X", "60", [{"net": "30"}, {"net": "20"}]), max_rows=0.5)
    assert fates(case)["used"] == (9, 900.0)
    assert fates(case)["unsound_document"] == (2, 50.0)
    assert any("X (50.00 ≠ 60.00)" in note for note in case.notes)


def test_lines_of_more_than_two_decimals_make_the_total_to_the_cent(folder):
    case = folder(ubl("1", "10.01", [{"net": "3.335"}, {"net": "6.670"}]))
    assert fates(case)["used"] == (2, 10.005)


def test_the_same_document_twice_counts_once_and_is_told(folder):
    paper = ubl("1", "100", [{"net": "100"}])
    case = folder(paper, paper.replace("\n", ""), ubl("2", "5", [{"net": "5"}]))
    assert fates(case)["used"] == (2, 105.0)
    assert fates(case)["repeated_document"] == (1, 100.0)
    assert "1 document is there once more and counts once: 1 (001.xml)." in case.notes


def test_one_number_with_other_contents_counts_and_is_told(folder):
    case = folder(ubl("1", "100", [{"net": "100"}]), ubl("1", "90", [{"net": "90"}]))
    assert fates(case)["used"] == (2, 190.0)
    assert any("has the number of another" in note for note in case.notes)


def test_a_corrected_invoice_beside_the_first_is_told(folder):
    case = folder(
        ubl("1", "100", [{"net": "100"}]),
        ubl("2", "90", [{"net": "90"}], code="384", refers_to="1"),
    )
    assert any("2 → 1" in note for note in case.notes)


def test_a_proforma_is_no_sale(folder):
    case = folder(
        ubl("1", "100", [{"net": "100"}]), ubl("2", "9", [{"net": "9"}], code="325"), max_rows=0.5
    )
    assert fates(case)["other_document"] == (1, 9.0)


def test_a_broken_document_is_a_row_set_aside(folder):
    sound = [ubl(str(n), "100", [{"net": "100"}]) for n in range(9)]
    case = folder(*sound, "<Invoice><broken")
    assert fates(case)["broken_document"][0] == 1
    assert any("009.xml" in note for note in case.notes)


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<Invoice>&b;</Invoice>"
)
ELSEWHERE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice>&a;</Invoice>'


@pytest.mark.parametrize("text", [BOMB, ELSEWHERE, "<Invoice>" * 2000, "<Invoice"])
def test_documents_that_declare_or_nest_without_end_are_refused(folder, text):
    with pytest.raises(SourceError) as refusal:
        folder(text)
    assert str(refusal.value).startswith("No invoice can be read.")


def test_other_xml_is_named(tmp_path):
    (tmp_path / "ordre.xml").write_text("<Order/>")
    with pytest.raises(SourceError) as refusal:
        open_case(tmp_path / "ordre.xml")
    assert "ordre.xml (Order)" in str(refusal.value)


def test_bought_goods_are_refused(folder):
    with pytest.raises(SourceError) as refusal:
        folder(
            ubl("1", "100", [{"net": "100"}], seller=("911111111", "A AS")),
            ubl("1", "100", [{"net": "100"}], seller=("922222222", "B AS")),
        )
    assert str(refusal.value).startswith("These invoices are purchases")


def test_several_sellers_are_told(folder):
    case = folder(
        ubl("1", "100", [{"net": "100"}], seller=("911111111", "A AS")),
        ubl("2", "50", [{"net": "50"}], buyer=("923456789", "Fjord AS")),
    )
    assert any("several sellers: A AS (1), Selger AS (1)" in note for note in case.notes)


def test_an_invoice_in_an_envelope(folder):
    inside = ubl("1", "100", [{"net": "100"}]).partition("?>")[2]
    head = '<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/'
    case = folder(f'{head}StandardBusinessDocumentHeader">{inside}</StandardBusinessDocument>')
    assert revenue(case) == {"912345678": 100.0}


def test_cross_industry_invoices(folder):
    case = folder(
        cii("1", "110.50", [(2, "100.00")], charge="10.50"),
        cii("2", "30.00", [(1, "30.00")], code="381"),
    )
    assert revenue(case) == {"912345678": 80.5}
    assert str(case.period) == "31 Mar 2025 – 31 Mar 2025"


def test_an_amount_that_is_no_plain_decimal_breaks_the_document(folder):
    sound = [ubl(str(n), "100", [{"net": "100"}]) for n in range(9)]
    case = folder(*sound, ubl("9", "1e9", [{"net": "1e9"}]))
    assert fates(case)["used"] == (9, 900.0)
    assert fates(case)["broken_document"][0] == 1
