"""What an account bought and left, each sum with the period that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import joined, percent
from kamkit.money import scaled
from kamkit.periods import day, halves, is_year, last_year, span
from kamkit.plan.statements import Statement, known

if TYPE_CHECKING:
    from kamkit.case.about import About
    from kamkit.periods import Period

Fact = Mapping[str, Any]


def revenue(fact: Fact, about: About) -> Statement | None:
    """Say what it bought in the last twelve months, and the change between two equal periods.

    >>> from kamkit import Period
    >>> from kamkit.case.about import About
    >>> about = About("x", "X", "x.csv", "NOK", False, Period("2024-01-01", "2025-12-31"))
    >>> fact = {"revenue_year": 108_000.0, "revenue_before": 100_000.0, "change": 8_000.0}
    >>> print(revenue(fact, about).text)
    In the last twelve months it bought for NOK 108,000, +8% against the year before.
    """
    if not known(fact, "revenue_year"):
        return None
    year = last_year(about.period)
    bought = _(
        "{when} it bought for {money}",
        when=when(year),
        money=scaled(float(fact["revenue_year"]), about.currency),
    )
    if not known(fact, "change", "revenue_before") or fact["revenue_before"] <= 0:
        return Statement(joined("", [bought, "."]), "accounts", ("revenue_year",))
    later = halves(about.period)[1]
    change = signed(float(fact["change"]) / float(fact["revenue_before"]))
    if later == year:
        text = _("{bought}, {change} against the year before.", bought=bought, change=change)
    else:
        text = _(
            "{bought}. {when} it bought {change} against the time before, equally long.",
            bought=bought,
            when=when(later),
            change=change,
        )
    return Statement(text, "accounts", ("revenue_year", "revenue_before", "change"))


def profit(fact: Fact, about: About) -> Statement | None:
    """Say what is left of it after service, or before where service is not known.

    >>> from kamkit import Period
    >>> from kamkit.case.about import About
    >>> about = About("x", "X", "x.csv", "NOK", False, Period("2025-01-01", "2025-12-31"))
    >>> print(profit({"revenue_year": 200_000.0, "profit_year": -20_000.0}, about).text)
    In the last twelve months it lost NOK 20,000 after goods, service and credit, 10% of revenue.
    """
    year, currency = last_year(about.period), about.currency
    if not known(fact, "revenue_year") or fact["revenue_year"] <= 0:
        return None
    name = next((one for one in ("profit_year", "contribution_year") if known(fact, one)), "")
    if not name:
        return None
    left = float(fact[name])
    told = {"when": when(year), "share": percent(left / float(fact["revenue_year"]), 0)}
    if name == "contribution_year":
        text = _(
            "{when} its contribution was {money}, {share} of revenue.",
            money=scaled(left, currency),
            **told,
        )
        return Statement(text, "accounts", (name, "revenue_year"))
    # what is lost is no negative share
    told["share"] = percent(abs(left) / float(fact["revenue_year"]), 0)
    text = _(
        "{when} it {made} after goods, service and credit, {share} of revenue.",
        made=_made(left, currency),
        **told,
    )
    columns = [name, "revenue_year"]
    if known(fact, "profit") and (fact["profit"] < 0) != (left < 0):
        whole = _made(float(fact["profit"]), currency)
        text = joined(" ", [text, _("In the whole ledger it {made}.", made=whole)])
        columns.append("profit")
    return Statement(text, "accounts", tuple(columns))


def served(fact: Fact, about: About) -> Statement | None:
    """Say what serving it cost and what discount it got, in the last twelve months.

    >>> from kamkit import Period
    >>> from kamkit.case.about import About
    >>> about = About("x", "X", "x.csv", "NOK", False, Period("2025-01-01", "2025-12-31"))
    >>> print(served({"cost_to_serve_year": 20_000.0, "service_share_year": 0.1}, about).text)
    In the last twelve months serving it cost NOK 20,000, 10% of revenue.
    """
    parts = []
    if known(fact, "cost_to_serve_year", "service_share_year"):
        parts.append(
            _(
                "serving it cost {money}, {share} of revenue",
                money=scaled(float(fact["cost_to_serve_year"]), about.currency),
                share=percent(float(fact["service_share_year"]), 0),
            )
        )
    if known(fact, "discount_share_year"):
        parts.append(_("its discount was {share}", share=percent(fact["discount_share_year"], 0)))
    if not parts:
        return None
    text = _("{when} {told}.", when=when(last_year(about.period)), told=joined("; ", parts))
    columns = ("cost_to_serve_year", "revenue_year", "discount_share_year")
    return Statement(text, "accounts", columns)


def without(fact: Fact, about: About) -> Statement | None:
    """Say what losing an account that loses money would do, after service.

    >>> from kamkit import Period
    >>> from kamkit.case.about import About
    >>> about = About("x", "X", "x.csv", "NOK", False, Period("2025-01-01", "2025-12-31"))
    >>> print(without({"loses": True, "contribution_year": 3e4, "profit_year": -1e4}, about).text)
    Losing it would take NOK 30,000 of contribution a year and save NOK 40,000 of service and
    credit, as far as these costs go with it: NOK 10,000 more would be left.
    """
    if not fact.get("loses") or not known(fact, "contribution_year", "profit_year"):
        return None
    left, after = float(fact["contribution_year"]), float(fact["profit_year"])
    if left <= 0 or after >= 0:
        return None
    text = _(
        "Losing it would take {left} of contribution a year and save {saved} of service and "
        "credit, as far as these costs go with it: {gain} more would be left.",
        left=scaled(left, about.currency),
        saved=scaled(left - after, about.currency),
        gain=scaled(-after, about.currency),
    )
    return Statement(text, "accounts", ("contribution_year", "profit_year"))


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


def _made(left: float, currency: str) -> str:
    if left < 0:
        return _("lost {money}", money=scaled(-left, currency))
    return _("left {money}", money=scaled(left, currency))


def signed(ratio: float) -> str:
    """Write a change with its sign.

    >>> signed(0.065), signed(-0.2)
    ('+6%', '−20%')
    """
    text = percent(abs(ratio), 0)
    return f"+{text}" if ratio >= 0 else f"−{text}"
