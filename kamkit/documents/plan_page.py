"""The plan of an account as one page of HTML."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.colours import css
from kamkit.documents.plan_paper import Paper, action_heads, action_rows, asked
from kamkit.language import gettext as _
from kamkit.language import language
from kamkit.output.picture import figure_html
from kamkit.plan._register import FIELDS
from kamkit.schema import source_words

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = Path(__file__).parent / "templates"


def plan_html(paper: Paper) -> str:
    """Return the plan as one self-contained HTML page; what a sentence rests on is its title.

    Everything that comes from data is escaped; the page loads nothing from outside.
    """
    from markupsafe import Markup

    def source(one: object) -> str:
        columns = getattr(one, "columns", ())
        return source_words(f"{getattr(one, 'table', '')}: {', '.join(columns)}".rstrip(": "))

    written = [code for code, text in paper.plan.texts.items() if text]
    return page_template(_TEMPLATES / "plan.html.j2").render(
        paper=paper,
        plan=paper.plan,
        lang=language(),
        asked=asked,
        written=written,
        shown=lambda one: set(one.fields) & set(written) or replace(one, fields=(), blank=0),
        todo="; ".join(asked(code) for code in FIELDS if code not in written),
        action_heads=action_heads(),
        action_rows=action_rows,
        source=source,
        figure=lambda name: Markup(figure_html(paper.pictures[name])),  # noqa: S704
        _=_,
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
    return css() + (_TEMPLATES / "plan.css").read_text(encoding="utf-8")
