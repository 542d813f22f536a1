"""The tables of a plan: those of a run where there are some, else made from the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.errors import MissingTable, PeriodError, SourceError
from kamkit.language import gettext as _
from kamkit.plan.facts import basis, planned
from kamkit.plan.matrix import matrix

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.output.finding import Finding

_CHOSEN = ("key_accounts", "ordinary_sales", "account_facts")
KEPT = (
    *_CHOSEN,
    "about",
    "quarters",
    "goals",
    "ratings",
    "register",
    "planned",
    "matrix",
    "strategies",
    "objectives",
    "portfolio",
    "whitespace",
    "opportunities",
    "wallet_shares",
    "relations",
    "people",
    "next_contacts",
    "health",
    "mutual_value",
)
"""The tables of a run that plans rest on."""


def listed(tables: str, name: str = "planned") -> list[str] | None:
    """Return the accounts of a table that an earlier notebook of the run has kept, else None.

    >>> listed("") is None
    True
    """
    path = Path(tables) / f"{name}.parquet"
    if not tables or not path.is_file():
        return None
    return [str(account) for account in pd.read_parquet(path)["account_id"]]


def read_tables(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return all tables of a run by name, from its folder ``tables``.

    >>> read_tables("no such folder")
    {}
    """
    return {path.stem: pd.read_parquet(path) for path in sorted(Path(folder).glob("*.parquet"))}


