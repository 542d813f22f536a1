"""E-invoices as documents: UBL 2.1 (Peppol BIS 3, EHF) and UN/CEFACT CII, by what they say."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kamkit.case.sources.markup import Unreadable, local
from kamkit.case.sources.rows import day, exact

ROOTS = ("Invoice", "CreditNote", "CrossIndustryInvoice", "StandardBusinessDocument")
"""The first elements of the files that can hold an e-invoice."""

_UBL = "{urn:oasis:names:specification:ubl:schema:xsd:"
_A, _B = _UBL + "CommonAggregateComponents-2}", _UBL + "CommonBasicComponents-2}"
_CII = "{urn:un:unece:uncefact:data:standard:"
_R = _CII + "ReusableAggregateBusinessInformationEntity:100}"
_D = _CII + "CrossIndustryInvoice:100}"
_CREDIT_TYPES = {"381", "396", "532", "83", "261", "308", "296", "262", "420", "458"}
_PROFORMA = {"325"}
_ENTERPRISE = re.compile(r"(?:NO)?(\d{9})(?:MVA)?", re.IGNORECASE)
_CENT = Decimal("0.01")
_SCHEMES = {"NO:ORGNR": "0192", "9908": "0192"}


@dataclass(slots=True)
class Party:
    """A buyer or seller: its number, the scheme the number is of, its name and country."""

    number: str = ""
    scheme: str = ""
    name: str = ""
    country: str = ""


@dataclass(slots=True)
class Line:
    """A line, or an allowance or charge of the whole document; amounts as the document has them.

    ``reduction`` is what allowances on the line and its price have taken off.
    """

    net: Decimal
    quantity: Decimal | None = None
    product_id: str | None = None
    product_name: str | None = None
    category: str | None = None
    reduction: Decimal = Decimal(0)


@dataclass(slots=True)
class Document:
    """One invoice or credit note. ``total`` is its own tax-exclusive amount."""

    number: str
    kind: str
    type_code: str
    date: dt.date | str | None
    currency: str
    seller: Party
    buyer: Party
    total: Decimal | None
    lines: list[Line] = field(default_factory=list)
    refers_to: tuple[str, ...] = ()

    @property
    def proforma(self) -> bool:
        """Whether it only announces an invoice."""
        return self.type_code in _PROFORMA

    @property
    def sound(self) -> bool:
        """Whether lines, allowances and charges make the tax-exclusive amount, to the cent."""
        if self.total is None:
            return False
        lines = sum((line.net for line in self.lines), Decimal(0))
        return lines.quantize(_CENT, ROUND_HALF_UP) == self.total.quantize(_CENT, ROUND_HALF_UP)

    @property
    def identity(self) -> tuple[object, ...]:
        """What two copies of one document have in common, and no two documents."""
        lines = tuple((line.product_id, line.product_name, line.net) for line in self.lines)
        parties = self.seller.number or self.seller.name, self.buyer.number or self.buyer.name
        return (*parties, self.kind, self.number, self.date, self.total, lines)


def document(root: Any) -> Document:
    """Return the invoice or credit note that a document holds, in an envelope or without one.

    Raises ``Unreadable`` when it holds none, or lacks an amount.

    >>> from kamkit.case.sources.markup import tree
    >>> document(tree(b"<Order/>"))
    Traceback (most recent call last):
    kamkit.case.sources.markup.Unreadable: Order
    """
    name = local(root)
    if name == "StandardBusinessDocument":
        inside = [child for child in root if local(child) in ROOTS]
        if len(inside) != 1:
            raise Unreadable(name)
        return document(inside[0])
    if name in ("Invoice", "CreditNote") and root.tag.startswith(_UBL):
        return _ubl(root, name)
    if name == "CrossIndustryInvoice" and root.tag.startswith(_D):
        return _cii(root)
    raise Unreadable(name)


def _amount(element: Any, path: str) -> Decimal:
    """Return an amount that must be there."""
    inside = element.find(path) if element is not None else None
    return _amount_in(inside, path.rpartition("}")[2])


def _amount_in(element: Any, name: str) -> Decimal:
    result = None if element is None else exact(element.text)
    if result is None:
        raise Unreadable(name)
    return result


def _clean(text: str | None) -> str:
    return " ".join(text.split()) if text else ""


def _number_of(text: str | None, scheme: str | None) -> tuple[str, str]:
    """Return an organisation's number without spaces, and its scheme; one way for each number."""
    plain = re.sub(r"\s", "", text or "")
    if match := _ENTERPRISE.fullmatch(plain):
        plain = match.group(1)
    return plain, _SCHEMES.get(scheme or "", scheme or "")


