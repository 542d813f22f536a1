"""What each account is worth: profit, rhythm, lifetime, change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit import identify, periods, value
from kamkit.analysis.graph import picture, result
from kamkit.errors import MissingTable
from kamkit.language import gettext as _

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.periods import Period
    from kamkit.settings import Settings
    from kamkit.value._holdout import HoldOut
    from kamkit.value.lifetime_finding import LifetimeValue

PROFIT_COLUMNS = (
    "account_id account_name revenue contribution cost_to_serve payment_cost profit "
    "profit_ratio rank_revenue"
)
LATE_COLUMNS = (
    "account_id account_name last_date interval_days days_since late_probability "
    "yearly_revenue rhythm_state"
)
LIFETIME_COLUMNS = (
    "account_id account_name revenue probability_alive expected_purchases lifetime_value "
    "lifetime_value_low lifetime_value_high"
)
VALUE_COLUMNS = (
    "account_id account_name revenue profit rhythm_state rfm_segment probability_alive "
    "lifetime_value lifetime_value_low lifetime_value_high effect"
)


@result()
def profit(case: Case, account_facts: pd.DataFrame, settings: Settings) -> Finding:
    """Tell what each account leaves after goods, service and credit."""
    return value.customer_profit(
        case,
        account_facts,
        rates=value.given_rates(settings.rates),
        annual_interest_rate=settings.annual_interest_rate,
    )


def facts_in(case: Case, period: Period, settings: Settings) -> pd.DataFrame:
    """Return the facts of the accounts in a period, with customer profit where there is cost."""
    facts = identify.account_facts(case, period=period)
    if "contribution" not in facts:
        return facts
    return value.customer_profit(
        case,
        facts,
        period=period,
        rates=value.given_rates(settings.rates),
        annual_interest_rate=settings.annual_interest_rate,
    ).table


@result()
def last_year(case: Case, settings: Settings) -> pd.DataFrame:
    """Return what each account gave in the last twelve months, or in all of a shorter ledger.

    One row per account: ``account_id``, ``revenue_year``, and where there is cost
    ``contribution_year``, ``cost_to_serve_year``, ``payment_cost_year``, ``profit_year`` and
    ``discount_share_year``, each where the case can carry it.
    """
    return year_of(case, settings)


def year_of(case: Case, settings: Settings) -> pd.DataFrame:
    """Return what each account gave in the last twelve months of a case; see ``last_year``."""
    facts = facts_in(case, periods.last_year(case.period), settings)
    names = ("revenue", "contribution", "cost_to_serve", "payment_cost", "profit")
    of = {name: f"{name}_year" for name in (*names, "discount_share") if name in facts}
    return facts[["account_id", *of]].rename(columns=of)


@result(columns=PROFIT_COLUMNS)
def profits(profit: Finding) -> pd.DataFrame:
    """Return revenue, contribution, cost to serve and profit; one row per account."""
    return profit.table


@result()
def cost_to_serve(case: Case, settings: Settings) -> pd.DataFrame:
    """Return what each activity at each account costs."""
    return value.cost_to_serve(case, rates=value.given_rates(settings.rates))


@picture
def profit_chart(
    about: About, profits: pd.DataFrame, cost_to_serve: pd.DataFrame | None = None
) -> Picture:
    """Draw the steps from list price to customer profit."""
    from kamkit.value import charts

    return charts.profit_steps(value.profit_steps(profits, cost_to_serve), **about.words)


@result()
def whale(about: About, profits: pd.DataFrame) -> Finding:
    """Tell how much the best accounts earn and the others lose."""
    return value.whale(profits, currency=about.currency, period=about.period)


@picture
def whale_curve(about: About, whale: Finding) -> Picture:
    """Draw the cumulative profit of the accounts, the best first."""
    from kamkit.value import charts

    return charts.whale(whale.table, **about.words)


@result(columns=f"{PROFIT_COLUMNS} share_destroyed")
def loss_makers(profits: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts that lose money, the largest loss first."""
    return value.destroyers(profits)


@result()
def pyramid(profits: pd.DataFrame) -> pd.DataFrame:
    """Return revenue and profit of each tier, platinum to lead."""
    return value.pyramid(profits)


@picture
def pyramid_chart(about: About, pyramid: pd.DataFrame) -> Picture:
    """Draw revenue and profit of each tier."""
    from kamkit.value import charts

    return charts.pyramid(pyramid, **about.words)


@result()
def price_cost_grid(profits: pd.DataFrame) -> Finding:
    """Tell who pays little and costs much to serve."""
    return value.price_cost_grid(profits)


@picture
def price_cost_chart(about: About, price_cost_grid: Finding) -> Picture:
    """Draw the price level of the accounts against their cost to serve."""
    from kamkit.value import charts

    return charts.price_cost_grid(price_cost_grid.table, **about.place)


@result()
def aggressive_accounts(price_cost_grid: Finding) -> pd.DataFrame:
    """Return the accounts that pay little and cost much to serve."""
    table = price_cost_grid.table
    return table[table["grid_cell"] == "aggressive"].reset_index(drop=True)