def read_run(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return all tables of a finished run by name.

    Raises ``SourceError`` for a folder that is no run with plans.
    """
    tables = read_tables(Path(folder) / "tables")
    if not complete(tables):
        raise SourceError(
            _("“{name}” is no run that can be compared with.", name=Path(folder).name),
            found=", ".join(list(tables)[:5]) or _("no tables"),
            wanted=_("a folder that kamkit run has made, with the notebook on plans"),
            remedy=_("Name the folder of the earlier run, the one with manifest.json."),
        )
    return tables


def complete(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Tell whether the tables are all that plans need, so that the case need not be opened.

    >>> complete({})
    False
    """
    return {*_CHOSEN, "about", "planned", "matrix", "relations"} <= set(tables)


def gather(
    case: Case,
    tables: Mapping[str, pd.DataFrame] | None = None,
    *,
    key_accounts: int = 0,
    also: int = 6,
    show_names: bool = False,
) -> dict[str, pd.DataFrame]:
    """Return the tables that plans rest on, by name.

    ``tables`` are those that the notebooks of a run have kept; what they lack is made with the
    usual settings: ``key_accounts`` (0: a fifth of the accounts, at most 30), ``also`` the largest
    others that get a plan, ``show_names`` for names of persons.
    """
    known = dict(tables or {})
    if not set(_CHOSEN) <= set(known):
        known |= _chosen(case, key_accounts)
    return _completed(case, known, also, show_names)


def _chosen(case: Case, key_accounts: int) -> dict[str, pd.DataFrame]:
    from kamkit import choose, identify, value

    accounts = choose.described(case, value.account_value(case, identify.account_facts(case)))
    ratings = case.tables.get("ratings")
    criteria = choose.default_criteria(accounts, ratings, currency=case.currency)
    weights = choose.default_weights(criteria)
    scores = choose.score(accounts, criteria, weights, ratings=ratings)
    size = min(key_accounts or max(1, min(30, len(accounts) // 5)), len(accounts))
    told = choose.reasons(scores, accounts, currency=case.currency)
    treatment = choose.assign_treatment(scores, size, dedicated=0)
    return {
        "account_facts": accounts,
        "key_accounts": choose.key_accounts(
            scores, accounts, size, reasons=told, treatment=treatment
        ),
        "ordinary_sales": choose.ordinary_sales(scores, accounts, size, reasons=told),
    }


def _completed(
    case: Case, tables: dict[str, pd.DataFrame], also: int, show_names: bool
) -> dict[str, pd.DataFrame]:
    """Add what is not there yet: growth, relations, the matrix and what the case itself knows."""
    found = dict(tables)
    if "planned" not in found:
        found["planned"] = planned(found, also=also)
    of = found["planned"]["account_id"].tolist()
    found |= basis(case, of)
    accounts = found["account_facts"]
    if "whitespace" not in found:
        found |= growth_tables(case, accounts, of)
    if "relations" not in found:
        found |= relation_tables(case, accounts, of, show_names=show_names)
    found["matrix"] = matrix_of(found).table
    return found


def matrix_of(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """Return the matrix of the accounts that get a plan, from the tables of a run."""
    return matrix(
        tables["account_facts"],
        of=tables["planned"]["account_id"].tolist(),
        ratings=tables.get("ratings"),
        relations=tables.get("relations"),
        wallet=tables.get("wallet_shares"),
    )


def growth_tables(case: Case, accounts: pd.DataFrame, of: list[str]) -> dict[str, pd.DataFrame]:
    """Return ``whitespace``, ``opportunities`` and ``wallet_shares``, each where it is possible."""
    from kamkit import grow

    found: dict[str, pd.DataFrame] = {}
    kinds = grow.kinds(case)
    items = kinds[0] if kinds else "category"
    grid = _if_there(lambda: grow.whitespace(case, accounts, of=of, items=items).table)
    if grid is not None:
        found["whitespace"], found["opportunities"] = grid, grow.opportunities(grid)
    shares = _if_there(lambda: grow.share_of_wallet(case, accounts, of=of).table)
    if shares is not None:
        found["wallet_shares"] = shares
    return found


def relation_tables(
    case: Case, accounts: pd.DataFrame, of: list[str], *, show_names: bool = False
) -> dict[str, pd.DataFrame]:
    """Return ``relations``, ``people``, ``next_contacts``, ``health`` and ``mutual_value``.

    Each where it is possible; ``people`` without the names of persons.
    """
    from kamkit import relate

    found: dict[str, pd.DataFrame] = {}
    ordered = accounts.drop_duplicates("account_id").set_index("account_id")
    ordered = ordered.loc[[one for one in of if one in ordered.index]].reset_index()
    net = known = None
    if "contacts" in case.tables:
        persons = relate.people(case.tables["contacts"], end=case.period.end, show_names=show_names)
        net = _if_there(lambda: relate.contacts(persons, ordered).table)
        known = _if_there(lambda: relate.contacts(persons, accounts).table)
    if net is not None:
        there = persons[persons["account_id"].isin(of)]
        found["people"] = there.drop(columns=["person", "reports_to"]).reset_index(drop=True)
        found["next_contacts"] = relate.next_contacts(persons, of)
    shown = stage_evidence(case, ordered, net)
    asked = case.tables.get("questionnaire")
    stages = relate.stage(ordered, questionnaire=asked, evidence=shown).table
    found["relations"] = relations(case, stages, net)
    ratings = case.tables.get("ratings")
    health = _if_there(lambda: relate.health(accounts, contacts=known, ratings=ratings).table)
    if health is not None:
        found["health"] = health
    gains = _if_there(lambda: relate.mutual_value(accounts, of=of).table)
    if gains is not None:
        found["mutual_value"] = gains
    return found


def stage_evidence(case: Case, accounts: pd.DataFrame, net: pd.DataFrame | None) -> pd.DataFrame:
    """Return what the case shows of the six questions on a relationship; see ``relate.evidence``.

    ``net`` is the table of ``relate.contacts``, where there are contacts.
    """
    from kamkit import grow, relate

    wallet = _if_there(lambda: grow.share_of_wallet(case, accounts).table)
    ratings, goals = case.tables.get("ratings"), case.tables.get("goals")
    return relate.evidence(accounts, contacts=net, wallet=wallet, ratings=ratings, goals=goals)


def relations(case: Case, stages: pd.DataFrame, net: pd.DataFrame | None) -> pd.DataFrame:
    """Return contacts and stage on one row per account, with the answer on commitment.

    ``stages`` is the table of ``relate.stage``, ``net`` that of ``relate.contacts``.
    """
    table = stages.drop(columns="because")
    asked = case.tables.get("questionnaire")
    if asked is not None:
        binding = asked[asked["question"] == "commitment"].groupby("account_id")["answer"].mean()
        table["commitment"] = table["account_id"].map(binding)
    if net is None:
        return table
    return net.merge(table.drop(columns="account_name"), on="account_id", how="left")


def _if_there(part: Callable[[], pd.DataFrame]) -> pd.DataFrame | None:
    try:
        return part()
    except (MissingTable, PeriodError):
        return None