# UBL 2.1

_LEGAL = f"{_A}PartyLegalEntity/{_B}"
_TOTALS = (f"{_A}LegalMonetaryTotal", f"{_A}RequestedMonetaryTotal")
_PARTY = f"/{_A}Party"


def _ubl(root: Any, name: str) -> Document:
    credit = name == "CreditNote"
    code = _clean(root.findtext(f"{_B}{name}TypeCode"))
    totals = next((result for path in _TOTALS if (result := root.find(path)) is not None), None)
    reference = f"{_A}BillingReference/{_A}InvoiceDocumentReference/{_B}ID"
    result = Document(
        number=_clean(root.findtext(f"{_B}ID")),
        kind="credit_note" if credit or code in _CREDIT_TYPES else "invoice",
        type_code=code,
        date=day(root.findtext(f"{_B}IssueDate")),
        currency=_clean(root.findtext(f"{_B}DocumentCurrencyCode")),
        seller=_ubl_party(root.find(f"{_A}AccountingSupplierParty{_PARTY}")),
        buyer=_ubl_party(root.find(f"{_A}AccountingCustomerParty{_PARTY}")),
        total=_amount(totals, f"{_B}TaxExclusiveAmount"),
        refers_to=tuple(_clean(one.text) for one in root.iterfind(reference)),
    )
    what = "Credited" if credit else "Invoiced"
    result.lines = [_ubl_line(line, what) for line in root.iterfind(f"{_A}{name}Line")]
    result.lines += [_ubl_extra(extra) for extra in root.iterfind(f"{_A}AllowanceCharge")]
    return result


def _ubl_party(party: Any) -> Party:
    if party is None:
        return Party()
    places = (
        f"{_LEGAL}CompanyID",
        f"{_A}PartyTaxScheme/{_B}CompanyID",
        f"{_A}PartyIdentification/{_B}ID",
        f"{_B}EndpointID",
    )
    number, scheme = _first_number(party, places)
    name = party.findtext(f"{_LEGAL}RegistrationName") or party.findtext(f"{_A}PartyName/{_B}Name")
    country = party.findtext(f"{_A}PostalAddress/{_A}Country/{_B}IdentificationCode")
    return Party(number, scheme, _clean(name), _clean(country))


def _first_number(party: Any, places: tuple[str, ...]) -> tuple[str, str]:
    for path in places:
        element = party.find(path)
        if element is not None and element.text and element.text.strip():
            return _number_of(element.text, element.get("schemeID"))
    return "", ""


def _ubl_line(line: Any, what: str) -> Line:
    # one pass over the children: there are hundreds of thousands of lines
    parts = {child.tag: child for child in line}
    counted, item = parts.get(f"{_B}{what}Quantity"), parts.get(f"{_A}Item")
    net = parts.get(f"{_B}LineExtensionAmount")
    result = Line(_amount_in(net, "LineExtensionAmount"))
    result.quantity = None if counted is None else exact(counted.text)
    if f"{_A}AllowanceCharge" in parts:
        extras = [_ubl_extra(extra).net for extra in line.iterfind(f"{_A}AllowanceCharge")]
        result.reduction = -sum(extras, Decimal(0))
    price = parts.get(f"{_A}Price")
    if price is not None and result.quantity is not None:
        result.reduction += _off_price(price, result.quantity)
    if item is not None:
        result.product_id = item.findtext(f"{_A}SellersItemIdentification/{_B}ID") or item.findtext(
            f"{_A}StandardItemIdentification/{_B}ID"
        )
        result.product_name = _clean(item.findtext(f"{_B}Name")) or None
        result.category = item.findtext(f"{_A}CommodityClassification/{_B}ItemClassificationCode")
    return result


def _off_price(price: Any, quantity: Decimal) -> Decimal:
    """Return what the allowance on a price takes off a quantity."""
    off = exact(price.findtext(f"{_A}AllowanceCharge/{_B}Amount"))
    per = exact(price.findtext(f"{_B}BaseQuantity")) or Decimal(1)
    return off * quantity / per if off else Decimal(0)


