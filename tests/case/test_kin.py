"""Credit notes, statuses, signs and headings that no export names alike; totals from paper."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.case.headings import propose
from kamkit.case.wording import buyers
from kamkit.errors import KamkitError
from kamkit.schema.contract import TABLES
from tests.case.conftest import told, total


def opened(text: str, **options: object):
    """Open rows of text as a frame, whose cells are what a file's would be."""
    rows = [line.split(";") for line in text.strip().splitlines()]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    return open_case(frame, mapping=ColumnMapping().with_options(options))


HEAD = "Kundenr;Fakturadato;Fakturanr;Beløp"
LINES = (  # 2000 in all, or 1600 where the third line is credited
    "1;15.01.2024;{0};1000;{1}\n2;16.01.2024;{2};500;{3}\n"
    "1;17.01.2024;{4};200;{5}\n3;18.01.2024;{6};300;{7}\n"
)
CREDITED = {  # heading of the last column; what stands in it of sales, and of the credit note
    "codes of Visma": ("Bilagsart", "10", "11"),
    "codes of Business Central": ("Document Type", "2", "3"),
    "what is credited": ("Krediterer fakturanr", "", "F1"),
    "what is refunded": ("Refund for order", "", "F1"),
    "a text": ("Tekst", "Varer", "Kreditering av faktura F1"),
}


@pytest.mark.parametrize("kind", CREDITED)
def test_credit_notes_above_zero_are_taken_off(kind):
    heading, sold, back = CREDITED[kind]
    rows = LINES.format("F1", sold, "F2", sold, "F3", back, "F4", sold)
    assert total(opened(f"{HEAD};{heading}\n{rows}")) == 1600


@pytest.mark.sampled
@pytest.mark.parametrize("prefix", ["KN", "CN-", "PS-CR"])
def test_a_number_says_credit_note(source, prefix):
    rows = LINES.format("F1", "", "F2", "", f"{prefix}7", "", "F4", "")
    case = open_case(source(f"{HEAD};Merknad\n{rows}"))
    assert total(case) == 1600
    assert f"such as {prefix}7: 200.00 is taken off" in told(case)


def test_numbers_that_begin_with_a_country_are_orders():
    rows = LINES.format("CA-2016-1", "", "US-2015-2", "", "CN-2014-3", "", "CA-2014-4", "")
    assert total(opened(f"{HEAD};Merknad\n{rows}")) == 2000


STATUSES = {  # heading, of the four lines; what is used
    "credited": ("Status;Betalt;Kreditert;Forfalt;Betalt", 1500),
    "not invoiced": ("Fakturert;Ja;Nei;Ja;Ja", 1500),
    "state of an order": ("State;posted;draft;posted;cancel", 1200),
}


@pytest.mark.parametrize("kind", STATUSES)
def test_orders_that_are_no_sales(kind):
    (heading, *words), right = STATUSES[kind][0].split(";"), STATUSES[kind][1]
    numbers = ("F1", "F2", "F3", "F4")
    cells = [cell for pair in zip(numbers, words, strict=True) for cell in pair]
    assert total(opened(f"{HEAD};{heading}\n{LINES.format(*cells)}")) == right


def test_a_credited_invoice_stays_where_its_credit_note_stands_beside_it():
    rows = "1;15.01.2024;1;100;Betalt\n2;16.01.2024;2;40;Kreditert\n2;17.01.2024;3;-40;Kreditnota\n"
    assert total(opened(f"{HEAD};Status\n{rows}")) == 100


def test_codes_of_a_status_are_asked_about():
    rows = LINES.format("F1", "1", "F2", "9", "F3", "1", "F4", "1")
    with pytest.raises(KamkitError, match="Nothing tells which numbers in “Status”") as refusal:
        opened(f"{HEAD};Status\n{rows}")
    assert '--where "Status=1,9"' in refusal.value.remedy
    assert total(opened(f"{HEAD};Status\n{rows}", where=("Status=1",))) == 1500


def test_the_first_line_of_an_order_tells_its_status_and_currency():
    rows = (
        "1001;a@x.no;2024-01-15;paid;NOK;2;100\n1001;a@x.no;2024-01-15;;;1;50\n"
        "1002;b@x.no;2024-01-16;refunded;NOK;1;70\n1002;b@x.no;2024-01-16;;;1;30\n"
    )
    head = "Order ID;Email;Created at;Financial Status;Currency;Lineitem quantity;Lineitem price"
    assert total(opened(f"{head}\n{rows}")) == 250


def test_invoices_joined_to_their_payments_count_once(source):
    rows = (
        "1;a;2024-01-15;100;2024-02-01;60\n1;a;2024-01-15;100;2024-03-01;65\n"
        "2;b;2024-01-16;80;2024-02-01;100\n3;c;2024-01-17;40;;\n"
    )
    head = "Invoice No;Customer No;Invoice Date;Net Amount;Payment Date;Payment Amount"
    case = open_case(source(f"{head}\n{rows}"))
    assert total(case) == 220
    assert "Invoices stand once for each payment in “Payment Date”" in told(case)


