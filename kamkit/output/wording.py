"""The words that pictures share: what a criterion measures, source and period, and no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.money import scaled
from kamkit.output.picture import Picture
from kamkit.output.style import QUIET, canvas, styled
from kamkit.schema import kind

if TYPE_CHECKING:
    from kamkit.periods import Period


def value(amount: float, by: str, currency: str = "") -> str:
    """Write a value of a criterion: money short and with its currency, else a number.

    >>> value(2_500_000, "revenue", "GBP"), value(1200, "invoices", "GBP")
    ('£2.50 million', '1,200')
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


def sentences(*parts: str) -> str:
    """Join what is not empty into sentences.

    >>> sentences("Three accounts", "", "One left")
    'Three accounts. One left.'
    """
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


@styled
def nothing(words: str) -> Picture:
    """Return a picture that says there is nothing to draw, with its caption.

    >>> nothing("Period: 1997.")
    There is nothing to draw: no account has sales here
    """
    title = _("There is nothing to draw: no account has sales here")
    figure, (axes,) = canvas(title, height=1.6)
    axes.set_axis_off()
    axes.text(0.5, 0.5, "–", ha="center", va="center", color=QUIET)
    return Picture(figure, title, f"{title}.", words)
