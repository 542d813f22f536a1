"""Rules that set lines aside or turn them: they never take what is a sale of its own."""

from __future__ import annotations

import openpyxl
import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.errors import LedgerError


def accounts(case) -> dict[str, float]:
    sales = case.sales
    rows = case.engine.rows(sales.group_by("account_id").aggregate(sum=sales.amount.sum()))
    return {row["account_id"]: float(row["sum"]) for row in rows}


@pytest.fixture
def opened(tmp_path):
    """Return a function that opens a ledger from its text."""

    def made(text: str, amount: str = "", **options: str):
        (tmp_path / "sales.csv").write_text(text, encoding="utf-8")
        named = {"sales": {"amount": amount}} if amount else {}
        return open_case(tmp_path / "sales.csv", mapping=ColumnMapping(named).with_options(options))

    return made


@pytest.fixture
def book(tmp_path):
    """Return a function that opens a workbook from its sheets, each a text of lines."""

    def made(sheets: dict[str, str]):
        whole = openpyxl.Workbook()
        whole.remove(whole.active)
        for name, rows in sheets.items():
            sheet = whole.create_sheet(name)
            for row in rows.split():
                sheet.append([int(c) if c.isdigit() else c for c in row.split(";")])
        whole.save(tmp_path / "sales.xlsx")
        return open_case(tmp_path / "sales.xlsx")

    return made


PARTS = (1, 1, 2)  # a quarter, a quarter and a half of what a customer pays
OWN = {
    "a number and a day": ("Fakturanr", lambda at, line: f"{at}{line}", True),
    "a number": ("Fakturanr", lambda at, line: f"{at}{line}", False),
    "a day": ("", lambda _at, _line: "", True),
    "a product": ("Varenr", lambda _at, line: f"V{line}", False),
    "a text": ("Varenavn", lambda _at, line: f"Milepæl {line}", False),
}


@pytest.mark.parametrize("kind", OWN)
def test_a_line_with_facts_of_its_own_is_no_sum_of_its_customer(opened, kind):
    heading, value, days = OWN[kind]
    rows = "".join(
        f"{at};0{1 + days * line}.01.2024;{value(at, line)};{part * at * 100}\n"
        for at in range(1, 6)
        for line, part in enumerate(PARTS)
    )
    case = opened(f"Kundenr;Dato;{heading or 'Merknad'};Beløp\n{rows}")
    assert accounts(case) == {str(at): 400 * at for at in range(1, 6)}


def test_a_sum_of_a_customer_lacks_the_number_and_may_have_the_last_day(opened):
    rows = "".join(
        f"{at};01.01.2024;{at}1;{at}00\n{at};05.01.2024;{at}2;50\n{at};31.01.2024;;{at}50\n"
        for at in range(1, 6)
    )
    case = opened(f"Kundenr;Dato;Fakturanr;Beløp\n{rows}")
    assert accounts(case) == {str(at): 100 * at + 50 for at in range(1, 6)}


def test_a_sheet_that_comes_to_as_much_as_the_others_is_used(book):
    head = "Kundenr;Dato;Beløp "
    case = book(
        {
            "Jan": head + "101;2024-01-05;1000 102;2024-01-19;500",
            "Feb": head + "101;2024-02-05;700 103;2024-02-19;300",
            "Mar": head + "104;2024-03-05;2000 102;2024-03-19;500",
        }
    )
    assert accounts(case) == {"101": 1700, "102": 1000, "103": 300, "104": 2000}
    assert any("comes to as much as all the others, 2,500.00" in note for note in case.notes)


def test_the_same_customers_in_a_later_month_are_no_sum_either(book):
    head = "Kundenr;Dato;Beløp "
    sheets = {"Jan": "2024-01-05;100", "Feb": "2024-02-05;100", "Mar": "2024-03-05;200"}
    case = book({name: f"{head}1;{row} 2;{row}" for name, row in sheets.items()})
    assert accounts(case) == {"1": 400, "2": 400}


def test_other_customers_in_the_same_month_are_no_sum(book):
    head = "Kundenr;Dato;Beløp "
    case = book(
        {
            "North": head + "1;2024-01-05;100 2;2024-01-06;200",
            "South": head + "3;2024-01-05;300",
            "West": head + "4;2024-01-05;600",
        }
    )
    assert accounts(case) == {"1": 100, "2": 200, "3": 300, "4": 600}


