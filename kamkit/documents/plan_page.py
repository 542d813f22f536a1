"""The plan of an account as one page of HTML."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.documents.plan_paper import SWOT, Paper, block_table
from kamkit.language import gettext as _
from kamkit.language import language
from kamkit.output.picture import figure_html
from kamkit.output.table import as_html
from kamkit.plan.filled import OWN
from kamkit.plan.statements import FIRST
from kamkit.schema import source_words

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from kamkit.plan.statements import Block

_TEMPLATES = Path(__file__).parent / "templates"


def plan_html(paper: Paper) -> str:
    """Return the plan as one self-contained HTML page: the first page, the sections, the sources.

    Everything that comes from data is escaped; the page loads nothing from outside.
    """
    from markupsafe import Markup

    currency = paper.plan.about.currency

    def table(block: Block) -> Markup:
        frame, columns = block_table(block, paper)
        return Markup(as_html(frame, rows=None, columns=columns, currency=currency))  # noqa: S704

    return page_template(_TEMPLATES / "plan.html.j2").render(
        paper=paper,
        plan=paper.plan,
        lang=language(),
        first=FIRST,
        swot=SWOT,
        table=table,
        figure=lambda name: Markup(figure_html(paper.pictures[name])),  # noqa: S704
        sources=[(said.text, source_words(said.source)) for _part, said in paper.plan.statements()],
        _=_,
        own=[[str(row.get(name, "")) for name in OWN] for row in paper.filled.own],
        style=Markup(styles()),  # noqa: S704 - our own file
    )


@cache
def page_template(path: Path) -> Template:
    """Return the template of a page, in which what comes from data is escaped.

    >>> page = page_template(_TEMPLATES / "plan.html.j2")
    >>> page.environment.from_string("{{ name }}").render(name="Bygg & Sønn")
    'Bygg &amp; Sønn'
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(path.name)


def styles() -> str:
    """Return the style sheet of plans and comparisons."""
    return (_TEMPLATES / "plan.css").read_text(encoding="utf-8")
