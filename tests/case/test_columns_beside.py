"""Columns that went into nothing and tell what the lines are; every total is from paper."""

from __future__ import annotations

import json

import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.case.documents import kinds_of
from kamkit.errors import KamkitError, LedgerError
from tests.case.conftest import told

pytestmark = pytest.mark.sampled


def sold(case) -> dict[str, float]:
    """Return what each customer bought; those who are left with nothing are left out."""
    sums = case.sales.group_by("account_id").aggregate(sold=case.sales.amount.sum())
    rows = case.engine.rows(sums)
    return {row["account_id"]: float(row["sold"]) for row in rows if row["sold"]}


def with_options(source, **options):
    return open_case(source, mapping=ColumnMapping().with_options(options))


RETURNED = [  # headings of number, count, what came back, price and amount
    "Invoice No;Quantity;Returned Qty;Unit price;Amount",
    "Fakturanr;Antall;Returnert antall;Enhetspris;Beløp",
    "Fakturanr;Antal;Returnerat antal;À-pris;Belopp",
    "Fakturanr.;Antal;Returneret;Enhedspris;Beløb",
    "Rechnungsnr;Menge;Retourmenge;Einzelpreis;Betrag",
]
SOLD_AND_BACK = (
    "1;2024-01-15;10;4;1;100;400\n2;2024-01-16;11;3;0;50;150\n1;2024-01-27;12;2;2;30;60\n"
)


class TestReturned:
    @pytest.mark.parametrize("headings", RETURNED)
    def test_is_taken_off_what_was_sold(self, source, headings):
        case = open_case(source(f"Kundenr;Dato;{headings}\n{SOLD_AND_BACK}"))
        # 400 less a quarter, and 60 that came back whole
        assert sold(case) == {"1": 300, "2": 150}
        assert "is taken off: 450.00 in all, 610.00 before it" in told(case)
        assert not case.unused

    def test_is_left_where_amounts_are_without_it(self, source):
        lines = "1;2024-01-15;10;4;1;100;300\n2;2024-01-16;11;3;0;50;150\n"
        case = open_case(source(f"Kundenr;Dato;{RETURNED[0]}\n{lines}"))
        assert sold(case) == {"1": 300, "2": 150}

    def test_is_asked_about_without_a_price(self, source):
        headings = "Kundenr;Dato;Antall;Returnert antall;Beløp"
        text = f"{headings}\n1;2024-01-15;4;1;400\n2;2024-01-16;3;0;150\n"
        with pytest.raises(LedgerError) as caught:
            open_case(source(text))
        assert caught.value.found == "550.00 in all as it stands, 450.00 without it"
        assert '--map amount="Beløp"' in caught.value.remedy
        settled = ColumnMapping().with_columns({"amount": "Beløp"})
        assert sold(open_case(source(text), mapping=settled)) == {"1": 400, "2": 150}

    def test_a_day_of_return_is_no_count(self, source):
        text = "Kundenr;Dato;Antall;Retur dato;Pris;Beløp\n1;2024-01-15;4;2024-02-01;100;400\n"
        assert sold(open_case(source(text))) == {"1": 400}


class TestVersions:
    @pytest.mark.parametrize("heading", ["Revision", "Revisjon", "version", "Order Version No"])
    def test_the_last_one_counts(self, source, heading):
        text = (
            f"Ordrenr;{heading};Kundenr;Dato;Beløp\n1;1;A;2024-01-15;1000\n1;2;A;2024-01-15;1100\n"
            "2;1;B;2024-01-16;400\n3;1;C;2024-01-17;700\n3;2;C;2024-01-17;650\n"
        )
        case = open_case(source(text))
        assert sold(case) == {"A": 1100, "B": 400, "C": 650}
        assert "Set aside: 2 lines, 1,700.00" in told(case)
        every = {"A": 2100, "B": 400, "C": 1350}
        assert sold(with_options(source(text), invoice_totals="lines")) == every

    def test_each_has_its_lines(self, source):
        text = (
            "Ordernr;Revision;Kundnr;Datum;Artikel;Belopp\n1;0;A;2024-01-15;P1;100\n"
            "1;0;A;2024-01-15;P2;50\n1;1;A;2024-01-15;P1;100\n1;1;A;2024-01-15;P2;70\n"
        )
        assert sold(open_case(source(text))) == {"A": 170}

    def test_of_a_product_are_none(self, source):
        text = (
            "Invoice No;Customer No;Date;Product;Version;Amount\n1;A;2024-01-15;Suite;1;100\n"
            "1;A;2024-01-15;Tool;2;50\n2;B;2024-01-22;Suite;2;400\n"
        )
        assert sold(open_case(source(text))) == {"A": 150, "B": 400}


