"""The sentences of a plan: each knows the table and the columns that it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import N_
from kamkit.language import gettext as _

if TYPE_CHECKING:
    from kamkit.case.about import About

SILENT = ("late", "lost", "season_missed")
"""States of the rhythm in which an account has not ordered when it would have."""

FIRST = {
    "who": N_("Who they are"),
    "stand": N_("Where we stand"),
    "aim": N_("What we are after"),
    "moves": N_("Three moves"),
    "risk": N_("The risk"),
}
"""The parts of the first page."""


@dataclass(frozen=True)
class Statement:
    """One sentence of a plan, the table of the run it was made from, and the columns.

    >>> Statement("It buys for 5.", "accounts", ("revenue",)).source
    'accounts: revenue'
    """

    text: str
    table: str
    columns: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The table and columns, as they stand in the list of sources."""
        return f"{self.table}: {', '.join(self.columns)}" if self.columns else self.table


@dataclass(frozen=True)
class Block:
    """A table of a section: its rows, and the columns to show in their order."""

    frame: pd.DataFrame = field(compare=False)
    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True)
class Section:
    """A section of a plan: a code, its title, sentences, basis, and the pictures to draw.

    ``pictures`` are names that ``kamkit.documents.plans`` knows how to draw from the tables;
    ``fields`` are places for what a person writes, by code with the question to answer.
    """

    code: str
    title: str
    statements: tuple[Statement, ...] = ()
    blocks: tuple[Block, ...] = ()
    pictures: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountPlan:
    """A plan for one account: the first page, the sections, and what more data would add.

    ``first`` maps the parts of the first page (who, stand, aim, moves, risk) to their sentences.
    ``objectives`` and ``goals`` are the rows of ``plan.objectives`` and ``plan.written_goals``.
    """

    account_id: str
    account_name: str
    strategy: str
    about: About
    first: Mapping[str, tuple[Statement, ...]]
    sections: tuple[Section, ...]
    objectives: pd.DataFrame = field(compare=False)
    goals: pd.DataFrame = field(compare=False)
    fact: Mapping[str, Any] = field(compare=False, default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """What a person can write, by code: the question of each field."""
        return {code: ask for one in self.sections for code, ask in one.fields.items()}

    def statements(self) -> list[tuple[str, Statement]]:
        """Return every sentence with the code of its section, in the order of the plan."""
        first = [(part, one) for part, said in self.first.items() for one in said]
        return first + [(one.code, said) for one in self.sections for said in one.statements]


def sources(plan: AccountPlan) -> pd.DataFrame:
    """Return where each sentence of a plan comes from, one row per sentence.

    Columns: ``account_id``, ``section`` (its title), ``sentence``, ``source_table``,
    ``source_columns``.
    """
    titles = {code: _(title) for code, title in FIRST.items()}
    titles |= {one.code: one.title for one in plan.sections}
    rows = [
        (plan.account_id, titles[section], said.text, said.table, ", ".join(said.columns))
        for section, said in plan.statements()
    ]
    return pd.DataFrame(
        rows, columns=["account_id", "section", "sentence", "source_table", "source_columns"]
    )


def loses(accounts: pd.DataFrame) -> pd.Series[bool]:
    """Tell which accounts cost more than they leave, by the same months as the plans tell of.

    >>> loses(pd.DataFrame({"profit_year": [-5.0, 5.0], "profit": [9.0, -9.0]})).tolist()
    [True, False]
    """
    name = "profit_year" if "profit_year" in accounts else "profit"
    if name not in accounts:
        return pd.Series(False, index=accounts.index)
    lost: pd.Series[bool] = accounts[name] < 0
    return lost


def known(fact: Mapping[str, Any], *names: str) -> bool:
    """Tell whether an account has a value in every column named.

    >>> known({"profit": 3.0}, "profit"), known({"profit": float("nan")}, "profit")
    (True, False)
    """
    values = [fact.get(name) for name in names]
    return all(value is not None and value == value and value != "" for value in values)
