"""Where there is more to sell: whitespace, wallets, what goes together, prospects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kamkit import grow, plan
from kamkit.analysis.graph import picture, result

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.grow._conversion import Conversion
    from kamkit.grow.check import OpportunityCheck
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.settings import Settings

OPPORTUNITY_COLUMNS = (
    "account_id account_name item kind state open_amount conversion conversion_low "
    "conversion_high growth_middle rate_from peer_group next_step"
)

TRIED_COLUMNS = "account_id item kind basis account_size peer_band open_amount gained"
RATE_COLUMNS = (
    "kind basis account_size peer_band opportunities came_true conversion conversion_low "
    "conversion_high amount_share"
)
CHECK_COLUMNS = (
    "kind claim_bin opportunities claimed_rate true_rate true_low true_high claimed_amount "
    "true_amount"
)
_MOST = 5000
"""The accounts whose growth is told: so many of the largest by revenue."""


@result()
def planned(
    key_accounts: pd.DataFrame, ordinary_sales: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Return the accounts that get a plan: the key accounts, then the largest others."""
    return plan.planned(key_accounts, ordinary_sales, also=settings.also, asked=settings.plans)


@result()
def item_kinds(case: Case) -> tuple[str, ...]:
    """Return what is counted: category, bestseller, product; as the ledger has them, in order."""
    return tuple(grow.kinds(case))


def _items(kinds: tuple[str, ...], settings: Settings) -> str:
    return settings.items or (kinds[0] if kinds else "category")


@result(columns=TRIED_COLUMNS)
def tried_opportunities(
    case: Case, described_accounts: pd.DataFrame, item_kinds: tuple[str, ...], settings: Settings
) -> pd.DataFrame:
    """Return the opportunities of earlier periods, and what came of them."""
    return grow.tried(case, described_accounts, items=_items(item_kinds, settings))


@result()
def opportunity_rates(tried_opportunities: pd.DataFrame) -> Conversion:
    """Tell how often opportunities came true from one period to the next, and how much of them."""
    return grow.conversion(tried_opportunities)


@result(columns=RATE_COLUMNS)
def conversion_rates(opportunity_rates: Conversion) -> pd.DataFrame:
    """Return the rate of each class of opportunities that there were."""
    table = opportunity_rates.table
    return table[table["opportunities"] > 0].reset_index(drop=True)


@result(columns=CHECK_COLUMNS, words=True)
def opportunity_check(about: About, tried_opportunities: pd.DataFrame) -> OpportunityCheck:
    """Tell whether as many opportunities came true as claimed, and as much of them."""
    return grow.opportunity_check(tried_opportunities, currency=about.currency)


@picture
def opportunity_check_chart(about: About, opportunity_check: OpportunityCheck) -> Picture:
    """Draw the claimed rates against those that came true."""
    from kamkit.grow import charts

    return charts.claimed_and_true(opportunity_check.table, **about.place)


@result()
def growth(
    case: Case,
    about: About,
    described_accounts: pd.DataFrame,
    opportunity_rates: Conversion,
    item_kinds: tuple[str, ...],
    settings: Settings,
    opportunity_check: OpportunityCheck | None = None,
) -> Finding:
    """Tell how much each account may grow by its opportunities: low, middle and high.

    Plans, portfolio and the return of the programme read their growth here.
    """
    largest = described_accounts[["account_id", "revenue"]].sort_values(
        ["revenue", "account_id"], ascending=[False, True]
    )
    grid = grow.whitespace(
        case,
        described_accounts,
        of=largest["account_id"].head(_MOST).tolist(),
        items=_items(item_kinds, settings),
        rates=opportunity_rates,
    )
    missed = None if opportunity_check is None else opportunity_check.missed
    return grow.growth(grid.table, opportunity_rates, currency=about.currency, missed=missed)


@result(whole=False, words=True)
def whitespace(
    case: Case,
    described_accounts: pd.DataFrame,
    planned: pd.DataFrame,
    item_kinds: tuple[str, ...],
    settings: Settings,
    opportunity_rates: Conversion,
) -> Finding:
    """Tell what the key accounts could buy and do not."""
    of = planned["account_id"].tolist()
    return grow.whitespace(
        case, described_accounts, of=of, items=_items(item_kinds, settings), rates=opportunity_rates
    )


@picture
def whitespace_chart(about: About, whitespace: Finding) -> Picture:
    """Draw what each key account buys in each product group."""
    from kamkit.grow import charts

    return charts.whitespace(whitespace.table, **about.place)