KIT = (
    "1;1;;A;2024-01-15;Kit;100\n1;2;1;A;2024-01-15;Pen;40\n1;3;1;A;2024-01-15;Pad;60\n"
    "2;1;;B;2024-01-16;Lamp;140\n3;1;;C;2024-01-17;Desk set;{}\n3;2;1;C;2024-01-17;Chair;300\n"
)


class TestKits:
    @pytest.mark.parametrize(
        "headings",
        [
            "Invoice No;Line No;Parent Line;Customer No;Date;Item;Amount",
            "Fakturanr;Linjenr;Overordnet linje;Kundenr;Dato;Vare;Beløp",
            "Fakturanr;Radnr;Överordnad rad;Kundnr;Datum;Artikel;Belopp",
            "Rechnungsnr;Pos;Übergeordnete Pos;Kundennr;Datum;Artikel;Betrag",
        ],
    )
    def test_parts_that_add_to_the_kit_are_in_it(self, source, headings):
        case = open_case(source(f"{headings}\n{KIT.format(300)}"))
        assert sold(case) == {"A": 100, "B": 140, "C": 300}
        assert "Set aside: 3 lines, 400.00" in told(case)

    def test_a_kit_that_costs_nothing_leaves_its_parts(self, source):
        case = open_case(source(f"{self.headings}\n{KIT.format(0)}"))
        assert sold(case) == {"A": 100, "B": 140, "C": 300}

    def test_what_belongs_to_another_line_is_told(self, source):
        extra = "1;1;;A;2024-01-15;Lamp;100\n1;2;1;A;2024-01-15;Warranty;15\n"
        case = open_case(source(f"{self.headings}\n{extra}"))
        assert sold(case) == {"A": 115}
        assert '--where "Parent Line="' in told(case)

    headings = "Invoice No;Line No;Parent Line;Customer No;Date;Item;Amount"


JOINED = {
    "tags of a line": (
        "Line ID;Invoice No;Customer No;Date;Item;Tag;Amount\n1;F1;A;2024-01-15;Pen;promo;100\n"
        "1;F1;A;2024-01-15;Pen;summer;100\n2;F1;A;2024-01-15;Pad;promo;50\n"
        "3;F2;B;2024-01-16;Pen;;70\n"
    ),
    "contacts of a deal": (
        "Avtale-ID;Kundenr;Kontakt;Dato;Beløp\n1;A;Kari;2024-01-15;150\n"
        "1;A;Ola;2024-01-15;150\n2;B;Per;2024-01-16;70\n"
    ),
}


class TestJoined:
    @pytest.mark.parametrize("kind", JOINED)
    def test_a_sale_that_stands_for_each_of_another_table_counts_once(self, source, kind):
        case = open_case(source(JOINED[kind]))
        assert sold(case) == {"A": 150, "B": 70}
        assert "is counted once" in told(case)

    def test_lines_of_one_number_that_differ_are_sales(self, source):
        text = (
            "Line No;Customer No;Date;Salesperson;Amount\n1;A;2024-01-15;Kari;100\n"
            "1;A;2024-01-16;Ola;100\n2;B;2024-01-16;Per;70\n"
        )
        assert sold(open_case(source(text))) == {"A": 200, "B": 70}


