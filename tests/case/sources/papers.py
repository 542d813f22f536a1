"""Small documents for the tests: e-invoices and accounting files, written from plain values."""

from __future__ import annotations

from xml.sax.saxutils import escape

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII = "urn:un:unece:uncefact:data:standard:"


def ubl_line(line, kind):
    """Write a line: net amount, and what it has of quantity, number, name, discount."""
    what = "Credited" if kind == "CreditNote" else "Invoiced"
    allowance = ubl_extra(line["discount"]) if "discount" in line else ""
    return (
        f"<cac:{kind}Line><cbc:ID>1</cbc:ID>"
        f"<cbc:{what}Quantity>{line.get('quantity', 1)}</cbc:{what}Quantity>"
        f"<cbc:LineExtensionAmount>{line['net']}</cbc:LineExtensionAmount>{allowance}"
        f"<cac:Item><cbc:Name>{escape(line.get('name', 'Vare'))}</cbc:Name>"
        f"<cac:SellersItemIdentification><cbc:ID>{line.get('item', 'V1')}</cbc:ID>"
        f"</cac:SellersItemIdentification></cac:Item></cac:{kind}Line>"
    )


def ubl_extra(amount, *, charge=False):
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{str(charge).lower()}</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>{'Frakt' if charge else 'Rabatt'}</cbc:AllowanceChargeReason>"
        f"<cbc:Amount>{amount}</cbc:Amount></cac:AllowanceCharge>"
    )


def party(role, number, name, scheme="0192"):
    company = f'<cbc:CompanyID schemeID="{scheme}">{number}</cbc:CompanyID>' if number else ""
    return (
        f"<cac:{role}><cac:Party><cac:PartyLegalEntity>"
        f"<cbc:RegistrationName>{escape(name)}</cbc:RegistrationName>{company}"
        f"</cac:PartyLegalEntity></cac:Party></cac:{role}>"
    )


def ubl(
    number,
    total,
    lines,
    *,
    kind="Invoice",
    code=None,
    day="2025-03-31",
    buyer=("912345678", "Hav AS"),
    seller=("987654321", "Selger AS"),
    scheme="0192",
    currency="NOK",
    extras="",
    refers_to="",
):
    """Write an e-invoice or credit note in UBL 2.1."""
    code = code or ("381" if kind == "CreditNote" else "380")
    reference = (
        "<cac:BillingReference><cac:InvoiceDocumentReference>"
        f"<cbc:ID>{refers_to}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
        if refers_to
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<{kind} xmlns="{_UBL}{kind}-2" xmlns:cac="{_UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{_UBL}CommonBasicComponents-2"><cbc:ID>{number}</cbc:ID>'
        f"<cbc:IssueDate>{day}</cbc:IssueDate><cbc:{kind}TypeCode>{code}</cbc:{kind}TypeCode>"
        f"<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>{reference}"
        + party("AccountingSupplierParty", *seller)
        + party("AccountingCustomerParty", *buyer, scheme)
        + extras
        + "<cac:LegalMonetaryTotal>"
        f"<cbc:TaxExclusiveAmount>{total}</cbc:TaxExclusiveAmount></cac:LegalMonetaryTotal>"
        + "".join(ubl_line(line, kind) for line in lines)
        + f"</{kind}>"
    )


def cii(number, total, lines, *, code="380", buyer=("912345678", "Hav AS"), charge=None):
    """Write an e-invoice in UN/CEFACT CII; ``lines`` are pairs of quantity and net amount."""
    items = "".join(
        "<ram:IncludedSupplyChainTradeLineItem>"
        "<ram:SpecifiedTradeProduct><ram:SellerAssignedID>V1</ram:SellerAssignedID>"
        "<ram:Name>Vare</ram:Name></ram:SpecifiedTradeProduct>"
        f"<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity>{quantity}</ram:BilledQuantity>"
        "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{net}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
        for quantity, net in lines
    )
    extra = (
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true"
        f"</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>{charge}</ram:ActualAmount>"
        "</ram:SpecifiedTradeAllowanceCharge>"
        if charge
        else ""
    )
    return (
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{_CII}CrossIndustryInvoice:100" '
        f'xmlns:ram="{_CII}ReusableAggregateBusinessInformationEntity:100" '
        f'xmlns:udt="{_CII}UnqualifiedDataType:100"><rsm:ExchangedDocument>'
        f"<ram:ID>{number}</ram:ID><ram:TypeCode>{code}</ram:TypeCode><ram:IssueDateTime>"
        '<udt:DateTimeString format="102">20250331</udt:DateTimeString></ram:IssueDateTime>'
        f"</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>{items}"
        "<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Selger AS</ram:Name>"
        f"</ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>{buyer[1]}</ram:Name>"
        f'<ram:SpecifiedLegalOrganization><ram:ID schemeID="0192">{buyer[0]}</ram:ID>'
        "</ram:SpecifiedLegalOrganization></ram:BuyerTradeParty>"
        "</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>"
        f"<ram:InvoiceCurrencyCode>NOK</ram:InvoiceCurrencyCode>{extra}"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:TaxBasisTotalAmount>{total}</ram:TaxBasisTotalAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        "</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>"
        "</rsm:CrossIndustryInvoice>"
    )


def entry(account, credit, customer="", document=""):
    """Write a line of a transaction; a debit is a credit below zero."""
    side = "CreditAmount" if credit >= 0 else "DebitAmount"
    who = f"<CustomerID>{customer}</CustomerID>" if customer else ""
    source = f"<SourceDocumentID>{document}</SourceDocumentID>" if document else ""
    return (
        f"<Line><RecordID>1</RecordID><AccountID>{account}</AccountID>{source}{who}"
        f"<{side}><Amount>{abs(credit)}</Amount></{side}></Line>"
    )


def transaction(number, day, *entries):
    return (
        f"<Transaction><TransactionID>{number}</TransactionID>"
        f"<TransactionDate>{day}</TransactionDate>{''.join(entries)}</Transaction>"
    )


def saft(transactions, *, accounts=(), customers=(("1", "Hav AS"),), invoices="", sums=None):
    """Write an accounting file; ``accounts`` are number, name and closing credit balance."""
    chart = "".join(
        f"<Account><AccountID>{number}</AccountID><AccountDescription>{name}"
        f"</AccountDescription><OpeningCreditBalance>0</OpeningCreditBalance>"
        f"<ClosingCreditBalance>{closing}</ClosingCreditBalance></Account>"
        for number, name, closing in accounts
    )
    buyers = "".join(
        f"<Customer><RegistrationNumber>91234567{number}</RegistrationNumber><Name>{name}</Name>"
        f"<CustomerID>{number}</CustomerID></Customer>"
        for number, name in customers
    )
    said = f"<TotalDebit>{sums}</TotalDebit><TotalCredit>{sums}</TotalCredit>" if sums else ""
    journal = f"<Journal><JournalID>S</JournalID>{''.join(transactions)}</Journal>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO"><Header>'
        "<AuditFileVersion>1.30</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry>"
        "<DefaultCurrencyCode>NOK</DefaultCurrencyCode></Header><MasterFiles>"
        f"<GeneralLedgerAccounts>{chart}</GeneralLedgerAccounts>"
        f"<Customers>{buyers}</Customers></MasterFiles>"
        f"<GeneralLedgerEntries>{said}{journal}</GeneralLedgerEntries>"
        f"{invoices}</AuditFile>"
    )