def test_a_sheet_with_the_sum_of_each_customer_is_set_aside(book):
    head = "Kundenr;Dato;Beløp "
    case = book(
        {
            "North": head + "1;2024-01-05;100 2;2024-01-06;200",
            "South": head + "1;2024-01-09;300",
            "All": head + "1;2024-01-31;400 2;2024-01-31;200",
        }
    )
    assert accounts(case) == {"1": 400, "2": 200}


def test_a_fee_that_is_kept_back_stays_above_zero(opened):
    head = "Customer No,Document Type,Document No,Date,Net Amount\n"
    case = opened(
        f"{head}A,Invoice,1,2024-01-15,1000\nB,Invoice,2,2024-01-16,2000\n"
        "A,Credit Note,3,2024-01-25,-500\nA,Credit Note,3,2024-01-25,50\n"
        "B,Credit Note,4,2024-01-26,300\n"
    )
    assert accounts(case) == {"A": 550, "B": 1700}
    told = " ".join(case.notes)
    assert "1 line of credit notes with a positive amount was turned negative." in told
    assert "1 line of credit notes stays above zero" in told


CANCELLED = {
    "Annullert": ("Nei", "Ja"),
    "Storniert": ("", "X"),
    "Is cancelled": ("No", "Yes"),
    "Cancelled at": ("", "2024-01-12"),
    "Status": ("Paid", "Cancelled"),
}


@pytest.mark.parametrize("heading", CANCELLED)
def test_a_cancelled_invoice_stays_where_its_reversal_stands_beside_it(opened, heading):
    no, yes = CANCELLED[heading]
    case = opened(
        f"Kundenr;Fakturanr;Fakturadato;{heading};Beløp\n101;1;05.01.2024;{no};1000\n"
        f"102;2;09.01.2024;{yes};300\n102;2;09.01.2024;{yes};100\n102;3;10.01.2024;{no};-400\n"
        f"102;4;11.01.2024;{no};450\n103;5;23.01.2024;{no};700\n"
    )
    assert accounts(case) == {"101": 1000, "102": 450, "103": 700}
    assert any(note.startswith("2 cancelled lines are used all the same") for note in case.notes)


REVERSALS = {  # lines of one customer in “invoice, day, cancelled, amount”, and what is right
    "cancelled, too": ("1;05;Ja;400 2;06;Ja;-400 3;07;Nei;450", 450),
    "one for two": ("1;05;Ja;400 2;06;Ja;400 3;07;Nei;-400 4;08;Nei;450", 450),
    "of another size": ("1;05;Ja;400 2;06;Nei;-100 3;07;Nei;450", 350),
    "earlier": ("1;05;Nei;-400 2;06;Ja;400 3;07;Nei;450", 50),
    "of a sale that is not cancelled": (
        "1;05;Nei;400 2;06;Nei;-400 3;07;Ja;300 4;08;Ja;400 5;09;Ja;200 6;10;Nei;450",
        450,
    ),
}


@pytest.mark.parametrize("kind", REVERSALS)
def test_which_document_is_the_reversal_of_a_cancelled_invoice(opened, kind):
    lines, right = REVERSALS[kind]
    rows = "".join("1;{};{}.01.2024;{};{}\n".format(*line.split(";")) for line in lines.split())
    more = "".join(f"2;9{at};20.01.2024;Nei;1000\n" for at in range(9))
    case = opened(f"Kundenr;Fakturanr;Fakturadato;Annullert;Beløp\n{rows}{more}")
    assert accounts(case) == {"1": right, "2": 9000}


def test_a_reversal_told_by_its_type(opened):
    case = opened(
        "Kundenr;Faktura;Fakturadatum;Belegart;Storniert;Nettowert\n100;1;15.01.2024;F2;;1000\n"
        "200;2;18.01.2024;F2;X;400\n200;3;19.01.2024;S1;;400\n200;4;20.01.2024;F2;;450\n"
    )
    assert accounts(case) == {"100": 1000, "200": 450}


ORDERS = "1;A;270 1;A;270 2;B;50 3;C;180 3;C;180 3;C;180"
ONCE = {"A": 270, "B": 50, "C": 180}