OFF = (
    "1;A;2024-01-15;200;30{0}\n1;A;2024-01-15;100;30{0}\n2;B;2024-01-16;50;0{1}\n"
    "3;C;2024-01-17;100;20{2}\n3;C;2024-01-17;60;20{2}\n"
)


class TestDiscountOfTheInvoice:
    @pytest.mark.parametrize(
        "heading", ["Invoice Discount", "Fakturarabatt", "Ordrerabatt", "Rechnungsrabatt"]
    )
    def test_is_asked_about_and_taken_off_once(self, source, heading):
        text = f"Fakturanr;Kundenr;Dato;Beløp;{heading}\n" + OFF.format("", "", "")
        with pytest.raises(LedgerError) as caught:
            open_case(source(text))
        assert caught.value.found.startswith("510.00 in all as it stands, 460.00 with it")
        less = with_options(source(text), discount="amount")
        assert sold(less) == {"A": 270, "B": 50, "C": 140}
        as_it_stands = with_options(source(text), discount="none")
        assert sold(as_it_stands) == {"A": 300, "B": 50, "C": 160}

    @pytest.mark.parametrize(
        ("totals", "right"),
        [
            ((";270", ";50", ";140"), {"A": 270, "B": 50, "C": 140}),
            ((";300", ";50", ";160"), {"A": 300, "B": 50, "C": 160}),
        ],
    )
    def test_is_settled_by_the_total_of_the_invoice(self, source, totals, right):
        text = "Invoice No;Customer No;Date;Line Amount;Invoice Discount;Invoice Total\n"
        assert sold(open_case(source(text + OFF.format(*totals)))) == right


class TestKindsOfLines:
    @pytest.mark.parametrize(
        ("heading", "goods", "tax"),
        [
            ("Radtyp", "Artikel", "Moms"),
            ("Line Type", "Product", "Tax"),
            ("Zeilenart", "Ware", "MwSt"),
        ],
    )
    def test_vat_on_a_line_of_its_own_is_no_sale(self, source, heading, goods, tax):
        text = (
            f"Invoice No;Customer No;Date;{heading};Amount\n1;A;2024-01-15;{goods};100\n"
            f"1;A;2024-01-15;{tax};25\n2;B;2024-01-16;{goods};200\n2;B;2024-01-16;{tax};50\n"
        )
        case = open_case(source(text))
        assert sold(case) == {"A": 100, "B": 200}
        assert f"“{tax}” 2 lines, 75.00: set aside" in told(case)
        every = with_options(source(text), where=(f"{heading}={goods},{tax}",))
        assert sold(every) == {"A": 125, "B": 250}

    def test_vat_told_by_the_text_of_its_line_is_no_sale(self, source):
        text = (
            "Invoice No;Customer No;Date;Description;Amount\n1;A;2024-01-15;Plan Pro;100\n"
            "1;A;2024-01-15;Tax (25%);25\n2;B;2024-01-16;Plan Basic;40\n"
            "2;B;2024-01-16;Tax (25%);10\n"
        )
        assert sold(open_case(source(text))) == {"A": 100, "B": 40}

    def test_of_a_settlement_the_principal_counts(self, source):
        text = (
            "order-id;customer id;date;amount-type;amount-description;amount\n"
            "1;a;2024-01-15;ItemPrice;Principal;100\n1;a;2024-01-15;ItemPrice;Tax;20\n"
            "1;a;2024-01-15;Promotion;Principal;-10\n1;a;2024-01-15;ItemFees;Commission;-15\n"
            "2;b;2024-01-16;ItemPrice;Principal;400\n2;b;2024-01-16;ItemPrice;Tax;80\n"
        )
        assert sold(open_case(source(text))) == {"a": 90, "b": 400}


