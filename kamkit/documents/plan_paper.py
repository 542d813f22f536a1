"""A plan ready for paper: its pictures, and its actions as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.periods import day
from kamkit.plan._register import EARLIER, FIELDS, HINTS
from kamkit.schema import source_words, word

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.output.picture import Picture
    from kamkit.plan.statements import AccountPlan, Section

ACTION = ("number", "action", "owner", "due", "status")
"""The columns of a table of actions."""


@dataclass(frozen=True)
class Paper:
    """A plan ready for paper: the plan, its pictures by name, and the firm's own Word document.

    ``template`` gives styles, header and footer; ``quarters`` are the sales that the customer may
    see. In a notebook the first page shows itself.
    """

    plan: AccountPlan
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    template: str = ""
    quarters: pd.DataFrame | None = field(default=None, compare=False)
    offers: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the document is called."""
        return _("Account plan: {name}", name=self.plan.account_name)

    @property
    def line(self) -> str:
        """The line under the title: what it is, the account, whose ledger, and its period."""
        about, number = self.plan.about, self.plan.account_id
        parts = (_("Account plan"), _("Account {number}", number=number), about.title)
        return " · ".join(filter(None, (*parts, str(about.period))))

    @property
    def fictional(self) -> str:
        """The warning on practice data, else empty."""
        if not self.plan.about.fictional:
            return ""
        return _("Practice data: the company and its customers are made up.")

    def _repr_mimebundle_(self, **_wishes: Any) -> tuple[dict[str, str], dict[str, Any]]:
        parts, plain = [], [self.title]
        for one in self.plan.pages[0]:
            lines = [(text, source_words(_source(table, of))) for text, table, of in one.sources()]
            lines += [(" · ".join(row), "") for row in action_rows(one)]
            if not lines:
                continue
            items = [f'<li title="{escape(why)}">{escape(text)}</li>' for text, why in lines]
            parts.append(f"<h4>{escape(one.title)}</h4><ul>{''.join(items)}</ul>")
            plain += [one.title, *(f"– {text}" for text, _why in lines)]
        html = f'<div class="kamkit-plan"><h3>{escape(self.title)}</h3>{"".join(parts)}</div>'
        return {"text/html": html, "text/plain": "\n".join(plain)}, {"kamkit": {"kind": "plan"}}


def _source(table: str, columns: tuple[str, ...]) -> str:
    return f"{table}: {', '.join(columns)}" if columns else table


def action_heads() -> list[str]:
    """Return the headings of a table of actions, in the language in use.

    >>> action_heads()
    ['No.', 'Action', 'Who', 'By', 'Status']
    """
    return [_("No."), _("Action"), _("Who"), _("By"), _("Status")]


def action_rows(section: Section) -> list[tuple[str, ...]]:
    """Return the actions of a section as people read them: days and statuses in words."""
    if section.actions is None:
        return []
    rows = section.actions.to_dict("records")
    return [tuple(shown(name, str(row[name])) for name in ACTION) for row in rows]


def shown(name: str, text: str) -> str:
    """Write what the register holds for people to read.

    >>> shown("due", "2026-03-31"), shown("due", "in May"), shown("status", "proposed")
    ('31 Mar 2026', 'in May', 'proposed')
    """
    if name == "due":
        try:
            return day(dt.date.fromisoformat(text))
        except ValueError:
            return text
    return word(text) if name == "status" else text


def asked(code: str) -> str:
    """Return the question of a field.

    >>> asked("notes")
    'Notes'
    """
    return _((FIELDS | EARLIER)[code])


def hint(code: str) -> str:
    """Return what a field that nobody has written in asks for.

    >>> hint("agreed")
    'What; who; by when: one line each'
    """
    return _(HINTS[code])
