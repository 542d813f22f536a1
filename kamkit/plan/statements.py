"""What a plan is made of: sentences, figures and tables that know what they were made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from kamkit.case.about import About

SILENT = ("late", "lost", "season_missed")
"""States of the rhythm in which an account has not ordered when it would have."""


@dataclass(frozen=True)
class Statement:
    """One sentence of a plan, the table of the run it was made from, and the columns.

    >>> Statement("They buy for 5.", "accounts", ("revenue",)).source
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
class Figure:
    """One figure: what it is, its value in words, and the note beneath it, with its source.

    >>> Figure("Revenue 2025", "NOK 5", "+8%", "accounts", ("revenue_year",)).line
    'Revenue 2025 | NOK 5 | +8%'
    """

    label: str
    value: str
    note: str
    table: str
    columns: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The figure on one line."""
        return " | ".join(filter(None, (self.label, self.value, self.note)))


@dataclass(frozen=True)
class Block:
    """A table of a plan in words: headings and rows; ``numbers`` are its columns of numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    table: str
    columns: tuple[str, ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of a plan: a code, its title and what stands in it.

    ``actions`` are rows of the register that people change, ``blank`` the empty rows beneath;
    ``fields`` are the codes of ``register.FIELDS`` that people write in.
    """

    code: str
    title: str
    statements: tuple[Statement, ...] = ()
    figures: tuple[Figure, ...] = ()
    blocks: tuple[Block, ...] = ()
    actions: pd.DataFrame | None = field(default=None, compare=False)
    blank: int = 0
    fields: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        rows = (self.actions is not None and len(self.actions)) or self.blank
        return bool(self.statements or self.figures or self.blocks or rows or self.fields)

    def sources(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Give what stands in it, line by line, each with the table and the columns behind it."""
        for statement in self.statements:
            yield statement.text, statement.table, statement.columns
        for figure in self.figures:
            yield figure.line, figure.table, figure.columns
        for block in self.blocks:
            for row in block.rows:
                yield " | ".join(row), block.table, block.columns


@dataclass(frozen=True)
class AccountPlan:
    """A plan for one account, on two pages.

    ``objectives`` are rows of ``plan.objectives``, ``actions`` all actions of the account as rows
    of the register, ``texts`` what people wrote in the fields, by code.
    """

    account_id: str
    account_name: str
    strategy: str
    about: About
    pages: tuple[tuple[Section, ...], tuple[Section, ...]]
    objectives: pd.DataFrame = field(compare=False)
    actions: pd.DataFrame = field(compare=False)
    texts: Mapping[str, str] = field(compare=False, default_factory=dict)
    fact: Mapping[str, Any] = field(compare=False, default_factory=dict)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of both pages."""
        return self.pages[0] + self.pages[1]

    def section(self, code: str) -> Section | None:
        """Return the section of a code, None where the plan has none."""
        return next((section for section in self.sections if section.code == code), None)


def sources(plan: AccountPlan) -> pd.DataFrame:
    """Return where each sentence, figure and row of a plan comes from, one row each.

    Columns: ``account_id``, ``section`` (its title), ``sentence``, ``source_table``,
    ``source_columns``.
    """
    rows = [
        (plan.account_id, section.title, text, table, ", ".join(columns))
        for section in plan.sections
        for text, table, columns in section.sources()
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


def holds(fact: Mapping[str, Any], name: str) -> bool:
    """Tell whether a flag of an account is known and true.

    >>> holds({"stale": True}, "stale"), holds({"stale": float("nan")}, "stale")
    (True, False)
    """
    return known(fact, name) and bool(fact[name])
