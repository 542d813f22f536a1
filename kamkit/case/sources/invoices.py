"""From e-invoices to lines of sales: each document used whole, or set aside whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kamkit.case.engine import Embedded
from kamkit.case.reading.source import Part
from kamkit.case.sources import markup
from kamkit.case.sources.einvoice import Document, Line, Party, document
from kamkit.case.sources.rows import Rows, exactly
from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number

HEADINGS = [
    "account_id",
    "account_name",
    "date",
    "amount",
    "invoice_id",
    "doc_type",
    "product_id",
    "product_name",
    "category",
    "quantity",
    "currency",
    "region",
    "list_amount",  # the last: without an allowance anywhere there is no such column
]
_SHOWN = 3


@dataclass
class Invoices:
    """E-invoices gathered one by one; ``parts`` are their lines and their buyers.

    >>> Invoices(Embedded()).parts("invoices")
    []
    """

    engine: Embedded
    rows: Rows = field(init=False)
    broken: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    same_number: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    by_name: set[str] = field(default_factory=set)
    sellers: Counter[str] = field(default_factory=Counter)
    buyers: dict[str, tuple[str, Party]] = field(default_factory=dict)
    discounted: bool = False
    _schemes: dict[str, str] = field(default_factory=dict)
    _seen: set[bytes] = field(default_factory=set)
    _numbers: set[tuple[str, str, str]] = field(default_factory=set)
    _corrections: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = Rows(self.engine, list(HEADINGS))

    def read(self, documents: Iterable[tuple[str, bytes]]) -> None:
        """Read documents by name and content; one that cannot be read is a row set aside."""
        for name, content in documents:
            try:
                invoice = document(markup.tree(content))
            except markup.Unreadable as error:
                self.broken.append(f"{name} ({error})")
                self.rows.add([None] * len(HEADINGS), "broken_document")
            else:
                self._take(name, invoice)

    def parts(self, label: str) -> list[Part]:
        """Return the lines and the buyers as parts; raise ``SourceError`` for bought goods."""
        if self.broken and len(self.broken) == self.rows.count:
            raise SourceError(
                _("No invoice can be read."),
                where=label,
                found=_first(self.broken),
                wanted=_("e-invoices in UBL 2.1 (EHF, Peppol BIS 3) or CII"),
                remedy=_("Export them again, or export the invoice lines as CSV."),
            )
        self._refuse_purchases(label)
        if not self.discounted:
            self.rows.headings.pop()
        lines = self.rows.part("sales", label)
        accounts = Rows(self.engine, ["account_id", "name", "org_number", "region"])
        accounts.extend(
            [account, buyer.name or None, buyer.number or None, buyer.country or None]
            for account, (_day, buyer) in self.buyers.items()
        )
        parts = lines, accounts.part("accounts", _("{name}, buyers", name=label))
        return [part for part in parts if part]

    def notes(self) -> list[str]:
        """Return what is worth telling of the documents."""
        notes = [self._broken_note(), self._unsound_note(), self._repeated_note()]
        notes += [self._number_note(), self._corrected_note(), self._name_note()]
        if len(self.sellers) > 1:
            names = [f"{name} ({number(n)})" for name, n in self.sellers.most_common()]
            notes.append(
                _(
                    "The documents are from several sellers: {names}. Are some purchases?",
                    names=_first(names),
                )
            )
        return [note for note in notes if note]

    def _broken_note(self) -> str:
        return ngettext(
            "{n} document cannot be read and is set aside: {names}.",
            "{n} documents cannot be read and are set aside: {names}.",
            len(self.broken),
            names=_first(self.broken),
        ) * bool(self.broken)

    def _unsound_note(self) -> str:
        return ngettext(
            "{n} document is set aside, because its lines are not its total: {names}.",
            "{n} documents are set aside, because their lines are not their total: {names}.",
            len(self.unsound),
            names=_first(self.unsound),
        ) * bool(self.unsound)

    def _repeated_note(self) -> str:
        return ngettext(
            "{n} document is there once more and counts once: {names}.",
            "{n} documents are there once more and count once: {names}.",
            len(self.repeated),
            names=_first(self.repeated),
        ) * bool(self.repeated)

    def _number_note(self) -> str:
        return ngettext(
            "{n} document has the number of another, but other contents; both count: {names}.",
            "{n} documents have the number of another, but other contents; all count: {names}.",
            len(self.same_number),
            names=_first(self.same_number),
        ) * bool(self.same_number)

    def _corrected_note(self) -> str:
        corrected = [
            f"{mine} → {earlier}"
            for seller, mine, earlier in self._corrections
            if (seller, "invoice", earlier) in self._numbers
        ]
        return ngettext(
            "{n} corrected invoice stands beside the invoice it names; both count: {names}.",
            "{n} corrected invoices stand beside the invoices they name; all count: {names}.",
            len(corrected),
            names=_first(corrected),
        ) * bool(corrected)

    def _name_note(self) -> str:
        return ngettext(
            "{n} buyer has no number in the documents and is known by name: {names}.",
            "{n} buyers have no number in the documents and are known by name: {names}.",
            len(self.by_name),
            names=_first(sorted(self.by_name)),
        ) * bool(self.by_name)

    def _refuse_purchases(self, label: str) -> None:
        """Refuse documents of many sellers to one buyer: these were bought."""
        if len(self.buyers) != 1 or len(self.sellers) < 2:
            return
        raise SourceError(
            _("These invoices are purchases: one buyer, several sellers."),
            where=label,
            found=_(
                "{buyer} bought from {sellers}",
                buyer=next(iter(self.buyers.values()))[1].name or next(iter(self.buyers)),
                sellers=join([f"“{name}”" for name in list(self.sellers)[:_SHOWN]]),
            ),
            wanted=_("invoices that were sent to customers"),
            remedy=_("Give the folder of outgoing invoices."),
        )

    def _take(self, name: str, invoice: Document) -> None:
        seller = invoice.seller.number or invoice.seller.name
        self.sellers[invoice.seller.name or seller] += 1
        mine = (seller, invoice.kind, invoice.number)
        if invoice.type_code == "384":
            self._corrections += [(seller, invoice.number, one) for one in invoice.refers_to]
        digest = hashlib.sha256(repr(invoice.identity).encode()).digest()
        aside = None
        if digest in self._seen:
            aside = "repeated_document"
            self.repeated.append(f"{invoice.number} ({name})")
        elif invoice.proforma:
            aside = "other_document"
        elif not invoice.sound:
            aside = "unsound_document"
            lines = sum((line.net for line in invoice.lines), Decimal(0))
            self.unsound.append(f"{invoice.number} ({exactly(lines)} ≠ {exactly(invoice.total)})")
        elif mine in self._numbers:
            self.same_number.append(f"{invoice.number} ({name})")
        self._seen.add(digest)
        self._numbers.add(mine)
        self._add(invoice, aside)

    def _add(self, invoice: Document, aside: str | None) -> None:
        account = self._account(invoice)
        sign = -1 if invoice.kind == "credit_note" else 1
        if not invoice.lines:
            invoice.lines.append(Line(Decimal(0)))
        for line in invoice.lines:
            amount = sign * line.net
            self.discounted |= bool(line.reduction)
            cells: list[Any] = [
                account,
                invoice.buyer.name or None,
                invoice.date,
                amount,
                invoice.number or None,
                # a line that gives back what a credit note took is no credit
                "credit_note" if sign < 0 and amount <= 0 else "invoice",
                line.product_id,
                line.product_name,
                line.category,
                None if line.quantity is None else sign * line.quantity,
                invoice.currency or None,
                invoice.buyer.country or None,
                amount + sign * line.reduction,
            ]
            self.rows.add(cells, aside)

    def _account(self, invoice: Document) -> str | None:
        """Return the buyer's number; one that two schemes use is told apart by the scheme."""
        buyer = invoice.buyer
        account = buyer.number
        if account and buyer.scheme:
            first = self._schemes.setdefault(account, buyer.scheme)
            account = account if first == buyer.scheme else f"{buyer.scheme}:{account}"
        if not account and buyer.name:
            account = buyer.name
            self.by_name.add(account)
        if account:
            day, held = str(invoice.date), self.buyers.get(account)
            if held is None or held[0] <= day:
                self.buyers[account] = (day, buyer)
        return account or None


def _first(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