class TestNumberAndName:
    @pytest.mark.parametrize("form", ["{} {}", "{} - {}", "{1} ({0})"])
    def test_the_number_is_the_customer(self, source, form):
        named = [("10001", "Hav AS"), ("10002", "Fjell AS"), ("10001", "Hav Fisk AS")]
        cells = [form.format(*one) for one in named]
        text = "Dato;Kunde;Beløp\n" + "".join(
            f"2024-01-1{at};{cell};{100 * at}\n" for at, cell in enumerate(cells, 1)
        )
        case = open_case(source(text))
        assert sold(case) == {"10001": 400, "10002": 200}
        assert "1 number stands with several names: 10001" in told(case)

    def test_a_name_without_its_number_is_the_same_customer(self, source):
        text = (
            "Dato;Kunde;Beløp\n2024-01-15;10001 Hav AS;100\n2024-01-16;10002 Fjell AS;200\n"
            "2024-01-17;Hav AS;300\n2024-01-18;10003 Dal AS;10\n"
        )
        assert sold(open_case(source(text))) == {"10001": 400, "10002": 200, "10003": 10}

    @pytest.mark.parametrize("names", [("7-Eleven", "3 Brødre AS"), ("10023-A", "10023-B")])
    def test_digits_of_a_name_are_no_number(self, source, names):
        text = f"Dato;Kunde;Beløp\n2024-01-15;{names[0]};100\n2024-01-16;{names[1]};200\n"
        assert sold(open_case(source(text))) == {names[0]: 100, names[1]: 200}

    def test_one_who_names_the_column_has_it_whole(self, source):
        text = "Dato;Kunde;Beløp\n2024-01-15;10001 Hav AS;100\n2024-01-16;10002 Fjell AS;200\n"
        named = ColumnMapping().with_columns({"account_id": "Kunde"})
        assert "10001 Hav AS" in sold(open_case(source(text), mapping=named))


class TestCompanies:
    text = (
        "{};Kundenr;Kundenavn;Dato;Beløp\nNord;1001;Hav AS;2024-01-15;100\n"
        "Sør;1001;{};2024-01-16;200\nNord;1002;Fjell AS;2024-01-17;300\n"
    )

    @pytest.mark.parametrize("heading", ["Selskap", "Company Code", "Buchungskreis", "Bolag"])
    def test_one_number_of_two_customers_is_refused(self, source, heading):
        text = self.text.format(heading, "Berg AS")
        with pytest.raises(LedgerError, match="One number is different customers") as caught:
            open_case(source(text))
        assert f'--where "{heading}=Nord"' in caught.value.remedy
        north = with_options(source(text), where=(f"{heading}=Nord",))
        assert sold(north) == {"1001": 100, "1002": 300}

    def test_one_customer_of_two_companies_is_one(self, source):
        text = self.text.format("Selskap", "Hav AS")
        assert sold(open_case(source(text))) == {"1001": 300, "1002": 300}


def written(tmp_path, name, records):
    path = tmp_path / name
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


class TestPaymentService:
    def invoices(self, currency, *amounts):
        return {
            "object": "list",
            "data": [
                {
                    "id": f"in_{at}",
                    "object": "invoice",
                    "customer": f"c{at % 2}",
                    "created": f"2024-01-1{at}",
                    "subtotal": amount,
                    "currency": currency,
                    "status": "paid",
                }
                for at, amount in enumerate(amounts)
            ],
        }

    @pytest.mark.parametrize(
        ("currency", "right"), [("nok", {"c0": 57, "c1": 199}), ("jpy", {"c0": 5700, "c1": 19900})]
    )
    def test_writes_the_smallest_unit(self, tmp_path, currency, right):
        path = written(tmp_path, "a.json", self.invoices(currency, 5000, 19900, 700))
        assert sold(open_case(path)) == right

    def test_writes_it_in_tables_too(self, source):
        text = (
            "id;object;customer;created;amount;currency;status\n"
            "ch_1;charge;c1;2024-01-15;125000;nok;paid\nch_2;charge;c2;2024-01-16;40000;nok;paid\n"
        )
        assert sold(open_case(source(text))) == {"c1": 1250, "c2": 400}

    def test_calls_a_sale_a_payment(self):
        kinds = kinds_of(["charge", "payment", "refund", "payout", "stripe_fee"])
        assert list(kinds.values()) == ["invoice", "invoice", "credit_note", "no_sale", "no_sale"]
        assert kinds_of(["Invoice", "Payment"]) == {"Invoice": "invoice", "Payment": "no_sale"}


