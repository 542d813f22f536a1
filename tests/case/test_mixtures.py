"""Ledgers in which two kinds of what exports do meet: each customer's total from paper."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.errors import KamkitError, LedgerError
from tests.case.conftest import told

pytestmark = pytest.mark.sampled

RIGHT = {  # the export, and what each customer bought
    "the line's own amount beside its invoice's, with and without VAT": (
        (
            "InvoiceId;CustomerId;InvoiceDate;TotalWithTax;TotalWithoutTax;TotalTax;LineTotal\n"
            "1;11;2024-01-10;1250;1000;250;600\n1;11;2024-01-10;1250;1000;250;400\n"
            "2;12;2024-01-20;562.5;450;112.5;270\n2;12;2024-01-20;562.5;450;112.5;180\n"
            "3;11;2024-02-10;125;100;25;100\n"
        ),
        {"11": 1100, "12": 450},
    ),
    "what is credited holds VAT as the amount beside it": (
        (
            "Fakturanr;Kundenr;Fakturadato;Fakturabeløp;Mva;Kreditert\n"
            "1;501;04.01.2024;1250,00;250,00;0,00\n2;502;14.01.2024;2500,00;500,00;625,00\n"
            "3;503;01.02.2024;500,00;100,00;500,00\n"
        ),
        {"501": 1000, "502": 1500, "503": 0},
    ),
    "VAT on lines of its own, told by the product": (
        (
            "Fakturanr;Kundnr;Fakturadatum;Artikel;Radsumma\n1;K1;2024-01-10;Skruv;125,00\n"
            "1;K1;2024-01-10;Frakt;50,00\n1;K1;2024-01-10;Moms 25%;43,75\n"
            "2;K2;2024-01-25;Mutter;100,00\n2;K2;2024-01-25;Moms 25%;25,00\n"
            "2;K2;2024-01-25;Öresavrundning;0,40\n"
        ),
        {"K1": 175, "K2": 100.4},
    ),
    "the seller's own currency in Business Central's words": (
        (
            "Buchungsdatum;Belegart;Debitorennr.;Währungscode;Betrag;Betrag (MW)\n"
            "05.01.2024;Rechnung;D10;;1000,00;1000,00\n16.01.2024;Rechnung;D20;CHF;960,00;1000,00\n"
            "30.01.2024;Zahlung;D10;;-1000,00;-1000,00\n07.02.2024;Gutschrift;D20;CHF;-96,00;-100,00\n"
        ),
        {"D10": 1000, "D20": 900},
    ),
    "an amount whose heading ends in a currency": (
        (
            "Customer No;Invoice Date;Currency;Amount;Amount in DKK\nC1;2024-01-09;DKK;1000;1000\n"
            "C2;2024-01-19;EUR;100;745.5\nC3;2024-02-05;SEK;1000;655\n"
        ),
        {"C1": 1000, "C2": 745.5, "C3": 655},
    ),
    "a rate on foreign lines, and no currency on some at home": (
        (
            "Kundenr;Fakturadato;Valuta;Beløp;Kurs\n1;03.01.2024;;1000,00;\n"
            "2;13.01.2024;EUR;100,00;11,40\n1;02.02.2024;NOK;500,00;1\n2;12.02.2024;EUR;-10,00;11,50\n"
        ),
        {"1": 1500, "2": 1025},
    ),
    "kroner beside some of the amounts": (
        "Kundenr;Fakturadato;Beløp\n1;08.01.2024;1 250,50\n2;18.01.2024;200,25 kr\n",
        {"1": 1250.5, "2": 200.25},
    ),
    "Swiss amounts without centimes": (
        (
            "Kundennummer;Rechnungsdatum;Betrag\nA;08.01.2024;CHF 1’234.50\n"
            "B;18.01.2024;CHF 12’000.–\nB;19.01.2024;CHF 100.—\nA;05.02.2024;CHF −234.50\n"
        ),
        {"A": 1000, "B": 12100},
    ),
    "amounts and days as a spreadsheet keeps text": (
        (
            'Kundenr;Fakturadato;Beløp\n="00012";="08.01.2024";="1 250,50"\n'
            '="00013";="18.01.2024";="-500,00"\n'
        ),
        {"00012": 1250.5, "00013": -500},
    ),
    "marks that nobody sees": (
        (
            "Customer No;Invoice Date;Net Amount\nK1;2024-01-05;100\n"
            "K1\u200b;2024-01-15;\u200e200\n\u202aK2\u202c;\u200e2024-02-05;300\n"
            "\ufeffCustomer No;Invoice Date;Net Amount\n"
            "K2;2024-02-15;400\n"
        ),
        {"K1": 300, "K2": 700},
    ),
    "days that were floats": (
        "Customer No;Invoice Date;Net Amount\n1;20240105.0;100\n2;20240229.0;200\n",
        {"1": 100, "2": 200},
    ),
    "the first of a month in French, and Polish months": (
        "Client;Miesiąc;Net\n1;1er juillet 2023;100\n2;3 grudnia 2023;200\n",
        {"1": 100, "2": 200},
    ),
    "average, number and sum below, with the day of the report": (
        (
            "Kundenr;Fakturadato;Beløp\n1;03.01.2024;100\n2;13.01.2024;200\n3;23.01.2024;300\n"
            "1;02.02.2024;400\nGjennomsnitt;02.02.2024;250\nAntall;02.02.2024;4\n"
            "Alle kunder;02.02.2024;1000\n"
        ),
        {"1": 500, "2": 200, "3": 300},
    ),
    "sums above their lines": (
        (
            "Klant;Datum;Bedrag\nTotaal;;1650,00\nA;;600,00\nA;05-01-2024;250,00\nA;15-01-2024;350,00\n"
            "B;;1050,00\nB;25-01-2024;800,00\nB;05-02-2024;250,00\n"
        ),
        {"A": 600, "B": 1050},
    ),
    "a sum of each currency": (
        (
            "Kunde;Dato;Valuta;Beløp;Beløp NOK\nA;2024-01-05;EUR;100,00;1150,00\n"
            "B;2024-01-15;NOK;500,00;500,00\nA;2024-02-05;EUR;-10,00;-116,00\n"
            "Sum EUR;;EUR;90,00;1034,00\nSum NOK;;NOK;500,00;500,00\n"
        ),
        {"A": 1034, "B": 500},
    ),
    "remarks at the foot are no lines that are lost": (
        (
            "Kundenr;Dato;Beløp\n1;05.01.2024;100\n2;15.01.2024;200\n1;25.02.2024;300\n"
            "Rapport kjørt 01.03.2024 08:00;;\nSide 1 av 1;;\n"
        ),
        {"1": 400, "2": 200},
    ),
    "stages of a deal below a heading that nobody knows": (
        (
            "Kunde;Dato;Netto;Fase\nAlm AS;2024-01-03;5000;Tilbud\nAlm AS;2024-01-13;4000;Ordre\n"
            "Alm AS;2024-01-23;4000;Fakturert\nBok AS;2024-02-03;600;Fakturert\n"
            "Ek AS;2024-02-13;900;Tapt\n"
        ),
        {"Alm AS": 4000, "Bok AS": 600},
    ),
    "two columns of statuses, the second not known": (
        (
            "Customer ID;Order Date;Payment Status;Fulfillment Status;Net Amount\n"
            "A;2024-01-05;paid;fulfilled;100\nB;2024-01-15;voided;unfulfilled;200\n"
            "A;2024-02-05;paid;cancelled;300\nC;2024-02-15;pending;fulfilled;50\n"
        ),
        {"A": 100, "C": 50},
    ),
    "a return of other goods is no reversal of what was cancelled": (
        (
            "Order No;Customer No;Date;Status;Product No;Amount\n1;A;2024-01-05;complete;P1;100\n"
            "2;B;2024-01-15;cancelled;P1;50\n3;B;2024-02-05;complete;P2;-50\n"
        ),
        {"A": 100, "B": -50},
    ),
    "yes and no below Credit": (
        (
            "No;Customer No;Date;Net;Credit\n1;A;2024-01-05;1000;False\n2;A;2024-02-05;-200;True\n"
            "3;B;2024-02-15;80;False\n4;B;2024-02-16;30;True\n"
        ),
        {"A": 800, "B": 50},
    ),
    "Business Central's sales amount": (
        (
            "Customer No.;Posting Date;Entry Type;Sales Amount (Actual);Quantity\n"
            "C1;2024-01-05;Sale;100,00;-2\nC2;2024-01-15;Sale;200,00;-4\nC1;2024-02-05;Sale;-50,00;1\n"
        ),
        {"C1": 50, "C2": 200},
    ),
    "orders exported anew each month": (
        (
            "Snapshot Date;Order No;Customer No;Order Date;Net Amount\n"
            "31.01.2024;1;A;05.01.2024;100\n31.01.2024;2;B;15.01.2024;200\n"
            "29.02.2024;1;A;05.01.2024;100\n29.02.2024;2;B;15.01.2024;200\n"
            "29.02.2024;3;A;10.02.2024;50\n"
        ),
        {"A": 150, "B": 200},
    ),
    "the invoice's net on each line of its VAT": (
        (
            "Invoice No;Customer No;Invoice Date;Net Total;VAT Rate;VAT Base\n"
            "1;A;2024-01-05;300;25;200\n1;A;2024-01-05;300;15;100\n2;B;2024-01-15;100;25;100\n"
        ),
        {"A": 300, "B": 100},
    ),
    "words that say which lines hold their VAT": (
        (
            "Faktura;Kunde;Dato;Beløp;Mva-sats;Prisene er\n1;A;05.01.2024;125;25;inkl. mva\n"
            "2;B;15.01.2024;200;25;ekskl. mva\n3;A;25.01.2024;115;15;inkl. mva\n"
        ),
        {"A": 200, "B": 200},
    ),
    "a total with a number, a name and a day": (
        (
            "Kundenr;Navn;Dato;Beløp\n1000;Alm;05.01.2024;100\n1001;Bok;15.01.2024;200\n"
            "9999;TOTAL;31.01.2024;300\n1000;Alm;05.02.2024;50\n9999;TOTAL;29.02.2024;50\n"
        ),
        {"1000": 150, "1001": 200},
    ),
    "a company's own types of SAP, days with their weekday": (
        (
            "Billing Type;Sold-to party;Billing date;Net value\nZF2;100;man. 08.01.2024;1000\n"
            "ZF2;200;tir. 16.01.2024;500\nZG2;100;tor. 25.01.2024;200\n"
        ),
        {"100": 800, "200": 500},
    ),
    "net sales in Norwegian beside gross sales and VAT": (
        (
            "Kunde-ID;Dato;Bruttosalg;Rabatter;Nettosalg;Mva\nA;05.01.2024;100;-10;90;22,50\n"
            "B;15.01.2024;200;0;200;50\n"
        ),
        {"A": 90, "B": 200},
    ),
    "a credit note below a heading in Polish": (
        (
            "Numer;Rodzaj;Kod kontrahenta;Data sprzedaży;Wartość netto\n"
            "1;Faktura;A;2024-01-05;100,00\n2;Faktura;B;2024-01-15;200,00\n3;Korekta;A;2024-02-05;20,00\n"
        ),
        {"A": 80, "B": 200},
    ),
}


def sums(case) -> dict[str, float]:
    lines = case.sales.select("account_id", "amount").execute()
    return {one: float(sum(of["amount"])) for one, of in lines.groupby("account_id")}


def settled(source, columns=None, **options):
    mapping = ColumnMapping().with_columns(columns or {}).with_options(options)
    return sums(open_case(source, mapping=mapping))


@pytest.mark.parametrize("kind", RIGHT)
def test_each_customers_total(kind, tmp_path):
    text, right = RIGHT[kind]
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    assert sums(open_case(path)) == pytest.approx(right, abs=0.004)


REASONED = (
    "Fakturanr;Kundenr;Fakturadato;Beløp eks. mva;Krediteringsårsak\n1;301;04.01.2024;1000;\n"
    "2;302;15.01.2024;500;\n3;301;26.01.2024;200;Feil pris\n4;302;08.02.2024;300;\n"
)


def test_a_reason_of_crediting_above_zero_is_asked_about_and_each_answer_works(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(REASONED, encoding="utf-8")
    with pytest.raises(LedgerError, match="Krediteringsårsak") as refused:
        open_case(path)
    assert len(refused.value.questions[0][1]) == 3
    heading = "Krediteringsårsak"
    assert settled(path, {"doc_type": heading}) == {"301": 800, "302": 800}
    assert settled(path, where=[f"{heading}="]) == {"301": 1000, "302": 800}
    assert settled(path, {"doc_type": ""}) == {"301": 1200, "302": 800}


def test_a_reason_beside_amounts_below_zero_says_nothing_new(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(REASONED.replace(";200;", ";-200;"), encoding="utf-8")
    assert sums(open_case(path)) == {"301": 800, "302": 800}


def test_document_types_that_the_user_names_are_sales(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        "Tipo;Cliente;Fecha;Base imponible\nFactura;A;05/01/2024;100\nFactura;B;25/01/2024;200\n"
        "Xyz;A;05/02/2024;-20\n",
        encoding="utf-8",
    )
    with pytest.raises(LedgerError) as refused:
        open_case(path)
    assert '--where "Tipo=' in str(refused.value)
    assert settled(path, where=["Tipo=Factura,Xyz"]) == {"A": 80, "B": 200}


def test_gross_beside_vat_is_asked_about_with_answers_that_work():
    frame = pd.DataFrame(
        {"customer_id": ["a", "b"], "date": ["2024-01-05", "2024-01-15"]}
        | {"gross": [125.0, 250.0], "vat": [25.0, 50.0]}
    )
    with pytest.raises(KamkitError, match="holds VAT"):
        open_case(frame)
    assert settled(frame, {"amount_incl_vat": "gross"}) == {"a": 100, "b": 200}
    assert settled(frame, {"amount": "gross"}) == {"a": 125, "b": 250}


def test_a_file_of_sums_beside_the_one_it_sums(tmp_path):
    (tmp_path / "detaljer.csv").write_text(
        "Kundenr;Fakturanr;Dato;Beløp\n1;1;05.01.2024;100\n1;2;25.01.2024;150\n2;3;15.01.2024;200\n"
        "2;4;15.02.2024;300\n",
        encoding="utf-8",
    )
    (tmp_path / "per_maned.csv").write_text(
        "Kundenr;Dato;Beløp\n1;31.01.2024;250\n2;31.01.2024;200\n2;29.02.2024;300\n",
        encoding="utf-8",
    )
    case = open_case(tmp_path)
    assert sums(case) == {"1": 250, "2": 500}
    assert "per_maned.csv" in told(case)


def test_an_invoice_with_other_lines_in_a_second_file_is_told(tmp_path):
    lines = (
        "Fakturanr;Kundenr;Dato;Beløp\n1;A;05.01.2024;100\n2;B;15.01.2024;{}\n3;A;16.01.2024;10\n"
    )
    for name, amount in (("jan", 200), ("jan_rettet", 220)):
        (tmp_path / f"{name}.csv").write_text(lines.format(amount), encoding="utf-8")
    assert "with other lines are used from both: 2." in told(open_case(tmp_path))


def test_a_sheet_of_budgets_is_no_sale(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        for name, amounts in (("Salg 2024", [100, 200]), ("Budsjett 2024", [120, 180])):
            days = pd.to_datetime(["2024-01-05", "2024-02-05"])
            sheet = pd.DataFrame({"Kundenr": ["A", "B"], "Dato": days, "Beløp": amounts})
            sheet.to_excel(book, sheet_name=name, index=False)
    assert sums(open_case(path)) == {"A": 100, "B": 200}


def test_products_lost_the_zeros_of_their_numbers(tmp_path):
    (tmp_path / "salg.csv").write_text(
        "Kundenr;Dato;Varenr;Antall;Beløp\n1;05.01.2024;007;2;200\n2;15.01.2024;010;1;80\n",
        encoding="utf-8",
    )
    (tmp_path / "varer.csv").write_text(
        "Varenr;Varenavn;Kostpris\n7;Hammer;60,00\n10;Sag;50,00\n", encoding="utf-8"
    )
    case = open_case(tmp_path)
    assert float(case.sales.cost.sum().execute()) == 170
    assert "without the zeros" in told(case)


def test_the_cost_of_a_piece_by_its_heading(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        "Kundenr;Dato;Antall;Salgssum;Kost pr stk\n1;05.01.2024;10;200;8\n2;15.01.2024;2;60;20\n",
        encoding="utf-8",
    )
    assert float(open_case(path).sales.cost.sum().execute()) == 120


def test_three_tables_of_a_database_are_joined_by_their_ids(tmp_path):
    path = tmp_path / "erp.db"
    with sqlite3.connect(path) as database:
        database.executescript(
            "create table customers(id, name);"
            "create table invoices(id, customer_id, invoice_date, kind, voided);"
            "create table invoice_lines(id, invoice_id, item, qty, unit_price, net);"
            "insert into customers values (1, 'Alm'), (2, 'Bok');"
            "insert into invoices values (10, 1, '2024-01-05', 'invoice', 0),"
            " (11, 2, '2024-01-15', 'invoice', 1), (12, 2, '2024-02-05', 'invoice', 0),"
            " (13, 1, '2024-02-15', 'credit_note', 0);"
            "insert into invoice_lines values (1, 10, 'P', 2, 100, 200), (2, 10, 'Q', 1, 20, 20),"
            " (3, 11, 'P', 50, 100, 5000), (4, 12, 'Q', 5, 20, 100), (5, 13, 'P', 1, 90, 90);"
        )
    assert sums(open_case(f"sqlite:///{path}")) == {"1": 130, "2": 100}


def test_too_much_set_aside_is_allowed_by_the_options_that_are_named(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        "Kunde;Dato;Beløp\nAlm;2024-01-05;100\n;2024-01-06;50\nBok;2024-02-05;30\n",
        encoding="utf-8",
    )
    with pytest.raises(LedgerError) as refused:  # a third of the rows, 50 of 180
        open_case(path)
    assert "--max-rows 0.35 --max-amount 0.3" in str(refused.value)
    assert settled(path, max_rows=0.35, max_amount=0.3) == {"Alm": 100, "Bok": 30}
