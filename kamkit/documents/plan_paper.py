"""A plan ready for paper: its pictures, what people wrote in it, and its tables in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.periods import day
from kamkit.plan.statements import FIRST
from kamkit.schema import source_words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.output.picture import Picture
    from kamkit.plan.filled import Filled
    from kamkit.plan.statements import AccountPlan, Block

SWOT = ("strengths", "weaknesses", "opportunities", "threats")


@dataclass(frozen=True)
class Paper:
    """A plan ready for paper: the plan, its pictures by name, and what people wrote in it.

    ``template`` is the firm's own Word document whose styles, header and footer are used. In a
    notebook the first page shows itself: who, where we stand, aim, three moves, risk.
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
        return " · ".join(filter(None, (about.title, str(about.period), about.currency)))

    @property
    def fictional(self) -> str:
        """The warning on practice data, else empty."""
        if not self.plan.about.fictional:
            return ""
        return _("Practice data: the company and its customers are made up.")

    def _repr_mimebundle_(self, **_wishes: Any) -> tuple[dict[str, str], dict[str, Any]]:
        parts, plain = [], [self.title]
        for part, heading in FIRST.items():
            said = self.plan.first.get(part, ())
            if not said:
                continue
            items = [
                f'<li title="{escape(source_words(one.source))}">{escape(one.text)}</li>'
                for one in said
            ]
            parts.append(f"<h4>{escape(_(heading))}</h4><ul>{''.join(items)}</ul>")
            plain += [_(heading), *(f"– {one.text}" for one in said)]
        html = f'<div class="kamkit-plan"><h3>{escape(self.title)}</h3>{"".join(parts)}</div>'
        return {"text/html": html, "text/plain": "\n".join(plain)}, {"kamkit": {"kind": "plan"}}


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
        columns = ["due_words" if name == "due" else name for name in columns]
    return frame, [name for name in columns if name in frame]
