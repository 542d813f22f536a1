"""The plans of accounts: made ready for paper, and written as page, document and slides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.documents.plan_deck import plan_deck
from kamkit.documents.plan_page import plan_html
from kamkit.documents.plan_paper import Paper
from kamkit.documents.plan_word import plan_word
from kamkit.files import safe_name, whole_file
from kamkit.grow.charts import account_whitespace
from kamkit.output.names import printable
from kamkit.output.picture import Picture
from kamkit.plan.blocks import offers
from kamkit.plan.charts import story
from kamkit.relate.charts import relationship_map

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis
    from kamkit.plan.statements import AccountPlan

SHOWN = ("story", "map")
"""The pictures behind a plan; one more, ``whitespace``, is drawn when it is asked for."""


def paper(plan: AccountPlan, basis: Basis, *, template: str = "") -> Paper:
    """Return a plan ready for paper; ``template`` is the firm's own Word document."""
    quarters = _rows(plan, basis.quarters)
    mine = offers(plan.fact, basis)
    items = () if mine is None else tuple(map(str, mine["item"]))
    return Paper(plan, pictures(plan, basis, SHOWN), template, quarters, items)


def pictures(
    plan: AccountPlan, basis: Basis, names: tuple[str, ...] = ("story", "whitespace", "map")
) -> dict[str, Picture]:
    """Draw the pictures of an account by name, each where its table has rows of the account.

    ``story`` (revenue by quarter), ``whitespace`` and ``map`` (the people).
    """
    name, words = plan.account_name, {"source": plan.about.title}
    currency = {"currency": plan.about.currency}
    known: dict[str, tuple[str, Callable[[pd.DataFrame], Picture]]] = {
        "story": ("quarters", lambda rows: story(rows, name=name, **currency, **words)),
        "whitespace": ("whitespace", lambda rows: account_whitespace(rows, **currency, **words)),
        "map": ("people", lambda rows: relationship_map(rows, name=name, **words)),
    }
    images = {}
    for picture in names:
        table, draw = known[picture]
        rows = _rows(plan, basis.table(table))
        if rows is not None:
            images[picture] = draw(rows)
    return images


def _rows(plan: AccountPlan, table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the rows of the account in a table, where it is there and has some."""
    mine = None if table is None else table[table["account_id"] == plan.account_id]
    return None if mine is None or mine.empty else mine


def _readable(value: Any) -> Any:
    """Return a plan in which every text, however deep, can be written into a document."""
    if isinstance(value, str):
        return printable(value) if printable(value) != value else value
    if isinstance(value, tuple | list):
        return type(value)(map(_readable, value))
    if isinstance(value, dict):
        return {key: _readable(inner) for key, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type) and type(value) is not Picture:
        return replace(value, **{f.name: _readable(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, pd.DataFrame):
        return value.map(lambda cell: _readable(cell) if isinstance(cell, str) else cell)
    return value


def save_plan(paper: Paper, folder: str | Path) -> list[Path]:
    """Write the plan as HTML, Word and slides for the customer; return the files.

    They are called by the number of the account: ``<account>.html``, ``.docx`` and ``.pptx``. Each
    appears whole or not at all.
    """
    home, name = Path(folder), safe_name(paper.plan.account_id)
    paper = _readable(paper)
    page = home / f"{name}.html"
    with whole_file(page) as unfinished:
        unfinished.write_text(plan_html(paper), encoding="utf-8", newline="\n")
    word = plan_word(paper, home / f"{name}.docx")
    return [page, word, plan_deck(paper, home / f"{name}.pptx")]
