"""Words of systems that made totals silently wrong; the right ones are added up on paper."""

from __future__ import annotations

import pytest

from kamkit import open_case
from kamkit.case.documents import kinds_of
from kamkit.case.headings import propose, spaced
from kamkit.case.reading.credited import GOODS, TEXT
from kamkit.case.reading.markers import unkept
from kamkit.case.reading.numbers import exact
from kamkit.errors import ParameterError
from kamkit.schema.contract import TABLES
from kamkit.source_options import mapping_of, settled


@pytest.fixture
def opened(tmp_path):
    def opened(text, *words):
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        return open_case(path, mapping=mapping_of(str(path), words, None, {}))

    return opened


def by_customer(case) -> dict[str, float]:
    sums = case.sales.group_by("account_id").aggregate(amount=case.sales.amount.sum())
    return {row["account_id"]: float(row["amount"]) for row in case.engine.rows(sums)}


LEDGERS = {
    "VAT in one word": (
        """CustomerNumber,InvoiceDate,TotalAmount,TotalVatAmount
1001,2024-01-15,1250.00,250.00
1002,2024-01-22,500.00,100.00
1002,2024-02-19,115.00,15.00
""",
        {"1001": 1000, "1002": 500},
    ),
    "a flag of credit invoices": (
        """CustomerNumber,InvoiceDate,NetAmount,IsCreditInvoice
1001,2024-01-15,1000.00,False
1002,2024-01-22,400.00,False
1001,2024-02-05,200.00,True
""",
        {"1001": 800, "1002": 400},
    ),
    "SAP in Norwegian": (
        """Kundenr;Fakturadatum;Fakturaart;Nettowert
100;15.01.2024;F2;1.000,00
200;18.01.2024;F2;400,00
100;12.02.2024;G2;100,00
200;13.02.2024;RE;50,00
200;14.02.2024;L2;30,00
200;15.02.2024;F2;20,00
200;16.02.2024;F2;20,00
""",
        {"100": 900, "200": 420},
    ),
    "SAP's cancelling document beside what it cancels": (
        """Auftraggeber;Faktura;Fakturadatum;Fakturaart;Storniert;Nettowert
100;90001;15.01.2024;F2;;1.000,00
200;90002;18.01.2024;F2;X;400,00
200;90003;19.01.2024;S1;;400,00
200;90004;20.01.2024;F2;;450,00
100;90006;12.02.2024;G2;;100,00
""",
        {"100": 900, "200": 450},
    ),
    "a cancelled invoice beside another of the same amount": (
        """Customer No,Invoice Date,Cancelled,Net Amount
A,2024-01-15,No,400.00
A,2024-01-20,No,-400.00
A,2024-02-15,Yes,400.00
B,2024-02-20,No,300.00
B,2024-02-21,No,200.00
""",
        {"A": 0, "B": 500},
    ),
    "two cancelled invoices beside the credit note of one": (
        """Customer No,Invoice Date,Cancelled,Net Amount
A,2024-01-15,Yes,400.00
A,2024-01-20,Yes,400.00
A,2024-02-15,No,-400.00
A,2024-02-18,No,900.00
B,2024-02-20,No,300.00
B,2024-02-21,No,200.00
B,2024-02-22,No,100.00
B,2024-02-23,No,100.00
""",
        # one of the two is taken off by the credit note, the other is no sale
        {"A": 900, "B": 700},
    ),
    "a cancelled invoice beside a payment of the same amount": (
        """Customer No,Invoice Date,Type,Cancelled,Net Amount
A,2024-01-15,Invoice,No,1000.00
A,2024-01-20,Invoice,Yes,400.00
A,2024-02-15,Payment,No,-400.00
B,2024-02-20,Invoice,No,300.00
B,2024-02-21,Invoice,No,200.00
B,2024-02-22,Invoice,No,100.00
B,2024-02-23,Invoice,No,100.00
B,2024-02-24,Invoice,No,100.00
""",
        {"A": 1000, "B": 800},
    ),
    "a flag called Void": (
        """Invoice No,Customer No,Invoice Date,Void,Net Amount
1,A,2024-01-15,No,1000.00
2,B,2024-01-22,No,400.00
3,A,2024-02-05,Yes,999.00
""",
        {"A": 1000, "B": 400},
    ),
    "charges not captured, and those of a test": (
        """id,Created (UTC),Amount,Captured,Customer ID,Status,Mode
ch_1,2024-01-15 10:00,1000.00,TRUE,cus_1,Paid,Live
ch_3,2024-02-05 10:00,999.00,TRUE,cus_1,Paid,Test
ch_4,2024-02-12 10:00,700.00,FALSE,cus_3,Paid,Live
ch_5,2024-02-19 10:00,50.00,TRUE,cus_3,Paid,Live
""",
        {"cus_1": 1000, "cus_3": 50},
    ),
    # 125 of 500 were paid back, a quarter of 400; 112.50 are 90 and their VAT
    "refunds that hold VAT": (
        """Customer ID,Date,Net Amount,Taxes,Refunded Amount
a,2024-01-15,1000.00,250.00,0.00
b,2024-01-22,400.00,100.00,125.00
c,2024-02-05,90.00,22.50,112.50
c,2024-02-19,80.00,20.00,0.00
""",
        {"a": 1000, "b": 300, "c": 80},
    ),
    "Square": (
        """Date,Gross Sales,Discounts,Net Sales,Tax,Tip,Fees,Net Total,Customer ID
2024-01-15,"$1,000.00",-$100.00,$900.00,$90.00,$50.00,-$27.00,"$1,013.00",C1
2024-01-22,$400.00,$0.00,$400.00,$40.00,$0.00,-$11.00,$429.00,C2
2024-02-05,-$200.00,$20.00,-$180.00,-$18.00,$0.00,$0.00,-$198.00,C1
""",
        {"C1": 720, "C2": 400},
    ),
    "sums of each customer in Polish": (
        """Nr klienta;Nazwa klienta;Data faktury;Wartość netto
K1;Dąb Sp. z o.o.;2024-01-15;1 000,50
K1;Dąb Sp. z o.o.;2024-01-22;2 000,00
K1;Podsumowanie K1;2024-01-22;3 000,50
K2;Klon S.A.;2024-02-05;400,00
K2;Klon S.A.;2024-02-12;100,25
K2;Suma częściowa K2;2024-02-12;500,25
""",
        {"K1": 3000.5, "K2": 500.25},
    ),
    "customers whose names begin as sums do": (
        """Kundenr;Kundenavn;Fakturadato;Netto
1;Hav AS;05.01.2024;100,00
1;Hav AS;06.01.2024;200,00
2;Total Norge AS;07.01.2024;250,00
3;Sum AS;08.01.2024;75,00
""",
        {"1": 300, "2": 250, "3": 75},
    ),
    "sums in Dutch": (
        """Klantnummer;Factuurdatum;Omschrijving;Bedrag excl. btw
1001;15-01-2024;Stoel;1.250,00
1002;22-01-2024;Tafel;400,00
;;Subtotaal;1.650,00
1001;05-02-2024;Kast;250,00
1002;06-02-2024;Lamp;10,00
1002;07-02-2024;Lamp;20,00
1002;08-02-2024;Lamp;30,00
;;Totaal;1.960,00
""",
        {"1001": 1500, "1002": 460},
    ),
    "numbers that keep their zeros": (
        """Kundenr;Dato;Beløp
="000123";05.01.2024;100,00
="000123";16.01.2024;300,00
'000125;23.01.2024;50,00
="000125";30.01.2024;25,00
""",
        {"000123": 400, "000125": 75},
    ),
    "Swedish prices": (
        """Kundnr;Datum;Belopp
11;2024-01-15;1 200:-
12;2024-01-22;450,50
11;2024-02-05;700,-
12;2024-02-12;50 :-
""",
        {"11": 1900, "12": 500.5},
    ),
    "losses on debts": (
        """Customer No;Date;Description;Debit;Credit
A;2024-01-15;Invoice 1001;1000.00;
B;2024-01-22;Invoice 1002;400.00;
A;2024-02-05;Payment received - thank you;;1000.00
B;2024-02-12;Bad debt written off;;400.00
C;2024-02-19;Invoice 1003;700.00;
C;2024-02-26;Credit note 1004;;100.00
""",
        {"A": 1000, "B": 400, "C": 600},
    ),
    "stationery": (
        """Customer No,Date,Invoice No,Description,Net Amount
A,2024-01-15,1,Payment terminal rental,1000.00
B,2024-01-22,2,Credit note pads A4,400.00
C,2024-02-12,4,Credit memo forms,700.00
B,2024-02-19,5,Gift wrapping,90.00
A,2024-02-20,6,Credit note 5,90.00
""",
        {"A": 910, "B": 490, "C": 700},
    ),
}


