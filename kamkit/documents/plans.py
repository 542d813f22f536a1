"""The plans of accounts: made ready for paper, and written as page, document and slides."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.documents.plan_deck import plan_deck
from kamkit.documents.plan_page import plan_html
from kamkit.documents.plan_paper import Paper
from kamkit.documents.plan_word import plan_word
from kamkit.documents.plan_written import read_word
from kamkit.files import safe_name, whole_file
from kamkit.grow.charts import account_whitespace
from kamkit.plan.charts import story
from kamkit.plan.filled import Filled, joined
from kamkit.relate.charts import relationship_map

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.output.picture import Picture
    from kamkit.plan.basis import Basis
    from kamkit.plan.statements import AccountPlan


def paper(
    plan: AccountPlan, basis: Basis, *, written: str | Path = "", template: str = ""
) -> Paper:
    """Return a plan ready for paper, with its pictures and what people wrote in an earlier one.

    ``written`` is the folder of earlier plans, or several with the separator of paths between, the
    latest last; ``template`` the firm's own Word document.
    """
    filled = Filled()
    for home in filter(None, str(written).split(os.pathsep)):
        filled = joined(filled, read_word(Path(home) / f"{safe_name(plan.account_id)}.docx"))
    quarters = _rows(plan, basis.quarters)
    extra = {} if quarters is None else {"quarters": quarters}
    return Paper(plan, pictures(plan, basis), filled, template, extra)


def pictures(plan: AccountPlan, basis: Basis) -> dict[str, Picture]:
    """Draw what the plan of an account asks for, each where its table has rows of the account.

    ``story`` (revenue by quarter), ``whitespace`` and ``map`` (the people).
    """
    name, words = plan.account_name, {"source": plan.about.title}
    currency = {"currency": plan.about.currency}
    known: dict[str, tuple[str, Callable[[pd.DataFrame], Picture]]] = {
        "story": ("quarters", lambda rows: story(rows, name=name, **currency, **words)),
        "whitespace": ("whitespace", lambda rows: account_whitespace(rows, **currency, **words)),
        "map": ("people", lambda rows: relationship_map(rows, name=name, **words)),
    }
    found = {}
    for picture in (picture for one in plan.sections for picture in one.pictures):
        table, draw = known[picture]
        rows = _rows(plan, basis.table(table))
        if rows is not None:
            found[picture] = draw(rows)
    return found


def _rows(plan: AccountPlan, table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the rows of the account in a table, where it is there and has some."""
    mine = None if table is None else table[table["account_id"] == plan.account_id]
    return None if mine is None or mine.empty else mine


def save_plan(paper: Paper, folder: str | Path) -> list[Path]:
    """Write the plan as HTML, Word and a review deck; return the files.

    They are called by the number of the account: ``<account>.html``, ``.docx`` and ``.pptx``. Each
    appears whole or not at all.
    """
    home, name = Path(folder), safe_name(paper.plan.account_id)
    page = home / f"{name}.html"
    with whole_file(page) as unfinished:
        unfinished.write_text(plan_html(paper), encoding="utf-8", newline="\n")
    word = plan_word(paper, home / f"{name}.docx")
    return [page, word, plan_deck(paper, home / f"{name}.pptx")]
