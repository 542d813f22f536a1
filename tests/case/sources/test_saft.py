"""Accounting files as a ledger: what is posted on revenue accounts, per customer and day."""

from __future__ import annotations

import pytest

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import KamkitError, SourceError
from tests.case.sources.papers import entry, saft, transaction

SALE = transaction(1, "2025-01-05", entry(1500, -1250, "1"), entry(3000, 1000), entry(2700, 250))
CREDIT = transaction(2, "2025-02-05", entry(1500, 125, "1"), entry(3000, -100), entry(2700, -25))


@pytest.fixture
def book(tmp_path):
    """Return a function that writes accounting files and opens them."""

    def opened(*texts, **options):
        options = {"max_rows": 1.0, "max_amount": 1.0} | options
        for n, text in enumerate(texts):
            (tmp_path / f"saft_{n}.xml").write_text(text, encoding="utf-8")
        source = tmp_path if len(texts) > 1 else tmp_path / "saft_0.xml"
        return open_case(source, mapping=ColumnMapping().with_options(options))

    return opened


def revenue(case):
    sales = case.engine.frame(case.sales)
    return sales.groupby("account_id")["amount"].sum().round(2).to_dict()


def fates(case):
    return {row.reason: (row.rows, row.amount) for row in case.reconciliation().itertuples()}


def test_the_published_file_gives_the_balance_of_its_revenue_account(shared_data):
    case = open_case(shared_data / "saft" / "saft_financial_888888888.xml")
    assert fates(case) == {"read": (12, 2316338.0), "used": (12, 2316338.0)}
    assert revenue(case) == {
        "1000": 130000.0,
        "1001": 888638.0,
        "1002": 487200.0,
        "1003": 343000.0,
        "1004": 405300.0,
        "1005": 62200.0,
    }
    assert case.currency == "NOK"
    assert "3000 Salgsinntekt handelsvarer" in case.notes[0]
    assert len(case.notes) == 1  # debit, credit and balances are what the file says


def test_the_draft_of_random_text_is_refused_by_its_own_totals(shared_data):
    with pytest.raises(KamkitError) as refusal:
        open_case(shared_data / "saft" / "saft_v2_draft_sales_invoices.xml")
    assert "the lines of the document are not its total (1)" in str(refusal.value)


def test_vat_is_apart_and_a_credit_note_takes_back(book):
    case = book(saft([SALE, CREDIT]))
    sales = case.engine.frame(case.sales).sort_values("date")
    assert sales["amount"].tolist() == [1000.0, -100.0]
    assert sales["doc_type"].tolist() == ["invoice", "credit_note"]
    assert sales["account_name"].tolist() == ["Hav AS", "Hav AS"]
    assert case.table("accounts")["org_number"].tolist() == ["912345671"]


def test_a_payment_is_no_sale(book):
    paid = transaction(3, "2025-03-05", entry(1920, -1250), entry(1500, 1250, "1"))
    assert revenue(book(saft([SALE, paid]))) == {"1": 1000.0}


def test_several_customers_in_one_transaction_are_told_apart_by_document(book):
    both = transaction(
        1,
        "2025-01-05",
        entry(1500, -125, "1", "F1"),
        entry(3000, 100, "", "F1"),
        entry(1500, -250, "2", "F2"),
        entry(3000, 200, "", "F2"),
        entry(2700, 75),
    )
    assert revenue(book(saft([both]))) == {"1": 100.0, "2": 200.0}


def test_what_no_customer_can_be_found_for_is_set_aside(book):
    mixed = transaction(
        2, "2025-01-05", entry(1500, -50, "1"), entry(1500, -50, "2"), entry(3000, 100)
    )
    cash = transaction(3, "2025-01-06", entry(1900, -70), entry(3000, 70))
    case = book(saft([SALE, mixed, cash]))
    assert revenue(case) == {"1": 1000.0}
    assert fates(case)["no_account"] == (2, 170.0)


GRANT = transaction(4, "2025-01-07", entry(1500, -500, "1"), entry(3400, 500))


def test_grants_and_gains_are_no_sales_and_are_named(book):
    case = book(saft([SALE, GRANT], accounts=[("3400", "Tilskudd", 500)]))
    assert revenue(case) == {"1": 1000.0}
    assert "Other income, not taken as sales: 3400 Tilskudd (500.00)." in case.notes


def test_the_revenue_accounts_can_be_chosen(book):
    assert revenue(book(saft([SALE, GRANT]), revenue_accounts=["3400-3499"])) == {"1": 500.0}
    assert revenue(book(saft([SALE, GRANT]), revenue_accounts=["3"])) == {"1": 1500.0}


def test_no_revenue_account_is_refused_with_the_option(book):
    with pytest.raises(SourceError) as refusal:
        book(saft([SALE], accounts=[("3000", "Salg", 1000)]), revenue_accounts=["8"])
    assert "--revenue-accounts" in str(refusal.value)


def test_balances_and_sums_that_differ_from_the_entries_are_told(book):
    case = book(saft([SALE], accounts=[("3000", "Salg", 1500)], sums=1300))
    told = " ".join(case.notes)
    assert "The balances of 3000 Salg move by 1,500.00, its entries by 1,000.00." in told
    assert "entries are 1,300.00 (debit side); they are 1,250.00." in told


def test_a_set_of_files_shares_customers_and_counts_a_transaction_once(book):
    other = transaction(5, "2025-02-01", entry(1500, -250, "1"), entry(3000, 200), entry(2700, 50))
    case = book(saft([SALE]), saft([SALE, other], customers=()))
    assert revenue(case) == {"1": 1200.0}
    assert fates(case)["repeated_document"] == (1, 1000.0)
    assert "1 transaction is there once more and counts once." in case.notes


def sold(number, net, *lines):
    inside = "".join(
        f"<Line><ProductCode>{code}</ProductCode><Quantity>{quantity}</Quantity>"
        f"<InvoiceLineAmount><Amount>{amount}</Amount></InvoiceLineAmount>"
        f"<DebitCreditIndicator>{side}</DebitCreditIndicator></Line>"
        for code, quantity, amount, side in lines
    )
    return (
        f"<Invoice><InvoiceNo>{number}</InvoiceNo><CustomerInfo><CustomerID>1</CustomerID>"
        f"</CustomerInfo><InvoiceDate>2025-01-05</InvoiceDate>{inside}"
        f"<DocumentTotals><NetTotal>{net}</NetTotal></DocumentTotals></Invoice>"
    )


def test_sales_invoices_of_version_two_are_read_line_by_line_instead(book):
    invoices = (
        "<SourceDocuments><SalesInvoices>"
        + sold("F1", 1000, ("V1", 2, 600, "C"), ("V2", 1, 400, "C"))
        + sold("K1", -100, ("V1", 1, 100, "D"))
        + "</SalesInvoices><PurchaseInvoices>"
        + sold("X", 70, ("V9", 1, 70, "C"))
        + "</PurchaseInvoices></SourceDocuments>"
    )
    case = book(saft([SALE, CREDIT], invoices=invoices))
    sales = case.engine.frame(case.sales)
    assert sorted(sales["amount"]) == [-100.0, 400.0, 600.0]
    assert sorted(sales["product_id"]) == ["V1", "V1", "V2"]
    assert "worth 900.00; posted on revenue accounts is 900.00" in case.notes[0]


def test_a_file_that_is_cut_is_refused(book):
    with pytest.raises(SourceError) as refusal:
        book(saft([SALE])[:-200])
    assert str(refusal.value).startswith("The accounting file cannot be read to its end.")