class TestRefundsInside:
    def order(self, number, customer, total, tax, refunds):
        net = total - tax
        line = {"quantity": 1, "total": str(net), "total_tax": str(tax), "price": net}
        return {
            "id": number,
            "status": "completed",
            "date_created": f"2024-01-1{number}T10:00:00",
            "customer_id": customer,
            "total": str(total),
            "total_tax": str(tax),
            "line_items": [line],
            "refunds": [{"id": 90, "total": one} for one in refunds],
        }

    def test_of_woocommerce_are_less_their_vat(self, tmp_path):
        # 125 of 500 with VAT of a quarter is 100 without
        orders = [self.order(1, 7, 375, 75, []), self.order(2, 8, 500, 100, ["-125.00"])]
        case = open_case(written(tmp_path, "orders.json", orders))
        assert sold(case) == {"7": 300, "8": 300}
        assert "1 refund inside the records is a line below zero" in told(case)

    def test_of_shopify_are_lines_that_came_back(self, tmp_path):
        item = {"id": 20, "title": "P", "quantity": 4, "price": "100.00"}
        back = {"line_item_id": 20, "quantity": 1, "subtotal": "100.00", "total_tax": "25.00"}
        order = {
            "name": "#2",
            "created_at": "2024-01-22T10:00:00+01:00",
            "customer": {"id": 8},
            "line_items": [item],
            "refunds": [{"created_at": "2024-02-01T10:00:00+01:00", "refund_line_items": [back]}],
        }
        case = open_case(written(tmp_path, "orders.json", {"orders": [order]}))
        assert sold(case) == {"8": 300}
        assert str(case.period) == "22 Jan 2024 – 1 Feb 2024"


def book(tmp_path, *sheets, form=""):
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for (cell,) in sheet.iter_rows(min_row=2, min_col=3, max_col=3):
            cell.number_format = form or "General"
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


ROWS = [
    ["Kundenr", "Dato", "Beløp"],
    *([f"K{at % 2}", f"2024-01-1{at}", 10 + at] for at in range(4)),
]


class TestThousands:
    @pytest.mark.parametrize("form", ['0.0" TNOK"', '#,##0.0"k"', '0.00" mill."', '0" MNOK"'])
    def test_behind_the_cells_of_a_workbook_are_refused(self, tmp_path, form):
        with pytest.raises(LedgerError, match="The amounts are in"):
            open_case(book(tmp_path, ("Salg", ROWS), form=form))

    @pytest.mark.parametrize("form", ['#,##0.0,"k"', '0.00,," mill."', '0" kr"', '#,##0" NOK"'])
    def test_that_are_only_shown_so_are_read(self, tmp_path, form):
        case = open_case(book(tmp_path, ("Salg", ROWS), form=form))
        assert sold(case) == {"K0": 22, "K1": 24}

    @pytest.mark.parametrize(
        "title", ["Alle tall i tusen kroner", "Beträge in TEUR", "NOK 1000", "Amounts in thousands"]
    )
    def test_said_above_the_headings_are_refused(self, tmp_path, title):
        path = tmp_path / "salg.csv"
        path.write_text(f"{title};;\nKundenr;Dato;Beløp\nA;2024-01-15;19,5\n", encoding="utf-8")
        with pytest.raises(LedgerError, match="The amounts are in thousands"):
            open_case(path)
        whole = ColumnMapping().with_columns({"amount": "Beløp"})
        assert sold(open_case(path, mapping=whole)) == {"A": 19.5}

    def test_of_customers_in_a_title_are_none(self, tmp_path):
        path = tmp_path / "salg.csv"
        text = "Kunder over 1000 i omsetning;;\nKundenr;Dato;Beløp\nA;2024-01-15;19,5\n"
        path.write_text(text, encoding="utf-8")
        assert sold(open_case(path)) == {"A": 19.5}

    @pytest.mark.parametrize("amount", ["1.2K", "3,4 mill.", "12 tusen", "1.5M"])
    def test_written_behind_a_number_are_explained(self, tmp_path, amount):
        path = tmp_path / "salg.csv"
        path.write_text(f"Kundenr;Dato;Beløp\nA;2024-01-15;{amount}\n", encoding="utf-8")
        with pytest.raises(KamkitError) as caught:
            open_case(path)
        assert "stands for thousands" in caught.value.remedy


