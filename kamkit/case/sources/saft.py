"""SAF-T Financial: sales per customer and day, from what is posted on the revenue accounts."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from kamkit.case.engine import Embedded
from kamkit.case.reading.source import Part
from kamkit.case.sources import markup
from kamkit.case.sources.rows import Rows, day, exact, exactly
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import ngettext

ROOT = "AuditFile"
"""The first element of a SAF-T file."""

USUAL = ("30", "31", "32", "33", "35", "36", "37", "39")
"""Norwegian revenue accounts: class 3 without grants (34) and gains on sold assets (38)."""

HEADINGS = [
    "account_id",
    "account_name",
    "date",
    "amount",
    "invoice_id",
    "doc_type",
    "category",
    "currency",
    "product_id",  # from here on of invoices alone
    "product_name",
    "quantity",
]
_OF_ENTRIES = 8
_READ = (
    "AuditFileCountry",
    "DefaultCurrencyCode",
    "Account",
    "Customer",
    "Transaction",
    "TotalDebit",
    "TotalCredit",
    "Invoice",
)
_FORGOTTEN = ("Supplier", "TaxTableDetails", "AnalysisTypeTableEntry", "Product")
"""What is not read and may be large: taken from memory as it passes."""

_SHOWN = 12
_ZERO = Decimal(0)


@dataclass(slots=True)
class Account:
    """A general ledger account; ``standard`` is its number in the common chart, if it is told."""

    number: str
    name: str
    standard: str = ""
    moved: Decimal | None = None

    @property
    def label(self) -> str:
        """Number and name."""
        return f"{self.number} {self.name}".strip()


@dataclass(slots=True)
class Entry:
    """A line of a transaction; ``credit`` is what it credits, a debit below zero."""

    account: str
    credit: Decimal | None
    customer: str
    document: str


@dataclass
class Saft:
    """SAF-T files gathered one by one; ``revenue`` are numbers, beginnings or ranges of accounts.

    >>> Saft(Embedded(), ("3000-3199",)).is_revenue("3100")
    True
    """

    engine: Embedded
    revenue: Sequence[str] = ()
    country: str = ""
    currency: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)
    customers: dict[str, tuple[str, str]] = field(default_factory=dict)
    posted: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    beside: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    invoiced: Decimal = _ZERO
    files: int = 0
    repeated: int = 0
    sums: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    said: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    _seen: set[bytes] = field(default_factory=set)
    _revenue: dict[str, bool] = field(default_factory=dict)
    _journal: Any = None
    _journal_id: str = ""

    def __post_init__(self) -> None:
        self.entries = Rows(self.engine, HEADINGS[:_OF_ENTRIES])
        self.invoices = Rows(self.engine, list(HEADINGS))

    def read(self, name: str, file: IO[bytes]) -> None:
        """Read one file, element by element.

        Raises ``SourceError`` where it is no sound XML.
        """
        self.files += 1
        takers = {
            "Account": self._account,
            "Customer": self._customer,
            "Transaction": self._transaction,
            "Invoice": self._invoice,
        }
        try:
            for element in markup.elements(file, _READ + _FORGOTTEN):
                kind = markup.local(element)
                space = element.tag[: element.tag.find("}") + 1]
                if space.endswith(":NO}"):
                    self.country, self.currency = self.country or "NO", self.currency or "NOK"
                if kind in takers:
                    takers[kind](element, space)
                else:
                    self._word(kind, element)
        except markup.Unreadable as error:
            raise SourceError(
                _("The accounting file cannot be read to its end."),
                where=name,
                found=str(error),
                wanted=_("a SAF-T Financial file (XML)"),
                remedy=_("Export it again from the accounting system."),
            ) from None

    def parts(self, label: str) -> list[Part]:
        """Return sales and customers as parts.

        Raises ``SourceError`` where no account is known to be revenue.
        """
        sales = self.invoices if self.invoices.count else self.entries
        if not sales.count:
            raise self._no_revenue(label)
        buyers = Rows(self.engine, ["account_id", "name", "org_number"])
        buyers.extend(
            [key, name or None, org or None] for key, (name, org) in self.customers.items()
        )
        parts = sales.part("sales", label), buyers.part("accounts", _("{name}, buyers", name=label))
        return [part for part in parts if part]

    def is_revenue(self, account: str) -> bool:
        """Tell whether an account counts as revenue: as asked, else by the Norwegian chart."""
        if account not in self._revenue:
            self._revenue[account] = self._is_revenue(account)
        return self._revenue[account]

    def _is_revenue(self, account: str) -> bool:
        if self.revenue:
            return any(_fits(account, wanted) for wanted in self.revenue)
        known = self.accounts.get(account)
        standard = known.standard if known else ""
        return (not self.country or self.country == "NO") and (standard or account).startswith(
            USUAL
        )

    def notes(self) -> list[str]:
        """Return which accounts are revenue, and where the file does not add up."""
        taken = [f"{self._label(key)} ({exactly(sum_)})" for key, sum_ in self._sorted(self.posted)]
        left = [f"{self._label(key)} ({exactly(sum_)})" for key, sum_ in self._sorted(self.beside)]
        notes = [
            _(
                "Taken as revenue, without VAT: {accounts}. Others are chosen with "
                "--revenue-accounts.",
                accounts=_first(taken),
            )
        ]
        if self.invoices.count:
            notes = [
                _(
                    "The lines of the sales invoices are read, worth {amount}; posted on revenue "
                    "accounts is {posted}.",
                    amount=exactly(self.invoiced),
                    posted=exactly(sum(self.posted.values(), _ZERO)),
                )
            ]
        elif left:
            notes.append(_("Other income, not taken as sales: {accounts}.", accounts=_first(left)))
        if self.repeated:
            notes.append(
                ngettext(
                    "{n} transaction is there once more and counts once.",
                    "{n} transactions are there once more and count once.",
                    self.repeated,
                )
            )
        return [*notes, *self._differences()]

    # What the elements say

    def _word(self, kind: str, element: Any) -> None:
        text = (element.text or "").strip()
        if kind == "AuditFileCountry":
            self.country = text
        elif kind == "DefaultCurrencyCode":
            self.currency = text
        elif markup.local(element.getparent()) == "GeneralLedgerEntries":
            self.said[kind] += exact(text) or _ZERO

    def _account(self, element: Any, space: str) -> None:
        def text(name: str) -> str:
            return (element.findtext(space + name) or "").strip()

        sides = [exact(text(f"{when}{side}Balance")) or _ZERO for when, side in _BALANCES]
        moved = sides[3] - sides[2] - sides[1] + sides[0]
        standard = text("StandardAccountID") or text("GroupingCode")
        key = text("AccountID")
        self._revenue.pop(key, None)
        self.accounts[key] = Account(
            key, text("AccountDescription"), standard if standard.isdigit() else "", moved
        )

    def _customer(self, element: Any, space: str) -> None:
        key = (element.findtext(f"{space}CustomerID") or "").strip()
        if key:
            name = " ".join((element.findtext(f"{space}Name") or "").split())
            org = (element.findtext(f"{space}RegistrationNumber") or "").strip()
            self.customers[key] = name, org

    def _transaction(self, element: Any, space: str) -> None:
        entries = [_entry(line, space) for line in element.iterfind(f"{space}Line")]
        for entry in entries:
            if entry.credit is not None:
                self.sums["TotalCredit" if entry.credit > 0 else "TotalDebit"] += abs(entry.credit)
        buyers = {entry.customer for entry in entries if entry.customer}
        for entry in entries:
            if buyers and not self.is_revenue(entry.account) and entry.account.startswith("3"):
                self.beside[entry.account] += entry.credit or _ZERO
        sold = [entry for entry in entries if self.is_revenue(entry.account)]
        if not sold:
            return
        key = (element.findtext(f"{space}TransactionID") or "").strip()
        date = day(element.findtext(f"{space}TransactionDate"))
        own = [(one.account, one.credit, one.customer) for one in entries]
        again = self._repeated((self._in_journal(element, space), key, date, own))
        total = sum((entry.credit or _ZERO for entry in sold), _ZERO)
        for entry in sold:
            buyer = entry.customer or _buyer(entry, entries, buyers)
            if not again:
                self.posted[entry.account] += entry.credit or _ZERO
            self.entries.add(
                [
                    buyer or None,
                    self.customers.get(buyer, ("", ""))[0] or None,
                    date,
                    entry.credit,
                    key or None,
                    _kind(total, entry.credit),
                    self._label(entry.account),
                    self.currency or None,
                ],
                "repeated_document" if again else None,
            )

    def _invoice(self, element: Any, space: str) -> None:
        if markup.local(element.getparent()) != "SalesInvoices":
            return
        lines = [_invoice_line(line, space) for line in element.iterfind(f"{space}Line")]
        totals = f"{space}DocumentTotals/{space}"
        net = exact(element.findtext(f"{totals}NetTotal"))
        freight = exact(element.findtext(f"{totals}ShippingCostsAmountTotal")) or _ZERO
        total = sum((line[0] or _ZERO for line in lines), _ZERO)
        if net is not None and freight and abs(total) + freight == abs(net):
            lines.append((freight.copy_sign(total), None, "ShippingCosts", None))
            total += lines[-1][0] or _ZERO
        sound = net is not None and abs(net) == abs(total)
        buyer = (element.findtext(f"{space}CustomerInfo/{space}CustomerID") or "").strip()
        name = element.findtext(f"{space}CustomerInfo/{space}Name") or ""
        key = (element.findtext(f"{space}InvoiceNo") or "").strip()
        date = day(element.findtext(f"{space}InvoiceDate"))
        again = self._repeated(("invoice", key, buyer, date, lines))
        aside = "repeated_document" if again else None if sound else "unsound_document"
        self.invoiced += total if aside is None else _ZERO
        for amount, product, text, quantity in lines:
            cells = [
                buyer or None,
                self.customers.get(buyer, (name, ""))[0] or name or None,
                date,
                amount,
                key or None,
                _kind(total, amount),
                None,
                self.currency or None,
                product,
                text,
                quantity,
            ]
            self.invoices.add(cells, aside)

    def _in_journal(self, element: Any, space: str) -> str:
        """Return the journal of a transaction; its name goes with the first one that is read."""
        journal = element.getparent()
        if journal is not self._journal:
            self._journal = journal
            self._journal_id = (journal.findtext(f"{space}JournalID") or "").strip()
        return self._journal_id

    def _repeated(self, identity: tuple[object, ...]) -> bool:
        digest = hashlib.sha256(repr(identity).encode()).digest()
        again = digest in self._seen
        self._seen.add(digest)
        self.repeated += again
        return again

    # What is told

    def _label(self, key: str) -> str:
        return self.accounts[key].label if key in self.accounts else key

    def _sorted(self, sums: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
        return sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))

    def _differences(self) -> list[str]:
        """Tell where entries and the file's own sums differ; balances of one file only."""
        notes = [
            _(
                "The file says that its entries are {said} ({side}); they are {found}.",
                side=_("debit side") if side == "TotalDebit" else _("credit side"),
                said=exactly(self.said[side]),
                found=exactly(self.sums[side]),
            )
            for side in self.said
            if self.said[side] != self.sums[side] and not self.repeated
        ]
        for key, sum_ in self._sorted(self.posted) if self.files == 1 else ():
            known = self.accounts.get(key)
            if known and known.moved and known.moved != sum_:
                notes.append(
                    _(
                        "The balances of {account} move by {said}, its entries by {found}.",
                        account=known.label,
                        said=exactly(known.moved),
                        found=exactly(sum_),
                    )
                )
        return notes

    def _no_revenue(self, label: str) -> SourceError:
        return SourceError(
            _("No entry on a revenue account was found."),
            where=label,
            found=_(
                "the accounts {accounts}",
                accounts=_first([account.label for account in self.accounts.values()]),
            ),
            wanted=_("revenue accounts of the Norwegian chart (class 3)"),
            remedy=_("Name them: --revenue-accounts 3000-3999."),
        )