@pytest.mark.parametrize("heading", ["Order Total", "Invoice total", "Ordresum eks mva"])
def test_the_total_of_an_order_on_each_of_its_lines_is_not_summed(opened, heading):
    rows = "".join(f"{order};2024-01-05\n" for order in ORDERS.split())
    text = f"Order No;Customer ID;{heading};Order Date\n{rows}"
    with pytest.raises(LedgerError, match="it looks like the invoice's total") as refusal:
        opened(text, heading)
    assert refusal.value.found == "2 of 2 invoices with two lines or more"
    assert accounts(opened(text, heading, invoice_totals="once")) == ONCE


@pytest.mark.parametrize("heading", ["Amount", "Invoice total"])
def test_quantity_times_price_is_taken_where_it_makes_the_total(opened, heading):
    priced = "2;100 1;70 1;50 4;25 1;60 2;10"
    rows = "".join(
        f"{order};{price};2024-01-05\n"
        for order, price in zip(ORDERS.split(), priced.split(), strict=True)
    )
    case = opened(f"Order No;Customer ID;{heading};Quantity;Unit Price;Order Date\n{rows}")
    assert accounts(case) == ONCE


def test_the_total_of_an_order_less_its_discount(opened):
    text = "Order No,Customer ID,Order Date,Quantity,Unit Price,Order Discount,Order Total\n"
    text += "1,A,2024-01-15,2,100,30,270\n1,A,2024-01-15,1,100,30,270\n2,B,2024-01-22,1,50,0,50\n"
    with pytest.raises(LedgerError, match="it looks like the invoice's total"):
        opened(text)
    assert accounts(opened(text, invoice_totals="once")) == {"A": 270, "B": 50}


SUMMED = {
    "no word for a total": ("Amount", "1;A;100 1;A;100 2;B;50 2;B;50"),
    "an order of one line": ("Order Total", "1;A;100 2;A;100 3;B;50"),
    "lines that differ": ("Order Total", "1;A;100 1;A;20 2;B;50 2;B;50"),
}


@pytest.mark.parametrize("kind", SUMMED)
def test_what_is_no_total_of_an_order_is_summed(opened, kind):
    heading, lines = SUMMED[kind]
    rows = "".join(f"{line};2024-01-05\n" for line in lines.split())
    case = opened(f"Order No;Customer ID;{heading};Order Date\n{rows}")
    right = [int(line.split(";")[2]) for line in lines.split()]
    assert sum(accounts(case).values()) == sum(right)


@pytest.mark.parametrize("heading", ["Amount", "Order Total"])
def test_equal_lines_with_their_own_prices_are_summed(opened, heading):
    rows = "".join(f"{at // 2};A;2024-01-05;2;50;100\n" for at in range(12))
    case = opened(f"Order No;Customer ID;Order Date;Quantity;Unit Price;{heading}\n{rows}")
    assert accounts(case) == {"A": 1200}


SHARES = {
    "per cent": ("Andel %", "50 50 100 30 70"),
    "parts of one": ("Share", "0.5 0.5 1 0.3 0.7"),
    "with signs": ("Split", "50 % 50 % 100 % 33,3 % 66,7 %".replace(" %", "%")),
}


def split(heading: str, shares: str, amounts: str) -> str:
    ids = zip((1, 1, 2, 3, 3), shares.split(), amounts.split(), strict=True)
    rows = "".join(f"{at};10{at};0{at}.01.2024;S;{share};{one}\n" for at, share, one in ids)
    return f"Fakturanr;Kundenr;Fakturadato;Selger;{heading};Beløp\n{rows}"


@pytest.mark.parametrize("kind", SHARES)
def test_an_invoice_that_sellers_share_counts_once(opened, kind):
    case = opened(split(*SHARES[kind], "1000 1000 400 700 700"))
    assert accounts(case) == {"101": 1000, "102": 400, "103": 700}
    assert any("Invoices stand once for each share" in note for note in case.notes)


@pytest.mark.parametrize(
    ("shares", "amounts"),
    [("50 50 100 30 70", "500 500 400 210 490"), ("20 20 20 20 20", "500 500 400 350 350")],
)
def test_lines_with_amounts_or_shares_of_their_own_all_count(opened, shares, amounts):
    case = opened(split("Andel %", shares, amounts))
    assert accounts(case) == {"101": 1000, "102": 400, "103": 700}