@pytest.mark.sampled
@pytest.mark.parametrize("words", LEDGERS)
def test_the_total_of_each_customer_is_right(opened, words):
    text, right = LEDGERS[words]
    assert by_customer(opened(text)) == right


LOST = (
    *("Tap på krav", "Bad debt", "Write-off of invoice 12", "Avskrevet", "Tapsført faktura 7"),
    *("Forderungsausfall Müller", "Konstatert tap på kunde", "Kundförlust"),
)


@pytest.mark.sampled
@pytest.mark.parametrize("said", LOST)
def test_a_debt_that_is_written_off_is_set_aside_and_told(opened, said):
    case = opened(
        "Kundenr;Dato;Tekst;Debet;Kredit\n"
        "1;05.01.2024;Faktura 1;1000,00;\n"
        "2;06.01.2024;Faktura 2;400,00;\n"
        "1;07.01.2024;Faktura 3;600,00;\n"
        f"2;08.02.2024;{said};;400,00\n"
    )
    assert by_customer(case) == {"1": 1600, "2": 400}
    told = "1 line is a debt written off by its text, -400.00, and is set aside."
    assert told in [note.replace("−", "-") for note in case.notes]


def test_what_is_sold_under_such_a_word_stays(opened):
    case = opened(
        "Kundenr;Dato;Tekst;Beløp\n"
        "1;05.01.2024;Bad debt training;1000,00\n"
        "1;06.01.2024;Course;500,00\n"
    )
    assert by_customer(case) == {"1": 1500}


