"""Relations: whom we know, what depends on one person, stage, health, mutual value."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from kamkit import identify, plan, relate, value
from kamkit.analysis.graph import picture, result
from kamkit.analysis.value import year_of
from kamkit.case import as_of

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About
    from kamkit.output import Picture
    from kamkit.output.finding import Finding
    from kamkit.settings import Settings


@result()
def planned_accounts(described_accounts: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of the accounts that get a plan, in the order of the plans."""
    each = described_accounts.drop_duplicates("account_id").set_index("account_id")
    return each.loc[planned["account_id"]].reset_index()


@result(kept=False)
def persons(case: Case, contacts_table: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the persons at all accounts, with roles and how far each reaches."""
    return relate.people(
        contacts_table,
        end=case.period.end,
        stale_days=settings.stale_days,
        show_names=settings.show_names,
    )


@result(kept=False)
def contact_names(
    settings: Settings, planned: pd.DataFrame, persons: pd.DataFrame | None = None
) -> pd.DataFrame | None:
    """Return who each contact is, where the plans may tell it; it is never stored."""
    if persons is None or not settings.contact_names:
        return None
    there = persons[persons["account_id"].isin(planned["account_id"])]
    return there[["account_id", "contact", "person"]].reset_index(drop=True)


@result(kept=False)
def ties(persons: pd.DataFrame) -> pd.DataFrame:
    """Return how well each of ours knows each account."""
    return relate.ties(persons)


@result(
    columns=(
        "account_id account_name people deciders roles departments our_people structure "
        "top_share ours_share stale_share mean_support"
    ),
    words=True,
)
def contact_table(contacts: Finding) -> pd.DataFrame:
    """Return whom we know at each account that gets a plan."""
    return contacts.table


@result(words=True)
def contacts(persons: pd.DataFrame, planned_accounts: pd.DataFrame) -> Finding:
    """Tell whom we know at the key accounts, and where it rests on one person."""
    return relate.contacts(persons, planned_accounts)


@result(words=True)
def all_contacts(persons: pd.DataFrame, described_accounts: pd.DataFrame) -> pd.DataFrame:
    """Return whom we know at every account."""
    return relate.contacts(persons, described_accounts).table


@picture
def coverage_chart(about: About, people: pd.DataFrame, planned_accounts: pd.DataFrame) -> Picture:
    """Draw which roles we know at each key account."""
    from kamkit.relate import charts

    return charts.coverage(relate.coverage(people), names=planned_accounts, **about.place)


@picture
def relationship_maps(
    about: About, people: pd.DataFrame, planned_accounts: pd.DataFrame, settings: Settings
) -> tuple[Picture, ...]:
    """Draw the people at the first key accounts, a picture for each."""
    from kamkit.relate import charts

    first = planned_accounts.head(settings.maps)
    names = first["account_name"] if "account_name" in first else first["account_id"]
    return tuple(
        charts.relationship_map(
            people[people["account_id"] == account], name=str(name), **about.place
        )
        for account, name in zip(first["account_id"], names, strict=True)
    )


@result(columns="account_id account_name place next_step contact", words=True)
def next_contacts(persons: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Return whom to see next at each account that gets a plan."""
    steps = relate.next_contacts(persons, planned["account_id"].tolist())
    names = planned[["account_id", "account_name"]]
    table = steps.merge(names, on="account_id")
    return table[["account_id", "account_name", "place", "next_step", "contact"]]


@result(columns="account_id account_name next_step contact", words=True)
def first_contacts(next_contacts: pd.DataFrame) -> pd.DataFrame:
    """Return the first person to see at each account."""
    return next_contacts[next_contacts["place"] == 1].reset_index(drop=True)


@result()
def relationship_evidence(
    described_accounts: pd.DataFrame,
    all_wallets: pd.DataFrame | None = None,
    contacts: Finding | None = None,
    ratings: pd.DataFrame | None = None,
    goals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what the data show of the six questions on a relationship."""
    return relate.evidence(
        described_accounts,
        contacts=None if contacts is None else contacts.table,
        wallet=all_wallets,
        ratings=ratings,
        goals=goals,
    )


@result()
def all_wallets(case: Case, described_accounts: pd.DataFrame) -> pd.DataFrame:
    """Return our share of the wallet of every account."""
    from kamkit import grow

    return grow.share_of_wallet(case, described_accounts).table


@result(words=True)
def stages(
    planned_accounts: pd.DataFrame,
    relationship_evidence: pd.DataFrame,
    questionnaire: pd.DataFrame | None = None,
) -> Finding:
    """Tell how far the relationship with each key account has come."""
    return relate.stage(
        planned_accounts, questionnaire=questionnaire, evidence=relationship_evidence
    )


@result(
    columns=(
        "account_id account_name stage stage_mw wanted_stage points questions_known "
        "next_question next_answer"
    ),
    words=True,
)
def stage_table(stages: Finding) -> pd.DataFrame:
    """Return the stage of each relationship, the wanted one and the next step."""
    return stages.table


@picture
def stage_chart(about: About, stages: Finding) -> Picture:
    """Draw the stage of each relationship and the one that is wanted."""
    from kamkit.relate import charts

    return charts.stages(stages.table, **about.place)


@result(words=True)
def relations(
    stages: Finding, contacts: Finding | None = None, questionnaire: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return contacts and stage of each account that gets a plan, on one row."""
    net = None if contacts is None else contacts.table
    return plan.relations(stages.table, net, questionnaire)


def _earlier_day(case: Case, settings: Settings) -> dt.date:
    day = case.period.end - dt.timedelta(days=settings.days_back)
    return max(day, case.period.start)


@result(whole=False)
def earlier_accounts(
    case: Case, described_accounts: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Return the accounts as they were some time ago: profit, rhythm and change by then."""
    then = as_of(case, _earlier_day(case, settings))
    earlier = value.account_value(
        then,
        identify.account_facts(then),
        rates=value.given_rates(settings.rates),
        annual_interest_rate=settings.annual_interest_rate,
        lifetime=described_accounts,
    )
    return earlier.merge(year_of(then, settings), on="account_id", how="left")


@result(columns="health_band accounts lost_accounts lost_share")
def health_check(
    case: Case, earlier_accounts: pd.DataFrame, purchase_days: pd.DataFrame, settings: Settings
) -> Finding:
    """Tell whether the health of an earlier day foresaw who would leave or buy less than half."""
    return relate.health_check(
        earlier_accounts,
        purchase_days,
        date=_earlier_day(case, settings),
        end=case.period.end,
        weights=relate.given_health_weights(settings.health_weights),
    )


@result(words=True)
def health(
    described_accounts: pd.DataFrame,
    settings: Settings,
    all_contacts: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    earlier_accounts: pd.DataFrame | None = None,
    health_check: Finding | None = None,
) -> Finding:
    """Tell how healthy each account is, and why."""
    return relate.health(
        described_accounts,
        contacts=all_contacts,
        ratings=ratings,
        weights=relate.given_health_weights(settings.health_weights),
        before=earlier_accounts,
        check=health_check,
    )


@picture
def health_spread_chart(about: About, health: Finding) -> Picture:
    """Draw how the health of all accounts spreads."""
    from kamkit.relate import charts

    return charts.health_spread(health.table, **about.place)


@result(columns="account_id account_name health health_change weakest because", words=True)
def key_health(health: Finding, planned: pd.DataFrame) -> pd.DataFrame:
    """Return the health of the accounts that get a plan, the lowest first."""
    table = health.table
    ours = table[table["account_id"].isin(planned["account_id"])]
    return ours.sort_values(["health", "account_id"], ignore_index=True)


@picture
def health_chart(about: About, key_health: pd.DataFrame) -> Picture:
    """Draw the health of the accounts that get a plan, with its parts."""
    from kamkit.relate import charts

    return charts.health(key_health, **about.place)


@result()
def mutual_value(
    about: About, described_accounts: pd.DataFrame, planned: pd.DataFrame, settings: Settings
) -> Finding:
    """Tell what the key accounts gain from us beside what we gain from them."""
    return relate.mutual_value(
        described_accounts,
        of=planned["account_id"].tolist(),
        annual_interest_rate=settings.annual_interest_rate,
        currency=about.currency,
        period=about.period,
    )


@result(columns="account_id account_name saved served lent customer_gain our_gain")
def mutual_table(mutual_value: Finding) -> pd.DataFrame:
    """Return what each account gains from us, and we from it."""
    return mutual_value.table


@picture
def mutual_chart(about: About, mutual_value: Finding) -> Picture:
    """Draw what both sides gain."""
    from kamkit.relate import charts

    return charts.mutual_value(mutual_value.table, currency=about.currency, **about.place)


@result(
    columns=(
        "account_id contact role department influence support our_contact days_since_met reach"
    ),
    words=True,
)
def people(persons: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Return the persons at the accounts that get a plan, by their role."""
    there = persons[persons["account_id"].isin(planned["account_id"])]
    return there.drop(columns=["person", "reports_to"]).reset_index(drop=True)
