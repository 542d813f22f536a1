"""One page that sets a run beside an earlier one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from kamkit.documents.plan_page import styles
from kamkit.language import gettext as _
from kamkit.language import language
from kamkit.output.finding import finding_html
from kamkit.output.picture import figure_html
from kamkit.periods import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kamkit.output.finding import Finding
    from kamkit.plan.basis import Basis

_ROWS = 8


def compared(old: Basis, new: Basis) -> list[tuple[str, Finding]]:
    """Return what a comparison tells, each finding with its heading, in the order of the page.

    ``old`` and ``new`` are what the plans of two runs rest on. Raises ``ParameterError`` where
    they cannot be compared.
    """
    from kamkit import plan

    plan.comparable(old, new)
    return [
        (_("What changed"), plan.changed(old, new)),
        (_("Progress on the objectives"), plan.outcomes(old, new)),
        (_("Who came and who left"), plan.movements(old, new)),
        (_("Why revenue is what it is"), plan.revenue_bridge(old, new)),
        (_("What came of the forecasts"), plan.forecasts(old, new)),
        (_("New alarms"), plan.new_alarms(old, new)),
        (_("Overdue"), plan.overdue_actions(new)),
    ]


def says_more(finding: Finding, findings: Sequence[tuple[str, Finding]]) -> bool:
    """Tell whether a finding says what the first one of a comparison has not said already."""
    first = findings[0][1]
    return finding is first or finding.text not in first.text


def compare_html(old: Basis, new: Basis) -> str:
    """Return the comparison of two runs as one self-contained HTML page.

    Everything that comes from data is escaped; the page loads nothing from outside.
    """
    from kamkit.plan import charts

    before, after = old.about, new.about
    currency = after.currency
    title = _(
        "{title}: {new} against {old}",
        title=after.title,
        new=day(after.period.end),
        old=day(before.period.end),
    )
    parts = [f'<p class="kind">{escape(_("Comparison"))}</p><h1>{escape(title)}</h1>']
    if after.fictional:
        made_up = _("Practice data: the company and its customers are made up.")
        parts.append(f'<p class="notice">{escape(made_up)}</p>')
    findings = compared(old, new)
    for heading, finding in findings:
        told = finding_html(finding) if says_more(finding, findings) else ""
        parts.append(f"<section><h2>{escape(heading)}</h2>{told}")
        if finding.name == "revenue_bridge":
            picture = charts.moved(finding.table, currency=currency, source=after.title)
            parts.append(figure_html(picture))
        parts.append(_table(finding, currency) + "</section>")
    if new.matrix is not None:
        from kamkit.plan import moved_matrix

        picture = charts.matrix(moved_matrix(old, new.matrix), source=after.title)
        heading = escape(_("Where the accounts have moved"))
        parts.append(f"<section><h2>{heading}</h2>{figure_html(picture)}</section>")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{styles()}</style></head><body><main>"
        f"{''.join(parts)}</main></body></html>\n"
    )


def _table(finding: Finding, currency: str) -> str:
    from kamkit.output.table import as_html
    from kamkit.plan import in_words_now
    from kamkit.plan.compare import OUTCOMES

    table = finding.table
    if table.empty or finding.name == "changed":  # the sections below have its tables
        return ""
    columns = None
    if finding.name == "outcomes":
        table = in_words_now(table, currency)
        table = table.sort_values("outcome", key=lambda one: one.map(OUTCOMES.index), kind="stable")
        columns = [
            "account_name",
            "objective",
            "measure_words",
            "then_words",
            "target_words",
            "now_words",
            "due",
            "outcome",
        ]
    if finding.name == "overdue":
        columns = ["account_id", "account_name", "objective", "action", "owner", "due", "status"]
    if finding.name == "forecasts":
        columns = ["account_id", "account_name", "expected", "came", "difference"]
    return as_html(table, rows=_ROWS, columns=columns, currency=currency)
