"""What future contribution is worth today: the arithmetic of lifetime value without a model."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import money
from kamkit.output.finding import Finding
from kamkit.schema import check
from kamkit.value.history import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable

_COHORT = ("customers", "revenue_per_customer", "cost_per_customer")


def margin_multiple(retention_per_year: float, *, annual_discount_rate: float) -> float:
    """Return what to multiply a customer's yearly margin by to get its lifetime value.

    r / (1 + i - r): the present value of one unit of margin at the end of each year that the
    customer is still there, with the same retention r every year, for ever. Source: Gupta and
    Lehmann (2003).

    Raises ``ParameterError`` for shares outside 0 to 1 or for a sum without end.

    >>> round(margin_multiple(0.80, annual_discount_rate=0.10), 2)
    2.67
    """
    _share(retention_per_year, _("retention per year"))
    rate = checked_rate(annual_discount_rate)
    if retention_per_year >= 1 + rate:
        raise ParameterError(
            _("With no discount and no loss of customers the value has no end."),
            found=percent(retention_per_year),
            wanted=_("a retention below 1, or a rate above 0"),
            remedy=_("Lower the retention or raise the rate."),
        )
    return retention_per_year / (1 + rate - retention_per_year)


def weekly_rate(annual_discount_rate: float) -> float:
    """Return the rate per week that grows to the annual rate in a year of 52.1775 weeks.

    (1 + i)^(1 / 52.1775) - 1, not i / 52: a rate per year used per week is a classic mistake.

    >>> f"{weekly_rate(0.10):.6f}"
    '0.001828'
    """
    return math.expm1(math.log1p(checked_rate(annual_discount_rate)) / WEEKS_PER_YEAR)


def cohort_present_value(
    table: pd.DataFrame,
    *,
    annual_discount_rate: float,
    acquired: int,
    acquisition_cost: float,
    currency: str = "",
    decimals: int | None = None,
) -> Finding:
    """Tell what a cohort of customers is worth after what it cost to win it.

    ``table`` has one row per year, the first year first: ``customers`` still there,
    ``revenue_per_customer`` and ``cost_per_customer`` (variable cost) in that year. The margin of
    year t is discounted by (1 + ``annual_discount_rate``)^t. ``acquired`` customers were won at
    ``acquisition_cost`` each. With ``decimals`` each year's present value is rounded (half up)
    before it is added, as on paper.

    The finding's table has one row per year: ``year``, ``customers``, ``margin_per_customer``,
    ``contribution``, ``discount_factor``, ``present_value``, ``cumulative_value`` (the cost of
    acquisition taken off).

    Raises ``ParameterError`` for missing columns, no year, no customer won or a rate out of range.

    >>> years = pd.DataFrame({"customers": [90, 80], "revenue_per_customer": [100, 110],
    ...     "cost_per_customer": [70, 72]})
    >>> cohort_present_value(years, annual_discount_rate=0.10, acquired=100, acquisition_cost=40)
    The 100 customers are worth 4,967 at 10.0% a year over 2 years, 967 after the 4,000 it cost to
    win them: 9.67 each.
    """
    years = _cohort(table, acquired)
    rate = checked_rate(annual_discount_rate)
    margin = years["revenue_per_customer"].astype(float) - years["cost_per_customer"].astype(float)
    contribution = years["customers"].astype(float) * margin
    factor = pd.Series([(1 + rate) ** -year for year in range(1, len(years) + 1)])
    present = _rounded(contribution * factor, decimals)
    spent = acquired * acquisition_cost
    out = pd.DataFrame(
        {
            "year": range(1, len(years) + 1),
            "customers": years["customers"],
            "margin_per_customer": margin,
            "contribution": contribution,
            "discount_factor": factor,
            "present_value": present,
            "cumulative_value": present.cumsum() - spent,
        }
    )
    total = float(present.sum())
    text = _(
        "The {customers} are worth {total} at {rate} a year over {years}, {net} after the {spent} "
        "it cost to win them: {each} each.",
        customers=ngettext("{n} customer", "{n} customers", acquired),
        total=money(total, currency),
        rate=percent(rate),
        years=ngettext("{n} year", "{n} years", len(years)),
        net=money(total - spent, currency),
        spent=money(spent, currency),
        each=money((total - spent) / acquired, currency, 2),
    )
    return Finding("cohort_present_value", out, text)


def checked_rate(annual_discount_rate: float) -> float:
    """Return the rate as it is, or raise ``ParameterError`` where it is no share per year.

    >>> checked_rate(0.10)
    0.1
    """
    _share(annual_discount_rate, "annual_discount_rate")
    return annual_discount_rate


def _share(value: float, name: str) -> None:
    if not 0 <= value <= 1:
        raise ParameterError(
            _("{name} is a share between 0 and 1.", name=name),
            found=number(value, 2),
            wanted=_("for example 0.10 for 10 percent a year"),
            remedy=_("Write the share, not the percentage."),
        )


def _cohort(table: pd.DataFrame, acquired: int) -> pd.DataFrame:
    check(table, _COHORT, what=_("years"))
    if not len(table) or acquired < 1:
        raise ParameterError(
            _("A cohort needs at least one year and one customer won."),
            found=", ".join(map(str, table.columns)),
            wanted=", ".join(_COHORT),
            remedy=_("Give one row per year, the first year first."),
        )
    return table.reset_index(drop=True)


def _rounded(values: pd.Series[float], decimals: int | None) -> pd.Series[float]:
    if decimals is None:
        return values
    step = Decimal(1).scaleb(-decimals)
    # through repr: half a cent must be half a cent, not the float nearest to it
    exact: Iterable[float] = (
        float(Decimal(repr(value)).quantize(step, ROUND_HALF_UP)) for value in values
    )
    return pd.Series(list(exact), index=values.index)
