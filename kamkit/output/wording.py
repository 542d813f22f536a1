"""The words that pictures share: what a criterion measures, and source and period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, writer
from kamkit.money import scaled
from kamkit.periods import span
from kamkit.schema import kind

if TYPE_CHECKING:
    from kamkit.periods import Period


def value(amount: float, by: str, currency: str = "") -> str:
    r"""Write a value of a criterion: money short and with its currency, else a number.

    >>> value(2_500_000, "revenue", "GBP"), value(1200, "invoices", "GBP")
    ('£2.50\xa0million', '1,200')
    """
    return scaled(amount, currency) if kind(by) == "money" else number(amount)


def caption(source: str, period: Period | str | None = None) -> str:
    """Return the line under a picture: where the numbers come from and what time they cover.

    >>> caption("CDNOW", "1997")
    'Source: CDNOW. Period: 1997.'
    """
    parts = [
        _("Source: {source}.", source=source) if source else "",
        _("Period: {period}.", period=period) if period else "",
    ]
    return " ".join(part for part in parts if part)


def dated(text: str, period: Period | None) -> str:
    """Begin a text with the period that its sums are of; as it is where none is given.

    >>> from kamkit.periods import Period
    >>> dated("3 accounts lose money.", Period("2023-01-02", "2025-12-30"))
    '2023–2025: 3 accounts lose money.'
    """
    return _("{period}: {text}", period=capital(span(period)), text=text) if period else text


def drawn(shown: int, total: int, which: str = "") -> str:
    """Say how many of all are drawn, and ``which``; nothing where all are.

    >>> drawn(20, 20), drawn(20, 37), drawn(20, 37, "the largest")
    ('', 'Drawn: 20 of 37.', 'Drawn: 20 of 37, the largest.')
    """
    if shown >= total:
        return ""
    facts = {"n": number(shown), "all": number(total)}
    if which:
        return _("Drawn: {n} of {all}, {which}.", which=which, **facts)
    return _("Drawn: {n} of {all}.", **facts)


def unknown(count: int) -> str:
    """Say how many are left out because what is drawn is not known of them; nothing where none is.

    >>> unknown(0), unknown(3)
    ('', 'Not known and not drawn: 3.')
    """
    return _("Not known and not drawn: {n}.", n=number(count)) if count else ""


def n_accounts(count: float) -> str:
    """Write a number of accounts.

    >>> n_accounts(1), n_accounts(1200)
    ('1 account', '1,200 accounts')
    """
    return ngettext("{n} account", "{n} accounts", int(count))


@writer
def plus(text: str, amount: float) -> str:
    """Write a change with its sign: a plus before one above zero.

    >>> plus("12%", 0.12), plus("0%", 0.0)
    ('+12%', '0%')
    """
    return f"+{text}" if amount > 0 else text


@writer
def capital(text: str) -> str:
    """Begin a text with a capital.

    >>> capital("new accounts")
    'New accounts'
    """
    return text[:1].upper() + text[1:]


def sentences(*parts: str) -> str:
    """Join what is not empty into sentences.

    >>> sentences("Three accounts", "", "One left")
    'Three accounts. One left.'
    """
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)