@result(columns=OPPORTUNITY_COLUMNS, whole=False, words=True)
def opportunities(whitespace: Finding) -> pd.DataFrame:
    """Return the opportunities, the largest first, with the next step."""
    return grow.opportunities(whitespace.table)


@result()
def wallet(case: Case, described_accounts: pd.DataFrame, planned: pd.DataFrame) -> Finding:
    """Tell what share of their spend the key accounts give us."""
    of = planned["account_id"].tolist()
    return grow.share_of_wallet(case, described_accounts, of=of)


@result(
    columns="account_id account_name wallet ours share_of_wallet elsewhere competitors in_house"
    " unknown"
)
def wallet_shares(wallet: Finding) -> pd.DataFrame:
    """Return our share of the wallet of each key account."""
    return wallet.table


@picture
def wallet_chart(about: About, wallet: Finding) -> Picture:
    """Draw who serves the wallets of the key accounts."""
    from kamkit.grow import charts

    return charts.share_of_wallet(wallet.table, currency=about.currency, source=about.title)


@result()
def affinity(
    case: Case, item_kinds: tuple[str, ...], account_facts: pd.DataFrame, settings: Settings
) -> Finding:
    """Tell what is bought together."""
    known = [name for name in ("account_id", "account_name") if name in account_facts]
    items = _items(item_kinds, settings)
    return grow.affinity(case, items=items, accounts=account_facts[known])


@picture
def affinity_chart(about: About, affinity: Finding) -> Picture:
    """Draw what is bought together."""
    from kamkit.grow import charts

    return charts.affinity(affinity.table, **about.place)


@result(columns="leader follower both_baskets support_share confidence times_chance q_value")
def sure_pairs(affinity: Finding) -> pd.DataFrame:
    """Return the pairs that hold."""
    return affinity.table[affinity.table["holds"]].reset_index(drop=True)


@result()
def recommendation_check(case: Case, item_kinds: tuple[str, ...], settings: Settings) -> Finding:
    """Tell whether recommendations would have been right, by product group."""
    items = _items(item_kinds, settings)
    return grow.hold_out(case, items=items, top=settings.recommendations)


@result()
def product_recommendation_check(
    case: Case, item_kinds: tuple[str, ...], settings: Settings
) -> Finding | None:
    """Tell whether recommendations would have been right, by the finest items there are."""
    finest = item_kinds[-1] if item_kinds else ""
    if not finest or finest == _items(item_kinds, settings):
        return None
    return grow.hold_out(case, items=finest, top=settings.recommendations)


@result(columns="account_id place item item_name")
def recommendations(
    case: Case,
    planned: pd.DataFrame,
    described_accounts: pd.DataFrame,
    item_kinds: tuple[str, ...],
    settings: Settings,
) -> pd.DataFrame:
    """Return what to offer each key account next; nothing where it loses money."""
    finest = item_kinds[-1] if item_kinds else _items(item_kinds, settings)
    losing = described_accounts.loc[plan.statements.loses(described_accounts), "account_id"]
    wanted = planned.loc[~planned["account_id"].isin(losing), "account_id"]
    return grow.recommend(case, items=finest, top=settings.recommendations, of=wanted.tolist())


@result(words=True)
def prospect_finding(
    case: Case,
    about: About,
    described_accounts: pd.DataFrame,
    key_accounts: pd.DataFrame,
    settings: Settings,
) -> Finding:
    """Tell which possible customers are like the key accounts."""
    years = case.period.days / 365.25
    known = described_accounts.assign(yearly_revenue=described_accounts["revenue"] / years)
    return grow.look_alikes(
        case.table("prospects"),
        known,
        key_accounts["account_id"].tolist(),
        share=settings.share_won,
        win_rate=settings.win_rate,
        currency=about.currency,
    )


@result(
    columns=("prospect_id name employees likeness estimated_spend assumed_value reasons next_step"),
    words=True,
)
def prospects(prospect_finding: Finding) -> pd.DataFrame:
    """Return all prospects, the most promising first."""
    return prospect_finding.table


@result(
    columns=("prospect_id name employees likeness estimated_spend assumed_value reasons next_step"),
    words=True,
)
def promising_prospects(prospect_finding: Finding) -> pd.DataFrame:
    """Return the prospects worth pursuing."""
    table = prospect_finding.table
    return table[table["hunt"] != "leave_be"].reset_index(drop=True)