_BALANCES = (
    ("Opening", "Debit"),
    ("Opening", "Credit"),
    ("Closing", "Debit"),
    ("Closing", "Credit"),
)


def _entry(line: Any, space: str) -> Entry:
    # one pass over the children: there are millions of lines
    children = {child.tag: child for child in line}

    def text(name: str) -> str:
        child = children.get(space + name)
        return "" if child is None or child.text is None else str(child.text).strip()

    def amount(name: str) -> Decimal | None:
        child = children.get(space + name)
        return None if child is None else exact(child.findtext(space + "Amount"))

    debit, credit = amount("DebitAmount"), amount("CreditAmount")
    sign = None if debit is None and credit is None else (credit or _ZERO) - (debit or _ZERO)
    document = text("SourceDocumentID") or text("ReferenceNumber")
    return Entry(text("AccountID"), sign, text("CustomerID"), document)


def _buyer(entry: Entry, entries: Iterable[Entry], buyers: set[str]) -> str:
    """Return the customer of an entry without one: that of its document, else the only one."""
    if len(buyers) == 1:
        return next(iter(buyers))
    same = {other.customer for other in entries if other.document == entry.document}
    same.discard("")
    return same.pop() if entry.document and len(same) == 1 else ""


def _invoice_line(
    line: Any, space: str
) -> tuple[Decimal | None, str | None, str | None, Decimal | None]:
    amount = exact(line.findtext(f"{space}InvoiceLineAmount/{space}Amount"))
    quantity = exact(line.findtext(f"{space}Quantity"))
    if (line.findtext(f"{space}DebitCreditIndicator") or "").strip() == "D":
        amount = None if amount is None else -amount
        quantity = None if quantity is None else -quantity
    text = line.findtext(f"{space}ProductDescription") or line.findtext(f"{space}Description")
    return amount, line.findtext(f"{space}ProductCode"), text, quantity


def _kind(total: Decimal, amount: Decimal | None) -> str:
    return "credit_note" if total < 0 and (amount or _ZERO) <= 0 else "invoice"


def _fits(account: str, wanted: str) -> bool:
    low, dash, high = wanted.partition("-")
    if not dash:
        return account.startswith(wanted)
    width = max(len(low), len(high))
    number_ = account[:width]
    return bool(re.fullmatch(r"\d+", number_)) and low <= number_ <= high


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
