"""The case of an analysis, and whether its ledger can be trusted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.analysis.graph import picture, result
from kamkit.case import as_chains, as_of
from kamkit.case.about import About
from kamkit.output.finding import Finding

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.output import Picture
    from kamkit.settings import Settings


@result(kept=False)
def case(ledger: Case, settings: Settings) -> Case:
    """Return the case that is analysed: the days that count, chains as one account or not."""
    found = ledger
    if settings.end:
        found = as_of(found, dt.date.fromisoformat(settings.end))
    if settings.start:
        first = dt.date.fromisoformat(settings.start)
        lines = found.checked
        found = replace(found, checked=lines.filter(lines.date.isnull() | (lines.date >= first)))
    if settings.fiscal_year_start:
        found = replace(found, fiscal_year_start=settings.fiscal_year_start)
    return as_chains(found) if settings.chains else found


@result()
def about(case: Case) -> About:
    """Return what every output tells of the case."""
    return About.of(case)


@result()
def reconciliation(ledger: Case) -> pd.DataFrame:
    """Return rows and amounts read, used and set aside, by reason."""
    return ledger.reconciliation()


@result()
def set_aside(ledger: Case) -> pd.DataFrame:
    """Return the rows that are set aside, with the reason; at most 200,000 of them."""
    return ledger.set_aside(200_000)


@result(words=True)
def ledger_findings(ledger: Case) -> tuple[Finding, ...]:
    """Return all that is told of the ledger itself, as findings."""
    return tuple(ledger.findings())


def _named_finding(findings: tuple[Finding, ...], name: str) -> Finding | None:
    return next((finding for finding in findings if finding.name == name), None)


@result()
def reconciled(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell whether every line of the source is used or set aside."""
    return _named_finding(ledger_findings, "reconciled")


@result()
def coverage(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which months the ledger covers."""
    return _named_finding(ledger_findings, "coverage")


@result(words=True)
def credit_notes(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell how much is credited."""
    return _named_finding(ledger_findings, "credit_notes")


@result()
def repeats(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which lines stand twice."""
    return _named_finding(ledger_findings, "repeats")


@result()
def odd_names(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which accounts have several names."""
    return _named_finding(ledger_findings, "names")


@result(words=True)
def odd_lines(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which lines look odd."""
    return _named_finding(ledger_findings, "odd_lines")


@result()
def own_total(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell whether the source's own total agrees."""
    return _named_finding(ledger_findings, "own_total")


@result(words=True)
def lacking(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which columns and tables the case lacks, and what they would show."""
    return _named_finding(ledger_findings, "lacking")


@result()
def unused(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which headings of the source went into nothing, and what to do about them."""
    return _named_finding(ledger_findings, "unused")


@result()
def collective(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which account numbers gather many customers."""
    return _named_finding(ledger_findings, "collective")


@result()
def spellings(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which customers may stand under several numbers."""
    return _named_finding(ledger_findings, "spellings")


@result()
def shared_org(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which accounts have the organisation number of another."""
    return _named_finding(ledger_findings, "shared_org")


@result()
def unregistered(ledger_findings: tuple[Finding, ...]) -> Finding | None:
    """Tell which accounts the register of customers lacks."""
    return _named_finding(ledger_findings, "unregistered")


@result()
def column_mapping(ledger: Case) -> pd.DataFrame:
    """Return which heading of the source is read as which column."""
    return ledger.mapping.table()


@picture
def set_aside_chart(about: About, reconciliation: pd.DataFrame) -> Picture:
    """Draw what is used and what is set aside, by reason."""
    from kamkit.case import charts

    return charts.set_aside(reconciliation, currency=about.currency, source=about.title)


@picture
def months_chart(about: About, coverage: Finding) -> Picture:
    """Draw the revenue of each month."""
    from kamkit.identify import charts

    return charts.monthly(coverage.table, **about.words)


def _table(case: Case, name: str) -> pd.DataFrame:
    return case.table(name)


@result()
def ratings(case: Case) -> pd.DataFrame:
    """Return the ratings of accounts by people, one row per account, criterion and rater."""
    return _table(case, "ratings")


@result(kept=False)
def contacts_table(case: Case) -> pd.DataFrame:
    """Return the persons at the accounts."""
    return _table(case, "contacts")


@result()
def managers(case: Case) -> pd.DataFrame:
    """Return the key account managers with their limits."""
    return _table(case, "managers")


@result()
def questionnaire(case: Case) -> pd.DataFrame:
    """Return the answers to the six questions on a relationship."""
    return _table(case, "questionnaire")


@result()
def goals(case: Case) -> pd.DataFrame:
    """Return the goals and actions that people have agreed on."""
    return _table(case, "goals")


@result()
def register(case: Case) -> pd.DataFrame:
    """Return the table accounts of the case: what is known of them besides sales."""
    return _table(case, "accounts")