class TestTheSameTwice:
    def test_a_copied_sheet_counts_once(self, tmp_path):
        case = open_case(book(tmp_path, ("Salg (2)", ROWS), ("Salg", ROWS)))
        assert sold(case) == {"K0": 22, "K1": 24}
        assert "sheet “Salg (2)” holds the same lines as" in told(case)

    def test_a_sheet_of_other_days_counts(self, tmp_path):
        later = [
            ROWS[0],
            *([one, day.replace("-01-", "-02-"), sum_] for one, day, sum_ in ROWS[1:]),
        ]
        case = open_case(book(tmp_path, ("Januar", ROWS), ("Februar", later)))
        assert sold(case) == {"K0": 44, "K1": 48}

    def test_an_order_and_its_invoice_count_once(self, source):
        text = (
            "Dokumenttype;Ordrenr;Kundenr;Dato;Beløp\nOrdre;1;A;2024-01-15;100\n"
            "Faktura;1;A;2024-01-16;100\nOrdre;2;B;2024-01-17;200\nFaktura;2;B;2024-01-18;200\n"
            "Ordre;3;A;2024-01-19;50\n"
        )
        assert sold(open_case(source(text))) == {"A": 100, "B": 200}

    def test_orders_that_are_not_invoiced_count(self, source):
        text = (
            "Dokumenttype;Ordrenr;Kundenr;Dato;Beløp\nOrdre;1;A;2024-01-15;100\n"
            "Ordre;2;B;2024-01-17;200\nFaktura;3;B;2024-01-18;70\n"
        )
        assert sold(open_case(source(text))) == {"A": 100, "B": 270}


@pytest.mark.parametrize(
    ("heading", "flags"),
    [("Krediterad", "Nej Ja"), ("Kreditert", "Nei Ja"), ("Credited", "No Yes")],
)
def test_an_invoice_that_is_said_to_be_credited_is_no_sale(source, heading, flags):
    no, yes = flags.split()
    text = f"No;Kundenr;Dato;Beløp;{heading}\n1;A;2024-01-15;100;{no}\n2;A;2024-01-16;50;{yes}\n"
    assert sold(open_case(source(text))) == {"A": 100}


PREPAID = (
    *("Prepayment Invoice", "Down Payment Invoice", "Voorschotfactuur", "Förskottsfaktura"),
    *("Faktura zaliczkowa", "Anzahlungsrechnung", "Abschlagsrechnung", "Forskuddsfaktura"),
    "Acontofaktura",
)


@pytest.mark.parametrize("word", PREPAID)
def test_an_invoice_in_advance_is_one(word):
    assert kinds_of([word]) == {word: "invoice"}


@pytest.mark.parametrize("word", ["Anzahlung", "Prepayment", "Zahlung", "Kundebetaling"])
def test_a_payment_is_none(word):
    assert kinds_of([word]) == {word: "no_sale"}


@pytest.mark.parametrize("fee", ["Fee", "Gebyr"])
def test_one_line_with_a_fee_tells_what_was_sold(source, fee):
    text = f"Kundenr;Dato;Amount;{fee};Net\nA;2024-01-15;100;3;97\nB;2024-01-16;40;0;40\n"
    assert sold(open_case(source(text))) == {"A": 100, "B": 40}
