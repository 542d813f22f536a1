"""A plan on the page: its pictures, its words, and the HTML page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.files import safe_name
from kamkit.language import N_, language
from kamkit.language import gettext as _
from kamkit.output.picture import Picture, figure_html
from kamkit.periods import day

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.plan.basis import Basis
    from kamkit.plan.filled import Filled
    from kamkit.plan.statements import AccountPlan, Block

_TEMPLATES = Path(__file__).parent / "templates"
FIRST = {
    "who": N_("Who they are"),
    "stand": N_("Where we stand"),
    "aim": N_("What we are after"),
    "moves": N_("Three moves"),
    "risk": N_("The risk"),
}
"""The parts of the first page."""

SWOT = ("strengths", "weaknesses", "opportunities", "threats")


@dataclass(frozen=True)
class Paper:
    """A plan ready for paper: the plan, its pictures by name, and what people wrote in it.

    ``template`` is the firm's own Word document whose styles, header and footer are used.
    """

    plan: AccountPlan
    pictures: Mapping[str, Picture]
    filled: Filled
    template: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the document is called."""
        return _("Account plan: {name}", name=self.plan.account_name)

    @property
    def line(self) -> str:
        """The line under the title: period, currency and source."""
        about = self.plan.about
        parts = (about.title, str(about.period), about.currency)
        return " · ".join(part for part in parts if part)

    @property
    def fictional(self) -> str:
        """The warning on practice data, else empty."""
        if not self.plan.about.fictional:
            return ""
        return _("Practice data: the company and its customers are made up.")


def paper(
    plan: AccountPlan, basis: Basis, *, written: str | Path = "", template: str = ""
) -> Paper:
    """Return a plan ready for paper, with its pictures and what people wrote in an earlier one.

    ``written`` is the folder of earlier plans, or several with the separator of paths between, the
    latest last; ``template`` the firm's own Word document.
    """
    from kamkit.plan.filled import Filled, joined
    from kamkit.show.plan_word import read_word

    filled = Filled()
    for home in filter(None, str(written).split(os.pathsep)):
        later = read_word(Path(home) / f"{safe_name(plan.account_id)}.docx")
        filled = joined(filled, later)
    quarters = basis.quarters
    extra = {}
    if quarters is not None:
        extra["quarters"] = quarters[quarters["account_id"] == plan.account_id]
    return Paper(plan, pictures(plan, basis), filled, template, extra)


def pictures(plan: AccountPlan, basis: Basis) -> dict[str, Picture]:
    """Draw what the plan of an account asks for, each where its table has rows of the account.

    ``story`` (revenue by quarter), ``whitespace`` and ``map`` (the people).
    """
    from kamkit.show import charts

    currency, source = plan.about.currency, plan.about.title
    found: dict[str, Picture] = {}

    def rows(name: str) -> pd.DataFrame | None:
        table = basis.table(name)
        if table is None:
            return None
        mine = table[table["account_id"] == plan.account_id]
        return mine if len(mine) else None

    wanted = {name for one in plan.sections for name in one.pictures}
    if "story" in wanted and (mine := rows("quarters")) is not None:
        found["story"] = charts.story(
            mine, name=plan.account_name, currency=currency, source=source
        )
    if "whitespace" in wanted and (mine := rows("whitespace")) is not None:
        found["whitespace"] = charts.account_whitespace(mine, currency=currency, source=source)
    if "map" in wanted and (mine := rows("people")) is not None:
        found["map"] = charts.relationship_map(mine, name=plan.account_name, source=source)
    return found


def block_table(block: Block, paper: Paper) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of a plan with what people changed, and the columns to show."""
    from kamkit.plan.account_plan import in_words
    from kamkit.plan.filled import with_changes

    frame = block.frame
    columns = list(block.columns)
    if block.table == "objectives":
        frame = with_changes(in_words(frame, paper.plan.about.currency), paper.filled)
        frame["due_words"] = [
            one if isinstance(one, str) else day(one.date()) for one in frame["due"]
        ]
        columns = ["ref", *("due_words" if name == "due" else name for name in columns)]
    return frame, [name for name in columns if name in frame]


def words_of(frame: pd.DataFrame, columns: list[str], currency: str) -> pd.DataFrame:
    """Return a table as it is read: every cell in words, headings in the language in use."""
    from kamkit.output.table import formatted

    return formatted(frame, columns=columns, currency=currency)


def own_rows(paper: Paper) -> list[list[str]]:
    """Return the actions that people added, in the columns of ``filled.OWN``."""
    from kamkit.plan.filled import OWN

    return [[str(row.get(name, "")) for name in OWN] for row in paper.filled.own]


def plan_html(paper: Paper) -> str:
    """Return the plan as one self-contained HTML page: the first page, the sections, the sources.

    Everything that comes from data is escaped; the page loads nothing from outside.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    from kamkit.output.table import as_html
    from kamkit.plan.statements import sources

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    currency = paper.plan.about.currency

    def table(block: Block) -> Markup:
        frame, columns = block_table(block, paper)
        return Markup(as_html(frame, rows=None, columns=columns, currency=currency))  # noqa: S704

    return environment.get_template("plan.html.j2").render(
        paper=paper,
        plan=paper.plan,
        lang=language(),
        first=FIRST,
        swot=SWOT,
        table=table,
        figure=lambda name: Markup(figure_html(paper.pictures[name])),  # noqa: S704
        sources=sources(paper.plan).to_dict("records"),
        _=_,
        own=own_rows(paper),
        style=Markup(styles()),  # noqa: S704 - our own file
    )


def styles() -> str:
    """Return the style sheet of plans and comparisons."""
    return (_TEMPLATES / "plan.css").read_text(encoding="utf-8")


def plan_bundle(paper: Paper) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the first page of a plan for a notebook: who, where we stand, aim, moves, risk."""
    from html import escape

    parts, plain = [], [paper.title]
    for part, heading in FIRST.items():
        sentences = paper.plan.first.get(part, ())
        if not sentences:
            continue
        items = "".join(
            f'<li title="{escape(one.source)}">{escape(one.text)}</li>' for one in sentences
        )
        parts.append(f"<h4>{escape(_(heading))}</h4><ul>{items}</ul>")
        plain += [_(heading), *(f"– {one.text}" for one in sentences)]
    html = f'<div class="kamkit-plan"><h3>{escape(paper.title)}</h3>{"".join(parts)}</div>'
    return {"text/html": html, "text/plain": "\n".join(plain)}, {"kamkit": {"kind": "plan"}}


def save_plan(paper: Paper, folder: str | Path) -> list[Path]:
    """Write the plan as HTML, Word and a review deck; return the files.

    They are called by the number of the account: ``<account>.html``, ``.docx`` and ``.pptx``. Each
    appears whole or not at all.
    """
    from kamkit.files import whole_file
    from kamkit.show.plan_deck import plan_deck
    from kamkit.show.plan_word import plan_word

    home, name = Path(folder), safe_name(paper.plan.account_id)
    made = []
    for ending, write in (("docx", plan_word), ("pptx", plan_deck)):
        made.append(write(paper, home / f"{name}.{ending}"))
    page = home / f"{name}.html"
    with whole_file(page) as unfinished:
        unfinished.write_text(plan_html(paper), encoding="utf-8", newline="\n")
    return [page, *made]