@result()
def rate_table(case: Case, settings: Settings) -> pd.DataFrame:
    """Return the rate of each activity, and where it comes from."""
    return value.rate_table(case, rates=value.given_rates(settings.rates))


@result()
def what_if(
    case: Case, about: About, profits: pd.DataFrame, cost_to_serve: pd.DataFrame, settings: Settings
) -> Finding:
    """Tell what other terms would change, where settings ask for any."""
    terms: dict[str, Any] = {
        "minimum_order": settings.minimum_order,
        "delivery_fee": settings.delivery_fee,
        "price_step": settings.price_step,
        "kept_volume": settings.kept_volume,
    }
    if not any((terms["minimum_order"], terms["delivery_fee"], terms["price_step"])) and (
        settings.kept_volume == 1
    ):
        raise MissingTable(
            _("No other terms are asked for."),
            remedy=_("Set minimum_order, delivery_fee, price_step or kept_volume."),
        )
    orders = value.order_sizes(case, minimum_order=settings.minimum_order)
    return value.what_if(
        profits, served=cost_to_serve, orders=orders, currency=about.currency, **terms
    )


@picture
def what_if_curve(about: About, whale: Finding, what_if: Finding) -> Picture:
    """Draw the cumulative profit before and after the other terms."""
    from kamkit.value import charts

    after = value.whale(what_if.table.assign(profit=what_if.table["profit_after"])).table
    return charts.whale(whale.table, after=after, **about.words)


@result()
def discounts(case: Case) -> Finding:
    """Tell which sellers give more discount than usual."""
    return value.discounts(case)


@result()
def account_discounts(case: Case) -> pd.DataFrame:
    """Return the discount of each account and seller."""
    return value.account_discounts(case)


@result()
def large_discounts(account_discounts: pd.DataFrame) -> pd.DataFrame:
    """Return the discounts that stand out."""
    return account_discounts[account_discounts["outlier"]].reset_index(drop=True)


@picture
def discount_chart(about: About, discounts: Finding, account_discounts: pd.DataFrame) -> Picture:
    """Draw the discount of each seller against what is usual."""
    from kamkit.value import charts

    return charts.discounts(discounts.table, account_discounts, **about.words)


@result()
def purchase_days(case: Case) -> pd.DataFrame:
    """Return the days on which accounts bought, returns taken off; one row per account and day."""
    return value.purchase_days(case)


@result()
def late(case: Case) -> Finding:
    """Tell who is late in relation to their own rhythm."""
    return value.late(case)


@result(columns=LATE_COLUMNS)
def alarms(late: Finding) -> pd.DataFrame:
    """Return the accounts that are late, those with most at stake first."""
    return late.table


@picture
def silence_chart(about: About, purchase_days: pd.DataFrame, late: Finding) -> Picture:
    """Draw the purchases of the accounts that are late, and their silence."""
    from kamkit.value import charts

    return charts.silence(purchase_days, late.table, **about.place)


@result()
def rhythm_facts(case: Case) -> pd.DataFrame:
    """Return each account's rhythm and how long it has been silent."""
    return value.rhythm_facts(case)


@result()
def seasons(case: Case) -> Finding:
    """Tell which months are strong and weak."""
    return value.month_profile(case)


@picture
def season_chart(about: About, seasons: Finding) -> Picture:
    """Draw the months of a year."""
    from kamkit.value import charts

    return charts.month_profile(seasons.table, **about.place)


@result()
def rfm(case: Case, rhythm_facts: pd.DataFrame | None = None) -> Finding:
    """Tell which accounts bought lately, often and for much."""
    return value.rfm(case, rhythms=rhythm_facts)


@picture
def rfm_chart(about: About, rfm: Finding) -> Picture:
    """Draw the segments by recency and frequency."""
    from kamkit.value import charts

    return charts.rfm(rfm.table, **about.place)


@result()
def rfm_facts(rfm: Finding) -> pd.DataFrame:
    """Return the RFM score and segment of each account."""
    return rfm.table[["account_id", "rfm_score", "rfm_segment"]]


@result(words=True)
def netted(case: Case) -> Finding:
    """Tell how returns were taken off purchases."""
    return value.netted(case)


@result()
def regularity(case: Case) -> Finding:
    """Tell whether accounts buy as by the clock, by chance or in bursts."""
    return value.regularity(case)


@result()
def lifetime(
    case: Case,
    settings: Settings,
    profits: pd.DataFrame | None = None,
    holdout: HoldOut | None = None,
) -> LifetimeValue:
    """Tell what each account may bring from here on."""
    margin = None
    if profits is not None and "profit_ratio" in profits:
        margin = profits.set_index("account_id")["profit_ratio"]
    return value.lifetime_value(
        case,
        years=settings.horizon_years,
        annual_discount_rate=settings.annual_discount_rate,
        draws=settings.lifetime_draws,
        margin=margin,
        tested=holdout,
    )


