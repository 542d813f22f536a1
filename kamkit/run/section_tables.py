"""The tables of a section of the report: the one that is seen, and the data behind its picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.grow._whitespace import earning
from kamkit.language import N_
from kamkit.language import gettext as _
from kamkit.output.table import as_html
from kamkit.plan._answer import AT_RISK
from kamkit.relate import coverage
from kamkit.schema import reason_label
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    from kamkit.analysis import Analysis
    from kamkit.case import ColumnMapping

MOST = 8
"""The rows that a section shows."""

_Made = tuple[pd.DataFrame, str] | None


def section_tables(analysis: Analysis) -> dict[str, str]:
    """Return the HTML of the table that stands beside a finding, by the name of the finding.

    Only results that the run has made are shown; a finding whose table is empty has none.
    """
    kept = set(analysis.kept_names())
    tables = {}
    for finding, (needs, caption, columns, made) in _TABLES.items():
        if not kept.issuperset(needs.split()):
            continue
        table = made(analysis)
        if "account_name" not in table:
            columns = columns.replace("account_name", "account_id")
        shown = [name for name in columns.split() if name in table]
        if table.empty or len(shown) < 2:
            continue
        about = analysis.about
        whole = needs in _OF_THE_LEDGER
        html = as_html(
            table,
            caption=_(caption),
            rows=MOST,
            columns=shown,
            currency=about.currency,
            period=about.period if whole else None,
        )
        tables[finding] = html.replace('class="kamkit-table"', 'class="kamkit-table fixed"', 1)
    return tables


def picture_data(analysis: Analysis) -> dict[str, str]:
    """Return the HTML of the numbers that a picture draws, by the name of its finding.

    Only of pictures whose numbers no other table of their section has.
    """
    kept = set(analysis.kept_names())
    tables = {}
    for finding, (needs, columns, made) in _DATA.items():
        table = made(analysis) if kept.issuperset(needs.split()) else pd.DataFrame()
        if len(table):
            if "account_name" not in table:
                columns = columns.replace("account_name", "account_id")
            shown = [name for name in columns.split() if name in table]
            currency = analysis.about.currency
            tables[finding] = as_html(table, rows=None, columns=shown, currency=currency)
    return tables


def reconciliation_table(analysis: Analysis) -> str:
    """Return the HTML of what was read, used and set aside."""
    frame = pd.DataFrame(analysis.require("reconciliation"))
    labels = [reason_label(reason) for reason in frame["reason"]]
    frame["reason"] = [label[:1].upper() + label[1:] for label in labels]
    kinds = {
        "reason": "text",
        "rows": "count",
        "share_rows": "percent",
        "amount": "cents",
        "share_amount": "percent",
    }
    if frame["unreadable"].any():
        kinds["unreadable"] = "count"
    html = as_html(frame, rows=None, columns=kinds, currency=analysis.about.currency)
    return html.replace('class="kamkit-table"', 'class="kamkit-table fixed"', 1)


def columns_table(mapping: ColumnMapping) -> str:
    """Return the HTML of which heading was read as which column."""
    rows = [
        (heading, _(TABLES[table].column(column).meaning), table)
        for table, columns in mapping.tables.items()
        for column, heading in columns.items()
    ]
    names = [_("Heading in the source"), _("Read as"), _("Table")]
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    shown = names if frame[names[2]].nunique() > 1 else names[:2]
    html = as_html(frame, rows=None, columns=dict.fromkeys(shown, "text"))
    return html.replace('class="kamkit-table"', 'class="kamkit-table fixed"', 1)


def _grid(analysis: Analysis) -> pd.DataFrame:
    """Return what each account could buy in each group, as the picture draws it."""
    return earning(pd.DataFrame(analysis.require("whitespace").table))[0]


def _roles_known(analysis: Analysis) -> pd.DataFrame:
    """Return how many people are known in each role at the accounts with a plan."""
    named = pd.DataFrame(analysis.require("planned_accounts"))
    named = named[[name for name in ("account_id", "account_name") if name in named]]
    return named.merge(coverage(pd.DataFrame(analysis.require("people"))), on="account_id")


def _of_result(name: str) -> Callable[[Analysis], pd.DataFrame]:
    return lambda analysis: pd.DataFrame(analysis.require(name))


def _of_finding(name: str) -> Callable[[Analysis], pd.DataFrame]:
    return lambda analysis: pd.DataFrame(analysis.require(name).table)


def _at_risk(analysis: Analysis) -> pd.DataFrame:
    """Return the accounts whose customer profit is at risk now, as the first page counts them."""
    table = pd.DataFrame(analysis.require("answer").table)
    return table[table["risk"].isin(AT_RISK)]


def _by_aim(analysis: Analysis) -> pd.DataFrame:
    """Return how many accounts have a plan by each aim, and what they bring together."""
    table = pd.DataFrame(analysis.require("answer").table)
    money = [name for name in ("revenue_year", "profit_year") if name in table]
    sums = table.groupby("aim")[money].sum()
    sums.insert(0, "accounts", table["aim"].value_counts())
    return sums.sort_values("accounts", ascending=False, kind="stable").reset_index()


def _programme(analysis: Analysis) -> pd.DataFrame:
    """Return the key accounts that change their manager."""
    table = pd.DataFrame(analysis.require("key_accounts"))
    if not {"manager", "account_manager"} <= set(table):
        return table.head(0)
    known = table["manager"].notna() & table["account_manager"].notna()
    return table[known & (table["manager"] != table["account_manager"])]


_OF_THE_LEDGER = ("class_summary", "loss_makers")
"""Tables of sums over the whole ledger, whose headings name the period."""

_DATA: dict[str, tuple[str, str, Callable[[Analysis], pd.DataFrame]]] = {
    "whitespace": ("whitespace", "account_name item state kind revenue open_amount", _grid),
    "contacts": ("people planned_accounts", "account_name role people met", _roles_known),
    "reconciled": ("coverage", "month rows revenue", _of_finding("coverage")),
}
"""By finding: the results that are needed, the columns, and what makes the table."""

_PLANS = ("answer", N_("Plans by aim"), "aim accounts revenue_year profit_year", _by_aim)
_RISKS = (
    "answer",
    N_("Accounts at risk, most at stake first"),
    "account_name risk stake owner due",
    _at_risk,
)
_TABLES: dict[str, tuple[str, str, str, Callable[[Analysis], pd.DataFrame]]] = {
    "observed_rule": (
        "class_summary",
        N_("By size"),
        "abc_class accounts share_accounts revenue share_revenue",
        _of_result("class_summary"),
    ),
    "whale": (
        "loss_makers",
        N_("Where most is lost"),
        "account_name revenue contribution cost_to_serve profit profit_ratio",
        _of_result("loss_makers"),
    ),
    "late": (
        "alarms",
        N_("Where most is at stake"),
        "account_name last_date interval_days days_since",
        _of_result("alarms"),
    ),
    "breadth": (
        "key_accounts",
        N_("Key accounts that change manager"),
        "account_name account_manager manager revenue_year profit_year",
        _programme,
    ),
    "whitespace": (
        "opportunities",
        N_("Where most growth is in sight"),
        "account_name item open_amount growth_middle next_step",
        _of_result("opportunities"),
    ),
    "contacts": _RISKS,
    "health": _RISKS,
    "matrix": _PLANS,
    "strategies": _PLANS,
    "outcomes": (
        "outcomes",
        N_("What came of the objectives"),
        "account_name objective target_words now_words outcome",
        _of_result("outcomes"),
    ),
    "overdue": (
        "overdue",
        N_("The oldest first"),
        "account_name objective action owner due status",
        _of_result("overdue"),
    ),
    "movements": (
        "movements",
        N_("Who moved"),
        "account_name move treatment_before treatment because",
        _of_finding("movements"),
    ),
}
"""By finding: the result that is needed, a caption, the columns, and what makes the table."""