def _ubl_extra(extra: Any) -> Line:
    """Return an allowance or charge as a line: what it adds, an allowance below zero."""
    charge = _clean(extra.findtext(f"{_B}ChargeIndicator")) in ("true", "1")
    amount = _amount(extra, f"{_B}Amount")
    reason = extra.findtext(f"{_B}AllowanceChargeReason") or extra.findtext(
        f"{_B}AllowanceChargeReasonCode"
    )
    return _extra(amount, _clean(reason), charge=charge)


def _extra(amount: Decimal, reason: str, *, charge: bool) -> Line:
    if charge:
        return Line(amount, product_name=reason or "Charge")
    return Line(-amount, product_name=reason or "Allowance", reduction=amount)


# UN/CEFACT Cross Industry Invoice


def _cii(root: Any) -> Document:
    head = root.find(f"{_D}ExchangedDocument")
    trade = root.find(f"{_D}SupplyChainTradeTransaction")
    if head is None or trade is None:
        raise Unreadable("CrossIndustryInvoice")
    parties = trade.find(f"{_R}ApplicableHeaderTradeAgreement")
    settled = trade.find(f"{_R}ApplicableHeaderTradeSettlement")
    if parties is None or settled is None:
        raise Unreadable("CrossIndustryInvoice")
    code = _clean(head.findtext(f"{_R}TypeCode"))
    sums = f"{_R}SpecifiedTradeSettlementHeaderMonetarySummation/{_R}TaxBasisTotalAmount"
    reference = f"{_R}InvoiceReferencedDocument/{_R}IssuerAssignedID"
    result = Document(
        number=_clean(head.findtext(f"{_R}ID")),
        kind="credit_note" if code in _CREDIT_TYPES else "invoice",
        type_code=code,
        date=day(head.findtext(f"{_R}IssueDateTime/*")),
        currency=_clean(settled.findtext(f"{_R}InvoiceCurrencyCode")),
        seller=_cii_party(parties.find(f"{_R}SellerTradeParty")),
        buyer=_cii_party(parties.find(f"{_R}BuyerTradeParty")),
        total=_amount(settled, sums),
        refers_to=tuple(_clean(one.text) for one in settled.iterfind(reference)),
    )
    lines = trade.iterfind(f"{_R}IncludedSupplyChainTradeLineItem")
    result.lines = [_cii_line(line) for line in lines]
    extras = settled.iterfind(f"{_R}SpecifiedTradeAllowanceCharge")
    result.lines += [_cii_extra(extra) for extra in extras]
    return result


def _cii_party(party: Any) -> Party:
    if party is None:
        return Party()
    places = (
        f"{_R}SpecifiedLegalOrganization/{_R}ID",
        f"{_R}SpecifiedTaxRegistration/{_R}ID",
        f"{_R}GlobalID",
        f"{_R}ID",
    )
    number, scheme = _first_number(party, places)
    country = party.findtext(f"{_R}PostalTradeAddress/{_R}CountryID")
    return Party(number, scheme, _clean(party.findtext(f"{_R}Name")), _clean(country))


def _cii_line(line: Any) -> Line:
    product = line.find(f"{_R}SpecifiedTradeProduct")
    settled = line.find(f"{_R}SpecifiedLineTradeSettlement")
    if product is None or settled is None:
        raise Unreadable("IncludedSupplyChainTradeLineItem")
    total = f"{_R}SpecifiedTradeSettlementLineMonetarySummation/{_R}LineTotalAmount"
    extras = [_cii_extra(one) for one in settled.iterfind(f"{_R}SpecifiedTradeAllowanceCharge")]
    return Line(
        net=_amount(settled, total),
        quantity=exact(line.findtext(f"{_R}SpecifiedLineTradeDelivery/{_R}BilledQuantity")),
        product_id=product.findtext(f"{_R}SellerAssignedID") or product.findtext(f"{_R}GlobalID"),
        product_name=_clean(product.findtext(f"{_R}Name")) or None,
        category=product.findtext(f"{_R}DesignatedProductClassification/{_R}ClassCode"),
        reduction=-sum((extra.net for extra in extras), Decimal(0)),
    )


def _cii_extra(extra: Any) -> Line:
    charge = _clean(extra.findtext(f"{_R}ChargeIndicator/*")) in ("true", "1")
    reason = _clean(extra.findtext(f"{_R}Reason") or extra.findtext(f"{_R}ReasonCode"))
    return _extra(_amount(extra, f"{_R}ActualAmount"), reason, charge=charge)
