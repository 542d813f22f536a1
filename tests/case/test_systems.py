"""Exports as accounting systems and shops write them: the right total, or a sentence that helps."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.case.customers import collective
from kamkit.case.documents import kinds_of
from kamkit.case.reading.home import home_code
from kamkit.case.reading.textfile import encoding_of
from kamkit.case.trust import credit_notes
from kamkit.errors import KamkitError
from tests.case.conftest import total

pytestmark = pytest.mark.sampled


@pytest.fixture
def opened(tmp_path):
    def opened(text, encoding="utf-8", name="export.csv", **columns):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return open_case(path, mapping=ColumnMapping().with_columns(columns))

    return opened


def accounts(case) -> int:
    return case.engine.row({"n": case.sales.account_id.nunique()}, case.sales)["n"]


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


TYPES = {
    "SAP billing": ("Billing Type", "F2;1000 F2;500 G2;200 S1;-300 F2;300", 1300),
    "SAP ledger": ("Document Type", "RV;1000 DG;-200 DR;500 DZ;-500", 1300),
    "Sage": ("Type", "SI;1000 SC;200 SI;500 SR;960 PI;700", 1300),
    "Visma": ("Bilagsart", "Utg._faktura;1500 Utg._kreditnota;-200 Innbet._kunde;-800", 1300),
    "Xero": (
        "Type",
        "Receivable_Invoice;1500 Receivable_Credit_Note;200 Receivable_Payment;9",
        1300,
    ),
    "French": ("Type", "FA;1000 AV;200 FA;500", 1300),
    "Polish": ("Typ dokumentu", "FV;1000 KOR;-200 PAR;500", 1300),
    "Spanish": ("Tipo", "Factura;1500 Factura_rectificativa;200", 1300),
    "Italian": ("Tipo documento", "Fattura;1500 Nota_di_credito;200", 1300),
    "Finnish": ("Laskutyyppi", "Lasku;1500 Hyvityslasku;200", 1300),
    "no heading that says so": ("Laatu", "Lasku;1500 Hyvityslasku;200", 1300),
    "sides of an account": ("Debit/Credit Ind.", "S;1000 H;200 S;500", 1300),
    "sides in Norwegian": ("D/K", "D;1000 K;200 D;500", 1300),
    "lines and their tax": ("LINE_TYPE", "LINE;1300 TAX;260", 1300),
    "orders and quotes": ("Ordretype", "Ordre;1300 Tilbud;700", 1300),
    "kinds of goods": ("Type", "Service;1000 Item;300", 1300),
    "credit sales": ("Transaction Type", "Credit_Sale;1000 Cash_Sale;300", 1300),
}


@pytest.mark.parametrize("system", TYPES)
def test_document_types_of_a_system(opened, system):
    heading, lines, right = TYPES[system]
    rows = [
        f"C1;2024-01-{at + 10};{line.replace('_', ' ')}" for at, line in enumerate(lines.split())
    ]
    case = opened(f"Customer No;Invoice Date;{heading};Amount\n" + "\n".join(rows) + "\n")
    assert total(case) == right


def test_a_word_that_nobody_knows_is_told_with_its_amount(opened):
    case = opened("Kunde;Dato;Beløp;Bilagstype\n1;15.01.2024;100,50;Zx\n2;16.01.2024;200;Zy\n")
    assert any("“Zy” (1 line, 200.00)" in note for note in case.notes)


def test_yes_and_no_and_single_digits():
    assert kinds_of(["True", "False"]) == {"True": "credit_note", "False": "invoice"}
    assert kinds_of(["1", "0"]) == {"1": "", "0": ""}
    assert kinds_of(["Inng. faktura", "Credit Card"]) == {
        "Inng. faktura": "no_sale",
        "Credit Card": "",
    }


STATUS = {
    "Shopify": ("Cancelled at", ["", "2024-01-17 08:00:00 +0100"]),
    "Fortnox": ("Makulerad", ["Nej", "Ja"]),
    "flags": ("is_cancelled", ["0", "1"]),
    "Odoo": ("Status", ["Sales Order", "Quotation Sent"]),
    "Magento": ("Status", ["complete", "holded"]),
    "Finnish": ("Tila", ["Maksettu", "Peruttu"]),
    "Spanish": ("Estado", ["Pagado", "Devuelto"]),
    "no heading that says so": ("Utfall", ["Levert", "Kansellert"]),
}


@pytest.mark.parametrize("system", STATUS)
def test_orders_that_came_to_nothing(opened, system):
    heading, (sold, lost) = STATUS[system]
    text = f"Customer No;Order Date;Amount;{heading}\n1;2024-01-15;100;{sold}\n"
    case = opened(f"{text}2;2024-01-16;200;{lost}\n")
    assert total(case) == 100
    assert any(f"Status “{heading}”" in note for note in case.notes)


def test_a_status_beside_another_and_a_flag_beside_a_status(opened):
    two = "Customer No;Order Date;Amount;Order Status;Payment Status\n"
    case = opened(two + "1;2024-01-15;100;Complete;Paid\n2;2024-01-16;200;Complete;Refunded\n")
    assert total(case) == 100
    flag = "Kundnr;Fakturadatum;Netto;Status;Makulerad\n"
    case = opened(flag + "1;2024-01-15;100;Betald;Nej\n2;2024-01-16;200;Betald;Ja\n")
    assert total(case) == 100


def test_a_day_of_cancelling_in_a_workbook_and_in_records(tmp_path):
    day = dt.date(2024, 1, 15)
    head = ["order_id", "customer_id", "created_at", "amount", "cancelled_at"]
    rows = [head, ["1", "10", day, 100.0, None], ["2", "11", day, 200.0, day]]
    assert total(open_case(workbook(tmp_path / "o.xlsx", rows))) == 100
    records = [dict(zip(head, [1, "10", "2024-01-15", 100, None], strict=True))]
    records.append(
        dict(zip(head, [2, "11", "2024-01-16", 200, "2024-01-17T08:00:00Z"], strict=True))
    )
    (tmp_path / "o.json").write_text(json.dumps(records), encoding="utf-8")
    assert total(open_case(tmp_path / "o.json")) == 100


def test_the_name_of_an_order_is_no_customer(opened):
    case = opened(
        "Name,Email,Created at,Subtotal\n#1001,a@x.no,2024-01-15,100\n#1002,b@x.no,2024-01-16,200\n"
        "#1003,a@x.no,2024-01-18,400\n"
    )
    assert accounts(case) == 2


@pytest.mark.parametrize(
    "word",
    ["#SAKNAS!", "#BEZUG!", "#VERW!", "#ADR!", "#PUUTTUU!", "#VÆRDI!", "#", "k.A.", "(tomt)"],
)
def test_what_stands_for_no_customer_in_other_languages(word):
    frame = pd.DataFrame({"customer_no": [*"abababab", word], "date": "2024-01-15", "amount": 10.0})
    assert total(open_case(frame)) == 80


def test_a_till_is_a_collective_customer(opened):
    text = "Kundenr;Kundenavn;Dato;Beløp\n5;Kassesalg butikk;15.01.2024;500\n"
    found = collective(opened(f"{text}1;Hav AS;16.01.2024;100\n"))
    assert found is not None
    assert list(found.table["account_id"]) == ["5"]


LINES = "1;15.01.2024;100,50\n1;16.01.2024;200\n2;17.01.2024;300\n"


@pytest.mark.parametrize(
    "rows",
    [
        *(
            f"{word};;600,50"
            for word in ("Hovedtotal", "Totalsumma", "Gesamtergebnis", "Eindtotaal")
        ),
        *(f"{word};;600,50" for word in ("Total général", "Suma końcowa", "Loppusumma", "zzz")),
        "Hovedtotal;31.01.2024;600,50",
        "Sum januar;31.01.2024;600,50",
        "Totalt;;600,50\nGjennomsnitt;;200,17\nAntall;;3",
    ],
)
def test_rows_of_totals(opened, rows):
    assert total(opened(f"Kundenr;Dato;Beløp\n{LINES}{rows}\n")) == 600.5


def test_a_company_whose_amount_is_the_sum_above_is_none(opened):
    case = opened(f"Kunde;Dato;Beløp\n{LINES}Total Bygg AS;20.01.2024;600,50\n")
    assert total(case) == 1201


def test_balances_brought_forward_are_no_sales(opened):
    text = "Kundenr;Dato;Tekst;Debet;Kredit\n1;01.01.2024;Inngående saldo;3000;\n"
    text += "1;15.01.2024;Faktura 1;1000;\n1;16.01.2024;Kreditnota 2;;200\n"
    text += "1;28.01.2024;Innbetaling KID 77;;800\n2;17.01.2024;Saldo-app, lisens;500;\n"
    case = opened(text)
    assert total(case) == 1300
    assert any("1 line is a balance brought forward, 3,000.00" in note for note in case.notes)


JOURNALS = {
    "Swedish": "Ver;Datum;Konto;Benämning;Debet;Kredit\nA;2024-01-15;1510;Kundfordringar;1250;\n"
    "A;2024-01-15;3001;Försäljning;;1000\nA;2024-01-15;2611;Utgående moms;;250\n",
    "without names": "Bilagsnr;Dato;Konto;Beløp\n1;15.01.2024;1500;1250\n1;15.01.2024;3000;-1000\n"
    "1;15.01.2024;2700;-150\n1;15.01.2024;2701;-100\n",
    "with customers": "Bilag;Dato;Kontonr;Kundenr;Beløp\n1;15.01.2024;1500;10;1250\n"
    "1;15.01.2024;3000;10;-1000\n1;15.01.2024;2700;10;-150\n1;15.01.2024;2701;10;-100\n",
    "one side": "Konto;Kontonavn;Dato;Beløp\n3000;Salgsinntekt;15.01.2024;1000\n"
    "5000;Lønn;16.01.2024;700\n6300;Leie lokale;17.01.2024;900\n",
}


@pytest.mark.parametrize("kind", JOURNALS)
def test_a_journal_of_the_general_ledger_is_refused(opened, kind):
    with pytest.raises(KamkitError, match="general ledger") as refusal:
        opened(JOURNALS[kind])
    assert refusal.value.remedy


def test_more_credited_than_sold_is_asked_about_and_told(opened, tmp_path):
    with pytest.raises(KamkitError, match="below zero") as refusal:
        opened("Kundenr;Dato;Beløp\n1;15.01.2024;-1000\n2;16.01.2024;-500\n2;17.01.2024;200\n")
    assert "--sign turned" in refusal.value.remedy
    kept = ColumnMapping().with_options({"sign": "kept"})
    case = open_case(tmp_path / "export.csv", mapping=kept)
    assert "minus sign" in credit_notes(case).caveats[0]


OWN = {
    "Business Central": "Currency Code;Amount;Amount (LCY)\n1;15.01.2024;;1000;1000\n"
    "2;16.01.2024;EUR;100;1150\n",
    "Visma": "Valutakode;Valutakurs;Beløp i valuta;Beløp\n1;15.01.2024;NOK;1;1000;1000\n"
    "2;16.01.2024;EUR;11,5;100;1150\n",
    "e-conomic": "Valuta;Beløb;Beløb i DKK\n1;15.01.2024;DKK;1000;1000\n"
    "2;16.01.2024;EUR;100;1150\n",
    "Stripe": "Currency;Amount;Converted Amount\n1;15.01.2024;usd;1000;1000\n"
    "2;16.01.2024;eur;9;1150\n",
    "both in the line's": "Valutakode;Kurs;Beløp i valuta;Beløp\n1;15.01.2024;NOK;1;1000;1000\n"
    "2;16.01.2024;EUR;11,5;100;100\n",
    "another look": "Valuta;Beløp;Amount USD\n1;15.01.2024;NOK;1000;99\n"
    "2;16.01.2024;NOK;1150;114\n",
}


@pytest.mark.parametrize("system", OWN)
def test_the_amount_in_the_sellers_own_currency(opened, system):
    assert total(opened(f"Kundenr;Dato;{OWN[system]}")) == 2150


def test_the_sellers_own_currency_in_other_formats(tmp_path):
    head = ["Customer No.", "Posting Date", "Currency Code", "Amount", "Amount (LCY)"]
    rows = [["1", dt.date(2024, 1, 15), "", 1000.0, 1000.0]]
    rows.append(["2", dt.date(2024, 1, 16), "EUR", 100.0, 1150.0])
    assert total(open_case(workbook(tmp_path / "v.xlsx", [head, *rows]))) == 2150
    frame = pd.DataFrame(rows, columns=head)
    assert total(open_case(frame)) == 2150
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "v.parquet")
    assert total(open_case(tmp_path / "v.parquet")) == 2150


def test_what_a_heading_says_of_its_currency():
    assert home_code("Beløp i NOK") == "NOK"
    assert home_code("Amount in local currency") == ""
    assert home_code("Valeur") is None
    assert home_code("NOK/EUR") is None


VAT = {
    "a net column that nobody knows": (
        "Total;Taxes;Xyz\n1;15.01.2024;1000;200;800\n2;16.01.2024;500;100;400\n",
        1200,
    ),
    "net beside a rounded total": (
        "Exkl. moms;Moms;Öresutjämning;Totalt\n1;15.01.2024;2000,40;500,10;0,50;2501\n",
        2000.4,
    ),
    "several rates, one above what VAT inside can be": (
        "Beløp;Mva\n1;15.01.2024;1000;250\n2;16.01.2024;500;96\n",
        1500,
    ),
    "no VAT at all": ("Beløp;Mva\n1;15.01.2024;1000;0\n2;16.01.2024;500;0\n", 1500),
}


@pytest.mark.parametrize("kind", VAT)
def test_which_column_is_without_vat(opened, kind):
    lines, right = VAT[kind]
    assert total(opened(f"Kundenr;Dato;{lines}")) == right


def test_mixed_rates_that_could_be_inside_or_beside_are_asked_about(opened):
    with pytest.raises(KamkitError, match="holds VAT"):
        opened("Kundenr;Dato;Beløp;Mva\n1;15.01.2024;1150;170\n2;16.01.2024;2000;310\n")


def test_the_total_of_an_invoice_on_each_of_its_lines(opened, tmp_path):
    head = "InvoiceId;CustomerId;InvoiceDate;TotalWithoutTax;Quantity;Price\n"
    lines = "1;10;15.01.2024;400;2;100\n1;10;15.01.2024;400;4;50\n2;11;16.01.2024;380;1;380\n"
    case = opened(head + lines)
    assert total(case) == 780
    assert any("invoice's total on each of its lines" in note for note in case.notes)
    equal = "1;10;15.01.2024;100;10;10\n1;10;15.01.2024;100;2;50\n"
    assert total(opened(head + equal)) == 200


def test_what_is_refunded_and_a_discount_below_zero_are_taken_off(opened):
    case = opened(
        "Customer ID,Created,Amount,Amount Refunded\n1,2024-01-15,100,20\n2,2024-01-16,50,0\n"
    )
    assert total(case) == 130
    assert any("“Amount Refunded” is taken off “Amount”: 130.00" in note for note in case.notes)
    head = "Customer No,Invoice Date,Quantity,Unit Price,Line Discount\n"
    assert total(opened(head + "1,2024-01-15,2,100,-20\n2,2024-01-16,1,200,-50\n")) == 330


@pytest.mark.parametrize(("sold", "cost"), [([100.0, 200.0, -50.0], [-60.0, -120.0, 30.0])])
def test_a_cost_below_zero_is_turned(sold, cost):
    frame = pd.DataFrame(
        {"customer_no": [*"aba"], "date": "2024-01-15", "amount": sold, "cost": cost}
    )
    case = open_case(frame)
    assert float(case.engine.row({"n": case.sales.cost.sum()}, case.sales)["n"]) == 150


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1,23,456.50", "12,00,000.00"], 1323456.5),
        (["Rs. 1,23,456.50", "₹ 99.00"], 123555.5),
        (["kr 1 234,-", "99,- kr"], 1333),
    ],
)
def test_numbers_of_india_and_dashes_for_no_decimals(cells, right):
    frame = pd.DataFrame({"customer_no": ["a", "b"], "date": "2024-01-15", "amount": cells})
    assert total(open_case(frame)) == right


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Bjørnøya, Cœur, Betong 1 m³/lass"),
        ("cp850", "Brødrene Åsen, Fjærland"),
        ("mac-roman", "Brødrene Åsen\rFjærland"),
        ("cp1250", "Żółty, Pąk, Złoto"),
        ("iso8859-2", "Żółty, Pąk, Złoto"),
    ],
)
def test_letters_inside_words_tell_the_encoding(tmp_path, encoding, words):
    path = tmp_path / "text.csv"
    end = "" if "\r" in words else "\n"
    path.write_bytes((words + end).encode(encoding))
    assert words.encode(encoding).decode(encoding_of(path)) == words


def test_currencies_that_only_the_format_of_the_cells_shows(tmp_path):
    head = ["Customer No", "Invoice Date", "Amount"]
    rows = [head, *([name, dt.date(2024, 1, 15), 100.0] for name in "abc")]
    path = workbook(tmp_path / "v.xlsx", rows)
    book = openpyxl.load_workbook(path)
    forms = ("[$€-2] #,##0.00", "[$kr-414] #,##0.00", '#,##0.00 "kr"')
    for row, form in zip((2, 3, 4), forms, strict=True):
        book.active.cell(row, 3).number_format = form
    book.save(path)
    with pytest.raises(KamkitError, match="several currencies") as refusal:
        open_case(path)
    assert "EUR and NOK" in str(refusal.value)
    said = ColumnMapping().with_options({"currency": "NOK"})
    assert total(open_case(path, mapping=said)) == 300
    book.active.cell(2, 3).number_format = forms[1]
    book.save(path)
    assert total(open_case(path)) == 300


def test_hidden_rows_are_read_and_told(tmp_path):
    rows = [["Customer No", "Invoice Date", "Amount"]]
    path = workbook(
        tmp_path / "v.xlsx", [*rows, *(["a", dt.date(2024, 1, d), 10.0] for d in (15, 16))]
    )
    assert not any("hidden rows" in note for note in open_case(path).notes)
    book = openpyxl.load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    case = open_case(path)
    assert total(case) == 20
    assert any("hidden rows" in note for note in case.notes)


def test_a_balance_in_place_of_the_customer_and_budgets_are_no_sales(opened):
    text = "Kunde;Dato;Beløp\nInngående balanse;01.01.2024;9000\nHav;15.01.2024;100\n"
    assert total(opened(text)) == 100
    text = "Customer No;Month;Scenario;Amount\n1;2024-01;Actual;100\n1;2024-01;Budget;150\n"
    assert total(opened(text)) == 100


def test_invoices_as_programs_send_them(tmp_path):
    invoice = {"Contact": {"ContactID": "a", "Name": "Hav"}, "Date": "2024-01-15", "Type": "ACCREC"}
    money = {"SubTotal": 100.0, "TotalTax": 20.0, "Total": 120.0, "Status": "PAID"}
    path = tmp_path / "xero.json"
    path.write_text(json.dumps({"Invoices": [invoice | money]}), encoding="utf-8")
    assert total(open_case(path)) == 100
    booked = {"date": "2024-01-15", "netAmount": 100.0, "vatAmount": 25.0, "grossAmount": 125.0}
    booked |= {"customer": {"customerNumber": 10}}
    path.write_text(json.dumps({"collection": [booked]}), encoding="utf-8")
    assert total(open_case(path)) == 100


def test_a_credit_note_far_below_tells_what_its_column_is(opened):
    lines = [f"{at % 7};2024-01-15;10;Lasku" for at in range(300)]
    case = opened(
        "\n".join(["Customer No;Invoice Date;Amount;Laatu", *lines, "1;2024-01-16;500;Hyvitys", ""])
    )
    assert total(case) == 2500


def test_yes_and_no_below_an_unknown_heading_are_no_credit_notes(opened):
    head = "Kundennr.;Datum;Netto;Bezahlt;Kz\n"
    assert total(opened(f"{head}1;05.01.2024;100,50;Ja;S\n2;17.02.2024;50;Nein;H\n")) == 150.5


def test_words_that_are_not_all_known_make_no_type(opened):
    case = opened(
        "Customer No;Invoice Date;Amount;Kanal\n1;2024-01-15;10;Order\n2;2024-01-15;20;Butikk\n"
    )
    assert total(case) == 30