@result(columns=LIFETIME_COLUMNS)
def lifetime_values(lifetime: LifetimeValue) -> pd.DataFrame:
    """Return what each account may bring, with its interval."""
    return lifetime.table


@picture
def lifetime_chart(about: About, lifetime: LifetimeValue) -> Picture:
    """Draw the lifetime values of the first accounts with their intervals."""
    from kamkit.value import charts

    return charts.lifetime_value(lifetime.table, **about.words)


@result()
def holdout(case: Case) -> HoldOut:
    """Tell how well a forecast would have done on the days held out."""
    return value.holdout(case)


@picture
def holdout_chart(about: About, holdout: HoldOut) -> Picture:
    """Draw the purchases that came beside those foreseen."""
    from kamkit.value import charts

    return charts.holdout(holdout.tracking, **about.place)


@result(whole=False)
def bridge(case: Case) -> Finding:
    """Tell why revenue moved: new, lost, grown and shrunk accounts."""
    return value.bridge(case)


@picture
def bridge_chart(about: About, bridge: Finding) -> Picture:
    """Draw the steps from the revenue of one period to that of the next."""
    from kamkit.value import charts

    return charts.bridge(bridge.table, currency=about.currency, source=about.title)


@result()
def account_changes(case: Case) -> pd.DataFrame:
    """Return the change of each account, the largest first."""
    return value.account_changes(case)


@result()
def change_facts(case: Case) -> pd.DataFrame:
    """Return revenue before and after, and the change, of each account."""
    return value.change_facts(case)


@result(whole=False)
def contribution_bridge(case: Case) -> Finding:
    """Tell why contribution moved."""
    return value.bridge(case, by="contribution")


@picture
def contribution_chart(about: About, contribution_bridge: Finding) -> Picture:
    """Draw the steps from the contribution of one period to that of the next."""
    from kamkit.value import charts

    return charts.bridge(
        contribution_bridge.table, by="contribution", currency=about.currency, source=about.title
    )


@result()
def price_volume_mix(case: Case) -> Finding:
    """Tell what price, volume and mix did to revenue."""
    return value.price_volume_mix(case, per="total")


@result()
def category_price_volume_mix(case: Case) -> Finding:
    """Tell what price, volume and mix did in each product group."""
    return value.price_volume_mix(case, per="category")


@result()
def account_price_volume_mix(case: Case) -> Finding:
    """Tell what price, volume and mix did at each account."""
    return value.price_volume_mix(case, per="account")


def _moved(about: About, finding: Finding) -> Picture:
    from kamkit.value import charts

    return charts.price_volume_mix(finding.table, currency=about.currency, source=about.title)


@picture
def price_volume_mix_chart(about: About, price_volume_mix: Finding) -> Picture:
    """Draw what price, volume and mix did to revenue."""
    return _moved(about, price_volume_mix)


@picture
def category_price_volume_mix_chart(about: About, category_price_volume_mix: Finding) -> Picture:
    """Draw what price, volume and mix did in each product group."""
    return _moved(about, category_price_volume_mix)


@picture
def account_price_volume_mix_chart(about: About, account_price_volume_mix: Finding) -> Picture:
    """Draw what price, volume and mix did at the accounts that moved most."""
    return _moved(about, account_price_volume_mix)


@result()
def retention(case: Case) -> Finding:
    """Tell how much of last year's revenue was kept."""
    return value.retention(case)


@result()
def retention_by_group(case: Case) -> Finding:
    """Tell how much was kept in each segment or region."""
    column = next((name for name in ("segment", "region") if case.has(name)), None)
    return value.retention(case, per=column)


@picture
def retention_chart(about: About, retention_by_group: Finding) -> Picture:
    """Draw how much was kept in each segment or region."""
    from kamkit.value import charts

    return charts.retention(retention_by_group.table, source=about.title)


@result(whole=False)
def cohorts(case: Case, settings: Settings) -> Finding:
    """Tell what the accounts that came together went on to buy."""
    return value.cohorts(case, every=settings.cohort, measure="revenue")


@picture
def cohort_chart(about: About, cohorts: Finding, settings: Settings) -> Picture:
    """Draw what the accounts that came together went on to buy."""
    from kamkit.value import charts

    return charts.cohorts(cohorts.table, every=settings.cohort, measure="revenue", **about.place)


@result(columns=VALUE_COLUMNS)
def account_value(
    account_facts: pd.DataFrame,
    profits: pd.DataFrame | None = None,
    rhythm_facts: pd.DataFrame | None = None,
    rfm_facts: pd.DataFrame | None = None,
    lifetime_values: pd.DataFrame | None = None,
    change_facts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the account facts with profit, rhythm, lifetime and change beside them."""
    parts = (
        None if profits is None else value.profit_facts(profits),
        rhythm_facts,
        rfm_facts,
        None if lifetime_values is None else value.of_lifetime(lifetime_values),
        change_facts,
    )
    return value.beside(account_facts, [part for part in parts if part is not None])
