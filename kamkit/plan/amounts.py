"""Where an account stands, in four figures, each with the period that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number, percent, signed
from kamkit.money import scaled, span_of
from kamkit.periods import day, halves, is_year, last_year, span
from kamkit.plan._objectives import may_grow
from kamkit.plan.statements import SILENT, Figure, holds, known

if TYPE_CHECKING:
    from kamkit.case.about import About
    from kamkit.periods import Period

Fact = Mapping[str, Any]
MOST = 4
"""The figures that a plan shows."""


def figures(fact: Fact, about: About) -> tuple[Figure, ...]:
    """Return the first four figures that are known of an account.

    In this order: sales, customer profit (else contribution), share of wallet, the discount where
    money is lost (else the growth in sight, where more is to be sold), health, orders.

    >>> from kamkit import Period
    >>> from kamkit.case.about import About
    >>> about = About("x", "X", "x.csv", "", False, Period("2024-01-01", "2025-12-31"))
    >>> fact = {"revenue_year": 108_000.0, "growth_ratio": 0.08, "profit_year": -20_000.0}
    >>> [print(one.line) for one in figures(fact, about)]
    Revenue 2025 | 108,000 | +8% on the year before
    Customer profit | −20,000 | 19% of revenue is lost after service and credit
    [None, None]
    """
    lever = _discount(fact) if fact.get("loses") else None
    if may_grow(fact):
        lever = _growth(fact, about)
    figures_found = (
        _sales(fact, about),
        _profit(fact, about),
        _wallet(fact, about),
        lever,
        _health(fact),
        _orders(fact),
    )
    return tuple(one for one in figures_found if one is not None)[:MOST]


def _sales(fact: Fact, about: About) -> Figure | None:
    if not known(fact, "revenue_year"):
        return None
    label = _("Revenue {period}", period=span(last_year(about.period)))
    value, columns = scaled(float(fact["revenue_year"]), about.currency), ("revenue_year",)
    if not known(fact, "change", "revenue_before") or fact["revenue_before"] <= 0:
        note = ""
        if known(fact, "growth_ratio"):
            note = _("{change} on the year before", change=signed(float(fact["growth_ratio"])))
        return Figure(label, value, note, "accounts", columns)
    later = halves(about.period)[1]
    change = signed(float(fact["change"]) / float(fact["revenue_before"]))
    note = _("{change} on the year before", change=change)
    if not is_year(later):
        note = _("{period} {change} on the time before", period=span(later), change=change)
    if holds(fact, "swings"):
        note = joined("; ", [note, _("small years are their habit")])
    return Figure(label, value, note, "accounts", (*columns, "revenue_before", "change"))


def _profit(fact: Fact, about: About) -> Figure | None:
    bought = fact.get("revenue_year")
    if not known(fact, "revenue_year") or bought is None or bought <= 0:
        return None
    name = next((one for one in ("profit_year", "contribution_year") if known(fact, one)), "")
    if not name:
        return None
    left = float(fact[name])
    share = percent(abs(left) / float(bought), 0)
    label, note = _("Customer profit"), _("{share} of revenue", share=share)
    if name == "contribution_year":
        label = _("Contribution")
    elif left < 0:
        note = _("{share} of revenue is lost after service and credit", share=share)
    return Figure(label, minus(left, about.currency), note, "accounts", (name, "revenue_year"))


def _wallet(fact: Fact, about: About) -> Figure | None:
    if not known(fact, "share_of_wallet", "wallet"):
        return None
    spent = scaled(float(fact["wallet"]), about.currency)
    note = _("of {wallet} a year", wallet=spent)
    if known(fact, "wallet_year"):
        note = _("of {wallet} in {year}", wallet=spent, year=fact["wallet_year"])
    value = percent(float(fact["share_of_wallet"]), 0)
    columns = ("share_of_wallet", "wallet", "wallet_year")
    return Figure(_("Share of wallet"), value, note, "wallet_shares", columns)


def _discount(fact: Fact) -> Figure | None:
    if not known(fact, "discount_share_year", "usual_discount_share"):
        return None
    usual = percent(float(fact["usual_discount_share"]), 0)
    value = percent(float(fact["discount_share_year"]), 0)
    note = _("{usual} at the others", usual=usual)
    return Figure(_("Discount"), value, note, "accounts", ("discount_share_year",))


def _growth(fact: Fact, about: About) -> Figure | None:
    names = ("growth_low", "growth_middle", "growth_high")
    if not known(fact, *names):
        return None
    low, middle, high = (float(fact[name]) for name in names)
    limits = span_of(low, high, about.currency)
    note = _("{range}, judged by what came true before", range=limits)
    if fact.get("rate_from") in ("assumed", "not_followed"):
        note = _("{range}, an assumption", range=limits)
    value = minus(middle, about.currency)
    return Figure(_("Growth in sight"), value, note, "growth", (*names, "rate_from"))


def _health(fact: Fact) -> Figure | None:
    if not known(fact, "health"):
        return None
    moved = float(fact["health_change"]) if known(fact, "health_change") else 0.0
    note = _("of 100, as half a year ago")
    if abs(moved) >= 1:
        points = number(abs(moved))
        note = _("of 100, up {n}", n=points) if moved > 0 else _("of 100, down {n}", n=points)
    if not known(fact, "health_change"):
        note = _("of 100")
    value = number(float(fact["health"]))
    return Figure(_("Health"), value, note, "health", ("health", "health_change"))


def _orders(fact: Fact) -> Figure | None:
    if not known(fact, "last_date", "interval_days"):
        return None
    gap = max(1, round(float(fact["interval_days"])))
    note = ngettext("every day as a rule", "every {n} days as a rule", gap)
    if fact.get("rhythm_state") not in SILENT and known(fact, "next_expected"):
        value = day(fact["next_expected"].date())
        columns = ("next_expected", "interval_days")
        return Figure(_("Next order"), value, note, "accounts", columns)
    value = day(fact["last_date"].date())
    return Figure(_("Last order"), value, note, "accounts", ("last_date", "interval_days"))


def when(period: Period) -> str:
    """Write a period as the beginning of a sentence.

    >>> from kamkit.periods import Period
    >>> when(Period("2025-01-01", "2025-12-31")), when(Period("2025-01-01", "2025-05-31"))
    ('In the last twelve months', 'From 1 Jan 2025 to 31 May 2025')
    """
    if period.fiscal_start:
        return _("In the fiscal year {year}", year=span(period))
    if is_year(period):
        return _("In the last twelve months")
    return _("From {start} to {end}", start=day(period.start), end=day(period.end))


def minus(amount: float, currency: str) -> str:
    """Write an amount with a true minus sign.

    >>> minus(-5.0, "NOK").replace(chr(160), " ")
    '−NOK 5'
    """
    text = scaled(abs(amount), currency)
    return text if amount >= 0 else f"−{text}"