def test_amounts_below_zero_are_asked_about():
    rows = "1;15.01.2024;-1000.50\n2;16.01.2024;-500\n1;17.01.2024;200\n"
    with pytest.raises(KamkitError, match="Nearly all amounts are below zero"):
        opened(f"Kundenr;Dato;Beløp\n{rows}")
    assert total(opened(f"Kundenr;Dato;Beløp\n{rows}", sign="turned")) == 1300.5
    assert total(opened(f"Kundenr;Dato;Beløp\n{rows}", sign="kept")) == -1300.5


def test_invoices_below_zero_and_credit_notes_above_are_turned():
    rows = "1;15.01.2024;-1000;Faktura\n2;16.01.2024;-500;Faktura\n1;17.01.2024;200;Kreditnota\n"
    assert total(opened(f"Kundenr;Dato;Beløp;Bilagstype\n{rows}")) == 1300


def test_nobody_known_is_no_customer():
    words = [
        "Ukjent",
        "unbekannt",
        "inconnu",
        "onbekend",
        "desconocido",
        "nieznany",
        "okänd",
        "ukendt",
        "n.v.t.",
    ]
    rows = "".join(f"{word};15.01.2024;1\n" for word in words)
    sold = "".join(f"{at};15.01.2024;100\n" for at in range(30))
    assert total(opened(f"Kundenr;Dato;Beløp\n{rows}{sold}")) == 3000


def test_one_odd_cell_settles_no_notation():
    rows = "".join(f"{at % 5};15.01.2024;1.{at:03d}\n" for at in range(1, 40))
    with pytest.raises(KamkitError, match="a thousand or a decimal number"):
        opened(f"Kundenr;Dato;Beløp\n{rows}1;15.01.2024;1,5\n")


@pytest.mark.parametrize(("debet", "kredit"), [("D", "K"), ("Debet", "Kredit"), ("DR", "CR")])
def test_sides_behind_the_amounts(debet, kredit):
    rows = f"1;15.01.2024;1 500,00 {debet}\n2;16.01.2024;500,00 {debet}\n"
    rows += f"1;17.01.2024;200,00 {kredit}\n"
    assert total(opened(f"Kundenr;Dato;Beløp\n{rows}")) == 1800


NAMELESS = {  # headings, then pairs of what stands below them
    "beside its gross": ("Totalbeløp;Ordreverdi", "125;100 250;200 115;100", 400),
    "beside a gross that says so": ("Beløp inkl. mva;Verdi", "125;100 250;200 115;100", 400),
    "of an Access query": ("Merknad;Expr1001", "a;100 b;200 c;100", 400),
    "a sum of a query": ("SumOfQuantity;SumOfSalesAmount", "1;100 2;200 1;100", 400),
    "points beside amounts": ("Beløp;Poeng", "125;100 250;90 25;70", 400),
    "VAT of the country": ("Totalt;Moms", "125;25 250;50 125;25", 400),
}


@pytest.mark.sampled
@pytest.mark.parametrize("kind", NAMELESS)
def test_the_net_amount_whatever_it_is_called(kind):
    headings, cells, right = NAMELESS[kind]
    rows = "".join(f"{at};15.01.2024;{pair}\n" for at, pair in enumerate(cells.split()))
    assert total(opened(f"Kundenr;Dato;{headings}\n{rows}")) == right


def test_a_heading_that_stands_twice():
    same = "1;15.01.2024;100;100\n2;16.01.2024;200;200\n"
    assert total(opened(f"Kundenr;Dato;Beløp;Beløp\n{same}")) == 300
    taxed = "1;15.01.2024;100;25;125\n2;16.01.2024;200;50;250\n"
    assert total(opened(f"Kundenr;Dato;Beløp;Mva;Beløp\n{taxed}")) == 300
    other = "1;15.01.2024;100;3\n2;16.01.2024;200;4\n"
    with pytest.raises(KamkitError, match="Several headings could be “amount”") as refusal:
        opened(f"Kundenr;Dato;Beløp;Beløp\n{other}")
    assert "“Beløp (2)” (7.00 in all)" in refusal.value.found


def test_who_buys_goes_before_who_pays():
    assert buyers(["Faktura til-kundenr.", "Salg til-kundenr."]) == ["Salg til-kundenr."]
    headings = ["Bill-to Customer No.", "Sell-to Customer No.", "Posting Date", "Amount"]
    assert propose(headings, TABLES["sales"]).columns["account_id"] == "Sell-to Customer No."
    rows = "9;1;2024-01-15;100\n9;2;2024-01-16;50\n"
    case = opened(f"{';'.join(headings)}\n{rows}")
    assert "who buys, and not “Bill-to Customer No.”, who pays" in told(case)
    assert buyers(["Bill-to Customer No."]) == ["Bill-to Customer No."]