def test_the_codes_of_sap_are_told_by_one_another():
    assert kinds_of(["F2", "RE", "L2", "F8"]) == {
        "F2": "invoice",
        "RE": "credit_note",
        "L2": "invoice",
        "F8": "no_sale",
    }
    assert kinds_of(["RE", "GS"]) == {"RE": "invoice", "GS": "credit_note"}
    assert kinds_of(["RE"]) == {"RE": ""}


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("TotalVatAmount", "vat"),
        ("IsCreditInvoice", "doc_type"),
        ("SumExclVat", "amount"),
        ("SumInclVat", "amount_incl_vat"),
        ("Fakturaart", "doc_type"),
        ("Rechnungsart", "doc_type"),
        ("Belegart", "doc_type"),
        ("isVoid", "cancelled"),
        ("Void", "cancelled"),
        ("Auftraggeber", "account_id"),
        ("Refunded Amount", "credit_amount"),
        ("Amount Refunded", "credit_amount"),
        ("Net Total", "amount"),
    ],
)
def test_a_heading_of_a_system_is_known(heading, column):
    assert propose([heading], TABLES["sales"]).columns.get(column) == heading


def test_net_sales_go_before_the_net_total():
    assert propose(["Net Total", "Net Sales"], TABLES["sales"]).columns["amount"] == "Net Sales"


def test_a_heading_is_split_where_its_case_changes():
    assert spaced("totalVatAmount") == "total Vat Amount"
    assert spaced("SKU Beløp i NOK") == "SKU Beløp i NOK"


@pytest.mark.parametrize(
    ("written", "number"),
    [('="000123"', "000123"), ("'000125", "000125"), ("O'Hara", "O'Hara"), ("'t Huis", "'t Huis")],
)
def test_a_number_is_what_it_was_kept_as(meaning, written, number):
    assert meaning([written], lambda held: unkept(held.value))[written] == number


@pytest.mark.parametrize(
    ("written", "amount"), [("1 200:-", 1200), ("1 200,-", 1200), ("-75:-", -75), ("kr 80:-", 80)]
)
def test_a_price_without_decimals_is_a_number(meaning, written, amount):
    assert meaning([written], lambda held: exact(held.value, ","))[written] == amount


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        ("Credit note 1004", True),
        ("Credit note - returned goods", True),
        ("Credit memo damaged", True),
        ("Credit note pads A4", False),
        ("Credit memo forms", False),
        ("Credit note for returned pads", True),
    ],
)
def test_goods_called_after_documents_are_no_credit_notes(meaning, text, credited):
    said = meaning([text], lambda held: held.value.re_search(TEXT) & ~held.value.re_search(GOODS))
    assert said[text] is credited


def test_the_way_out_that_is_printed_is_taken(opened):
    text = (
        "Customer No,Date,Description,Net Amount\n"
        "A,2024-01-15,Pens,100.00\n"
        "A,2024-01-16,Pads,100.00\n"
        "B,2024-01-22,Credit note 17,400.00\n"
    )
    assert by_customer(opened(text)) == {"A": 200, "B": -400}
    assert by_customer(opened(text, "doc_type=")) == {"A": 200, "B": 400}


def test_only_a_column_that_is_not_needed_can_be_left_out():
    empty = mapping_of(None, (), None, {})
    assert settled(empty, {"columns": ["status=", "date=Dag"]}).columns == {
        "status": "",
        "date": "Dag",
    }
    for word in ("amount=", "=", "doc_type", "=x"):
        with pytest.raises(ParameterError):
            settled(empty, {"columns": [word]})
